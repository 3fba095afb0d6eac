//! Alarms of Lambda functions: the transform, and functions of the user's that are called with rows.

use super::Scope;
use super::rule::{Compare, MINUTE, Rule, Span};
use crate::aws::metrics::{LAMBDA, MetricName, PIPEC_TRANSFORM};
use crate::graph::Node;
use crate::plan::OwnTransformPlan;
use crate::plan::value::Value;
use crate::resolve::DEFAULT_ITERATOR_AGE_ALARM_S;
use crate::spec::{AlarmKey, Duration};

const ERRORS: MetricName = LAMBDA.metric("Errors");
const THROTTLES: MetricName = LAMBDA.metric("Throttles");
const DURATION: MetricName = LAMBDA.metric("Duration");
const ITERATOR_AGE: MetricName = LAMBDA.metric("IteratorAge");
const PROCESSING_FAILED: MetricName = PIPEC_TRANSFORM.metric("ProcessingFailed");

/// Share of the timeout that a call may take, percent. CloudWatch user guide, "Best practice alarm recommendations",
/// 2026-04.
const DURATION_PERCENT: u64 = 80;

fn errors(what: &str, look: &str) -> Rule {
    Rule::new(
        AlarmKey::FunctionErrors,
        (ERRORS, "Sum"),
        Span(MINUTE, 3, 3),
        Compare::Above,
        0.0,
        format!("Calls to {what} have failed for 3 minutes. {look}"),
    )
}

fn throttled(what: &str) -> Rule {
    Rule::new(
        AlarmKey::FunctionThrottled,
        (THROTTLES, "Sum"),
        Span(MINUTE, 5, 5),
        Compare::AtLeast,
        1.0,
        format!(
            "Lambda has throttled calls to {what} for 5 minutes: the concurrency of the account or the function is used \
             up. Request a higher quota of concurrent executions."
        ),
    )
}

pub(super) fn of_transform(scope: &Scope, logical_id: &str) -> Vec<Rule> {
    let Some((_, transform)) = scope.plan.transform_of(logical_id) else { return Vec::new() };
    let place = transform.place();
    let logs = scope.logs("transform");
    let percent = scope.threshold(AlarmKey::FunctionDuration, DURATION_PERCENT);
    let timeout = transform.timeout;
    let slow = Rule::new(
        AlarmKey::FunctionDuration,
        (DURATION, "p90"),
        Span(MINUTE, 15, 15),
        Compare::Above,
        timeout as f64 * percent as f64 / 100.0 * 1e3,
        format!(
            "Calls to the transform take more than {percent} % of its timeout of {}. Raise `{place}.memory`, which \
             also gives it more processor, or lower `{place}.buffer.size`, and run {}.",
            Duration(timeout),
            scope.deploy()
        ),
    );
    let failed = Rule::happened(
        AlarmKey::RecordsFailed,
        PROCESSING_FAILED,
        format!(
            "The transform could not process records. They are unchanged under the error prefix of the bucket; {logs} \
             shows the number and the cause."
        ),
    );
    vec![errors("the transform", &format!("{logs} shows why.")), throttled("the transform"), slow, failed]
}

/// Those of a function of the user's that transforms records, which is found by its name.
pub(super) fn of_own_transform(own: &OwnTransformPlan) -> [Rule; 2] {
    let what = format!("the function `{}`", own.name());
    let look =
        format!("Look at the function's own log; Firehose retries a failed call {} times.", own.retries);
    [errors(&what, &look), throttled(&what)].map(|rule| rule.of(Value::text(own.name())))
}

/// Those of a function of the user's, which is found by its name.
pub(super) fn of_user(scope: &Scope, node: &Node) -> Option<(Value, Vec<Rule>)> {
    let function = scope.plan.function_of(node.logical_id.as_deref()?)?;
    let name = function.function_name()?;
    let what = format!("the function `{name}`");
    let look = format!(
        "Look at the function's own log; failed batches of {} are retried {} times.",
        function.name, function.retries
    );
    let key = AlarmKey::FunctionBehind;
    let age = scope.threshold(key, DEFAULT_ITERATOR_AGE_ALARM_S + function.window);
    let behind = Rule::new(
        key,
        (ITERATOR_AGE, "Maximum"),
        Span(MINUTE, 5, 5),
        Compare::Above,
        age as f64 * 1e3,
        format!(
            "{what} receives the {} more than {} late: it is slow, or a batch is retried. {} shows the stream.",
            function.carries,
            Duration(age),
            scope.status()
        ),
    );
    Some((Value::text(name), vec![errors(&what, &look), throttled(&what), behind]))
}
