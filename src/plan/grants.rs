//! Permissions, from the edges of the graph: every edge yields its grants, and no grant is without an edge.

use serde::Serialize;

use super::delivery::{ERROR_ROWS_PREFIX, transform_spec};
use super::outputs::{DELIVERED_STREAM, OutputPlan};
use super::value::{Value, literal};
use crate::graph::{Action, Edge, Node};
use crate::resolve::pipeline::{Encryption, Pipeline};
use crate::sql::ERROR_STREAM;

/// What one role may do, and why.
#[derive(Clone, Debug, Serialize)]
pub struct Grant {
    /// The statement's id.
    pub sid: &'static str,
    /// Exact actions, sorted.
    pub actions: Vec<&'static str>,
    /// Exact resources; `*` only where the service has no resource level, and then `because` says so.
    pub resources: Vec<Value>,
    /// Conditions: operator, key, value.
    pub conditions: Vec<Condition>,
    /// The reason, for the comment above the statement.
    pub because: &'static str,
}

/// A condition of a statement.
#[derive(Clone, Debug, Serialize)]
pub struct Condition {
    /// Operator, such as `StringEquals`.
    pub operator: &'static str,
    /// Condition key.
    pub key: &'static str,
    /// What it must equal.
    pub value: Value,
}

/// A role: who may take it on, and what it may do.
#[derive(Clone, Debug, Serialize)]
pub struct Role {
    /// Logical id.
    pub logical_id: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// Place in the spec that caused it, a JSON pointer.
    pub spec: &'static str,
    /// Service principal.
    pub principal: &'static str,
    /// Why the trust policy is as it is.
    pub trust_because: &'static str,
    /// Conditions of the trust policy.
    pub trust: Vec<Condition>,
    /// What it may do.
    pub grants: Vec<Grant>,
}

/// The artifacts' ARNs that grants name.
#[derive(Clone, Copy, Debug)]
pub struct ArtifactKeys<'a> {
    /// S3 key of the Flink zip.
    pub flink: Option<&'a str>,
    /// S3 key of the producer.
    pub producer: Option<&'a str>,
    /// S3 key of the file of records.
    pub records: Option<&'a str>,
}

/// ARN of the Flink application, from its fixed name: an attribute would make a cycle with its own role.
pub const APPLICATION_ARN: &str = "arn:${AWS::Partition}:kinesisanalytics:${AWS::Region}:${AWS::AccountId}:application/${AWS::StackName}-analytics";
/// The Flink application's name.
pub const APPLICATION_NAME: &str = "${AWS::StackName}-analytics";

fn equals(key: &'static str, value: Value) -> Condition {
    Condition { operator: "StringEquals", key, value }
}

/// The roles of a pipeline, each with the grants of its edges.
pub fn roles(pipeline: &Pipeline, edges: &[Edge], keys: ArtifactKeys, outputs: &[OutputPlan]) -> Vec<Role> {
    let mut roles: Vec<Role> = Vec::new();
    for edge in edges {
        let at =
            roles.iter().position(|role| role.logical_id == logical_id(edge.from)).unwrap_or_else(|| {
                roles.push(role(edge.from));
                roles.len() - 1
            });
        roles[at].grants.extend(grants(pipeline, *edge, keys, outputs));
        if edge.from == Node::Transform {
            roles[at].spec = transform_spec(pipeline);
        }
    }
    roles
}

fn logical_id(principal: Node) -> &'static str {
    role(principal).logical_id
}

