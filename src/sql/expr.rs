//! Expressions with their types and the places they were written at.
//!
//! Nothing is left implicit: operands of one operator have one type (texts may differ in length), a conversion is a [`ExprKind::Cast`], a `*`
//! is expanded and a simple `CASE` is a searched one. So both back ends only walk the tree, and decide nothing.

use super::builtin::Builtin;
use super::data_type::DataType;
use super::epoch::EpochUnit;
use super::forest::Anomaly;
use super::interval::Interval;
use crate::source::Span;

/// One expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What is computed.
    pub kind: ExprKind,
    /// The type of the result.
    pub data_type: DataType,
    /// Where it is written.
    pub span: Span,
}

/// What an expression computes. Any operand can be NULL; as in SQL, the result is then NULL unless said.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// The value of a column.
    Column(ColumnRef),
    /// A constant.
    Literal(Literal),
    /// When the row of a relation came in, as TIMESTAMP.
    Rowtime {
        /// Which relation of the FROM clause.
        relation: usize,
    },
    /// A bound of the window of the only relation that has one, as TIMESTAMP.
    Window(WindowBound),
    /// What the SELECT's forest says of the row.
    Anomaly(Anomaly),
    /// What a function makes of several rows: those of the group, or those that the SELECT's OVER names.
    Aggregate {
        /// Which.
        function: Aggregate,
        /// Whether equal values count once.
        distinct: bool,
        /// Its arguments; none means `COUNT(*)` or `ROW_NUMBER()`.
        arguments: Vec<Expr>,
        /// Which OVER clause of its SELECT it belongs to, while that is resolved; 0 in a query, where there is one at most.
        over: usize,
    },
    /// The operand as the type of this expression; NULL when it cannot be (a text that is not a number, a number out of
    /// range). Text is cut to the length of its new type, or filled up to it where that is CHAR. A number becomes whole
    /// by losing its fraction, unless it is rounded first, and a DECIMAL of fewer digits by rounding half up.
    Cast {
        /// What is converted.
        operand: Box<Expr>,
        /// Whether the user wrote the cast.
        written: bool,
    },
    /// The number with the other sign; NULL for the least whole number.
    Negate(Box<Expr>),
    /// Two numbers of the type of this expression; NULL where that does not hold the result. Sums, differences and products
    /// of whole numbers that are operands of one another are computed exactly, with up to 38 digits, and so is floating point
    /// arithmetic in one go: only the whole result must be in its type. Division by zero is NULL.
    Arithmetic {
        /// What is done with them.
        operator: Arithmetic,
        /// First operand.
        left: Box<Expr>,
        /// Second operand.
        right: Box<Expr>,
    },
    /// A time so much later, of the type of this expression.
    Shift {
        /// The time.
        operand: Box<Expr>,
        /// How much; below zero is earlier.
        by: Interval,
    },
    /// Texts one after the other.
    Concat(Vec<Expr>),
    /// Two values of one type.
    Compare {
        /// What must hold.
        operator: Comparison,
        /// First operand.
        left: Box<Expr>,
        /// Second operand.
        right: Box<Expr>,
    },
    /// True when all are, false when one is, else NULL.
    And(Vec<Expr>),
    /// True when one is, false when all are, else NULL.
    Or(Vec<Expr>),
    /// The opposite truth.
    Not(Box<Expr>),
    /// Whether the operand is NULL; never NULL itself.
    IsNull {
        /// What is looked at.
        operand: Box<Expr>,
        /// `IS NOT NULL`.
        negated: bool,
    },
    /// Whether the operand equals one of the list; NULL when it does not and one of them is NULL.
    In {
        /// What is looked for.
        operand: Box<Expr>,
        /// Where; all of the operand's type.
        list: Vec<Expr>,
        /// `NOT IN`.
        negated: bool,
    },
    /// Whether the operand lies between two values of its type, both included.
    Between {
        /// What is looked at.
        operand: Box<Expr>,
        /// Smallest value.
        low: Box<Expr>,
        /// Largest value.
        high: Box<Expr>,
        /// `NOT BETWEEN`.
        negated: bool,
    },
    /// Whether the text has the form of the pattern: `%` stands for any text, `_` for one character.
    Like {
        /// The text.
        operand: Box<Expr>,
        /// The form.
        pattern: Pattern,
        /// `NOT LIKE`.
        negated: bool,
    },
    /// The first branch whose condition is true, else the last value; all of this expression's type.
    Case {
        /// Condition and value.
        branches: Vec<(Expr, Expr)>,
        /// The value when no condition is true; NULL without one.
        otherwise: Option<Box<Expr>>,
    },
    /// The first that is not NULL; all of this expression's type.
    Coalesce(Vec<Expr>),
    /// NULL when both are equal, else the first.
    NullIf {
        /// The value.
        value: Box<Expr>,
        /// What makes it NULL; of a type that compares with the value's.
        unwanted: Box<Expr>,
    },
    /// A function of its arguments alone.
    Call {
        /// Which.
        function: Function,
        /// Its arguments, as the function's description says.
        arguments: Vec<Expr>,
    },
}

