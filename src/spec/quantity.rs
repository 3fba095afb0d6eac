//! Numbers with a unit. A bare number is never a quantity: `60` says neither seconds nor minutes.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// Units of one kind of quantity: name and how many of the smallest unit it holds.
type Units = &'static [(&'static str, u64)];

/// The smallest unit of a size, for people.
const SMALLEST_SIZE: &str = "bytes";
const SIZE_UNITS: Units = &[
    ("B", 1),
    ("KB", 1_000),
    ("KiB", 1 << 10),
    ("MB", 1_000_000),
    ("MiB", 1 << 20),
    ("GB", 1_000_000_000),
    ("GiB", 1 << 30),
];
/// Seconds of an hour.
pub const SECONDS_PER_HOUR: u64 = 3_600;
/// Seconds of a day.
pub const SECONDS_PER_DAY: u64 = 24 * SECONDS_PER_HOUR;
const DURATION_UNITS: Units = &[("s", 1), ("min", 60), ("h", SECONDS_PER_HOUR), ("d", SECONDS_PER_DAY)];

/// Why a text is not a quantity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuantityError {
    /// A number without a unit.
    MissingUnit,
    /// A unit that is not known.
    UnknownUnit {
        /// What was written.
        unit: String,
        /// The quantity with the unit that was meant, if that is plain.
        meant: Option<String>,
        /// The units that there are, for people.
        known: String,
    },
    /// Not a whole number of the smallest unit (bytes, seconds).
    Fraction {
        /// The smallest unit, for people.
        smallest: &'static str,
        /// The next larger quantity that is one.
        nearest: String,
    },
    /// No number in front.
    NotANumber,
    /// More than 64 bits can count.
    TooLarge,
}

impl fmt::Display for QuantityError {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::MissingUnit => formatter.write_str("the unit is missing"),
            Self::UnknownUnit { unit, .. } => write!(formatter, "`{unit}` is not a unit here"),
            Self::Fraction { smallest, .. } => write!(formatter, "it is not a whole number of {smallest}"),
            Self::NotANumber => formatter.write_str("it does not begin with a number"),
            Self::TooLarge => formatter.write_str("the number is too large"),
        }
    }
}

/// Reads `<number> <unit>`, the blank optional, a decimal fraction allowed where the result is whole. A size in a larger unit
/// than bytes is rounded up to a whole byte: `0.2 MiB`, which AWS documents for a buffer, is none.
fn read(text: &str, units: Units, smallest: &'static str) -> Result<u64, QuantityError> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = (&text[..digits], text[digits..].trim_start());
    if number.is_empty()
        || number.starts_with('.')
        || number.ends_with('.')
        || number.matches('.').count() > 1
    {
        return Err(QuantityError::NotANumber);
    }
    if unit.is_empty() {
        return Err(QuantityError::MissingUnit);
    }
    let factor =
        units.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor).ok_or_else(|| {
            QuantityError::UnknownUnit {
                unit: unit.into(),
                meant: meant(unit, units).map(|unit| format!("{number} {unit}")),
                known: crate::diagnostics::suggest::one_of(units.iter().map(|unit| unit.0)),
            }
        })?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole: u128 = whole.parse().map_err(|_| QuantityError::TooLarge)?;
    let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).unwrap_or(u32::MAX));
    let (Some(scale), Ok(fraction)) = (scale, format!("0{fraction}").parse::<u128>()) else {
        return Err(QuantityError::TooLarge);
    };
    let total = whole
        .checked_mul(scale)
        .and_then(|whole| whole.checked_add(fraction))
        .and_then(|number| number.checked_mul(u128::from(factor)))
        .ok_or(QuantityError::TooLarge)?;
    if total % scale != 0 && (factor == 1 || smallest != SMALLEST_SIZE) {
        let nearest = total.div_ceil(scale);
        let unit = units.first().map_or("", |(name, _)| name);
        return Err(QuantityError::Fraction { smallest, nearest: format!("{nearest} {unit}") });
    }
    u64::try_from(total.div_ceil(scale)).map_err(|_| QuantityError::TooLarge)
}

/// The unit that other spellings stand for: `mb`, `sec`, `hours`.
fn meant(written: &str, units: Units) -> Option<&'static str> {
    const SPELLINGS: [(&str, &str); 18] = [
        ("byte", "B"),
        ("bytes", "B"),
        ("k", "KiB"),
        ("m", "MiB"),
        ("g", "GiB"),
        ("sec", "s"),
        ("secs", "s"),
        ("second", "s"),
        ("seconds", "s"),
        ("m", "min"),
        ("mins", "min"),
        ("minute", "min"),
        ("minutes", "min"),
        ("hr", "h"),
        ("hour", "h"),
        ("hours", "h"),
        ("day", "d"),
        ("days", "d"),
    ];
    let written = written.to_ascii_lowercase();
    units
        .iter()
        .map(|unit| unit.0)
        .find(|unit| unit.eq_ignore_ascii_case(&written) || SPELLINGS.contains(&(written.as_str(), unit)))
}

/// Writes a number in the largest of the units that divides it.
fn write(formatter: &mut fmt::Formatter, value: u64, units: &[(&str, u64)]) -> fmt::Result {
    let (name, factor) = units
        .iter()
        .rev()
        .find(|(_, factor)| value >= *factor && value.is_multiple_of(*factor))
        .copied()
        .unwrap_or((units[0].0, 1));
    write!(formatter, "{} {name}", value / factor)
}

