//! The query of a record program: what the compiler writes and [`RecordProgram`](crate::RecordProgram) runs.
//!
//! Invariants, which the compiler keeps and the reader of a program verifies: streams, columns and lists exist where they
//! are named, and a stream is fed by streams before it only.

use serde::{Deserialize, Serialize};

use crate::decimal::Decimal;
use crate::pattern::TimePart;
use crate::regex::Expression;
use crate::scalar::Scalar;

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
    /// The same, from a number that counts from 1970, or a text of one.
    Epoch(EpochUnit),
}

/// What a number counts since 1970-01-01 00:00:00 UTC. Of each unit milliseconds are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpochUnit {
    /// Seconds, perhaps with a fraction.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Microseconds.
    Microseconds,
    /// Nanoseconds.
    Nanoseconds,
}

impl EpochUnit {
    /// The unit as a spec spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Milliseconds => "ms",
            Self::Microseconds => "us",
            Self::Nanoseconds => "ns",
        }
    }

    /// Units of a millisecond; none of those that are longer.
    pub fn per_millisecond(self) -> Option<i64> {
        match self {
            Self::Seconds => None,
            Self::Milliseconds => Some(1),
            Self::Microseconds => Some(1_000),
            Self::Nanoseconds => Some(1_000_000),
        }
    }

    /// The type as which the number is read. Doubles hold milliseconds of seconds, and not nanoseconds.
    pub(crate) fn number(self) -> DataType {
        match self.per_millisecond() {
            None => DataType::Double,
            Some(_) => DataType::BigInt,
        }
    }
}

impl DataType {
    /// What a whole number of this type can be.
    pub(crate) fn range(self) -> Option<std::ops::RangeInclusive<i64>> {
        Some(match self {
            Self::TinyInt => i8::MIN.into()..=i8::MAX.into(),
            Self::SmallInt => i16::MIN.into()..=i16::MAX.into(),
            Self::Integer => i32::MIN.into()..=i32::MAX.into(),
            Self::BigInt => i64::MIN..=i64::MAX,
            _ => return None,
        })
    }
}

impl Arithmetic {
    /// Whether operands of it are computed together with it.
    pub(crate) fn is_sum(self) -> bool {
        matches!(self, Self::Add | Self::Subtract | Self::Multiply)
    }
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
    /// The number with the other sign; NULL where its type does not hold that.
    Negate(DataType, Box<Expr>),
    /// What is done, the type of the result, and two numbers; NULL where the type does not hold the result. Sums,
    /// differences and products of whole numbers within one another are held to their type once, as is floating point
    /// arithmetic.
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
    /// The number without its sign.
    Absolute(DataType, Box<Expr>),
    /// The time at which the record is looked at.
    Now,
    /// A time so many milliseconds later.
    Later(i64, Box<Expr>),
    /// A time so many months later, on the last day of the month where that has fewer days.
    MonthsLater(i32, Box<Expr>),
    /// A group of the first match in a text, NULL without one; 0 is the match.
    Extract(Box<Expr>, Expression, usize),
    /// The first text with every match replaced by the second.
    ReplaceMatches(Box<(Expr, Expr)>, Expression),
    /// Whether a text has a match.
    Matches(Box<Expr>, Expression),
    /// A time as a text.
    FormatTime(Box<Expr>, Vec<TimePart>),
    /// A text as a time; NULL where it is none.
    ParseTime(Box<Expr>, Vec<TimePart>),
    /// A function of its arguments.
    Call(Function, Vec<Expr>),
    /// One of Flink's.
    Scalar(Scalar, Vec<Expr>),
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
    /// A part of a text: from a character, which counts from 1, and perhaps so many. Places before the first count.
    Substring,
    /// A text without a character at its start.
    TrimLeading,
    /// A text without a character at its end.
    TrimTrailing,
    /// A text without a character at both ends.
    TrimBoth,
    /// The first letter of every word in upper case, the others in lower case; those from A to Z. Words end at blanks.
    InitCap,
    /// The place of the first text in the second, from 1; 0 where it is not in it.
    Position,
    /// A text with another one over it, from a character on and perhaps over so many.
    Overlay,
    /// A text with every occurrence of the second replaced by the third.
    Replace,
    /// The field of a text between separators, counted from 0.
    SplitIndex,
    /// A text of exactly so many characters, filled at its start with the third.
    LeftPad,
    /// The same, filled at its end.
    RightPad,
    /// A whole number that is not less.
    Ceil,
    /// A whole number that is not more.
    Floor,
    /// The square root; NULL below 0.
    SquareRoot,
    /// The natural logarithm; NULL up to 0.
    Ln,
    /// The logarithm to base 10; NULL up to 0.
    Log10,
    /// A part of a time.
    Extract(TimeField),
    /// The start of the unit that a time lies in.
    FloorTo(TimeField),
    /// The start of the next unit.
    CeilTo(TimeField),
    /// The last multiple of so many milliseconds, more than 0; before 1970 the next one.
    Step(i64),
    /// Whole units from the first time to the second, if 32 bits hold them.
    Between(TimeField),
    /// Milliseconds since 1970 of a time.
    Milliseconds,
    /// The time that is so many milliseconds after 1970, of the years 0 to 9999.
    FromMilliseconds,
}

