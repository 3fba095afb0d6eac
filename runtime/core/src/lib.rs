//! What happens to one record: the logic that the Firehose transform and the compiler's own
//! `simulate` and `test` share.
//!
//! A [`RecordProgram`] is data that the compiler writes and the transform reads. Nothing here knows
//! AWS, base64 or a wire format: bytes of one record go in, one [`Outcome`] comes out.
//!
//! | subject | module |
//! | --- | --- |
//! | the file format, and how it is applied | `program` |
//! | the query in it | [`query`] |
//! | a query run on a record | `run`, `eval`, `call` |
//! | Flink's functions beside those of the old dialect | `scalar` |
//! | records and rows as JSON | `json`, `value` |
//! | regular expressions, patterns of times | `regex`, `pattern` |
//! | records as CSV | `csv` |
//! | rows of tables that belong to a row | `lookup` |
//! | records that contain others: log events of CloudWatch Logs | `unpack` |
//! | keys by which Firehose stores a record | `partition` |
//! | what one record may use up | `budget` |
//! | what SQL's types can do, as Flink does it | `calendar`, `cast`, `decimal`, `number`, `text`, `time` |

mod budget;
mod calendar;
mod call;
mod cast;
mod csv;
mod decimal;
mod eval;
mod json;
mod lookup;
mod number;
mod partition;
mod pattern;
mod program;
pub mod query;
mod regex;
mod run;
mod scalar;
mod text;
mod time;
mod unpack;
mod value;

pub use decimal::{Decimal, DecimalError};
pub use number::{parse_double, parse_real, parse_whole};
pub use partition::{MAX_KEY_BYTES, MAX_KEYS, Partition, PartitionKey};
pub use pattern::TimePart;
pub use program::{Applied, Outcome, ProgramError, RecordProgram, Suffix, VERSION};
pub use regex::{Expression, ExpressionError, Written};
pub use run::MAX_ROWS;
pub use scalar::{MAX_REPEATED, Scalar};
pub use time::{parse_date, parse_time, parse_timestamp, timestamp_text};
pub use unpack::{Unpack, Unpacked, log_messages};
