//! Functions of their arguments. NULL for an argument gives NULL.

use std::borrow::Cow;

use crate::budget::{self, Exceeded};
use crate::calendar;
use crate::eval::Row;
use crate::query::{Expr, Function};
use crate::text;
use crate::value::Value;

/// The first argument of a function, as the type that it takes.
enum First<'r> {
    Text(Cow<'r, str>),
    Time(i64),
    Number(Value<'r>),
}

impl<'r> Row<'r> {
    pub(crate) fn call(self, function: Function, arguments: &'r [Expr]) -> Value<'r> {
        let Some((first, others)) = arguments.split_first() else { return Value::Null };
        let first = match self.value(first) {
            Value::Text(text) => First::Text(text),
            Value::Timestamp(ms) => First::Time(ms),
            number => First::Number(number),
        };
        match first {
            First::Text(text) => self.of_text(function, text, others).unwrap_or(Value::Null),
            First::Time(ms) => self.of_time(function, ms, others).unwrap_or(Value::Null),
            First::Number(number) => of_number(function, number).unwrap_or(Value::Null),
        }
    }

    /// A text that was made, if it may be as large.
    pub(crate) fn made(self, text: Result<Cow<'r, str>, Exceeded>) -> Value<'r> {
        self.budget.kept(text).map_or(Value::Null, Value::Text)
    }

    fn text(self, arguments: &'r [Expr], at: usize) -> Option<Cow<'r, str>> {
        match self.value(arguments.get(at)?) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    fn number(self, arguments: &'r [Expr], at: usize) -> Option<i64> {
        match self.value(arguments.get(at)?) {
            Value::Integer(number) => Some(number),
            _ => None,
        }
    }

    fn of_text(self, function: Function, text: Cow<'r, str>, others: &'r [Expr]) -> Option<Value<'r>> {
        Some(match function {
            // A letter may become longer in the other case.
            Function::Upper => self.made(limited(text.to_uppercase())),
            Function::Lower => self.made(limited(text.to_lowercase())),
            Function::InitCap => Value::Text(text::words_capitalized(&text).into()),
            Function::CharLength => i64::try_from(text.chars().count()).ok().into(),
            Function::Substring => {
                let start = self.number(others, 0)?;
                let length = match others.get(1) {
                    Some(_) => Some(self.number(others, 1)?),
                    None => None,
                };
                Value::Text(text::substring(text, start, length)?)
            }
            Function::TrimLeading | Function::TrimTrailing | Function::TrimBoth => {
                Value::Text(text::trim(text, function, &self.text(others, 0)?))
            }
            Function::Position => Value::Integer(text::position(&text, &self.text(others, 0)?)),
            Function::Overlay => {
                let (other, start) = (self.text(others, 0)?, self.number(others, 1)?);
                let length = match others.get(2) {
                    Some(_) => Some(self.number(others, 2)?),
                    None => None,
                };
                self.made(text::overlay(text, &other, start, length))
            }
            Function::Replace => {
                self.made(text::replace(text, &self.text(others, 0)?, &self.text(others, 1)?))
            }
            Function::SplitIndex => {
                let (separator, index) = (self.text(others, 0)?, self.number(others, 1)?);
                Value::Text(text::field(text, &separator, usize::try_from(index).ok()?)?)
            }
            Function::LeftPad | Function::RightPad => {
                let length = usize::try_from(self.number(others, 0)?).ok()?;
                let left = function == Function::LeftPad;
                // Nothing to fill it with gives NULL.
                let by = self.text(others, 1).filter(|by| !by.is_empty())?;
                self.made(text::padded(&text, length, &by, left).map(Cow::Owned))
            }
            _ => return None,
        })
    }

    fn of_time(self, function: Function, ms: i64, others: &'r [Expr]) -> Option<Value<'r>> {
        Some(match function {
            Function::Extract(field) => Value::Integer(calendar::extract(field, ms)),
            Function::FloorTo(field) => Value::Timestamp(calendar::unit(field, ms, false)),
            Function::CeilTo(field) => Value::Timestamp(calendar::unit(field, ms, true)),
            Function::Step(length) => Value::Timestamp(calendar::step(ms, length)?),
            Function::Between(field) => match self.value(others.first()?) {
                Value::Timestamp(to) => calendar::between(field, ms, to).into(),
                _ => return None,
            },
            Function::Milliseconds => Value::Integer(ms),
            _ => return None,
        })
    }
}

fn limited<'v>(text: String) -> Result<Cow<'v, str>, Exceeded> {
    budget::fits(text.len())?;
    Ok(text.into())
}

fn of_number<'v>(function: Function, number: Value<'v>) -> Option<Value<'v>> {
    let defined = |holds: fn(f64) -> bool, of: fn(f64) -> f64| match number {
        Value::Double(number) if holds(number) => Some(Value::Double(of(number))),
        _ => None,
    };
    match function {
        Function::Ceil | Function::Floor => {
            let up = function == Function::Ceil;
            Some(match number {
                Value::Decimal(number) => Value::Decimal(number.whole_beside(up)),
                Value::Real(number) => Value::Real(if up { number.ceil() } else { number.floor() }),
                Value::Double(number) => Value::Double(if up { number.ceil() } else { number.floor() }),
                other => other,
            })
        }
        Function::SquareRoot => defined(|number| number >= 0.0, f64::sqrt),
        Function::Ln => defined(|number| number > 0.0, f64::ln),
        // The standard library's is off by the last bit more often than Java's.
        Function::Log10 => defined(|number| number > 0.0, libm::log10),
        Function::FromMilliseconds => match number {
            Value::Integer(ms) => calendar::from_milliseconds(ms).map(Value::Timestamp),
            _ => None,
        },
        _ => None,
    }
}
