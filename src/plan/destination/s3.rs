//! S3.

use super::super::cost::{Bill, Delivered, gigabytes};
use super::super::{DeliveryPlan, Plan, S3LocationPlan};
use super::Shown;
use crate::aws::limits::MIB;
use crate::aws::limits::billing::SECONDS_PER_MONTH;
use crate::aws::prices::Item;
use crate::resolve::pipeline::Purpose;

pub(super) const DATA_TRANSFER: &str =
    "none between these services in a region; readers of the bucket are outside this stack";

/// The place of the objects.
fn location(delivery: &DeliveryPlan) -> Option<&S3LocationPlan> {
    delivery.location(Purpose::Destination)
}

/// The objects of a month.
pub(super) fn cost(bill: &mut Bill, plan: &Plan, delivered: Delivered) {
    let delivery = &plan.delivery;
    let Some(location) = location(delivery) else { return };
    let own = plan.buckets.iter().find(|bucket| bucket.purpose == location.purpose);
    let until = own.and_then(|bucket| bucket.expire_days).map(|days| format!(", for {days} d"));
    let size = delivery.buffer_size;
    let objects = delivered.batches_per_second((size * MIB) as f64, delivery.buffer_interval);
    bill.add(
        location.spec,
        "S3: objects written",
        Item::S3PutThousand,
        objects * SECONDS_PER_MONTH as f64 / 1e3,
        format!("{size} MiB or {} s per object", delivery.buffer_interval),
    );
    bill.add(
        location.spec,
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
