//! What is computed and left out before rows are cut into windows by the clock.
//!
//! Flink has no plan for such a window where anything but columns is between it and its groups, and leaves of what is
//! computed there some things that it does not see a use for. So arguments of aggregates and keys are columns, and
//! conditions come first. Windows of an event time stay as they are written.

use super::super::expr::{Aggregate, ColumnRef, Expr, ExprKind};
use super::super::query::{Clock, Query, Role, StreamId, TimeAttribute, Window, WindowKind};
use super::{Printer, opaque, quote, time, time_name};

/// What the columns of computed values are called, with a number after it.
pub(super) const VALUE: &str = "pipec_value_";

/// The rows of a stream as they are cut into windows.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Values in addition to the columns: what each is, and its name.
    pub(super) values: Vec<(String, String)>,
    /// What must hold.
    pub(super) conditions: Vec<String>,
}

impl Rows {
    /// The stream, or a SELECT of it, as an argument of a table function.
    pub(super) fn argument(&self, table: String) -> String {
        let rows = self.of(table);
        if rows.starts_with('(') { rows } else { format!("TABLE {rows}") }
    }

    /// The column of a value, if there is one of it.
    pub(super) fn name_of(&self, text: &str) -> Option<String> {
        self.values.iter().find(|(known, _)| known == text).map(|(_, name)| name.clone())
    }

    /// The column of a value, which is new if there is none of it yet.
    pub(super) fn value(&mut self, text: String) -> String {
        if let Some(name) = self.name_of(&text) {
            return name;
        }
        let name = quote::name(&format!("{VALUE}{}", self.values.len() + 1));
        self.values.push((text, name.clone()));
        name
    }

    /// The stream, or a SELECT of it.
    pub(super) fn of(&self, table: String) -> String {
        let reads =
            |text: &str, values: &[&(String, String)]| values.iter().any(|(_, name)| text.contains(name));
        let mut open: Vec<&(String, String)> = self.values.iter().collect();
        let (late, early): (Vec<&String>, Vec<&String>) =
            self.conditions.iter().partition(|condition| reads(condition, &open));
        let mut inner = table;
        // A SELECT does not see the names that it gives, so what is computed of such a value stands around it.
        let mut conditions = early;
        while !(open.is_empty() && conditions.is_empty()) {
            let (later, now): (Vec<_>, Vec<_>) = open.iter().partition(|(text, _)| reads(text, &open));
            let mut text = select(&now, &inner, &self.values);
            if !conditions.is_empty() {
                let conditions: Vec<&str> = conditions.iter().map(|condition| condition.as_str()).collect();
                text.push_str(&format!("\nWHERE {}", conditions.join("\n  AND ")));
            }
            inner = nested(&text);
            (open, conditions) = (later, Vec::new());
        }
        if late.is_empty() {
            inner
        } else {
            Self { values: Vec::new(), conditions: late.into_iter().cloned().collect() }.of(inner)
        }
    }
}

/// All columns of a table, and values next to them.
fn select(values: &[&(String, String)], table: &str, all: &[(String, String)]) -> String {
    let between = if values.is_empty() { ' ' } else { '\n' };
    let value = |(value, name): &&(String, String)| {
        let places = all.iter().map(|(other, _)| other.matches(name.as_str()).count()).sum();
        format!(",\n  {} AS {name}", opaque::computed_once(value.clone(), places))
    };
    let values: String = values.iter().map(value).collect();
    format!("SELECT *{values}{between}FROM {table}")
}

fn nested(select: &str) -> String {
    format!("(\n  {}\n)", select.replace('\n', "\n  "))
}

/// The bounds of a session that is called with such arguments, as the table function calls them; with its time, where
/// rows carry it on.
pub(super) fn session_columns(session: &str, with_time: bool) -> Vec<String> {
    let mut columns = vec![
        format!("CAST(SESSION_START({session}) AS TIMESTAMP(3)) AS `window_start`"),
        format!("CAST(SESSION_END({session}) AS TIMESTAMP(3)) AS `window_end`"),
    ];
    if with_time {
        columns.push(format!("SESSION_PROCTIME({session}) AS `window_time`"));
    }
    columns
}