/// A column of one of the relations that a SELECT reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ColumnRef {
    /// Which relation of the FROM clause, counted from 0 in the order of writing.
    pub relation: usize,
    /// Which of its columns, from 0.
    pub column: usize,
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// No value, of the expression's type.
    Null,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// An exact number, as digits with an optional point and sign.
    Decimal(String),
    /// A binary floating point number; finite.
    Double(f64),
    /// Text.
    Text(String),
    /// A day, `2026-01-27`.
    Date(String),
    /// A time of day, `09:30:00`, perhaps with a fraction.
    Time(String),
    /// Both, with a space between them.
    Timestamp(String),
}

/// What is done with two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`: of whole numbers the whole part of the quotient, towards zero.
    Divide,
    /// `%` or `MOD`: the remainder of the division, with the sign of the first.
    Modulo,
}

/// What must hold between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

/// The form of a text, taken apart once so that no back end has to know about escape characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// What must follow what.
    pub parts: Vec<PatternPart>,
}

/// A piece of a [`Pattern`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternPart {
    /// This very text.
    Text(String),
    /// `_`: one character that is no line break.
    One,
    /// `%`: any text, also none.
    Any,
}

/// A bound of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WindowBound {
    /// Its first instant.
    Start,
    /// The instant at which it ends, which is not in it.
    End,
    /// Its last millisecond.
    Last,
}

/// Functions of several rows. NULLs are left out by all but `COUNT(*)`, `FIRST_VALUE`, `LAST_VALUE`, `LAG` and
/// `ROW_NUMBER`; of no values at all the count is 0 and every other result NULL, as is one that its type does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aggregate {
    /// `COUNT`: how many, as BIGINT.
    Count,
    /// `SUM`: of whole numbers as BIGINT, of exact ones with 38 digits, else as DOUBLE.
    Sum,
    /// `AVG`: of whole numbers and floating point numbers as DOUBLE, else exact with 38 digits.
    Avg,
    /// `MIN`
    Min,
    /// `MAX`
    Max,
    /// `STDDEV_POP`, as DOUBLE.
    StddevPop,
    /// `STDDEV_SAMP`, as DOUBLE.
    StddevSamp,
    /// `VAR_POP`, as DOUBLE.
    VarPop,
    /// `VAR_SAMP`, as DOUBLE.
    VarSamp,
    /// `FIRST_VALUE`: the oldest row's, also where that is NULL.
    FirstValue,
    /// `LAST_VALUE`: the newest row's, also where that is NULL.
    LastValue,
    /// `FIRST_VALUE .. IGNORE NULLS`: the oldest value.
    FirstPresent,
    /// `LAST_VALUE .. IGNORE NULLS`: the newest value.
    LastPresent,
    /// `LAG(value, rows before [, otherwise])`
    Lag,
    /// `ROW_NUMBER()`
    RowNumber,
    /// `LISTAGG(text [, separator])`: texts one after the other, in the order in which they come.
    ListAgg,
    /// `PERCENTILE(value, part)`, as DOUBLE.
    Percentile,
}

