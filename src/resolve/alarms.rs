//! What watches the pipeline: what is decided about it, and how it is read from the spec.

use super::Resolver;
use super::pipeline::Setting;
use crate::source::Span;
use crate::spec::{self, AlarmKey, Percent};

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
pub struct Thresholds(Vec<(AlarmKey, Setting<u64>)>);

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

impl Resolver<'_> {
    pub(super) fn alarms(&self, alarms: spec::Alarms) -> Alarms {
        let notify = alarms.notify.map(|notify| match notify {
            spec::Notify::Topic(arn) => Notify::Topic(self.written("/alarms/notify", arn)),
            spec::Notify::Own(own) => Notify::Email(
                own.email
                    .into_iter()
                    .enumerate()
                    .map(|(at, address)| self.written(&format!("/alarms/notify/email/{at}"), address))
                    .collect(),
            ),
        });
        let off = alarms.off.into_iter().flatten().enumerate();
        let off = off.map(|(at, key)| (key, self.places.value(&format!("/alarms/off/{at}")))).collect();
        let thresholds = alarms.thresholds.map(|thresholds| self.thresholds(&thresholds)).unwrap_or_default();
        Alarms { notify, off, thresholds }
    }

    fn thresholds(&self, written: &spec::Thresholds) -> Thresholds {
        let time = |time: Option<spec::Duration>| time.map(|time| time.0);
        let share = |share: Option<Percent>| share.map(|share| share.0);
        let all = [
            (AlarmKey::IteratorAge, time(written.iterator_age)),
            (AlarmKey::ExpiringRecords, share(written.expiring_records)),
            (AlarmKey::DeclaredRate, share(written.declared_rate)),
            (AlarmKey::NoData, time(written.no_data)),
            (AlarmKey::Freshness, time(written.freshness)),
            (AlarmKey::FunctionDuration, share(written.function_duration)),
            (AlarmKey::FunctionBehind, time(written.function_behind)),
            (AlarmKey::CheckpointDuration, time(written.checkpoint_duration)),
            (AlarmKey::Cpu, share(written.cpu)),
            (AlarmKey::Heap, share(written.heap)),
            (AlarmKey::Memory, share(written.memory)),
            (AlarmKey::Backpressure, share(written.backpressure)),
        ];
        let set = all.into_iter().filter_map(|(key, value)| {
            Some((key, self.written(&format!("/alarms/thresholds/{}", key.name()), value?)))
        });
        Thresholds(set.collect())
    }
}
