//! Reference tables: small files beside the spec, read row by row into constants of their columns' types.

use std::path::Path as FilePath;

use indexmap::IndexMap;
use serde_json::Value;

use super::Resolver;
use crate::diagnostics::{Code, Diagnostic};
use crate::parse::{self, step};
use crate::source::{SourceFile, Sources, Span};
use crate::spec::{self, Format, TimeEncoding};
use crate::sql::{Column, DataType, Literal, Reference};
use crate::world::World;

/// Rows of one table, which stand in the generated SQL once for each place that uses a column. Flink 2.2.1 planned a job with
/// 1,000 of them and two columns in 2 seconds, and with 5,000 in 8, on a stack of the default size and half a core, 2026-11.
pub const MAX_ROWS: usize = 5000;
/// Bytes of one table's file.
pub const MAX_BYTES: usize = 256 << 10;

/// What is wrong with a row: where, what, and what to do.
type Fault = (Span, String, String);

impl Resolver<'_> {
    /// The tables, if all can be read.
    pub(super) fn references(
        &mut self,
        tables: Option<IndexMap<String, spec::ReferenceTable>>,
        spec_path: &FilePath,
        world: &dyn World,
        sources: &mut Sources,
    ) -> Option<Vec<Reference>> {
        let tables = tables.into_iter().flatten();
        let read: Vec<Option<Reference>> =
            tables.map(|(name, table)| self.reference(name, table, spec_path, world, sources)).collect();
        read.into_iter().collect()
    }

    fn reference(
        &mut self,
        name: String,
        table: spec::ReferenceTable,
        spec_path: &FilePath,
        world: &dyn World,
        sources: &mut Sources,
    ) -> Option<Reference> {
        let pointer = format!("/analytics/reference_tables/{}", step(&name));
        let file_span = self.places.value(&format!("{pointer}/file"));
        let columns = self.reference_columns(table.columns, table.format, &pointer);
        let path = spec_path.parent().unwrap_or(FilePath::new("")).join(table.file.trim());
        let loaded = parse::load(world, &path, sources);
        let columns = columns?;
        let faults = match loaded {
            Ok(id) => {
                let file = sources.file(id);
                match rows(file, table.format, &columns) {
                    Ok(rows) => {
                        let columns = columns
                            .into_iter()
                            .map(|column| (column.name, column.data_type, column.span))
                            .collect();
                        return Some(Reference { name, columns, rows, span: self.key(&pointer) });
                    }
                    Err(faults) => faults,
                }
            }
            Err(diagnostic) if diagnostic.code == Code::UnreadableFile => {
                let message = diagnostic.message.replacen("the file", &format!("`{}`", path.display()), 1);
                vec![(file_span, message, "name a CSV or JSON Lines file next to the spec".into())]
            }
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic.related(file_span, "named here"));
                return None;
            }
        };
        for (span, message, help) in faults {
            let fault = Diagnostic::error(Code::ReferenceTable, span, message, help);
            self.diagnostics.push(if span == file_span {
                fault
            } else {
                fault.related(file_span, "named here")
            });
        }
        None
    }

    fn reference_columns(
        &mut self,
        declared: IndexMap<String, spec::Column>,
        format: Format,
        pointer: &str,
    ) -> Option<Vec<Column>> {
        let mut columns = Vec::new();
        let count = declared.len();
        for (name, column) in declared {
            let pointer = format!("{pointer}/columns/{}", step(&name));
            let data_type = self.data_type(&column.data_type, &format!("{pointer}/type"));
            let path = self.path(&name, column.path, format, &format!("{pointer}/path"));
            if let Some(path) = path.as_ref().filter(|path| path.elements().is_some()) {
                let message = format!("`{path}` has a value for each element of an array, and a row has one");
                let span = self.places.value(&format!("{pointer}/path"));
                let help = "name a value outside an array, or write one row for each element";
                self.diagnostics.push(Diagnostic::error(Code::ReferenceTable, span, message, help));
                continue;
            }
            if column.encoding.is_some_and(|encoding| encoding != TimeEncoding::Text) {
                let message = "the times of a reference table are strings";
                let help = "remove `as`, and write times as 2026-01-27 09:30:00";
                let span = self.places.value(&format!("{pointer}/as"));
                self.diagnostics.push(Diagnostic::error(Code::TimeEncoding, span, message, help));
                continue;
            }
            if let (Some(data_type), Some(path)) = (data_type, path) {
                columns.push(Column { name, data_type, path, epoch: None, span: self.key(&pointer) });
            }
        }
        (columns.len() == count).then_some(columns)
    }
}

