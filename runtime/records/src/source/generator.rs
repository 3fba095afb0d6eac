//! Records that are made up, for load tests.

use std::{fmt, io::Write as _, time::SystemTime};

use fastrand::Rng;
use time::UtcDateTime;

use super::{Source, SourceError};
use crate::{
    config::{Field, GeneratorSource, PartitionKey, Value},
    record::Record,
    stats::Stats,
};

/// What a padded record has besides its fields, and what its text stands between.
const PADDING: &str = "padding";
/// Random text that paddings are cut from, in bytes: larger than what compressors look back over at once.
const POOL: usize = 64 * 1024;
/// Longest text, in characters, where more would fit: a few words.
const MAX_TEXT: usize = 32;
/// Records in a row that are larger than the stream takes, after which it is given up.
const MAX_TOO_LARGE: u32 = 1000;

/// A generator of JSON objects.
///
/// Its random numbers start from the seed and the instance's name together (FNV-1a over the bytes of both),
/// so an instance sends the same records each time it starts, times aside, and no two send the same.
#[derive(Debug)]
pub struct Generator {
    rng: Rng,
    parts: Vec<Part>,
    /// Name of the padding's key, with the comma and quotes around.
    padding: String,
    pool: Vec<u8>,
    record_size: usize,
    /// Bytes that earlier records had too few (or too many, if negative) for the average.
    owed: i64,
    key: Option<PartitionKey>,
    max_record_size: usize,
    /// What the clock shows, if it is not this machine's.
    clock: Option<SystemTime>,
}

/// A piece of each record.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Value(Value),
}

/// Fields, nested as their paths say, in the order that they came in.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tree(Vec<(String, Node)>);

#[derive(Debug, PartialEq, Eq)]
enum Node {
    Value(Value),
    Object(Tree),
}

impl Tree {
    /// Nests the fields.
    ///
    /// # Errors
    /// When a path leads through an array or nowhere, or two fields are in each other's way.
    pub fn of(fields: &[Field]) -> Result<Self, String> {
        let mut tree = Self::default();
        for Field { path, value } in fields {
            let names = path.keys().filter(|names| !names.is_empty());
            let names = names.ok_or_else(|| format!("{path} is not the path of a key in an object"))?;
            if !tree.insert(&names, *value) {
                return Err(format!("{path} already exists, or is not an object"));
            }
        }
        Ok(tree)
    }

    fn insert(&mut self, names: &[&str], value: Value) -> bool {
        let [name, rest @ ..] = names else { return false };
        let node = self.0.iter_mut().find(|(known, _)| known == name).map(|(_, node)| node);
        match (node, rest.is_empty()) {
            (Some(Node::Object(tree)), false) => tree.insert(rest, value),
            (Some(_), _) => false,
            (None, true) => {
                self.0.push(((*name).to_owned(), Node::Value(value)));
                true
            }
            (None, false) => {
                let mut tree = Self::default();
                let inserted = tree.insert(rest, value);
                self.0.push(((*name).to_owned(), Node::Object(tree)));
                inserted
            }
        }
    }

    /// Writes the object without its last brace.
    fn write(&self, parts: &mut Vec<Part>) {
        let mut text = String::from("{");
        for (place, (name, node)) in self.0.iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            text.push_str(&serde_json::Value::from(name.as_str()).to_string());
            text.push(':');
            parts.push(Part::Text(std::mem::take(&mut text)));
            match node {
                Node::Value(value) => parts.push(Part::Value(*value)),
                Node::Object(tree) => {
                    tree.write(parts);
                    text.push('}');
                }
            }
        }
        parts.push(Part::Text(text));
    }

    /// A name for the padding that no field has.
    fn padding(&self) -> String {
        let mut name = PADDING.to_owned();
        while self.0.iter().any(|(known, _)| *known == name) {
            name.push('_');
        }
        name
    }
}

