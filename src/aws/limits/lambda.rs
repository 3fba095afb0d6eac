//! Lambda functions, as far as a record transform needs them.

use super::{Bounds, KIB, MIB};

/// `MemorySize` of an ordinary function, MiB. Lower bound: CloudFormation schema, 2026-10; upper
/// bound from memory (the schema's 32,768 is for Lambda Managed Instances).
pub const MEMORY_MIB: Bounds<u64> = Bounds::new(128, 10_240);
/// `MemorySize` of a function that sets none, MiB. CloudFormation schema, 2026-10.
pub const MEMORY_MIB_DEFAULT: u64 = 128;
/// Memory at which a function has one full vCPU, MiB. Lambda guide, from memory, 2026-11.
pub const MEMORY_MIB_PER_VCPU: u64 = 1_769;
/// `Timeout`, seconds; under Firehose the bound is [`super::firehose::LAMBDA_TIMEOUT_S_MAX`].
/// CloudFormation schema, 2026-10.
pub const TIMEOUT_S: Bounds<u64> = Bounds::new(1, 900);
/// `Timeout` of a function that sets none, seconds. CloudFormation schema, 2026-10.
pub const TIMEOUT_S_DEFAULT: u64 = 3;
/// `EphemeralStorage.Size`, MiB. CloudFormation schema, 2026-10.
pub const EPHEMERAL_MIB: Bounds<u64> = Bounds::new(512, 10_240);
/// Bytes of a synchronous request, and of its answer. Lambda quota page, 2023.
pub const SYNC_PAYLOAD_BYTES_MAX: u64 = 6 * MIB;
/// Bytes of all environment variables together. Lambda quota page, 2023.
pub const ENVIRONMENT_BYTES_MAX: u64 = 4 * KIB;
/// Bytes of a zip sent through the API; one in S3 is bound only by its unzipped size.
/// Lambda quota page, 2023.
pub const ZIP_UPLOAD_BYTES_MAX: u64 = 50 * MIB;
/// Bytes of the unzipped code with its layers. Lambda quota page, 2023.
pub const UNZIPPED_BYTES_MAX: u64 = 250 * MIB;
/// Characters of `Code.ZipFile`, which works for Node.js and Python only. CloudFormation guide,
/// from memory, 2026-11.
pub const INLINE_CODE_CHARS_MAX: u64 = 4 * MIB;
/// Concurrent executions that an account must keep unreserved. Lambda guide, from memory, 2026-11.
pub const UNRESERVED_CONCURRENCY_MIN: u64 = 100;
/// Concurrent executions an account has by default. Lambda quota page, 2023.
pub const CONCURRENCY_DEFAULT: u64 = 1_000;
/// Concurrent executions that a new account may have: then any reservation fails. From memory,
/// 2026-11.
pub const CONCURRENCY_NEW_ACCOUNT: u64 = 10;
/// Runtime for a native executable. CloudFormation schema, 2026-10.
pub const RUNTIME_NATIVE: &str = "provided.al2023";
/// Day on which [`RUNTIME_NATIVE`] is deprecated. cfn-lint runtime table, 2026-11.
pub const RUNTIME_NATIVE_DEPRECATED: &str = "2029-06-30";
/// Name that the executable has at the root of the zip. From memory, 2026-11.
pub const NATIVE_EXECUTABLE: &str = "bootstrap";
/// `BatchSize` of a function that reads a stream. CloudFormation schema, 2026-10.
pub const STREAM_BATCH: Bounds<u64> = Bounds::new(1, 10_000);
/// `BatchSize` of a stream where nothing is said. Lambda guide, Kinesis, from memory, 2026-11.
pub const STREAM_BATCH_DEFAULT: u64 = 100;
/// `MaximumBatchingWindowInSeconds`. CloudFormation schema, 2026-10.
pub const STREAM_WINDOW_S: Bounds<u64> = Bounds::new(0, 300);
/// Values of `Architectures`, of which a function has exactly one. CloudFormation schema, 2026-10.
pub const ARCHITECTURES: &[&str] = &["arm64", "x86_64"];
