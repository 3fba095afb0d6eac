//! SQS.

use schemars::JsonSchema;
use serde::Deserialize;

/// Messages from an SQS queue, read by an EventBridge pipe. A message is deleted from the queue after it has been
/// written. A message that cannot be written stays in the queue, where the queue's own redrive policy applies.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sqs {
    /// ARN of an existing queue in the stack's account and region, standard or FIFO.
    #[schemars(extend("allOf" = [{"pattern": "^arn:aws[a-z-]*:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}(\\.fifo)?$"}], "examples" = ["arn:aws:sqs:us-east-1:111122223333:orders"]))]
    pub queue: String,
    /// JSON path of the message's field that becomes the partition key. Fields of a JSON body are under `$.body`.
    /// Default: the message's ID.
    #[schemars(extend("allOf" = [{"pattern": "^\\$", "maxLength": 256}], "examples" = ["$.body.order_id"]))]
    pub partition_key: Option<String>,
    /// Maximum number of messages per call, 1 to 500. Default: 100, or 10 for a FIFO queue, which is also its maximum.
    #[schemars(extend("allOf" = [{"minimum": 1, "maximum": 500}], "examples" = [100]))]
    pub batch_size: Option<u64>,
    /// Form of the message's body in the record: a string (`text`), or JSON (`json`), if all bodies are JSON. SQL reads
    /// the fields of a JSON body as `$.body.name`. Default: `text`.
    pub body: Option<SqsBody>,
    /// ARN of the customer managed KMS key that encrypts the queue. Default: none.
    #[schemars(extend("allOf" = [{"pattern": "^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/"}], "examples" = ["arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]))]
    pub kms_key: Option<String>,
}

/// What a record has of a message's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SqsBody {
    /// The JSON of the body, in a record with the message's id and attributes.
    Json,
    /// A text, in the message as SQS has it.
    Text,
}