/// Functions of their arguments alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// `UPPER(text)`
    Upper,
    /// `LOWER(text)`
    Lower,
    /// `INITCAP(text)`: the first letter of every word in upper case, the others in lower case. Words end at spaces;
    /// letters other than A to Z stay as they are.
    InitCap,
    /// `CHAR_LENGTH(text)`: characters, as INTEGER.
    CharLength,
    /// `SUBSTRING(text FROM start [FOR length])`, two or three arguments; the first character is 1. Places
    /// before it count and hold nothing; a computed length below 0 gives NULL.
    Substring,
    /// `TRIM(side character FROM text)`: the text without the character at that side; two arguments, the text
    /// and the character.
    Trim(Side),
    /// `POSITION(part IN text)`: the place of the first character, 0 where it is not in it; INTEGER.
    Position,
    /// `OVERLAY(text PLACING other FROM start [FOR length])`, three or four arguments. A start after the end of the
    /// text leaves it as it is.
    Overlay,
    /// `REPLACE(text, what, by)`: every occurrence.
    Replace,
    /// `REGEXP_REPLACE(text, expression, by)`: every match of a constant regular expression, Java's.
    RegexpReplace,
    /// `REGEXP_EXTRACT(text, expression, group)`: a group of the first match of a constant regular expression, as an
    /// INTEGER constant; NULL without a match.
    RegexpExtract,
    /// `text SIMILAR TO pattern [ESCAPE character]`, constants; two or three arguments.
    SimilarTo,
    /// `SPLIT_INDEX(text, separator, index)`: a field, counted from 0; NULL where there are not as many.
    SplitIndex,
    /// `LPAD(text, length, filling)`
    LeftPad,
    /// `RPAD(text, length, filling)`
    RightPad,
    /// `ABS(number)`; NULL for the least whole number.
    Abs,
    /// `CEIL(number)`: a whole number that is not less.
    Ceil,
    /// `FLOOR(number)`: a whole number that is not more.
    Floor,
    /// `SQRT(number)`, as DOUBLE; NULL below 0.
    SquareRoot,
    /// `LN(number)`, as DOUBLE; NULL up to 0.
    Ln,
    /// `LOG10(number)`, as DOUBLE; NULL up to 0.
    Log10,
    /// `EXTRACT(field FROM time)`, as BIGINT.
    Extract(TimeField),
    /// `FLOOR(time TO unit)`: the start of the unit that a time is in.
    FloorTo(TimeField),
    /// `CEIL(time TO unit)`: the start of the next unit, unless the time is one.
    CeilTo(TimeField),
    /// `STEP(time BY interval)`: the last multiple of so many milliseconds since 1970.
    Step(i64),
    /// `TIMESTAMPDIFF(unit, from, to)`: whole units between two times, as INTEGER; NULL where that does not hold them. The
    /// units are seconds and minutes then, of which it holds those of 596,522 and of 35,791,393 hours.
    TimestampDiff(TimeField),
    /// `UNIX_TIMESTAMP(time)`: milliseconds since 1970, as BIGINT.
    UnixTimestamp,
    /// `TO_TIMESTAMP(milliseconds since 1970)`
    FromUnixTimestamp,
    /// The time that a number, or a text of one, counts since 1970; NULL where it is none, or outside the years 0 to
    /// 9999.
    FromEpoch(EpochUnit),
    /// `TIMESTAMP_TO_CHAR(pattern, time)`; the arguments are the time and the constant pattern, Java's.
    FormatTimestamp,
    /// `CHAR_TO_TIMESTAMP(pattern, text)`; the arguments are the text and the constant pattern. NULL where they do not
    /// fit.
    ParseTimestamp,
    /// `CURRENT_TIMESTAMP`: when the row is looked at, in UTC.
    Now,
    /// A function of the table of Flink's.
    Builtin(&'static Builtin),
}

