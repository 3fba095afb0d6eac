//! What a SELECT reads: streams, windows of them, joins within bounds of time, look-ups in reference tables.

use super::expr::{Expr, ExprKind};
use super::query::{StateNeed, StreamId, TimeAttribute};
use crate::source::Span;

/// How a stream is cut into windows.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// The time that is cut.
    pub time: TimeAttribute,
    /// Where.
    pub kind: WindowKind,
    /// Where it is written.
    pub span: Span,
}

/// The kinds of windows; lengths in milliseconds. All but sessions are aligned to 1970-01-01 00:00 UTC.
#[derive(Clone, Debug, PartialEq)]
pub enum WindowKind {
    /// One after the other.
    Tumble {
        /// Length.
        size_ms: i64,
    },
    /// Overlapping.
    Hop {
        /// From the start of one to the start of the next.
        slide_ms: i64,
        /// Length.
        size_ms: i64,
    },
    /// Ends when no row of the same partition has come for a while.
    Session {
        /// Columns of the stream.
        partition: Vec<usize>,
        /// The while.
        gap_ms: i64,
    },
    /// Grow by steps up to a length.
    Cumulate {
        /// Step.
        step_ms: i64,
        /// Length.
        size_ms: i64,
    },
}

impl WindowKind {
    /// Windows of a length, in milliseconds, each of which begins so long after the one before. As long as that, they do not
    /// overlap, and Flink has more aggregates of them.
    pub(super) fn hop(slide_ms: i64, size_ms: i64) -> Self {
        if slide_ms == size_ms { Self::Tumble { size_ms } } else { Self::Hop { slide_ms, size_ms } }
    }
}

/// A FROM clause: a tree whose leaves, streams and reference tables, are numbered from left to right, which is how a
/// [`ColumnRef`](super::ColumnRef) names them.
#[derive(Clone, Debug, PartialEq)]
pub enum FromClause {
    /// All rows of a stream as they come.
    Stream {
        /// Which.
        stream: StreamId,
        /// What the SELECT calls it.
        name: String,
        /// How it is cut into windows.
        window: Option<Window>,
        /// Where it is named.
        span: Span,
    },
    /// Rows of two that come close to each other.
    Join {
        /// First relations.
        left: Box<FromClause>,
        /// Second relation.
        right: Box<FromClause>,
        /// Which rows without a partner stay.
        kind: JoinKind,
        /// How close.
        bounds: TimeBounds,
        /// What else must be true of both.
        on: Option<Expr>,
        /// Where it is written.
        span: Span,
    },
    /// Rows with the row of a reference table that has their key.
    Lookup {
        /// The rows.
        left: Box<FromClause>,
        /// The reference table.
        table: StreamId,
        /// A column of the table, unique there, and what it must equal.
        key: (usize, Expr),
        /// Whether a row without a partner stays, with NULLs.
        outer: bool,
        /// Where it is named.
        span: Span,
    },
}

/// Which rows without a partner a join keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JoinKind {
    /// None.
    Inner,
    /// Those of the left.
    Left,
    /// Those of the right.
    Right,
    /// All.
    Full,
}

/// How far apart in time two rows of a join may be: `low <= second - first <= high`, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeBounds {
    /// A relation and its time.
    pub first: (usize, TimeAttribute),
    /// Another.
    pub second: (usize, TimeAttribute),
    /// Least difference.
    pub low_ms: i64,
    /// Greatest difference.
    pub high_ms: i64,
}

impl FromClause {
    /// The look-ups that leave out a row without a partner: where they are written.
    pub(super) fn inner_lookups(&self) -> Vec<Span> {
        match self {
            Self::Lookup { left, outer, span, .. } => {
                let mut spans = left.inner_lookups();
                spans.extend((!outer).then_some(*span));
                spans
            }
            Self::Stream { .. } | Self::Join { .. } => Vec::new(),
        }
    }

    /// The same FROM clause, whose look-ups leave out no row.
    pub(super) fn with_outer_lookups(mut self) -> Self {
        if let Self::Lookup { left, outer, .. } = &mut self {
            *outer = true;
            **left = left.as_ref().clone().with_outer_lookups();
        }
        self
    }
    /// The streams and reference tables that are read, from left to right.
    pub fn streams(&self) -> Vec<StreamId> {
        match self {
            Self::Stream { stream, .. } => vec![*stream],
            Self::Join { left, right, .. } => [left.streams(), right.streams()].concat(),
            Self::Lookup { left, table, .. } => [left.streams(), vec![*table]].concat(),
        }
    }

    /// What the SELECT calls its streams and reference tables, from left to right.
    pub(super) fn names(&self) -> Vec<&str> {
        match self {
            Self::Stream { name, .. } => vec![name],
            Self::Join { left, right, .. } => [left.names(), right.names()].concat(),
            Self::Lookup { left, .. } => [left.names(), vec![""]].concat(),
        }
    }

