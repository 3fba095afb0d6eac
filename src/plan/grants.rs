//! Permissions, from the edges of the graph: every edge yields its grants, and no grant is without an edge.

use std::borrow::Cow;

use serde::Serialize;

use super::buckets;
use super::consumers;
use super::delivery::{ERROR_LOG_STREAM, LOG_STREAM};
use super::destination;
use super::sources::{self, Site};
use super::streams::stream_arn;
use super::table;
use super::value::{Value, literal};
use crate::aws::regions;
use crate::graph::{Edge, Graph, Node, NodeKind, Principal, Relation};
use crate::pipeline::{Delivery, Encryption, Pipeline, Target};

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
    /// What it must equal; one of these.
    pub values: Vec<Value>,
}

/// A role: who may take it on, and what it may do.
#[derive(Clone, Debug, Serialize)]
pub struct Role {
    /// Logical id.
    pub logical_id: Cow<'static, str>,
    /// What it is for.
    pub description: Cow<'static, str>,
    /// Place in the spec that caused it, a JSON pointer.
    pub spec: Cow<'static, str>,
    /// Service principal, as the commercial regions name it.
    pub principal: &'static str,
    /// The same as the template has it.
    pub service: Value,
    /// Why the trust policy is as it is.
    pub trust_because: &'static str,
    /// Conditions of the trust policy.
    pub trust: Vec<Condition>,
    /// What it may do.
    pub grants: Vec<Grant>,
}

/// The artifacts that grants name, each as a pattern of keys that is the same for all of its versions.
#[derive(Clone, Debug, Default)]
pub struct ArtifactKeys {
    /// S3 keys of the Flink zip.
    pub flink: Option<String>,
    /// S3 keys of the producer.
    pub producer: Option<String>,
    /// S3 keys of the file of records.
    pub records: Option<String>,
}

/// ARN of the Flink application, from its fixed name: an attribute would make a cycle with its own role.
pub const APPLICATION_ARN: &str = "arn:${AWS::Partition}:kinesisanalytics:${AWS::Region}:${AWS::AccountId}:application/${AWS::StackName}-analytics";
/// ARN of the application's log group without the `:*` of its attribute.
const ANALYTICS_LOG_GROUP_ARN: &str =
    "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${AnalyticsLogs}";
/// The Flink application's name.
pub const APPLICATION_NAME: &str = "${AWS::StackName}-analytics";

pub(super) fn equals(key: &'static str, value: Value) -> Condition {
    Condition { operator: "StringEquals", key, values: vec![value] }
}

/// The roles of a pipeline, each with the grants of its edges.
pub fn roles(pipeline: &Pipeline, graph: &Graph, keys: &ArtifactKeys) -> Vec<Role> {
    let mut roles: Vec<Role> = Vec::new();
    for edge in graph.edges() {
        let Some(new) = role(pipeline, graph, edge) else { continue };
        let at = roles.iter().position(|role| role.logical_id == new.logical_id).unwrap_or_else(|| {
            roles.push(new);
            roles.len() - 1
        });
        add(&mut roles[at].grants, grants(pipeline, graph, edge, keys));
    }
    roles
}

/// Adds grants; those that differ in their resources and in the values of their conditions alone become one.
fn add(grants: &mut Vec<Grant>, more: Vec<Grant>) {
    let keys = |grant: &Grant| -> Vec<_> {
        grant.conditions.iter().map(|condition| (condition.operator, condition.key)).collect()
    };
    for grant in more {
        let alike = |known: &&mut Grant| {
            known.sid == grant.sid && known.actions == grant.actions && keys(known) == keys(&grant)
        };
        match grants.iter_mut().find(alike) {
            Some(known) => {
                add_new(&mut known.resources, grant.resources);
                for (known, more) in known.conditions.iter_mut().zip(grant.conditions) {
                    add_new(&mut known.values, more.values);
                }
            }
            None => grants.push(grant),
        }
    }
}

/// Adds the values that are not there yet.
fn add_new(values: &mut Vec<Value>, more: Vec<Value>) {
    for value in more {
        if !values.contains(&value) {
            values.push(value);
        }
    }
}

