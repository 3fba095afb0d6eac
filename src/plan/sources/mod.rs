//! Sources: one file per kind. What all kinds have in common is here: the role with the right to write, the queue of
//! what could not be written, the order of creation.

mod api;
mod cloudfront;
mod cloudwatch_logs;
mod eventbridge;
mod iot;
mod metric_stream;
mod pipe;
mod sns;
mod waf;
mod writers;

use serde::Serialize;

use super::alarms::{Rule, Scope};
use super::dashboard::Graph;
use super::delivery::direct_name;
use super::existing::Existing;
use super::grants::{Condition, Grant, equals, grant, key};
use super::streams::{stream_arn, stream_name};
use super::value::Value;
use crate::aws::metrics::Kind as StatusKind;
use crate::aws::prices::Item;
use crate::graph::{SOURCE, source_id};
use crate::pipeline::{Delivery, Encryption, Intake, Pipeline, Source, SourceKind, Target, logical_name};

/// Id of the statement that allows writing.
const WRITE: &str = "WriteRecords";

/// The template of each kind.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("sources/api.yaml.j2", api::TEMPLATE),
    ("sources/cloudfront.yaml.j2", include_str!("../../../templates/sources/cloudfront.yaml.j2")),
    ("sources/cloudwatch_logs.yaml.j2", include_str!("../../../templates/sources/cloudwatch_logs.yaml.j2")),
    ("sources/dynamodb.yaml.j2", include_str!("../../../templates/sources/dynamodb.yaml.j2")),
    ("sources/eventbridge.yaml.j2", include_str!("../../../templates/sources/eventbridge.yaml.j2")),
    ("sources/iot.yaml.j2", include_str!("../../../templates/sources/iot.yaml.j2")),
    ("sources/metric_stream.yaml.j2", include_str!("../../../templates/sources/metric_stream.yaml.j2")),
    ("sources/sns.yaml.j2", include_str!("../../../templates/sources/sns.yaml.j2")),
    ("sources/sqs.yaml.j2", include_str!("../../../templates/sources/sqs.yaml.j2")),
    ("sources/waf.yaml.j2", include_str!("../../../templates/sources/waf.yaml.j2")),
    ("sources/writers.yaml.j2", include_str!("../../../templates/sources/writers.yaml.j2")),
];

/// A source in a stack.
#[derive(Clone, Debug, Serialize)]
pub struct SourcePlan {
    /// Its name in the spec.
    pub name: String,
    /// Its kind: the key of the spec, and the name of the template.
    pub kind: &'static str,
    /// What its logical ids end in.
    pub id: String,
    /// Its place in the spec, a JSON pointer.
    pub spec: String,
    /// What it writes into.
    pub target: TargetPlan,
    /// What may send to its queue, if it has one.
    pub queue: Option<QueuePlan>,
    /// What only its kind has.
    pub values: SourceValues,
    /// Permissions that are attached to roles of others.
    pub attached: Vec<Grant>,
    /// Outputs of the stack.
    pub outputs: Vec<Output>,
    /// What it uses and the stack does not create.
    #[serde(skip)]
    pub existing: Vec<Existing>,
    /// What is billed for it.
    #[serde(skip)]
    pub charges: Vec<Charge>,
    /// What people need to know about it.
    #[serde(skip)]
    pub shown: SourceShown,
    /// The metrics that `status` prints.
    #[serde(skip)]
    pub status: Option<&'static StatusKind>,
}

impl SourcePlan {
    /// ARN of the topic or the web ACL that it is attached to.
    pub fn upstream(&self) -> Option<&str> {
        match &self.values {
            SourceValues::Sns(sns) => Some(&sns.topic),
            SourceValues::Waf(waf) => Some(&waf.web_acl),
            _ => None,
        }
    }

    /// The log groups that it subscribes to, by the logical ids of the filters.
    pub fn log_groups(&self) -> impl Iterator<Item = (&str, &str)> {
        let filters = match &self.values {
            SourceValues::CloudWatchLogs(logs) => logs.filters.as_slice(),
            _ => &[],
        };
        filters.iter().map(|filter| (filter.logical_id.as_str(), filter.group.as_str()))
    }
}

impl SourcePlan {
    /// The names of the roles that it gives the permission to write.
    pub(super) fn writers(&self) -> impl Iterator<Item = &str> {
        let roles = match &self.values {
            SourceValues::Writers(writers) => writers.roles.as_slice(),
            _ => &[],
        };
        roles.iter().map(String::as_str)
    }

