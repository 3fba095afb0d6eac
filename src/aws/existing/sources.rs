//! Places that records come from, and functions and topics that receive something.

use super::{ExistingKind, Fact, Is, Request};

/// A data stream, which the spec declares: its readers have permissions for the declared key and no other, and capacity, retention
/// and the size of records decide what they can read. While shards are split, a stream is UPDATING and works (Kinesis API
/// reference, `StreamDescriptionSummary`, 2026-11).
pub static STREAM: ExistingKind = ExistingKind::new(
    "stream",
    "FindExistingStreams",
    "kinesis:DescribeStreamSummary",
    Request::Json("1.1", "Kinesis_20131202", &[("StreamARN", "{id}")]),
)
.of_own_account()
.facts(&[
    Fact {
        at: "/StreamDescriptionSummary/StreamStatus",
        is: Is::OneOf(&["ACTIVE", "UPDATING"]),
        fault: "the stream `{id}` has the state {found}",
        help: &[
            ("DELETING", "name another stream: `aws kinesis list-streams` lists them"),
            ("", "wait until it is ACTIVE: `aws kinesis wait stream-exists --stream-arn {id}`"),
        ],
    },
    Fact {
        at: "/StreamDescriptionSummary/KeyId",
        is: Is::Key("key"),
        fault: "the stream is encrypted with `{found}`, which its readers have no permission for",
        help: &[(
            "",
            "write `encryption: {kms_key: ARN}` with the key's ARN: `aws kms describe-key --key-id {found} --query \
             KeyMetadata.Arn` prints it",
        )],
    },
    Fact {
        at: "/StreamDescriptionSummary/OpenShardCount",
        // What an on-demand stream carries does not follow from its shards of this moment.
        is: Is::AtLeastUnless(
            "needed shards",
            "/StreamDescriptionSummary/StreamModeDetails/StreamMode",
            "ON_DEMAND",
        ),
        fault: "the stream has {found} of the {declared} shards that the declared load needs, and throttles the excess",
        help: &[(
            "",
            "run `aws kinesis update-shard-count --stream-name {last} --target-shard-count {declared} --scaling-type \
             UNIFORM_SCALING` (a call at most doubles the number, and a stream accepts ten calls in 24 h), or declare the load \
             that the stream carries",
        )],
    },
    Fact {
        at: "/StreamDescriptionSummary/RetentionPeriodHours",
        is: Is::AtLeast("retention"),
        fault: "the stream keeps records for {found} h, and the spec declares {declared} h: older ones would be lost",
        help: &[(
            "",
            "write `retention: {found} h`, or run `aws kinesis increase-stream-retention-period --stream-name {last} \
             --retention-period-hours {declared}`",
        )],
    },
    Fact {
        at: "/StreamDescriptionSummary/MaxRecordSizeInKiB",
        is: Is::AtMost("record KiB of Firehose"),
        fault: "the stream accepts records of up to {found} KiB, and the spec declares {declared} KiB; Firehose, which reads it, \
                does not deliver larger ones than 1,000 KiB",
        help: &[("", "write `max_record_size: {found} KiB` if producers send none that are larger")],
    },
])
.notes(&[
    Fact {
        at: "/StreamDescriptionSummary/StreamModeDetails/StreamMode",
        is: Is::Declared("mode"),
        fault: "the capacity mode of the stream is {found}, and the spec declares {declared}",
        help: &[
            ("ON_DEMAND", "write `capacity: on_demand`"),
            ("", "write the number of its shards, as in `capacity: {shards: 4}`"),
        ],
    },
    Fact {
        at: "/StreamDescriptionSummary/OpenShardCount",
        is: Is::Declared("shards"),
        fault: "the number of the stream's shards is {found}, and the spec declares {declared}",
        help: &[("", "write `capacity: {shards: {found}}`, so that alarms and cost follow from it")],
    },
    Fact {
        at: "/StreamDescriptionSummary/RetentionPeriodHours",
        is: Is::Declared("retention"),
        fault: "the stream keeps records for {found} h, and the spec declares {declared} h",
        help: &[("", "write `retention: {found} h`, so that alarms and cost follow from it")],
    },
    Fact {
        at: "/StreamDescriptionSummary/MaxRecordSizeInKiB",
        is: Is::Declared("record KiB"),
        fault: "the stream accepts records of up to {found} KiB, and the spec declares {declared} KiB",
        help: &[("", "write `max_record_size: {found} KiB`")],
    },
    Fact {
        at: "/StreamDescriptionSummary/EncryptionType",
        is: Is::Declared("encryption"),
        fault: "the stream is not encrypted, and the spec declares a key, whose permissions are not needed",
        help: &[("", "leave out `encryption`, or encrypt the stream with that key")],
    },
])
.missing("name one that exists: `aws kinesis list-streams` lists them; without `existing`, the stack creates one");

/// The stream of a DynamoDB table.
pub static TABLE_STREAM: ExistingKind = ExistingKind::new(
    "DynamoDB stream",
    "FindExistingTableStreams",
    "dynamodb:DescribeStream",
    Request::Json("1.0", "DynamoDBStreams_20120810", &[("StreamArn", "{id}")]),
)
.at_host("streams.dynamodb")
.of_own_account()
.facts(&[Fact {
    at: "/StreamDescription/StreamStatus",
    is: Is::OneOf(&["ENABLED", "ENABLING"]),
    fault: "the DynamoDB stream `{id}` has the state {found}",
    help: &[(
        "",
        "enable the stream of the table, and write the ARN of the new one: `aws dynamodbstreams list-streams` lists them",
    )],
}])
.missing("name one that exists: `aws dynamodbstreams list-streams` lists them");

