//! `pipec destroy`

use clap::Args;

use super::PipelineArgs;
use super::aws::{AwsArgs, Compiled, EventFormat, compile};
use super::output::Exit;
use crate::cloud::interrupt::Interrupt;
use crate::cloud::stop::{Step, Stop};
use crate::deploy::destroy::{self, Job, Options};

/// Delete the pipeline's stack, after listing the deleted and the retained resources
///
/// The buckets stay with their objects unless `--empty-bucket` is given, the artifacts unless `--artifacts` is.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec destroy pipeline.yaml                   the stack; the data stays\n  \
                        pipec destroy pipeline.yaml --empty-bucket    the data as well, all versions\n  \
                        pipec destroy pipeline.yaml --skip Stream     leave what cannot be deleted"
)]
pub(super) struct Destroy {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Skip the confirmation prompt
    #[arg(long, short)]
    yes: bool,
    /// Delete the pipeline's buckets with all versions of their objects
    #[arg(long)]
    empty_bucket: bool,
    /// Delete the artifacts that no other pipeline uses
    #[arg(long)]
    artifacts: bool,
    /// Retain this resource, which cannot be deleted
    #[arg(long, value_name = "NAME")]
    skip: Vec<String>,
    /// Output format: `text` (stderr) or `json` (stdout, one object per line)
    #[arg(long, value_enum, default_value_t)]
    format: EventFormat,
    #[command(flatten)]
    aws: AwsArgs,
}

impl Destroy {
    pub(super) fn run(self) -> Result<(), Exit> {
        let compiled = compile(&self.pipeline, self.format)?;
        let interrupt = Interrupt::install();
        self.destroy(&compiled, &interrupt)
            .map_err(|stop| compiled.stopped(self.with_policy(stop), self.format))
    }

    /// With the policy that allows what is destroyed: `pipec permissions` takes the same options.
    fn with_policy(&self, stop: Stop) -> Stop {
        let Stop::Fault(mut fault) = stop else { return stop };
        let options = [(self.empty_bucket, " --empty-bucket"), (self.artifacts, " --artifacts")];
        let options: String = options.iter().filter(|(given, _)| *given).map(|(_, option)| *option).collect();
        let command = "pipec permissions SPEC";
        fault.help = fault.help.replace(command, &format!("{command}{options}"));
        Stop::Fault(fault)
    }

    fn destroy(&self, compiled: &Compiled, interrupt: &Interrupt) -> Step<()> {
        let client = compiled.client(&self.aws, interrupt)?;
        let spec = compiled.shown_spec();
        let job = Job { client: &client, plan: &compiled.stack.plan, spec: &spec };
        let options = Options {
            yes: self.yes,
            empty_bucket: self.empty_bucket,
            artifacts: self.artifacts,
            skip: self.skip.clone(),
        };
        destroy::destroy(&job, &mut *self.format.reporter(interrupt), &options)
    }
}
