//! The query of a record program: what the compiler writes and [`RecordProgram`](crate::RecordProgram) runs.
//!
//! Invariants, which the compiler keeps and the reader of a program verifies: streams, columns and lists exist where they
//! are named, and a stream is fed by streams before it only.

use serde::{Deserialize, Serialize};

use crate::decimal::Decimal;

/// What becomes of one record's row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// How records are written.
    #[serde(default, skip_serializing_if = "Format::is_json")]
    pub format: Format,
    /// The columns of the input, which is stream 0.
    pub columns: Vec<Column>,
    /// The array of a JSON record of which each object becomes a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub array: Option<Array>,
    /// The tables that rows are looked up in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Table>,
    /// The streams behind the input: stream 1 and so on.
    pub streams: Vec<Stream>,
    /// What is inserted into them.
    pub inserts: Vec<Insert>,
}

/// How records are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// One JSON object.
    #[default]
    Json,
    /// One line of fields, in the order of the columns, with this character between them.
    Csv(char),
}

impl Format {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_json(&self) -> bool {
        *self == Self::Json
    }
}

/// An array whose objects become rows. Other elements are left out, and a record without any object gives one row, in
/// which their columns are NULL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Array {
    /// The keys that lead to it; at least one.
    pub path: Vec<String>,
    /// The columns whose paths begin at an element; the other ones are the same in each row.
    pub columns: Vec<usize>,
}

/// A small table that is known beforehand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The types of its columns.
    pub types: Vec<DataType>,
    /// Its rows, a constant for each column.
    pub rows: Vec<Vec<Expr>>,
}

/// A column of the input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The keys that lead to its value; at least one, and none in CSV.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// Its type.
    #[serde(rename = "type")]
    pub data_type: DataType,
}

/// A stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stream {
    /// The types of its columns.
    pub types: Vec<DataType>,
    /// The keys of its rows as JSON, if they leave the query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<String>>,
}

/// Rows that go from one stream into another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Insert {
    /// The stream that is read.
    pub from: usize,
    /// The stream that is filled, a later one.
    pub into: usize,
    /// The rows of tables that each row is given, one behind the other: their columns follow those of the stream.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lookups: Vec<Lookup>,
    /// What must be true of a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Expr>,
    /// One value for each column.
    pub items: Vec<Expr>,
}

/// A row of a table that belongs to a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// The table.
    pub table: usize,
    /// Its column that has a value once at most.
    pub key: usize,
    /// What the key is converted to before it is compared, where it has another type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cast: Option<DataType>,
    /// What the key must equal: an expression of the columns before the table's.
    pub value: Expr,
    /// Whether a row without a partner stays, with NULL in the table's columns.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outer: bool,
}

/// The type of a column or of a conversion's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataType {
    /// True or false.
    Boolean,
    /// Whole number of 8 bits.
    TinyInt,
    /// Whole number of 16 bits.
    SmallInt,
    /// Whole number of 32 bits.
    Integer,
    /// Whole number of 64 bits.
    BigInt,
    /// Exact number: digits in all, and behind the point.
    Decimal(u8, u8),
    /// Floating point number of 32 bits.
    Real,
    /// Floating point number of 64 bits.
    Double,
    /// Text of exactly so many characters.
    Char(u32),
    /// Text of at most so many characters.
    Varchar(u32),
    /// Text of any length.
    Text,
    /// Day.
    Date,
    /// Time of day.
    Time,
    /// Day and time of day.
    Timestamp,
}

/// An expression. Any operand can be NULL; the result is then NULL, unless SQL says otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expr {
    /// The value of a column of the stream that is read.
    Column(usize),
    /// NULL.
    Null,
    /// A truth.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// An exact number.
    Decimal(Decimal),
    /// A floating point number.
    Double(f64),
    /// A text.
    Text(String),
    /// A day, since 1970-01-01.
    Date(i32),
    /// A time of day, in milliseconds.
    Time(i32),
    /// A time, in milliseconds since 1970.
    Timestamp(i64),
    /// The operand as another type; NULL where it cannot be.
    Cast(DataType, Box<Expr>),
    /// The number with the other sign.
    Negate(DataType, Box<Expr>),
    /// What is done, the type of the result, and two numbers.
    Arithmetic(Arithmetic, DataType, Box<(Expr, Expr)>),
    /// Texts one behind the other.
    Concat(Vec<Expr>),
    /// Whether two values of one type are in an order.
    Compare(Comparison, Box<(Expr, Expr)>),
    /// Whether all are true.
    And(Vec<Expr>),
    /// Whether one is true.
    Or(Vec<Expr>),
    /// The opposite.
    Not(Box<Expr>),
    /// Whether it is NULL.
    IsNull(Box<Expr>),
    /// Whether the first equals one of the others.
    In(Box<Expr>, Vec<Expr>),
    /// Whether the first lies between the second and the third.
    Between(Box<(Expr, Expr, Expr)>),
    /// Whether a text has a form.
    Like(Box<Expr>, Vec<Part>),
    /// The value of the first condition that is true, else the last value.
    Case(Vec<(Expr, Expr)>, Box<Expr>),
    /// The first that is not NULL.
    Coalesce(Vec<Expr>),
    /// NULL where both are equal, else the first.
    NullIf(Box<(Expr, Expr)>),
    /// A function of its arguments.
    Call(Function, Vec<Expr>),
}

