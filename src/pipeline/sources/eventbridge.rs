//! EventBridge.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::pipeline::Setting;
use crate::source::Span;

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
