//! `pipec deploy`

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};

use clap::Args;

use super::PipelineArgs;
use super::aws::{AwsArgs, Compiled, EventFormat, compile};
use super::connectors::{self, ConnectorArgs};
use super::output::Exit;
use crate::cloud::interrupt::Interrupt;
use crate::cloud::stop::{At, Step, Stop};
use crate::deploy::deployment::{self, Extent, Job, Options, Outcome};
use crate::deploy::report::Event;
use crate::deploy::upload::ArtifactSource;
use pipec_compiler::artifacts;
use pipec_compiler::artifacts::connector::Jar;
use pipec_compiler::aws::flink::Maven;
use pipec_compiler::diagnostics::Code;
use pipec_compiler::plan::{Artifact, Content};

/// Deploy the pipeline, or update it
///
/// Compiles, uploads the artifacts, shows the changes of a change set, prompts, executes it and follows it until it is
/// complete. Every step can be repeated: the next `pipec deploy` resumes an interrupted deployment. Region, profile and
/// login are those of the AWS CLI.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec deploy pipeline.yaml                  show the changes, prompt, and apply them\n  \
                        pipec deploy pipeline.yaml --env prod       those of an environment\n  \
                        pipec deploy pipeline.yaml --dry-run        only show them\n  \
                        pipec deploy pipeline.yaml --yes --format json     in CI\n  \
                        pipec deploy pipeline.yaml --allow-replace Stream  although its records are lost\n  \
                        pipec deploy pipeline.yaml --continue-rollback     after UPDATE_ROLLBACK_FAILED"
)]
pub(super) struct Deploy {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Skip the confirmation prompt
    #[arg(long, short)]
    yes: bool,
    /// Show the changes, and leave nothing in the account
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Replace or delete this resource although it contains data
    #[arg(long, value_name = "NAME")]
    allow_replace: Vec<String>,
    /// Bucket for the artifacts, in the stack's region, instead of pipec's own
    #[arg(long, value_name = "NAME", env = "PIPEC_ARTIFACT_BUCKET")]
    artifact_bucket: Option<String>,
    /// Continue the failed rollback of an update
    #[arg(long, conflicts_with_all = ["dry_run", "allow_replace"])]
    continue_rollback: bool,
    /// Skip this resource in the rollback
    #[arg(long, value_name = "NAME", requires = "continue_rollback")]
    skip: Vec<String>,
    /// Output format: `text` (stderr) or `json` (stdout, one object per line)
    #[arg(long, value_enum, default_value_t)]
    format: EventFormat,
    #[command(flatten)]
    aws: AwsArgs,
    #[command(flatten)]
    connectors: ConnectorArgs,
}

impl Deploy {
    pub(super) fn run(self) -> Result<(), Exit> {
        let interrupt = Interrupt::install();
        let mut compiled = compile(&self.pipeline, self.format)?;
        let mut done = self.deploy(&compiled, &interrupt);
        // The lock has taken in the first jar, whose digest is part of a key.
        if matches!(done, Ok(Progress::Locked)) {
            compiled = compile(&self.pipeline, self.format)?;
            done = self.deploy(&compiled, &interrupt);
        }
        done.map(|_| ()).map_err(|stop| compiled.stopped(stop, self.format))
    }

    fn deploy(&self, compiled: &Compiled, interrupt: &Interrupt) -> Step<Progress> {
        let client = compiled.client(&self.aws, interrupt)?;
        let source = Source::new(compiled, &self.connectors, interrupt);
        if !self.continue_rollback && source.lock_first_jar(!self.dry_run)? {
            return Ok(Progress::Locked);
        }
        let spec = compiled.shown_spec();
        let job = Job {
            client: &client,
            plan: &compiled.stack.plan,
            template: &compiled.stack.template,
            source: &source,
            artifact_bucket: self.artifact_bucket.as_deref(),
            spec: &spec,
        };
        let mut reporter = self.format.reporter(interrupt);
        if self.continue_rollback {
            deployment::continue_rollback(&job, &mut *reporter, &self.skip)?;
            return Ok(Progress::Done);
        }
        let extent = if self.dry_run { Extent::DryRun } else { Extent::Whole };
        let options = Options { extent, yes: self.yes, allow_replace: self.allow_replace.clone() };
        let outcome = match deployment::deploy(&job, &mut *reporter, &options) {
            Err(_) if source.locked_first.get() => return Ok(Progress::Locked),
            outcome => outcome?,
        };
        if outcome == Outcome::Differs {
            let message = "nothing was changed: this was a dry run".to_owned();
            reporter.tell(&Event::Note { message });
        }
        Ok(Progress::Done)
    }
}

