//! Rules of SNS.

use serde_json::{Map, Value};

use super::event_pattern::{self, Dialect, Fault, OR};
use super::{Rules, Site, arn};
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{FilterScope, Pipeline, Sns, SourceKind};

/// Keys of a filter policy. SNS developer guide, "Filter policy constraints", 2026-11.
const FILTER_KEYS_MAX: usize = 5;
/// Combinations of values. SNS developer guide, "Filter policy constraints", 2026-11.
const FILTER_COMBINATIONS_MAX: u64 = 150;

/// What a filter policy accepts. SNS developer guide, "Amazon SNS subscription filter policies" and "Filter policy constraints",
/// 2026-11.
const FILTER: Dialect = Dialect {
    service: "SNS",
    conditions: &[
        "anything-but",
        "cidr",
        "equals-ignore-case",
        "exists",
        "numeric",
        "prefix",
        "suffix",
        "wildcard",
    ],
    number_max: Some(1.0e9),
    chars_max: 256 * 1024,
    split: "write fewer values per key",
    example: "kind: [order]",
};

const TOPIC: arn::Wanted = arn::Wanted {
    service: "sns",
    what: "an SNS topic",
    example: "arn:aws:sns:REGION:111122223333:orders",
    // A subscription has one part more.
    is_resource: |resource| !resource.is_empty() && !resource.contains([':', '/']),
};

impl Rules for Sns {
    fn check(&self, site: &Site, found: &mut Vec<Diagnostic>) {
        found.extend(arn::check(&self.topic, site.region(), "topic", &TOPIC));
        if self.topic.value.ends_with(".fifo") {
            found.push(Diagnostic::error(
                Code::FifoTopic,
                self.topic.span,
                "SNS delivers messages of a FIFO topic only to SQS queues",
                "name a standard topic, or subscribe an SQS queue to this one and write `sqs: {queue: ARN}`",
            ));
        }
        found.extend(site.delivery_only(
            "SNS",
            "; or subscribe an SQS queue to the topic, and write `sqs: {queue: ARN}` instead of `sns`",
        ));
        if let Some(filter) = &self.filter {
            for fault in faults(&filter.value, self.filter_scope.value) {
                let span = filter.place(&fault.at).unwrap_or(site.source.span);
                found.push(Diagnostic::error(Code::SnsFilter, span, fault.message, fault.help));
            }
        } else if self.filter_scope.written {
            found.push(Diagnostic::error(
                Code::ConflictingKeys,
                self.filter_scope.span,
                "`filter_scope` has no effect without a filter policy",
                "remove `filter_scope`, or write a `filter`",
            ));
        }
        if !self.raw.value {
            found.extend(site.blank_lines("a message in its envelope"));
        }
    }
}

/// Two subscriptions of one Firehose stream. SNS rejects one that has the topic and the endpoint of another and other attributes;
/// SNS API reference, `Subscribe`, 2026-11.
pub(super) fn subscribed_twice(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let all: Vec<_> = pipeline
        .sources
        .iter()
        .filter_map(|source| match &source.kind {
            SourceKind::Sns(sns) => Some((source, &sns.topic)),
            _ => None,
        })
        .collect();
    let mut found = Vec::new();
    for (at, (source, topic)) in all.iter().enumerate() {
        let same = all[..at].iter().find(|(other, of_other)| {
            of_other.value == topic.value && pipeline.target(other) == pipeline.target(source)
        });
        if let Some((_, other)) = same {
            found.push(
                Diagnostic::error(
                    Code::SourceReadTwice,
                    topic.span,
                    "SNS accepts one subscription of a Firehose stream to a topic, and another source has it",
                    "remove this source; `$or` in the other one's `filter` combines two filters",
                )
                .related(other.span, "the other one"),
            );
        }
    }
    found
}

/// What is wrong with a filter policy.
fn faults(policy: &Map<String, Value>, scope: FilterScope) -> Vec<Fault> {
    if policy.is_empty() {
        return vec![Fault {
            at: String::new(),
            message: "an empty filter policy".into(),
            help: "remove `filter`, or write as in `filter: {kind: [order]}`".into(),
        }];
    }
    let mut found = Vec::new();
    let (keys, combinations) = load(policy, 1);
    if keys > FILTER_KEYS_MAX {
        found.push(Fault {
            at: String::new(),
            message: format!("the filter policy has {keys} keys with values; SNS accepts {FILTER_KEYS_MAX}"),
            help: "remove keys, and select the rest with SQL".into(),
        });
    } else if combinations > FILTER_COMBINATIONS_MAX {
        found.push(Fault {
            at: String::new(),
            message: format!(
                "the filter policy has {combinations} combinations of values; SNS accepts {FILTER_COMBINATIONS_MAX}"
            ),
            help: "write fewer values per key, or a condition such as `{prefix: a}` in place of several values".into(),
        });
    }
    let mut policy = policy.clone();
    if scope == FilterScope::Attributes {
        nested(&mut policy, "", &mut found);
    }
    // Without the nested keys, which are reported, nothing may be left.
    if !policy.is_empty() {
        found.extend(event_pattern::faults(&policy, &FILTER));
    }
    found
}

/// Keys that have values, and the product of the numbers of values, each times its level.
fn load(entries: &Map<String, Value>, level: u64) -> (usize, u64) {
    let (mut keys, mut combinations) = (0, 1_u64);
    let mut add = |(more, times): (usize, u64)| {
        keys += more;
        combinations = combinations.saturating_mul(times);
    };
    for (key, value) in entries {
        match value {
            Value::Object(inner) => add(load(inner, level + 1)),
            Value::Array(all) if key == OR => {
                all.iter().filter_map(Value::as_object).for_each(|inner| add(load(inner, level)));
            }
            Value::Array(all) => add((1, (all.len() as u64).max(1) * level)),
            _ => add((1, level)),
        }
    }
    (keys, combinations)
}

/// Takes nested keys out, which attributes do not have.
fn nested(entries: &mut Map<String, Value>, at: &str, found: &mut Vec<Fault>) {
    entries.retain(|key, value| {
        let at = format!("{at}/{}", crate::parse::step(key));
        match value {
            Value::Array(all) if key == OR => {
                let before = found.len();
                for (index, one) in all.iter_mut().enumerate() {
                    if let Value::Object(inner) = one {
                        nested(inner, &format!("{at}/{index}"), found);
                    }
                }
                found.len() == before
            }
            Value::Object(_) if key != OR => {
                found.push(Fault {
                    at,
                    message: format!("`{key}` is nested, but message attributes are not"),
                    help: "write `filter_scope: body` to filter by the message body".into(),
                });
                false
            }
            _ => true,
        }
    });
}
