//! How many rows a query makes of its records, where its text says it.

use super::from::{FromClause, JoinKind, Window, WindowKind};
use super::query::{Insert, Query, RecordFormat, Role, Stream, StreamId, TimeAttribute};
use crate::source::Span;

/// How many rows of an output there are.
#[derive(Clone, Debug, PartialEq)]
pub struct RowRate {
    /// Rows a second at most. What `open` holds counts as one row of each row.
    pub per_second: f64,
    /// Places that make rows in a number that only the records know.
    pub open: Vec<OpenPlace>,
}

/// A place of a query that makes any number of rows of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenPlace {
    /// What it is, in a few words.
    pub what: &'static str,
    /// Where it is written.
    pub span: Span,
}

impl Query {
    /// The rows of an output that so many records a second become at most: each condition may be true, and each record a
    /// group of its own.
    pub fn row_rate(&self, output: &Stream, records_per_second: f64) -> RowRate {
        let is_output = |stream: &Stream| stream.role == Role::Output && stream.name == output.name;
        if self.is_errors(output) {
            // Any record may be one.
            return RowRate { per_second: records_per_second, open: Vec::new() };
        }
        let Some(output) = self.stream_ids().find(|id| is_output(self.stream(*id))) else {
            return RowRate { per_second: records_per_second, open: Vec::new() };
        };
        self.row_rates(records_per_second, output.0 + 1).swap_remove(output.0)
    }

    /// The same of any stream.
    pub fn row_rate_of(&self, stream: StreamId, records_per_second: f64) -> RowRate {
        self.row_rates(records_per_second, stream.0 + 1).swap_remove(stream.0)
    }

    /// The rows of the first streams, at most.
    pub(super) fn row_rates(&self, records_per_second: f64, streams: usize) -> Vec<RowRate> {
        let array = self
            .input
            .iter()
            .find(|column| self.format == RecordFormat::Json && column.path.elements().is_some());
        let place = |span| OpenPlace { what: "an array whose elements become rows", span };
        let mut rates: Vec<RowRate> = Vec::new();
        // A stream is fed by earlier ones only.
        for id in self.stream_ids().take(streams) {
            rates.push(if id == StreamId::INPUT {
                RowRate {
                    per_second: records_per_second,
                    open: array.map(|column| place(column.span)).into_iter().collect(),
                }
            } else {
                let mut sum = RowRate { per_second: 0.0, open: Vec::new() };
                for insert in self.inserts_into(id) {
                    let rate = insert.row_rate(&rates);
                    sum.per_second += rate.per_second;
                    sum.also_open(rate.open);
                }
                sum
            });
        }
        rates
    }
}

impl RowRate {
    fn also_open(&mut self, places: Vec<OpenPlace>) {
        for place in places {
            if !self.open.contains(&place) {
                self.open.push(place);
            }
        }
    }
}

impl Insert {
    fn row_rate(&self, rates: &[RowRate]) -> RowRate {
        let mut rate = self.select.from.row_rate(rates);
        if let (Some(group), Some(window)) = (&self.select.group, self.select.from.window())
            && group.keys.is_empty()
            && window.time == TimeAttribute::Rowtime
        {
            // One row of all rows, whenever a window ends. By an event time, many may end at once.
            rate.per_second = rate.per_second.min(1000.0 / window.kind.step_ms() as f64);
        }
        rate
    }
}

impl FromClause {
    /// The rows that are read, each once, however many windows it belongs to.
    pub(super) fn rows_read(&self, rates: &[RowRate]) -> f64 {
        match self {
            Self::Stream { stream, .. } => rates[stream.0].per_second,
            Self::Lookup { left, .. } => left.rows_read(rates),
            Self::Join { .. } => self.row_rate(rates).per_second,
        }
    }

