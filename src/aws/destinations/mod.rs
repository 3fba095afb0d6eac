//! Firehose's destinations: what differs from one to another. One constant per destination.

mod copy_options;
mod errors;
mod http;
mod iceberg;
mod opensearch;
mod opensearch_serverless;
mod redshift;
mod s3;
mod snowflake;
mod splunk;

pub use copy_options::{
    CopyOption, Fault as CopyFault, Kind as CopyKind, OPTIONS as COPY_OPTIONS, Written as WrittenOption,
    read as read_copy_options, value as copy_value,
};
pub use errors::{DeliveryError, explained};
pub use http::{DATADOG, HTTP, NEW_RELIC, NEW_RELIC_EU, NEW_RELIC_US, datadog_url, limits as http_limits};
pub use iceberg::{ICEBERG, limits as iceberg_limits};
pub use opensearch::{OPENSEARCH, limits as opensearch_limits};
pub use opensearch_serverless::{OPENSEARCH_SERVERLESS, limits as serverless_limits};
pub use redshift::{
    Endpoint as RedshiftEndpoint, MANIFESTS, NOT_LOADED, NOT_PROCESSED, REDSHIFT,
    addresses as redshift_addresses, endpoint as redshift_endpoint, identifier as redshift_identifier,
    limits as redshift_limits, serverless_usd,
};
pub use s3::{S3, S3_COLUMNAR, S3_COLUMNAR_PARTITIONED, S3_PARTITIONED};
pub use snowflake::{SNOWFLAKE, limits as snowflake_limits};
pub use splunk::{SPLUNK, limits as splunk_limits};

use super::limits::Bounds;
use super::metrics::{FIREHOSE, Kind, Metric, MetricName, Reading, Unit, by_the_minute, metric};

/// What one of Firehose's destinations can do and needs.
#[derive(Debug)]
pub struct Capabilities {
    /// Key of the spec.
    pub key: &'static str,
    /// What Firehose writes to, in a sentence.
    pub words: &'static str,
    /// What it means if writes fail, as a sentence.
    pub cannot_write: &'static str,
    /// What it writes at once, in a sentence.
    pub unit: &'static str,
    /// What a delivery stream does, as the stack's outputs have it.
    pub description: &'static str,
    /// `BufferingHints.SizeInMBs`, MiB.
    pub buffer_mib: Bounds<u64>,
    /// The same when none is set, MiB.
    pub buffer_mib_default: u64,
    /// `BufferingHints.IntervalInSeconds`, seconds.
    pub buffer_s: Bounds<u64>,
    /// The same when none is set, seconds.
    pub buffer_s_default: u64,
    /// Why the bounds of the buffer are narrower than those of other settings, after a size; empty if they are not.
    pub buffer_because: &'static str,
    /// What has to be between two records; empty where Firehose keeps them apart itself.
    pub separator: &'static str,
    /// Whether a record may be several JSON objects with nothing between them.
    pub splits_objects: bool,
    /// Whether Firehose itself can append the separator, and unpack log events with it.
    pub is_appended: bool,
    /// Rows that a record may be.
    pub rows: Rows,
    /// How rows of SQL are written.
    pub form: Form,
    /// Whether it reads the records of CloudWatch Logs, which are gzip of many log events.
    pub reads_log_envelopes: bool,
    /// Firehose's retries, and the bucket beside the destination; `None` for S3, which has neither.
    pub fallback: Option<Fallback>,
    /// What CloudWatch knows of a delivery.
    pub metrics: &'static Kind,
    /// Those of them that alarms and the dashboard read.
    pub watched: Watched,
}

/// Rows that a record may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Any number, with a newline between them; after each is the separator.
    Any,
    /// One, which the destination takes as one event, document or row.
    One,
}

/// How rows of SQL are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Whether keys are in lower case; else they are as in SQL.
    pub lower_case_keys: bool,
    /// Whether times have a `T` between day and time of day; else they are written as in SQL.
    pub iso_times: bool,
}

impl Form {
    /// Rows as the SQL has them.
    pub const PLAIN: Self = Self { lower_case_keys: false, iso_times: false };

