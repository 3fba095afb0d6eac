//! The log: each line goes to stdout (or stderr), and to CloudWatch Logs where that is wished for.

use std::{
    io::{self, Write},
    sync::OnceLock,
    time::{Duration, SystemTime},
};

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tracing::Level;

use crate::stats::Snapshot;

/// Most lines that wait to be published, and the longest, in bytes. More are on the machine alone.
const MAX_LINES: usize = 1000;
const MAX_LINE: usize = 8 * 1024;
/// Where CloudWatch keeps the metrics that it makes of the lines.
const NAMESPACE: &str = "pipec";

/// Where published lines go, once there is someone who publishes.
static PUBLISHED: OnceLock<mpsc::Sender<Line>> = OnceLock::new();

/// A line that is to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Milliseconds since 1970.
    pub time: i64,
    /// JSON, without a newline.
    pub text: String,
}

/// Where lines are seen on the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// As ever.
    Stdout,
    /// Where stdout is for something else.
    Stderr,
}

impl Write for Output {
    /// Writes a line as a whole.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if let Some(sender) = PUBLISHED.get()
            && line.len() <= MAX_LINE
        {
            let text = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
            // What finds no room is not published; it is on the machine.
            let _ = sender.try_send(Line { time: millis(SystemTime::now()), text });
        }
        match self {
            Self::Stdout => io::stdout().write_all(line)?,
            Self::Stderr => io::stderr().write_all(line)?,
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Output {
    /// Turns the log on. To be called once, at the start.
    pub fn start(self) {
        pipec_net::log::start_on(move || self);
    }

    /// Writes a line of counters: what happened in the last while. CloudWatch makes metrics of it, by the
    /// stream's name; what is no metric is there to be looked up, since each metric has its price.
    pub fn metrics(self, stream: &str, counts: &Snapshot, over: Duration) {
        let directive = json!({
            "Timestamp": millis(SystemTime::now()),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [["Stream"]],
                "Metrics": [
                    {"Name": "RecordsSent", "Unit": "Count"},
                    {"Name": "RecordsRetried", "Unit": "Count"},
                    {"Name": "RecordsFailed", "Unit": "Count"},
                    {"Name": "BytesSent", "Unit": "Bytes"},
                ],
            }],
        });
        self.counters("in the last while", &Counters::new(counts, over, Some((directive, stream))));
    }

    /// Writes a line of counters that are no metrics: what happened in all.
    pub fn total(self, counts: &Snapshot, over: Duration) {
        self.counters("in all", &Counters::new(counts, over, None));
    }

    fn counters(self, message: &str, counters: &Counters<'_>) {
        // Who cannot write a log cannot write that either.
        let _ = pipec_net::log::line_on(self, Level::INFO, message, counters);
    }
}

/// The fields of a line of counters.
#[derive(Debug, Serialize)]
struct Counters<'a> {
    seconds: f64,
    #[serde(flatten)]
    counts: &'a Snapshot,
    /// What CloudWatch is to make metrics of, and the stream's name.
    #[serde(rename = "_aws", skip_serializing_if = "Option::is_none")]
    directive: Option<Value>,
    #[serde(rename = "Stream", skip_serializing_if = "Option::is_none")]
    stream: Option<&'a str>,
}

impl<'a> Counters<'a> {
    fn new(counts: &'a Snapshot, over: Duration, metrics: Option<(Value, &'a str)>) -> Self {
        let seconds = (over.as_secs_f64() * 1000.0).round() / 1000.0;
        let (directive, stream) = metrics.unzip();
        Self { seconds, counts, directive, stream }
    }
}

/// Lines from now on, for who publishes them. The first call has them.
pub fn lines() -> mpsc::Receiver<Line> {
    let (sender, receiver) = mpsc::channel(MAX_LINES);
    let _ = PUBLISHED.set(sender);
    receiver
}

fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_have_the_names_of_the_metrics() {
        let counts = Snapshot { records_sent: 3, bytes_sent: 10, records_given_up: 1, ..Snapshot::default() };
        let counters = Counters::new(&counts, Duration::from_millis(59_999), None);
        let line = serde_json::to_value(&counters).expect("JSON");
        assert_eq!(line["seconds"], 59.999);
        assert_eq!(line["RecordsSent"], 3);
        assert_eq!(line["BytesSent"], 10);
        assert_eq!(line["RecordsGivenUp"], 1);
    }
}
