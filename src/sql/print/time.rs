//! Times and intervals as Flink SQL writes them.

use super::super::data_type::DataType;
use super::super::epoch::{self, EpochUnit};
use super::super::expr::{Expr, ExprKind, Function, TimeField};
use super::super::interval::{DAY, Interval, MAX_CONSTANT_MS};
use super::cast;
use super::expr::Expressions;

/// Days, hours, minutes and seconds, in milliseconds.
const UNITS: [(&str, i64); 4] = [("DAY", DAY), ("HOUR", DAY / 24), ("MINUTE", 60_000), ("SECOND", 1000)];

/// Milliseconds above 0: in the largest unit that they are a multiple of, where that takes up to three digits; in all
/// of them, up to [`MAX_CONSTANT_MS`]; else as a product, which Flink takes in expressions only.
pub(super) fn interval(ms: i64) -> String {
    let unit = UNITS.into_iter().find(|(_, unit)| ms % unit == 0);
    let in_one = match unit {
        Some((name, unit)) => written(ms / unit, name, ""),
        None => written(ms / 1000, "SECOND", &format!(".{:03}", ms % 1000)),
    };
    match in_one {
        Some(text) => text,
        None if ms <= MAX_CONSTANT_MS => in_all_units(ms),
        None => match unit {
            Some((name, unit)) => format!("INTERVAL '1' {name} * {}", ms / unit),
            None => format!("INTERVAL '0.001' SECOND * {ms}"),
        },
    }
}

/// A number of one unit, if Flink takes one of that many digits. It takes two unless more are announced.
fn written(count: i64, unit: &str, fraction: &str) -> Option<String> {
    let digits = count.to_string().len();
    let precision = match (digits, fraction.is_empty()) {
        (..=2, _) => String::new(),
        (3, true) => "(3)".into(),
        (3, false) => "(3, 3)".into(),
        _ => return None,
    };
    Some(format!("INTERVAL '{count}{fraction}' {unit}{precision}"))
}

fn in_all_units(ms: i64) -> String {
    let (days, hours, minutes, seconds) = (ms / DAY, ms / (DAY / 24) % 24, ms / 60_000 % 60, ms / 1000 % 60);
    let precision = if days > 99 { "(3)" } else { "" };
    let fraction = match ms % 1000 {
        0 => String::new(),
        fraction => format!(".{fraction:03}"),
    };
    format!("INTERVAL '{days} {hours:02}:{minutes:02}:{seconds:02}{fraction}' DAY{precision} TO SECOND")
}

/// Calendar months above 0, of which Flink takes as many digits as are announced.
fn months(count: i64) -> String {
    let digits = count.to_string().len();
    let precision = if digits > 2 { format!("({digits})") } else { String::new() };
    format!("INTERVAL '{count}' MONTH{precision}")
}

/// A time so much later or earlier.
pub(super) fn shifted(operand: &str, by: Interval) -> String {
    let (negative, interval) = match by {
        Interval::Milliseconds(0) => return operand.to_owned(),
        Interval::Milliseconds(ms) => (ms < 0, interval(ms.abs())),
        Interval::Months(months) => (months < 0, self::months(i64::from(months).abs())),
    };
    format!("{operand} {} {interval}", if negative { '-' } else { '+' })
}

/// The hours whose seconds an INTEGER holds, whatever is left of another one.
const MOST_HOURS_IN_SECONDS: i64 = (1 << 31) / 3600 - 1;
/// The same of minutes.
const MOST_HOURS_IN_MINUTES: i64 = (1 << 31) / 60 - 1;

/// The time that a number, or the text of one, counts since 1970.
pub(super) fn since_epoch(operand: &str, from: DataType, unit: EpochUnit) -> String {
    let number = epoch::number(unit);
    let value = if from == number { operand.to_owned() } else { cast::cast(operand, from, number) };
    let milliseconds = match unit.per_millisecond() {
        Some(1) => value,
        Some(units) => format!("{value} / {units}"),
        // A millisecond of seconds is no exact binary number. What is not a number would become 1970.
        None => format!("CASE WHEN {value} > -1E11 THEN CAST(FLOOR({value} * 1000 + 5E-4) AS BIGINT) END"),
    };
    format!("CAST(TO_TIMESTAMP_LTZ({milliseconds}, 3) AS TIMESTAMP(3))")
}

/// Milliseconds since 1970 of a time.
fn since_1970(time: &str) -> String {
    format!("EXTRACT(EPOCH FROM {time}) * 1000 + EXTRACT(MILLISECOND FROM {time})")
}

/// The text of a DATE or a TIMESTAMP. Flink's own cast writes the last four digits of a year.
pub(super) fn text(operand: &str, from: DataType) -> String {
    match from {
        DataType::Date => format!("DATE_FORMAT(CAST({operand} AS TIMESTAMP(3)), 'uuuu-MM-dd')"),
        _ => format!("DATE_FORMAT({operand}, 'uuuu-MM-dd HH:mm:ss.SSS')"),
    }
}