    /// Whether rows are written in another way than SQL has them.
    pub fn changes_rows(self) -> bool {
        self.lower_case_keys || self.iso_times
    }
}

/// What becomes of records that do not reach a destination.
#[derive(Clone, Copy, Debug)]
pub struct Fallback {
    /// `RetryOptions.DurationInSeconds`, seconds.
    pub retry_s: Bounds<u64>,
    /// The same when none is set, seconds. pipec always writes it, since AWS does not document its own.
    pub retry_s_default: u64,
    /// `S3BackupMode` for what fails.
    pub failed: &'static str,
    /// `S3BackupMode` for everything; `None` where there is none.
    pub all: Option<&'static str>,
    /// Age of the oldest record that the bucket lacks, seconds. Only if that holds all records.
    pub freshness: MetricName,
}

/// Metrics that alarms and the dashboard read.
#[derive(Clone, Copy, Debug)]
pub struct Watched {
    /// Records that have been delivered.
    pub records: MetricName,
    /// Age of the oldest record that has not, seconds.
    pub freshness: MetricName,
    /// Writes that succeed.
    pub success: Success,
    /// Requests that are not allowed, where the destination counts them.
    pub denied: Option<Denied>,
}

/// Requests that a destination does not allow. Each metric is 1 if there was one, else 0.
#[derive(Clone, Copy, Debug)]
pub struct Denied {
    /// Authentication or authorization failed.
    pub access: MetricName,
    /// The destination rejected the delivery.
    pub rejected: MetricName,
    /// The usual cause, in sentences.
    pub cause: &'static str,
}

/// How a destination counts writes that succeed.
#[derive(Clone, Copy, Debug)]
pub struct Success {
    /// The metric.
    pub metric: MetricName,
    /// Its statistic.
    pub statistic: &'static str,
    /// Value below which writes fail.
    pub floor: f64,
    /// Whether it is a share of 1; else it counts records.
    pub is_share: bool,
    /// What it is, in the legend of a graph.
    pub words: &'static str,
}

/// Share of writes that succeed. Firehose repeats a failed one, so that a small dip loses nothing.
const SUCCESS_SHARE: f64 = 0.95;

/// A success that is a share of 1.
const fn share(metric: MetricName) -> Success {
    Success {
        metric,
        statistic: "Average",
        floor: SUCCESS_SHARE,
        is_share: true,
        words: "writes that succeed, share",
    }
}

/// Bucket beside a destination: when Firehose writes an object, MiB and seconds. `S3DestinationConfiguration`, defaults of
/// `BufferingHints`; Firehose guide, "Configure backup settings", 2026-11: an interval of 60 s at least.
pub const BACKUP_BUFFER: (u64, u64) =
    (super::limits::firehose::S3_BUFFER_MIB_DEFAULT, super::limits::firehose::S3_BUFFER_S_DEFAULT);

/// `RetryOptions.DurationInSeconds`, seconds. CloudFormation schema, 2026-10.
const RETRY_S: Bounds<u64> = Bounds::new(0, 7_200);

/// Age of the oldest record that the bucket next to a destination lacks, seconds.
pub const BACKUP_FRESHNESS: MetricName = FIREHOSE.metric("BackupToS3.DataFreshness");

/// Key of the share of writes that succeed.
pub const PUTS_SUCCEEDED: &str = "puts_succeeded";
/// Key of the least number of records that a request delivered.
pub const RECORDS_PER_REQUEST: &str = "records_per_request";
/// Key of the age of the oldest record that is not delivered, seconds.
pub const FRESHNESS: &str = "freshness_s";

const fn delivery(metrics: &'static [Metric]) -> Kind {
    Kind { namespace: "AWS/Firehose", dimension: "DeliveryStreamName", metrics }
}

const fn last_delivery(name: &'static str) -> Metric {
    by_the_minute(metric("last_delivery", "last delivery", name, "Sum", Reading::LastSeen, Unit::Time))
}

const fn records_delivered(name: &'static str) -> Metric {
    metric("records_delivered", "records delivered", name, "Sum", Reading::Sum, Unit::Count)
}

const fn freshness(name: &'static str) -> Metric {
    metric(FRESHNESS, "data freshness", name, "Maximum", Reading::Highest, Unit::Seconds)
}
