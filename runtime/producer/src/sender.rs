//! Sends a batch until all of it is accepted: again only what was not.
//!
//! A record arrives at least once. It arrives twice where the answer to a call is lost, and such a second copy
//! can come after later records of its key if the lost call was slow.

use std::{error::Error, time::Duration};

use aws_sdk_kinesis::error::{DisplayErrorContext, ProvideErrorMetadata};
use tokio::time::sleep;

use crate::{batch::Batch, health::Health, record::Record, stats::Stats};

/// Upper end of the first wait.
const BASE: Duration = Duration::from_millis(100);
/// Upper end of every wait.
const CAP: Duration = Duration::from_secs(10);

/// Why a record, or a call, was not accepted: the service's code, and its message where that says what is missing (a
/// permission, a stream). Never what a record holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub String);

/// Why a whole call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PutError {
    /// It may work later: throttling, network, credentials, a stream that is not there yet.
    Passing(Refusal),
    /// These records will never be accepted.
    Invalid(Refusal),
}

/// Codes of a call that is wrong itself. Their messages quote what is wrong, such as a partition key.
const INVALID: [&str; 3] = ["InvalidArgumentException", "ValidationException", "SerializationException"];

/// What an error of a call means.
pub(crate) fn put_error(error: &(impl ProvideErrorMetadata + Error)) -> PutError {
    match error.code() {
        Some(code) if INVALID.contains(&code) => PutError::Invalid(Refusal(code.to_owned())),
        Some(code) => PutError::Passing(Refusal(format!("{code}: {}", error.message().unwrap_or_default()))),
        None => PutError::Passing(Refusal(DisplayErrorContext(error).to_string())),
    }
}

/// A stream that takes records.
pub trait Stream {
    /// Most bytes of one call, data and keys.
    fn call_bytes(&self) -> usize;

    /// Puts the records, at most [`crate::batch::MAX_RECORDS`] of [`Stream::call_bytes`] in all, and gives one
    /// result a record, in order.
    async fn put(&self, records: &[Record]) -> Result<Vec<Result<(), Refusal>>, PutError>;
}

/// Sends the batch until the stream has accepted each record of it, or has shown that it never will.
/// Dropped before, it has counted as sent what was seen to be accepted.
pub async fn send(stream: &impl Stream, batch: Batch, stats: &Stats, health: &Health) {
    let mut parts = vec![batch];
    let mut fruitless = 0;
    while let Some(mut batch) = parts.pop() {
        let refusal = match stream.put(batch.records()).await {
            Ok(results) if results.len() == batch.len() => {
                let before = (batch.len(), batch.bytes());
                batch.keep(|place| results[place].is_err());
                let accepted = before.0 - batch.len();
                stats.sent(accepted, before.1 - batch.bytes());
                if accepted > 0 {
                    fruitless = 0;
                    health.accepted();
                }
                let Some(refusal) = results.into_iter().find_map(Result::err) else {
                    health.stream_works();
                    continue;
                };
                refusal
            }
            Ok(results) => Refusal(format!("{} results for {} records", results.len(), batch.len())),
            Err(PutError::Passing(refusal)) => refusal,
            Err(PutError::Invalid(refusal)) if batch.len() > 1 => {
                // One record is enough to have a whole call refused: find it.
                let rest = batch.split();
                stats.retried(rest.len());
                parts.push(rest);
                refusal
            }
            Err(PutError::Invalid(refusal)) => {
                stats.failed(batch.len());
                health.stream_fails(&refusal.0);
                tracing::error!(
                    bytes = batch.bytes(),
                    cause = refusal.0,
                    "the stream rejects this record; it is dropped"
                );
                continue;
            }
        };
        stats.retried(batch.len());
        health.stream_fails(&refusal.0);
        parts.push(batch);
        sleep(full_jitter(fruitless)).await;
        fruitless += 1;
    }
}

