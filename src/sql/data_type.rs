//! The types a column or an expression can have, and how they are written.
//!
//! One reader for all of them: the SQL's column definitions and casts, and `records.columns.*.type` of the spec.

use std::fmt;
use std::str::FromStr;

use crate::diagnostics::suggest;

/// The longest text that a column of Kinesis Data Analytics could hold, in characters.
const MAX_LENGTH: u32 = 65_535;
/// The most digits that Flink's decimals have.
pub(super) const MAX_PRECISION: u8 = 38;
/// What `DECIMAL` means without digits: the default and maximum of Kinesis Data Analytics.
const DEFAULT_PRECISION: u8 = 18;

/// The type of a column or of an expression. Every type holds NULL as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// Exact number.
    Decimal {
        /// Digits in all, 1 to 38.
        precision: u8,
        /// Digits after the point, up to `precision`.
        scale: u8,
    },
    /// Binary floating point of 32 bits.
    Real,
    /// Binary floating point of 64 bits. `FLOAT` of Kinesis Data Analytics is this, too.
    Double,
    /// Text of exactly so many characters, filled up with spaces.
    Char(u32),
    /// Text of at most so many characters; of any length without a number.
    Varchar(Option<u32>),
    /// Day.
    Date,
    /// Time of day.
    Time,
    /// Day and time of day in milliseconds, without a zone.
    Timestamp,
}

/// What a type is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// True or false.
    Boolean,
    /// Numbers.
    Number,
    /// Text.
    Text,
    /// Day, time of day, or both; each compares with its own kind only.
    Time,
}

impl DataType {
    /// What the type is good for.
    pub fn family(self) -> Family {
        match self {
            Self::Boolean => Family::Boolean,
            Self::TinyInt | Self::SmallInt | Self::Integer | Self::BigInt => Family::Number,
            Self::Decimal { .. } | Self::Real | Self::Double => Family::Number,
            Self::Char(_) | Self::Varchar(_) => Family::Text,
            Self::Date | Self::Time | Self::Timestamp => Family::Time,
        }
    }

    /// Whether it is a number without a fraction.
    pub fn is_integer(self) -> bool {
        matches!(self, Self::TinyInt | Self::SmallInt | Self::Integer | Self::BigInt)
    }

    /// Whether it is a binary floating point number.
    pub fn is_approximate(self) -> bool {
        matches!(self, Self::Real | Self::Double)
    }

    /// The smallest and the largest value of a whole-number type.
    pub fn integer_range(self) -> Option<(i64, i64)> {
        match self {
            Self::TinyInt => Some((i8::MIN.into(), i8::MAX.into())),
            Self::SmallInt => Some((i16::MIN.into(), i16::MAX.into())),
            Self::Integer => Some((i32::MIN.into(), i32::MAX.into())),
            Self::BigInt => Some((i64::MIN, i64::MAX)),
            _ => None,
        }
    }

    /// The most characters that a text type holds: `Some(None)` is "any number".
    pub fn text_length(self) -> Option<Option<u32>> {
        match self {
            Self::Char(length) => Some(Some(length)),
            Self::Varchar(length) => Some(length),
            _ => None,
        }
    }

    /// Whether every value of another type is a value of this one, unchanged.
    pub fn holds(self, value: Self) -> bool {
        if self == value {
            return true;
        }
        if let (Some((low, high)), Some((from_low, from_high))) =
            (self.integer_range(), value.integer_range())
        {
            return low <= from_low && high >= from_high;
        }
        match (self, value) {
            (Self::Varchar(None), Self::Char(_) | Self::Varchar(_)) => true,
            (Self::Varchar(Some(most)), _) => {
                value.text_length().flatten().is_some_and(|length| length <= most)
            }
            (Self::Double, Self::Real | Self::TinyInt | Self::SmallInt | Self::Integer)
            | (Self::Real, Self::TinyInt | Self::SmallInt)
            | (Self::Timestamp, Self::Date) => true,
            (Self::Decimal { precision, scale }, _) => value
                .digits()
                .is_some_and(|(digits, behind)| scale >= behind && precision - scale >= digits - behind),
            _ => false,
        }
    }

