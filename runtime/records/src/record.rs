//! A record, and how a page of an API becomes a list of them.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

use bytes::Bytes;
use pipec_path::Path;
use serde_json::value::RawValue;

use crate::{
    config::{PartitionKey, RANDOM_KEY},
    path,
    stats::Stats,
};

/// Longest partition key, in characters. Source: Kinesis API, `PutRecordsRequestEntry`.
const MAX_KEY: usize = 256;

/// Starts the random partition keys of this thread at a number, so that they are the same each time.
pub fn seed_keys(seed: u64) {
    fastrand::seed(seed);
}

/// One record that is ready to be sent. Clones share the data and the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What the stream gets: for JSON one line.
    pub data: Bytes,
    key: Key,
}

/// The partition key of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Key {
    /// None: Firehose has no partition keys.
    None,
    /// A new random one each time.
    Random,
    /// A text, and a hash of it.
    Text { text: Arc<str>, hash: u64 },
}

impl Record {
    /// A record with this key, or a random one.
    #[must_use]
    pub fn new(data: impl Into<Bytes>, key: Option<String>) -> Self {
        let key = key.map_or(Key::Random, |text| {
            let mut hasher = DefaultHasher::new();
            text.hash(&mut hasher);
            Key::Text { text: text.into(), hash: hasher.finish() }
        });
        Self { data: data.into(), key }
    }

    /// A record for Firehose.
    #[must_use]
    pub fn keyless(data: impl Into<Bytes>) -> Self {
        Self { data: data.into(), key: Key::None }
    }

    /// A record with the key that the configuration says; `None` is no key.
    #[must_use]
    pub fn of(data: impl Into<Bytes>, key: Option<&PartitionKey>, stats: &Stats) -> Self {
        let data = data.into();
        match key {
            None => Self::keyless(data),
            Some(PartitionKey::Random {}) => Self::new(data, None),
            Some(path @ PartitionKey::Path(_)) => {
                let found = key_of(serde_json::from_slice(&data).ok(), path);
                stats.without_key(usize::from(found.is_none()));
                Self::new(data, found)
            }
        }
    }

    /// What the service counts, in bytes: data and key.
    #[must_use]
    pub fn size(&self) -> usize {
        self.data.len()
            + match &self.key {
                Key::None => 0,
                Key::Random => RANDOM_KEY,
                Key::Text { text, .. } => text.len(),
            }
    }

    /// The key to send it under to a Kinesis data stream, which takes no record without one.
    #[must_use]
    pub fn partition_key(&self) -> String {
        match &self.key {
            Key::None | Key::Random => format!("{:016x}", fastrand::u64(..)),
            Key::Text { text, .. } => text.to_string(),
        }
    }

    /// A number that all records of its key share, and hardly any other; `None` for a random key, and for no key.
    #[must_use]
    pub fn order(&self) -> Option<u64> {
        match &self.key {
            Key::None | Key::Random => None,
            Key::Text { hash, .. } => Some(*hash),
        }
    }
}

/// The records of one answer of the API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// What can be sent.
    pub records: Vec<Record>,
    /// Records left out because they are larger than the stream takes.
    pub too_large: usize,
    /// Records that get a random key since they have no value at the key's path.
    pub without_key: usize,
}

/// Why an answer is no page. Holds no part of the answer.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// Not JSON.
    #[error("the response is not JSON (line {line}, column {column})")]
    NotJson {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// No array at the path.
    #[error("the response has no array at {0}")]
    NoArray(String),
    /// Nothing in the array that could be sent.
    #[error("the array at {path} contains no record that can be sent ({too_large} are too large)")]
    Empty {
        /// The array's path.
        path: String,
        /// Records that are larger than the stream takes.
        too_large: usize,
    },
}

impl Page {
    /// Takes the records out of an answer.
    ///
    /// # Errors
    /// When the answer holds nothing that could be sent.
    pub fn read(
        answer: &[u8],
        records: &Path,
        key: Option<&PartitionKey>,
        max_record_size: usize,
    ) -> Result<Self, PageError> {
        let not_json =
            |error: serde_json::Error| PageError::NotJson { line: error.line(), column: error.column() };
        let document: &RawValue = serde_json::from_slice(answer).map_err(not_json)?;
        let no_array = || PageError::NoArray(records.to_string());
        let array = path::find(records, document).ok_or_else(no_array)?;
        let array: Vec<&RawValue> = serde_json::from_str(array.get()).map_err(|_| no_array())?;
        let mut page = Self::default();
        for value in array {
            let data = one_line(value.get());
            let record = match key {
                Some(key) => Record::new(data, key_of(Some(value), key)),
                None => Record::keyless(data),
            };
            let keyed = matches!(key, Some(PartitionKey::Path(_)));
            page.without_key += usize::from(keyed && record.order().is_none());
            if record.size() > max_record_size {
                page.too_large += 1;
            } else {
                page.records.push(record);
            }
        }
        if page.records.is_empty() {
            return Err(PageError::Empty { path: records.to_string(), too_large: page.too_large });
        }
        Ok(page)
    }
}

