//! Every resource of the template, with the key of the spec that caused it.

use std::borrow::Cow;

use serde::Serialize;

use super::buckets;
use super::consumers::{self, STREAM_POLICY};
use super::{destination, sources, table};
use crate::graph::{Graph, Node, NodeKind};
use crate::pipeline::{Delivery, Pipeline, Service, Sink};

/// A resource of the template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resource {
    /// Logical id.
    pub logical_id: Cow<'static, str>,
    /// CloudFormation type.
    #[serde(rename = "type")]
    pub resource_type: &'static str,
    /// JSON pointer into the spec.
    pub spec: Cow<'static, str>,
}

/// The kinds of nodes before the buckets, in the order of the template.
const UP_TO_DELIVERY: [NodeKind; 9] = [
    NodeKind::Stream,
    NodeKind::DeliveredStream,
    NodeKind::Analytics,
    NodeKind::Starter,
    NodeKind::Transform,
    NodeKind::Table,
    NodeKind::Destination,
    NodeKind::Delivery,
    NodeKind::ErrorDelivery,
];
/// Those after it.
const FILLING: [NodeKind; 4] =
    [NodeKind::Network, NodeKind::Producer, NodeKind::Source, NodeKind::SourceFailures];

/// All resources, in the order of the template.
pub(super) fn list(pipeline: &Pipeline, graph: &Graph) -> Vec<Resource> {
    let of = |node| resources(node, pipeline);
    let of_kind = |kind| graph.nodes(kind).flat_map(of);
    let mut list: Vec<Resource> = UP_TO_DELIVERY.into_iter().flat_map(of_kind).collect();
    let is_bucket = |node: &&Node| matches!(node.kind, NodeKind::Bucket(_));
    list.extend(graph.all().iter().filter(is_bucket).flat_map(of));
    list.extend(FILLING.into_iter().flat_map(of_kind));
    for output in graph.nodes(NodeKind::OutputStream) {
        list.extend(of(output));
        for kind in [NodeKind::FailureQueue, NodeKind::Function] {
            let own = |node: &&Node| node.name == output.name && !node.is_of_consumer();
            list.extend(graph.nodes(kind).filter(own).flat_map(of));
        }
    }
    for consumer in &pipeline.consumers {
        for kind in [NodeKind::FanOut, NodeKind::FailureQueue, NodeKind::Function] {
            let own = |node: &&Node| node.name.as_ref() == Some(&consumer.name) && node.is_of_consumer();
            list.extend(graph.nodes(kind).filter(own).flat_map(of));
        }
        let resource = |(id, resource_type): (String, &'static str)| Resource {
            logical_id: id.into(),
            resource_type,
            spec: consumer.spec.clone().into(),
        };
        list.extend(consumers::reader_resources(consumer).into_iter().map(resource));
    }
    if consumers::has_stream_policy(pipeline) {
        list.push(Resource {
            logical_id: STREAM_POLICY.into(),
            resource_type: "AWS::Kinesis::ResourcePolicy",
            spec: "/stream".into(),
        });
    }
    list
}

