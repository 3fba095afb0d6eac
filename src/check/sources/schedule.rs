//! Schedules of EventBridge: `rate(5 minutes)` and `cron(0 12 * * ? *)`.
//!
//! EventBridge user guide, "Setting a schedule pattern for scheduled rules", 2026-11.

use crate::aws::limits::Bounds;

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// A field of a `cron` expression.
struct Field {
    what: &'static str,
    range: Bounds<u32>,
    /// Names of its values, the first one for the least value.
    names: &'static [&'static str],
    /// Letters and signs that only this field has.
    special: fn(&str) -> bool,
}

const FIELDS: [Field; 6] = [
    Field { what: "minute", range: Bounds::new(0, 59), names: &[], special: |_| false },
    Field { what: "hour", range: Bounds::new(0, 23), names: &[], special: |_| false },
    Field { what: "day of the month", range: Bounds::new(1, 31), names: &[], special: of_month },
    Field { what: "month", range: Bounds::new(1, 12), names: &MONTHS, special: |_| false },
    Field { what: "day of the week", range: Bounds::new(1, 7), names: &WEEKDAYS, special: of_week },
    Field { what: "year", range: Bounds::new(1970, 2199), names: &[], special: |_| false },
];

/// `?`, the last day, and the weekday nearest to a day.
fn of_month(text: &str) -> bool {
    let nearest = text.strip_suffix('W').and_then(|day| day.parse::<u32>().ok());
    text == "?" || text == "L" || text == "LW" || nearest.is_some_and(|day| (1..=31).contains(&day))
}

/// `?`, the last one of the month, and the nth one of the month.
fn of_week(text: &str) -> bool {
    let day = |text: &str| position(text, &FIELDS[4]).is_some();
    let nth = text
        .split_once('#')
        .is_some_and(|(of, nth)| day(of) && nth.parse::<u32>().is_ok_and(|nth| (1..=5).contains(&nth)));
    text == "?" || text == "L" || nth || text.strip_suffix('L').is_some_and(day)
}

/// What is wrong with a schedule, and what to write.
pub(super) fn fault(text: &str) -> Option<(String, String)> {
    let inner = |name: &str| text.strip_prefix(name)?.strip_suffix(')');
    let none = |help: String| Some((format!("`{text}` is not a schedule of EventBridge"), help));
    if let Some(rate) = inner("rate(") {
        return none(of_rate(rate)?);
    }
    let Some(cron) = inner("cron(") else {
        return none(match text.split_whitespace().count() {
            // A line of a crontab, or an expression without its name.
            5 | 6 => {
                six_fields(text).map_or_else(example, |fields| format!("write `schedule: cron({fields})`"))
            }
            _ => "write `schedule: rate(5 minutes)`, or a `cron(..)` with six fields".into(),
        });
    };
    let fields: Vec<&str> = cron.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return none(match six_fields(cron) {
            Some(fields) => {
                format!("a schedule has six fields, with the year: write `schedule: cron({fields})`")
            }
            None => example(),
        });
    }
    for (field, written) in FIELDS.iter().zip(&fields) {
        let wrong = written.split(',').find(|part| !is_part(part, field));
        if let Some(wrong) = wrong {
            let (min, max) = (field.range.min, field.range.max);
            let names = match field.names {
                [first, .., last] => format!(", or {first} to {last}"),
                _ => String::new(),
            };
            let help = match (field.what, wrong) {
                ("day of the week", "0") => "write `1` or `SUN` for Sunday".to_owned(),
                ("hour", "24") => "write `0` for midnight".to_owned(),
                _ => format!("write {min} to {max}{names}"),
            };
            return Some((format!("the {} of a schedule cannot be `{wrong}`", field.what), help));
        }
    }
    if (fields[2] == "?") == (fields[4] == "?") {
        let help = match (fields[2], fields[4]) {
            (_, "*") | ("?", "?") => rewritten(&fields, if fields[2] == "?" { "*" } else { fields[2] }, "?"),
            ("*", week) => rewritten(&fields, "?", week),
            _ => "write `?` for the day of the month or for the day of the week, as in `cron(0 12 * * ? *)`"
                .into(),
        };
        return Some(("the day of the month or the day of the week must be `?`".into(), help));
    }
    None
}

