//! The Flink that pipec installs and is tested with.

/// Flink's version, whose SQL is that of the runtime FLINK-2_2 of Managed Service for Apache Flink. `tests/flink` runs it.
pub const FLINK_VERSION: &str = "2.2.1";
/// Size of the package that is fetched, and of its files, MB. Measured, 2026-11.
pub const FLINK_MEGABYTES: (u64, u64) = (313, 315);
