//! Alarms of the queue of failed batches.

use super::Scope;
use super::rule::{Compare, MINUTE, Rule, Span};
use crate::aws::metrics::{MetricName, SQS};
use crate::graph::Node;
use crate::spec::AlarmKey;

const MESSAGES: MetricName = SQS.metric("ApproximateNumberOfMessagesVisible");

pub(super) fn rules(scope: &Scope, node: &Node) -> Vec<Rule> {
    let output = node.name.as_deref().unwrap_or("an output");
    vec![Rule::new(
        AlarmKey::FailedBatches,
        (MESSAGES, "Maximum"),
        Span(MINUTE, 1, 1),
        Compare::Above,
        0.0,
        format!(
            "The function has failed on rows of {output} after all retries. The messages of the queue give the rows' \
             positions in the stream, where they stay readable for its retention period. {} names the queue.",
            scope.status()
        ),
    )]
}
