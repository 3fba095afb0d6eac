//! The record program: its file format and how it is applied.

use std::borrow::Cow;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::partition::{Partition, Partitioner};
use crate::query::Query;
use crate::run::Runner;
use crate::unpack::{Packet, Unpack, Unpacked, Unreadable, gunzip};

/// The version of the file format that this crate reads and writes.
///
/// A program of another version is refused instead of half understood: the program travels in the same
/// zip as the binary that reads it, so the two differ only when someone mixed two builds.
pub const VERSION: u32 = 3;

/// What is done to every record, read from a JSON object such as `{"version":3,"append":"\n"}`, perhaps with a
/// `query`.
#[derive(Debug, Clone)]
pub struct RecordProgram {
    file: File,
    runner: Option<Runner>,
    /// What finds the partition keys of a record that no query reads.
    partitioner: Option<Partitioner>,
    /// Whether the query asks for the time.
    has_clock: bool,
}

/// The file. Unknown keys are errors, so that a program written for a newer reader is never run in part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    /// Text that every record has at its end afterwards; empty leaves records as they are.
    append: String,
    /// What records are unpacked from, before anything else. Other records are taken as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unpack: Option<Unpack>,
    /// What becomes of the record first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    query: Option<Query>,
    /// Keys by which Firehose stores the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    partition: Option<Partition>,
}

impl PartialEq for RecordProgram {
    fn eq(&self, other: &Self) -> bool {
        self.file == other.file
    }
}

impl From<File> for RecordProgram {
    fn from(file: File) -> Self {
        let partitioner = file.partition.as_ref().map(Partitioner::new);
        let (of_rows, of_records) = match file.query {
            Some(_) => (partitioner, None),
            None => (None, partitioner),
        };
        let runner = file.query.as_ref().map(|query| Runner::new(query, &file.append, of_rows));
        let has_clock = file.query.as_ref().is_some_and(Query::has_clock);
        Self { file, runner, partitioner: of_records, has_clock }
    }
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.ok().and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or(0)
}

/// Why a text is no record program.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// Not JSON, or not of the shape of a program. The text holds the position and the key.
    #[error("it is not a record program: {0}")]
    Shape(#[from] serde_json::Error),
    /// Written for another version of this crate.
    #[error("it has version {0}; only version {VERSION} is supported")]
    Version(u32),
    /// Its query names a stream or a column that it does not have.
    #[error("its query is inconsistent")]
    Query,
    /// Its partition keys name columns that it does not have.
    #[error("its partition keys do not hold together")]
    Partition,
}

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// The record goes on with these bytes; borrowed where nothing had to change.
    Ok(Cow<'a, [u8]>),
    /// The record is left out on purpose.
    Dropped,
    /// The program cannot be applied to this record.
    ProcessingFailed,
}

/// What became of one record, and what was found in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied<'a> {
    /// What became of it.
    pub outcome: Outcome<'a>,
    /// How many columns that the query read had a value that did not fit, and so were NULL. Lines of CSV that follow the
    /// first one of the record count as one more.
    pub invalid_values: u32,
    /// What was unpacked from it.
    pub unpacked: Unpacked,
    /// Its partition keys as a JSON object; empty without any.
    pub partition_keys: Vec<u8>,
    /// Whether it failed because one of its partition keys has no value, or its rows have several.
    pub lacks_key: bool,
}

impl<'a> From<Outcome<'a>> for Applied<'a> {
    fn from(outcome: Outcome<'a>) -> Self {
        let (unpacked, partition_keys) = (Unpacked::default(), Vec::new());
        Self { outcome, invalid_values: 0, unpacked, partition_keys, lacks_key: false }
    }
}

impl RecordProgram {
    /// A program that only makes every record end with `append`.
    #[must_use]
    pub fn appending(append: impl Into<String>) -> Self {
        File { version: VERSION, append: append.into(), unpack: None, query: None, partition: None }.into()
    }

    /// A program that makes rows of every record, each with `append` behind it.
    ///
    /// # Errors
    /// When the query names what it does not have.
    pub fn querying(query: Query, append: impl Into<String>) -> Result<Self, ProgramError> {
        if !query.check() {
            return Err(ProgramError::Query);
        }
        let query = Some(query);
        Ok(File { version: VERSION, append: append.into(), unpack: None, query, partition: None }.into())
    }

