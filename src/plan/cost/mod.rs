//! What a plan costs a month: an estimate with its arithmetic, made of prices that carry their date.
//!
//! The load counts as the average that the spec declares, or as if the peak lasted all month. Every line is rounded to cents and the sum is that of
//! the rounded lines, so people can add them up. An unknown price makes a line without a sum, never one of zero.

mod bill;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

pub(super) use bill::{Bill, Delivered, gigabytes};

use super::{DeliveryPlan, Plan, destination};
use crate::aws::limits::billing::SECONDS_PER_MONTH;
use crate::graph::NodeKind;
use crate::price_list::Prices;

/// What an estimate supposes.
const BASIS_PEAK: &str = "730 hours per month at the declared peak load, no free tier";
/// The same where the spec declares an average load.
const BASIS_AVERAGE: &str =
    "730 hours per month at the declared average load, capacity for the peak, no free tier";

/// What a plan costs a month.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cost {
    /// US dollars, the sum of all lines with a price.
    pub monthly_usd: f64,
    /// Whether every line has a price.
    pub complete: bool,
    /// The region whose prices count.
    pub region: String,
    /// Month or span of months of the prices; `None` where no price is known.
    pub prices_as_of: Option<String>,
    /// What the estimate supposes.
    pub basis: &'static str,
    /// What is billed, in the order of the data.
    pub lines: Vec<CostLine>,
    /// What is billed as well, and why it is not estimated.
    pub left_out: Vec<LeftOut>,
}

/// One thing that is billed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CostLine {
    /// What.
    pub item: String,
    /// The part of the pipeline that causes it; `None` of what watches the pipeline.
    #[serde(skip)]
    pub part: Option<NodeKind>,
    /// The service's offer in AWS's price list, where it is listed.
    #[serde(skip)]
    pub offer: Option<&'static str>,
    /// JSON pointer to its place in the spec.
    pub spec: Cow<'static, str>,
    /// How much of it a month.
    pub quantity: f64,
    /// The unit of the quantity.
    pub unit: &'static str,
    /// US dollars a unit, of the first step where the price falls with the quantity; `None` where it is unknown.
    pub unit_price: Option<f64>,
    /// US dollars per month; `None` where the price is unknown.
    pub monthly_usd: Option<f64>,
    /// The arithmetic.
    pub note: String,
    /// Whether a source other than memory supports the price, and no assumption the quantity.
    pub sure: bool,
}

/// Something that is billed and not estimated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// What.
    pub item: &'static str,
    /// Why.
    pub because: &'static str,
}

impl Cost {
    /// US dollars per month by what is billed; items without a known price are missing.
    pub fn by_item(&self) -> BTreeMap<String, f64> {
        let mut cents: BTreeMap<String, f64> = BTreeMap::new();
        for line in &self.lines {
            if let Some(usd) = line.monthly_usd {
                *cents.entry(line.item.clone()).or_default() += (usd * 100.0).round();
            }
        }
        cents.into_iter().map(|(item, cents)| (item, cents / 100.0)).collect()
    }
}

/// Estimates a plan.
pub fn estimate(plan: &Plan, prices: Prices) -> Cost {
    let mut bill = Bill::new(&plan.region, prices);
    if let Some(producer) = &plan.producer {
        bill.of(NodeKind::Producer).producer(producer);
    }
    for source in &plan.sources {
        let bill = bill.of(NodeKind::Source);
        for charge in &source.charges {
            bill.add(source.spec.clone(), charge.name, charge.item, charge.quantity, charge.note.clone());
        }
    }
    if let Some(stream) = plan.stream.as_ref().filter(|stream| !stream.existing) {
        bill.of(NodeKind::Stream).stream(stream);
    }
    for consumer in plan.consumers.iter().filter(|consumer| consumer.registered.is_some()) {
        if let Some(stream) = &plan.stream {
            bill.of(NodeKind::FanOut).fan_out(consumer, stream);
        }
    }
    if let Some(analytics) = &plan.analytics {
        bill.of(NodeKind::Analytics).analytics(analytics);
    }
    if let Some(stream) = &plan.output_stream {
        bill.of(NodeKind::DeliveredStream).stream(stream);
    }
    for output in &plan.outputs {
        bill.of(NodeKind::OutputStream).stream(&output.stream);
    }
    for delivery in &plan.deliveries {
        let delivered = Delivered::of(plan, delivery);
        let first = bill.lines.len();
        if let Some(transform) = &delivery.transform {
            bill.of(NodeKind::Transform).transform(transform, delivered);
        }
        bill.of(NodeKind::Delivery).delivery(delivery, delivered);
        destination::cost(&mut bill, plan, delivery, delivered);
        if let Some(name) = &delivery.name {
            for line in &mut bill.lines[first..] {
                line.item = format!("{name}: {}", line.item);
            }
        }
    }
    if let Some(alarms) = &plan.alarms {
        bill.watching().alarms(alarms);
    }
    if let Some(dashboard) = &plan.dashboard {
        bill.watching().dashboard(dashboard);
    }
    let basis = if plan.has_average { BASIS_AVERAGE } else { BASIS_PEAK };
    bill.close(basis, left_out(plan))
}

