//! Kinesis Data Streams: throughput, requests, retention, shards and consumers.

use super::{Bounds, MIB};

/// Bytes per second that one shard takes in; partition keys count. API CreateStream, 2026-11.
pub const SHARD_WRITE_BYTES_PER_S: u64 = MIB;
/// Records per second that one shard takes in, whatever their size. API CreateStream, 2026-11.
pub const SHARD_WRITE_RECORDS_PER_S: u64 = 1_000;
/// Bytes per second that one shard gives out, shared by all `GetRecords` readers.
/// API CreateStream, 2026-11.
pub const SHARD_READ_BYTES_PER_S: u64 = 2 * MIB;
/// `GetRecords` calls per second on one shard, shared by all readers. API GetRecords, 2026-11.
pub const SHARD_GET_RECORDS_PER_S: u64 = 5;
/// Records in one `GetRecords` answer. API GetRecords, 2026-11.
pub const GET_RECORDS_MAX_RECORDS: u64 = 10_000;
/// Bytes in one `GetRecords` answer; a full one blocks the shard's reads for
/// [`GET_RECORDS_PENALTY_S`]. API GetRecords, 2026-11.
pub const GET_RECORDS_MAX_BYTES: u64 = 10 * MIB;
/// Seconds for which reads fail after a full `GetRecords` answer. API GetRecords, 2026-11.
pub const GET_RECORDS_PENALTY_S: u64 = 5;
/// `GetRecords` calls per second and shard that Firehose makes. From memory, 2026-11.
pub const FIREHOSE_GET_RECORDS_PER_S: u64 = 1;
/// `GetRecords` calls per second and shard that Flink's polling source makes by default; with any
/// second polling reader it throttles. Managed Flink connector notes, 2026-08.
pub const FLINK_GET_RECORDS_PER_S: u64 = 5;

/// Records in one `PutRecords` request. API PutRecords, 2026-11.
pub const PUT_RECORDS_MAX_RECORDS: u64 = 500;
/// Bytes in one `PutRecords` request, partition keys included. API PutRecords, 2026-11
/// (5 MiB before 2025).
pub const PUT_RECORDS_MAX_BYTES: u64 = 10 * MIB;

/// Record size (data plus partition key) of a stream that does not set `MaxRecordSizeInKiB`, KiB.
/// CloudFormation schema, 2026-10.
pub const RECORD_KIB_DEFAULT: u64 = 1_024;
/// What `MaxRecordSizeInKiB` may be, KiB. CloudFormation schema, 2026-10.
pub const RECORD_KIB: Bounds<u64> = Bounds::new(1_024, 10_240);
/// Share of the traffic, in percent, that records over 1 MiB should stay under: they live on a
/// burst allowance. Kinesis guide "Handle large records", 2026-11.
pub const LARGE_RECORD_SHARE_PERCENT: u64 = 2;
/// Length of a partition key in Unicode characters. API PutRecords, 2026-11.
pub const PARTITION_KEY_CHARS: Bounds<u64> = Bounds::new(1, 256);

/// Retention of a stream that does not say otherwise, hours. API CreateStream, 2026-11.
pub const RETENTION_HOURS_DEFAULT: u64 = 24;
/// Retention a stream may have, hours. Kinesis guide "Change the data retention period", 2026-11.
/// The CloudFormation schema lets 1 to 23 pass; the service refuses them.
pub const RETENTION_HOURS: Bounds<u64> = Bounds::new(24, 8_760);
/// Retention up to which the extended rate is billed, hours; beyond it the long-term rate.
/// Kinesis pricing page, 2023.
pub const RETENTION_HOURS_EXTENDED_MAX: u64 = 168;
/// Retention that Security Hub's Kinesis.3 asks for by default, hours. From memory, 2026-11.
pub const RETENTION_HOURS_SECURITY_HUB: u64 = 168;

