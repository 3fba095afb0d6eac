//! Alarms as they are reported.

use serde::Serialize;

use crate::amount::amount;
use crate::plan::{AlarmPlan, AlarmsPlan};

/// What watches the pipeline.
#[derive(Clone, Debug, Serialize)]
pub struct AlarmsReport {
    /// Metrics that are billed.
    pub metrics: usize,
    /// The recipients, in a few words.
    pub notify: String,
    /// Each alarm.
    pub alarms: Vec<AlarmReport>,
}

/// An alarm.
#[derive(Clone, Debug, Serialize)]
pub struct AlarmReport {
    /// Logical id of the resource that it watches.
    pub resource: String,
    /// Its key in the spec.
    pub alarm: &'static str,
    /// When it rings, in one line.
    pub rings: String,
    /// Whether missing data is a fault.
    pub missing_is_a_fault: bool,
    /// What it means and what to do.
    pub description: String,
}

/// The report of a plan's alarms.
pub(super) fn report(plan: &AlarmsPlan) -> AlarmsReport {
    let notify = match (&plan.topic, &plan.notify) {
        (Some(topic), _) => {
            let addresses: Vec<&str> = topic.subscriptions.iter().map(|one| one.email.as_str()).collect();
            addresses.join(", ")
        }
        (None, Some(topic)) => topic.shown(),
        (None, None) => "nobody".into(),
    };
    AlarmsReport { metrics: plan.metrics(), notify, alarms: plan.alarms.iter().map(one).collect() }
}

fn one(alarm: &AlarmPlan) -> AlarmReport {
    let metrics: Vec<&str> = alarm.metrics.iter().map(|metric| metric.name).collect();
    let (what, statistic) = match (alarm.expression, alarm.metrics.first()) {
        (None, Some(metric)) => (metric.name.to_owned(), metric.statistic),
        (Some(expression), _) if expression.starts_with("RATE") => (metrics.join(", "), "growth"),
        _ => (metrics.join(" + "), "Sum"),
    };
    let sign = match alarm.comparison {
        "LessThanThreshold" => "<",
        "GreaterThanOrEqualToThreshold" => ">=",
        _ => ">",
    };
    let minutes = alarm.period / 60;
    let span = if alarm.periods == 1 {
        format!("in {minutes} min")
    } else {
        format!("in {} of {} x {minutes} min", alarm.datapoints, alarm.periods)
    };
    AlarmReport {
        resource: alarm.subject.clone(),
        alarm: alarm.key.name(),
        rings: format!("{statistic} of {what} {sign} {} {span}", amount(alarm.threshold)),
        missing_is_a_fault: alarm.missing == "breaching",
        description: alarm.description.clone(),
    }
}