/// What is billed as well, and why no line says how much.
fn left_out(plan: &Plan) -> Vec<LeftOut> {
    let mut left_out =
        vec![LeftOut { item: "CloudWatch Logs", because: "the volume depends on faults and connections" }];
    let mut leave = |when: bool, item, because| {
        if when {
            left_out.push(LeftOut { item, because });
        }
    };
    let stream_key = plan.stream.as_ref().map(|stream| stream.key.starts_with("arn:"));
    let of_delivery = |delivery: &DeliveryPlan| {
        let held = delivery.direct.as_ref().is_some_and(|direct| direct.key.is_some());
        held || delivery.locations.values().any(|at| at.key.is_some())
    };
    let own_key = stream_key == Some(true) || plan.deliveries.iter().any(of_delivery);
    leave(
        own_key,
        "KMS",
        "the number of calls depends on how long services cache data keys; the key itself does not belong to the stack",
    );
    let managed_key = stream_key == Some(false);
    leave(
        managed_key,
        "KMS: calls on aws/kinesis",
        "the key is free and calls on it are not; their number depends on the producers, consumers and shards",
    );
    let credits = plan.producer.as_ref().is_some_and(|producer| producer.burstable);
    leave(
        credits,
        "EC2: surplus CPU credits",
        "a burstable instance is billed for CPU above its baseline over 24 hours; the producer stays below it",
    );
    let snapshots = plan.analytics.as_ref().is_some_and(|analytics| analytics.snapshots);
    leave(snapshots, "Flink snapshots", "their size depends on the query's state");
    leave(plan.analytics.is_some(), "the starter's Lambda", "it runs only when the stack changes");
    leave(plan.error_delivery.is_some(), "Firehose: error records", "the number of error records is unknown");
    leave(
        plan.producer.is_some(),
        "Systems Manager",
        "sessions are opened by people and do not depend on the load",
    );
    let topic = plan.alarms.as_ref().is_some_and(|alarms| alarms.topic.is_some());
    leave(
        topic,
        "SNS",
        "the number of messages depends on faults; the first 1,000 e-mails per month are free",
    );
    let network = plan.producer.as_ref().is_some_and(|producer| producer.network.vpc.is_some());
    leave(network, "NAT gateways and endpoints", "the network does not belong to the stack");
    for because in plan.deliveries.iter().map(DeliveryPlan::data_transfer).collect::<BTreeSet<_>>() {
        leave(true, "data transfer", because);
    }
    let own = plan.deliveries.iter().any(|delivery| delivery.own_transform.is_some());
    leave(
        own,
        "Lambda: your transform",
        "it does not belong to the stack; the memory and the duration of its calls are not known",
    );
    let existing = plan.stream.as_ref().is_some_and(|stream| stream.existing);
    leave(existing, "the existing stream", "it does not belong to the stack");
    let called = plan.consumers.iter().any(|consumer| consumer.function.is_some());
    leave(called, "the functions of consumers", "they do not belong to the stack");
    left_out
}

/// The sum of the lines with a price: in whole cents, so that no order of adding shows.
pub(super) fn total<'a>(lines: impl IntoIterator<Item = &'a CostLine>) -> f64 {
    let cents: f64 =
        lines.into_iter().filter_map(|line| line.monthly_usd).map(|usd| (usd * 100.0).round()).sum();
    cents / 100.0
}

/// Gigabytes (2^30 bytes) per month that come to a delivery at the declared load, before its transform.
pub fn monthly_gigabytes(plan: &Plan, delivery: &DeliveryPlan) -> f64 {
    let delivered = Delivered::of(plan, delivery);
    gigabytes(delivered.per_second * SECONDS_PER_MONTH as f64 * delivered.bytes as f64)
}
