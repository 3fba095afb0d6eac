//! EventBridge.

use serde::Serialize;

use super::super::alarms::{Rule, Scope};
use super::super::dashboard::{Graph, graph, rate, series};
use super::super::existing::Existing;
use super::super::value::{Value, literal};
use super::{Kind, ONLY_FOR, Site, SourceShown, SourceValues, Trust, only_for};
use crate::aws::existing;
use crate::aws::metrics::{EVENT_RULE, EVENTS, EVENTS_OF_BUS, Kind as StatusKind, MetricName};
use crate::pipeline::{EventBridge, Target, Trigger};
use crate::spec::AlarmKey;

const FAILED: MetricName = EVENTS.metric("FailedInvocations");
const MATCHED: MetricName = EVENTS.metric("MatchedEvents");
const INVOCATIONS: MetricName = EVENTS.metric("Invocations");
const TO_QUEUE: MetricName = EVENTS.metric("InvocationsSentToDlq");
const NOT_TO_QUEUE: MetricName = EVENTS.metric("InvocationsFailedToBeSentToDlq");
const RETRIES: MetricName = EVENTS.metric("RetryInvocationAttempts");
/// Microseconds are too fine and days too coarse: CloudWatch reports milliseconds.
const LATENCY: MetricName = EVENTS.metric("IngestionToInvocationSuccessLatency");

/// What the template of an EventBridge rule needs.
#[derive(Clone, Debug, Serialize)]
pub struct EventBridgePlan {
    /// Name of the rule.
    pub rule: Value,
    /// Name of the bus, if it is not the default one.
    pub bus: Option<String>,
    /// Event pattern.
    pub pattern: Option<serde_json::Map<String, serde_json::Value>>,
    /// Schedule.
    pub schedule: Option<String>,
    /// JSON path of the record in the event.
    pub input: Option<String>,
    /// JSON path of the partition key in the event.
    pub partition_key: Option<String>,
}

/// ARN of the rule, for `Fn::Sub`.
fn arn(rule: &EventBridge, site: &Site) -> String {
    let bus = rule.bus.as_ref().map(|bus| format!("{}/", bus.value)).unwrap_or_default();
    format!("arn:${{AWS::Partition}}:events:${{AWS::Region}}:${{AWS::AccountId}}:rule/{bus}{}", site.name())
}

impl EventBridge {
    /// A metric of the rule: on a bus other than the default one, by the names of both.
    fn of_bus(&self, metric: MetricName) -> MetricName {
        if self.bus.is_some() { MetricName { further: EVENTS_OF_BUS.further, ..metric } } else { metric }
    }
}

impl Kind for EventBridge {
    fn name(&self) -> &'static str {
        "eventbridge"
    }

    fn values(&self, site: &Site) -> SourceValues {
        let (pattern, schedule) = match &self.trigger {
            Trigger::Pattern(pattern) => (Some(pattern.value.clone()), None),
            Trigger::Schedule(schedule) => (None, Some(schedule.value.clone())),
        };
        SourceValues::EventBridge(EventBridgePlan {
            rule: Value::sub(site.name()),
            bus: self.bus.as_ref().map(|bus| bus.value.clone()),
            pattern,
            schedule,
            input: self.input.as_ref().map(|input| input.value.clone()),
            partition_key: self.partition_key.as_ref().map(|path| path.value.clone()),
        })
    }

    fn existing(&self, site: &Site) -> Vec<Existing> {
        let at = || format!("{}/eventbridge/bus", site.source.spec);
        self.bus.iter().map(|bus| Existing::new(&existing::BUS, &bus.value, at())).collect()
    }

    fn resources(&self) -> Vec<(&'static str, &'static str)> {
        vec![("Source", "AWS::Events::Rule")]
    }

    fn trust(&self, site: &Site) -> Option<Trust> {
        let conditions = only_for(arn(self, site));
        Some(Trust { service: "events.amazonaws.com", because: ONLY_FOR, conditions })
    }

    fn writes(&self, target: Target) -> &'static [&'static str] {
        match target {
            Target::Stream => &["kinesis:PutRecord", "kinesis:PutRecords"],
            Target::Delivery(_) => &["firehose:PutRecord", "firehose:PutRecordBatch"],
        }
    }

    fn queue_sender(&self, site: &Site) -> Option<(&'static str, Value)> {
        Some(("events.amazonaws.com", Value::sub(arn(self, site))))
    }

    fn alarms(&self, site: &Site, scope: &Scope) -> Vec<Rule> {
        let lost = Rule::any_of(
            AlarmKey::SourceFailures,
            &[self.of_bus(NOT_TO_QUEUE)],
            format!(
                "EventBridge has lost events of source {}: it could write them neither to the pipeline nor to their queue. \
                 {} shows the source.",
                site.source.name,
                scope.status()
            ),
        );
        let bus: Vec<Value> = self.bus.iter().map(|bus| Value::text(&bus.value)).collect();
        lost.into_iter().map(|rule| rule.of(Value::sub(site.name())).and(bus.clone())).collect()
    }

    fn graphs(&self, site: &Site) -> Option<(String, [Graph; 3])> {
        let bus: Vec<String> = self.bus.iter().map(|bus| literal(&bus.value)).collect();
        let rate = |metric, label| rate(self.of_bus(metric), label);
        let series = |metric, statistic, label| series(self.of_bus(metric), statistic, label);
        let graphs = [
            graph("events", "per second", vec![rate(MATCHED, "matched"), rate(INVOCATIONS, "written")]),
            graph(
                "latency",
                "milliseconds",
                vec![series(LATENCY, "Maximum", "from the event to its record")],
            ),
            graph(
                "failures",
                "count",
                vec![
                    series(RETRIES, "Sum", "retries"),
                    series(FAILED, "Sum", "failed permanently"),
                    series(TO_QUEUE, "Sum", "sent to the queue"),
                ],
            ),
        ];
        Some((site.name(), graphs.map(|graph| graph.and(&bus))))
    }

    fn status(&self) -> Option<&'static StatusKind> {
        self.bus.is_none().then_some(&EVENT_RULE)
    }

    fn shown(&self, _site: &Site) -> SourceShown {
        let bus = self.bus.as_ref().map_or("the default bus".to_owned(), |bus| format!("bus {}", bus.value));
        let line = match &self.trigger {
            Trigger::Pattern(pattern) => {
                format!("EventBridge, {bus}: {}", serde_json::Value::Object(pattern.value.clone()))
            }
            Trigger::Schedule(schedule) => format!("EventBridge, {bus}: {}", schedule.value),
        };
        let record = match &self.input {
            Some(path) => format!("the part {} of an event, JSON without a newline", path.value),
            None => "an event, one JSON object without a newline: version, id, detail-type, source, account, time, region, \
                     resources, detail"
                .into(),
        };
        SourceShown {
            line,
            record,
            failures: "retried for 24 hours, then sent to the source's queue".into(),
            other_side: Vec::new(),
        }
    }
}
