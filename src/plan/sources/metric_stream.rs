//! Metric streams of CloudWatch.

use serde::Serialize;

use super::super::alarms::{Rule, Scope};
use super::super::dashboard::{Graph, graph, rate, series};
use super::{Charge, Kind, Load, Site, SourceShown, SourceValues, Trust, logical_id};
use crate::aws::limits::billing::SECONDS_PER_MONTH;
use crate::aws::metrics::{Kind as StatusKind, METRIC_STREAM, METRIC_STREAMS, MetricName};
use crate::aws::prices::Item;
use crate::pipeline::{MetricFormat, MetricStream, Setting, Target};
use crate::spec::AlarmKey;

const UPDATES: MetricName = METRIC_STREAMS.metric("MetricUpdate");
const ERRORS: MetricName = METRIC_STREAMS.metric("PublishErrorRate");

/// Bytes of a metric in a record. Assumed, from the example of JSON in the CloudWatch user guide, 2026-11.
const ASSUMED_UPDATE_BYTES: u64 = 350;

/// What the template of a metric stream needs.
#[derive(Clone, Debug, Serialize)]
pub struct MetricStreamPlan {
    /// Namespaces that are sent.
    pub namespaces: Vec<String>,
    /// Namespaces that are not sent.
    pub exclude: Vec<String>,
    /// Format of the records.
    pub format: &'static str,
}

fn format(format: MetricFormat) -> &'static str {
    match format {
        MetricFormat::Json => "json",
        MetricFormat::OpenTelemetry1 => "opentelemetry1.0",
        MetricFormat::OpenTelemetry0 => "opentelemetry0.7",
    }
}

fn plain(texts: &[Setting<String>]) -> Vec<String> {
    texts.iter().map(|text| text.value.clone()).collect()
}

impl Kind for MetricStream {
    fn name(&self) -> &'static str {
        "metric_stream"
    }

    fn values(&self, _site: &Site) -> SourceValues {
        SourceValues::MetricStream(MetricStreamPlan {
            namespaces: plain(&self.namespaces),
            exclude: plain(&self.exclude),
            format: format(self.format.value),
        })
    }

    fn resources(&self) -> Vec<(&'static str, &'static str)> {
        vec![("Source", "AWS::CloudWatch::MetricStream")]
    }

    fn refers_to_target(&self) -> bool {
        true
    }

    fn trust(&self, _site: &Site) -> Option<Trust> {
        Some(Trust {
            service: "streams.metrics.cloudwatch.amazonaws.com",
            because: "CloudWatch documents no condition for the role of a metric stream.",
            conditions: Vec::new(),
        })
    }

    fn writes(&self, _target: Target) -> &'static [&'static str] {
        &["firehose:PutRecord", "firehose:PutRecordBatch"]
    }

    fn cost(&self, _site: &Site, load: Load) -> Vec<Charge> {
        let updates = load.per_second * load.bytes as f64 / ASSUMED_UPDATE_BYTES as f64;
        vec![Charge {
            name: "CloudWatch: metric updates",
            item: Item::MetricStreamUpdatesThousand,
            quantity: updates * SECONDS_PER_MONTH as f64 / 1e3,
            note: format!("assumed {ASSUMED_UPDATE_BYTES} B per update; if all records are metrics"),
        }]
    }

    fn alarms(&self, site: &Site, scope: &Scope) -> Vec<Rule> {
        let failed = Rule::any_of(
            AlarmKey::SourceFailures,
            &[ERRORS],
            format!(
                "The metric stream of source {} cannot write to Firehose. {} shows the source.",
                site.source.name,
                scope.status()
            ),
        );
        failed.into_iter().collect()
    }

    fn graphs(&self, site: &Site) -> Option<(String, [Graph; 3])> {
        let graphs = [
            graph("metrics", "per second", vec![rate(UPDATES, "sent")]),
            graph("updates", "count", vec![series(UPDATES, "Sum", "updates of metrics")]),
            graph("failures", "share", vec![series(ERRORS, "Maximum", "writes that fail")]),
        ];
        Some((format!("${{{}}}", logical_id(site.source)), graphs))
    }

    fn status(&self) -> Option<&'static StatusKind> {
        Some(&METRIC_STREAM)
    }

    fn shown(&self, _site: &Site) -> SourceShown {
        let of = match (self.namespaces.as_slice(), self.exclude.as_slice()) {
            ([], []) => "all namespaces".to_owned(),
            ([], exclude) => format!("all namespaces except {}", plain(exclude).join(", ")),
            (namespaces, _) => plain(namespaces).join(", "),
        };
        SourceShown {
            line: format!("metric stream of {of}, {}", format(self.format.value)),
            record: match self.format.value {
                MetricFormat::Json => {
                    "several JSON objects, each with a newline: metric_stream_name, account_id, region, namespace, \
                     metric_name, dimensions, timestamp, value (count, sum, max, min), unit"
                        .into()
                }
                _ => "binary: several metrics, each preceded by its length".into(),
            },
            failures: "retried, and counted as PublishErrorRate".into(),
            other_side: Vec::new(),
        }
    }
}
