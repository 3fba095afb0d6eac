//! The columns of the records that a query reads.

use super::expr::{Expr, ExprKind};
use super::from::{FromClause, WindowKind};
use super::query::{Insert, Query, StreamId, TimeAttribute};

impl Query {
    /// Whether the SQL reads the column of the records with this name.
    pub fn reads(&self, column: &str) -> bool {
        let input = self.stream(StreamId::INPUT);
        let Some(at) = input.columns.iter().position(|one| one.name == column) else { return false };
        let is_event_time = self.event_time.as_ref().is_some_and(|time| time.column == at);
        let is_carried = input.carries.contains(&TimeAttribute::EventTime);
        is_event_time && is_carried || self.inserts.iter().any(|insert| insert.reads(at))
    }
}

impl Insert {
    /// Whether its SELECT reads a column of the input.
    fn reads(&self, column: usize) -> bool {
        let select = &self.select;
        let streams = select.from.streams();
        let is_input = |relation: usize| streams.get(relation) == Some(&StreamId::INPUT);
        let is_it = |part: &Expr| match part.kind {
            ExprKind::Column(of) => of.column == column && is_input(of.relation),
            _ => false,
        };
        let mut expressions = select.expressions();
        expressions.extend(select.from.expressions());
        let of_forest = select.forest.as_ref().is_some_and(|forest| forest.columns.contains(&column));
        expressions.into_iter().any(|expression| expression.any(&is_it))
            || of_forest && is_input(0)
            || separates(&select.from, column)
    }
}

/// Whether the sessions of the input are counted apart by a column.
fn separates(from: &FromClause, column: usize) -> bool {
    match from {
        FromClause::Stream { stream: StreamId::INPUT, window: Some(window), .. } => {
            matches!(&window.kind, WindowKind::Session { partition, .. } if partition.contains(&column))
        }
        FromClause::Stream { .. } => false,
        FromClause::Join { left, right, .. } => separates(left, column) || separates(right, column),
        FromClause::Lookup { left, .. } => separates(left, column),
    }
}

#[cfg(test)]
mod tests {
    use crate::sql::rows::tests::query_of;

    #[test]
    fn columns_are_read_where_an_expression_has_them() {
        let read = |sql: &str| {
            let query = query_of(sql, "$.n");
            ["n", "m", "ok", "ts"]
                .into_iter()
                .filter(|column| query.reads(column))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let sessions = "SELECT COUNT(*) AS c FROM TABLE(SESSION(TABLE stream PARTITION BY \"n\", DESCRIPTOR(ROWTIME), \
                        INTERVAL '10' SECOND)) GROUP BY window_start, window_end, \"n\"";
        let join = "SELECT a.\"n\" FROM stream AS a JOIN stream AS b ON a.\"m\" = b.\"m\" AND b.ROWTIME BETWEEN a.ROWTIME AND \
                    a.ROWTIME + INTERVAL '1' SECOND";
        for (sql, columns) in [
            ("SELECT * FROM stream", "n m ok ts"),
            ("SELECT \"n\" AS m FROM stream -- \"ok\" and all others: *", "n"),
            ("SELECT 'm' AS \"ok\", 1 AS one FROM stream", ""),
            ("SELECT \"n\" FROM stream WHERE \"ok\"", "n ok"),
            (
                "SELECT COUNT(*) AS c FROM stream GROUP BY \"m\", STEP(stream.ROWTIME BY INTERVAL '5' SECOND)",
                "m",
            ),
            (sessions, "n"),
            (join, "n m"),
            // A column of an inner stream has the name, and not the place.
            ("INSERT INTO i SELECT \"m\" AS \"n\" FROM stream; INSERT INTO o SELECT \"n\" FROM i", "m"),
        ] {
            assert_eq!(read(sql), columns, "{sql}");
        }
    }
}
