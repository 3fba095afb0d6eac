//! Deliveries in the report, each with its transform.

use indexmap::IndexMap;
use serde::Serialize;

use crate::amount::amount;
use crate::aws::limits::MIB;
use crate::aws::regions;
use crate::plan::{DeliveryPlan, Plan, TransformPlan};

/// The Lambda transform.
#[derive(Clone, Debug, Serialize)]
pub struct TransformReport {
    /// Processor.
    pub architecture: &'static str,
    /// MiB.
    pub memory_mib: u64,
    /// Seconds.
    pub timeout_seconds: u64,
    /// Whether the SQL runs in it.
    pub runs_query: bool,
    /// MiB that Firehose collects for a call.
    pub buffer_mib: String,
    /// Seconds that it collects.
    pub buffer_seconds: u64,
}

/// A function of the user's that transforms records.
#[derive(Clone, Debug, Serialize)]
pub struct OwnTransformReport {
    /// ARN.
    pub function: String,
    /// MiB that Firehose collects for a call.
    pub buffer_mib: String,
    /// Seconds that it collects.
    pub buffer_seconds: u64,
    /// Repetitions of a failed call.
    pub retries: u64,
}

/// Firehose.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryReport {
    /// Logical id of the stream that it reads.
    pub source: String,
    /// What is to be known of the destination.
    #[serde(flatten)]
    pub facts: IndexMap<&'static str, String>,
    /// A function of the user's that transforms the records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_transform: Option<OwnTransformReport>,
    /// Where the records go, in one line.
    #[serde(skip)]
    pub destination: String,
    /// What is put straight into it, in a sentence.
    #[serde(skip)]
    pub direct: Option<String>,
    /// Whether Firehose itself unpacks log events.
    #[serde(skip)]
    pub extracts_messages: bool,
    /// What is written at once, in a sentence.
    #[serde(skip)]
    pub unit: &'static str,
    /// What is to be known of the destination, in sentences.
    #[serde(skip)]
    pub notes: Vec<String>,
    /// Where the faults of the query go.
    #[serde(skip)]
    pub faults: Option<String>,
    /// What the owner of the destination has to do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_side: Vec<String>,
    /// MiB that it collects.
    pub buffer_mib: u64,
    /// Seconds that it collects.
    pub buffer_seconds: u64,
}

/// One of several deliveries.
#[derive(Clone, Debug, Serialize)]
pub struct NamedDeliveryReport {
    /// Its name in the spec.
    pub name: String,
    /// The Lambda transform.
    pub transform: Option<TransformReport>,
    /// Firehose.
    #[serde(flatten)]
    pub delivery: DeliveryReport,
}

pub(super) fn transform(transform: &TransformPlan) -> TransformReport {
    TransformReport {
        architecture: transform.architecture,
        memory_mib: transform.memory,
        timeout_seconds: transform.timeout,
        runs_query: transform.runs_query,
        buffer_mib: transform.buffer_size.clone(),
        buffer_seconds: transform.buffer_interval,
    }
}

pub(super) fn delivery(plan: &Plan, delivery: &DeliveryPlan) -> DeliveryReport {
    let shown = delivery.shown();
    let errors = plan.error_delivery.as_ref().filter(|errors| errors.suffix == delivery.suffix);
    DeliveryReport {
        source: delivery.input(),
        facts: shown.facts.into_iter().collect(),
        own_transform: delivery.own_transform.as_ref().map(|own| OwnTransformReport {
            function: own.arn.clone(),
            buffer_mib: own.buffer_size.clone(),
            buffer_seconds: own.buffer_interval,
            retries: own.retries,
        }),
        destination: shown.line,
        other_side: shown.other_side,
        notes: shown.notes,
        direct: delivery.direct.as_ref().map(|_| direct(plan, delivery)),
        extracts_messages: delivery.extracts_messages,
        unit: delivery.capabilities.unit,
        faults: errors.map(|errors| errors.location.address()),
        buffer_mib: delivery.buffer_size,
        buffer_seconds: delivery.buffer_interval,
    }
}

/// What Direct PUT means for the records, in a sentence.
fn direct(plan: &Plan, delivery: &DeliveryPlan) -> String {
    let quota = regions::quotas(&plan.region).direct_put;
    format!(
        "{} records per second of {} B; the region's quota is {} records, {} requests and {} MiB per second; records cannot be \
         read again, and Firehose retains them for 24 h if the destination fails",
        amount(delivery.peak),
        amount(delivery.record_bytes as f64),
        amount(quota.records_per_s as f64),
        amount(quota.requests_per_s as f64),
        quota.bytes_per_s / MIB
    )
}
