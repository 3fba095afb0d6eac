//! CloudWatch Logs.

use schemars::JsonSchema;
use serde::Deserialize;

/// Log events from CloudWatch Logs: from log groups in the stack's account, or from other accounts that subscribe to a
/// destination in the stack. A record contains many log events, compressed with gzip; `transform: {unpack:
/// cloudwatch_logs}` writes one line per log event.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["groups"]}, {"required": ["accounts"]}]))]
pub struct CloudWatchLogs {
    /// Names of existing log groups in the stack's account and region. A log group can have two subscription filters.
    #[schemars(extend("allOf" = [{"items": {"pattern": "^[A-Za-z0-9._/#-]{1,512}$"}}], "examples" = [["/aws/lambda/orders"]], "minItems" = 1))]
    pub groups: Option<Vec<String>>,
    /// IDs of other accounts, in quotation marks, that may send log events of the same region. The stack's destination
    /// is an output; `pipec plan` prints the command for the other account.
    #[schemars(extend("allOf" = [{"items": {"pattern": "^[0-9]{12}$"}}], "examples" = [["111122223333"]], "minItems" = 1))]
    pub accounts: Option<Vec<String>>,
    /// Filter pattern of CloudWatch Logs, up to 1,024 characters. Default: all log events. With `accounts`, the other
    /// account's filter decides.
    #[schemars(extend("allOf" = [{"maxLength": 1024}], "examples" = ["{ $.level = \"ERROR\" }"]))]
    pub filter: Option<String>,
    /// Partition key of the records. Default: `by_log_stream`.
    pub distribution: Option<Distribution>,
}

/// How log events are distributed over the shards of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Distribution {
    /// The events of a log stream go to one shard, in order.
    ByLogStream,
    /// Each record goes to a random shard, without an order.
    Random,
}
