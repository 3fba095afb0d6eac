//! Alarms: which there are follows from the graph, their thresholds from the spec. One file for each kind of subject;
//! those of a destination are in `plan::destination`.

mod advice;
mod application;
mod delivery;
mod function;
mod group;
mod queue;
mod rule;
mod source;
mod stream;

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::Plan;
use super::order::Before;
use super::resources::Resource;
use super::value::Value;
use crate::aws::metrics::MetricName;
use crate::check::Checked;
use crate::graph::{INPUT_STREAM, Node, NodeKind};
use crate::hex::hex;
use crate::pipeline::{Alarms, Notify, Pipeline, ProducerSource};
use crate::spec::AlarmKey;
pub(super) use advice::unwatched;
pub use advice::{Settings, settings};
pub(super) use delivery::FRESHNESS_S_MIN;
pub use rule::Rule;
pub(super) use rule::{Compare, FIVE_MINUTES, MINUTE, Span};
use rule::{Missing, Watch};

/// Part of the spec that alarms come from, a JSON pointer.
pub const SPEC: &str = "/alarms";
/// Logical id of the topic of the stack's own.
pub const TOPIC: &str = "AlarmTopic";
/// Digits of the hash of an address in the logical id of its subscription: 32 bits, for at most ten of them.
const ADDRESS_HASH_CHARS: usize = 8;

/// What watches the pipeline.
#[derive(Clone, Debug, Serialize)]
pub struct AlarmsPlan {
    /// A topic of the stack's own.
    pub topic: Option<TopicPlan>,
    /// ARN of the topic that alarms are sent to.
    pub notify: Option<Value>,
    /// The alarms, in the order of the data.
    pub alarms: Vec<AlarmPlan>,
}

/// A topic of the stack's own.
#[derive(Clone, Debug, Serialize)]
pub struct TopicPlan {
    /// Logical id.
    pub logical_id: &'static str,
    /// Its subscriptions, by logical id.
    pub subscriptions: Vec<SubscriptionPlan>,
}

/// An address that subscribes to the topic.
#[derive(Clone, Debug, Serialize)]
pub struct SubscriptionPlan {
    /// Logical id; it depends on the address alone, so that a change of one address leaves the others.
    pub logical_id: String,
    /// The address.
    pub email: String,
}

/// An alarm.
#[derive(Clone, Debug, Serialize)]
pub struct AlarmPlan {
    /// Logical id.
    pub logical_id: String,
    /// Logical id of the resource that it watches.
    pub subject: String,
    /// Kind of that.
    #[serde(skip)]
    pub part: NodeKind,
    /// The key of the spec for this kind of alarm.
    pub key: AlarmKey,
    /// What it means and what to do.
    pub description: String,
    /// The metrics: one, or those of the expression.
    pub metrics: Vec<AlarmMetric>,
    /// What is computed from the metrics; `None` where the alarm watches the one metric itself.
    pub expression: Option<&'static str>,
    /// A query of Metrics Insights that selects the metrics, in place of their dimensions.
    pub query: Option<String>,
    /// Seconds of a value.
    pub period: u64,
    /// Values that are looked at.
    pub periods: u64,
    /// Values among these that must be beyond the threshold.
    pub datapoints: u64,
    /// CloudWatch's word for what is compared how.
    pub comparison: &'static str,
    /// Threshold, in the metric's unit.
    #[serde(serialize_with = "shortest")]
    pub threshold: f64,
    /// CloudWatch's word for how a missing value counts.
    pub missing: &'static str,
    #[serde(skip)]
    after: Vec<&'static str>,
}

/// A metric that an alarm reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AlarmMetric {
    /// Namespace.
    pub namespace: &'static str,
    /// Name.
    pub name: &'static str,
    /// Its dimensions: first the one that names the subject.
    pub dimensions: Vec<AlarmDimension>,
    /// Statistic of a period.
    pub statistic: &'static str,
}

/// A dimension of a metric.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AlarmDimension {
    /// Name.
    pub name: &'static str,
    /// Value.
    pub of: Value,
}

impl AlarmMetric {
    /// The value of the dimension that names the subject.
    pub fn of(&self) -> Option<&Value> {
        self.dimensions.first().map(|dimension| &dimension.of)
    }
}

/// A whole number without its fraction: `80`, not `80.0`.
fn shortest<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.fract() == 0.0 && value.abs() < 9e15 {
        serializer.serialize_i64(*value as i64)
    } else {
        serializer.serialize_f64(*value)
    }
}

/// What the rules of a subject see.
pub(super) struct Scope<'a> {
    pub plan: &'a Plan,
    pub pipeline: &'a Pipeline,
    alarms: &'a Alarms,
}

