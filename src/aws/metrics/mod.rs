//! Which CloudWatch metrics show how a part of a pipeline is, and how their values are read.

mod names;

pub use names::{
    API_GATEWAY, AUTO_SCALING, EC2, EVENTS, EVENTS_OF_BUS, FAMILIES, FIREHOSE, FLINK, Family, IOT, KINESIS,
    KINESIS_CONSUMER, LAMBDA, LOGS, METRIC_STREAMS, MetricName, PIPEC_PRODUCER, PIPEC_TRANSFORM, PIPES, SNS,
    SQS, is_known,
};

/// Seconds of a value of what is looked at by the minute: the metric's own resolution.
const MINUTE: i64 = 60;
/// Seconds of a value of everything else. SQS and Firehose report every five minutes at worst.
const FIVE_MINUTES: i64 = 300;

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

pub(super) const fn metric(
    key: &'static str,
    words: &'static str,
    name: &'static str,
    statistic: &'static str,
    reading: Reading,
    unit: Unit,
) -> Metric {
    Metric { key, words, name, namespace: None, statistic, period: FIVE_MINUTES, reading, unit, fault: false }
}

pub(super) const fn by_the_minute(metric: Metric) -> Metric {
    Metric { period: MINUTE, ..metric }
}

pub(super) const fn fault(metric: Metric) -> Metric {
    Metric { fault: true, ..metric }
}

const fn own(metric: Metric) -> Metric {
    Metric { namespace: Some("pipec"), ..metric }
}

/// Key of what comes in, records per second.
pub const RECORDS_IN: &str = "records_per_second";
/// Key of what comes in, bytes per second.
pub const BYTES_IN: &str = "bytes_per_second";

/// A Kinesis stream. Kinesis Data Streams developer guide, "Monitor the service with CloudWatch", 2026-11: one value a
/// minute; `WriteProvisionedThroughputExceeded` counts records, `ReadProvisionedThroughputExceeded` calls.
pub const STREAM: Kind = Kind {
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
            "iterator age",
            "GetRecords.IteratorAgeMilliseconds",
            "Maximum",
            Reading::Highest,
            Unit::Milliseconds,
        ),
    ],
};

/// An EventBridge rule. EventBridge user guide, "Monitoring Amazon EventBridge", 2026-11.
pub const EVENT_RULE: Kind = Kind {
    namespace: "AWS/Events",
    dimension: "RuleName",
    metrics: &[
        metric("matched", "events matched", "MatchedEvents", "Sum", Reading::Sum, Unit::Count),
        fault(metric("failed", "events failed", "FailedInvocations", "Sum", Reading::Sum, Unit::Count)),
    ],
};
/// A REST API. API Gateway developer guide, "Amazon API Gateway dimensions and metrics", 2026-11.
pub const API: Kind = Kind {
    namespace: "AWS/ApiGateway",
    dimension: "ApiName",
    metrics: &[
        metric("requests", "requests", "Count", "Sum", Reading::Sum, Unit::Count),
        metric("rejected", "requests rejected", "4XXError", "Sum", Reading::Sum, Unit::Count),
        fault(metric("failed", "requests failed", "5XXError", "Sum", Reading::Sum, Unit::Count)),
    ],
};
/// A topic rule. IoT Core developer guide, "AWS IoT metrics and dimensions", 2026-11.
pub const TOPIC_RULE: Kind = Kind {
    namespace: "AWS/IoT",
    dimension: "RuleName",
    metrics: &[
        metric("matched", "messages matched", "TopicMatch", "Sum", Reading::Sum, Unit::Count),
        fault(metric("invalid", "messages not JSON", "ParseError", "Sum", Reading::Sum, Unit::Count)),
    ],
};
/// An EventBridge pipe. EventBridge user guide, "Logging and monitoring Amazon EventBridge Pipes using Amazon CloudWatch Logs",
/// 2026-11.
pub const PIPE: Kind = Kind {
    namespace: "AWS/EventBridge/Pipes",
    dimension: "PipeName",
    metrics: &[
        metric("read", "records read", "EventCount", "Sum", Reading::Sum, Unit::Count),
        fault(metric("failed", "batches failed", "ExecutionFailed", "Sum", Reading::Sum, Unit::Count)),
    ],
};
/// A metric stream. CloudWatch user guide, "Monitoring your metric streams with CloudWatch metrics", 2026-11.
pub const METRIC_STREAM: Kind = Kind {
    namespace: "AWS/CloudWatch/MetricStreams",
    dimension: "MetricStreamName",
    metrics: &[
        metric("sent", "metric updates", "MetricUpdate", "Sum", Reading::Sum, Unit::Count),
        fault(metric(
            "failed",
            "share of writes that fail",
            "PublishErrorRate",
            "Maximum",
            Reading::Highest,
            Unit::Share,
        )),
    ],
};
/// The transform. Lambda developer guide, "Types of metrics for Lambda functions", 2026-11; the last four are its own,
/// from its log.
pub const TRANSFORM: Kind = Kind {
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
pub const FLINK_1: Kind = Kind {
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
pub const FLINK_2: Kind = Kind {
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

/// What shows that a job does not run, and how often it was restarted.
#[derive(Clone, Copy, Debug)]
pub struct JobMetrics {
    /// Milliseconds in which it did not run.
    pub down: MetricName,
    /// Restarts since its start.
    pub restarts: MetricName,
    /// What `status` reads of it.
    pub kind: &'static Kind,
}

/// The names on an application's version of Flink, by its runtime environment (`FLINK-1_20`).
pub fn of_job(runtime_environment: &str) -> JobMetrics {
    const ON_FLINK_1: JobMetrics =
        JobMetrics { down: FLINK.metric("downtime"), restarts: FLINK.metric("fullRestarts"), kind: &FLINK_1 };
    const ON_FLINK_2: JobMetrics = JobMetrics {
        down: FLINK.metric("restartingTime"),
        restarts: FLINK.metric("numRestarts"),
        kind: &FLINK_2,
    };
    if runtime_environment.starts_with("FLINK-1") { ON_FLINK_1 } else { ON_FLINK_2 }
}

/// A failure queue. SQS developer guide, "Available CloudWatch metrics", 2026-11: there are values only within six hours
/// of the last call, so the newest one counts.
pub const FAILURES: Kind = Kind {
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
