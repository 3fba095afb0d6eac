//! Constants: numbers, texts, and days and times with their type in front.

use sqlparser::ast;

use super::super::data_type::{DataType, MAX_PRECISION};
use super::super::expr::{ExprKind, Literal};
use super::expr::{Resolver, typed};
use super::operand::Operand;

impl Resolver<'_, '_> {
    pub(super) fn value(&mut self, value: &ast::ValueWithSpan) -> Option<Operand> {
        let span = self.text.locate(value.span).unwrap_or(self.span);
        match &value.value {
            ast::Value::Null => Some(Operand::Null(span)),
            ast::Value::Boolean(truth) => {
                Some(typed(ExprKind::Literal(Literal::Boolean(*truth)), DataType::Boolean, span))
            }
            ast::Value::Number(digits, false) => match number(digits) {
                Some((literal, data_type)) => Some(typed(ExprKind::Literal(literal), data_type, span)),
                None => self.mismatch(
                    span,
                    "this number has more digits than any type allows".into(),
                    format!("write at most {MAX_PRECISION} digits, or with an exponent: 1E40"),
                ),
            },
            ast::Value::SingleQuotedString(text) | ast::Value::UnicodeStringLiteral(text) => {
                self.count_text(text)?;
                let length = u32::try_from(text.chars().count()).ok().filter(|length| *length <= 65_535);
                let data_type = DataType::Varchar(length.map(|length| length.max(1)));
                Some(typed(ExprKind::Literal(Literal::Text(text.clone())), data_type, span))
            }
            _ => self.refuse(Some(span), "this kind of constant", "write a number, TRUE, NULL or 'a string'"),
        }
    }

    pub(super) fn typed_string(&mut self, string: &ast::TypedString) -> Option<Operand> {
        let span = self.text.locate(string.value.span).unwrap_or(self.span);
        let text = match &string.value.value {
            ast::Value::SingleQuotedString(text) if !string.uses_odbc_syntax => text.trim(),
            _ => {
                return self.refuse(
                    Some(span),
                    "this kind of constant",
                    "write TIMESTAMP '2026-01-27 09:30:00'",
                );
            }
        };
        let name = string.data_type.to_string();
        let (literal, data_type) = match name.parse() {
            Ok(DataType::Date) => (is_date(text).then(|| Literal::Date(text.into())), DataType::Date),
            Ok(DataType::Time) => (is_time(text).then(|| Literal::Time(text.into())), DataType::Time),
            Ok(DataType::Timestamp) => {
                let valid = text.split_once(' ').is_some_and(|(date, time)| is_date(date) && is_time(time));
                (valid.then(|| Literal::Timestamp(text.into())), DataType::Timestamp)
            }
            _ => {
                let help = format!("write CAST('{text}' AS {name})");
                return self.refuse(Some(span), &format!("a constant that starts with `{name}`"), &help);
            }
        };
        match literal {
            Some(literal) => Some(typed(ExprKind::Literal(literal), data_type, span)),
            None => {
                let help = match time_as_written(text, data_type) {
                    Some(written) => format!("write {data_type} '{written}'"),
                    None => format!("write it like {}", time_form(data_type)),
                };
                self.mismatch(span, format!("this is not a valid {data_type}"), help)
            }
        }
    }
}

/// A text of a time as it is in a constant: with a space between day and time, in UTC without an offset.
pub(super) fn time_as_written(text: &str, data_type: DataType) -> Option<String> {
    let text = text.trim();
    match data_type {
        DataType::Timestamp => {
            let whole = if is_date(text) { format!("{text} 00:00:00") } else { text.replacen('T', " ", 1) };
            let whole = whole.strip_suffix('Z').unwrap_or(&whole);
            let (date, time) = whole.split_once(' ')?;
            (is_date(date) && is_time(time)).then(|| whole.to_owned())
        }
        DataType::Date => text.get(..10).filter(|date| is_date(date)).map(str::to_owned),
        DataType::Time => is_time(text).then(|| text.to_owned()),
        _ => None,
    }
}

/// How a constant of a time is written.
pub(super) fn time_form(data_type: DataType) -> &'static str {
    match data_type {
        DataType::Date => "DATE '2026-01-27'",
        DataType::Time => "TIME '09:30:00'",
        _ => "TIMESTAMP '2026-01-27 09:30:00'",
    }
}

impl Literal {
    /// A text as a constant of a type, if it is one.
    pub fn read(text: &str, data_type: DataType) -> Option<Self> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        match data_type {
            DataType::Boolean => match text.to_ascii_lowercase().as_str() {
                "true" => Some(Self::Boolean(true)),
                "false" => Some(Self::Boolean(false)),
                _ => None,
            },
            DataType::Decimal { precision, scale } => {
                let (digits, all, behind) = match number(unsigned)? {
                    (Self::Integer(value), _) => (value.to_string(), value.to_string().len(), 0),
                    (Self::Decimal(digits), DataType::Decimal { precision, scale }) => {
                        (digits, precision.into(), scale)
                    }
                    _ => return None,
                };
                let whole = all - usize::from(behind);
                let sign = if unsigned.len() < text.len() { "-" } else { "" };
                let fits = behind <= scale && (digits == "0" || whole <= usize::from(precision - scale));
                fits.then(|| Self::Decimal(format!("{sign}{digits}")))
            }
            DataType::Real | DataType::Double => {
                text.parse().ok().filter(|value: &f64| value.is_finite()).map(Self::Double)
            }
            DataType::Char(_) | DataType::Varchar(_) => Some(Self::Text(text.to_owned())),
            DataType::Date => is_date(text).then(|| Self::Date(text.to_owned())),
            DataType::Time => is_time(text).then(|| Self::Time(shortest(text).to_owned())),
            DataType::Timestamp => {
                let text = text.replacen('T', " ", 1);
                let text = text.strip_suffix('Z').unwrap_or(&text);
                let valid = text.split_once(' ').is_some_and(|(date, time)| is_date(date) && is_time(time));
                valid.then(|| Self::Timestamp(shortest(text).to_owned()))
            }
            whole => {
                let (low, high) = whole.integer_range()?;
                text.parse().ok().filter(|value| (low..=high).contains(value)).map(Self::Integer)
            }
        }
    }
}