/// The role of a node that acts.
fn role(principal: Node) -> Role {
    let account = || Value::reference("AWS::AccountId");
    let none = "Nothing to add: this service passes no source to the trust policy.";
    let (logical_id, description, spec, service, trust_because, trust) = match principal {
        Node::Producer => (
            "ProducerRole",
            "What the producer's instances may do",
            "/producer",
            "ec2.amazonaws.com",
            "EC2 passes no source; a condition here would leave the instances without credentials.",
            vec![],
        ),
        Node::Analytics => (
            "AnalyticsRole",
            "What the Flink application may do",
            "/analytics",
            "kinesisanalytics.amazonaws.com",
            "Only this application of this account, against the confused deputy.",
            vec![
                equals("aws:SourceAccount", account()),
                Condition { operator: "ArnEquals", key: "aws:SourceArn", value: Value::sub(APPLICATION_ARN) },
            ],
        ),
        Node::Starter => (
            "StarterRole",
            "What the function that starts the Flink application may do",
            "/analytics",
            "lambda.amazonaws.com",
            none,
            vec![],
        ),
        Node::Transform => {
            ("TransformRole", "What the transform may do", "/transform", "lambda.amazonaws.com", none, vec![])
        }
        Node::Network => (
            "ProducerFlowLogRole",
            "What the producer network's flow log may do",
            "/producer",
            "vpc-flow-logs.amazonaws.com",
            "Only flow logs of this account, against the confused deputy.",
            vec![
                equals("aws:SourceAccount", account()),
                Condition {
                    operator: "ArnLike",
                    key: "aws:SourceArn",
                    value: Value::sub(
                        "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:vpc-flow-log/*",
                    ),
                },
            ],
        ),
        Node::ErrorDelivery => (
            "ErrorDeliveryRole",
            "What Firehose may do with the faults",
            "/analytics/errors",
            "firehose.amazonaws.com",
            "Firehose passes the account as the external id, against the confused deputy.",
            vec![equals("sts:ExternalId", account())],
        ),
        _ => (
            "DeliveryRole",
            "What Firehose may do",
            "/delivery",
            "firehose.amazonaws.com",
            "Firehose passes the account as the external id, against the confused deputy.",
            vec![equals("sts:ExternalId", account())],
        ),
    };
    Role { logical_id, description, spec, principal: service, trust_because, trust, grants: Vec::new() }
}

fn grant(sid: &'static str, actions: &[&'static str], resources: Vec<Value>, because: &'static str) -> Grant {
    let mut actions = actions.to_vec();
    actions.sort_unstable();
    Grant { sid, actions, resources, conditions: Vec::new(), because }
}

