//! What one record may use up. Its text decides how much a function makes of it, and it must not bring the others of its
//! batch down.

use std::cell::Cell;

/// The most bytes of a value, and of all rows of one record: Lambda's answer holds no more, so nothing larger can be
/// delivered.
pub(crate) const MAX_BYTES: usize = 6 << 20;
/// The most bytes that regular expressions look at for one record: about three seconds' work. An expression goes four
/// times through the largest record that Firehose takes even where each of its characters is a match of its own. One that
/// looks far ahead of many matches, such as `a(.*b)?`, takes the square of the text's length.
const MAX_SEARCHED: usize = 64 << 20;

/// More than one record may use up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exceeded;

/// What is left for a record, and what was found in it.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    searched: Cell<usize>,
    exceeded: Cell<bool>,
    /// A bit for each column whose value did not fit.
    unfit: Cell<u128>,
    /// Whether the record has lines that are not read.
    ignored_lines: Cell<bool>,
}

impl Budget {
    /// Counts bytes that a regular expression looks at.
    pub(crate) fn search(&self, bytes: usize) -> Result<(), Exceeded> {
        let searched = self.searched.get().saturating_add(bytes);
        self.searched.set(searched);
        if searched > MAX_SEARCHED { Err(Exceeded) } else { Ok(()) }
    }

    /// What was made, or nothing, and then the record has failed: its other values are of no use any more.
    pub(crate) fn kept<T>(&self, made: Result<T, Exceeded>) -> Option<T> {
        self.exceeded.set(self.exceeded.get() || made.is_err());
        made.ok()
    }

    /// Notes that the record has a value in a column, and that it does not fit. A column counts once, however often it is
    /// read; the last bit stands for all columns behind it.
    #[cold]
    pub(crate) fn unfit(&self, column: usize) {
        self.unfit.set(self.unfit.get() | 1 << column.min(127));
    }

    /// Notes that the record has lines that are not read.
    #[cold]
    pub(crate) fn ignore_lines(&self) {
        self.ignored_lines.set(true);
    }

    /// How many columns had a value that did not fit. Lines that are not read count as one.
    pub(crate) fn invalid_values(&self) -> u32 {
        self.unfit.get().count_ones() + u32::from(self.ignored_lines.get())
    }

    /// Whether the record has failed.
    pub(crate) fn is_exceeded(&self) -> bool {
        self.exceeded.get()
    }
}

/// Holds the length of a text that is about to be made against [`MAX_BYTES`].
pub(crate) fn fits(bytes: usize) -> Result<(), Exceeded> {
    if bytes > MAX_BYTES { Err(Exceeded) } else { Ok(()) }
}