/// A time without the end of its fraction that says nothing, so that equal times are equal texts.
fn shortest(time: &str) -> &str {
    if time.contains('.') { time.trim_end_matches('0').trim_end_matches('.') } else { time }
}

/// A number in the smallest of INTEGER, BIGINT and DECIMAL that holds it; with an exponent it is DOUBLE.
fn number(digits: &str) -> Option<(Literal, DataType)> {
    if digits.contains(['e', 'E']) {
        let value: f64 = digits.parse().ok().filter(|value: &f64| value.is_finite())?;
        return Some((Literal::Double(value), DataType::Double));
    }
    let is_digit = |byte: u8| byte.is_ascii_digit();
    let points = digits.bytes().filter(|byte| *byte == b'.').count();
    if points > 1
        || !digits.bytes().any(is_digit)
        || !digits.bytes().all(|byte| is_digit(byte) || byte == b'.')
    {
        return None;
    }
    if let Ok(value) = digits.parse::<i64>() {
        let data_type = if i32::try_from(value).is_ok() { DataType::Integer } else { DataType::BigInt };
        return Some((Literal::Integer(value), data_type));
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches('0');
    let precision = u8::try_from(whole.len() + fraction.len()).ok()?.max(1);
    let scale = u8::try_from(fraction.len()).ok()?;
    let whole = if whole.is_empty() { "0" } else { whole };
    let digits = if fraction.is_empty() { whole.into() } else { format!("{whole}.{fraction}") };
    (precision <= MAX_PRECISION).then_some((Literal::Decimal(digits), DataType::Decimal { precision, scale }))
}

/// Two digits that are a number in a range.
fn is_in(text: &str, range: std::ops::RangeInclusive<u32>) -> bool {
    text.len() == 2
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse().is_ok_and(|n| range.contains(&n))
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) || !is_in(month, 1..=12) {
        return false;
    }
    let year: u32 = year.parse().unwrap_or(0);
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match *month {
        "02" if leap => 29,
        "02" => 28,
        "04" | "06" | "09" | "11" => 30,
        _ => 31,
    };
    year > 0 && is_in(day, 1..=days)
}

fn is_time(text: &str) -> bool {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let parts: Vec<&str> = clock.split(':').collect();
    let [hour, minute, second] = parts.as_slice() else { return false };
    is_in(hour, 0..=23)
        && is_in(minute, 0..=59)
        && is_in(second, 0..=59)
        && (1..=3).contains(&fraction.len())
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_the_smallest_type() {
        let decimal = |precision, scale| DataType::Decimal { precision, scale };
        for (digits, data_type) in [
            ("21", Some(DataType::Integer)),
            ("2147483648", Some(DataType::BigInt)),
            ("9223372036854775808", Some(decimal(19, 0))),
            ("1.50", Some(decimal(3, 2))),
            (".5", Some(decimal(1, 1))),
            ("00.5", Some(decimal(1, 1))),
            ("1e3", Some(DataType::Double)),
            ("1e999", None),
            ("1.", Some(decimal(1, 0))),
            ("", None),
            (".", None),
            ("1.2.3", None),
            ("-5", None),
            ("+5", None),
            ("123456789012345678901234567890123456789", None),
        ] {
            assert_eq!(number(digits).map(|(_, data_type)| data_type), data_type, "{digits}");
        }
    }

    #[test]
    fn a_decimal_of_a_file_has_one_sign_and_a_digit() {
        let data_type = DataType::Decimal { precision: 4, scale: 2 };
        for (text, digits) in [
            ("-12.5", Some("-12.5")),
            (".5", Some("0.5")),
            ("-", None),
            (".", None),
            ("-.", None),
            ("--5", None),
            ("-+5", None),
            ("+5", None),
            ("123.5", None),
        ] {
            let digits = digits.map(|digits| Literal::Decimal(digits.into()));
            assert_eq!(Literal::read(text, data_type), digits, "{text}");
        }
    }

    #[test]
    fn equal_times_of_a_file_are_one_constant() {
        for (text, same) in [
            ("2026-01-01 00:00:00.0", "2026-01-01 00:00:00"),
            ("2026-01-01T00:00:00.500Z", "2026-01-01 00:00:00.5"),
        ] {
            let read = |text| Literal::read(text, DataType::Timestamp);
            assert!(read(text).is_some() && read(text) == read(same), "{text}");
        }
        let read = |text| Literal::read(text, DataType::Time);
        assert!(read("09:30:00").is_some() && read("09:30:00.00") == read("09:30:00"));
        assert_eq!(read("09:30:00.05"), Some(Literal::Time("09:30:00.05".into())));
    }

    #[test]
    fn days_and_times_exist() {
        assert!(
            is_date("2024-02-29")
                && !is_date("2023-02-29")
                && !is_date("1900-02-29")
                && is_date("2000-02-29")
        );
        assert!(!is_date("2024-2-29") && !is_date("2024-13-01") && !is_date("0000-01-01"));
        assert!(
            is_time("23:59:59.123") && !is_time("24:00:00") && !is_time("9:00:00") && !is_time("09:00:00.")
        );
    }
}
