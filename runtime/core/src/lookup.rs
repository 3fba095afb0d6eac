//! Rows of a table, found by the value of a key.

use std::cmp::Ordering;

use crate::budget::Budget;
use crate::cast::cast;
use crate::eval::{Row, Values};
use crate::query::{Expr, Lookup, Query, Table};
use crate::value::Value;

/// The value of a constant, which needs no columns, and no time, since a table is frozen.
fn constant(expr: &Expr) -> Value<'static> {
    Row { values: Values::Inner(&[]), now: 0, budget: &Budget::default() }.value(expr).into_owned()
}

/// The rows of a table as values of its columns' types, in the order of the table.
pub(crate) fn rows(table: &Table) -> Vec<Vec<Value<'static>>> {
    let value = |(expr, data_type)| cast(constant(expr), data_type);
    table.rows.iter().map(|row| row.iter().zip(table.types.iter().copied()).map(value).collect()).collect()
}

/// Where the rows of a table are, sorted by a key. What a key equals here is what `=` says: the order of two values is
/// asked for nothing else.
#[derive(Clone, Debug)]
pub(crate) struct Index(Vec<(Value<'static>, usize)>);

impl Index {
    /// Prepares a look-up. A row whose key is NULL, or cannot be converted, is never found; of equal keys the first is.
    pub(crate) fn new(query: &Query, lookup: &Lookup) -> Self {
        let key = |row: &Vec<Expr>| {
            let key = constant(&row[lookup.key]);
            match lookup.cast {
                Some(data_type) => cast(key, data_type),
                None => key,
            }
        };
        let rows = query.tables[lookup.table].rows.iter().map(key);
        let mut keys: Vec<(Value, usize)> =
            rows.zip(0..).filter(|(key, _)| key.compare(key).is_some()).collect();
        keys.sort_by(|(a, _), (b, _)| a.compare(b).unwrap_or(Ordering::Equal));
        keys.dedup_by(|(later, _), (first, _)| later.compare(first) == Some(Ordering::Equal));
        Self(keys)
    }

    /// The row whose key equals a value.
    pub(crate) fn find(&self, value: &Value) -> Option<usize> {
        // NULL and NaN have no order, not even to themselves.
        value.compare(value)?;
        let found = self.0.binary_search_by(|(key, _)| key.compare(value).unwrap_or(Ordering::Less)).ok()?;
        Some(self.0[found].1)
    }
}