    /// The program with records unpacked first: each log event is then a record of its own.
    #[must_use]
    pub fn unpacking(self, unpack: Option<Unpack>) -> Self {
        File { unpack, ..self.file }.into()
    }

    /// The program with keys by which Firehose stores each record.
    ///
    /// # Errors
    /// When a key names a column that is not there.
    pub fn partitioning(self, partition: Option<Partition>) -> Result<Self, ProgramError> {
        if partition.as_ref().is_some_and(|partition| !partition.check(self.file.query.as_ref())) {
            return Err(ProgramError::Partition);
        }
        Ok(File { partition, ..self.file }.into())
    }

    /// Reads a program from JSON.
    ///
    /// # Errors
    /// When the text is not JSON, has missing or unknown keys, or another version, or when its query does not hold
    /// together.
    pub fn from_json(json: &[u8]) -> Result<Self, ProgramError> {
        // The version is looked at alone and first: a newer program has keys that are unknown here, and
        // its reader has to hear of the version, not of the key.
        #[derive(Deserialize)]
        struct Header {
            version: u32,
        }
        let Header { version } = serde_json::from_slice(json)?;
        if version != VERSION {
            return Err(ProgramError::Version(version));
        }
        let file: File = serde_json::from_slice(json)?;
        if file.query.as_ref().is_some_and(|query| !query.check()) {
            return Err(ProgramError::Query);
        }
        if file.partition.as_ref().is_some_and(|partition| !partition.check(file.query.as_ref())) {
            return Err(ProgramError::Partition);
        }
        Ok(file.into())
    }

    /// The program as [`RecordProgram::from_json`] reads it; the same bytes for the same program.
    ///
    /// # Errors
    /// None that a program can cause; serde's signature has one.
    pub fn to_json(&self) -> Result<String, ProgramError> {
        Ok(serde_json::to_string(&self.file)?)
    }

    /// Applies the program to the bytes of one record, whatever they are: text is not required.
    ///
    /// With a query, what is no JSON object is [`Outcome::ProcessingFailed`], and a record of which no row is left is
    /// [`Outcome::Dropped`].
    #[must_use]
    pub fn apply<'a>(&self, record: &'a [u8]) -> Outcome<'a> {
        self.apply_counting(record).outcome
    }

    /// As [`RecordProgram::apply`], with what was found in the record.
    #[must_use]
    pub fn apply_counting<'a>(&self, record: &'a [u8]) -> Applied<'a> {
        self.counted_at(record, if self.has_clock { now() } else { 0 })
    }

    /// As [`RecordProgram::apply`], at a time that the caller names, in milliseconds since 1970.
    #[must_use]
    pub fn apply_at<'a>(&self, record: &'a [u8], now: i64) -> Outcome<'a> {
        self.counted_at(record, now).outcome
    }

    /// As [`RecordProgram::apply_counting`], at a time that the caller names, in milliseconds since 1970.
    #[must_use]
    pub fn apply_counting_at<'a>(&self, record: &'a [u8], now: i64) -> Applied<'a> {
        self.counted_at(record, now)
    }

    fn counted_at<'a>(&self, record: &'a [u8], now: i64) -> Applied<'a> {
        if let Some(unpacked) = self.file.unpack.and_then(|Unpack::CloudwatchLogs| gunzip(record)) {
            return unpacked
                .and_then(|text| self.packet(&text, now))
                .unwrap_or_else(|Unreadable| Outcome::ProcessingFailed.into());
        }
        if let (Some(runner), Some(query)) = (&self.runner, &self.file.query) {
            return runner.run(query, record, now);
        }
        let keys = match self.partitioner.as_ref().map(|partitioner| partitioner.of_record(record)) {
            None => Vec::new(),
            Some(Ok(Some(keys))) => keys,
            Some(Ok(None)) => return Applied { lacks_key: true, ..Outcome::ProcessingFailed.into() },
            Some(Err(_)) => return Outcome::ProcessingFailed.into(),
        };
        let missing = self.suffix().missing_from(record);
        let outcome = match missing.is_empty() {
            true => Outcome::Ok(Cow::Borrowed(record)),
            false => Outcome::Ok(Cow::Owned([record, missing].concat())),
        };
        Applied { partition_keys: keys, ..outcome.into() }
    }

    /// What becomes of the log events in what was gzip.
    fn packet(&self, text: &[u8], now: i64) -> Result<Applied<'static>, Unreadable> {
        let packet = Packet::from_json(text)?;
        let applied = match (&self.runner, &self.file.query) {
            (Some(runner), Some(query)) => runner.run_packet(query, &packet, now),
            _ => match packet.lines(&self.file.append)? {
                lines if lines.is_empty() => Outcome::Dropped.into(),
                lines => Outcome::Ok(Cow::Owned(lines)).into(),
            },
        };
        Ok(Applied { unpacked: packet.unpacked(), ..applied })
    }

    /// Whether the program has a query, which drops records and reads values.
    #[must_use]
    pub fn has_query(&self) -> bool {
        self.file.query.is_some()
    }

    /// The suffix, if appending it is all that the program does.
    ///
    /// The outcome of a record then depends on its last [`Suffix::len`] bytes alone and is always
    /// [`Outcome::Ok`], so a caller that holds the record in an encoded form need not decode the rest.
    #[must_use]
    pub fn appends_only(&self) -> Option<Suffix<'_>> {
        let File { query, unpack, partition, .. } = &self.file;
        (query.is_none() && unpack.is_none() && partition.is_none()).then(|| self.suffix())
    }

    fn suffix(&self) -> Suffix<'_> {
        Suffix(self.file.append.as_bytes())
    }
}

