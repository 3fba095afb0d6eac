//! Types of operands: what a constant, a column and an operator agree on, and the casts that make it so.

use super::super::data_type::{DataType, Family, MAX_PRECISION};
use super::super::expr::{Expr, ExprKind, Literal};
use crate::source::Span;

/// A resolved expression, or the word NULL, which has no type before something gives it one.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Typed(Expr),
    Null(Span),
}

impl Operand {
    pub(super) fn span(&self) -> Span {
        match self {
            Self::Typed(expr) => expr.span,
            Self::Null(span) => *span,
        }
    }

    pub(super) fn data_type(&self) -> Option<DataType> {
        match self {
            Self::Typed(expr) => Some(expr.data_type),
            Self::Null(_) => None,
        }
    }

    /// The operand as it is; NULL of a type.
    pub(super) fn into_type_or(self, otherwise: DataType) -> Expr {
        match self {
            Self::Typed(expr) => expr,
            null => null.into_type(otherwise),
        }
    }

    /// The operand as a type that [`common`] found for it.
    pub(super) fn into_type(self, target: DataType) -> Expr {
        match self {
            Self::Typed(expr) => convert(expr, target),
            Self::Null(span) => Expr { kind: ExprKind::Literal(Literal::Null), data_type: target, span },
        }
    }
}

/// From the start of one place to the end of another, of the same file.
pub(super) fn cover(first: Span, last: Span) -> Span {
    if first.file == last.file {
        Span { file: first.file, start: first.start.min(last.start), end: first.end.max(last.end) }
    } else {
        first
    }
}

/// Why types do not go together.
#[derive(Debug)]
pub(super) enum Mismatch {
    /// None of them has a type.
    OnlyNull,
    /// These two have nothing in common.
    Types(DataType, DataType),
}

/// The type that all operands can be given without changing their value (whole numbers of 64 bits among floating
/// point numbers excepted, as in every SQL).
pub(super) fn common<'o>(operands: impl IntoIterator<Item = &'o Operand>) -> Result<DataType, Mismatch> {
    let mut found: Option<DataType> = None;
    for data_type in operands.into_iter().filter_map(Operand::data_type) {
        found = Some(match found {
            None => data_type,
            Some(so_far) => common_of_two(so_far, data_type).ok_or(Mismatch::Types(so_far, data_type))?,
        });
    }
    found.ok_or(Mismatch::OnlyNull)
}

fn common_of_two(a: DataType, b: DataType) -> Option<DataType> {
    if a == b {
        return Some(a);
    }
    match (a.family(), b.family()) {
        (Family::Text, Family::Text) => {
            let length = a.text_length().flatten().zip(b.text_length().flatten()).map(|(a, b)| a.max(b));
            Some(DataType::Varchar(length))
        }
        (Family::Number, Family::Number) => Some(common_number(a, b)),
        _ => None,
    }
}

fn common_number(a: DataType, b: DataType) -> DataType {
    match (a.integer_range(), b.integer_range()) {
        (Some(range_a), Some(range_b)) => return if range_a.1 >= range_b.1 { a } else { b },
        _ if a.is_approximate() || b.is_approximate() => return DataType::Double,
        _ => {}
    }
    match (a.digits(), b.digits()) {
        (Some((precision_a, scale_a)), Some((precision_b, scale_b))) => {
            let scale = scale_a.max(scale_b);
            let whole = (precision_a - scale_a).max(precision_b - scale_b);
            limited(u32::from(whole) + u32::from(scale), u32::from(scale))
        }
        _ => DataType::Double,
    }
}

/// A decimal of that many digits; beyond what there is, digits after the decimal point give way, but not below six.
pub(super) fn limited(precision: u32, scale: u32) -> DataType {
    let most = u32::from(MAX_PRECISION);
    let scale =
        if precision > most { scale.saturating_sub(precision - most).max(scale.min(6)) } else { scale };
    let narrow = |number: u32| u8::try_from(number).unwrap_or(MAX_PRECISION);
    DataType::Decimal { precision: narrow(precision.min(most)), scale: narrow(scale.min(most)) }
}

/// The expression as another type; a constant becomes a constant of that type, and a text that fits stays.
pub(super) fn convert(expr: Expr, target: DataType) -> Expr {
    let is_text = target.family() == Family::Text && expr.data_type.family() == Family::Text;
    if expr.data_type == target || is_text && target.holds(expr.data_type) {
        return expr;
    }
    if let ExprKind::Literal(literal) = &expr.kind
        && let Some(literal) = constant(literal, target)
    {
        return Expr { kind: ExprKind::Literal(literal), data_type: target, span: expr.span };
    }
    let span = expr.span;
    Expr { kind: ExprKind::Cast { operand: Box::new(expr), written: false }, data_type: target, span }
}

/// A constant as a constant of another type, if that changes nothing.
fn constant(literal: &Literal, target: DataType) -> Option<Literal> {
    match (literal, target) {
        (Literal::Null, _) => Some(Literal::Null),
        (Literal::Integer(value), _) if target.is_integer() => {
            let (low, high) = target.integer_range()?;
            (low..=high).contains(value).then_some(Literal::Integer(*value))
        }
        (Literal::Integer(value), DataType::Double) => value.to_string().parse().ok().map(Literal::Double),
        (Literal::Decimal(digits), DataType::Double) => {
            digits.parse().ok().filter(|value: &f64| value.is_finite()).map(Literal::Double)
        }
        (Literal::Integer(value), DataType::Decimal { precision, scale }) => {
            let digits = value.unsigned_abs().to_string();
            (digits.len() <= usize::from(precision - scale)).then(|| Literal::Decimal(value.to_string()))
        }
        (Literal::Text(text), DataType::Varchar(length)) => {
            let fits = length.is_none_or(|most| text.chars().count() <= most as usize);
            fits.then(|| Literal::Text(text.clone()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_widen_and_never_narrow() {
        let decimal = |precision, scale| DataType::Decimal { precision, scale };
        for (a, b, result) in [
            (DataType::TinyInt, DataType::BigInt, DataType::BigInt),
            (DataType::Integer, decimal(4, 2), decimal(12, 2)),
            (DataType::Integer, DataType::Real, DataType::Double),
            (decimal(38, 0), decimal(10, 8), decimal(38, 6)),
        ] {
            assert_eq!(common_of_two(a, b), Some(result), "{a} and {b}");
            assert_eq!(common_of_two(b, a), Some(result), "{b} and {a}");
        }
        assert_eq!(common_of_two(DataType::Boolean, DataType::Integer), None);
        assert_eq!(common_of_two(DataType::Date, DataType::Timestamp), None);
        assert!(decimal(12, 2).holds(DataType::Integer) && !decimal(11, 2).holds(DataType::Integer));
        assert!(!DataType::Real.holds(DataType::Integer) && DataType::Double.holds(DataType::Integer));
    }
}
