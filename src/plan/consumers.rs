//! Consumers: what reads the stream besides Firehose and Flink.

use serde::Serialize;

use super::function::FunctionPlan;
use super::grants::{Grant, node_grants};
use super::streams::stream_arn;
use super::value::Value;
use crate::check::Checked;
use crate::graph::{CONSUMER, NodeKind};
use crate::pipeline::{
    Consumer, ConsumerKind, ConsumerStart, Encryption, LambdaConsumer, Pipeline, Reader, SourceKind, Target,
    logical_name,
};

/// Logical id of the policy of the stream.
pub const STREAM_POLICY: &str = "StreamPolicy";

/// A reader of the stream.
#[derive(Clone, Debug, Serialize)]
pub struct ConsumerPlan {
    /// Its name in the spec.
    pub name: String,
    /// What its logical ids end in.
    pub id: String,
    /// Its place in the spec, a JSON pointer.
    pub spec: String,
    /// The key of the spec for its kind.
    pub kind: &'static str,
    /// The function that is called, if it is one.
    pub function: Option<FunctionPlan>,
    /// Its registration, with enhanced fan-out.
    pub registered: Option<RegisteredPlan>,
    /// The role of a program of the account.
    pub role: Option<String>,
    /// Another account, by its id.
    #[serde(skip)]
    pub account_id: Option<String>,
    /// The same as a principal.
    pub account: Option<Value>,
    /// What a program may do.
    pub grants: Vec<Grant>,
    /// What it is, in one line.
    #[serde(skip)]
    pub line: String,
    /// What its owner has to do, as lines to type.
    #[serde(skip)]
    pub other_side: Vec<String>,
}

/// A registered consumer.
#[derive(Clone, Debug, Serialize)]
pub struct RegisteredPlan {
    /// Logical id.
    pub logical_id: String,
    /// Name.
    pub name: Value,
    /// ARN of the stream.
    pub stream: Value,
}

impl ConsumerPlan {
    /// Who gets which permissions besides functions: a role of the account, or another account.
    pub(super) fn given(&self) -> impl Iterator<Item = (String, &Grant)> {
        let account = self.account_id.as_ref().map(|account| format!("account {account}"));
        let who = self.role.clone().or(account);
        // What another account may do with the key is a matter of the key's policy.
        let is_role = self.role.is_some();
        let grants = self.grants.iter().filter(move |grant| is_role || grant.sid != "DecryptRecords");
        grants.filter_map(move |grant| Some((who.clone()?, grant)))
    }
}

/// What other accounts may do with the stream, in its one policy.
#[derive(Clone, Debug, Serialize)]
pub struct StreamPolicyPlan {
    /// ARN of the stream.
    pub stream: Value,
    /// The statements.
    pub statements: Vec<AccountsPlan>,
}

/// A statement for other accounts.
#[derive(Clone, Debug, Serialize)]
pub struct AccountsPlan {
    /// Its id.
    pub sid: &'static str,
    /// The reason.
    pub because: &'static str,
    /// The accounts as principals.
    pub accounts: Vec<Value>,
    /// Actions, sorted.
    pub actions: Vec<&'static str>,
}

/// Name of a registered consumer, for `Fn::Sub`.
pub(super) fn registered_name(consumer: &str) -> String {
    format!("${{AWS::StackName}}-{consumer}")
}

/// Plans the consumers.
pub(super) fn plan(checked: &Checked) -> Vec<ConsumerPlan> {
    checked.pipeline().consumers.iter().map(|consumer| one(checked, consumer)).collect()
}

