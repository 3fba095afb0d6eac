//! Firehose's destinations: what differs from one to another. One constant per destination.

use super::limits::{Bounds, firehose};
use super::metrics::{Kind, Metric, Reading, Unit, by_the_minute, fault, metric};

/// What one of Firehose's destinations can do and needs.
#[derive(Debug)]
pub struct Capabilities {
    /// What Firehose writes to, in a sentence.
    pub words: &'static str,
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
    /// What CloudWatch knows of a delivery.
    pub metrics: &'static Kind,
}

/// S3. Metrics: Data Firehose developer guide, "Monitor with CloudWatch metrics", 2026-11: `DataFreshness` is the age
/// of the oldest record that is not delivered, in seconds; `Success` is a part of 1.
pub const S3: Capabilities = Capabilities {
    words: "the bucket",
    unit: "an object",
    description: "Firehose stream that writes the objects",
    buffer_mib: firehose::S3_BUFFER_MIB,
    buffer_mib_default: firehose::S3_BUFFER_MIB_DEFAULT,
    buffer_s: firehose::S3_BUFFER_S,
    buffer_s_default: firehose::S3_BUFFER_S_DEFAULT,
    buffer_because: "",
    separator: "\n",
    splits_objects: false,
    metrics: &delivery(&[DELIVERED_LAST, DELIVERED, PUTS, FRESH]),
};

/// S3 with conversion to Parquet or ORC, which reads JSON objects one after another, with or without a newline between
/// them. Firehose guide, "Convert input data format", 2026-11.
pub const S3_COLUMNAR: Capabilities = Capabilities {
    buffer_mib: firehose::S3_LARGE_BUFFER_MIB,
    buffer_mib_default: firehose::S3_LARGE_BUFFER_MIB_DEFAULT,
    buffer_because: " to convert records",
    separator: "",
    splits_objects: true,
    metrics: &delivery(&[DELIVERED_LAST, DELIVERED, PUTS, FRESH, CONVERSION]),
    ..S3
};

/// S3 with dynamic partitioning.
pub const S3_PARTITIONED: Capabilities = Capabilities {
    buffer_mib: firehose::S3_LARGE_BUFFER_MIB,
    buffer_mib_default: firehose::S3_LARGE_BUFFER_MIB_DEFAULT,
    buffer_s: firehose::S3_PARTITIONED_BUFFER_S,
    buffer_because: " to partition records",
    metrics: &delivery(&[DELIVERED_LAST, DELIVERED, PUTS, FRESH, PARTITIONS]),
    ..S3
};

/// S3 with both.
pub const S3_COLUMNAR_PARTITIONED: Capabilities = Capabilities {
    buffer_s: firehose::S3_PARTITIONED_BUFFER_S,
    metrics: &delivery(&[DELIVERED_LAST, DELIVERED, PUTS, FRESH, CONVERSION, PARTITIONS]),
    ..S3_COLUMNAR
};

const DELIVERED_LAST: Metric = last_delivery("DeliveryToS3.Records");
const DELIVERED: Metric = records_delivered("DeliveryToS3.Records");
const PUTS: Metric = metric(
    PUTS_SUCCEEDED,
    "put success rate",
    "DeliveryToS3.Success",
    "Average",
    Reading::Lowest,
    Unit::Share,
);
const FRESH: Metric = freshness("DeliveryToS3.DataFreshness");
/// Records that do not fit the columns of the table.
const CONVERSION: Metric = fault(metric(
    "conversion_failures",
    "records not converted",
    "FailedConversion.Records",
    "Sum",
    Reading::Sum,
    Unit::Count,
));
/// Partitions that are filled at a time. 1 of `PartitionCountExceeded` is an alarm.
const PARTITIONS: Metric =
    metric("partitions", "partitions filled", "PartitionCount", "Maximum", Reading::Highest, Unit::Count);

/// Key of the share of writes that succeed.
pub const PUTS_SUCCEEDED: &str = "puts_succeeded";
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