/// Bytes per second a new on-demand stream takes in. Kinesis quota page, 2026-11 ("4 MB/s").
pub const ON_DEMAND_START_WRITE_BYTES_PER_S: u64 = 4 * MIB;
/// Bytes per second a new on-demand stream gives out. Kinesis quota page, 2026-11 ("8 MB/s").
pub const ON_DEMAND_START_READ_BYTES_PER_S: u64 = 8 * MIB;
/// Factor over the peak of the last 30 days that an on-demand stream is ready for.
/// From memory, agreed by one independent source, 2026-11.
pub const ON_DEMAND_READY_FACTOR: u64 = 2;
/// Days back over which that peak is taken. From memory, 2026-11.
pub const ON_DEMAND_PEAK_DAYS: u64 = 30;
/// Minutes within which a faster rise than [`ON_DEMAND_READY_FACTOR`] can throttle.
/// From memory, 2026-11.
pub const ON_DEMAND_RISE_MINUTES: u64 = 15;
/// On-demand streams per account and region by default. Kinesis quota page, 2026-11.
pub const ON_DEMAND_STREAMS_PER_REGION: u64 = 50;
/// Greatest `WarmThroughputMiBps`, MiB/s; works only with the account's on-demand commitment.
/// API UpdateStreamWarmThroughput, 2026-11.
pub const WARM_THROUGHPUT_MIB_PER_S_MAX: u64 = 10_240;
/// Ingest and retrieval that the on-demand Advantage commitment bills at least, MB/s.
/// Kinesis guide "Choose the right mode", 2026-11.
pub const ADVANTAGE_MIN_MIB_PER_S: u64 = 25;
/// Switches between the capacity modes per stream and 24 hours. Kinesis guide, 2023.
pub const MODE_SWITCHES_PER_DAY: u64 = 2;

/// What `ShardCount` may be. CloudFormation schema, 2026-10; the account's shard quota is lower.
pub const SHARD_COUNT: Bounds<u64> = Bounds::new(1, 100_000);
/// Shards that `UpdateShardCount` may aim at. API UpdateShardCount, 2026-11.
pub const UPDATE_SHARD_COUNT_MAX: u64 = 10_000;
/// One update may at most multiply, or divide, the open shards by this factor.
/// API UpdateShardCount, 2026-11. CloudFormation makes one call, so a bigger jump fails.
pub const UPDATE_SHARD_COUNT_FACTOR: u64 = 2;
/// Calls of `UpdateShardCount` per stream in 24 hours. API UpdateShardCount, 2026-11.
pub const UPDATE_SHARD_COUNT_PER_DAY: u64 = 10;
/// Steps in percent of the present count that reshard faster. API UpdateShardCount, 2026-11.
pub const UPDATE_SHARD_COUNT_STEP_PERCENT: u64 = 25;
/// Streams of an account that may be in CREATING at once. API CreateStream, 2026-11.
pub const STREAMS_CREATING_AT_ONCE: u64 = 5;
/// Changes of a stream's encryption per rolling 24 hours. API StartStreamEncryption, 2026-11.
pub const ENCRYPTION_CHANGES_PER_DAY: u64 = 25;

/// Enhanced fan-out consumers of a stream, provisioned and on-demand Standard.
/// API RegisterStreamConsumer, 2026-11.
pub const EFO_CONSUMERS_MAX: u64 = 20;
/// Enhanced fan-out consumers of a stream under on-demand Advantage.
/// API RegisterStreamConsumer, 2026-11.
pub const EFO_CONSUMERS_ADVANTAGE_MAX: u64 = 50;
/// Enhanced fan-out registrations in CREATING at once. API RegisterStreamConsumer, 2026-11.
pub const EFO_CREATING_AT_ONCE: u64 = 5;
/// Bytes per second and shard that each enhanced fan-out consumer has to itself.
/// API SubscribeToShard, 2026-11.
pub const EFO_READ_BYTES_PER_S: u64 = 2 * MIB;

/// Entries of `DesiredShardLevelMetrics`. CloudFormation schema, 2026-10.
pub const SHARD_LEVEL_METRICS_MAX: u64 = 7;
/// Metrics that `DesiredShardLevelMetrics` knows; they cost extra per shard.
/// CloudFormation schema, 2026-10.
pub const SHARD_LEVEL_METRICS: &[&str] = &[
    "ALL",
    "IncomingBytes",
    "IncomingRecords",
    "IteratorAgeMilliseconds",
    "OutgoingBytes",
    "OutgoingRecords",
    "ReadProvisionedThroughputExceeded",
    "WriteProvisionedThroughputExceeded",
];
