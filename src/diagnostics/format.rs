//! One list of findings, four renderings.

pub use super::json::Finding;
use super::secrets::Secrets;
use super::{Diagnostic, github, json, sarif, text};
use crate::source::Sources;

/// Who reads the diagnostics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// People: source lines with a caret.
    #[default]
    Text,
    /// Programs: an array of objects.
    Json,
    /// Code scanning services: SARIF 2.1.0.
    Sarif,
    /// GitHub Actions: workflow commands that become annotations.
    Github,
}

/// The findings of one compilation with the files that they lie in.
#[derive(Clone, Copy, Debug)]
pub struct Findings<'a> {
    /// The files.
    pub sources: &'a Sources,
    /// What was found in them.
    pub diagnostics: &'a [Diagnostic],
}

impl Format {
    /// The text of all findings, with ANSI colours in [`Format::Text`] (the stream strips them where they are not
    /// wanted).
    pub fn render(self, findings: &[Findings]) -> String {
        masked(findings, |findings| match self {
            Self::Text => text::render(findings),
            Self::Json => json::render(findings),
            Self::Sarif => sarif::render(findings),
            Self::Github => github::render(findings),
        })
    }
}

/// The findings as flat objects, without the secrets of their files.
pub fn flat(findings: &[Findings]) -> Vec<Finding> {
    masked(findings, json::flat)
}

/// Does something with findings that repeat no secret of their files.
fn masked<T>(findings: &[Findings], then: impl FnOnce(&[Findings]) -> T) -> T {
    let shown: Vec<Vec<Diagnostic>> = findings
        .iter()
        .map(|found| {
            let secrets = Secrets::of(found.sources);
            found.diagnostics.iter().map(|one| secrets.masked(one)).collect()
        })
        .collect();
    let findings: Vec<Findings> = findings
        .iter()
        .zip(&shown)
        .map(|(found, diagnostics)| Findings { sources: found.sources, diagnostics })
        .collect();
    then(&findings)
}
