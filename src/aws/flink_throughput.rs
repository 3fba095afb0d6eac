//! How much the generated SQL costs Flink: processor time by what is done with a record, and what lies between a
//! measurement on one core and a KPU.
//!
//! Measured in 2026-11 with Flink 2.2.1 on Java 17, state in RocksDB, one core, records from a file into nothing, by
//! `scripts/measure_flink.py`. A formula of these terms came within 15 % of most classes; where it was off, it was too
//! dear.

/// Microseconds of processor time that a record costs, whatever its length and the query.
pub const RECORD_US: f64 = 1.75;
/// Microseconds of a byte of a record: Flink reads it all, used or not.
pub const BYTE_US: f64 = 0.0035;
/// Microseconds in which a text becomes a TIMESTAMP.
pub const TIMESTAMP_US: f64 = 2.4;
/// How often the event time of a record is read from its text.
pub const EVENT_TIME_READINGS: f64 = 2.0;
/// Microseconds of a row in a window of up to [`FEW_KEYS`].
pub const WINDOW_US: f64 = 0.8;
/// The same of more keys, measured with a million.
pub const WINDOW_OF_MANY_KEYS_US: f64 = 8.0;
/// Keys of a window up to which its state stays in the buffers of the operator. Measured: 1,000 and 1,000,000; the
/// limit between them is an assumption.
pub const FEW_KEYS: u64 = 10_000;
/// Microseconds of a row in a session window, measured with a million keys.
pub const SESSION_US: f64 = 25.0;
/// Microseconds of a row on either side of a join within bounds of time, with about one match.
pub const JOIN_US: f64 = 45.0;
/// Microseconds of a row of OVER.
pub const OVER_US: f64 = 45.0;
/// Microseconds of each row of the same key that OVER RANGE goes through for a row.
pub const OVER_ROW_US: f64 = 0.55;
/// Microseconds of an element of an array that becomes rows.
pub const ELEMENT_US: f64 = 1.7;
/// Keys that are supposed where the spec does not have their number.
pub const ASSUMED_KEYS: u64 = 1_000_000;

/// What a KPU's processor does less than the core of the measurement: 2 for a vCPU, which may be half a core, 1.6 for the
/// connectors, TLS and checkpoints to S3, 1.5 for what is left to catch up with a backlog. The first and the second are
/// estimates, until someone measures a deployed application.
pub const MARGIN: f64 = 5.0;
/// The same of queries whose time goes into state, beside which the connectors count less.
pub const STATE_MARGIN: f64 = 4.0;
/// Records a second that a KPU is planned for at most, however little each costs. An estimate for the connectors.
pub const RECORDS_PER_KPU: f64 = 50_000.0;
/// Bytes a second that a KPU is planned for at most. An estimate for the connectors.
pub const BYTES_PER_KPU: f64 = 20_000_000.0;
