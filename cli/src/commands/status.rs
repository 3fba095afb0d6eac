//! `pipec status`

use clap::Args;

use super::PipelineArgs;
use super::aws::{AwsArgs, Compiled, EventFormat, compile};
use super::output::{Exit, print};
use crate::cloud::deployed::deployed;
use crate::cloud::interrupt::Interrupt;
use crate::cloud::stop::Step;
use crate::watch::status::{self, Watched};

/// Show the status of a deployed pipeline: stack, throughput, delays, failures, alarms
///
/// One call to CloudWatch for all metrics: peaks per minute of the last hour, next to the values that the spec declares.
/// Missing data is reported as such. CloudWatch charges about 0.01 USD per thousand metrics; a pipeline has about twenty.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec status pipeline.yaml                  as text; `!` marks problems\n  \
                        pipec status pipeline.yaml --format json    as JSON; `null` means no data\n\n\
                        Exits with 0 if everything could be read, and with 3 if AWS rejected a call or there is no \
                        stack. Readable parts are printed in any case."
)]
pub(super) struct StatusVerb {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Output format: `text` or `json`
    #[arg(long, value_enum, default_value_t)]
    format: EventFormat,
    #[command(flatten)]
    aws: AwsArgs,
}

impl StatusVerb {
    pub(super) fn run(self) -> Result<(), Exit> {
        let compiled = compile(&self.pipeline, EventFormat::Text)?;
        let interrupt = Interrupt::install();
        match self.status(&compiled, &interrupt) {
            Ok((text, complete)) => print(&text).and(if complete { Ok(()) } else { Err(Exit::Aws) }),
            Err(stop) => Err(compiled.stopped(stop, self.format)),
        }
    }

    /// The status in its format, and whether everything could be read.
    fn status(&self, compiled: &Compiled, interrupt: &Interrupt) -> Step<(String, bool)> {
        let client = compiled.client(&self.aws, interrupt)?;
        let plan = &compiled.stack.plan;
        let spec = compiled.shown_spec();
        let deployed = &deployed(&client, plan, &spec)?;
        let status = status::status(&client, &client, &Watched { plan, deployed, spec: &spec })?;
        let text = match self.format {
            EventFormat::Text => status::text(&status, &spec),
            EventFormat::Json => format!("{:#}\n", serde_json::json!(status)),
        };
        Ok((text, status.unread.is_empty()))
    }
}
