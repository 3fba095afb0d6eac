//! Follows an operation of CloudFormation to its end, a line for each resource.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::report::{Event, Reporter};
use crate::cloud::call_error::{CallError, CallErrorKind};
use crate::cloud::cause;
use crate::cloud::client::{AwsClient, Stack, StackEvent};
use crate::cloud::kinds;
use crate::cloud::stack_state::{StackState, StackStatus};
use crate::cloud::stop::{At, Step, Stop};
use pipec_compiler::diagnostics::Code;

/// Between two looks at the events: at first, and at most.
const PAUSE_MIN: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(3);
/// Looks without news after which the stack itself is asked.
const QUIET_LOOKS: u32 = 5;
/// Time that CloudFormation has to begin.
const BEGIN_PATIENCE: Duration = Duration::from_secs(120);
/// Looks in a row that may fail; each is tried for a minute by the SDK.
const FAILED_LOOKS_MAX: u32 = 5;
/// Between two looks at the Flink application.
const APPLICATION_PAUSE: Duration = Duration::from_secs(5);

/// How an operation ended.
#[derive(Clone, Debug)]
pub struct Followed {
    /// State of the stack.
    pub status: StackStatus,
    /// Events of the operation, in the order of time.
    pub events: Vec<StackEvent>,
}

/// What is followed.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'a> {
    /// ARN of the stack.
    pub stack_id: &'a str,
    /// Name of the stack.
    pub stack: &'a str,
    /// Id of the newest event before the operation; `None` for one that goes on already.
    pub before: Option<&'a str>,
    /// What goes on in AWS when nobody looks any more, and how to look again.
    pub meanwhile: &'a str,
}

/// Begins an operation of a stack and waits for its end; gives what beginning it gave as well.
///
/// # Errors
/// As beginning it gives them, and as [`follow`].
pub fn operate<T>(
    client: &dyn AwsClient,
    reporter: &mut dyn Reporter,
    stack_id: &str,
    stack: &str,
    meanwhile: &str,
    begin: impl FnOnce() -> Step<T>,
) -> Step<(T, Followed)> {
    let before = client.newest_event(stack_id)?;
    let begun = begin().map_err(|stop| stop.perhaps_going_on(meanwhile))?;
    let operation = Operation { stack_id, stack, before: before.as_deref(), meanwhile };
    Ok((begun, follow(client, reporter, operation)?))
}

/// Waits for the end of an operation.
///
/// # Errors
/// Where the user interrupts, or AWS cannot be asked any more; the operation goes on in both cases.
pub fn follow(client: &dyn AwsClient, reporter: &mut dyn Reporter, operation: Operation) -> Step<Followed> {
    let mut follower = Follower {
        client,
        operation,
        known: operation.before.map(str::to_owned),
        events: Vec::new(),
        begun: BTreeMap::new(),
        ready: 0,
        application: None,
        asked_application: None,
    };
    follower.run(reporter).map_err(|stop| stop.while_going_on(operation.meanwhile))
}

struct Follower<'a> {
    client: &'a dyn AwsClient,
    operation: Operation<'a>,
    /// Newest event that was told.
    known: Option<String>,
    events: Vec<StackEvent>,
    /// Resources that are on their way: to what, and since when.
    begun: BTreeMap<String, (String, i64)>,
    ready: usize,
    /// Name of the Flink application.
    application: Option<String>,
    asked_application: Option<(Instant, String)>,
}

