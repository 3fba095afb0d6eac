//! FIRST_VALUE and LAST_VALUE of a group. The old service's take a NULL for a value, Flink's leave it out and know few
//! types: so each value becomes a text that is never NULL, and the result a value again.

use super::super::data_type::DataType;
use super::super::expr::{Aggregate, Comparison, Expr, ExprKind, Function, Literal};
use super::operand::convert;
use crate::source::Span;

/// What stands before a value, so that no value is the empty text, which NULL is.
const MARK: &str = "=";
const TEXT: DataType = DataType::Varchar(None);

pub(super) fn of_group(
    function: Aggregate,
    mut arguments: Vec<Expr>,
    data_type: DataType,
    span: Span,
) -> Option<Expr> {
    let value = arguments.pop()?;
    let text = |kind| Expr { kind, data_type: TEXT, span };
    let constant = |value: &str| text(ExprKind::Literal(Literal::Text(value.into())));
    let written = convert(value.clone(), TEXT);
    let marked = text(ExprKind::Concat(vec![constant(MARK), written]));
    let is_null = ExprKind::IsNull { operand: Box::new(value), negated: false };
    let is_null = Expr { kind: is_null, data_type: DataType::Boolean, span };
    let encoded =
        ExprKind::Case { branches: vec![(is_null, constant(""))], otherwise: Some(Box::new(marked)) };
    let kind = ExprKind::Aggregate { function, distinct: false, arguments: vec![text(encoded)], over: 0 };
    let chosen = text(kind);
    let is_value = ExprKind::Compare {
        operator: Comparison::NotEqual,
        left: Box::new(chosen.clone()),
        right: Box::new(constant("")),
    };
    let is_value = Expr { kind: is_value, data_type: DataType::Boolean, span };
    let second = Expr { kind: ExprKind::Literal(Literal::Integer(2)), data_type: DataType::Integer, span };
    let plain = text(ExprKind::Call { function: Function::Substring, arguments: vec![chosen, second] });
    let plain = convert(plain, data_type);
    let kind = ExprKind::Case { branches: vec![(is_value, plain)], otherwise: None };
    Some(Expr { kind, data_type, span })
}
