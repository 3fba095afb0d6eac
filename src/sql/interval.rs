//! Spans of time as SQL writes them: `INTERVAL '1' MINUTE`, `INTERVAL '5' MINUTES`, `INTERVAL '1:30' MINUTE TO SECOND`.

use sqlparser::ast;

use crate::aws::limits::flink::INTERVAL_DAYS_MAX;

/// A span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Interval {
    /// Of fixed length.
    Milliseconds(i64),
    /// Of calendar months, whose length differs.
    Months(i32),
}

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
/// Milliseconds of a day; times have no zone, so every day has as many.
pub(super) const DAY: i64 = 24 * HOUR;

/// The longest window, in milliseconds: of that length Flink takes constants only.
pub(super) const MAX_CONSTANT_MS: i64 = (INTERVAL_DAYS_MAX + 1) * DAY - 1;

/// The longest that is read, as a power of ten of its unit: beyond, a date leaves what Flink holds.
const MAX_DIGITS: usize = 9;

/// A count of units that [`MAX_DIGITS`] hold.
pub(super) fn count(units: i64) -> Option<i64> {
    let most = 10_u64.pow(u32::try_from(MAX_DIGITS).ok()?);
    (units.unsigned_abs() < most).then_some(units)
}

impl Interval {
    /// The constant of a syntax tree, if it is one.
    pub(super) fn read(interval: &ast::Interval) -> Option<Self> {
        let text = match interval.value.as_ref() {
            ast::Expr::Value(value) => match &value.value {
                ast::Value::SingleQuotedString(text) | ast::Value::Number(text, false) => text.trim(),
                _ => return None,
            },
            _ => return None,
        };
        let (sign, text) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let first = interval.leading_field.as_ref()?;
        match (first, &interval.last_field) {
            (ast::DateTimeField::Year | ast::DateTimeField::Years, None) => {
                Some(Self::Months(sign * digits(text)?.checked_mul(12)?))
            }
            (ast::DateTimeField::Month | ast::DateTimeField::Months, None) => {
                Some(Self::Months(sign * digits(text)?))
            }
            (ast::DateTimeField::Year, Some(ast::DateTimeField::Month)) => {
                let (years, months) = text.split_once('-')?;
                let months = digits(months).filter(|months| *months < 12)?;
                Some(Self::Months(sign * digits(years)?.checked_mul(12)?.checked_add(months)?))
            }
            (first, last) => {
                let first = place(first)?;
                let last = last.as_ref().map_or(Some(first), place).filter(|last| *last >= first)?;
                Some(Self::Milliseconds(i64::from(sign) * fields(text, first, last)?))
            }
        }
    }
}

/// What to write instead of an interval that cannot be read, such as Postgres' `INTERVAL '5 minutes'`.
pub(super) fn instead(interval: &ast::Interval) -> String {
    const FORMS: &str = "write it like INTERVAL '1' MINUTE or INTERVAL '1:30' MINUTE TO SECOND";
    let written = match interval.value.as_ref() {
        ast::Expr::Value(value) => match &value.value {
            ast::Value::SingleQuotedString(text) => text.as_str(),
            ast::Value::Number(text, false) => text.as_str(),
            _ => return FORMS.into(),
        },
        _ => return FORMS.into(),
    };
    let field = interval.leading_field.as_ref().map(ToString::to_string).unwrap_or_default();
    let text = format!("{written} {field}").to_uppercase();
    let mut words = text.split_whitespace();
    let (count, unit) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let unit = unit.strip_suffix('S').unwrap_or(unit);
    let unit = match unit {
        "SEC" => "SECOND",
        "MIN" => "MINUTE",
        "HR" => "HOUR",
        other => other,
    };
    match (digits(count), words.next()) {
        (Some(weeks), None) if unit == "WEEK" => format!("write INTERVAL '{}' DAY", i64::from(weeks) * 7),
        (Some(count), None) if ["SECOND", "MINUTE", "HOUR", "DAY", "MONTH", "YEAR"].contains(&unit) => {
            format!("write INTERVAL '{count}' {unit}")
        }
        _ => FORMS.into(),
    }
}

/// Day, hour, minute, second.
const UNITS: [i64; 4] = [DAY, HOUR, MINUTE, SECOND];

/// Where a unit is in [`UNITS`].
fn place(field: &ast::DateTimeField) -> Option<usize> {
    match field {
        ast::DateTimeField::Day | ast::DateTimeField::Days => Some(0),
        ast::DateTimeField::Hour | ast::DateTimeField::Hours => Some(1),
        ast::DateTimeField::Minute | ast::DateTimeField::Minutes => Some(2),
        ast::DateTimeField::Second | ast::DateTimeField::Seconds => Some(3),
        _ => None,
    }
}

fn digits(text: &str) -> Option<i32> {
    let valid = (1..=MAX_DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| valid)
}

/// `1 02:03:04.5` from a day to a second, or a part of it.
fn fields(text: &str, first: usize, last: usize) -> Option<i64> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) if last == 3 => (whole, fraction),
        Some(_) => return None,
        None => (text, "0"),
    };
    if fraction.len() > 3 {
        return None;
    }
    let milliseconds = i64::from(digits(fraction)?) * 10_i64.pow(3 - u32::try_from(fraction.len()).ok()?);
    let parts: Vec<&str> = whole.split([' ', ':']).collect();
    if parts.len() != last - first + 1 {
        return None;
    }
    let mut sum = milliseconds;
    for (at, part) in parts.into_iter().enumerate() {
        let value = i64::from(digits(part)?);
        let most = match first + at {
            1 => 23,
            _ => 59,
        };
        if at > 0 && value > most {
            return None;
        }
        sum += value * UNITS[first + at];
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Interval> {
        let dialect = sqlparser::dialect::GenericDialect {};
        let parsed = sqlparser::parser::Parser::new(&dialect).try_with_sql(text).ok()?.parse_expr().ok()?;
        match parsed {
            ast::Expr::Interval(interval) => Interval::read(&interval),
            _ => None,
        }
    }

    #[test]
    fn intervals_of_every_unit() {
        for (text, interval) in [
            ("INTERVAL '60' SECOND", Some(Interval::Milliseconds(60_000))),
            ("INTERVAL '1.5' SECOND", Some(Interval::Milliseconds(1_500))),
            ("INTERVAL '0.001' SECOND", Some(Interval::Milliseconds(1))),
            ("INTERVAL '1:30' MINUTE TO SECOND", Some(Interval::Milliseconds(90_000))),
            ("INTERVAL '2 03:04:05.006' DAY TO SECOND", Some(Interval::Milliseconds(183_845_006))),
            ("INTERVAL '-1' DAY", Some(Interval::Milliseconds(-DAY))),
            ("INTERVAL '2' YEAR", Some(Interval::Months(24))),
            ("INTERVAL '1-6' YEAR TO MONTH", Some(Interval::Months(18))),
            ("INTERVAL '1:70' MINUTE TO SECOND", None),
            ("INTERVAL '1.5' MINUTE", None),
            ("INTERVAL 'x' MINUTE", None),
            ("INTERVAL '9999999999' SECOND", None),
        ] {
            assert_eq!(read(text), interval, "{text}");
        }
    }
}
