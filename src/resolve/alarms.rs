//! Reads the alarms from the spec.

use super::Resolver;
use crate::pipeline::{Alarms, Notify, Thresholds};
use crate::spec::{self, AlarmKey, Percent};

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
