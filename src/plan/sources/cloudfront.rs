//! Real-time logs of CloudFront.

use serde::Serialize;

use super::super::alarms::{Rule, Scope};
use super::super::value::Value;
use super::{Charge, Kind, Load, Output, Site, SourceShown, SourceValues, Trust, logical_id};
use crate::aws::cloudfront;
use crate::aws::limits::billing::SECONDS_PER_MONTH;
use crate::aws::prices::Item;
use crate::pipeline::{CloudFront, Target};

/// What the template of real-time logs needs.
#[derive(Clone, Debug, Serialize)]
pub struct CloudFrontPlan {
    /// Name of the configuration.
    pub name: Value,
    /// Fields of a line.
    pub fields: Vec<String>,
    /// Percent of the requests.
    pub sampling: u64,
}

impl CloudFront {
    /// The fields as CloudFront writes them; those whose place is not documented are last.
    fn ordered(&self) -> Vec<&str> {
        let mut fields: Vec<&str> = self.fields.iter().map(|field| field.value.as_str()).collect();
        fields.sort_by_key(|field| cloudfront::place(field).unwrap_or(usize::MAX));
        fields
    }
}

impl Kind for CloudFront {
    fn name(&self) -> &'static str {
        "cloudfront"
    }

    fn values(&self, site: &Site) -> SourceValues {
        SourceValues::CloudFront(CloudFrontPlan {
            name: Value::sub(site.name()),
            fields: self.ordered().into_iter().map(str::to_owned).collect(),
            sampling: self.sampling.value,
        })
    }

    fn resources(&self) -> Vec<(&'static str, &'static str)> {
        vec![("Source", "AWS::CloudFront::RealtimeLogConfig")]
    }

    fn trust(&self, _site: &Site) -> Option<Trust> {
        Some(Trust {
            service: "cloudfront.amazonaws.com",
            because: "CloudFront documents no condition for the role of real-time logs.",
            conditions: Vec::new(),
        })
    }

    fn writes(&self, _target: Target) -> &'static [&'static str] {
        &[
            "kinesis:DescribeStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:PutRecord",
            "kinesis:PutRecords",
        ]
    }

    fn cost(&self, _site: &Site, load: Load) -> Vec<Charge> {
        vec![Charge {
            name: "CloudFront: real-time log lines",
            item: Item::CloudFrontRealTimeLinesMillion,
            quantity: load.per_second * SECONDS_PER_MONTH as f64 / 1e6,
            note: "one per record; an equal share of all records".into(),
        }]
    }

    /// CloudFront has no metric of the lines that it could not write. Its developer guide, "Types of metrics", 2026-11.
    fn alarms(&self, _site: &Site, _scope: &Scope) -> Vec<Rule> {
        Vec::new()
    }

    fn outputs(&self, site: &Site) -> Vec<Output> {
        let id = logical_id(site.source);
        vec![Output {
            logical_id: format!("{id}Arn"),
            description: format!("Configuration of real-time logs, source {}", site.source.name),
            value: Value::arn(&id),
        }]
    }

    fn shown(&self, site: &Site) -> SourceShown {
        let distribution = self.distribution.as_ref().map_or("DISTRIBUTION", |id| id.value.as_str());
        let output = format!("{}Arn", logical_id(site.source));
        SourceShown {
            line: format!("real-time logs of CloudFront, {} % of the requests", self.sampling.value),
            record: format!(
                "a request, one line of fields with a tab between them, in this order: {}",
                self.ordered().join(", ")
            ),
            failures: "lost; CloudFront delivers as well as it can".into(),
            other_side: vec![
                format!(
                    "# Write the stack's output {output} as RealtimeLogConfigArn of the cache behaviors:"
                ),
                format!("aws cloudfront get-distribution-config --id {distribution} > distribution.json"),
                "# To delete the stack, remove it from the cache behaviors first.".into(),
            ],
        }
    }
}
