//! Rules of EventBridge.

use super::{Rules, Site, event_pattern, json_path};
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{EventBridge, Setting, Trigger};

impl Rules for EventBridge {
    fn check(&self, site: &Site, found: &mut Vec<Diagnostic>) {
        found.extend(self.bus.as_ref().and_then(no_bus));
        match &self.trigger {
            Trigger::Pattern(pattern) => {
                found.extend(
                    event_pattern::faults(&pattern.value, &event_pattern::EVENTBRIDGE).into_iter().map(
                        |fault| {
                            let span = pattern.place(&fault.at).unwrap_or_else(|| site.span());
                            Diagnostic::error(Code::EventPattern, span, fault.message, fault.help)
                        },
                    ),
                );
            }
            Trigger::Schedule(schedule) => {
                if let Some(help) = no_schedule(&schedule.value) {
                    let message = format!("`{}` is not a schedule of EventBridge", schedule.value);
                    found.push(Diagnostic::error(Code::EventPattern, schedule.span, message, help));
                }
                if let Some(bus) = &self.bus {
                    let message = "a schedule works on the default bus only";
                    found.push(
                        Diagnostic::error(Code::ConflictingKeys, bus.span, message, "remove `bus`")
                            .related(schedule.span, "the schedule"),
                    );
                }
            }
        }
        found.extend(self.input.as_ref().and_then(|path| json_path::check(path, "input")));
        found.extend(self.partition_key.as_ref().and_then(|path| json_path::check(path, "partition_key")));
        found.extend(site.stream_only("partition_key", self.partition_key.as_ref().map(|path| path.span)));
    }
}

/// A bus is given by its name: rules and policies contain it. EventBridge API reference, `CreateEventBus`, 2026-11.
fn no_bus(bus: &Setting<String>) -> Option<Diagnostic> {
    let text = &bus.value;
    let is_name = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c))
    };
    if is_name(text) {
        return None;
    }
    let last = text.rsplit(['/', ':']).next().unwrap_or_default();
    let help = match is_name(last) {
        true => format!("write `bus: {last}`"),
        false => "write the name of the bus, as in `bus: orders`".into(),
    };
    let message = format!("`{text}` is not the name of an event bus");
    Some(Diagnostic::error(Code::EventPattern, bus.span, message, help))
}

/// What to write in place of a text that is not a schedule. EventBridge user guide, "Schedule types", 2026-11.
fn no_schedule(text: &str) -> Option<String> {
    let inner = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(rate) = inner("rate") {
        let (number, unit) = rate.split_once(' ').unwrap_or((rate, ""));
        let Some(number) = number.parse::<u32>().ok().filter(|number| *number > 0) else {
            return Some("write `schedule: rate(5 minutes)`".into());
        };
        let units: Vec<&str> =
            ["minute", "hour", "day"].into_iter().filter(|known| unit.starts_with(known)).collect();
        let Some(known) = units.first() else {
            return Some(format!("write `schedule: rate({number} minutes)`"));
        };
        let right = if number == 1 { (*known).to_owned() } else { format!("{known}s") };
        return (unit != right).then(|| format!("write `schedule: rate({number} {right})`"));
    }
    if let Some(cron) = inner("cron") {
        let fields: Vec<&str> = cron.split_whitespace().collect();
        return match fields.as_slice() {
            [_, _, day, _, week, _] if (*day == "?") != (*week == "?") => None,
            [_, _, _, _, _, _] => Some(
                "write `?` for the day of the month or the day of the week, as in `cron(0 12 * * ? *)`"
                    .into(),
            ),
            [minute, hour, day, month, _] => Some(format!(
                "a schedule has six fields, with the year: write `schedule: cron({minute} {hour} {day} {month} ? *)`"
            )),
            _ => Some("write six fields, as in `schedule: cron(0 12 * * ? *)`".into()),
        };
    }
    Some("write `schedule: rate(5 minutes)`, or a `cron(..)` with six fields".into())
}
