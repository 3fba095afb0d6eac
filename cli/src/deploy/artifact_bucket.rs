//! The bucket that holds what the stacks of an account run: the user's, or one of pipec's own, made on first use.

use super::change_set::{self, Base, Draft};
use super::follow::operate;
use super::report::{Event, Reporter};
use super::settle::{Dead, settle};
use crate::cloud::client::{AwsClient, Bucket, Stack};
use crate::cloud::owner::check_owner;
use crate::cloud::stack_state::StackState;
use crate::cloud::stop::{At, Step, Stop};
use pipec_compiler::diagnostics::Code;
use pipec_compiler::plan::permissions::ARTIFACT_STACK;

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
    if let Some(bucket) = known(named, stack, account) {
        return Ok(Some(bucket));
    }
    let Some(stack) = client.stack(STACK)?.filter(is_settled) else { return Ok(None) };
    check_owner(&stack, TAG).map_err(of_bucket)?;
    Ok(Some(bucket_of(&stack, account)?))
}

/// The bucket that is named, or the one that the stack has: another one would change every function.
fn known(named: Option<&str>, stack: Option<&Stack>, account: &str) -> Option<Bucket> {
    if let Some(name) = named {
        return Some(Bucket { name: name.to_owned(), owner: None });
    }
    let stack = stack.filter(|stack| is_settled(stack))?;
    let (_, name) = stack.parameters.iter().find(|(name, _)| name == PARAMETER)?;
    Some(Bucket { name: name.clone(), owner: Some(account.to_owned()) })
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
    if let Some(bucket) = known(named, stack, account) {
        return Ok(bucket);
    }
    let meanwhile = format!("CloudFormation continues with the stack `{STACK}`; run the same command again");
    let found = client.stack(STACK)?;
    let settled = settle(client, reporter, found, TAG, &meanwhile, Dead::Remove).map_err(of_bucket)?;
    let Some(stack) = settled.as_ref().filter(|stack| stack.status.state() != StackState::ReviewInProgress)
    else {
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
        let bucket = bucket_of(&client.stack(STACK)?.ok_or_else(without_output)?, account)?;
        reporter.tell(&Event::ArtifactBucket { bucket: bucket.name.clone(), created: true });
        return Ok(bucket);
    };
    bucket_of(stack, account)
}

fn is_settled(stack: &Stack) -> bool {
    stack.status.state() == StackState::Stable
}

/// The bucket of pipec's own stack.
fn bucket_of(stack: &Stack, account: &str) -> Step<Bucket> {
    let output = stack.outputs.iter().find(|output| output.name == OUTPUT).ok_or_else(without_output)?;
    Ok(Bucket { name: output.value.clone(), owner: Some(account.to_owned()) })
}

/// The fault of a stack that no spec describes: its resources have no line there, and `destroy` does not know it.
fn of_bucket(stop: Stop) -> Stop {
    let Stop::Fault(fault) = stop else { return stop };
    let (problem, help) = match fault.code {
        Code::ForeignStack => {
            let problem =
                format!("there is a stack `{STACK}`, the name of pipec's own, that pipec did not make");
            return Stop::fault(
                Code::ArtifactBucket,
                At::Name,
                problem,
                "name a bucket with `--artifact-bucket`",
            );
        }
        Code::ResourceFailed => (&fault.message, "fix the cause that AWS reports, and run the command again"),
        Code::StackStuck | Code::StackWrecked => {
            (&fault.message, "delete that stack in the console, and run the command again")
        }
        _ => return Stop::Fault(fault),
    };
    Stop::fault(
        Code::ArtifactBucket,
        At::Name,
        format!("no bucket for the artifacts: {problem}"),
        format!("{help}; or name a bucket with `--artifact-bucket`"),
    )
}

fn without_output() -> Stop {
    Stop::fault(
        Code::ArtifactBucket,
        At::Name,
        format!("the stack `{STACK}` names no bucket"),
        "delete that stack, or name a bucket with `--artifact-bucket`",
    )
}