    /// Digits in total and after the decimal point, of an exact number.
    pub(super) fn digits(self) -> Option<(u8, u8)> {
        match self {
            Self::TinyInt => Some((3, 0)),
            Self::SmallInt => Some((5, 0)),
            Self::Integer => Some((10, 0)),
            Self::BigInt => Some((19, 0)),
            Self::Decimal { precision, scale } => Some((precision, scale)),
            _ => None,
        }
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Boolean => formatter.write_str("BOOLEAN"),
            Self::TinyInt => formatter.write_str("TINYINT"),
            Self::SmallInt => formatter.write_str("SMALLINT"),
            Self::Integer => formatter.write_str("INTEGER"),
            Self::BigInt => formatter.write_str("BIGINT"),
            Self::Decimal { precision, scale } => write!(formatter, "DECIMAL({precision}, {scale})"),
            Self::Real => formatter.write_str("REAL"),
            Self::Double => formatter.write_str("DOUBLE"),
            Self::Char(length) => write!(formatter, "CHAR({length})"),
            Self::Varchar(Some(length)) => write!(formatter, "VARCHAR({length})"),
            Self::Varchar(None) => formatter.write_str("VARCHAR"),
            Self::Date => formatter.write_str("DATE"),
            Self::Time => formatter.write_str("TIME"),
            Self::Timestamp => formatter.write_str("TIMESTAMP"),
        }
    }
}

/// Why a text names no type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeError {
    /// One terse sentence, without a full stop.
    pub message: String,
    /// What to type.
    pub help: String,
}

impl TypeError {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

impl fmt::Display for TypeError {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{}; {}", self.message, self.help)
    }
}

impl std::error::Error for TypeError {}

/// Every name of a type that is read, the usual spelling of each kind first.
const NAMES: &[&str] = &[
    "VARCHAR",
    "CHAR",
    "BOOLEAN",
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "DECIMAL",
    "REAL",
    "FLOAT",
    "DOUBLE",
    "DATE",
    "TIME",
    "TIMESTAMP",
    "INT",
    "NUMERIC",
    "STRING",
];

impl FromStr for DataType {
    type Err = TypeError;

    /// Reads `VARCHAR(16)`, `INTEGER`, `DECIMAL(10, 2)` and the like, in any case.
    fn from_str(text: &str) -> Result<Self, TypeError> {
        let (name, arguments) = split(text)?;
        let data_type = match name.as_str() {
            "BOOLEAN" | "BOOL" => Self::Boolean,
            "TINYINT" => Self::TinyInt,
            "SMALLINT" => Self::SmallInt,
            "INTEGER" | "INT" => Self::Integer,
            "BIGINT" => Self::BigInt,
            "REAL" => Self::Real,
            "FLOAT" | "DOUBLE" | "DOUBLE PRECISION" => Self::Double,
            "DATE" => Self::Date,
            "TIME" => Self::Time,
            "TIMESTAMP" => Self::Timestamp,
            "STRING" => Self::Varchar(None),
            "DECIMAL" | "DEC" | "NUMERIC" => return decimal(&arguments),
            "CHAR" | "CHARACTER" => return Ok(Self::Char(length(&name, &arguments)?.unwrap_or(1))),
            "VARCHAR" | "CHARACTER VARYING" | "CHAR VARYING" => {
                return Ok(Self::Varchar(length(&name, &arguments)?));
            }
            _ => return Err(unknown(&name)),
        };
        if arguments.is_empty() {
            Ok(data_type)
        } else {
            Err(TypeError::new(format!("`{name}` takes no length"), format!("write `{name}`")))
        }
    }
}

/// The name in upper case with single spaces, and the numbers in the parentheses.
fn split(text: &str) -> Result<(String, Vec<u32>), TypeError> {
    let malformed = || {
        let shown: String = text.chars().take(40).collect();
        TypeError::new(format!("`{shown}` is not a type"), "write it like `VARCHAR(16)` or `INTEGER`")
    };
    let (name, rest) = match text.split_once('(') {
        Some((name, rest)) => (name, Some(rest)),
        None => (text, None),
    };
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_uppercase();
    let mut arguments = Vec::new();
    if let Some(rest) = rest {
        let inner = rest.trim_end().strip_suffix(')').ok_or_else(malformed)?;
        for argument in inner.split(',') {
            let argument = argument.trim();
            let digits = !argument.is_empty() && argument.bytes().all(|byte| byte.is_ascii_digit());
            arguments.push(argument.parse().ok().filter(|_| digits).ok_or_else(malformed)?);
        }
    }
    if name.is_empty() { Err(malformed()) } else { Ok((name, arguments)) }
}

