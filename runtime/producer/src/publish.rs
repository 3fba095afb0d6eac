//! The log's lines in CloudWatch Logs, beside the sending: what fails here stops nothing.

use std::time::Duration;

use aws_sdk_cloudwatchlogs::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata},
    types::InputLogEvent,
};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep, sleep_until},
};

use crate::log::Line;

/// Most events of one call. Source: CloudWatch Logs API, `PutLogEvents`.
const MAX_EVENTS: usize = 10_000;
/// Most bytes of one call, and what each event counts besides its text. Source: as above.
const MAX_BYTES: usize = 1_048_576;
const EVENT_OVERHEAD: usize = 26;
/// Longest span of one call, in milliseconds: 24 hours. Source: as above.
const MAX_SPAN: i64 = 24 * 3600 * 1000;
/// How long the first line of a call waits for others.
const LINGER: Duration = Duration::from_secs(5);
/// Upper end of the first wait after a failure, and of every wait.
const BACKOFF_BASE: Duration = Duration::from_secs(1);
const BACKOFF_CAP: Duration = Duration::from_secs(60);
/// Attempts that a call still has when it is time to stop.
const LAST_ATTEMPTS: u32 = 2;

/// A log stream. Needs `logs:CreateLogStream` and `logs:PutLogEvents` on its group.
#[derive(Debug)]
pub struct Publisher {
    client: Client,
    group: String,
    stream: String,
    /// Whether it was said that it does not work.
    warned: bool,
}

/// Lines for one call.
#[derive(Debug, Default)]
struct Events {
    lines: Vec<Line>,
    bytes: usize,
}

impl Events {
    /// Adds a line, or gives it back for the next call.
    fn push(&mut self, line: Line) -> Result<(), Line> {
        let bytes = self.bytes + line.text.len() + EVENT_OVERHEAD;
        let times = self.lines.iter().chain([&line]).map(|line| line.time);
        let span = times.clone().max().unwrap_or(0) - times.min().unwrap_or(0);
        if self.lines.len() == MAX_EVENTS || bytes > MAX_BYTES || span >= MAX_SPAN {
            return Err(line);
        }
        self.bytes = bytes;
        self.lines.push(line);
        Ok(())
    }
}

impl Publisher {
    /// A publisher to this stream of the group; the stream is made if it is not there.
    #[must_use]
    pub fn new(client: Client, group: String, stream: String) -> Self {
        Self { client, group, stream, warned: false }
    }

    /// Publishes until `stop` says true, and then what is left.
    pub async fn run(mut self, mut lines: mpsc::Receiver<Line>, mut stop: watch::Receiver<bool>) {
        let mut next = None;
        loop {
            let mut events = Events::default();
            if next.is_none() {
                next = tokio::select! {
                    biased;
                    line = lines.recv() => line,
                    () = stopped(&mut stop) => None,
                };
            }
            let Some(first) = next.take() else { return };
            next = events.push(first).err();
            let full = Instant::now() + LINGER;
            while next.is_none() {
                let line = tokio::select! {
                    biased;
                    line = lines.recv() => line,
                    () = stopped(&mut stop) => None,
                    () = sleep_until(full) => None,
                };
                let Some(line) = line else { break };
                next = events.push(line).err();
            }
            if !self.put_all(events, &mut stop).await {
                return;
            }
        }
    }

    /// Puts until it works, with ever longer waits; once it is to stop, a few times more. Says whether it worked.
    async fn put_all(&mut self, mut events: Events, stop: &mut watch::Receiver<bool>) -> bool {
        // The clock may have been set back.
        events.lines.sort_by_key(|line| line.time);
        let (mut failures, mut last) = (0_u32, LAST_ATTEMPTS);
        while let Err(cause) = self.put(&events).await {
            if !self.warned {
                self.warned = true;
                tracing::warn!(cause, "the log cannot be published; the complete log is on this instance");
            }
            let limit = BACKOFF_BASE.saturating_mul(1 << failures.min(16)).min(BACKOFF_CAP);
            failures = failures.saturating_add(1);
            tokio::select! {
                () = sleep(limit.mul_f64(fastrand::f64())) => {}
                () = stopped(stop) => {
                    if last == 0 {
                        return false;
                    }
                    last -= 1;
                    sleep(BACKOFF_BASE).await;
                }
            }
        }
        if std::mem::take(&mut self.warned) {
            tracing::info!("the log is being published again");
        }
        true
    }

    async fn put(&self, events: &Events) -> Result<(), String> {
        let message =
            |line: &Line| InputLogEvent::builder().timestamp(line.time).message(&line.text).build().ok();
        let put = || {
            self.client
                .put_log_events()
                .log_group_name(&self.group)
                .log_stream_name(&self.stream)
                .set_log_events(Some(events.lines.iter().filter_map(message).collect()))
                .send()
        };
        match put().await {
            Err(error) if error.code() == Some("ResourceNotFoundException") => {
                self.create_stream().await?;
                put().await.map(|_| ()).map_err(|error| text(error.code(), &error))
            }
            // What is refused for what it is stays refused.
            Err(error) if error.code() == Some("InvalidParameterException") => Ok(()),
            result => result.map(|_| ()).map_err(|error| text(error.code(), &error)),
        }
    }

    async fn create_stream(&self) -> Result<(), String> {
        let call = self.client.create_log_stream().log_group_name(&self.group).log_stream_name(&self.stream);
        match call.send().await {
            Err(error) if error.code() != Some("ResourceAlreadyExistsException") => {
                Err(text(error.code(), &error))
            }
            _ => Ok(()),
        }
    }
}

/// The code alone where there is one: a message can name the account.
fn text(code: Option<&str>, error: &dyn std::error::Error) -> String {
    code.map_or_else(|| DisplayErrorContext(error).to_string(), str::to_owned)
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // Who could stop it and is gone wants it stopped.
    let _ = stop.wait_for(|stop| *stop).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(time: i64, bytes: usize) -> Line {
        Line { time, text: "x".repeat(bytes) }
    }

    #[test]
    fn events_keep_to_the_limits_of_a_call() {
        let mut events = Events::default();
        for n in 0..MAX_EVENTS {
            events.push(line(n as i64, 1)).expect("there is room");
        }
        events.push(line(0, 1)).expect_err("too many");

        let mut events = Events::default();
        events.push(line(0, MAX_BYTES - 2 * EVENT_OVERHEAD - 1)).expect("there is room");
        events.push(line(0, 2)).expect_err("too large");
        events.push(line(0, 1)).expect("exactly full");

        let mut events = Events::default();
        events.push(line(MAX_SPAN, 1)).expect("there is room");
        events.push(line(0, 1)).expect_err("too long ago");
        events.push(line(1, 1)).expect("a day less a millisecond");
    }
}
