//! EventBridge Pipes.

use super::Bounds;

/// Records of a batch. Upper bound: a call of `PutRecords` or of `PutRecordBatch` has at most 500 records, and a pipe with
/// larger batches is rejected or splits them. EventBridge user guide, "Batching and concurrency"; API, 2026-11.
pub const BATCH: Bounds<u64> = Bounds::new(1, 500);
/// Records of a batch that is received without waiting; a larger one needs a window. SQS developer guide, `ReceiveMessage`,
/// 2026-11.
pub const SQS_BATCH_WITHOUT_WINDOW: u64 = 10;
/// Pipes that read a shard of a table's stream at the same time. DynamoDB developer guide, "Change data capture for DynamoDB
/// Streams", 2026-11.
pub const TABLE_STREAM_READERS_MAX: usize = 2;
/// Bytes of an event that are billed as one request. EventBridge pricing page, from memory, 2026-11.
pub const BILLED_BYTES: u64 = 64 * super::KIB;
