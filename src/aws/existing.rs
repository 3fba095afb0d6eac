//! Kinds of resources that a spec can name and a stack does not create: the call that looks one up, and what must hold of
//! it. One entry per kind; `plan::existing` has the places where a spec names one.
//!
//! A look-up is one call of the service itself: its response has the state of the resource. CloudFormation's own reader of
//! resources (Cloud Control) has only the properties of a template, see ARCHITECTURE.md.
//!
//! Sources: the services' API references, 2026-11; botocore 1.43.106 for the form of requests and responses. Resource levels:
//! service authorization reference, 2026-11.

/// A kind of resource that a spec can name.
#[derive(Debug)]
pub struct ExistingKind {
    /// What it is, for people.
    pub what: &'static str,
    /// Id of the deployer's statement. Kinds with the same one share a statement.
    pub sid: &'static str,
    /// IAM action of the call, which names the service and the operation.
    pub action: &'static str,
    /// Form of the call.
    pub request: Request,
    /// First part of the endpoint, if that is not the service of the action.
    pub host: Option<&'static str>,
    /// ARNs that the action is allowed on, without `arn:` and the partition; `{id}` is the name in the spec. Empty for
    /// actions without a resource level.
    pub arns: &'static [&'static str],
    /// Whether it must belong to the account of the stack.
    pub own_account: bool,
    /// What must hold.
    pub facts: &'static [Fact],
    /// What should hold: the stack works without it, so that a note is enough.
    pub notes: &'static [Fact],
    /// What to type if there is none, with the placeholders of [`filled`]; empty if another kind finds that out.
    pub missing: &'static str,
}

