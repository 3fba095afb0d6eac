//! The loop: wait until records are due, batch them, send them.

use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use crate::{
    batch,
    health::Health,
    outbox::{MAX_CALLS, Outbox},
    pacer::Pacer,
    sender::{Stream, send},
    source::{Source, SourceError},
    stats::Stats,
};

/// Shortest time between two calls of less than [`batch::MAX_RECORDS`], so that they carry more than a record
/// or two. Small against a second, over which the limits of a shard are counted.
const LINGER: Duration = Duration::from_millis(200);

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Until the stream has accepted the first record.
    pub start: Duration,
    /// From the signal to stop until what is in hand is given up.
    pub drain: Duration,
}

/// Why the loop ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It was told to stop.
    Stopped,
    /// The source had no more records, and all that are not too large are sent.
    Finished,
}

/// Why the loop ended badly.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The stream has accepted nothing since the start.
    #[error("nothing could be sent within {seconds} s of the start: {cause}")]
    NotStarted {
        /// How long it was tried.
        seconds: u64,
        /// What did not work.
        cause: String,
    },
    /// The source has returned no records since the start, so nothing was sent to the stream.
    #[error("the source returned no records within {seconds} s of the start: {cause}")]
    NoRecords {
        /// How long it was tried.
        seconds: u64,
        /// What did not work.
        cause: String,
    },
    /// It was told to stop, and these could not be sent any more.
    #[error("{records} records could not be sent before the shutdown: {cause}")]
    Unsent {
        /// How many.
        records: u64,
        /// What did not work.
        cause: String,
    },
    /// The source had no more records, and the stream will never take these of them.
    #[error(
        "the source has no more records, and the stream rejected {records} of its records; the log contains the causes"
    )]
    LeftOut {
        /// How many.
        records: u64,
    },
    /// The source gives no more records; what it gave is sent.
    #[error("{0}")]
    Source(#[from] SourceError),
}

/// Sends until `stop` says true or the source has no more.
///
/// What is in hand is bounded by the [`Outbox`]: while the stream does not take it nothing else is taken from
/// the source, and nothing that was taken is dropped.
///
/// # Errors
/// When nothing could be sent at the start, or not all at the end, or the source fails.
pub async fn run(
    stream: &impl Stream,
    source: &mut impl Source,
    records_per_second: f64,
    limits: Limits,
    stats: &Stats,
    health: &Health,
    mut stop: watch::Receiver<bool>,
) -> Result<End, RunError> {
    let cause = || health.trouble().unwrap_or_else(|| "no response yet".to_owned());
    let seconds = limits.start.as_secs();
    let not_started = || RunError::NotStarted { seconds, cause: cause() };
    let no_records = || RunError::NoRecords { seconds, cause: cause() };
    let overdue = overdue(health, Instant::now() + limits.start);
    tokio::pin!(overdue);

    tokio::select! {
        biased;
        () = stopped(&mut stop) => return Ok(End::Stopped),
        there = source.ready() => there?,
        () = &mut overdue => return Err(no_records()),
    }

    let mut intake = Intake::new(source, records_per_second);
    let mut outbox = Outbox::new(records_per_second, stream.call_bytes());
    let mut calls = FuturesUnordered::new();
    let mut deadline = None;
    loop {
        while calls.len() < MAX_CALLS
            && let Some((batch, receipt)) = outbox.batch()
        {
            calls.push(async move {
                send(stream, batch, stats, health).await;
                receipt
            });
        }
        let stopping = deadline.is_some();
        let taking = !stopping && intake.ended.is_none();
        if !taking && outbox.is_empty() {
            break;
        }
        tokio::select! {
            biased;
            () = stopped(&mut stop), if !stopping => {
                health.stopping("sending the remaining records");
                deadline = Some(Instant::now() + limits.drain);
            }
            () = &mut overdue, if !stopping => {
                return Err(if intake.taken == 0 { no_records() } else { not_started() });
            }
            Some(receipt) = calls.next() => outbox.sent(&receipt),
            () = sleep_until(intake.wake), if taking && outbox.has_room() => intake.take(&mut outbox, stats),
            () = sleep_until(deadline.unwrap_or(intake.wake)), if stopping => {
                let now = stats.now();
                let records = intake.taken - now.records_sent - now.records_failed;
                stats.unsent(records);
                return Err(RunError::Unsent { records, cause: cause() });
            }
        }
    }
    match intake.ended {
        Some(Err(error)) => Err(error.into()),
        Some(Ok(())) => match stats.now().records_failed {
            0 => Ok(End::Finished),
            records => Err(RunError::LeftOut { records }),
        },
        None => Ok(End::Stopped),
    }
}

