//! The SQL: its text, its outputs, and where Flink begins.

use std::path::Path as FilePath;

use super::{DEFAULT_OUTPUT_RETRIES, DEFAULT_STATE_TTL_S, Resolver, near_file};
use crate::aws::{flink, limits};
use crate::diagnostics::{Code, Diagnostic};
use crate::parse::{self, step};
use crate::pipeline::{
    Analytics, Errors, Flink, OutputFunction, OutputSetting, OutputStream, OutputTarget, Setting,
};
use crate::source::{Excerpt, Sources};
use crate::spec::{self, AnalyticsRuntime, OutputPlace, OwnOutput, SECONDS_PER_HOUR};
use crate::sql::{ERROR_STREAM, Start};
use crate::world::World;

impl Resolver<'_> {
    /// What runs the SQL, and on what.
    pub(super) fn analytics(
        &mut self,
        analytics: spec::Analytics,
        spec_path: &FilePath,
        world: &dyn World,
        sources: &mut Sources,
    ) -> Analytics {
        let flink = analytics.flink.unwrap_or_default();
        let sql = if let Some(help) = no_sql(&analytics.sql) {
            self.diagnostics.push(Diagnostic::error(
                Code::InvalidFormat,
                self.places.value("/analytics/sql"),
                format!("`{}` is neither SQL nor the name of a `.sql` file", analytics.sql.trim()),
                help,
            ));
            None
        } else if is_file(&analytics.sql) {
            let path = spec_path.parent().unwrap_or(FilePath::new("")).join(analytics.sql.trim());
            match parse::load(world, &path, sources) {
                Ok(id) => Some(Excerpt::file(sources.file(id))),
                Err(diagnostic) => {
                    let span = self.places.value("/analytics/sql");
                    self.diagnostics.push(match diagnostic.code {
                        Code::UnreadableFile => Diagnostic::error(
                            Code::UnreadableFile,
                            span,
                            diagnostic.message.replacen("the file", &format!("`{}`", path.display()), 1),
                            near_file(world, spec_path, analytics.sql.trim()).unwrap_or_else(|| {
                                "name a `.sql` file next to the spec, or write the SQL after `sql: |`".into()
                            }),
                        ),
                        Code::FileTooLarge => Diagnostic::error(
                            Code::FileTooLarge,
                            span,
                            diagnostic.message.replacen("the file", &format!("`{}`", path.display()), 1),
                            "remove comments and data from it; rows to look up belong in a reference table, \
                             `analytics.reference_tables`",
                        ),
                        _ => diagnostic.related(span, "named here"),
                    });
                    None
                }
            }
        } else {
            Some(self.places.excerpt("/analytics/sql", &analytics.sql))
        };
        let start = self.start(analytics.start.as_deref(), analytics.runtime);
        let errors =
            analytics.errors.map(|place| Errors { place, span: self.places.value("/analytics/errors") });
        let mut outputs: Vec<OutputSetting> =
            analytics.outputs.into_iter().flatten().filter_map(|(name, to)| self.output(name, to)).collect();
        let is_free = outputs.iter().all(|output| output.name != ERROR_STREAM);
        if let Some(Errors { span, .. }) = errors.filter(|_| is_free) {
            let retention = limits::kinesis::RETENTION_HOURS_DEFAULT * SECONDS_PER_HOUR;
            let stream = OutputStream { retention: self.or("/analytics/errors", None, retention) };
            outputs.push(OutputSetting {
                name: ERROR_STREAM.into(),
                span,
                target: OutputTarget::Stream(stream),
            });
        }
        Analytics {
            span: self.key("/analytics"),
            outputs,
            start,
            errors,
            rows_per_record: analytics.rows_per_record,
            keys: analytics
                .keys
                .into_iter()
                .flatten()
                .map(|(key, count)| {
                    let pointer = format!("/analytics/keys/{}", step(&key));
                    let mut columns: Vec<String> =
                        key.split(',').map(|column| column.trim().to_owned()).collect();
                    columns.sort();
                    // What is wrong is a name, not its number.
                    (columns, Setting { span: self.places.key(&pointer), ..self.written(&pointer, count) })
                })
                .collect(),
            runtime: self.or("/analytics/runtime", analytics.runtime, AnalyticsRuntime::Lambda),
            sql,
            references: self.references(analytics.reference_tables, spec_path, world, sources),
            flink: Flink {
                runtime_environment: self.or(
                    "/analytics/flink/runtime_environment",
                    flink.runtime_environment,
                    flink::DEFAULT.into(),
                ),
                parallelism: self.or("/analytics/flink/parallelism", flink.parallelism, 1),
                parallelism_per_kpu: self.or(
                    "/analytics/flink/parallelism_per_kpu",
                    flink.parallelism_per_kpu,
                    1,
                ),
                auto_scaling: flink.auto_scaling.unwrap_or(false),
                snapshots: flink.snapshots.unwrap_or(true),
                state_ttl: self.or(
                    "/analytics/flink/state_ttl",
                    flink.state_ttl.map(|time| time.0),
                    DEFAULT_STATE_TTL_S,
                ),
            },
        }
    }

    /// Where Flink begins to read. The schema lets only words and forms of a time through.
    fn start(&mut self, start: Option<&str>, runtime: Option<AnalyticsRuntime>) -> Start {
        let Some(text) = start else { return Start::Oldest };
        let span = self.places.value("/analytics/start");
        if runtime != Some(AnalyticsRuntime::Flink) {
            let message = "`start` needs Flink; Firehose reads records from its creation on";
            let help = "remove `start`, or write `runtime: flink`";
            self.diagnostics.push(Diagnostic::error(Code::ConflictingKeys, span, message, help));
            return Start::Oldest;
        }
        match text {
            "oldest" => Start::Oldest,
            "latest" => Start::Latest,
            // Flink's reader takes the day after the last of a month for the last; a start does not.
            time => match pipec_core::parse_timestamp(time) {
                Some(ms) if pipec_core::timestamp_text(ms).get(..10) == time.get(..10) => Start::At(ms),
                _ => {
                    let message = format!("`{time}` is not a time");
                    let help = "write `oldest`, `latest`, or a time in UTC as in `2026-03-01T10:00:00Z`";
                    self.diagnostics.push(Diagnostic::error(Code::InvalidFormat, span, message, help));
                    Start::Oldest
                }
            },
        }
    }

    fn output(&self, name: String, output: spec::Output) -> Option<OutputSetting> {
        let pointer = format!("/analytics/outputs/{}", step(&name));
        let stream = |retention: Option<spec::Duration>| OutputStream {
            retention: self.or(
                &format!("{pointer}/stream/retention"),
                retention.map(|retention| retention.0),
                limits::kinesis::RETENTION_HOURS_DEFAULT * SECONDS_PER_HOUR,
            ),
        };
        let target = match output {
            spec::Output::Place(OutputPlace::Delivery) => OutputTarget::Delivery,
            spec::Output::Place(OutputPlace::None) => OutputTarget::Nowhere,
            spec::Output::Own(OwnOutput { stream: Some(own), .. }) => {
                OutputTarget::Stream(stream(own.retention))
            }
            spec::Output::Own(OwnOutput { lambda: Some(function), .. }) => {
                let window = function.window.map(|window| window.0);
                let function = OutputFunction {
                    arn: function.function,
                    role: function.role,
                    batch_size: function.batch_size.unwrap_or(limits::lambda::STREAM_BATCH_DEFAULT),
                    window: self.or(&format!("{pointer}/lambda/window"), window, 0),
                    retries: function.retries.unwrap_or(DEFAULT_OUTPUT_RETRIES),
                    partial_failures: function.partial_failures.unwrap_or(false),
                };
                OutputTarget::Lambda(stream(None), function)
            }
            // The schema requires one of them.
            spec::Output::Own(OwnOutput { stream: None, lambda: None }) => return None,
        };
        Some(OutputSetting { name, span: self.key(&pointer), target })
    }
}

/// Whether `sql` names a file: one line that ends in `.sql`. No SQL statement does.
fn is_file(sql: &str) -> bool {
    let sql = sql.trim();
    !sql.contains('\n') && FilePath::new(sql).extension().is_some_and(|extension| extension == "sql")
}

/// What to write for a `sql` that is one word, and so a path of something else: no SQL is a single word.
fn no_sql(sql: &str) -> Option<String> {
    let sql = sql.trim();
    if sql.is_empty() || is_file(sql) || sql.contains([' ', '\n', '\t', ';', '(', '"']) {
        return None;
    }
    let path = FilePath::new(sql);
    let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("query");
    match path.extension() {
        Some(_) if !sql.ends_with('/') && !name.starts_with('.') => {
            let renamed = path.with_extension("sql");
            Some(format!("rename the file to `{name}.sql`, and write `sql: {}`", renamed.display()))
        }
        _ if sql.ends_with('/') => Some(format!(
            "write a file of the folder, as in `sql: {}/query.sql`, or the SQL itself after `sql: |`",
            sql.trim_end_matches('/')
        )),
        _ => Some("write the SQL itself after `sql: |`, or a file, as in `sql: query.sql`".into()),
    }
}
