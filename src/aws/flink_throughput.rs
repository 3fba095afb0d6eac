//! How much the generated SQL costs Flink: processor time by what is done with a record, and what lies between a
//! measurement on one core and a KPU.
//!
//! Measured on 2026-11-30 with Flink 2.2.1 on Java 17, state in RocksDB, records from a file into nothing, by
//! `scripts/measure_flink.py` (processor time; 1.2 to 4 million records, of which the first third warms the JVM up), on two
//! cores of a machine with other work. Two runs of one class differed by up to a third, so the terms add up to the dearer
//! one. For the classes of the script without keyed state, microseconds per record (measured; planned):
//!
//! | class | measured | planned |
//! | --- | ---: | ---: |
//! | stateless, 250 bytes | 1.7, 2.2 | 2.3 |
//! | stateless, 2,048 bytes | 4.2, 6.1 | 6.2 |
//! | five elements of an array, 500 bytes | 4.4, 6.8 | 6.8 |
//! | window of ROWTIME, 1,000 keys | 4.3, 4.6 | 4.6 |
//! | event-time window, `Z` | 3.7 to 4.7 | 4.9 |
//! | event-time window, `+00:00` | 4.1, 4.9 | 4.9 |
//! | event-time window, seconds since 1970 | 2.6, 3.1 | 3.2 |
//! | event-time window, milliseconds since 1970 | 2.8 | 3.2 |
//! | stateless with faults, one of the two readers | 5.2 | 6.5 |
//! | second reader of JSON, 250 and 2,048 bytes | 1.4, 7.9 | 1.6, 8.8 |
//! | second reader of CSV, 250 and 2,048 bytes | 2.4, 11.4 | 2.5, 11.6 |
//!
//! And with state, where short runs on a busy machine are dear, since RocksDB has to be filled first (a window of a million
//! keys took 8 us less in a longer run of the same month):
//!
//! | class | measured | planned |
//! | --- | ---: | ---: |
//! | event-time window, 1,000,000 keys | 17.6 | 17.7 |
//! | session of ROWTIME, 1,000 keys | 20.9, 21.0 | 21.3 |
//! | session, 1,000,000 keys | 43.8 | 44.1 |
//! | join within 10 s, 100,000 keys | 58.6 | 59.1 |
//! | full join within 10 s, 100,000 keys | 65.9, 72.6 | 73.1 |
//! | OVER a minute, 100,000 keys, 2 rows of a key | 93.7 | 95.2 |
//! | OVER a minute, 1,000 keys, 80 rows of a key | 80.1 | 93.1 |
//!
//! Not planned apart: times with another offset than UTC, which a spec does not show (8.6 and 10.0 instead of 4.9; the
//! margin below covers it); lines of CSV, which are planned like JSON (a file of them took 1.2, by another reader of
//! Flink's); FIRST_VALUE and LAST_VALUE of a window, which are planned like the window (3.3). A random cut forest has
//! figures of its own.

/// Microseconds of processor time that a record costs, whatever its length and the query.
pub const RECORD_US: f64 = 1.7;
/// Microseconds of a byte of a record: Flink reads it all, used or not.
pub const BYTE_US: f64 = 0.0022;
/// Microseconds in which a text becomes a TIMESTAMP. The event time is read once as well.
pub const TIMESTAMP_US: f64 = 1.8;
/// Microseconds in which a number since 1970 becomes one.
pub const EPOCH_US: f64 = 0.1;
/// Microseconds of a column where faults are written: it is a text that is converted and checked.
pub const FAULT_COLUMN_US: f64 = 0.6;
/// What a second reader costs that looks for records that are not JSON: microseconds of a record, and of a byte.
pub const JSON_BYTES_US: (f64, f64) = (0.6, 0.004);
/// The same of lines that are not CSV.
pub const CSV_BYTES_US: (f64, f64) = (1.2, 0.0051);
/// Microseconds of a row in a window of up to [`FEW_KEYS`].
pub const WINDOW_US: f64 = 0.8;
/// Microseconds more of a row in a window of `ROWTIME`, which looks at the clock.
pub const CLOCK_US: f64 = 1.5;
/// The same as [`WINDOW_US`] of more keys, measured with a million.
pub const WINDOW_OF_MANY_KEYS_US: f64 = 13.6;
/// Keys up to which the state of an operator stays in its buffers. Measured: 1,000, and 100,000 or 1,000,000; the limit
/// between them is an assumption.
pub const FEW_KEYS: u64 = 10_000;
/// Microseconds of a row in a session window of up to [`FEW_KEYS`].
pub const SESSION_US: f64 = 19.0;
/// The same of more keys, measured with a million.
pub const SESSION_OF_MANY_KEYS_US: f64 = 40.0;
/// Microseconds of a row on either side of a join within bounds of time, with about one match; 100,000 keys.
pub const JOIN_US: f64 = 55.0;
/// The same of a full join, which also keeps what has no match.
pub const FULL_JOIN_US: f64 = 69.0;
/// Microseconds of a row of OVER with up to [`FEW_KEYS`].
pub const OVER_US: f64 = 45.0;
/// The same of more keys, measured with 100,000.
pub const OVER_OF_MANY_KEYS_US: f64 = 90.0;
/// Microseconds of each row of the same key that OVER RANGE goes through for a row.
pub const OVER_ROW_US: f64 = 0.55;
/// Microseconds of an element of an array that becomes rows.
pub const ELEMENT_US: f64 = 0.8;
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
