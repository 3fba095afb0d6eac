//! The end of a pipeline: says what goes and what stays, deletes the stack, and, where that is asked for, the data.

use std::time::Instant;

use super::artifact_bucket::PARAMETER;
use super::client::{AwsClient, Stack, StackResource};
use super::failure::{SKIPPED, failure};
use super::follow::{Followed, operate};
use super::kinds;
use super::pipeline::TAG;
use super::report::{Answer, Event, Reporter};
use super::settle::{check_owner, follow_on};
use super::stack_status::Condition;
use super::stop::{At, Step, Stop};
use crate::diagnostics::Code;
use crate::plan::Plan;

const BUCKET_TYPE: &str = "AWS::S3::Bucket";
/// State in which `DeleteStack` takes `RetainResources`. CloudFormation API reference, 2026-11.
const DELETE_FAILED: &str = "DELETE_FAILED";

/// What is destroyed.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// AWS.
    pub client: &'a dyn AwsClient,
    /// The plan, whose name is the stack's.
    pub plan: &'a Plan,
    /// The spec as the user named it, for what there is to type next.
    pub spec: &'a str,
}

/// How far the end goes.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Ask nobody.
    pub yes: bool,
    /// Delete the buckets with all versions of their objects.
    pub empty_bucket: bool,
    /// Delete the artifacts that no other stack names.
    pub artifacts: bool,
    /// Logical ids of resources that cannot be deleted and are left.
    pub skip: Vec<String>,
}

/// Ends a pipeline.
///
/// # Errors
/// The first fault, or the user's decision. Running it again goes on where it stopped.
pub fn destroy(job: &Job, reporter: &mut dyn Reporter, options: &Options) -> Step<()> {
    let client = job.client;
    let identity = client.identity()?;
    let name = &job.plan.name;
    let found = client.stack(name)?.filter(|stack| stack.status.condition() != Condition::Gone);
    reporter.tell(&Event::Account {
        account: identity.account.clone(),
        region: client.region().to_owned(),
        stack: name.clone(),
        status: found.as_ref().map(|stack| stack.status.to_string()),
    });
    let Some(mut stack) = found else { return destroy_left(job, reporter, options) };
    check_owner(&stack, (TAG, name))?;
    let meanwhile = format!(
        "CloudFormation goes on with the stack `{name}`; `pipec destroy {}` picks it up again",
        job.spec
    );
    if stack.status.condition() == Condition::Moving {
        reporter.tell(&Event::Following { stack: name.clone(), status: stack.status.to_string() });
        stack.status = follow_on(client, reporter, &stack, &meanwhile)?.status;
    }
    let resources = client.resources(&stack.id)?;
    let buckets = buckets(&resources);
    if stack.status.condition() != Condition::Gone {
        tell_loss(reporter, &resources, &buckets, options);
        confirm(
            reporter,
            options,
            &format!("Delete the stack {name} in account {}?", identity.account),
            job,
        )?;
        let start = Instant::now();
        let mut followed = delete(job, reporter, &mut stack, &options.skip, &meanwhile)?;
        if stack.status.as_str() == DELETE_FAILED && !options.skip.is_empty() {
            followed = delete(job, reporter, &mut stack, &options.skip, &meanwhile)?;
        }
        if !followed.status.succeeded() {
            return Err(failure(&followed, name));
        }
        reporter.tell(&Event::Finished {
            stack: name.clone(),
            status: followed.status.to_string(),
            seconds: start.elapsed().as_secs(),
        });
    }
    if options.empty_bucket {
        for bucket in &buckets {
            empty(client, reporter, bucket)?;
        }
    } else {
        tell_kept(reporter, &buckets, job.spec);
    }
    if options.artifacts {
        delete_artifacts(job, reporter, &stack)?;
    }
    Ok(())
}

/// Deletes the stack as far as that goes. CloudFormation leaves resources out only where a deletion failed before.
fn delete(
    job: &Job,
    reporter: &mut dyn Reporter,
    stack: &mut Stack,
    skip: &[String],
    meanwhile: &str,
) -> Step<Followed> {
    let skip = if stack.status.as_str() == DELETE_FAILED { skip } else { &[] };
    let delete = || Ok(job.client.delete_stack(&stack.id, skip)?);
    let ((), followed) = operate(job.client, reporter, &stack.id, &stack.name, meanwhile, delete)?;
    stack.status = followed.status.clone();
    Ok(followed)
}