/// The role of a principal, without its grants; a function of the user's has one already.
fn role(pipeline: &Pipeline, graph: &Graph, edge: &Edge) -> Option<Role> {
    let principal = edge.relation.principal();
    let of_delivery = delivery(pipeline, graph, edge);
    let suffix = match principal {
        Principal::Delivery | Principal::Transform => of_delivery.map(Delivery::suffix).unwrap_or_default(),
        _ => String::new(),
    };
    let account = || Value::reference("AWS::AccountId");
    let none = "No condition: this service passes no source to the trust policy.";
    let (logical_id, description, spec, service, trust_because, trust) = match principal {
        Principal::Producer => (
            "ProducerRole",
            "Permissions of the producer's instances",
            "/producer",
            "ec2.amazonaws.com",
            "No condition: EC2 passes no source, so instances would get no credentials.",
            vec![],
        ),
        Principal::Analytics => (
            "AnalyticsRole",
            "Permissions of the Flink application",
            "/analytics",
            "kinesisanalytics.amazonaws.com",
            "Only this application in this account, which prevents the confused-deputy problem.",
            vec![
                equals("aws:SourceAccount", account()),
                Condition {
                    operator: "ArnEquals",
                    key: "aws:SourceArn",
                    values: vec![Value::sub(APPLICATION_ARN)],
                },
            ],
        ),
        Principal::Starter => (
            "StarterRole",
            "Permissions of the function that starts the Flink application",
            "/analytics",
            "lambda.amazonaws.com",
            none,
            vec![],
        ),
        Principal::Transform => (
            "TransformRole",
            "Permissions of the transform",
            of_delivery
                .and_then(|delivery| delivery.transform.as_ref())
                .map_or("/transform", |transform| transform.spec.as_str()),
            "lambda.amazonaws.com",
            none,
            vec![],
        ),
        Principal::FlowLog => (
            "ProducerFlowLogRole",
            "Permissions of the flow log of the producer's network",
            "/producer",
            "vpc-flow-logs.amazonaws.com",
            "Only flow logs of this account, which prevents the confused-deputy problem.",
            vec![
                equals("aws:SourceAccount", account()),
                Condition {
                    operator: "ArnLike",
                    key: "aws:SourceArn",
                    values: vec![Value::sub(
                        "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:vpc-flow-log/*",
                    )],
                },
            ],
        ),
        Principal::Delivery => (
            "DeliveryRole",
            "Permissions of Firehose",
            of_delivery.map_or("/delivery", |delivery| &delivery.spec),
            "firehose.amazonaws.com",
            "Firehose passes the account as the external ID, which prevents the confused-deputy problem.",
            vec![equals("sts:ExternalId", account())],
        ),
        Principal::ErrorDelivery => (
            "ErrorDeliveryRole",
            "Permissions of Firehose for error records",
            "/analytics/errors",
            "firehose.amazonaws.com",
            "Firehose passes the account as the external ID, which prevents the confused-deputy problem.",
            vec![equals("sts:ExternalId", account())],
        ),
        Principal::Source => return source_role(site(pipeline, graph, edge)?),
        Principal::Function | Principal::Reader => return None,
    };
    Some(Role {
        logical_id: format!("{logical_id}{suffix}").into(),
        description: description.into(),
        spec: spec.to_owned().into(),
        principal: service,
        service: match principal {
            Principal::Producer => {
                let region = regions::region(&pipeline.region.value);
                Value::text(region.map_or(service, |region| region.partition.ec2_principal()))
            }
            _ => Value::text(service),
        },
        trust_because,
        trust,
        grants: Vec::new(),
    })
}

/// The delivery that an edge begins at, or whose transform it is.
fn delivery<'a>(pipeline: &'a Pipeline, graph: &Graph, edge: &Edge) -> Option<&'a Delivery> {
    pipeline.delivery(graph.get(edge.from).name.as_deref())
}

/// The source that an edge begins at.
fn site<'a>(pipeline: &'a Pipeline, graph: &Graph, edge: &Edge) -> Option<Site<'a>> {
    let source = pipeline.source(graph.get(edge.from).name.as_deref()?)?;
    Some(Site { pipeline, source })
}

