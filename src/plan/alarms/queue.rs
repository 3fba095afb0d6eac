//! Alarms of queues: of batches that failed, and of what a source could not write.

use super::Scope;
use super::rule::{Compare, MINUTE, Rule, Span};
use crate::aws::metrics::{MetricName, SQS};
use crate::graph::Node;
use crate::plan::sources;
use crate::spec::AlarmKey;

const MESSAGES: MetricName = SQS.metric("ApproximateNumberOfMessagesVisible");

pub(super) fn rules(scope: &Scope, node: &Node) -> Vec<Rule> {
    let function = node.logical_id.as_deref().and_then(|id| scope.plan.function_of(id));
    let (carries, one) = function.map_or(("rows of an output", "row"), |of| (&of.carries, of.one));
    vec![Rule::new(
        AlarmKey::FailedBatches,
        (MESSAGES, "Maximum"),
        Span(MINUTE, 1, 1),
        Compare::Above,
        0.0,
        format!(
            "The function has failed on {carries} after all retries. The messages of the queue give the {one}s' \
             positions in the stream, where they stay readable for its retention period. {} names the queue.",
            scope.status()
        ),
    )]
}

/// What a source could not write.
pub(super) fn of_source(scope: &Scope, node: &Node) -> Vec<Rule> {
    let source = node.name.as_deref().unwrap_or("the source");
    let queued = scope.pipeline.source(source).map_or("", |source| sources::kind(source).queued());
    vec![Rule::new(
        AlarmKey::SourceFailures,
        (MESSAGES, "Maximum"),
        Span(MINUTE, 1, 1),
        Compare::Above,
        0.0,
        format!(
            "Source {source} could not write records after all retries. {queued} {} names the queue.",
            scope.status()
        ),
    )]
}
