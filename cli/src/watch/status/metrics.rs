//! The metrics of a deployed pipeline, and what is read from their values.

use super::Part;
use crate::cloud::deployed::Deployed;
use crate::cloud::observer::{MetricQuery, Point};
use pipec_compiler::aws::destinations;
use pipec_compiler::aws::metrics::{FAILURES, Kind, Metric, Reading, STREAM, TRANSFORM, of_job};
use pipec_compiler::graph::{INPUT_STREAM, Node, NodeKind};
use pipec_compiler::plan::Plan;

/// What is meant by the last hour, seconds.
pub const HOUR: i64 = 3_600;
/// How far back a value is looked for, seconds.
pub const DAY: i64 = 24 * HOUR;

/// The parts of a pipeline in the order of its data: those that CloudWatch knows and that are there.
pub fn parts(plan: &Plan, deployed: &Deployed) -> Vec<(&'static Kind, Part)> {
    let part = |node: &Node| {
        let (kind, words) = known(node, plan)?;
        let existing = plan.stream.as_ref().filter(|stream| stream.existing && node.kind == NodeKind::Stream);
        let existing = existing.map(|stream| stream.name.shown());
        let logical_id = node.logical_id.as_deref().or(existing.as_ref().map(|_| INPUT_STREAM))?;
        let name = existing.as_deref().or_else(|| deployed.name(logical_id))?;
        Some((kind, Part::new(words, logical_id, name, plan.stream_of(logical_id))))
    };
    plan.graph.all().iter().filter_map(part).collect()
}

/// The metrics of a node, and what users call it; `None` for what no metric is read of.
fn known(node: &Node, plan: &Plan) -> Option<(&'static Kind, String)> {
    let of = |what: &str| format!("{what} of {}", node.name.as_deref().unwrap_or_default());
    Some(match node.kind {
        NodeKind::Stream => (&STREAM, "stream".into()),
        NodeKind::Analytics => {
            let runtime = &plan.analytics.as_ref()?.runtime_environment;
            (of_job(runtime).kind, "analytics".into())
        }
        NodeKind::DeliveredStream => (&STREAM, "output stream".into()),
        NodeKind::OutputStream => (&STREAM, of("stream")),
        NodeKind::FailureQueue => {
            (&FAILURES, of(if node.is_of_consumer() { "failures of consumer" } else { "failures" }))
        }
        NodeKind::SourceFailures => (&FAILURES, of("failures")),
        NodeKind::Source => {
            let source = plan.sources.iter().find(|source| Some(&source.name) == node.name.as_ref())?;
            (source.status?, of("source"))
        }
        NodeKind::Transform => {
            (&TRANSFORM, node.name.as_ref().map_or_else(|| "transform".into(), |_| of("transform")))
        }
        NodeKind::Delivery => {
            let delivery = plan.delivery_of(node.logical_id.as_deref()?)?;
            (delivery.capabilities.metrics, delivery.words())
        }
        NodeKind::ErrorDelivery => (destinations::S3.metrics, "delivery of faults".into()),
        NodeKind::Producer
        | NodeKind::Upstream
        | NodeKind::FanOut
        | NodeKind::Reader
        | NodeKind::Network
        | NodeKind::Starter
        | NodeKind::Bucket(_)
        | NodeKind::Destination
        | NodeKind::Table
        | NodeKind::Function
        | NodeKind::Artifacts
        | NodeKind::Logs
        | NodeKind::SessionManager => return None,
    })
}

/// What is asked of CloudWatch about a part.
pub fn queries<'a>(kind: &'a Kind, part: &'a Part) -> impl Iterator<Item = MetricQuery> + 'a {
    kind.metrics.iter().map(|metric| MetricQuery {
        namespace: metric.namespace.unwrap_or(kind.namespace),
        name: metric.name,
        dimension: (kind.dimension, part.resource.clone()),
        statistic: metric.statistic,
        period: metric.period,
    })
}

