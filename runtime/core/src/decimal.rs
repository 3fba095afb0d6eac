//! Exact numbers of up to 38 digits, with the rounding of Flink's `DECIMAL`: half up, and NULL where a number has more
//! digits than its type.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The most digits that there are.
const MAX_PRECISION: u8 = 38;

/// An exact number: `unscaled / 10^scale`, of at most 38 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal {
    unscaled: i128,
    scale: u8,
}

/// Why a text is no [`Decimal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not an exact number of at most 38 digits")]
pub struct DecimalError;

impl FromStr for Decimal {
    type Err = DecimalError;

    /// Reads digits with an optional sign and point.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let digits = Digits::read(text).filter(|digits| (-38..=0).contains(&digits.exponent));
        let digits = digits.ok_or(DecimalError)?;
        let scale = u8::try_from(-digits.exponent).map_err(|_| DecimalError)?;
        digits.rounded(MAX_PRECISION, scale).ok_or(DecimalError)
    }
}

impl TryFrom<String> for Decimal {
    type Error = DecimalError;

    fn try_from(text: String) -> Result<Self, DecimalError> {
        text.parse()
    }
}

impl From<Decimal> for String {
    fn from(decimal: Decimal) -> Self {
        decimal.to_string()
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let sign = if self.unscaled < 0 { "-" } else { "" };
        let digits = self.unscaled.unsigned_abs();
        let scale = usize::from(self.scale);
        if scale == 0 {
            return write!(formatter, "{sign}{digits}");
        }
        let one = power(self.scale);
        write!(formatter, "{sign}{}.{:0scale$}", digits / one, digits % one)
    }
}

/// 10 to the power of a number up to 38.
fn power(exponent: u8) -> u128 {
    10_u128.pow(u32::from(exponent.min(MAX_PRECISION)))
}

/// How many decimal digits a number has; none for 0.
fn length(number: u128) -> u32 {
    number.checked_ilog10().map_or(0, |log| log + 1)
}

impl Decimal {
    /// Reads digits with an optional sign, point and exponent, and rounds them half up; `None` for another text, and for more
    /// digits than `precision` has.
    ///
    /// Public for `simulate`.
    #[must_use]
    pub fn read(text: &str, precision: u8, scale: u8) -> Option<Self> {
        Digits::read(text)?.rounded(precision, scale)
    }

    /// The number without its point.
    ///
    /// Public for `simulate`.
    #[must_use]
    pub fn unscaled(self) -> i128 {
        self.unscaled
    }

    /// A whole number.
    pub(crate) fn whole(number: i64) -> Self {
        Self { unscaled: number.into(), scale: 0 }
    }

    pub(crate) fn is_zero(self) -> bool {
        self.unscaled == 0
    }

    /// The number without its fraction, if that has 64 bits.
    pub(crate) fn truncated(self) -> Option<i64> {
        i64::try_from(self.unscaled / i128::try_from(power(self.scale)).ok()?).ok()
    }

    /// The next whole number that is not less, or not more.
    pub(crate) fn whole_beside(self, up: bool) -> Self {
        let (whole, rest) = match i128::try_from(power(self.scale)) {
            Ok(one) => (self.unscaled.div_euclid(one), self.unscaled.rem_euclid(one)),
            Err(_) => (0, 0),
        };
        Self { unscaled: whole + i128::from(up && rest > 0), scale: 0 }
    }

    pub(crate) fn absolute(self) -> Self {
        Self { unscaled: self.unscaled.abs(), ..self }
    }

    pub(crate) fn negated(self) -> Self {
        Self { unscaled: -self.unscaled, ..self }
    }

    /// The number with so many digits; none if it has more of them before the point.
    pub(crate) fn rounded(self, precision: u8, scale: u8) -> Option<Self> {
        Wide::of(self.unscaled.unsigned_abs()).rounded(self.unscaled < 0, self.scale.into(), precision, scale)
    }

    pub(crate) fn add(self, other: Self, precision: u8, scale: u8) -> Option<Self> {
        let common = self.scale.max(other.scale);
        let at = |number: Self| Wide::product(number.unscaled.unsigned_abs(), power(common - number.scale));
        let (left, right) = (at(self), at(other));
        let (negative, sum) = if (self.unscaled < 0) == (other.unscaled < 0) {
            (self.unscaled < 0, left.plus(right))
        } else if left >= right {
            (self.unscaled < 0, left.minus(right))
        } else {
            (other.unscaled < 0, right.minus(left))
        };
        sum.rounded(negative, common.into(), precision, scale)
    }

    pub(crate) fn multiply(self, other: Self, precision: u8, scale: u8) -> Option<Self> {
        let product = Wide::product(self.unscaled.unsigned_abs(), other.unscaled.unsigned_abs());
        let negative = (self.unscaled < 0) != (other.unscaled < 0);
        product.rounded(negative, u32::from(self.scale) + u32::from(other.scale), precision, scale)
    }

