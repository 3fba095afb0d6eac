//! EventBridge pipes, which read an SQS queue or the stream of a DynamoDB table.

use crate::pipeline::Setting;
pub use crate::spec::sources::{ChangesStart, SqsBody};

/// An SQS queue.
#[derive(Clone, Debug)]
pub struct Sqs {
    /// ARN of the queue.
    pub queue: Setting<String>,
    /// The field of a message that becomes the partition key.
    pub partition_key: Option<Setting<String>>,
    /// Messages of one call.
    pub batch_size: Setting<u64>,
    /// What the record has of a message's body.
    pub body: SqsBody,
    /// ARN of the queue's customer managed key.
    pub kms_key: Option<Setting<String>>,
}

impl Sqs {
    /// Whether the queue keeps the order of its messages.
    pub fn is_fifo(&self) -> bool {
        self.queue.value.ends_with(".fifo")
    }
}

/// The stream of a DynamoDB table.
#[derive(Clone, Debug)]
pub struct DynamoDb {
    /// ARN of the table's stream.
    pub stream: Setting<String>,
    /// Where the pipe starts.
    pub start: Setting<ChangesStart>,
    /// The field of a change that becomes the partition key.
    pub partition_key: Option<Setting<String>>,
    /// Changes of one call.
    pub batch_size: Setting<u64>,
}
