//! S3.

use super::super::alarms::{Compare, FIVE_MINUTES, Rule, Span};
use super::super::cost::{Bill, Delivered, gigabytes};
use super::super::{DeliveryPlan, Plan, S3LocationPlan};
use super::{DeliveryMetrics, Shown};
use crate::aws::limits::MIB;
use crate::aws::limits::billing::SECONDS_PER_MONTH;
use crate::aws::metrics::FIREHOSE;
use crate::aws::prices::Item;
use crate::pipeline::Purpose;
use crate::spec::{AlarmKey, Duration};

pub(super) const METRICS: DeliveryMetrics = DeliveryMetrics {
    records: FIREHOSE.metric("DeliveryToS3.Records"),
    freshness: FIREHOSE.metric("DeliveryToS3.DataFreshness"),
    success: FIREHOSE.metric("DeliveryToS3.Success"),
};
/// Share of writes that succeed. Firehose repeats a failed one, so that a small dip loses nothing.
const SUCCESS_SHARE: f64 = 0.95;

pub(super) const DATA_TRANSFER: &str =
    "none between these services in a region; readers of the bucket are outside this stack";

/// The place of the objects.
fn location(delivery: &DeliveryPlan) -> Option<&S3LocationPlan> {
    delivery.location(Purpose::Destination)
}

/// The objects of a month.
pub(super) fn cost(bill: &mut Bill, plan: &Plan, delivery: &DeliveryPlan, delivered: Delivered) {
    let Some(location) = location(delivery) else { return };
    let own = plan.buckets.iter().find(|bucket| Some(&bucket.logical_id) == location.logical_id.as_ref());
    let until = own.and_then(|bucket| bucket.expire_days).map(|days| format!(", for {days} d"));
    let size = delivery.buffer_size;
    let objects = delivered.batches_per_second((size * MIB) as f64, delivery.buffer_interval);
    bill.add(
        location.spec.clone(),
        "S3: objects written",
        Item::S3PutThousand,
        objects * SECONDS_PER_MONTH as f64 / 1e3,
        format!("{size} MiB or {} s per object", delivery.buffer_interval),
    );
    bill.add(
        location.spec.clone(),
        "S3: objects of a month",
        Item::S3StorageGbMonth,
        gigabytes(delivered.per_second * SECONDS_PER_MONTH as f64 * delivered.bytes as f64),
        format!("uncompressed; each month adds the same amount{}", until.unwrap_or_default()),
    );
    if location.compression != "UNCOMPRESSED" {
        bill.unsure();
    }
}

pub(super) fn shown(delivery: &DeliveryPlan) -> Shown {
    let Some(location) = location(delivery) else { return Shown { line: String::new(), facts: Vec::new() } };
    Shown {
        line: format!("{}, {}", location.address(), location.compression),
        facts: vec![
            ("bucket", location.bucket_name.shown()),
            ("prefix", location.prefix.clone()),
            ("error_prefix", location.error_prefix.clone()),
            ("compression", location.compression.to_owned()),
        ],
    }
}

/// Whether objects are late, and whether they are written at all.
pub(super) fn alarms(late: u64, logs: &str) -> Vec<Rule> {
    let freshness = Rule::new(
        AlarmKey::Freshness,
        (METRICS.freshness, "Maximum"),
        Span(FIVE_MINUTES, 1, 1),
        Compare::Above,
        late as f64,
        format!("Records have not reached the bucket after {}. {logs} shows why.", Duration(late)),
    );
    let failures = Rule::new(
        AlarmKey::WriteFailures,
        (METRICS.success, "Average"),
        Span(FIVE_MINUTES, 3, 3),
        Compare::Below,
        SUCCESS_SHARE,
        format!(
            "Firehose cannot write to the bucket: it is gone, its policy or its key denies it. {logs} shows the error."
        ),
    );
    vec![freshness, failures]
}
