//! The log: one JSON object a line, with `timestamp`, `level`, `message` and the event's fields, as Lambda's
//! JSON log format and CloudWatch Logs Insights expect them.

use tracing_subscriber::fmt::MakeWriter;

/// Turns the log on, on stdout, for level INFO and up. To be called once, at the start.
pub fn start() {
    start_on(std::io::stdout);
}

/// The same on stderr, for programs whose stdout is for their results.
pub fn start_on_stderr() {
    start_on(std::io::stderr);
}

/// The same on what `writer` makes; each line is one call of `write`.
pub fn start_on(writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static) {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_max_level(tracing::Level::INFO)
        .with_writer(writer)
        .init();
}