    fn row_rate(&self, rates: &[RowRate]) -> RowRate {
        match self {
            Self::Stream { stream, window, .. } => {
                let mut rate = rates[stream.0].clone();
                rate.per_second *= window.as_ref().map_or(1.0, Window::overlap);
                rate
            }
            Self::Lookup { left, .. } => left.row_rate(rates),
            Self::Join { left, right, kind, span, .. } => {
                let (mut rate, right) = (left.row_rate(rates), right.row_rate(rates));
                rate.per_second = match kind {
                    JoinKind::Inner | JoinKind::Left | JoinKind::Right => {
                        rate.per_second.max(right.per_second)
                    }
                    JoinKind::Full => rate.per_second + right.per_second,
                };
                rate.also_open(right.open);
                rate.also_open(vec![OpenPlace { what: "a join", span: *span }]);
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
mod tests {
    use super::*;
    use crate::source::{Excerpt, Sources};
    use crate::sql::{Column, Input, analyze, parse_column_path};

    /// Rows a second of the last output of a text, of a thousand records a second, and what is open.
    fn rate(sql: &str, path: &str) -> (f64, Vec<&'static str>) {
        let mut sources = Sources::default();
        let id = sources.add("input.sql", sql.into());
        let file = sources.file(id);
        let path = parse_column_path(path).expect("a path");
        let data_type = "INTEGER".parse().expect("a type");
        let columns = [Column { name: "n".into(), data_type, path, epoch: None, span: file.span(0..0) }];
        let input = Input { format: RecordFormat::Json, columns: &columns, ..Input::default() };
        let (query, diagnostics) = analyze(&Excerpt::file(file), &input);
        let query = query.unwrap_or_else(|| panic!("{diagnostics:?}"));
        let rate = query.row_rate(query.outputs().last().expect("an output"), 1000.0);
        (rate.per_second, rate.open.into_iter().map(|place| place.what).collect())
    }

    #[test]
    fn rows_are_those_that_the_text_allows() {
        let windows = |function: &str, keys: &str| {
            format!(
                "SELECT window_end AS e, COUNT(*) AS n FROM TABLE({function}(TABLE stream, DESCRIPTOR(ROWTIME), \
                 INTERVAL '20' SECOND, INTERVAL '1' MINUTE)) GROUP BY window_start, window_end{keys}"
            )
        };
        let twice = "INSERT INTO inner_one SELECT \"n\" FROM stream UNION ALL SELECT \"n\" FROM stream;\n\
                     INSERT INTO o SELECT \"n\" FROM inner_one; INSERT INTO o SELECT \"n\" FROM inner_one";
        for (sql, rows) in [
            ("SELECT \"n\" FROM stream WHERE \"n\" > 1", 1000.0),
            (twice, 4000.0),
            (&windows("HOP", ", \"n\""), 3000.0),
            (&windows("CUMULATE", ", \"n\""), 3000.0),
            (&windows("HOP", ""), 0.05),
            ("SELECT COUNT(*) AS c FROM stream GROUP BY STEP(stream.ROWTIME BY INTERVAL '5' SECOND)", 0.2),
            (
                "SELECT COUNT(*) AS c FROM stream GROUP BY \"n\", STEP(stream.ROWTIME BY INTERVAL '5' SECOND)",
                1000.0,
            ),
            ("SELECT SUM(\"n\") OVER (ROWS 3 PRECEDING) AS c FROM stream", 1000.0),
        ] {
            assert_eq!(rate(sql, "$.n"), (rows, vec![]), "{sql}");
        }
    }

    #[test]
    fn what_only_the_records_know_is_open() {
        let array = "an array whose elements become rows";
        assert_eq!(rate("SELECT \"n\" FROM stream", "$.a[0:].n"), (1000.0, vec![array]));
        let join = "SELECT a.\"n\" FROM stream AS a LEFT JOIN stream OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS b \
                    ON a.\"n\" = b.\"n\"";
        assert_eq!(rate(join, "$.n"), (1000.0, vec!["a join"]));
        assert_eq!(rate(&join.replace("LEFT", "FULL"), "$.a[0:].n"), (2000.0, vec![array, "a join"]));
    }
}
