//! The steps of a deployment: preflight, artifacts, change set, confirmation, execution, outputs. Each can be run again.

use std::cell::RefCell;
use std::time::Instant;

use super::application;
use super::artifact_bucket;
use super::change_set::{self, Base, Begun, Draft, Prepared};
use super::changes::{self, Action, Change};
use super::existing;
use super::failure::{LostRace, failure, lost_race};
use super::follow::operate;
use super::large_template::LargeTemplate;
use super::positions;
use super::report::{Event, Reporter, ShardSteps, confirm};
use super::settle::{Dead, follow_on, settle, stuck};
use super::shard_steps::{self, Way};
use super::upload::{self, ArtifactSource};
use crate::cloud::client::{AwsClient, Bucket, ChangeAction, ResourceChange, Stack};
use crate::cloud::deployed::absent;
use crate::cloud::kinds;
use crate::cloud::owner::check_owner;
use crate::cloud::stack_state::{StackState, StackStatus};
use crate::cloud::stop::{At, Step, Stop};
use pipec_compiler::aws::limits::cloudformation::TEMPLATE_BODY_BYTES_MAX;
use pipec_compiler::diagnostics::Code;
use pipec_compiler::plan::Plan;
use pipec_compiler::spec::PIPELINE_TAG;

/// Stands for a bucket that is still to be made, in a change set that is never executed.
const BUCKET_TO_BE: &str = "pipec-artifacts-to-be-made";

/// Where the account stands among the parts of an ARN. IAM user guide, "ARN format", 2026-11.
const ARN_ACCOUNT: usize = 4;

/// What is deployed.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// AWS.
    pub client: &'a dyn AwsClient,
    /// The plan.
    pub plan: &'a Plan,
    /// Its template.
    pub template: &'a str,
    /// Where the bytes of its artifacts come from.
    pub source: &'a dyn ArtifactSource,
    /// The user's artifact bucket, where one is named.
    pub artifact_bucket: Option<&'a str>,
    /// The spec as the user named it, for what there is to type next.
    pub spec: &'a str,
}

/// How far a deployment goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// To what would change, data at stake included; it leaves nothing behind.
    Diff,
    /// As far as it could go without executing anything; it leaves nothing behind.
    DryRun,
    /// To its end.
    #[default]
    Whole,
}

/// What the user allows.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How far it goes.
    pub extent: Extent,
    /// Skip the confirmation prompt.
    pub yes: bool,
    /// Logical ids of resources with data that may be made anew or deleted.
    pub allow_replace: Vec<String>,
}

/// How a deployment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The stack was as the spec says.
    Unchanged,
    /// It is now.
    Deployed,
    /// It is not, and stays as it was.
    Differs,
}

impl<'a> Job<'a> {
    fn tag(&self) -> (&'a str, &'a str) {
        (PIPELINE_TAG, &self.plan.name)
    }

    fn meanwhile(&self) -> String {
        format!(
            "CloudFormation continues with the stack `{}`; `pipec deploy {}` resumes following it, `pipec status {1}` shows \
             it",
            self.plan.name, self.spec
        )
    }
}

/// Brings the stack to what the spec says.
///
/// # Errors
/// The first fault, or the user's decision. What was done stays and is not done again by the next run.
pub fn deploy(job: &Job, reporter: &mut dyn Reporter, options: &Options) -> Step<Outcome> {
    let race = RefCell::default();
    let outcome = attempt(job, reporter, options, &race);
    let Some(first) = race.take() else { return outcome };
    // A new role takes seconds to propagate; the changes were confirmed once.
    reporter.tell(&Event::Note { message: first.again() });
    let outcome = attempt(job, reporter, &Options { yes: true, ..options.clone() }, &race);
    match race.take() {
        Some(second) => outcome.map_err(|stop| first.twice(&second, stop, &job.plan.name)),
        None => outcome,
    }
}

