//! An operation that failed, as a fault: the first cause, at what of the spec led to it, and what is left.

use super::follow::Followed;
use crate::cloud::catalogue;
use crate::cloud::cause;
use crate::cloud::client::StackEvent;
use crate::cloud::kinds;
use crate::cloud::stack_state::StackState;
use crate::cloud::stop::{At, Stop};
use pipec_compiler::diagnostics::Code;

/// What CloudFormation says of every operation that someone asks for.
const USER_INITIATED: &str = "User Initiated";
/// What CloudFormation says of a resource that stays.
pub(super) const SKIPPED: &str = "DELETE_SKIPPED";

/// The fault of an operation that failed.
pub fn failure(followed: &Followed, stack: &str) -> Stop {
    let (events, rollback) = cause::until_rollback(&followed.events);
    let causes = cause::causes(events);
    let Some(first) = causes.first() else {
        // The rollback that someone asks for has a reason, and no resource that failed.
        let of_stack = events.iter().chain(rollback).filter(|event| event.of_stack);
        let told =
            of_stack.filter_map(|event| event.reason.as_deref()).find(|reason| *reason != USER_INITIATED);
        return Stop::fault(
            Code::ResourceFailed,
            At::Name,
            format!(
                "the stack `{stack}` is {}: {}",
                followed.status,
                told.unwrap_or("no event has a reason")
            ),
            format!("list its events with `aws cloudformation describe-stack-events --stack-name {stack}`"),
        );
    };
    let reason = words(first);
    let more = match causes.len() {
        1 => String::new(),
        2 => "; another resource failed as well".to_owned(),
        count => format!("; {} more resources failed as well", count - 1),
    };
    let what = doing(&first.status);
    let message = format!(
        "{} ({}) could not be {what}: {reason}{more}",
        first.logical_id,
        kinds::words(&first.resource_type)
    );
    let known = first.reason.as_deref().and_then(catalogue::help);
    let known = known.unwrap_or("fix the cause that AWS reports, and run the command again");
    let last = cause::causes(rollback).last().copied();
    Stop::fault(
        Code::ResourceFailed,
        At::Resource(first.logical_id.clone()),
        message,
        format!("{known}. {}", left(followed, stack, last.unwrap_or(first))),
    )
}

/// A creation that failed, and was rolled back, with causes that a role gives which IAM has not propagated yet. One that is
/// denied by a policy gives the same.
#[derive(Debug)]
pub(super) struct LostRace {
    /// What could not be created.
    logical_id: String,
    /// Names of what stays outside of the stack.
    kept: Vec<String>,
}

/// The race of a creation that may have lost one.
pub(super) fn lost_race(followed: &Followed) -> Option<LostRace> {
    if followed.status.state() != StackState::RollbackComplete {
        return None;
    }
    let (events, _) = cause::until_rollback(&followed.events);
    let causes = cause::causes(events);
    let first = causes.first()?;
    if !causes.iter().all(|cause| cause.reason.as_deref().is_some_and(catalogue::is_propagation)) {
        return None;
    }
    let kept = retained(followed).into_iter().map(str::to_owned).collect();
    Some(LostRace { logical_id: first.logical_id.clone(), kept })
}

impl LostRace {
    /// What to print before the second attempt.
    pub(super) fn again(&self) -> String {
        let kept = match self.kept.as_slice() {
            [] => String::new(),
            kept => format!("; the first attempt leaves {}", kept.join(", ")),
        };
        format!(
            "{} could not be created, probably since IAM had not propagated its new role yet; creating the stack once \
             more{kept}",
            self.logical_id
        )
    }

    /// The fault of a second attempt that ended like this first one.
    pub(super) fn twice(&self, second: &Self, stop: Stop, stack: &str) -> Stop {
        let Stop::Fault(mut fault) = stop else { return stop };
        let kept: Vec<&str> = self.kept.iter().chain(&second.kept).map(String::as_str).collect();
        let kept = match kept.as_slice() {
            [] => String::new(),
            kept => format!(". Retained outside the stack by both attempts: {}", kept.join(", ")),
        };
        fault.help = format!(
            "this failed twice, so it is not a delay: check whether the permissions boundary, a service control policy, \
             the bucket's policy and the key's policy allow the role. The stack `{stack}` was rolled back, and the next \
             deployment deletes it{kept}"
        );
        Stop::Fault(fault)
    }
}

/// The names of what stays outside of the stack.
fn retained(followed: &Followed) -> Vec<&str> {
    let skipped = followed.events.iter().filter(|event| event.status == SKIPPED);
    skipped.filter_map(|event| event.physical_id.as_deref()).collect()
}

fn doing(status: &str) -> &'static str {
    match status.split('_').next() {
        Some("CREATE") => "created",
        Some("DELETE") => "deleted",
        Some("ROLLBACK") => "rolled back",
        _ => "changed",
    }
}

/// A cause in AWS's words.
pub(super) fn words(event: &StackEvent) -> &str {
    event.reason.as_deref().map_or("AWS reports no reason", cause::words)
}

/// What is left of a stack; `last` is the failure that it ended with.
fn left(followed: &Followed, stack: &str, last: &StackEvent) -> String {
    let (status, name) = (&followed.status, &last.logical_id);
    let kept = retained(followed);
    let words = match status.as_str() {
        "ROLLBACK_COMPLETE" if !kept.is_empty() => {
            format!("The next deployment deletes it. Retained outside the stack: {}", kept.join(", "))
        }
        "ROLLBACK_COMPLETE" => {
            "Only the failed stack's events remain; the next deployment deletes it".to_owned()
        }
        "UPDATE_ROLLBACK_COMPLETE" => "It is in the state before this update".to_owned(),
        "UPDATE_ROLLBACK_FAILED" => format!(
            "Its rollback also failed, at {name} ({}): `pipec deploy SPEC --continue-rollback` retries it, and \
             `--skip {name}` leaves that resource unchanged",
            words(last)
        ),
        "ROLLBACK_FAILED" => format!(
            "Its rollback also failed, at {name} ({}): `pipec destroy SPEC` deletes the remaining resources",
            words(last)
        ),
        "DELETE_FAILED" => {
            format!("`pipec destroy SPEC` retries the deletion, and `--skip {name}` retains that resource")
        }
        "CREATE_FAILED" => "`pipec destroy SPEC` deletes the remaining resources".to_owned(),
        _ => "See its events in the console".to_owned(),
    };
    format!("The stack `{stack}` is {status}. {words}")
}