/// A part of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeField {
    /// Year.
    Year,
    /// Quarter of the year.
    Quarter,
    /// Month.
    Month,
    /// Week of the year, ISO 8601; as a unit from Sunday on.
    Week,
    /// Day of the month.
    Day,
    /// Hour.
    Hour,
    /// Minute.
    Minute,
    /// Second.
    Second,
    /// Day of the week, 1 is Sunday.
    DayOfWeek,
    /// Day of the year.
    DayOfYear,
}

impl Function {
    /// How many arguments it takes.
    fn arguments(self) -> std::ops::RangeInclusive<usize> {
        match self {
            Self::Upper | Self::Lower | Self::CharLength | Self::InitCap => 1..=1,
            Self::TrimLeading | Self::TrimTrailing | Self::TrimBoth | Self::Position => 2..=2,
            Self::Substring => 2..=3,
            Self::Overlay => 3..=4,
            Self::Replace | Self::SplitIndex | Self::LeftPad | Self::RightPad => 3..=3,
            Self::Ceil | Self::Floor | Self::SquareRoot | Self::Ln | Self::Log10 => 1..=1,
            Self::Extract(_) | Self::FloorTo(_) | Self::CeilTo(_) | Self::Step(_) => 1..=1,
            Self::Between(_) => 2..=2,
            Self::Milliseconds | Self::FromMilliseconds => 1..=1,
        }
    }
}

impl Query {
    /// Whether the time decides about what becomes of a record.
    pub(crate) fn has_clock(&self) -> bool {
        self.inserts.iter().any(|insert| insert.filter.iter().chain(&insert.items).any(Expr::has_clock))
    }

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
        let itself = match self {
            Self::Column(at) => *at < columns,
            Self::Call(function, arguments) => {
                let possible = !matches!(function, Function::Step(..=0));
                possible && function.arguments().contains(&arguments.len())
            }
            Self::Scalar(function, arguments) => function.takes(arguments.len()),
            _ => true,
        };
        itself && self.operands().into_iter().all(|operand| operand.check(columns))
    }

    fn has_clock(&self) -> bool {
        matches!(self, Self::Now) || self.operands().into_iter().any(Self::has_clock)
    }

    fn operands(&self) -> Vec<&Self> {
        match self {
            Self::Column(_) | Self::Null | Self::Boolean(_) | Self::Integer(_) | Self::Decimal(_) => {
                Vec::new()
            }
            Self::Double(_) | Self::Text(_) | Self::Date(_) | Self::Time(_) | Self::Timestamp(_) => {
                Vec::new()
            }
            Self::Now => Vec::new(),
            Self::Cast(_, operand) | Self::Negate(_, operand) | Self::Not(operand) => vec![operand],
            Self::IsNull(operand) | Self::Like(operand, _) | Self::Absolute(_, operand) => vec![operand],
            Self::Later(_, operand) | Self::MonthsLater(_, operand) => vec![operand],
            Self::Extract(operand, ..) | Self::Matches(operand, _) => vec![operand],
            Self::FormatTime(operand, _) | Self::ParseTime(operand, _) => vec![operand],
            Self::ReplaceMatches(pair, _) => vec![&pair.0, &pair.1],
            Self::Arithmetic(_, _, pair) | Self::Compare(_, pair) | Self::NullIf(pair) => {
                vec![&pair.0, &pair.1]
            }
            Self::Between(three) => vec![&three.0, &three.1, &three.2],
            Self::Concat(list) | Self::And(list) | Self::Or(list) | Self::Coalesce(list) => {
                list.iter().collect()
            }
            Self::Call(_, arguments) | Self::Scalar(_, arguments) => arguments.iter().collect(),
            Self::In(operand, list) => std::iter::once(&**operand).chain(list).collect(),
            Self::Case(branches, otherwise) => {
                let branches = branches.iter().flat_map(|(condition, value)| [condition, value]);
                branches.chain(std::iter::once(&**otherwise)).collect()
            }
        }
    }
}
