//! A query run on one record.

use std::borrow::Cow;

use crate::eval::{Row, Values};
use crate::json::{self, Keys, Raw};
use crate::program::Outcome;
use crate::query::{DataType, Insert, Query};
use crate::value::{Numbers, Value};

/// The most bytes that the rows of one record may have: Lambda's answer holds no more.
const MAX_BYTES: usize = 6 << 20;
/// The most rows that one record may become, those of inner streams included; a query in which each of many streams
/// feeds the next one twice would never end.
const MAX_ROWS: usize = 100_000;

/// A query, prepared.
#[derive(Clone, Debug)]
pub(crate) struct Runner {
    keys: Keys,
    numbers: Numbers,
    /// For each stream, the inserts that read it.
    readers: Vec<Vec<usize>>,
    /// For each stream that leaves the query, what stands before each value, and behind the last.
    frames: Vec<Option<Frame>>,
}

#[derive(Clone, Debug)]
struct Frame {
    before: Vec<Vec<u8>>,
    behind: Vec<u8>,
}

impl Frame {
    fn new(keys: &[String], append: &str) -> Self {
        let mut before = Vec::new();
        for (at, key) in keys.iter().enumerate() {
            let mut text = vec![if at == 0 { b'{' } else { b',' }];
            json::write_text(key, &mut text);
            text.push(b':');
            before.push(text);
        }
        let open = if keys.is_empty() { "{" } else { "" };
        Self { before, behind: [open, "}", append].concat().into_bytes() }
    }
}

/// The rows of a record grew beyond a limit.
struct TooMuch;

struct Output<'q> {
    runner: &'q Runner,
    query: &'q Query,
    bytes: Vec<u8>,
    rows: usize,
}

impl Runner {
    /// Prepares a query whose invariants hold.
    pub(crate) fn new(query: &Query, append: &str) -> Self {
        let mut keys = Keys::default();
        for (at, column) in query.columns.iter().enumerate() {
            keys.add(&column.path, at);
        }
        let mut readers = vec![Vec::new(); query.streams.len() + 1];
        for (at, insert) in query.inserts.iter().enumerate() {
            readers[insert.from].push(at);
        }
        let frame = |keys: &Option<Vec<String>>| keys.as_ref().map(|keys| Frame::new(keys, append));
        let exact = query.columns.iter().any(|column| matches!(column.data_type, DataType::Decimal(..)));
        Self {
            keys,
            numbers: Numbers { exact },
            readers,
            frames: query.streams.iter().map(|stream| frame(&stream.keys)).collect(),
        }
    }

    /// What becomes of a record that is looked at so many milliseconds after 1970.
    pub(crate) fn run<'a>(&self, query: &Query, record: &'a [u8], now: i64) -> Outcome<'a> {
        let mut found = vec![Raw::Absent; query.columns.len()];
        if json::read(record, &self.keys, &mut found).is_err() {
            return Outcome::ProcessingFailed;
        }
        let values = Values::Input { columns: &query.columns, found: &found, numbers: self.numbers };
        let row = Row { values, now };
        let mut output = Output { runner: self, query, bytes: Vec::new(), rows: 0 };
        match output.feed(0, row) {
            Err(TooMuch) => Outcome::ProcessingFailed,
            Ok(()) if output.bytes.is_empty() => Outcome::Dropped,
            Ok(()) => Outcome::Ok(Cow::Owned(output.bytes)),
        }
    }
}

impl<'q> Output<'q> {
    /// Gives a row to all that read its stream.
    fn feed(&mut self, stream: usize, row: Row) -> Result<(), TooMuch> {
        let (runner, query): (&'q Runner, &'q Query) = (self.runner, self.query);
        for &at in &runner.readers[stream] {
            let insert = &query.inserts[at];
            if insert.filter.as_ref().is_some_and(|filter| row.truth(filter) != Some(true)) {
                continue;
            }
            self.rows += 1;
            if self.rows > MAX_ROWS || self.bytes.len() > MAX_BYTES {
                return Err(TooMuch);
            }
            match &runner.frames[insert.into - 1] {
                Some(frame) => self.write(frame, insert, row),
                None => {
                    let values: Vec<Value> = insert.items.iter().map(|item| row.value(item)).collect();
                    self.feed(insert.into, Row { values: Values::Inner(&values), now: row.now })?;
                }
            }
        }
        Ok(())
    }

    fn write(&mut self, frame: &Frame, insert: &Insert, row: Row) {
        if self.bytes.is_empty() {
            self.bytes.reserve(256);
        }
        for (before, item) in frame.before.iter().zip(&insert.items) {
            self.bytes.extend_from_slice(before);
            row.value(item).write(&mut self.bytes);
        }
        self.bytes.extend_from_slice(&frame.behind);
    }
}
