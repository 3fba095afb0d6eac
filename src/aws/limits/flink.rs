//! Managed Service for Apache Flink: sizes and counts. Runtime versions are in
//! [`crate::aws::flink`].

use super::{Bounds, GIB, MIB};

/// Bytes of the code artifact. Managed Flink limits page, 2026-11.
pub const CODE_BYTES_MAX: u64 = 512 * MIB;
/// vCPUs of one KPU. Managed Flink constraints, 2026-08.
pub const KPU_VCPUS: u64 = 1;
/// Bytes of memory of one KPU. Managed Flink constraints, 2026-08.
pub const KPU_MEMORY_BYTES: u64 = 4 * GIB;
/// Bytes of running storage of one KPU. Managed Flink constraints, 2026-08.
pub const KPU_STORAGE_BYTES: u64 = 50 * GIB;
/// Bytes of a record that the Kinesis connector writes; a larger one is an exception that ends the job. No option of its
/// table changes it. `DEFAULT_MAX_RECORD_SIZE_IN_B` of `KinesisStreamsSinkBuilder`, flink-connector-aws 5.1.0 and 6.0.0,
/// 2026-11.
pub const SINK_RECORD_BYTES: u64 = MIB;
/// SELECTs behind one output that Flink still plans, each view counted for every place where it is read. Measured with Flink
/// 2.2.1, 2026-11: 250 take 15 seconds of one core, 1,000 take two and a half minutes, and twice as many take ten times as long.
pub const PLANNED_SELECTS_MAX: usize = 1_000;
/// The same of all outputs together, which are planned one after the other: an estimate.
pub const PLANNED_SELECTS_OF_ALL_MAX: usize = 5_000;
/// KPUs billed on top for orchestration, per application. Managed Flink pricing notes, 2026-08.
pub const KPU_ORCHESTRATION: u64 = 1;
/// KPUs of one application by default. Managed Flink limits page, 2026-11 (the API text says 64
/// in one place and 32 in another).
pub const KPUS_DEFAULT_MAX: u64 = 64;
/// KPUs of one application that can be had on request. Managed Flink constraints, 2026-08.
pub const KPUS_MAX: u64 = 250;
/// Least `Parallelism`. CloudFormation schema, 2026-10.
pub const PARALLELISM_MIN: u64 = 1;
/// `ParallelismPerKPU`. Lower bound CloudFormation schema, 2026-10; the upper one is only in the
/// managed Flink constraints, 2026-08.
pub const PARALLELISM_PER_KPU: Bounds<u64> = Bounds::new(1, 8);
/// Applications per account and region by default, the lower of two figures: 50 in the managed
/// Flink constraints (2026-08), 100 on the limits page (2026-11).
pub const APPLICATIONS_PER_REGION: u64 = 50;
/// Snapshots of one application. Managed Flink limits page, 2026-11.
pub const SNAPSHOTS_MAX: u64 = 1_000;
/// `PropertyGroups` of an application. CloudFormation schema, 2026-10.
pub const PROPERTY_GROUPS_MAX: u64 = 50;
/// Entries of a `PropertyMap`. API PropertyGroup, 2026-11.
pub const PROPERTIES_PER_GROUP_MAX: u64 = 50;
/// Length of a `PropertyGroupId`, characters. CloudFormation schema, 2026-10.
pub const PROPERTY_GROUP_ID_CHARS: Bounds<u64> = Bounds::new(1, 50);
/// Length of a property's key, characters. API PropertyGroup, 2026-11.
pub const PROPERTY_KEY_CHARS_MAX: u64 = 2_048;
/// Length of a property's value, characters: too short for most SQL. API PropertyGroup, 2026-11.
pub const PROPERTY_VALUE_CHARS_MAX: u64 = 2_048;
/// Checkpoint interval of the DEFAULT configuration, milliseconds. API CheckpointConfiguration,
/// 2026-11.
pub const CHECKPOINT_INTERVAL_MS_DEFAULT: u64 = 60_000;
/// Pause between checkpoints of the DEFAULT configuration, milliseconds. Same source.
pub const CHECKPOINT_PAUSE_MS_DEFAULT: u64 = 5_000;
/// `VpcConfigurations` of an application. CloudFormation schema, 2026-10.
pub const VPC_CONFIGURATIONS_MAX: u64 = 1;
/// Subnets of a `VpcConfiguration`. CloudFormation schema, 2026-10.
pub const VPC_SUBNETS: Bounds<u64> = Bounds::new(1, 16);
/// Security groups of a `VpcConfiguration`. CloudFormation schema, 2026-10.
pub const VPC_SECURITY_GROUPS: Bounds<u64> = Bounds::new(1, 5);
/// `MonitoringConfiguration.LogLevel`. CloudFormation schema, 2026-10.
pub const LOG_LEVELS: &[&str] = &["DEBUG", "ERROR", "INFO", "WARN"];
/// `MonitoringConfiguration.MetricsLevel`. CloudFormation schema, 2026-10.
pub const METRICS_LEVELS: &[&str] = &["APPLICATION", "OPERATOR", "PARALLELISM", "TASK"];
/// Columns of a legacy `InputSchema`. CloudFormation schema of the V1 application, 2026-10.
pub const LEGACY_COLUMNS: Bounds<u64> = Bounds::new(1, 1_000);
/// Length of a legacy column's name, characters. Same schema.
pub const LEGACY_COLUMN_NAME_CHARS_MAX: u64 = 256;
/// Length of a legacy `NamePrefix`, characters. Same schema.
pub const LEGACY_NAME_PREFIX_CHARS: Bounds<u64> = Bounds::new(1, 32);
/// Days of a constant INTERVAL in Flink SQL, which has three digits for its first unit, whichever that is. Seen on Flink
/// 2.2.1, 2026-11: `DAY_INTERVAL_TYPES precision is not supported: 4`.
pub const INTERVAL_DAYS_MAX: i64 = 999;
