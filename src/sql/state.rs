//! State without an end: what Flink remembers of every key that ever came, since nothing in the query says when a key
//! is over. Windows, joins within bounds of time and `RANGE` of an interval forget by themselves.

use super::expr::{Expr, ExprKind};
use super::query::{Frame, Insert, Order, Query, StreamColumn};
use super::rows::{Flow, KeyCount, Seen};
use crate::source::Span;

/// A place of a query whose state grows with every new key.
#[derive(Clone, Debug, PartialEq)]
pub struct EndlessState<'a> {
    /// What it is, in a few words: `LAG`, `OVER (ROWS ..)`.
    pub what: &'static str,
    /// The columns whose values are its keys, in alphabetical order; none where there is one key for all rows, `None`
    /// where a key is not a column.
    pub keys: Option<Vec<String>>,
    /// Different keys at most; `None` where that is unknown.
    pub most: Option<u64>,
    /// Rows that are remembered of a key.
    pub rows: u64,
    /// The columns of such a row.
    pub columns: &'a [StreamColumn],
    /// Where it is written.
    pub span: Span,
}

impl Query {
    /// All places whose state only a time-to-live ends.
    pub fn endless_states(&self, keys: KeyCount) -> Vec<EndlessState<'_>> {
        // How many records there are decides no number of keys.
        let flows = self.flows(1.0, self.streams.len(), keys);
        self.inserts.iter().filter_map(|insert| self.endless_state(insert, &flows, keys)).collect()
    }

    fn endless_state(&self, insert: &Insert, flows: &[Flow], counts: KeyCount) -> Option<EndlessState<'_>> {
        let select = &insert.select;
        let over = select.over.as_ref().filter(|over| matches!(over.order, Order::Time(_)))?;
        let (what, rows) = match over.frame {
            Frame::Range(_) | Frame::None => return None,
            Frame::Lag(rows) => ("LAG", rows + 1),
            Frame::Rows(rows) => ("OVER (ROWS ..)", rows + 1),
            Frame::Unbounded | Frame::UnboundedRows => ("OVER without a bound", 1),
        };
        let streams = select.from.streams();
        let name = |key: &Expr| match &key.kind {
            ExprKind::Column(column) => {
                let stream = self.stream(*streams.get(column.relation)?);
                Some(stream.columns.get(column.column)?.name.clone())
            }
            _ => None,
        };
        let mut keys: Option<Vec<String>> = over.partition.iter().map(name).collect();
        if let Some(keys) = &mut keys {
            keys.sort();
        }
        let columns = &self.stream(*streams.first()?).columns;
        let seen = Seen::of(self, &select.from, flows);
        // There is always another window.
        let most = if over.partition.iter().any(|key| seen.is_bound(key)) {
            keys.as_deref().and_then(counts)
        } else {
            seen.together(&over.partition, counts)
        };
        Some(EndlessState { what, keys, most, rows, columns, span: over.span })
    }
}
