//! The end of a pipeline: says what goes and what stays, deletes the stack, and, where that is asked for, the data.

use std::collections::BTreeSet;
use std::time::Instant;

use super::artifact_bucket::PARAMETER;
use super::failure::{SKIPPED, failure};
use super::follow::{Followed, operate};
use super::report::{Event, Reporter, confirm};
use super::settle::follow_on;
use crate::cloud::call_error::CallErrorKind;
use crate::cloud::cause;
use crate::cloud::client::{AwsClient, Bucket, Stack, StackResource};
use crate::cloud::kinds;
use crate::cloud::owner::{check_owner, is_owned};
use crate::cloud::stack_state::StackState;
use crate::cloud::stop::{At, Step, Stop};
use pipec_compiler::aws::regions;
use pipec_compiler::diagnostics::{Code, suggest};
use pipec_compiler::plan::{Plan, artifact_keys};
use pipec_compiler::spec::PIPELINE_TAG;

const BUCKET_TYPE: &str = "AWS::S3::Bucket";
const STREAM_TYPE: &str = "AWS::Kinesis::Stream";
const CONSUMER_TYPE: &str = "AWS::Kinesis::StreamConsumer";
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
    /// Skip the confirmation prompt.
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
    let found = client.stack(name)?.filter(|stack| stack.status.state() != StackState::DeleteComplete);
    reporter.tell(&Event::Account {
        account: identity.account.clone(),
        region: client.region().to_owned(),
        stack: name.clone(),
        status: found.as_ref().map(|stack| stack.status.to_string()),
    });
    let account = &identity.account;
    let Some(mut stack) = found else { return destroy_left(job, reporter, options, account) };
    check_owner(&stack, (PIPELINE_TAG, name))?;
    let meanwhile = format!(
        "CloudFormation continues with the stack `{name}`; `pipec destroy {}` resumes following it",
        job.spec
    );
    if stack.status.state() == StackState::InProgress {
        reporter.tell(&Event::Following { stack: name.clone(), status: stack.status.to_string() });
        stack.status = follow_on(client, reporter, &stack, &meanwhile)?.status;
    }
    if stack.status.state() == StackState::DeleteComplete {
        return destroy_left(job, reporter, options, account);
    }
    let resources = client.resources(&stack.id)?;
    let buckets = buckets(&resources);
    let artifacts = if options.artifacts { artifacts(client, &stack, account)? } else { None };
    consumers(client, reporter, &resources, account, options)?;
    tell_loss(reporter, &resources, &buckets, options);
    sure(reporter, options, &format!("Delete the stack {name} in account {}?", identity.account))?;
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
    if options.empty_bucket {
        for bucket in &buckets {
            empty(client, reporter, bucket, account)?;
        }
    } else {
        tell_kept(reporter, &buckets, job.spec);
    }
    delete_artifacts(client, reporter, &stack, artifacts)
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

/// Without a stack: what an earlier end has left, where that is asked for.
fn destroy_left(job: &Job, reporter: &mut dyn Reporter, options: &Options, account: &str) -> Step<()> {
    let (client, name) = (job.client, &job.plan.name);
    let asked = options.empty_bucket || options.artifacts;
    let deleted = if asked { client.deleted_stack(name)? } else { None };
    let deleted = match deleted {
        Some(arn) => client.stack(&arn)?.filter(|stack| is_owned(stack, (PIPELINE_TAG, name))),
        None => None,
    };
    let Some(stack) = deleted else {
        let message = format!("there is no stack `{name}` in {}: nothing to delete", client.region());
        reporter.tell(&Event::Note { message });
        return Ok(());
    };
    let mut left = Vec::new();
    if options.empty_bucket {
        // A deleted stack has no resources any more, but the events of its end name those that stayed.
        let events = cause::deletion(&client.events(&stack.id, None)?);
        let stayed =
            events.into_iter().filter(|event| event.resource_type == BUCKET_TYPE && event.status == SKIPPED);
        for bucket in stayed.filter_map(|event| event.physical_id) {
            if !left.contains(&bucket) && client.object_versions(&owned(&bucket, account))?.is_some() {
                left.push(bucket);
            }
        }
    }
    let artifacts = if options.artifacts { artifacts(client, &stack, account)? } else { None };
    if left.is_empty() && artifacts.is_none() {
        let message = format!("the stack `{name}` and its resources are already deleted: nothing to delete");
        reporter.tell(&Event::Note { message });
        return Ok(());
    }
    if !left.is_empty() {
        let lost =
            left.iter().map(|bucket| format!("S3 bucket {bucket}: its objects and all their versions"));
        reporter.tell(&Event::Loss { lost: lost.collect(), kept: Vec::new() });
        sure(reporter, options, "Delete these buckets, which the deleted stack retained?")?;
    }
    for bucket in &left {
        empty(client, reporter, bucket, account)?;
    }
    delete_artifacts(client, reporter, &stack, artifacts)
}

/// Name of a registered consumer of the stack, whose id is its ARN: `..:stream/NAME/consumer/CONSUMER:TIME`.
fn own_consumer(resource: &StackResource) -> Option<&str> {
    let arn = resource.physical_id.as_deref().filter(|_| resource.resource_type == CONSUMER_TYPE)?;
    Some(arn.rsplit('/').next()?.split(':').next().unwrap_or_default())
}

