//! Destinations: one file of rules per kind.

mod prefix;
mod prefix_text;
mod s3;
mod timestamps;

use super::Context;
use crate::pipeline::{Delivery, Destination};

pub(super) fn check(context: &mut Context, delivery: &Delivery) {
    match &delivery.destination {
        Destination::S3(location) => s3::check(context, delivery, location),
    }
}
