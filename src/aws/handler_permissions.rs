//! What CloudFormation calls, with the deployer's rights, to create, read, update and delete each resource.
//!
//! Source: `handlers.*.permissions` and `tagging.permissions` of CloudFormation's resource provider schemas of
//! 2026-10-20, as cfn-lint 1.58.0 carries them. A read looks at every property and a deletion
//! at whatever hangs on the resource, so their calls are here; of the others only those for properties that pipec
//! writes. `tests/judges/test_deployer.py` holds this against the schemas, and says of each call that is left out why. Which calls have a resource level: AWS's service authorization reference, as
//! parliament 1.6.4 carries it.

use super::limits::names;

/// The calls for the resources of one type.
#[derive(Clone, Copy, Debug)]
pub struct HandlerPermissions {
    /// CloudFormation type.
    pub resource_type: &'static str,
    /// The statement's id. Types with the same one share a statement.
    pub sid: &'static str,
    /// What they are made on, ARNs without `arn:` and the partition. `{region}` and `{account}` are the stack's; `{name}`
    /// is the resource's name.
    pub arns: &'static [&'static str],
    /// Longest name that the service takes; CloudFormation cuts the names that it makes to it.
    pub name_max: u64,
    /// Calls on those ARNs.
    pub actions: &'static [&'static str],
    /// Calls that take away what carries no name of its own: allowed where the resource has the pipeline's tag.
    pub tagged: &'static [&'static str],
    /// Calls without a resource level.
    pub unscoped: &'static [&'static str],
}

const NONE: HandlerPermissions = HandlerPermissions {
    resource_type: "",
    sid: "",
    arns: &[],
    name_max: 0,
    actions: &[],
    tagged: &[],
    unscoped: &[],
};

/// Characters of a queue's name. SQS developer guide, 2026-11.
const QUEUE_NAME_CHARS_MAX: u64 = 80;
/// Characters of the names of alarms and dashboards. CloudWatch API reference, 2026-11.
const ALARM_NAME_CHARS_MAX: u64 = 255;
const DASHBOARD_NAME_CHARS_MAX: u64 = 255;
/// Characters of a topic's name. SNS API reference, 2026-11.
const TOPIC_NAME_CHARS_MAX: u64 = 256;

/// Characters of a metric stream's name. CloudWatch API reference, 2026-11.
const METRIC_STREAM_NAME_CHARS_MAX: u64 = 255;

/// What the EC2 resources of a producer's network and launch template are. EC2 names them at random.
const NETWORK: HandlerPermissions = HandlerPermissions { sid: "ManageProducerNetwork", ..NONE };
const EC2_TAGS: [&str; 2] = ["ec2:CreateTags", "ec2:DeleteTags"];

/// Whether Lake Formation controls a part of the Data Catalog.
const LAKE_FORMATION: &[&str] = &[
    "lakeformation:DescribeLakeFormationIdentityCenterConfiguration",
    "lakeformation:DescribeResource",
    "lakeformation:GetDataAccess",
    "lakeformation:ListResources",
];

/// Types without calls: CloudFormation keeps them itself.
const OWN: [&str; 2] = ["AWS::CloudFormation::WaitCondition", "AWS::CloudFormation::WaitConditionHandle"];

/// Types whose calls have no resources and a condition, and with that a statement of their own.
const CONDITIONED: [&str; 1] = ["AWS::OpenSearchServerless::AccessPolicy"];

