//! FROM and OVER as Flink SQL writes them.

use super::super::expr::{Expr, ExprKind};
use super::super::query::{
    Clock, Frame, FromClause, Insert, JoinKind, Order, Over, Query, Role, StreamId, TimeAttribute,
    TimeBounds, Window, WindowKind,
};
use super::expr::{Expressions, OverText, is_constant};
use super::rank::parts_of;
use super::records::has_event_time;
use super::window::{Rows, follows_clock};
use super::{Printer, column_name, opaque, quote, time, time_name};

impl Printer<'_> {
    /// The clause; of a window, its rows with what they must hold.
    pub(super) fn from(&self, from: &FromClause, rows: &Rows, expressions: &Expressions) -> String {
        self.tree(from, &mut 0, rows, expressions)
    }

    /// The same; `next` is the number of the next leaf.
    fn tree(&self, from: &FromClause, next: &mut usize, rows: &Rows, expressions: &Expressions) -> String {
        match from {
            FromClause::Stream { stream, window, .. } => {
                let relation = *next;
                let alias = self.alias(relation).map_or(String::new(), |alias| format!(" AS {alias}"));
                *next += 1;
                match window {
                    None => {
                        // What is computed before a join is a column of its first stream.
                        let name = table(self.query, *stream);
                        let name = if relation == 0 { rows.of(name) } else { name };
                        let instant = self.has_instant(relation).then(|| {
                            let time = format!("CAST({} AS TIMESTAMP(3))", time_name(TimeAttribute::Rowtime));
                            let follows = follows_clock(self.query, *stream);
                            let time = if follows { opaque::value(&time) } else { time };
                            format!(", {time} AS {INSTANT}")
                        });
                        let filter = self.joined_by(relation).map(|has_time| format!(" WHERE {has_time}"));
                        if instant.is_none() && filter.is_none() {
                            return format!("{name}{alias}");
                        }
                        let (instant, filter) = (instant.unwrap_or_default(), filter.unwrap_or_default());
                        format!("(SELECT *{instant} FROM {name}{filter}){alias}")
                    }
                    Some(_) if self.session_in_group().is_some() => {
                        format!("{}{alias}", rows.of(table(self.query, *stream)))
                    }
                    Some(window) => format!("{}{alias}", self.window(*stream, window, rows)),
                }
            }
            FromClause::Join { left, right, kind, bounds, on, .. } => {
                let left = self.tree(left, next, rows, expressions);
                let right = self.tree(right, next, rows, expressions);
                let join = match kind {
                    JoinKind::Inner => "JOIN",
                    JoinKind::Left => "LEFT JOIN",
                    JoinKind::Right => "RIGHT JOIN",
                    JoinKind::Full => "FULL JOIN",
                };
                let rowtime = |relation| self.qualified(relation, INSTANT);
                let inside = Expressions { rowtime: &rowtime, ..*expressions };
                let part = |part| match kind {
                    JoinKind::Full => inside.part_of_full_join(part),
                    JoinKind::Inner | JoinKind::Left | JoinKind::Right => inside.part_of_join(part),
                };
                let condition = |on| parts_of(on).into_iter().map(part).collect::<Vec<_>>().join("\n  AND ");
                let on = on.as_ref().map(|on| format!("{}\n    AND ", condition(on)));
                format!("{left}\n  {join} {right} ON {}{}", on.unwrap_or_default(), self.bounds(bounds))
            }
            FromClause::Lookup { left, .. } => {
                let left = self.tree(left, next, rows, expressions);
                *next += 1;
                left
            }
        }
    }

    /// Whether the `ROWTIME` of a relation of a join is a value next to it: where a condition of the join reads it, and
    /// where anything reads that of windows by the clock.
    pub(super) fn has_instant(&self, relation: usize) -> bool {
        let is_it = |expr: &Expr| matches!(expr.kind, ExprKind::Rowtime { relation: of } if of == relation);
        let select = &self.insert.select;
        let is_hidden = self.streams() > 1 && follows_clock(self.query, self.relations[relation]);
        let mut readers = select.from.conditions();
        if is_hidden {
            readers.extend(select.from.expressions());
            readers.extend(select.expressions());
        }
        readers.into_iter().any(|reader| reader.any(&is_it))
    }

    /// What rows of a relation must hold whose event time a join compares. After the join, a condition on it would also
    /// drop rows that have no partner.
    fn joined_by(&self, relation: usize) -> Option<String> {
        let end = (relation, TimeAttribute::EventTime);
        let bounds = self.insert.select.from.bounds();
        let is_compared = bounds.iter().any(|bounds| bounds.first == end || bounds.second == end);
        is_compared.then(|| has_event_time(self.query, time_name(TimeAttribute::EventTime)))
    }

    fn window(&self, stream: StreamId, window: &Window, rows: &Rows) -> String {
        let table = rows.argument(table(self.query, stream));
        let (stream, time) = (self.query.stream(stream), time_name(window.time));
        let interval = time::interval;
        match &window.kind {
            WindowKind::Tumble { size_ms } => {
                format!("TABLE(TUMBLE({table}, DESCRIPTOR({time}), {}))", interval(*size_ms))
            }
            WindowKind::Hop { slide_ms, size_ms } => format!(
                "TABLE(HOP({table}, DESCRIPTOR({time}), {}, {}))",
                interval(*slide_ms),
                interval(*size_ms)
            ),
            WindowKind::Cumulate { step_ms, size_ms } => format!(
                "TABLE(CUMULATE({table}, DESCRIPTOR({time}), {}, {}))",
                interval(*step_ms),
                interval(*size_ms)
            ),
            WindowKind::Session { partition, gap_ms } => {
                let columns: Vec<String> =
                    partition.iter().map(|column| column_name(stream, *column)).collect();
                // Without parentheses, Flink takes the second column for another argument of SESSION.
                let partition = match columns.as_slice() {
                    [] => String::new(),
                    [column] => format!(" PARTITION BY {column}"),
                    columns => format!(" PARTITION BY ({})", columns.join(", ")),
                };
                format!("TABLE(SESSION({table}{partition}, DESCRIPTOR({time}), {}))", interval(*gap_ms))
            }
        }
    }

    fn bounds(&self, bounds: &TimeBounds) -> String {
        let (first, second) =
            (self.time(bounds.first.0, bounds.first.1), self.time(bounds.second.0, bounds.second.1));
        let shifted = |ms: i64| match ms {
            0 => first.clone(),
            ms if ms < 0 => format!("{first} - {}", time::interval(-ms)),
            ms => format!("{first} + {}", time::interval(ms)),
        };
        format!("{second} BETWEEN {} AND {}", shifted(bounds.low_ms), shifted(bounds.high_ms))
    }
}