/// A part of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeField {
    /// Year.
    Year,
    /// Quarter of the year, 1 to 4.
    Quarter,
    /// Month, 1 to 12.
    Month,
    /// Week of the year, ISO 8601.
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

impl TimeField {
    /// Its name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Year => "YEAR",
            Self::Quarter => "QUARTER",
            Self::Month => "MONTH",
            Self::Week => "WEEK",
            Self::Day => "DAY",
            Self::Hour => "HOUR",
            Self::Minute => "MINUTE",
            Self::Second => "SECOND",
            Self::DayOfWeek => "DOW",
            Self::DayOfYear => "DOY",
        }
    }
}

/// Which end of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The start.
    Leading,
    /// The end.
    Trailing,
    /// Both.
    Both,
}

/// The operands of a kind, one after the other, by `&` or `&mut`.
macro_rules! operands {
    ($kind:expr, $visit:ident, $iter:ident) => {
        match $kind {
            ExprKind::Column(_)
            | ExprKind::Literal(_)
            | ExprKind::Rowtime { .. }
            | ExprKind::Window(_)
            | ExprKind::Anomaly(_) => {}
            ExprKind::Cast { operand, .. }
            | ExprKind::Negate(operand)
            | ExprKind::Not(operand)
            | ExprKind::Shift { operand, .. }
            | ExprKind::IsNull { operand, .. }
            | ExprKind::Like { operand, .. } => $visit(operand),
            ExprKind::Arithmetic { left, right, .. } | ExprKind::Compare { left, right, .. } => {
                $visit(left);
                $visit(right);
            }
            ExprKind::NullIf { value, unwanted } => {
                $visit(value);
                $visit(unwanted);
            }
            ExprKind::Concat(list) | ExprKind::And(list) | ExprKind::Or(list) | ExprKind::Coalesce(list) => {
                list.$iter().for_each($visit);
            }
            ExprKind::Call { arguments, .. } | ExprKind::Aggregate { arguments, .. } => {
                arguments.$iter().for_each($visit);
            }
            ExprKind::In { operand, list, .. } => {
                $visit(operand);
                list.$iter().for_each($visit);
            }
            ExprKind::Between { operand, low, high, .. } => {
                $visit(operand);
                $visit(low);
                $visit(high);
            }
            ExprKind::Case { branches, otherwise } => {
                for (condition, value) in branches {
                    $visit(condition);
                    $visit(value);
                }
                if let Some(otherwise) = otherwise {
                    $visit(otherwise);
                }
            }
        }
    };
}

impl Expr {
    /// Calls `visit` for every operand.
    pub fn operands<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        operands!(&self.kind, visit, iter);
    }

    /// The same, to change them.
    pub(super) fn operands_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        operands!(&mut self.kind, visit, iter_mut);
    }

    /// Whether two expressions say the same, wherever they are written.
    pub(super) fn same(&self, other: &Self) -> bool {
        /// The expression with all places those of `span`.
        fn moved(expr: &Expr, span: Span) -> Expr {
            fn set(expr: &mut Expr, span: Span) {
                expr.span = span;
                expr.operands_mut(&mut |operand| set(operand, span));
            }
            let mut moved = expr.clone();
            set(&mut moved, span);
            moved
        }
        moved(self, self.span) == moved(other, self.span)
    }

    /// Whether a part of the expression, or all of it, is so.
    pub fn any(&self, is: &dyn Fn(&Expr) -> bool) -> bool {
        let mut found = is(self);
        self.operands(&mut |operand| found = found || operand.any(is));
        found
    }
}
