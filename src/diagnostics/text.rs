//! For people: the source line, a caret under the fault, and the help.

use std::borrow::Cow;
use std::fmt::Write;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::format::Findings;
use super::{Diagnostic, Severity, secrets};
use crate::source::Sources;
use crate::terminal::printable;

/// Every finding as a block, an empty line between two.
pub(super) fn render(findings: &[Findings]) -> String {
    let renderer = Renderer::styled();
    let mut text = String::new();
    for found in findings {
        let shown: Vec<Cow<str>> =
            found.sources.files().iter().map(|file| secrets::source(file.text())).collect();
        for diagnostic in found.diagnostics {
            let report = report(diagnostic, found.sources, &shown);
            let _ = writeln!(text, "{}\n", renderer.render(&report));
        }
    }
    text
}

/// A user's own words can hold escape sequences, which the snippet renderer neutralises in the source only.
fn report<'a>(diagnostic: &Diagnostic, sources: &'a Sources, shown: &'a [Cow<str>]) -> Vec<Group<'a>> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Advice => Level::INFO.with_name("advice"),
    };
    let file = sources.file(diagnostic.span.file);
    let mut primary = AnnotationKind::Primary.span(diagnostic.span.range());
    if !diagnostic.label.is_empty() {
        primary = primary.label(printable(&diagnostic.label));
    }
    let mut snippet =
        Snippet::source(shown[diagnostic.span.file.index()].as_ref()).path(file.path()).annotation(primary);
    for label in diagnostic.related.iter().filter(|label| label.span.file == diagnostic.span.file) {
        snippet = snippet
            .annotation(AnnotationKind::Context.span(label.span.range()).label(printable(&label.text)));
    }
    let mut group =
        level.primary_title(printable(&diagnostic.message)).id(diagnostic.code.to_string()).element(snippet);
    for label in diagnostic.related.iter().filter(|label| label.span.file != diagnostic.span.file) {
        let other = sources.file(label.span.file);
        group = group.element(
            Snippet::source(shown[label.span.file.index()].as_ref())
                .path(other.path())
                .annotation(AnnotationKind::Context.span(label.span.range()).label(printable(&label.text))),
        );
    }
    vec![group, Group::with_title(Level::HELP.secondary_title(printable(&diagnostic.help)))]
}
