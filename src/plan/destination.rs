//! Destinations: one file per kind. What a kind writes to is a sink of the graph; the buckets among those are alike.

mod s3;

use serde::Serialize;

use super::buckets;
use super::cost::{Bill, Delivered};
use super::grants::Grant;
use super::{DeliveryPlan, Plan};
use crate::resolve::pipeline::{Destination, Pipeline, Purpose, Sink};

/// The template of each kind.
pub const TEMPLATES: &[(&str, &str)] =
    &[("delivery/s3.yaml.j2", include_str!("../../templates/delivery/s3.yaml.j2"))];

/// What the template needs of a destination, besides its places in S3.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DestinationPlan {
    /// S3.
    S3,
}

/// Plans the destination.
pub(super) fn plan(pipeline: &Pipeline) -> DestinationPlan {
    match &pipeline.delivery.destination {
        Destination::S3(_) => DestinationPlan::S3,
    }
}

/// What Firehose needs to write to the sink of a purpose.
pub(super) fn grants(pipeline: &Pipeline, purpose: Purpose) -> Vec<Grant> {
    let of = |sink| match sink {
        Sink::Bucket(purpose, location) => buckets::grants(purpose, location, "*"),
    };
    pipeline.delivery.destination.sink(purpose).map_or_else(Vec::new, of)
}

/// What is billed besides Firehose.
pub(super) fn cost(bill: &mut Bill, plan: &Plan, delivered: Delivered) {
    match &plan.delivery.destination {
        DestinationPlan::S3 => s3::cost(bill, plan, delivered),
    }
}

/// What data transfer costs, and why no line says how much.
pub(super) fn data_transfer(plan: &Plan) -> &'static str {
    match &plan.delivery.destination {
        DestinationPlan::S3 => s3::DATA_TRANSFER,
    }
}

/// A destination in the report.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Where the records go, in one line.
    pub line: String,
    /// What is to be known of it, by its name in the JSON.
    pub facts: Vec<(&'static str, String)>,
}

impl DeliveryPlan {
    /// The destination as it is reported.
    pub fn shown(&self) -> Shown {
        match &self.destination {
            DestinationPlan::S3 => s3::shown(self),
        }
    }
}