/// The role of a source, without its grants.
fn source_role(site: Site) -> Option<Role> {
    let trust = sources::kind(site.source).trust(&site)?;
    Some(Role {
        logical_id: sources::role_of(site.pipeline, site.source)?.into(),
        description: format!("Permissions of source {}", site.source.name).into(),
        spec: site.source.spec.clone().into(),
        principal: trust.service,
        service: Value::text(trust.service),
        trust_because: trust.because,
        trust: trust.conditions,
        grants: Vec::new(),
    })
}

pub(super) fn grant(
    sid: &'static str,
    actions: &[&'static str],
    resources: Vec<Value>,
    because: &'static str,
) -> Grant {
    let mut actions = actions.to_vec();
    actions.sort_unstable();
    Grant { sid, actions, resources, conditions: Vec::new(), because }
}

/// A key's grant: this key, and only through the service that the data passes.
pub(super) fn key(
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

/// What Flink's connector and Lambda call to read a stream.
const READ_WITH_SUMMARY: &[&str] = &[
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
];

/// What an edge needs.
fn grants(pipeline: &Pipeline, graph: &Graph, edge: &Edge, keys: &ArtifactKeys) -> Vec<Grant> {
    let to = || -> Vec<Value> {
        let node = graph.get(edge.to);
        match (node.kind, &node.logical_id) {
            (NodeKind::Stream, _) => vec![stream_arn(pipeline)],
            (NodeKind::FanOut, Some(id)) => vec![consumers::consumer_arn(id)],
            (_, logical_id) => logical_id.iter().map(|id| Value::arn(id)).collect(),
        }
    };
    let logs = || graph.get(edge.to).logical_id.as_deref().unwrap_or_default();
    let stream_key = pipeline.stream_encryption();
    match edge.relation {
        Relation::Produce => {
            if graph.get(edge.to).kind == NodeKind::Delivery {
                let to = sources::target(pipeline, Target::Delivery(0)).arn;
                let because = "The producer writes to Firehose.";
                let write = grant("WriteRecords", &["firehose:PutRecordBatch"], vec![to], because);
                let direct = pipeline.deliveries.first().and_then(|delivery| delivery.direct.as_ref());
                let key = direct.and_then(|direct| sources::held_key(&direct.encryption.value));
                return std::iter::once(write).chain(key).collect();
            }
            let mut grants = vec![grant(
                "WriteRecords",
                &["kinesis:PutRecords"],
                to(),
                "The producer writes to the stream.",
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
        Relation::Write => site(pipeline, graph, edge).as_ref().map_or_else(Vec::new, sources::writes),
        Relation::ReadUpstream => site(pipeline, graph, edge).as_ref().map_or_else(Vec::new, sources::reads),
        Relation::WriteFailures => {
            site(pipeline, graph, edge).map_or_else(Vec::new, |site| sources::write_failures(&site, to()))
        }
        Relation::FetchProducer => vec![grant(
            "ReadProgram",
            &["s3:GetObject"],
            keys.producer.iter().chain(&keys.records).map(|key| artifact(key)).collect(),
            match &keys.records {
                Some(_) => "The instances download the producer and its records when they start.",
                None => "The instances download the producer when they start.",
            },
        )],
        Relation::LogProducer => vec![grant(
            "WriteLogs",
            &["logs:CreateLogStream", "logs:PutLogEvents"],
            to(),
            "Each instance has a log stream; CloudWatch extracts the metrics from its lines.",
        )],
        Relation::AttendProducer => vec![
            grant(
                "RegisterInstance",
                &["ssm:UpdateInstanceInformation"],
                vec![Value::sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/*")],
                "Session Manager instead of SSH: the instances register with Systems Manager.",
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
                "The channels of Session Manager. `*`: the actions have no resource-level permissions.",
            ),
        ],
        Relation::FetchApplication => vec![grant(
            "ReadProgram",
            &["s3:GetObject", "s3:GetObjectVersion"],
            keys.flink.iter().map(|key| artifact(key)).collect(),
            "The application's program, in any version: a changed query changes no permission.",
        )],
        Relation::Query => {
            let mut grants =
                vec![grant("ReadRecords", READ_WITH_SUMMARY, to(), "The query reads the stream.")];
            grants.extend(decrypt(stream_key));
            grants
        }
        // The same stream as that of `Query`, whose permissions are enough.
        Relation::QueryBytes => Vec::new(),
        Relation::Emit => {
            let mut grants = vec![grant(
                "WriteRows",
                &["kinesis:DescribeStreamSummary", "kinesis:PutRecords"],
                to(),
                "The query writes the rows of each output to its stream.",
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
        Relation::LogAnalytics => vec![
            grant(
                "WriteLogs",
                &["logs:DescribeLogStreams", "logs:PutLogEvents"],
                to(),
                "The application's log.",
            ),
            grant(
                "FindLogs",
                &["logs:DescribeLogGroups"],
                vec![Value::text("*")],
                "Managed Flink looks up its log group. `*`: the action has no resource-level permissions.",
            ),
        ],
        Relation::Control => vec![grant(
            "ControlApplication",
            &[
                "kinesisanalytics:DescribeApplication",
                "kinesisanalytics:DescribeApplicationOperation",
                "kinesisanalytics:ListApplicationOperations",
                "kinesisanalytics:StartApplication",
                "kinesisanalytics:StopApplication",
            ],
            vec![Value::sub(APPLICATION_ARN)],
            "Starts and stops this application only, and reads the cause of a failure.",
        )],
        Relation::ReadAnalyticsLog => vec![grant(
            "ReadApplicationLog",
            &["logs:FilterLogEvents"],
            // AWS compares the action with the group's ARN with a log stream at its end, or with the ARN alone: both occur in
            // messages about missing permissions, 2026-09.
            to().into_iter().chain([Value::sub(ANALYTICS_LOG_GROUP_ARN)]).collect(),
            "Only the application's log shows whether its job runs, and the cause if it does not.",
        )],
        Relation::LogStarter => vec![lambda_logs(to())],
        Relation::LogTransform => vec![lambda_logs(to())],
        Relation::LogFlows => vec![
            grant(
                "WriteLogs",
                &["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                to(),
                "The flow log creates a log stream for each network interface.",
            ),
            grant(
                "FindLogs",
                &["logs:DescribeLogGroups"],
                vec![Value::text("*")],
                "The flow log looks up its log group. `*`: the action has no resource-level permissions.",
            ),
        ],
        Relation::Deliver | Relation::DeliverErrors => {
            let mut grants = vec![grant(
                "ReadRecords",
                &[
                    "kinesis:DescribeStream",
                    "kinesis:GetRecords",
                    "kinesis:GetShardIterator",
                    "kinesis:ListShards",
                ],
                to(),
                "Firehose reads the stream.",
            )];
            grants.extend(decrypt(stream_key));
            grants
        }
        Relation::Transform => vec![grant(
            "Transform",
            &["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"],
            own_transform(pipeline, graph, edge).unwrap_or_else(to),
            "Firehose calls the transform.",
        )],
        Relation::Store(purpose) => delivery(pipeline, graph, edge)
            .map_or_else(Vec::new, |delivery| destination::grants(delivery, purpose)),
        Relation::StoreErrors(_) => {
            let Some(delivery) = pipeline.error_delivery() else { return Vec::new() };
            let (purpose, location) = delivery.destination.failures();
            let prefix = buckets::error_rows_prefix(&pipeline.name.value, location);
            buckets::grants(purpose, location, &[&prefix])
        }
        Relation::ReadTable => delivery(pipeline, graph, edge).map_or_else(Vec::new, table::grants),
        Relation::LogDelivery => vec![delivery_logs(logs(), LOG_STREAM)],
        Relation::LogErrorDelivery => vec![delivery_logs(logs(), ERROR_LOG_STREAM)],
        Relation::Consume => {
            let mut grants = vec![if graph.get(edge.to).kind == NodeKind::Stream {
                let because = "Lambda reads the records on behalf of the function.";
                grant("ReadRecords", READ_WITH_SUMMARY, to(), because)
            } else {
                let because = "Lambda reads the rows on behalf of the function.";
                grant("ReadRows", READ_WITH_SUMMARY, to(), because)
            }];
            grants.extend(decrypt(stream_key));
            grants
        }
        // Lambda checks all of these on the stream, also for a registered consumer of it.
        Relation::Describe => {
            let because = "Lambda looks up the stream and its shards on behalf of the function.";
            let mut grants = vec![grant("ReadRecords", READ_WITH_SUMMARY, to(), because)];
            grants.extend(decrypt(stream_key));
            grants
        }
        Relation::Subscribe => vec![grant(
            "SubscribeToRecords",
            &["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"],
            to(),
            "Lambda gets the records by enhanced fan-out.",
        )],
        Relation::Poll => {
            let mut grants =
                vec![grant("ReadRecords", READ_WITH_SUMMARY, to(), "The program reads the stream.")];
            grants.extend(decrypt(stream_key));
            grants
        }
        Relation::FindShards => {
            let because = "The program finds the shards of the stream.";
            let actions = ["kinesis:DescribeStreamSummary", "kinesis:ListShards"];
            let mut grants = vec![grant("FindShards", &actions, to(), because)];
            grants.extend(decrypt(stream_key));
            grants
        }
        Relation::SubscribeProgram => {
            let name = graph.get(edge.from).name.as_deref().unwrap_or_default();
            let because = "The program gets the records by enhanced fan-out.";
            let mut all = vec![grant("SubscribeToRecords", &["kinesis:SubscribeToShard"], to(), because)];
            let is_role = pipeline.consumer(name).is_some_and(|consumer| consumer.account().is_none());
            // A call by the name of the consumer is compared with an ARN without the time at its end.
            let by_name = is_role.then(|| {
                let stream = stream_arn(pipeline).in_sub();
                Value::sub(format!("{stream}/consumer/{}", consumers::registered_name(name)))
            });
            let because = "The program looks up the registered consumer, by its ARN or by its name.";
            let resources = to().into_iter().chain(by_name).collect();
            all.push(grant("FindConsumer", &["kinesis:DescribeStreamConsumer"], resources, because));
            all
        }
        // Kinesis passes the records on itself.
        Relation::FanOut => Vec::new(),
        Relation::ReportFailures => vec![grant(
            "ReportFailures",
            &["sqs:SendMessage"],
            to(),
            "Lambda reports batches that failed after all retries to the queue.",
        )],
    }
}

/// What the nodes that satisfy a condition need, whose roles are not the stack's.
pub(super) fn node_grants(pipeline: &Pipeline, graph: &Graph, is: impl Fn(&Node) -> bool) -> Vec<Grant> {
    let keys = ArtifactKeys::default();
    let mut all = Vec::new();
    for edge in graph.edges_of(is) {
        add(&mut all, grants(pipeline, graph, edge, &keys));
    }
    all
}

/// The function of the user's that an edge calls: as it is written, since a version is other code than the function itself.
/// `$LATEST` is the same, which Lambda may look up by either ARN.
fn own_transform(pipeline: &Pipeline, graph: &Graph, edge: &Edge) -> Option<Vec<Value>> {
    let own = delivery(pipeline, graph, edge)?.transform.as_ref()?.own.as_ref()?;
    let arn = &own.function.value;
    let unqualified = arn.strip_suffix(":$LATEST").map(Value::text);
    Some([Value::text(arn)].into_iter().chain(unqualified).collect())
}

fn delivery_logs(log_group: &str, log_stream: &str) -> Grant {
    grant(
        "WriteLogs",
        &["logs:PutLogEvents"],
        // The stream by its name and not by a reference: it may be created after the role.
        vec![Value::sub(format!(
            "arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:${{{log_group}}}:\
             log-stream:{log_stream}"
        ))],
        "Firehose reports records that it could not deliver.",
    )
}

fn lambda_logs(log_group: Vec<Value>) -> Grant {
    grant("WriteLogs", &["logs:CreateLogStream", "logs:PutLogEvents"], log_group, "The function's log.")
}

fn artifact(key: &str) -> Value {
    Value::sub(format!("arn:${{AWS::Partition}}:s3:::${{ArtifactBucket}}/{}", literal(key)))
}
