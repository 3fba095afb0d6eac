//! `pipec logs`

use clap::{Args, ValueEnum};

use super::PipelineArgs;
use super::aws::{AwsArgs, Compiled, EventFormat, compile};
use super::output::{Exit, print};
use super::since::since;
use crate::cloud::deployed::deployed;
use crate::cloud::interrupt::Interrupt;
use crate::cloud::observer::Observer;
use crate::cloud::stop::{Step, Stop};
use crate::watch::logs::{self, Options, Program};
use pipec_compiler::plan::Plan;

/// Read the logs of a deployed pipeline's programs in chronological order
///
/// JSON lines of Flink and Firehose are shortened; `--format json` prints them whole.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec logs pipeline.yaml                         all programs, the last hour\n  \
                        pipec logs pipeline.yaml flink --since 1d        the Flink application's, of a day\n  \
                        pipec logs pipeline.yaml delivery                what Firehose could not deliver\n  \
                        pipec logs pipeline.yaml --follow --filter WARN  what comes in, with this text\n\n\
                        `--follow` runs until Ctrl-C and then exits 0."
)]
pub(super) struct Logs {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Program whose log is read
    #[arg(value_enum, default_value_t)]
    program: Whose,
    /// Start this long ago
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = since)]
    since: i64,
    /// Keep waiting for new events
    #[arg(long, short)]
    follow: bool,
    /// Only events that contain this string (case-sensitive)
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Output format: `text`, or `json` with one object per line
    #[arg(long, value_enum, default_value_t)]
    format: EventFormat,
    #[command(flatten)]
    aws: AwsArgs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Whose {
    /// The Lambda transform
    Transform,
    /// The Flink application
    Flink,
    /// Firehose: records that it could not deliver
    Delivery,
    /// The producer's instances
    Producer,
    /// The function that starts the Flink application
    Starter,
    /// All programs
    #[default]
    All,
}

impl Whose {
    /// The programs of the pipeline that are meant.
    fn programs(self, plan: &Plan) -> Result<Vec<Program>, Exit> {
        let there = Program::of(plan);
        let one = match self {
            Self::All => return Ok(there),
            Self::Transform => Program::Transform,
            Self::Flink => Program::Flink,
            Self::Delivery => Program::Delivery,
            Self::Producer => Program::Producer,
            Self::Starter => Program::Starter,
        };
        if there.contains(&one) {
            return Ok(vec![one]);
        }
        let names: Vec<&str> = there.iter().map(|program| program.name()).collect();
        Err(Exit::usage(&format!("this pipeline has no {}; it has logs of {}", one.name(), names.join(", "))))
    }
}

impl Logs {
    pub(super) fn run(self) -> Result<(), Exit> {
        let compiled = compile(&self.pipeline, EventFormat::Text)?;
        let programs = self.program.programs(&compiled.stack.plan)?;
        let interrupt = Interrupt::install();
        let mut closed = Ok(());
        match self.logs(&compiled, &programs, &interrupt, &mut closed) {
            // Who follows has no other way to end it.
            Err(Stop::Interrupted(_)) if self.follow => Ok(()),
            Err(stop) => Err(compiled.stopped(stop, self.format)),
            Ok(()) => closed,
        }
    }

    fn logs(
        &self,
        compiled: &Compiled,
        programs: &[Program],
        interrupt: &Interrupt,
        closed: &mut Result<(), Exit>,
    ) -> Step<()> {
        let client = compiled.client(&self.aws, interrupt)?;
        let deployed = deployed(&client, &compiled.stack.plan, &compiled.shown_spec())?;
        let since = client.now().saturating_sub(self.since).max(0);
        let graph = &compiled.stack.plan.graph;
        let options = Options { graph, programs, since, follow: self.follow, filter: self.filter.as_deref() };
        logs::logs(&client, &deployed, &options, &mut |logged| {
            let line = match self.format {
                EventFormat::Text => logs::text(logged),
                EventFormat::Json => logged.json().to_string(),
            };
            *closed = print(&format!("{line}\n"));
            closed.is_ok()
        })
    }
}
