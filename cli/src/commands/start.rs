//! `pipec start`

use clap::Args;

use super::PipelineArgs;
use super::aws::{AwsArgs, Compiled, EventFormat, compile};
use super::output::{Exit, note};
use crate::cloud::deployed::deployed;
use crate::cloud::interrupt::Interrupt;
use crate::cloud::stop::Step;
use crate::deploy::application;

/// Start the Flink application of a deployed pipeline
///
/// Starts it with the state of its latest snapshot, and waits until it runs the deployed code and its log shows a
/// running job; if the job fails, the command prints its exception. It reads on from the position in that snapshot,
/// unless the stream has dropped those records meanwhile. Without a snapshot it starts at `analytics.start`, by default
/// the oldest record that the stream still contains, so rows are repeated. A deployment also starts it, without reading
/// the log.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec start pipeline.yaml                  after `pipec stop`, or a failed update\n  \
                        pipec start pipeline.yaml --format json    for programs"
)]
pub(super) struct Start {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Output format: `text` (stderr) or `json` (stdout, one object per line)
    #[arg(long, value_enum, default_value_t)]
    format: EventFormat,
    #[command(flatten)]
    aws: AwsArgs,
}

impl Start {
    pub(super) fn run(self) -> Result<(), Exit> {
        let compiled = compile(&self.pipeline, self.format)?;
        let interrupt = Interrupt::install();
        self.start(&compiled, &interrupt).map_err(|stop| compiled.stopped(stop, self.format))
    }

    fn start(&self, compiled: &Compiled, interrupt: &Interrupt) -> Step<()> {
        let client = compiled.client(&self.aws, interrupt)?;
        let spec = compiled.shown_spec();
        let deployed = deployed(&client, &compiled.stack.plan, &spec)?;
        let found = application::find(&client, &deployed, &spec)?;
        let mut reporter = self.format.reporter(interrupt);
        let target = found.with_log(&spec, &client);
        let told = application::ensure_running(&client, &mut *reporter, &target)?;
        match self.format {
            EventFormat::Text => note("the Flink application is RUNNING with the deployed code"),
            EventFormat::Json if !told => reporter.tell(&application::running(&target)),
            EventFormat::Json => {}
        }
        Ok(())
    }
}
