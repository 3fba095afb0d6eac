//! Which metrics say how a pipeline is, and what is read from their values.

use super::Part;
use crate::deploy::deployed::Deployed;
use crate::deploy::observer::{MetricQuery, Point};
use crate::plan::{Plan, StreamPlan};

/// Seconds of a value of what is looked at by the minute: the metric's own resolution.
const MINUTE: i64 = 60;
/// Seconds of a value of everything else. SQS and Firehose report every five minutes at worst.
const FIVE_MINUTES: i64 = 300;
/// What is meant by the last hour, seconds.
pub const HOUR: i64 = 3_600;
/// How far back a value is looked for, seconds.
pub const DAY: i64 = 24 * HOUR;

/// What is read from the values of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The highest value of the last hour, a second: of sums of a minute.
    PeakPerSecond,
    /// The sum of the last hour.
    Sum,
    /// The highest value of the last hour.
    Highest,
    /// The lowest value of the last hour.
    Lowest,
    /// What a counter has grown by in the last hour. It begins at 0 with each job, and has no value while there is none.
    Growth,
    /// The newest value of the last day, and when that was.
    Newest,
    /// When it was last above 0 in the last day, seconds since 1970.
    LastSeen,
}

/// Unit of what is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A number of things.
    Count,
    /// Things a second.
    PerSecond,
    /// Bytes a second.
    BytesPerSecond,
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// A part of 1.
    Share,
    /// A time, seconds since 1970.
    Time,
}

/// A metric of a kind of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Name in pipec's output; with its unit where a number alone could be misread.
    pub key: &'static str,
    /// In words.
    pub words: &'static str,
    /// Name in CloudWatch.
    pub name: &'static str,
    /// Namespace, where it is not that of the kind.
    pub namespace: Option<&'static str>,
    /// Statistic of a period.
    pub statistic: &'static str,
    /// Seconds of a value.
    pub period: i64,
    /// What is read.
    pub reading: Reading,
    /// Its unit.
    pub unit: Unit,
    /// Whether any value above 0 is a fault.
    pub fault: bool,
}

/// A kind of resource, as CloudWatch knows it.
#[derive(Debug)]
pub struct Kind {
    /// Namespace of its metrics.
    pub namespace: &'static str,
    /// The dimension that names it.
    pub dimension: &'static str,
    /// What is asked for.
    pub metrics: &'static [Metric],
}

const fn metric(
    key: &'static str,
    words: &'static str,
    name: &'static str,
    statistic: &'static str,
    reading: Reading,
    unit: Unit,
) -> Metric {
    Metric { key, words, name, namespace: None, statistic, period: FIVE_MINUTES, reading, unit, fault: false }
}

const fn by_the_minute(metric: Metric) -> Metric {
    Metric { period: MINUTE, ..metric }
}

const fn fault(metric: Metric) -> Metric {
    Metric { fault: true, ..metric }
}

const fn own(metric: Metric) -> Metric {
    Metric { namespace: Some("pipec"), ..metric }
}

/// Key of what comes in, records a second.
pub const RECORDS_IN: &str = "records_per_second";
/// Key of what comes in, bytes a second.
pub const BYTES_IN: &str = "bytes_per_second";

/// A Kinesis stream. Kinesis Data Streams developer guide, "Monitor the service with CloudWatch", 2026-11: one value a
/// minute; `WriteProvisionedThroughputExceeded` counts records, `ReadProvisionedThroughputExceeded` calls.
const STREAM: Kind = Kind {
    namespace: "AWS/Kinesis",
    dimension: "StreamName",
    metrics: &[
        by_the_minute(metric(
            RECORDS_IN,
            "records in",
            "IncomingRecords",
            "Sum",
            Reading::PeakPerSecond,
            Unit::PerSecond,
        )),
        by_the_minute(metric(
            BYTES_IN,
            "bytes in",
            "IncomingBytes",
            "Sum",
            Reading::PeakPerSecond,
            Unit::BytesPerSecond,
        )),
        fault(metric(
            "records_throttled",
            "records throttled",
            "WriteProvisionedThroughputExceeded",
            "Sum",
            Reading::Sum,
            Unit::Count,
        )),
        fault(metric(
            "reads_throttled",
            "reads throttled",
            "ReadProvisionedThroughputExceeded",
            "Sum",
            Reading::Sum,
            Unit::Count,
        )),
        metric(
            "iterator_age_ms",
            "consumers behind",
            "GetRecords.IteratorAgeMilliseconds",
            "Maximum",
            Reading::Highest,
            Unit::Milliseconds,
        ),
    ],
};

/// Firehose. Data Firehose developer guide, "Monitor with CloudWatch metrics", 2026-11: `DataFreshness` is the age of the
/// oldest record that is not delivered, in seconds; `Success` is a part of 1.
const DELIVERY: Kind = Kind {
    namespace: "AWS/Firehose",
    dimension: "DeliveryStreamName",
    metrics: &[
        by_the_minute(metric(
            "last_delivery",
            "last delivery",
            "DeliveryToS3.Records",
            "Sum",
            Reading::LastSeen,
            Unit::Time,
        )),
        metric(
            "records_delivered",
            "records delivered",
            "DeliveryToS3.Records",
            "Sum",
            Reading::Sum,
            Unit::Count,
        ),
        metric(
            "puts_succeeded",
            "puts that succeed",
            "DeliveryToS3.Success",
            "Average",
            Reading::Lowest,
            Unit::Share,
        ),
        metric(
            "freshness_s",
            "oldest record waits",
            "DeliveryToS3.DataFreshness",
            "Maximum",
            Reading::Highest,
            Unit::Seconds,
        ),
    ],
};

