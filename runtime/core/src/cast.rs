//! Conversions. None fails: what cannot be converted is NULL.

use std::borrow::Cow;

use crate::calendar;
use crate::decimal::{Decimal, Digits};
use crate::number;
use crate::query::{DataType, EpochUnit};
use crate::text;
use crate::time;
use crate::value::Value;

/// The value as another type.
pub(crate) fn cast(value: Value, to: DataType) -> Value {
    match to {
        DataType::Boolean => match value {
            Value::Text(text) => truth(&text).into(),
            other => other,
        },
        DataType::TinyInt => whole(&value, i8::MIN.into(), i8::MAX.into()),
        DataType::SmallInt => whole(&value, i16::MIN.into(), i16::MAX.into()),
        DataType::Integer => whole(&value, i32::MIN.into(), i32::MAX.into()),
        DataType::BigInt => whole(&value, i64::MIN, i64::MAX),
        DataType::Decimal(precision, scale) => decimal(&value, precision, scale).into(),
        DataType::Real => double(&value).map_or(Value::Null, |number| match value {
            Value::Real(same) => Value::Real(same),
            Value::Integer(whole) => Value::Real(whole as f32),
            Value::Text(text) => number::parse_real(&text).map_or(Value::Null, Value::Real),
            _ => Some(number as f32).filter(|number| number.is_finite()).map_or(Value::Null, Value::Real),
        }),
        DataType::Double => double(&value).map_or(Value::Null, Value::Double),
        DataType::Char(length) => texts(value, |text| text::filled(text, length as usize)),
        DataType::Varchar(length) => texts(value, |text| text::cut(text, length as usize)),
        DataType::Text => texts(value, |text| text),
        DataType::Date => match value {
            Value::Text(text) => time::parse_date(&text).map_or(Value::Null, Value::Date),
            Value::Timestamp(ms) => {
                i32::try_from(ms.div_euclid(time::MS_PER_DAY)).map_or(Value::Null, Value::Date)
            }
            other => other,
        },
        // A time of day has whole seconds.
        DataType::Time => match value {
            Value::Text(text) => {
                time::parse_time(&text).map_or(Value::Null, |ms| Value::Time(ms / 1000 * 1000))
            }
            Value::Timestamp(ms) => {
                let ms = ms.rem_euclid(time::MS_PER_DAY) / 1000 * 1000;
                i32::try_from(ms).map_or(Value::Null, Value::Time)
            }
            other => other,
        },
        DataType::Timestamp => match value {
            Value::Text(text) => time::parse_timestamp(&text).map_or(Value::Null, Value::Timestamp),
            Value::Date(days) => Value::Timestamp(i64::from(days) * time::MS_PER_DAY),
            other => other,
        },
        DataType::Epoch(unit) => since_1970(&value, unit).map_or(Value::Null, Value::Timestamp),
    }
}

/// Seconds below those of the year 0, of which no time is made; nor is one of what is no number.
const SECONDS_LEAST: f64 = -1e11;

/// Milliseconds since 1970 of a number in another unit.
fn since_1970(value: &Value, unit: EpochUnit) -> Option<i64> {
    let Some(per_millisecond) = unit.per_millisecond() else {
        let seconds = double(value).filter(|seconds| *seconds > SECONDS_LEAST)?;
        // A millisecond of seconds is no exact binary number.
        return calendar::from_milliseconds((seconds * 1000.0 + 0.0005).floor() as i64);
    };
    match whole(value, i64::MIN, i64::MAX) {
        Value::Integer(number) => calendar::from_milliseconds(number / per_millisecond),
        _ => None,
    }
}

/// The words that CAST takes for true and false.
fn truth(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "t" | "true" | "y" | "yes" | "1" => Some(true),
        "f" | "false" | "n" | "no" | "0" => Some(false),
        _ => None,
    }
}

fn whole(value: &Value, low: i64, high: i64) -> Value<'static> {
    let number = match value {
        Value::Integer(number) => Some(*number),
        Value::Decimal(number) => number.truncated(),
        Value::Real(number) => truncated((*number).into()),
        Value::Double(number) => truncated(*number),
        Value::Text(text) => number::cast_whole(text),
        _ => None,
    };
    number.filter(|number| (low..=high).contains(number)).into()
}

/// A number without its fraction, if 64 bits hold that.
fn truncated(number: f64) -> Option<i64> {
    (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number).then_some(number as i64)
}

fn decimal(value: &Value, precision: u8, scale: u8) -> Option<Decimal> {
    match value {
        Value::Integer(number) => Decimal::whole(*number).rounded(precision, scale),
        Value::Decimal(number) => number.rounded(precision, scale),
        Value::Real(number) => number::digits((*number).into())?.rounded(precision, scale),
        Value::Double(number) => number::digits(*number)?.rounded(precision, scale),
        // Of all blanks, Flink knows these here.
        Value::Text(text) => Digits::read(text.trim_matches([' ', '\t', '\n']))?.rounded(precision, scale),
        _ => None,
    }
}

fn double(value: &Value) -> Option<f64> {
    match value {
        Value::Text(text) => number::parse_double(text),
        other => other.as_double(),
    }
}

fn texts<'a>(value: Value<'a>, fit: impl FnOnce(Cow<'a, str>) -> Cow<'a, str>) -> Value<'a> {
    let written = |write: &dyn Fn(&mut String)| {
        let mut text = String::new();
        write(&mut text);
        Cow::Owned(text)
    };
    Value::Text(fit(match value {
        Value::Null => return Value::Null,
        Value::Text(text) => text,
        Value::Boolean(true) => "TRUE".into(),
        Value::Boolean(false) => "FALSE".into(),
        Value::Integer(number) => number.to_string().into(),
        Value::Decimal(number) => number.to_string().into(),
        Value::Real(number) => number::real_text(number).into(),
        Value::Double(number) => number::double_text(number).into(),
        Value::Date(days) => written(&|text| time::write_date(days.into(), text)),
        Value::Time(ms) => written(&|text| time::write_clock(ms.into(), 0, text)),
        Value::Timestamp(ms) => written(&|text| time::write_timestamp(ms, 3, text)),
    }))
}