    /// Who gets which permissions besides the stack's own roles: roles of the account, and other accounts.
    pub(super) fn given(&self) -> impl Iterator<Item = (&str, &Grant)> {
        let who = match &self.values {
            SourceValues::Writers(writers) => writers.who.as_slice(),
            _ => &[],
        };
        // What another account may do with the key is a matter of the key's policy.
        let grants = |who: &str| {
            let is_role = self.writers().any(|role| role == who);
            self.attached.iter().filter(move |grant| is_role || grant.sid == WRITE)
        };
        who.iter().flat_map(move |who| grants(who).map(move |grant| (who.as_str(), grant)))
    }

    /// The name of its topic rule.
    pub(super) fn topic_rule(&self) -> Option<&Value> {
        match &self.values {
            SourceValues::Iot(iot) => Some(&iot.rule),
            _ => None,
        }
    }
}

/// What a template needs of a source that only its kind has.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum SourceValues {
    /// An HTTP endpoint.
    Api(Box<api::ApiPlan>),
    /// Real-time logs of CloudFront.
    CloudFront(cloudfront::CloudFrontPlan),
    /// A metric stream.
    MetricStream(metric_stream::MetricStreamPlan),
    /// A subscription to an SNS topic.
    Sns(sns::SnsPlan),
    /// The log of a web ACL.
    Waf(waf::WafPlan),
    /// Subscription filters of CloudWatch Logs, or a destination for them.
    CloudWatchLogs(cloudwatch_logs::CloudWatchLogsPlan),
    /// An EventBridge rule.
    EventBridge(eventbridge::EventBridgePlan),
    /// An EventBridge pipe.
    Pipe(pipe::PipePlan),
    /// A topic rule of IoT Core.
    Iot(iot::IotPlan),
    /// Programs of the user's.
    Writers(writers::WritersPlan),
}

/// What a source writes into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TargetPlan {
    /// Whether that is a stream; else it is Firehose.
    pub is_stream: bool,
    /// ARN.
    pub arn: Value,
    /// ARN by a reference, for what is created after the target.
    pub created_arn: Value,
    /// Name.
    pub resource: Value,
}

/// An output of the stack.
#[derive(Clone, Debug, Serialize)]
pub struct Output {
    /// Logical id.
    pub logical_id: String,
    /// What it is.
    pub description: String,
    /// Its value.
    pub value: Value,
}

/// What may send to the queue of a source.
#[derive(Clone, Debug, Serialize)]
pub struct QueuePlan {
    /// The service, if the queue's own policy allows it. Otherwise the source's role does.
    pub service: Option<&'static str>,
    /// ARN of what the service sends for.
    pub source: Option<Value>,
}

/// A source in the report.
#[derive(Clone, Debug, Default)]
pub struct SourceShown {
    /// What it is, in one line.
    pub line: String,
    /// What a record of it looks like, in one line.
    pub record: String,
    /// What happens to records that it cannot write, in one line.
    pub failures: String,
    /// What its owner has to do, as lines to type.
    pub other_side: Vec<String>,
}

/// A line of the bill: what is counted each month.
#[derive(Clone, Debug)]
pub struct Charge {
    /// What.
    pub name: &'static str,
    /// What it is in the price list.
    pub item: Item,
    /// How much of it a month.
    pub quantity: f64,
    /// The arithmetic.
    pub note: String,
}

/// The records of one source. The spec has the rate of all of them together, and an estimate shares it out equally.
#[derive(Clone, Copy)]
pub(super) struct Load {
    /// Records per second, on average.
    pub per_second: f64,
    /// Bytes of a record.
    pub bytes: u64,
}

/// The service that takes on a source's role.
pub(super) struct Trust {
    /// Service principal.
    pub service: &'static str,
    /// Why the conditions are as they are.
    pub because: &'static str,
    /// Conditions of the trust policy.
    pub conditions: Vec<Condition>,
}

/// A source in its pipeline.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub pipeline: &'a Pipeline,
    pub source: &'a Source,
}

impl Site<'_> {
    /// What the logical ids of the source end in.
    pub fn id(&self) -> String {
        logical_name(&self.source.name)
    }

    /// A name of a resource that is the same in each creation: the stack's and the source's.
    pub fn name(&self) -> String {
        format!("${{AWS::StackName}}-{}", self.source.name)
    }

    /// What the source writes into.
    pub fn target(&self) -> Target {
        self.pipeline.target(self.source)
    }
}

