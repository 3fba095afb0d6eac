//! `pipec report`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::output::{Exit, any_errors, note, parallel, print, report, shown, tally, typed, write};
use super::test::without_tests;
use super::{RuntimeArgs, compile, plan};
use crate::review::{PipelineReview, Review, html, markdown};
use pipec_compiler::diagnostics::format::{self, Findings};
use pipec_compiler::diagnostics::{Format, Severity};

/// Write a report for reviewers: picture, cost, permissions, and what changes against an earlier build
///
/// The page stands alone and requests nothing. The report is written with errors in the specs as well: then it has the
/// findings, and the pipelines without errors.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec report pipeline.yaml --out report.html\n  pipec report pipelines/*.yaml --against generated --out \
                  report.html\n  pipec report --format markdown --against generated pipeline.yaml > comment.md"
)]
pub(super) struct ReportVerb {
    /// Specs
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<PathBuf>,
    /// Only the pipeline of this environment; without it, the spec's own and those of all its environments
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    /// Compare with the builds in DIR, the output folder of an earlier `pipec build`
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,
    /// File to write; without it, the report goes to stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// `html` for a page, `markdown` for a comment on a pull request
    #[arg(long, value_enum, default_value_t)]
    format: ReportFormat,
    #[command(flatten)]
    runtime: RuntimeArgs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    #[default]
    Html,
    Markdown,
}

impl ReportVerb {
    pub(super) fn run(mut self) -> Result<(), Exit> {
        self.specs = without_tests(self.specs);
        let programs = self.runtime.programs()?;
        let compiled = parallel(&self.specs, |spec| compile(&programs, spec, self.env.as_deref()));
        let mut pipelines = Vec::new();
        let mut found = Vec::new();
        for (spec, compilation) in self.specs.iter().zip(compiled) {
            let mut diagnostics = compilation.diagnostics;
            for mut stack in compilation.pipelines {
                // The advice of this pipeline changes with its prices, not that of another.
                plan::price(&mut stack, &mut diagnostics, &typed(spec));
                let earlier = plan::earlier(self.against.as_deref(), &stack)?;
                pipelines.push(PipelineReview::of(&stack, earlier));
            }
            found.push((compilation.sources, diagnostics));
        }
        let findings: Vec<Findings> =
            found.iter().map(|(sources, diagnostics)| Findings { sources, diagnostics }).collect();
        let review = Review {
            pipelines,
            findings: format::flat(&findings),
            against: self.against.as_deref().map(shown),
        };
        let text = match self.format {
            ReportFormat::Html => html(&review).map_err(|problem| Exit::usage(&problem))?,
            ReportFormat::Markdown => markdown(&review),
        };
        match &self.out {
            None => print(&text)?,
            Some(path) => {
                write(path, text.as_bytes())?;
                note(&format!("{}: {}", shown(path), self.contents(review.pipelines.len())));
            }
        }
        if any_errors(&found) {
            for (_, diagnostics) in &mut found {
                diagnostics.retain(|one| one.severity == Severity::Error);
            }
            report(&found, Format::Text)?;
            note(&format!("the report lacks the pipelines with errors: {}", tally(&found)));
            return Err(Exit::Spec);
        }
        Ok(())
    }

    fn contents(&self, pipelines: usize) -> String {
        let count = if pipelines == 1 { "1 pipeline".to_owned() } else { format!("{pipelines} pipelines") };
        match &self.against {
            None => count,
            Some(folder) => format!("{count}, compared with {}", shown(folder)),
        }
    }
}