/// One attempt; `race` is set where a creation failed, and was rolled back, perhaps only because IAM was too slow.
fn attempt(job: &Job, reporter: &mut dyn Reporter, options: &Options, race: &Race) -> Step<Outcome> {
    let name = &job.plan.name;
    let found = job.client.stack(name)?.filter(|stack| stack.status.state() != StackState::DeleteComplete);
    if options.extent == Extent::Diff && Base::of(found.as_ref()) != Base::Stack {
        return Ok(tell_planned(job, reporter));
    }
    let account = &account(job.client, found.as_ref())?;
    tell_account(job, reporter, account, found.as_ref());
    let dead = if options.extent == Extent::Whole { Dead::Remove } else { Dead::Keep };
    let stack = settle(job.client, reporter, found, job.tag(), &job.meanwhile(), dead)?;
    if let Some(stack) = stack.as_ref().filter(|stack| stack.status.state() == StackState::RollbackComplete) {
        reporter.tell(&Event::Note {
            message: format!("the stack is {}; a deployment deletes it first", stack.status),
        });
        return Ok(tell_planned(job, reporter));
    }
    if options.extent != Extent::Diff {
        existing::check(job.client, reporter, job.plan, account)?;
        // A bucket that the stack has already is one that its roles read.
        let has = |bucket: &str| {
            let parameters = stack.iter().flat_map(|stack| &stack.parameters);
            parameters.into_iter().any(|(name, value)| name == artifact_bucket::PARAMETER && value == bucket)
        };
        if let Some(bucket) = job.artifact_bucket.filter(|bucket| !has(bucket)) {
            existing::check_artifact_key(job.client, reporter, job.plan, bucket)?;
        }
    }
    let too_large = job.template.len() as u64 > TEMPLATE_BODY_BYTES_MAX;
    let bucket = if job.plan.artifacts.is_empty() && !too_large {
        None
    } else if options.extent != Extent::Whole {
        artifact_bucket::find(job.client, job.artifact_bucket, stack.as_ref(), account)?
    } else {
        let bucket =
            artifact_bucket::provide(job.client, reporter, job.artifact_bucket, stack.as_ref(), account)?;
        upload::upload(job.client, reporter, job.source, job.plan, &bucket)?;
        Some(bucket)
    };
    let large = match &bucket {
        _ if !too_large => None,
        Some(bucket) => Some(LargeTemplate::send(job.client, bucket, job.template)?),
        None => return unseen(job, reporter, stack.as_ref()),
    };
    let url = large.as_ref().map(|large| large.url.as_str());
    let ground = Ground { account, stack: stack.as_ref(), bucket: bucket.as_ref(), too_large, race };
    let outcome = change(job, reporter, options, ground, url);
    if let (Some(large), Some(bucket)) = (&large, &bucket)
        && options.extent != Extent::Whole
    {
        let taken_back = large.take_back(job.client, bucket);
        // The first fault is the one to tell.
        return outcome.and_then(|outcome| Ok(taken_back.map(|()| outcome)?));
    }
    outcome
}

/// Why to attempt a creation once more, where there is reason for it.
type Race = RefCell<Option<LostRace>>;

/// What a change set is made over.
#[derive(Clone, Copy)]
struct Ground<'a> {
    account: &'a str,
    stack: Option<&'a Stack>,
    bucket: Option<&'a Bucket>,
    /// Whether the template has to be an object of that bucket.
    too_large: bool,
    /// Where a creation that failed, perhaps only because IAM was too slow, is kept.
    race: &'a Race,
}

/// Asks for a change set, shows it, and executes it where it goes that far.
fn change(
    job: &Job,
    reporter: &mut dyn Reporter,
    options: &Options,
    ground: Ground,
    url: Option<&str>,
) -> Step<Outcome> {
    let name = &job.plan.name;
    let bucket = ground.bucket.map_or(BUCKET_TO_BE, |bucket| bucket.name.as_str());
    // CloudFormation refuses a parameter that the template does not have.
    let parameters = [(artifact_bucket::PARAMETER, bucket)];
    let parameters = if job.plan.artifacts.is_empty() { &[][..] } else { &parameters[..] };
    let tags = tags(job, ground.stack);
    let base = Base::of(ground.stack);
    let draft = Draft { stack: name, base, template: job.template, url, parameters, tags: &tags };
    let prepared = change_set::prepare(job.client, &draft)?;
    let Some(changes) = &prepared.changes else {
        change_set::take_back(job.client, &prepared)?;
        reporter.tell(&Event::Unchanged { stack: name.clone() });
        tell_outputs(reporter, ground.stack);
        if options.extent == Extent::Whole {
            ensure_running(job, reporter)?;
        }
        return Ok(Outcome::Unchanged);
    };
    let ways = match agree(job, reporter, options, ground, changes) {
        Ok(Some(ways)) => ways,
        Ok(None) => {
            change_set::take_back(job.client, &prepared)?;
            return Ok(Outcome::Differs);
        }
        Err(stop) => {
            // The first fault is the one to tell.
            let _ = change_set::take_back(job.client, &prepared);
            return Err(stop);
        }
    };
    if ways.is_empty() {
        execute(job, reporter, &prepared, job.template, ground.race)?;
    } else {
        change_set::take_back(job.client, &prepared)?;
        execute_steps(job, reporter, options, ground, &draft, &ways)?;
    }
    tell_outputs(reporter, job.client.stack(name)?.as_ref());
    ensure_running(job, reporter)?;
    Ok(Outcome::Deployed)
}

