//! What is told of a batch: counts in a line of the log that is a [metric document] as well, so that CloudWatch
//! takes its metrics from the log and no call of AWS is made.
//!
//! [metric document]: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

use std::{io, time::SystemTime};

use serde::Serialize;
use tracing::Level;

use crate::batch::Counts;

/// CloudWatch's namespace of the metrics.
pub const NAMESPACE: &str = "pipec";
/// Their only dimension; its value is the function's name.
pub const DIMENSION: &str = "FunctionName";

/// What one call has been. Holds no content of a record.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
    /// Lambda's id of the call.
    pub request_id: &'a str,
    /// Firehose's id of the call.
    pub invocation_id: Option<&'a str>,
    /// What became of the records.
    #[serde(flatten)]
    pub counts: &'a Counts,
    /// Size of the event.
    pub bytes_in: usize,
    /// Size of the reply.
    pub bytes_out: usize,
    /// From the event's bytes to the reply's.
    pub micros: u128,
}

/// The keys that make the line a metric document.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    report: &'a Report<'a>,
    #[serde(rename = "FunctionName")]
    function_name: &'a str,
    #[serde(rename = "_aws")]
    metadata: Metadata<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata<'a> {
    /// Milliseconds since 1970.
    timestamp: u128,
    cloud_watch_metrics: [Directive<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive<'a> {
    namespace: &'a str,
    dimensions: [[&'a str; 1]; 1],
    metrics: &'a [Metric],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    name: &'static str,
    unit: &'static str,
}

/// The metrics of a program with a query, which drops records and reads values. Each is billed by the month, so there is none that is always 0.
const METRICS: &[Metric] =
    &[count("Records"), count("ProcessingFailed"), count("Dropped"), count("InvalidValues")];
/// Those of a program that drops none.
const METRICS_OF_APPENDING: &[Metric] = METRICS.split_at(2).0;

const fn count(name: &'static str) -> Metric {
    Metric { name, unit: "Count" }
}

impl Report<'_> {
    /// Writes the line, as a warning where records fail.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    pub fn write(&self, function_name: &str, drops: bool) -> io::Result<()> {
        let timestamp = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_millis());
        let metrics = if drops { METRICS } else { METRICS_OF_APPENDING };
        let directive = Directive { namespace: NAMESPACE, dimensions: [[DIMENSION]], metrics };
        let metadata = Metadata { timestamp, cloud_watch_metrics: [directive] };
        let (level, message) = match self.counts.failed {
            0 => (Level::INFO, "batch transformed"),
            _ => (Level::WARN, "batch transformed; some records are written to the error prefix"),
        };
        pipec_log::line(level, message, &Document { report: self, function_name, metadata })
    }
}