static HANDLERS: &[HandlerPermissions] = &[
    // API Gateway names its resources at random, and a call is a method on their path.
    HandlerPermissions {
        resource_type: "AWS::ApiGateway::ApiKey",
        sid: "ManageApis",
        arns: &[
            "apigateway:{region}::/apikeys",
            "apigateway:{region}::/apikeys/*",
            "apigateway:{region}::/tags/*",
        ],
        actions: &[
            "apigateway:DELETE",
            "apigateway:GET",
            "apigateway:PATCH",
            "apigateway:POST",
            "apigateway:PUT",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::ApiGateway::Deployment",
        sid: "ManageApis",
        arns: &["apigateway:{region}::/restapis/*"],
        actions: &[
            "apigateway:DELETE",
            "apigateway:GET",
            "apigateway:PATCH",
            "apigateway:POST",
            "apigateway:PUT",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::ApiGateway::GatewayResponse",
        sid: "ManageApis",
        arns: &["apigateway:{region}::/restapis/*"],
        actions: &["apigateway:DELETE", "apigateway:GET", "apigateway:PUT"],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::ApiGateway::Method",
        sid: "ManageApis",
        arns: &["apigateway:{region}::/restapis/*"],
        actions: &["apigateway:DELETE", "apigateway:GET", "apigateway:PUT"],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::ApiGateway::Model",
        sid: "ManageApis",
        arns: &["apigateway:{region}::/restapis/*"],
        actions: &["apigateway:DELETE", "apigateway:GET", "apigateway:PATCH", "apigateway:POST"],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::ApiGateway::RequestValidator",
        sid: "ManageApis",
        arns: &["apigateway:{region}::/restapis/*"],
        actions: &["apigateway:DELETE", "apigateway:GET", "apigateway:PATCH", "apigateway:POST"],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::ApiGateway::Resource",
        sid: "ManageApis",
        arns: &["apigateway:{region}::/restapis/*"],
        actions: &["apigateway:DELETE", "apigateway:GET", "apigateway:PATCH", "apigateway:POST"],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::ApiGateway::RestApi",
        sid: "ManageApis",
        arns: &[
            "apigateway:{region}::/restapis",
            "apigateway:{region}::/restapis/*",
            "apigateway:{region}::/tags/*",
        ],
        actions: &[
            "apigateway:DELETE",
            "apigateway:GET",
            "apigateway:PATCH",
            "apigateway:POST",
            "apigateway:PUT",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::ApiGateway::Stage",
        sid: "ManageApis",
        arns: &["apigateway:{region}::/restapis/*", "apigateway:{region}::/tags/*"],
        actions: &[
            "apigateway:DELETE",
            "apigateway:GET",
            "apigateway:PATCH",
            "apigateway:POST",
            "apigateway:PUT",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::ApiGateway::UsagePlan",
        sid: "ManageApis",
        arns: &[
            "apigateway:{region}::/usageplans",
            "apigateway:{region}::/usageplans/*",
            "apigateway:{region}::/tags/*",
        ],
        actions: &[
            "apigateway:DELETE",
            "apigateway:GET",
            "apigateway:PATCH",
            "apigateway:POST",
            "apigateway:PUT",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::ApiGateway::UsagePlanKey",
        sid: "ManageApis",
        arns: &["apigateway:{region}::/usageplans/*"],
        actions: &["apigateway:DELETE", "apigateway:GET", "apigateway:POST"],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::AutoScaling::AutoScalingGroup",
        sid: "ManageProducerGroup",
        arns: &["autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{name}"],
        name_max: names::AUTO_SCALING_GROUP.max,
        // The schema knows nothing of a rolling update: it suspends processes and ends instances.
        actions: &[
            "autoscaling:CreateAutoScalingGroup",
            "autoscaling:CreateOrUpdateTags",
            "autoscaling:DeleteAutoScalingGroup",
            "autoscaling:DeleteTags",
            "autoscaling:DisableMetricsCollection",
            "autoscaling:EnableMetricsCollection",
            "autoscaling:ResumeProcesses",
            "autoscaling:SuspendProcesses",
            "autoscaling:TerminateInstanceInAutoScalingGroup",
            "autoscaling:UpdateAutoScalingGroup",
        ],
        // The schema says `autoscaling:Describe*`, `ec2:Describe*` and `ec2:Get*`.
        unscoped: &[
            "autoscaling:DescribeAutoScalingGroups",
            "autoscaling:DescribeAutoScalingInstances",
            "autoscaling:DescribeInstanceRefreshes",
            "autoscaling:DescribeLifecycleHooks",
            "autoscaling:DescribeNotificationConfigurations",
            "autoscaling:DescribeScalingActivities",
            "autoscaling:DescribeScheduledActions",
            "autoscaling:DescribeTags",
            "autoscaling:DescribeTrafficSources",
            "autoscaling:DescribeWarmPool",
            "ec2:DescribeImages",
            "ec2:DescribeInstances",
            "ec2:DescribeLaunchTemplateVersions",
            "ec2:DescribeLaunchTemplates",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::CloudFront::RealtimeLogConfig",
        sid: "ManageRealtimeLogs",
        // CloudFront belongs to no region.
        arns: &["cloudfront::{account}:realtime-log-config/{name}"],
        actions: &[
            "cloudfront:CreateRealtimeLogConfig",
            "cloudfront:DeleteRealtimeLogConfig",
            "cloudfront:GetRealtimeLogConfig",
            "cloudfront:UpdateRealtimeLogConfig",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::CloudWatch::Alarm",
        sid: "ManageAlarms",
        arns: &["cloudwatch:{region}:{account}:alarm:{name}"],
        name_max: ALARM_NAME_CHARS_MAX,
        actions: &[
            "cloudwatch:DeleteAlarms",
            "cloudwatch:DescribeAlarms",
            "cloudwatch:ListTagsForResource",
            "cloudwatch:PutMetricAlarm",
            "cloudwatch:TagResource",
            "cloudwatch:UntagResource",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::CloudWatch::Dashboard",
        sid: "ManageDashboard",
        // Dashboards belong to no region.
        arns: &["cloudwatch::{account}:dashboard/{name}"],
        name_max: DASHBOARD_NAME_CHARS_MAX,
        actions: &[
            "cloudwatch:DeleteDashboards",
            "cloudwatch:GetDashboard",
            "cloudwatch:ListTagsForResource",
            "cloudwatch:PutDashboard",
            "cloudwatch:TagResource",
            "cloudwatch:UntagResource",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::CloudWatch::MetricStream",
        sid: "ManageMetricStreams",
        arns: &["cloudwatch:{region}:{account}:metric-stream/{name}"],
        name_max: METRIC_STREAM_NAME_CHARS_MAX,
        actions: &[
            "cloudwatch:DeleteMetricStream",
            "cloudwatch:GetMetricStream",
            "cloudwatch:ListTagsForResource",
            "cloudwatch:PutMetricStream",
            "cloudwatch:TagResource",
            "cloudwatch:UntagResource",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::EC2::FlowLog",
        arns: &["ec2:{region}:{account}:vpc/*", "ec2:{region}:{account}:vpc-flow-log/*"],
        actions: &["ec2:CreateFlowLogs", EC2_TAGS[0], EC2_TAGS[1]],
        tagged: &["ec2:DeleteFlowLogs"],
        unscoped: &["ec2:DescribeFlowLogs", "ec2:DescribeTags"],
        ..NETWORK
    },
    HandlerPermissions {
        resource_type: "AWS::EC2::InternetGateway",
        arns: &["ec2:{region}:{account}:internet-gateway/*"],
        actions: &["ec2:CreateInternetGateway", EC2_TAGS[0], EC2_TAGS[1]],
        tagged: &["ec2:DeleteInternetGateway"],
        unscoped: &["ec2:DescribeInternetGateways"],
        ..NETWORK
    },
    HandlerPermissions {
        resource_type: "AWS::EC2::LaunchTemplate",
        arns: &["ec2:{region}:{account}:launch-template/*"],
        actions: &["ec2:CreateLaunchTemplate", "ec2:CreateLaunchTemplateVersion", EC2_TAGS[0], EC2_TAGS[1]],
        tagged: &["ec2:DeleteLaunchTemplate"],
        unscoped: &["ec2:DescribeLaunchTemplates"],
        ..NETWORK
    },
    HandlerPermissions {
        resource_type: "AWS::EC2::Route",
        arns: &["ec2:{region}:{account}:route-table/*"],
        actions: &["ec2:CreateRoute", "ec2:ReplaceRoute"],
        tagged: &["ec2:DeleteRoute"],
        unscoped: &["ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables"],
        ..NETWORK
    },
    HandlerPermissions {
        resource_type: "AWS::EC2::RouteTable",
        arns: &["ec2:{region}:{account}:route-table/*", "ec2:{region}:{account}:vpc/*"],
        actions: &["ec2:CreateRouteTable", EC2_TAGS[0], EC2_TAGS[1]],
        tagged: &["ec2:DeleteRouteTable"],
        unscoped: &["ec2:DescribeRouteTables"],
        ..NETWORK
    },
    HandlerPermissions {
        resource_type: "AWS::EC2::SecurityGroup",
        arns: &["ec2:{region}:{account}:security-group/*", "ec2:{region}:{account}:vpc/*"],
        actions: &[
            "ec2:AuthorizeSecurityGroupEgress",
            "ec2:CreateSecurityGroup",
            "ec2:RevokeSecurityGroupEgress",
            "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
            EC2_TAGS[0],
            EC2_TAGS[1],
        ],
        tagged: &["ec2:DeleteSecurityGroup"],
        unscoped: &["ec2:DescribeInstances", "ec2:DescribeSecurityGroups"],
        ..NETWORK
    },
    HandlerPermissions {
        resource_type: "AWS::EC2::Subnet",
        arns: &["ec2:{region}:{account}:subnet/*", "ec2:{region}:{account}:vpc/*"],
        actions: &["ec2:CreateSubnet", "ec2:ModifySubnetAttribute", EC2_TAGS[0], EC2_TAGS[1]],
        tagged: &["ec2:DeleteSubnet"],
        // The zones are those of `Fn::GetAZs`, which asks for all of these.
        unscoped: &[
            "ec2:DescribeAccountAttributes",
            "ec2:DescribeAvailabilityZones",
            "ec2:DescribeNetworkAcls",
            "ec2:DescribeSubnets",
        ],
        ..NETWORK
    },
    HandlerPermissions {
        resource_type: "AWS::EC2::SubnetRouteTableAssociation",
        arns: &["ec2:{region}:{account}:route-table/*", "ec2:{region}:{account}:subnet/*"],
        actions: &["ec2:AssociateRouteTable", "ec2:ReplaceRouteTableAssociation"],
        tagged: &["ec2:DisassociateRouteTable"],
        unscoped: &["ec2:DescribeRouteTables", "ec2:DescribeSubnets"],
        ..NETWORK
    },
    HandlerPermissions {
        resource_type: "AWS::EC2::VPC",
        arns: &["ec2:{region}:{account}:vpc/*"],
        actions: &[
            "ec2:CreateVpc",
            "ec2:DescribeVpcAttribute",
            "ec2:ModifyVpcAttribute",
            EC2_TAGS[0],
            EC2_TAGS[1],
        ],
        tagged: &["ec2:DeleteVpc"],
        unscoped: &[
            "ec2:DescribeNetworkAcls",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeVpcEncryptionControls",
            "ec2:DescribeVpcs",
        ],
        ..NETWORK
    },
    HandlerPermissions {
        resource_type: "AWS::EC2::VPCGatewayAttachment",
        arns: &["ec2:{region}:{account}:internet-gateway/*", "ec2:{region}:{account}:vpc/*"],
        actions: &["ec2:AttachInternetGateway"],
        tagged: &["ec2:DetachInternetGateway"],
        unscoped: &["ec2:DescribeInternetGateways", "ec2:DescribeVpnGateways"],
        ..NETWORK
    },
    HandlerPermissions {
        resource_type: "AWS::Events::Rule",
        sid: "ManageRules",
        // On a bus of its own, a rule has the name of the bus in its ARN.
        arns: &["events:{region}:{account}:rule/{name}", "events:{region}:{account}:rule/*/{name}"],
        actions: &[
            "events:DeleteRule",
            "events:DescribeRule",
            "events:ListTagsForResource",
            "events:ListTargetsByRule",
            "events:PutRule",
            "events:PutTargets",
            "events:RemoveTargets",
            "events:TagResource",
            "events:UntagResource",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::Glue::Database",
        sid: "ManageTables",
        // The catalog, the database, and what is in it.
        arns: &["glue:{region}:{account}:{name}"],
        actions: &["glue:CreateDatabase", "glue:DeleteDatabase", "glue:GetDatabase", "glue:UpdateDatabase"],
        unscoped: LAKE_FORMATION,
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::Glue::Table",
        sid: "ManageTables",
        arns: &["glue:{region}:{account}:{name}"],
        actions: &[
            "glue:CreateTable",
            "glue:DeleteTable",
            "glue:GetDatabase",
            "glue:GetTable",
            "glue:UpdateTable",
        ],
        unscoped: LAKE_FORMATION,
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::IAM::InstanceProfile",
        sid: "ManageInstanceProfile",
        arns: &["iam::{account}:instance-profile/{name}"],
        name_max: names::INSTANCE_PROFILE.max,
        actions: &[
            "iam:AddRoleToInstanceProfile",
            "iam:CreateInstanceProfile",
            "iam:DeleteInstanceProfile",
            "iam:GetInstanceProfile",
            "iam:RemoveRoleFromInstanceProfile",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::IAM::Policy",
        sid: "GrantRolesOfOthers",
        // A role of the user's, under whatever path.
        arns: &["iam::{account}:role/{name}", "iam::{account}:role/*/{name}"],
        actions: &["iam:DeleteRolePolicy", "iam:GetRolePolicy", "iam:PutRolePolicy"],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::IAM::Role",
        sid: "ManageRoles",
        arns: &["iam::{account}:role/{name}"],
        name_max: names::IAM_ROLE.max,
        actions: &[
            "iam:CreateRole",
            "iam:DeleteRole",
            "iam:DeleteRolePolicy",
            "iam:DetachRolePolicy",
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
            "iam:ListRoleTags",
            "iam:PutRolePolicy",
            "iam:TagRole",
            "iam:UntagRole",
            "iam:UpdateAssumeRolePolicy",
            "iam:UpdateRole",
            "iam:UpdateRoleDescription",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::IoT::TopicRule",
        sid: "ManageTopicRules",
        arns: &["iot:{region}:{account}:rule/{name}"],
        actions: &[
            "iot:CreateTopicRule",
            "iot:DeleteTopicRule",
            "iot:GetTopicRule",
            "iot:ListTagsForResource",
            "iot:ReplaceTopicRule",
            "iot:TagResource",
            "iot:UntagResource",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::Kinesis::ResourcePolicy",
        sid: "ManageStreams",
        // The name of a registered consumer has that of its stream before it.
        arns: &["kinesis:{region}:{account}:stream/{name}"],
        name_max: names::KINESIS_STREAM.max,
        actions: &["kinesis:DeleteResourcePolicy", "kinesis:GetResourcePolicy", "kinesis:PutResourcePolicy"],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::Kinesis::Stream",
        sid: "ManageStreams",
        // The key counts for starting and stopping the encryption: Kinesis' own has an id that nobody knows before.
        arns: &["kinesis:{region}:{account}:stream/{name}", "kms:{region}:{account}:key/*"],
        name_max: names::KINESIS_STREAM.max,
        actions: &[
            "kinesis:AddTagsToStream",
            "kinesis:CreateStream",
            "kinesis:DecreaseStreamRetentionPeriod",
            "kinesis:DeleteStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:IncreaseStreamRetentionPeriod",
            "kinesis:ListTagsForResource",
            "kinesis:ListTagsForStream",
            "kinesis:RemoveTagsFromStream",
            "kinesis:StartStreamEncryption",
            "kinesis:StopStreamEncryption",
            "kinesis:TagResource",
            "kinesis:UntagResource",
            "kinesis:UpdateMaxRecordSize",
        ],
        unscoped: &["kinesis:UpdateShardCount", "kinesis:UpdateStreamMode"],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::Kinesis::StreamConsumer",
        sid: "ManageStreamConsumers",
        // Registering is compared with the stream, the other calls with the consumer, whose ARN ends in a time.
        arns: &[
            "kinesis:{region}:{account}:stream/{name}",
            "kinesis:{region}:{account}:stream/{name}/consumer/*",
        ],
        name_max: names::KINESIS_STREAM.max,
        actions: &[
            "kinesis:DeregisterStreamConsumer",
            "kinesis:DescribeStreamConsumer",
            "kinesis:ListTagsForResource",
            "kinesis:RegisterStreamConsumer",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::KinesisAnalyticsV2::Application",
        sid: "ManageApplication",
        arns: &["kinesisanalytics:{region}:{account}:application/{name}"],
        actions: &[
            "kinesisanalytics:DeleteApplication",
            "kinesisanalytics:DescribeApplication",
            "kinesisanalytics:ListTagsForResource",
            "kinesisanalytics:TagResource",
            "kinesisanalytics:UntagResource",
            "kinesisanalytics:UpdateApplication",
        ],
        unscoped: &["kinesisanalytics:CreateApplication"],
        ..NONE
    },
    // No schema: an older type, whose calls are those of its API.
    HandlerPermissions {
        resource_type: "AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption",
        sid: "ManageApplication",
        arns: &["kinesisanalytics:{region}:{account}:application/{name}"],
        actions: &[
            "kinesisanalytics:AddApplicationCloudWatchLoggingOption",
            "kinesisanalytics:DeleteApplicationCloudWatchLoggingOption",
            "kinesisanalytics:DescribeApplication",
            "kinesisanalytics:UpdateApplication",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::KinesisFirehose::DeliveryStream",
        sid: "ManageDelivery",
        arns: &["firehose:{region}:{account}:deliverystream/{name}"],
        name_max: names::DELIVERY_STREAM.max,
        actions: &[
            "firehose:CreateDeliveryStream",
            "firehose:DeleteDeliveryStream",
            "firehose:DescribeDeliveryStream",
            "firehose:ListTagsForDeliveryStream",
            "firehose:TagDeliveryStream",
            "firehose:UntagDeliveryStream",
            "firehose:UpdateDestination",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::LakeFormation::PrincipalPermissions",
        sid: "ManageTables",
        arns: &["glue:{region}:{account}:{name}"],
        actions: &["glue:GetDatabase", "glue:GetTable"],
        unscoped: &[
            "lakeformation:GrantPermissions",
            "lakeformation:ListPermissions",
            "lakeformation:RevokePermissions",
        ],
        ..NONE
    },
    // The mappings' ids are random; which function they are for is a condition.
    HandlerPermissions {
        resource_type: "AWS::Lambda::EventSourceMapping",
        sid: "TagOutputMappings",
        arns: &["lambda:{region}:{account}:event-source-mapping:*"],
        actions: &["lambda:ListTags", "lambda:TagResource", "lambda:UntagResource"],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::Lambda::Function",
        sid: "ManageFunctions",
        arns: &["lambda:{region}:{account}:function:{name}"],
        name_max: names::LAMBDA_FUNCTION.max,
        actions: &[
            "lambda:CreateFunction",
            "lambda:DeleteFunction",
            "lambda:GetFunction",
            "lambda:GetFunctionCodeSigningConfig",
            "lambda:GetFunctionRecursionConfig",
            "lambda:GetFunctionScalingConfig",
            "lambda:GetRuntimeManagementConfig",
            "lambda:ListTags",
            "lambda:TagResource",
            "lambda:UntagResource",
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::Logs::Destination",
        sid: "ManageLogDestinations",
        arns: &["logs:{region}:{account}:destination:{name}"],
        actions: &[
            "logs:DeleteDestination",
            "logs:ListTagsForResource",
            "logs:PutDestination",
            "logs:PutDestinationPolicy",
            "logs:TagResource",
            "logs:UntagResource",
        ],
        unscoped: &["logs:DescribeDestinations"],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::Logs::LogGroup",
        sid: "ManageLogGroups",
        // The name's pattern ends in `*`, which stands for the log streams as well.
        arns: &["logs:{region}:{account}:log-group:{name}"],
        name_max: names::LOG_GROUP.max,
        actions: &[
            "logs:CreateLogGroup",
            "logs:DeleteDataProtectionPolicy",
            "logs:DeleteLogGroup",
            "logs:DeleteRetentionPolicy",
            "logs:GetDataProtectionPolicy",
            "logs:ListTagsForResource",
            "logs:PutRetentionPolicy",
            "logs:TagResource",
            "logs:UntagResource",
        ],
        unscoped: &["logs:DescribeIndexPolicies", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies"],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::Logs::LogStream",
        sid: "ManageLogStreams",
        arns: &["logs:{region}:{account}:log-group:{name}"],
        name_max: names::LOG_GROUP.max,
        actions: &["logs:CreateLogStream", "logs:DeleteLogStream", "logs:DescribeLogStreams"],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::Logs::SubscriptionFilter",
        sid: "SubscribeLogGroups",
        // Of a group that is not the stack's, by its own name.
        arns: &["logs:{region}:{account}:log-group:{name}:*"],
        actions: &[
            "logs:DeleteSubscriptionFilter",
            "logs:DescribeSubscriptionFilters",
            "logs:PutSubscriptionFilter",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::Pipes::Pipe",
        sid: "ManagePipes",
        arns: &["pipes:{region}:{account}:pipe/{name}"],
        actions: &[
            "pipes:CreatePipe",
            "pipes:DeletePipe",
            "pipes:DescribePipe",
            "pipes:ListTagsForResource",
            "pipes:TagResource",
            "pipes:UntagResource",
            "pipes:UpdatePipe",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::S3::Bucket",
        sid: "ManageBuckets",
        arns: &["s3:::{name}"],
        name_max: names::S3_BUCKET.max,
        actions: &[
            "s3:CreateBucket",
            "s3:DeleteBucket",
            "s3:GetAccelerateConfiguration",
            "s3:GetAnalyticsConfiguration",
            "s3:GetBucketAbac",
            "s3:GetBucketAcl",
            "s3:GetBucketCORS",
            "s3:GetBucketLogging",
            "s3:GetBucketMetadataTableConfiguration",
            "s3:GetBucketNotification",
            "s3:GetBucketObjectLockConfiguration",
            "s3:GetBucketOwnershipControls",
            "s3:GetBucketPublicAccessBlock",
            "s3:GetBucketTagging",
            "s3:GetBucketVersioning",
            "s3:GetBucketWebsite",
            "s3:GetEncryptionConfiguration",
            "s3:GetIntelligentTieringConfiguration",
            "s3:GetInventoryConfiguration",
            "s3:GetLifecycleConfiguration",
            "s3:GetMetricsConfiguration",
            "s3:GetReplicationConfiguration",
            "s3:ListBucket",
            "s3:ListTagsForResource",
            "s3:PutBucketLogging",
            "s3:PutBucketOwnershipControls",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutBucketTagging",
            "s3:PutBucketVersioning",
            "s3:PutEncryptionConfiguration",
            "s3:PutLifecycleConfiguration",
            "s3:TagResource",
            "s3:UntagResource",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::S3::BucketPolicy",
        sid: "ManageBuckets",
        arns: &["s3:::{name}"],
        name_max: names::S3_BUCKET.max,
        actions: &["s3:DeleteBucketPolicy", "s3:GetBucketPolicy", "s3:PutBucketPolicy"],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::S3Tables::Namespace",
        sid: "ManageTableBuckets",
        arns: &["s3tables:{region}:{account}:bucket/{name}"],
        actions: &["s3tables:CreateNamespace", "s3tables:DeleteNamespace", "s3tables:GetNamespace"],
        ..NONE
    },
    // The ARN of a table ends in a random id.
    HandlerPermissions {
        resource_type: "AWS::S3Tables::Table",
        sid: "ManageTableBuckets",
        arns: &[
            "s3tables:{region}:{account}:bucket/{name}",
            "s3tables:{region}:{account}:bucket/{name}/table/*",
        ],
        actions: &[
            "s3tables:CreateTable",
            "s3tables:DeleteTable",
            "s3tables:GetTable",
            "s3tables:GetTableMaintenanceConfiguration",
            "s3tables:GetTableStorageClass",
            "s3tables:ListTagsForResource",
            "s3tables:PutTableData",
            "s3tables:TagResource",
            "s3tables:UntagResource",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::S3Tables::TableBucket",
        sid: "ManageTableBuckets",
        arns: &["s3tables:{region}:{account}:bucket/{name}"],
        actions: &[
            "s3tables:CreateTableBucket",
            "s3tables:DeleteTableBucket",
            "s3tables:GetTableBucket",
            "s3tables:GetTableBucketEncryption",
            "s3tables:GetTableBucketMaintenanceConfiguration",
            "s3tables:GetTableBucketMetricsConfiguration",
            "s3tables:GetTableBucketReplication",
            "s3tables:GetTableBucketStorageClass",
            "s3tables:ListTagsForResource",
            "s3tables:PutTableBucketEncryption",
            "s3tables:TagResource",
            "s3tables:UntagResource",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::SNS::Subscription",
        sid: "ManageTopic",
        arns: &["sns:{region}:{account}:{name}"],
        name_max: TOPIC_NAME_CHARS_MAX,
        actions: &["sns:Subscribe"],
        unscoped: &["sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes", "sns:Unsubscribe"],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::SNS::Topic",
        sid: "ManageTopic",
        arns: &["sns:{region}:{account}:{name}"],
        name_max: TOPIC_NAME_CHARS_MAX,
        actions: &[
            "sns:CreateTopic",
            "sns:DeleteTopic",
            "sns:GetDataProtectionPolicy",
            "sns:GetTopicAttributes",
            "sns:ListSubscriptionsByTopic",
            "sns:ListTagsForResource",
            "sns:SetTopicAttributes",
            "sns:TagResource",
            "sns:UntagResource",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::SNS::TopicPolicy",
        sid: "ManageTopic",
        arns: &["sns:{region}:{account}:{name}"],
        name_max: TOPIC_NAME_CHARS_MAX,
        actions: &["sns:SetTopicAttributes"],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::SQS::Queue",
        sid: "ManageQueues",
        arns: &["sqs:{region}:{account}:{name}"],
        name_max: QUEUE_NAME_CHARS_MAX,
        actions: &[
            "sqs:CreateQueue",
            "sqs:DeleteQueue",
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
            "sqs:ListQueueTags",
            "sqs:SetQueueAttributes",
            "sqs:TagQueue",
            "sqs:UntagQueue",
        ],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::SQS::QueuePolicy",
        sid: "ManageQueues",
        arns: &["sqs:{region}:{account}:{name}"],
        name_max: QUEUE_NAME_CHARS_MAX,
        actions: &["sqs:SetQueueAttributes"],
        ..NONE
    },
    HandlerPermissions {
        resource_type: "AWS::WAFv2::LoggingConfiguration",
        sid: "LogWebAcls",
        // Of a web ACL that is not the stack's: its scope, name and id.
        arns: &["wafv2:{region}:{account}:{name}"],
        actions: &[
            "wafv2:DeleteLoggingConfiguration",
            "wafv2:GetLoggingConfiguration",
            "wafv2:PutLoggingConfiguration",
        ],
        // WAF looks for the stream by its name.
        unscoped: &["firehose:ListDeliveryStreams"],
        ..NONE
    },
    // CloudFormation asks the function that the resource names.
    HandlerPermissions {
        resource_type: "Custom::FlinkStart",
        sid: "CallStarter",
        arns: &["lambda:{region}:{account}:function:{name}"],
        name_max: names::LAMBDA_FUNCTION.max,
        actions: &["lambda:InvokeFunction"],
        ..NONE
    },
];

/// The types that the table knows.
pub fn types() -> impl Iterator<Item = &'static str> {
    HANDLERS.iter().map(|handler| handler.resource_type).chain(OWN).chain(CONDITIONED)
}

/// The calls for the resources of a type; `None` where the table does not know it.
pub fn of(resource_type: &str) -> Option<&'static HandlerPermissions> {
    static NOTHING: HandlerPermissions = NONE;
    if OWN.contains(&resource_type) || CONDITIONED.contains(&resource_type) {
        return Some(&NOTHING);
    }
    HANDLERS.iter().find(|handler| handler.resource_type == resource_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_stands_once_with_exact_actions() {
        assert!(HANDLERS.is_sorted_by(|a, b| a.resource_type < b.resource_type));
        for handler in HANDLERS {
            let actions = [handler.actions, handler.tagged, handler.unscoped].concat();
            assert!(!actions.is_empty() && !handler.arns.is_empty(), "{}", handler.resource_type);
            for action in actions {
                assert!(action.split_once(':').is_some_and(|(_, name)| !name.is_empty()), "{action}");
                assert!(!action.contains('*'), "{action}");
            }
            assert!(handler.sid.chars().all(|c| c.is_ascii_alphanumeric()), "{}", handler.sid);
        }
    }
}
