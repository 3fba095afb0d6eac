//! The error stream, `error_stream` of Kinesis Data Analytics: what it is called and what its rows hold.

use super::data_type::DataType;
use super::query::{Meaning, Query, Role, Stream, StreamColumn, StreamId, TimeAttribute};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;

/// Its name.
pub const ERROR_STREAM: &str = "ERROR_STREAM";

/// Its columns, those of Kinesis Data Analytics.
const COLUMNS: [(&str, DataType); 7] = [
    ("ERROR_TIME", DataType::Timestamp),
    ("ERROR_LEVEL", DataType::Varchar(Some(10))),
    ("ERROR_NAME", DataType::Varchar(Some(32))),
    ("MESSAGE", DataType::Varchar(Some(4_096))),
    ("DATA_ROWTIME", DataType::Timestamp),
    ("DATA_ROW", DataType::Varchar(Some(49_152))),
    ("PUMP_NAME", DataType::Varchar(Some(128))),
];

impl Query {
    /// Adds the output of faults, unless the SQL has a stream of its name.
    pub(super) fn add_errors(&mut self, span: Span) -> Result<(), Box<Diagnostic>> {
        if let Some(other) = self.streams.iter().find(|stream| stream.name == ERROR_STREAM) {
            let message = format!(
                "`{ERROR_STREAM}` is the error stream of pipec, and the SQL declares a stream with this name"
            );
            let help = "rename the stream in the SQL, or remove `errors` from `analytics`";
            let fault = Diagnostic::error(Code::DuplicateName, other.span, message, help);
            return Err(Box::new(fault.related(span, "the error stream")));
        }
        let column = |(name, data_type): (&str, DataType)| StreamColumn {
            name: name.into(),
            data_type,
            meaning: Meaning::Value,
            span,
        };
        self.streams.push(Stream {
            name: ERROR_STREAM.into(),
            columns: COLUMNS.map(column).to_vec(),
            role: Role::Output,
            carries: Vec::new(),
            span,
        });
        self.errors = Some(StreamId(self.streams.len() - 1));
        // A fault has the time of its record.
        let carries = &mut self.streams[StreamId::INPUT.0].carries;
        if !carries.contains(&TimeAttribute::Rowtime) {
            carries.insert(0, TimeAttribute::Rowtime);
        }
        Ok(())
    }

    /// Whether Flink reads the records a second time, as bytes, to find those that the format skips.
    pub fn reads_records_twice(&self) -> bool {
        self.errors.is_some()
    }

    /// Whether a stream is the output of faults.
    pub fn is_errors(&self, stream: &Stream) -> bool {
        self.errors.is_some() && stream.name == ERROR_STREAM
    }
}
