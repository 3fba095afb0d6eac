//! What the SQL tests share: columns written one a line, a text analyzed, diagnostics as a user sees them.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::Path;

use pipec_compiler::Select;
use pipec_compiler::aws::instance_types::Architecture;
use pipec_compiler::diagnostics::format::Findings;
use pipec_compiler::diagnostics::{Diagnostic, Format, Severity};
use pipec_compiler::programs::{Build, Program, Programs};
use pipec_compiler::source::{Excerpt, Sources, Span};
use pipec_compiler::sql::{
    Column, EpochUnit, EventTime, Input, Query, RecordFormat, Reference, analyze, parse_column_path,
    unplannable,
};
use pipec_compiler::world::World;

/// An analyzed text with the files that its diagnostics point into.
pub struct Analyzed {
    pub sources: Sources,
    pub query: Option<Query>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Columns from lines of `name type path`; a type has no blanks, and `␣` is one in a name or a path.
pub fn columns(sources: &mut Sources, text: &str) -> Vec<Column> {
    let id = sources.add("columns", text.into());
    let mut columns = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let mut words = line.split_whitespace();
        if let (Some(name), Some(data_type)) = (words.next(), words.next()) {
            let words = words.collect::<Vec<_>>().join(" ").replace('␣', " ");
            let (path, epoch) = match words.split_once(" AS epoch_") {
                Some((path, unit)) => (path.to_owned(), Some(unit_of(unit))),
                None => (words, None),
            };
            columns.push(Column {
                name: name.replace('␣', " "),
                data_type: data_type.parse().expect("a type"),
                path: parse_column_path(&path).expect("a path"),
                epoch,
                span: sources.file(id).span(at..at + line.trim_end().len()),
            });
        }
        at += line.len();
    }
    columns
}

/// A unit by the name that a spec gives it.
fn unit_of(name: &str) -> EpochUnit {
    let units =
        [EpochUnit::Seconds, EpochUnit::Milliseconds, EpochUnit::Microseconds, EpochUnit::Nanoseconds];
    units.into_iter().find(|unit| unit.name() == name).expect("a unit")
}

pub fn analyzed(sql: &str, column_lines: &str) -> Analyzed {
    analyzed_with(sql, column_lines, "")
}

/// The same with an event time, `column milliseconds`, perhaps with the unit of its numbers behind it, unless that is empty.
pub fn analyzed_with(sql: &str, column_lines: &str, event_time: &str) -> Analyzed {
    analyzed_as(RecordFormat::Json, sql, column_lines, event_time, |_| Vec::new())
}

/// The same with records of a format, and reference tables, which are given the place of their declaration.
pub fn analyzed_as(
    format: RecordFormat,
    sql: &str,
    column_lines: &str,
    event_time: &str,
    references: impl FnOnce(Span) -> Vec<Reference>,
) -> Analyzed {
    analyzed_for(format, sql, column_lines, event_time, references, false)
}

/// The same with the output of faults.
pub fn analyzed_with_errors(
    format: RecordFormat,
    sql: &str,
    column_lines: &str,
    event_time: &str,
) -> Analyzed {
    analyzed_for(format, sql, column_lines, event_time, |_| Vec::new(), true)
}

fn analyzed_for(
    format: RecordFormat,
    sql: &str,
    column_lines: &str,
    event_time: &str,
    references: impl FnOnce(Span) -> Vec<Reference>,
    errors: bool,
) -> Analyzed {
    let mut sources = Sources::default();
    let columns = columns(&mut sources, column_lines);
    let mut words = event_time.split_whitespace();
    let event_time = words.next().map(|name| EventTime {
        column: columns.iter().position(|column| column.name == name).expect("the event time's column"),
        lateness_ms: words.next().and_then(|lateness| lateness.parse().ok()).expect("milliseconds"),
        unit: words.next().map(unit_of),
        ahead_ms: 86_400_000,
    });
    let id = sources.add("input.sql", sql.into());
    let excerpt = Excerpt::file(sources.file(id));
    let references = references(sources.file(id).span(0..0));
    let errors = errors.then(|| sources.file(id).span(0..0));
    let input =
        Input { format, columns: &columns, event_time, references: &references, errors, ..Input::default() };
    let (query, mut diagnostics) = analyze(&excerpt, &input);
    // As `check` does for Flink.
    let refused = query.as_ref().and_then(unplannable);
    let query = query.filter(|_| refused.is_none());
    diagnostics.extend(refused);
    Analyzed { sources, query, diagnostics }
}

/// What is made of a case: of its `spec.yaml`, else of `input.sql` with `columns` and `event_time`.
pub fn case(folder: &Path) -> Analyzed {
    if folder.join("spec.yaml").exists() {
        return compiled(folder);
    }
    let sql = fs::read_to_string(folder.join("input.sql")).expect("input.sql");
    let columns = fs::read_to_string(folder.join("columns"))
        .or_else(|_| fs::read_to_string(folder.with_file_name("columns")))
        .expect("columns");
    let event_time = fs::read_to_string(folder.join("event_time")).unwrap_or_default();
    analyzed_with(&sql, &columns, &event_time)
}

/// A case's folder as the current one.
struct Folder<'a>(&'a Path);

impl World for Folder<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(self.0.join(path))
    }

    fn size(&self, path: &Path) -> io::Result<u64> {
        self.read(path).map(|bytes| bytes.len() as u64)
    }
}

/// The SQL of a folder's `spec.yaml`, without the plan's advice.
fn compiled(folder: &Path) -> Analyzed {
    let programs = Programs::new(Program::ALL.map(|program| Build {
        program,
        architecture: Architecture::X86_64,
        inputs: Cow::Borrowed(""),
        packed: Cow::Borrowed(&[]),
    }));
    let compilation =
        pipec_compiler::compile(&Folder(folder), &programs, Path::new("spec.yaml"), Select::Spec);
    let query = compilation.pipelines.first().and_then(|stack| stack.checked.query().cloned());
    let mut diagnostics = compilation.diagnostics;
    diagnostics.retain(|diagnostic| diagnostic.severity != Severity::Advice);
    Analyzed { sources: compilation.sources, query, diagnostics }
}

impl Analyzed {
    /// The diagnostics as a user sees them, without colours.
    pub fn text(&self) -> String {
        let findings = [Findings { sources: &self.sources, diagnostics: &self.diagnostics }];
        anstream::adapter::strip_str(&Format::Text.render(&findings)).to_string()
    }
}
