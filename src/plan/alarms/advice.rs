//! What nothing watches, and settings of alarms without an effect.

use super::{AlarmPlan, list, metrics};
use crate::aws::prices::Item;
use crate::check::Checked;
use crate::diagnostics::suggest::all_of;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::NodeKind;
use crate::pipeline::Alarms;
use crate::plan::Plan;
use crate::price_list::Prices;
use crate::source::Span;

/// The settings of a pipeline's alarms.
#[derive(Debug, Default)]
pub struct Settings {
    /// A finding for each that has no effect.
    pub unused: Vec<Diagnostic>,
    /// Places of those that have one. Another pipeline of the spec, in which one has none, must not advise
    /// its removal.
    pub in_effect: Vec<Span>,
}

/// Which settings of alarms have an effect in a plan.
pub fn settings(plan: &Plan, checked: &Checked) -> Settings {
    let mut settings = Settings::default();
    let Some(alarms) = &checked.pipeline().alarms else { return settings };
    for (span, unused) in effects(plan, checked, alarms) {
        match unused {
            Some(unused) => settings.unused.push(unused),
            None => settings.in_effect.push(span),
        }
    }
    settings
}

/// What nothing watches in a pipeline without alarms.
pub(in crate::plan) fn unwatched(plan: &Plan, prices: Prices, checked: &Checked) -> Option<Diagnostic> {
    checked.pipeline().alarms.is_none().then(|| without_alarms(plan, prices, checked))
}

/// A pipeline without alarms.
fn without_alarms(plan: &Plan, prices: Prices, checked: &Checked) -> Diagnostic {
    let would = list(plan, checked, &Alarms::default());
    let mut parts: Vec<&str> = Vec::new();
    for word in would.iter().filter_map(|alarm| word(alarm.part)) {
        if !parts.contains(&word) {
            parts.push(word);
        }
    }
    let metrics = metrics(&would);
    let price = prices.price(Item::AlarmMonth, &plan.region).map(|price| price.cost(metrics as f64));
    let cost = match price {
        Some(usd) => format!("cost {usd:.2} USD per month"),
        None => format!("read {metrics} metrics"),
    };
    Diagnostic::advice(
        Code::Unwatched,
        checked.pipeline().intake_span(),
        format!(
            "nothing watches {}: failures appear only in `pipec status`; {} alarms would {cost}",
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
        NodeKind::FanOut => "the consumers",
        NodeKind::Producer => "the producer",
        NodeKind::Analytics => "the Flink job",
        NodeKind::Transform => "the transform",
        NodeKind::Delivery | NodeKind::ErrorDelivery => "the delivery",
        NodeKind::Function | NodeKind::FailureQueue => "the functions",
        NodeKind::Source | NodeKind::SourceFailures => "the sources",
        NodeKind::Starter
        | NodeKind::Upstream
        | NodeKind::Reader
        | NodeKind::Network
        | NodeKind::Bucket(_)
        | NodeKind::Destination
        | NodeKind::Table
        | NodeKind::Artifacts
        | NodeKind::Logs
        | NodeKind::SessionManager => return None,
    })
}

/// Settings of alarms, with the findings about those that have no effect.
fn effects(plan: &Plan, checked: &Checked, alarms: &Alarms) -> Vec<(Span, Option<Diagnostic>)> {
    let all = list(plan, checked, &Alarms { off: Vec::new(), ..alarms.clone() });
    let there = |key| all.iter().any(|alarm: &AlarmPlan| alarm.key == key);
    let unused = |span, message, help| Diagnostic::warning(Code::AlarmUnused, span, message, help);
    let off = alarms.off.iter().enumerate().map(|(at, (key, span))| {
        let message = if !there(*key) {
            Some(format!("the pipeline has no alarm `{}`", key.name()))
        } else if alarms.off[..at].iter().any(|(other, _)| other == key) {
            Some(format!("`{}` is listed twice", key.name()))
        } else {
            None
        };
        (*span, message.map(|message| unused(*span, message, "remove it from the list".to_owned())))
    });
    let thresholds = alarms.thresholds.iter().map(|(key, setting)| {
        let name = key.name();
        let message = if alarms.is_off(*key) {
            Some(format!("the threshold of `{name}` has no effect, since the alarm is off"))
        } else if !there(*key) {
            Some(format!("the threshold has no effect: the pipeline has no alarm `{name}`"))
        } else {
            None
        };
        let help = format!("remove the key `{name}`");
        (setting.span, message.map(|message| unused(setting.span, message, help)))
    });
    off.chain(thresholds).collect()
}
