//! Destinations: one file per kind. What a kind writes to is a sink of the graph; the buckets among those are alike.

mod s3;

use pipec_core::Partition;
use serde::Serialize;

use super::alarms::Rule;
use super::buckets;
use super::cost::{Bill, Delivered};
use super::dashboard::Series;
use super::grants::Grant;
use super::{DeliveryPlan, Plan};
use crate::aws::metrics::MetricName;
use crate::check::Checked;
use crate::pipeline::{Delivery, Destination, KeysFrom, Purpose, Sink};
use crate::table::fields::fields;
use crate::table::partition_keys;
pub use s3::{ConversionPlan, PartitioningPlan, S3Plan};

/// The template of each kind.
pub const TEMPLATES: &[(&str, &str)] =
    &[("delivery/s3.yaml.j2", include_str!("../../../templates/delivery/s3.yaml.j2"))];

/// What the template needs of a destination, besides its places in S3.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DestinationPlan {
    /// S3.
    S3(S3Plan),
}

/// Plans the destination.
pub(super) fn plan(checked: &Checked, delivery: &Delivery) -> DestinationPlan {
    match &delivery.destination {
        Destination::S3(s3) => DestinationPlan::S3(s3::plan(checked, delivery, s3)),
    }
}

/// The partition keys that the transform of a delivery returns.
pub(super) fn partition(checked: &Checked, delivery: &Delivery, runs_query: bool) -> Option<Partition> {
    let Destination::S3(s3) = &delivery.destination;
    let fields = fields(checked.pipeline(), checked.query(), delivery).ok()?;
    let by_transform = s3.keys_from == KeysFrom::Transform;
    partition_keys::program(&s3.partitions, &fields, runs_query).filter(|_| by_transform)
}

/// What Firehose needs to write to the sink of a purpose.
pub(super) fn grants(delivery: &Delivery, purpose: Purpose) -> Vec<Grant> {
    let of = |sink| match sink {
        Sink::Bucket(purpose, location) => buckets::grants(purpose, location, &buckets::heads(location)),
    };
    delivery.destination.sink(purpose).map_or_else(Vec::new, of)
}

/// What is billed besides Firehose.
pub(super) fn cost(bill: &mut Bill, plan: &Plan, delivery: &DeliveryPlan, delivered: Delivered) {
    match &delivery.destination {
        DestinationPlan::S3(s3) => s3::cost(bill, plan, (delivery, s3), delivered),
    }
}

/// The metrics that show how a delivery is.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryMetrics {
    /// Records that have been delivered.
    pub records: MetricName,
    /// Age of the oldest record that has not, seconds.
    pub freshness: MetricName,
    /// Share of writes that succeed.
    pub success: MetricName,
}

/// The metrics of a delivery.
pub(super) fn metrics(delivery: &DeliveryPlan) -> &'static DeliveryMetrics {
    match &delivery.destination {
        DestinationPlan::S3(_) => &s3::METRICS,
    }
}

/// Counts that the dashboard shows besides, next to the failures.
pub(super) fn graphed(delivery: &DeliveryPlan) -> Vec<Series> {
    match &delivery.destination {
        DestinationPlan::S3(s3) => s3.graphed(),
    }
}

/// The same of the delivery of error records, which go to a bucket whatever the destination.
pub(super) fn metrics_of_errors() -> &'static DeliveryMetrics {
    &s3::METRICS
}

/// Alarms of the delivery that only this destination has: records are late after so many seconds, and `logs` is the
/// command that shows Firehose's log.
pub(super) fn alarms(delivery: &DeliveryPlan, late: u64, logs: &str) -> Vec<Rule> {
    match &delivery.destination {
        DestinationPlan::S3(s3) => {
            s3::alarms(late, logs).into_iter().chain(s3.alarms(delivery, logs)).collect()
        }
    }
}

/// The same of the delivery of error records, which go to a bucket whatever the destination.
pub(super) fn alarms_of_errors(late: u64, logs: &str) -> Vec<Rule> {
    s3::alarms(late, logs)
}

/// What data transfer costs, and why no line says how much.
pub(super) fn data_transfer(delivery: &DeliveryPlan) -> &'static str {
    match &delivery.destination {
        DestinationPlan::S3(_) => s3::DATA_TRANSFER,
    }
}

/// A destination in the report.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Where the records go, in one line.
    pub line: String,
    /// What is to be known of it, by its name in the JSON.
    pub facts: Vec<(&'static str, String)>,
    /// The same in sentences.
    pub notes: Vec<String>,
}

impl DeliveryPlan {
    /// The destination as it is reported.
    pub fn shown(&self) -> Shown {
        match &self.destination {
            DestinationPlan::S3(s3) => s3.shown(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::fixture::{planned, spec};

    #[test]
    fn a_destination_has_a_template_of_its_name() {
        let (plan, _) = planned(&spec("record_size: 1 KiB, records_per_second: 10", ""));
        let json = serde_json::to_value(&plan.deliveries[0].destination).expect("JSON");
        let name = format!("delivery/{}.yaml.j2", json["kind"].as_str().expect("a kind"));
        assert!(TEMPLATES.iter().any(|(known, _)| *known == name), "{name}");
    }

    #[test]
    fn every_sink_is_a_node_that_firehose_writes_to() {
        use crate::graph::Relation;
        for destination in [
            "s3: {}",
            "s3: { bucket: our-data-lake }",
            "backup: raw, s3: {}",
            "backup: { bucket: our-raw-data }, s3: { bucket: our-data-lake }",
        ] {
            let spec = format!(
                "name: orders\nstream: {{ record_size: 1 KiB, records_per_second: 10 }}\ndelivery: {{ {destination} }}\n"
            );
            let (plan, checked) = planned(&spec);
            let delivery = &checked.pipeline().deliveries[0];
            for sink in delivery.destination.sinks() {
                let purpose = sink.purpose();
                let edges =
                    plan.graph.edges().iter().filter(|edge| edge.relation == Relation::Store(purpose));
                let nodes: Vec<_> = edges.map(|edge| plan.graph.get(edge.to)).collect();
                assert_eq!(nodes.len(), 1, "{destination}: {nodes:?}");
                assert_eq!(nodes[0].logical_id.as_deref(), sink.logical_id().as_deref());
                let own = plan.buckets.iter().find(|bucket| bucket.purpose == purpose);
                assert_eq!(own.map(|bucket| bucket.logical_id.clone()), sink.logical_id());
                assert!(!grants(delivery, purpose).is_empty());
            }
        }
    }
}