/// Form of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// AWS JSON: its version, the prefix of `X-Amz-Target`, and the members.
    Json(&'static str, &'static str, Parameters),
    /// AWS query: the version of the API, and the parameters.
    Query(&'static str, Parameters),
    /// A GET of a path.
    Get(&'static str),
    /// `HeadBucket`, which the client of S3 sends.
    Bucket,
}

/// Names and values of the parameters of a call. In values and paths, `{id}` is what the spec names; of an ARN, `{last}` is
/// its last part and `{account}` its account; of `DATABASE.TABLE`, `{before_dot}` and `{after_dot}` are its parts.
pub type Parameters = &'static [(&'static str, &'static str)];

/// Something that must hold of a resource.
#[derive(Debug)]
pub struct Fact {
    /// Its place in the response, a JSON pointer; elements of XML count as members, without the root. Not every response
    /// has it: a value that is missing is not a fault.
    pub at: &'static str,
    /// What it must be.
    pub is: Is,
    /// The fault in one sentence, with the placeholders of [`filled`].
    pub fault: &'static str,
    /// What to type, by the value that was found; the last one is for all other values.
    pub help: &'static [(&'static str, &'static str)],
}

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// None of these words.
    NoneOf(&'static [&'static str]),
    /// A policy that has a statement for a service principal that begins with this.
    PolicyFor(&'static str),
    /// What the spec declares under this name, or an ARN that ends with it. What is not declared is not compared.
    Declared(&'static str),
    /// A number that is at least the declared one.
    AtLeast(&'static str),
    /// The same, unless the response has this word at this place.
    AtLeastUnless(&'static str, &'static str, &'static str),
    /// A number that is at most the declared one.
    AtMost(&'static str),
    /// The declared KMS key, or one of AWS.
    Key(&'static str),
}

impl ExistingKind {
    /// A kind without facts, whose ARN the spec names.
    const fn new(what: &'static str, sid: &'static str, action: &'static str, request: Request) -> Self {
        Self {
            what,
            sid,
            action,
            request,
            host: None,
            arns: &["{id}"],
            own_account: false,
            facts: &[],
            notes: &[],
            missing: "name one that exists",
        }
    }

    const fn missing(mut self, help: &'static str) -> Self {
        self.missing = help;
        self
    }

    const fn arns(mut self, arns: &'static [&'static str]) -> Self {
        self.arns = arns;
        self
    }

    const fn of_own_account(mut self) -> Self {
        self.own_account = true;
        self
    }

    const fn facts(mut self, facts: &'static [Fact]) -> Self {
        self.facts = facts;
        self
    }

    const fn notes(mut self, notes: &'static [Fact]) -> Self {
        self.notes = notes;
        self
    }

    /// The same kind at an endpoint that is not named after the service.
    const fn at_host(mut self, host: &'static str) -> Self {
        self.host = Some(host);
        self
    }

    /// The service of the call, as its signature names it.
    pub fn service(&self) -> &'static str {
        self.action.split(':').next().unwrap_or_default()
    }

    /// The operation of the call. Differs from the action for S3, whose client knows it.
    pub fn operation(&self) -> &'static str {
        self.action.split(':').nth(1).unwrap_or_default()
    }
}

/// A value of a parameter, or a path, for what the spec names.
pub fn parameter(value: &str, id: &str) -> String {
    /// Position of the account among the parts of an ARN. IAM user guide, "ARN format", 2026-11.
    const ACCOUNT: usize = 4;
    let last = id.rsplit([':', '/']).next().unwrap_or_default();
    let account = id.split(':').nth(ACCOUNT).unwrap_or_default();
    named(value, id).replace("{account}", account).replace("{last}", last)
}

/// A text with the name in the spec, and the parts of it before and after its first dot.
pub fn named(text: &str, id: &str) -> String {
    let (before, after) = id.split_once('.').unwrap_or((id, ""));
    text.replace("{before_dot}", before).replace("{after_dot}", after).replace("{id}", id)
}

/// A help or a fault with its placeholders filled in: `{id}` is the name in the spec, `{found}` the value that was found,
/// `{name}` the part of it after the last slash, `{declared}` what the spec declares, `{last}` the last part of the ARN in the
/// spec.
pub fn filled(text: &str, id: &str, found: &str, declared: &str) -> String {
    let name = found.rsplit('/').next().unwrap_or_default();
    let text = text.replace("{found}", found).replace("{name}", name);
    let last = id.rsplit([':', '/']).next().unwrap_or_default();
    text.replace("{declared}", declared).replace("{last}", last).replace("{id}", id)
}

/// A bucket.
pub static BUCKET: ExistingKind =
    ExistingKind::new("bucket", "FindExistingBuckets", "s3:ListBucket", Request::Bucket)
        .arns(&["s3:::{id}"])
        .missing("create it: `aws s3 mb s3://{id}`; without `bucket`, the stack creates one");

/// A KMS key. What encrypts streams, objects and logs is a symmetric key.
pub static KEY: ExistingKind = ExistingKind::new(
    "KMS key",
    "FindExistingKeys",
    "kms:DescribeKey",
    Request::Json("1.1", "TrentService", &[("KeyId", "{id}")]),
)
.facts(&[
    Fact {
        at: "/KeyMetadata/KeyState",
        // A key of several regions stays usable while another region becomes its primary one.
        is: Is::OneOf(&["Enabled", "Updating"]),
        fault: "the KMS key `{id}` has the state {found}",
        help: &[
            ("Disabled", "enable it: `aws kms enable-key --key-id {id}`; or name another key"),
            (
                "PendingDeletion",
                "cancel its deletion: `aws kms cancel-key-deletion --key-id {id}`, then `aws kms enable-key --key-id \
                 {id}`; or name another key",
            ),
            ("", "name a key whose state is Enabled: `aws kms list-keys` lists them"),
        ],
    },
    Fact {
        at: "/KeyMetadata/KeyUsage",
        is: Is::OneOf(&["ENCRYPT_DECRYPT"]),
        fault: "the KMS key `{id}` is for {found}, not for encryption",
        help: &[("", "name a symmetric encryption key; `aws kms create-key` creates one")],
    },
    Fact {
        at: "/KeyMetadata/KeySpec",
        is: Is::OneOf(&["SYMMETRIC_DEFAULT"]),
        fault: "the KMS key `{id}` is asymmetric ({found}); AWS services encrypt with symmetric keys",
        help: &[("", "name a symmetric encryption key; `aws kms create-key` creates one")],
    },
])
.missing("name one that exists: `aws kms list-keys` lists the account's keys");

/// The policy of the key of log groups. CloudWatch Logs uses a key only if the key's policy allows its service principal
/// (CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS", 2026-11). Whether there is such a key is
/// found out by [`KEY`]; KMS gives no policy of a key of another account.
pub static LOG_KEY: ExistingKind = ExistingKind::new(
    "policy of the KMS key",
    "FindLogKeyPolicy",
    "kms:GetKeyPolicy",
    Request::Json("1.1", "TrentService", &[("KeyId", "{id}"), ("PolicyName", "default")]),
)
.facts(&[Fact {
    at: "/Policy",
    is: Is::PolicyFor("logs."),
    fault: "the policy of the KMS key `{id}` does not allow CloudWatch Logs to use the key",
    help: &[("", "add the statement that `pipec plan SPEC` prints to the key's policy")],
}])
.missing("");

/// A role, by its name.
pub static ROLE: ExistingKind = ExistingKind::new(
    "role",
    "FindExistingRoles",
    "iam:GetRole",
    Request::Query("2010-05-08", &[("RoleName", "{id}")]),
)
.arns(&["iam::{account}:role/{id}", "iam::{account}:role/*/{id}"])
.missing("name one that exists, without its path: `aws iam list-roles` lists them");

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

/// A VPC.
pub static VPC: ExistingKind = ExistingKind::new(
    "VPC",
    "FindExistingNetwork",
    "ec2:DescribeVpcs",
    Request::Query("2016-11-15", &[("VpcId.1", "{id}")]),
)
.arns(&[])
.facts(&[Fact {
    at: "/vpcSet/item/state",
    is: Is::OneOf(&["available"]),
    fault: "the VPC `{id}` has the state {found}",
    help: &[("", "wait until it is available: `aws ec2 wait vpc-available --vpc-ids {id}`")],
}])
.missing("name one that exists: `aws ec2 describe-vpcs` lists them");

/// A subnet, which the spec names together with its VPC.
pub static SUBNET: ExistingKind = ExistingKind::new(
    "subnet",
    "FindExistingNetwork",
    "ec2:DescribeSubnets",
    Request::Query("2016-11-15", &[("SubnetId.1", "{id}")]),
)
.arns(&[])
.facts(&[
    Fact {
        at: "/subnetSet/item/vpcId",
        is: Is::Declared("vpc"),
        fault: "the subnet `{id}` is in {found}, not in {declared}",
        help: &[(
            "",
            "write `vpc: {found}`, or name a subnet of {declared}: `aws ec2 describe-subnets --filters \
             Name=vpc-id,Values={declared}` lists them",
        )],
    },
    Fact {
        at: "/subnetSet/item/state",
        is: Is::OneOf(&["available"]),
        fault: "the subnet `{id}` has the state {found}",
        help: &[("", "wait until it is available: `aws ec2 wait subnet-available --subnet-ids {id}`")],
    },
])
.missing("name one that exists: `aws ec2 describe-subnets` lists them");

/// A security group of Firehose's network interfaces.
pub static SECURITY_GROUP: ExistingKind = ExistingKind::new(
    "security group",
    "FindExistingNetwork",
    "ec2:DescribeSecurityGroups",
    Request::Query("2016-11-15", &[("GroupId.1", "{id}")]),
)
.arns(&[])
.missing("name one that exists: `aws ec2 describe-security-groups` lists them");

/// What helps a domain that no upgrade leads away from.
const NEW_DOMAIN: &str =
    "no upgrade leads from it to a version without types: create a domain with OpenSearch, and name it here";
/// The first of three upgrades.
const UPGRADE_FROM_5: &str = "upgrade it: `aws opensearch upgrade-domain --domain-name {last} --target-version Elasticsearch_5.6`, and \
                              from there to `Elasticsearch_6.8`, then to `OpenSearch_1.3`";

/// A domain of OpenSearch Service. From Elasticsearch 7 on, an index has no types, without which Firehose's settings are wrong
/// for older versions (OpenSearch Service API reference, DomainStatus; Firehose API reference, TypeName, 2026-11).
pub static DOMAIN: ExistingKind = ExistingKind::new(
    "OpenSearch domain",
    "FindExistingDomains",
    "es:DescribeDomain",
    Request::Get("/2021-01-01/opensearch/domain/{last}"),
)
.of_own_account()
.facts(&[
    Fact {
        at: "/DomainStatus/Deleted",
        is: Is::NoneOf(&["true"]),
        fault: "the domain `{id}` is being deleted",
        help: &[("", "name one that exists: `aws opensearch list-domain-names` lists them")],
    },
    Fact {
        at: "/DomainStatus/EngineVersion",
        is: Is::NoneOf(&[
            "Elasticsearch_1.5",
            "Elasticsearch_2.3",
            "Elasticsearch_5.1",
            "Elasticsearch_5.3",
            "Elasticsearch_5.5",
            "Elasticsearch_5.6",
            "Elasticsearch_6.0",
            "Elasticsearch_6.2",
            "Elasticsearch_6.3",
            "Elasticsearch_6.4",
            "Elasticsearch_6.5",
            "Elasticsearch_6.7",
            "Elasticsearch_6.8",
        ]),
        fault: "the domain runs {found}, whose documents have a type",
        // OpenSearch Service developer guide, "Supported upgrade paths", 2026-11.
        help: &[
            ("Elasticsearch_1.5", NEW_DOMAIN),
            ("Elasticsearch_2.3", NEW_DOMAIN),
            ("Elasticsearch_5.1", UPGRADE_FROM_5),
            ("Elasticsearch_5.3", UPGRADE_FROM_5),
            ("Elasticsearch_5.5", UPGRADE_FROM_5),
            (
                "Elasticsearch_6.8",
                "upgrade it: `aws opensearch upgrade-domain --domain-name {last} --target-version OpenSearch_1.3`",
            ),
            // 5.6, and 6.0 to 6.7.
            (
                "",
                "upgrade it: `aws opensearch upgrade-domain --domain-name {last} --target-version Elasticsearch_6.8`, and from \
                 there to `OpenSearch_1.3`",
            ),
        ],
    },
    Fact {
        at: "/DomainStatus/VPCOptions/VPCId",
        is: Is::Declared("network"),
        fault: "the domain is in the VPC {found}, which Firehose does not reach without network interfaces there",
        help: &[("", "write `network: {subnets: [..], security_groups: [..]}` with subnets of {found}")],
    },
])
.missing("name one that exists: `aws opensearch list-domain-names` lists them");

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

/// A topic whose messages are subscribed to. It may be encrypted with any key.
pub static SOURCE_TOPIC: ExistingKind = ExistingKind::new(
    "topic",
    "FindExistingTopics",
    "sns:GetTopicAttributes",
    Request::Query("2010-03-31", &[("TopicArn", "{id}")]),
)
.missing("name one that exists: `aws sns list-topics` lists them");

/// A web ACL.
pub static WEB_ACL: ExistingKind = ExistingKind::new(
    "web ACL",
    "FindExistingWebAcls",
    "wafv2:GetWebACL",
    Request::Json("1.1", "AWSWAF_20190729", &[("ARN", "{id}")]),
)
.of_own_account()
.missing("name one that exists: `aws wafv2 list-web-acls --scope REGIONAL` lists them");

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

/// A queue. SQS has no call by ARN that returns more than its address.
pub static QUEUE: ExistingKind = ExistingKind::new(
    "SQS queue",
    "FindExistingQueues",
    "sqs:GetQueueUrl",
    Request::Json("1.0", "AmazonSQS", &[("QueueName", "{last}"), ("QueueOwnerAWSAccountId", "{account}")]),
)
.of_own_account()
.missing("name one that exists: `aws sqs list-queues` lists them");

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

/// A database of the Glue Data Catalog, by its name.
pub static DATABASE: ExistingKind = ExistingKind::new(
    "Glue database",
    "FindExistingTables",
    "glue:GetDatabase",
    Request::Json("1.1", "AWSGlue", &[("Name", "{id}")]),
)
.arns(&["glue:{region}:{account}:catalog", "glue:{region}:{account}:database/{id}"])
.missing("create it: `aws glue create-database --database-input Name={id}`; or write its name as `database` for one of the stack");

/// A table of the Glue Data Catalog, as `DATABASE.TABLE`.
pub static TABLE: ExistingKind = ExistingKind::new(
    "Glue table",
    "FindExistingTables",
    "glue:GetTable",
    Request::Json("1.1", "AWSGlue", &[("DatabaseName", "{before_dot}"), ("Name", "{after_dot}")]),
)
.arns(&[
    "glue:{region}:{account}:catalog",
    "glue:{region}:{account}:database/{before_dot}",
    "glue:{region}:{account}:table/{before_dot}/{after_dot}",
])
.missing("name one that exists: `aws glue get-tables --database-name NAME` lists those of a database");

/// A table of Iceberg in the Glue Data Catalog, as `DATABASE.TABLE`.
pub static ICEBERG_TABLE: ExistingKind = ExistingKind::new(
    "Iceberg table",
    "FindExistingTables",
    "glue:GetTable",
    Request::Json("1.1", "AWSGlue", &[("DatabaseName", "{before_dot}"), ("Name", "{after_dot}")]),
)
.arns(&[
    "glue:{region}:{account}:catalog",
    "glue:{region}:{account}:database/{before_dot}",
    "glue:{region}:{account}:table/{before_dot}/{after_dot}",
])
.facts(&[Fact {
    at: "/Table/Parameters/table_type",
    is: Is::OneOf(&["ICEBERG", "iceberg"]),
    fault: "the table `{id}` is of the type {found}, and Firehose writes tables of Iceberg",
    help: &[("", "create one with the statement that `pipec plan` prints")],
}])
.missing("create it with the statement that `pipec plan` prints, before the stack");

/// A policy that is the permissions boundary of roles.
pub static BOUNDARY: ExistingKind = ExistingKind::new(
    "permissions boundary",
    "FindExistingBoundary",
    "iam:GetPolicy",
    Request::Query("2010-05-08", &[("PolicyArn", "{id}")]),
)
.of_own_account()
.missing(
    "name a managed policy that exists: `aws iam list-policies --scope Local` lists the account's policies",
);

/// A secret that Firehose logs in to a destination with. Secrets Manager API reference, DescribeSecret, 2026-11: `DeletedDate`
/// is there if the secret is scheduled for deletion; without `KmsKeyId`, the key is that of Secrets Manager.
pub static SECRET: ExistingKind = ExistingKind::new(
    "secret",
    "FindExistingSecrets",
    "secretsmanager:DescribeSecret",
    Request::Json("1.1", "secretsmanager", &[("SecretId", "{id}")]),
)
.facts(&[
    Fact {
        at: "/DeletedDate",
        is: Is::OneOf(&[]),
        fault: "the secret `{id}` is scheduled for deletion",
        help: &[("", "keep it: `aws secretsmanager restore-secret --secret-id {id}`; or name another secret")],
    },
    Fact {
        at: "/KmsKeyId",
        is: Is::Key("key"),
        fault: "the secret is encrypted with `{found}`, which Firehose has no permission for",
        help: &[(
            "",
            "write `secret_kms_key` with the key's ARN: `aws kms describe-key --key-id {found} --query KeyMetadata.Arn` prints it",
        )],
    },
])
.missing("name one that exists, with its whole ARN: `aws secretsmanager list-secrets` lists them");

/// A workgroup of Redshift Serverless, by its name. Its ARN ends in an id, which nobody knows before the call. Firehose reaches it
/// over the internet: Data Firehose developer guide, "Grant Firehose access to an Amazon Redshift destination", 2026-11.
pub static WORKGROUP: ExistingKind = ExistingKind::new(
    "Redshift workgroup",
    "FindExistingWorkgroups",
    "redshift-serverless:GetWorkgroup",
    Request::Json("1.1", "RedshiftServerless", &[("workgroupName", "{id}")]),
)
.arns(&["redshift-serverless:{region}:{account}:workgroup/*"])
.facts(&[
    Fact {
        at: "/workgroup/status",
        is: Is::OneOf(&["AVAILABLE", "MODIFYING"]),
        fault: "the workgroup `{id}` has the state {found}",
        help: &[
            ("CREATING", "wait until it is AVAILABLE"),
            ("", "name another one: `aws redshift-serverless list-workgroups` lists them"),
        ],
    },
    Fact {
        at: "/workgroup/publiclyAccessible",
        is: Is::OneOf(&["true"]),
        fault: "the workgroup `{id}` is not publicly accessible, and Firehose has no private path to it",
        help: &[(
            "",
            "run `aws redshift-serverless update-workgroup --workgroup-name {id} --publicly-accessible`, and have its security group \
             admit Firehose: `pipec plan SPEC` prints the rule",
        )],
    },
    Fact {
        at: "/workgroup/enhancedVpcRouting",
        is: Is::OneOf(&["false"]),
        fault: "the workgroup `{id}` has enhanced VPC routing, with which Firehose cannot load",
        help: &[(
            "",
            "run `aws redshift-serverless update-workgroup --workgroup-name {id} --no-enhanced-vpc-routing`",
        )],
    },
])
.missing("name one of the account and the region: `aws redshift-serverless list-workgroups` lists them; elsewhere, write `endpoint`");

/// All kinds.
pub static KINDS: [&ExistingKind; 23] = [
    &ICEBERG_TABLE,
    &BUCKET,
    &KEY,
    &LOG_KEY,
    &ROLE,
    &FUNCTION,
    &VPC,
    &SUBNET,
    &SECURITY_GROUP,
    &DOMAIN,
    &TOPIC,
    &SOURCE_TOPIC,
    &WEB_ACL,
    &BUS,
    &LOG_GROUP,
    &STREAM,
    &QUEUE,
    &TABLE_STREAM,
    &DATABASE,
    &TABLE,
    &BOUNDARY,
    &SECRET,
    &WORKGROUP,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_complete() {
        /// What a text may contain in braces.
        const PLACEHOLDERS: [&str; 5] = ["{id}", "{found}", "{name}", "{declared}", "{last}"];
        /// What a help lets the user write.
        const WRITTEN: [&str; 4] =
            ["{kms_key: ARN}", "{shards: 4}", "{shards: }", "{subnets: [..], security_groups: [..]}"];
        for kind in KINDS {
            assert!(kind.action.split(':').count() == 2, "{kind:?}");
            assert!(kind.sid.chars().all(char::is_alphanumeric), "{kind:?}");
            for fact in kind.facts.iter().chain(kind.notes) {
                assert!(fact.at.starts_with('/'), "{fact:?}");
                assert_eq!(fact.help.last().map(|(found, _)| *found), Some(""), "{fact:?}");
            }
            let facts = || kind.facts.iter().chain(kind.notes);
            let helps = facts().flat_map(|fact| fact.help).map(|(_, help)| *help);
            let texts = helps.chain(facts().map(|fact| fact.fault)).chain([kind.missing]);
            for text in texts {
                let rest = PLACEHOLDERS
                    .iter()
                    .chain(&WRITTEN)
                    .fold(text.to_owned(), |text, name| text.replace(name, ""));
                assert!(!rest.contains(['{', '}']), "{text}");
                assert_eq!(rest.matches('`').count() % 2, 0, "{text}");
            }
        }
    }

    #[test]
    fn parameters_are_parts_of_an_arn() {
        let queue = "arn:aws:sqs:us-east-1:111122223333:orders";
        assert_eq!(parameter("{last} of {account}", queue), "orders of 111122223333");
        assert_eq!(parameter("{id}", queue), queue);
        assert_eq!(parameter("{last}", "arn:aws:kinesis:us-east-1:111122223333:stream/orders"), "orders");
        assert_eq!(parameter("{last}", "page-role"), "page-role");
    }

    #[test]
    fn placeholders_are_filled_in() {
        let role = "arn:aws:iam::111122223333:role/team/page";
        assert_eq!(
            filled("{name}, {found}: {id} of {declared}", "i", role, "r"),
            format!("page, {role}: i of r")
        );
    }
}