/// A key's grant: this key, and only through the service that the data passes.
fn key(
    encryption: &Encryption,
    sid: &'static str,
    actions: &[&'static str],
    service: &str,
    because: &'static str,
) -> Option<Grant> {
    let Encryption::CustomerKey(arn) = encryption else { return None };
    let mut grant = grant(sid, actions, vec![Value::text(arn)], because);
    grant.conditions =
        vec![equals("kms:ViaService", Value::sub(format!("{service}.${{AWS::Region}}.${{AWS::URLSuffix}}")))];
    Some(grant)
}

/// What a reader of an encrypted stream needs.
fn decrypt(encryption: &Encryption) -> Option<Grant> {
    key(encryption, "DecryptRecords", &["kms:Decrypt"], "kinesis", "The stream is encrypted with this key.")
}

/// What an edge needs.
fn grants(pipeline: &Pipeline, edge: Edge, keys: ArtifactKeys, outputs: &[OutputPlan]) -> Vec<Grant> {
    let stream = |node| Value::arn(if node == Node::Stream { "Stream" } else { "OutputStream" });
    let stream_key = &pipeline.stream.encryption.value;
    match (edge.from, edge.action, edge.to) {
        (Node::Producer, Action::Write, to) => {
            let mut grants = vec![grant(
                "WriteRecords",
                &["kinesis:PutRecords"],
                vec![stream(to)],
                "The producer fills the stream.",
            )];
            grants.extend(key(
                stream_key,
                "EncryptRecords",
                &["kms:GenerateDataKey"],
                "kinesis",
                "The stream is encrypted with this key.",
            ));
            grants
        }
        (Node::Producer, Action::Read, _) => vec![grant(
            "ReadProgram",
            &["s3:GetObject"],
            keys.producer.into_iter().chain(keys.records).map(artifact).collect(),
            match keys.records {
                Some(_) => "The instances fetch the producer and its records when they start.",
                None => "The instances fetch the producer when they start.",
            },
        )],
        (Node::Producer, Action::Log, _) => vec![grant(
            "WriteLogs",
            &["logs:CreateLogStream", "logs:PutLogEvents"],
            vec![Value::arn("ProducerLogs")],
            "Each instance has a log stream; CloudWatch makes the metrics from its lines.",
        )],
        (Node::Producer, Action::Attend, _) => vec![
            grant(
                "RegisterInstance",
                &["ssm:UpdateInstanceInformation"],
                vec![Value::sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/*")],
                "Session Manager instead of SSH: the instances make themselves known.",
            ),
            grant(
                "SessionChannels",
                &[
                    "ssmmessages:CreateControlChannel",
                    "ssmmessages:CreateDataChannel",
                    "ssmmessages:OpenControlChannel",
                    "ssmmessages:OpenDataChannel",
                ],
                vec![Value::text("*")],
                "The channels of Session Manager. `*`: the actions have no resource level.",
            ),
        ],
        (Node::Analytics, Action::Read, Node::Artifacts) => vec![grant(
            "ReadProgram",
            &["s3:GetObject", "s3:GetObjectVersion"],
            keys.flink.into_iter().map(artifact).collect(),
            "The application's program.",
        )],
        (Node::Analytics, Action::Read, from) => {
            let mut grants = vec![grant(
                "ReadRecords",
                &[
                    "kinesis:DescribeStream",
                    "kinesis:DescribeStreamSummary",
                    "kinesis:GetRecords",
                    "kinesis:GetShardIterator",
                    "kinesis:ListShards",
                ],
                vec![stream(from)],
                "The query reads the stream.",
            )];
            grants.extend(decrypt(stream_key));
            grants
        }
        (Node::Analytics, Action::Write, to) => {
            let own = outputs.iter().map(|output| Value::arn(&output.stream.logical_id));
            let mut grants = vec![grant(
                "WriteRows",
                &["kinesis:DescribeStreamSummary", "kinesis:PutRecords"],
                std::iter::once(stream(to)).chain(own).collect(),
                if outputs.is_empty() {
                    "The query writes its rows to the output stream."
                } else {
                    "The query writes the rows of each output to its stream."
                },
            )];
            grants.extend(key(
                stream_key,
                "EncryptRows",
                &["kms:GenerateDataKey"],
                "kinesis",
                "The output stream is encrypted with this key.",
            ));
            grants
        }
        (Node::Analytics, Action::Log, _) => vec![
            grant(
                "WriteLogs",
                &["logs:DescribeLogStreams", "logs:PutLogEvents"],
                vec![Value::arn("AnalyticsLogs")],
                "The application's log.",
            ),
            grant(
                "FindLogs",
                &["logs:DescribeLogGroups"],
                vec![Value::text("*")],
                "Managed Flink looks its log group up. `*`: the action has no resource level.",
            ),
        ],
        (Node::Starter, Action::Control, _) => vec![grant(
            "ControlApplication",
            &[
                "kinesisanalytics:DescribeApplication",
                "kinesisanalytics:DescribeApplicationOperation",
                "kinesisanalytics:ListApplicationOperations",
                "kinesisanalytics:StartApplication",
                "kinesisanalytics:StopApplication",
            ],
            vec![Value::sub(APPLICATION_ARN)],
            "Starts and stops this one application, and reads why it failed.",
        )],
        (Node::Starter, Action::Log, _) => vec![lambda_logs("StarterLogs")],
        (Node::Transform, Action::Log, _) => vec![lambda_logs("TransformLogs")],
        (Node::Network, Action::Log, _) => vec![
            grant(
                "WriteLogs",
                &["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                vec![Value::arn("ProducerFlowLogs")],
                "The flow log makes a log stream for each network interface.",
            ),
            grant(
                "FindLogs",
                &["logs:DescribeLogGroups"],
                vec![Value::text("*")],
                "The flow log looks its log group up. `*`: the action has no resource level.",
            ),
        ],
        (Node::Delivery | Node::ErrorDelivery, Action::Read, from) => {
            let stream = match from {
                Node::ErrorStream => Value::arn(&error_stream(outputs)),
                _ => stream(from),
            };
            let mut grants = vec![grant(
                "ReadRecords",
                &[
                    "kinesis:DescribeStream",
                    "kinesis:GetRecords",
                    "kinesis:GetShardIterator",
                    "kinesis:ListShards",
                ],
                vec![stream],
                "Firehose reads the stream.",
            )];
            grants.extend(decrypt(stream_key));
            grants
        }
        (Node::Delivery, Action::Invoke, _) => vec![grant(
            "Transform",
            &["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"],
            vec![Value::arn("Transform")],
            "Firehose calls the transform.",
        )],
        (Node::Delivery, Action::Write, _) => bucket(pipeline, "*"),
        (Node::ErrorDelivery, Action::Write, _) => bucket(pipeline, &format!("{ERROR_ROWS_PREFIX}*")),
        (Node::Delivery, Action::Log, _) => vec![delivery_logs("DeliveryLogStream")],
        (Node::ErrorDelivery, Action::Log, _) => vec![delivery_logs("ErrorDeliveryLogStream")],
        _ => Vec::new(),
    }
}

/// What a function of the user's needs to read an output.
pub(super) fn function_grants(pipeline: &Pipeline, output: &str) -> Vec<Grant> {
    let stream = Value::arn(&format!("{DELIVERED_STREAM}{output}"));
    let mut grants = vec![
        grant(
            "ReadRows",
            &[
                "kinesis:DescribeStream",
                "kinesis:DescribeStreamSummary",
                "kinesis:GetRecords",
                "kinesis:GetShardIterator",
                "kinesis:ListShards",
            ],
            vec![stream],
            "Lambda reads the rows in the function's name.",
        ),
        grant(
            "TellFailures",
            &["sqs:SendMessage"],
            vec![Value::arn(&format!("OutputFailures{output}"))],
            "Which rows failed to the end is told to the queue.",
        ),
    ];
    grants.extend(decrypt(&pipeline.stream.encryption.value));
    grants
}

/// Logical id of the stream of faults.
pub(super) fn error_stream(outputs: &[OutputPlan]) -> String {
    let stream = outputs.iter().find(|output| output.name == ERROR_STREAM);
    stream.map_or_else(
        || format!("{DELIVERED_STREAM}ErrorStream"),
        |output| output.stream.logical_id.to_string(),
    )
}

fn delivery_logs(log_stream: &str) -> Grant {
    grant(
        "WriteLogs",
        &["logs:PutLogEvents"],
        vec![Value::sub(format!(
            "arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:${{DeliveryLogs}}:log-stream:\
             ${{{log_stream}}}"
        ))],
        "Firehose reports records that it could not deliver.",
    )
}

fn lambda_logs(log_group: &'static str) -> Grant {
    grant(
        "WriteLogs",
        &["logs:CreateLogStream", "logs:PutLogEvents"],
        vec![Value::arn(log_group)],
        "The function's log.",
    )
}

fn artifact(key: &str) -> Value {
    Value::sub(format!("arn:${{AWS::Partition}}:s3:::${{ArtifactBucket}}/{}", literal(key)))
}

/// ARN of the destination bucket, and of the objects in it whose keys are such.
pub fn bucket_arns(pipeline: &Pipeline, keys: &str) -> (Value, Value) {
    match &pipeline.delivery.s3.bucket {
        Some(bucket) => {
            let arn = format!("arn:${{AWS::Partition}}:s3:::{}", literal(&bucket.value));
            (Value::sub(arn.clone()), Value::sub(format!("{arn}/{keys}")))
        }
        None => (Value::arn("Bucket"), Value::sub(format!("${{Bucket.Arn}}/{keys}"))),
    }
}

fn bucket(pipeline: &Pipeline, keys: &str) -> Vec<Grant> {
    let (bucket, objects) = bucket_arns(pipeline, keys);
    let mut grants = vec![
        grant(
            "FindBucket",
            &["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
            vec![bucket],
            "Firehose finds the bucket and its unfinished uploads.",
        ),
        grant(
            "WriteObjects",
            &["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
            vec![objects],
            "Firehose writes objects.",
        ),
    ];
    grants.extend(key(
        &pipeline.delivery.s3.encryption.value,
        "EncryptObjects",
        &["kms:Decrypt", "kms:GenerateDataKey"],
        "s3",
        "The objects are encrypted with this key.",
    ));
    grants
}
