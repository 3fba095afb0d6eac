//! What works and what does not, for systemd, the log and the reason of an exit.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use sd_notify::NotifyState;

/// Shortest time between two lines in the log. A stream that throttles a little goes from well to unwell
/// and back with every call.
const QUIET: Duration = Duration::from_secs(10);

/// Whether records arrive, and if not, why. Tells systemd of every change, and the log of those that last.
#[derive(Debug)]
pub struct Health {
    /// What the status says while all is well.
    purpose: String,
    notify: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    ready: bool,
    source: Option<String>,
    stream: Option<String>,
    /// What the log said last, and when.
    logged: Option<(Option<String>, Instant)>,
}

impl Health {
    /// A health that systemd hears of, where there is one; `purpose` says what is done when all is well.
    #[must_use]
    pub fn new(purpose: String) -> Self {
        Self { purpose, notify: true, state: Mutex::default() }
    }

    /// A health that nobody hears of.
    #[must_use]
    pub fn silent() -> Self {
        Self { purpose: String::new(), notify: false, state: Mutex::default() }
    }

    /// The stream accepted a record. The first time this is what makes the service ready.
    pub fn accepted(&self) {
        self.change(|state| state.ready = true);
    }

    /// The stream accepted all that it was given.
    pub fn stream_works(&self) {
        self.change(|state| state.stream = None);
    }

    /// The stream refuses records.
    pub fn stream_fails(&self, cause: &str) {
        self.change(|state| state.stream = Some(cause.to_owned()));
    }

    /// The source gave a page.
    pub fn source_works(&self) {
        self.change(|state| state.source = None);
    }

    /// The source gave no page.
    pub fn source_fails(&self, cause: &str) {
        self.change(|state| state.source = Some(cause.to_owned()));
    }

    /// Whether the stream ever accepted a record.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.state().ready
    }

    /// What does not work, if anything.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.state().trouble()
    }

    /// Tells systemd that the service stops.
    pub fn stopping(&self, status: &str) {
        self.tell(&[NotifyState::Stopping, NotifyState::Status(status)]);
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        let before = (state.ready, state.trouble());
        change(&mut state);
        let (ready, trouble) = (state.ready, state.trouble());
        state.log(&trouble, &self.purpose);
        drop(state);
        let status = trouble.as_ref().unwrap_or(&self.purpose);
        if ready && !before.0 {
            self.tell(&[NotifyState::Ready, NotifyState::Status(status)]);
        } else if trouble != before.1 {
            self.tell(&[NotifyState::Status(status)]);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, states: &[NotifyState<'_>]) {
        if self.notify
            && let Err(error) = sd_notify::notify(states)
        {
            tracing::warn!(%error, "cannot notify systemd");
        }
    }
}

impl State {
    fn log(&mut self, trouble: &Option<String>, purpose: &str) {
        let news = match &self.logged {
            Some((said, when)) => said != trouble && when.elapsed() >= QUIET,
            None => self.ready || trouble.is_some(),
        };
        if news {
            match trouble {
                Some(cause) => tracing::warn!(cause, "trouble"),
                None => tracing::info!("{purpose}"),
            }
            self.logged = Some((trouble.clone(), Instant::now()));
        }
    }

    fn trouble(&self) -> Option<String> {
        let stream = self.stream.as_ref().map(|cause| format!("the stream rejects records: {cause}"));
        let source = self.source.as_ref().map(|cause| format!("the source returns no records: {cause}"));
        match (stream, source) {
            (Some(stream), Some(source)) => Some(format!("{stream}; {source}")),
            (one, other) => one.or(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_what_does_not_work() {
        let health = Health::silent();
        assert_eq!((health.is_ready(), health.trouble()), (false, None));
        health.source_fails("it returned 503");
        health.stream_fails("AccessDeniedException");
        let trouble = health.trouble().expect("there is some");
        assert!(trouble.contains("503") && trouble.contains("AccessDenied"), "{trouble}");
        health.accepted();
        assert!(health.is_ready());
        assert!(health.trouble().expect("both").contains("AccessDenied"));
        health.stream_works();
        assert!(health.trouble().expect("the source").contains("503"));
        health.source_works();
        assert_eq!(health.trouble(), None);
    }
}
