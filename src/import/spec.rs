//! The spec of an application, with what it cannot carry over in comments at its place.

use super::application::{Application, Code as ApplicationCode, RecordFormat, Reference, bucket_name};
use super::records::{shown, unescaped};
use super::value::{Placed, Text};
use super::yaml::{Yaml, one_line};
use crate::aws::regions;
use crate::diagnostics::{Code, Diagnostic};
use crate::discover::word;
use crate::resolve::DEFAULT_REGION;
use crate::spec::AnalyticsRuntime;

/// Longest name of a pipeline, characters.
const NAME_MAX: usize = 40;

/// What an application becomes.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The pipeline's name.
    pub name: String,
    /// The spec.
    pub spec: String,
    /// The SQL, in a file of [`Imported::sql_file`].
    pub sql: String,
    /// Files of reference tables that the spec names.
    pub downloads: Vec<Download>,
    /// Whether something is missing that makes a check pointless.
    pub incomplete: bool,
}

impl Imported {
    /// Name of the file of the SQL.
    pub fn sql_file(&self) -> String {
        format!("{}.sql", self.name)
    }

    /// Name of the file of the spec.
    pub fn spec_file(&self) -> String {
        format!("{}.yaml", self.name)
    }
}

/// An object that a reference table was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// Bucket; `None` where the file does not hold it.
    pub bucket: Option<String>,
    /// Key.
    pub key: String,
    /// File next to the spec.
    pub file: String,
    /// A row of it without values, to compile with before it is there.
    pub(super) stand_in: String,
}

/// Writes the spec, under the name that the pipeline gets.
pub(super) fn write(
    application: &Application,
    name: &str,
    runtime: AnalyticsRuntime,
) -> (Imported, Vec<Diagnostic>) {
    let mut writer =
        Writer { yaml: Yaml::default(), findings: Vec::new(), incomplete: false, statement: None };
    let mut sql = writer.sql(&application.code, name);
    writer.head(application, name);
    writer.stream(application);
    writer.records(application);
    let downloads = writer.analytics(application, name, runtime);
    writer.yaml.blank();
    writer.yaml.open(0, "delivery");
    writer.yaml.entry(
        1,
        "s3",
        "{}",
        Some("a bucket in the stack; set `bucket` and `prefix` for another one"),
    );
    let Writer { yaml, findings, incomplete, statement } = writer;
    if let Some(statement) = statement {
        sql = with_statement(sql, &statement);
    }
    (Imported { name: name.to_owned(), spec: yaml.finish(), sql, downloads, incomplete }, findings)
}

/// A name of a pipeline that is like the application's.
pub(super) fn pipeline_name(name: &str) -> String {
    let mut plain = String::new();
    for c in name.to_ascii_lowercase().chars() {
        match c {
            'a'..='z' | '0'..='9' => plain.push(c),
            _ if plain.is_empty() || plain.ends_with('-') => {}
            _ => plain.push('-'),
        }
    }
    if !plain.starts_with(|c: char| c.is_ascii_lowercase()) {
        plain.insert_str(0, "application-");
    }
    plain.truncate(NAME_MAX);
    plain.trim_end_matches('-').to_owned()
}

pub(super) struct Writer {
    pub(super) yaml: Yaml,
    pub(super) findings: Vec<Diagnostic>,
    pub(super) incomplete: bool,
    /// A statement after those of the application.
    pub(super) statement: Option<String>,
}

impl Writer {
    pub(super) fn not_carried(&mut self, at: &Placed, message: String, help: &str) {
        self.findings.push(Diagnostic::warning(Code::NotCarriedOver, at.span, message, help));
    }

    /// Reports a value that the spec needs and the file does not hold.
    pub(super) fn needs(&mut self, value: &Placed, what: &str) {
        let missing: Vec<String> = value.text.unknowns().map(|name| format!("`{name}`")).collect();
        if !missing.is_empty() {
            self.findings.push(Diagnostic::warning(
                Code::ImportedValueUnknown,
                value.span,
                format!("{what} depends on {}, which this file does not define", missing.join(", ")),
                "write the value in place of `${..}` into the spec; `describe-application` prints it",
            ));
        }
    }

