//! Rules of SNS.

use serde_json::{Map, Value};

use super::{Rules, Site, arn};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::pipeline::{FilterScope, Sns};

/// Keys of a filter policy. SNS developer guide, "Filter policy constraints", 2026-11.
const FILTER_KEYS_MAX: usize = 5;
/// Conditions that a list may contain. SNS developer guide, "Amazon SNS subscription filter policies", 2026-11.
const CONDITIONS: [&str; 9] = [
    "anything-but",
    "cidr",
    "equals-ignore-case",
    "exists",
    "numeric",
    "prefix",
    "suffix",
    "wildcard",
    "$or",
];

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
                "SNS delivers messages of a FIFO topic to SQS queues only",
                "name a standard topic, or subscribe an SQS queue to this one and write `sqs: {queue: ARN}`",
            ));
        }
        found.extend(site.delivery_only(
            "SNS",
            "; or subscribe an SQS queue to the topic, and write `sqs: {queue: ARN}` in place of `sns`",
        ));
        if let Some(filter) = &self.filter {
            for (at, message, help) in faults(&filter.value, self.filter_scope.value) {
                let span = filter.place(&at).unwrap_or(site.source.span);
                found.push(Diagnostic::error(Code::SnsFilter, span, message, help));
            }
        } else if self.filter_scope.written {
            found.push(Diagnostic::error(
                Code::ConflictingKeys,
                self.filter_scope.span,
                "`filter_scope` is for a filter policy, and there is none",
                "remove `filter_scope`, or write a `filter`",
            ));
        }
        if !self.raw.value {
            found.extend(site.blank_lines("a message in its envelope"));
        }
    }
}

type Fault = (String, String, String);

/// What is wrong with a filter policy: where, as a JSON pointer below the policy, the fault, and what to write.
fn faults(policy: &Map<String, Value>, scope: FilterScope) -> Vec<Fault> {
    let mut found = Vec::new();
    if policy.is_empty() {
        found.push((
            String::new(),
            "an empty filter policy".into(),
            "remove `filter`, or write as in `filter: {kind: [order]}`".into(),
        ));
    }
    if policy.len() > FILTER_KEYS_MAX {
        found.push((
            String::new(),
            format!("the filter policy has {} keys; SNS accepts {FILTER_KEYS_MAX}", policy.len()),
            "remove keys, or split it into two sources".into(),
        ));
    }
    object(policy, scope, "", &mut found);
    found
}

fn object(entries: &Map<String, Value>, scope: FilterScope, at: &str, found: &mut Vec<Fault>) {
    for (key, value) in entries {
        let at = format!("{at}/{}", crate::parse::step(key));
        match value {
            Value::Object(_) if scope == FilterScope::Attributes => found.push((
                at,
                format!("`{key}` is nested, and attributes of a message are not"),
                "write `filter_scope: body` to filter by the message itself".into(),
            )),
            Value::Object(inner) => object(inner, scope, &at, found),
            Value::Array(accepted) if accepted.is_empty() => found.push((
                at,
                format!("`{key}` accepts no value"),
                format!("write `{key}: [{{exists: true}}]` for any value"),
            )),
            Value::Array(accepted) => {
                for (index, one) in accepted.iter().enumerate() {
                    element(key, one, format!("{at}/{index}"), found);
                }
            }
            scalar => found.push((
                at,
                format!("the values that `{key}` accepts must be a list"),
                format!("write `{key}: [{scalar}]`"),
            )),
        }
    }
}

fn element(key: &str, one: &Value, at: String, found: &mut Vec<Fault>) {
    match one {
        Value::Array(_) if key != "$or" => {
            found.push((at, "a list inside of a list".into(), "write one list of accepted values".into()));
        }
        Value::Object(conditions) if key != "$or" => {
            for name in conditions.keys().filter(|name| !CONDITIONS.contains(&name.as_str())) {
                let near = suggest::nearest(name, CONDITIONS);
                found.push((
                    at.clone(),
                    format!("SNS has no condition `{name}`"),
                    match near {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("write one of {}", CONDITIONS[..8].join(", ")),
                    },
                ));
            }
        }
        _ => {}
    }
}
