//! Values: what a column of a record becomes, how two of them compare, and how they are written as JSON.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::cast::cast;
use crate::decimal::{Decimal, Digits};
use crate::json::{self, Raw};
use crate::number;
use crate::query::DataType;
use crate::time;

/// A value of one of SQL's types.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Boolean(bool),
    /// A whole number of any width.
    Integer(i64),
    Decimal(Decimal),
    Real(f32),
    Double(f64),
    Text(Cow<'a, str>),
    /// Days since 1970-01-01.
    Date(i32),
    /// Milliseconds of a day.
    Time(i32),
    /// Milliseconds since 1970.
    Timestamp(i64),
}

impl<T> From<Option<T>> for Value<'_>
where
    Self: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<Decimal> for Value<'_> {
    fn from(value: Decimal) -> Self {
        Self::Decimal(value)
    }
}

/// How the numbers of records are read: with a point, they are binary, unless any column of the query's input is a
/// DECIMAL. That is how Flink's JSON format does it, and it shows in texts made of numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbers {
    pub(crate) exact: bool,
}

impl Numbers {
    /// A number as text: `1.50` is `1.5`, `1e2` is `100.0`, or `1E+2` where numbers are exact.
    fn text<'a>(self, raw: Raw<'a>) -> Cow<'a, str> {
        match raw {
            Raw::Integer("-0") => "0".into(),
            Raw::Integer(digits) => digits.into(),
            Raw::Fraction(digits) if self.exact => {
                Digits::read(digits).map_or(digits.into(), |digits| digits.java().into())
            }
            Raw::Fraction(digits) => number::double_text(digits.parse().unwrap_or(f64::NAN)).into(),
            _ => "".into(),
        }
    }

    /// The value of a column. What has another type is NULL, if it cannot be made into the column's.
    pub(crate) fn column<'a>(self, raw: Raw<'a>, data_type: DataType) -> Value<'a> {
        match data_type {
            DataType::Boolean => match raw {
                Raw::Absent | Raw::Null => Value::Null,
                Raw::Boolean(truth) => Value::Boolean(truth),
                Raw::Text(text) => Value::Boolean(is_true(text)),
                Raw::Escaped(text) => Value::Boolean(is_true(&json::unescape(text))),
                Raw::Integer(_) | Raw::Fraction(_) | Raw::Container(_) => Value::Boolean(false),
            },
            DataType::TinyInt => self.small(raw, i8::MIN.into(), i8::MAX.into()),
            DataType::SmallInt => self.small(raw, i16::MIN.into(), i16::MAX.into()),
            DataType::Integer => self.whole(raw, i32::MIN.into(), i32::MAX.into()),
            DataType::BigInt => self.whole(raw, i64::MIN, i64::MAX),
            DataType::Decimal(precision, scale) => {
                let digits = match raw {
                    Raw::Integer(text) | Raw::Fraction(text) | Raw::Text(text) => Digits::read(text),
                    Raw::Escaped(text) => Digits::read(&json::unescape(text)),
                    _ => None,
                };
                digits.and_then(|digits| digits.rounded(precision, scale)).into()
            }
            DataType::Real => match raw {
                Raw::Fraction(text) if !self.exact => {
                    let number = text.parse::<f64>().ok().map(|number| number as f32);
                    number.filter(|number| number.is_finite()).map_or(Value::Null, Value::Real)
                }
                _ => self.parsed(raw, number::parse_real).map_or(Value::Null, Value::Real),
            },
            DataType::Double => self.parsed(raw, number::parse_double).map_or(Value::Null, Value::Double),
            DataType::Text => self.any_text(raw),
            DataType::Epoch(unit) => cast(self.column(raw, unit.number()), data_type),
            DataType::Char(_)
            | DataType::Varchar(_)
            | DataType::Date
            | DataType::Time
            | DataType::Timestamp => cast(self.any_text(raw), data_type),
        }
    }

    /// Through a number's text, where there is one.
    fn parsed<T>(self, raw: Raw, parse: fn(&str) -> Option<T>) -> Option<T> {
        match raw {
            // An exact number has no zero below zero.
            Raw::Fraction(_) if self.exact => parse(&self.text(raw)),
            Raw::Integer("-0") => parse("0"),
            Raw::Integer(text) | Raw::Fraction(text) | Raw::Text(text) => parse(text),
            Raw::Escaped(text) => parse(&json::unescape(text)),
            Raw::Absent | Raw::Null | Raw::Boolean(_) | Raw::Container(_) => None,
        }
    }

    /// Whole numbers of 8 and 16 bits: a number with a point is none of them.
    fn small<'a>(self, raw: Raw<'a>, low: i64, high: i64) -> Value<'a> {
        let number = match raw {
            Raw::Fraction(_) if !self.exact => None,
            Raw::Fraction(_) => number::parse_whole(&self.text(raw)),
            _ => self.parsed(raw, number::parse_whole),
        };
        number.filter(|number| (low..=high).contains(number)).into()
    }

    /// Whole numbers of 32 and 64 bits: a fraction is dropped.
    fn whole<'a>(self, raw: Raw<'a>, low: i64, high: i64) -> Value<'a> {
        let number = match raw {
            Raw::Fraction(text) if self.exact => {
                let number = Digits::read(text).and_then(|digits| digits.truncated());
                number
                    .filter(|&(whole, more)| !(more && (whole == low || whole == high)))
                    .map(|number| number.0)
            }
            Raw::Fraction(text) => {
                let number: Option<f64> = text.parse().ok();
                number
                    .filter(|number| (low as f64..=high as f64).contains(number))
                    .map(|number| number as i64)
            }
            _ => self.parsed(raw, number::parse_whole),
        };
        number.filter(|number| (low..=high).contains(number)).into()
    }

    fn any_text<'a>(self, raw: Raw<'a>) -> Value<'a> {
        Value::Text(match raw {
            Raw::Absent | Raw::Null => return Value::Null,
            Raw::Boolean(true) => "true".into(),
            Raw::Boolean(false) => "false".into(),
            Raw::Integer(_) | Raw::Fraction(_) => self.text(raw),
            Raw::Text(text) => text.into(),
            Raw::Escaped(text) => json::unescape(text),
            Raw::Container(text) => json::normalize(text, &|raw| self.text(raw).into_owned()).into(),
        })
    }
}

