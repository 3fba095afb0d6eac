//! The metrics that CloudWatch has of the services, by their names and dimensions.

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
        "DeliveryToAmazonOpenSearchServerless.AuthFailure",
        "DeliveryToAmazonOpenSearchServerless.DataFreshness",
        "DeliveryToAmazonOpenSearchServerless.DeliveryRejected",
        "DeliveryToAmazonOpenSearchServerless.Records",
        "DeliveryToAmazonOpenSearchServerless.Success",
        "DeliveryToAmazonOpenSearchService.AuthFailure",
        "DeliveryToAmazonOpenSearchService.DataFreshness",
        "DeliveryToAmazonOpenSearchService.DeliveryRejected",
        "DeliveryToAmazonOpenSearchService.Records",
        "DeliveryToAmazonOpenSearchService.Success",
        "DeliveryToHttpEndpoint.DataFreshness",
        "DeliveryToHttpEndpoint.Records",
        "DeliveryToHttpEndpoint.Success",
        "DeliveryToIceberg.DataFreshness",
        "DeliveryToIceberg.FailedRowCount",
        "DeliveryToIceberg.Success",
        "DeliveryToIceberg.SuccessfulRowCount",
        "DeliveryToRedshift.DataFreshness",
        "DeliveryToRedshift.Records",
        "DeliveryToRedshift.Success",
        "DeliveryToS3.DataFreshness",
        "DeliveryToS3.Records",
        "DeliveryToS3.Success",
        "DeliveryToSnowflake.DataFreshness",
        "DeliveryToSnowflake.Records",
        "DeliveryToSnowflake.Success",
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
