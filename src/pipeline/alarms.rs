//! Alarms: their recipients and thresholds.

use super::Setting;
use crate::source::Span;
use crate::spec::AlarmKey;

/// Alarms.
#[derive(Clone, Debug, Default)]
pub struct Alarms {
    /// The recipients.
    pub notify: Option<Notify>,
    /// What is left out, each with its place.
    pub off: Vec<(AlarmKey, Span)>,
    /// Thresholds that the user sets.
    pub thresholds: Thresholds,
}

/// The recipients of an alarm.
#[derive(Clone, Debug)]
pub enum Notify {
    /// ARN of an existing topic.
    Topic(Setting<String>),
    /// Addresses that subscribe to a topic of the stack.
    Email(Vec<Setting<String>>),
}

/// Thresholds that the user sets: times in seconds, shares in percent.
#[derive(Clone, Debug, Default)]
pub struct Thresholds(pub(crate) Vec<(AlarmKey, Setting<u64>)>);

impl Thresholds {
    /// The threshold of a kind of alarm.
    pub fn get(&self, key: AlarmKey) -> Option<u64> {
        self.iter().find(|(known, _)| *known == key).map(|(_, setting)| setting.value)
    }

    /// All of them, in the order of the spec's type.
    pub fn iter(&self) -> impl Iterator<Item = &(AlarmKey, Setting<u64>)> {
        self.0.iter()
    }
}

impl Alarms {
    /// Whether a kind is left out.
    pub fn is_off(&self, key: AlarmKey) -> bool {
        self.off.iter().any(|(off, _)| *off == key)
    }
}
