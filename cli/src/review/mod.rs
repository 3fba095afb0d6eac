//! A report for the reviewer of a change: what each pipeline of some specs is, costs and may, and what is new in it.

mod comparison;
mod earlier;
mod html;
mod markdown;
mod permission;
mod template;

use serde::Serialize;

pub use comparison::Comparison;
pub use earlier::EarlierBuild;
pub use html::html;
pub use markdown::markdown;
pub use permission::Permissions;
use pipec_compiler::Stack;
use pipec_compiler::diagnostics::format::Finding;
use pipec_compiler::plan::cost::estimate;
use pipec_compiler::plan::diagram::{Diagram, Per, mermaid, svg};
use pipec_compiler::plan::report::{self as plan_report, PlanReport};
use pipec_compiler::price_list::Prices;

/// What a report shows.
#[derive(Clone, Debug, Serialize)]
pub struct Review {
    /// The pipelines without errors, in the order of the specs and their environments.
    pub pipelines: Vec<PipelineReview>,
    /// What was found in the specs.
    pub findings: Vec<Finding>,
    /// Where the earlier builds are, if the report compares.
    pub against: Option<String>,
}

/// A pipeline in a report.
#[derive(Clone, Debug, Serialize)]
pub struct PipelineReview {
    /// What `pipec plan` shows.
    pub plan: PlanReport,
    /// The figures that environments are compared by.
    pub figures: Figures,
    /// The picture as SVG.
    #[serde(skip)]
    pub svg: String,
    /// The picture for Mermaid.
    #[serde(skip)]
    pub mermaid: String,
    /// What changes against the earlier build.
    pub earlier: Earlier,
}

/// What is known of the earlier build of a pipeline.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Earlier {
    /// The report does not compare.
    NotAsked,
    /// There was no build of this name.
    New,
    /// There was one.
    Compared(Box<Comparison>),
}

/// A pipeline in a few figures.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// Records per second into the stream at peak; `None` without a stream.
    pub records_per_second: Option<f64>,
    /// Shards of all its streams; `None` without streams that have shards.
    pub shards: Option<u64>,
    /// KPUs that are billed; `None` without Flink.
    pub kpus: Option<u64>,
    /// Resources of the template.
    pub resources: usize,
    /// Permissions.
    pub grants: usize,
    /// Alarms.
    pub alarms: usize,
    /// US dollars per month of everything with a known price.
    pub monthly_usd: Option<f64>,
}

impl PipelineReview {
    /// Looks at a compiled pipeline.
    pub fn of(stack: &Stack, earlier: Earlier) -> Self {
        let diagram = Diagram::of(&stack.plan, &stack.cost, Per::Month);
        let plan = plan_report::report(&stack.plan, &stack.cost, &[]);
        Self {
            figures: Figures::of(&plan),
            svg: svg(&diagram, &format!("arrow-{}", stack.plan.name)),
            mermaid: mermaid(&diagram),
            plan,
            earlier,
        }
    }
}

impl Earlier {
    /// Compares a compiled pipeline with its earlier build; without one, it is new.
    ///
    /// # Errors
    /// A fault of pipec: its own template cannot be read.
    pub fn of(before: Option<&EarlierBuild>, stack: &Stack) -> Result<Self, String> {
        let Some(before) = before else { return Ok(Self::New) };
        // Like with like: the earlier estimate is by pipec's own prices.
        let cost = estimate(&stack.plan, Prices::BuiltIn);
        let after = EarlierBuild::present(&stack.template, &cost)?;
        Ok(Self::Compared(Box::new(Comparison::of(before, &after))))
    }

    /// Whether the command does not compare.
    pub fn is_not_asked(&self) -> bool {
        matches!(self, Self::NotAsked)
    }
}

impl Figures {
    fn of(plan: &PlanReport) -> Self {
        let streams = || {
            let outputs = plan.outputs.iter().map(|output| &output.shards);
            plan.shards.iter().chain(&plan.output_shards).chain(outputs)
        };
        let shards: Vec<u64> =
            streams().filter(|stream| !stream.existing).filter_map(|one| one.count).collect();
        Self {
            records_per_second: plan.shards.as_ref().map(|stream| stream.records_per_second),
            shards: (!shards.is_empty()).then(|| shards.iter().sum()),
            kpus: plan.analytics.as_ref().map(|analytics| analytics.billed_kpus),
            resources: plan.resources.len(),
            grants: plan.grants.len(),
            alarms: plan.alarms.as_ref().map_or(0, |alarms| alarms.alarms.len()),
            monthly_usd: plan.cost.prices_as_of.is_some().then_some(plan.cost.monthly_usd),
        }
    }
}
