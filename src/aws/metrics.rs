//! Which CloudWatch metrics show how a part of a pipeline is, and how their values are read.

/// The metrics of a namespace that have a dimension of their own, as their documentation names them. What alarms, the
/// dashboard and `status` read is in one of these lists.
#[derive(Debug, PartialEq, Eq)]
pub struct Family {
    /// Namespace.
    pub namespace: &'static str,
    /// The dimension that names the subject.
    pub dimension: &'static str,
    /// Names of the other dimensions, all of which a metric has.
    pub further: &'static [&'static str],
    /// Names.
    pub names: &'static [&'static str],
}

/// A metric, by what CloudWatch finds it with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricName {
    /// Namespace.
    pub namespace: &'static str,
    /// Name of the dimension that names the subject.
    pub dimension: &'static str,
    /// Names of its other dimensions.
    pub further: &'static [&'static str],
    /// Name.
    pub name: &'static str,
}

impl Family {
    /// A metric of this family; a name that is not in its list does not compile where this is a constant.
    ///
    /// # Panics
    /// Where the name is not in the list.
    pub const fn metric(&self, name: &'static str) -> MetricName {
        let mut at = 0;
        while at < self.names.len() {
            if same(self.names[at], name) {
                return MetricName {
                    namespace: self.namespace,
                    dimension: self.dimension,
                    further: self.further,
                    name,
                };
            }
            at += 1;
        }
        panic!("no such metric in this family")
    }
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Kinesis Data Streams developer guide, "Monitor the service with CloudWatch", stream-level metrics, 2026-11.
pub const KINESIS: Family = Family {
    namespace: "AWS/Kinesis",
    dimension: "StreamName",
    further: &[],
    names: &[
        "GetRecords.IteratorAgeMilliseconds",
        "IncomingBytes",
        "IncomingRecords",
        "ReadProvisionedThroughputExceeded",
        "WriteProvisionedThroughputExceeded",
    ],
};
/// The same of a registered consumer, by the names of the stream and the consumer. `SubscribeToShardEvent.*` count what Kinesis
/// pushes.
pub const KINESIS_CONSUMER: Family = Family {
    namespace: "AWS/Kinesis",
    dimension: "ConsumerName",
    further: &["StreamName"],
    names: &[
        "SubscribeToShard.RateExceeded",
        "SubscribeToShardEvent.MillisBehindLatest",
        "SubscribeToShardEvent.Records",
    ],
};
/// Data Firehose developer guide, "Monitor with CloudWatch metrics", 2026-11. `KMSKey*` count for a source that is
/// encrypted with a customer managed key; `ExecuteProcessing.*` for a Lambda transform.
pub const FIREHOSE: Family = Family {
    namespace: "AWS/Firehose",
    dimension: "DeliveryStreamName",
    further: &[],
    names: &[
        "BackupToS3.DataFreshness",
        "DataReadFromKinesisStream.Records",
        "DeliveryToHttpEndpoint.DataFreshness",
        "DeliveryToHttpEndpoint.Records",
        "DeliveryToHttpEndpoint.Success",
        "DeliveryToS3.DataFreshness",
        "DeliveryToS3.Records",
        "DeliveryToS3.Success",
        "DeliveryToSplunk.DataFreshness",
        "DeliveryToSplunk.Records",
        "DeliveryToSplunk.Success",
        "ExecuteProcessing.Success",
        "FailedConversion.Records",
        "IncomingRecords",
        "KMSKeyAccessDenied",
        "KMSKeyDisabled",
        "KMSKeyInvalidState",
        "KMSKeyNotFound",
        "KinesisMillisBehindLatest",
        "PartitionCount",
        "PartitionCountExceeded",
        "ThrottledGetRecords",
        "ThrottledRecords",
    ],
};
/// Lambda developer guide, "Types of metrics for Lambda functions", 2026-11.
pub const LAMBDA: Family = Family {
    namespace: "AWS/Lambda",
    dimension: "FunctionName",
    further: &[],
    names: &["Duration", "Errors", "Invocations", "IteratorAge", "Throttles"],
};
/// Managed Service for Apache Flink developer guide, "Metrics and dimensions", application level, 2026-11. Flink 1 has
/// `downtime` and `fullRestarts`, Flink 2.2 has `restartingTime` and `numRestarts` in their place.
pub const FLINK: Family = Family {
    namespace: "AWS/KinesisAnalytics",
    dimension: "Application",
    further: &[],
    names: &[
        "backPressuredTimeMsPerSecond",
        "containerMemoryUtilization",
        "cpuUtilization",
        "downtime",
        "fullRestarts",
        "heapMemoryUtilization",
        "lastCheckpointDuration",
        "numLateRecordsDropped",
        "numRecordsOutPerSecond",
        "numRestarts",
        "numberOfFailedCheckpoints",
        "restartingTime",
    ],
};
/// EventBridge user guide, "Monitoring Amazon EventBridge", metrics of rules, 2026-11.
pub const EVENTS: Family = Family {
    namespace: "AWS/Events",
    dimension: "RuleName",
    further: &[],
    names: &[
        "FailedInvocations",
        "IngestionToInvocationSuccessLatency",
        "Invocations",
        "InvocationsFailedToBeSentToDlq",
        "InvocationsSentToDlq",
        "MatchedEvents",
        "RetryInvocationAttempts",
    ],
};
/// The same of a rule on a bus other than the default one, by both names.
pub const EVENTS_OF_BUS: Family = Family { further: &["EventBusName"], ..EVENTS };
/// CloudWatch Logs user guide, "Monitoring with CloudWatch metrics", 2026-11: what the subscription filters of a log group could not
/// deliver. The metrics also have the dimensions `DestinationType`, whose values are not documented, and `FilterName`, so they are
/// read by a query, which needs no more than the group.
pub const LOGS: Family = Family {
    namespace: "AWS/Logs",
    dimension: "LogGroupName",
    further: &[],
    names: &["DeliveryErrors", "DeliveryThrottling"],
};
/// EventBridge user guide, "Logging and monitoring Amazon EventBridge Pipes using Amazon CloudWatch Logs", 2026-11. Every minute.
pub const PIPES: Family = Family {
    namespace: "AWS/EventBridge/Pipes",
    dimension: "PipeName",
    further: &[],
    names: &["Duration", "EventCount", "ExecutionFailed", "ExecutionPartiallyFailed", "ExecutionTimeout"],
};
/// API Gateway developer guide, "Amazon API Gateway dimensions and metrics", REST APIs, 2026-11.
pub const API_GATEWAY: Family = Family {
    namespace: "AWS/ApiGateway",
    dimension: "ApiName",
    further: &[],
    names: &["4XXError", "5XXError", "Count", "Latency"],
};
/// IoT Core developer guide, "AWS IoT metrics and dimensions", rule metrics, 2026-11. Those of actions have two dimensions.
pub const IOT: Family = Family {
    namespace: "AWS/IoT",
    dimension: "RuleName",
    further: &[],
    names: &["ParseError", "RuleMessageThrottled", "TopicMatch"],
};
/// SQS developer guide, "Available CloudWatch metrics", 2026-11.
pub const SQS: Family = Family {
    namespace: "AWS/SQS",
    dimension: "QueueName",
    further: &[],
    names: &["ApproximateNumberOfMessagesVisible"],
};
/// EC2 Auto Scaling user guide, "CloudWatch metrics for Amazon EC2 Auto Scaling", 2026-11. A group has them once its
/// metrics collection is enabled, at no charge.
pub const AUTO_SCALING: Family = Family {
    namespace: "AWS/AutoScaling",
    dimension: "AutoScalingGroupName",
    further: &[],
    names: &["GroupInServiceInstances"],
};
/// EC2 user guide, "CloudWatch metrics that are available for your instances", 2026-11.
pub const EC2: Family = Family {
    namespace: "AWS/EC2",
    dimension: "AutoScalingGroupName",
    further: &[],
    names: &["CPUUtilization", "StatusCheckFailed"],
};
/// What `runtime/transform` logs as metrics.
pub const PIPEC_TRANSFORM: Family = Family {
    namespace: "pipec",
    dimension: "FunctionName",
    further: &[],
    names: &["Dropped", "InvalidValues", "ProcessingFailed", "Records"],
};
/// What `runtime/producer` logs as metrics.
pub const PIPEC_PRODUCER: Family = Family {
    namespace: "pipec",
    dimension: "Stream",
    further: &[],
    names: &["BytesSent", "RecordsFailed", "RecordsRetried", "RecordsSent"],
};
/// SNS developer guide, "Monitoring Amazon SNS topics using CloudWatch", 2026-11. They are of a topic, for all of its
/// subscribers.
pub const SNS: Family = Family {
    namespace: "AWS/SNS",
    dimension: "TopicName",
    further: &[],
    names: &[
        "NumberOfMessagesPublished",
        "NumberOfNotificationsDelivered",
        "NumberOfNotificationsFailed",
        "NumberOfNotificationsFailedToRedriveToDlq",
        "NumberOfNotificationsRedrivenToDlq",
        "PublishSize",
    ],
};
/// CloudWatch user guide, "Monitoring your metric streams with CloudWatch metrics", 2026-11.
pub const METRIC_STREAMS: Family = Family {
    namespace: "AWS/CloudWatch/MetricStreams",
    dimension: "MetricStreamName",
    further: &[],
    names: &["MetricUpdate", "PublishErrorRate"],
};
/// Every family.
pub const FAMILIES: &[Family] = &[
    KINESIS,
    KINESIS_CONSUMER,
    FIREHOSE,
    LAMBDA,
    FLINK,
    API_GATEWAY,
    EVENTS,
    EVENTS_OF_BUS,
    LOGS,
    IOT,
    PIPES,
    SQS,
    AUTO_SCALING,
    EC2,
    PIPEC_TRANSFORM,
    PIPEC_PRODUCER,
    SNS,
    METRIC_STREAMS,
];

/// Whether a metric is in the table, by all of its dimensions.
pub fn is_known(namespace: &str, dimensions: &[String], name: &str) -> bool {
    FAMILIES.iter().any(|family| {
        let all = std::iter::once(&family.dimension).chain(family.further);
        family.namespace == namespace && all.eq(dimensions) && family.names.contains(&name)
    })
}

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
