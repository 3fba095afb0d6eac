//! Change sets: asked for, waited for, executed or taken back.

use std::time::Duration;

use crate::cloud::call_error::CallErrorKind;
use crate::cloud::catalogue;
use crate::cloud::client::ValidationFailure;
use crate::cloud::client::{
    AwsClient, ChangeSetRequest, ChangeSetStatus, ResourceChange, Stack, TemplateSource,
};
use crate::cloud::stack_state::StackState;
use crate::cloud::stop::{At, Step, Stop};
use crate::cloud::unique_name::unique_name;
use pipec_compiler::diagnostics::Code;

/// Between two looks. CloudFormation takes some seconds; an emulator is done at the first look.
const PAUSE: Duration = Duration::from_secs(3);
/// Looks until CloudFormation is taken for stuck: some twenty minutes.
const LOOKS_MAX: usize = 400;

/// What is there of a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// Nothing.
    Nothing,
    /// Its name, with a change set that was never executed.
    Review,
    /// A stack that can be updated.
    Stack,
}

impl Base {
    /// Of a stack that is settled or reviewed.
    pub fn of(stack: Option<&Stack>) -> Self {
        match stack.map(|stack| stack.status.state()) {
            None => Self::Nothing,
            Some(StackState::ReviewInProgress) => Self::Review,
            Some(_) => Self::Stack,
        }
    }
}

/// A change set to be.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    /// Name or ARN of the stack.
    pub stack: &'a str,
    /// What is there of the stack.
    pub base: Base,
    /// Text of the template.
    pub template: &'a str,
    /// Address of the same text, where it is too large for a request.
    pub url: Option<&'a str>,
    /// Names and values of the parameters.
    pub parameters: &'a [(&'a str, &'a str)],
    /// Tags of the stack.
    pub tags: &'a [(&'a str, &'a str)],
}

/// A change set that waits for its execution, or has nothing to execute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// ARN.
    pub id: String,
    /// ARN of the stack.
    pub stack_id: String,
    /// Whether the stack is there for this change set only.
    pub made_stack: bool,
    /// Its changes; `None` where nothing would change at all.
    pub changes: Option<Vec<ResourceChange>>,
}

/// Asks for a change set and waits until CloudFormation has computed it.
///
/// # Errors
/// As AWS gives them, with a change set that fails among them; that one is taken back.
pub fn prepare(client: &dyn AwsClient, draft: &Draft) -> Step<Prepared> {
    let name = unique_name();
    let template = draft.url.map_or(TemplateSource::Body(draft.template), TemplateSource::Url);
    let request = ChangeSetRequest {
        stack: draft.stack,
        name: &name,
        create: draft.base != Base::Stack,
        template,
        parameters: draft.parameters,
        tags: draft.tags,
    };
    let (id, stack_id) = client.create_change_set(&request).map_err(|error| match error.kind {
        CallErrorKind::Refused => refused(&error.message, At::Name),
        _ => error.into(),
    })?;
    let mut prepared = Prepared { id, stack_id, made_stack: draft.base == Base::Nothing, changes: None };
    match computed(client, &prepared.id) {
        Ok(changes) => {
            prepared.changes = changes;
            Ok(prepared)
        }
        Err(stop) => {
            // The first fault is the one to tell.
            let _ = take_back(client, &prepared);
            Err(stop)
        }
    }
}

fn computed(client: &dyn AwsClient, id: &str) -> Step<Option<Vec<ResourceChange>>> {
    for _ in 0..LOOKS_MAX {
        let change_set = client.change_set(id).map_err(|error| match error.kind {
            CallErrorKind::NotFound => outrun(),
            _ => error.into(),
        })?;
        match change_set.status {
            ChangeSetStatus::Ready => return Ok(Some(change_set.changes)),
            ChangeSetStatus::Empty => return Ok(None),
            ChangeSetStatus::Failed(reason) => return Err(failed(client, id, &reason)),
            ChangeSetStatus::Pending => client.wait(PAUSE)?,
        }
    }
    Err(Stop::fault(
        Code::AwsUnreachable,
        At::Name,
        "CloudFormation did not finish creating the change set",
        "run the command again",
    ))
}

/// Executing a change set ends all others of its stack.
pub(super) fn outrun() -> Stop {
    Stop::fault(
        Code::AwsRefused,
        At::Name,
        "another deployment changed this stack first, and this change set was not executed",
        "`pipec diff SPEC` shows the remaining differences; run the command again to deploy them",
    )
}

/// Why a change set failed. What CloudFormation's validation found stands in events of its own.
fn failed(client: &dyn AwsClient, id: &str, reason: &str) -> Stop {
    let found = match client.validation_failures(id) {
        Err(error) if error.kind == CallErrorKind::Interrupted => return error.into(),
        found => found.unwrap_or_default(),
    };
    let Some(first) = found.first() else { return refused(reason, At::Name) };
    let at = first.logical_id.clone().map_or(At::Name, At::Resource);
    let words = |failure: &ValidationFailure| match &failure.path {
        Some(path) => format!("{} ({path})", failure.reason),
        None => failure.reason.clone(),
    };
    refused(&found.iter().map(words).collect::<Vec<_>>().join("; "), at)
}

fn refused(reason: &str, at: At) -> Stop {
    let help = catalogue::help(reason);
    Stop::fault(
        Code::ChangeSetRefused,
        at,
        format!("CloudFormation rejects the change: {reason}"),
        help.unwrap_or(
            "nothing was changed; fix the cause that CloudFormation reports, and run the command again",
        ),
    )
}

/// CloudFormation's codes for a change set that was executed, or that another's execution has ended.
const EXECUTED: [&str; 3] = ["ChangeSetNotFound", "ChangeSetNotFoundException", "InvalidChangeSetStatus"];

/// Whether the execution of a change set began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It did.
    Surely,
    /// It did where an earlier attempt got through and its answer did not; it did not where another change set was
    /// executed first, which ends all others of the stack.
    Perhaps,
}

/// Executes a change set.
///
/// # Errors
/// As AWS gives them; a change set that another update has overtaken among them.
pub fn execute(client: &dyn AwsClient, prepared: &Prepared) -> Step<Begun> {
    match client.execute_change_set(&prepared.id) {
        Err(error) if error.message.contains("OBSOLETE") => Err(outrun()),
        Err(error) if error.code.as_deref().is_some_and(|code| EXECUTED.contains(&code)) => {
            Ok(Begun::Perhaps)
        }
        answer => Ok(answer.map(|()| Begun::Surely)?),
    }
}

/// Takes a change set back, and the stack with it that was made for it.
///
/// # Errors
/// As AWS gives them.
pub fn take_back(client: &dyn AwsClient, prepared: &Prepared) -> Step<()> {
    let deleted = match client.delete_change_set(&prepared.id) {
        Err(error) if error.kind == CallErrorKind::NotFound => Ok(()),
        answer => answer,
    };
    // One that is still being computed cannot be deleted, and goes with its stack. Another deployment may have begun to create the stack by now.
    let untouched = |stack: &Stack| stack.status.state() == StackState::ReviewInProgress;
    if prepared.made_stack && client.stack(&prepared.stack_id)?.is_some_and(|stack| untouched(&stack)) {
        return Ok(client.delete_stack(&prepared.stack_id, &[])?);
    }
    Ok(deleted?)
}