    fn sql(&mut self, code: &ApplicationCode, name: &str) -> String {
        let file = format!("{name}.sql");
        match code {
            ApplicationCode::Text(code) => {
                let mut missing: Vec<String> = Vec::new();
                for reference in code.text.unknowns().map(|reference| format!("`${{{reference}}}`")) {
                    if !missing.contains(&reference) {
                        missing.push(reference);
                    }
                }
                if !missing.is_empty() {
                    self.incomplete = true;
                    let message =
                        format!("the SQL depends on {}, which this file does not define", missing.join(", "));
                    let help = format!("write the value into `{file}` in place of `${{..}}`");
                    self.findings.push(Diagnostic::error(Code::CodeElsewhere, code.span, message, help));
                }
                let mut sql = code.text.written();
                if !sql.ends_with('\n') {
                    sql.push('\n');
                }
                sql
            }
            ApplicationCode::Elsewhere { why, help, span } => {
                self.incomplete = true;
                self.findings.push(Diagnostic::error(
                    Code::CodeElsewhere,
                    *span,
                    format!("the SQL is not in this file: {why}"),
                    format!("{help} `{file}`"),
                ));
                String::from("-- Put the application's SQL here.\n")
            }
        }
    }

    fn head(&mut self, application: &Application, name: &str) {
        let yaml = &mut self.yaml;
        yaml.comment(
            0,
            &format!(
                "Imported by `pipec import` from the Kinesis Data Analytics for SQL application {}. Comments mark the \
                 places that need your attention.",
                application.name
            ),
        );
        yaml.blank();
        yaml.entry(0, "name", name, None);
        if let Some(description) = application.description.as_ref().filter(|text| text.as_known() != Some(""))
        {
            yaml.entry(0, "description", &word(&one_line(&description.written())), None);
        }
        if let Some(region) = region(application).filter(|region| region != DEFAULT_REGION) {
            yaml.entry(0, "region", &region, None);
        }
    }

    fn stream(&mut self, application: &Application) {
        self.yaml.blank();
        self.yaml.open(0, "stream");
        match application.input.as_ref().and_then(|input| input.source.as_ref()) {
            Some(source) if source.is_firehose => {
                let arn = source.arn.text.written();
                self.yaml.comment(
                    1,
                    &format!(
                        "The application read the Firehose stream {arn}. This pipeline reads a Kinesis data stream of \
                         its own: change the programs that write to that Firehose stream to write to this one."
                    ),
                );
                self.not_carried(
                    &source.arn,
                    "the application reads a Firehose stream, but a pipeline reads a Kinesis data stream".into(),
                    "change the senders to write to the stack's stream instead of Firehose; the pipeline's own delivery \
                     writes the records to S3",
                );
            }
            Some(source) => self.yaml.comment(
                1,
                &format!(
                    "The application read the stream {}. The stack creates a new stream: change the programs that \
                     write to the old stream to write to the new one.",
                    source.arn.text.written()
                ),
            ),
            None => {}
        }
        let sizes = "an assumption: replace it with IncomingBytes / IncomingRecords of the old stream";
        self.yaml.entry(1, "record_size", "1 KiB", Some(sizes));
        let rates = "an assumption: replace it with the peak of IncomingRecords per second";
        self.yaml.entry(1, "records_per_second", "100", Some(rates));
    }

    fn analytics(
        &mut self,
        application: &Application,
        name: &str,
        runtime: AnalyticsRuntime,
    ) -> Vec<Download> {
        self.yaml.blank();
        self.yaml.open(0, "analytics");
        match runtime {
            AnalyticsRuntime::Flink => self.yaml.entry(1, "runtime", "flink", None),
            AnalyticsRuntime::Lambda => {
                let comment = "each record is processed on its own; windows and joins need flink";
                self.yaml.entry(1, "runtime", "lambda", Some(comment));
            }
        }
        self.yaml.entry(1, "sql", &word(&format!("{name}.sql")), None);
        let mut downloads = Vec::new();
        if !application.references.is_empty() {
            self.yaml.open(1, "reference_tables");
            for reference in &application.references {
                let download = self.reference(reference, name, &downloads);
                downloads.push(download);
            }
        }
        self.outputs(&application.outputs, runtime);
        downloads
    }