    /// The quotient, rounded to 38 digits first, as Flink does; none of a division by zero.
    pub(crate) fn divide(self, other: Self, precision: u8, scale: u8) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        if self.is_zero() {
            return Some(Self { unscaled: 0, scale });
        }
        let (dividend, divisor) = (self.unscaled.unsigned_abs(), other.unscaled.unsigned_abs());
        // So many more digits that the quotient has 38 or 39 of them.
        let mut more = 38 + length(divisor) - length(dividend);
        let quotient = |more: u32| {
            let (high, low) = (more / 2, more - more / 2);
            let shifted = Wide::of(dividend).times(power(high as u8)).times(power(low as u8));
            shifted.divided(divisor)
        };
        let (mut whole, mut rest) = quotient(more);
        if whole >= Wide::of(power(MAX_PRECISION)) {
            more -= 1;
            (whole, rest) = quotient(more);
        }
        let rounded = if rest >= divisor - rest { whole.plus(Wide::of(1)) } else { whole };
        let negative = (self.unscaled < 0) != (other.unscaled < 0);
        // The digits behind the point may be more or fewer than there are.
        let behind = i64::from(more) + i64::from(self.scale) - i64::from(other.scale);
        match u32::try_from(behind) {
            Ok(behind) => rounded.rounded(negative, behind, precision, scale),
            Err(_) => {
                let zeros = u8::try_from(-behind).ok().filter(|&zeros| zeros <= MAX_PRECISION)?;
                rounded.times(power(zeros)).rounded(negative, 0, precision, scale)
            }
        }
    }

    /// The remainder with the sign of the first; none of a division by zero.
    pub(crate) fn remainder(self, other: Self, precision: u8, scale: u8) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        let common = self.scale.max(other.scale);
        let divisor = other.unscaled.unsigned_abs().checked_mul(power(common - other.scale));
        let dividend = Wide::product(self.unscaled.unsigned_abs(), power(common - self.scale));
        let rest = match divisor {
            Some(divisor) => Wide::of(dividend.divided(divisor).1),
            // A divisor of more digits than there are is larger than any dividend of the same scale.
            None => dividend,
        };
        rest.rounded(self.unscaled < 0, common.into(), precision, scale)
    }

    pub(crate) fn compare(self, other: Self) -> Ordering {
        let common = self.scale.max(other.scale);
        let at = |number: Self| Wide::product(number.unscaled.unsigned_abs(), power(common - number.scale));
        match (self.unscaled < 0, other.unscaled < 0) {
            (false, false) => at(self).cmp(&at(other)),
            (true, true) => at(other).cmp(&at(self)),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

/// A number of 256 bits without a sign: a product of two decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Wide {
    high: u128,
    low: u128,
}

impl Wide {
    fn of(low: u128) -> Self {
        Self { high: 0, low }
    }

    fn product(a: u128, b: u128) -> Self {
        const HALF: u128 = u64::MAX as u128;
        let (a1, a0, b1, b0) = (a >> 64, a & HALF, b >> 64, b & HALF);
        let low = a0 * b0;
        let middle = (a1 * b0).wrapping_add(low >> 64);
        let middle2 = (a0 * b1).wrapping_add(middle & HALF);
        Self { high: a1 * b1 + (middle >> 64) + (middle2 >> 64), low: (middle2 << 64) | (low & HALF) }
    }

    fn times(self, factor: u128) -> Self {
        let low = Self::product(self.low, factor);
        Self { high: low.high.wrapping_add(self.high.wrapping_mul(factor)), low: low.low }
    }

    fn plus(self, other: Self) -> Self {
        let (low, carry) = self.low.overflowing_add(other.low);
        Self { high: self.high.wrapping_add(other.high).wrapping_add(carry.into()), low }
    }

    fn minus(self, other: Self) -> Self {
        let (low, borrow) = self.low.overflowing_sub(other.low);
        Self { high: self.high.wrapping_sub(other.high).wrapping_sub(borrow.into()), low }
    }

    /// Quotient and remainder; bit by bit where the dividend has more than 128 of them.
    fn divided(self, divisor: u128) -> (Self, u128) {
        if self.high == 0 {
            return (Self::of(self.low / divisor), self.low % divisor);
        }
        let (mut quotient, mut rest) = (Self { high: self.high / divisor, low: 0 }, self.high % divisor);
        for bit in (0..128).rev() {
            let carry = rest >> 127;
            rest = rest << 1 | (self.low >> bit & 1);
            if carry == 1 || rest >= divisor {
                rest = rest.wrapping_sub(divisor);
                quotient.low |= 1 << bit;
            }
        }
        (quotient, rest)
    }

    /// As a decimal of so many digits, from a number of `from` digits behind the point.
    fn rounded(self, negative: bool, from: u32, precision: u8, scale: u8) -> Option<Decimal> {
        let mut number = self;
        let to = u32::from(scale);
        if from > to {
            let mut drop = from - to;
            // Several divisions in a row may round only at the last digit that is dropped.
            while drop > 38 {
                number = number.divided(power(38)).0;
                drop -= 38;
            }
            let unit = power(drop as u8);
            let (whole, rest) = number.divided(unit);
            number = if rest >= unit - rest { whole.plus(Self::of(1)) } else { whole };
        } else if number.high == 0 && length(number.low) + (to - from) <= 38 {
            number = number.times(power((to - from) as u8));
        } else if number.low != 0 || number.high != 0 {
            return None;
        }
        let fits = number < Self::of(power(precision));
        let unscaled = i128::try_from(number.low).ok().filter(|_| fits)?;
        Some(Decimal { unscaled: if negative { -unscaled } else { unscaled }, scale })
    }
}

/// A number as it is written: digits and a power of ten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Digits {
    pub(crate) negative: bool,
    /// Without zeros in front; empty for 0.
    pub(crate) digits: String,
    pub(crate) exponent: i64,
}

