//! `pipec sql`

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::PipelineArgs;
use super::output::{Exit, any_errors, note, print, report, tally};
use pipec_compiler::diagnostics::{Format, Severity};
use pipec_compiler::spec::AnalyticsRuntime;
use pipec_compiler::sql::{Query, print_flink};
use pipec_compiler::world::Disk;

/// Print the query as Flink SQL: tables, views and inserts
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec sql pipeline.yaml\n  pipec sql --format json pipeline.yaml | jq .outputs"
)]
pub(super) struct SqlVerb {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Output format: `text`, or `json` with the SQL and the columns of its outputs
    #[arg(long, value_enum, default_value_t)]
    format: SqlFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum SqlFormat {
    #[default]
    Text,
    Json,
}

/// The SQL and what comes out of it.
#[derive(Serialize)]
struct Document<'a> {
    /// The SQL that Flink runs.
    sql: &'a str,
    /// Whether each record alone decides what it becomes.
    stateless: bool,
    outputs: Vec<Output<'a>>,
}

#[derive(Serialize)]
struct Output<'a> {
    name: &'a str,
    columns: Vec<Column<'a>>,
}

#[derive(Serialize)]
struct Column<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    data_type: String,
}

impl SqlVerb {
    pub(super) fn run(self) -> Result<(), Exit> {
        let programs = self.pipeline.runtime.programs()?;
        let compilation = pipec_compiler::compile(
            &Disk,
            &programs,
            &self.pipeline.spec,
            self.pipeline.env.as_deref().into(),
        );
        let pipec_compiler::Compilation { sources, diagnostics: mut findings, pipelines, .. } = compilation;
        findings.retain(|one| one.severity != Severity::Advice);
        let found = [(sources, findings)];
        report(&found, Format::Text)?;
        let Some(stack) = pipelines.into_iter().next().filter(|_| !any_errors(&found)) else {
            note(&format!("no SQL: {}", tally(&found)));
            return Err(Exit::Spec);
        };
        let Some(query) = stack.checked.query() else {
            note("this pipeline has no SQL: add `analytics:` to its spec");
            return Err(Exit::Spec);
        };
        let sql = print_flink(query);
        if stack.checked.pipeline().analytics_on(AnalyticsRuntime::Lambda).is_some() {
            note(
                "this query runs in the Lambda transform, which evaluates it on each record; below is the SQL that Flink \
                 would run with `runtime: flink`",
            );
        }
        match self.format {
            SqlFormat::Text => print(&sql),
            SqlFormat::Json => {
                let mut text = serde_json::to_string_pretty(&document(query, &sql)).unwrap_or_default();
                text.push('\n');
                print(&text)
            }
        }
    }
}

fn document<'a>(query: &'a Query, sql: &'a str) -> Document<'a> {
    let outputs = query.outputs().map(|output| Output {
        name: &output.name,
        columns: output
            .columns
            .iter()
            .map(|column| Column { name: &column.name, data_type: column.data_type.to_string() })
            .collect(),
    });
    Document { sql, stateless: query.stateless().is_ok(), outputs: outputs.collect() }
}
