//! The order of creation that no reference between resources gives: data flows into what is there, and a new role is not
//! used before IAM has propagated it.
//!
//! IAM is eventually consistent: a service that assumes a role right after its creation may be refused, and CloudFormation
//! repeats that for Lambda functions and instance profiles alone. So other resources are created between a role and the
//! resource that uses it, in an order that takes about as long in all.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::consumers::{self, STREAM_POLICY};
use super::{destination, sources, table};
use crate::aws::limits::kinesis::STREAMS_CREATING_AT_ONCE;
use crate::graph::{Graph, Node, NodeKind};
use crate::pipeline::{Delivery, Iceberg, Pipeline, Source, SourceKind};

/// Resources that are created before another, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Before {
    /// Their logical ids.
    pub logical_ids: Vec<Cow<'static, str>>,
    /// The reason, for the comment above them.
    pub because: &'static str,
}

const PROPAGATES: &str = "A new role takes time to propagate; this order allows for that.";

/// The order of creation of a pipeline's resources.
pub(super) fn order(pipeline: &Pipeline, graph: &Graph) -> BTreeMap<Cow<'static, str>, Vec<Before>> {
    let mut order = Order::default();
    let ids = |prefix: &str| pipeline.deliveries.iter().map(|one| one.id(prefix)).collect::<Vec<String>>();
    let deliveries: Vec<String> = pipeline.deliveries.iter().map(Delivery::stream_id).collect();
    let roles = ids("DeliveryRole");
    if graph.has(NodeKind::Analytics) {
        order.add("StarterRole", &["AnalyticsRole"], PROPAGATES);
        order.add("Analytics", &all(&roles, &["Starter"]), PROPAGATES);
        for delivery in &deliveries {
            order.add(delivery, &["AnalyticsLogging"], PROPAGATES);
        }
        order.add(
            "AnalyticsStart",
            &[&["AnalyticsLogging"], all(&deliveries, &[]).as_slice()].concat(),
            "The application logs from its start, and Firehose reads from its creation on, so no row is missed.",
        );
        if graph.has(NodeKind::ErrorDelivery) {
            order.add("Analytics", &["ErrorDeliveryRole"], PROPAGATES);
            order.add("ErrorDelivery", &["AnalyticsLogging"], PROPAGATES);
            order.add("AnalyticsStart", &["ErrorDelivery"], "Firehose reads from its creation on.");
        }
    } else if graph.has(NodeKind::Producer) {
        if !roles.is_empty() {
            order.add("ProducerRole", &all(&roles, &[]), PROPAGATES);
        }
        for delivery in &deliveries {
            order.add(delivery, &["ProducerInstanceProfile"], PROPAGATES);
        }
    } else {
        for delivery in &pipeline.deliveries {
            let (id, role) = (delivery.stream_id(), delivery.id("DeliveryRole"));
            order.add(&delivery.id("DeliveryLogStream"), &[&role], PROPAGATES);
            let sinks = delivery.destination.sinks();
            let own =
                sinks.iter().filter(|sink| sink.location().is_some()).find_map(|sink| sink.logical_id());
            if let Some(policy) = own.map(|bucket| format!("{bucket}Policy")) {
                order.add(&policy, &[&role], PROPAGATES);
                order.add(&id, &[&policy], PROPAGATES);
            }
        }
    }
    for node in graph.nodes(NodeKind::Function) {
        function_order(graph, node, &deliveries, &mut order);
    }
    if graph.has(NodeKind::Producer) {
        let because = "Records are sent only when every resource that processes them exists.";
        order.add("ProducerStart", &["ProducerLaunchTemplate"], "Its timeout starts with the group's.");
        for resource in ["ProducerStart", "ProducerGroup"] {
            order.add(resource, &all(&last(pipeline, graph), &[]), because);
        }
    }
    if graph.has(NodeKind::Network) {
        order.add(
            "ProducerInternetRoute",
            &["ProducerInternetAttachment"],
            "A route needs an attached gateway.",
        );
        order.add("ProducerRole", &["ProducerFlowLogRole"], PROPAGATES);
        order.add("ProducerFlowLog", &["ProducerInstanceProfile"], PROPAGATES);
        for resource in ["ProducerStart", "ProducerGroup"] {
            order.add(
                resource,
                &["ProducerInternetRoute", "ProducerSubnetARoutes", "ProducerSubnetBRoutes"],
                "The instances can reach AWS as soon as they start.",
            );
        }
    }
    for delivery in &pipeline.deliveries {
        if let Some(permissions) = delivery.destination.table().and_then(table::permissions_id) {
            let because = "Firehose reads the table when it is created.";
            order.add(&delivery.stream_id(), &[&permissions], because);
        }
        if let Some([_, namespace, table]) = delivery.destination.iceberg().and_then(Iceberg::logical_ids) {
            order.add(&table, &[&namespace], "A table is created in its namespace.");
            order.add(&delivery.stream_id(), &[&table], "Firehose looks up the table when it is created.");
        }
    }
    for delivery in &pipeline.deliveries {
        let Some(service) = delivery.destination.service() else { continue };
        for (resource, _) in destination::resources(service, delivery) {
            let because = "Firehose may write from its creation on.";
            order.add(&delivery.stream_id(), &[&resource], because);
        }
    }
    for source in &pipeline.sources {
        source_order(pipeline, graph, source, &mut order);
    }
    creating_at_once(graph, &mut order);
    order.0
}

