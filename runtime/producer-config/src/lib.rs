//! The producer's configuration: the compiler writes it, the producer reads it, and both hold it to the same bounds.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use pipec_path::Path;
use serde::{Deserialize, Serialize};

mod path_text;
mod written;

/// Largest record that any stream takes, in bytes: `MaxRecordSizeInKiB` goes up to 10,240.
pub const MAX_RECORD_SIZE: usize = 10 * 1024 * 1024;
/// Default maximum record size of a stream, in bytes.
const DEFAULT_RECORD_SIZE: usize = 1024 * 1024;
/// Largest record that Firehose takes, in bytes: 1,000 KiB. Source: Firehose API, `PutRecordBatch`, 2026-11.
pub const MAX_DELIVERY_RECORD_SIZE: usize = 1_000 * 1024;
/// Highest rate of one instance, in records per second: about what one core sends, of the smallest records
/// (`scripts/compare_producer.py`).
pub const MAX_RATE: f64 = 500_000.0;
/// Lowest rate of one instance, in records per second: one record in about eleven days.
pub const MIN_RATE: f64 = 0.000_001;
/// Longest interval between two requests of a page, in seconds: 30 days.
pub const MAX_REFRESH_SECONDS: u64 = 30 * 86_400;
/// Length of a random partition key, in bytes.
pub const RANDOM_KEY: usize = 16;
/// Most digits of a decimal, Flink SQL's and Java's own bound for what fits 128 bits.
const MAX_PRECISION: u32 = 38;

/// What to send where, and how fast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "written::Written", into = "written::Written")]
pub struct Config {
    /// What the records are written into.
    pub target: Target,
    /// Region of the target.
    pub region: String,
    /// Rate, in records per second; fractions are fine.
    pub records_per_second: f64,
    /// Largest record, in bytes, partition key included: the target's own limit.
    pub max_record_size: usize,
    /// Where the log goes besides stdout. Without it, nowhere.
    pub log: Option<LogTarget>,
    /// Where records come from.
    pub source: Source,
}

/// What the records are written into: the key `stream` or `delivery` of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A Kinesis data stream.
    Stream {
        /// Its name.
        name: String,
        /// How records are spread over the shards: the key `partition_key` of the file.
        partition_key: PartitionKey,
    },
    /// A Firehose stream for Direct PUT, which has no partition keys.
    Delivery(Delivery),
}

/// A Firehose stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// Its name.
    pub name: String,
    /// Firehose's endpoint in the Region.
    pub endpoint: String,
}

impl Target {
    /// Name of the stream.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Stream { name, .. } | Self::Delivery(Delivery { name, .. }) => name,
        }
    }

    /// How records get their partition keys; `None` where they have none.
    #[must_use]
    pub fn partition_key(&self) -> Option<&PartitionKey> {
        match self {
            Self::Stream { partition_key, .. } => Some(partition_key),
            Self::Delivery(_) => None,
        }
    }

    /// Largest record that such a target can be made for, in bytes.
    #[must_use]
    pub fn most_record_size(&self) -> usize {
        match self {
            Self::Stream { .. } => MAX_RECORD_SIZE,
            Self::Delivery(_) => MAX_DELIVERY_RECORD_SIZE,
        }
    }

    /// Largest record unless the file has another one, in bytes.
    fn default_record_size(&self) -> usize {
        match self {
            Self::Stream { .. } => DEFAULT_RECORD_SIZE,
            Self::Delivery(_) => MAX_DELIVERY_RECORD_SIZE,
        }
    }
}

/// A log group of CloudWatch Logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogTarget {
    /// Name of the group, which exists already.
    pub group: String,
    /// Name of the log stream, which the producer creates. Without it, the name of the instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<String>,
}

/// How a record gets its partition key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PartitionKey {
    /// A new random key of [`RANDOM_KEY`] bytes per record.
    Random {},
    /// The value at this path of the record. A record without one gets a random key.
    Path(#[serde(with = "path_text")] Path),
}

/// Where records come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// An HTTP API that answers a GET with a JSON document.
    Http(HttpSource),
    /// A file of one record per line.
    File(FileSource),
    /// Generated records.
    Generator(GeneratorSource),
}

/// An HTTP API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSource {
    /// Address, `https` or `http`.
    pub url: String,
    /// Where the array of records is in the answer.
    #[serde(with = "path_text")]
    pub records: Path,
    /// Age in seconds at which a page is replaced by a new one, 1 to [`MAX_REFRESH_SECONDS`]; until then its records are
    /// sent repeatedly. Without it a page is replaced as soon as all of it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_seconds: Option<u64>,
    /// Headers of the request.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

/// A file of one record per line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSource {
    /// A file, of any size.
    pub path: PathBuf,
    /// Whether to start again at the end.
    pub repeat: bool,
}

/// Generated records: the same for the same seed and instance, times aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeneratorSource {
    /// Where the random numbers start, together with the instance's name.
    pub seed: u64,
    /// Size of a record on average, in bytes, where its fields alone are smaller.
    pub record_size: usize,
    /// The fields of a record, in this order.
    pub fields: Vec<Field>,
}