impl Generator {
    /// A generator for the instance of this name.
    ///
    /// # Errors
    /// When the fields are no object; [`crate::config::Config::from_json`] has seen to that.
    pub fn new(
        config: &GeneratorSource,
        instance: &str,
        key: Option<PartitionKey>,
        max_record_size: usize,
    ) -> Result<Self, String> {
        let tree = Tree::of(&config.fields)?;
        let mut parts = Vec::new();
        tree.write(&mut parts);
        let parts = join(parts);
        let comma = if tree.0.is_empty() { "" } else { "," };
        let padding = format!("{comma}\"{}\":\"", tree.padding());
        let mut rng = Rng::with_seed(fnv1a(&[&config.seed.to_le_bytes(), instance.as_bytes()]));
        let pool = (0..POOL).map(|_| rng.alphanumeric() as u8).collect();
        let record_size = config.record_size;
        Ok(Self { rng, parts, padding, pool, record_size, owed: 0, key, max_record_size, clock: None })
    }

    /// Sets the clock that the times of the next records are read from.
    pub fn set_clock(&mut self, now: SystemTime) {
        self.clock = Some(now);
    }

    fn data(&mut self) -> Vec<u8> {
        let mut data = Vec::with_capacity(self.record_size + 64);
        let now = UtcDateTime::from(self.clock.unwrap_or_else(SystemTime::now));
        for part in &self.parts {
            match part {
                Part::Text(text) => data.extend_from_slice(text.as_bytes()),
                Part::Value(value) => write(&mut data, &mut self.rng, now, *value),
            }
        }
        self.pad(&mut data);
        data.push(b'}');
        data
    }

    /// Fills up to the size that makes the average right.
    fn pad(&mut self, data: &mut Vec<u8>) {
        let size = signed(self.record_size);
        // The padding's last quote and the object's last brace.
        let fixed = signed(data.len() + self.padding.len() + 2);
        let length = size + self.owed - fixed;
        let length = usize::try_from(length).unwrap_or(0);
        if length > 0 {
            data.extend_from_slice(self.padding.as_bytes());
            let mut start = self.rng.usize(..POOL);
            let end = data.len() + length;
            while data.len() < end {
                let part = &self.pool[start..POOL.min(start + end - data.len())];
                data.extend_from_slice(part);
                start = 0;
            }
            data.push(b'"');
        }
        // Bounded, so that no record makes up for many.
        self.owed = (self.owed + size - signed(data.len() + 1)).clamp(-size, size);
    }
}

impl Source for Generator {
    async fn ready(&mut self) -> Result<(), SourceError> {
        Ok(())
    }

    fn next(&mut self, stats: &Stats) -> Result<Option<Record>, SourceError> {
        for _ in 0..MAX_TOO_LARGE {
            let data = self.data();
            let record = Record::of(data, self.key.as_ref(), stats);
            if record.size() <= self.max_record_size {
                return Ok(Some(record));
            }
            stats.too_large(1);
        }
        Err(SourceError::Generator(MAX_TOO_LARGE))
    }
}

