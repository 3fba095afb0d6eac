//! Tests that are never NULL: `IS TRUE` and its like, `IS DISTINCT FROM`.

use sqlparser::ast;

use super::super::data_type::DataType;
use super::super::expr::{Aggregate, Comparison, Expr, ExprKind, Literal};
use super::super::name::Name;
use super::expr::{Resolver, typed};
use super::operand::{Operand, cover};
use crate::source::Span;

/// `IS [NOT] TRUE` or `IS [NOT] FALSE`.
#[derive(Clone, Copy)]
pub(super) struct Truth {
    /// The truth that is looked for.
    pub(super) of: bool,
    /// Without NOT.
    pub(super) is: bool,
}

impl Resolver<'_, '_> {
    pub(super) fn is_truth(&mut self, operand: &ast::Expr, truth: Truth) -> Option<Operand> {
        let condition = self.condition(operand, "IS TRUE")?;
        let span = condition.span;
        let condition = if truth.of { condition } else { boolean(ExprKind::Not(Box::new(condition)), span) };
        Some(Operand::Typed(chosen(
            vec![(condition, constant(truth.is, span))],
            constant(!truth.is, span),
            span,
        )))
    }

    pub(super) fn is_unknown(&mut self, operand: &ast::Expr, negated: bool) -> Option<Operand> {
        let operand = Box::new(self.condition(operand, "IS UNKNOWN")?);
        let span = operand.span;
        Some(typed(ExprKind::IsNull { operand, negated }, DataType::Boolean, span))
    }

    /// Whether two values differ, where NULL is a value like others.
    pub(super) fn distinct_from(
        &mut self,
        left: &ast::Expr,
        right: &ast::Expr,
        differ: bool,
    ) -> Option<Operand> {
        let before = *self.values;
        let operands = self.operands([left, right])?;
        // Each is looked at twice.
        self.repeated(before, 2)?;
        if let [Operand::Null(_), Operand::Typed(other)] | [Operand::Typed(other), Operand::Null(_)] =
            operands.as_slice()
        {
            let span = other.span;
            let kind = ExprKind::IsNull { operand: Box::new(other.clone()), negated: differ };
            return Some(typed(kind, DataType::Boolean, span));
        }
        let operands = self.comparable(operands, "IS DISTINCT FROM")?;
        let [left, right] = <[Expr; 2]>::try_from(operands).ok()?;
        let span = cover(left.span, right.span);
        let is_null = |operand: &Expr, negated: bool| {
            boolean(ExprKind::IsNull { operand: Box::new(operand.clone()), negated }, span)
        };
        let branches = vec![
            (is_null(&left, false), is_null(&right, differ)),
            (is_null(&right, false), constant(differ, span)),
        ];
        let operator = if differ { Comparison::NotEqual } else { Comparison::Equal };
        let compared = ExprKind::Compare { operator, left: Box::new(left), right: Box::new(right) };
        Some(Operand::Typed(chosen(branches, boolean(compared, span), span)))
    }
}

impl Resolver<'_, '_> {
    /// `EVERY(condition)` and `ANY(condition)`: the least, or the greatest, of the truths that are not NULL.
    pub(super) fn truth_of_all(&mut self, call: &ast::Function, name: &Name) -> Option<Operand> {
        let function = if name.text == "EVERY" { Aggregate::Min } else { Aggregate::Max };
        let mut call = call.clone();
        let arguments = match &mut call.args {
            ast::FunctionArguments::List(list) => list.args.as_mut_slice(),
            _ => &mut [],
        };
        let [ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(argument))] = arguments else {
            let message = format!("`{}` takes one condition", name.text);
            return self.mismatch(name.span, message, format!("write {}(x > 0)", name.text));
        };
        let condition = ast::Expr::Nested(Box::new(argument.clone()));
        let negated = ast::Expr::UnaryOp { op: ast::UnaryOperator::Not, expr: Box::new(condition.clone()) };
        let number = |digits: &str| ast::Expr::value(ast::Value::Number(digits.into(), false));
        let when = |condition: ast::Expr, digits: &str| ast::CaseWhen { condition, result: number(digits) };
        *argument = ast::Expr::Case {
            case_token: ast::helpers::attached_token::AttachedToken::empty(),
            end_token: ast::helpers::attached_token::AttachedToken::empty(),
            operand: None,
            conditions: vec![when(condition, "1"), when(negated, "0")],
            else_result: None,
        };
        let value = self.aggregate(function, &call, name)?;
        let span = value.span();
        let one = ExprKind::Literal(Literal::Integer(1));
        let one = Expr { kind: one, data_type: DataType::Integer, span };
        let left = Box::new(value.into_type(DataType::Integer));
        let kind = ExprKind::Compare { operator: Comparison::Equal, left, right: Box::new(one) };
        Some(typed(kind, DataType::Boolean, span))
    }
}

fn boolean(kind: ExprKind, span: Span) -> Expr {
    Expr { kind, data_type: DataType::Boolean, span }
}

fn constant(truth: bool, span: Span) -> Expr {
    boolean(ExprKind::Literal(Literal::Boolean(truth)), span)
}

fn chosen(branches: Vec<(Expr, Expr)>, otherwise: Expr, span: Span) -> Expr {
    boolean(ExprKind::Case { branches, otherwise: Some(Box::new(otherwise)) }, span)
}