/// CloudFormation does not know whether a Flink application runs: one that a failed update has left stopped, or that
/// somebody stopped, is started.
fn ensure_running(job: &Job, reporter: &mut dyn Reporter) -> Step<()> {
    match application::of_plan(job.plan) {
        Some(found) => application::ensure_running(job.client, reporter, &found.target(job.spec)).map(|_| ()),
        None => Ok(()),
    }
}

/// Shows the changes and has them agreed to; `None` where it goes no further. The ways of the shards that one update
/// cannot go.
fn agree(
    job: &Job,
    reporter: &mut dyn Reporter,
    options: &Options,
    ground: Ground,
    found: &[ResourceChange],
) -> Step<Option<Vec<Way>>> {
    let reshards = found.iter().any(|change| {
        change.resource_type == "AWS::Kinesis::Stream" && change.action == ChangeAction::Modify
    });
    let changes = changes::read(found);
    let restarts = positions::restarts(&changes);
    let deployed = match ground.stack {
        Some(stack) if reshards || restarts => Some(job.client.template(&stack.id)?),
        _ => None,
    };
    let deployed = deployed.as_deref();
    let ways = match deployed.filter(|_| reshards) {
        Some(deployed) => shard_steps::ways(deployed, job.template),
        None => Vec::new(),
    };
    let shard_steps =
        ways.iter().map(|(to, counts)| ShardSteps { stream: to.stream.clone(), counts: counts.clone() });
    reporter.tell(&Event::Changes { changes: changes.clone(), shard_steps: shard_steps.collect() });
    let position =
        deployed.filter(|_| restarts).and_then(|deployed| positions::of_update(deployed, job.plan));
    if let Some(position) = position {
        reporter.tell(&position);
    }
    if options.extent == Extent::Diff {
        return Ok(None);
    }
    guard(&changes, options, job.spec)?;
    if options.extent == Extent::DryRun {
        return Ok(None);
    }
    let question = format!("Deploy this to account {}, {}?", ground.account, job.client.region());
    let nobody = "there is no terminal for the confirmation prompt";
    let help = "add `--yes` to the command; `--dry-run` only shows them";
    confirm(reporter, options.yes, &question, (nobody, help))?;
    Ok(Some(ways))
}

/// Deploys in as many updates as the shards take; the first one has everything else.
fn execute_steps(
    job: &Job,
    reporter: &mut dyn Reporter,
    options: &Options,
    ground: Ground,
    draft: &Draft,
    ways: &[Way],
) -> Step<()> {
    let steps = ways.iter().map(|(_, steps)| steps.len()).max().unwrap_or_default();
    for number in 0..steps {
        let template = shard_steps::at_step(job.template, ways, number);
        let large = match ground.bucket {
            Some(bucket) if ground.too_large => Some(LargeTemplate::send(job.client, bucket, &template)?),
            _ => None,
        };
        let url = large.as_ref().map(|large| large.url.as_str());
        let prepared = change_set::prepare(job.client, &Draft { template: &template, url, ..*draft })?;
        reporter.tell(&Event::Note { message: format!("shards, step {} of {steps}", number + 1) });
        // The first step was shown and confirmed; none may put at stake what that did not.
        match prepared.changes.as_ref().map(|found| guard(&changes::read(found), options, job.spec)) {
            Some(Ok(())) => execute(job, reporter, &prepared, &template, ground.race)
                .map_err(|stop| behind_steps(stop, number, steps))?,
            Some(Err(stop)) => {
                let _ = change_set::take_back(job.client, &prepared);
                return Err(stop);
            }
            None => change_set::take_back(job.client, &prepared)?,
        }
    }
    Ok(())
}

