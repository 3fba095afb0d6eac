//! Keys by which Firehose stores a record: the values of columns, as the text that the names of folders have.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::json::{self, Keys, Malformed, Raw};
use crate::pattern::{self, TimePart};
use crate::query::{Column, DataType, Query};
use crate::time::{MS_PER_DAY, civil};
use crate::value::{Numbers, Value};

/// Milliseconds of a minute.
const MS_PER_MINUTE: i64 = 60_000;
/// Longest value of a key, in bytes: an evaluated prefix has no more characters. Firehose guide, "Custom prefixes", 2023.
pub const MAX_KEY_BYTES: usize = 512;

/// Keys of a record. Firehose guide, "Dynamic partitioning", 2026-11.
pub const MAX_KEYS: usize = 50;

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
        (1..=MAX_KEYS).contains(&self.keys.len())
            && self.keys.iter().all(fits)
            && (query.is_none() || self.columns.is_empty())
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
#[derive(Debug)]
pub(crate) struct Found {
    text: Vec<u8>,
    /// For each key, where its value lies in the text.
    places: [(u32, u32); MAX_KEYS],
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
        Found { text: Vec::with_capacity(64), places: [(0, 0); MAX_KEYS] }
    }

    /// Takes note of the value of a column, if it is one of a key.
    #[inline]
    pub(crate) fn note(&self, column: usize, value: &Value, found: &mut Found) {
        for (key, place) in self.keys.iter().zip(&mut found.places) {
            if key.column == column {
                let start = found.text.len();
                if write(value, key.time.as_deref(), &mut found.text).is_some() {
                    // The text of all keys has far fewer bytes.
                    *place = (start as u32, found.text.len() as u32);
                }
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
            json.extend_from_slice(&found.text[*start as usize..*end as usize]);
        }
        json.push(b'}');
        Some(json)
    }
}

/// Writes a value as the name of a folder, in JSON; nothing of NULL, of an empty text and of what is too long.
#[inline]
fn write(value: &Value, time: Option<&[TimePart]>, out: &mut Vec<u8>) -> Option<()> {
    let text: Cow<str> = match (value, time) {
        (Value::Boolean(true), None) => "true".into(),
        (Value::Boolean(false), None) => "false".into(),
        (Value::Integer(number), None) => number.to_string().into(),
        (Value::Text(text), None) => text.as_ref().into(),
        (Value::Date(days), Some(parts)) => return write_time(i64::from(*days) * MS_PER_DAY, parts, out),
        (Value::Timestamp(ms), Some(parts)) => return write_time(*ms, parts, out),
        _ => return None,
    };
    if text.is_empty() || text.len() > MAX_KEY_BYTES {
        return None;
    }
    json::write_text(&text, out);
    Some(())
}

/// Writes a time by a pattern. Patterns of folders have few letters, so that these are written without the general way.
fn write_time(ms: i64, parts: &[TimePart], out: &mut Vec<u8>) -> Option<()> {
    let (year, month, day) = civil(ms.div_euclid(MS_PER_DAY));
    let minutes = ms.rem_euclid(MS_PER_DAY) / MS_PER_MINUTE;
    let start = out.len();
    out.push(b'"');
    for part in parts {
        let plain = |text: &str| text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\');
        let value = match part {
            TimePart::Text(text) if plain(text) => {
                out.extend_from_slice(text.as_bytes());
                continue;
            }
            TimePart::Field('y', 4) if (0..=9999).contains(&year) => {
                digits(year / 100, out);
                year % 100
            }
            TimePart::Field('M', 2) => month,
            TimePart::Field('d', 2) => day,
            TimePart::Field('H', 2) => minutes / 60,
            TimePart::Field('m', 2) => minutes % 60,
            _ => {
                out.truncate(start);
                let text = pattern::format(ms, parts);
                let fits = !text.is_empty() && text.len() <= MAX_KEY_BYTES;
                return fits.then(|| json::write_text(&text, out));
            }
        };
        digits(value, out);
    }
    out.push(b'"');
    Some(())
}

/// Writes a number from 0 to 99 in two digits.
fn digits(value: i64, out: &mut Vec<u8>) {
    let digit = |value: i64| b'0' + u8::try_from(value % 10).unwrap_or_default();
    out.extend_from_slice(&[digit(value / 10), digit(value)]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_time_is_written_as_the_general_way_writes_it(ms in -99_999_999_999_999_i64..399_999_999_999_999) {
            let field = |letter, count| TimePart::Field(letter, count);
            let text = |text: &str| TimePart::Text(text.into());
            for parts in [
                vec![field('y', 4), text("-"), field('M', 2), text("/m="), field('d', 2)],
                vec![field('H', 2), text("."), field('m', 2)],
                vec![field('y', 4), text("\"")],
                vec![field('M', 3)],
            ] {
                let (mut out, mut expected) = (Vec::new(), Vec::new());
                prop_assert!(write_time(ms, &parts, &mut out).is_some());
                json::write_text(&pattern::format(ms, &parts), &mut expected);
                prop_assert_eq!(String::from_utf8(out), String::from_utf8(expected));
            }
        }
    }
}
