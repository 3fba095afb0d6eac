//! EventBridge pipes, which read an SQS queue or the stream of a DynamoDB table.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::super::alarms::{Rule, Scope};
use super::super::dashboard::{Graph, graph, rate, series};
use super::super::existing::Existing;
use super::super::grants::{Grant, grant, key};
use super::super::value::Value;
use super::{Charge, Kind, Load, ONLY_FOR, Site, SourceShown, SourceValues, Trust, only_for};
use crate::aws::existing;
use crate::aws::limits::billing::SECONDS_PER_MONTH;
use crate::aws::limits::pipes;
use crate::aws::metrics::{Kind as StatusKind, MetricName, PIPE, PIPES};
use crate::aws::prices::Item;
use crate::aws::regions;
use crate::hex::hex;
use crate::pipeline::{ChangesStart, DynamoDb, Encryption, Setting, SourceKind, Sqs, SqsBody, Target};
use crate::spec::AlarmKey;

const READ: MetricName = PIPES.metric("EventCount");
const DURATION: MetricName = PIPES.metric("Duration");
const FAILED: MetricName = PIPES.metric("ExecutionFailed");
const PARTIALLY_FAILED: MetricName = PIPES.metric("ExecutionPartiallyFailed");
const TIMEOUT: MetricName = PIPES.metric("ExecutionTimeout");

/// Seconds that a batch is collected. The least that a batch over [`pipes::SQS_BATCH_WITHOUT_WINDOW`] needs.
const WINDOW_S: u64 = 1;
/// Attempts after the first one, which are not counted while a batch is bisected. AWS's default has no end: one change that
/// cannot be written would stop its shard for the 24 hours that the table's stream keeps it.
const RETRIES: u64 = 20;
/// Seconds after which a change is given up. Half of the 24 hours of a table's stream, so that its position in the queue is still
/// of use.
const MAX_AGE_S: u64 = 12 * 3_600;

/// A message with its body as JSON. A pipe reads a body that is JSON as such, and puts texts into quotation marks. EventBridge user
/// guide, "Amazon EventBridge Pipes input transformation", 2026-11.
const WITH_JSON: &str = "{\"messageId\": <$.messageId>, \"attributes\": <$.attributes>, \"body\": <$.body>}";

/// What the template of a pipe needs.
#[derive(Clone, Debug, Serialize)]
pub struct PipePlan {
    /// Name of the pipe.
    pub pipe: Value,
    /// ARN of what it reads.
    pub upstream: String,
    /// What the record is made of, if it is not the whole event.
    pub template: Option<&'static str>,
    /// JSON path of the partition key; only with a stream.
    pub partition_key: Option<String>,
    /// Records of a batch.
    pub batch_size: u64,
    /// Seconds that a batch is collected, if it is.
    pub window: Option<u64>,
    /// Where the pipe starts to read a table's stream.
    pub start: Option<&'static str>,
    /// Attempts after the first one, of a table's stream.
    pub retries: u64,
    /// Seconds after which a change of a table is given up.
    pub max_age: u64,
}

/// Name of the pipe, for `Fn::Sub`. What it reads and where it starts cannot be changed in place, and CloudFormation creates the
/// new pipe before it deletes the old one: so another source has another name.
fn name(site: &Site) -> String {
    /// Characters of the source's name: with the hash and a pipeline's longest name, 64 in all.
    const NAME_CHARS: usize = 13;
    const HASH_CHARS: usize = 8;
    let fixed = match &site.source.kind {
        SourceKind::Sqs(queue) => queue.queue.value.clone(),
        SourceKind::DynamoDb(table) => format!("{} {:?}", table.stream.value, table.start.value),
        _ => String::new(),
    };
    let hash = hex(Sha256::digest(fixed.as_bytes()));
    let head: String = site.source.name.chars().take(NAME_CHARS).collect();
    format!("${{AWS::StackName}}-{}-{}", head.trim_end_matches('-'), &hash[..HASH_CHARS])
}

fn values(site: &Site, upstream: &str, path: Option<&Setting<String>>, default_path: &str) -> PipePlan {
    let path = path.map_or(default_path, |path| path.value.as_str());
    PipePlan {
        pipe: Value::sub(name(site)),
        upstream: upstream.to_owned(),
        partition_key: Some(path.to_owned()).filter(|_| site.target() == Target::Stream),
        template: None,
        batch_size: 0,
        window: None,
        start: None,
        retries: RETRIES,
        max_age: MAX_AGE_S,
    }
}

