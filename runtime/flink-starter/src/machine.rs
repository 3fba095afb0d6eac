//! What to do next, given what the service says. No clock of its own, no calls: every case is testable.
//!
//! RUNNING is the application's status, not its job's: [`crate::proof`] demands more. A job that cannot be submitted (a
//! fault in the SQL, in a permission that the start needs) takes the application back to READY, and that is noticed here.
//! A job that fails over a record is restarted by Flink, forever, while the application stays RUNNING; only its metric
//! `numRestarts` and its log show that later.
//! Source: Managed Service for Apache Flink, "Application is restarting" and "Roll back application upgrades".

use std::time::Duration;

/// How long a graceful stop may take before it is forced. It writes a snapshot, which can take minutes
/// with much state and never ends in a job that keeps failing; the stack is being deleted, and the
/// application's snapshots with it, so the snapshot is not worth a failed delete.
pub const GRACEFUL_STOP: Duration = Duration::from_secs(120);

/// How long RUNNING has to last until it counts. An update that CloudFormation has just made may not show
/// yet, and a job that fails at once takes its application back to READY.
pub const SETTLING: Duration = Duration::from_secs(10);

/// How often READY is seen after a start that the service took before it counts as the start's end.
/// The first such answer can be older than the start.
const READY_AGAIN: u32 = 3;

/// Why an application that the service took back to its version before is a failure.
const ROLLED_BACK: &str = "its last update was rolled back";

/// Status of an application: `ApplicationStatus` of kinesisanalyticsv2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Not running; the only status from which it can be started.
    Ready,
    /// Running.
    Running,
    /// On its way to running, or changed while it runs.
    Changing(&'static str),
    /// Patched by the service; nothing can be asked of it meanwhile.
    Maintenance,
    /// On its way to READY.
    Stopping,
    /// On its way to READY without a snapshot.
    ForceStopping,
    /// On its way out.
    Deleting,
    /// There is no such application.
    Missing,
    /// A status that this program does not know.
    Unknown(String),
}

impl Status {
    /// The service's name for it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Ready => "READY",
            Self::Running => "RUNNING",
            Self::Changing(name) => name,
            Self::Maintenance => "MAINTENANCE",
            Self::Stopping => "STOPPING",
            Self::ForceStopping => "FORCE_STOPPING",
            Self::Deleting => "DELETING",
            Self::Missing => "missing",
            Self::Unknown(name) => name,
        }
    }
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing; look again later.
    Wait,
    /// Ask the service to start the application.
    Start,
    /// Ask the service to stop the application.
    Stop {
        /// Without a snapshot, and from a transition too.
        force: bool,
    },
    /// The goal is reached; of a start, as far as the status shows.
    Done,
    /// The goal cannot be reached, for this reason.
    Fail(String),
}

/// Towards RUNNING.
#[derive(Debug, Default)]
pub struct Starting {
    /// The service took a start of ours.
    started: bool,
    /// It was seen on its way since.
    moved: bool,
    /// How often it was seen READY since.
    ready_since_start: u32,
    /// When it was first seen RUNNING, if it still is.
    running_since: Option<Duration>,
    /// The service went back to the version before, so RUNNING is not what was asked for.
    rolled_back: bool,
    /// Whether the request takes an update back, so that a rollback by the service is the requested state.
    restores: bool,
    /// When it was first seen ROLLED_BACK, if it still is.
    rolled_back_since: Option<Duration>,
}

impl Starting {
    /// The service took the start.
    pub fn started(&mut self) {
        *self = Self { started: true, ..Self::default() };
    }

    /// Whether the request takes an update back, as far as the application's code shows at this look.
    pub fn restores(&mut self, restores: bool) {
        self.restores = restores;
    }

