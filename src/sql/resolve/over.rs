//! The OVER clause: which rows a function of rows looks at.

use sqlparser::ast;

use super::super::data_type::DataType;
use super::super::expr::{Aggregate, Expr, ExprKind, Literal};
use super::super::name::Name;
use super::super::query::{Frame, Meaning, Order, Over, TimeAttribute};
use super::expr::Resolver;
use super::operand::cover;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;

const FRAME: &str =
    "write OVER (PARTITION BY \"column\" RANGE INTERVAL '1' MINUTE PRECEDING), or ROWS 10 PRECEDING";

impl Resolver<'_, '_> {
    /// The windows of a WINDOW clause, by their names.
    pub(super) fn named_windows(&mut self, windows: &[ast::NamedWindowDefinition]) {
        for ast::NamedWindowDefinition(name, window) in windows {
            let name = self.name(name);
            match window {
                ast::NamedWindowExpr::WindowSpec(spec) => {
                    self.here.named_windows.insert(name.upper().text, spec.clone());
                }
                ast::NamedWindowExpr::NamedWindow(_) => {
                    self.refuse::<()>(
                        Some(name.span),
                        "a window that is only the name of another one",
                        FRAME,
                    );
                }
            }
        }
    }

    /// Takes in the OVER clause of a function: which of the SELECT's it is, and how far before the row its frame ends.
    pub(super) fn over(
        &mut self,
        window: &ast::WindowType,
        function: Aggregate,
        rows_back: u64,
        distinct: bool,
        name: &Name,
    ) -> Option<(usize, Option<Behind>)> {
        if distinct {
            let help = "group by a window: GROUP BY STEP(ROWTIME BY INTERVAL '1' MINUTE)";
            return self.refuse(Some(name.span), "DISTINCT with OVER", help);
        }
        let named;
        let spec = match window {
            ast::WindowType::WindowSpec(spec) => spec,
            ast::WindowType::NamedWindow(ident) => {
                let window = self.name(ident);
                match self.here.named_windows.get(&window.clone().upper().text) {
                    Some(spec) => {
                        named = spec.clone();
                        &named
                    }
                    None => {
                        let message = format!("there is no window `{}`", window.text);
                        let help = "define it after WHERE: WINDOW w AS (RANGE INTERVAL '1' MINUTE PRECEDING)";
                        return self.fault(Diagnostic::error(Code::UnknownTable, window.span, message, help));
                    }
                }
            }
        };
        let (over, rows) = self.window_spec(spec, function, rows_back, name)?;
        let is_first = !self.here.overs.iter().any(|known| same(known, &over));
        if matches!(over.frame, Frame::Range(_)) && is_first && !self.text.is_plain {
            self.approximate(
                name.span,
                "this RANGE includes all rows with the same time as the row, not only those that arrived before it",
                "no action is needed if a key rarely has several rows in one millisecond; ROWS 10 PRECEDING counts single rows",
            );
        }
        let before = Over { frame: Frame::Lag(rows.unsigned_abs()), ..over.clone() };
        let over = self.take_over(over);
        let behind = (rows > 0).then(|| Behind { rows, over: self.take_over(before) });
        Some((over, behind))
    }

    /// The number of an OVER clause among those of the SELECT.
    pub(super) fn take_over(&mut self, over: Over) -> usize {
        let known = self.here.overs.iter().position(|known| same(known, &over));
        known.unwrap_or_else(|| {
            self.here.overs.push(over);
            self.here.overs.len() - 1
        })
    }

    /// The clause, and how many rows before the row its frame ends.
    fn window_spec(
        &mut self,
        spec: &ast::WindowSpec,
        function: Aggregate,
        rows_back: u64,
        name: &Name,
    ) -> Option<(Over, i64)> {
        if spec.window_name.is_some() {
            return self.refuse(Some(name.span), "a window that extends another one", FRAME);
        }
        self.here.in_aggregate = true;
        let partition: Vec<Option<Expr>> = spec.partition_by.iter().map(|expr| self.typed(expr)).collect();
        let order: Vec<Option<(Expr, bool)>> = spec
            .order_by
            .iter()
            .map(|order| {
                let value = self.typed(&order.expr)?;
                let value = if function == Aggregate::RowNumber { value } else { self.as_event_time(value) };
                Some((value, order.options.sort == Some(ast::OrderBySort::Desc)))
            })
            .collect();
        self.here.in_aggregate = false;
        let partition: Vec<Expr> = partition.into_iter().collect::<Option<_>>()?;
        let order: Vec<(Expr, bool)> = order.into_iter().collect::<Option<_>>()?;
        let span = partition
            .iter()
            .chain(order.iter().map(|(value, _)| value))
            .fold(name.span, |a, b| cover(a, b.span));
        if function == Aggregate::RowNumber {
            return self.rank(partition, order, spec.window_frame.is_some(), span).map(|over| (over, 0));
        }
        let time = match order.as_slice() {
            [] => self.first_time(name.span)?,
            [(value, false)] => match self.time_of(value).filter(|time| time.exact && time.relation == 0) {
                Some(time) => time.attribute,
                None if value.data_type == DataType::Timestamp
                    && let ExprKind::Column(column) = value.kind =>
                {
                    let relation = &self.here.scope.relations[column.relation];
                    let name = relation.columns[column.column].name.clone();
                    return self.no_time(value.span, &name);
                }
                None => {
                    return self.refuse(
                        Some(value.span),
                        "OVER sorted by a column that is not a time",
                        "write ORDER BY ROWTIME, or remove it",
                    );
                }
            },
            _ => return self.refuse(Some(span), "this ORDER BY", "write ORDER BY ROWTIME, or remove it"),
        };
        let frame = match (&spec.window_frame, function) {
            (_, Aggregate::Lag) => {
                if spec.window_frame.is_some() {
                    self.approximate(
                        name.span,
                        "LAG looks back beyond the frame of its window, where Kinesis Data Analytics returned the default",
                        "remove RANGE or ROWS, and compare the times of both rows if that matters",
                    );
                }
                (Frame::Lag(rows_back), 0)
            }
            (None, _) => (Frame::Unbounded, 0),
            (Some(frame), _) => self.frame(frame, span)?,
        };
        let (frame, behind) = frame;
        Some((Over { partition, order: Order::Time(time), frame, span }, behind))
    }