/// How far a deployment came.
enum Progress {
    /// To its end.
    Done,
    /// To a lock that has taken a jar in: the keys are different now.
    Locked,
}

/// The artifacts of a compiled spec: made from what pipec carries, and a connector.
pub(super) struct Source<'a> {
    compiled: &'a Compiled,
    connectors: &'a ConnectorArgs,
    interrupt: &'a Interrupt,
    jar: OnceCell<Jar>,
    /// Whether the lock has taken in a jar that was fetched.
    locked_first: Cell<bool>,
}

impl<'a> Source<'a> {
    pub(super) fn new(
        compiled: &'a Compiled,
        connectors: &'a ConnectorArgs,
        interrupt: &'a Interrupt,
    ) -> Self {
        Self { compiled, connectors, interrupt, jar: OnceCell::new(), locked_first: Cell::new(false) }
    }

    fn bytes(&self, artifact: &Artifact, jar: Option<&Jar>) -> Step<Option<Cow<'_, [u8]>>> {
        let made = artifacts::bytes(artifact, &self.compiled.programs, jar.map(|jar| jar.bytes.as_slice()));
        // What is made from a jar that is gone by then cannot borrow from it.
        let made = made.map(|bytes| bytes.map(|bytes| Cow::Owned(bytes.into_owned())));
        made.map_err(|error| missing(format!("`{}` cannot be built: {error}", artifact.s3_key)))
    }

    /// Holds the jar that is on this machine against the lock, before anything is made or sent; whether the lock has
    /// taken it in, where it may.
    fn lock_first_jar(&self, may_write: bool) -> Step<bool> {
        let Some(connector) = artifacts::connector(&self.compiled.stack.plan) else { return Ok(false) };
        let Some(jar) = self.connectors.find(&connector).map_err(missing)? else { return Ok(false) };
        let spec = &self.compiled.spec;
        let is_new = match may_write {
            true => connectors::verify(spec, &connector, &jar),
            false => connectors::check(spec, &connector, &jar).map(|_| false),
        };
        is_new.map_err(missing)
    }

    /// A jar is used only when it is the one of the lock.
    fn locked(&self, connector: &Maven, jar: Jar) -> Step<&Jar> {
        connectors::check(&self.compiled.spec, connector, &jar).map_err(missing)?;
        Ok(self.jar.get_or_init(|| jar))
    }
}

fn missing(problem: String) -> Stop {
    Stop::fault(
        Code::ArtifactMissing,
        At::Resource("Analytics".to_owned()),
        problem,
        "name the jar with `--connector-jar`, or a repository that has it with `--maven-repository`",
    )
}

impl ArtifactSource for Source<'_> {
    fn local(&self, artifact: &Artifact) -> Step<Option<Cow<'_, [u8]>>> {
        let Content::Flink { connector, .. } = &artifact.content else { return self.bytes(artifact, None) };
        let jar = match self.jar.get() {
            Some(jar) => Some(jar),
            None => match self.connectors.find(connector).map_err(missing)? {
                Some(jar) => Some(self.locked(connector, jar)?),
                None => None,
            },
        };
        self.bytes(artifact, jar)
    }

    fn fetched(&self, artifact: &Artifact) -> Step<Cow<'_, [u8]>> {
        let jar = match &artifact.content {
            Content::Flink { connector, .. } => {
                let (connectors, wanted) = (self.connectors.clone(), *connector);
                let spec = self.compiled.spec.clone();
                let fetched = self.interrupt.during(move || connectors.fetch(&spec, &wanted));
                let jar = fetched.ok_or_else(Stop::interrupted)?.map_err(missing)?;
                if connectors::verify(&self.compiled.spec, connector, &jar).map_err(missing)? {
                    self.locked_first.set(true);
                    return Err(Stop::interrupted());
                }
                Some(self.locked(connector, jar)?)
            }
            _ => None,
        };
        self.bytes(artifact, jar)?.ok_or_else(|| missing(format!("`{}` cannot be made", artifact.s3_key)))
    }
}
