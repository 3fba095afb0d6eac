//! Alarms of Firehose, whatever the destination.

use super::rule::{Compare, MINUTE, Rule, Span};
use super::{Scope, function, stream};
use crate::aws::metrics::{FIREHOSE, MetricName};
use crate::plan::{DeliveryPlan, Reads, destination};
use crate::spec::AlarmKey;

const INCOMING: MetricName = FIREHOSE.metric("IncomingRecords");
const READS_THROTTLED: MetricName = FIREHOSE.metric("ThrottledGetRecords");
const THROTTLED: MetricName = FIREHOSE.metric("ThrottledRecords");
const PROCESSING: MetricName = FIREHOSE.metric("ExecuteProcessing.Success");
const KEY_FAULTS: [MetricName; 4] = [
    FIREHOSE.metric("KMSKeyAccessDenied"),
    FIREHOSE.metric("KMSKeyDisabled"),
    FIREHOSE.metric("KMSKeyInvalidState"),
    FIREHOSE.metric("KMSKeyNotFound"),
];

/// Average of throttled reads. AWS documents no figure; reads of other consumers make a few of them.
const READS_THROTTLED_AVERAGE: f64 = 0.1;
/// Share of calls of the transform that succeed.
const PROCESSING_SUCCESS: f64 = 0.99;
/// Age of a record that is late in any case, seconds. AWS Solutions, streaming data solution, 2025-02.
pub(in crate::plan) const FRESHNESS_S_MIN: u64 = 900;

pub(super) fn rules(scope: &Scope, delivery: &DeliveryPlan) -> Vec<Rule> {
    let logs = scope.logs("delivery");
    let transform = delivery.transform.as_ref();
    let late = late(scope, delivery);
    // Between the producer and Firehose nothing filters, so that there are always records to deliver.
    let continuous = scope.is_fed()
        && delivery.reads == Reads::Stream
        && transform.is_none_or(|transform| !transform.runs_query);
    let mut rules = destination::alarms(scope, delivery, late, &logs);
    if continuous {
        rules =
            rules
                .into_iter()
                .map(|rule| {
                    if rule.key == AlarmKey::Freshness {
                        rule.missing_breaches("ProducerGroup")
                    } else {
                        rule
                    }
                })
                .collect();
    }
    match &delivery.direct {
        Some(_) => {
            // The producer writes into the first.
            let first = scope.plan.deliveries.first().is_some_and(|first| first.suffix == delivery.suffix);
            rules.extend(stream::no_data(scope, INCOMING, "Firehose", first && scope.is_fed()));
            rules.push(writes_throttled(scope));
        }
        None => rules.push(reads_throttled(scope)),
    }
    if let Some(own) = &delivery.own_transform {
        rules.push(Rule::new(
            AlarmKey::ProcessingFailures,
            (PROCESSING, "Average"),
            Span(MINUTE, 5, 5),
            Compare::Below,
            PROCESSING_SUCCESS,
            format!(
                "Firehose's calls of the function `{}` fail, or its responses are not valid. {logs} and the function's own log \
                 show why; after its retries, Firehose writes the records under the error prefix.",
                own.name()
            ),
        ));
        rules.extend(function::of_own_transform(own));
    }
    if transform.is_some() {
        rules.push(Rule::new(
            AlarmKey::ProcessingFailures,
            (PROCESSING, "Average"),
            Span(MINUTE, 5, 5),
            Compare::Below,
            PROCESSING_SUCCESS,
            format!(
                "Firehose's calls of the transform fail. {} shows why; after its retries, Firehose writes the records \
                 under the error prefix.",
                scope.logs("transform")
            ),
        ));
    }
    rules.extend(key_unavailable(scope, Some(delivery)));
    rules
}

/// Those of the delivery of error records, into the same bucket.
pub(super) fn of_errors(scope: &Scope) -> Vec<Rule> {
    let suffix = scope.plan.error_delivery.as_ref().map(|errors| &errors.suffix);
    let delivery = scope.plan.deliveries.iter().find(|delivery| Some(&delivery.suffix) == suffix);
    let late = delivery.map_or(FRESHNESS_S_MIN, |delivery| {
        let buffered = 2 * delivery.buffer_interval;
        scope.threshold(AlarmKey::Freshness, buffered.max(FRESHNESS_S_MIN))
    });
    let mut rules = destination::alarms_of_errors(late, &scope.logs("delivery"));
    rules.push(reads_throttled(scope));
    rules.extend(key_unavailable(scope, None));
    rules
}

/// Age at which a record is late, seconds.
fn late(scope: &Scope, delivery: &DeliveryPlan) -> u64 {
    let buffered = 2 * delivery.buffer_interval + delivery.transform_interval();
    scope.threshold(AlarmKey::Freshness, buffered.max(FRESHNESS_S_MIN))
}

fn writes_throttled(scope: &Scope) -> Rule {
    Rule::new(
        AlarmKey::WriteThrottled,
        (THROTTLED, "Sum"),
        Span(MINUTE, 5, 3),
        Compare::Above,
        0.0,
        format!(
            "The load exceeds Firehose's Direct PUT quota, and Firehose rejects records. Request a higher Direct PUT \
             quota; {} shows the load.",
            scope.status()
        ),
    )
}

fn reads_throttled(scope: &Scope) -> Rule {
    Rule::new(
        AlarmKey::ReadThrottled,
        (READS_THROTTLED, "Average"),
        Span(MINUTE, 5, 5),
        Compare::Above,
        READS_THROTTLED_AVERAGE,
        format!(
            "Firehose's reads from its stream are throttled: other consumers use up the read throughput of the \
             shards. {} shows \
             how far it is behind.",
            scope.status()
        ),
    )
}

fn key_unavailable(scope: &Scope, delivery: Option<&DeliveryPlan>) -> Option<Rule> {
    let direct = delivery.and_then(|delivery| delivery.direct.as_ref());
    let (key, what) = match (direct, &scope.plan.stream) {
        (Some(direct), _) => (direct.key.as_ref()?, "the records that it buffers"),
        (None, Some(stream)) => (&stream.key, "the records of its stream"),
        (None, None) => return None,
    };
    if !key.starts_with("arn:") {
        return None;
    }
    Rule::any_of(
        AlarmKey::KeyUnavailable,
        &KEY_FAULTS,
        format!(
            "Firehose cannot decrypt {what}. Check the state and the policy of the key {key}; {} \
             shows the error.",
            scope.logs("delivery")
        ),
    )
}