/// The bytes that a record has to end with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suffix<'a>(&'a [u8]);

impl<'a> Suffix<'a> {
    /// How many bytes at the end of a record decide whether the suffix is there.
    #[must_use]
    pub fn len(self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing to append.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// What has to be appended to a record that ends with `tail`: the suffix, or nothing.
    ///
    /// A record that already ends with the whole suffix is left alone, so records that come with their
    /// newline do not get an empty line after each of them, and applying a program twice is the same as
    /// applying it once. A part of the suffix does not count: `"\r"` followed by `"\r\n"` is `"\r\r\n"`.
    #[must_use]
    pub fn missing_from(self, tail: &[u8]) -> &'a [u8] {
        if tail.ends_with(self.0) { &[] } else { self.0 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn applied(append: &str, record: &[u8]) -> Vec<u8> {
        match RecordProgram::appending(append).apply(record) {
            Outcome::Ok(bytes) => bytes.into_owned(),
            other => panic!("unexpected {other:?}"),
        }
    }

    #[test]
    fn appends_what_is_missing() {
        assert_eq!(applied("\n", b"{}"), b"{}\n");
        assert_eq!(applied("\n", b""), b"\n");
        assert_eq!(applied("\n", b"\xff\x00"), b"\xff\x00\n");
        assert_eq!(applied("", b"{}"), b"{}");
    }

    #[test]
    fn does_not_double_a_suffix() {
        assert_eq!(applied("\n", b"{}\n"), b"{}\n");
        assert_eq!(applied("\r\n", b"{}\r\n"), b"{}\r\n");
        assert_eq!(applied("\r\n", b"{}\r"), b"{}\r\r\n");
    }

    #[test]
    fn reads_what_it_writes() {
        let program = RecordProgram::appending("\n");
        let json = program.to_json().expect("a program is JSON");
        assert_eq!(json, r#"{"version":3,"append":"\n"}"#);
        assert_eq!(RecordProgram::from_json(json.as_bytes()).expect("it reads back"), program);
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        let error = |text: &str| RecordProgram::from_json(text.as_bytes()).expect_err(text).to_string();
        assert!(error(r#"{"version":4,"append":"\n","rows":{}}"#).contains("version 4"));
        assert!(error(r#"{"version":3,"append":"\n","rows":{}}"#).contains("unknown field `rows`"));
        assert!(error(r#"{"append":"\n"}"#).contains("missing field `version`"));
        assert!(error(r#"{"version":3}"#).contains("missing field `append`"));
        assert!(error("").contains("EOF"));
    }

    proptest! {
        #[test]
        fn is_idempotent(append in "\\PC{0,4}", record in prop::collection::vec(any::<u8>(), 0..64)) {
            let once = applied(&append, &record);
            prop_assert!(once.starts_with(&record));
            prop_assert!(once.ends_with(append.as_bytes()));
            prop_assert_eq!(applied(&append, &once), once);
        }
    }
}
