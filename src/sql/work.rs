//! What a query makes Flink do with its rows beyond reading, filtering and writing them.

use super::data_type::DataType;
use super::expr::{ColumnRef, Comparison, Expr, ExprKind};
use super::from::{FromClause, JoinKind, WindowKind};
use super::query::{
    Frame, Insert, Meaning, Order, Query, RecordFormat, StreamColumn, StreamId, TimeAttribute,
};
use super::rows::{Flow, KeyCount, Seen};
use crate::source::Span;

/// An operator that remembers rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Operator {
    /// What it does.
    pub kind: OperatorKind,
    /// By what its rows are spread over its subtasks.
    pub keys: Keys,
    /// Different values of them at most; `None` where that is unknown.
    pub most: Option<u64>,
    /// Whether it cuts `ROWTIME` into windows.
    pub clock: bool,
    /// Rows that reach it for each record of the pipeline, at most.
    pub rows_per_record: f64,
    /// Where it is written.
    pub span: Span,
}

/// Kinds of operators, by what a row costs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatorKind {
    /// A group's aggregates in windows that do not depend on the rows.
    Window,
    /// The same in windows that end with a pause.
    Session,
    /// The first few of a window.
    Rank,
    /// Two streams within bounds of time.
    Join,
    /// The same, whose rows without a partner all stay.
    FullJoin,
    /// OVER a range of time, in milliseconds: it goes through the rows of the key in it.
    OverRange(i64),
    /// OVER of a number of rows, or of all.
    Over,
}

impl OperatorKind {
    /// The kind in a word or two.
    pub fn name(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::Session => "session",
            Self::Rank => "rank",
            Self::Join => "join",
            Self::FullJoin => "full join",
            Self::OverRange(_) => "OVER RANGE",
            Self::Over => "OVER",
        }
    }
}

/// What the rows of one subtask have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keys {
    /// All rows go to one subtask.
    One,
    /// Columns, in alphabetical order.
    Columns(Vec<String>),
    /// Something that is computed.
    Computed,
}

impl Query {
    /// The operators that remember rows, in the order of the SQL, for so many records a second.
    pub fn operators(&self, records_per_second: f64, keys: KeyCount) -> Vec<Operator> {
        let flows = self.flows(records_per_second, self.streams.len(), keys);
        let mut operators: Vec<Operator> =
            self.inserts.iter().flat_map(|insert| self.operators_of(insert, &flows, keys)).collect();
        for operator in &mut operators {
            operator.rows_per_record /= records_per_second;
        }
        operators
    }

    /// Columns of the input that the SQL reads as times, in addition to the event time: how many of them are texts, and
    /// how many numbers. Flink converts no others, unless it looks for faults.
    pub fn timestamps(&self) -> (usize, usize) {
        let of_event = self.event_time.map(|event_time| event_time.column);
        let mut read = vec![self.errors.is_some(); self.input.len()];
        for insert in &self.inserts {
            let select = &insert.select;
            let streams = select.from.streams();
            for expr in select.expressions().into_iter().chain(select.from.expressions()) {
                columns(expr, &mut |column| {
                    if streams.get(column.relation) == Some(&StreamId::INPUT)
                        && let Some(read) = read.get_mut(column.column)
                    {
                        *read = true;
                    }
                });
            }
        }
        let is_time = |(at, column): &(usize, &super::Column)| {
            column.data_type == DataType::Timestamp && Some(*at) != of_event && read[*at]
        };
        let (numbers, texts): (Vec<_>, Vec<_>) =
            self.input.iter().enumerate().filter(is_time).partition(|(_, column)| column.epoch.is_some());
        (texts.len(), numbers.len())
    }

    /// Whether a record holds an array whose elements become rows.
    pub fn has_elements(&self) -> bool {
        self.format == RecordFormat::Json && self.input.iter().any(|column| column.path.elements().is_some())
    }

    fn operators_of(&self, insert: &Insert, flows: &[Flow], counts: KeyCount) -> Vec<Operator> {
        let select = &insert.select;
        let seen = Seen::of(self, &select.from, flows);
        let columns: Vec<&[StreamColumn]> =
            select.from.streams().into_iter().map(|id| self.stream(id).columns.as_slice()).collect();
        let mut operators = Vec::new();
        joins(&select.from, &columns, &Known { seen: &seen, flows, counts }, &mut operators);
        let rows_per_record = select.from.rows_read(flows);
        if let (Some(group), Some(window)) = (&select.group, select.from.window()) {
            let kind = match window.kind {
                WindowKind::Session { .. } => OperatorKind::Session,
                _ => OperatorKind::Window,
            };
            let keys = keys(&group.keys, &columns);
            let most = seen.together(&group.keys, counts);
            let clock = window.time == TimeAttribute::Rowtime && kind == OperatorKind::Window;
            operators.push(Operator { kind, keys, most, clock, rows_per_record, span: group.span });
        }
        if let Some(over) = &select.over {
            let kind = match (&over.order, over.frame) {
                (Order::Values(_), _) => OperatorKind::Rank,
                (Order::Time(_), Frame::Range(ms)) => OperatorKind::OverRange(ms),
                (Order::Time(_), _) => OperatorKind::Over,
            };
            let keys = keys(&over.partition, &columns);
            let most = seen.together(&over.partition, counts);
            operators.push(Operator { kind, keys, most, clock: false, rows_per_record, span: over.span });
        }
        operators
    }
}

