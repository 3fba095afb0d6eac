//! Alarms of a Kinesis data stream.

use super::Scope;
use super::rule::{Compare, FIVE_MINUTES, MINUTE, Rule, Span};
use crate::aws::metrics::{KINESIS, KINESIS_CONSUMER, MetricName};
use crate::graph::{Node, NodeKind};
use crate::plan::StreamPlan;
use crate::plan::consumers::registered_name;
use crate::plan::value::Value;
use crate::resolve::{DEFAULT_ITERATOR_AGE_ALARM_S, age_max};
use crate::spec::{AlarmKey, Duration, SECONDS_PER_DAY, SECONDS_PER_HOUR};
use crate::sql::ERROR_STREAM;

const ITERATOR_AGE: MetricName = KINESIS.metric("GetRecords.IteratorAgeMilliseconds");
const MILLIS_BEHIND: MetricName = KINESIS_CONSUMER.metric("SubscribeToShardEvent.MillisBehindLatest");
const INCOMING: MetricName = KINESIS.metric("IncomingRecords");
const WRITES_THROTTLED: MetricName = KINESIS.metric("WriteProvisionedThroughputExceeded");
const READS_THROTTLED: MetricName = KINESIS.metric("ReadProvisionedThroughputExceeded");

/// Share of the retention period after which unread records are in danger, percent. CloudWatch user guide, "Best
/// practice alarm recommendations", 2026-04.
const EXPIRING_PERCENT: u64 = 50;
/// Average of throttled reads from which on they are no chance. The same guide.
const READS_THROTTLED_AVERAGE: f64 = 0.01;
/// The stream that takes the records in, in a sentence.
const INPUT: &str = "the input stream";
/// Intervals of the producer without a record that are silence.
const SILENT_INTERVALS: f64 = 3.0;

pub(super) fn rules(scope: &Scope, node: &Node, logical_id: &str) -> Vec<Rule> {
    let Some(stream) = scope.plan.stream_of(logical_id) else { return Vec::new() };
    let errors = node.kind == NodeKind::OutputStream
        && node.name.as_deref() == Some(ERROR_STREAM)
        && scope.plan.analytics.is_some()
        && stream.spec == "/analytics/errors";
    let words = words(node, errors);
    let consumers = scope.plan.graph.consumers(logical_id);
    let mut rules = Vec::new();
    if errors {
        // What reads it has an alarm of its own: a delivery.
        rules.push(found_errors(scope));
    } else {
        rules.extend([
            behind(
                scope,
                stream,
                ITERATOR_AGE,
                &format!("A consumer of {words}"),
                &match stream.existing {
                    true => {
                        format!("{} shows the pipeline's own; others may read the stream.", scope.status())
                    }
                    false => format!("{} shows which part is slow.", scope.status()),
                },
            ),
            expiring(scope, stream, ITERATOR_AGE, &words),
            over_declared(scope, stream, &words),
        ]);
    }
    rules.push(writes_throttled(scope, stream, &words));
    // Flink polls as fast as it may, so that throttled reads are a part of its day; the age of what it reads is not.
    // Firehose has a metric of its own.
    let ordinary =
        |kind: &NodeKind| matches!(kind, NodeKind::Analytics | NodeKind::Delivery | NodeKind::ErrorDelivery);
    if !consumers.iter().any(ordinary) {
        rules.push(reads_throttled(scope, &words));
    }
    if node.kind == NodeKind::Stream {
        rules.extend(no_data(scope, INCOMING, INPUT, scope.is_fed()));
    }
    rules
}

/// Those of a registered consumer, which Kinesis pushes records to: it has no iterator. A function has alarms of its own.
pub(super) fn of_registered(scope: &Scope, node: &Node) -> Option<(Value, Vec<Rule>)> {
    let consumer = scope.pipeline.consumer(node.name.as_deref()?)?;
    consumer.reader()?;
    let stream = scope.plan.stream.as_ref()?;
    let words = format!("Consumer {}", consumer.name);
    let rules = [
        behind(
            scope,
            stream,
            MILLIS_BEHIND,
            &words,
            &format!("The program is slow, or it does not run. {} shows the stream.", scope.status()),
        ),
        expiring(scope, stream, MILLIS_BEHIND, &format!("{INPUT} for consumer {}", consumer.name)),
    ];
    let name = Value::sub(registered_name(&consumer.name));
    Some((name, rules.map(|rule| rule.and(vec![stream.name.clone()])).into()))
}

/// What a stream is called in a sentence.
fn words(node: &Node, errors: bool) -> String {
    match (node.kind, node.name.as_deref()) {
        (NodeKind::Stream, _) => INPUT.into(),
        (NodeKind::DeliveredStream, _) => "the output stream".into(),
        _ if errors => "the stream of error records".into(),
        (_, name) => format!("the stream of {}", name.unwrap_or("the output")),
    }
}

/// An age that records of a stream reach. A threshold is for all streams, whose retention periods differ; where records
/// expire before it, half of the retention period is used.
fn reachable(age: u64, stream: &StreamPlan) -> u64 {
    let retention = stream.retention_hours * SECONDS_PER_HOUR;
    if age > age_max(retention) { retention / 2 } else { age }
}

/// Why an age is not that of the spec, as a sentence.
fn why_reachable(key: AlarmKey, written: u64, age: u64, stream: &StreamPlan) -> String {
    if age == written {
        return String::new();
    }
    format!(
        " `{}` is {}, but records of this stream expire after {}.",
        key.name(),
        Duration(written),
        Duration(stream.retention_hours * SECONDS_PER_HOUR)
    )
}

