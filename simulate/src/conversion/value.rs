//! A value of JSON as a value of a column.

use std::borrow::Cow;

use pipec_compiler::table::glue_type::GlueType;
use pipec_core::{Decimal, parse_date, parse_double, parse_real, parse_time, parse_whole};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Text;

/// Digits of the largest exact number.
const DIGITS_MAX: u8 = 38;
/// Smallest number that is milliseconds since 1970; below, it is seconds. Facts of the service, 2026-09.
const MILLISECONDS_MIN: i128 = 1_000_000_000_000;
const MS_PER_DAY: i128 = 86_400_000;
const NANOS_PER_MS: i64 = 1_000_000;
/// The day that Parquet counts as 1970-01-01. Apache Parquet, "Int96 timestamps".
pub(super) const JULIAN_1970: i64 = 2_440_588;

/// A value of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// NULL; so many of the objects around it are there.
    Null(i16),
    /// True or false.
    Boolean(bool),
    /// A whole number, in the range of its column.
    Int(i64),
    /// A number of 32 bits.
    Float(f32),
    /// A number of 64 bits.
    Double(f64),
    /// An exact number without its point.
    Decimal(i128),
    /// A text.
    Text(String),
    /// Days since 1970.
    Date(i32),
    /// Day and time of day.
    Timestamp {
        /// Days since 1970.
        days: i64,
        /// Nanoseconds of the day.
        nanos: i64,
    },
}

