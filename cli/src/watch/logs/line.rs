//! A line of a log for people: when, who, how bad, what.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::{Map, Value};

use super::{Logged, Program};
use pipec_compiler::aws::destinations::explained;
use pipec_compiler::terminal::printable;

/// Width of the column of programs.
const PROGRAM_WIDTH: usize = 9;
/// Width of the column of levels.
const LEVEL_WIDTH: usize = 5;
/// Fields of pipec's own lines that say nothing to people: they are told beside them, or make metrics of the line.
const HIDDEN: [&str; 6] = ["timestamp", "level", "message", "_aws", "FunctionName", "Stream"];

/// The line; continued lines of a text are indented.
pub fn text(logged: &Logged) -> String {
    let message = logged.event.message.trim_end();
    let (level, words) = match serde_json::from_str::<Value>(message) {
        Ok(Value::Object(fields)) => match logged.program {
            Program::Flink => flink(&fields),
            Program::Delivery => delivery(&fields),
            _ => own(&fields),
        },
        _ => (String::new(), message.to_owned()),
    };
    let words = printable(&words).replace('\n', "\n    ");
    let program = logged.program.name();
    let head = format!("{} {program:<PROGRAM_WIDTH$} ", time(logged.event.at));
    if level.is_empty() { format!("{head}{words}") } else { format!("{head}{level:<LEVEL_WIDTH$} {words}") }
}

/// A time in UTC, to the millisecond.
pub fn time(millis: i64) -> String {
    let seconds = DateTime::from_secs(millis.div_euclid(1_000)).fmt(Format::DateTime).unwrap_or_default();
    format!("{}.{:03}Z", seconds.trim_end_matches('Z'), millis.rem_euclid(1_000))
}

fn word(fields: &Map<String, Value>, name: &str) -> String {
    match fields.get(name) {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    }
}

/// pipec's own programs: `timestamp`, `level`, `message`, and fields.
fn own(fields: &Map<String, Value>) -> (String, String) {
    let mut words = word(fields, "message");
    for (name, value) in fields.iter().filter(|(name, _)| !HIDDEN.contains(&name.as_str())) {
        words += &match value {
            Value::Null => continue,
            Value::String(text) => format!(" {name}={text}"),
            other => format!(" {name}={other}"),
        };
    }
    (word(fields, "level"), words.trim_start().to_owned())
}

/// Managed Flink: the message, the first line of its exception, and what that was caused by in the end. Managed Service
/// for Apache Flink developer guide, "Analyze logs with CloudWatch Logs Insights", 2026-11.
fn flink(fields: &Map<String, Value>) -> (String, String) {
    let level = match word(fields, "messageType") {
        level if level.is_empty() => word(fields, "level"),
        level => level,
    };
    let mut words = word(fields, "message").trim_end().to_owned();
    // A text in most versions, its lines in some.
    let lines: Vec<String> = match fields.get("throwableInformation") {
        Some(Value::String(text)) => text.lines().map(str::to_owned).collect(),
        Some(Value::Array(lines)) => {
            lines.iter().filter_map(|line| line.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    };
    if let Some(first) = lines.first() {
        words += &format!(": {}", first.trim());
    }
    if let Some(cause) = lines.iter().rev().find(|line| line.trim_start().starts_with("Caused by: ")) {
        words += &format!("\n{}", cause.trim());
    }
    (level, words)
}

/// Firehose: the code and the message, and what the code means. Data Firehose developer guide, "Monitor with CloudWatch Logs", 2026-11.
fn delivery(fields: &Map<String, Value>) -> (String, String) {
    let (code, message) = (word(fields, "errorCode"), word(fields, "message"));
    if code.is_empty() && message.is_empty() {
        return (String::new(), Value::Object(fields.clone()).to_string());
    }
    let place = match (word(fields, "processor"), word(fields, "destination")) {
        (processor, _) if !processor.is_empty() => format!(" ({processor})"),
        (_, destination) if !destination.is_empty() => format!(" ({destination})"),
        _ => String::new(),
    };
    let known = explained(&code, &message);
    let known = known.map(|known| format!("\n{}: {}", known.cause, known.help)).unwrap_or_default();
    let code = if code.is_empty() { code } else { format!("{code}: ") };
    ("ERROR".to_owned(), format!("{code}{message}{place}{known}"))
}