fn trust(site: &Site) -> Trust {
    let arn =
        format!("arn:${{AWS::Partition}}:pipes:${{AWS::Region}}:${{AWS::AccountId}}:pipe/{}", name(site));
    Trust { service: "pipes.amazonaws.com", because: ONLY_FOR, conditions: only_for(arn) }
}

fn writes(target: Target) -> &'static [&'static str] {
    match target {
        Target::Stream => &["kinesis:PutRecord", "kinesis:PutRecords"],
        Target::Delivery(_) => &["firehose:PutRecord", "firehose:PutRecordBatch"],
    }
}

fn cost(load: Load) -> Vec<Charge> {
    let billed = load.bytes.div_ceil(pipes::BILLED_BYTES).max(1);
    vec![Charge {
        name: "EventBridge Pipes: requests",
        item: Item::PipesRequestsMillion,
        quantity: load.per_second * SECONDS_PER_MONTH as f64 * billed as f64 / 1e6,
        note: "one per record at most; an equal share of all records".into(),
    }]
}

fn alarms(site: &Site, scope: &Scope, then: &str) -> Vec<Rule> {
    let failed = Rule::any_of(
        AlarmKey::SourceFailures,
        &[FAILED, TIMEOUT],
        format!(
            "The pipe of source {} could not write a batch. {then} {} shows the source.",
            site.source.name,
            scope.status()
        ),
    );
    failed.into_iter().map(|rule| rule.of(Value::sub(name(site)))).collect()
}

fn graphs(site: &Site) -> Option<(String, [Graph; 3])> {
    let graphs = [
        graph("records", "per second", vec![rate(READ, "read")]),
        graph("duration", "milliseconds", vec![series(DURATION, "Maximum", "of writing a batch")]),
        graph(
            "failures",
            "batches",
            vec![
                series(FAILED, "Sum", "failed"),
                series(PARTIALLY_FAILED, "Sum", "failed in part"),
                series(TIMEOUT, "Sum", "timed out"),
            ],
        ),
    ];
    Some((name(site), graphs))
}

impl Kind for Sqs {
    fn name(&self) -> &'static str {
        "sqs"
    }

    fn existing(&self, site: &Site) -> Vec<Existing> {
        let at = |key: &str| format!("{}/sqs/{key}", site.source.spec);
        let key = self.kms_key.iter().map(|key| Existing::new(&existing::KEY, &key.value, at("kms_key")));
        [Existing::new(&existing::QUEUE, &self.queue.value, at("queue"))].into_iter().chain(key).collect()
    }

    fn values(&self, site: &Site) -> SourceValues {
        let batch_size = self.batch_size.value;
        SourceValues::Pipe(PipePlan {
            batch_size,
            template: (self.body == SqsBody::Json).then_some(WITH_JSON),
            window: (batch_size > pipes::SQS_BATCH_WITHOUT_WINDOW).then_some(WINDOW_S),
            ..values(site, &self.queue.value, self.partition_key.as_ref(), "$.messageId")
        })
    }

    fn resources(&self) -> Vec<(&'static str, &'static str)> {
        vec![("Source", "AWS::Pipes::Pipe")]
    }

    fn trust(&self, site: &Site) -> Option<Trust> {
        Some(trust(site))
    }

    fn writes(&self, target: Target) -> &'static [&'static str] {
        writes(target)
    }

    fn reads(&self, _site: &Site) -> Vec<Grant> {
        let queue = vec![Value::text(&self.queue.value)];
        let actions = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
        let mut grants = vec![grant(
            "ReadQueue",
            &actions,
            queue,
            "The pipe reads the queue, and deletes the messages that it has \
                                                      written.",
        )];
        grants.extend(self.kms_key.as_ref().and_then(|arn| {
            let encryption = Encryption::CustomerKey(arn.value.clone());
            key(
                &encryption,
                "DecryptMessages",
                &["kms:Decrypt"],
                "sqs",
                "The queue is encrypted with this key.",
            )
        }));
        grants
    }

    fn cost(&self, _site: &Site, load: Load) -> Vec<Charge> {
        cost(load)
    }

    fn alarms(&self, site: &Site, scope: &Scope) -> Vec<Rule> {
        alarms(
            site,
            scope,
            "Its messages are received again; the queue's redrive policy limits the number of attempts.",
        )
    }

    fn graphs(&self, site: &Site) -> Option<(String, [Graph; 3])> {
        graphs(site)
    }

    fn status(&self) -> Option<&'static StatusKind> {
        Some(&PIPE)
    }

    fn shown(&self, _site: &Site) -> SourceShown {
        let parts: Vec<&str> = self.queue.value.split(':').collect();
        let [_, _, _, region, account, name] = parts[..] else { return SourceShown::default() };
        let suffix = regions::region(region).map_or("amazonaws.com", |region| region.partition.url_suffix());
        let url = format!("https://sqs.{region}.{suffix}/{account}/{name}");
        SourceShown {
            line: format!("SQS queue {name}, {} messages per batch", self.batch_size.value),
            record: match self.body {
                SqsBody::Json => "a message, one JSON object without a newline: messageId, attributes, body (the JSON of the \
                                  message's body)",
                SqsBody::Text => "a message with its envelope, one JSON object without a newline: messageId, receiptHandle, body (a string), \
                     attributes, messageAttributes, md5OfBody, eventSource, eventSourceARN, awsRegion",
            }
                .into(),
            failures: "received again after the queue's visibility timeout, until the queue's own redrive policy moves it; \
                       without one, until the queue's retention period ends"
                .into(),
            other_side: vec![
                "# If the queue has no dead-letter queue, set one:".into(),
                format!("aws sqs set-queue-attributes --region {region} --queue-url {url} \\"),
                "  --attributes '{\"RedrivePolicy\":\"{\\\"deadLetterTargetArn\\\":\\\"ARN\\\",\\\"maxReceiveCount\\\":\\\"10\\\"}\"}'".into(),
            ],
        }
    }
}

