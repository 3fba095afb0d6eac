//! Rules of EventBridge.

use super::event;
use super::event_path::{self, Use};
use super::{Rules, Site, event_pattern, schedule};
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{EventBridge, Setting, Trigger};

impl Rules for EventBridge {
    fn check(&self, site: &Site, found: &mut Vec<Diagnostic>) {
        found.extend(self.bus.as_ref().and_then(no_bus));
        match &self.trigger {
            Trigger::Pattern(pattern) => {
                let faults = event_pattern::faults(&pattern.value, &event_pattern::EVENTBRIDGE);
                let faults = faults.into_iter().chain(event_pattern::of_bus(&pattern.value));
                found.extend(faults.map(|fault| {
                    let span = pattern.place(&fault.at).unwrap_or_else(|| site.span());
                    Diagnostic::error(Code::EventPattern, span, fault.message, fault.help)
                }));
            }
            Trigger::Schedule(schedule) => {
                if let Some((message, help)) = schedule::fault(&schedule.value) {
                    found.push(Diagnostic::error(Code::EventPattern, schedule.span, message, help));
                }
                if let Some(bus) = &self.bus {
                    let message = "a schedule works only on the default bus";
                    found.push(
                        Diagnostic::error(Code::ConflictingKeys, bus.span, message, "remove `bus`")
                            .related(schedule.span, "the schedule"),
                    );
                }
            }
        }
        found.extend(self.input.as_ref().and_then(|path| event_path::check(path, &event::BUS, Use::Record)));
        if let Some(path) = &self.partition_key {
            found.extend(
                site.stream_only("partition_key", Some(path.span))
                    .or_else(|| event_path::check(path, &event::BUS, Use::PartitionKey)),
            );
        }
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
