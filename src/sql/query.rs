//! The typed query: streams, and what is inserted into them.
//!
//! A SELECT inside of another, each side of a `UNION ALL` and each table function become streams and inserts of their
//! own, so a [`Select`] reads streams and reference tables only. Its FROM clause is a tree: a stream, perhaps cut
//! into windows; a join of two within bounds of time; a look-up in a reference table. What a SELECT needs of time it
//! names as a [`TimeAttribute`] of a relation: `ROWTIME`, which every row has, or the event time, which
//! `records.event_time` declares and which is handed on with the column that holds it.
//!
//! Invariants, which only [`analyze`](super::analyze) establishes: every [`StreamId`] and every
//! [`ColumnRef`](super::ColumnRef) exists; a stream is fed by streams before it in [`Query::streams`] only; the
//! items of an insert are as many as the columns of its stream, in their order and of their types; aggregates stand
//! in a SELECT with a [`Group`] (over one windowed stream) or an [`Over`], never both; no name holds a control
//! character or `${`.

use super::data_type::DataType;
use super::expr::{Expr, ExprKind, Literal};
use super::path::Path;
use crate::source::Span;

/// A column of the records that the pipeline reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name by which SQL calls it, always as if quoted: case counts.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
    /// Where in a record its value lies.
    pub path: Path,
    /// Where it is declared.
    pub span: Span,
}

/// How a record is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordFormat {
    /// One JSON object.
    #[default]
    Json,
    /// One line of fields, in the order of the columns.
    Csv {
        /// What stands between two fields.
        delimiter: char,
    },
}

/// The column of the records that says when something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventTime {
    /// Which column of the input.
    pub column: usize,
    /// How late a record may come, in milliseconds; a later one belongs to no window any more.
    pub lateness_ms: u64,
}

/// What a SQL text computes.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// How the records are written.
    pub format: RecordFormat,
    /// The columns of the input with their paths, as declared.
    pub input: Vec<Column>,
    /// The input's event time, where one is declared.
    pub event_time: Option<EventTime>,
    /// What `ROWTIME` is.
    pub clock: Clock,
    /// All streams; the first is the input.
    pub streams: Vec<Stream>,
    /// The rows of reference tables, in the order in which [`Role::Reference`] counts them.
    pub references: Vec<Vec<Vec<Literal>>>,
    /// What is inserted, in the order of writing.
    pub inserts: Vec<Insert>,
}

/// Where `ROWTIME` comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Clock {
    /// The clock of the machine: a window closes as soon as its time is over.
    Processing,
    /// The time at which a record was read, kept with it: a window closes with the next record. For what Flink
    /// refuses to do by the clock alone.
    Ingestion,
}

/// Names a stream of one [`Query`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub(super) usize);

impl StreamId {
    /// The input.
    pub const INPUT: Self = Self(0);
}

/// A stream of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Its name, folded if it was not quoted.
    pub name: String,
    /// Its columns.
    pub columns: Vec<StreamColumn>,
    /// What it is for.
    pub role: Role,
    /// The times that its rows have to carry, beside their columns, since something reads them.
    pub carries: Vec<TimeAttribute>,
    /// Where it is defined; for the input, where it is first read.
    pub span: Span,
}

/// A column of a [`Stream`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamColumn {
    /// Its name, and its key in the JSON of an output.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
    /// What is known of its values beyond that.
    pub meaning: Meaning,
    /// Where it is defined.
    pub span: Span,
}

/// What the values of a column stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// Nothing but themselves.
    Value,
    /// The row's event time.
    EventTime,
    /// The first instant of the row's window.
    WindowStart {
        /// The time that was cut into windows.
        of: TimeAttribute,
        /// The length of tumbling windows, in milliseconds; unknown of others.
        size_ms: Option<i64>,
    },
    /// The instant at which the row's window ends, or the last one within.
    WindowEnd {
        /// The time that was cut into windows.
        of: TimeAttribute,
    },
    /// The row's number by `ROW_NUMBER()`, counted anew in each window.
    Rank,
}

/// A time that orders the rows of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimeAttribute {
    /// When the record came in.
    Rowtime,
    /// When it happened: the column that `records.event_time` names.
    EventTime,
}

/// What a stream is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Carries the records of the pipeline's stream.
    Input,
    /// Is read by other queries of the same SQL.
    Inner,
    /// Is read by nobody in the SQL, so it leaves it.
    Output,
    /// A table that was read when the pipeline was compiled: its place in [`Query::references`].
    Reference(usize),
}

/// Rows that go into a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Insert {
    /// The stream.
    pub into: StreamId,
    /// The rows.
    pub select: Select,
    /// The statement.
    pub span: Span,
}

/// One SELECT.
#[derive(Clone, Debug, PartialEq)]
pub struct Select {
    /// Where the rows come from.
    pub from: FromClause,
    /// What must be true of a row (NULL is not); all rows pass without it.
    pub filter: Option<Expr>,
    /// GROUP BY: one row for each group and window.
    pub group: Option<Group>,
    /// What the aggregates look at beside the row itself, where there is no GROUP BY.
    pub over: Option<Over>,
    /// One value for each column of the stream that is inserted into.
    pub items: Vec<Expr>,
    /// The SELECT without INSERT.
    pub span: Span,
}

