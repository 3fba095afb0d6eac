//! Splunk's HTTP Event Collector. Data Firehose developer guide, "Configure destination settings", "Handle data delivery failures" and
//! "Monitor with CloudWatch metrics", 2026-11.

use super::{
    BACKUP_FRESHNESS, Capabilities, FIREHOSE, Fallback, Form, PUTS_SUCCEEDED, RETRY_S, Reading, Rows, Unit,
    Watched, delivery, freshness, last_delivery, metric, records_delivered, share,
};
use crate::aws::limits::Bounds;

/// What Firehose accepts of a collector.
pub mod limits {
    use crate::aws::limits::Bounds;

    /// `HECAcknowledgmentTimeoutInSeconds`, seconds. CloudFormation schema, 2026-10.
    pub const ACK_TIMEOUT_S: Bounds<u64> = Bounds::new(180, 600);
    /// The same if none is set, seconds. pipec always writes it. Same.
    pub const ACK_TIMEOUT_S_DEFAULT: u64 = 180;
}

/// Splunk. AWS documents no default of the retry duration. `AppendDelimiterToRecord` is documented for objects in S3 alone; API
/// reference, Processor, 2026-11.
pub const SPLUNK: Capabilities = Capabilities {
    key: "splunk",
    words: "Splunk",
    cannot_write: "Splunk acknowledges no events: it is down, rejects the token, or has no indexer acknowledgement.",
    unit: "a request",
    description: "Firehose stream that sends the events to Splunk",
    buffer_mib: Bounds::new(1, 5),
    buffer_mib_default: 5,
    buffer_s: Bounds::new(0, 60),
    buffer_s_default: 60,
    buffer_because: "",
    separator: "\n",
    is_appended: false,
    splits_objects: false,
    rows: Rows::Any,
    form: Form::PLAIN,
    reads_log_envelopes: false,
    fallback: Some(Fallback {
        retry_s: RETRY_S,
        retry_s_default: 300,
        failed: "FailedEventsOnly",
        all: Some("AllEvents"),
        freshness: BACKUP_FRESHNESS,
    }),
    metrics: &delivery(&[
        last_delivery("DeliveryToSplunk.Records"),
        records_delivered("DeliveryToSplunk.Records"),
        metric(
            PUTS_SUCCEEDED,
            "request success rate",
            "DeliveryToSplunk.Success",
            "Average",
            Reading::Lowest,
            Unit::Share,
        ),
        freshness("DeliveryToSplunk.DataFreshness"),
    ]),
    watched: Watched {
        records: FIREHOSE.metric("DeliveryToSplunk.Records"),
        freshness: FIREHOSE.metric("DeliveryToSplunk.DataFreshness"),
        success: share(FIREHOSE.metric("DeliveryToSplunk.Success")),
        denied: None,
    },
};
