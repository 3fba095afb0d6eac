//! Unit tests of a pipeline, in YAML: records that are given, and what is expected of them.

mod compare;
mod origins;
mod outcome;
mod read;
mod report;
mod run;
mod update;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use serde_json::Value;

pub use origins::Origins;
pub use outcome::Outcome;
pub use read::{Problem, read};
pub use report::{Ran, github, json, junit, text};
pub use run::{Prepared, prepare};
pub use update::updated;

/// A test.
#[derive(Clone, Debug)]
pub struct Test {
    /// Its name.
    pub name: String,
    /// Its place in the file, bytes.
    pub range: Range<usize>,
    /// The records.
    pub given: Given,
    /// What is expected of them.
    pub expect: Expect,
    /// The place of the key `expect` and of its value, bytes.
    pub expect_ranges: Option<(Range<usize>, Range<usize>)>,
}

/// The records of a test.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Records with the times at which they arrive, milliseconds since 1970.
    pub records: Vec<(Vec<u8>, Option<i64>)>,
    /// A file of records, relative to that of the test.
    pub file: Option<PathBuf>,
    /// The column, or the path, of a record's time.
    pub at: Option<String>,
    /// The delivery that they are put into, if there is no stream and there are several.
    pub into: Option<String>,
}

/// What is expected.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expect {
    /// The rows of the first delivery, or of the first output if there is no delivery.
    pub main: Rows,
    /// The rows of outputs of the SQL and of deliveries, by their names.
    pub outputs: BTreeMap<String, Rows>,
    /// Records that are left out on purpose.
    pub dropped: Option<u64>,
    /// Records that cannot be processed.
    pub failed: Option<u64>,
    /// Keys of objects, or what they begin with if they end in `*`, with the number of records.
    pub objects: Option<Vec<(String, Option<u64>)>>,
}

/// Expected rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// The rows: objects whose missing keys are not compared, or texts.
    pub rows: Option<Vec<Value>>,
    /// Their number.
    pub count: Option<u64>,
    /// Whether their order is compared.
    pub ordered: bool,
}
