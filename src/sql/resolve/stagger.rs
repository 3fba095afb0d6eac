//! `WINDOWED BY STAGGER`: a window of each group that opens with its first row and closes when it is RANGE old.
//!
//! Flink has windows by the clock, and sessions, which close RANGE after the last row. A group whose key holds a step
//! of a time ends by itself, so a session is its window. Of other groups a session would never close while rows keep
//! coming: those are numbered first, RANGE by RANGE, from the first row after a silence of RANGE, and each number has a
//! session.

use super::super::data_type::DataType;
use super::super::expr::{Aggregate, Arithmetic, Comparison, Expr, ExprKind, Function, Literal};
use super::super::interval::Interval;
use super::super::query::{Frame, Order, Over, TimeAttribute, Window, WindowKind};
use super::expr::Resolver;
use super::nest::Unfinished;
use crate::source::Span;

/// What STAGGER is made of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stagger {
    /// A session of each group.
    Session,
    /// A session of each RANGE of a group.
    Numbered(Span),
}

impl Resolver<'_, '_> {
    /// The window of a STAGGER by ROWTIME.
    pub(super) fn staggered(&mut self, keys: &[Expr], ms: i64, span: Span) -> Window {
        let ends = keys.iter().any(is_step);
        let (message, stagger) = if ends {
            (
                "a STAGGER window closes when its group has received no row for the \
                 RANGE, not a RANGE after its first row",
                Stagger::Session,
            )
        } else {
            (
                "a STAGGER window closes when no row has arrived for the \
                 RANGE, not a RANGE after its first row; while rows keep arriving, the next window starts where the RANGE of this one ends",
                Stagger::Numbered(span),
            )
        };
        self.approximate(
            span,
            message,
            "no action is needed if results may be up to a RANGE later; GROUP BY STEP(ROWTIME BY ..) makes windows by the clock",
        );
        self.here.stagger = Some(stagger);
        Window {
            time: TimeAttribute::Rowtime,
            kind: WindowKind::Session { partition: Vec::new(), gap_ms: ms },
            span,
        }
    }

    /// A session over the columns that the groups have in common.
    pub(super) fn session(&mut self, select: &mut Unfinished, gap_ms: i64) -> Option<WindowKind> {
        let is_column = |key: &Expr| matches!(key.kind, ExprKind::Column(column) if column.relation == 0);
        let keys = select.group.iter().flat_map(|group| &group.keys);
        let computed: Vec<Expr> = keys.filter(|key| !is_column(key)).cloned().collect();
        match self.here.stagger.take() {
            Some(Stagger::Numbered(span)) => self.number(select, computed, gap_ms, span)?,
            _ if computed.is_empty() => {}
            _ => self.nest(select, None, computed)?,
        }
        let keys = select.group.iter().flat_map(|group| &group.keys);
        let mut partition: Vec<usize> = keys
            .filter_map(|key| match key.kind {
                ExprKind::Column(column) => Some(column.column),
                _ => None,
            })
            .collect();
        partition.sort_unstable();
        partition.dedup();
        Some(WindowKind::Session { partition, gap_ms })
    }

    /// Adds the number of its RANGE to the keys of each row.
    fn number(
        &mut self,
        select: &mut Unfinished,
        mut computed: Vec<Expr>,
        ms: i64,
        span: Span,
    ) -> Option<()> {
        let of = |kind, data_type| Expr { kind, data_type, span };
        let timestamp = |kind| of(kind, DataType::Timestamp);
        let rowtime = timestamp(ExprKind::Rowtime { relation: select.from.timekeeper()? });
        let mut keys: Vec<Expr> = select.group.as_ref()?.keys.clone();
        // The time as a value: that of the machine's clock is another one wherever it is read.
        let time = select.group.as_mut()?;
        time.keys.push(rowtime.clone());
        computed.push(rowtime);
        self.nest(select, None, computed)?;
        let group = select.group.as_mut()?;
        let time = group.keys.pop()?;
        keys.clone_from(&group.keys);
        let over =
            |frame| Over { partition: keys.clone(), order: Order::Time(TimeAttribute::Rowtime), frame, span };
        let aggregate = |function, arguments| {
            timestamp(ExprKind::Aggregate { function, distinct: false, arguments, over: 0 })
        };
        let one = of(ExprKind::Literal(Literal::Integer(1)), DataType::Integer);
        let before = aggregate(Aggregate::Lag, vec![time.clone(), one]);
        let before = self.computed(select, Some(over(Frame::Lag(1))), before, &mut [time.clone()])?;
        let (before, [time]) = before;
        // The first row after a silence of RANGE.
        let boxed = |expr: &Expr| Box::new(expr.clone());
        let is_first = of(ExprKind::IsNull { operand: boxed(&before), negated: false }, DataType::Boolean);
        let earlier = timestamp(ExprKind::Shift { operand: boxed(&time), by: Interval::Milliseconds(-ms) });
        let is_late = of(
            ExprKind::Compare {
                operator: Comparison::GreaterOrEqual,
                left: Box::new(earlier),
                right: Box::new(before),
            },
            DataType::Boolean,
        );
        let begins = of(ExprKind::Or(vec![is_first, is_late]), DataType::Boolean);
        let start = timestamp(ExprKind::Case { branches: vec![(begins, time.clone())], otherwise: None });
        let start = aggregate(Aggregate::Max, vec![start]);
        let keys = select.group.as_ref()?.keys.clone();
        let partition = Over {
            partition: keys,
            order: Order::Time(TimeAttribute::Rowtime),
            frame: Frame::UnboundedRows,
            span,
        };
        let (start, [time]) = self.computed(select, Some(partition), start, &mut [time])?;
        let since_1970 = |time: Expr| {
            of(ExprKind::Call { function: Function::UnixTimestamp, arguments: vec![time] }, DataType::BigInt)
        };
        let difference = of(
            ExprKind::Arithmetic {
                operator: Arithmetic::Subtract,
                left: Box::new(since_1970(time)),
                right: Box::new(since_1970(start.clone())),
            },
            DataType::BigInt,
        );
        let length = of(ExprKind::Literal(Literal::Integer(ms)), DataType::BigInt);
        let number = of(
            ExprKind::Arithmetic {
                operator: Arithmetic::Divide,
                left: Box::new(difference),
                right: Box::new(length),
            },
            DataType::BigInt,
        );
        let (number, [start]) = self.computed(select, None, number, &mut [start])?;
        select.group.as_mut()?.keys.extend([start, number]);
        Some(())
    }

    /// Computes a value in a SELECT inside, and gives it as a column, and others as what they are around it.
    fn computed<const N: usize>(
        &mut self,
        select: &mut Unfinished,
        over: Option<Over>,
        value: Expr,
        others: &mut [Expr; N],
    ) -> Option<(Expr, [Expr; N])> {
        let group = select.group.as_mut()?;
        let before = group.keys.len();
        group.keys.push(value.clone());
        group.keys.extend(others.iter().cloned());
        self.nest(select, over, vec![value])?;
        let mut added = select.group.as_mut()?.keys.split_off(before);
        let others = added.split_off(1).try_into().ok()?;
        Some((added.pop()?, others))
    }
}

/// Whether a key is a time cut into steps, which a group's rows leave behind.
fn is_step(key: &Expr) -> bool {
    matches!(
        &key.kind,
        ExprKind::Call { function: Function::Step(_) | Function::FloorTo(_) | Function::CeilTo(_), .. }
    )
}