/// A field of a generated record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Where it is; objects on the way are made.
    #[serde(with = "path_text")]
    pub path: Path,
    /// What it holds.
    pub value: Value,
}

/// What a field of a generated record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The same moment as a number of units since 1970.
    Epoch {
        /// Units per second, up to those of a nanosecond.
        per_second: u64,
    },
    /// The day it is made on, UTC: `2026-11-23`.
    Date {},
    /// The time of day it is made at, UTC: `08:00:00`.
    Time {},
}

/// A value that the producer cannot work with.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Fault {
    /// No name of a stream.
    #[error("stream is empty")]
    NoStream,
    /// No name of a Firehose stream, or no address of Firehose.
    #[error("delivery.name is empty, or delivery.endpoint is not an http or https address")]
    NoDelivery,
    /// No Region.
    #[error("region is empty")]
    NoRegion,
    /// A rate outside of [`MIN_RATE`] to [`MAX_RATE`].
    #[error("records_per_second is {0}, not {MIN_RATE} to {MAX_RATE}")]
    Rate(f64),
    /// A limit that no target has.
    #[error("max_record_size is {size}, not 1 to {most} bytes")]
    MaxRecordSize {
        /// As configured, in bytes.
        size: usize,
        /// The largest that such a target can have, in bytes.
        most: usize,
    },
    /// No name of a log group or log stream.
    #[error("log.group or log.stream is empty")]
    NoLog,
    /// Neither `http` nor `https`.
    #[error("source.http.url is not an http or https address")]
    Url,
    /// An interval outside of 1 to [`MAX_REFRESH_SECONDS`].
    #[error("source.http.refresh_seconds is {0}, not 1 to {MAX_REFRESH_SECONDS}")]
    Refresh(u64),
    /// Generated records that are empty, or larger than the stream takes.
    #[error("source.generator.record_size is {size}, not 1 to {most} bytes")]
    RecordSize {
        /// As configured, in bytes.
        size: usize,
        /// The stream's limit, less the random partition key, in bytes.
        most: usize,
    },
    /// A field that cannot be generated.
    #[error("source.generator.fields: {path}: {fault}")]
    Field {
        /// Path of the field.
        path: Path,
        /// Why not.
        fault: FieldFault,
    },
}

/// Why a field cannot be generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldFault {
    /// A text of no characters.
    NoText,
    /// A range without a number.
    EmptyRange,
    /// Digits that no decimal has.
    Digits,
    /// The path leads into an array, or is the record itself.
    NotAKey,
    /// Another field is at the path, on the way to it or below it.
    Taken,
}

impl fmt::Display for FieldFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NoText => "max_length is 0",
            Self::EmptyRange => "min is larger than max",
            Self::Digits => "precision is not 1 to 38, or scale is larger",
            Self::NotAKey => "is not the path of a key in an object",
            Self::Taken => "another field is at this path, above it or below it",
        })
    }
}

impl Config {
    /// Checks every value against the producer's bounds.
    ///
    /// # Errors
    /// The first value out of its bounds.
    pub fn check(&self) -> Result<(), Fault> {
        let first = |fault: Fault, holds: bool| if holds { Err(fault) } else { Ok(()) };
        match &self.target {
            Target::Stream { name, .. } => first(Fault::NoStream, name.is_empty())?,
            Target::Delivery(Delivery { name, endpoint }) => {
                first(Fault::NoDelivery, name.is_empty() || !is_http(endpoint))?;
            }
        }
        first(Fault::NoRegion, self.region.is_empty())?;
        let rate = self.records_per_second;
        first(Fault::Rate(rate), !(MIN_RATE..=MAX_RATE).contains(&rate))?;
        let (size, most) = (self.max_record_size, self.target.most_record_size());
        first(Fault::MaxRecordSize { size, most }, !(1..=most).contains(&size))?;
        if let Some(log) = &self.log {
            let nameless = log.group.is_empty() || log.stream.as_ref().is_some_and(String::is_empty);
            first(Fault::NoLog, nameless)?;
        }
        match &self.source {
            Source::Http(http) => http.check(),
            Source::File(_) => Ok(()),
            Source::Generator(generator) => {
                // A random key counts against the limit; the length of another one shows in each record.
                let random = self.target.partition_key() == Some(&PartitionKey::Random {});
                generator.check(size.saturating_sub(if random { RANDOM_KEY } else { 0 }))
            }
        }
    }
}

fn is_http(url: &str) -> bool {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https"))
}

impl HttpSource {
    fn check(&self) -> Result<(), Fault> {
        if !is_http(&self.url) {
            return Err(Fault::Url);
        }
        match self.refresh_seconds {
            Some(seconds) if !(1..=MAX_REFRESH_SECONDS).contains(&seconds) => Err(Fault::Refresh(seconds)),
            _ => Ok(()),
        }
    }
}

