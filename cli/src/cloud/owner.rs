//! Whether a stack is this pipeline's: pipec touches no other.

use super::client::Stack;
use super::stack_state::StackState;
use super::stop::{At, Step, Stop};
use pipec_compiler::diagnostics::Code;

/// Whether pipec has made a stack.
pub fn is_owned(stack: &Stack, tag: (&str, &str)) -> bool {
    stack.tags.iter().any(|(key, value)| (key.as_str(), value.as_str()) == tag)
}

/// A stack of this name that pipec did not make is not touched.
pub fn check_owner(stack: &Stack, tag: (&str, &str)) -> Step<()> {
    let ours = is_owned(stack, tag);
    // A stack that was never executed has nothing to lose; not every one of them shows its tags.
    let untouched = stack.status.state() == StackState::ReviewInProgress && stack.tags.is_empty();
    if ours || untouched || stack.status.state() == StackState::DeleteComplete {
        return Ok(());
    }
    Err(Stop::fault(
        Code::ForeignStack,
        At::Name,
        format!("the stack `{}` exists, and pipec did not create it for this pipeline", stack.name),
        format!(
            "rename the pipeline; or, if the stack is this pipeline's nevertheless, tag it with \
             `{}={}`",
            tag.0, tag.1
        ),
    ))
}
