//! Every resource of the template, with the key of the spec that caused it.

use std::borrow::Cow;

use serde::Serialize;

use super::{OutputPlan, Plan};

/// A resource of the template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resource {
    /// Logical id.
    pub logical_id: Cow<'static, str>,
    /// CloudFormation type.
    #[serde(rename = "type")]
    pub resource_type: &'static str,
    /// JSON pointer into the spec.
    pub spec: &'static str,
}

/// All resources, in the order of the template.
pub(super) fn list(plan: &Plan) -> Vec<Resource> {
    let mut list = Vec::new();
    let mut add = |spec, resources: &[(&'static str, &'static str)]| {
        list.extend(resources.iter().map(|&(logical_id, resource_type)| Resource {
            logical_id: logical_id.into(),
            resource_type,
            spec,
        }));
    };
    add("/stream", &[("Stream", "AWS::Kinesis::Stream")]);
    if plan.analytics.is_some() {
        add(
            "/analytics",
            &[
                ("OutputStream", "AWS::Kinesis::Stream"),
                ("AnalyticsLogs", "AWS::Logs::LogGroup"),
                ("AnalyticsLogStream", "AWS::Logs::LogStream"),
                ("AnalyticsRole", "AWS::IAM::Role"),
                ("Analytics", "AWS::KinesisAnalyticsV2::Application"),
                ("AnalyticsLogging", "AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption"),
                ("StarterLogs", "AWS::Logs::LogGroup"),
                ("StarterRole", "AWS::IAM::Role"),
                ("Starter", "AWS::Lambda::Function"),
                ("AnalyticsStart", "Custom::FlinkStart"),
            ],
        );
    }
    if let Some(transform) = &plan.transform {
        add(
            transform.spec,
            &[
                ("TransformLogs", "AWS::Logs::LogGroup"),
                ("TransformRole", "AWS::IAM::Role"),
                ("Transform", "AWS::Lambda::Function"),
            ],
        );
    }
    add(
        "/delivery",
        &[
            ("DeliveryLogs", "AWS::Logs::LogGroup"),
            ("DeliveryLogStream", "AWS::Logs::LogStream"),
            ("DeliveryRole", "AWS::IAM::Role"),
            ("Delivery", "AWS::KinesisFirehose::DeliveryStream"),
        ],
    );
    if plan.error_delivery.is_some() {
        add(
            "/analytics/errors",
            &[
                ("ErrorDeliveryLogStream", "AWS::Logs::LogStream"),
                ("ErrorDeliveryRole", "AWS::IAM::Role"),
                ("ErrorDelivery", "AWS::KinesisFirehose::DeliveryStream"),
            ],
        );
    }
    if plan.bucket.is_some() {
        add(
            "/delivery/s3",
            &[
                ("Bucket", "AWS::S3::Bucket"),
                ("BucketPolicy", "AWS::S3::BucketPolicy"),
                ("AccessLogBucket", "AWS::S3::Bucket"),
                ("AccessLogBucketPolicy", "AWS::S3::BucketPolicy"),
            ],
        );
    }
    if let Some(producer) = &plan.producer {
        if producer.network.vpc.is_none() {
            add(
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
            );
        }
        add(
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
        );
    }
    list.extend(plan.outputs.iter().flat_map(output));
    list
}

/// The resources of an output that does not go to Firehose.
fn output(plan: &OutputPlan) -> Vec<Resource> {
    let resource = |logical_id: Cow<'static, str>, resource_type| Resource {
        logical_id,
        resource_type,
        spec: "/analytics/outputs",
    };
    let mut list = vec![resource(plan.stream.logical_id.clone(), "AWS::Kinesis::Stream")];
    if plan.function.is_some() {
        for (name, resource_type) in [
            ("OutputFailures", "AWS::SQS::Queue"),
            ("OutputPolicy", "AWS::IAM::Policy"),
            ("OutputMapping", "AWS::Lambda::EventSourceMapping"),
        ] {
            list.push(resource(format!("{name}{}", plan.id).into(), resource_type));
        }
    }
    list
}