/// A fault of a step of shards that others went before.
fn behind_steps(stop: Stop, done: usize, steps: usize) -> Stop {
    match stop {
        Stop::Fault(mut fault) if done > 0 => {
            fault.help += &format!(
                ". {done} of {steps} updates are complete: everything except the number of shards is deployed, and \
                 the next run continues with the shards"
            );
            Stop::Fault(fault)
        }
        stop => stop,
    }
}

/// The tags of the stack: those that others have put there stay, since an update takes the whole set.
fn tags<'a>(job: &Job<'a>, stack: Option<&'a Stack>) -> Vec<(&'a str, &'a str)> {
    let there = stack.into_iter().flat_map(|stack| &stack.tags);
    let there = there.map(|(key, value)| (key.as_str(), value.as_str()));
    // AWS's own cannot be given.
    let others = there.filter(|(key, _)| *key != PIPELINE_TAG && !key.starts_with("aws:"));
    others.chain([job.tag()]).collect()
}

/// What a deployment would change.
///
/// # Errors
/// As [`deploy`].
pub fn diff(job: &Job, reporter: &mut dyn Reporter) -> Step<Outcome> {
    deploy(job, reporter, &Options { extent: Extent::Diff, ..Options::default() })
}

/// Goes on with the rollback of an update that failed, leaving out what is named.
///
/// # Errors
/// As AWS gives them, and where there is no such rollback.
pub fn continue_rollback(job: &Job, reporter: &mut dyn Reporter, skip: &[String]) -> Step<()> {
    let stack = job.client.stack(&job.plan.name)?;
    tell_account(job, reporter, &account(job.client, stack.as_ref())?, stack.as_ref());
    let Some(stack) = stack.filter(|stack| stack.status.state() != StackState::DeleteComplete) else {
        return Err(absent(job.client, job.plan, job.spec));
    };
    check_owner(&stack, job.tag())?;
    let meanwhile = format!(
        "CloudFormation continues with the stack `{}`; `pipec deploy {} --continue-rollback` resumes following it",
        stack.name, job.spec
    );
    let mut stack = stack;
    if stack.status.state() == StackState::InProgress {
        reporter.tell(&Event::Following { stack: stack.name.clone(), status: stack.status.to_string() });
        stack.status = follow_on(job.client, reporter, &stack, &meanwhile)?.status;
    }
    if stack.status.state() != StackState::UpdateRollbackFailed {
        reporter.tell(&Event::Note {
            message: format!("the stack is {}: there is no rollback to continue", stack.status),
        });
        return Ok(());
    }
    let start = Instant::now();
    let resume = || Ok(job.client.continue_rollback(&stack.id, skip)?);
    let ((), followed) = operate(job.client, reporter, &stack.id, &stack.name, &meanwhile, resume)?;
    if followed.status.state() != StackState::Stable {
        return Err(stuck(job.client, &Stack { status: followed.status, ..stack })?);
    }
    tell_finished(reporter, &stack.name, &followed.status, start);
    Ok(())
}

/// The account, which a stack's ARN names already.
fn account(client: &dyn AwsClient, stack: Option<&Stack>) -> Step<String> {
    let named = stack.and_then(|stack| stack.id.split(':').nth(ARN_ACCOUNT));
    match named.filter(|account| !account.is_empty()) {
        Some(account) => Ok(account.to_owned()),
        None => Ok(client.identity()?.account),
    }
}

fn tell_account(job: &Job, reporter: &mut dyn Reporter, account: &str, stack: Option<&Stack>) {
    reporter.tell(&Event::Account {
        account: account.to_owned(),
        region: job.client.region().to_owned(),
        stack: job.plan.name.clone(),
        status: stack.map(|stack| stack.status.to_string()),
    });
}

/// Everything of the plan as something to make.
fn tell_planned(job: &Job, reporter: &mut dyn Reporter) -> Outcome {
    let change = |resource: &pipec_compiler::plan::Resource| Change {
        resource: resource.logical_id.to_string(),
        kind: kinds::words(resource.resource_type).to_owned(),
        action: Action::Add,
        what: Vec::new(),
        loss: None,
    };
    let changes = job.plan.resources.iter().map(change).collect();
    reporter.tell(&Event::Changes { changes, shard_steps: Vec::new() });
    Outcome::Differs
}

