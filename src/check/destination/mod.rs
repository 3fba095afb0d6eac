//! Destinations: one file of rules per kind.

mod conversion;
mod partitions;
mod prefix;
mod prefix_text;
mod s3;
mod table;
mod timestamps;

use super::Context;
use crate::pipeline::{Delivery, Destination};

pub(super) fn check(context: &mut Context, delivery: &Delivery) {
    match &delivery.destination {
        Destination::S3(s3) => {
            let backup = s3.backup.as_ref();
            std::iter::once(&s3.location)
                .chain(backup)
                .for_each(|location| s3::check(context, delivery, location));
            conversion::check(context, delivery, s3);
            table::check(context, delivery, s3);
            partitions::check(context, delivery, s3);
        }
    }
}
