//! `ROWTIME` of a joined row: the later of the times of the rows that met.

use super::super::data_type::DataType;
use super::super::expr::{Comparison, Expr, ExprKind};
use super::super::query::TimeAttribute;
use super::expr::Resolver;
use crate::source::Span;

impl Resolver<'_, '_> {
    /// Says that a join without a window is one of rows of the same time, as it was in Kinesis Data Analytics.
    pub(super) fn same_time(&mut self, span: Span, has_key: bool) {
        let (message, help) = if has_key {
            (
                "this join has no window: it only matches rows with the same ROWTIME, such as those of one record",
                "no action is needed if that is intended; otherwise write a time range: OVER (RANGE INTERVAL '1' MINUTE PRECEDING)",
            )
        } else {
            // Flink reads records by the hundred, so that many of them have one time.
            (
                "this join has no window and no key: it matches all rows with the same ROWTIME, including those of different records",
                "write ON with a column that identifies a record; a random cut forest needs no join, since it returns all columns of its CURSOR",
            )
        };
        self.approximate(span, message, help);
    }

    pub(super) fn has_rowtime(&self, relation: usize) -> bool {
        self.here.scope.relations[relation].times.contains(&TimeAttribute::Rowtime)
    }

    /// The latest `ROWTIME` of some relations. One that has no row of its own in the join has none.
    pub(super) fn latest(&self, relations: &[usize], span: Span) -> Option<Expr> {
        let time = |relation: &usize| Expr {
            kind: ExprKind::Rowtime { relation: *relation },
            data_type: DataType::Timestamp,
            span,
        };
        relations.iter().map(time).reduce(|first, second| later(first, second, span))
    }
}

fn later(first: Expr, second: Expr, span: Span) -> Expr {
    let boolean = |kind| Expr { kind, data_type: DataType::Boolean, span };
    let boxed = |expr: &Expr| Box::new(expr.clone());
    let compared = ExprKind::Compare {
        operator: Comparison::GreaterOrEqual,
        left: boxed(&first),
        right: boxed(&second),
    };
    let alone = ExprKind::IsNull { operand: boxed(&second), negated: false };
    let is_first = boolean(ExprKind::Or(vec![boolean(compared), boolean(alone)]));
    let kind = ExprKind::Case { branches: vec![(is_first, first)], otherwise: Some(Box::new(second)) };
    Expr { kind, data_type: DataType::Timestamp, span }
}

/// The first of the relations whose latest `ROWTIME` an expression is.
pub(super) fn of_joined_rows(expr: &Expr) -> Option<usize> {
    match &expr.kind {
        ExprKind::Rowtime { relation } => Some(*relation),
        ExprKind::Case { branches, otherwise: Some(second) } => {
            let [(_, first)] = branches.as_slice() else { return None };
            let relation = of_joined_rows(first)?;
            of_joined_rows(second)?;
            expr.same(&later(first.clone(), second.as_ref().clone(), expr.span)).then_some(relation)
        }
        _ => None,
    }
}