fn rewritten(fields: &[&str], day: &str, week: &str) -> String {
    let [minute, hour, _, month, _, year] = fields else { return example() };
    format!("write `schedule: cron({minute} {hour} {day} {month} {week} {year})`")
}

fn example() -> String {
    "write six fields, as in `schedule: cron(0 12 * * ? *)`".into()
}

/// What to write in place of a rate; none if it is one.
fn of_rate(rate: &str) -> Option<String> {
    let mut words = rate.split_whitespace();
    let (number, unit) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let Some(number) = number.parse::<u32>().ok().filter(|number| *number > 0) else {
        return Some("write `schedule: rate(5 minutes)`".into());
    };
    let lower = unit.to_ascii_lowercase();
    let Some(known) = ["minute", "hour", "day"].into_iter().find(|known| lower.starts_with(known)) else {
        let help = match lower.as_str() {
            "week" | "weeks" => format!("write `schedule: rate({} days)`", u64::from(number) * 7),
            unit if unit.starts_with("sec") => "write `schedule: rate(1 minute)`, the shortest".into(),
            _ => {
                format!("write `schedule: rate({number} {})`", if number == 1 { "minute" } else { "minutes" })
            }
        };
        return Some(help);
    };
    let right = if number == 1 { known.to_owned() } else { format!("{known}s") };
    (rate != format!("{number} {right}")).then(|| format!("write `schedule: rate({number} {right})`"))
}

/// The six fields of a line of a crontab, which has no year, and Sunday as 0.
fn six_fields(text: &str) -> Option<String> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let (minute, hour, day, month, week, year) = match fields.as_slice() {
        [minute, hour, day, month, week] => (minute, hour, day, month, *week, "*"),
        [minute, hour, day, month, week, year] => (minute, hour, day, month, *week, *year),
        _ => return None,
    };
    let (day, week) = match (*day, week) {
        (day, "*" | "?") => (day, "?".to_owned()),
        ("*" | "?", week) if fields.len() == 5 => ("?", weekdays(week)?),
        ("*" | "?", week) => ("?", week.to_owned()),
        // Both are given, which a schedule cannot say.
        _ => return None,
    };
    let fixed = format!("{minute} {hour} {day} {month} {week} {year}");
    fault(&format!("cron({fixed})")).is_none().then_some(fixed)
}

/// Weekdays of a crontab, where Sunday is 0 or 7, by their names. Sunday comes first in a schedule, so a range that ends
/// with it becomes a list.
fn weekdays(text: &str) -> Option<String> {
    let day = |text: &str| match WEEKDAYS.iter().position(|name| name.eq_ignore_ascii_case(text)) {
        Some(at) => Some(at),
        None => text.parse().ok().filter(|number| *number <= WEEKDAYS.len()),
    };
    let name = |day: usize| WEEKDAYS[day % WEEKDAYS.len()].to_owned();
    let mut found: Vec<String> = Vec::new();
    for part in text.split(',') {
        let (base, step) = match part.split_once('/') {
            Some((base, step)) => (base, step.parse().ok().filter(|step| *step > 0)?),
            None => (part, 1),
        };
        let range = match base.split_once('-') {
            _ if base == "*" => Some((0, WEEKDAYS.len() - 1)),
            Some((from, to)) => Some((day(from)?, day(to)?)),
            None => None,
        };
        let names: Vec<String> = match range {
            Some((from, 0)) if from > 0 => (from..=WEEKDAYS.len()).step_by(step).map(name).collect(),
            Some((from, to)) if from > to => return None,
            Some((from, to)) if step == 1 && from < to && to < WEEKDAYS.len() => {
                vec![format!("{}-{}", name(from), name(to))]
            }
            Some((from, to)) => (from..=to).step_by(step).map(name).collect(),
            None if part.contains('/') => return None,
            None => vec![name(day(base)?)],
        };
        for name in names {
            if !found.contains(&name) {
                found.push(name);
            }
        }
    }
    Some(found.join(","))
}

