//! Functions of Flink beside those of the old dialect, with the same values. NULL for an argument gives NULL, but for
//! [`Scalar::ConcatWs`].

mod encoding;
mod number;

use std::borrow::Cow;
use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::budget::fits;
use crate::eval::Row;
use crate::query::Expr;
use crate::text;
use crate::value::Value;

/// The most characters that [`Scalar::Repeat`] makes; for more it gives NULL.
pub const MAX_REPEATED: usize = 1 << 20;

/// A function of its arguments alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scalar {
    /// A DOUBLE or a DECIMAL with so many digits behind the point, half away from zero; below 0 in front of it.
    Round,
    /// The same, towards zero.
    Truncate,
    /// The first to the power of the second; this and the following give NULL for what is no finite number.
    Power,
    /// e to the power of a number.
    Exp,
    /// The logarithm to a base, which comes first.
    Log,
    /// The logarithm to base 2.
    Log2,
    /// The sine.
    Sin,
    /// The cosine.
    Cos,
    /// The tangent.
    Tan,
    /// The cotangent.
    Cot,
    /// The arc sine.
    Asin,
    /// The arc cosine.
    Acos,
    /// The arc tangent.
    Atan,
    /// The angle of a point, of which y comes first.
    Atan2,
    /// The hyperbolic sine.
    Sinh,
    /// The hyperbolic cosine.
    Cosh,
    /// The hyperbolic tangent.
    Tanh,
    /// Radians as degrees.
    Degrees,
    /// Degrees as radians.
    Radians,
    /// The largest; NULL where one is NULL.
    Greatest,
    /// The smallest; NULL where one is NULL.
    Least,
    /// So many characters from the start.
    Left,
    /// So many characters from the end.
    Right,
    /// A text so many times.
    Repeat,
    /// The characters in the other order.
    Reverse,
    /// The number of the first character where that is one of ASCII, 0 of an empty text.
    Ascii,
    /// The character of a number's lowest eight bits; nothing for one below 0.
    Chr,
    /// Texts with the first one between them, without those that are NULL.
    ConcatWs,
    /// The bits of a BIGINT.
    Bin,
    /// The hexadecimal digits of a BIGINT, or of a text's bytes.
    Hex,
    /// A text's bytes in base64.
    ToBase64,
    /// The text whose bytes are in base64; NULL where it is not.
    FromBase64,
    /// The hash of a text's bytes, in hexadecimal digits.
    Md5,
    /// The same.
    Sha1,
    /// The same.
    Sha224,
    /// The same.
    Sha256,
    /// The same.
    Sha384,
    /// The same.
    Sha512,
    /// A text as a part of a URL's query.
    UrlEncode,
    /// The text that a part of a URL's query stands for; NULL where it is none.
    UrlDecode,
}

impl Scalar {
    /// How many arguments it takes.
    pub(crate) fn takes(self, count: usize) -> bool {
        match self {
            Self::Greatest | Self::Least | Self::ConcatWs => count >= 1,
            Self::Round | Self::Truncate | Self::Power | Self::Log | Self::Atan2 => count == 2,
            Self::Left | Self::Right | Self::Repeat => count == 2,
            _ => count == 1,
        }
    }
}

impl<'r> Row<'r> {
    /// The value of a function.
    pub(crate) fn scalar(self, function: Scalar, arguments: &'r [Expr]) -> Value<'r> {
        if function == Scalar::ConcatWs {
            return self.joined(arguments);
        }
        let mut values = arguments.iter().map(|argument| self.value(argument));
        let Some(first) = values.next() else { return Value::Null };
        match (function, first) {
            (_, Value::Null) => Value::Null,
            (Scalar::Greatest, first) => extreme(first, values, Ordering::Greater),
            (Scalar::Least, first) => extreme(first, values, Ordering::Less),
            (_, Value::Text(text)) => {
                self.of_any_text(function, text, values.next().as_ref()).unwrap_or(Value::Null)
            }
            (Scalar::Bin, Value::Integer(number)) => Value::Text(format!("{number:b}").into()),
            (Scalar::Hex, Value::Integer(number)) => Value::Text(format!("{number:X}").into()),
            (Scalar::Chr, Value::Integer(number)) => Value::Text(character(number).into()),
            (_, number) => number::call(function, number, values.next()),
        }
    }

    fn of_any_text(
        self,
        function: Scalar,
        text: Cow<'r, str>,
        second: Option<&Value<'r>>,
    ) -> Option<Value<'r>> {
        let count = || match second {
            Some(Value::Integer(count)) => Some(usize::try_from(*count).unwrap_or(0)),
            _ => None,
        };
        Some(match function {
            Scalar::Left => Value::Text(text::cut(text, count()?)),
            Scalar::Right => {
                let skipped = text.chars().count().saturating_sub(count()?);
                let from = text.char_indices().nth(skipped).map_or(text.len(), |(at, _)| at);
                let to = text.len();
                Value::Text(text::part(text, from, to))
            }
            Scalar::Repeat => {
                let count = count()?;
                if text.chars().count().saturating_mul(count) > MAX_REPEATED {
                    return None;
                }
                self.made(fits(text.len() * count).map(|()| text.repeat(count).into()))
            }
            Scalar::Reverse => Value::Text(text.chars().rev().collect::<String>().into()),
            Scalar::Ascii => match text.bytes().next() {
                None => Value::Integer(0),
                Some(byte) if byte.is_ascii() => Value::Integer(byte.into()),
                Some(_) => Value::Null,
            },
            other => {
                let made = encoding::call(other, &text)?;
                self.made(fits(made.len()).map(|()| made.into()))
            }
        })
    }

    fn joined(self, arguments: &'r [Expr]) -> Value<'r> {
        let mut values = arguments.iter().map(|argument| self.value(argument));
        let Some(Value::Text(separator)) = values.next() else { return Value::Null };
        let mut all: Option<String> = None;
        for value in values {
            let Value::Text(text) = value else { continue };
            match &mut all {
                None => all = Some(text.into_owned()),
                Some(all) => {
                    if let Err(exceeded) = fits(all.len() + separator.len() + text.len()) {
                        return self.made(Err(exceeded));
                    }
                    all.push_str(&separator);
                    all.push_str(&text);
                }
            }
        }
        Value::Text(all.unwrap_or_default().into())
    }
}

/// The value that is on one side of all others. What has no order, as NaN, takes no other's place.
fn extreme<'v>(first: Value<'v>, others: impl Iterator<Item = Value<'v>>, side: Ordering) -> Value<'v> {
    let mut found = first;
    for value in others {
        if value.is_null() {
            return Value::Null;
        }
        if value.compare(&found) == Some(side) {
            found = value;
        }
    }
    found
}

/// The character of a number's lowest eight bits.
fn character(number: i64) -> String {
    match number {
        ..0 => String::new(),
        _ => char::from(number.to_le_bytes()[0]).to_string(),
    }
}
