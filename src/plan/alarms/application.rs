//! Alarms of the Flink application.

use super::Scope;
use super::rule::{Compare, FIVE_MINUTES, MINUTE, Rule, Span};
use crate::aws::limits::flink;
use crate::aws::metrics::{FLINK, JobMetrics, MetricName, of_job};
use crate::spec::{AlarmKey, Duration};

const CHECKPOINTS_FAILED: MetricName = FLINK.metric("numberOfFailedCheckpoints");
const CHECKPOINT_DURATION: MetricName = FLINK.metric("lastCheckpointDuration");
const CPU: MetricName = FLINK.metric("cpuUtilization");
const HEAP: MetricName = FLINK.metric("heapMemoryUtilization");
const MEMORY: MetricName = FLINK.metric("containerMemoryUtilization");
const BACKPRESSURE: MetricName = FLINK.metric("backPressuredTimeMsPerSecond");

/// Percents above which something has to be done. AWS's toolkit for Managed Flink, "Monitoring and metrics", 2026-08.
const CPU_PERCENT: u64 = 80;
const HEAP_PERCENT: u64 = 90;
const MEMORY_PERCENT: u64 = 85;
const BACKPRESSURE_PERCENT: u64 = 50;

pub(super) fn rules(scope: &Scope) -> Vec<Rule> {
    let Some(analytics) = &scope.plan.analytics else { return Vec::new() };
    let (status, logs) = (scope.status(), scope.logs("flink"));
    let JobMetrics { down, restarts, .. } = of_job(&analytics.runtime_environment);
    // A start from a snapshot takes minutes, in which there are no values: a deployment shall not ring.
    let not_running = Rule::new(
        AlarmKey::JobDown,
        (down, "Average"),
        Span(MINUTE, 5, 5),
        Compare::Above,
        0.0,
        format!(
            "The Flink job has not been running for 5 minutes, so no rows are emitted. {status} shows the state of the \
             application, {logs} the exception."
        ),
    );
    let restarted = format!(
        "The Flink job has failed and been restarted; it continues from its last checkpoint. {logs} shows the exception."
    );
    let checkpoints = format!(
        "Checkpoints of the Flink job fail. After a failure, it would restart from the last successful \
         checkpoint. {logs} \
         shows why."
    );
    let seconds = scope.threshold(AlarmKey::CheckpointDuration, flink::CHECKPOINT_INTERVAL_S / 2);
    let slow = format!(
        "A checkpoint of the Flink job takes more than {}, of an interval of {}: its state or its backlog is too large. \
         Raise `analytics.flink.parallelism` and run {}.",
        Duration(seconds),
        Duration(flink::CHECKPOINT_INTERVAL_S),
        scope.deploy()
    );
    let mut rules = vec![
        not_running.missing_breaches("AnalyticsStart"),
        Rule::growth(AlarmKey::JobRestarts, restarts, restarted),
        Rule::growth(AlarmKey::CheckpointsFailed, CHECKPOINTS_FAILED, checkpoints),
        high(AlarmKey::CheckpointDuration, CHECKPOINT_DURATION, seconds as f64 * 1e3, slow),
    ];
    let uses = [
        (AlarmKey::Cpu, CPU, CPU_PERCENT, 1.0, "The processors of the Flink application are busy"),
        (AlarmKey::Heap, HEAP, HEAP_PERCENT, 1.0, "The heap of the Flink application is full"),
        (AlarmKey::Memory, MEMORY, MEMORY_PERCENT, 1.0, "The memory of the Flink application is full"),
        (
            AlarmKey::Backpressure,
            BACKPRESSURE,
            BACKPRESSURE_PERCENT,
            10.0,
            "Operators of the Flink job wait for slower ones",
        ),
    ];
    for (key, metric, default, per_percent, what) in uses {
        let percent = scope.threshold(key, default);
        let description = format!(
            "{what}: more than {percent} % for 15 minutes. {status} shows whether the load exceeds the declared one; \
             otherwise raise `analytics.flink.parallelism` and run {}.",
            scope.deploy()
        );
        rules.push(high(key, metric, percent as f64 * per_percent, description));
    }
    rules
}

fn high(key: AlarmKey, metric: MetricName, threshold: f64, description: String) -> Rule {
    let span = Span(FIVE_MINUTES, 3, 3);
    Rule::new(key, (metric, "Maximum"), span, Compare::Above, threshold, description)
}
