//! The bucket that holds what the stacks of an account run: the user's, or one of pipec's own, made on first use.

use super::change_set::{self, Base, Draft};
use super::client::{AwsClient, Bucket, Stack};
use super::follow::operate;
use super::report::{Event, Reporter};
use super::settle::{Dead, check_owner, settle};
use super::stack_status::Condition;
use super::stop::{At, Step, Stop};
use crate::diagnostics::Code;
use crate::plan::permissions::ARTIFACT_STACK;

/// Name of the stack that holds pipec's own bucket, one per account and region.
pub const STACK: &str = ARTIFACT_STACK;
/// Its template.
pub const TEMPLATE: &str = include_str!("artifact_bucket.yaml");
/// Tag of the stack and of the bucket.
pub const TAG: (&str, &str) = ("pipec:artifacts", "true");
/// The output that names the bucket.
const OUTPUT: &str = "BucketName";
/// The parameter of a pipeline's stack that names it.
pub const PARAMETER: &str = "ArtifactBucket";

/// The bucket that is there: the one that is named, the one that the stack has, or pipec's own.
///
/// # Errors
/// As AWS gives them.
pub fn find(
    client: &dyn AwsClient,
    named: Option<&str>,
    stack: Option<&Stack>,
    account: &str,
) -> Step<Option<Bucket>> {
    if let Some(name) = named {
        return Ok(Some(Bucket { name: name.to_owned(), owner: None }));
    }
    let owned = |name: &str| Some(Bucket { name: name.to_owned(), owner: Some(account.to_owned()) });
    // A stack keeps the bucket that it has; another one would change every function.
    let parameter = stack.and_then(|stack| stack.parameters.iter().find(|(name, _)| name == PARAMETER));
    if let Some((_, name)) = parameter.filter(|_| stack.is_some_and(is_settled)) {
        return Ok(owned(name));
    }
    let Some(stack) = client.stack(STACK)?.filter(is_settled) else { return Ok(None) };
    check_owner(&stack, TAG).map_err(of_bucket)?;
    Ok(bucket_of(&stack).and_then(|name| owned(&name)))
}

/// The bucket, made where it is not there.
///
/// # Errors
/// As AWS gives them.
pub fn provide(
    client: &dyn AwsClient,
    reporter: &mut dyn Reporter,
    named: Option<&str>,
    stack: Option<&Stack>,
    account: &str,
) -> Step<Bucket> {
    if let Some(bucket) = find(client, named, stack, account)? {
        return Ok(bucket);
    }
    let meanwhile = format!("CloudFormation goes on with the stack `{STACK}`; run the same command again");
    let settled = settle(client, reporter, STACK, TAG, &meanwhile, Dead::Remove).map_err(of_bucket)?;
    let Some(stack) = settled.as_ref().filter(|stack| stack.status.condition() != Condition::Reviewed) else {
        let draft = Draft {
            stack: STACK,
            base: Base::of(settled.as_ref()),
            template: TEMPLATE,
            url: None,
            parameters: &[],
            tags: &[TAG],
        };
        let prepared = change_set::prepare(client, &draft)?;
        let execute = || change_set::execute(client, &prepared);
        let (_, followed) = operate(client, reporter, &prepared.stack_id, STACK, &meanwhile, execute)?;
        if !followed.status.succeeded() {
            return Err(of_bucket(super::failure::failure(&followed, STACK)));
        }
        let stack = client.stack(STACK)?;
        let name = stack.as_ref().and_then(bucket_of).ok_or_else(without_output)?;
        reporter.tell(&Event::ArtifactBucket { bucket: name.clone(), created: true });
        return Ok(Bucket { name, owner: Some(account.to_owned()) });
    };
    let name = bucket_of(stack).ok_or_else(without_output)?;
    Ok(Bucket { name, owner: Some(account.to_owned()) })
}

fn is_settled(stack: &Stack) -> bool {
    stack.status.condition() == Condition::Settled
}

fn bucket_of(stack: &Stack) -> Option<String> {
    stack.outputs.iter().find(|output| output.name == OUTPUT).map(|output| output.value.clone())
}

/// The fault of a stack that no spec describes: its resources have no line there, and `destroy` does not know it.
fn of_bucket(stop: Stop) -> Stop {
    match stop {
        Stop::Fault(fault)
            if matches!(
                fault.code,
                Code::ForeignStack | Code::ResourceFailed | Code::StackStuck | Code::StackWrecked
            ) =>
        {
            let help = match fault.code {
                Code::ResourceFailed => "mend what AWS names and run the command again",
                Code::ForeignStack => "pipec's own stack would have this name",
                _ => "delete that stack in the console and run the command again",
            };
            let help = format!("{help}; or name a bucket with `--artifact-bucket`");
            Stop::fault(
                Code::ArtifactBucket,
                At::Name,
                format!("no bucket for the artifacts: {}", fault.message),
                help,
            )
        }
        stop => stop,
    }
}

fn without_output() -> Stop {
    Stop::fault(
        Code::ArtifactBucket,
        At::Name,
        format!("the stack `{STACK}` names no bucket"),
        "delete that stack, or name a bucket with `--artifact-bucket`",
    )
}