impl Follower<'_> {
    fn run(&mut self, reporter: &mut dyn Reporter) -> Step<Followed> {
        let start = Instant::now();
        let (mut pause, mut failed, mut quiet) = (PAUSE_MIN, 0, 0);
        loop {
            let news = match self.look() {
                Ok(news) => news,
                Err(error) if error.is_of_nothing() => {
                    return Ok(self.ended(StackStatus::new("DELETE_COMPLETE")));
                }
                Err(error) if error.passes() && failed < FAILED_LOOKS_MAX => {
                    failed += 1;
                    reporter.tell(&Event::Note { message: format!("retrying: {error}") });
                    self.client.wait(PAUSE_MAX)?;
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            failed = 0;
            quiet = if news.is_empty() { quiet + 1 } else { 0 };
            if !news.is_empty() {
                pause = PAUSE_MIN;
            }
            let mut end = None;
            for event in news {
                if event.of_stack {
                    let status = StackStatus::new(event.status.clone());
                    let over =
                        !matches!(status.state(), StackState::InProgress | StackState::ReviewInProgress);
                    if status.as_str().ends_with("ROLLBACK_IN_PROGRESS") {
                        let message = format!("the stack {} is {status}", self.operation.stack);
                        reporter.tell(&Event::Note { message });
                    }
                    end = over.then_some(status);
                } else {
                    self.tell(&event, reporter);
                }
                self.events.push(event);
                // What comes behind the end is another operation. One that was followed from its middle may be a
                // rollback that is continued, which has an end before it.
                if end.is_some() && self.operation.before.is_some() {
                    break;
                }
            }
            if let Some(status) = end {
                return Ok(self.ended(status));
            }
            if quiet >= QUIET_LOOKS {
                quiet = 0;
                if let Some(status) = self.settled(start)? {
                    return Ok(self.ended(status));
                }
            }
            self.watch_application(reporter)?;
            let resources = self.begun.keys().cloned().collect();
            reporter.tell(&Event::Busy { resources, ready: self.ready });
            self.client.wait(pause)?;
            pause = (pause * 3 / 2).min(PAUSE_MAX);
        }
    }

    /// What happened since the last look, in the order of time.
    fn look(&mut self) -> Result<Vec<StackEvent>, CallError> {
        let newest_first = self.client.events(self.operation.stack_id, self.known.as_deref())?;
        let news = match &self.known {
            Some(_) => newest_first.iter().rev().cloned().collect(),
            None => cause::latest_operation(&newest_first),
        };
        if let Some(newest) = newest_first.first() {
            self.known = Some(newest.id.clone());
        }
        Ok(news)
    }

    /// The state of a stack whose events say nothing new.
    fn settled(&self, start: Instant) -> Step<Option<StackStatus>> {
        let status = match self.client.stack(self.operation.stack_id) {
            Ok(Some(Stack { status, .. })) => status,
            Ok(None) => StackStatus::new("DELETE_COMPLETE"),
            // The next look at the events counts it.
            Err(error) if error.passes() => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        match status.state() {
            StackState::InProgress => Ok(None),
            // It was there before the operation, so this is its end, whether or not there are events to describe it.
            StackState::DeleteComplete => Ok(Some(status)),
            // What was there before the operation is not its end.
            _ if self.events.is_empty() && start.elapsed() < BEGIN_PATIENCE => Ok(None),
            _ if self.events.is_empty() => Err(Stop::fault(
                Code::AwsRefused,
                At::Name,
                format!("CloudFormation did not start the operation: the stack is still {status}"),
                "run the command again",
            )),
            _ => Ok(Some(status)),
        }
    }

    fn tell(&mut self, event: &StackEvent, reporter: &mut dyn Reporter) {
        if event.resource_type == "AWS::KinesisAnalyticsV2::Application" {
            self.application.clone_from(&event.physical_id);
        }
        if event.status.ends_with("_IN_PROGRESS") {
            let begun = self.begun.entry(event.logical_id.clone());
            let begun = begun.or_insert_with(|| (event.status.clone(), event.at));
            // Deleted before it was there, in a rollback.
            if begun.0 != event.status {
                *begun = (event.status.clone(), event.at);
            }
            return;
        }
        let begun = self.begun.remove(&event.logical_id);
        if ["CREATE_COMPLETE", "UPDATE_COMPLETE"].contains(&event.status.as_str()) {
            self.ready += 1;
        }
        reporter.tell(&Event::Resource {
            resource: event.logical_id.clone(),
            kind: kinds::words(&event.resource_type).to_owned(),
            status: event.status.clone(),
            reason: event.reason.clone().filter(|_| event.status.ends_with("_FAILED")),
            seconds: begun.map(|(_, begun)| event.at - begun),
        });
    }

    /// The start of the application is a resource that takes minutes; its state is told meanwhile. A look that fails
    /// is no fault of the deployment.
    fn watch_application(&mut self, reporter: &mut dyn Reporter) -> Step<()> {
        let Some(application) =
            self.application.as_ref().filter(|_| self.begun.contains_key("AnalyticsStart"))
        else {
            return Ok(());
        };
        let last = self.asked_application.as_ref();
        if last.is_some_and(|(at, _)| at.elapsed() < APPLICATION_PAUSE) {
            return Ok(());
        }
        let status = match self.client.application(application) {
            Ok(Some(seen)) => seen.status,
            Err(error) if error.kind == CallErrorKind::Interrupted => return Err(error.into()),
            Ok(None) | Err(_) => return Ok(()),
        };
        if last.is_none_or(|(_, before)| *before != status) {
            reporter.tell(&Event::Application { application: application.clone(), status: status.clone() });
        }
        self.asked_application = Some((Instant::now(), status));
        Ok(())
    }

    fn ended(&mut self, status: StackStatus) -> Followed {
        Followed { status, events: std::mem::take(&mut self.events) }
    }
}
