//! Columns of which Flink may find that they hold one value: a condition before them says so.
//!
//! It then puts the value where the column is. A DATE that it makes of it may be one that its planner fails over.

use super::super::expr::{ColumnRef, Expr, ExprKind};
use super::super::query::{Query, Role, Select, StreamId};

/// Whether a condition of a SELECT, or one that the rows went through before, looks at a column of a relation.
pub(super) fn is_narrowed(query: &Query, select: &Select, column: ColumnRef) -> bool {
    narrowed(query, select, column, &mut Vec::new())
}

/// Whether rows of a stream go through a condition after it.
pub(super) fn is_narrowed_later(query: &Query, id: StreamId) -> bool {
    query.inserts.iter().filter(|insert| insert.select.from.streams().contains(&id)).any(|insert| {
        insert.select.filter.is_some()
            || !insert.select.from.expressions().is_empty()
            || is_narrowed_later(query, insert.into)
    })
}

/// The same, without the columns that were looked at.
fn narrowed(query: &Query, select: &Select, column: ColumnRef, seen: &mut Vec<(StreamId, usize)>) -> bool {
    let is_it = |part: &Expr| part.kind == ExprKind::Column(column);
    let mut conditions = select.from.expressions().into_iter().chain(&select.filter);
    if conditions.any(|condition| condition.any(&is_it)) {
        return true;
    }
    let (id, at) = (select.from.streams()[column.relation], column.column);
    if query.stream(id).role != Role::Inner || seen.contains(&(id, at)) {
        return false;
    }
    seen.push((id, at));
    query.inserts_into(id).any(|insert| {
        let mut columns = Vec::new();
        columns_of(&insert.select.items[at], &mut columns);
        columns.into_iter().any(|column| narrowed(query, &insert.select, column, seen))
    })
}

fn columns_of(expr: &Expr, columns: &mut Vec<ColumnRef>) {
    if let ExprKind::Column(column) = expr.kind {
        columns.push(column);
    }
    expr.operands(&mut |operand| columns_of(operand, columns));
}
