//! Conditions on a number by `ROW_NUMBER`.

use super::super::expr::{ColumnRef, Expr, ExprKind};
use super::super::query::Meaning;
use super::super::resolve::upper_bound;
use super::{Printer, narrowed};

impl<'a> Printer<'a> {
    /// The number by `ROW_NUMBER` that a condition bounds, with this condition, where another one is on the number, or
    /// may be further on. Flink has a plan for the bound alone.
    pub(super) fn rank(&self) -> Option<(ColumnRef, &'a Expr)> {
        self.shared()?;
        let select = &self.insert.select;
        let parts = parts_of(select.filter.as_ref()?);
        let (rank, bound) = parts.iter().find_map(|part| {
            let column = upper_bound(part)?;
            let stream = self.stream(column.relation);
            (stream.columns[column.column].meaning == Meaning::Rank).then_some((column, *part))
        })?;
        let is_it = |expr: &Expr| expr.kind == ExprKind::Column(rank);
        let mut others =
            parts.into_iter().filter(|part| !std::ptr::eq(*part, bound)).chain(select.from.expressions());
        let is_read =
            narrowed::is_narrowed_later(self.query, self.insert.into) || select.from.window().is_some();
        (is_read || others.any(|part| part.any(&is_it))).then_some((rank, bound))
    }
}

/// What must hold together.
pub(super) fn parts_of(condition: &Expr) -> Vec<&Expr> {
    match &condition.kind {
        ExprKind::And(parts) => parts.iter().collect(),
        _ => vec![condition],
    }
}
