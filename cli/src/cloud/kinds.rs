//! What the resources of a stack are called, and what they hold.

/// A resource type in words.
struct Kind {
    resource_type: &'static str,
    words: &'static str,
    data: Option<Data>,
}

/// A resource that holds data.
pub struct Data {
    /// What goes with the resource.
    pub holds: &'static str,
    /// Properties that only a new resource takes. `createOnlyProperties` of the CloudFormation schemas, 2026-11.
    pub create_only: &'static [&'static str],
}

const fn kind(resource_type: &'static str, words: &'static str) -> Kind {
    Kind { resource_type, words, data: None }
}

const fn data(
    resource_type: &'static str,
    words: &'static str,
    holds: &'static str,
    create_only: &'static [&'static str],
) -> Kind {
    Kind { resource_type, words, data: Some(Data { holds, create_only }) }
}

const KINDS: &[Kind] = &[
    kind("AWS::ApiGateway::ApiKey", "API key"),
    kind("AWS::ApiGateway::Deployment", "deployment of the API"),
    kind("AWS::ApiGateway::GatewayResponse", "response of the API"),
    kind("AWS::ApiGateway::Method", "method of the API"),
    kind("AWS::ApiGateway::Model", "model of the API"),
    kind("AWS::ApiGateway::RequestValidator", "request validator of the API"),
    kind("AWS::ApiGateway::Resource", "path of the API"),
    kind("AWS::ApiGateway::RestApi", "API"),
    kind("AWS::ApiGateway::Stage", "stage of the API"),
    kind("AWS::ApiGateway::UsagePlan", "usage plan"),
    kind("AWS::ApiGateway::UsagePlanKey", "key of the usage plan"),
    kind("AWS::AutoScaling::AutoScalingGroup", "Auto Scaling group"),
    kind("AWS::CloudFormation::WaitCondition", "wait condition"),
    kind("AWS::CloudFormation::WaitConditionHandle", "wait condition handle"),
    kind("AWS::CloudFront::RealtimeLogConfig", "real-time log configuration"),
    kind("AWS::CloudWatch::Alarm", "alarm"),
    kind("AWS::CloudWatch::Dashboard", "dashboard"),
    kind("AWS::CloudWatch::MetricStream", "metric stream"),
    kind("AWS::EC2::FlowLog", "flow log"),
    kind("AWS::EC2::InternetGateway", "internet gateway"),
    kind("AWS::EC2::LaunchTemplate", "launch template"),
    kind("AWS::EC2::Route", "route"),
    kind("AWS::EC2::RouteTable", "route table"),
    kind("AWS::EC2::SecurityGroup", "security group"),
    kind("AWS::EC2::Subnet", "subnet"),
    kind("AWS::EC2::SubnetRouteTableAssociation", "route table association"),
    kind("AWS::EC2::VPC", "VPC"),
    kind("AWS::EC2::VPCGatewayAttachment", "internet gateway attachment"),
    kind("AWS::Events::Rule", "EventBridge rule"),
    kind("AWS::Glue::Database", "Glue database"),
    kind("AWS::Glue::Table", "Glue table"),
    kind("AWS::IAM::InstanceProfile", "instance profile"),
    kind("AWS::IAM::Policy", "IAM policy"),
    kind("AWS::IAM::Role", "IAM role"),
    kind("AWS::IoT::TopicRule", "IoT rule"),
    kind("AWS::Kinesis::ResourcePolicy", "stream policy"),
    data("AWS::Kinesis::Stream", "Kinesis stream", "the records in it", &["Name"]),
    kind("AWS::Kinesis::StreamConsumer", "fan-out consumer"),
    data(
        "AWS::KinesisAnalyticsV2::Application",
        "Flink application",
        "the state of its query",
        &["ApplicationMode", "ApplicationName"],
    ),
    kind("AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption", "log of the Flink application"),
    data(
        "AWS::KinesisFirehose::DeliveryStream",
        "Firehose stream",
        "the records in its buffer",
        &[
            "DatabaseSourceConfiguration",
            "DeliveryStreamName",
            "DeliveryStreamType",
            "KinesisStreamSourceConfiguration",
            "MSKSourceConfiguration",
        ],
    ),
    kind("AWS::LakeFormation::PrincipalPermissions", "Lake Formation permissions"),
    kind("AWS::Lambda::EventSourceMapping", "event source mapping"),
    kind("AWS::Lambda::Function", "Lambda function"),
    kind("AWS::Logs::Destination", "log destination"),
    kind("AWS::Logs::LogGroup", "log group"),
    kind("AWS::Logs::LogStream", "log stream"),
    kind("AWS::Logs::SubscriptionFilter", "subscription filter"),
    kind("AWS::Pipes::Pipe", "EventBridge pipe"),
    data(
        "AWS::S3::Bucket",
        "S3 bucket",
        "its objects",
        &["BucketName", "BucketNamePrefix", "BucketNamespace"],
    ),
    kind("AWS::S3::BucketPolicy", "bucket policy"),
    kind("AWS::S3Tables::Namespace", "namespace of a table bucket"),
    data(
        "AWS::S3Tables::Table",
        "Iceberg table",
        "its rows",
        &["IcebergMetadata", "Namespace", "TableBucketARN"],
    ),
    data("AWS::S3Tables::TableBucket", "table bucket", "its tables", &["TableBucketName"]),
    kind("AWS::SNS::Subscription", "subscription"),
    kind("AWS::SNS::Topic", "SNS topic"),
    kind("AWS::SNS::TopicPolicy", "topic policy"),
    data("AWS::SQS::Queue", "SQS queue", "the messages in it", &["FifoQueue", "QueueName"]),
    kind("AWS::SQS::QueuePolicy", "queue policy"),
    kind("AWS::WAFv2::LoggingConfiguration", "web ACL log"),
    kind("Custom::FlinkStart", "start of the Flink application"),
];

