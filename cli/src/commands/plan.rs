//! `pipec plan`

use clap::{Args, ValueEnum};

use super::output::{Exit, any_errors, note, print, report, tally};
use super::{PipelineArgs, prices};
use pipec_compiler::Stack;
use pipec_compiler::diagnostics::{Diagnostic, Format, Severity};
use pipec_compiler::plan::report::{self as plan_report, Grants};
use pipec_compiler::world::Disk;

/// Show the decisions with their arithmetic: shards, permissions, cost
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec plan pipeline.yaml\n  pipec plan --env prod pipeline.yaml\n  pipec plan --format json pipeline.yaml | jq \
                        .cost.monthly_usd"
)]
pub(super) struct PlanVerb {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// `text` for people, `json` for programs
    #[arg(long, value_enum, default_value_t)]
    format: PlanFormat,
    /// List every permission with its actions, resources and reason
    #[arg(long)]
    grants: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum PlanFormat {
    #[default]
    Text,
    Json,
}

impl PlanVerb {
    pub(super) fn run(self) -> Result<(), Exit> {
        let (stack, advice) = priced(&self.pipeline)?;
        let report = plan_report::report(&stack.plan, &stack.cost, &advice);
        match self.format {
            PlanFormat::Text => {
                print(&plan_report::text(&report, if self.grants { Grants::Listed } else { Grants::Counted }))
            }
            PlanFormat::Json => {
                let mut text = serde_json::to_string_pretty(&report).unwrap_or_default();
                text.push('\n');
                print(&text)
            }
        }
    }
}

/// Compiles a pipeline and estimates its cost, with the price list where `pipec prices` has fetched one. The advice is
/// not reported yet, all other findings are.
pub(super) fn priced(pipeline: &PipelineArgs) -> Result<(Stack, Vec<Diagnostic>), Exit> {
    let programs = pipeline.runtime.programs()?;
    let compilation =
        pipec_compiler::compile(&Disk, &programs, &pipeline.spec, pipeline.env.as_deref().into());
    let pipec_compiler::Compilation { sources, diagnostics, pipelines, .. } = compilation;
    let (mut advice, findings): (Vec<_>, Vec<_>) =
        diagnostics.into_iter().partition(|one| one.severity == Severity::Advice);
    let found = [(sources, findings)];
    report(&found, Format::Text)?;
    let Some(mut stack) = pipelines.into_iter().next().filter(|_| !any_errors(&found)) else {
        note(&format!("no plan: {}", tally(&found)));
        return Err(Exit::Spec);
    };
    match prices::read(&stack.plan.region) {
        Some(list) => stack.price(&list, &mut advice),
        None if !stack.cost.complete => note(&format!(
            "pipec has no prices of {}: fetch them with pipec prices {}",
            stack.plan.region,
            pipeline.typed()
        )),
        None => {}
    }
    Ok((stack, advice))
}