/// A value, a range, a step, or a sign of the field.
fn is_part(part: &str, field: &Field) -> bool {
    if (field.special)(part) {
        return true;
    }
    let (base, step) = match part.split_once('/') {
        Some((base, step)) => (base, Some(step)),
        None => (part, None),
    };
    let is_step = step.is_none_or(|step| step.parse::<u32>().is_ok_and(|step| step > 0));
    let is_base = match base.split_once('-') {
        _ if base == "*" => true,
        Some((from, to)) => position(from, field).is_some() && position(to, field).is_some(),
        None => position(base, field).is_some(),
    };
    is_step && is_base
}

/// The value of a number or a name.
fn position(text: &str, field: &Field) -> Option<u32> {
    let named = field.names.iter().position(|name| name.eq_ignore_ascii_case(text));
    match named {
        Some(at) => Some(field.range.min + u32::try_from(at).ok()?),
        None => text.parse().ok().filter(|number| field.range.contains(*number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_of_the_user_guide_are_accepted() {
        for text in [
            "rate(1 minute)",
            "rate(5 minutes)",
            "rate(1 hour)",
            "rate(1 day)",
            "cron(15 10 ? * 6L 2022-2023)",
            "cron(0 18 ? * MON-FRI *)",
            "cron(0 8 1 * ? *)",
            "cron(0/15 * * * ? *)",
            "cron(0/10 * ? * MON-FRI *)",
            "cron(0/5 8-17 ? * MON-FRI *)",
            "cron(0 9 ? * 2#1 *)",
            "cron(0 9 3W * ? *)",
            "cron(0 0 L JAN,JUL ? *)",
        ] {
            assert_eq!(fault(text), None, "{text}");
        }
    }

    #[test]
    fn weekdays_of_a_crontab_are_names() {
        for (crontab, week) in [
            ("1-5", Some("MON-FRI")),
            ("1,3,5", Some("MON,WED,FRI")),
            ("5-7", Some("FRI,SAT,SUN")),
            ("0", Some("SUN")),
            ("7", Some("SUN")),
            ("0,7", Some("SUN")),
            ("0-6", Some("SUN-SAT")),
            ("0-7", Some("SUN,MON,TUE,WED,THU,FRI,SAT")),
            ("1-5/2", Some("MON,WED,FRI")),
            ("*/3", Some("SUN,WED,SAT")),
            ("mon-fri", Some("MON-FRI")),
            ("FRI-SUN", Some("FRI,SAT,SUN")),
            ("8", None),
            ("1/2", None),
            ("5-1", None),
            ("1-5/0", None),
        ] {
            let written = six_fields(&format!("0 8 * * {crontab}"));
            assert_eq!(written, week.map(|week| format!("0 8 ? * {week} *")), "{crontab}");
        }
        // Six fields are those of EventBridge.
        assert_eq!(six_fields("0 8 * * 2-6 *").as_deref(), Some("0 8 ? * 2-6 *"));
    }

    #[test]
    fn a_help_is_accepted_when_it_is_typed() {
        for text in [
            "rate(1 minutes)",
            "rate(5 minute)",
            "rate(5 Minutes)",
            "rate(2 weeks)",
            "rate(30 seconds)",
            "rate(5  minutes)",
            "rate(0 minutes)",
            "rate(5 m)",
            "cron(0 12 * * *)",
            "cron(0 12 * * * *)",
            "cron(0 12 ? * ? *)",
            "cron(0 12 * * MON *)",
            "cron(0 8 * * 0)",
            "0 8 * * 1-5",
            "*/5 * * * *",
            "0 8 1 * 1",
            "every 5 minutes",
        ] {
            let (_, help) = fault(text).unwrap_or_else(|| panic!("{text}"));
            let typed = help.split("schedule: ").nth(1).and_then(|typed| typed.split('`').next());
            let typed = typed.unwrap_or_else(|| panic!("{text}: {help}"));
            assert_eq!(fault(typed), None, "{text}: {help}");
        }
    }
}
