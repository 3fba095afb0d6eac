//! Lambda functions, as far as a record transform needs them.

use super::{Bounds, MIB};

/// `MemorySize` of an ordinary function, MiB. Lower bound: CloudFormation schema, 2026-10; upper
/// bound from memory (the schema's 32,768 is for Lambda Managed Instances).
pub const MEMORY_MIB: Bounds<u64> = Bounds::new(128, 10_240);
/// Memory at which a function has one full vCPU, MiB. Lambda guide, from memory, 2026-11.
pub const MEMORY_MIB_PER_VCPU: u64 = 1_769;
/// `Timeout`, seconds; under Firehose the bound is [`super::firehose::LAMBDA_TIMEOUT_S_MAX`].
/// CloudFormation schema, 2026-10.
pub const TIMEOUT_S: Bounds<u64> = Bounds::new(1, 900);
/// Bytes of a synchronous request, and of its answer. Lambda quota page, 2023.
pub const SYNC_PAYLOAD_BYTES_MAX: u64 = 6 * MIB;
/// `BatchSize` of a stream where nothing is said. Lambda guide, Kinesis, from memory, 2026-11.
pub const STREAM_BATCH_DEFAULT: u64 = 100;
/// `MaximumBatchingWindowInSeconds`. CloudFormation schema, 2026-10.
pub const STREAM_WINDOW_S: Bounds<u64> = Bounds::new(0, 300);
/// `MaximumRecordAgeInSeconds` where it is set. CloudFormation schema, 2026-10.
pub const STREAM_AGE_S: Bounds<u64> = Bounds::new(60, 604_800);
/// Patterns of an event source mapping that the API accepts with a higher quota, and without one. Lambda developer guide, "Control
/// which events Lambda sends to your function", 2026-11.
pub const FILTERS_MAX: usize = 10;
/// See [`FILTERS_MAX`].
pub const FILTERS_QUOTA: usize = 5;
/// Characters of a pattern. API CreateEventSourceMapping, `Filter`, 2026-11.
pub const FILTER_CHARS_MAX: usize = 4_096;