/// What is known of the rows of a SELECT.
struct Known<'k> {
    seen: &'k Seen<'k>,
    flows: &'k [Flow],
    counts: KeyCount<'k>,
}

fn joins(from: &FromClause, columns: &[&[StreamColumn]], known: &Known, found: &mut Vec<Operator>) {
    match from {
        FromClause::Stream { .. } => {}
        FromClause::Lookup { left, .. } => joins(left, columns, known, found),
        FromClause::Join { left, right, kind, on, span, .. } => {
            joins(left, columns, known, found);
            joins(right, columns, known, found);
            let mut equal = Vec::new();
            if let Some(on) = on {
                equalities(on, left.streams().len(), &mut equal);
            }
            let left_keys = equal.iter().map(|(left, _)| *left);
            found.push(Operator {
                kind: match kind {
                    JoinKind::Full => OperatorKind::FullJoin,
                    JoinKind::Inner | JoinKind::Left | JoinKind::Right => OperatorKind::Join,
                },
                keys: keys(left_keys, columns),
                most: known.seen.of_both_sides(&equal, known.counts),
                clock: false,
                rows_per_record: left.rows_read(known.flows) + right.rows_read(known.flows),
                span: *span,
            });
        }
    }
}

/// What an ON says to be equal of both sides, that of the left first. `first` is the number of the left's relations.
fn equalities<'e>(on: &'e Expr, first: usize, found: &mut Vec<(&'e Expr, &'e Expr)>) {
    match &on.kind {
        ExprKind::And(all) => all.iter().for_each(|one| equalities(one, first, found)),
        ExprKind::Compare { operator: Comparison::Equal, left, right } => {
            let (left_is_left, right_is_left) = (side(left, first), side(right, first));
            match (left_is_left, right_is_left) {
                (Some(true), Some(false)) => found.push((left, right)),
                (Some(false), Some(true)) => found.push((right, left)),
                _ => {}
            }
        }
        _ => {}
    }
}

/// Whether an expression reads the left side of a join alone; `None` if it reads both, or neither.
fn side(expr: &Expr, first: usize) -> Option<bool> {
    let mut found: Option<Option<bool>> = None;
    visit(expr, &mut |relation| {
        let is_left = relation < first;
        found = Some(match found {
            None => Some(is_left),
            Some(before) => before.filter(|before| *before == is_left),
        });
    });
    found.flatten()
}

fn columns(expr: &Expr, seen: &mut dyn FnMut(&ColumnRef)) {
    match &expr.kind {
        ExprKind::Column(column) => seen(column),
        _ => expr.operands(&mut |operand| columns(operand, seen)),
    }
}

fn visit(expr: &Expr, seen: &mut dyn FnMut(usize)) {
    match &expr.kind {
        ExprKind::Column(column) => seen(column.relation),
        ExprKind::Rowtime { relation } => seen(*relation),
        _ => expr.operands(&mut |operand| visit(operand, seen)),
    }
}

fn keys<'e>(exprs: impl IntoIterator<Item = &'e Expr>, columns: &[&[StreamColumn]]) -> Keys {
    let mut names = Vec::new();
    let mut computed = false;
    for expr in exprs {
        match &expr.kind {
            ExprKind::Column(column) => {
                let Some(column) = columns.get(column.relation).and_then(|all| all.get(column.column)) else {
                    computed = true;
                    continue;
                };
                // All rows of a window have these in common.
                if !matches!(column.meaning, Meaning::WindowStart { .. } | Meaning::WindowEnd { .. }) {
                    names.push(column.name.clone());
                }
            }
            ExprKind::Window(_) | ExprKind::Literal(_) => {}
            _ => computed = true,
        }
    }
    names.sort();
    names.dedup();
    match (computed, names.is_empty()) {
        (true, _) => Keys::Computed,
        (false, true) => Keys::One,
        (false, false) => Keys::Columns(names),
    }
}