impl Kind for DynamoDb {
    fn name(&self) -> &'static str {
        "dynamodb"
    }

    fn existing(&self, site: &Site) -> Vec<Existing> {
        let at = format!("{}/dynamodb/stream", site.source.spec);
        vec![Existing::new(&existing::TABLE_STREAM, &self.stream.value, at)]
    }

    fn values(&self, site: &Site) -> SourceValues {
        SourceValues::Pipe(PipePlan {
            batch_size: self.batch_size.value,
            window: Some(WINDOW_S),
            start: Some(match self.start.value {
                ChangesStart::Latest => "LATEST",
                ChangesStart::Oldest => "TRIM_HORIZON",
            }),
            ..values(site, &self.stream.value, self.partition_key.as_ref(), "$.eventID")
        })
    }

    fn resources(&self) -> Vec<(&'static str, &'static str)> {
        vec![("Source", "AWS::Pipes::Pipe")]
    }

    fn trust(&self, site: &Site) -> Option<Trust> {
        Some(trust(site))
    }

    fn writes(&self, target: Target) -> &'static [&'static str] {
        writes(target)
    }

    fn reads(&self, _site: &Site) -> Vec<Grant> {
        let stream = vec![Value::text(&self.stream.value)];
        let actions = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"];
        vec![
            grant("ReadChanges", &actions, stream, "The pipe reads the table's stream."),
            grant(
                "FindStreams",
                &["dynamodb:ListStreams"],
                vec![Value::text("*")],
                "The pipe looks up the table's stream. `*`: the action has no resource-level permissions.",
            ),
        ]
    }

    fn queued(&self) -> &'static str {
        "The messages of its queue have the positions of the changes in the table's stream, which keeps them for 24 hours."
    }

    fn cost(&self, _site: &Site, load: Load) -> Vec<Charge> {
        cost(load)
    }

    fn alarms(&self, site: &Site, scope: &Scope) -> Vec<Rule> {
        alarms(site, scope, "It is retried; then the positions of its changes go to the source's queue.")
    }

    fn graphs(&self, site: &Site) -> Option<(String, [Graph; 3])> {
        graphs(site)
    }

    fn status(&self) -> Option<&'static StatusKind> {
        Some(&PIPE)
    }

    fn shown(&self, _site: &Site) -> SourceShown {
        let table = self.stream.value.split('/').nth(1).unwrap_or_default();
        let start = match self.start.value {
            ChangesStart::Latest => "latest",
            ChangesStart::Oldest => "oldest",
        };
        SourceShown {
            line: format!("DynamoDB table {table}, from the {start} change"),
            record: "a change, one JSON object without a newline: eventID, eventName (INSERT, MODIFY or REMOVE), dynamodb with \
                     Keys, NewImage and OldImage in typed values such as {\"S\": \"a\"}, eventSourceARN; the images as the \
                     table's stream has them"
                .into(),
            failures: format!(
                "retried {RETRIES} times and for 12 hours at most, alone after its batch was bisected; then its position in the \
                 table's stream is sent to the source's queue"
            ),
            other_side: Vec::new(),
        }
    }
}