/// What is created before anything sends records.
fn last(pipeline: &Pipeline, graph: &Graph) -> Vec<String> {
    let consumers = consumers(pipeline, graph);
    if graph.has(NodeKind::Analytics) {
        return ["AnalyticsStart".to_owned()].into_iter().chain(consumers).collect();
    }
    pipeline.deliveries.iter().map(Delivery::stream_id).chain(consumers).collect()
}

/// What the consumers of the spec read with: mappings, registrations, and permissions of their programs.
fn consumers(pipeline: &Pipeline, graph: &Graph) -> Vec<String> {
    let functions = graph.nodes(NodeKind::Function).filter(|node| node.is_of_consumer());
    let nodes = functions.chain(graph.nodes(NodeKind::FanOut));
    let mut ids: Vec<String> =
        nodes.filter_map(|node| node.logical_id.as_deref().map(str::to_owned)).collect();
    let resources = pipeline.consumers.iter().flat_map(consumers::reader_resources);
    ids.extend(resources.map(|(id, _)| id));
    ids.extend(consumers::has_stream_policy(pipeline).then(|| STREAM_POLICY.to_owned()));
    ids
}

/// A function is called when its role may read.
fn function_order(graph: &Graph, node: &Node, deliveries: &[String], order: &mut Order) {
    let Some(function) = node.logical_id.as_deref() else { return };
    let policy = function.replacen("Mapping", "Policy", 1);
    let because = "Lambda checks the permissions of the function's role when the mapping is created.";
    if graph.has(NodeKind::Analytics) {
        order.add("StarterRole", &[&policy], PROPAGATES);
        order.add(function, &[&policy, "Starter"], because);
    } else if let Some(delivery) = deliveries.first() {
        order.add(delivery, &[&policy], PROPAGATES);
        order.add(function, &[&policy, delivery], because);
    } else {
        let queue_policy = function.replacen("Mapping", "QueuePolicy", 1);
        order.add(&queue_policy, &[&policy], PROPAGATES);
        order.add(function, &[&policy, &queue_policy], because);
    }
}

/// Logical ids as a list, with others behind them.
fn all<'a>(ids: &'a [String], others: &[&'a str]) -> Vec<&'a str> {
    ids.iter().map(String::as_str).chain(others.iter().copied()).collect()
}

/// A source writes into what is there, with a role that exists for a while.
fn source_order(pipeline: &Pipeline, graph: &Graph, source: &Source, order: &mut Order) {
    let mut last = last(pipeline, graph);
    let referred = sources::referred_delivery(pipeline, source);
    last.retain(|id| Some(id) != referred.as_ref());
    let queue_policy = sources::queue_policy_of(pipeline, source);
    if let Some(role) = sources::role_of(pipeline, source) {
        for other in between(pipeline, graph, queue_policy.as_deref()) {
            order.add(&other, &[&role], PROPAGATES);
        }
    }
    let because = "Records are sent only when every resource that processes them exists.";
    let policy = consumers::has_stream_policy(pipeline)
        && matches!(&source.kind, SourceKind::Writers(writers) if !writers.accounts.is_empty());
    let starting = sources::starting(pipeline, source);
    for resource in &starting {
        order.add(resource, &all(&last, &[]), because);
        let accepts = "The queue accepts what the source cannot write from the first record on.";
        order.add(resource, queue_policy.as_deref().as_slice(), accepts);
    }
    if policy {
        last.retain(|id| id != STREAM_POLICY);
        order.add(STREAM_POLICY, &all(&last, &[]), because);
    }
}

/// What is created between the role of a source and the source: what takes longest, and is created before the source anyway.
fn between(pipeline: &Pipeline, graph: &Graph, queue_policy: Option<&str>) -> Vec<String> {
    if let Some(first) = pipeline.deliveries.first() {
        return vec![first.stream_id()];
    }
    if graph.has(NodeKind::Analytics) {
        return vec!["Analytics".to_owned()];
    }
    let consumers = consumers(pipeline, graph).into_iter();
    consumers.chain(queue_policy.map(str::to_owned)).collect()
}

/// Kinesis refuses to create more streams at once than its limit, and nothing else delays them: each stream waits for the
/// one that is as many before it.
fn creating_at_once(graph: &Graph, order: &mut Order) {
    let streams: Vec<&str> = [NodeKind::Stream, NodeKind::DeliveredStream, NodeKind::OutputStream]
        .into_iter()
        .flat_map(|kind| graph.nodes(kind).filter_map(|node| node.logical_id.as_deref()))
        .collect();
    for (before, stream) in streams.iter().zip(streams.iter().skip(STREAMS_CREATING_AT_ONCE)) {
        order.add(stream, &[before], "Kinesis creates five streams of an account at a time.");
    }
}

#[derive(Default)]
struct Order(BTreeMap<Cow<'static, str>, Vec<Before>>);

impl Order {
    fn add(&mut self, resource: &str, before: &[&str], because: &'static str) {
        if before.is_empty() {
            return;
        }
        let all = self.0.entry(Cow::Owned(resource.to_owned())).or_default();
        let logical_ids = before.iter().map(|&id| Cow::Owned(id.to_owned()));
        match all.iter_mut().find(|known| known.because == because) {
            Some(known) => known.logical_ids.extend(logical_ids),
            None => all.push(Before { logical_ids: logical_ids.collect(), because }),
        }
    }
}
