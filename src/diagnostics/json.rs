//! For programs: an array of flat objects. The field names are a contract.

use serde::Serialize;

use super::format::Findings;

/// A finding with its place in numbers.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// Code with an explain page.
    pub code: String,
    /// `error`, `warning` or `advice`.
    pub severity: &'static str,
    /// What, in one sentence.
    pub message: String,
    /// What to type.
    pub help: String,
    /// Path of the file.
    pub file: String,
    /// First line, from 1.
    pub line: usize,
    /// First column, from 1.
    pub column: usize,
    /// Last line.
    pub end_line: usize,
    /// Column behind the last character.
    pub end_column: usize,
}

/// The findings as flat objects.
pub(super) fn flat(findings: &[Findings]) -> Vec<Finding> {
    let of = |found: &Findings| -> Vec<Finding> {
        let flat = found.diagnostics.iter().map(|diagnostic| {
            let (start, end) = found.sources.positions(diagnostic.span);
            Finding {
                code: diagnostic.code.to_string(),
                severity: diagnostic.severity.name(),
                message: diagnostic.message.clone(),
                help: diagnostic.help.clone(),
                file: found.sources.file(diagnostic.span.file).path().to_owned(),
                line: start.line,
                column: start.column,
                end_line: end.line,
                end_column: end.column,
            }
        });
        flat.collect()
    };
    findings.iter().flat_map(of).collect()
}

/// A JSON array, one object a finding.
pub(super) fn render(findings: &[Findings]) -> String {
    let mut text = serde_json::to_string_pretty(&flat(findings)).unwrap_or_else(|_| "[]".into());
    text.push('\n');
    text
}
