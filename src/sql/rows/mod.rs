//! How many rows a query makes of its records, where its text says it.

mod keys;
mod paths;

use self::keys::Key;
use super::data_type::{DataType, Family};
use super::expr::{Expr, ExprKind};
use super::from::{FromClause, JoinKind, Window, WindowKind};
use super::query::{Group, Insert, Meaning, Query, RecordFormat, Role, Stream, StreamId};
use crate::source::Span;

/// How many different values columns have together, where the user says it; the columns in alphabetical order.
pub type KeyCount<'k> = &'k dyn Fn(&[String]) -> Option<u64>;

/// How many rows of an output there are.
#[derive(Clone, Debug, PartialEq)]
pub struct RowRate {
    /// Rows a second at most. What `open` holds counts as one row of each row.
    pub per_second: f64,
    /// Places that make rows in a number that only the records know.
    pub open: Vec<OpenPlace>,
    /// The windows that the rows come from.
    pub windows: Vec<WindowRows>,
}

/// A place of a query that makes any number of rows of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenPlace {
    /// What it is, in a few words.
    pub what: &'static str,
    /// Where it is written.
    pub span: Span,
}

/// The groups of windows. Each gives a row whenever a window ends, on average over the length of a window: they all come
/// at its end, and the sink takes up to the next one to write them. By an event time, windows end as fast as the times of
/// the records pass.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowRows {
    /// The columns of the keys, in alphabetical order; none where a key is a time and the number is unknown.
    pub columns: Vec<String>,
    /// Whether a key is computed from them, and is not a column itself.
    pub computed: bool,
    /// Different keys at most; `None` where that is unknown, and each record may be a group of its own.
    pub keys: Option<f64>,
    /// Milliseconds from the end of a window to that of the next, at least.
    pub step_ms: i64,
    /// Where the groups are written.
    pub span: Span,
}

/// What is known of a stream.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    /// Its rows.
    pub rate: RowRate,
    /// Different values of each column at most.
    values: Vec<Option<f64>>,
}

/// TRUE, FALSE and NULL.
const BOOLEANS: f64 = 3.0;

impl Query {
    /// Whether a record makes one row of an output at most.
    pub fn makes_one_row(&self, output: &Stream) -> bool {
        let rate = self.row_rate(output, 1.0, &|_| None);
        rate.open.is_empty() && rate.per_second <= 1.0
    }

    /// The rows of an output that so many records a second become at most: each condition may be true, and a record whose
    /// key is one of an unknown number is a group of its own.
    pub fn row_rate(&self, output: &Stream, records_per_second: f64, keys: KeyCount) -> RowRate {
        let is_output = |stream: &Stream| stream.role == Role::Output && stream.name == output.name;
        // Any record may be a fault.
        let found = self.stream_ids().find(|id| is_output(self.stream(*id)));
        match found.filter(|_| !self.is_errors(output)) {
            Some(output) => self.row_rate_of(output, records_per_second, keys),
            None => RowRate::of(records_per_second),
        }
    }

    /// The same of any stream.
    pub fn row_rate_of(&self, stream: StreamId, records_per_second: f64, keys: KeyCount) -> RowRate {
        self.flows(records_per_second, stream.0 + 1, keys).swap_remove(stream.0).rate
    }

    /// What is known of the first streams.
    pub(super) fn flows(&self, records_per_second: f64, streams: usize, keys: KeyCount) -> Vec<Flow> {
        let array = self
            .input
            .iter()
            .find(|column| self.format == RecordFormat::Json && column.path.elements().is_some());
        let place = |span| OpenPlace { what: "an array whose elements become rows", span };
        let mut flows: Vec<Flow> = Vec::new();
        // A stream is fed by earlier ones only.
        for id in self.stream_ids().take(streams) {
            let stream = self.stream(id);
            let mut flow = if id == StreamId::INPUT {
                let open = array.map(|column| place(column.span)).into_iter().collect();
                let rate = RowRate { open, ..RowRate::of(records_per_second) };
                Flow { rate, values: stream.columns.iter().map(|column| of_type(column.data_type)).collect() }
            } else if let Role::Reference(at) = stream.role {
                // A row without a partner has NULL.
                let rows = self.references.get(at).map(|rows| rows.len() as f64 + 1.0);
                Flow { rate: RowRate::of(0.0), values: vec![rows; stream.columns.len()] }
            } else {
                self.fed(id, &flows, keys)
            };
            for (column, values) in stream.columns.iter().zip(&mut flow.values) {
                let told = keys(std::slice::from_ref(&column.name)).map(|count| count as f64);
                *values = least(*values, told);
            }
            flows.push(flow);
        }
        flows
    }

