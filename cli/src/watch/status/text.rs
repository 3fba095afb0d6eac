//! A status for people.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use super::{Named, Part, Status, alarms};
use crate::cloud::kinds;
use pipec_compiler::aws::metrics::{BYTES_IN, Metric, RECORDS_IN, Reading, Unit};
use pipec_compiler::terminal::printable;

/// Width of the column of what is read.
const WORDS_WIDTH: usize = 22;

/// The status as lines; `spec` is the spec as the user named it.
pub fn text(status: &Status, spec: &str) -> String {
    let stack = &status.stack;
    let mut lines = vec![format!("stack {} in {}: {}", stack.name, stack.region, stack.status)];
    if let Some(doing) = stack.doing {
        // A deployment would follow the deletion, and then create the stack again.
        let verb = if stack.status == "DELETE_IN_PROGRESS" { "destroy" } else { "deploy" };
        lines.push(format!("  {doing}; `pipec {verb} {spec}` follows it"));
    }
    if let Some(failure) = &stack.failure {
        lines.push(format!("! {} ({}) failed: {}", failure.resource, failure.kind, failure.reason));
    }
    for part in &status.parts {
        lines.push(String::new());
        let state = part.status.as_ref().map(|state| format!(": {state}")).unwrap_or_default();
        lines.push(format!("{} {}{state}", part.part, part.resource));
        for metric in part.metrics {
            lines.push(format!("  {:<WORDS_WIDTH$} {}", metric.words, reading(part, metric, status.at)));
        }
        lines.extend(part.findings.iter().map(|finding| format!("! {finding}")));
    }
    lines.extend(alarms::lines(&status.own_alarms, time));
    if !status.alarms.is_empty() {
        lines.push(String::new());
        lines.push(
            if status.own_alarms.is_empty() {
                "alarms in ALARM state"
            } else {
                "other alarms in ALARM state"
            }
            .into(),
        );
        let line =
            |alarm: &super::Ringing| format!("! {} ({}): {}", alarm.name, alarm.resource, alarm.reason);
        lines.extend(status.alarms.iter().map(line));
    }
    if !status.unread.is_empty() {
        lines.push(String::new());
        lines.push("could not be read".into());
        for gap in &status.unread {
            lines.push(format!("! {}: {}", gap.what, gap.reason));
            lines.push(format!("  {}", gap.help.replace(" SPEC", &format!(" {spec}"))));
        }
    }
    lines.push(String::new());
    lines.push("resources".into());
    // Alarms have lines of their own.
    let is_alarm = |resource: &&Named| resource.kind == kinds::words("AWS::CloudWatch::Alarm");
    for resource in status.resources.iter().filter(|resource| !is_alarm(resource)) {
        let id = resource.physical_id.as_deref().unwrap_or("not there");
        let state = if resource.status.ends_with("_COMPLETE") { "" } else { &resource.status };
        let line = format!("  {:<26} {:<22} {id} {state}", resource.logical_id, resource.kind);
        lines.push(line.trim_end().to_owned());
    }
    printable(&lines.join("\n")) + "\n"
}

fn reading(part: &Part, metric: &Metric, now: i64) -> String {
    let declared = part.declared.as_ref().map(|declared| match metric.key {
        RECORDS_IN => format!(", declared {}", number(declared.records_per_second)),
        BYTES_IN => format!(", declared {}", number(declared.bytes_per_second as f64)),
        _ => String::new(),
    });
    let declared = declared.unwrap_or_default();
    let Some(value) = part.reading(metric.key) else { return format!("no data{declared}") };
    let shown = match metric.unit {
        Unit::Count => number(value),
        Unit::PerSecond => format!("{}/s", number(value)),
        Unit::BytesPerSecond => format!("{} B/s", number(value)),
        Unit::Milliseconds => duration(value / 1_000.0),
        Unit::Seconds => duration(value),
        Unit::Share => format!("{} %", number(value * 100.0)),
        Unit::Time => format!("{}, {} ago", time(value as i64), duration((now - value as i64) as f64)),
    };
    let when = match metric.reading {
        Reading::PeakPerSecond => " at peak in the last hour",
        Reading::Sum | Reading::Growth => " in the last hour",
        Reading::Highest => " at most in the last hour",
        Reading::Lowest => " at least in the last hour",
        Reading::Newest => " at the last look of CloudWatch",
        Reading::LastSeen => "",
    };
    format!("{shown}{when}{declared}")
}

/// A number with its thousands marked; one that is below 10 with two digits behind the point.
pub fn number(value: f64) -> String {
    let text = if value.abs() < 10.0 && value.fract() != 0.0 {
        format!("{value:.2}").trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        format!("{value:.0}")
    };
    let (sign, rest) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(whole, part)| (whole, Some(part)));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let fraction = fraction.map(|part| format!(".{part}")).unwrap_or_default();
    format!("{sign}{grouped}{fraction}")
}

/// Seconds in the two largest units.
fn duration(seconds: f64) -> String {
    let whole = seconds.max(0.0) as u64;
    match whole {
        0 if seconds > 0.0 => format!("{:.0} ms", seconds * 1_000.0),
        0..120 => format!("{whole} s"),
        120..7_200 => format!("{} min", whole / 60),
        7_200..172_800 => format!("{} h {} min", whole / 3_600, whole % 3_600 / 60),
        _ => format!("{} d", whole / 86_400),
    }
}

/// A time in UTC, to the second.
fn time(seconds: i64) -> String {
    DateTime::from_secs(seconds).fmt(Format::DateTime).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_at_a_glance() {
        for (value, shown) in [
            (0.0, "0"),
            (1_240.4, "1,240"),
            (1_234_567.0, "1,234,567"),
            (0.05, "0.05"),
            (9.999, "10"),
            (-1.0, "-1"),
        ] {
            assert_eq!(number(value), shown);
        }
        for (seconds, shown) in [(0.0, "0 s"), (0.25, "250 ms"), (61.0, "61 s"), (7_320.0, "2 h 2 min")] {
            assert_eq!(duration(seconds), shown);
        }
    }
}
