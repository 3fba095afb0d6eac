//! Alarms of the producer's Auto Scaling group.

use super::Scope;
use super::rule::{Compare, FIVE_MINUTES, MINUTE, Rule, Span};
use crate::aws::metrics::{AUTO_SCALING, EC2, MetricName, PIPEC_PRODUCER};
use crate::spec::AlarmKey;

const IN_SERVICE: MetricName = AUTO_SCALING.metric("GroupInServiceInstances");
const STATUS_CHECK: MetricName = EC2.metric("StatusCheckFailed");
const CPU: MetricName = EC2.metric("CPUUtilization");
const RECORDS_FAILED: MetricName = PIPEC_PRODUCER.metric("RecordsFailed");

/// Percent. CloudWatch user guide, "Best practice alarm recommendations", 2026-04.
const CPU_PERCENT: u64 = 80;

pub(super) fn rules(scope: &Scope) -> Vec<Rule> {
    let Some(producer) = &scope.plan.producer else { return Vec::new() };
    let logs = scope.logs("producer");
    let missing = Rule::new(
        AlarmKey::Instances,
        (IN_SERVICE, "Average"),
        Span(MINUTE, 10, 10),
        Compare::Below,
        producer.count as f64,
        format!(
            "The producer has had fewer than {} in service for 10 minutes. The activity history of its Auto Scaling group \
             gives the reason; {} names the group.",
            if producer.count == 1 {
                "1 instance".to_owned()
            } else {
                format!("{} instances", producer.count)
            },
            scope.status()
        ),
    );
    let status_check = Rule::new(
        AlarmKey::StatusCheck,
        (STATUS_CHECK, "Maximum"),
        Span(FIVE_MINUTES, 2, 2),
        Compare::AtLeast,
        1.0,
        format!(
            "An instance of the producer fails EC2's status checks; its Auto Scaling group replaces it. If the alarm stays, \
             look at {logs}."
        ),
    );
    let percent = scope.threshold(AlarmKey::Cpu, CPU_PERCENT);
    let busy = Rule::new(
        AlarmKey::Cpu,
        (CPU, "Average"),
        Span(FIVE_MINUTES, 3, 3),
        Compare::Above,
        percent as f64,
        format!(
            "The instances of the producer use more than {percent} % of their processors. Raise `producer.instances` or \
             `producer.instance_type`, and run {}.",
            scope.deploy()
        ),
    );
    let target = if scope.plan.stream.is_some() { "the stream" } else { "Firehose" };
    let failed = Rule::happened(
        AlarmKey::RecordsFailed,
        RECORDS_FAILED,
        format!("The producer has discarded records that {target} did not accept. {logs} shows the cause."),
    );
    vec![
        missing.missing_breaches("ProducerGroup"),
        status_check,
        busy,
        // The producer's metrics have the name of the stream that it writes to.
        failed.of(scope.plan.intake()),
    ]
}
