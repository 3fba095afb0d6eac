//! S3. Metrics: Data Firehose developer guide, "Monitor with CloudWatch metrics", 2026-11: `DataFreshness` is the age
//! of the oldest record that is not delivered, in seconds; `Success` is a part of 1.

use super::{
    Capabilities, FIREHOSE, Form, Metric, PUTS_SUCCEEDED, Reading, Rows, Unit, Watched, delivery, freshness,
    last_delivery, metric, records_delivered, share,
};
use crate::aws::limits::firehose;
use crate::aws::metrics::fault;

/// S3.
pub const S3: Capabilities = Capabilities {
    key: "s3",
    words: "the bucket",
    cannot_write: "Firehose cannot write to the bucket: it is gone, its policy or its key denies it.",
    unit: "an object",
    description: "Firehose stream that writes the objects",
    buffer_mib: firehose::S3_BUFFER_MIB,
    buffer_mib_default: firehose::S3_BUFFER_MIB_DEFAULT,
    buffer_s: firehose::S3_BUFFER_S,
    buffer_s_default: firehose::S3_BUFFER_S_DEFAULT,
    buffer_because: "",
    separator: "\n",
    is_appended: true,
    splits_objects: false,
    rows: Rows::Any,
    form: Form::PLAIN,
    reads_log_envelopes: false,
    fallback: None,
    metrics: &delivery(&[DELIVERED_LAST, DELIVERED, PUTS, FRESH]),
    watched: Watched {
        records: FIREHOSE.metric("DeliveryToS3.Records"),
        freshness: FIREHOSE.metric("DeliveryToS3.DataFreshness"),
        success: share(FIREHOSE.metric("DeliveryToS3.Success")),
        denied: None,
    },
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
