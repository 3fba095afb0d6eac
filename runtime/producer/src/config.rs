//! The configuration file, as the stack's user data writes it.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Deserialize;

use crate::{path::Path, record::RANDOM_KEY, source::generator::Tree};

/// Largest record that any stream takes, in bytes: `MaxRecordSizeInKiB` goes up to 10,240.
const MAX_RECORD_SIZE: usize = 10 * 1024 * 1024;
/// What a stream takes that says nothing else, in bytes.
const DEFAULT_RECORD_SIZE: usize = 1024 * 1024;
/// Fastest pace: about what one core sends, of the smallest records (`scripts/compare_producer.py`).
const MAX_RATE: f64 = 500_000.0;
/// Most digits of a decimal, Flink SQL's and Java's own bound for what fits 128 bits.
const MAX_PRECISION: u32 = 38;
/// Slowest pace: one record in about eleven days.
const MIN_RATE: f64 = 0.000_001;

/// What to send where, and how fast.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Name of the Kinesis data stream.
    pub stream: String,
    /// Region of the stream.
    pub region: String,
    /// Pace, in records a second; fractions are fine.
    pub records_per_second: f64,
    /// Largest record, in bytes, partition key included: the stream's own limit.
    #[serde(default = "default_record_size")]
    pub max_record_size: usize,
    /// How records are spread over the shards.
    pub partition_key: PartitionKey,
    /// Where the log goes besides stdout. Without it, nowhere.
    #[serde(default)]
    pub log: Option<LogTarget>,
    /// Where records come from.
    pub source: Source,
}

/// A log group of CloudWatch Logs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogTarget {
    /// Name of the group, which is there already.
    pub group: String,
    /// Name of the log stream, which is made. Without it, the name of the instance.
    #[serde(default)]
    pub stream: Option<String>,
}

/// How a record gets its partition key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PartitionKey {
    /// A new random key of 16 bytes each time.
    Random {},
    /// The value at this path of the record. A record without one gets a random key.
    Path(Path),
}

/// Where records come from.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// An HTTP API that answers a GET with a JSON document.
    Http(HttpSource),
    /// A file of one record a line.
    File(FileSource),
    /// Records that are made up.
    Generator(GeneratorSource),
}

/// An HTTP API.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSource {
    /// Address, `https` or `http`.
    pub url: String,
    /// Where the array of records is in the answer.
    pub records: Path,
    /// Age in seconds at which a page is replaced by a new one; until then it is sent over and over.
    /// Without it a page is replaced as soon as all of it was sent.
    #[serde(default)]
    pub refresh_seconds: Option<f64>,
    /// Headers of the request.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// A file of one record a line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSource {
    /// A file, of any size.
    pub path: PathBuf,
    /// Whether to start again at the end.
    pub repeat: bool,
}

/// Records that are made up: the same for the same seed and instance, times aside.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeneratorSource {
    /// Where the random numbers start, together with the instance's name.
    pub seed: u64,
    /// Size of a record on average, in bytes, where its fields alone are smaller.
    pub record_size: usize,
    /// What is in a record, in this order.
    pub fields: Vec<Field>,
}

/// A field of a generated record.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Where it is; objects on the way are made.
    pub path: Path,
    /// What it holds.
    pub value: Value,
}

