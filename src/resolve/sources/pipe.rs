//! EventBridge pipes, which read an SQS queue or the stream of a DynamoDB table.

use super::super::Resolver;
use crate::pipeline::{ChangesStart, DynamoDb, Sqs, SqsBody};
use crate::spec::sources as spec;

/// Records of a call where the user chooses none. It is below the limits of both targets, and large enough that a pipe is
/// billed for few calls.
const BATCH_DEFAULT: u64 = 100;

/// Messages of a FIFO queue that one call receives at most. SQS developer guide, quotas of FIFO queues, 2026-11.
const FIFO_BATCH: u64 = 10;

impl Resolver<'_> {
    pub(super) fn sqs(&self, at: &str, sqs: spec::Sqs) -> Sqs {
        let default = if sqs.queue.ends_with(".fifo") { FIFO_BATCH } else { BATCH_DEFAULT };
        Sqs {
            queue: self.written(&format!("{at}/queue"), sqs.queue),
            partition_key: self.optional(&format!("{at}/partition_key"), sqs.partition_key),
            batch_size: self.or(&format!("{at}/batch_size"), sqs.batch_size, default),
            body: sqs.body.unwrap_or(SqsBody::Text),
            kms_key: self.optional(&format!("{at}/kms_key"), sqs.kms_key),
        }
    }

    pub(super) fn dynamodb(&self, at: &str, table: spec::DynamoDb) -> DynamoDb {
        DynamoDb {
            stream: self.written(&format!("{at}/stream"), table.stream),
            start: self.or(&format!("{at}/start"), table.start, ChangesStart::Latest),
            partition_key: self.optional(&format!("{at}/partition_key"), table.partition_key),
            batch_size: self.or(&format!("{at}/batch_size"), table.batch_size, BATCH_DEFAULT),
        }
    }
}
