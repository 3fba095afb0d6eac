//! For programs: an array of flat objects. The field names are a contract.

use serde::Serialize;

use super::format::Findings;

#[derive(Serialize)]
struct Entry<'a> {
    code: String,
    severity: &'static str,
    message: &'a str,
    help: &'a str,
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

/// A JSON array, one object a finding.
pub(super) fn render(findings: &[Findings]) -> String {
    let entries: Vec<Entry> = findings
        .iter()
        .flat_map(|found| {
            found.diagnostics.iter().map(|diagnostic| {
                let (start, end) = found.sources.positions(diagnostic.span);
                Entry {
                    code: diagnostic.code.to_string(),
                    severity: diagnostic.severity.name(),
                    message: &diagnostic.message,
                    help: &diagnostic.help,
                    file: found.sources.file(diagnostic.span.file).path(),
                    line: start.line,
                    column: start.column,
                    end_line: end.line,
                    end_column: end.column,
                }
            })
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&entries).unwrap_or_else(|_| "[]".into());
    text.push('\n');
    text
}
