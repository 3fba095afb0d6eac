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
//! | a query run on a record | `run`, `eval` |
//! | records and rows as JSON | `json`, `value` |
//! | records as CSV | `csv` |
//! | rows of tables that belong to a row | `lookup` |
//! | what SQL's types can do, as Flink does it | `cast`, `decimal`, `number`, `text`, `time` |

mod cast;
mod csv;
mod decimal;
mod eval;
mod json;
mod lookup;
mod number;
mod program;
pub mod query;
mod run;
mod text;
mod time;
mod value;

pub use decimal::{Decimal, DecimalError};
pub use program::{Outcome, ProgramError, RecordProgram, Suffix, VERSION};
pub use time::{parse_date, parse_time, parse_timestamp};
