//! Brings a stack to a state in which it can be created or updated, or says why that cannot be.

use super::failure::words;
use super::follow::{Followed, Operation, follow, operate};
use super::report::{Event, Reporter};
use crate::cloud::cause;
use crate::cloud::client::{AwsClient, Stack};
use crate::cloud::owner::check_owner;
use crate::cloud::stack_state::StackState;
use crate::cloud::stop::{At, Step, Stop};
use pipec_compiler::diagnostics::Code;

/// What becomes of a stack whose creation was rolled back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dead {
    /// It is removed.
    Remove,
    /// It stays.
    Keep,
}

/// A stack as it was found, settled or reviewed, or dead where that stays; `None` where there is none. An operation that
/// goes on is followed to its end.
///
/// # Errors
/// As AWS gives them, and where the stack is someone else's or needs a decision.
pub fn settle(
    client: &dyn AwsClient,
    reporter: &mut dyn Reporter,
    mut found: Option<Stack>,
    tag: (&str, &str),
    meanwhile: &str,
    dead: Dead,
) -> Step<Option<Stack>> {
    loop {
        let Some(stack) = found else { return Ok(None) };
        check_owner(&stack, tag)?;
        let name = &stack.name;
        match stack.status.state() {
            StackState::DeleteComplete => return Ok(None),
            StackState::Stable | StackState::ReviewInProgress => return Ok(Some(stack)),
            StackState::InProgress => {
                reporter
                    .tell(&Event::Following { stack: stack.name.clone(), status: stack.status.to_string() });
                follow_on(client, reporter, &stack, meanwhile)?;
            }
            StackState::RollbackComplete if dead == Dead::Keep => return Ok(Some(stack)),
            StackState::RollbackComplete => {
                tell_cause(client, reporter, &stack)?;
                reporter.tell(&Event::Note {
                    message: format!("the stack `{name}` is {} and empty: deleting it", stack.status),
                });
                let delete = || Ok(client.delete_stack(&stack.id, &[])?);
                let ((), followed) = operate(client, reporter, &stack.id, name, meanwhile, delete)?;
                if !followed.status.succeeded() {
                    return Err(super::failure::failure(&followed, name));
                }
            }
            StackState::UpdateRollbackFailed | StackState::Failed => return Err(stuck(client, &stack)?),
        }
        found = client.stack(name)?;
    }
}

/// Follows what goes on in a stack to its end.
pub(super) fn follow_on(
    client: &dyn AwsClient,
    reporter: &mut dyn Reporter,
    stack: &Stack,
    meanwhile: &str,
) -> Step<Followed> {
    let operation = Operation { stack_id: &stack.id, stack: &stack.name, before: None, meanwhile };
    follow(client, reporter, operation)
}

/// Says why a creation failed that was rolled back.
fn tell_cause(client: &dyn AwsClient, reporter: &mut dyn Reporter, stack: &Stack) -> Step<()> {
    let events = cause::failed_operation(&client.events(&stack.id, None)?);
    for cause in cause::causes(&events).iter().take(1) {
        reporter.tell(&Event::Note {
            message: format!("its creation failed: {}: {}", cause.logical_id, words(cause)),
        });
    }
    Ok(())
}

/// The fault of a stack that needs a decision, with its cause.
pub(super) fn stuck(client: &dyn AwsClient, stack: &Stack) -> Step<Stop> {
    let events = cause::failed_operation(&client.events(&stack.id, None)?);
    let causes = cause::causes(&events);
    let last = causes.last();
    let why = last.map_or_else(String::new, |cause| format!(": {}: {}", cause.logical_id, words(cause)));
    let at = last.map_or(At::Name, |cause| At::Resource(cause.logical_id.clone()));
    let message = format!("the stack `{}` is {}{why}", stack.name, stack.status);
    let skip = last.map_or_else(|| "NAME".to_owned(), |cause| cause.logical_id.clone());
    Ok(match stack.status.state() {
        StackState::UpdateRollbackFailed => Stop::fault(
            Code::StackStuck,
            at,
            message,
            format!(
                "fix the cause and run `pipec deploy SPEC --continue-rollback`, or skip the resource with \
                 `--continue-rollback --skip {skip}`"
            ),
        ),
        _ => Stop::fault(
            Code::StackWrecked,
            at,
            message,
            format!(
                "`pipec destroy SPEC` deletes the remaining resources; `--skip {skip}` retains a resource that cannot \
                 be deleted"
            ),
        ),
    })
}
