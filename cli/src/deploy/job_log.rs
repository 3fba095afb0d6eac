//! The log of a Flink application, which shows whether its job runs: an application can be RUNNING although its program
//! failed. The stack's starter reads the same lines.

use std::time::{Duration, Instant};

use pipec_flink_job::{Job, PATTERN, Verdict};

use super::report::{Event, Reporter};
use crate::cloud::client::Call;
use crate::cloud::observer::{LogRequest, Observer};

/// Between two looks at the log.
const PAUSE: Duration = Duration::from_secs(5);
/// How long a running application may take to log that its job runs, as in the starter.
const EVIDENCE: Duration = Duration::from_secs(300);
/// How long a failure in the log lasts until it counts: the job may be restarted.
const FAILING: Duration = Duration::from_secs(20);
/// How long the cause of a failure may take to reach CloudWatch.
const CAUSE: Duration = Duration::from_secs(15);
/// Between the clock of this machine and that of the service, in milliseconds.
const CLOCKS_MS: i64 = 5_000;
/// Pages of the log at one look. A page may be empty while others follow.
const PAGES_MAX: usize = 20;

/// The log group of an application, and what reads it.
#[derive(Clone, Copy)]
pub struct JobLog<'a> {
    /// Reads it.
    pub observer: &'a dyn Observer,
    /// Its name.
    pub group: &'a str,
}

/// What the log shows of a start.
pub(super) enum Proof {
    /// The job runs.
    Runs,
    /// It does not, for this reason.
    Failed(String),
    /// The log cannot be read, for this reason.
    Unreadable(String),
}

impl JobLog<'_> {
    /// A time just before now, in milliseconds since 1970, from which a start is read.
    pub(super) fn before_now(&self) -> i64 {
        self.observer.now() - CLOCKS_MS
    }

    /// The job since a time.
    fn read(&self, since: i64) -> Call<Job> {
        let (mut events, mut token) = (Vec::new(), None::<String>);
        for _ in 0..PAGES_MAX {
            let page = self.observer.log_events(&LogRequest {
                group: self.group,
                from: since,
                to: self.observer.now() + CLOCKS_MS,
                pattern: Some(PATTERN),
                token: token.as_deref(),
            })?;
            events.extend(page.events);
            token = page.token;
            if token.is_none() {
                break;
            }
        }
        // The order within a stream stays.
        events.sort_by_key(|event| event.at);
        Ok(Job::read(events.iter().map(|event| event.message.as_str())))
    }

    /// Waits until the log shows that the job of a start runs, or does not.
    ///
    /// # Errors
    /// Where the user interrupts.
    pub(super) fn prove(&self, since: i64) -> Call<Proof> {
        let begin = Instant::now();
        let mut failing = None;
        loop {
            match self.read(since) {
                Ok(job) => match job.verdict() {
                    Verdict::Runs => return Ok(Proof::Runs),
                    Verdict::Failed if failing.get_or_insert_with(Instant::now).elapsed() >= FAILING => {
                        return Ok(Proof::Failed("is RUNNING, and its job failed".to_owned()));
                    }
                    Verdict::Failed => {}
                    Verdict::Unseen => failing = None,
                },
                Err(error) if error.passes() => {}
                Err(error) => return Ok(Proof::Unreadable(error.message)),
            }
            if begin.elapsed() >= EVIDENCE {
                let seconds = begin.elapsed().as_secs();
                return Ok(Proof::Failed(format!(
                    "is RUNNING, but its log shows no running job after {seconds} s"
                )));
            }
            self.observer.pause(PAUSE)?;
        }
    }

    /// Reports what the log has about a failure: the program's last lines and the innermost cause.
    pub(super) fn tell_cause(&self, reporter: &mut dyn Reporter, since: i64) {
        let begin = Instant::now();
        let account = loop {
            match self.read(since) {
                Ok(job) if job.explains() || begin.elapsed() >= CAUSE => break job.account(),
                Err(error) if !error.passes() || begin.elapsed() >= CAUSE => break String::new(),
                _ => {}
            }
            if self.observer.pause(PAUSE).is_err() {
                break String::new();
            }
        };
        if !account.is_empty() {
            reporter.tell(&Event::Note { message: format!("the application's log has\n{account}") });
        }
    }
}
