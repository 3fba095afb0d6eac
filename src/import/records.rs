//! How an application's input becomes the `records` of its spec.

use super::application::{Application, RecordFormat, Schema};
use super::spec::Writer;
use super::value::{Placed, Text};
use crate::diagnostics::{Code, Diagnostic};
use crate::discover::word;

/// The name that the old console gave an input, which SQL knows without being told.
const DEFAULT_PREFIX: &str = "SOURCE_SQL_STREAM";
impl Writer {
    pub(super) fn records(&mut self, application: &Application) {
        for span in &application.other_inputs {
            self.findings.push(Diagnostic::warning(
                Code::NotCarriedOver,
                *span,
                "an application has one input, but this is another one",
                "create another pipeline for it",
            ));
        }
        self.yaml.blank();
        let Some(input) = &application.input else {
            self.incomplete = true;
            self.yaml
                .comment(0, "The file describes no input: add `records`, which `pipec discover` can write.");
            self.findings.push(Diagnostic::error(
                Code::CodeElsewhere,
                application.span,
                format!("the input of `{}` is not in this file", application.name),
                "add `records` to the spec; `pipec discover --stream NAME --write SPEC` infers it from records",
            ));
            return;
        };
        if let Some(function) = &input.processor {
            let arn = function.text.written();
            self.yaml.comment(
                0,
                &format!(
                    "The function {arn} preprocessed the records. Nothing calls it here: do its work in the SQL, or \
                     before the records are written to the stream. The columns are those of its results."
                ),
            );
            self.not_carried(
                function,
                format!("the function {arn} preprocesses the records, but a pipeline does not call it"),
                "do its work in the SQL, or call it before the records are written to the stream",
            );
        }
        self.yaml.open(0, "records");
        let Some(schema) = &input.schema else {
            self.incomplete = true;
            self.findings.push(Diagnostic::error(
                Code::CodeElsewhere,
                input.span,
                "the input's schema is not in this file",
                "write `records` yourself, or with `pipec discover --stream NAME --write SPEC`",
            ));
            self.yaml.comment(1, "The file does not contain the input's schema.");
            return;
        };
        if let Some(prefix) =
            input.prefix.as_ref().filter(|prefix| prefix.text.as_known() != Some(DEFAULT_PREFIX))
        {
            self.needs(prefix, "the input's name");
            self.yaml.entry(1, "name", &word(&prefix.text.written()), None);
        }
        if let Some(parallelism) = &input.parallelism
            && parallelism.text.as_known().is_none_or(|count| count.trim() != "1")
        {
            self.yaml.comment(
                1,
                &format!(
                    "The input was distributed over {} numbered streams. Here it is one stream, whichever the SQL names.",
                    parallelism.text.written()
                ),
            );
        }
        self.format(schema);
        self.columns(1, schema, "records");
    }

    /// Format and delimiter of the records.
    fn format(&mut self, schema: &Schema) {
        if schema.format == RecordFormat::Json {
            self.yaml.entry(1, "format", "json", None);
            return;
        }
        self.yaml.entry(1, "format", "csv", None);
        if let Some(delimiter) = &schema.delimiter {
            self.needs(delimiter, "the delimiter");
            let written = unescaped(&delimiter.text.written());
            if written != "," {
                self.yaml.entry(1, "delimiter", &word(&written), None);
            }
        }
        if let Some(rows) = &schema.row_delimiter
            && !matches!(unescaped(&rows.text.written()).as_str(), "\n" | "\r\n" | "")
        {
            self.yaml.comment(
                1,
                &format!(
                    "Rows ended with {}; here a record is one line, up to its line break.",
                    shown(&rows.text)
                ),
            );
            self.not_carried(
                rows,
                format!("rows end with {}, but a pipeline reads one line per record", shown(&rows.text)),
                "write each row as a separate record",
            );
        }
    }

    pub(super) fn columns(&mut self, depth: usize, schema: &Schema, of: &str) {
        let row_path = schema.row_path.as_ref().filter(|path| path.text.as_known() != Some("$"));
        if let Some(row_path) = row_path {
            let path = row_path.text.written();
            let below = |column: &Text| column.written().starts_with(&path);
            if !schema.columns.iter().filter_map(|column| column.path.as_ref()).all(below) {
                self.yaml.comment(
                    depth,
                    &format!(
                        "Rows were found under {}; check that the paths below start there.",
                        shown(&row_path.text)
                    ),
                );
                self.not_carried(
                    row_path,
                    format!(
                        "the {of} are found under `{path}`, but the paths of the columns do not start with it"
                    ),
                    "compare the paths in the spec with a record; each starts with `$`, the whole record",
                );
            }
        }
        if schema.columns.is_empty() {
            self.incomplete = true;
            self.findings.push(Diagnostic::error(
                Code::CodeElsewhere,
                schema.span,
                format!("the columns of the {of} are not in this file"),
                "write `columns` yourself, or let `pipec discover` infer them from records",
            ));
            self.yaml.comment(depth, "The file does not contain the columns.");
            return;
        }
        self.yaml.open(depth, "columns");
        for column in &schema.columns {
            let span = column.name.span;
            self.needs(&column.name, "a column's name");
            self.needs(&Placed { text: column.data_type.clone(), span }, "a column's type");
            let name = column.name.text.written();
            let data_type = word(&column.data_type.written());
            let path = column.path.as_ref().filter(|_| schema.format == RecordFormat::Json);
            let value = match path {
                None => format!("{{type: {data_type}}}"),
                Some(path) => {
                    self.needs(&Placed { text: path.clone(), span }, "a column's path");
                    format!("{{type: {data_type}, path: {}}}", word(&path.written()))
                }
            };
            self.yaml.entry(depth + 1, &name, &value, None);
        }
    }
}

/// A delimiter, whose escapes some formats leave as they are.
pub(super) fn unescaped(text: &str) -> String {
    text.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r")
}

/// A delimiter or a path for people.
pub(super) fn shown(text: &Text) -> String {
    format!("`{}`", text.written().escape_debug())
}