/// What a kind of source is in a stack.
pub(super) trait Kind {
    /// The key of the spec, and the name of the template.
    fn name(&self) -> &'static str;
    /// What the template needs.
    fn values(&self, site: &Site) -> SourceValues;
    /// Its resources besides its role and its queue, in the order of the template: what the logical id begins with, and
    /// the type. The first is that of the source itself and begins with `Source`.
    fn resources(&self) -> Vec<(&'static str, &'static str)>;
    /// Its other resources, whose number is the spec's: logical ids and types.
    fn more_resources(&self, _site: &Site) -> Vec<(String, &'static str)> {
        Vec::new()
    }
    /// Whether its template refers to its target, which is created before it then.
    fn refers_to_target(&self) -> bool {
        false
    }
    /// Outputs of the stack: what its other side needs to know.
    fn outputs(&self, _site: &Site) -> Vec<Output> {
        Vec::new()
    }
    /// The service that takes on its role; `None` where it has none of the stack's.
    fn trust(&self, site: &Site) -> Option<Trust>;
    /// What it calls to write.
    fn writes(&self, target: Target) -> &'static [&'static str];
    /// What it needs to read from what it is attached to.
    fn reads(&self, _site: &Site) -> Vec<Grant> {
        Vec::new()
    }
    /// What may send to its queue, if the queue's own policy allows it: a service, and the ARN of what it sends for.
    fn queue_sender(&self, _site: &Site) -> Option<(&'static str, Value)> {
        None
    }
    /// What the messages of its queue have, as a sentence.
    fn queued(&self) -> &'static str {
        "The messages of its queue contain them, for 14 days."
    }
    /// What it uses and the stack does not create, which a deployment looks up.
    fn existing(&self, _site: &Site) -> Vec<Existing> {
        Vec::new()
    }
    /// What is billed for it.
    fn cost(&self, _site: &Site, _load: Load) -> Vec<Charge> {
        Vec::new()
    }
    /// Its alarms, besides that of its queue. Every kind decides.
    fn alarms(&self, site: &Site, scope: &Scope) -> Vec<Rule>;
    /// What its row of the dashboard shows: what flows, how late it is, what fails. The name is for `Fn::Sub`.
    fn graphs(&self, _site: &Site) -> Option<(String, [Graph; 3])> {
        None
    }
    /// The metrics that `status` prints.
    fn status(&self) -> Option<&'static StatusKind> {
        None
    }
    /// What people need to know about it.
    fn shown(&self, site: &Site) -> SourceShown;
}

/// The kind of a source.
pub(super) fn kind(source: &Source) -> &dyn Kind {
    match &source.kind {
        SourceKind::Api(api) => api,
        SourceKind::CloudFront(logs) => logs,
        SourceKind::CloudWatchLogs(logs) => logs,
        SourceKind::DynamoDb(table) => table,
        SourceKind::EventBridge(rule) => rule,
        SourceKind::MetricStream(stream) => stream,
        SourceKind::Sns(topic) => topic,
        SourceKind::Waf(web_acl) => web_acl,
        SourceKind::Iot(rule) => rule,
        SourceKind::Sqs(queue) => queue,
        SourceKind::Writers(writers) => writers,
    }
}

/// What a target is in a template.
pub(super) fn target(pipeline: &Pipeline, target: Target) -> TargetPlan {
    match target {
        Target::Stream => {
            let arn = stream_arn(pipeline);
            TargetPlan { is_stream: true, created_arn: arn.clone(), arn, resource: stream_name(pipeline) }
        }
        // The name as it will be, and not by a reference: the roles that have it in their policies are created before.
        Target::Delivery(at) => {
            let name = pipeline
                .deliveries
                .get(at)
                .map(|delivery| direct_name(pipeline, delivery))
                .unwrap_or_default();
            let arn = format!(
                "arn:${{AWS::Partition}}:firehose:${{AWS::Region}}:${{AWS::AccountId}}:deliverystream/{name}"
            );
            let id = pipeline.deliveries.get(at).map(Delivery::stream_id).unwrap_or_default();
            TargetPlan {
                is_stream: false,
                arn: Value::sub(arn),
                created_arn: Value::arn(&id),
                resource: Value::sub(name),
            }
        }
    }
}

