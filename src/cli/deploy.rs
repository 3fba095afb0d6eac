//! `pipec deploy`

use std::borrow::Cow;
use std::cell::OnceCell;

use clap::Args;

use super::PipelineArgs;
use super::aws::{AwsArgs, Compiled, EventFormat, compile};
use super::connectors::{self, ConnectorArgs};
use super::output::Exit;
use crate::artifacts;
use crate::artifacts::connector::Jar;
use crate::aws::flink::Maven;
use crate::cloud::interrupt::Interrupt;
use crate::cloud::stop::{At, Step, Stop};
use crate::deploy::deployment::{self, Extent, Job, Options, Outcome};
use crate::deploy::report::Event;
use crate::deploy::upload::ArtifactSource;
use crate::diagnostics::Code;
use crate::plan::{Artifact, Content};

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
    /// Replace or delete this resource although it holds data
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
        let compiled = compile(&self.pipeline, self.format)?;
        let interrupt = Interrupt::install();
        self.deploy(&compiled, &interrupt).map_err(|stop| compiled.stopped(stop, self.format))
    }

    fn deploy(&self, compiled: &Compiled, interrupt: &Interrupt) -> Step<()> {
        let client = compiled.client(&self.aws, interrupt)?;
        let source = Source::new(compiled, &self.connectors, interrupt);
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
            return deployment::continue_rollback(&job, &mut *reporter, &self.skip);
        }
        let extent = if self.dry_run { Extent::DryRun } else { Extent::Whole };
        let options = Options { extent, yes: self.yes, allow_replace: self.allow_replace.clone() };
        if deployment::deploy(&job, &mut *reporter, &options)? == Outcome::Differs {
            let message = "nothing was changed: this was a dry run".to_owned();
            reporter.tell(&Event::Note { message });
        }
        Ok(())
    }
}

/// The artifacts of a compiled spec: made from what pipec carries, and a connector.
pub(super) struct Source<'a> {
    compiled: &'a Compiled,
    connectors: &'a ConnectorArgs,
    interrupt: &'a Interrupt,
    jar: OnceCell<Jar>,
}

impl<'a> Source<'a> {
    pub(super) fn new(
        compiled: &'a Compiled,
        connectors: &'a ConnectorArgs,
        interrupt: &'a Interrupt,
    ) -> Self {
        Self { compiled, connectors, interrupt, jar: OnceCell::new() }
    }

    fn bytes(&self, artifact: &Artifact, jar: Option<&Jar>) -> Step<Option<Cow<'_, [u8]>>> {
        let made = artifacts::bytes(artifact, &self.compiled.programs, jar.map(|jar| jar.bytes.as_slice()));
        // What is made from a jar that is gone by then cannot borrow from it.
        let made = made.map(|bytes| bytes.map(|bytes| Cow::Owned(bytes.into_owned())));
        made.map_err(|error| missing(format!("`{}` cannot be built: {error}", artifact.s3_key)))
    }

    /// A jar is used only when it is the one of the lock.
    fn locked(&self, connector: &Maven, jar: Jar) -> Step<&Jar> {
        connectors::verify(&self.compiled.spec, connector, &jar).map_err(missing)?;
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
                let fetched = self.interrupt.during(move || connectors.fetch(&wanted));
                let jar = fetched.ok_or_else(Stop::interrupted)?;
                Some(self.locked(connector, jar.map_err(missing)?)?)
            }
            _ => None,
        };
        self.bytes(artifact, jar)?.ok_or_else(|| missing(format!("`{}` cannot be made", artifact.s3_key)))
    }
}
