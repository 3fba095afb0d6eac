//! The log: each line goes to stdout (or stderr), and to CloudWatch Logs where that is wished for.

use std::{
    io::{self, Write},
    sync::OnceLock,
    time::{Duration, SystemTime},
};

use serde::Serialize;
use serde_json::{Value, json};
use time::UtcDateTime;
use tokio::sync::mpsc;

use crate::{
    clock::{date, time_of_day},
    stats::Snapshot,
};

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
    pub fn metrics(mut self, stream: &str, counts: &Snapshot, over: Duration) {
        let now = SystemTime::now();
        let mut line = counters(counts, over, "in the last while", now);
        line["_aws"] = json!({
            "Timestamp": millis(now),
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
        line["Stream"] = stream.into();
        let _ = self.write(format!("{line}\n").as_bytes());
    }

    /// Writes a line of counters that are no metrics: what happened in all.
    pub fn total(mut self, counts: &Snapshot, over: Duration) {
        let line = counters(counts, over, "in all", SystemTime::now());
        let _ = self.write(format!("{line}\n").as_bytes());
    }
}

/// Lines from now on, for who publishes them. The first call has them.
pub fn lines() -> mpsc::Receiver<Line> {
    let (sender, receiver) = mpsc::channel(MAX_LINES);
    let _ = PUBLISHED.set(sender);
    receiver
}

fn counters(counts: &Snapshot, over: Duration, message: &str, now: SystemTime) -> Value {
    #[derive(Serialize)]
    struct Counters<'a> {
        timestamp: String,
        level: &'a str,
        message: &'a str,
        seconds: f64,
        #[serde(flatten)]
        counts: &'a Snapshot,
    }
    let seconds = (over.as_secs_f64() * 1000.0).round() / 1000.0;
    let now = UtcDateTime::from(now);
    let timestamp = format!("{}T{}.{:06}Z", date(now), time_of_day(now), now.microsecond());
    serde_json::to_value(Counters { timestamp, level: "INFO", message, seconds, counts }).unwrap_or_default()
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
        let line = counters(&counts, Duration::from_secs(60), "in the last while", SystemTime::UNIX_EPOCH);
        assert_eq!(line["timestamp"], "1970-01-01T00:00:00.000000Z");
        assert_eq!((&line["level"], &line["seconds"]), (&json!("INFO"), &json!(60.0)));
        assert_eq!(line["RecordsSent"], 3);
        assert_eq!(line["BytesSent"], 10);
        assert_eq!(line["RecordsGivenUp"], 1);
    }
}