/// Takes records from the source when they are due.
struct Intake<'s, S> {
    source: &'s mut S,
    pacer: Pacer,
    /// When to take next.
    wake: Instant,
    /// Records that were taken so far.
    taken: u64,
    /// How the source ended.
    ended: Option<Result<(), SourceError>>,
    warned: bool,
}

impl<'s, S: Source> Intake<'s, S> {
    fn new(source: &'s mut S, records_per_second: f64) -> Self {
        let now = Instant::now();
        let pacer = Pacer::new(records_per_second, now);
        Self { source, pacer, wake: now, taken: 0, ended: None, warned: false }
    }

    /// Takes what is due, as far as there is room.
    fn take(&mut self, outbox: &mut Outbox, stats: &Stats) {
        let now = Instant::now();
        stats.given_up(self.pacer.forgive(now));
        let due = self.pacer.due(now);
        let mut taken = 0;
        while taken < due && outbox.has_room() {
            match self.source.next(stats) {
                Ok(Some(record)) => outbox.push(record),
                end => {
                    self.ended = Some(end.map(|_| ()));
                    break;
                }
            }
            taken += 1;
        }
        self.pacer.issue(taken);
        self.taken += taken;
        // What is due already is taken as soon as there is room.
        self.wake = if taken < due {
            now
        } else {
            let full = self.pacer.nth(batch::MAX_RECORDS as u64);
            self.pacer.next().max((now + LINGER).min(full))
        };
        if !self.warned && outbox.is_held_by_keys() {
            self.warned = true;
            tracing::warn!(
                "too few partition keys for this rate: records of one key are sent one after the other; use a \
                 field with more values, or random keys"
            );
        }
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        // Nobody is left who could stop it.
        std::future::pending::<()>().await;
    }
}

