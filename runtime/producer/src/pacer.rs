//! When the next record is due.

use std::time::Duration;

use tokio::time::Instant;

/// Nanoseconds in a second times the millionths that a rate is counted in.
const SCALE: u128 = 1_000_000_000 * 1_000_000;

/// A schedule on the monotonic clock: record `n` is due `n / rate` after the start.
///
/// Each due time is computed from the start, in integers, so errors do not add up. The one thing that moves
/// the start is a backlog of more than [`Pacer::MAX_BEHIND`]: after an outage the lost time is given up,
/// since to catch up at full speed would throttle the stream that has just come back.
#[derive(Debug)]
pub struct Pacer {
    /// Records a second, in millionths.
    rate: u128,
    start: Instant,
    issued: u64,
    given_up: u64,
}

impl Pacer {
    /// How much lost time is caught up with.
    pub const MAX_BEHIND: Duration = Duration::from_secs(1);

    /// A schedule that starts `now`: the first record is due at once.
    #[must_use]
    pub fn new(records_per_second: f64, now: Instant) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let rate = (records_per_second * 1e6).round().max(1.0) as u128;
        Self { rate, start: now, issued: 0, given_up: 0 }
    }

    /// How many records are due and not yet issued.
    #[must_use]
    pub fn due(&self, now: Instant) -> u64 {
        let elapsed = now.saturating_duration_since(self.start).as_nanos();
        let total = u64::try_from(elapsed * self.rate / SCALE).unwrap_or(u64::MAX).saturating_add(1);
        total - self.issued.min(total)
    }

    /// Counts `records` as issued.
    pub fn issue(&mut self, records: u64) {
        self.issued += records;
    }

    /// When the next record is due.
    #[must_use]
    pub fn next(&self) -> Instant {
        self.nth(1)
    }

    /// When the next `records` are due, the last of them too.
    #[must_use]
    pub fn nth(&self, records: u64) -> Instant {
        // Rounded up: at that moment the record is due, not a nanosecond before.
        let nanos = (u128::from(self.issued + records.saturating_sub(1)) * SCALE).div_ceil(self.rate);
        self.start + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// Gives up what cannot be caught up with, and says how many records that is.
    pub fn forgive(&mut self, now: Instant) -> u64 {
        let late = now.saturating_duration_since(self.next());
        if late <= Self::MAX_BEHIND {
            return 0;
        }
        let lost =
            u64::try_from((late - Self::MAX_BEHIND).as_nanos() * self.rate / SCALE).unwrap_or(u64::MAX);
        self.issued += lost;
        self.given_up += lost;
        lost
    }

    /// Records that were given up so far.
    #[must_use]
    pub fn given_up(&self) -> u64 {
        self.given_up
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Issues each record at the moment it is due, and gives the time from the start in nanoseconds.
    fn times(rate: f64, records: u64) -> Vec<u128> {
        let start = Instant::now();
        let mut pacer = Pacer::new(rate, start);
        (0..records)
            .map(|_| {
                let now = pacer.next();
                assert_eq!(pacer.due(now), 1);
                if now > start {
                    assert_eq!(pacer.due(now - Duration::from_nanos(1)), 0);
                }
                pacer.issue(1);
                (now - start).as_nanos()
            })
            .collect()
    }

    #[test]
    fn fractions_are_exact() {
        assert_eq!(times(2.0, 4), [0, 500_000_000, 1_000_000_000, 1_500_000_000]);
        assert_eq!(times(0.25, 3), [0, 4_000_000_000, 8_000_000_000]);
        assert_eq!(times(3.0, 4), [0, 333_333_334, 666_666_667, 1_000_000_000]);
    }

    #[test]
    fn does_not_drift() {
        let last = *times(7.0, 7 * 3600 + 1).last().expect("there are some");
        assert_eq!(last, 3600 * 1_000_000_000);
    }

    #[test]
    fn a_late_wake_up_is_made_good() {
        let start = Instant::now();
        let mut pacer = Pacer::new(1000.0, start);
        let now = start + Duration::from_millis(250);
        assert_eq!(pacer.forgive(now), 0);
        assert_eq!(pacer.due(now), 251);
        pacer.issue(251);
        assert_eq!(pacer.next(), start + Duration::from_millis(251));
    }

    #[test]
    fn an_outage_is_given_up() {
        let start = Instant::now();
        let mut pacer = Pacer::new(100.0, start);
        let now = start + Duration::from_secs(3600);
        let lost = pacer.forgive(now);
        assert_eq!(lost, 3599 * 100);
        assert_eq!(pacer.due(now), 101);
        assert_eq!(pacer.given_up(), lost);
        assert_eq!(pacer.forgive(now), 0);
    }

    proptest! {
        #[test]
        fn never_faster_than_the_rate(
            rate in 0.001_f64..20_000.0,
            naps in prop::collection::vec(0_u64..900_000_000, 1..60),
        ) {
            let start = Instant::now();
            let mut pacer = Pacer::new(rate, start);
            let (mut now, mut sent) = (start, 0_u64);
            for nap in naps {
                now += Duration::from_nanos(nap);
                prop_assert_eq!(pacer.forgive(now), 0);
                let due = pacer.due(now);
                pacer.issue(due);
                sent += due;
                let exact = (now - start).as_secs_f64() * rate + 1.0;
                // A rate is counted in millionths.
                let slack = 1.0 + (now - start).as_secs_f64() * 1e-6;
                prop_assert!((sent as f64) <= exact + slack, "{sent} after {exact}");
                prop_assert!((sent as f64) > exact - 1.0 - slack, "{sent} after {exact}");
                prop_assert!(pacer.next() > now);
            }
        }
    }
}
