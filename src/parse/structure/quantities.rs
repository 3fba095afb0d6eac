//! Values that should be a quantity and are none.

use serde_json::Value;

use super::form::{described, example, last, property_at, with_key};
use crate::diagnostics::{Code, Diagnostic};
use crate::parse::dotted;
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
pub(super) fn not_a_quantity(quantity: &str, instance: &Value, pointer: &str, span: Span) -> Diagnostic {
    if let Value::Number(number) = instance {
        return missing_unit(quantity, &number.to_string(), pointer, span);
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
        QuantityError::UnknownUnit { meant: Some(meant), .. } => {
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

/// A number without a unit, with the one that is usual at this place.
pub(super) fn missing_unit(quantity: &str, number: &str, pointer: &str, span: Span) -> Diagnostic {
    let name = dotted(pointer);
    let usual =
        property_at(pointer).map(example).and_then(|example| Some(example.split_once(' ')?.1.to_owned()));
    let unit = match quantity {
        // Thousands of KiB are rare: who writes them means bytes.
        "size" if number.parse::<f64>().is_ok_and(|number| number >= 1000.0) => "B".to_owned(),
        "duration" => usual.unwrap_or_else(|| Duration::USUAL_UNIT.into()),
        "percent" => Percent::USUAL_UNIT.into(),
        _ => usual.unwrap_or_else(|| ByteSize::USUAL_UNIT.into()),
    };
    Diagnostic::error(
        Code::MissingUnit,
        span,
        format!("`{name}: {number}` has no unit"),
        format!("write `{}: {number} {unit}`, with the unit that you mean", last(&name)),
    )
}

pub(super) fn noun(quantity: &str) -> &str {
    if quantity == "percent" { "percentage" } else { quantity }
}