fn one(checked: &Checked, consumer: &Consumer) -> ConsumerPlan {
    let pipeline = checked.pipeline();
    let id = logical_name(&consumer.name);
    let registered = consumer.fans_out().then(|| RegisteredPlan {
        logical_id: format!("{CONSUMER}FanOut{id}"),
        name: Value::sub(registered_name(&consumer.name)),
        stream: stream_arn(pipeline),
    });
    let reads = registered.as_ref().map_or_else(|| stream_arn(pipeline), |own| consumer_arn(&own.logical_id));
    let grants = node_grants(pipeline, checked.graph(), |node| {
        matches!(node.kind, NodeKind::Function | NodeKind::Reader)
            && (node.kind == NodeKind::Reader || node.is_of_consumer())
            && node.name.as_deref() == Some(&consumer.name)
    });
    let (kind, function) = match &consumer.kind {
        ConsumerKind::Lambda(lambda) => {
            ("lambda", Some(function(consumer, lambda, &id, reads, grants.clone())))
        }
        ConsumerKind::FanOut(_) => ("fan_out", None),
        ConsumerKind::Poll(_) => ("poll", None),
    };
    let (role, account_id) = match consumer.reader() {
        Some(Reader::Role(role)) => (Some(role.value.clone()), None),
        Some(Reader::Account(account)) => (None, Some(account.value.clone())),
        None => (None, None),
    };
    let account = account_id.as_ref().map(|id| principal(id));
    let mut plan = ConsumerPlan {
        name: consumer.name.clone(),
        id,
        spec: consumer.spec.clone(),
        kind,
        registered,
        role,
        account_id,
        account,
        grants: if function.is_some() { Vec::new() } else { grants },
        function,
        line: String::new(),
        other_side: Vec::new(),
    };
    plan.line = line(&plan);
    plan.other_side = other_side(pipeline, &plan);
    plan
}

fn principal(account: &str) -> Value {
    Value::sub(format!("arn:${{AWS::Partition}}:iam::{account}:root"))
}

/// ARN of a registered consumer.
pub(super) fn consumer_arn(logical_id: &str) -> Value {
    Value::GetAtt(logical_id.to_owned(), "ConsumerARN".to_owned())
}

fn function(
    consumer: &Consumer,
    lambda: &LambdaConsumer,
    id: &str,
    reads: Value,
    grants: Vec<Grant>,
) -> FunctionPlan {
    let json =
        |pattern: &crate::pipeline::Pattern| serde_json::Value::Object(pattern.value.clone()).to_string();
    let shared = FunctionPlan::of_output(&lambda.function, ("", id), &consumer.spec, reads, grants);
    FunctionPlan {
        prefix: CONSUMER,
        name: format!("consumer {}", consumer.name),
        carries: "records of the stream".into(),
        one: "record",
        latest: lambda.start == ConsumerStart::Latest,
        max_age: lambda.max_age.as_ref().map(|age| age.value),
        parallelization: (lambda.parallelization > 1).then_some(lambda.parallelization),
        filters: lambda.filters.iter().map(json).collect(),
        ..shared
    }
}

fn line(plan: &ConsumerPlan) -> String {
    let how = match plan.registered {
        Some(_) => "by enhanced fan-out, dedicated 2 MiB per second and shard",
        None => "by polling, from the shared 2 MiB per second and shard",
    };
    match (&plan.function, &plan.role, &plan.account_id) {
        (Some(function), ..) => {
            let filters = match function.filters.len() {
                0 => "all records",
                1 => "the records that match its filter",
                _ => "the records that match one of its filters",
            };
            format!("{} gets {filters}, {how}", function.arn)
        }
        (None, Some(role), _) => format!("a program with role {role} reads {how}"),
        (None, None, Some(account)) => format!("account {account} reads {how}"),
        (None, None, None) => how.to_owned(),
    }
}

/// An ARN in a text to copy: a word in place of what is known once the stack exists.
fn placeholder(arn: &Value, plan: &ConsumerPlan) -> String {
    let own = plan.registered.as_ref().map(|registered| &registered.logical_id);
    match arn {
        Value::GetAtt(id, _) if Some(id) == own => "CONSUMER_ARN".into(),
        Value::Ref(_) | Value::GetAtt(..) => "STREAM_ARN".into(),
        Value::Text(_) | Value::Sub(_) => arn.shown(),
    }
}