fn length(name: &str, arguments: &[u32]) -> Result<Option<u32>, TypeError> {
    match arguments {
        [] => Ok(None),
        [length @ 1..=MAX_LENGTH] => Ok(Some(*length)),
        _ => Err(TypeError::new(
            format!("`{name}` takes one length from 1 to {MAX_LENGTH}"),
            format!("write it like `{name}(16)`"),
        )),
    }
}

fn decimal(arguments: &[u32]) -> Result<DataType, TypeError> {
    let (precision, scale) = match arguments {
        [] => (DEFAULT_PRECISION.into(), 0),
        [precision] => (*precision, 0),
        [precision, scale] => (*precision, *scale),
        _ => (0, 0),
    };
    match (u8::try_from(precision), u8::try_from(scale)) {
        (Ok(precision @ 1..=MAX_PRECISION), Ok(scale)) if scale <= precision => {
            Ok(DataType::Decimal { precision, scale })
        }
        _ => Err(TypeError::new(
            format!(
                "`DECIMAL` takes 1 to {MAX_PRECISION} digits, and at most that many of them after the decimal point"
            ),
            "write it like `DECIMAL(10, 2)`: ten digits, two of them after the decimal point",
        )),
    }
}

fn unknown(name: &str) -> TypeError {
    let shown: String = name.chars().take(40).collect();
    let help = match name {
        "TEXT" | "CLOB" | "NVARCHAR" | "VARCHAR2" => "write `VARCHAR(n)`, or `VARCHAR` for any length".into(),
        "BINARY" | "VARBINARY" | "BYTES" | "BLOB" => {
            "write `VARCHAR`: JSON carries bytes as a string, which passes unchanged".into()
        }
        "DATETIME" | "TIMESTAMP WITHOUT TIME ZONE" => "write `TIMESTAMP`".into(),
        "TIMESTAMP WITH TIME ZONE" | "TIMESTAMP WITH LOCAL TIME ZONE" | "TIMESTAMP_LTZ" => {
            "write `TIMESTAMP`, which has no zone; UTC is assumed".into()
        }
        "LONG" | "INT64" => "write `BIGINT`".into(),
        "NUMBER" => "write `DECIMAL(p, s)`, `INTEGER` or `DOUBLE`".into(),
        "ARRAY" | "ROW" | "MAP" | "MULTISET" | "STRUCT" => {
            "give each scalar value a column of its own, with its path".into()
        }
        _ => match suggest::nearest(name, NAMES.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write {}", suggest::one_of(NAMES[..14].iter().copied())),
        },
    };
    TypeError::new(format!("`{shown}` is not a column type"), help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn types_are_read_in_the_spelling_of_the_old_service() {
        assert_eq!("varchar(16)".parse(), Ok(DataType::Varchar(Some(16))));
        assert_eq!("FLOAT".parse(), Ok(DataType::Double));
        assert_eq!("REAL".parse(), Ok(DataType::Real));
        assert_eq!("double  precision".parse(), Ok(DataType::Double));
        assert_eq!("DECIMAL".parse(), Ok(DataType::Decimal { precision: 18, scale: 0 }));
        assert_eq!("numeric( 10 , 2 )".parse(), Ok(DataType::Decimal { precision: 10, scale: 2 }));
        assert_eq!("CHAR".parse(), Ok(DataType::Char(1)));
    }

    #[test]
    fn what_is_no_type_comes_with_a_way_out() {
        for (text, help) in [
            ("VARCHR(16)", "did you mean `VARCHAR`?"),
            ("VARCHAR(0)", "write it like `VARCHAR(16)`"),
            ("VARCHAR(+5)", "write it like `VARCHAR(16)` or `INTEGER`"),
            ("INTEGER(4)", "write `INTEGER`"),
            (
                "DECIMAL(2, 3)",
                "write it like `DECIMAL(10, 2)`: ten digits, two of them after the decimal point",
            ),
            ("VARBINARY(10)", "write `VARCHAR`: JSON carries bytes as a string, which passes unchanged"),
            ("", "write it like `VARCHAR(16)` or `INTEGER`"),
        ] {
            assert_eq!(text.parse::<DataType>().map_err(|error| error.help), Err(help.into()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reading_a_type_never_panics(text in ".{0,40}") {
            if let Ok(data_type) = text.parse::<DataType>() {
                prop_assert_eq!(data_type.to_string().parse(), Ok(data_type));
            }
        }
    }
}
