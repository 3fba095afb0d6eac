//! The ways from a record to the rows of an output, where each record alone decides what it becomes.

use super::super::expr::{ColumnRef, Expr, ExprKind};
use super::super::from::FromClause;
use super::super::query::{Insert, Query, Role, Stream, StreamId};
use crate::source::Span;

/// Ways to the rows of a stream that are compared; others are not.
const MOST_PATHS: usize = 16;
/// Parts of an expression that is compared; a longer one is not known.
const MOST_PARTS: usize = 64;

/// One way from a record to a row.
#[derive(Clone)]
struct Path {
    /// What the row has in each column, in columns of the input; `None` where that is not known.
    values: Vec<Option<Expr>>,
    /// Whether a condition decides if there is a row.
    is_conditional: bool,
    /// The statement that writes the row.
    span: Span,
}

impl Query {
    /// Two statements that make rows of the same record with different values of a column: one of them makes a row of each
    /// record. Conditions of both may exclude each other, which is not known here.
    pub fn rows_that_differ(&self, output: &Stream, column: usize) -> Option<(Span, Span)> {
        self.stateless().ok()?;
        let is_output =
            |id: &StreamId| self.stream(*id).role == Role::Output && self.stream(*id).name == output.name;
        let paths = self.paths(self.stream_ids().find(is_output)?);
        let value = |path: &Path| path.values.get(column).cloned().flatten();
        paths.iter().enumerate().find_map(|(at, second)| {
            let of_second = value(second)?;
            let differs = |first: &&Path| {
                let may_both = !first.is_conditional || !second.is_conditional;
                may_both && value(first).is_some_and(|of_first| !of_first.same(&of_second))
            };
            paths[..at].iter().find(differs).map(|first| (first.span, second.span))
        })
    }

    /// The ways to the rows of a stream. A stream is fed by earlier ones only.
    fn paths(&self, of: StreamId) -> Vec<Path> {
        let mut all: Vec<Vec<Path>> = Vec::new();
        for id in self.stream_ids().take(of.0 + 1) {
            let paths = match id {
                StreamId::INPUT => vec![self.record()],
                id => {
                    let inserts = self.inserts_into(id);
                    inserts.flat_map(|insert| through(insert, &all)).take(MOST_PATHS).collect()
                }
            };
            all.push(paths);
        }
        all.pop().unwrap_or_default()
    }

    /// The record itself.
    fn record(&self) -> Path {
        let stream = self.stream(StreamId::INPUT);
        let value = |at: usize| {
            let column = &stream.columns[at];
            let kind = ExprKind::Column(ColumnRef { relation: 0, column: at });
            Some(Expr { kind, data_type: column.data_type, span: column.span })
        };
        Path {
            values: (0..stream.columns.len()).map(value).collect(),
            is_conditional: false,
            span: stream.span,
        }
    }
}

/// The ways through a statement.
fn through<'a>(insert: &'a Insert, before: &'a [Vec<Path>]) -> impl Iterator<Item = Path> + 'a {
    let from = &insert.select.from;
    let is_plain = matches!(from, FromClause::Stream { .. });
    let first = from.streams().first().map_or(0, |stream| stream.0);
    let is_conditional = insert.select.filter.is_some() || !is_plain;
    before.get(first).into_iter().flatten().map(move |path| Path {
        values: insert.select.items.iter().map(|item| in_record(item, &path.values, &mut 0)).collect(),
        is_conditional: path.is_conditional || is_conditional,
        span: insert.span,
    })
}

/// A value of a row in columns of the input.
fn in_record(expr: &Expr, values: &[Option<Expr>], parts: &mut usize) -> Option<Expr> {
    *parts += 1;
    if *parts > MOST_PARTS {
        return None;
    }
    if let ExprKind::Column(column) = expr.kind {
        // Columns of a reference table are not those of the record.
        let value = values.get(column.column).filter(|_| column.relation == 0)?.as_ref()?;
        *parts += size(value);
        return (*parts <= MOST_PARTS).then(|| value.clone());
    }
    let mut found = expr.clone();
    let mut is_known = true;
    found.operands_mut(&mut |operand| match in_record(operand, values, parts) {
        Some(value) => *operand = value,
        None => is_known = false,
    });
    is_known.then_some(found)
}

/// Parts of an expression.
fn size(expr: &Expr) -> usize {
    let mut parts = 1;
    expr.operands(&mut |operand| parts += size(operand));
    parts
}
