//! `pipec check`

use std::path::PathBuf;

use clap::Args;

use super::RuntimeArgs;
use super::output::{Exit, any_errors, note, parallel, report, tally};
use crate::diagnostics::{Format, Severity};
use crate::world::Disk;

/// Find what AWS would refuse, or silently get wrong
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec check pipeline.yaml\n  pipec check --format sarif pipelines/*.yaml > \
                        pipec.sarif\n  pipec check --deny-warnings pipeline.yaml"
)]
pub(super) struct Check {
    /// Specs to check
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<PathBuf>,
    /// Who reads the findings: `text` goes to stderr, the others to stdout
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
        let found = parallel(&self.specs, |spec| {
            let compilation = crate::compile(&Disk, &programs, spec);
            (compilation.sources, compilation.diagnostics)
        });
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
