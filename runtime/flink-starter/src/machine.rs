//! What to do next, given what the service says. No clock of its own, no calls: every case is testable.

use std::time::Duration;

/// How long a graceful stop may take before it is forced. It writes a snapshot, which can take minutes
/// with much state and never ends in a job that keeps failing; the stack is being deleted, and the
/// application's snapshots with it, so the snapshot is not worth a failed delete.
pub const GRACEFUL_STOP: Duration = Duration::from_secs(120);

/// How often READY is seen after a start that the service took before it counts as the start's end.
/// The first such answer can be older than the start.
const READY_AGAIN: u32 = 3;

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
    /// The goal is reached.
    Done,
    /// The goal cannot be reached, for this reason.
    Fail(String),
}

/// Towards RUNNING.
#[derive(Debug, Default)]
pub struct Starting {
    /// The service took a start of ours.
    started: bool,
    /// It was seen on its way, or this is the n-th READY since.
    moved: bool,
    ready_since_start: u32,
}

impl Starting {
    /// The service took the start.
    pub fn started(&mut self) {
        *self = Self { started: true, ..Self::default() };
    }

    /// The next step.
    pub fn next(&mut self, status: &Status) -> Step {
        match status {
            Status::Running => Step::Done,
            Status::Ready if !self.started => Step::Start,
            Status::Ready => {
                self.ready_since_start += 1;
                if self.moved || self.ready_since_start >= READY_AGAIN {
                    Step::Fail("it was started and went back to READY".to_owned())
                } else {
                    Step::Wait
                }
            }
            Status::Missing => Step::Fail("there is no application of this name".to_owned()),
            Status::Deleting => Step::Fail("it is being deleted".to_owned()),
            Status::Changing(_)
            | Status::Maintenance
            | Status::Stopping
            | Status::ForceStopping
            | Status::Unknown(_) => {
                self.moved = self.started;
                Step::Wait
            }
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

    fn moving() -> [Status; 8] {
        [
            Status::Changing("STARTING"),
            Status::Changing("UPDATING"),
            Status::Changing("AUTOSCALING"),
            Status::Changing("ROLLING_BACK"),
            Status::Maintenance,
            Status::Stopping,
            Status::ForceStopping,
            Status::Unknown("NEW".to_owned()),
        ]
    }

    #[test]
    fn starts_from_ready_once() {
        let mut starting = Starting::default();
        assert_eq!(starting.next(&Status::Ready), Step::Start);
        starting.started();
        assert_eq!(starting.next(&Status::Ready), Step::Wait, "an answer older than the start");
        assert_eq!(starting.next(&Status::Changing("STARTING")), Step::Wait);
        assert_eq!(starting.next(&Status::Running), Step::Done);
    }

    #[test]
    fn a_running_application_needs_nothing() {
        assert_eq!(Starting::default().next(&Status::Running), Step::Done);
    }

    #[test]
    fn waits_for_every_transition_and_then_starts() {
        for status in moving() {
            let mut starting = Starting::default();
            assert_eq!(starting.next(&status), Step::Wait, "{status:?}");
            assert_eq!(starting.next(&Status::Ready), Step::Start, "{status:?}");
        }
    }

    #[test]
    fn ready_after_a_start_is_a_failure() {
        for status in moving() {
            let mut starting = Starting::default();
            starting.started();
            assert_eq!(starting.next(&status), Step::Wait, "{status:?}");
            assert!(matches!(starting.next(&Status::Ready), Step::Fail(_)), "{status:?}");
        }
        let mut never_moved = Starting::default();
        never_moved.started();
        assert_eq!(never_moved.next(&Status::Ready), Step::Wait);
        assert_eq!(never_moved.next(&Status::Ready), Step::Wait);
        assert!(matches!(never_moved.next(&Status::Ready), Step::Fail(_)));
    }

    #[test]
    fn cannot_start_what_is_not_there() {
        for status in [Status::Missing, Status::Deleting] {
            assert!(matches!(Starting::default().next(&status), Step::Fail(_)), "{status:?}");
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
