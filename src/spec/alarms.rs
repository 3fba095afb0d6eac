//! What watches the pipeline.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Duration, Percent};

/// CloudWatch alarms on every part of the pipeline, with thresholds that follow from the spec. `alarms: {}` creates all
/// of them, without notifications.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alarms {
    /// Recipients of the alarms: the ARN of an SNS topic in the pipeline's region, or e-mail addresses. Default: none;
    /// the console and `pipec status` show the states.
    pub notify: Option<Notify>,
    /// Alarms to leave out, by kind. Default: none.
    #[schemars(extend("examples" = [["no_data"]]))]
    pub off: Option<Vec<AlarmKey>>,
    /// Thresholds to use in place of those that follow from the spec, by kind of alarm.
    pub thresholds: Option<Thresholds>,
}

/// Recipient of the alarms.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Notify {
    /// ARN of an existing SNS topic in the pipeline's region, whose policy allows CloudWatch to publish.
    #[schemars(extend("examples" = ["arn:aws:sns:us-east-1:111122223333:on-call"]))]
    Topic(String),
    /// An SNS topic in the stack.
    Own(OwnTopic),
}

/// An SNS topic in the stack.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnTopic {
    /// E-mail addresses that subscribe to it, 1 to 10. Each recipient must confirm the subscription by the link in a
    /// message from AWS.
    #[schemars(length(min = 1, max = 10), extend("examples" = [["on-call@example.com"]]))]
    pub email: Vec<String>,
}

/// A kind of alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKey {
    /// A consumer of a stream is behind.
    IteratorAge,
    /// Records are about to expire before they are read.
    ExpiringRecords,
    /// Writes to a stream are throttled.
    WriteThrottled,
    /// Reads from a stream are throttled.
    ReadThrottled,
    /// More comes in than the spec declares.
    DeclaredRate,
    /// No records come in.
    NoData,
    /// The query has found error records.
    ErrorRecords,
    /// Records reach the destination late.
    Freshness,
    /// Firehose cannot write to the destination.
    WriteFailures,
    /// The destination does not accept Firehose's role.
    AccessDenied,
    /// The destination rejects deliveries.
    DeliveryRejected,
    /// Records do not fit the table, and are not converted to Parquet or ORC.
    ConversionFailures,
    /// Records have more partitions than Firehose fills at a time.
    PartitionsExceeded,
    /// Records reach the backup's bucket late.
    BackupFreshness,
    /// Firehose's calls of the transform fail.
    ProcessingFailures,
    /// A customer managed key cannot be used.
    KeyUnavailable,
    /// Calls of a function fail.
    FunctionErrors,
    /// Calls of a function are throttled.
    FunctionThrottled,
    /// A function runs almost as long as its timeout.
    FunctionDuration,
    /// A function receives its rows late.
    FunctionBehind,
    /// The transform or the producer discards records.
    RecordsFailed,
    /// The Flink job is not running.
    JobDown,
    /// The Flink job has failed and been restarted.
    JobRestarts,
    /// Checkpoints of the Flink job fail.
    CheckpointsFailed,
    /// Checkpoints of the Flink job take long.
    CheckpointDuration,
    /// The processor is busy: of the Flink application, of the producer's instances.
    Cpu,
    /// The heap of the Flink application is full.
    Heap,
    /// The memory of the Flink application's containers is full.
    Memory,
    /// Operators of the Flink job wait for others.
    Backpressure,
    /// Batches of an output have failed after all retries.
    FailedBatches,
    /// A source could not write records.
    SourceFailures,
    /// Instances of the producer are missing.
    Instances,
    /// Instances of the producer fail EC2's status checks.
    StatusCheck,
}

impl AlarmKey {
    /// All kinds, in the order of the data.
    pub const ALL: [Self; 33] = [
        Self::IteratorAge,
        Self::ExpiringRecords,
        Self::WriteThrottled,
        Self::ReadThrottled,
        Self::DeclaredRate,
        Self::NoData,
        Self::ErrorRecords,
        Self::Freshness,
        Self::WriteFailures,
        Self::AccessDenied,
        Self::DeliveryRejected,
        Self::ConversionFailures,
        Self::PartitionsExceeded,
        Self::BackupFreshness,
        Self::ProcessingFailures,
        Self::KeyUnavailable,
        Self::FunctionErrors,
        Self::FunctionThrottled,
        Self::FunctionDuration,
        Self::FunctionBehind,
        Self::RecordsFailed,
        Self::JobDown,
        Self::JobRestarts,
        Self::CheckpointsFailed,
        Self::CheckpointDuration,
        Self::Cpu,
        Self::Heap,
        Self::Memory,
        Self::Backpressure,
        Self::FailedBatches,
        Self::SourceFailures,
        Self::Instances,
        Self::StatusCheck,
    ];

