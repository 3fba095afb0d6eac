//! EventBridge.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::Resolver;
use crate::parse::step;
use crate::pipeline::{EventBridge, Pattern, Trigger};
use crate::source::Span;
use crate::spec::sources as spec;

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
            // The schema requires one of them.
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