/// Kinesis does not delete a stream with registered consumers, and by then the rest of the pipeline would be gone. Those of the
/// stack are deleted with it.
fn consumers(
    client: &dyn AwsClient,
    reporter: &mut dyn Reporter,
    resources: &[StackResource],
    account: &str,
    options: &Options,
) -> Step<()> {
    let partition = regions::region(client.region()).map_or("aws", |region| region.partition.id());
    let streams = resources.iter().filter(|resource| {
        resource.resource_type == STREAM_TYPE
            && resource.status != "DELETE_COMPLETE"
            && !options.skip.contains(&resource.logical_id)
    });
    for resource in streams {
        let Some(name) = &resource.physical_id else { continue };
        let arn = format!("arn:{partition}:kinesis:{}:{account}:stream/{name}", client.region());
        let is_own = |consumer: &String| {
            resources.iter().any(|resource| own_consumer(resource) == Some(consumer.as_str()))
        };
        let consumers: Vec<String> = match client.stream_consumers(&arn) {
            Ok(consumers) => consumers.into_iter().filter(|consumer| !is_own(consumer)).collect(),
            Err(error) if error.kind == CallErrorKind::Interrupted => return Err(error.into()),
            Err(error) if error.is_of_nothing() => continue,
            // The deletion may succeed all the same.
            Err(error) => {
                let message = format!("the consumers of the stream {name} are not known: {error}");
                reporter.tell(&Event::Note { message });
                continue;
            }
        };
        let Some(first) = consumers.first() else { continue };
        return Err(Stop::fault(
            Code::ResourceFailed,
            At::Resource(resource.logical_id.clone()),
            format!(
                "the stream {name} cannot be deleted while consumers are registered: {}",
                suggest::all_of(&consumers)
            ),
            format!(
                "deregister each, as in `aws kinesis deregister-stream-consumer --stream-arn {arn} --consumer-name \
                 {first}`, and run the command again; nothing has been deleted"
            ),
        ));
    }
    Ok(())
}

fn owned(bucket: &str, account: &str) -> Bucket {
    Bucket { name: bucket.to_owned(), owner: Some(account.to_owned()) }
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
                "kept {}; `pipec destroy {spec} --empty-bucket` deletes them with their contents",
                buckets.join(" and ")
            ),
        });
    }
}

fn sure(reporter: &mut dyn Reporter, options: &Options, question: &str) -> Step<()> {
    let nobody = "there is no terminal for the confirmation prompt";
    confirm(reporter, options.yes, question, (nobody, "add `--yes` to the command"))
}

/// Deletes a bucket with everything in it, page after page.
fn empty(client: &dyn AwsClient, reporter: &mut dyn Reporter, bucket: &str, account: &str) -> Step<()> {
    let place = owned(bucket, account);
    let mut versions = 0;
    loop {
        let Some(page) = client.object_versions(&place)? else {
            reporter.tell(&Event::Note { message: format!("the bucket {bucket} is deleted already") });
            return Ok(());
        };
        if page.is_empty() {
            break;
        }
        client.delete_versions(&place, &page)?;
        versions += page.len() as u64;
        reporter.tell(&Event::Emptied { bucket: bucket.to_owned(), versions });
    }
    client.delete_bucket(&place)?;
    reporter.tell(&Event::Note { message: format!("deleted the bucket {bucket}") });
    Ok(())
}

/// The artifacts that a stack runs, by their keys, and their bucket, which has to be the account's: that of another is
/// not pipec's to tidy up.
fn artifacts(
    client: &dyn AwsClient,
    stack: &Stack,
    account: &str,
) -> Step<Option<(Bucket, BTreeSet<String>)>> {
    let Some((_, bucket)) = stack.parameters.iter().find(|(name, _)| name == PARAMETER) else {
        return Ok(None);
    };
    let keys = artifact_keys(&client.template(&stack.id)?);
    Ok((!keys.is_empty()).then(|| (owned(bucket, account), keys)))
}

/// S3 answers for a bucket of another account as for a missing permission.
fn of_others(stop: Stop, bucket: &Bucket) -> Stop {
    match stop {
        Stop::Fault(mut fault) if fault.code == Code::MissingPermission => {
            fault.help += &format!(
                "; or remove `--artifacts` if the bucket `{}` belongs to another account, which must delete its \
                 objects itself",
                bucket.name
            );
            Stop::Fault(fault)
        }
        stop => stop,
    }
}

/// Deletes artifacts, except those that another stack of the region runs as well.
fn delete_artifacts(
    client: &dyn AwsClient,
    reporter: &mut dyn Reporter,
    stack: &Stack,
    artifacts: Option<(Bucket, BTreeSet<String>)>,
) -> Step<()> {
    let Some((bucket, keys)) = artifacts else { return Ok(()) };
    let mut shared = BTreeSet::new();
    for other in client.stacks()? {
        let same = other.parameters.iter().any(|(name, value)| name == PARAMETER && *value == bucket.name);
        if same && other.id != stack.id && other.status.state() != StackState::DeleteComplete {
            shared.extend(artifact_keys(&client.template(&other.id)?));
        }
    }
    let mut deleted = 0;
    for key in keys.difference(&shared) {
        let versions = client.versions_of(&bucket, key);
        let versions = versions.map_err(|error| of_others(error.into(), &bucket))?;
        if !versions.is_empty() {
            client.delete_versions(&bucket, &versions)?;
            deleted += 1;
        }
    }
    let kept = match keys.intersection(&shared).count() {
        0 => String::new(),
        count => format!("; kept {count} that other pipelines use"),
    };
    reporter
        .tell(&Event::Note { message: format!("deleted {deleted} artifacts from {}{kept}", bucket.name) });
    Ok(())
}
