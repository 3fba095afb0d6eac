//! Numbers as Java reads and writes them.

use crate::decimal::Digits;

/// A floating point number as Java's `Double.toString` and `Float.toString` write it, from its shortest digits as
/// Rust's `{:e}` gives them: `1.5`, `1.0E10`, `1.0E-5`, `NaN`, `-Infinity`.
fn java(shortest: &str) -> String {
    let Some((digits, exponent)) = shortest.split_once('e') else {
        return match shortest {
            "inf" => "Infinity".into(),
            "-inf" => "-Infinity".into(),
            other => other.into(),
        };
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", digits),
    };
    let (first, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = [first, rest].concat();
    match exponent {
        0..=6 => {
            let whole = exponent as usize + 1;
            let padded = format!("{plain:0<whole$}");
            let (whole, fraction) = padded.split_at(whole);
            format!("{sign}{whole}.{}", if fraction.is_empty() { "0" } else { fraction })
        }
        -3..=-1 => format!("{sign}0.{}{plain}", "0".repeat((-exponent - 1) as usize)),
        _ => format!("{sign}{first}.{}E{exponent}", if rest.is_empty() { "0" } else { rest }),
    }
}

pub(crate) fn double_text(number: f64) -> String {
    java(&format!("{number:e}"))
}

pub(crate) fn real_text(number: f32) -> String {
    java(&format!("{number:e}"))
}

/// A text without blanks and control characters at its ends, as Java's `trim` leaves it.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c <= ' ')
}

/// What `Double.parseDouble` takes: blanks around, a type's letter behind. Its hexadecimal form is not read, and what is
/// not finite is no number.
fn plain_float(text: &str) -> Option<&str> {
    let text = trim(text);
    let text = text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text);
    let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'+' | b'-' | b'e' | b'E'));
    digits.then_some(text)
}

/// A finite number of 64 bits, as `Double.parseDouble` takes it, without its hexadecimal form.
///
/// Public for `simulate`.
#[must_use]
pub fn parse_double(text: &str) -> Option<f64> {
    plain_float(text)?.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A finite number of 32 bits, as `Float.parseFloat` takes it, without its hexadecimal form.
///
/// Public for `simulate`.
#[must_use]
pub fn parse_real(text: &str) -> Option<f32> {
    plain_float(text)?.parse().ok().filter(|number: &f32| number.is_finite())
}

/// A whole number, as `Long.parseLong` takes it, after `trim`.
///
/// Public for `simulate`.
#[must_use]
pub fn parse_whole(text: &str) -> Option<i64> {
    trim(text).parse().ok()
}

/// A text as a whole number, as CAST takes it: a fraction is dropped.
pub(crate) fn cast_whole(text: &str) -> Option<i64> {
    let text = text.trim_matches(' ');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.is_empty() {
        return None;
    }
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if whole.is_empty() {
        return Some(0);
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    [sign, whole].concat().parse().ok()
}

/// The digits of a finite number, as `BigDecimal.valueOf` takes them.
pub(crate) fn digits(number: f64) -> Option<Digits> {
    Digits::read(&format!("{number:e}")).filter(|_| number.is_finite())
}