/// What is done with two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// The remainder, with the sign of the first.
    Modulo,
}

/// An order of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// This very text.
    Text(String),
    /// One character that is no line break.
    One,
    /// Any text.
    Any,
}

/// A function of its arguments alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// A text in upper case.
    Upper,
    /// A text in lower case.
    Lower,
    /// The number of characters.
    CharLength,
    /// A part of a text: from a character, which counts from 1, and perhaps so many.
    Substring,
    /// A text without a character at its start.
    TrimLeading,
    /// A text without a character at its end.
    TrimTrailing,
    /// A text without a character at both ends.
    TrimBoth,
}

impl Query {
    /// Whether the invariants hold.
    pub(crate) fn check(&self) -> bool {
        let paths = match self.format {
            Format::Json => self.columns.iter().all(|column| !column.path.is_empty()),
            Format::Csv(_) => self.array.is_none(),
        };
        let array = self.array.as_ref().is_none_or(|array| {
            !array.path.is_empty() && array.columns.iter().all(|at| *at < self.columns.len())
        });
        let keys = self
            .streams
            .iter()
            .all(|stream| stream.keys.as_ref().is_none_or(|keys| keys.len() == stream.types.len()));
        paths
            && array
            && keys
            && self.tables.iter().all(Table::check)
            && self.inserts.iter().all(|insert| self.holds(insert))
    }

    /// The number of columns of a stream.
    pub(crate) fn width(&self, stream: usize) -> Option<usize> {
        match stream.checked_sub(1) {
            None => Some(self.columns.len()),
            Some(at) => self.streams.get(at).map(|stream| stream.types.len()),
        }
    }

    fn holds(&self, insert: &Insert) -> bool {
        let Some(mut columns) = self.width(insert.from) else { return false };
        for lookup in &insert.lookups {
            match self.tables.get(lookup.table) {
                Some(table) if lookup.key < table.types.len() && lookup.value.check(columns) => {
                    columns += table.types.len();
                }
                _ => return false,
            }
        }
        insert.from < insert.into
            && self.width(insert.into) == Some(insert.items.len())
            && insert.filter.iter().chain(&insert.items).all(|expr| expr.check(columns))
    }
}

impl Table {
    fn check(&self) -> bool {
        self.rows.iter().all(|row| row.len() == self.types.len() && row.iter().all(|value| value.check(0)))
    }
}

impl Expr {
    fn check(&self, columns: usize) -> bool {
        let all = |list: &[Self]| list.iter().all(|expr| expr.check(columns));
        match self {
            Self::Column(at) => *at < columns,
            Self::Null | Self::Boolean(_) | Self::Integer(_) | Self::Decimal(_) | Self::Double(_) => true,
            Self::Text(_) | Self::Date(_) | Self::Time(_) | Self::Timestamp(_) => true,
            Self::Cast(_, operand) | Self::Negate(_, operand) | Self::Not(operand) => operand.check(columns),
            Self::IsNull(operand) | Self::Like(operand, _) => operand.check(columns),
            Self::Arithmetic(_, _, pair) | Self::Compare(_, pair) | Self::NullIf(pair) => {
                pair.0.check(columns) && pair.1.check(columns)
            }
            Self::Between(three) => {
                three.0.check(columns) && three.1.check(columns) && three.2.check(columns)
            }
            Self::Concat(list) | Self::And(list) | Self::Or(list) | Self::Coalesce(list) => all(list),
            Self::In(operand, list) => operand.check(columns) && all(list),
            Self::Case(branches, otherwise) => {
                otherwise.check(columns) && branches.iter().all(|(a, b)| a.check(columns) && b.check(columns))
            }
            Self::Call(function, arguments) => {
                let counts = match function {
                    Function::Upper | Function::Lower | Function::CharLength => 1..=1,
                    Function::Substring => 2..=3,
                    Function::TrimLeading | Function::TrimTrailing | Function::TrimBoth => 2..=2,
                };
                counts.contains(&arguments.len()) && all(arguments)
            }
        }
    }
}
