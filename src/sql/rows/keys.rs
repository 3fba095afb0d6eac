//! How many different values keys have together.

use super::{KeyCount, Seen, least};
use crate::sql::expr::{Expr, ExprKind};
use crate::sql::query::StreamId;

/// A key of several expressions.
pub(super) struct Key {
    /// Whether an expression is neither a column nor a constant.
    pub computed: bool,
    /// The columns that are read, as they come.
    columns: Vec<String>,
    /// The product of the values of each expression.
    product: Option<f64>,
    /// Whether the same values of the columns give the same key.
    of_columns: bool,
}

impl Default for Key {
    fn default() -> Self {
        Self { computed: false, columns: Vec::new(), product: Some(1.0), of_columns: true }
    }
}

impl Key {
    /// Adds an expression, except a bound of a window.
    pub fn add(&mut self, seen: &Seen, expr: &Expr) {
        if seen.is_bound(expr) {
            return;
        }
        seen.names(expr, &mut self.columns);
        self.computed |= !matches!(expr.kind, ExprKind::Column(_) | ExprKind::Literal(_));
        self.of_columns &= Seen::is_of_columns(expr);
        self.multiply(seen.values(expr));
    }

    /// Adds a column of a stream that is not in it yet.
    pub fn add_column(&mut self, seen: &Seen, stream: StreamId, at: usize) {
        let name = seen.query.stream(stream).columns.get(at).map(|column| column.name.clone());
        if name.as_ref().is_none_or(|name| self.columns.contains(name)) {
            return;
        }
        self.columns.extend(name);
        self.multiply(seen.flows.get(stream.0).and_then(|flow| *flow.values.get(at)?));
    }

    fn multiply(&mut self, values: Option<f64>) {
        self.product = self.product.zip(values).map(|(product, values)| product * values);
    }

    /// The columns in alphabetical order.
    pub fn columns(&self) -> Vec<String> {
        let mut columns = self.columns.clone();
        columns.sort();
        columns.dedup();
        columns
    }

    /// Different values at most: as many as the spec declares for the columns together, or the product of what is known
    /// of each.
    pub fn values(&self, keys: KeyCount) -> Option<f64> {
        let told = if self.of_columns { keys(&self.columns()).map(|count| count as f64) } else { None };
        least(self.product, told)
    }
}

impl Seen<'_> {
    /// Names of the columns that an expression reads.
    fn names(&self, expr: &Expr, found: &mut Vec<String>) {
        if let ExprKind::Column(column) = &expr.kind {
            let stream = self.streams.get(column.relation).map(|stream| self.query.stream(*stream));
            found.extend(stream.and_then(|stream| stream.columns.get(column.column)).map(|c| c.name.clone()));
        }
        expr.operands(&mut |operand| self.names(operand, found));
    }

    /// Different values of some expressions together at most.
    pub(in crate::sql) fn together<'e>(
        &self,
        exprs: impl IntoIterator<Item = &'e Expr>,
        keys: KeyCount,
    ) -> Option<u64> {
        let mut key = Key::default();
        exprs.into_iter().for_each(|expr| key.add(self, expr));
        key.values(keys).map(whole)
    }

    /// Different values of both sides of equalities together at most: a row without a partner has a key, too.
    pub(in crate::sql) fn of_both_sides(&self, equal: &[(&Expr, &Expr)], keys: KeyCount) -> Option<u64> {
        let of_one = |(left, right): &(&Expr, &Expr)| {
            let (mut names, mut others) = (Vec::new(), Vec::new());
            self.names(left, &mut names);
            self.names(right, &mut others);
            let is_column = |expr: &Expr| matches!(expr.kind, ExprKind::Column(_));
            let told =
                if is_column(left) && is_column(right) && names == others { keys(&names) } else { None };
            let sum = self.values(left).zip(self.values(right)).map(|(left, right)| left + right);
            least(sum, told.map(|count| count as f64))
        };
        let product = equal.iter().try_fold(1.0, |product, pair| Some(product * of_one(pair)?));
        let mut left = Key::default();
        equal.iter().for_each(|(expr, _)| left.add(self, expr));
        let told = if left.of_columns { keys(&left.columns()).map(|count| count as f64) } else { None };
        least(product, told).map(whole)
    }
}

/// A bound as a whole number, of one value at least.
fn whole(bound: f64) -> u64 {
    bound.ceil().max(1.0) as u64
}
