//! `pipec check`

use std::path::PathBuf;

use clap::Args;

use super::output::{Exit, FindingsFormat, any_errors, note, parallel, report, tally, today};
use super::test::without_tests;
use super::{RuntimeArgs, compile};
use pipec_compiler::check::same_names;
use pipec_compiler::diagnostics::{Diagnostic, Severity};
use pipec_compiler::source::Sources;

/// Find faults that AWS would reject, or accept without a warning
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
    format: FindingsFormat,
    /// Fail on warnings as well
    #[arg(long)]
    deny_warnings: bool,
    #[command(flatten)]
    runtime: RuntimeArgs,
}

impl Check {
    pub(super) fn run(mut self) -> Result<(), Exit> {
        self.specs = without_tests(self.specs);
        let programs = self.runtime.programs()?;
        let compiled = parallel(&self.specs, |spec| {
            let mut compiled = compile(&programs, spec, self.env.as_deref());
            compiled.on_day(&today());
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
        report(&found, self.format.into())?;
        let failed = any_errors(&found);
        let warned = found
            .iter()
            .any(|(_, diagnostics)| diagnostics.iter().any(|one| one.severity == Severity::Warning));
        if self.format == FindingsFormat::Text {
            let verdict = self.verdict(&found);
            match tally(&found).as_str() {
                "" => note(&verdict),
                tally => note(&format!("{verdict}: {tally}")),
            }
        }
        if failed || (warned && self.deny_warnings) { Err(Exit::Spec) } else { Ok(()) }
    }
    /// What came of the specs, in a sentence.
    fn verdict(&self, found: &[(Sources, Vec<Diagnostic>)]) -> String {
        let with = |severity: Severity| {
            let has = |diagnostics: &[Diagnostic]| diagnostics.iter().any(|one| one.severity == severity);
            found.iter().filter(|(_, diagnostics)| has(diagnostics)).count()
        };
        let (wrong, what) = match (with(Severity::Error), with(Severity::Warning)) {
            (0, warned) if self.deny_warnings => (warned, "warnings, which `--deny-warnings` denies"),
            (wrong, _) => (wrong, "errors"),
        };
        match (self.specs.as_slice(), wrong) {
            ([only], 0) => format!("{} is fine", only.display()),
            ([only], _) => format!("{} has {what}", only.display()),
            (several, 0) => format!("{} specs are fine", several.len()),
            (several, 1) => format!("1 of {} specs has {what}", several.len()),
            (several, wrong) => format!("{wrong} of {} specs have {what}", several.len()),
        }
    }
}