impl Scope<'_> {
    /// The threshold of a kind: the user's, else the one that follows from the spec.
    pub fn threshold(&self, key: AlarmKey, default: u64) -> u64 {
        self.alarms.thresholds.get(key).unwrap_or(default)
    }

    /// The user's threshold of a kind.
    pub fn written(&self, key: AlarmKey) -> Option<u64> {
        self.alarms.thresholds.get(key)
    }

    /// The command that shows how the pipeline is.
    pub fn status(&self) -> String {
        format!("`pipec status {}`", self.pipeline.command)
    }

    /// The command that shows the log of a program.
    pub fn logs(&self, program: &str) -> String {
        format!("`pipec logs {} {program}`", self.pipeline.command)
    }

    /// The command that applies a changed spec.
    pub fn deploy(&self) -> String {
        format!("`pipec deploy {}`", self.pipeline.command)
    }

    /// Whether the stack's own producer sends without an end, so that silence is a fault.
    pub fn is_fed(&self) -> bool {
        self.pipeline.producer.as_ref().is_some_and(|producer| match &producer.source {
            ProducerSource::Http(_) | ProducerSource::Generator(_) => true,
            ProducerSource::File(file) => file.repeat,
        })
    }
}

/// A part of the pipeline that is watched.
struct Subject<'a> {
    node: &'a Node,
    logical_id: &'a str,
    /// The value of the dimension that names it.
    name: Value,
    rules: Vec<Rule>,
}

/// Plans the alarms of a plan that is complete but for them.
pub(super) fn plan(plan: &Plan, checked: &Checked) -> Option<AlarmsPlan> {
    let alarms = checked.pipeline().alarms.as_ref()?;
    let (topic, notify) = match &alarms.notify {
        None => (None, None),
        Some(Notify::Topic(arn)) => (None, Some(Value::text(&arn.value))),
        Some(Notify::Email(addresses)) => {
            let subscriptions = addresses.iter().map(|address| subscription(&address.value)).collect();
            (Some(TopicPlan { logical_id: TOPIC, subscriptions }), Some(Value::reference(TOPIC)))
        }
    };
    Some(AlarmsPlan { topic, notify, alarms: list(plan, checked, alarms) })
}

fn subscription(address: &str) -> SubscriptionPlan {
    let hash = hex(Sha256::digest(address.as_bytes()));
    SubscriptionPlan {
        logical_id: format!("AlarmSubscription{}", &hash[..ADDRESS_HASH_CHARS]),
        email: address.to_owned(),
    }
}

/// The alarms that a pipeline has under some settings.
pub(super) fn list(plan: &Plan, checked: &Checked, alarms: &Alarms) -> Vec<AlarmPlan> {
    let scope = Scope { plan, pipeline: checked.pipeline(), alarms };
    let subjects = plan.graph.all().iter().filter_map(|node| subject(&scope, node));
    let mut list = Vec::new();
    for subject in subjects {
        let rules = subject.rules.iter().filter(|rule| !alarms.is_off(rule.key));
        list.extend(rules.map(|rule| alarm(&subject, rule)));
    }
    list
}

/// The rules of a node; `None` for what has no alarms.
fn subject<'a>(scope: &Scope, node: &'a Node) -> Option<Subject<'a>> {
    // An existing stream is not the stack's, and its metrics need no more than its name.
    let existing =
        scope.plan.stream.as_ref().filter(|stream| stream.existing && node.kind == NodeKind::Stream);
    if let Some(stream) = existing {
        let rules = stream::rules(scope, node, INPUT_STREAM);
        return Some(Subject { node, logical_id: INPUT_STREAM, name: stream.name.clone(), rules });
    }
    let logical_id = node.logical_id.as_deref()?;
    let reference = || Value::reference(logical_id);
    let (name, mut rules) = match node.kind {
        NodeKind::Stream | NodeKind::DeliveredStream | NodeKind::OutputStream => {
            (reference(), stream::rules(scope, node, logical_id))
        }
        NodeKind::Analytics => (reference(), application::rules(scope)),
        NodeKind::Transform => (reference(), function::of_transform(scope, logical_id)),
        NodeKind::Delivery => (reference(), delivery::rules(scope, scope.plan.delivery_of(logical_id)?)),
        NodeKind::ErrorDelivery => (reference(), delivery::of_errors(scope)),
        NodeKind::Producer => (reference(), group::rules(scope)),
        NodeKind::Function => function::of_user(scope, node)?,
        NodeKind::FailureQueue => {
            (Value::GetAtt(logical_id.to_owned(), "QueueName".to_owned()), queue::rules(scope, node))
        }
        NodeKind::Source => source::rules(scope, node)?,
        NodeKind::SourceFailures => {
            (Value::GetAtt(logical_id.to_owned(), "QueueName".to_owned()), queue::of_source(scope, node))
        }
        NodeKind::FanOut => stream::of_registered(scope, node)?,
        // It runs during deployments alone, which report its failure.
        NodeKind::Starter => return None,
        // AWS keeps these running, or others do; what is written to them is watched at the node that writes.
        NodeKind::Bucket(_)
        | NodeKind::Destination
        | NodeKind::Table
        | NodeKind::Network
        | NodeKind::Upstream
        | NodeKind::Reader
        | NodeKind::Artifacts
        | NodeKind::Logs
        | NodeKind::SessionManager => return None,
    };
    // One of several deliveries, to which the transform belongs.
    let delivery =
        node.name.as_ref().filter(|_| matches!(node.kind, NodeKind::Delivery | NodeKind::Transform));
    if let Some(delivery) = delivery {
        for rule in &mut rules {
            rule.description = format!("Delivery {delivery}: {}", rule.description);
        }
    }
    Some(Subject { node, logical_id, name, rules })
}

