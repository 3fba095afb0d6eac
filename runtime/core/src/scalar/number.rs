//! Functions of numbers, as Java computes them.

use super::Scalar;
use crate::decimal::Digits;
use crate::number;
use crate::value::Value;

/// The value of a function of one or two numbers.
pub(super) fn call<'v>(function: Scalar, first: Value<'v>, second: Option<Value<'v>>) -> Value<'v> {
    match (function, first, second) {
        (Scalar::Round | Scalar::Truncate, Value::Double(value), Some(Value::Integer(places))) => {
            finite(at_place(value, places, function == Scalar::Round))
        }
        (Scalar::Round | Scalar::Truncate, Value::Decimal(value), Some(Value::Integer(places))) => {
            let digits = Digits::read(&value.to_string());
            let scale = u8::try_from(places.clamp(0, 38)).unwrap_or(0);
            let kept = digits.map(|digits| cut(digits, places, function == Scalar::Round));
            kept.and_then(|digits| digits.rounded(38, scale)).into()
        }
        (function, Value::Double(first), None) => finite(of_one(function, first)),
        (function, Value::Double(first), Some(Value::Double(second))) => {
            finite(of_two(function, first, second))
        }
        _ => Value::Null,
    }
}

fn finite<'v>(number: f64) -> Value<'v> {
    if number.is_finite() { Value::Double(number) } else { Value::Null }
}

fn of_one(function: Scalar, x: f64) -> f64 {
    match function {
        Scalar::Exp => libm::exp(x),
        Scalar::Log2 => libm::log(x) / std::f64::consts::LN_2,
        Scalar::Sin => libm::sin(x),
        Scalar::Cos => libm::cos(x),
        Scalar::Tan => libm::tan(x),
        Scalar::Cot => 1.0 / libm::tan(x),
        Scalar::Asin => libm::asin(x),
        Scalar::Acos => libm::acos(x),
        Scalar::Atan => libm::atan(x),
        Scalar::Sinh => libm::sinh(x),
        Scalar::Cosh => libm::cosh(x),
        Scalar::Tanh => libm::tanh(x),
        Scalar::Degrees => x.to_degrees(),
        Scalar::Radians => x.to_radians(),
        _ => f64::NAN,
    }
}

fn of_two(function: Scalar, a: f64, b: f64) -> f64 {
    match function {
        // Java knows no power of 1 without an end, C does.
        Scalar::Power if b.is_nan() || a.abs() == 1.0 && b.is_infinite() => f64::NAN,
        Scalar::Power => libm::pow(a, b),
        Scalar::Log => libm::log(b) / libm::log(a),
        Scalar::Atan2 => libm::atan2(a, b),
        _ => f64::NAN,
    }
}

/// A number with so many of its shortest digits behind the point, as Java's `BigDecimal` gives it; what is not finite
/// stays.
fn at_place(value: f64, places: i64, round: bool) -> f64 {
    let Some(digits) = number::digits(value) else { return value };
    let kept = cut(digits, places, round);
    if kept.digits.is_empty() {
        return 0.0;
    }
    let sign = if kept.negative { "-" } else { "" };
    format!("{sign}{}e{}", kept.digits, kept.exponent).parse().unwrap_or(value)
}

/// Digits up to a place behind the point, or in front of it where that is below 0.
fn cut(mut number: Digits, places: i64, round: bool) -> Digits {
    let dropped = (-places).saturating_sub(number.exponent);
    let Ok(dropped) = usize::try_from(dropped) else { return number };
    if dropped == 0 {
        return number;
    }
    number.exponent = -places;
    // A digit that is dropped behind a zero in front of all of them rounds nothing up.
    let Some(kept) = number.digits.len().checked_sub(dropped) else {
        number.digits.clear();
        return number;
    };
    let up = round && number.digits.as_bytes().get(kept) >= Some(&b'5');
    number.digits.truncate(kept);
    if up {
        let nines = number.digits.len() - number.digits.trim_end_matches('9').len();
        let before = number.digits.len() - nines;
        let last = number.digits[..before].chars().last().and_then(|digit| digit.to_digit(10));
        let raised = match last {
            Some(digit) => format!("{}{}", &number.digits[..before - 1], digit + 1),
            None => "1".into(),
        };
        number.digits = raised + &"0".repeat(nines);
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_half_away_from_zero() {
        for (value, places, rounded, truncated) in [
            (2.5, 0, 3.0, 2.0),
            (-2.5, 0, -3.0, -2.0),
            (2.675, 2, 2.68, 2.67),
            (0.5, 0, 1.0, 0.0),
            (0.05, 0, 0.0, 0.0),
            (99.95, 1, 100.0, 99.9),
            (1234.5, -2, 1200.0, 1200.0),
            (1250.0, -2, 1300.0, 1200.0),
            (50.0, -2, 100.0, 0.0),
            (49.0, -2, 0.0, 0.0),
            (5.0, -3, 0.0, 0.0),
            (1e22, 3, 1e22, 1e22),
            (1.797_693_134_862_315_7e308, 2, 1.797_693_134_862_315_7e308, 1.797_693_134_862_315_7e308),
        ] {
            assert_eq!(at_place(value, places, true), rounded, "{value} at {places}");
            assert_eq!(at_place(value, places, false), truncated, "{value} at {places}");
        }
        assert!(at_place(f64::NAN, 2, true).is_nan());
    }

    #[test]
    fn what_is_not_finite_is_null() {
        let call = |function, a: f64, b: Option<f64>| call(function, Value::Double(a), b.map(Value::Double));
        assert_eq!(call(Scalar::Power, 10.0, Some(400.0)), Value::Null);
        assert_eq!(call(Scalar::Power, 1.0, Some(f64::INFINITY)), Value::Null);
        assert_eq!(call(Scalar::Power, 2.0, Some(10.0)), Value::Double(1024.0));
        assert_eq!(call(Scalar::Log, 1.0, Some(10.0)), Value::Null);
        assert_eq!(call(Scalar::Cot, 0.0, None), Value::Null);
        assert_eq!(call(Scalar::Exp, 0.0, None), Value::Double(1.0));
        assert_eq!(call(Scalar::Log2, 8.0, None), Value::Double(3.0));
    }
}