/// `ROWTIME` as a plain value, for conditions of joins: in addition to bounds of time, any other use of a time that
/// rows are ordered by makes Flink remember all rows forever.
pub(super) const INSTANT: &str = "`pipec_instant`";

/// A stream as FROM names it. A view is its text to Flink, which leaves out the parentheses of a session's partition
/// when it writes that, so a session by several columns stands where it is read.
fn table(query: &Query, id: StreamId) -> String {
    if !has_wide_session(query, id) {
        return quote::name(&query.stream(id).name);
    }
    let selects: Vec<String> =
        query.inserts_into(id).map(|insert| Printer::new(query, insert).select()).collect();
    format!("(\n  {}\n)", selects.join("\nUNION ALL\n").replace('\n', "\n  "))
}

/// Whether a stream within the application, or one that it reads, has sessions by several columns.
pub(super) fn has_wide_session(query: &Query, id: StreamId) -> bool {
    reaches_wide_session(query, id, &mut vec![false; query.streams.len()])
}

/// The same of a stream that was not looked at yet.
fn reaches_wide_session(query: &Query, id: StreamId, seen: &mut [bool]) -> bool {
    if std::mem::replace(&mut seen[id.0], true) || query.stream(id).role != Role::Inner {
        return false;
    }
    query.inserts_into(id).any(|insert| {
        is_wide_session(query, insert)
            || insert.select.from.streams().into_iter().any(|read| reaches_wide_session(query, read, seen))
    })
}

/// Whether an insert itself cuts sessions by several columns with the table function.
fn is_wide_session(query: &Query, insert: &Insert) -> bool {
    let is_wide = |window: &Window| matches!(&window.kind, WindowKind::Session { partition, .. } if partition.len() > 1);
    insert.select.from.window().is_some_and(is_wide)
        && Printer::new(query, insert).session_in_group().is_none()
}

impl Printer<'_> {
    /// What is in the parentheses of OVER.
    pub(super) fn over(&self, over: &Over, expressions: &Expressions) -> OverText {
        let mut parts = Vec::new();
        if !over.partition.is_empty() {
            let partition: Vec<String> = over.partition.iter().map(|key| expressions.print(key)).collect();
            parts.push(format!("PARTITION BY {}", partition.join(", ")));
        }
        let order = match &over.order {
            Order::Time(time) => time_name(*time).to_owned(),
            Order::Values(values) => {
                let value = |(value, descending): &(Expr, bool)| {
                    let text = expressions.print(value);
                    // Flink has no plan for a rank by what it knows to be one value.
                    let text =
                        if is_constant(value) { opaque::constant(&text, value.data_type) } else { text };
                    format!("{text}{}", if *descending { " DESC" } else { "" })
                };
                values.iter().map(value).collect::<Vec<_>>().join(", ")
            }
        };
        parts.push(format!("ORDER BY {order}"));
        let is_kept = match over.order {
            Order::Time(TimeAttribute::EventTime) => true,
            Order::Time(TimeAttribute::Rowtime) => self.query.clock == Clock::Ingestion,
            Order::Values(_) => false,
        };
        let frame = match over.frame {
            Frame::None | Frame::Lag(_) => String::new(),
            Frame::Range(ms) => {
                format!(" RANGE BETWEEN {} PRECEDING AND CURRENT ROW", time::interval(ms))
            }
            Frame::Rows(rows) => format!(" ROWS BETWEEN {rows} PRECEDING AND CURRENT ROW"),
            Frame::Unbounded => " RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW".into(),
            Frame::UnboundedRows => " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW".into(),
        };
        OverText {
            stem: parts.join(" "),
            frame,
            by_rows: matches!(over.frame, Frame::Rows(_) | Frame::UnboundedRows),
            kept_lag: match over.frame {
                Frame::Lag(rows) if is_kept => Some(rows),
                _ => None,
            },
        }
    }
}
