//! What is seen of a field's values, and the type that holds them.

use serde_json::{Number, Value};

use crate::sql::{DataType, EpochUnit};

/// Length of a text column where no sample is longer; twice of that, and so on, where one is.
const TEXT_LENGTH_LEAST: u32 = 16;
/// Longest text that a column holds; longer ones have no length.
const TEXT_LENGTH_MOST: u32 = 65_535;

/// What was seen at a path.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    null: bool,
    boolean: bool,
    whole: Option<(i64, i64)>,
    /// A number with a fraction, or one that 64 bits do not hold.
    fraction: bool,
    /// What all numbers, also those in texts, may count since 1970.
    epoch: Option<Option<EpochUnit>>,
    text: Option<Text>,
    pub object: bool,
    pub array: bool,
    /// An array with objects, and one with something else.
    pub objects_within: bool,
    pub others_within: bool,
    /// A whole number above those that 64 bits with a sign hold, and one above those without a sign.
    unsigned: bool,
    beyond: bool,
    /// Characters of the longest array as JSON.
    pub longest_json: usize,
}

/// What all texts at a path have in common.
#[derive(Clone, Copy, Debug)]
struct Text {
    /// Characters of the longest.
    longest: usize,
    timestamp: bool,
    date: bool,
    time: bool,
    /// Digits with a point among them.
    number: bool,
    /// Digits, and perhaps a fraction.
    epoch: bool,
}

/// Seconds of 2001-09-09, when they got their tenth digit, and of the year 2100: what is taken for a time.
const EPOCH_SECONDS: std::ops::Range<f64> = 1e9..4_102_444_800.0;

/// What a number counts since 1970, if it is a time between 2001 and 2100 in one of the units.
fn epoch(number: f64) -> Option<EpochUnit> {
    [
        (EpochUnit::Seconds, 1.0),
        (EpochUnit::Milliseconds, 1e3),
        (EpochUnit::Microseconds, 1e6),
        (EpochUnit::Nanoseconds, 1e9),
    ]
    .into_iter()
    .find_map(|(unit, per_second)| EPOCH_SECONDS.contains(&(number / per_second)).then_some(unit))
}

/// Words of a name that say that its numbers are times. A number of ten digits may as well be an ID.
const TIME_WORDS: &[&str] = &[
    "at",
    "time",
    "timestamp",
    "ts",
    "date",
    "epoch",
    "created",
    "updated",
    "modified",
    "taken",
    "when",
    "sent",
    "received",
    "occurred",
    "start",
    "end",
    "started",
    "ended",
    "since",
    "until",
    "expires",
    "ms",
    "millis",
];

/// Whether a key speaks of a time: `created_at`, `eventTime`, `ts`.
pub(super) fn is_time_name(key: &str) -> bool {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for character in key.chars() {
        let starts = !character.is_alphanumeric() || character.is_uppercase() && before.is_lowercase();
        if starts {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character.is_alphanumeric()) {
            word.extend(character.to_lowercase());
        }
        before = character;
    }
    words.iter().any(|word| TIME_WORDS.contains(&word.as_str())) || key.to_lowercase().ends_with("timestamp")
}

impl Seen {
    /// Adds a value.
    pub fn add(&mut self, value: &Value) {
        match value {
            Value::Null => self.null = true,
            Value::Bool(_) => self.boolean = true,
            Value::Number(number) => self.add_number(number),
            Value::String(text) => {
                let found = Text::of(text);
                self.count(text.parse().ok().filter(|_| found.epoch));
                self.text = Some(found.with(self.text));
            }
            Value::Array(items) => {
                self.array = true;
                self.longest_json = self.longest_json.max(value.to_string().chars().count());
                self.objects_within |= items.iter().any(Value::is_object);
                self.others_within |= items.iter().any(|item| !item.is_object());
            }
            // The caller knows how deep it lies.
            Value::Object(_) => {}
        }
    }

    fn add_number(&mut self, number: &Number) {
        self.count(number.as_f64());
        match number.as_i64() {
            Some(value) => {
                let (least, most) = self.whole.unwrap_or((value, value));
                self.whole = Some((least.min(value), most.max(value)));
            }
            None if number.is_u64() => self.unsigned = true,
            None => {
                self.fraction = true;
                // Without a point, only a whole number gets so large.
                let is_whole =
                    number.as_f64().is_some_and(|number| number.fract() == 0.0 && number.abs() >= 1e19);
                self.beyond |= is_whole;
            }
        }
    }