/// A wait of anything between nothing and a limit that doubles, so that many producers do not come back
/// all at the same moment.
fn full_jitter(attempt: u32) -> Duration {
    let limit = BASE.saturating_mul(1 << attempt.min(16)).min(CAP);
    limit.mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::HashMap};

    use proptest::prelude::*;

    use super::*;

    /// Refuses what a function of record and attempt says, and counts how often each record arrived.
    struct Flaky<F> {
        refuse: F,
        calls: RefCell<u32>,
        accepted: RefCell<HashMap<String, u32>>,
    }

    impl<F: Fn(u32, &str) -> Answer> Flaky<F> {
        fn new(refuse: F) -> Self {
            Self { refuse, calls: RefCell::default(), accepted: RefCell::default() }
        }
    }

    enum Answer {
        Take,
        Refuse,
        FailCall,
        InvalidCall,
    }

    impl<F: Fn(u32, &str) -> Answer> Stream for Flaky<F> {
        fn call_bytes(&self) -> usize {
            crate::kinesis::MAX_BYTES
        }

        async fn put(&self, records: &[Record]) -> Result<Vec<Result<(), Refusal>>, PutError> {
            *self.calls.borrow_mut() += 1;
            let call = *self.calls.borrow();
            let mut results = Vec::new();
            let mut taken = Vec::new();
            for record in records {
                let key = record.partition_key();
                results.push(match (self.refuse)(call, &key) {
                    Answer::Take => {
                        taken.push(key);
                        Ok(())
                    }
                    Answer::Refuse => Err(Refusal("ProvisionedThroughputExceededException".to_owned())),
                    Answer::FailCall => return Err(PutError::Passing(Refusal("InternalFailure".to_owned()))),
                    Answer::InvalidCall => {
                        return Err(PutError::Invalid(Refusal("ValidationException".to_owned())));
                    }
                });
            }
            for key in taken {
                *self.accepted.borrow_mut().entry(key).or_default() += 1;
            }
            Ok(results)
        }
    }

    fn batch(records: usize) -> Batch {
        let mut batch = Batch::new(crate::kinesis::MAX_BYTES);
        for n in 0..records {
            batch.push(Record::new(vec![b'x'; 10], Some(format!("{n:04}")))).expect("there is room");
        }
        batch
    }

    async fn sent<F: Fn(u32, &str) -> Answer>(stream: &Flaky<F>, records: usize) -> Stats {
        let stats = Stats::default();
        send(stream, batch(records), &stats, &Health::silent()).await;
        stats
    }

    #[tokio::test(start_paused = true)]
    async fn sends_again_only_what_was_refused() {
        // The first call takes even records, the second none at all, the third the rest.
        let stream = Flaky::new(|call, key: &str| match call {
            1 if key.ends_with(['0', '2', '4', '6', '8']) => Answer::Take,
            1 => Answer::Refuse,
            2 => Answer::FailCall,
            _ => Answer::Take,
        });
        let stats = sent(&stream, 10).await;
        assert_eq!(*stream.calls.borrow(), 3);
        assert_eq!(stream.accepted.borrow().len(), 10);
        assert!(stream.accepted.borrow().values().all(|times| *times == 1));
        let now = stats.now();
        assert_eq!((now.records_sent, now.records_retried, now.records_failed), (10, 10, 0));
        assert_eq!(now.bytes_sent, 10 * 14);
    }

    #[tokio::test(start_paused = true)]
    async fn leaves_out_only_what_will_never_be_taken() {
        let stream = Flaky::new(|_, key: &str| match key {
            "0003" | "0007" => Answer::InvalidCall,
            _ => Answer::Take,
        });
        let now = sent(&stream, 10).await.now();
        assert_eq!((now.records_sent, now.records_failed), (8, 2));
        assert!(now.records_retried >= 10, "each of the first call is sent again: {}", now.records_retried);
        assert!(stream.accepted.borrow().values().all(|times| *times == 1));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_accepted_is_counted_when_time_is_up() {
        let stream = Flaky::new(|_, key: &str| if key < "0006" { Answer::Take } else { Answer::Refuse });
        let (stats, health) = (Stats::default(), Health::silent());
        let sending = send(&stream, batch(10), &stats, &health);
        assert!(tokio::time::timeout(Duration::from_secs(60), sending).await.is_err());
        assert_eq!(stats.now().records_sent, 6);
        // A minute is enough for many calls, and the waits are long enough that it is not very many.
        assert!((5..200).contains(&*stream.calls.borrow()), "{}", stream.calls.borrow());
    }

    #[test]
    fn waits_grow_to_a_limit() {
        for attempt in 0..100 {
            let limit = CAP.min(BASE * 2_u32.saturating_pow(attempt.min(10)));
            assert!(full_jitter(attempt) <= limit);
        }
        assert!((0..100).any(|_| full_jitter(20) > CAP / 2));
        assert!((0..100).any(|_| full_jitter(20) < CAP / 2));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_record_arrives_once(seed in any::<u64>(), records in 0_usize..60) {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time().start_paused(true).build().expect("a runtime");
            let random = RefCell::new(fastrand::Rng::with_seed(seed));
            let stream = Flaky::new(|_, _: &str| match random.borrow_mut().u8(..10) {
                0..4 => Answer::Refuse,
                4 => Answer::FailCall,
                _ => Answer::Take,
            });
            let stats = runtime.block_on(sent(&stream, records));
            prop_assert_eq!(stream.accepted.borrow().len(), records);
            prop_assert!(stream.accepted.borrow().values().all(|times| *times == 1));
            prop_assert_eq!(stats.now().records_sent, records as u64);
        }
    }
}
