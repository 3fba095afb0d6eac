//! Where records come from.

use std::io;

use crate::{record::Record, stats::Stats};

pub mod file;
pub mod generator;
pub mod lines;
pub mod pages;

/// A source of records.
pub trait Source {
    /// Waits until there are records.
    ///
    /// # Errors
    /// When there will be none.
    async fn ready(&mut self) -> Result<(), SourceError>;

    /// The next record, or `None` at the end. Counts what it leaves out.
    ///
    /// # Errors
    /// When what comes next cannot be had; there is no use in asking again.
    fn next(&mut self, stats: &Stats) -> Result<Option<Record>, SourceError>;
}

/// Why a source gives no more records. Holds nothing of a record.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Pages are no longer fetched.
    #[error("pages are no longer fetched")]
    Closed,
    /// The file.
    #[error("cannot read the file of records: {0}")]
    File(#[from] io::Error),
    /// Nothing in the file can be sent.
    #[error("the file contains no record that can be sent ({too_large} are too large)")]
    Empty {
        /// Records that are larger than the stream takes.
        too_large: u64,
    },
    /// With their fields and their partition keys, records are larger than the stream takes.
    #[error("{0} consecutive generated records are larger than the stream accepts")]
    Generator(u32),
}
