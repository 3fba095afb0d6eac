//! Keys of the objects that Firehose writes: `<prefix><stream>-<version>-<time>-<uuid><extension>`. Data Firehose developer
//! guide, "Configure Amazon S3 object name format" and "Understand custom prefixes for Amazon S3 objects", 2026-11.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use md5::{Digest as _, Md5};
use serde_json::Value;

use super::arrivals::clamped;
use super::java_time::Pattern;
use pipec_compiler::aws::limits::firehose::RANDOM_STRING_CHARS;
use pipec_compiler::hex::hex;
use pipec_compiler::pipeline::{KEY_NAMESPACES, PrefixPart, split_prefix};
use pipec_compiler::plan::S3LocationPlan;

/// What follows a prefix without a time.
const SUFFIX: &str = "yyyy/MM/dd/HH/";
/// The time in an object's name, in UTC.
const NAME_TIME: &str = "yyyy-MM-dd-HH-mm-ss";
/// The version of a stream that was never updated.
const VERSION: u32 = 1;

/// What an object contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Records.
    Data,
    /// Records that could not be processed.
    Failed(&'static str),
}

/// The keys of a place in S3.
#[derive(Debug)]
pub struct Keys {
    prefix: Vec<Part>,
    error_prefix: Vec<Part>,
    name_time: Pattern,
    zone: TimeZone,
    stream: String,
    extension: String,
    seed: u64,
    /// Objects so far, so that each has another name.
    count: u64,
}

#[derive(Debug)]
enum Part {
    Text(String),
    Time(Pattern),
    Random,
    ErrorType,
    /// The value of a partition key.
    Key(String),
}

impl Keys {
    /// The keys of a place, for the Firehose stream of this name. The same seed gives the same keys.
    ///
    /// # Errors
    /// What cannot be evaluated here, in a sentence.
    pub fn new(location: &S3LocationPlan, stream: &str, seed: u64) -> Result<Self, String> {
        let zone = match &location.time_zone {
            None => TimeZone::UTC,
            Some(name) => {
                TimeZone::get(name).map_err(|_| format!("the time zone `{name}` is not known here"))?
            }
        };
        let pattern = |text: &str| Pattern::parse(text).map_err(|letters| unknown(&letters, text));
        let mut prefix = parts(&location.prefix)?;
        // With partition keys, nothing is appended.
        if !prefix.iter().any(|part| matches!(part, Part::Time(_) | Part::Key(_))) {
            prefix.push(Part::Time(pattern(SUFFIX)?));
        }
        let mut error_prefix = parts(&location.error_prefix)?;
        if error_prefix.iter().all(|part| matches!(part, Part::Text(_))) {
            error_prefix.extend([Part::ErrorType, Part::Text("/".into()), Part::Time(pattern(SUFFIX)?)]);
        }
        Ok(Self {
            prefix,
            error_prefix,
            name_time: pattern(NAME_TIME)?,
            zone,
            stream: stream.to_owned(),
            extension: extension(location),
            seed,
            count: 0,
        })
    }

    /// The names of requests to a destination that is not a bucket.
    pub fn of_requests(stream: &str, extension: &str, seed: u64) -> Result<Self, String> {
        let name_time = Pattern::parse(NAME_TIME).map_err(|letters| unknown(&letters, NAME_TIME))?;
        let (prefix, error_prefix) = (Vec::new(), Vec::new());
        let (stream, extension) = (stream.to_owned(), extension.to_owned());
        Ok(Self { prefix, error_prefix, name_time, zone: TimeZone::UTC, stream, extension, seed, count: 0 })
    }

    /// The keys of objects in a format whose names end in an extension, unless the spec has one.
    #[must_use]
    pub fn in_format(self, extension: &str) -> Self {
        let extension = if self.extension.is_empty() { extension.to_owned() } else { self.extension };
        Self { extension, ..self }
    }

    /// The keys of objects that are in another format in AWS, and JSON lines here.
    #[must_use]
    pub fn as_json_lines(self) -> Self {
        Self { extension: format!("{}.jsonl", self.extension), ..self }
    }

    /// The key of the next object, whose oldest record arrived at this time, milliseconds since 1970.
    /// The partition keys are a JSON object, or empty.
    pub fn next(&mut self, kind: Kind, keys: &[u8], oldest: i64) -> String {
        self.count += 1;
        let time = Timestamp::from_millisecond(clamped(oldest)).unwrap_or_default();
        let local = time.to_zoned(self.zone.clone());
        let (parts, error_type) = match kind {
            Kind::Data => (&self.prefix, ""),
            Kind::Failed(error_type) => (&self.error_prefix, error_type),
        };
        let keys: Value = serde_json::from_slice(keys).unwrap_or_default();
        let mut key = String::new();
        for (at, part) in parts.iter().enumerate() {
            match part {
                Part::Text(text) => key.push_str(text),
                Part::Time(pattern) => key.push_str(&pattern.format(&local)),
                Part::Random => key.push_str(&self.random(at)[..RANDOM_STRING_CHARS as usize]),
                Part::ErrorType => key.push_str(error_type),
                Part::Key(name) => key.push_str(keys[name.as_str()].as_str().unwrap_or_default()),
            }
        }
        let name_time = self.name_time.format(&time.to_zoned(TimeZone::UTC));
        let digits = self.random(usize::MAX);
        let (stream, extension) =
            (&self.stream, if kind == Kind::Data { self.extension.as_str() } else { "" });
        // The form of a random UUID, RFC 9562.
        let uuid = format!(
            "{}-{}-4{}-8{}-{}",
            &digits[..8],
            &digits[8..12],
            &digits[13..16],
            &digits[17..20],
            &digits[20..32]
        );
        key + &format!("{stream}-{VERSION}-{name_time}-{uuid}{extension}")
    }