fn alarm(subject: &Subject, rule: &Rule) -> AlarmPlan {
    let logical_id = rule.resource.as_deref().unwrap_or(subject.logical_id);
    let read = |metric: &MetricName, statistic| {
        let of = rule.of.clone().unwrap_or_else(|| subject.name.clone());
        let further = metric.further.iter().zip(&rule.further);
        let further = further.map(|(name, of)| AlarmDimension { name, of: of.clone() });
        let dimensions =
            std::iter::once(AlarmDimension { name: metric.dimension, of }).chain(further).collect();
        AlarmMetric { namespace: metric.namespace, name: metric.name, dimensions, statistic }
    };
    let query = match &rule.watch {
        Watch::Query(metric) => rule.of.as_ref().map(|of| {
            let MetricName { namespace, dimension, name, .. } = metric;
            format!("SELECT SUM({name}) FROM \"{namespace}\" WHERE {dimension} = '{}'", of.shown())
        }),
        Watch::Metric(..) | Watch::Rate(_) | Watch::SumOf(_) => None,
    };
    let (metrics, expression) = match &rule.watch {
        Watch::Query(metric) => (vec![read(metric, "Sum")], None),
        Watch::Metric(metric, statistic) => (vec![read(metric, *statistic)], None),
        // A counter that never falls would ring for as long as the job runs.
        Watch::Rate(metric) => (vec![read(metric, "Maximum")], Some("RATE(m1)")),
        Watch::SumOf(metrics) => {
            (metrics.iter().map(|metric| read(metric, "Sum")).collect(), Some("SUM(METRICS())"))
        }
    };
    AlarmPlan {
        logical_id: format!("{logical_id}{}Alarm", camel(rule.key.name())),
        subject: logical_id.to_owned(),
        part: subject.node.kind,
        key: rule.key,
        description: rule.description.clone(),
        metrics,
        expression,
        query,
        period: rule.period,
        periods: rule.periods,
        datapoints: rule.datapoints,
        comparison: rule.compare.word(),
        threshold: rule.threshold,
        missing: match rule.missing {
            Missing::Fine => "notBreaching",
            Missing::Breaches(_) => "breaching",
        },
        after: match rule.missing {
            Missing::Fine => Vec::new(),
            // A reference to the subject is an order already.
            Missing::Breaches(None) => Vec::new(),
            Missing::Breaches(Some(after)) if after == subject.logical_id => Vec::new(),
            Missing::Breaches(Some(after)) => vec![after],
        },
    }
}

/// `iterator_age` as a part of a logical id: `IteratorAge`.
fn camel(name: &str) -> String {
    let word = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
    name.split('_').map(word).collect()
}

impl AlarmsPlan {
    /// Their resources, in the order of the template.
    pub(super) fn resources(&self) -> Vec<Resource> {
        let resource = |logical_id: Cow<'static, str>, resource_type| Resource {
            logical_id,
            resource_type,
            spec: SPEC.into(),
        };
        let mut list = Vec::new();
        if let Some(topic) = &self.topic {
            list.push(resource(topic.logical_id.into(), "AWS::SNS::Topic"));
            list.push(resource("AlarmTopicPolicy".into(), "AWS::SNS::TopicPolicy"));
            list.extend(topic.subscriptions.iter().map(|subscription| {
                resource(subscription.logical_id.clone().into(), "AWS::SNS::Subscription")
            }));
        }
        list.extend(
            self.alarms
                .iter()
                .map(|alarm| resource(alarm.logical_id.clone().into(), "AWS::CloudWatch::Alarm")),
        );
        list
    }

    /// What is created before alarms that no data rings.
    pub(super) fn order(&self) -> impl Iterator<Item = (Cow<'static, str>, Vec<Before>)> {
        self.alarms.iter().filter(|alarm| !alarm.after.is_empty()).map(|alarm| {
            let before = Before {
                logical_ids: alarm.after.iter().map(|&id| id.into()).collect(),
                because: "Missing data counts as a fault, so the alarm is created when data flows.",
            };
            (alarm.logical_id.clone().into(), vec![before])
        })
    }

    /// Metrics that are billed: each one of an alarm.
    pub fn metrics(&self) -> usize {
        metrics(&self.alarms)
    }

    /// The alarms of a resource.
    pub fn of<'a>(&'a self, subject: &'a str) -> impl Iterator<Item = &'a AlarmPlan> {
        self.alarms.iter().filter(move |alarm| alarm.subject == subject)
    }
}

/// Metrics that are billed for some alarms.
pub(super) fn metrics(alarms: &[AlarmPlan]) -> usize {
    alarms.iter().map(|alarm| alarm.metrics.len()).sum()
}

#[cfg(test)]
mod tests;
