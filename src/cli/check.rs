//! `pipec check`

use std::path::PathBuf;

use clap::Args;

use super::output::{Exit, any_errors, note, parallel, report, tally};
use super::{RuntimeArgs, compile};
use crate::check::same_names;
use crate::diagnostics::{Format, Severity};

/// Find what AWS would reject, or silently get wrong
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec check pipeline.yaml\n  pipec check --env prod pipeline.yaml\n  pipec check --format sarif pipelines/*.yaml > \
                        pipec.sarif\n  pipec check --deny-warnings pipeline.yaml"
)]
pub(super) struct Check {
    /// Specs to check
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<PathBuf>,
    /// Only the pipeline of this environment; without it, the spec's own and those of all its environments
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    /// Output format: `text` goes to stderr, the others to stdout
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Fail on warnings as well
    #[arg(long)]
    deny_warnings: bool,
    #[command(flatten)]
    runtime: RuntimeArgs,
}

impl Check {
    pub(super) fn run(self) -> Result<(), Exit> {
        let programs = self.runtime.programs()?;
        let compiled = parallel(&self.specs, |spec| {
            let compiled = compile(&programs, spec, self.env.as_deref());
            let stacks = compiled.pipelines.into_iter();
            let names: Vec<_> =
                stacks.map(|stack| (stack.plan.name, stack.checked.pipeline().name.span)).collect();
            (compiled.sources, compiled.diagnostics, names)
        });
        let mut found = Vec::new();
        let mut names = Vec::new();
        for (spec, (sources, diagnostics, stacks)) in self.specs.iter().zip(compiled) {
            let path = spec.display().to_string();
            names.extend(stacks.into_iter().map(|(name, span)| (found.len(), path.clone(), name, span)));
            found.push((sources, diagnostics));
        }
        let pipelines = names.iter().map(|(_, path, name, span)| (path.as_str(), name.as_str(), *span));
        for (at, diagnostic) in same_names(pipelines) {
            found[names[at].0].1.push(diagnostic);
        }
        report(&found, self.format)?;
        let failed = any_errors(&found);
        let warned = found
            .iter()
            .any(|(_, diagnostics)| diagnostics.iter().any(|one| one.severity == Severity::Warning));
        if self.format == Format::Text {
            let specs = match self.specs.as_slice() {
                [only] => only.display().to_string(),
                several => format!("{} specs", several.len()),
            };
            let tally = tally(&found);
            let verdict = if failed { "has errors" } else { "is fine" };
            let verdict = if self.specs.len() > 1 && !failed { "are fine" } else { verdict };
            match tally.as_str() {
                "" => note(&format!("{specs} {verdict}")),
                tally => note(&format!("{specs} {verdict}: {tally}")),
            }
        }
        if failed || (warned && self.deny_warnings) { Err(Exit::Spec) } else { Ok(()) }
    }
}
