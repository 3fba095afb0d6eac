//! An operation that failed, as a fault: the first cause, at what of the spec led to it, and what is left.

use super::catalogue;
use super::cause;
use super::follow::Followed;
use super::kinds;
use super::stop::{At, Stop};
use crate::diagnostics::Code;

/// What CloudFormation says of a resource that stays.
pub(super) const SKIPPED: &str = "DELETE_SKIPPED";

/// The fault of an operation that failed.
pub fn failure(followed: &Followed, stack: &str) -> Stop {
    let causes = cause::causes(&followed.events);
    let Some(first) = causes.first() else {
        return Stop::fault(
            Code::ResourceFailed,
            At::Name,
            format!("the stack `{stack}` is {}, and no event says why", followed.status),
            "look at its events with `aws cloudformation describe-stack-events`",
        );
    };
    let reason = first.reason.as_deref().unwrap_or("AWS gives no reason");
    let more = match causes.len() {
        1 => String::new(),
        2 => "; another resource failed beside it".to_owned(),
        count => format!("; {} more resources failed beside it", count - 1),
    };
    let what = doing(&first.status);
    let message = format!(
        "{} ({}) could not be {what}: {reason}{more}",
        first.logical_id,
        kinds::words(&first.resource_type)
    );
    let known = catalogue::help(reason).unwrap_or("mend what AWS names and run the command again");
    Stop::fault(
        Code::ResourceFailed,
        At::Resource(first.logical_id.clone()),
        message,
        format!("{known}. {}", left(followed, stack)),
    )
}

fn doing(status: &str) -> &'static str {
    match status.split('_').next() {
        Some("CREATE") => "created",
        Some("DELETE") => "deleted",
        Some("ROLLBACK") => "rolled back",
        _ => "changed",
    }
}

/// What is left of a stack.
fn left(followed: &Followed, stack: &str) -> String {
    let status = &followed.status;
    let kept: Vec<&str> = followed
        .events
        .iter()
        .filter(|event| event.status == SKIPPED)
        .filter_map(|event| event.physical_id.as_deref())
        .collect();
    let words = match status.as_str() {
        "ROLLBACK_COMPLETE" if !kept.is_empty() => {
            return format!(
                "The stack `{stack}` is {status}; the next deployment removes it. Left behind, outside of it: {}",
                kept.join(", ")
            );
        }
        "ROLLBACK_COMPLETE" => "Nothing of it is left but its events; the next deployment removes it",
        "UPDATE_ROLLBACK_COMPLETE" => "The version before is running",
        "UPDATE_ROLLBACK_FAILED" => "Its rollback failed too: `pipec deploy SPEC --continue-rollback`",
        "ROLLBACK_FAILED" | "CREATE_FAILED" | "DELETE_FAILED" => {
            "Resources are left: `pipec destroy SPEC` deletes them"
        }
        _ => "See its events in the console",
    };
    format!("The stack `{stack}` is {status}. {words}")
}