/// A value of JSON that is not null.
enum Json<'a> {
    Text(Cow<'a, str>),
    /// As it is written.
    Number(&'a str),
    Boolean(bool),
    Tree(&'a str),
}

impl<'a> Json<'a> {
    fn of(value: &'a RawValue) -> Option<Self> {
        let text = value.get();
        Some(match text.as_bytes().first()? {
            b'"' => Self::Text(serde_json::from_str::<Text>(text).ok()?.0),
            b't' | b'f' => Self::Boolean(text == "true"),
            b'{' | b'[' => Self::Tree(text),
            _ => Self::Number(text),
        })
    }

    /// The value as a text.
    fn text(self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => text,
            Self::Number(text) => text.into(),
            Self::Boolean(truth) => truth.to_string().into(),
            Self::Tree(text) => match serde_json::from_str(text) {
                Ok(mut tree) => {
                    lower_keys(&mut tree);
                    tree.to_string().into()
                }
                // Nested too deep to be parsed.
                Err(_) => text.into(),
            },
        }
    }
}

/// Firehose compares keys without their case, and so a text of JSON has them in lower case.
fn lower_keys(tree: &mut Value) {
    match tree {
        Value::Array(list) => list.iter_mut().for_each(lower_keys),
        Value::Object(object) => {
            *object = std::mem::take(object)
                .into_iter()
                .map(|(key, mut value)| {
                    lower_keys(&mut value);
                    (key.to_lowercase(), value)
                })
                .collect();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A value, which is not null, as one of a column.
///
/// # Errors
/// The cause as Firehose has it.
pub(super) fn cell(value: &RawValue, glue_type: &GlueType) -> Result<Cell, String> {
    let json = Json::of(value).ok_or_else(|| "The text is not valid.".to_owned())?;
    if *glue_type == GlueType::String {
        return Ok(Cell::Text(json.text().into_owned()));
    }
    if let Json::Tree(_) = json {
        let what = if value.get().starts_with('[') { "array" } else { "object" };
        return Err(format!("A column of type {glue_type} cannot hold a JSON {what}."));
    }
    let is_text = matches!(json, Json::Text(_));
    let is_truth = matches!(json, Json::Boolean(_));
    let text = json.text();
    let whole = |low: i64, high: i64| {
        parse_whole(&text).filter(|number| (low..=high).contains(number)).map(Cell::Int)
    };
    let cell = match glue_type {
        GlueType::Boolean => truth(&text).map(Cell::Boolean),
        _ if is_truth => None,
        GlueType::TinyInt => whole(i8::MIN.into(), i8::MAX.into()),
        GlueType::SmallInt => whole(i16::MIN.into(), i16::MAX.into()),
        GlueType::Int => whole(i32::MIN.into(), i32::MAX.into()),
        GlueType::BigInt => whole(i64::MIN, i64::MAX),
        GlueType::Float => parse_real(&text).map(Cell::Float),
        GlueType::Double => parse_double(&text).map(Cell::Double),
        GlueType::Decimal(precision, scale) => {
            Decimal::read(&text, *precision, *scale).map(|number| Cell::Decimal(number.unscaled()))
        }
        GlueType::Date => Some(&text).filter(|_| is_text).and_then(|text| day(text, false)).map(Cell::Date),
        GlueType::Timestamp => day_and_time(&text).or_else(|| since_1970(&text)),
        GlueType::String | GlueType::Struct(_) => None,
    };
    cell.ok_or_else(|| format!("For input string: \"{text}\""))
}

/// A value that is no object, as Firehose names it.
pub(super) fn in_java(value: &RawValue) -> String {
    let (class, text) = match Json::of(value) {
        Some(Json::Boolean(truth)) => ("Boolean", truth.to_string().into()),
        Some(Json::Number(number)) => {
            (if parse_whole(number).is_some() { "Long" } else { "Double" }, Cow::from(number))
        }
        Some(other) => ("String", other.text()),
        None => ("String", Cow::from(value.get())),
    };
    format!("java.lang.{class} with value {text}")
}

fn truth(text: &str) -> Option<bool> {
    [true, false].into_iter().find(|truth| text.eq_ignore_ascii_case(&truth.to_string()))
}

/// Whether a text has three numbers, of at most so many digits each; of exactly so many, if it is strict.
fn is_triple(text: &str, separator: char, digits: [usize; 3], is_strict: bool) -> bool {
    let mut parts = text.split(separator);
    let is_part = |most: usize| {
        parts.next().is_some_and(|part| {
            let least = if is_strict || most == 4 { most } else { 1 };
            (least..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    digits.into_iter().all(is_part) && parts.next().is_none()
}

fn day(text: &str, is_strict: bool) -> Option<i32> {
    is_triple(text, '-', [4, 2, 2], is_strict).then(|| parse_date(text))?
}

/// `2026-1-5 9:30:00.5`, or strictly `2026-01-05T09:30:00.5Z`.
fn day_and_time(text: &str) -> Option<Cell> {
    let (date, clock, is_strict) = match text.split_once('T') {
        Some((date, clock)) => (date, clock.strip_suffix('Z').unwrap_or(clock), true),
        None => {
            let (date, clock) = text.split_once(' ')?;
            (date, clock, false)
        }
    };
    let days = day(date, is_strict)?;
    let (clock, fraction) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, billionths(fraction)?),
        None => (clock, 0),
    };
    let ms = is_triple(clock, ':', [2, 2, 2], is_strict).then(|| parse_time(clock))??;
    Some(Cell::Timestamp { days: days.into(), nanos: i64::from(ms) * NANOS_PER_MS + fraction })
}

/// Up to nine digits behind a point, as billionths.
fn billionths(digits: &str) -> Option<i64> {
    let is_fraction = (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_fraction.then(|| format!("{digits:0<9}").parse().ok())?
}

/// A number of seconds or milliseconds.
fn since_1970(text: &str) -> Option<Cell> {
    let number = |scale: u8| Decimal::read(text.trim(), DIGITS_MAX, scale).map(Decimal::unscaled);
    let ms = match number(3)? {
        ms if ms.abs() < MILLISECONDS_MIN * 1_000 => ms,
        _ => number(0)?,
    };
    let days = i64::try_from(ms.div_euclid(MS_PER_DAY)).ok()?;
    // Parquet counts days with 32 bits.
    i32::try_from(days + JULIAN_1970).ok().filter(|day| *day >= 0)?;
    let nanos = i64::try_from(ms.rem_euclid(MS_PER_DAY)).ok()? * NANOS_PER_MS;
    Some(Cell::Timestamp { days, nanos })
}
