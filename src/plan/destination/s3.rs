//! S3.

use super::super::cost::{Bill, Delivered, gigabytes};
use super::super::{DeliveryPlan, Plan, S3LocationPlan};
use super::Shown;
use crate::aws::limits::MIB;
use crate::aws::limits::billing::SECONDS_PER_MONTH;
use crate::aws::prices::Item;
use crate::pipeline::Purpose;

pub(super) const DATA_TRANSFER: &str =
    "none between these services in a region; readers of the bucket are outside this stack";

/// The objects of a month in a place.
pub(super) fn cost(bill: &mut Bill, plan: &Plan, location: &S3LocationPlan, delivered: Delivered) {
    let own = plan.buckets.iter().find(|bucket| Some(&bucket.logical_id) == location.logical_id.as_ref());
    let until = own.and_then(|bucket| bucket.expire_days).map(|days| format!(", for {days} d"));
    let size = location.buffer_size;
    let objects = delivered.batches_per_second((size * MIB) as f64, location.buffer_interval);
    bill.add(
        location.spec.clone(),
        "S3: objects written",
        Item::S3PutThousand,
        objects * SECONDS_PER_MONTH as f64 / 1e3,
        format!("{size} MiB or {} s per object", location.buffer_interval),
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
    let Some(location) = delivery.location(Purpose::Destination) else {
        return Shown { line: String::new(), facts: Vec::new(), other_side: Vec::new() };
    };
    Shown {
        line: format!("{}, {}", location.address(), location.compression),
        facts: vec![
            ("bucket", location.bucket_name.shown()),
            ("prefix", location.prefix.clone()),
            ("error_prefix", location.error_prefix.clone()),
            ("compression", location.compression.to_owned()),
        ],
        other_side: Vec::new(),
    }
}