/// A queue. SQS has no call by ARN that returns more than its address.
pub static QUEUE: ExistingKind = ExistingKind::new(
    "SQS queue",
    "FindExistingQueues",
    "sqs:GetQueueUrl",
    Request::Json("1.0", "AmazonSQS", &[("QueueName", "{last}"), ("QueueOwnerAWSAccountId", "{account}")]),
)
.of_own_account()
.missing("name one that exists: `aws sqs list-queues` lists them");

/// A topic whose messages are subscribed to. It may be encrypted with any key.
pub static SOURCE_TOPIC: ExistingKind = ExistingKind::new(
    "topic",
    "FindExistingTopics",
    "sns:GetTopicAttributes",
    Request::Query("2010-03-31", &[("TopicArn", "{id}")]),
)
.missing("name one that exists: `aws sns list-topics` lists them");

/// An event bus of the account, by its name.
pub static BUS: ExistingKind = ExistingKind::new(
    "event bus",
    "FindExistingBuses",
    "events:DescribeEventBus",
    Request::Json("1.1", "AWSEvents", &[("Name", "{id}")]),
)
.arns(&["events:{region}:{account}:event-bus/{id}"])
.missing("create it: `aws events create-event-bus --name {id}`; or name one that exists: `aws events list-event-buses` lists them");

/// A log group of the account, by its name. Its filters are what a call finds that fails without the group.
pub static LOG_GROUP: ExistingKind = ExistingKind::new(
    "log group",
    "FindExistingLogGroups",
    "logs:DescribeSubscriptionFilters",
    Request::Json("1.1", "Logs_20140328", &[("logGroupName", "{id}")]),
)
.arns(&["logs:{region}:{account}:log-group:{id}:*"])
.missing(
    "create it: `aws logs create-log-group --log-group-name {id}`; or name one that exists: `aws logs describe-log-groups` \
     lists them",
);

/// A web ACL.
pub static WEB_ACL: ExistingKind = ExistingKind::new(
    "web ACL",
    "FindExistingWebAcls",
    "wafv2:GetWebACL",
    Request::Json("1.1", "AWSWAF_20190729", &[("ARN", "{id}")]),
)
.of_own_account()
.missing("name one that exists: `aws wafv2 list-web-acls --scope REGIONAL` lists them");

/// A topic for alarms. CloudWatch cannot publish to a topic that is encrypted with the AWS managed key, whose policy nobody can
/// change (SNS developer guide, "Enable compatibility between event sources from AWS services and encrypted topics", 2026-11).
pub static TOPIC: ExistingKind = ExistingKind::new(
    "SNS topic",
    "FindExistingTopics",
    "sns:GetTopicAttributes",
    Request::Query("2010-03-31", &[("TopicArn", "{id}")]),
)
.facts(&[Fact {
    at: "/GetTopicAttributesResult/Attributes/KmsMasterKeyId",
    is: Is::NoneOf(&["alias/aws/sns"]),
    fault: "the SNS topic `{id}` is encrypted with `{found}`, which does not allow CloudWatch to publish",
    help: &[(
        "",
        "encrypt it with a key whose policy allows `cloudwatch.amazonaws.com`: `aws sns set-topic-attributes --topic-arn \
         {id} --attribute-name KmsMasterKeyId --attribute-value KEY`; or name another topic",
    )],
}])
.missing("name one that exists: `aws sns list-topics` lists them; or let the stack create one, with `email`");

/// A function, or a version or an alias of one. Lambda activates an inactive one when it is invoked (Lambda developer
/// guide, "Lambda function states", 2026-11).
pub static FUNCTION: ExistingKind = ExistingKind::new(
    "function",
    "FindExistingFunctions",
    "lambda:GetFunctionConfiguration",
    Request::Get("/2015-03-31/functions/{id}/configuration"),
)
.of_own_account()
.facts(&[
    Fact {
        at: "/State",
        is: Is::OneOf(&["Active", "Inactive"]),
        fault: "the function `{id}` has the state {found}",
        help: &[
            ("Pending", "wait until it is Active: `aws lambda wait function-active-v2 --function-name {id}`"),
            (
                "",
                "see why: `aws lambda get-function-configuration --function-name {id} --query StateReason`; then deploy \
                 the function again, or name another one",
            ),
        ],
    },
    Fact {
        at: "/Role",
        is: Is::Declared("role"),
        fault: "the function's role is `{name}`, not `{declared}`",
        help: &[("", "write `role: {name}`")],
    },
    Fact {
        at: "/Timeout",
        is: Is::AtMost("longest call"),
        fault: "the function's timeout is {found} s; Firehose waits {declared} s for it",
        help: &[(
            "",
            "run `aws lambda update-function-configuration --function-name NAME --timeout {declared}`; a version or an alias \
             needs a new version",
        )],
    },
])
.notes(&[Fact {
    at: "/Timeout",
    is: Is::AtLeast("advised timeout"),
    fault: "the function's timeout is {found} s; AWS advises {declared} s or more for a function that Firehose calls",
    help: &[("", "raise it, unless a full buffer is processed faster")],
}])
.missing("deploy the function first, or name one that exists: `aws lambda list-functions` lists them");
