//! Times that are numbers since 1970.

use super::data_type::DataType;

/// What a number counts since 1970-01-01 00:00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EpochUnit {
    /// Seconds, perhaps with a fraction, of which milliseconds are kept.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Microseconds; what is less than a millisecond is dropped.
    Microseconds,
    /// Nanoseconds; what is less than a millisecond is dropped.
    Nanoseconds,
}

impl EpochUnit {
    /// The unit as `unit` and the end of `as` spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Milliseconds => "ms",
            Self::Microseconds => "us",
            Self::Nanoseconds => "ns",
        }
    }

    /// The type as which the number is read. Doubles hold milliseconds of seconds, and not nanoseconds.
    pub(super) fn number(self) -> DataType {
        match self {
            Self::Seconds => DataType::Double,
            Self::Milliseconds | Self::Microseconds | Self::Nanoseconds => DataType::BigInt,
        }
    }

    /// Units of a millisecond; none of those that are longer.
    pub(super) fn per_millisecond(self) -> Option<i64> {
        match self {
            Self::Seconds => None,
            Self::Milliseconds => Some(1),
            Self::Microseconds => Some(1_000),
            Self::Nanoseconds => Some(1_000_000),
        }
    }

    /// Whether a column of a type can hold such numbers.
    pub fn fits(self, data_type: DataType) -> bool {
        match data_type {
            DataType::Integer => self == Self::Seconds,
            DataType::BigInt
            | DataType::Decimal { .. }
            | DataType::Double
            | DataType::Varchar(_)
            | DataType::Char(_) => true,
            _ => false,
        }
    }
}