impl GeneratorSource {
    fn check(&self, most: usize) -> Result<(), Fault> {
        let size = self.record_size;
        if !(1..=most).contains(&size) {
            return Err(Fault::RecordSize { size, most });
        }
        for (at, Field { path, value }) in self.fields.iter().enumerate() {
            let refuse = |fault| Err(Fault::Field { path: path.clone(), fault });
            match *value {
                Value::Text { max_length: 0 } => return refuse(FieldFault::NoText),
                Value::Integer { min, max } if min > max => return refuse(FieldFault::EmptyRange),
                Value::Decimal { precision, scale }
                    if !(1..=MAX_PRECISION).contains(&precision) || scale > precision =>
                {
                    return refuse(FieldFault::Digits);
                }
                _ => {}
            }
            if path.is_root() || path.keys().is_none() {
                return refuse(FieldFault::NotAKey);
            }
            let steps = path.steps();
            let meets = |other: &Field| {
                let other = other.path.steps();
                steps.starts_with(other) || other.starts_with(steps)
            };
            if self.fields[..at].iter().any(meets) {
                return refuse(FieldFault::Taken);
            }
        }
        Ok(())
    }
}

/// Why a file is not a configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Not JSON, or not of the right shape.
    #[error("{0}")]
    Shape(#[from] serde_json::Error),
    /// A value out of its bounds.
    #[error("{0}")]
    Value(#[from] Fault),
}

impl Config {
    /// Reads and checks a configuration.
    ///
    /// # Errors
    /// When it is not JSON, has missing or unknown keys, or a value is out of its bounds.
    pub fn from_json(json: &[u8]) -> Result<Self, ConfigError> {
        let config: Self = serde_json::from_slice(json)?;
        config.check()?;
        Ok(config)
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
        assert_eq!(http.refresh_seconds, Some(60));
        assert_eq!(http.headers["accept"], "application/json");
        let Target::Stream { name, partition_key: PartitionKey::Path(_) } = config.target else {
            panic!("{:?}", config.target)
        };
        assert_eq!(name, "s");
    }

    #[test]
    fn fills_in_defaults() {
        let text = r#"{"stream":"s","region":"r","records_per_second":1,"partition_key":{"random":{}},
            "source":{"http":{"url":"http://x.invalid","records":"$"}}}"#;
        let config = Config::from_json(text.as_bytes()).expect("a configuration");
        assert_eq!(config.max_record_size, 1_048_576);
        assert_eq!(config.target.partition_key(), Some(&PartitionKey::Random {}));
    }

    /// The same for a Firehose stream.
    fn direct() -> Value {
        let mut config = full();
        let keys = config.as_object_mut().expect("an object");
        keys.remove("stream");
        keys.remove("partition_key");
        keys.remove("max_record_size");
        config["delivery"] = json!({"name": "d", "endpoint": "https://firehose.us-east-1.amazonaws.com"});
        config
    }

    #[test]
    fn a_firehose_stream_has_no_partition_key() {
        let config = read(&direct()).expect("a configuration");
        assert_eq!((config.target.name(), config.target.partition_key()), ("d", None));
        assert_eq!(config.max_record_size, 1_024_000);
        let mut config = direct();
        // All of a record is data: nothing is kept for a key.
        config["source"] = generator(&json!([]));
        config["source"]["generator"]["record_size"] = json!(1_024_000);
        read(&config).expect("the largest record");
        config["source"]["generator"]["record_size"] = json!(1_024_001);
        assert!(read(&config).expect_err("too large").contains("not 1 to 1024000"));
    }

    #[test]
    fn has_one_target() {
        let both = |key: &str, value: Value| {
            let mut config = direct();
            config[key] = value;
            read(&config).expect_err(key)
        };
        assert!(both("stream", json!("s")).contains("stream and delivery are both set"));
        assert!(both("partition_key", json!({"random": {}})).contains("partition_key is set"));
        assert!(both("delivery", Value::Null).contains("stream or delivery is missing"));
        let mut config = full();
        config.as_object_mut().expect("an object").remove("partition_key");
        assert!(read(&config).expect_err("no key").contains("partition_key is missing"));
    }

    #[test]
    fn is_written_as_it_is_read() {
        for config in [full(), direct()] {
            let config = read(&config).expect("a configuration");
            let written = serde_json::to_value(&config).expect("JSON");
            assert_eq!(written["stream"].is_string(), matches!(config.target, Target::Stream { .. }));
            assert_eq!(read(&written).expect("what was written"), config);
        }
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
            ("/source/http/refresh_seconds", json!(0), "refresh_seconds"),
            ("/source/http/refresh_seconds", json!(2_592_001), "refresh_seconds"),
        ] {
            let mut config = full();
            *config.pointer_mut(pointer).expect("it is there") = value;
            let error = read(&config).expect_err(pointer);
            assert!(error.contains(key), "{error}");
        }
        for (pointer, value, key) in [
            ("/delivery/name", json!(""), "delivery.name"),
            ("/delivery/endpoint", json!("firehose"), "delivery.endpoint"),
        ] {
            let mut config = direct();
            *config.pointer_mut(pointer).expect("it is there") = value;
            let error = read(&config).expect_err(pointer);
            assert!(error.contains(key), "{error}");
        }
        let mut config = direct();
        config["max_record_size"] = json!(1_048_576);
        assert!(read(&config).expect_err("too large").contains("not 1 to 1024000"));
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