    /// 32 hexadecimal digits, the same for the same seed, object and place.
    fn random(&self, place: usize) -> String {
        let mut hash = Md5::new();
        hash.update(self.stream.as_bytes());
        for number in [self.seed, self.count, place as u64] {
            hash.update(number.to_be_bytes());
        }
        hex(hash.finalize())
    }
}

/// The partition key that an expression names.
fn key_name(expression: &str) -> Option<&str> {
    KEY_NAMESPACES.iter().find_map(|namespace| expression.strip_prefix(namespace))
}

fn unknown(letters: &str, pattern: &str) -> String {
    format!("`{letters}` in `!{{timestamp:{pattern}}}` cannot be evaluated here")
}

fn parts(prefix: &str) -> Result<Vec<Part>, String> {
    let part = |part: PrefixPart| match part {
        PrefixPart::Text(text) => Ok(Part::Text(text.to_owned())),
        PrefixPart::Expression("firehose:random-string") => Ok(Part::Random),
        PrefixPart::Expression("firehose:error-output-type") => Ok(Part::ErrorType),
        PrefixPart::Expression(expression) => {
            match (key_name(expression), expression.strip_prefix("timestamp:")) {
                (Some(name), _) => Ok(Part::Key(name.to_owned())),
                (None, Some(pattern)) => {
                    Pattern::parse(pattern).map(Part::Time).map_err(|letters| unknown(&letters, pattern))
                }
                (None, None) => Err(format!("`!{{{expression}}}` cannot be evaluated here")),
            }
        }
    };
    split_prefix(prefix)?.into_iter().map(part).collect()
}

/// What a compressed object's name ends in. Data Firehose developer guide, "Configure Amazon S3 object name format",
/// 2026-11.
fn extension(location: &S3LocationPlan) -> String {
    let own = location.file_extension.clone();
    own.unwrap_or_else(|| {
        match location.compression {
            "GZIP" => ".gz",
            "ZIP" => ".zip",
            "Snappy" | "HADOOP_SNAPPY" => ".snappy",
            _ => "",
        }
        .into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_compiler::plan::fixture::{planned, spec};

    /// 2018-08-27T10:30:00Z, the time of the examples in Firehose's documentation.
    const TIME: i64 = 1_535_365_800_000;

    fn keys(settings: &str) -> Keys {
        let spec = spec("record_size: 1 KiB, records_per_second: 10", "").replace("s3: {}", settings);
        let (plan, _) = planned(&spec);
        let location = plan.locations().next().expect("a place");
        Keys::new(location, "orders", 0).expect("keys")
    }

    /// A key without its uuid.
    fn fixed(key: &str) -> String {
        let extension = key.find(".gz").map_or("", |at| &key[at..]);
        let stem = key.trim_end_matches(extension);
        format!("{}{extension}", &stem[..stem.len() - 36])
    }

    #[test]
    fn keys_are_those_of_the_documentation() {
        for (settings, data, failed) in [
            (
                "s3: { prefix: '', error_prefix: 'failures/!{firehose:error-output-type}/' }",
                "2018/08/27/10/orders-1-2018-08-27-10-30-00-",
                "failures/processing-failed/orders-1-2018-08-27-10-30-00-",
            ),
            (
                "s3: { prefix: 'a/year=!{timestamp:yyyy}/', error_prefix: 'e/!{firehose:error-output-type}/!{timestamp:dd}/', compression: gzip }",
                "a/year=2018/orders-1-2018-08-27-10-30-00-.gz",
                "e/processing-failed/27/orders-1-2018-08-27-10-30-00-",
            ),
            (
                "s3: { prefix: 'a/!{timestamp:yyyy-MM-dd/HH}/', time_zone: Asia/Tokyo, file_extension: .json.gz, compression: gzip }",
                "a/2018-08-27/19/orders-1-2018-08-27-10-30-00-.json.gz",
                "",
            ),
        ] {
            let mut keys = keys(settings);
            let key = keys.next(Kind::Data, b"", TIME);
            let key = if settings.contains(".json") {
                let (stem, extension) = key.split_at(key.len() - ".json.gz".len());
                format!("{}{extension}", &stem[..stem.len() - 36])
            } else {
                fixed(&key)
            };
            assert_eq!(key, data, "{settings}");
            if !failed.is_empty() {
                assert_eq!(
                    fixed(&keys.next(Kind::Failed("processing-failed"), b"", TIME)),
                    failed,
                    "{settings}"
                );
            }
        }
    }

    #[test]
    fn each_object_has_another_name_and_the_same_in_each_run() {
        let names = || {
            let mut keys = keys("s3: { prefix: '!{firehose:random-string}/' }");
            [keys.next(Kind::Data, b"", TIME), keys.next(Kind::Data, b"", TIME)]
        };
        let [first, second] = names();
        assert_ne!(first, second);
        assert_eq!(first.find('/'), Some(11));
        assert_eq!([first, second], names());
    }
}
