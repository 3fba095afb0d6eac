//! EventBridge.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::Resolver;
use super::super::pipeline::Setting;
use crate::parse::step;
use crate::source::Span;
use crate::spec::sources as spec;

/// An EventBridge rule.
#[derive(Clone, Debug)]
pub struct EventBridge {
    /// Name of an existing bus, if it is not the default one.
    pub bus: Option<Setting<String>>,
    /// What makes it send an event.
    pub trigger: Trigger,
    /// The part of an event that becomes the record.
    pub input: Option<Setting<String>>,
    /// The field of an event that becomes the partition key.
    pub partition_key: Option<Setting<String>>,
}

/// An event pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The pattern.
    pub value: Map<String, Value>,
    /// Place of the pattern and of each value in it, by JSON pointers below the pattern.
    pub places: BTreeMap<String, Span>,
}

impl Pattern {
    /// The place of the value at a pointer below the pattern, or of what contains it.
    pub fn place(&self, pointer: &str) -> Option<Span> {
        let above = self.places.range(..=pointer.to_owned()).rev();
        above.into_iter().find(|(known, _)| pointer.starts_with(known.as_str())).map(|(_, span)| *span)
    }
}

/// What makes a rule send an event.
#[derive(Clone, Debug)]
pub enum Trigger {
    /// An event that matches a pattern.
    Pattern(Pattern),
    /// A time of a schedule.
    Schedule(Setting<String>),
}

impl Resolver<'_> {
    pub(in crate::resolve) fn pattern(&self, at: &str, value: Map<String, Value>) -> Pattern {
        let mut places = BTreeMap::new();
        self.places_below(at, "", &Value::Object(value.clone()), &mut places);
        Pattern { value, places }
    }

    fn places_below(&self, at: &str, pointer: &str, value: &Value, places: &mut BTreeMap<String, Span>) {
        places.insert(pointer.to_owned(), self.places.value(&format!("{at}{pointer}")));
        let mut below = |name: &str, value: &Value| {
            self.places_below(at, &format!("{pointer}/{}", step(name)), value, places);
        };
        match value {
            Value::Object(entries) => entries.iter().for_each(|(key, value)| below(key, value)),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, item)| below(&index.to_string(), item));
            }
            _ => {}
        }
    }

    pub(super) fn eventbridge(&self, at: &str, rule: spec::EventBridge) -> EventBridge {
        let trigger = match rule.schedule {
            Some(schedule) => Trigger::Schedule(self.written(&format!("{at}/schedule"), schedule)),
            // The schema asks for one of them.
            None => {
                Trigger::Pattern(self.pattern(&format!("{at}/pattern"), rule.pattern.unwrap_or_default()))
            }
        };
        EventBridge {
            bus: self.optional(&format!("{at}/bus"), rule.bus),
            trigger,
            input: self.optional(&format!("{at}/input"), rule.input),
            partition_key: self.optional(&format!("{at}/partition_key"), rule.partition_key),
        }
    }
}
