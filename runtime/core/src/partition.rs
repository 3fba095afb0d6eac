//! Keys by which Firehose stores a record: the values of columns, as the text that the names of folders have.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::json::{self, Keys, Malformed, Raw};
use crate::pattern::{self, TimePart};
use crate::query::{Column, DataType, Query};
use crate::time::MS_PER_DAY;
use crate::value::{Numbers, Value};

/// Longest value of a key, in bytes: an evaluated prefix has no more characters. Firehose guide, "Custom prefixes", 2023.
pub const MAX_KEY_BYTES: usize = 512;

/// What Firehose stores a record by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partition {
    /// Columns of the record, which is JSON; none with a query, whose rows have the columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Column>,
    /// The keys, at least one.
    pub keys: Vec<PartitionKey>,
}

/// A key with the column that it is the value of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartitionKey {
    /// Its name.
    pub name: String,
    /// Position of the column: among those of the record, or of the rows that leave the query.
    pub column: usize,
    /// How a day or a time is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Vec<TimePart>>,
}

impl Partition {
    /// Whether each key has its column, among those of the record or of the rows that leave a query.
    pub(crate) fn check(&self, query: Option<&Query>) -> bool {
        let widths: Vec<usize> = match query {
            None => vec![self.columns.len()],
            Some(query) => {
                let outputs = query.streams.iter().filter(|stream| stream.keys.is_some());
                outputs.map(|stream| stream.types.len()).collect()
            }
        };
        let fits = |key: &PartitionKey| widths.iter().all(|width| key.column < *width);
        !self.keys.is_empty() && self.keys.iter().all(fits) && (query.is_none() || self.columns.is_empty())
    }
}

/// Keys, prepared.
#[derive(Clone, Debug)]
pub(crate) struct Partitioner {
    /// For each key, what stands before its value as JSON.
    before: Vec<Vec<u8>>,
    keys: Vec<PartitionKey>,
    columns: Vec<Column>,
    /// Where the columns lie in a record.
    paths: Keys,
    numbers: Numbers,
}

/// The values of the keys of one row, in the order in which they were found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    text: Vec<u8>,
    /// For each key, where its value lies in the text.
    places: Vec<(usize, usize)>,
}

impl Partitioner {
    pub(crate) fn new(partition: &Partition) -> Self {
        let before = |(at, key): (usize, &PartitionKey)| {
            let mut text = vec![if at == 0 { b'{' } else { b',' }];
            json::write_text(&key.name, &mut text);
            text.push(b':');
            text
        };
        let mut paths = Keys::default();
        for (at, column) in partition.columns.iter().enumerate() {
            paths.add(&column.path, at);
        }
        let exact = partition.columns.iter().any(|column| matches!(column.data_type, DataType::Decimal(..)));
        Self {
            before: partition.keys.iter().enumerate().map(before).collect(),
            keys: partition.keys.clone(),
            columns: partition.columns.clone(),
            paths,
            numbers: Numbers { exact },
        }
    }

    /// The keys of a record that no query reads, as JSON; none if one of them has no value.
    pub(crate) fn of_record(&self, record: &[u8]) -> Result<Option<Vec<u8>>, Malformed> {
        let text = json::text(record);
        let mut found = vec![Raw::Absent; self.columns.len()];
        json::read(&text, &self.paths, self.numbers.exact, &mut found)?;
        let mut keys = self.start();
        for (at, raw) in found.into_iter().enumerate() {
            self.note(at, &self.numbers.column(raw, self.columns[at].data_type), &mut keys);
        }
        Ok(self.finish(&keys))
    }

    /// The values of a row, none of which is known yet.
    pub(crate) fn start(&self) -> Found {
        Found { text: Vec::with_capacity(64), places: vec![(0, 0); self.keys.len()] }
    }

    /// Takes note of the value of a column, if it is one of a key.
    #[inline]
    pub(crate) fn note(&self, column: usize, value: &Value, found: &mut Found) {
        for (key, place) in self.keys.iter().zip(&mut found.places) {
            if key.column == column
                && let Some(text) = text(value, key.time.as_deref())
            {
                let start = found.text.len();
                json::write_text(&text, &mut found.text);
                *place = (start, found.text.len());
            }
        }
    }

    /// The keys as a JSON object, if each has a value.
    pub(crate) fn finish(&self, found: &Found) -> Option<Vec<u8>> {
        let mut json = Vec::with_capacity(found.text.len() + 32);
        for (before, (start, end)) in self.before.iter().zip(&found.places) {
            if start == end {
                return None;
            }
            json.extend_from_slice(before);
            json.extend_from_slice(&found.text[*start..*end]);
        }
        json.push(b'}');
        Some(json)
    }
}

/// A value as the name of a folder has it; none of NULL, of an empty text and of what is too long.
fn text<'v>(value: &'v Value, time: Option<&[TimePart]>) -> Option<Cow<'v, str>> {
    let text: Cow<str> = match (value, time) {
        (Value::Boolean(true), None) => "true".into(),
        (Value::Boolean(false), None) => "false".into(),
        (Value::Integer(number), None) => number.to_string().into(),
        (Value::Text(text), None) => text.as_ref().into(),
        (Value::Date(days), Some(parts)) => pattern::format(i64::from(*days) * MS_PER_DAY, parts).into(),
        (Value::Timestamp(ms), Some(parts)) => pattern::format(*ms, parts).into(),
        _ => return None,
    };
    (!text.is_empty() && text.len() <= MAX_KEY_BYTES).then_some(text)
}