/// The resources of a node.
fn resources(node: &Node, pipeline: &Pipeline) -> Vec<Resource> {
    if node.kind == NodeKind::Table {
        let delivery = pipeline.delivery(node.name.as_deref());
        return delivery.map_or_else(Vec::new, |delivery| {
            let of_s3 = table::resources(pipeline, delivery);
            of_s3.into_iter().chain(destination::iceberg_resources(pipeline, delivery)).collect()
        });
    }
    if node.kind == NodeKind::Destination {
        let delivery = pipeline.delivery(node.name.as_deref());
        let service = delivery.and_then(|delivery| Some((delivery.destination.service()?, delivery)));
        let of = |(service, delivery): (&Service, &Delivery)| {
            destination::resources(service, delivery)
                .into_iter()
                .map(|(id, resource_type)| Resource {
                    logical_id: id.into(),
                    resource_type,
                    spec: service.spec.clone().into(),
                })
                .collect()
        };
        return service.map_or_else(Vec::new, of);
    }
    let Some(own) = &node.logical_id else { return Vec::new() };
    let fixed = |spec, resources: &[(&'static str, &'static str)]| {
        let resource = |&(id, resource_type)| Resource {
            logical_id: Cow::Borrowed(id),
            resource_type,
            spec: Cow::Borrowed(spec),
        };
        resources.iter().map(resource).collect()
    };
    let delivery = pipeline.delivery(node.name.as_deref());
    let suffix = delivery.map(Delivery::suffix).unwrap_or_default();
    let of_delivery = |spec: &str, resources: &[(&str, &'static str)]| {
        let resource = |&(id, resource_type): &(&str, &'static str)| Resource {
            logical_id: Cow::Owned(format!("{id}{suffix}")),
            resource_type,
            spec: Cow::Owned(spec.to_owned()),
        };
        resources.iter().map(resource).collect()
    };
    let consumer = node.name.as_deref().filter(|_| node.is_of_consumer());
    let spec = match (consumer.and_then(|name| pipeline.consumer(name)), node.name.as_deref()) {
        (Some(consumer), _) => Cow::Owned(consumer.spec.clone()),
        (None, name) => name.map_or("/analytics".into(), |name| pipeline.spec_of_output(name)),
    };
    let named = |resource_type| Resource { logical_id: own.clone(), resource_type, spec: spec.clone() };
    match node.kind {
        NodeKind::Stream => fixed("/stream", &[("Stream", "AWS::Kinesis::Stream")]),
        NodeKind::DeliveredStream | NodeKind::OutputStream => vec![named("AWS::Kinesis::Stream")],
        NodeKind::Analytics => fixed(
            "/analytics",
            &[
                ("AnalyticsLogs", "AWS::Logs::LogGroup"),
                ("AnalyticsLogStream", "AWS::Logs::LogStream"),
                ("AnalyticsRole", "AWS::IAM::Role"),
                ("Analytics", "AWS::KinesisAnalyticsV2::Application"),
                ("AnalyticsLogging", "AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption"),
            ],
        ),
        NodeKind::Starter => fixed(
            "/analytics",
            &[
                ("StarterLogs", "AWS::Logs::LogGroup"),
                ("StarterRole", "AWS::IAM::Role"),
                ("Starter", "AWS::Lambda::Function"),
                ("AnalyticsStart", "Custom::FlinkStart"),
            ],
        ),
        NodeKind::Transform => {
            let transform = delivery.and_then(|delivery| delivery.transform.as_ref());
            of_delivery(
                transform.map_or("/transform", |transform| transform.spec.as_str()),
                &[
                    ("TransformLogs", "AWS::Logs::LogGroup"),
                    ("TransformRole", "AWS::IAM::Role"),
                    ("Transform", "AWS::Lambda::Function"),
                ],
            )
        }
        NodeKind::Delivery => {
            let spec = delivery.map_or("/delivery", |delivery| delivery.spec.as_str());
            let mut all: Vec<Resource> = of_delivery(
                spec,
                &[
                    ("DeliveryLogs", "AWS::Logs::LogGroup"),
                    ("DeliveryLogStream", "AWS::Logs::LogStream"),
                    ("DeliveryRole", "AWS::IAM::Role"),
                ],
            );
            all.push(Resource {
                spec: Cow::Owned(spec.to_owned()),
                ..named("AWS::KinesisFirehose::DeliveryStream")
            });
            all
        }
        NodeKind::ErrorDelivery => fixed(
            "/analytics/errors",
            &[
                ("ErrorDeliveryLogStream", "AWS::Logs::LogStream"),
                ("ErrorDeliveryRole", "AWS::IAM::Role"),
                ("ErrorDelivery", "AWS::KinesisFirehose::DeliveryStream"),
            ],
        ),
        NodeKind::Bucket(purpose) => {
            let sink = delivery.and_then(|delivery| delivery.destination.sink(purpose));
            let spec = sink.and_then(Sink::location).map_or("/delivery", |location| location.spec.as_str());
            buckets::resources(spec, own)
        }
        NodeKind::Network => fixed(
            "/producer",
            &[
                ("ProducerVpc", "AWS::EC2::VPC"),
                ("ProducerInternetGateway", "AWS::EC2::InternetGateway"),
                ("ProducerInternetAttachment", "AWS::EC2::VPCGatewayAttachment"),
                ("ProducerRoutes", "AWS::EC2::RouteTable"),
                ("ProducerInternetRoute", "AWS::EC2::Route"),
                ("ProducerSubnetA", "AWS::EC2::Subnet"),
                ("ProducerSubnetARoutes", "AWS::EC2::SubnetRouteTableAssociation"),
                ("ProducerSubnetB", "AWS::EC2::Subnet"),
                ("ProducerSubnetBRoutes", "AWS::EC2::SubnetRouteTableAssociation"),
                ("ProducerFlowLogs", "AWS::Logs::LogGroup"),
                ("ProducerFlowLogRole", "AWS::IAM::Role"),
                ("ProducerFlowLog", "AWS::EC2::FlowLog"),
            ],
        ),
        NodeKind::Producer => fixed(
            "/producer",
            &[
                ("ProducerSecurityGroup", "AWS::EC2::SecurityGroup"),
                ("ProducerLogs", "AWS::Logs::LogGroup"),
                ("ProducerRole", "AWS::IAM::Role"),
                ("ProducerInstanceProfile", "AWS::IAM::InstanceProfile"),
                ("ProducerLaunchTemplate", "AWS::EC2::LaunchTemplate"),
                ("ProducerStartHandle", "AWS::CloudFormation::WaitConditionHandle"),
                ("ProducerStart", "AWS::CloudFormation::WaitCondition"),
                ("ProducerGroup", "AWS::AutoScaling::AutoScalingGroup"),
            ],
        ),
        NodeKind::Source => {
            let source = node.name.as_deref().unwrap_or_default();
            let resource = |(id, resource_type): (String, &'static str)| Resource {
                logical_id: id.into(),
                resource_type,
                spec: pipeline
                    .source(source)
                    .map_or_else(|| "/sources".into(), |source| source.spec.clone().into()),
            };
            sources::resources(pipeline, source).into_iter().map(resource).collect()
        }
        NodeKind::SourceFailures => {
            let source = node.name.as_deref().and_then(|name| pipeline.source(name));
            let spec = source.map_or_else(|| "/sources".into(), |source| Cow::Owned(source.spec.clone()));
            let policy = own.replacen("SourceFailures", "SourceQueuePolicy", 1).into();
            let named =
                |logical_id, resource_type| Resource { logical_id, resource_type, spec: spec.clone() };
            vec![named(own.clone(), "AWS::SQS::Queue"), named(policy, "AWS::SQS::QueuePolicy")]
        }
        NodeKind::FailureQueue => {
            let policy = own.replacen("Failures", "QueuePolicy", 1).into();
            vec![named("AWS::SQS::Queue"), Resource { logical_id: policy, ..named("AWS::SQS::QueuePolicy") }]
        }
        NodeKind::Function => {
            let policy = own.replacen("Mapping", "Policy", 1).into();
            vec![
                Resource { logical_id: policy, ..named("AWS::IAM::Policy") },
                named("AWS::Lambda::EventSourceMapping"),
            ]
        }
        NodeKind::FanOut => vec![named("AWS::Kinesis::StreamConsumer")],
        // Log groups are listed with the nodes that write to them.
        NodeKind::Logs
        | NodeKind::Artifacts
        | NodeKind::SessionManager
        | NodeKind::Table
        | NodeKind::Destination
        | NodeKind::Upstream
        | NodeKind::Reader => Vec::new(),
    }
}