    /// The time that sorts rows where nothing else is said.
    fn first_time(&mut self, span: Span) -> Option<TimeAttribute> {
        let times = self.here.scope.relations.first().map_or(&[][..], |relation| &relation.times);
        match times {
            [first, ..] => {
                Some(if times.contains(&TimeAttribute::Rowtime) { TimeAttribute::Rowtime } else { *first })
            }
            [] => self.refuse(Some(span), "OVER on rows without a time", "write GROUP BY and a window"),
        }
    }

    /// ROW_NUMBER numbers the rows of one window.
    fn rank(
        &mut self,
        partition: Vec<Expr>,
        order: Vec<(Expr, bool)>,
        framed: bool,
        span: Span,
    ) -> Option<Over> {
        let meaning = |expr: &Expr| match expr.kind {
            ExprKind::Column(column) if column.relation == 0 => {
                self.here.scope.relations[0].columns[column.column].meaning
            }
            _ => Meaning::Value,
        };
        let starts = partition.iter().any(|key| matches!(meaning(key), Meaning::WindowStart { .. }));
        let ends = partition.iter().any(|key| matches!(meaning(key), Meaning::WindowEnd { .. }));
        if !(starts && ends) {
            let message = "these rows would be renumbered with every record";
            let help = "number the rows of a window: aggregate in a SELECT in FROM, select its window_start and window_end, and write ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY ..)";
            return self.fault(Diagnostic::error(Code::MissingWindow, span, message, help));
        }
        if order.is_empty() || framed {
            let help = "write OVER (PARTITION BY window_start, window_end ORDER BY \"count\" DESC)";
            return self.refuse(Some(span), "this form of `ROW_NUMBER`", help);
        }
        Some(Over { partition, order: Order::Values(order), frame: Frame::None, span })
    }

    /// The rows that a frame holds, and how many rows before the row it ends.
    fn frame(&mut self, frame: &ast::WindowFrame, span: Span) -> Option<(Frame, i64)> {
        use ast::WindowFrameBound as Bound;
        let is_rows = matches!(frame.units, ast::WindowFrameUnits::Rows);
        let behind = match &frame.end_bound {
            None | Some(Bound::CurrentRow) => 0,
            Some(Bound::Preceding(Some(count))) if is_rows => self.rows(count)?,
            _ => return self.refuse(Some(span), "a frame that does not end with the row itself", FRAME),
        };
        let first = match (&frame.units, &frame.start_bound) {
            (ast::WindowFrameUnits::Range, Bound::Preceding(None)) => Frame::Unbounded,
            (ast::WindowFrameUnits::Rows, Bound::Preceding(None)) => Frame::UnboundedRows,
            (ast::WindowFrameUnits::Range, Bound::CurrentRow) => Frame::Range(0),
            (ast::WindowFrameUnits::Rows, Bound::CurrentRow) => Frame::Rows(0),
            (ast::WindowFrameUnits::Range, Bound::Preceding(Some(length))) => match length.as_ref() {
                ast::Expr::Interval(interval) => Frame::Range(self.milliseconds_from(0, interval, span)?),
                _ => return self.refuse(Some(span), "this frame", FRAME),
            },
            (ast::WindowFrameUnits::Rows, Bound::Preceding(Some(count))) => {
                let rows = self.rows(count)? - behind;
                match u64::try_from(rows) {
                    Ok(rows) => Frame::Rows(rows),
                    Err(_) => {
                        let help = "write the larger number first: ROWS BETWEEN 10 PRECEDING AND 1 PRECEDING";
                        return self.mismatch(span, "this frame ends before it starts".into(), help.into());
                    }
                }
            }
            _ => return self.refuse(Some(span), "this frame", FRAME),
        };
        Some((first, behind))
    }

    /// A constant number of rows.
    fn rows(&mut self, count: &ast::Expr) -> Option<i64> {
        let count = self.typed(count)?;
        match count.kind {
            ExprKind::Literal(Literal::Integer(rows @ 0..=100_000)) => Some(rows),
            _ => self.refuse(Some(count.span), "this frame", FRAME),
        }
    }
}

/// A frame that ends before its row.
#[derive(Clone, Copy)]
pub(super) struct Behind {
    /// How many rows before it.
    pub(super) rows: i64,
    /// The OVER clause that looks so far back.
    pub(super) over: usize,
}

/// Whether two OVER clauses say the same.
fn same(a: &Over, b: &Over) -> bool {
    let partitions = a.partition.len() == b.partition.len()
        && a.partition.iter().zip(&b.partition).all(|(a, b)| a.same(b));
    let orders = match (&a.order, &b.order) {
        (Order::Time(a), Order::Time(b)) => a == b,
        (Order::Values(a), Order::Values(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.1 == b.1 && a.0.same(&b.0))
        }
        _ => false,
    };
    partitions && orders && a.frame == b.frame
}
