//! Values that should be a quantity and are none.

use serde_json::Value;

use super::form::{described, example, last, property_at, with_key};
use crate::diagnostics::{Code, Diagnostic};
use crate::parse::{Places, dotted};
use crate::source::Span;
use crate::spec::quantity::{ByteSize, Duration, Percent, Quantity, QuantityError};

/// Reads a text as a quantity of a kind.
pub(super) fn read(quantity: &str, text: &str) -> Result<(), QuantityError> {
    match quantity {
        "duration" => Duration::read(text).map(drop),
        "percent" => Percent::read(text).map(drop),
        _ => ByteSize::read(text).map(drop),
    }
}

/// A value that is no text.
pub(super) fn not_a_quantity(quantity: &str, instance: &Value, pointer: &str, places: &Places) -> Diagnostic {
    let span = places.value(pointer);
    if let Value::Number(number) = instance {
        let number = places.number(pointer).map_or_else(|| number.to_string(), str::to_owned);
        return missing_unit(quantity, &number, pointer, span);
    }
    let name = dotted(pointer);
    Diagnostic::error(
        Code::WrongType,
        span,
        format!("`{name}` must be a {}, not {}", noun(quantity), described(instance)),
        format!("write {}", with_key(pointer, "a number and its unit")),
    )
}

/// A text that is no quantity.
pub(super) fn quantity_fault(
    quantity: &str,
    text: &str,
    error: &QuantityError,
    pointer: &str,
    span: Span,
) -> Diagnostic {
    let help = match error {
        QuantityError::MissingUnit => return missing_unit(quantity, text, pointer, span),
        QuantityError::UnknownUnit { meant: Some(meant), .. }
        | QuantityError::Fraction { nearest: meant, .. } => {
            format!("write `{}: {meant}`", last(&dotted(pointer)))
        }
        QuantityError::UnknownUnit { known, .. } => {
            format!("write {known} for the unit, as in {}", with_key(pointer, "`60 s`"))
        }
        _ => format!("write it like {}", with_key(pointer, "`60 s`")),
    };
    let message = format!("`{text}` is not a {}: {error}", noun(quantity));
    Diagnostic::error(Code::InvalidQuantity, span, message, help)
}

/// A number without a unit, with those that it may have: which one is meant, only its writer knows.
pub(super) fn missing_unit(quantity: &str, number: &str, pointer: &str, span: Span) -> Diagnostic {
    let name = dotted(pointer);
    let key = last(&name);
    let usual =
        property_at(pointer).map(example).and_then(|example| Some(example.split_once(' ')?.1.to_owned()));
    let value = number.parse::<f64>().ok();
    let help = match quantity {
        "percent" => match value {
            // A share of 1 is written as a fraction.
            Some(share) if share > 0.0 && share < 1.0 => {
                format!("write `{key}: {} %`", (share * 100.0).round())
            }
            Some(percent) if percent.fract() == 0.0 => format!("write `{key}: {number} %`"),
            _ => format!("write a whole percentage, as in {}", with_key(pointer, "`25 %`")),
        },
        "duration" => {
            let usual = usual.unwrap_or_else(|| Duration::USUAL_UNIT.into());
            let other = match usual.as_str() {
                "s" => "min",
                "h" => "d",
                "d" => "h",
                _ => "s",
            };
            which(key, number, &usual, other)
        }
        _ => match usual.as_deref().unwrap_or(ByteSize::USUAL_UNIT) {
            "MiB" if value.is_none_or(|value| value < 1e5) => {
                format!("write `{key}: {number} MiB`, if you mean MiB")
            }
            _ => which(key, number, "B", "KiB"),
        },
    };
    Diagnostic::error(Code::MissingUnit, span, format!("`{name}: {number}` has no unit"), help)
}

fn which(key: &str, number: &str, one: &str, other: &str) -> String {
    format!("write `{key}: {number} {one}` or `{key}: {number} {other}`, whichever you mean")
}

pub(super) fn noun(quantity: &str) -> &str {
    if quantity == "percent" { "percentage" } else { quantity }
}