/// The rows of a file, or what is wrong with it.
fn rows(file: &SourceFile, format: Format, columns: &[Column]) -> Result<Vec<Vec<Literal>>, Vec<Fault>> {
    let whole = file.span(0..file.text().len().min(1));
    if file.text().len() > MAX_BYTES {
        let message = format!("the table has {} bytes; it may have {MAX_BYTES}", file.text().len());
        let help = "leave out rows and columns that the SQL does not use";
        return Err(vec![(whole, message, help.into())]);
    }
    let (rows, faults) = match format {
        Format::Csv => csv_rows(file, columns),
        Format::Json => json_rows(file, columns),
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    if rows.len() > MAX_ROWS {
        let message = format!("the table has {} rows; it may have {MAX_ROWS}", rows.len());
        return Err(vec![(whole, message, "leave out rows that the SQL does not use".into())]);
    }
    Ok(rows)
}

fn csv_rows(file: &SourceFile, columns: &[Column]) -> (Vec<Vec<Literal>>, Vec<Fault>) {
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file.text().as_bytes());
    let mut first = true;
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let at = error.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(0));
                let help =
                    "put a field with a comma or a quote in double quotes, and double the quotes inside it"
                        .into();
                faults.push((line(file, at), "this line is not CSV".into(), help));
                break;
            }
        };
        let at = record.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(0));
        let names = columns.iter().map(|column| column.name.as_str());
        let is_header = std::mem::take(&mut first) && record.iter().map(str::trim).eq_by_case(names);
        if is_header {
            continue;
        }
        if record.len() != columns.len() {
            let message =
                format!("this row has {} fields, the table {} columns", record.len(), columns.len());
            faults.push((line(file, at), message, "write one field for each column".into()));
            continue;
        }
        let mut row = Vec::new();
        for (column, field) in columns.iter().zip(&record) {
            match constant(field, column.data_type) {
                Some(value) => row.push(value),
                None => faults.push(misfit(file, at, column, field)),
            }
        }
        rows.push(row);
    }
    (rows, faults)
}

/// Compares two lists of names without case.
trait EqByCase<'a>: Iterator<Item = &'a str> + Sized {
    fn eq_by_case<'b>(self, other: impl Iterator<Item = &'b str>) -> bool {
        self.map(str::to_lowercase).eq(other.map(str::to_lowercase))
    }
}

impl<'a, I: Iterator<Item = &'a str>> EqByCase<'a> for I {}

fn json_rows(file: &SourceFile, columns: &[Column]) -> (Vec<Vec<Literal>>, Vec<Fault>) {
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    let mut at = 0;
    for text in file.text().split_inclusive('\n') {
        let start = at;
        at += text.len();
        if text.trim().is_empty() {
            continue;
        }
        let Ok(object @ Value::Object(_)) = serde_json::from_str::<Value>(text) else {
            let help = "write one JSON object per line".into();
            faults.push((line(file, start), "this line is not a JSON object".into(), help));
            continue;
        };
        let mut row = Vec::new();
        for column in columns {
            let value = column.path.segments().iter().try_fold(&object, |value, key| value.get(key));
            let field = match value {
                None | Some(Value::Null) => None,
                Some(Value::String(text)) => Some(text.clone()),
                Some(other) => Some(other.to_string()),
            };
            match field.as_deref().map_or(Some(Literal::Null), |field| constant(field, column.data_type)) {
                Some(value) => row.push(value),
                None => faults.push(misfit(file, start, column, &field.unwrap_or_default())),
            }
        }
        rows.push(row);
    }
    (rows, faults)
}

/// A field as a constant of a type. An empty one is NULL, unless it is text.
fn constant(field: &str, data_type: DataType) -> Option<Literal> {
    let text = data_type.text_length();
    if let Some(length) = text {
        let fits = length.is_none_or(|most| field.chars().count() <= most as usize);
        let plain = !field.chars().any(char::is_control);
        return (fits && plain).then(|| Literal::Text(field.to_owned()));
    }
    match field.trim() {
        "" => Some(Literal::Null),
        field => Literal::read(field, data_type),
    }
}

fn misfit(file: &SourceFile, at: usize, column: &Column, field: &str) -> Fault {
    let shown: String = field.chars().take(40).collect();
    let message = format!("`{shown}` does not fit column `{}` ({})", column.name, column.data_type);
    let help = match column.data_type.text_length() {
        Some(_) => "declare a longer type, and write no line breaks or tabs".into(),
        None => "correct the value, or declare another type".into(),
    };
    (line(file, at), message, help)
}

/// The line that a place stands in.
fn line(file: &SourceFile, at: usize) -> Span {
    let rest = file.text().get(at..).unwrap_or_default();
    let blank = rest.len() - rest.trim_start_matches(['\n', '\r']).len();
    let length = rest[blank..].find('\n').unwrap_or(rest.len() - blank);
    file.span(at + blank..at + blank + length)
}
