//! Conversions as Kinesis Data Analytics made them, where Flink makes others: a number is rounded before it becomes
//! whole, no text takes a part of a number, and spaces at the end of a CHAR do not make it another text.
//!
//! SQL reference of Kinesis Data Analytics, page CAST, 2026-11: "REAL to INTEGER: rounded by the cast", and a day does not become
//! a text of nine characters. Plain SQL converts as Flink does.

use super::super::builtin::{Builtin, ROUND, ROUND_OF_DECIMAL};
use super::super::data_type::{DataType, MAX_PRECISION};
use super::super::expr::{Aggregate, Comparison, Expr, ExprKind, Function, Literal, Side};
use super::operand::convert;

/// How many times a value is written whose text is measured.
pub(super) const MEASURED_COPIES: usize = 2;

/// Whether a number has a fraction that is rounded away where it becomes a whole one of the target type.
pub(super) fn rounds(number: &Expr, target: DataType) -> bool {
    let has_fraction = match number.data_type.digits() {
        Some((_, scale)) => scale > 0,
        None => number.data_type.is_approximate(),
    };
    target.is_integer() && has_fraction && !averages_whole_numbers(number)
}

/// The number without its fraction, which is rounded half away from zero.
pub(super) fn rounded(number: Expr) -> Expr {
    let (number, builtin, data_type): (Expr, &'static Builtin, DataType) = match number.data_type {
        DataType::Decimal { precision, scale } => {
            let precision = (precision - scale + 1).min(MAX_PRECISION);
            (number, &ROUND_OF_DECIMAL, DataType::Decimal { precision, scale: 0 })
        }
        _ => (convert(number, DataType::Double), &ROUND, DataType::Double),
    };
    let span = number.span;
    let places = Expr { kind: ExprKind::Literal(Literal::Integer(0)), data_type: DataType::Integer, span };
    let kind = ExprKind::Call { function: Function::Builtin(builtin), arguments: vec![number, places] };
    Expr { kind, data_type, span }
}

/// Whether it is an average that was a whole number in Kinesis Data Analytics: the whole part of a quotient.
fn averages_whole_numbers(expr: &Expr) -> bool {
    let ExprKind::Aggregate { function: Aggregate::Avg, arguments, .. } = &expr.kind else { return false };
    arguments.first().is_some_and(|argument| match &argument.kind {
        ExprKind::Cast { operand, written: false } => operand.data_type.is_integer(),
        _ => argument.data_type.is_integer(),
    })
}

/// Whether a value, as text, can have more characters than the target holds, and none of them may get lost.
pub(super) fn may_not_fit(from: DataType, target: DataType) -> bool {
    let Some(Some(most)) = target.text_length() else { return false };
    characters(from).is_some_and(|characters| characters > most)
}

/// The value as a text of the target's length; NULL where it has more characters.
pub(super) fn measured(value: Expr, target: DataType) -> Expr {
    let span = value.span;
    let cast = |operand: Expr, data_type| Expr {
        kind: ExprKind::Cast { operand: Box::new(operand), written: true },
        data_type,
        span,
    };
    let text = cast(value.clone(), DataType::Varchar(None));
    let length = Expr {
        kind: ExprKind::Call { function: Function::CharLength, arguments: vec![text] },
        data_type: DataType::Integer,
        span,
    };
    let most = target.text_length().flatten().map_or(0, i64::from);
    let most = Expr { kind: ExprKind::Literal(Literal::Integer(most)), data_type: DataType::Integer, span };
    let operator = Comparison::LessOrEqual;
    let fits = Expr {
        kind: ExprKind::Compare { operator, left: Box::new(length), right: Box::new(most) },
        data_type: DataType::Boolean,
        span,
    };
    let kind = ExprKind::Case { branches: vec![(fits, cast(value, target))], otherwise: None };
    Expr { kind, data_type: target, span }
}

/// What is compared, without the spaces at the end of each value if one is a CHAR, whose values end with them, and the
/// others are constants or CHARs of other lengths. Flink's planner removes the spaces from constants that are compared
/// with a CHAR, and its comparison does not.
pub(super) fn without_blanks(operands: Vec<Expr>) -> Vec<Expr> {
    let is_constant = |operand: &Expr| matches!(operand.kind, ExprKind::Literal(_));
    let is_char = |operand: &Expr| matches!(operand.data_type, DataType::Char(_));
    let (constants, values): (Vec<&Expr>, Vec<&Expr>) =
        operands.iter().partition(|operand| is_constant(operand));
    let differ = values.windows(2).any(|pair| pair[0].data_type != pair[1].data_type);
    if values.is_empty() || !values.iter().all(|value| is_char(value)) || constants.is_empty() && !differ {
        return operands;
    }
    operands.into_iter().map(trimmed).collect()
}

/// A text without the spaces at its end.
fn trimmed(text: Expr) -> Expr {
    let (span, length) = (text.span, text.data_type.text_length().flatten());
    let data_type = DataType::Varchar(length);
    let kind = match text.kind {
        ExprKind::Literal(Literal::Text(text)) => {
            ExprKind::Literal(Literal::Text(text.trim_end_matches(' ').into()))
        }
        ExprKind::Literal(_) => return text,
        _ => {
            let kind = ExprKind::Literal(Literal::Text(" ".into()));
            let blank = Expr { kind, data_type: DataType::Varchar(Some(1)), span };
            ExprKind::Call { function: Function::Trim(Side::Trailing), arguments: vec![text, blank] }
        }
    };
    Expr { kind, data_type, span }
}

/// Characters of an exact number, a truth or a day, at most; a sign, a point and a zero before it count.
fn characters(data_type: DataType) -> Option<u32> {
    if let Some((digits, scale)) = data_type.digits() {
        return Some(u32::from(digits) + 1 + if scale > 0 { 2 } else { 0 });
    }
    match data_type {
        DataType::Boolean => Some(5),
        DataType::Date => Some(10),
        // The digits of a binary number and of a time of day may be cut from the right.
        _ => None,
    }
}
