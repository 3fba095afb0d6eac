//! For GitHub Actions: one workflow command a finding (`::error file=..,line=..::message`).

use std::fmt::Write;

use super::Severity;
use super::format::Findings;

/// One line a finding.
pub(super) fn render(findings: &[Findings]) -> String {
    let mut text = String::new();
    for found in findings {
        for diagnostic in found.diagnostics {
            let (start, end) = found.sources.positions(diagnostic.span);
            let command = match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Advice => "notice",
            };
            let file = property(found.sources.file(diagnostic.span.file).path());
            // A column range is allowed only within one line.
            let columns = if start.line == end.line {
                format!(",col={},endColumn={}", start.column, end.column)
            } else {
                String::new()
            };
            let message = format!("{}\nhelp: {}", diagnostic.message, diagnostic.help);
            let _ = writeln!(
                text,
                "::{command} file={file},line={},endLine={}{columns},title={}::{}",
                start.line,
                end.line,
                diagnostic.code,
                data(&message)
            );
        }
    }
    text
}

/// The escapes that the runner undoes in the text of a command.
pub fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The escapes that the runner undoes in a property of a command.
pub fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
