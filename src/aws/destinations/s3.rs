//! S3. Metrics: Data Firehose developer guide, "Monitor with CloudWatch metrics", 2026-11: `DataFreshness` is the age
//! of the oldest record that is not delivered, in seconds; `Success` is a part of 1.

use super::{
    Capabilities, FIREHOSE, Form, Network, PUTS_SUCCEEDED, Reading, Unit, Watched, delivery, freshness,
    last_delivery, metric, records_delivered, share,
};
use crate::aws::limits::firehose;

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
    separator: "\n",
    form: Form::PLAIN,
    reads_log_envelopes: false,
    fallback: None,
    network: Network::Aws,
    metrics: &delivery(&[
        last_delivery("DeliveryToS3.Records"),
        records_delivered("DeliveryToS3.Records"),
        metric(
            PUTS_SUCCEEDED,
            "put success rate",
            "DeliveryToS3.Success",
            "Average",
            Reading::Lowest,
            Unit::Share,
        ),
        freshness("DeliveryToS3.DataFreshness"),
    ]),
    watched: Watched {
        records: FIREHOSE.metric("DeliveryToS3.Records"),
        freshness: FIREHOSE.metric("DeliveryToS3.DataFreshness"),
        success: share(FIREHOSE.metric("DeliveryToS3.Success")),
    },
};
