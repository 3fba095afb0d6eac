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
/// `GetRecords` calls per second and shard that Firehose makes. From memory, 2026-11.
pub const FIREHOSE_GET_RECORDS_PER_S: u64 = 1;

/// `GetRecords` calls per second and shard that Lambda makes for a function. Lambda developer guide, "Process Amazon Kinesis
/// Data Streams records with Lambda", 2026-11.
pub const LAMBDA_GET_RECORDS_PER_S: u64 = 1;
/// `GetRecords` calls per second and shard that Flink makes at most: its connector waits 200 ms between two. Flink documentation,
/// Kinesis connector, `SHARD_GETRECORDS_INTERVAL_MILLIS`, 2026-11.
pub const FLINK_GET_RECORDS_PER_S: u64 = 5;
/// `GetRecords` calls per second and shard that a program makes: the default of the Kinesis Client Library waits a second between
/// two. `idleTimeBetweenReadsInMillis` of the library, 2026-11.
pub const PROGRAM_GET_RECORDS_PER_S: u64 = 1;
/// Consumers of a stream with enhanced fan-out. API RegisterStreamConsumer, 2026-11.
pub const FAN_OUT_CONSUMERS_MAX: usize = 20;
/// The same in an account with On-demand Advantage, for on-demand streams. API RegisterStreamConsumer, 2026-11.
pub const FAN_OUT_CONSUMERS_MAX_ADVANTAGE: usize = 50;

/// Record size (data plus partition key) of a stream that does not set `MaxRecordSizeInKiB`, KiB.
/// CloudFormation schema, 2026-10.
pub const RECORD_KIB_DEFAULT: u64 = 1_024;
/// What `MaxRecordSizeInKiB` may be, KiB. CloudFormation schema, 2026-10.
pub const RECORD_KIB: Bounds<u64> = Bounds::new(1_024, 10_240);
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

/// Bytes per second a new on-demand stream takes in. Kinesis quota page, 2026-11 ("4 MB/s").
pub const ON_DEMAND_START_WRITE_BYTES_PER_S: u64 = 4 * MIB;
/// Bytes per second a new on-demand stream gives out. Kinesis quota page, 2026-11 ("8 MB/s").
pub const ON_DEMAND_START_READ_BYTES_PER_S: u64 = 8 * MIB;

/// Streams of an account that may be in CREATING at once. API CreateStream, 2026-11.
pub const STREAMS_CREATING_AT_ONCE: usize = 5;