/// The transform. Lambda developer guide, "Types of metrics for Lambda functions", 2026-11; the last four are its own,
/// from its log.
const TRANSFORM: Kind = Kind {
    namespace: "AWS/Lambda",
    dimension: "FunctionName",
    metrics: &[
        metric("calls", "calls", "Invocations", "Sum", Reading::Sum, Unit::Count),
        fault(metric("errors", "errors", "Errors", "Sum", Reading::Sum, Unit::Count)),
        fault(metric("throttles", "throttles", "Throttles", "Sum", Reading::Sum, Unit::Count)),
        own(metric("records", "records", "Records", "Sum", Reading::Sum, Unit::Count)),
        own(metric("records_dropped", "records dropped", "Dropped", "Sum", Reading::Sum, Unit::Count)),
        own(metric(
            "values_invalid",
            "values that do not fit",
            "InvalidValues",
            "Sum",
            Reading::Sum,
            Unit::Count,
        )),
        fault(own(metric(
            "records_failed",
            "records failed",
            "ProcessingFailed",
            "Sum",
            Reading::Sum,
            Unit::Count,
        ))),
    ],
};

const RECORDS_OUT: Metric = metric(
    "rows_per_second",
    "rows between operators",
    "numRecordsOutPerSecond",
    "Average",
    Reading::Newest,
    Unit::PerSecond,
);
/// Records that came after their window was closed.
const RECORDS_LATE: Metric = metric(
    "records_late",
    "records too late",
    "numLateRecordsDropped",
    "Maximum",
    Reading::Growth,
    Unit::Count,
);
const CHECKPOINTS_FAILED: Metric = fault(metric(
    "checkpoints_failed",
    "checkpoints failed",
    "numberOfFailedCheckpoints",
    "Maximum",
    Reading::Growth,
    Unit::Count,
));

/// An application on Flink 1. Managed Service for Apache Flink developer guide, "Metrics and dimensions", 2026-11.
/// `downtime` is 0 while the job runs and -1 when it has ended.
const FLINK_1: Kind = Kind {
    namespace: "AWS/KinesisAnalytics",
    dimension: "Application",
    metrics: &[
        fault(metric("restarts", "restarts", "fullRestarts", "Maximum", Reading::Growth, Unit::Count)),
        fault(metric(
            "down_ms",
            "down at longest",
            "downtime",
            "Maximum",
            Reading::Highest,
            Unit::Milliseconds,
        )),
        CHECKPOINTS_FAILED,
        RECORDS_LATE,
        RECORDS_OUT,
    ],
};

/// The same on Flink 2, where `fullRestarts` is gone and `downtime` is replaced by times in a state.
const FLINK_2: Kind = Kind {
    namespace: "AWS/KinesisAnalytics",
    dimension: "Application",
    metrics: &[
        fault(metric("restarts", "restarts", "numRestarts", "Maximum", Reading::Growth, Unit::Count)),
        fault(metric(
            "down_ms",
            "down at longest",
            "restartingTime",
            "Maximum",
            Reading::Highest,
            Unit::Milliseconds,
        )),
        CHECKPOINTS_FAILED,
        RECORDS_LATE,
        RECORDS_OUT,
    ],
};

/// A failure queue. SQS developer guide, "Available CloudWatch metrics", 2026-11: there are values only within six hours
/// of the last call, so the newest one counts.
const FAILURES: Kind = Kind {
    namespace: "AWS/SQS",
    dimension: "QueueName",
    metrics: &[fault(metric(
        "messages",
        "batches that failed",
        "ApproximateNumberOfMessagesVisible",
        "Maximum",
        Reading::Newest,
        Unit::Count,
    ))],
};

/// The parts of a pipeline in the order of its data, those that are there.
pub fn parts(plan: &Plan, deployed: &Deployed) -> Vec<(&'static Kind, Part)> {
    let mut parts = Vec::new();
    let mut add = |kind: &'static Kind, part: String, logical_id: &str, stream: Option<&StreamPlan>| {
        if let Some(name) = deployed.name(logical_id) {
            parts.push((kind, Part::new(part, logical_id, name, stream)));
        }
    };
    add(&STREAM, "stream".into(), &plan.stream.logical_id, Some(&plan.stream));
    if let Some(analytics) = &plan.analytics {
        let new = !analytics.runtime_environment.starts_with("FLINK-1");
        add(if new { &FLINK_2 } else { &FLINK_1 }, "analytics".into(), "Analytics", None);
    }
    if let Some(stream) = &plan.output_stream {
        add(&STREAM, "output stream".into(), &stream.logical_id, Some(stream));
    }
    for output in &plan.outputs {
        add(&STREAM, format!("stream of {}", output.name), &output.stream.logical_id, Some(&output.stream));
        if output.function.is_some() {
            let queue = format!("OutputFailures{}", output.id);
            add(&FAILURES, format!("failures of {}", output.name), &queue, None);
        }
    }
    if plan.transform.is_some() {
        add(&TRANSFORM, "transform".into(), "Transform", None);
    }
    add(&DELIVERY, "delivery".into(), "Delivery", None);
    if plan.error_delivery.is_some() {
        add(&DELIVERY, "delivery of faults".into(), "ErrorDelivery", None);
    }
    parts
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

    const NOW: i64 = 1_000_000;

    fn read_as(reading: Reading, points: &[(i64, f64)]) -> Option<f64> {
        let metric = Metric { period: 60, ..metric("", "", "", "", reading, Unit::Count) };
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