/// Returns at the deadline if the stream has accepted nothing until then.
async fn overdue(health: &Health, deadline: Instant) {
    sleep_until(deadline).await;
    if health.is_ready() {
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, sync::Arc};

    use tokio::{sync::Notify, time::sleep};

    use super::*;
    use crate::{
        record::{Page, Record},
        sender::{PutError, Refusal},
        source::pages::Pages,
    };

    /// Takes all, or nothing before a moment; notes when how many came.
    struct Recorder {
        start: Instant,
        from: Instant,
        calls: RefCell<Vec<(Duration, usize)>>,
    }

    impl Recorder {
        fn new(dead_for: Duration) -> Self {
            let start = Instant::now();
            Self { start, from: start + dead_for, calls: RefCell::default() }
        }

        fn records(&self) -> usize {
            self.calls.borrow().iter().map(|(_, records)| records).sum()
        }
    }

    impl Stream for Recorder {
        fn call_bytes(&self) -> usize {
            crate::firehose::MAX_BYTES
        }

        async fn put(&self, records: &[Record]) -> Result<Vec<Result<(), Refusal>>, PutError> {
            sleep(Duration::from_millis(20)).await;
            if Instant::now() < self.from {
                return Err(PutError::Passing(Refusal("ResourceNotFoundException".to_owned())));
            }
            self.calls.borrow_mut().push((self.start.elapsed(), records.len()));
            Ok(vec![Ok(()); records.len()])
        }
    }

    const LIMITS: Limits = Limits { start: Duration::from_secs(240), drain: Duration::from_secs(20) };

    fn pages() -> Pages {
        let records = (0..7).map(|n| Record::new(format!("{n}"), None)).collect();
        let page = Page { records, ..Page::default() };
        let (sender, newest) = watch::channel(Some(Arc::new(page)));
        std::mem::forget(sender);
        Pages::new(newest, Arc::new(Notify::new()), false, 1)
    }

    async fn run_for(stream: &Recorder, rate: f64, seconds: u64) -> (Result<End, RunError>, Stats) {
        let (stopper, stop) = watch::channel(false);
        let (stats, health, mut pages) = (Stats::default(), Health::silent(), pages());
        let running = run(stream, &mut pages, rate, LIMITS, &stats, &health, stop);
        let stopping = async {
            sleep(Duration::from_secs(seconds)).await;
            let _ = stopper.send(true);
            std::future::pending::<()>().await;
        };
        let end = tokio::select! { end = running => end, () = stopping => unreachable!() };
        (end, stats)
    }

    #[tokio::test(start_paused = true)]
    async fn keeps_the_pace() {
        for (rate, seconds, expected) in
            [(2.0, 60, 120), (0.1, 60, 6), (1000.0, 60, 60_000), (3.7, 600, 2220)]
        {
            let stream = Recorder::new(Duration::ZERO);
            let (end, stats) = run_for(&stream, rate, seconds).await;
            assert_eq!(end.expect("it ends well"), End::Stopped);
            let sent = stream.records();
            // A batch of one linger may be on its way.
            let slack = 1 + (rate / 4.0) as usize;
            assert!(sent.abs_diff(expected) <= slack, "{sent} at {rate}/s in {seconds} s");
            assert_eq!(stats.now().records_sent as usize, sent);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn ends_with_the_cause_if_it_never_starts() {
        let (end, stats) = run_for(&Recorder::new(Duration::from_secs(9999)), 2.0, 1000).await;
        let error = end.expect_err("it never starts").to_string();
        assert!(error.contains("240 s") && error.contains("ResourceNotFoundException"), "{error}");
        assert_eq!(stats.now().records_sent, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_source_that_gives_nothing_is_not_the_streams_fault() {
        let stream = Recorder::new(Duration::ZERO);
        let (sender, newest) = watch::channel(None);
        let (_stopper, stop) = watch::channel(false);
        let (stats, health) = (Stats::default(), Health::silent());
        health.source_fails("it returned 503");
        let mut pages = Pages::new(newest, Arc::new(Notify::new()), false, 1);
        let end = run(&stream, &mut pages, 2.0, LIMITS, &stats, &health, stop).await;
        drop(sender);
        let Err(RunError::NoRecords { seconds: 240, cause }) = end else { panic!("{end:?}") };
        assert!(cause.contains("503"), "{cause}");
        assert_eq!(stream.records(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn does_not_catch_up_with_an_outage() {
        let stream = Recorder::new(Duration::from_secs(200));
        let (end, stats) = run_for(&stream, 10.0, 300).await;
        assert_eq!(end.expect("it ends well"), End::Stopped);
        let now = stats.now();
        assert!(now.records_given_up >= 1900, "{now:?}");
        assert!(stream.calls.borrow().iter().all(|(_, records)| *records <= 12), "{:?}", stream.calls);
    }

    #[tokio::test(start_paused = true)]
    async fn says_what_it_could_not_send() {
        let (end, _) = run_for(&Recorder::new(Duration::from_secs(9999)), 2.0, 100).await;
        let Err(RunError::Unsent { records: 2, cause }) = end else { panic!("{end:?}") };
        assert!(cause.contains("ResourceNotFoundException"), "{cause}");
    }

    #[tokio::test(start_paused = true)]
    async fn drains_before_it_stops() {
        let stream = Recorder::new(Duration::from_secs(110));
        let (end, stats) = run_for(&stream, 2.0, 100).await;
        assert_eq!(end.expect("it ends well"), End::Stopped);
        assert_eq!(stats.now().records_sent, 2);
    }
}
