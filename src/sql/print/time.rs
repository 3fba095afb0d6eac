//! Times and intervals as Flink SQL writes them.

use super::super::expr::{Expr, ExprKind, Function, TimeField};
use super::super::interval::{DAY, Interval};
use super::expr::Expressions;

/// Milliseconds above 0 in the largest unit that they are a multiple of.
pub(super) fn interval(ms: i64) -> String {
    let units = [("DAY", DAY), ("HOUR", DAY / 24), ("MINUTE", 60_000), ("SECOND", 1000)];
    match units.into_iter().find(|(_, unit)| ms % unit == 0) {
        Some((name, unit)) => written(ms / unit, name, ""),
        None => written(ms / 1000, "SECOND", &format!(".{:03}", ms % 1000)),
    }
}

/// Flink takes two digits unless more are announced.
fn written(count: i64, unit: &str, fraction: &str) -> String {
    let digits = count.to_string().len();
    let precision = match (digits > 2, fraction.is_empty()) {
        (false, _) => String::new(),
        (true, true) => format!("({digits})"),
        (true, false) => format!("({digits}, 3)"),
    };
    format!("INTERVAL '{count}{fraction}' {unit}{precision}")
}

/// A time so much later or earlier.
pub(super) fn shifted(operand: &str, by: Interval) -> String {
    let (negative, interval) = match by {
        Interval::Milliseconds(0) => return operand.to_owned(),
        Interval::Milliseconds(ms) => (ms < 0, interval(ms.abs())),
        Interval::Months(months) => (months < 0, written(i64::from(months.abs()), "MONTH", "")),
    };
    format!("{operand} {} {interval}", if negative { '-' } else { '+' })
}

/// The hours whose seconds an INTEGER holds, whatever is left of another one.
const MOST_HOURS_IN_SECONDS: i64 = (1 << 31) / 3600 - 1;
/// The same of minutes.
const MOST_HOURS_IN_MINUTES: i64 = (1 << 31) / 60 - 1;

/// Milliseconds since 1970 of a time.
fn since_1970(time: &str) -> String {
    format!("EXTRACT(EPOCH FROM {time}) * 1000 + EXTRACT(MILLISECOND FROM {time})")
}

impl Expressions<'_> {
    /// FLOOR or CEIL to a unit. Flink makes one of two of them, which is not the same where the larger unit is one of
    /// the calendar: its CEIL looks at days only. An interval of nothing keeps them apart. Without parentheses, `TO` would
    /// go with an interval before it.
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
        ] {
            assert_eq!(interval(ms), text);
        }
    }
}
