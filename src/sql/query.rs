//! The typed query: streams, and what is inserted into them.
//!
//! A SELECT within another, each side of a `UNION ALL` and each table function become streams and inserts of their own,
//! so a [`Select`] reads streams and reference tables only. Its FROM clause is a tree: a stream, perhaps cut into
//! windows; a join of two within bounds of time; a look-up in a reference table. What a SELECT needs of time it names
//! as a [`TimeAttribute`] of a relation: `ROWTIME`, which every row has, or the event time, which `records.event_time`
//! declares and which is handed on with the column that holds it.
//!
//! Invariants, which only [`analyze`](super::analyze) establishes: every [`StreamId`] and every
//! [`ColumnRef`](super::ColumnRef) exists; a stream is fed by streams before it in [`Query::streams`] only; the items
//! of an insert are as many as the columns of its stream, in their order and of their types; aggregates are in a SELECT
//! with a [`Group`] (over one windowed stream) or an [`Over`], never both; no name holds a control character or `${`.

use super::data_type::DataType;
use super::epoch::EpochUnit;
use super::expr::{Expr, ExprKind, Literal};
use super::forest::Forest;
pub use super::from::{FromClause, JoinKind, TimeBounds, Window, WindowKind};
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
    /// What the record's number counts since 1970, where that becomes a TIMESTAMP.
    pub epoch: Option<EpochUnit>,
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
        /// What is between two fields.
        delimiter: char,
    },
}

/// The column of the records that says when something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventTime {
    /// Which column of the input.
    pub column: usize,
    /// What the column counts since 1970, unless it is a TIMESTAMP.
    pub unit: Option<EpochUnit>,
    /// How late a record may come, in milliseconds; a later one belongs to no window any more.
    pub lateness_ms: u64,
    /// How far ahead of the clock a time may be, in milliseconds; one that is further counts as none.
    pub ahead_ms: u64,
}

/// What a SQL text computes.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Names of streams that the spec leaves out: nothing of them is computed.
    pub left_out: Vec<String>,
    /// How the records are written.
    pub format: RecordFormat,
    /// The columns of the input with their paths, as declared.
    pub input: Vec<Column>,
    /// The input's event time, where one is declared.
    pub event_time: Option<EventTime>,
    /// Whether it was written in plain SQL, where a name without quotes matches in any case.
    pub is_plain: bool,
    /// What `ROWTIME` is.
    pub clock: Clock,
    /// Where reading begins.
    pub start: Start,
    /// All streams; the first is the input.
    pub streams: Vec<Stream>,
    /// The rows of reference tables, in the order in which [`Role::Reference`] counts them.
    pub references: Vec<Vec<Vec<Literal>>>,
    /// What is inserted, in the order of writing.
    pub inserts: Vec<Insert>,
    /// The output of faults, which nothing is inserted into by the SQL.
    pub errors: Option<StreamId>,
}

/// The record that Flink reads first when it has no state yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Start {
    /// The oldest that the stream holds.
    #[default]
    Oldest,
    /// The first that comes after the start.
    Latest,
    /// The first that came at this time or later, in milliseconds since 1970.
    At(i64),
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
    /// Its name; of one without quotes, in upper case in the old dialect and as written in plain SQL.
    pub name: String,
    /// Its columns.
    pub columns: Vec<StreamColumn>,
    /// What it is for.
    pub role: Role,
    /// The times that its rows have to carry, in addition to their columns, since something reads them.
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
    /// The row's `ROWTIME`.
    Rowtime,
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
    /// The row's number by `ROW_NUMBER()`, counted again in each window.
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
    /// What the aggregates look at in addition to the row itself, where there is no GROUP BY.
    pub over: Option<Over>,
    /// What scores the rows; the SELECT then reads one stream, and has no condition, group or aggregate.
    pub forest: Option<Forest>,
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
    /// What the function itself says: `ROW_NUMBER`.
    None,
    /// The row that is so many rows before: `LAG`.
    Lag(u64),
    /// The rows of the last milliseconds; one that is exactly as old is among them.
    Range(i64),
    /// So many rows before this one.
    Rows(u64),
    /// All rows up to this one, and those of its time.
    Unbounded,
    /// All rows up to this one.
    UnboundedRows,
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
        if let Some(forest) = &self.forest {
            return Err(StateNeed { what: "a random cut forest", span: forest.span });
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

impl Expr {
    /// Exhaustive on purpose: anyone who adds a kind decides here whether it needs to remember other records.
    pub(super) fn stateless(&self) -> Result<(), StateNeed> {
        match &self.kind {
            ExprKind::Column(_) | ExprKind::Literal(_) | ExprKind::Rowtime { .. } => Ok(()),
            ExprKind::Window(_) => Err(StateNeed { what: "a window", span: self.span }),
            ExprKind::Anomaly(_) => Err(StateNeed { what: "a random cut forest", span: self.span }),
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