impl Digits {
    /// Reads `-12.50E+3`: a sign, digits with a point somewhere, an exponent, as Java's `BigDecimal` does.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (number, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], Some(&text[at + 1..])),
            None => (text, None),
        };
        let exponent: i64 = match exponent {
            None => 0,
            Some(exponent) => {
                let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
                let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                // It is a number of 32 bits.
                exponent.parse::<i32>().ok().filter(|_| plain)?.into()
            }
        };
        let negative = number.starts_with('-');
        let number = number.strip_prefix(['+', '-']).unwrap_or(number);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let all = || whole.bytes().chain(fraction.bytes());
        if all().next().is_none() || !all().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits: String =
            whole.chars().chain(fraction.chars()).skip_while(|&digit| digit == '0').collect();
        let exponent = exponent - i64::try_from(fraction.len()).ok()?;
        // The scale is a number of 32 bits.
        i32::try_from(-exponent).ok()?;
        Some(Self { negative, digits, exponent })
    }

    /// As a decimal of so many digits, rounded half up.
    pub(crate) fn rounded(&self, precision: u8, scale: u8) -> Option<Decimal> {
        let shift = self.exponent + i64::from(scale);
        let count = self.digits.len() as i64;
        if self.digits.is_empty() || count + shift < 0 {
            return Some(Decimal { unscaled: 0, scale });
        }
        if count + shift > precision.into() {
            return None;
        }
        let kept = (count + shift.min(0)) as usize;
        let (kept, dropped) = self.digits.split_at(kept);
        let number: u128 = if kept.is_empty() { 0 } else { kept.parse().ok()? };
        let zeros = u8::try_from(shift.max(0)).ok()?;
        let number = number * power(zeros) + u128::from(dropped.as_bytes().first() >= Some(&b'5'));
        let unscaled = i128::try_from(number).ok().filter(|_| number < power(precision))?;
        Some(Decimal { unscaled: if self.negative { -unscaled } else { unscaled }, scale })
    }

    /// The number without its fraction, and whether it had one; none beyond 64 bits.
    pub(crate) fn truncated(&self) -> Option<(i64, bool)> {
        let count = self.digits.len() as i64 + self.exponent.min(0);
        if count + self.exponent.max(0) > 20 && !self.digits.is_empty() {
            return None;
        }
        let (whole, fraction) = self.digits.split_at(count.max(0) as usize);
        let number: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let zeros = if whole.is_empty() { 0 } else { u8::try_from(self.exponent.max(0)).ok()? };
        let number = number * i128::try_from(power(zeros)).ok()?;
        let number = i64::try_from(if self.negative { -number } else { number }).ok()?;
        Some((number, fraction.bytes().any(|digit| digit != b'0')))
    }

    /// The number as Java's `BigDecimal` writes it, after its last zeros are gone.
    pub(crate) fn java(&self) -> String {
        let digits = self.digits.trim_end_matches('0');
        if digits.is_empty() {
            return "0".into();
        }
        let exponent = self.exponent + (self.digits.len() - digits.len()) as i64;
        let sign = if self.negative { "-" } else { "" };
        let adjusted = exponent + digits.len() as i64 - 1;
        if exponent > 0 || adjusted < -6 {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            return format!("{sign}{first}{point}{rest}E{adjusted:+}");
        }
        let behind = (-exponent) as usize;
        if behind == 0 {
            return format!("{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = behind + 1);
        let (whole, fraction) = padded.split_at(padded.len() - behind);
        format!("{sign}{whole}.{fraction}")
    }
}