/// What a field of a generated record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Value {
    /// Words.
    Text {
        /// Most characters.
        max_length: usize,
    },
    /// A whole number.
    Integer {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// A number with a fixed number of digits after the point.
    Decimal {
        /// Digits in all, 1 to 38.
        precision: u32,
        /// Digits after the point, up to `precision`.
        scale: u32,
    },
    /// Any number: -180 to 180, with four digits after the point.
    Number {},
    /// True or false.
    Boolean {},
    /// The moment it is made at, UTC: `2026-11-23 08:00:00.123`.
    Timestamp {},
    /// The same moment as a number, so many units since 1970.
    Epoch {
        /// Units of a second, up to those of a nanosecond.
        per_second: u64,
    },
    /// The day it is made on, UTC: `2026-11-23`.
    Date {},
    /// The time of day it is made at, UTC: `08:00:00`.
    Time {},
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Not JSON, or not of the right shape.
    #[error("{0}")]
    Shape(#[from] serde_json::Error),
    /// A value out of range; the text names the key.
    #[error("{0}")]
    Value(String),
}

fn default_record_size() -> usize {
    DEFAULT_RECORD_SIZE
}

impl Config {
    /// Reads and checks a configuration.
    ///
    /// # Errors
    /// When it is not JSON, has missing or unknown keys, or a value is out of range.
    pub fn from_json(json: &[u8]) -> Result<Self, ConfigError> {
        let config: Self = serde_json::from_slice(json)?;
        let refuse = |text: String| Err(ConfigError::Value(text));
        if config.stream.is_empty() {
            return refuse("stream is empty".to_owned());
        }
        if config.region.is_empty() {
            return refuse("region is empty".to_owned());
        }
        if !(MIN_RATE..=MAX_RATE).contains(&config.records_per_second) {
            let rate = config.records_per_second;
            return refuse(format!("records_per_second is {rate}, not {MIN_RATE} to {MAX_RATE}"));
        }
        if !(1..=MAX_RECORD_SIZE).contains(&config.max_record_size) {
            let size = config.max_record_size;
            return refuse(format!("max_record_size is {size}, not 1 to {MAX_RECORD_SIZE} bytes"));
        }
        if let Some(log) = &config.log
            && (log.group.is_empty() || log.stream.as_ref().is_some_and(String::is_empty))
        {
            return refuse("log.group or log.stream is empty".to_owned());
        }
        match &config.source {
            Source::Http(http) => http.check(),
            Source::File(_) => Ok(()),
            Source::Generator(generator) => {
                // A random key counts against the limit; how long one of a field is, a record shows.
                let key = if config.partition_key == (PartitionKey::Random {}) { RANDOM_KEY } else { 0 };
                generator.check(config.max_record_size.saturating_sub(key))
            }
        }
        .map_err(ConfigError::Value)?;
        Ok(config)
    }
}

impl HttpSource {
    fn check(&self) -> Result<(), String> {
        if !(self.url.starts_with("https://") || self.url.starts_with("http://")) {
            return Err("source.http.url is not an http or https address".to_owned());
        }
        match self.refresh_seconds {
            Some(seconds) if !(1.0..=86_400.0).contains(&seconds) => {
                Err(format!("source.http.refresh_seconds is {seconds}, not 1 to 86400"))
            }
            _ => Ok(()),
        }
    }
}

impl GeneratorSource {
    fn check(&self, max_record_size: usize) -> Result<(), String> {
        let size = self.record_size;
        if !(1..=max_record_size).contains(&size) {
            return Err(format!("source.generator.record_size is {size}, not 1 to {max_record_size} bytes"));
        }
        for Field { path, value } in &self.fields {
            let fault = match *value {
                Value::Text { max_length: 0 } => "max_length is 0",
                Value::Integer { min, max } if min > max => "min is larger than max",
                Value::Decimal { precision, scale }
                    if !(1..=MAX_PRECISION).contains(&precision) || scale > precision =>
                {
                    "precision is not 1 to 38, or scale is larger"
                }
                _ => continue,
            };
            return Err(format!("source.generator.fields: {path}: {fault}"));
        }
        Tree::of(&self.fields).map(|_| ()).map_err(|fault| format!("source.generator.fields: {fault}"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn full() -> Value {
        json!({
            "stream": "s",
            "region": "us-east-1",
            "records_per_second": 2.0,
            "max_record_size": 1_048_576,
            "partition_key": {"path": "$.login.uuid"},
            "source": {"http": {
                "url": "https://api.invalid/",
                "records": "$.results",
                "refresh_seconds": 60,
                "headers": {"accept": "application/json"},
            }},
        })
    }

    fn read(value: &Value) -> Result<Config, String> {
        Config::from_json(value.to_string().as_bytes()).map_err(|error| error.to_string())
    }

    /// A generator of these fields.
    fn generator(fields: &Value) -> Value {
        let fields = fields.as_array().expect("a list").iter();
        let fields: Vec<_> = fields.map(|field| json!({"path": field[0], "value": field[1]})).collect();
        json!({"generator": {"seed": 7, "record_size": 2048, "fields": fields}})
    }

    #[test]
    fn reads_every_source() {
        let mut config = full();
        config["log"] = json!({"group": "/pipec/x/producer"});
        config["source"] = json!({"file": {"path": "/opt/pipec/records.jsonl", "repeat": true}});
        assert!(matches!(
            read(&config).expect("a file").source,
            Source::File(FileSource { repeat: true, .. })
        ));
        config["source"] = generator(&json!([
            ["$.name.first", {"text": {"max_length": 16}}],
            ["$.name.last", {"text": {"max_length": 16}}],
            ["$.age", {"integer": {"min": -1, "max": 1}}],
            ["$.balance", {"decimal": {"precision": 10, "scale": 2}}],
            ["$.latitude", {"number": {}}],
            ["$.active", {"boolean": {}}],
            ["$.at", {"timestamp": {}}],
            ["$.day", {"date": {}}],
            ["$.hour", {"time": {}}],
        ]));
        let config = read(&config).expect("a generator");
        assert_eq!(config.log.expect("a log").stream, None);
        let Source::Generator(generator) = config.source else { panic!("{:?}", config.source) };
        assert_eq!((generator.seed, generator.fields.len()), (7, 9));
    }

    #[test]
    fn reads_all_keys() {
        let config = read(&full()).expect("a configuration");
        let Source::Http(http) = config.source else { panic!("{:?}", config.source) };
        assert_eq!(http.refresh_seconds, Some(60.0));
        assert_eq!(http.headers["accept"], "application/json");
        assert!(matches!(config.partition_key, PartitionKey::Path(_)));
    }

    #[test]
    fn fills_in_defaults() {
        let text = r#"{"stream":"s","region":"r","records_per_second":1,"partition_key":{"random":{}},
            "source":{"http":{"url":"http://x.invalid","records":"$"}}}"#;
        let config = Config::from_json(text.as_bytes()).expect("a configuration");
        assert_eq!(config.max_record_size, 1_048_576);
        assert_eq!(config.partition_key, PartitionKey::Random {});
    }

    #[test]
    fn refuses_and_names_the_key() {
        for (pointer, value, key) in [
            ("/stream", json!(""), "stream"),
            ("/region", json!(""), "region"),
            ("/records_per_second", json!(0), "records_per_second"),
            ("/records_per_second", json!(-1.5), "records_per_second"),
            ("/max_record_size", json!(0), "max_record_size"),
            ("/max_record_size", json!(10_485_761), "max_record_size"),
            ("/partition_key", json!({"hash": {}}), "hash"),
            ("/partition_key", json!({"path": "login"}), "login"),
            ("/source/http/url", json!("ftp://x"), "url"),
            ("/source/http/refresh_seconds", json!(0.1), "refresh_seconds"),
        ] {
            let mut config = full();
            *config.pointer_mut(pointer).expect("it is there") = value;
            let error = read(&config).expect_err(pointer);
            assert!(error.contains(key), "{error}");
        }
        for (source, key) in [
            (json!({"file": {"path": "/r.jsonl"}}), "repeat"),
            (json!({"generator": {"seed": 1, "record_size": 0, "fields": []}}), "record_size"),
            (generator(&json!([["$.a", {"text": {"max_length": 0}}]])), "max_length"),
            (generator(&json!([["$.a", {"integer": {"min": 2, "max": 1}}]])), "min"),
            (generator(&json!([["$.a", {"decimal": {"precision": 39, "scale": 0}}]])), "precision"),
            (generator(&json!([["$.a", {"decimal": {"precision": 3, "scale": 4}}]])), "scale"),
            (generator(&json!([["$.a", {"uuid": {}}]])), "uuid"),
            (generator(&json!([["$.a", {"date": {}}], ["$.a.b", {"date": {}}]])), "$.a.b"),
            (generator(&json!([["$.a.b", {"date": {}}], ["$.a", {"date": {}}]])), "$.a"),
            (generator(&json!([["$.a", {"date": {}}], ["$.a", {"date": {}}]])), "$.a"),
            (generator(&json!([["$.a[0]", {"date": {}}]])), "$.a[0]"),
            (generator(&json!([["$", {"date": {}}]])), "$"),
        ] {
            let mut config = full();
            config["source"] = source;
            let error = read(&config).expect_err(key);
            assert!(error.contains(key), "{error}");
        }
        let mut config = full();
        config["source"]["http"]["method"] = json!("POST");
        assert!(read(&config).expect_err("unknown").contains("unknown field `method`"));
    }
}
