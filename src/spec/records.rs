//! How a record becomes a row.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Duration;

/// How a record becomes a row.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Records {
    /// The records' format.
    pub format: Format,
    /// What the SQL calls the input, without the number: with `TILL`, `TILL_001`. It is always called
    /// `SOURCE_SQL_STREAM_001` and `stream` as well.
    #[schemars(regex(pattern = r"^[A-Za-z_][A-Za-z0-9_]{0,63}$"), extend("examples" = ["TILL"]))]
    pub name: Option<String>,
    /// What stands between two fields of a CSV record, one character. Default: `,`.
    #[schemars(extend("examples" = ["|"]))]
    pub delimiter: Option<String>,
    /// The column that says when a record's event happened, for windows by that time.
    pub event_time: Option<EventTime>,
    /// The columns, in order.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 1000))]
    pub columns: IndexMap<String, Column>,
}

/// Formats of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// One JSON object per record.
    Json,
    /// One line per record; fields by the order of the columns.
    Csv,
}

/// The time at which the event of a record happened.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventTime {
    /// A TIMESTAMP column of the records; or, with `unit`, a column of numbers or texts that count from 1970.
    #[schemars(extend("examples" = ["at"]))]
    pub column: String,
    /// What a column of numbers, or of texts that hold them, counts since 1970 in UTC. The SQL sees the numbers;
    /// `TO_TIMESTAMP`, windows and joins of the column take them as the event time. Default: the column is a TIMESTAMP.
    #[schemars(extend("examples" = ["ms"]))]
    pub unit: Option<EpochUnit>,
    /// How long after a newer one a record may come and still belong to its window. Windows close as much later.
    /// Default: `5 s`.
    #[schemars(extend("examples" = ["5 s"]))]
    pub lateness: Option<Duration>,
    /// How far ahead of the clock a time may be, up to 365 d. A record of a later time has no event time: it would end
    /// all windows before its own. Default: `24 h`, more than clocks of any time zone are apart.
    #[schemars(extend("examples" = ["24 h"]))]
    pub ahead: Option<Duration>,
}

/// A unit of time since 1970-01-01 00:00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EpochUnit {
    /// Seconds, perhaps with a fraction.
    S,
    /// Milliseconds.
    Ms,
    /// Microseconds.
    Us,
    /// Nanoseconds.
    Ns,
}

/// How a TIMESTAMP is written in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeEncoding {
    /// ISO 8601 and its relatives, as `2026-01-27T09:30:00.5Z`.
    Text,
    /// Seconds since 1970 in UTC, perhaps with a fraction.
    EpochS,
    /// Milliseconds since 1970 in UTC.
    EpochMs,
    /// Microseconds since 1970 in UTC.
    EpochUs,
    /// Nanoseconds since 1970 in UTC.
    EpochNs,
}

/// One column of a row.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// SQL type: `VARCHAR(n)`, `CHAR(n)`, `INTEGER`, `BIGINT`, `SMALLINT`, `TINYINT`, `FLOAT`, `DOUBLE`, `REAL`,
    /// `DECIMAL(p, s)`, `BOOLEAN`, `DATE`, `TIME`, `TIMESTAMP`.
    #[serde(rename = "type")]
    #[schemars(extend("examples" = ["VARCHAR(16)"]))]
    pub data_type: String,
    /// Path of the value in the record. `[0:]` behind an array's key makes one row of each object in it, as in
    /// `$.items[0:].price`; at the end of the path it takes the array as text. Default: the field of the column's name.
    #[schemars(extend("examples" = ["$.name.first"]))]
    pub path: Option<String>,
    /// How a TIMESTAMP is written in the record: `text`, or a number (also in quotes) that counts from 1970: `epoch_s`,
    /// `epoch_ms`, `epoch_us`, `epoch_ns`. Default: `text`, which takes ISO 8601 with and without an offset.
    #[serde(rename = "as")]
    #[schemars(extend("examples" = ["epoch_ms"]))]
    pub encoding: Option<TimeEncoding>,
}