    /// What is known of a stream that SELECTs feed.
    fn fed(&self, id: StreamId, flows: &[Flow], keys: KeyCount) -> Flow {
        let columns = &self.stream(id).columns;
        let mut flow = Flow { rate: RowRate::of(0.0), values: vec![Some(0.0); columns.len()] };
        for insert in self.inserts_into(id) {
            let seen = Seen::of(self, &insert.select.from, flows);
            flow.rate.add(insert.row_rate(&seen, keys));
            for (at, values) in flow.values.iter_mut().enumerate() {
                let more = insert.select.items.get(at).and_then(|item| seen.values(item));
                *values = values.zip(more).map(|(some, more)| some + more);
            }
        }
        for (column, values) in columns.iter().zip(&mut flow.values) {
            *values = least(*values, of_type(column.data_type));
        }
        flow
    }
}

/// Different values of a type at most.
fn of_type(data_type: DataType) -> Option<f64> {
    (data_type == DataType::Boolean).then_some(BOOLEANS)
}

/// The lower of two upper bounds.
fn least(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

impl RowRate {
    fn of(per_second: f64) -> Self {
        Self { per_second, open: Vec::new(), windows: Vec::new() }
    }

    fn add(&mut self, other: Self) {
        self.per_second += other.per_second;
        self.also(other);
    }

    /// Takes over what another holds, except its number.
    fn also(&mut self, other: Self) {
        for place in other.open {
            if !self.open.contains(&place) {
                self.open.push(place);
            }
        }
        for window in other.windows {
            if !self.windows.contains(&window) {
                self.windows.push(window);
            }
        }
    }

    /// The columns of keys whose number is unknown.
    pub fn unknown_keys(&self) -> impl Iterator<Item = &WindowRows> {
        self.windows.iter().filter(|window| window.keys.is_none())
    }
}

/// What a SELECT sees.
pub(super) struct Seen<'q> {
    query: &'q Query,
    flows: &'q [Flow],
    /// Its relations.
    streams: Vec<StreamId>,
}

impl<'q> Seen<'q> {
    /// What is read from a FROM.
    pub(super) fn of(query: &'q Query, from: &FromClause, flows: &'q [Flow]) -> Self {
        Self { query, flows, streams: from.streams() }
    }

    /// Different values of an expression at most.
    fn values(&self, expr: &Expr) -> Option<f64> {
        let found = match &expr.kind {
            ExprKind::Column(column) => {
                let stream = self.streams.get(column.relation)?;
                *self.flows.get(stream.0)?.values.get(column.column)?
            }
            ExprKind::Literal(_) => Some(1.0),
            ExprKind::Case { branches, otherwise } => {
                let otherwise = otherwise.as_ref().map_or(Some(1.0), |otherwise| self.values(otherwise));
                branches.iter().try_fold(otherwise?, |sum, (_, value)| Some(sum + self.values(value)?))
            }
            ExprKind::Rowtime { .. }
            | ExprKind::Window(_)
            | ExprKind::Anomaly(_)
            | ExprKind::Aggregate { .. } => None,
            _ => {
                // A function of no values may be the time.
                let mut product: Option<Option<f64>> = None;
                expr.operands(&mut |operand| {
                    let values = self.values(operand);
                    product = Some(match product {
                        None => values,
                        Some(before) => before.zip(values).map(|(before, values)| before * values),
                    });
                });
                product.flatten()
            }
        };
        least(found, of_type(expr.data_type))
    }

    /// Whether a key is a bound of an inner window, which does not tell rows of one window apart, or not more of them than
    /// come in.
    pub(super) fn is_bound(&self, key: &Expr) -> bool {
        match &key.kind {
            ExprKind::Window(_) => true,
            ExprKind::Column(column) => self.streams.get(column.relation).is_some_and(|stream| {
                let column = self.query.stream(*stream).columns.get(column.column);
                column.is_some_and(|column| {
                    matches!(column.meaning, Meaning::WindowStart { .. } | Meaning::WindowEnd { .. })
                })
            }),
            _ => false,
        }
    }