/// The declared load of what a source writes into.
fn intake(pipeline: &Pipeline, target: Target) -> &Intake {
    let direct = match target {
        Target::Delivery(at) => pipeline.deliveries.get(at).and_then(|delivery| delivery.direct.as_ref()),
        Target::Stream => None,
    };
    direct.map_or(&pipeline.intake, |direct| &direct.intake)
}

/// Plans the sources.
pub(super) fn plan(pipeline: &Pipeline) -> Vec<SourcePlan> {
    let of = |source| {
        let site = Site { pipeline, source };
        // Those that write into the same, which the producer does if that is the stream or the first delivery.
        let together =
            pipeline.sources.iter().filter(|other| pipeline.target(other) == site.target()).count();
        let produces = matches!(site.target(), Target::Stream | Target::Delivery(0));
        let shares = together + usize::from(produces && pipeline.producer.is_some());
        let intake = intake(pipeline, site.target());
        let per_second = intake.average.value / shares.max(1) as f64;
        let load = Load { per_second, bytes: intake.record_size.value };
        let kind = kind(source);
        SourcePlan {
            name: source.name.clone(),
            kind: kind.name(),
            id: site.id(),
            spec: source.spec.clone(),
            target: target(pipeline, site.target()),
            queue: source.kind.shape().queue.then(|| {
                let (service, source) = kind.queue_sender(&site).unzip();
                QueuePlan { service, source }
            }),
            values: kind.values(&site),
            attached: if kind.trust(&site).is_some() { Vec::new() } else { writes(&site) },
            outputs: kind.outputs(&site),
            existing: kind.existing(&site),
            charges: kind.cost(&site, load),
            shown: kind.shown(&site),
            status: kind.status(),
        }
    };
    pipeline.sources.iter().map(of).collect()
}

/// The resources of a source, besides its role and its queue: logical ids and types.
pub(super) fn resources(pipeline: &Pipeline, source: &str) -> Vec<(String, &'static str)> {
    let Some(source) = pipeline.source(source) else { return Vec::new() };
    let site = Site { pipeline, source };
    let kind = kind(source);
    let role = kind.trust(&site).map(|_| ("SourceRole", "AWS::IAM::Role"));
    let all = role.into_iter().chain(kind.resources());
    let id = |prefix: &str| match prefix {
        SOURCE => logical_id(source),
        prefix => format!("{prefix}{}", site.id()),
    };
    let all = all.map(|(prefix, resource_type)| (id(prefix), resource_type));
    all.chain(kind.more_resources(&site)).collect()
}

/// The logical ids of a source and of its role, if the stack has one.
pub(super) fn role_of(pipeline: &Pipeline, source: &Source) -> Option<String> {
    let site = Site { pipeline, source };
    kind(source).trust(&site).map(|_| format!("SourceRole{}", site.id()))
}

/// Logical id of the policy of a source's queue, if it has one.
pub(super) fn queue_policy_of(pipeline: &Pipeline, source: &Source) -> Option<String> {
    let site = Site { pipeline, source };
    source.kind.shape().queue.then(|| format!("SourceQueuePolicy{}", site.id()))
}

/// Logical id of the main resource of a source.
pub(super) fn logical_id(source: &Source) -> String {
    format!("{SOURCE}{}", source_id(source))
}

/// Logical id of the delivery that the template of a source refers to.
pub(super) fn referred_delivery(pipeline: &Pipeline, source: &Source) -> Option<String> {
    let Target::Delivery(at) = pipeline.target(source) else { return None };
    let delivery = pipeline.deliveries.get(at).filter(|_| kind(source).refers_to_target())?;
    Some(delivery.stream_id())
}

/// Logical ids of the resources that make records flow: the main one, and others of its type.
pub(super) fn starting(pipeline: &Pipeline, source: &Source) -> Vec<String> {
    let all = resources(pipeline, &source.name);
    let main = logical_id(source);
    let main_type = all.iter().find(|(id, _)| *id == main).map(|(_, resource_type)| *resource_type);
    all.into_iter().filter(|(_, other)| Some(*other) == main_type).map(|(id, _)| id).collect()
}

/// What a writer of Firehose needs where a customer's key encrypts the records that Firehose holds.
pub(super) fn held_key(encryption: &Encryption) -> Option<Grant> {
    let because = "Firehose encrypts the records that it buffers with this key.";
    key(encryption, "EncryptRecords", &["kms:Decrypt", "kms:GenerateDataKey"], "firehose", because)
}