/// The partition key of a record; `None` where it gets a random one.
#[must_use]
pub fn key_of(json: Option<&RawValue>, key: &PartitionKey) -> Option<String> {
    match key {
        PartitionKey::Random {} => None,
        PartitionKey::Path(path) => json.and_then(|json| path::find(path, json)).and_then(key_text),
    }
}

/// The text of a string, number or boolean, cut to what Kinesis takes; `None` where that leaves nothing.
fn key_text(json: &RawValue) -> Option<String> {
    let text = match json.get().as_bytes().first()? {
        b'"' => serde_json::from_str::<String>(json.get()).ok()?,
        b'{' | b'[' | b'n' => return None,
        _ => json.get().to_owned(),
    };
    let cut: String = text.chars().take(MAX_KEY).collect();
    (!cut.is_empty()).then_some(cut)
}

/// Valid JSON without the whitespace between its tokens: a record is one line wherever it ends up, even if
/// the API indents its answer. Nothing else changes, so numbers keep their digits and keys their order.
fn one_line(json: &str) -> Bytes {
    let mut in_string = false;
    let mut escaped = false;
    json.bytes()
        .filter(|byte| {
            if in_string {
                in_string = escaped || *byte != b'"';
                escaped = !escaped && *byte == b'\\';
                true
            } else {
                in_string = *byte == b'"';
                !byte.is_ascii_whitespace()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn path(text: &str) -> Path {
        pipec_path::parse(text).expect(text)
    }

    fn read(answer: &str, key: &PartitionKey, max: usize) -> Result<Page, PageError> {
        Page::read(answer.as_bytes(), &path("$.results"), Some(key), max)
    }

    #[test]
    fn takes_the_array_record_by_record() {
        let answer = "{\"results\": [\n  {\"id\": 1.50,\n \"z\": \"a b\\\"\\n\", \"a\": []},\n 7 ]}";
        let page = read(answer, &PartitionKey::Random {}, 100).expect("a page");
        let data: Vec<_> = page.records.iter().map(|record| &record.data[..]).collect();
        assert_eq!(data, [&br#"{"id":1.50,"z":"a b\"\n","a":[]}"#[..], b"7"]);
        assert_ne!(page.records[0].partition_key(), page.records[0].partition_key());
        assert_eq!(page.records[0].partition_key().len(), RANDOM_KEY);
    }

    #[test]
    fn keys_come_from_the_record() {
        let long = "é".repeat(300);
        let answer = format!(
            r#"{{"results":[{{"k":"a\u0062"}},{{"k":12.50}},{{"k":true}},{{"k":"{long}"}},{{"k":null}},{{"k":""}},
                {{"k":{{}}}},{{}},3]}}"#
        );
        let page = read(&answer, &PartitionKey::Path(path("$.k")), 10_000).expect("a page");
        let keys: Vec<_> = page.records.iter().map(Record::partition_key).collect();
        assert_eq!(keys[..3], ["ab", "12.50", "true"]);
        assert_eq!(keys[3].chars().count(), 256);
        assert_eq!(page.without_key, 5);
    }

    #[test]
    fn leaves_out_what_the_stream_would_refuse() {
        // The limit counts the key: 4 bytes of data and 16 of key.
        let answer = r#"{"results":["ab","abc"]}"#;
        let page = read(answer, &PartitionKey::Random {}, 20).expect("a page");
        assert_eq!((page.records.len(), page.too_large), (1, 1));
        let error = read(answer, &PartitionKey::Random {}, 19).expect_err("nothing is left");
        assert_eq!(error, PageError::Empty { path: "$.results".to_owned(), too_large: 2 });
        // Without a key, all of the limit is for the data.
        let page = Page::read(answer.as_bytes(), &path("$.results"), None, 4).expect("a page");
        assert_eq!((page.records.len(), page.too_large, page.without_key), (1, 1, 0));
    }

    #[test]
    fn says_what_is_wrong_without_quoting_it() {
        for answer in
            ["<html>SECRET", "{\"results\": SECRET", "{\"results\": {\"SECRET\": 1}}", "{}", "", "[]"]
        {
            let error = read(answer, &PartitionKey::Random {}, 100).expect_err(answer).to_string();
            assert!(!error.contains("SECRET"), "{error}");
        }
        assert!(read("{\"results\":[]}", &PartitionKey::Random {}, 100).is_err());
    }

    proptest! {
        #[test]
        fn one_line_changes_no_value(text in "\\PC{0,20}", number in any::<i64>()) {
            let value = serde_json::json!({"a b": [text, number, {"\t\"\\": null}]});
            let pretty = serde_json::to_string_pretty(&value).expect("JSON");
            let line = one_line(&pretty);
            prop_assert!(!line.contains(&b'\n'));
            let compact = serde_json::to_vec(&value).expect("JSON");
            prop_assert_eq!(&line[..], &compact[..]);
            prop_assert_eq!(serde_json::from_slice::<Value>(&line).expect("JSON"), value);
        }
    }
}
