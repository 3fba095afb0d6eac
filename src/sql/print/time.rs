//! Times and intervals as Flink SQL writes them.

use super::super::expr::{Expr, Function, TimeField};
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

/// Milliseconds since 1970 of a time.
fn since_1970(time: &str) -> String {
    format!("EXTRACT(EPOCH FROM {time}) * 1000 + EXTRACT(MILLISECOND FROM {time})")
}

impl Expressions<'_> {
    /// A function of times; `None` if it is none.
    pub(super) fn time_function(&self, function: Function, arguments: &[Expr]) -> Option<String> {
        let argument = |at: usize| self.print(&arguments[at]);
        Some(match function {
            Function::Extract(field) => format!("EXTRACT({} FROM {})", field.name(), argument(0)),
            Function::FloorTo(field) => format!("FLOOR({} TO {})", argument(0), field.name()),
            Function::CeilTo(field) => format!("CEIL({} TO {})", argument(0), field.name()),
            Function::Step(ms) => match TimeField::of_length(ms) {
                Some(field) => format!("FLOOR({} TO {})", argument(0), field.name()),
                None => {
                    let milliseconds = since_1970(&argument(0));
                    format!("CAST(TO_TIMESTAMP_LTZ(({milliseconds}) / {ms} * {ms}, 3) AS TIMESTAMP(3))")
                }
            },
            Function::TimestampDiff(field) => {
                format!("TIMESTAMPDIFF({}, {}, {})", field.name(), argument(0), argument(1))
            }
            Function::UnixTimestamp => format!("({})", since_1970(&argument(0))),
            Function::FromUnixTimestamp => {
                format!("CAST(TO_TIMESTAMP_LTZ({}, 3) AS TIMESTAMP(3))", argument(0))
            }
            Function::FormatTimestamp => format!("DATE_FORMAT({}, {})", argument(0), argument(1)),
            Function::ParseTimestamp => format!("TO_TIMESTAMP({}, {})", argument(0), argument(1)),
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