/// GROUP BY, the window apart: that belongs to the stream that is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What the rows of a group have in common.
    pub keys: Vec<Expr>,
    /// HAVING: what must be true of a group.
    pub having: Option<Expr>,
    /// Where it is written.
    pub span: Span,
}

/// The OVER clause of a SELECT; all its functions share one.
#[derive(Clone, Debug, PartialEq)]
pub struct Over {
    /// What the rows have in common that are looked at.
    pub partition: Vec<Expr>,
    /// What sorts them.
    pub order: Order,
    /// How many of them.
    pub frame: Frame,
    /// Where it is written.
    pub span: Span,
}

/// What sorts the rows of an OVER clause.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// A time of the only relation.
    Time(TimeAttribute),
    /// Values, each with whether the largest comes first: for `ROW_NUMBER()` alone.
    Values(Vec<(Expr, bool)>),
}

/// Which rows an OVER clause looks at; the last is always the row itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// What the function itself says: `LAG`, `ROW_NUMBER`.
    None,
    /// The rows of the last milliseconds; one that is exactly as old is among them.
    Range(i64),
    /// So many rows before this one.
    Rows(u64),
    /// All rows up to this one, and those of its time.
    Unbounded,
    /// All rows up to this one.
    UnboundedRows,
}

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
    /// One behind the other.
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

/// The first part of a query that a record alone does not decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateNeed {
    /// What it is, in a few words.
    pub what: &'static str,
    /// Where it is written.
    pub span: Span,
}

impl Query {
    /// The stream of a name that an insert or a FROM gave out.
    pub fn stream(&self, id: StreamId) -> &Stream {
        &self.streams[id.0]
    }

    /// The streams that leave the SQL, in the order of their definition; at least one.
    pub fn outputs(&self) -> impl Iterator<Item = &Stream> {
        self.streams.iter().filter(|stream| stream.role == Role::Output)
    }

    /// All streams with their names.
    pub fn stream_ids(&self) -> impl Iterator<Item = StreamId> + use<> {
        (0..self.streams.len()).map(StreamId)
    }

    /// What is inserted into a stream, in the order of writing.
    pub fn inserts_into(&self, id: StreamId) -> impl Iterator<Item = &Insert> {
        self.inserts.iter().filter(move |insert| insert.into == id)
    }

    /// Whether each record alone decides what it becomes. Else the first place that needs to remember others.
    ///
    /// # Errors
    /// The place that needs state.
    pub fn stateless(&self) -> Result<(), StateNeed> {
        self.inserts.iter().try_for_each(|insert| insert.select.stateless())
    }
}

impl Select {
    fn stateless(&self) -> Result<(), StateNeed> {
        self.from.stateless()?;
        if let Some(group) = &self.group {
            return Err(StateNeed { what: "GROUP BY", span: group.span });
        }
        if let Some(over) = &self.over {
            return Err(StateNeed { what: "OVER", span: over.span });
        }
        self.filter.iter().chain(&self.items).try_for_each(Expr::stateless)
    }

    /// The SELECT's own expressions: conditions, keys and items, not those of the FROM clause.
    pub(super) fn expressions(&self) -> Vec<&Expr> {
        let mut all: Vec<&Expr> = self.filter.iter().chain(&self.items).collect();
        if let Some(group) = &self.group {
            all.extend(group.keys.iter().chain(&group.having));
        }
        if let Some(over) = &self.over {
            all.extend(&over.partition);
            if let Order::Values(values) = &over.order {
                all.extend(values.iter().map(|(value, _)| value));
            }
        }
        all
    }
}

impl FromClause {
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

    /// The bounds of all joins.
    pub(super) fn bounds(&self) -> Vec<TimeBounds> {
        match self {
            Self::Stream { .. } => Vec::new(),
            Self::Join { left, right, bounds, .. } => {
                [left.bounds(), right.bounds(), vec![*bounds]].concat()
            }
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

    fn stateless(&self) -> Result<(), StateNeed> {
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

impl Expr {
    /// Exhaustive on purpose: whoever adds a kind decides here whether it needs to remember other records.
    fn stateless(&self) -> Result<(), StateNeed> {
        match &self.kind {
            ExprKind::Column(_) | ExprKind::Literal(_) | ExprKind::Rowtime { .. } => Ok(()),
            ExprKind::Window(_) => Err(StateNeed { what: "a window", span: self.span }),
            ExprKind::Aggregate { .. } => Err(StateNeed { what: "an aggregate", span: self.span }),
            ExprKind::Cast { .. }
            | ExprKind::Negate(_)
            | ExprKind::Arithmetic { .. }
            | ExprKind::Shift { .. }
            | ExprKind::Concat(_)
            | ExprKind::Compare { .. }
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Not(_)
            | ExprKind::IsNull { .. }
            | ExprKind::In { .. }
            | ExprKind::Between { .. }
            | ExprKind::Like { .. }
            | ExprKind::Case { .. }
            | ExprKind::Coalesce(_)
            | ExprKind::NullIf { .. }
            | ExprKind::Call { .. } => {
                let mut result = Ok(());
                self.operands(&mut |operand| {
                    if result.is_ok() {
                        result = operand.stateless();
                    }
                });
                result
            }
        }
    }
}