fn behind(scope: &Scope, stream: &StreamPlan, metric: MetricName, words: &str, look: &str) -> Rule {
    let key = AlarmKey::IteratorAge;
    let written = scope.threshold(key, DEFAULT_ITERATOR_AGE_ALARM_S);
    let age = reachable(written, stream);
    Rule::new(
        key,
        (metric, "Maximum"),
        Span(MINUTE, 15, 15),
        Compare::Above,
        age as f64 * 1e3,
        format!(
            "{words} has been more than {} behind for 15 minutes.{} {look}",
            Duration(age),
            why_reachable(key, written, age, stream),
        ),
    )
}

fn expiring(scope: &Scope, stream: &StreamPlan, metric: MetricName, words: &str) -> Rule {
    let key = AlarmKey::ExpiringRecords;
    let percent = scope.threshold(key, EXPIRING_PERCENT);
    let retention = stream.retention_hours * SECONDS_PER_HOUR;
    Rule::new(
        key,
        (metric, "Maximum"),
        Span(MINUTE, 5, 5),
        Compare::Above,
        retention as f64 * percent as f64 / 100.0 * 1e3,
        format!(
            "Unread records of {words} are older than {percent} % of its retention period of {} and are lost after it. \
             {}; then find the slow consumer with {}.",
            Duration(retention),
            match stream.existing {
                true => "Its owner can raise the retention period".to_owned(),
                false => format!("Raise the retention period and run {}", scope.deploy()),
            },
            scope.status()
        ),
    )
}

fn writes_throttled(scope: &Scope, stream: &StreamPlan, words: &str) -> Rule {
    let cause = match stream.shards {
        Some(1) => "its shard is full".to_owned(),
        Some(shards) => {
            format!("its {shards} shards are full, or one partition key has most of the records")
        }
        None => {
            "one partition key has most of the records, or the load has suddenly more than doubled".to_owned()
        }
    };
    Rule::new(
        AlarmKey::WriteThrottled,
        (WRITES_THROTTLED, "Sum"),
        Span(MINUTE, 5, 3),
        Compare::Above,
        0.0,
        format!(
            "Writes to {words} are throttled: {cause}. {} shows the load next to the declared one.",
            scope.status()
        ),
    )
}

fn reads_throttled(scope: &Scope, words: &str) -> Rule {
    Rule::new(
        AlarmKey::ReadThrottled,
        (READS_THROTTLED, "Average"),
        Span(MINUTE, 5, 5),
        Compare::Above,
        READS_THROTTLED_AVERAGE,
        format!(
            "Reads from {words} are throttled: too many consumers share its shards, or one reads too much. {} shows \
             how far the consumers are behind.",
            scope.status()
        ),
    )
}

fn over_declared(scope: &Scope, stream: &StreamPlan, words: &str) -> Rule {
    let key = AlarmKey::DeclaredRate;
    let percent = scope.threshold(key, 100);
    let seconds = FIVE_MINUTES as f64;
    let records = stream.peak_over(seconds) * seconds * percent as f64 / 100.0;
    // A rate of less than one record per period still has one. Thirds may be a little more than they are.
    let threshold = (records - 1e-6).ceil().max(1.0);
    Rule::new(
        key,
        (INCOMING, "Sum"),
        Span(FIVE_MINUTES, 3, 3),
        Compare::Above,
        threshold,
        format!(
            "More than {percent} % of the declared records have entered {words} for 15 minutes. {} names the key of \
             the spec to raise; {}.",
            scope.status(),
            match stream.existing {
                true => "the shards are those of the stream's owner".to_owned(),
                false => format!("{} applies it", scope.deploy()),
            }
        ),
    )
}

/// Silence of what takes the records in; `fed` is whether the stack's producer writes to it without an end.
pub(super) fn no_data(scope: &Scope, incoming: MetricName, target: &str, fed: bool) -> Option<Rule> {
    let key = AlarmKey::NoData;
    let written = scope.written(key);
    if !fed && written.is_none() {
        return None;
    }
    let interval = scope.pipeline.producer.as_ref().map_or(0.0, |own| 1.0 / own.records_per_second.value);
    // `as` saturates.
    let silence = written.unwrap_or(((interval * SILENT_INTERVALS).ceil() as u64).max(FIVE_MINUTES));
    // CloudWatch looks back a day, or a week if a value is that of an hour.
    let period = if silence <= SECONDS_PER_DAY { FIVE_MINUTES } else { SECONDS_PER_HOUR };
    let periods = silence.div_ceil(period);
    if periods * period > 7 * SECONDS_PER_DAY {
        return None;
    }
    let look = if fed {
        format!("{} shows what the producer reports.", scope.logs("producer"))
    } else {
        format!("Look at the programs that write to it; {} shows the last hour.", scope.status())
    };
    let silent = Duration(periods * period);
    let rule = Rule::new(
        key,
        (incoming, "Sum"),
        Span(period, periods, periods),
        Compare::Below,
        1.0,
        format!("No record has entered {target} for {silent}. {look}"),
    );
    Some(if fed { rule.missing_breaches("ProducerGroup") } else { rule.missing_breaches_from_the_start() })
}

fn found_errors(scope: &Scope) -> Rule {
    Rule::happened(
        AlarmKey::ErrorRecords,
        INCOMING,
        format!(
            "The query has found records that it cannot read, or values that do not fit their column. `pipec tail {} \
             {ERROR_STREAM}` shows them.",
            scope.pipeline.command
        ),
    )
}
