//! The log: one JSON object a line, with `timestamp`, `level`, `message` and the event's fields, as Lambda's
//! JSON log format and CloudWatch Logs Insights expect them.

use tracing::{Level, level_filters::LevelFilter};
use tracing_subscriber::{filter::Targets, fmt::MakeWriter, prelude::*};

/// What `lambda_runtime` writes of a function's error, in the form of `Debug`. The function itself has logged it.
const ECHO: &str = "lambda_runtime::layers::panic";

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
        .with_writer(writer)
        .finish()
        .with(Targets::new().with_default(Level::INFO).with_target(ECHO, LevelFilter::OFF))
        .init();
}