    /// The window of the only stream, if that is cut into windows.
    pub fn window(&self) -> Option<&Window> {
        match self {
            Self::Stream { window, .. } => window.as_ref(),
            Self::Lookup { left, .. } => left.window(),
            Self::Join { .. } => None,
        }
    }

    /// Calls `visit` with the place that names each stream.
    pub(super) fn visit_streams(&mut self, visit: &mut dyn FnMut(&mut StreamId, Span)) {
        match self {
            Self::Stream { stream, span, .. } => visit(stream, *span),
            Self::Join { left, right, .. } => {
                left.visit_streams(visit);
                right.visit_streams(visit);
            }
            Self::Lookup { left, table, span, .. } => {
                left.visit_streams(visit);
                visit(table, *span);
            }
        }
    }

    /// Conditions of joins and keys of look-ups.
    pub(super) fn expressions(&self) -> Vec<&Expr> {
        match self {
            Self::Stream { .. } => Vec::new(),
            Self::Join { left, right, on, .. } => {
                let mut all = left.expressions();
                all.extend(right.expressions());
                all.extend(on);
                all
            }
            Self::Lookup { left, key, .. } => {
                let mut all = left.expressions();
                all.push(&key.1);
                all
            }
        }
    }

    /// Conditions of joins.
    pub(super) fn conditions(&self) -> Vec<&Expr> {
        match self {
            Self::Stream { .. } => Vec::new(),
            Self::Join { left, right, on, .. } => {
                let mut all = left.conditions();
                all.extend(right.conditions());
                all.extend(on);
                all
            }
            Self::Lookup { left, .. } => left.conditions(),
        }
    }

    /// The bounds of all joins.
    pub(super) fn bounds(&self) -> Vec<TimeBounds> {
        match self {
            Self::Stream { .. } => Vec::new(),
            Self::Join { left, right, bounds, .. } => [left.bounds(), right.bounds(), vec![*bounds]].concat(),
            Self::Lookup { left, .. } => left.bounds(),
        }
    }

    /// The relation whose times the rows of the clause keep: one that no join fills with NULLs.
    pub(super) fn timekeeper(&self) -> Option<usize> {
        match self {
            Self::Stream { .. } => Some(0),
            Self::Join { left, right, kind, .. } => match kind {
                JoinKind::Inner | JoinKind::Left => left.timekeeper(),
                JoinKind::Right => right.timekeeper().map(|at| at + left.streams().len()),
                JoinKind::Full => None,
            },
            Self::Lookup { left, .. } => left.timekeeper(),
        }
    }

    /// Where it is written: of a join, the last stream.
    pub(super) fn span(&self) -> Span {
        match self {
            Self::Stream { span, .. } | Self::Join { span, .. } | Self::Lookup { span, .. } => *span,
        }
    }

    /// For each relation, whether a join fills its columns with NULLs.
    pub(super) fn nullable(&self) -> Vec<bool> {
        match self {
            Self::Stream { .. } => vec![false],
            Self::Join { left, right, kind, .. } => {
                let (mut left, mut right) = (left.nullable(), right.nullable());
                if matches!(kind, JoinKind::Right | JoinKind::Full) {
                    left.fill(true);
                }
                if matches!(kind, JoinKind::Left | JoinKind::Full) {
                    right.fill(true);
                }
                [left, right].concat()
            }
            Self::Lookup { left, outer, .. } => [left.nullable(), vec![*outer]].concat(),
        }
    }

    /// How many joins of streams by a time there are.
    pub(super) fn joins_by(&self, time: TimeAttribute) -> usize {
        self.bounds().iter().filter(|bounds| bounds.first.1 == time).count()
    }

    /// A look-up that must see its own rows, before a join around it fills some with NULLs: it drops rows without a
    /// partner, or has a key that may have a value where all columns are NULL.
    pub(super) fn lookup_of_all_rows(&self) -> Option<Span> {
        match self {
            Self::Stream { .. } => None,
            Self::Join { left, right, .. } => {
                left.lookup_of_all_rows().or_else(|| right.lookup_of_all_rows())
            }
            Self::Lookup { left, key, outer, span, .. } => {
                let mut value = &key.1;
                while let ExprKind::Cast { operand, .. } = &value.kind {
                    value = operand;
                }
                let is_column = matches!(value.kind, ExprKind::Column(_));
                if *outer && is_column { left.lookup_of_all_rows() } else { Some(*span) }
            }
        }
    }

    pub(super) fn stateless(&self) -> Result<(), StateNeed> {
        match self {
            Self::Stream { window: None, .. } => Ok(()),
            Self::Stream { window: Some(window), .. } => {
                Err(StateNeed { what: "a window", span: window.span })
            }
            Self::Join { span, .. } => Err(StateNeed { what: "a join", span: *span }),
            Self::Lookup { left, key, .. } => {
                left.stateless()?;
                key.1.stateless()
            }
        }
    }
}
