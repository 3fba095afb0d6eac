//! The columns of a record.

use crate::source::Span;
use crate::sql::{Column, EventTime, RecordFormat};

/// The columns of a record.
#[derive(Clone, Debug)]
pub struct Records {
    /// Place of its key.
    pub span: Span,
    /// The prefix of the input's name in the SQL.
    pub name: Option<String>,
    /// How a record is written.
    pub format: RecordFormat,
    /// The columns that could be read.
    pub columns: Vec<Column>,
    /// Which of them says when something happened.
    pub event_time: Option<EventTime>,
    /// Whether that is all of them. If not, what the SQL says of the others is no fault of the SQL.
    pub complete: bool,
}
