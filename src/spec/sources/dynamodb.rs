//! DynamoDB.

use schemars::JsonSchema;
use serde::Deserialize;

/// Changes to a DynamoDB table, read from its stream by an EventBridge pipe. A change that cannot be written is
/// retried; if it still fails, its position goes to a queue in the stack.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DynamoDb {
    /// ARN of the table's stream, in the stack's account and region. The table and its stream already exist.
    #[schemars(extend("allOf" = [{"pattern": "^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:[0-9]{12}:table/[^/]+/stream/[^/]+$"}], "examples" = ["arn:aws:dynamodb:us-east-1:111122223333:table/orders/stream/2026-11-30T00:00:00.000"]))]
    pub stream: String,
    /// Start position of the pipe: `latest`, or `oldest`, up to 24 hours back. A change replaces the pipe, which then
    /// starts from the new position. Default: `latest`.
    pub start: Option<ChangesStart>,
    /// JSON path of the change's field that becomes the partition key. Default: the ID of the change, which distributes
    /// the changes of an item over all shards.
    #[schemars(extend("allOf" = [{"pattern": "^\\$", "maxLength": 256}], "examples" = ["$.dynamodb.Keys.order_id.S"]))]
    pub partition_key: Option<String>,
    /// Maximum number of changes per call, 1 to 500. Default: 100.
    #[schemars(extend("allOf" = [{"minimum": 1, "maximum": 500}], "examples" = [100]))]
    pub batch_size: Option<u64>,
}

/// Where the pipe starts to read a table's stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangesStart {
    /// At the changes that follow the creation of the pipe.
    Latest,
    /// At the oldest change that the table's stream still has.
    Oldest,
}