    /// Its name in the spec.
    pub fn name(self) -> &'static str {
        match self {
            Self::IteratorAge => "iterator_age",
            Self::ExpiringRecords => "expiring_records",
            Self::WriteThrottled => "write_throttled",
            Self::ReadThrottled => "read_throttled",
            Self::DeclaredRate => "declared_rate",
            Self::NoData => "no_data",
            Self::ErrorRecords => "error_records",
            Self::Freshness => "freshness",
            Self::WriteFailures => "write_failures",
            Self::AccessDenied => "access_denied",
            Self::DeliveryRejected => "delivery_rejected",
            Self::ConversionFailures => "conversion_failures",
            Self::PartitionsExceeded => "partitions_exceeded",
            Self::BackupFreshness => "backup_freshness",
            Self::ProcessingFailures => "processing_failures",
            Self::KeyUnavailable => "key_unavailable",
            Self::FunctionErrors => "function_errors",
            Self::FunctionThrottled => "function_throttled",
            Self::FunctionDuration => "function_duration",
            Self::FunctionBehind => "function_behind",
            Self::RecordsFailed => "records_failed",
            Self::JobDown => "job_down",
            Self::JobRestarts => "job_restarts",
            Self::CheckpointsFailed => "checkpoints_failed",
            Self::CheckpointDuration => "checkpoint_duration",
            Self::Cpu => "cpu",
            Self::Heap => "heap",
            Self::Memory => "memory",
            Self::Backpressure => "backpressure",
            Self::FailedBatches => "failed_batches",
            Self::SourceFailures => "source_failures",
            Self::Instances => "instances",
            Self::StatusCheck => "status_check",
        }
    }
}

/// Thresholds of alarms.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Age of the oldest unread record of a stream, 1 min to an hour less than the retention period of the input stream. A
    /// stream of rows with a shorter retention period gets half of that period instead. Default: `10 min`.
    #[schemars(extend("examples" = ["10 min"]))]
    pub iterator_age: Option<Duration>,
    /// Share of a stream's retention period that unread records have used up, 1 % to 99 %. Default: `50 %`.
    #[schemars(extend("examples" = ["50 %"]))]
    pub expiring_records: Option<Percent>,
    /// Share of the declared rate, 1 % to 1,000 %. Default: `100 %`.
    #[schemars(extend("examples" = ["100 %"]))]
    pub declared_rate: Option<Percent>,
    /// Time without a record in the input stream, or in a delivery without a stream, 5 min to 7 d. Default: three times the interval of the producer's
    /// records, at least `5 min`; without a producer that sends continuously, no alarm.
    #[schemars(extend("examples" = ["15 min"]))]
    pub no_data: Option<Duration>,
    /// Age of the oldest record that is not at the destination, from a minute above the buffer interval to 24 h. Default: twice the
    /// buffer interval and the transform's, at least `15 min`.
    #[schemars(extend("examples" = ["15 min"]))]
    pub freshness: Option<Duration>,
    /// Share of a function's timeout, 1 % to 99 %. Default: `80 %`.
    #[schemars(extend("examples" = ["80 %"]))]
    pub function_duration: Option<Percent>,
    /// Iterator age of a function: the time that rows wait for it, 1 min to 23 h. Default: `10 min` and the batching
    /// window.
    #[schemars(extend("examples" = ["10 min"]))]
    pub function_behind: Option<Duration>,
    /// Duration of a checkpoint, 1 s to 10 min. Default: `30 s`, half of the checkpoint interval.
    #[schemars(extend("examples" = ["30 s"]))]
    pub checkpoint_duration: Option<Duration>,
    /// Processor use, 1 % to 99 %. Default: `80 %`.
    #[schemars(extend("examples" = ["80 %"]))]
    pub cpu: Option<Percent>,
    /// Heap use, 1 % to 99 %. Default: `90 %`.
    #[schemars(extend("examples" = ["90 %"]))]
    pub heap: Option<Percent>,
    /// Memory use, 1 % to 99 %. Default: `85 %`.
    #[schemars(extend("examples" = ["85 %"]))]
    pub memory: Option<Percent>,
    /// Share of a second in which operators wait, 1 % to 99 %. Default: `50 %`.
    #[schemars(extend("examples" = ["50 %"]))]
    pub backpressure: Option<Percent>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_the_name_of_the_spec() {
        for key in AlarmKey::ALL {
            assert_eq!(serde_json::to_value(key).expect("JSON"), key.name());
        }
    }
}
