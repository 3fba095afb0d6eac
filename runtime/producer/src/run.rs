//! The loop: wait until records are due, batch them, send them.

use std::time::Duration;

use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout},
};

use crate::{
    batch::Batch,
    health::Health,
    pacer::Pacer,
    pages::Pages,
    sender::{Stream, send},
    stats::Stats,
};

/// Shortest time between two calls at a fast pace, so that they carry more than a record or two. Small
/// against a second, over which the limits of a shard are counted.
const LINGER: Duration = Duration::from_millis(200);

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Until the stream has accepted the first record.
    pub start: Duration,
    /// From the signal to stop until what is in hand is given up.
    pub drain: Duration,
}

/// Why the loop ended badly.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The stream has accepted nothing since the start.
    #[error("nothing could be sent within {seconds} s of the start: {cause}")]
    NotStarted {
        /// How long it was tried.
        seconds: u64,
        /// What did not work.
        cause: String,
    },
    /// It was told to stop, and these could not be sent any more.
    #[error("{records} records could not be sent before the end: {cause}")]
    Unsent {
        /// How many.
        records: usize,
        /// What did not work.
        cause: String,
    },
}

/// Sends until `stop` says true.
///
/// At most one batch is in hand. While the stream does not take it nothing else is taken from the source,
/// so memory is bounded by two pages and a batch, and nothing that was taken is dropped.
///
/// # Errors
/// When nothing could be sent at the start, or not all at the end.
pub async fn run(
    stream: &impl Stream,
    pages: &mut Pages,
    records_per_second: f64,
    limits: Limits,
    stats: &Stats,
    health: &Health,
    mut stop: watch::Receiver<bool>,
) -> Result<(), RunError> {
    let cause = || health.trouble().unwrap_or_else(|| "no answer yet".to_owned());
    let not_started = || RunError::NotStarted { seconds: limits.start.as_secs(), cause: cause() };
    let overdue = overdue(health, Instant::now() + limits.start);
    tokio::pin!(overdue);

    tokio::select! {
        biased;
        () = stopped(&mut stop) => return Ok(()),
        there = pages.first() => if !there { return Err(not_started()) },
        () = &mut overdue => return Err(not_started()),
    }

    let mut pacer = Pacer::new(records_per_second, Instant::now());
    let mut batch = Batch::default();
    let mut last = None;
    loop {
        let linger = last.map_or(pacer.next(), |last: Instant| last + LINGER);
        tokio::select! {
            biased;
            () = stopped(&mut stop) => return Ok(()),
            () = sleep_until(pacer.next().max(linger)) => {}
        }
        let now = Instant::now();
        last = Some(now);
        stats.given_up(pacer.forgive(now));
        let mut due = pacer.due(now);
        while due > 0 {
            due -= fill(&mut batch, pages, &mut pacer, due);
            let end = {
                let sending = send(stream, &mut batch, stats, health);
                tokio::pin!(sending);
                tokio::select! {
                    biased;
                    () = &mut sending => None,
                    () = &mut overdue => return Err(not_started()),
                    () = stopped(&mut stop) => {
                        health.stopping("sending what is in hand");
                        Some(timeout(limits.drain, sending).await)
                    }
                }
            };
            match end {
                None => {}
                Some(Ok(())) => return Ok(()),
                Some(Err(_)) => return Err(RunError::Unsent { records: batch.len(), cause: cause() }),
            }
        }
    }
}

/// Takes records from the page into the batch, up to `due`, and says how many.
fn fill(batch: &mut Batch, pages: &mut Pages, pacer: &mut Pacer, due: u64) -> u64 {
    let mut taken = 0;
    while taken < due {
        let Some(record) = pages.peek() else { break };
        if batch.push(record.clone()).is_err() {
            break;
        }
        pages.advance();
        taken += 1;
    }
    pacer.issue(taken);
    taken
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

    async fn run_for(stream: &Recorder, rate: f64, seconds: u64) -> (Result<(), RunError>, Stats) {
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
            assert_eq!(end, Ok(()));
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
    async fn does_not_catch_up_with_an_outage() {
        let stream = Recorder::new(Duration::from_secs(200));
        let (end, stats) = run_for(&stream, 10.0, 300).await;
        assert_eq!(end, Ok(()));
        let now = stats.now();
        assert!(now.records_given_up >= 1900, "{now:?}");
        assert!(stream.calls.borrow().iter().all(|(_, records)| *records <= 12), "{:?}", stream.calls);
    }

    #[tokio::test(start_paused = true)]
    async fn says_what_it_could_not_send() {
        let (end, _) = run_for(&Recorder::new(Duration::from_secs(9999)), 2.0, 100).await;
        let Err(RunError::Unsent { records: 1, cause }) = end else { panic!("{end:?}") };
        assert!(cause.contains("ResourceNotFoundException"), "{cause}");
    }

    #[tokio::test(start_paused = true)]
    async fn drains_before_it_stops() {
        let stream = Recorder::new(Duration::from_secs(110));
        let (end, stats) = run_for(&stream, 2.0, 100).await;
        assert_eq!(end, Ok(()));
        assert_eq!(stats.now().records_sent, 1);
    }
}