fn find(resource_type: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.resource_type == resource_type)
}

/// A resource type in words; one that pipec does not make keeps its name.
pub fn words(resource_type: &str) -> &str {
    find(resource_type).map_or(resource_type, |kind| kind.words)
}

/// What a resource of this type holds, where it holds data. Log groups hold what pipec's own programs say, and no data.
pub fn held(resource_type: &str) -> Option<&'static Data> {
    find(resource_type)?.data.as_ref()
}

/// Why a new resource of this type cannot be created as long as an old one is there, which CloudFormation deletes only after
/// that. AWS WAF developer guide, "Logging web ACL traffic"; SNS API reference, `Subscribe`; CloudWatch Logs quotas,
/// "Subscription filters"; 2026-11.
const ONE_AT_A_TIME: &[(&str, &str)] = &[
    ("AWS::Logs::SubscriptionFilter", "CloudWatch Logs rejects a third one of the same log group"),
    ("AWS::SNS::Subscription", "SNS rejects a second one of the same topic and Firehose stream"),
    ("AWS::WAFv2::LoggingConfiguration", "AWS WAF rejects a second one of the same web ACL"),
];

/// Why one of a type cannot be created before another one is deleted, if that is so.
pub fn one_at_a_time(resource_type: &str) -> Option<&'static str> {
    ONE_AT_A_TIME.iter().find(|(of, _)| *of == resource_type).map(|(_, why)| *why)
}

/// A property in the pipeline's words.
const PROPERTIES: &[(&str, &str, &str)] = &[
    ("AWS::AutoScaling::AutoScalingGroup", "LaunchTemplate", "its instances are replaced"),
    ("AWS::AutoScaling::AutoScalingGroup", "MaxSize", "instances"),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateData", "producer, its settings or its image"),
    (
        "AWS::Glue::Table",
        "TableInput",
        "columns, format or partitions; objects that are there already stay as they are",
    ),
    ("AWS::Kinesis::Stream", "RetentionPeriodHours", "retention, hours"),
    ("AWS::Kinesis::Stream", "ShardCount", "shards"),
    ("AWS::Kinesis::Stream", "StreamEncryption", "encryption"),
    ("AWS::Kinesis::Stream", "StreamModeDetails", "capacity mode"),
    ("AWS::KinesisAnalyticsV2::Application", "ApplicationConfiguration", "SQL or settings"),
    ("AWS::KinesisAnalyticsV2::Application", "RuntimeEnvironment", "Flink version"),
    ("AWS::KinesisFirehose::DeliveryStream", "ExtendedS3DestinationConfiguration", "delivery settings"),
    ("AWS::KinesisFirehose::DeliveryStream", "HttpEndpointDestinationConfiguration", "delivery settings"),
    ("AWS::KinesisFirehose::DeliveryStream", "IcebergDestinationConfiguration", "delivery settings"),
    ("AWS::KinesisFirehose::DeliveryStream", "SplunkDestinationConfiguration", "delivery settings"),
    ("AWS::Lambda::Function", "Code", "program"),
    (
        "AWS::S3Tables::Table",
        "IcebergMetadata",
        "columns, which CloudFormation cannot change: `existing: true` keeps the table, and ALTER TABLE changes it",
    ),
    ("AWS::Lambda::Function", "MemorySize", "memory, MB"),
    ("AWS::Lambda::Function", "Timeout", "timeout, s"),
    ("AWS::Logs::LogGroup", "RetentionInDays", "retention, days"),
];

/// A property in words.
pub fn property<'a>(resource_type: &str, name: &'a str) -> &'a str {
    let found = PROPERTIES.iter().find(|(of, property, _)| *of == resource_type && *property == name);
    found.map_or(name, |(_, _, words)| words)
}
