//! `FROM a, b WHERE ..`: a join whose conditions are in WHERE.

use sqlparser::ast;

use super::super::data_type::DataType;
use super::super::expr::{ColumnRef, Expr, ExprKind, Literal};
use super::super::query::{FromClause, JoinKind};
use super::expr::Resolver;
use super::from::{Leaf, and};
use crate::source::Span;

impl Resolver<'_, '_> {
    /// Joins the streams from left to right; each join takes the conditions that compare its two sides.
    pub(super) fn streams_of_list(
        &mut self,
        first: &ast::TableWithJoins,
        others: &[ast::TableWithJoins],
        selection: Option<&ast::Expr>,
    ) -> Option<(FromClause, Option<Option<Expr>>)> {
        let mut left = self.table(first)?;
        let mut sides: Vec<(Leaf, usize)> = Vec::new();
        for other in others {
            if !other.joins.is_empty() {
                let help = "write JOIN .. ON between all of them";
                return self.refuse(None, "JOIN after a comma", help);
            }
            let first_right = self.here.scope.relations.len();
            sides.push((self.relation(&other.relation)?, first_right));
        }
        let before = *self.values;
        let condition = match selection {
            Some(condition) => Some(self.condition(condition, "WHERE")?),
            None => None,
        };
        let values = *self.values - before;
        let mut parts = match condition {
            Some(Expr { kind: ExprKind::And(parts), .. }) => parts,
            other => other.into_iter().collect(),
        };
        for (right, first_right) in sides {
            let streams = right.from.streams().len();
            let (on, rest) = parts.into_iter().partition(|part| {
                let relations = relations(part);
                relations.iter().any(|relation| *relation < first_right)
                    && relations.iter().any(|relation| *relation >= first_right)
                    && relations.iter().all(|relation| *relation < first_right + streams)
            });
            parts = rest;
            let on = all(on).unwrap_or_else(|| truth(self.span));
            left = self.joined_by(left, right, JoinKind::Inner, on, first_right, values)?;
        }
        Some((left.from, Some(all(parts))))
    }
}

/// The relations that a condition reads.
fn relations(condition: &Expr) -> Vec<usize> {
    let mut found = Vec::new();
    fn add(expr: &Expr, found: &mut Vec<usize>) {
        match expr.kind {
            ExprKind::Column(ColumnRef { relation, .. }) | ExprKind::Rowtime { relation } => {
                found.push(relation);
            }
            _ => expr.operands(&mut |operand| add(operand, found)),
        }
    }
    add(condition, &mut found);
    found
}

fn all(mut parts: Vec<Expr>) -> Option<Expr> {
    if parts.len() < 2 { parts.pop() } else { Some(and(parts)) }
}

fn truth(span: Span) -> Expr {
    Expr { kind: ExprKind::Literal(Literal::Boolean(true)), data_type: DataType::Boolean, span }
}
