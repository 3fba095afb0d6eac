//! IoT Core.

use serde::Serialize;

use super::super::alarms::{Rule, Scope};
use super::super::dashboard::{Graph, graph, rate, series};
use super::super::value::Value;
use super::{Charge, Kind, Load, ONLY_FOR, Site, SourceShown, SourceValues, Trust, only_for};
use crate::aws::limits::billing::SECONDS_PER_MONTH;
use crate::aws::limits::iot;
use crate::aws::metrics::{IOT, Kind as StatusKind, MetricName, TOPIC_RULE};
use crate::aws::prices::Item;
use crate::pipeline::{Iot, Target};
use crate::spec::AlarmKey;

const MATCHED: MetricName = IOT.metric("TopicMatch");
const INVALID: MetricName = IOT.metric("ParseError");
const THROTTLED: MetricName = IOT.metric("RuleMessageThrottled");

/// Partition key where the user writes none.
const RANDOM_KEY: &str = "${newuuid()}";

/// What the template of a topic rule needs.
#[derive(Clone, Debug, Serialize)]
pub struct IotPlan {
    /// Name of the rule.
    pub rule: Value,
    /// Statement.
    pub sql: String,
    /// Template of the partition key; only with a stream.
    pub partition_key: Option<String>,
}

/// Name of the rule: of letters, digits and underscores, which excludes the stack's own name.
fn name(site: &Site) -> String {
    let plain = |text: &str| text.replace('-', "_");
    format!("{}__{}", plain(&site.pipeline.name.value), plain(&site.source.name))
}

impl Kind for Iot {
    fn name(&self) -> &'static str {
        "iot"
    }

    fn values(&self, site: &Site) -> SourceValues {
        let key = self.partition_key.as_ref().map_or(RANDOM_KEY, |key| key.value.as_str());
        SourceValues::Iot(IotPlan {
            rule: Value::text(name(site)),
            sql: self.sql.value.clone(),
            partition_key: (site.target() == Target::Stream).then(|| key.to_owned()),
        })
    }

    fn resources(&self) -> Vec<(&'static str, &'static str)> {
        vec![("Source", "AWS::IoT::TopicRule")]
    }

    fn trust(&self, site: &Site) -> Option<Trust> {
        let arn =
            format!("arn:${{AWS::Partition}}:iot:${{AWS::Region}}:${{AWS::AccountId}}:rule/{}", name(site));
        Some(Trust { service: "iot.amazonaws.com", because: ONLY_FOR, conditions: only_for(arn) })
    }

    fn writes(&self, target: Target) -> &'static [&'static str] {
        match target {
            Target::Stream => &["kinesis:PutRecord"],
            Target::Delivery(_) => &["firehose:PutRecord"],
        }
    }

    fn cost(&self, _site: &Site, load: Load) -> Vec<Charge> {
        let units = load.bytes.div_ceil(iot::BILLED_BYTES).max(1);
        let quantity = load.per_second * SECONDS_PER_MONTH as f64 * units as f64 / 1e6;
        let note = || "one per message and 5 KB; an equal share of all records".to_owned();
        vec![
            Charge { name: "IoT Core: rules triggered", item: Item::IotRulesMillion, quantity, note: note() },
            Charge { name: "IoT Core: actions", item: Item::IotActionsMillion, quantity, note: note() },
        ]
    }

    fn alarms(&self, site: &Site, scope: &Scope) -> Vec<Rule> {
        let lost = Rule::any_of(
            AlarmKey::SourceFailures,
            &[INVALID, THROTTLED],
            format!(
                "IoT Core has lost messages of source {}: they were not JSON, or more than the account may process. {} shows \
                 the source.",
                site.source.name,
                scope.status()
            ),
        );
        lost.into_iter().map(|rule| rule.of(Value::text(name(site)))).collect()
    }

    fn graphs(&self, site: &Site) -> Option<(String, [Graph; 3])> {
        let graphs = [
            graph("messages", "per second", vec![rate(MATCHED, "matched")]),
            graph("invalid messages", "count", vec![series(INVALID, "Sum", "not JSON")]),
            graph("lost messages", "count", vec![series(THROTTLED, "Sum", "throttled")]),
        ];
        Some((name(site), graphs))
    }

    fn status(&self) -> Option<&'static StatusKind> {
        Some(&TOPIC_RULE)
    }

    fn shown(&self, _site: &Site) -> SourceShown {
        let sql: Vec<&str> = self.sql.value.split_whitespace().collect();
        SourceShown {
            line: format!("IoT Core: {}", sql.join(" ")),
            record: "the statement's result for a message, one JSON object without a newline".into(),
            failures: "sent with its cause to the source's queue: the original payload in base64, the topic and the \
                       client ID"
                .into(),
            other_side: Vec::new(),
        }
    }
}