    /// Whether an expression has one value for the same values of its columns.
    fn is_of_columns(expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Column(_) | ExprKind::Literal(_) => true,
            ExprKind::Rowtime { .. }
            | ExprKind::Window(_)
            | ExprKind::Anomaly(_)
            | ExprKind::Aggregate { .. } => false,
            _ => {
                let (mut any, mut all) = (false, true);
                expr.operands(&mut |operand| {
                    any = true;
                    all &= Self::is_of_columns(operand);
                });
                any && all
            }
        }
    }

    /// Whether an expression, or a part of it, is a time.
    fn reads_time(&self, expr: &Expr) -> bool {
        let mut found = expr.data_type.family() == Family::Time && !self.is_bound(expr);
        expr.operands(&mut |operand| found |= self.reads_time(operand));
        found
    }

    /// The groups of a window.
    fn groups(&self, group: &Group, window: &Window, keys: KeyCount) -> WindowRows {
        let mut key = Key::default();
        group.keys.iter().for_each(|expr| key.add(self, expr));
        if let (WindowKind::Session { partition, .. }, Some(stream)) = (&window.kind, self.streams.first()) {
            partition.iter().for_each(|at| key.add_column(self, *stream, *at));
        }
        let count = key.values(keys);
        // Windows of windows: the keys of a row are those of an inner row.
        let inner = |expr: &Expr| self.is_bound(expr) && !matches!(expr.kind, ExprKind::Window(_));
        // Times have no number of values that anybody could tell.
        let is_time = count.is_none() && group.keys.iter().any(|expr| self.reads_time(expr));
        WindowRows {
            columns: if is_time { Vec::new() } else { key.columns() },
            computed: key.computed,
            // Several inner windows may end within one.
            keys: if group.keys.iter().any(inner) { count.map(|_| f64::INFINITY) } else { count },
            step_ms: window.kind.step_ms(),
            span: group.span,
        }
    }
}

impl Insert {
    fn row_rate(&self, seen: &Seen, keys: KeyCount) -> RowRate {
        let mut rate = self.select.from.row_rate(seen.flows);
        if let (Some(group), Some(window)) = (&self.select.group, self.select.from.window()) {
            let windows = seen.groups(group, window, keys);
            match windows.keys {
                Some(keys) => {
                    let rows = keys * 1000.0 / windows.step_ms as f64;
                    if rows < rate.per_second {
                        rate.per_second = rows;
                        rate.windows = vec![windows];
                    }
                }
                None => rate.windows.push(windows),
            }
        }
        rate
    }
}

impl FromClause {
    /// The rows that are read, each once, however many windows it belongs to.
    pub(super) fn rows_read(&self, flows: &[Flow]) -> f64 {
        match self {
            Self::Stream { stream, .. } => flows[stream.0].rate.per_second,
            Self::Lookup { left, .. } => left.rows_read(flows),
            Self::Join { .. } => self.row_rate(flows).per_second,
        }
    }

    fn row_rate(&self, flows: &[Flow]) -> RowRate {
        match self {
            Self::Stream { stream, window, .. } => {
                let mut rate = flows[stream.0].rate.clone();
                rate.per_second *= window.as_ref().map_or(1.0, Window::overlap);
                rate
            }
            Self::Lookup { left, .. } => left.row_rate(flows),
            Self::Join { left, right, kind, span, .. } => {
                let (mut rate, right) = (left.row_rate(flows), right.row_rate(flows));
                rate.per_second = match kind {
                    JoinKind::Inner | JoinKind::Left | JoinKind::Right => {
                        rate.per_second.max(right.per_second)
                    }
                    JoinKind::Full => rate.per_second + right.per_second,
                };
                rate.also(right);
                let place = OpenPlace { what: "a join", span: *span };
                rate.also(RowRate { open: vec![place], ..RowRate::of(0.0) });
                rate
            }
        }
    }
}

impl Window {
    /// In how many windows a row is.
    fn overlap(&self) -> f64 {
        match self.kind {
            WindowKind::Tumble { .. } | WindowKind::Session { .. } => 1.0,
            WindowKind::Hop { slide_ms: step, size_ms } | WindowKind::Cumulate { step_ms: step, size_ms } => {
                (size_ms as f64 / step.max(1) as f64).ceil().max(1.0)
            }
        }
    }
}

impl WindowKind {
    /// The time from the end of one window to that of the next, in milliseconds; the least that it is, and at least 1.
    fn step_ms(&self) -> i64 {
        let step = match self {
            Self::Tumble { size_ms } => *size_ms,
            Self::Hop { slide_ms, .. } => *slide_ms,
            Self::Cumulate { step_ms, .. } => *step_ms,
            Self::Session { gap_ms, .. } => *gap_ms,
        };
        step.max(1)
    }
}

#[cfg(test)]
pub(super) mod tests;
