//! The configuration file, as the stack's user data writes it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::path::Path;

/// Largest record that any stream takes, in bytes: `MaxRecordSizeInKiB` goes up to 10,240.
const MAX_RECORD_SIZE: usize = 10 * 1024 * 1024;
/// What a stream takes that says nothing else, in bytes.
const DEFAULT_RECORD_SIZE: usize = 1024 * 1024;
/// Fastest pace; one call at a time of 500 records each cannot keep up with more.
const MAX_RATE: f64 = 100_000.0;
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
    /// Where records come from.
    pub source: Source,
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
        let Source::Http(http) = &config.source;
        if !(http.url.starts_with("https://") || http.url.starts_with("http://")) {
            return refuse("source.http.url is not an http or https address".to_owned());
        }
        if let Some(seconds) = http.refresh_seconds
            && !(1.0..=86_400.0).contains(&seconds)
        {
            return refuse(format!("source.http.refresh_seconds is {seconds}, not 1 to 86400"));
        }
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

    #[test]
    fn reads_all_keys() {
        let config = read(&full()).expect("a configuration");
        let Source::Http(http) = config.source;
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
        let mut config = full();
        config["source"]["http"]["method"] = json!("POST");
        assert!(read(&config).expect_err("unknown").contains("unknown field `method`"));
    }
}
