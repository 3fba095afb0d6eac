//! Destinations: one file of rules per kind.

mod http;
mod prefix;
mod prefix_text;
mod s3;
mod service;
mod timestamps;

use super::Context;
use crate::pipeline::{Delivery, Destination, ServiceKind};

pub(super) fn check(context: &mut Context, delivery: &Delivery) {
    match &delivery.destination {
        Destination::S3(location) => s3::check(context, delivery, location),
        Destination::Service(to) => {
            service::check(context, delivery, to);
            match &to.kind {
                ServiceKind::Http(http) => http::check(context, to, http),
            }
        }
    }
}
