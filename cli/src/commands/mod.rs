//! The command line: one file per verb. Results go to stdout, everything else to stderr.

mod aws;
mod build;
mod check;
mod connectors;
mod deploy;
mod destroy;
mod diff;
mod discover;
mod explain;
mod fetch;
mod flink;
mod graph;
mod import;
mod init;
mod logs;
mod output;
mod pages;
mod permissions;
mod plan;
mod prices;
mod progress;
mod report;
mod schema;
mod simulate;
mod since;
mod sql;
mod start;
mod status;
mod stop;
mod tail;
mod test;
mod watched_disk;

use std::path::{Path, PathBuf};

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand};

use output::Exit;
use pipec_compiler::programs::Programs;
use pipec_compiler::world::Disk;
use pipec_compiler::{Compilation, Select};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Compiles a streaming-data pipeline into one least-privilege CloudFormation stack.
#[derive(Debug, Parser)]
#[command(
    name = "pipec",
    version,
    styles = STYLES,
    max_term_width = 100,
    after_help = "Examples:\n  pipec init pipeline.yaml       write a commented spec\n  pipec check pipeline.yaml      \
                  find what AWS would refuse\n  pipec plan pipeline.yaml       shards, permissions and cost\n  \
                  pipec build pipeline.yaml      write the stack\n  pipec sql pipeline.yaml        the query as Flink SQL\n  pipec simulate pipeline.yaml   run it on this machine\n  pipec deploy pipeline.yaml     put it into an account\n  pipec status pipeline.yaml     how it does there\n  pipec explain PIPE0601         what a code means\n\n\
                  Exit codes: 0 fine, 1 the spec has errors or a test failed, 2 usage, 3 AWS said no, 4 output is stale (build --check) or the stack \
                  differs (diff), 130 interrupted"
)]
pub struct Command {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Find faults that AWS would reject, or accept without a warning
    Check(check::Check),
    /// Write the stack: template, artifacts and manifest
    Build(build::Build),
    /// Show the decisions with their arithmetic: shards, permissions, cost
    Plan(plan::PlanVerb),
    /// Draw the pipeline, with the rate and the cost of each part
    Graph(graph::GraphVerb),
    /// Write a report for reviewers: picture, cost, permissions, and what changes against an earlier build
    Report(report::ReportVerb),
    /// Fetch AWS's price list for a pipeline's region, for `pipec plan`
    Prices(prices::PricesVerb),
    /// Print the IAM policy that the deployer of a pipeline needs
    Permissions(permissions::Permissions),
    /// Print the query as Flink SQL: tables, views and inserts
    Sql(sql::SqlVerb),
    /// Run the pipeline on this machine: records through shards, SQL and transform into objects
    Simulate(simulate::Simulate),
    /// Test pipelines on this machine: records that are given, and the rows that are expected
    Test(test::TestVerb),
    /// Install Flink for `pipec simulate`, or show which one it uses
    Flink(flink::Flink),
    /// Deploy the pipeline, or update it
    Deploy(deploy::Deploy),
    /// Show what a deployment would change, without changing anything
    Diff(diff::Diff),
    /// Delete the pipeline's stack, after listing the deleted and the retained resources
    Destroy(destroy::Destroy),
    /// Start the Flink application of a deployed pipeline
    Start(start::Start),
    /// Stop the Flink application of a deployed pipeline; its KPUs are not billed while it is stopped
    Stop(stop::StopVerb),
    /// Show the status of a deployed pipeline: stack, throughput, delays, failures, alarms
    Status(status::StatusVerb),
    /// Read the logs of a deployed pipeline's programs in chronological order
    Logs(logs::Logs),
    /// Read the records of a deployed pipeline's streams, or the objects in its bucket, as they arrive
    Tail(tail::Tail),
    /// Infer the columns of sample records, and write them into a spec
    Discover(discover::Discover),
    /// Convert a Kinesis Data Analytics for SQL application into a spec and its SQL
    Import(import::Import),
    /// Explain a diagnostic's code
    Explain(explain::Explain),
    /// Print the JSON Schema of a spec, for editors
    Schema(schema::SchemaVerb),
    /// Write a commented spec that builds
    Init(init::Init),
    /// Print a shell's completions
    Completions(pages::Completions),
    /// Print the manual
    Man(pages::Man),
}

/// The one pipeline that a verb is about.
#[derive(Clone, Debug, Args)]
struct PipelineArgs {
    /// Spec
    #[arg(value_name = "SPEC")]
    spec: PathBuf,
    /// The pipeline of this environment, instead of the spec's own
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    #[command(flatten)]
    runtime: RuntimeArgs,
}

impl PipelineArgs {
    /// The arguments as they are typed.
    fn typed(&self) -> String {
        let spec = output::typed(&self.spec);
        self.env.as_ref().map_or(spec.clone(), |env| format!("{spec} --env {env}"))
    }
}

/// Programs that take the place of those that this pipec carries.
#[derive(Clone, Debug, Args)]
struct RuntimeArgs {
    /// Folder of prebuilt programs, `<architecture>/<program>`, such as `arm64/transform`
    #[arg(long, value_name = "DIR", display_order = 100)]
    runtime_dir: Option<PathBuf>,
}

impl RuntimeArgs {
    fn programs(&self) -> Result<Programs, Exit> {
        match &self.runtime_dir {
            None => Ok(pipec_programs::embedded()),
            Some(folder) => {
                pipec_programs::embedded().with_folder(&Disk, folder).map_err(|problem| Exit::usage(&problem))
            }
        }
    }
}

/// A spec with all its environments, or with one of them alone.
fn compile(programs: &Programs, spec: &Path, environment: Option<&str>) -> Compilation {
    pipec_compiler::compile(&Disk, programs, spec, environment.map_or(Select::All, Select::Environment))
}

/// Runs a command and gives the process's exit code.
pub fn run(command: Command) -> u8 {
    let result = match command.verb {
        Verb::Check(verb) => verb.run(),
        Verb::Build(verb) => verb.run(),
        Verb::Plan(verb) => verb.run(),
        Verb::Graph(verb) => verb.run(),
        Verb::Report(verb) => verb.run(),
        Verb::Prices(verb) => verb.run(),
        Verb::Permissions(verb) => verb.run(),
        Verb::Sql(verb) => verb.run(),
        Verb::Simulate(verb) => verb.run(),
        Verb::Test(verb) => verb.run(),
        Verb::Flink(verb) => verb.run(),
        Verb::Deploy(verb) => verb.run(),
        Verb::Diff(verb) => verb.run(),
        Verb::Destroy(verb) => verb.run(),
        Verb::Start(verb) => verb.run(),
        Verb::Stop(verb) => verb.run(),
        Verb::Status(verb) => verb.run(),
        Verb::Logs(verb) => verb.run(),
        Verb::Tail(verb) => verb.run(),
        Verb::Discover(verb) => verb.run(),
        Verb::Import(verb) => verb.run(),
        Verb::Explain(verb) => verb.run(),
        Verb::Schema(verb) => verb.run(),
        Verb::Init(verb) => verb.run(),
        Verb::Completions(verb) => verb.run(),
        Verb::Man(verb) => verb.run(),
    };
    match result {
        Ok(()) => 0,
        Err(exit) => exit.code(),
    }
}