/// Reads the values of a metric; `None` where there are none, which is not 0.
pub fn read(metric: &Metric, points: &[Point], now: i64) -> Option<f64> {
    let hour = || points.iter().filter(move |point| point.at >= now - HOUR).map(|point| point.value);
    match metric.reading {
        Reading::PeakPerSecond => hour().reduce(f64::max).map(|sum| sum / metric.period as f64),
        Reading::Sum => hour().reduce(|a, b| a + b),
        Reading::Highest => hour().reduce(f64::max).map(|value| value.max(0.0)),
        Reading::Lowest => hour().reduce(f64::min),
        Reading::Growth => {
            let before = points.iter().rev().find(|point| point.at < now - HOUR);
            let mut last = before.map_or(0.0, |point| point.value);
            let grown = |value: f64| {
                let base = if value < last { 0.0 } else { last };
                last = value;
                value - base
            };
            hour().map(grown).reduce(|a, b| a + b)
        }
        Reading::Newest => points.last().map(|point| point.value),
        Reading::LastSeen => points.iter().rev().find(|point| point.value > 0.0).map(|point| point.at as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_compiler::aws::metrics::Unit;

    const NOW: i64 = 1_000_000;

    fn read_as(reading: Reading, points: &[(i64, f64)]) -> Option<f64> {
        let metric = Metric {
            key: "",
            words: "",
            name: "",
            namespace: None,
            statistic: "",
            period: 60,
            reading,
            unit: Unit::Count,
            fault: false,
        };
        let points: Vec<Point> = points.iter().map(|&(at, value)| Point { at: NOW + at, value }).collect();
        read(&metric, &points, NOW)
    }

    #[test]
    fn no_data_is_not_zero() {
        use Reading::*;
        for reading in [PeakPerSecond, Sum, Highest, Lowest, Growth, Newest, LastSeen] {
            assert_eq!(read_as(reading, &[]), None);
        }
        assert_eq!(read_as(Sum, &[(-60, 0.0)]), Some(0.0));
    }

    #[test]
    fn only_the_last_hour_counts_where_it_is_named() {
        let points = [(-4_000, 600.0), (-3_600, 120.0), (-60, 60.0)];
        assert_eq!(read_as(Reading::PeakPerSecond, &points), Some(2.0));
        assert_eq!(read_as(Reading::Sum, &points), Some(180.0));
        assert_eq!(read_as(Reading::Lowest, &points), Some(60.0));
        assert_eq!(read_as(Reading::Newest, &points[..1]), Some(600.0));
        assert_eq!(read_as(Reading::LastSeen, &[(-4_000, 5.0), (-60, 0.0)]), Some((NOW - 4_000) as f64));
    }

    #[test]
    fn a_counter_that_begins_again_has_not_shrunk() {
        let begun_again = [(-3_700, 7.0), (-300, 8.0), (-240, 3.0), (-180, 3.0), (-120, 4.0)];
        assert_eq!(read_as(Reading::Growth, &begun_again), Some(5.0));
    }

    #[test]
    fn a_counter_grows_from_its_value_before_the_hour() {
        assert_eq!(read_as(Reading::Growth, &[(-7_200, 5.0), (-3_700, 7.0), (-300, 9.0)]), Some(2.0));
        assert_eq!(read_as(Reading::Growth, &[(-3_700, 7.0)]), None);
        // A job of this hour.
        assert_eq!(read_as(Reading::Growth, &[(-300, 7.0)]), Some(7.0));
    }

    #[test]
    fn a_value_that_comes_late_is_data() {
        use Reading::*;
        for reading in [PeakPerSecond, Sum, Highest, Lowest, Growth, Newest, LastSeen] {
            assert!(read_as(reading, &[(-900, 1.0)]).is_some(), "{reading:?}");
        }
    }

    #[test]
    fn a_job_that_has_ended_was_not_down_for_a_negative_time() {
        assert_eq!(read_as(Reading::Highest, &[(-60, -1.0)]), Some(0.0));
    }
}