impl Expressions<'_> {
    /// FLOOR or CEIL to a unit. Flink makes one of two of them, which is not the same where the larger unit is one of
    /// the calendar: its CEIL looks at days only. An interval of nothing keeps them apart. Without parentheses, `TO`
    /// would go with an interval before it.
    fn unit(&self, name: &str, time: &Expr, field: TimeField) -> String {
        let inner = matches!(
            &time.kind,
            ExprKind::Call { function: Function::FloorTo(_) | Function::CeilTo(_) | Function::Step(_), .. }
        );
        let time = match (&time.kind, field.milliseconds()) {
            (ExprKind::Shift { .. }, _) => format!("({})", self.print(time)),
            (_, None) if inner => format!("({} + INTERVAL '0' SECOND)", self.print(time)),
            _ => self.print(time),
        };
        format!("{name}({time} TO {})", field.name())
    }

    /// A function of times; `None` if it is none.
    pub(super) fn time_function(&self, function: Function, arguments: &[Expr]) -> Option<String> {
        let argument = |at: usize| self.print(&arguments[at]);
        Some(match function {
            Function::Extract(field) => format!("EXTRACT({} FROM {})", field.name(), argument(0)),
            Function::FloorTo(field) => self.unit("FLOOR", &arguments[0], field),
            Function::CeilTo(field) => self.unit("CEIL", &arguments[0], field),
            Function::Step(ms) => match TimeField::of_length(ms) {
                Some(field) => self.unit("FLOOR", &arguments[0], field),
                None => {
                    let milliseconds = since_1970(&argument(0));
                    format!("CAST(TO_TIMESTAMP_LTZ(({milliseconds}) / {ms} * {ms}, 3) AS TIMESTAMP(3))")
                }
            },
            Function::TimestampDiff(field) => {
                let apart = |unit: &str| format!("TIMESTAMPDIFF({unit}, {}, {})", argument(0), argument(1));
                // Flink's own wraps around, and counts weeks by seconds.
                let within = |hours: i64| {
                    let (between, unit) = (apart("HOUR"), apart(field.name()));
                    format!("CASE WHEN {between} BETWEEN -{hours} AND {hours} THEN {unit} END")
                };
                match field {
                    TimeField::Second => within(MOST_HOURS_IN_SECONDS),
                    TimeField::Minute => within(MOST_HOURS_IN_MINUTES),
                    TimeField::Week => format!("({} / 7)", apart("DAY")),
                    _ => apart(field.name()),
                }
            }
            Function::UnixTimestamp => format!("({})", since_1970(&argument(0))),
            Function::FromUnixTimestamp => {
                format!("CAST(TO_TIMESTAMP_LTZ({}, 3) AS TIMESTAMP(3))", argument(0))
            }
            Function::FromEpoch(unit) => since_epoch(&argument(0), arguments[0].data_type, unit),
            Function::FormatTimestamp => format!("DATE_FORMAT({}, {})", argument(0), argument(1)),
            // Of a text that does not fit the pattern Flink keeps all digits of a second; the casts drop them.
            Function::ParseTimestamp => {
                let time = format!("TO_TIMESTAMP({}, {})", argument(0), argument(1));
                format!("CAST(CAST({time} AS TIMESTAMP(9)) AS TIMESTAMP(3))")
            }
            Function::Now => "LOCALTIMESTAMP".into(),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_take_the_largest_unit() {
        for (ms, text) in [
            (60_000, "INTERVAL '1' MINUTE"),
            (90_000, "INTERVAL '90' SECOND"),
            (100_000, "INTERVAL '100' SECOND(3)"),
            (1, "INTERVAL '0.001' SECOND"),
            (123_456, "INTERVAL '123.456' SECOND(3, 3)"),
            (7 * DAY, "INTERVAL '7' DAY"),
            (5_000_000, "INTERVAL '0 01:23:20' DAY TO SECOND"),
            (1000 * DAY / 24, "INTERVAL '41 16:00:00' DAY TO SECOND"),
            (3_600_123, "INTERVAL '0 01:00:00.123' DAY TO SECOND"),
            (100 * DAY + 1, "INTERVAL '100 00:00:00.001' DAY(3) TO SECOND"),
            (MAX_CONSTANT_MS, "INTERVAL '999 23:59:59.999' DAY(3) TO SECOND"),
            (1000 * DAY, "INTERVAL '1' DAY * 1000"),
            (1000 * DAY + 5000, "INTERVAL '1' SECOND * 86400005"),
            (1000 * DAY + 1, "INTERVAL '0.001' SECOND * 86400000001"),
        ] {
            assert_eq!(interval(ms), text);
        }
    }
}
