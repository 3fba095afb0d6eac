//! Whether an application that is RUNNING runs as requested: the right code, after an operation that succeeded,
//! with a job. No clock of its own, no calls.

use std::time::Duration;

use pipec_flink_job::{Job, Verdict};

use crate::machine::Step;

/// How long a running application may take to log that its job runs. The log reaches CloudWatch after seconds, and the
/// application is RUNNING before its tasks have been deployed.
pub const EVIDENCE: Duration = Duration::from_secs(300);
/// How long a failure in the log lasts until it counts: the job may be restarted.
pub const FAILING: Duration = Duration::from_secs(20);

/// State of an operation: `OperationStatus` of kinesisanalyticsv2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationState {
    /// Not at its end.
    InProgress,
    /// At its end, as intended.
    Successful,
    /// At its end, and not as intended, or given up.
    Failed,
}

/// An operation that starts an application, or starts it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// What it is, such as `UpdateApplication`.
    pub kind: String,
    /// Its state.
    pub state: OperationState,
    /// When it began, in milliseconds since 1970.
    pub began_ms: i64,
}

impl Operation {
    /// Whether the service undid an update with it.
    #[must_use]
    pub fn undoes(&self) -> bool {
        self.kind == "RollbackApplication"
    }
}

/// The next step, given an application's last operation: `None` where that succeeded, and the log is to be read. A rollback
/// by the service is a success where the request itself `restores` what was there before.
#[must_use]
pub fn of_operation(operation: &Operation, restores: bool) -> Option<Step> {
    match operation.state {
        OperationState::InProgress => Some(Step::Wait),
        OperationState::Failed => Some(Step::Fail(format!("its operation {} failed", operation.kind))),
        OperationState::Successful if operation.undoes() && !restores => {
            Some(Step::Fail("its last update was rolled back".to_owned()))
        }
        OperationState::Successful => None,
    }
}

/// Why an application with this code is not the requested one.
#[must_use]
pub fn wrong_code(wanted: Option<&str>, runs: Option<&str>) -> Option<String> {
    let (wanted, runs) = (wanted?, runs.unwrap_or("none"));
    (wanted != runs).then(|| format!("its code is {runs}, not {wanted}; an update did not take effect"))
}

/// The wait for a job's evidence.
#[derive(Debug, Default)]
pub struct Evidence {
    since: Option<Duration>,
    failing_since: Option<Duration>,
}

impl Evidence {
    /// The next step, `now` being the time since the first, and `left` the time that is left.
    pub fn next(&mut self, job: &Job, now: Duration, left: Duration) -> Step {
        let since = *self.since.get_or_insert(now);
        match job.verdict() {
            Verdict::Runs => return Step::Done,
            Verdict::Failed if now - *self.failing_since.get_or_insert(now) >= FAILING => {
                return Step::Fail("it is RUNNING, but its job failed".to_owned());
            }
            Verdict::Failed => {}
            Verdict::Unseen => self.failing_since = None,
        }
        // A reason that says what is missing is worth more than the last seconds.
        if now - since >= EVIDENCE || left < FAILING {
            return Step::Fail(format!(
                "it is RUNNING, but its log shows no running job after {} s",
                (now - since).as_secs()
            ));
        }
        Step::Wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(600);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn operation(kind: &str, state: OperationState) -> Operation {
        Operation { kind: kind.to_owned(), state, began_ms: 0 }
    }

    #[test]
    fn only_an_operation_that_succeeded_and_undid_nothing_will_do() {
        use OperationState::{Failed, InProgress, Successful};
        assert_eq!(of_operation(&operation("StartApplication", Successful), false), None);
        assert_eq!(of_operation(&operation("UpdateApplication", InProgress), false), Some(Step::Wait));
        for bad in [operation("UpdateApplication", Failed), operation("RollbackApplication", Successful)] {
            assert!(matches!(of_operation(&bad, false), Some(Step::Fail(_))), "{bad:?}");
        }
        assert_eq!(of_operation(&operation("RollbackApplication", Successful), true), None);
        assert_eq!(of_operation(&operation("RollbackApplication", InProgress), true), Some(Step::Wait));
        for bad in [operation("UpdateApplication", Failed), operation("RollbackApplication", Failed)] {
            assert!(matches!(of_operation(&bad, true), Some(Step::Fail(_))), "{bad:?}");
        }
    }

    #[test]
    fn the_code_is_the_one_that_was_asked_for() {
        assert_eq!(wrong_code(Some("a.zip"), Some("a.zip")), None);
        assert_eq!(wrong_code(None, Some("a.zip")), None, "an older template names no key");
        assert!(wrong_code(Some("a.zip"), Some("b.zip")).is_some_and(|text| text.contains("b.zip")));
        assert!(wrong_code(Some("a.zip"), None).is_some());
    }

    #[test]
    fn without_evidence_there_is_no_success() {
        let nothing = Job::default();
        let running = Job::read([
            "Job a (b) switched from state CREATED to RUNNING.",
            "Source: s (1/1) (b) switched from INITIALIZING to RUNNING.",
        ]);
        let mut evidence = Evidence::default();
        assert_eq!(evidence.next(&nothing, seconds(40), LONG), Step::Wait);
        assert_eq!(evidence.next(&nothing, seconds(339), LONG), Step::Wait);
        assert!(matches!(evidence.next(&nothing, seconds(340), LONG), Step::Fail(_)));
        assert_eq!(Evidence::default().next(&running, seconds(40), LONG), Step::Done);
        assert!(matches!(Evidence::default().next(&nothing, seconds(40), seconds(5)), Step::Fail(_)));
    }

    #[test]
    fn a_failure_counts_once_it_lasts() {
        let failed = Job::read(["Job a (b) switched from state RUNNING to FAILED."]);
        let mut evidence = Evidence::default();
        assert_eq!(evidence.next(&failed, seconds(0), LONG), Step::Wait);
        assert_eq!(evidence.next(&Job::default(), seconds(10), LONG), Step::Wait);
        assert_eq!(evidence.next(&failed, seconds(25), LONG), Step::Wait);
        assert!(matches!(evidence.next(&failed, seconds(45), LONG), Step::Fail(_)));
    }
}
