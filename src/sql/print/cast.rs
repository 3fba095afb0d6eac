//! Conversions as Flink SQL writes them.

use super::super::data_type::{DataType, Family, MAX_PRECISION};
use super::{arithmetic, quote, time, time_texts};

/// The least DOUBLE that is rounded to more than the largest REAL.
const BEYOND_REAL: &str = "3.4028235677973366E38";

/// A conversion that never stops the job: what cannot be converted, and what is out of range, becomes NULL.
pub(super) fn cast(operand: &str, from: DataType, to: DataType) -> String {
    let target = quote::data_type(to);
    match (from.family(), to.family()) {
        (Family::Text, Family::Text) => format!("CAST({operand} AS {target})"),
        (Family::Text, _) if to == DataType::Timestamp => time_texts::read(operand, " "),
        (Family::Text, _) => match to {
            // Flink also reads offsets and rounds up a fraction, Flink 1.20 the 40th hour too, and a result beyond 24
            // hours stops the job when it is written. `$` would let a line break after it pass.
            DataType::Time => {
                let clock = r"^ *(2[0-3]|[01]?[0-9])(:[0-5]?[0-9](:[0-5]?[0-9]([.][0-9]*)?)?)? *\z";
                format!("TRY_CAST(SPLIT_INDEX(REGEXP_EXTRACT({operand}, '{clock}', 0), '.', 0) AS TIME)")
            }
            // Flink reads a text straight into a short decimal by a way of its own, which makes 0 of a single letter
            // and does not see that a number is too large after rounding. Into a long one it reads all of them.
            DataType::Decimal { precision, scale } if precision < MAX_PRECISION => {
                format!("TRY_CAST(TRY_CAST({operand} AS DECIMAL({MAX_PRECISION}, {scale})) AS {target})")
            }
            // Flink reads infinities, and NaN, which no number is equal to.
            DataType::Real | DataType::Double => {
                arithmetic::finite(&format!("TRY_CAST({operand} AS {target})"), to)
            }
            _ => format!("TRY_CAST({operand} AS {target})"),
        },
        (Family::Number, Family::Number) => number_cast(operand, from, to, &target),
        // Flink's own cast rounds towards 1970, so that a time before it gets the day after.
        (Family::Time, Family::Time) if to == DataType::Date => {
            format!("CAST(FLOOR({operand} TO DAY) AS DATE)")
        }
        (Family::Time, Family::Text) if from != DataType::Time => {
            let text = time::text(operand, from);
            if to == DataType::Varchar(None) { text } else { format!("CAST({text} AS {target})") }
        }
        _ => format!("CAST({operand} AS {target})"),
    }
}

fn number_cast(operand: &str, from: DataType, to: DataType, target: &str) -> String {
    match to {
        // A number that is too large for 32 bits would be an infinity.
        DataType::Real if from == DataType::Double => {
            format!("CASE WHEN ABS({operand}) < {BEYOND_REAL} THEN CAST({operand} AS FLOAT) END")
        }
        _ if to.holds(from) || to.is_approximate() => format!("CAST({operand} AS {target})"),
        DataType::Decimal { .. } => format!("TRY_CAST({operand} AS {target})"),
        // Flink's own cast to a whole number wraps around.
        _ => arithmetic::whole(operand, from, to),
    }
}