fn is_true(text: &str) -> bool {
    number::trim(text).eq_ignore_ascii_case("true")
}

impl Value<'_> {
    /// The same value, whose text is this one's.
    pub(crate) fn borrowed(&self) -> Value<'_> {
        match self {
            Self::Text(text) => Value::Text(Cow::Borrowed(text)),
            other => other.clone(),
        }
    }

    /// The same value, with a text of its own.
    pub(crate) fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(truth) => Value::Boolean(truth),
            Self::Integer(number) => Value::Integer(number),
            Self::Decimal(number) => Value::Decimal(number),
            Self::Real(number) => Value::Real(number),
            Self::Double(number) => Value::Double(number),
            Self::Text(text) => Value::Text(text.into_owned().into()),
            Self::Date(days) => Value::Date(days),
            Self::Time(ms) => Value::Time(ms),
            Self::Timestamp(ms) => Value::Timestamp(ms),
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub(crate) fn truth(&self) -> Option<bool> {
        match self {
            Self::Boolean(truth) => Some(*truth),
            _ => None,
        }
    }

    /// Two values of one type in their order; none where one is NULL or no number.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Boolean(a), Self::Boolean(b)) => Some(a.cmp(b)),
            (Self::Integer(a), Self::Integer(b)) => Some(a.cmp(b)),
            (Self::Decimal(a), Self::Decimal(b)) => Some(a.compare(*b)),
            (Self::Integer(a), Self::Decimal(b)) => Some(Decimal::whole(*a).compare(*b)),
            (Self::Decimal(a), Self::Integer(b)) => Some(a.compare(Decimal::whole(*b))),
            (Self::Real(a), Self::Real(b)) => a.partial_cmp(b),
            (Self::Double(a), Self::Double(b)) => a.partial_cmp(b),
            // In the order of their characters' numbers, which is that of UTF-8.
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Date(a), Self::Date(b)) | (Self::Time(a), Self::Time(b)) => Some(a.cmp(b)),
            (Self::Timestamp(a), Self::Timestamp(b)) => Some(a.cmp(b)),
            // Of two kinds of numbers one is binary, and then both are.
            _ => self.as_double()?.partial_cmp(&other.as_double()?),
        }
    }

    /// A number as a binary one.
    pub(crate) fn as_double(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Decimal(number) => number.to_string().parse().ok(),
            Self::Real(number) => Some((*number).into()),
            Self::Double(number) => Some(*number),
            _ => None,
        }
    }

    /// Writes the value as JSON. What is no number, as `NaN`, is a text.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let mut quoted = |write: &dyn Fn(&mut String)| {
            let mut text = String::from("\"");
            write(&mut text);
            text.push('"');
            out.extend_from_slice(text.as_bytes());
        };
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Boolean(true) => out.extend_from_slice(b"true"),
            Self::Boolean(false) => out.extend_from_slice(b"false"),
            Self::Integer(number) => out.extend_from_slice(itoa::Buffer::new().format(*number).as_bytes()),
            Self::Decimal(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Self::Real(number) if number.is_finite() => {
                out.extend_from_slice(zmij::Buffer::new().format_finite(*number).as_bytes());
            }
            Self::Double(number) if number.is_finite() => {
                out.extend_from_slice(zmij::Buffer::new().format_finite(*number).as_bytes());
            }
            Self::Real(number) => quoted(&|text| text.push_str(&number::real_text(*number))),
            Self::Double(number) => quoted(&|text| text.push_str(&number::double_text(*number))),
            Self::Text(text) => json::write_text(text, out),
            Self::Date(days) => quoted(&|text| time::write_date((*days).into(), text)),
            Self::Time(ms) => quoted(&|text| time::write_clock((*ms).into(), 0, text)),
            Self::Timestamp(ms) => quoted(&|text| time::write_timestamp(*ms, 0, text)),
        }
    }
}
