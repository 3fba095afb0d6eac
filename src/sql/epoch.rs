//! Times that are numbers since 1970. The units are those of the record program.

pub use pipec_core::query::EpochUnit;

use super::data_type::DataType;

/// The type as which a number is read. Doubles hold milliseconds of seconds, and not nanoseconds.
pub(super) fn number(unit: EpochUnit) -> DataType {
    match unit.per_millisecond() {
        None => DataType::Double,
        Some(_) => DataType::BigInt,
    }
}

impl DataType {
    /// Whether a column of this type can hold numbers of a unit since 1970.
    pub fn holds_epoch(self, unit: EpochUnit) -> bool {
        match self {
            Self::Integer => unit == EpochUnit::Seconds,
            Self::BigInt | Self::Decimal { .. } | Self::Double | Self::Varchar(_) | Self::Char(_) => true,
            _ => false,
        }
    }
}