fn signed(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// Joins texts that follow one another.
fn join(parts: Vec<Part>) -> Vec<Part> {
    let mut joined: Vec<Part> = Vec::new();
    for part in parts {
        match (joined.last_mut(), part) {
            (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&text),
            (_, part) => joined.push(part),
        }
    }
    joined
}

/// The 64-bit hash FNV-1a of the texts one after the other.
fn fnv1a(texts: &[&[u8]]) -> u64 {
    let bytes = texts.iter().copied().flatten();
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn write(data: &mut Vec<u8>, rng: &mut Rng, now: UtcDateTime, value: Value) {
    // Writing into memory cannot fail.
    let _ = match value {
        Value::Text { max_length } => {
            data.push(b'"');
            words(data, rng, max_length.min(MAX_TEXT));
            data.push(b'"');
            Ok(())
        }
        Value::Integer { min, max } => write!(data, "{}", rng.i64(min..=max)),
        Value::Decimal { precision, scale } => {
            let digits = rng.u128(..10_u128.pow(precision));
            let unit = 10_u128.pow(scale);
            match scale {
                0 => write!(data, "{digits}"),
                _ => write!(data, "{}.{:0width$}", digits / unit, digits % unit, width = scale as usize),
            }
        }
        Value::Number {} => {
            let number = rng.i32(-1_800_000..=1_800_000);
            let sign = if number < 0 { "-" } else { "" };
            write!(data, "{sign}{}.{:04}", number.abs() / 10_000, number.abs() % 10_000)
        }
        Value::Boolean {} => write!(data, "{}", rng.bool()),
        Value::Timestamp {} => {
            write!(data, "\"{} {}.{:03}\"", date(now), time_of_day(now), now.millisecond())
        }
        Value::Epoch { per_second } => {
            let nanoseconds = now.unix_timestamp_nanos();
            write!(data, "{}", nanoseconds * i128::from(per_second) / 1_000_000_000)
        }
        Value::Date {} => write!(data, "\"{}\"", date(now)),
        Value::Time {} => write!(data, "\"{}\"", time_of_day(now)),
    };
}

fn date(now: UtcDateTime) -> impl fmt::Display {
    fmt::from_fn(move |f| write!(f, "{:04}-{:02}-{:02}", now.year(), u8::from(now.month()), now.day()))
}

fn time_of_day(now: UtcDateTime) -> impl fmt::Display {
    fmt::from_fn(move |f| write!(f, "{:02}:{:02}:{:02}", now.hour(), now.minute(), now.second()))
}

/// Words that can be pronounced, each with a capital: `Tomira`, `Kesu Banolita`. At most `max` bytes.
fn words(data: &mut Vec<u8>, rng: &mut Rng, max: usize) {
    const CONSONANTS: &[u8] = b"bdfghjklmnprstvwz";
    const VOWELS: &[u8] = b"aeiou";
    let length = rng.usize(max.min(4)..=max);
    let mut left = 0;
    let mut vowel = false;
    for place in 0..length {
        if left == 0 {
            left = rng.usize(4..=8);
            if place > 0 && place + 1 < length {
                data.push(b' ');
                vowel = false;
                left += 1;
                // The letter after the blank is a capital.
                continue;
            }
        }
        let letters = if vowel { VOWELS } else { CONSONANTS };
        let letter = letters[rng.usize(..letters.len())];
        let capital = matches!(data.last(), Some(b'"' | b' '));
        data.push(if capital { letter.to_ascii_uppercase() } else { letter });
        vowel = !vowel;
        left -= 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn generator(fields: &serde_json::Value, record_size: usize, instance: &str) -> Generator {
        let config: GeneratorSource =
            serde_json::from_value(json!({"seed": 7, "record_size": record_size, "fields": fields}))
                .expect("a generator");
        Generator::new(&config, instance, Some(PartitionKey::Random {}), 1_048_576).expect("a generator")
    }

    fn all_kinds() -> serde_json::Value {
        json!([
            {"path": "$.name.first", "value": {"text": {"max_length": 16}}},
            {"path": "$.age", "value": {"integer": {"min": 18, "max": 99}}},
            {"path": "$.name.last", "value": {"text": {"max_length": 1}}},
            {"path": "$.balance", "value": {"decimal": {"precision": 5, "scale": 2}}},
            {"path": "$.whole", "value": {"decimal": {"precision": 38, "scale": 0}}},
            {"path": "$.place[\"the \\\"latitude\\\"\"]", "value": {"number": {}}},
            {"path": "$.active", "value": {"boolean": {}}},
            {"path": "$.at", "value": {"timestamp": {}}},
            {"path": "$.ms", "value": {"epoch": {"per_second": 1000}}},
            {"path": "$.day", "value": {"date": {}}},
            {"path": "$.hour", "value": {"time": {}}},
        ])
    }

    #[test]
    fn nests_fields_at_their_paths() {
        let mut generator = generator(&all_kinds(), 1, "i-1");
        for _ in 0..1000 {
            let data = generator.data();
            let record: serde_json::Value = serde_json::from_slice(&data).expect("JSON");
            let name = record["name"]["first"].as_str().expect("a text");
            assert!((4..=16).contains(&name.len()) && name.as_bytes()[0].is_ascii_uppercase(), "{name:?}");
            assert_eq!(record["name"]["last"].as_str().map(str::len), Some(1));
            assert!((18..=99).contains(&record["age"].as_i64().expect("a whole number")));
            assert!((0.0..1000.0).contains(&record["balance"].as_f64().expect("a number")));
            let latitude = record["place"]["the \"latitude\""].as_f64().expect("a number");
            assert!((-180.0..=180.0).contains(&latitude));
            assert!(record["active"].is_boolean());
            let ms = record["ms"].as_i64().expect("a whole number");
            assert!((1_700_000_000_000..4_100_000_000_000).contains(&ms), "{ms}");
            let at = record["at"].as_str().expect("a text");
            assert_eq!(
                at,
                format!(
                    "{} {}.{}",
                    record["day"].as_str().expect("a text"),
                    record["hour"].as_str().expect("a text"),
                    &at[20..]
                )
            );
            assert_eq!(at.len(), "2026-11-23 08:00:00.123".len());
            assert!(record.get("padding").is_none(), "the fields alone are larger");
        }
    }

    #[test]
    fn depends_on_seed_and_instance_alone() {
        let fields = json!([{"path": "$.a", "value": {"text": {"max_length": 16}}}]);
        let records = |instance| {
            let mut generator = generator(&fields, 100, instance);
            (0..50).map(|_| generator.data()).collect::<Vec<_>>()
        };
        assert_eq!(records("i-1"), records("i-1"));
        let (one, other) = (records("i-1"), records("i-2"));
        assert!(one.iter().all(|record| !other.contains(record)));
    }

    #[test]
    fn the_padding_has_a_name_of_its_own() {
        let fields = json!([
            {"path": "$.padding.a", "value": {"boolean": {}}}, {"path": "$.padding_", "value": {"boolean": {}}},
        ]);
        let record: serde_json::Value =
            serde_json::from_slice(&generator(&fields, 200, "i").data()).expect("JSON");
        assert!(record["padding__"].is_string() && record["padding"]["a"].is_boolean(), "{record}");
        let record: serde_json::Value =
            serde_json::from_slice(&generator(&json!([]), 200, "i").data()).expect("JSON");
        assert!(record["padding"].is_string(), "{record}");
    }

    #[test]
    fn ends_where_no_record_fits() {
        let mut generator = generator(&all_kinds(), 1, "i");
        generator.max_record_size = 50;
        let stats = Stats::default();
        generator.next(&stats).expect_err("none fits");
        assert_eq!(stats.now().records_too_large, u64::from(MAX_TOO_LARGE));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn records_are_as_large_as_asked_for(size in 310_usize..200_000) {
            let mut generator = generator(&all_kinds(), size, "i");
            let mut bytes = 0;
            for _ in 0..20 {
                let data = generator.data();
                prop_assert!(serde_json::from_slice::<serde_json::Value>(&data).is_ok());
                bytes += data.len();
            }
            prop_assert_eq!(bytes, 20 * size);
        }

        #[test]
        fn the_average_holds_where_single_records_are_larger(size in 150_usize..400) {
            let mut padded = generator(&all_kinds(), size, "i");
            let unpadded = {
                let mut bare = generator(&all_kinds(), 1, "i");
                (0..2000).map(|_| bare.data().len()).sum::<usize>() / 2000
            };
            let average = (0..2000).map(|_| padded.data().len()).sum::<usize>() / 2000;
            prop_assert!(average.abs_diff(size.max(unpadded)) <= 10, "{average} for {size}, bare {unpadded}");
        }

        #[test]
        fn words_keep_their_length(max in 1_usize..40, seed in any::<u64>()) {
            let mut data = vec![b'"'];
            words(&mut data, &mut fastrand::Rng::with_seed(seed), max);
            prop_assert!((1..=max).contains(&(data.len() - 1)));
            prop_assert!(!data.contains(&b'\\'));
        }
    }
}