    /// The next step, `now` being the time since the first.
    pub fn next(&mut self, status: &Status, now: Duration) -> Step {
        if *status != Status::Running {
            self.running_since = None;
        }
        if *status != Status::Changing("ROLLED_BACK") {
            self.rolled_back_since = None;
        }
        if *status != Status::Ready {
            self.moved = self.started;
        }
        match status {
            Status::Running => {
                let since = *self.running_since.get_or_insert(now);
                if now - since < SETTLING {
                    Step::Wait
                } else if self.rolled_back && !self.restores {
                    Step::Fail(ROLLED_BACK.to_owned())
                } else {
                    Step::Done
                }
            }
            Status::Ready if !self.started => Step::Start,
            Status::Ready => {
                self.ready_since_start += 1;
                if self.moved || self.ready_since_start >= READY_AGAIN {
                    Step::Fail("it was started but returned to READY".to_owned())
                } else {
                    Step::Wait
                }
            }
            Status::Missing => Step::Fail("there is no application with this name".to_owned()),
            Status::Deleting => Step::Fail("it is being deleted".to_owned()),
            Status::Changing("ROLLED_BACK")
                if now - *self.rolled_back_since.get_or_insert(now) >= SETTLING =>
            {
                // Whether a job runs is shown by the log.
                if self.restores { Step::Done } else { Step::Fail(ROLLED_BACK.to_owned()) }
            }
            Status::Changing("ROLLING_BACK" | "ROLLED_BACK") => {
                self.rolled_back = true;
                Step::Wait
            }
            Status::Changing("UPDATING") => {
                self.rolled_back = false;
                Step::Wait
            }
            Status::Changing(_)
            | Status::Maintenance
            | Status::Stopping
            | Status::ForceStopping
            | Status::Unknown(_) => Step::Wait,
        }
    }
}

/// Towards READY, or gone.
#[derive(Debug, Default)]
pub struct Stopping {
    asked: bool,
    forced: bool,
}

impl Stopping {
    /// The service took the stop.
    pub fn stopped(&mut self, force: bool) {
        self.asked = true;
        self.forced |= force;
    }

