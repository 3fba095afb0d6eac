//! How a record becomes a row.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Duration;

/// Format and columns of the records.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Records {
    /// Format of a record.
    pub format: Format,
    /// Name of the input in the SQL, without the number: `TILL` for `TILL_001`. The names `SOURCE_SQL_STREAM_001` and
    /// `stream` always work as well.
    #[schemars(regex(pattern = r"^[A-Za-z_][A-Za-z0-9_]{0,63}$"), extend("examples" = ["TILL"]))]
    pub name: Option<String>,
    /// Field delimiter of CSV records, one character. Default: `,`.
    #[schemars(extend("examples" = ["|"]))]
    pub delimiter: Option<String>,
    /// Event time: the column with the time at which a record's event happened, for windows by that time. Default:
    /// none; windows use `ROWTIME`, the time at which the record is read.
    pub event_time: Option<EventTime>,
    /// The columns, in order; for CSV, the order of the fields.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 1000))]
    pub columns: IndexMap<String, Column>,
}

/// Format of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// One JSON object per record.
    Json,
    /// One line per record, with the fields in the order of the columns.
    Csv,
}

/// The time at which the event of a record happened.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventTime {
    /// A TIMESTAMP column or, with `unit`, a column of numbers (or strings that contain numbers) since 1970.
    #[schemars(extend("examples" = ["at"]))]
    pub column: String,
    /// Unit of a column of numbers, since 1970 in UTC. The SQL sees the numbers; `TO_TIMESTAMP`, windows and joins on
    /// the column use them as the event time. Default: none; the column is a TIMESTAMP.
    #[schemars(extend("examples" = ["ms"]))]
    pub unit: Option<EpochUnit>,
    /// Allowed lateness: how far a record may trail the newest event time and still belong to its window. Windows close
    /// this much later. Default: `5 s`.
    #[schemars(extend("examples" = ["5 s"]))]
    pub lateness: Option<Duration>,
    /// How far an event time may be ahead of the clock, up to 365 d. Records with a later time have no event time,
    /// since they would close all windows before theirs. Default: `24 h`, which covers clocks in any time zone.
    #[schemars(extend("examples" = ["24 h"]))]
    pub ahead: Option<Duration>,
}

/// A unit of time since 1970-01-01 00:00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EpochUnit {
    /// Seconds, optionally with a fraction.
    S,
    /// Milliseconds.
    Ms,
    /// Microseconds.
    Us,
    /// Nanoseconds.
    Ns,
}

/// Encoding of a TIMESTAMP in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeEncoding {
    /// ISO 8601 and similar formats, as in `2026-01-27T09:30:00.5Z`.
    Text,
    /// Seconds since 1970 in UTC, optionally with a fraction.
    EpochS,
    /// Milliseconds since 1970 in UTC.
    EpochMs,
    /// Microseconds since 1970 in UTC.
    EpochUs,
    /// Nanoseconds since 1970 in UTC.
    EpochNs,
}

/// A column of a row.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// SQL type: `VARCHAR(n)`, `CHAR(n)`, `INTEGER`, `BIGINT`, `SMALLINT`, `TINYINT`, `FLOAT`, `DOUBLE`, `REAL`,
    /// `DECIMAL(p, s)`, `BOOLEAN`, `DATE`, `TIME`, `TIMESTAMP`.
    #[serde(rename = "type")]
    #[schemars(extend("examples" = ["VARCHAR(16)"]))]
    pub data_type: String,
    /// Path of the value in the record. `[0:]` after an array's key produces one row per object in the array, as in
    /// `$.items[0:].price`; at the end of the path, it returns the array as a string. Default: the field with the
    /// column's name.
    #[schemars(extend("examples" = ["$.name.first"]))]
    pub path: Option<String>,
    /// Encoding of a TIMESTAMP in the record: `text`, or a number since 1970, which may be in quotes: `epoch_s`,
    /// `epoch_ms`, `epoch_us`, `epoch_ns`. Default: `text`, which accepts ISO 8601 with or without an offset.
    #[serde(rename = "as")]
    #[schemars(extend("examples" = ["epoch_ms"]))]
    pub encoding: Option<TimeEncoding>,
}
