//! The typed query: streams, and what is inserted into them.
//!
//! Invariants, which only [`analyze`](super::analyze) establishes: every [`StreamId`] and every
//! [`ColumnRef`](super::ColumnRef) exists; a stream is fed by streams before it in [`Query::streams`] only; the
//! items of an insert are as many as the columns of its stream, in their order and of their types; no name
//! holds a control character or `${`.

use super::data_type::DataType;
use super::expr::{Expr, ExprKind};
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

/// What a SQL text computes.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The columns of the input with their paths, as declared.
    pub input: Vec<Column>,
    /// All streams; the first is the input.
    pub streams: Vec<Stream>,
    /// What is inserted, in the order of writing.
    pub inserts: Vec<Insert>,
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
    /// Where it is defined.
    pub span: Span,
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
    /// One value for each column of the stream that is inserted into.
    pub items: Vec<Expr>,
    /// The SELECT without INSERT.
    pub span: Span,
}

/// A FROM clause: a tree whose leaves are numbered from left to right, which is how a
/// [`ColumnRef`](super::ColumnRef) names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromClause {
    /// All rows of a stream as they come.
    Stream {
        /// Which.
        stream: StreamId,
        /// Where it is named.
        span: Span,
    },
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
        self.inserts.iter().try_for_each(|insert| {
            insert.select.from.stateless()?;
            insert.select.filter.iter().chain(&insert.select.items).try_for_each(Expr::stateless)
        })
    }
}

impl FromClause {
    /// The streams that are read, from left to right.
    pub fn streams(&self) -> Vec<StreamId> {
        match self {
            Self::Stream { stream, .. } => vec![*stream],
        }
    }

    fn stateless(&self) -> Result<(), StateNeed> {
        match self {
            Self::Stream { .. } => Ok(()),
        }
    }
}

impl Expr {
    /// Exhaustive on purpose: whoever adds a kind decides here whether it needs to remember other records.
    fn stateless(&self) -> Result<(), StateNeed> {
        match &self.kind {
            ExprKind::Column(_) | ExprKind::Literal(_) => Ok(()),
            ExprKind::Cast { .. }
            | ExprKind::Negate(_)
            | ExprKind::Arithmetic { .. }
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