    /// Whether there was a value other than null, an object and an array.
    pub fn is_scalar(&self) -> bool {
        self.boolean || self.whole.is_some() || self.unsigned || self.fraction || self.text.is_some()
    }

    /// Adds a number, or a text that is none.
    fn count(&mut self, number: Option<f64>) {
        let unit = number.and_then(epoch);
        self.epoch = Some(match self.epoch {
            Some(before) if before != unit => None,
            _ => unit,
        });
    }

    /// The unit of numbers that are times, where the name of the field says that they are.
    pub fn as_time(&self, named: bool) -> Option<EpochUnit> {
        let unit = self.epoch.flatten().filter(|_| !self.boolean)?;
        // Whole milliseconds and less have no fraction in a text.
        let whole = !self.fraction || unit == EpochUnit::Seconds;
        (named && whole).then_some(unit)
    }

    /// The narrowest type that holds all values, and a note where that is a guess.
    pub fn data_type(&self) -> (DataType, Option<&'static str>) {
        let number = self.whole.is_some() || self.unsigned || self.fraction;
        let kinds = u8::from(self.boolean) + u8::from(number) + u8::from(self.text.is_some());
        match (kinds, self.text) {
            (0, _) => (DataType::Varchar(Some(TEXT_LENGTH_LEAST)), Some("null in every sample")),
            (1, None) if self.boolean => (DataType::Boolean, None),
            (1, None) if self.beyond => {
                (DataType::Double, Some("too large for a whole number: VARCHAR would keep all digits"))
            }
            (1, None) if self.fraction => (DataType::Double, None),
            (1, None) if self.unsigned => (UNSIGNED, Some("above the largest BIGINT")),
            (1, None) => {
                let (least, most) = self.whole.unwrap_or_default();
                let fits = i32::try_from(least).is_ok() && i32::try_from(most).is_ok();
                (if fits { DataType::Integer } else { DataType::BigInt }, None)
            }
            (1, Some(text)) if text.timestamp => (DataType::Timestamp, None),
            (1, Some(text)) if text.date => (DataType::Date, None),
            (1, Some(text)) if text.time => (DataType::Time, None),
            (1, Some(text)) if text.number => (DataType::Double, Some("a number in quotes")),
            (1, Some(text)) => (varchar(text.longest), None),
            (_, text) => {
                // A number as text has some twenty digits at most.
                let longest = text.map_or(0, |text| text.longest).max(20);
                (varchar(longest), Some("values of several types"))
            }
        }
    }
}

impl Text {
    fn of(text: &str) -> Self {
        let (whole_seconds, behind) = text.split_once('.').unwrap_or((text, "0"));
        let point = text.strip_prefix('-').unwrap_or(text).split_once('.');
        Self {
            longest: text.chars().count(),
            // As both runtimes read them; a day alone is a DATE.
            timestamp: text.len() > "2026-01-27".len()
                && text.get(..10).is_some_and(is_day)
                && pipec_core::parse_timestamp(text).is_some(),
            date: is_day(text),
            time: is_time(text),
            number: point.is_some_and(|(whole, behind)| is_digits(whole) && is_digits(behind)),
            epoch: is_digits(whole_seconds) && is_digits(behind),
        }
    }

    fn with(self, other: Option<Self>) -> Self {
        let Some(other) = other else { return self };
        Self {
            longest: self.longest.max(other.longest),
            timestamp: self.timestamp && other.timestamp,
            date: self.date && other.date,
            time: self.time && other.time,
            number: self.number && other.number,
            epoch: self.epoch && other.epoch,
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text has the form of another, in which `0` matches a digit.
fn has_form(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text.bytes().zip(form.bytes()).all(|(byte, form)| match form {
            b'0' => byte.is_ascii_digit(),
            other => byte == other,
        })
}

fn is_day(text: &str) -> bool {
    has_form(text, "0000-00-00")
}

fn is_time(text: &str) -> bool {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    has_form(seconds, "00:00:00") && is_digits(fraction)
}

/// Whole numbers of 64 bits without a sign: 18446744073709551615 has 20 digits.
const UNSIGNED: DataType = DataType::Decimal { precision: 20, scale: 0 };

/// A text column for texts of up to so many characters.
pub(super) fn varchar(longest: usize) -> DataType {
    let length =
        u32::try_from(longest).unwrap_or(u32::MAX).max(TEXT_LENGTH_LEAST).checked_next_power_of_two();
    DataType::Varchar(
        length.map(|length| length.min(TEXT_LENGTH_MOST)).filter(|_| longest <= TEXT_LENGTH_MOST as usize),
    )
}
