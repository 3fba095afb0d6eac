//! `pipec stop`

use clap::Args;

use super::PipelineArgs;
use super::aws::{AwsArgs, Compiled, EventFormat, compile};
use super::output::Exit;
use crate::cloud::deployed::deployed;
use crate::cloud::interrupt::Interrupt;
use crate::cloud::stop::Step;
use crate::deploy::{application, application_stop};

/// Stop the Flink application of a deployed pipeline; its KPUs are not billed while it is stopped
///
/// Saves its state in a snapshot first. The rest of the pipeline continues: the stream accepts records, which are
/// read after `pipec start` if the stream still has them, and Firehose delivers what it has. The alarms `job_down` and
/// `iterator_age` ring until the start.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec stop pipeline.yaml            print the savings, prompt, and stop the \
                  application\n  \
                        pipec stop pipeline.yaml --yes      in scripts, such as every evening\n  \
                        pipec stop pipeline.yaml --force    a job that cannot take a snapshot"
)]
pub(super) struct StopVerb {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Skip the confirmation prompt
    #[arg(long, short)]
    yes: bool,
    /// Stop without a snapshot: records since the last one are read again, and rows repeated
    #[arg(long)]
    force: bool,
    /// Output format: `text` (stderr) or `json` (stdout, one object per line)
    #[arg(long, value_enum, default_value_t)]
    format: EventFormat,
    #[command(flatten)]
    aws: AwsArgs,
}

impl StopVerb {
    pub(super) fn run(self) -> Result<(), Exit> {
        let compiled = compile(&self.pipeline, self.format)?;
        let interrupt = Interrupt::install();
        self.stop(&compiled, &interrupt).map_err(|stop| compiled.stopped(stop, self.format))
    }

    fn stop(&self, compiled: &Compiled, interrupt: &Interrupt) -> Step<()> {
        let client = compiled.client(&self.aws, interrupt)?;
        let spec = compiled.shown_spec();
        let plan = &compiled.stack.plan;
        let deployed = deployed(&client, plan, &spec)?;
        let found = application::find(&client, &deployed, &spec)?;
        let mut reporter = self.format.reporter(interrupt);
        application_stop::stop(&client, &mut *reporter, plan, &found.target(&spec), (self.yes, self.force))
    }
}