    fn reference(&mut self, reference: &Reference, name: &str, before: &[Download]) -> Download {
        let table = reference.table.text.written();
        self.needs(&reference.table, "a reference table's name");
        let key = reference.key.as_ref().map(Text::written).unwrap_or_default();
        let mut file = file_name(&key, &table);
        // The spec and its SQL have names as well, which no object takes; some file systems ignore case.
        let own = [format!("{name}.yaml"), format!("{name}.sql")];
        let is_taken = |file: &str| {
            let before = before.iter().map(|download| download.file.as_str());
            before.chain(own.iter().map(String::as_str)).any(|taken| taken.eq_ignore_ascii_case(file))
        };
        while is_taken(&file) {
            file.insert_str(0, "other-");
        }
        let bucket = reference.bucket.as_ref().map(Text::written).unwrap_or_default();
        let object = format!("s3://{}/{key}", bucket_name(&bucket));
        self.yaml.open(2, &table);
        self.yaml.comment(3, "A copy of the table's object; `pipec import --fetch` downloads it, or:");
        self.yaml.command(3, &format!("aws s3 cp {} {file}", typed(&object)));
        self.yaml.entry(3, "file", &word(&file), None);
        let mut stand_in = String::from("{}\n");
        match &reference.schema {
            None => {
                self.incomplete = true;
                self.findings.push(Diagnostic::error(
                    Code::CodeElsewhere,
                    reference.table.span,
                    format!("the schema of the reference table `{table}` is not in this file"),
                    "write its `format` and `columns` into the spec",
                ));
            }
            Some(schema) => {
                let is_json = schema.format == RecordFormat::Json;
                self.yaml.entry(3, "format", if is_json { "json" } else { "csv" }, None);
                if !is_json {
                    stand_in = format!("{}\n", ",".repeat(schema.columns.len().saturating_sub(1)));
                }
                if let Some(delimiter) = &schema.delimiter
                    && unescaped(&delimiter.text.written()) != ","
                {
                    let message = format!(
                        "the fields of `{table}` are separated by {}; a reference table needs commas",
                        shown(&delimiter.text)
                    );
                    self.yaml.comment(3, "Rewrite the file with commas between its fields.");
                    self.not_carried(delimiter, message, "rewrite the file with commas between its fields");
                }
                self.columns(3, schema, "rows of the table");
            }
        }
        let known = |text: &Option<Text>| text.as_ref().and_then(Text::as_known).map(str::to_owned);
        let bucket = known(&reference.bucket).map(|arn| bucket_name(&arn).to_owned());
        Download { bucket, key: known(&reference.key).unwrap_or_default(), file, stand_in }
    }
}

/// A text with one more statement. The last one of the text may lack its semicolon, and a comment may follow it.
fn with_statement(mut sql: String, statement: &str) -> String {
    let mut lines = sql.lines().rev().map(str::trim);
    let last = lines.find(|line| !line.is_empty() && !line.starts_with("--"));
    if last.is_some_and(|line| !line.ends_with(';')) {
        sql.push_str(";\n");
    }
    sql.push('\n');
    sql.push_str(statement);
    sql
}

/// The region of the first ARN that names one.
fn region(application: &Application) -> Option<String> {
    let source = application.input.iter().filter_map(|input| Some(&input.source.as_ref()?.arn));
    let targets = application.outputs.iter().filter_map(|output| Some(&output.target.as_ref()?.1));
    source.chain(targets).find_map(|arn| {
        let arn = arn.text.as_known()?;
        let region = arn.strip_prefix("arn:")?.split(':').nth(2)?;
        regions::region(region).map(|_| region.to_owned())
    })
}

/// A text as an argument of a command to type.
pub(super) fn typed(text: &str) -> String {
    shlex::try_quote(text).map_or_else(|_| "..".into(), Into::into)
}

/// A name for a file next to the spec, from an object's key; it leads nowhere else.
fn file_name(key: &str, table: &str) -> String {
    let plain = |text: &str| -> String {
        let kept = text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        kept.collect::<String>().trim_start_matches(['.', '-']).chars().take(100).collect()
    };
    let name = plain(key.rsplit('/').next().unwrap_or_default());
    match name.as_str() {
        "" => format!("{}.txt", plain(table)),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_names_a_pipeline() {
        for (name, wanted) in [
            ("Ticker_App", "ticker-app"),
            ("  9 lives  ", "application-9-lives"),
            ("../../etc", "etc"),
            ("\u{1b}[2J", "application-2j"),
            ("", "application"),
            (&"x".repeat(60), &"x".repeat(40)),
        ] {
            assert_eq!(pipeline_name(name), wanted);
        }
    }

    #[test]
    fn a_file_of_a_reference_table_lies_beside_the_spec() {
        for (key, table, wanted) in [
            ("ref/companies.csv", "C", "companies.csv"),
            ("../../.bashrc", "C", "bashrc"),
            ("ref/", "Company Names", "CompanyNames.txt"),
            ("a$(b).csv", "C", "ab.csv"),
        ] {
            assert_eq!(file_name(key, table), wanted);
        }
    }
}