    /// The next step, `waited` after the first.
    pub fn next(&mut self, status: &Status, waited: Duration) -> Step {
        let late = waited >= GRACEFUL_STOP;
        match status {
            Status::Ready | Status::Missing | Status::Deleting => Step::Done,
            // In maintenance nothing can be stopped.
            Status::ForceStopping | Status::Maintenance => Step::Wait,
            Status::Stopping if !late || self.forced => Step::Wait,
            Status::Running if !self.asked && !late => Step::Stop { force: false },
            // Asked, and the answer may be older than the question.
            Status::Running if !late && !self.forced => Step::Wait,
            _ if self.forced && !late => Step::Wait,
            _ => Step::Stop { force: true },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    fn moving() -> [Status; 9] {
        [
            Status::Changing("STARTING"),
            Status::Changing("UPDATING"),
            Status::Changing("AUTOSCALING"),
            Status::Changing("ROLLING_BACK"),
            Status::Changing("ROLLED_BACK"),
            Status::Maintenance,
            Status::Stopping,
            Status::ForceStopping,
            Status::Unknown("NEW".to_owned()),
        ]
    }

    /// What follows from these statuses, seen five seconds apart; a start is taken.
    fn steps(statuses: &[Status]) -> Vec<Step> {
        steps_of(statuses, false)
    }

    fn steps_of(statuses: &[Status], restores: bool) -> Vec<Step> {
        let mut starting = Starting::default();
        starting.restores(restores);
        let looks = statuses.iter().zip(0_u32..);
        looks
            .map(|(status, look)| {
                let step = starting.next(status, SOON * look);
                if step == Step::Start {
                    starting.started();
                }
                step
            })
            .collect()
    }

    fn failed(step: Option<&Step>) -> bool {
        matches!(step, Some(Step::Fail(_)))
    }

    #[test]
    fn starts_from_ready_once() {
        use Status::{Changing, Ready, Running};
        let older_than_the_start = Ready;
        assert_eq!(
            steps(&[Ready, older_than_the_start, Changing("STARTING"), Running, Running, Running]),
            [Step::Start, Step::Wait, Step::Wait, Step::Wait, Step::Wait, Step::Done]
        );
    }

    #[test]
    fn running_has_to_last() {
        use Status::{Changing, Ready, Running};
        let wait = Step::Wait;
        assert_eq!(steps(&[Running, Running, Running]), [wait.clone(), wait.clone(), Step::Done]);
        let not_yet_updating = [Running, Running, Changing("UPDATING"), Running, Running, Running];
        assert_eq!(
            steps(&not_yet_updating)[..5],
            [wait.clone(), wait.clone(), wait.clone(), wait.clone(), wait]
        );
        assert_eq!(steps(&not_yet_updating).last(), Some(&Step::Done));
        assert!(failed(steps(&[Ready, Running, Ready]).last()), "it ran for a moment");
        assert_eq!(steps(&[Running, Changing("UPDATING"), Ready]).last(), Some(&Step::Start));
    }

    #[test]
    fn an_update_that_was_rolled_back_is_a_failure() {
        use Status::{Changing, Running};
        for name in ["ROLLING_BACK", "ROLLED_BACK"] {
            assert!(failed(steps(&[Changing(name), Running, Running, Running]).last()), "{name}");
            let updated_since = [Changing(name), Changing("UPDATING"), Running, Running, Running];
            assert_eq!(steps(&updated_since).last(), Some(&Step::Done), "{name}");
        }
        let stays = [Changing("ROLLED_BACK"), Changing("ROLLED_BACK"), Changing("ROLLED_BACK")];
        assert!(failed(steps(&stays).last()), "nothing is awaited that does not come");
    }

    #[test]
    fn what_was_rolled_back_is_as_a_rollback_wants_it() {
        use Status::{Changing, Running};
        for name in ["ROLLING_BACK", "ROLLED_BACK"] {
            let over = [Changing(name), Running, Running, Running];
            assert_eq!(steps_of(&over, true).last(), Some(&Step::Done), "{name}");
        }
        let stays = [Changing("ROLLED_BACK"), Changing("ROLLED_BACK"), Changing("ROLLED_BACK")];
        assert_eq!(steps_of(&stays, true), [Step::Wait, Step::Wait, Step::Done]);
    }

    #[test]
    fn waits_for_every_transition_and_then_starts() {
        for status in moving() {
            assert_eq!(steps(&[status.clone(), Status::Ready]), [Step::Wait, Step::Start], "{status:?}");
        }
    }

    #[test]
    fn ready_after_a_start_is_a_failure() {
        for status in moving() {
            let seen = steps(&[Status::Ready, status.clone(), Status::Ready]);
            assert_eq!(seen[..2], [Step::Start, Step::Wait], "{status:?}");
            assert!(failed(seen.last()), "{status:?}");
        }
        let never_moved = steps(&[Status::Ready, Status::Ready, Status::Ready, Status::Ready]);
        assert_eq!(never_moved[..3], [Step::Start, Step::Wait, Step::Wait]);
        assert!(failed(never_moved.last()));
    }

    #[test]
    fn cannot_start_what_is_not_there() {
        for status in [Status::Missing, Status::Deleting] {
            assert!(failed(steps(std::slice::from_ref(&status)).last()), "{status:?}");
        }
    }

    #[test]
    fn nothing_to_stop() {
        for status in [Status::Ready, Status::Missing, Status::Deleting] {
            assert_eq!(Stopping::default().next(&status, Duration::ZERO), Step::Done, "{status:?}");
        }
    }

    #[test]
    fn stops_gracefully_and_forces_late() {
        let mut stopping = Stopping::default();
        assert_eq!(stopping.next(&Status::Running, Duration::ZERO), Step::Stop { force: false });
        stopping.stopped(false);
        assert_eq!(stopping.next(&Status::Running, SOON), Step::Wait);
        assert_eq!(stopping.next(&Status::Stopping, SOON), Step::Wait);
        assert_eq!(stopping.next(&Status::Stopping, GRACEFUL_STOP), Step::Stop { force: true });
        stopping.stopped(true);
        assert_eq!(stopping.next(&Status::Stopping, GRACEFUL_STOP), Step::Wait);
        assert_eq!(stopping.next(&Status::ForceStopping, GRACEFUL_STOP), Step::Wait);
        assert_eq!(stopping.next(&Status::Ready, GRACEFUL_STOP), Step::Done);
    }

    #[test]
    fn a_stop_that_ended_in_running_is_forced() {
        let mut stopping = Stopping::default();
        stopping.stopped(false);
        assert_eq!(stopping.next(&Status::Running, GRACEFUL_STOP), Step::Stop { force: true });
    }

    #[test]
    fn a_stop_that_the_service_never_takes_is_forced() {
        let mut refused = Stopping::default();
        assert_eq!(refused.next(&Status::Running, SOON), Step::Stop { force: false });
        assert_eq!(refused.next(&Status::Running, SOON), Step::Stop { force: false });
        assert_eq!(refused.next(&Status::Running, GRACEFUL_STOP), Step::Stop { force: true });
    }

    #[test]
    fn a_transition_is_stopped_by_force_at_once() {
        for status in moving() {
            let expected = match status {
                Status::Maintenance | Status::Stopping | Status::ForceStopping => Step::Wait,
                _ => Step::Stop { force: true },
            };
            assert_eq!(Stopping::default().next(&status, Duration::ZERO), expected, "{status:?}");
        }
    }
}