/// A number of bytes, written with a unit: `512 B`, `2 KiB`, `1 MiB`; `KB`, `MB`, `GB` are powers of 1,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(pub u64);

/// A length of time in whole seconds, written with a unit: `60 s`, `5 min`, `24 h`, `7 d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(pub u64);

/// A share of a whole, written with its sign: `25 %`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(pub u64);

/// A kind of quantity: what the parser needs to explain a fault in one.
pub trait Quantity: Sized + fmt::Display {
    /// The value of the schema keyword `x-quantity` that marks this kind.
    const KIND: &'static str;
    /// The unit that a bare number most often means.
    const USUAL_UNIT: &'static str;
    /// Reads a text.
    ///
    /// # Errors
    /// What is wrong with it, as the rest of a sentence.
    fn read(text: &str) -> Result<Self, QuantityError>;
}

impl Quantity for ByteSize {
    const KIND: &'static str = "size";
    const USUAL_UNIT: &'static str = "KiB";
    fn read(text: &str) -> Result<Self, QuantityError> {
        read(text, SIZE_UNITS, SMALLEST_SIZE).map(Self)
    }
}

impl Quantity for Duration {
    const KIND: &'static str = "duration";
    const USUAL_UNIT: &'static str = "s";
    fn read(text: &str) -> Result<Self, QuantityError> {
        read(text, DURATION_UNITS, "seconds").map(Self)
    }
}

impl Quantity for Percent {
    const KIND: &'static str = "percent";
    const USUAL_UNIT: &'static str = "%";
    fn read(text: &str) -> Result<Self, QuantityError> {
        read(text, &[("%", 1)], "percent").map(Self)
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write(formatter, self.0, &[("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)])
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        // Hours, not days: AWS counts retention in hours, and `24 h` is what everybody writes.
        let units = if self.0 >= 7 * SECONDS_PER_DAY { DURATION_UNITS } else { &DURATION_UNITS[..3] };
        write(formatter, self.0, units)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{} %", self.0)
    }
}

macro_rules! quantity {
    ($type:ty, $name:literal, $description:literal, $pattern:literal, $examples:expr) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                <$type as Quantity>::read(&text).map_err(de::Error::custom)
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "description": $description,
                    "pattern": $pattern,
                    "examples": $examples,
                    "x-quantity": <$type as Quantity>::KIND,
                })
            }
        }
    };
}

quantity!(
    ByteSize,
    "ByteSize",
    "Size with a unit. KiB, MiB and GiB are powers of 1,024; KB, MB and GB are powers of 1,000.",
    r"^[0-9]+(\.[0-9]+)? *(B|KB|KiB|MB|MiB|GB|GiB)$",
    ["512 B", "2 KiB", "1 MiB"]
);
quantity!(
    Duration,
    "Duration",
    "Duration with a unit: seconds, minutes, hours or days.",
    r"^[0-9]+(\.[0-9]+)? *(s|min|h|d)$",
    ["60 s", "5 min", "24 h", "7 d"]
);
quantity!(Percent, "Percent", "Percentage, with the % sign.", r"^[0-9]+ *%$", ["25 %"]);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn units_are_read() {
        assert_eq!(ByteSize::read("2 KiB"), Ok(ByteSize(2048)));
        assert_eq!(ByteSize::read("1.5KiB"), Ok(ByteSize(1536)));
        assert_eq!(ByteSize::read("2 kb").map_err(|e| e.to_string()), Err("`kb` is not a unit here".into()));
        let meant = |text| match Duration::read(text) {
            Err(QuantityError::UnknownUnit { meant, .. }) => meant,
            other => panic!("{other:?}"),
        };
        assert_eq!(meant("7 days").as_deref(), Some("7 d"));
        assert_eq!(meant("5M").as_deref(), Some("5 min"));
        assert_eq!(meant("100 ms"), None);
        assert_eq!(ByteSize::read("0.2 MiB"), Ok(ByteSize(209_716)));
        assert_eq!(ByteSize::read("0.001 KB"), Ok(ByteSize(1)));
        let nearest = |error| match error {
            QuantityError::Fraction { nearest, .. } => nearest,
            other => panic!("{other:?}"),
        };
        assert_eq!(ByteSize::read("0.3 B").map_err(nearest), Err("1 B".into()));
        assert_eq!(Duration::read("0.001 h").map_err(nearest), Err("4 s".into()));
        assert_eq!(Duration::read("7 d"), Ok(Duration(604_800)));
        assert_eq!(Duration::read("60"), Err(QuantityError::MissingUnit));
        assert_eq!(Duration::read("-1 s"), Err(QuantityError::NotANumber));
        assert_eq!(Percent::read("25 %"), Ok(Percent(25)));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(bytes in any::<u64>(), seconds in any::<u64>()) {
            prop_assert_eq!(ByteSize::read(&ByteSize(bytes).to_string()), Ok(ByteSize(bytes)));
            prop_assert_eq!(Duration::read(&Duration(seconds).to_string()), Ok(Duration(seconds)));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = (ByteSize::read(&text), Duration::read(&text), Percent::read(&text));
        }
    }
}