fn tell_outputs(reporter: &mut dyn Reporter, stack: Option<&Stack>) {
    for output in stack.iter().flat_map(|stack| &stack.outputs) {
        reporter.tell(&Event::Output {
            name: output.name.clone(),
            value: output.value.clone(),
            description: output.description.clone(),
        });
    }
}

fn tell_finished(reporter: &mut dyn Reporter, stack: &str, status: &StackStatus, start: Instant) {
    reporter.tell(&Event::Finished {
        stack: stack.to_owned(),
        status: status.to_string(),
        seconds: start.elapsed().as_secs(),
    });
}

/// A template that is too large for a request, without a bucket to put it into.
fn unseen(job: &Job, reporter: &mut dyn Reporter, stack: Option<&Stack>) -> Step<Outcome> {
    let deployed = match stack.filter(|stack| stack.status.state() == StackState::Stable) {
        Some(stack) => job.client.template(&stack.id)?,
        None => return Ok(tell_planned(job, reporter)),
    };
    if deployed.trim_end() == job.template.trim_end() {
        reporter.tell(&Event::Unchanged { stack: job.plan.name.clone() });
        return Ok(Outcome::Unchanged);
    }
    reporter.tell(&Event::Note {
        message: format!(
            "the template differs, and has over {TEMPLATE_BODY_BYTES_MAX} bytes: name a bucket with \
             `--artifact-bucket` to see how"
        ),
    });
    Ok(Outcome::Differs)
}

/// Data is given up only where its resource is named.
fn guard(changes: &[Change], options: &Options, spec: &str) -> Step<()> {
    let named = |change: &Change| {
        options.allow_replace.iter().any(|name| name.eq_ignore_ascii_case(&change.resource))
    };
    let at_stake: Vec<&Change> =
        changes.iter().filter(|change| change.endangers_data() && !named(change)).collect();
    let Some(first) = at_stake.first() else { return Ok(()) };
    let holds = first.loss.as_ref().map_or("its data", |loss| loss.what.as_str());
    let kept = first.loss.as_ref().is_some_and(|loss| loss.kept);
    let end = match (first.action, kept) {
        (Action::Remove, true) => format!("be removed from the stack, and be retained with {holds}"),
        (Action::Remove, false) => format!("be deleted with {holds}"),
        (_, true) => format!("be replaced by an empty one, and the old one be retained with {holds}"),
        (_, false) => format!("be replaced by an empty one, and {holds} be lost"),
    };
    let would = if first.action == Action::PerhapsReplace { "might" } else { "would" };
    let flags: Vec<String> =
        at_stake.iter().map(|change| format!("--allow-replace {}", change.resource)).collect();
    Err(Stop::fault(
        Code::DataAtStake,
        At::Resource(first.resource.clone()),
        format!("{} ({}) {would} {end}", first.resource, first.kind),
        format!("if that is intended, run `pipec deploy {spec} {}`{}", flags.join(" "), again(first)),
    ))
}

/// Where the data of a resource is as well.
fn again(change: &Change) -> &'static str {
    if change.kind == kinds::words("AWS::KinesisFirehose::DeliveryStream") {
        "; if it reads a stream, the records are also there, for the retention of that stream"
    } else {
        ""
    }
}

/// Executes a change set and follows it to its end.
fn execute(
    job: &Job,
    reporter: &mut dyn Reporter,
    prepared: &Prepared,
    template: &str,
    race: &Race,
) -> Step<()> {
    let start = Instant::now();
    let (name, meanwhile) = (&job.plan.name, job.meanwhile());
    let begin = || change_set::execute(job.client, prepared);
    let (begun, followed) = operate(job.client, reporter, &prepared.stack_id, name, &meanwhile, begin)?;
    // A stack that someone deletes in the meantime is not deployed.
    if followed.status.state() != StackState::Stable || !followed.status.succeeded() {
        race.replace(lost_race(&followed));
        return Err(failure(&followed, &job.plan.name));
    }
    // What was followed may be another deployment, of another spec.
    if begun == Begun::Perhaps && job.client.template(&prepared.stack_id)?.trim_end() != template.trim_end() {
        return Err(change_set::outrun());
    }
    tell_finished(reporter, &job.plan.name, &followed.status, start);
    Ok(())
}
