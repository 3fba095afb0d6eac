//! Expressions with their types and the places they were written at.
//!
//! Nothing is left implicit: operands of one operator have one type (texts may differ in length), a conversion is a [`ExprKind::Cast`], a `*`
//! is expanded and a simple `CASE` is a searched one. So both back ends only walk the tree, and decide nothing.

use super::data_type::DataType;
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
    /// The operand as the type of this expression; NULL when it cannot be (a text that is no number, a number
    /// out of range). Text is cut to the length of its new type, or filled up to it where that is CHAR. A number
    /// becomes whole by losing its fraction, and a DECIMAL of fewer digits by rounding half up; a floating point
    /// number beyond 64 bits becomes the nearest BIGINT.
    Cast {
        /// What is converted.
        operand: Box<Expr>,
        /// Whether the user wrote the cast.
        written: bool,
    },
    /// The number with the other sign.
    Negate(Box<Expr>),
    /// Two numbers of the type of this expression. Whole numbers wrap around; division by zero is NULL.
    Arithmetic {
        /// What is done with them.
        operator: Arithmetic,
        /// First operand.
        left: Box<Expr>,
        /// Second operand.
        right: Box<Expr>,
    },
    /// Texts one behind the other.
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
    /// Both, with a blank between them.
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

/// Functions of their arguments alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// `UPPER(text)`
    Upper,
    /// `LOWER(text)`
    Lower,
    /// `CHAR_LENGTH(text)`: characters, as INTEGER.
    CharLength,
    /// `SUBSTRING(text FROM start [FOR length])`, two or three arguments; the first character is 1. A computed
    /// start of 0 is 1, a negative one counts from the end; a computed length below 0 gives NULL.
    Substring,
    /// `TRIM(side character FROM text)`: the text without the character at that side; two arguments, the text
    /// and the character.
    Trim(Side),
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

impl Expr {
    /// Calls `visit` for every operand.
    pub fn operands<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match &self.kind {
            ExprKind::Column(_) | ExprKind::Literal(_) => {}
            ExprKind::Cast { operand, .. }
            | ExprKind::Negate(operand)
            | ExprKind::Not(operand)
            | ExprKind::IsNull { operand, .. }
            | ExprKind::Like { operand, .. } => visit(operand),
            ExprKind::Arithmetic { left, right, .. } | ExprKind::Compare { left, right, .. } => {
                visit(left);
                visit(right);
            }
            ExprKind::NullIf { value, unwanted } => {
                visit(value);
                visit(unwanted);
            }
            ExprKind::Concat(list) | ExprKind::And(list) | ExprKind::Or(list) | ExprKind::Coalesce(list) => {
                list.iter().for_each(visit);
            }
            ExprKind::Call { arguments, .. } => arguments.iter().for_each(visit),
            ExprKind::In { operand, list, .. } => {
                visit(operand);
                list.iter().for_each(visit);
            }
            ExprKind::Between { operand, low, high, .. } => {
                visit(operand);
                visit(low);
                visit(high);
            }
            ExprKind::Case { branches, otherwise } => {
                for (condition, value) in branches {
                    visit(condition);
                    visit(value);
                }
                if let Some(otherwise) = otherwise {
                    visit(otherwise);
                }
            }
        }
    }
}