/// Without a stack: what an earlier end has left, where the data was asked for.
fn destroy_left(job: &Job, reporter: &mut dyn Reporter, options: &Options) -> Step<()> {
    let name = &job.plan.name;
    let deleted = if options.empty_bucket { job.client.deleted_stack(name)? } else { None };
    let mut left = Vec::new();
    if let Some(deleted) = &deleted {
        // A deleted stack has no resources any more, but its events name those that stayed.
        let events = job.client.events(deleted, None)?;
        let stayed =
            events.into_iter().filter(|event| event.resource_type == BUCKET_TYPE && event.status == SKIPPED);
        for bucket in stayed.filter_map(|event| event.physical_id) {
            if job.client.object_versions(&bucket)?.is_some() {
                left.push(bucket);
            }
        }
    }
    if left.is_empty() {
        let message = format!("there is no stack `{name}` in {}: nothing to destroy", job.client.region());
        reporter.tell(&Event::Note { message });
        return Ok(());
    }
    let lost =
        left.iter().map(|bucket| format!("S3 bucket {bucket}: its objects and all their versions")).collect();
    reporter.tell(&Event::Loss { lost, kept: Vec::new() });
    confirm(reporter, options, "Delete these buckets, which the deleted stack has left?", job)?;
    for bucket in &left {
        empty(job.client, reporter, bucket)?;
    }
    Ok(())
}

/// Buckets of a stack, which stay when it is deleted.
fn buckets(resources: &[StackResource]) -> Vec<String> {
    let here = |resource: &&StackResource| {
        resource.resource_type == BUCKET_TYPE && resource.status != "DELETE_COMPLETE"
    };
    resources.iter().filter(here).filter_map(|resource| resource.physical_id.clone()).collect()
}

fn tell_loss(
    reporter: &mut dyn Reporter,
    resources: &[StackResource],
    buckets: &[String],
    options: &Options,
) {
    let (mut lost, mut kept) = (Vec::new(), Vec::new());
    for resource in resources {
        let (Some(data), Some(id)) = (kinds::held(&resource.resource_type), &resource.physical_id) else {
            continue;
        };
        let (kind, holds) = (kinds::words(&resource.resource_type), data.holds);
        if !buckets.contains(id) {
            lost.push(format!("{kind} {id}: {holds}"));
        } else if options.empty_bucket {
            lost.push(format!("{kind} {id}: {holds} and all their versions"));
        } else {
            kept.push(format!("{kind} {id}: {holds}"));
        }
    }
    reporter.tell(&Event::Loss { lost, kept });
}

fn tell_kept(reporter: &mut dyn Reporter, buckets: &[String], spec: &str) {
    if !buckets.is_empty() {
        reporter.tell(&Event::Note {
            message: format!(
                "kept {}; `pipec destroy {spec} --empty-bucket` deletes what is in there as well",
                buckets.join(" and ")
            ),
        });
    }
}

fn confirm(reporter: &mut dyn Reporter, options: &Options, question: &str, job: &Job) -> Step<()> {
    if options.yes {
        return Ok(());
    }
    match reporter.ask(question) {
        Answer::Yes => Ok(()),
        Answer::No => Err(Stop::Declined),
        Answer::Nobody => Err(Stop::fault(
            Code::Unconfirmed,
            At::Name,
            "there is no terminal to confirm the end of the pipeline on",
            format!("run `pipec destroy {} --yes`", job.spec),
        )),
    }
}

/// Deletes a bucket with everything in it, page after page.
fn empty(client: &dyn AwsClient, reporter: &mut dyn Reporter, bucket: &str) -> Step<()> {
    let mut versions = 0;
    // One that is gone already is empty.
    while let Some(page) = client.object_versions(bucket)? {
        if page.is_empty() {
            client.delete_bucket(bucket)?;
            break;
        }
        client.delete_versions(bucket, &page)?;
        versions += page.len() as u64;
        reporter.tell(&Event::Emptied { bucket: bucket.to_owned(), versions });
    }
    reporter.tell(&Event::Note { message: format!("deleted the bucket {bucket}") });
    Ok(())
}

/// Deletes the pipeline's artifacts, except those that another stack of the region runs as well.
fn delete_artifacts(job: &Job, reporter: &mut dyn Reporter, stack: &Stack) -> Step<()> {
    let Some((_, bucket)) = stack.parameters.iter().find(|(name, _)| name == PARAMETER) else {
        return Ok(());
    };
    let mut others = Vec::new();
    for other in job.client.stacks()? {
        let same_bucket = other.parameters.iter().any(|(name, value)| name == PARAMETER && value == bucket);
        if same_bucket && other.id != stack.id && other.status.condition() != Condition::Gone {
            others.push(job.client.template(&other.id)?);
        }
    }
    let (mut deleted, mut shared) = (0, 0);
    for artifact in &job.plan.artifacts {
        if others.iter().any(|template| template.contains(&artifact.s3_key)) {
            shared += 1;
            continue;
        }
        let versions = job.client.versions_of(bucket, &artifact.s3_key)?;
        if !versions.is_empty() {
            job.client.delete_versions(bucket, &versions)?;
            deleted += 1;
        }
    }
    let kept = if shared > 0 { format!("; {shared} that other pipelines run stay") } else { String::new() };
    reporter.tell(&Event::Note { message: format!("deleted {deleted} artifacts from {bucket}{kept}") });
    Ok(())
}
