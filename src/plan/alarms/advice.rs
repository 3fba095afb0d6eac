//! What nothing watches, and settings of alarms without an effect.

use super::{AlarmPlan, list, metrics};
use crate::aws::prices::{self, Item};
use crate::check::Checked;
use crate::diagnostics::suggest::all_of;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::NodeKind;
use crate::plan::Plan;
use crate::resolve::pipeline::Alarms;

/// What is worth saying about a plan's alarms.
pub fn advise(plan: &Plan, checked: &Checked) -> Vec<Diagnostic> {
    match &checked.pipeline().alarms {
        None => vec![unwatched(plan, checked)],
        Some(alarms) => unused(plan, checked, alarms),
    }
}

/// A pipeline without alarms.
fn unwatched(plan: &Plan, checked: &Checked) -> Diagnostic {
    let would = list(plan, checked, &Alarms::default());
    let mut parts: Vec<&str> = Vec::new();
    for word in would.iter().filter_map(|alarm| word(alarm.part)) {
        if !parts.contains(&word) {
            parts.push(word);
        }
    }
    let metrics = metrics(&would);
    let price = prices::price(Item::AlarmMonth, &plan.region).map(|price| price.cost(metrics as f64));
    let cost = match price {
        Some(usd) => format!("cost {usd:.2} USD per month"),
        None => format!("read {metrics} metrics"),
    };
    Diagnostic::advice(
        Code::Unwatched,
        checked.pipeline().stream.span,
        format!(
            "nothing watches {}: a failure shows in `pipec status` only; {} alarms would {cost}",
            all_of(&parts),
            would.len()
        ),
        "write `alarms: {notify: {email: [on-call@example.com]}}` with your address, or the ARN of a topic after `notify:`",
    )
}

/// What a part of the pipeline is called; `None` of one that another's word covers.
fn word(part: NodeKind) -> Option<&'static str> {
    Some(match part {
        NodeKind::Stream | NodeKind::DeliveredStream | NodeKind::OutputStream => "the streams",
        NodeKind::Producer => "the producer",
        NodeKind::Analytics => "the Flink job",
        NodeKind::Transform => "the transform",
        NodeKind::Delivery | NodeKind::ErrorDelivery => "the delivery",
        NodeKind::Function | NodeKind::FailureQueue => "the functions of outputs",
        NodeKind::Starter
        | NodeKind::Network
        | NodeKind::Bucket(_)
        | NodeKind::Destination
        | NodeKind::Artifacts
        | NodeKind::Logs
        | NodeKind::SessionManager => return None,
    })
}

/// Settings of alarms that the pipeline does not have.
fn unused(plan: &Plan, checked: &Checked, alarms: &Alarms) -> Vec<Diagnostic> {
    let all = list(plan, checked, &Alarms { off: Vec::new(), ..alarms.clone() });
    let there = |key| all.iter().any(|alarm: &AlarmPlan| alarm.key == key);
    let off = alarms.off.iter().enumerate().filter_map(|(at, (key, span))| {
        let message = if !there(*key) {
            format!("the pipeline has no alarm `{}`", key.name())
        } else if alarms.off[..at].iter().any(|(other, _)| other == key) {
            format!("`{}` is listed twice", key.name())
        } else {
            return None;
        };
        Some(Diagnostic::warning(Code::AlarmUnused, *span, message, "remove it from the list"))
    });
    let thresholds = alarms.thresholds.iter().filter_map(|(key, setting)| {
        let name = key.name();
        let message = if alarms.is_off(*key) {
            format!("the threshold of `{name}` has no effect, since the alarm is off")
        } else if !there(*key) {
            format!("the threshold has no effect: the pipeline has no alarm `{name}`")
        } else {
            return None;
        };
        let help = format!("remove the key `{name}`");
        Some(Diagnostic::warning(Code::AlarmUnused, setting.span, message, help))
    });
    off.chain(thresholds).collect()
}
