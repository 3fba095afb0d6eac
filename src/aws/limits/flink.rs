//! Managed Service for Apache Flink: sizes and counts. Runtime versions are in
//! [`crate::aws::flink`].

use super::{Bounds, GIB, MIB};

/// Bytes of memory of one KPU. Managed Flink constraints, 2026-08.
pub const KPU_MEMORY_BYTES: u64 = 4 * GIB;
/// Bytes of running storage of one KPU. Managed Flink constraints, 2026-08.
pub const KPU_STORAGE_BYTES: u64 = 50 * GIB;
/// Seconds that each start of an application is billed at least. Managed Flink pricing, 2026-11.
pub const START_BILLED_S_MIN: u64 = 600;
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
/// `ParallelismPerKPU`. Lower bound CloudFormation schema, 2026-10; the upper one is only in the
/// managed Flink constraints, 2026-08.
pub const PARALLELISM_PER_KPU: Bounds<u64> = Bounds::new(1, 8);
/// Days of a constant INTERVAL in Flink SQL, which has three digits for its first unit, whichever that is. Seen on Flink
/// 2.2.1, 2026-11: `DAY_INTERVAL_TYPES precision is not supported: 4`.
pub const INTERVAL_DAYS_MAX: i64 = 999;
/// Seconds between checkpoints with `ConfigurationType: DEFAULT`. Managed Flink API reference,
/// `CheckpointConfiguration`, 2026-11: 60,000 milliseconds.
pub const CHECKPOINT_INTERVAL_S: u64 = 60;
/// Seconds after which Flink gives up a checkpoint: `execution.checkpointing.timeout`, Flink 2.2, 2026-11.
pub const CHECKPOINT_TIMEOUT_S: u64 = 600;
