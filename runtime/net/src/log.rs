//! The log: one JSON object a line on stdout, with `timestamp`, `level`, `message` and the event's fields,
//! as Lambda's JSON log format and CloudWatch Logs Insights expect them.

/// Turns the log on, for level INFO and up. To be called once, at the start.
pub fn start() {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_max_level(tracing::Level::INFO)
        .init();
}
