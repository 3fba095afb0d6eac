//! What reads the stream besides Firehose and Flink: one key per kind.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Duration;

/// A reader of the stream. Exactly one kind.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    {"required": ["lambda"]},
    {"required": ["fan_out"]},
    {"required": ["poll"]},
]))]
pub struct Consumer {
    /// Lambda function that is called with batches of records.
    pub lambda: Option<LambdaConsumer>,
    /// Program with enhanced fan-out: a dedicated read throughput of 2 MiB per second and shard, at an additional
    /// charge.
    pub fan_out: Option<Reader>,
    /// Program that polls, such as one that uses the Kinesis Client Library, or Logstash. It shares the read throughput
    /// of the shards with the other polling readers.
    pub poll: Option<Reader>,
}

/// Existing Lambda function that is called with batches of records from the stream. A failed batch is bisected and
/// retried; if it still fails, its position in the stream goes to a queue in the stack.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LambdaConsumer {
    /// ARN of the function, in the stack's account and region.
    #[schemars(
        regex(pattern = r"^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_$-]{1,128})?$"),
        extend("examples" = ["arn:aws:lambda:us-east-1:111122223333:function:alert"])
    )]
    pub function: String,
    /// Name of the function's execution role. The permission to read the stream is attached to it.
    #[schemars(extend("allOf" = [{"pattern": "^[A-Za-z0-9_+=,.@-]{1,64}$"}], "examples" = ["alert-role"]))]
    pub role: String,
    /// Maximum number of records per call, 1 to 10,000. Default: 100.
    #[schemars(range(min = 1, max = 10000), extend("examples" = [100]))]
    pub batch_size: Option<u64>,
    /// Batching window: how long to collect records for a call, 0 s to 300 s. Default: `0 s`.
    #[schemars(extend("examples" = ["5 s"]))]
    pub window: Option<Duration>,
    /// Number of retries of a failed call, 0 to 10,000. Default: 3.
    #[schemars(range(min = 0, max = 10000), extend("examples" = [3]))]
    pub retries: Option<u64>,
    /// Maximum age of a record that is retried, 1 min to 7 d. Default: none; `retries` is the only limit.
    #[schemars(extend("examples" = ["1 h"]))]
    pub max_age: Option<Duration>,
    /// Whether the function reports the records that failed, as `{"batchItemFailures": [{"itemIdentifier": "<sequence
    /// number>"}]}`. Lambda then retries from the first of those records, and does not resend the records before it. A
    /// response that is empty, or has an empty or no list, is a success. Default: `false`, the whole batch is retried.
    pub partial_failures: Option<bool>,
    /// Number of concurrent calls per shard, 1 to 10. The order within a partition key is kept. Default: 1.
    #[schemars(range(min = 1, max = 10), extend("examples" = [2]))]
    pub parallelization: Option<u64>,
    /// Start position of Lambda: `oldest` or `latest`. A change replaces the event source mapping, which then starts
    /// from the new position. Default: `oldest`, all records that the stream still has.
    pub start: Option<ConsumerStart>,
    /// Filter patterns, with the fields of a record under `data`. The function is called with the records that match
    /// any pattern; other records are skipped. Default: all records.
    #[schemars(extend("allOf" = [{"maxItems": 10}], "examples" = [[{"data": {"type": ["order"]}}]]))]
    pub filter: Option<Vec<Map<String, Value>>>,
    /// Whether Lambda reads with enhanced fan-out, at an additional charge. Default: `false`.
    pub fan_out: Option<bool>,
}

/// Where Lambda starts to read the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsumerStart {
    /// At the oldest record that the stream still has.
    Oldest,
    /// At the records that follow the creation of the mapping. Records that come in during the creation can be missed.
    Latest,
}

/// A program that reads the stream. Exactly one key.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["role"]}, {"required": ["account"]}]))]
pub struct Reader {
    /// Name of the program's role, in the stack's account. The permission to read is attached to it as an inline
    /// policy. The role cannot be deleted before that policy.
    #[schemars(extend("allOf" = [{"pattern": "^[A-Za-z0-9_+=,.@-]{1,64}$"}], "examples" = ["billing-task-role"]))]
    pub role: Option<String>,
    /// ID of another account, in quotation marks. The stream's policy allows it to read, which requires a customer
    /// managed key.
    #[schemars(extend("allOf" = [{"pattern": "^[0-9]{12}$"}], "examples" = ["444455556666"]))]
    pub account: Option<String>,
}
