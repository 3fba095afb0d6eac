//! The log: one JSON object a line, with `timestamp`, `level`, `message` and the event's fields, as Lambda's
//! JSON log format and CloudWatch Logs Insights expect them.

use std::io::{self, Write};

use serde::Serialize;
use tracing::{Level, level_filters::LevelFilter};
use tracing_subscriber::{
    filter::Targets,
    fmt::{
        MakeWriter,
        format::Writer,
        time::{FormatTime, SystemTime},
    },
    prelude::*,
};

/// What `lambda_runtime` writes of a function's error, in the form of `Debug`. The function itself has logged it.
const ECHO: &str = "lambda_runtime::layers::panic";

/// Turns the log on, on stdout, for level INFO and up. To be called once, at the start.
pub fn start() {
    start_on(io::stdout);
}

/// The same on stderr, for programs whose stdout is for their results.
pub fn start_on_stderr() {
    start_on(io::stderr);
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

/// Writes a line of the same form to stdout, for fields that are objects themselves, which `tracing` does not
/// have. The fields of `fields` become those of the line.
///
/// # Errors
/// When stdout cannot be written to, or `fields` is not an object.
pub fn line(level: Level, message: &str, fields: &impl Serialize) -> io::Result<()> {
    line_on(io::stdout().lock(), level, message, fields)
}

/// The same to `writer`.
///
/// # Errors
/// As [`line()`].
pub fn line_on(
    mut writer: impl Write,
    level: Level,
    message: &str,
    fields: &impl Serialize,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Line<'a, F> {
        timestamp: &'a str,
        level: &'a str,
        message: &'a str,
        #[serde(flatten)]
        fields: &'a F,
    }
    let mut timestamp = String::new();
    SystemTime.format_time(&mut Writer::new(&mut timestamp)).map_err(io::Error::other)?;
    let mut line =
        serde_json::to_vec(&Line { timestamp: &timestamp, level: level.as_str(), message, fields })?;
    line.push(b'\n');
    // In one go: lines of several threads must not mix.
    writer.write_all(&line)
}