/// What the owner of a program does.
fn other_side(pipeline: &Pipeline, plan: &ConsumerPlan) -> Vec<String> {
    if plan.function.is_some() {
        return Vec::new();
    }
    let mut lines = Vec::new();
    if let Some(registered) = &plan.registered {
        lines.push(format!(
            "# The program subscribes to the consumer whose ARN is the output {}Arn; with the Kinesis Client Library:",
            registered.logical_id
        ));
        lines.push("new FanOutConfig(kinesisClient).streamName(NAME).consumerArn(ARN)".into());
    } else {
        lines.push(
            "# The program reads the stream of the output StreamName; with the Kinesis Client Library:"
                .into(),
        );
        lines.push("new PollingConfig(NAME, kinesisClient)".into());
    }
    lines.push(
        "# The Kinesis Client Library needs tables in DynamoDB and metrics in CloudWatch: grant these permissions \
         yourself."
            .into(),
    );
    if let Some(account) = &plan.account_id {
        let mut outputs = vec!["STREAM_ARN is the output StreamArn".to_owned()];
        if let Some(registered) = &plan.registered {
            outputs.push(format!("CONSUMER_ARN the output {}Arn", registered.logical_id));
        }
        lines.push(format!(
            "# In the other account, the program names the stream by its ARN. Its own policy needs, where {}:",
            outputs.join(", and ")
        ));
        for grant in &plan.grants {
            let resources: Vec<String> = grant.resources.iter().map(|arn| placeholder(arn, plan)).collect();
            lines.push(format!(
                "{{\"Effect\": \"Allow\", \"Action\": {}, \"Resource\": \"{}\"}}",
                serde_json::json!(grant.actions),
                resources.join(", ")
            ));
        }
        if let Encryption::CustomerKey(key) = pipeline.stream_encryption() {
            lines.push(format!("# The policy of key {key} needs:"));
            lines.push(format!(
                "{{\"Effect\": \"Allow\", \"Principal\": {{\"AWS\": \"arn:aws:iam::{account}:root\"}}, \"Action\": \
                 \"kms:Decrypt\", \"Resource\": \"*\"}}"
            ));
        }
    }
    lines
}

/// The policy of the stream, if other accounts write to it or read it. A stream has one.
pub(super) fn stream_policy(pipeline: &Pipeline, consumers: &[ConsumerPlan]) -> Option<StreamPolicyPlan> {
    let mut statements: Vec<AccountsPlan> = Vec::new();
    let mut add = |sid, because, account: Value, actions: &[&'static str]| match statements
        .iter_mut()
        .find(|known| known.sid == sid)
    {
        Some(known) if known.accounts.contains(&account) => {}
        Some(known) => known.accounts.push(account),
        None => {
            statements.push(AccountsPlan {
                sid,
                because,
                accounts: vec![account],
                actions: actions.to_vec(),
            });
        }
    };
    for source in &pipeline.sources {
        let SourceKind::Writers(writers) = &source.kind else { continue };
        for account in writers.accounts.iter().filter(|_| pipeline.target(source) == Target::Stream) {
            let because = "Each of the accounts decides which of its roles may write.";
            let actions = ["kinesis:PutRecord", "kinesis:PutRecords"];
            add("WriteRecords", because, principal(&account.value), &actions);
        }
    }
    for consumer in consumers {
        let Some(account) = &consumer.account else { continue };
        let because = "Each of the accounts decides which of its roles may read.";
        for grant in consumer.grants.iter().filter(|grant| matches!(grant.sid, "ReadRecords" | "FindShards"))
        {
            add(grant.sid, because, account.clone(), &grant.actions);
        }
    }
    (!statements.is_empty()).then(|| StreamPolicyPlan { stream: stream_arn(pipeline), statements })
}

/// Whether the stream has a policy.
pub(super) fn has_stream_policy(pipeline: &Pipeline) -> bool {
    let writes = pipeline.sources.iter().any(|source| match &source.kind {
        SourceKind::Writers(writers) => {
            !writers.accounts.is_empty() && pipeline.target(source) == Target::Stream
        }
        _ => false,
    });
    writes || pipeline.consumers.iter().any(|consumer| consumer.account().is_some())
}

/// The resources of a program, besides its registration: logical ids and types.
pub(super) fn reader_resources(consumer: &Consumer) -> Vec<(String, &'static str)> {
    let id = logical_name(&consumer.name);
    match consumer.reader() {
        Some(Reader::Role(_)) => vec![(format!("{CONSUMER}Policy{id}"), "AWS::IAM::Policy")],
        Some(Reader::Account(_)) if consumer.fans_out() => {
            vec![(format!("{CONSUMER}FanOutPolicy{id}"), "AWS::Kinesis::ResourcePolicy")]
        }
        Some(Reader::Account(_)) | None => Vec::new(),
    }
}
