//! `pipec plan`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::RuntimeArgs;
use super::output::{Exit, any_errors, note, print, report, tally};
use crate::diagnostics::{Format, Severity};
use crate::plan::report as plan_report;
use crate::world::Disk;

/// Show the decisions with their arithmetic: shards, permissions, cost
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec plan pipeline.yaml\n  pipec plan --env prod pipeline.yaml\n  pipec plan --format json pipeline.yaml | jq \
                        .cost.monthly_usd"
)]
pub(super) struct PlanVerb {
    /// The spec
    #[arg(value_name = "SPEC")]
    spec: PathBuf,
    /// The pipeline of this environment, instead of the spec's own
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    /// `text` for people, `json` for programs
    #[arg(long, value_enum, default_value_t)]
    format: PlanFormat,
    #[command(flatten)]
    runtime: RuntimeArgs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum PlanFormat {
    #[default]
    Text,
    Json,
}

impl PlanVerb {
    pub(super) fn run(self) -> Result<(), Exit> {
        let programs = self.runtime.programs()?;
        let compilation = crate::compile(&Disk, &programs, &self.spec, self.env.as_deref());
        let (advice, findings): (Vec<_>, Vec<_>) =
            compilation.diagnostics.into_iter().partition(|one| one.severity == Severity::Advice);
        let found = [(compilation.sources, findings)];
        report(&found, Format::Text)?;
        let Some(stack) = compilation.stack.filter(|_| !any_errors(&found)) else {
            note(&format!("no plan: {}", tally(&found)));
            return Err(Exit::Spec);
        };
        let report = plan_report::report(&stack.plan, &stack.cost, &advice);
        match self.format {
            PlanFormat::Text => print(&plan_report::text(&report)),
            PlanFormat::Json => {
                let mut text = serde_json::to_string_pretty(&report).unwrap_or_default();
                text.push('\n');
                print(&text)
            }
        }
    }
}
