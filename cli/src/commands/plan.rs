//! `pipec plan`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::output::{Exit, any_errors, note, print, report, shown, tally};
use super::progress::changes_text;
use super::{PipelineArgs, prices};
use crate::review::{Earlier, EarlierBuild};
use pipec_compiler::Stack;
use pipec_compiler::amount::dollars_more;
use pipec_compiler::compare::{self, KINDS, Kind, kind_of};
use pipec_compiler::diagnostics::{Diagnostic, Format, Severity};
use pipec_compiler::plan::report::{self as plan_report, Grants, PlanReport};
use pipec_compiler::terminal::printable;
use pipec_compiler::world::Disk;

/// Show the decisions with their arithmetic: shards, permissions, cost
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec plan pipeline.yaml\n  pipec plan --env prod pipeline.yaml\n  pipec plan --against generated pipeline.yaml\n  pipec plan --compare parquet,iceberg pipeline.yaml\n  pipec plan --format json pipeline.yaml | jq \
                        .cost.monthly_usd"
)]
pub(super) struct PlanVerb {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Output format: `text` or `json`
    #[arg(long, value_enum, default_value_t)]
    format: PlanFormat,
    /// List every permission with its actions, resources and reason
    #[arg(long)]
    grants: bool,
    /// Compare with other destinations, and formats in S3, of the first delivery: their latency, price, limits, and what their
    /// owners have to do. What the spec lacks for one is a placeholder that is named
    #[arg(long, value_name = "KINDS", value_delimiter = ',', value_parser = kind, conflicts_with_all = ["grants", "against"])]
    compare: Vec<&'static Kind>,
    /// Compare with the build in DIR, the output folder of an earlier `pipec build`
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum PlanFormat {
    #[default]
    Text,
    Json,
}

/// A plan, beside the earlier build if the command compares.
#[derive(Serialize)]
struct Compared {
    #[serde(flatten)]
    report: PlanReport,
    #[serde(skip_serializing_if = "Earlier::is_not_asked")]
    earlier: Earlier,
}

impl PlanVerb {
    pub(super) fn run(self) -> Result<(), Exit> {
        if !self.compare.is_empty() {
            return self.compared();
        }
        let (stack, advice) = priced(&self.pipeline)?;
        let report = plan_report::report(&stack.plan, &stack.cost, &advice);
        let earlier = earlier(self.against.as_deref(), &stack)?;
        match self.format {
            PlanFormat::Text => {
                let grants = if self.grants { Grants::Listed } else { Grants::Counted };
                print(
                    &(plan_report::text(&report, grants) + &against_text(self.against.as_deref(), &earlier)),
                )
            }
            PlanFormat::Json => {
                let mut text =
                    serde_json::to_string_pretty(&Compared { report, earlier }).unwrap_or_default();
                text.push('\n');
                print(&text)
            }
        }
    }
}

impl PlanVerb {
    /// The pipeline beside itself with other destinations.
    fn compared(&self) -> Result<(), Exit> {
        let programs = self.pipeline.runtime.programs()?;
        let (spec, environment) = (&self.pipeline.spec, self.pipeline.env.as_deref());
        match compare::compare(&Disk, &programs, spec, environment, &self.compare, &prices::read) {
            Ok(comparison) if self.format == PlanFormat::Json => {
                print(&(serde_json::to_string_pretty(&comparison).unwrap_or_default() + "\n"))
            }
            Ok(comparison) => print(&compare::text(&comparison)),
            Err(found) => {
                let found = [found];
                report(&found, Format::Text)?;
                note(&format!("no plan: {}", tally(&found)));
                Err(Exit::Spec)
            }
        }
    }
}

/// A destination, or a format in S3, by its name.
fn kind(name: &str) -> Result<&'static Kind, String> {
    let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    kind_of(name).ok_or_else(|| format!("write one of {}", names.join(", ")))
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
    price(&mut stack, &mut advice, &pipeline.typed());
    Ok((stack, advice))
}

/// Estimates the cost anew where `pipec prices` has fetched a price list. `typed` is the pipeline as an argument.
pub(super) fn price(stack: &mut Stack, advice: &mut Vec<Diagnostic>, typed: &str) {
    match prices::read(&stack.plan.region) {
        Some(list) => stack.price(&list, advice),
        None if !stack.cost.complete => note(&format!(
            "pipec has no prices of {}: fetch them with pipec prices {typed}",
            stack.plan.region
        )),
        None => {}
    }
}

/// Compares a pipeline with its earlier build.
pub(super) fn earlier(folder: Option<&Path>, stack: &Stack) -> Result<Earlier, Exit> {
    let Some(folder) = folder else { return Ok(Earlier::NotAsked) };
    if !folder.is_dir() {
        return Err(Exit::usage(&format!(
            "`{}` is not a folder: name the output folder of `pipec build`",
            shown(folder)
        )));
    }
    let before =
        EarlierBuild::read(&Disk, folder, &stack.plan.name).map_err(|problem| Exit::usage(&problem))?;
    Earlier::of(before.as_ref(), stack).map_err(|problem| Exit::usage(&problem))
}

/// What is new against the earlier build, for people.
fn against_text(folder: Option<&Path>, earlier: &Earlier) -> String {
    let folder = folder.map(shown).unwrap_or_default();
    let comparison = match earlier {
        Earlier::NotAsked => return String::new(),
        Earlier::New => return printable(&format!("\nnew: {folder} has no pipeline of this name\n")),
        Earlier::Compared(comparison) => comparison,
    };
    let mut text = format!("\nagainst {folder}\n");
    if comparison.is_empty() {
        text.push_str("  no changes\n");
        return printable(&text);
    }
    if !comparison.changes.is_empty() {
        text += &format!("{}\n", changes_text(&comparison.changes, &[]));
    }
    for (title, permissions) in [("gained", &comparison.gained), ("lost", &comparison.lost)] {
        for one in permissions {
            let condition =
                if one.condition.is_empty() { String::new() } else { format!(" if {}", one.condition) };
            text += &format!(
                "{} {title}  {}: {} on {}{condition}\n",
                if one.effect == "Allow" { "permission" } else { "denial" },
                one.principal,
                one.actions.join(", "),
                one.resource
            );
        }
    }
    for cost in &comparison.costs {
        text += &format!("cost  {}: {} USD per month\n", cost.item, dollars_more(cost.monthly_usd));
    }
    if let Some(more) = comparison.monthly_usd_more().filter(|_| !comparison.costs.is_empty()) {
        text += &format!("cost  {} USD per month in all, by pipec's own prices\n", dollars_more(more));
    }
    printable(&text)
}
