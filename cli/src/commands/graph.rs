//! `pipec graph`

use clap::{Args, ValueEnum};

use super::output::{Exit, print};
use super::{PipelineArgs, plan};
use pipec_compiler::plan::diagram::{Diagram, Per, dot, mermaid, svg};

/// Draw the pipeline, with the rate and the cost of each part
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec graph pipeline.yaml                          a flowchart for Markdown\n  pipec graph --format svg pipeline.yaml > graph.svg\n  pipec graph --format dot pipeline.yaml | dot -Tpng -o graph.png\n  pipec graph --per hour --env prod pipeline.yaml"
)]
pub(super) struct GraphVerb {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// `mermaid` for Markdown, `dot` for Graphviz, `svg` for browsers
    #[arg(long, value_enum, default_value_t)]
    format: GraphFormat,
    /// Period of the costs
    #[arg(long, value_enum, default_value_t)]
    per: CostSpan,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum GraphFormat {
    #[default]
    Mermaid,
    Dot,
    Svg,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum CostSpan {
    Hour,
    #[default]
    Month,
}

impl GraphVerb {
    pub(super) fn run(self) -> Result<(), Exit> {
        let (stack, _) = plan::priced(&self.pipeline)?;
        let per = match self.per {
            CostSpan::Hour => Per::Hour,
            CostSpan::Month => Per::Month,
        };
        let diagram = Diagram::of(&stack.plan, &stack.cost, per);
        print(&match self.format {
            GraphFormat::Mermaid => mermaid(&diagram),
            GraphFormat::Dot => dot(&diagram),
            GraphFormat::Svg => svg(&diagram, "pipec-head"),
        })
    }
}