/// What writing needs.
pub(super) fn writes(site: &Site) -> Vec<Grant> {
    let to = site.target();
    let calls = kind(site.source).writes(to);
    if calls.is_empty() {
        // A service-linked role, whose permissions are AWS's.
        return Vec::new();
    }
    let mut grants = vec![grant(
        WRITE,
        calls,
        vec![target(site.pipeline, to).arn],
        match to {
            Target::Stream => "The source writes to the stream.",
            Target::Delivery(_) => "The source writes to Firehose.",
        },
    )];
    let held = match to {
        Target::Delivery(at) => {
            site.pipeline.deliveries.get(at).and_then(|delivery| delivery.direct.as_ref())
        }
        Target::Stream => None,
    };
    grants.extend(held.and_then(|direct| held_key(&direct.encryption.value)));
    if to == Target::Stream {
        let because = "The stream is encrypted with this key.";
        let encryption = site.pipeline.stream_encryption();
        grants.extend(key(encryption, "EncryptRecords", &["kms:GenerateDataKey"], "kinesis", because));
    }
    grants
}

/// What reading from what the source is attached to needs.
pub(super) fn reads(site: &Site) -> Vec<Grant> {
    kind(site.source).reads(site)
}

/// What sending to the queue needs, unless the queue's own policy allows it.
pub(super) fn write_failures(site: &Site, queue: Vec<Value>) -> Vec<Grant> {
    if kind(site.source).queue_sender(site).is_some() {
        return Vec::new();
    }
    vec![grant("WriteFailures", &["sqs:SendMessage"], queue, "The source sends failed records to its queue.")]
}

/// Conditions of a trust policy: this account, and the one resource that the service acts for.
pub(super) fn only_for(arn: String) -> Vec<Condition> {
    vec![
        equals("aws:SourceAccount", Value::reference("AWS::AccountId")),
        Condition { operator: "ArnEquals", key: "aws:SourceArn", values: vec![Value::sub(arn)] },
    ]
}

/// Why a trust policy has those conditions.
pub(super) const ONLY_FOR: &str =
    "Only for this source in this account, which prevents the confused-deputy problem.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::fixture::{DIRECT_SOURCES, SOURCES, planned};

    #[test]
    fn a_source_has_the_resources_of_its_shape() {
        let mut kinds = std::collections::BTreeSet::new();
        for (plan, checked) in [SOURCES, DIRECT_SOURCES].map(planned) {
            for (source, planned) in checked.pipeline().sources.iter().zip(&plan.sources) {
                let template = format!("sources/{}.yaml.j2", planned.kind);
                assert!(TEMPLATES.iter().any(|(known, _)| *known == template), "{template}");
                kinds.insert(template);
                let main = logical_id(source);
                let kind = kind(source);
                assert!(kind.resources().first().is_none_or(|(prefix, _)| *prefix == SOURCE));
                assert!(plan.resources.iter().any(|resource| resource.logical_id == main), "{main}");
                let role = role_of(checked.pipeline(), source);
                assert_eq!(
                    role.is_some(),
                    plan.roles.iter().any(|known| Some(known.logical_id.as_ref()) == role.as_deref()),
                );
                assert!(!planned.shown.line.is_empty() && !planned.shown.record.is_empty());
            }
        }
        assert_eq!(kinds.len(), TEMPLATES.len(), "a kind that no spec has: {kinds:?}");
    }

    #[test]
    fn waf_writes_to_a_stream_with_its_prefix() {
        let (plan, _) = planned(DIRECT_SOURCES);
        let names: Vec<String> = plan
            .deliveries
            .iter()
            .filter_map(|delivery| Some(delivery.direct.as_ref()?.name.shown()))
            .collect();
        assert_eq!(names, ["aws-waf-logs-${AWS::StackName}-all", "${AWS::StackName}-log-events"]);
        let target = &plan.sources[2].target;
        assert!(
            target.arn.shown().ends_with(":deliverystream/aws-waf-logs-${AWS::StackName}-all"),
            "{target:?}"
        );
        let unpacks: Vec<bool> = plan.deliveries.iter().map(|delivery| delivery.extracts_messages).collect();
        assert_eq!(unpacks, [false, true]);
        assert!(plan.deliveries.iter().all(|delivery| delivery.transform.is_none()));
    }
}