impl Printer<'_> {
    /// Whether the SELECT groups windows by the clock.
    pub(super) fn groups_by_clock(&self) -> bool {
        let select = &self.insert.select;
        let by_clock = select.from.window().is_some_and(|window| window.time == TimeAttribute::Rowtime);
        by_clock && select.group.is_some() && self.query.clock == Clock::Processing
    }

    /// Whether the SELECT groups sessions of a kept time.
    fn groups_sessions(&self) -> bool {
        let select = &self.insert.select;
        let is_session = |window: &Window| matches!(window.kind, WindowKind::Session { .. });
        select.group.is_some() && select.from.window().is_some_and(is_session) && !self.groups_by_clock()
    }

    /// Whether Flink must not move a condition on a key, or what it finds of a key, to between a window and its groups.
    pub(super) fn hides_keys(&self) -> bool {
        self.groups_by_clock() || self.groups_sessions()
    }

    /// What a session by the clock is called with in GROUP BY, Flink's older form. Of the table function's, Flink makes
    /// a plan or none, by what it believes to be cheaper.
    pub(super) fn session_in_group(&self) -> Option<String> {
        let select = &self.insert.select;
        let (window, group) = (select.from.window()?, select.group.as_ref()?);
        let WindowKind::Session { partition, gap_ms } = &window.kind else { return None };
        let is_partition = |key: &Expr| match key.kind {
            ExprKind::Column(column) => column.relation == 0 && partition.contains(&column.column),
            _ => false,
        };
        let has = |column: &usize| {
            let column = ColumnRef { relation: 0, column: *column };
            group.keys.iter().any(|key| key.kind == ExprKind::Column(column))
        };
        let apart = group.keys.iter().all(is_partition) && partition.iter().all(has);
        let is_so = self.groups_by_clock() && self.filters_before_window() && apart;
        is_so.then(|| format!("{}, {}", time_name(window.time), time::interval(*gap_ms)))
    }

    /// Whether conditions precede the window. Flink moves those on sessions there, but for one on the partition, which
    /// it has no plan for then.
    pub(super) fn filters_before_window(&self) -> bool {
        let mut conditions = self.insert.select.from.expressions();
        conditions.extend(&self.insert.select.filter);
        self.hides_keys() && !conditions.into_iter().any(holds_bound)
    }

    /// The keys and arguments of aggregates that are computed before the window.
    pub(super) fn values_before_window(&self) -> Vec<&Expr> {
        fn arguments<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
            if let ExprKind::Aggregate { function, arguments, .. } = &expr.kind {
                let is_value =
                    |at: usize| at == 0 || !matches!(function, Aggregate::ListAgg | Aggregate::Percentile);
                found.extend(
                    arguments
                        .iter()
                        .enumerate()
                        .filter(|(at, _)| is_value(*at))
                        .map(|(_, argument)| argument),
                );
            } else {
                expr.operands(&mut |operand| arguments(operand, found));
            }
        }
        let select = &self.insert.select;
        let Some(group) = select.group.as_ref().filter(|_| self.groups_by_clock()) else { return Vec::new() };
        let mut found: Vec<&Expr> = group.keys.iter().collect();
        select.items.iter().chain(&group.having).for_each(|expr| arguments(expr, &mut found));
        let mut values: Vec<&Expr> = Vec::new();
        for value in found {
            let is_new = !values.iter().any(|other| same_value(other, value));
            if is_new && !self.is_own_column(value) && !holds_bound(value) {
                values.push(value);
            }
        }
        values
    }

    /// Whether a value is a column of the stream itself.
    fn is_own_column(&self, value: &Expr) -> bool {
        match value.kind {
            ExprKind::Column(ColumnRef { relation, .. }) => !self.is_reference(self.relations[relation]),
            _ => false,
        }
    }
}

/// Whether the rows of a stream are of windows by the clock, or come from such rows.
pub(super) fn follows_clock(query: &Query, id: StreamId) -> bool {
    fn follows(query: &Query, id: StreamId, seen: &mut [bool]) -> bool {
        if std::mem::replace(&mut seen[id.0], true) || query.stream(id).role != Role::Inner {
            return false;
        }
        query.inserts_into(id).any(|insert| {
            let select = &insert.select;
            let is_by_clock = |time| time == TimeAttribute::Rowtime;
            select.group.is_some() && select.from.window().is_some_and(|window| is_by_clock(window.time))
                || select.from.streams().into_iter().any(|read| follows(query, read, seen))
        })
    }
    query.clock == Clock::Processing && follows(query, id, &mut vec![false; query.streams.len()])
}

pub(super) fn holds_bound(expr: &Expr) -> bool {
    expr.any(&|part| matches!(part.kind, ExprKind::Window(_)))
}

/// Whether two expressions have the same value; a text that is called by a longer type is still the same text.
pub(super) fn same_value(a: &Expr, b: &Expr) -> bool {
    // Most are told apart by this, without a look inside.
    if std::mem::discriminant(&a.kind) != std::mem::discriminant(&b.kind) {
        return false;
    }
    let are_texts = a.data_type.text_length().is_some() && b.data_type.text_length().is_some();
    a.same(b) || are_texts && a.same(&Expr { data_type: a.data_type, ..b.clone() })
}
