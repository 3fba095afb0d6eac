//! What the records of a source look like, and what that means for the SQL, for filters and for the objects of a delivery.

use super::super::Context;
use super::event::{self, Event};
use super::event_path;
use super::into;
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Delivery, Input, MetricFormat, Pipeline, Source, SourceKind, SqsBody, Target};
use crate::source::Span;
use crate::spec::Newline;
use crate::sql::{Column, DataType, Query, RecordFormat};

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::check) enum Form {
    /// A JSON object.
    Json,
    /// Fields with a tab between two of them.
    Tabs,
    /// gzip.
    Gzip,
    /// Bytes of OpenTelemetry.
    Binary,
    /// Whatever the programs of the user's write.
    Unknown,
}

impl Form {
    /// The form of a source's records.
    pub(in crate::check) fn of(source: &Source) -> Self {
        match &source.kind {
            SourceKind::CloudWatchLogs(_) => Self::Gzip,
            SourceKind::CloudFront(_) => Self::Tabs,
            SourceKind::MetricStream(stream) if stream.format.value != MetricFormat::Json => Self::Binary,
            SourceKind::Sns(sns) if sns.raw.value => Self::Unknown,
            // A part of an event can be a text.
            SourceKind::EventBridge(rule) if rule.input.is_some() => Self::Unknown,
            SourceKind::Iot(_) | SourceKind::Writers(_) => Self::Unknown,
            SourceKind::Api(_)
            | SourceKind::DynamoDb(_)
            | SourceKind::EventBridge(_)
            | SourceKind::MetricStream(_)
            | SourceKind::Sns(_)
            | SourceKind::Sqs(_)
            | SourceKind::Waf(_) => Self::Json,
        }
    }

    /// What such records are called.
    pub(in crate::check) fn words(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Tabs => "lines with tabs",
            Self::Gzip => "gzip",
            Self::Binary => "binary",
            Self::Unknown => "text",
        }
    }

    /// Whether such records are text, one after the other.
    fn is_text(self) -> bool {
        !matches!(self, Self::Gzip | Self::Binary)
    }
}

/// What a source writes, where its records have no newline of their own.
fn without_newline(source: &Source) -> Option<&'static str> {
    match source.kind {
        SourceKind::Api(_) => Some("bodies of requests"),
        SourceKind::DynamoDb(_) => Some("changes of a table"),
        SourceKind::EventBridge(_) => Some("events of EventBridge"),
        SourceKind::Iot(_) => Some("messages of IoT Core"),
        SourceKind::Sqs(_) => Some("messages of SQS"),
        // They have one, are not text, or are not documented.
        SourceKind::CloudFront(_)
        | SourceKind::CloudWatchLogs(_)
        | SourceKind::MetricStream(_)
        | SourceKind::Sns(_)
        | SourceKind::Waf(_)
        | SourceKind::Writers(_) => None,
    }
}

/// Whether a source can write to its target at all; if not, that is its fault.
fn can_write(pipeline: &Pipeline, source: &Source) -> bool {
    let into_stream = pipeline.target(source) == Target::Stream;
    match source.kind {
        SourceKind::CloudFront(_) => into_stream,
        SourceKind::MetricStream(_) | SourceKind::Sns(_) | SourceKind::Waf(_) => !into_stream,
        SourceKind::Api(_)
        | SourceKind::CloudWatchLogs(_)
        | SourceKind::DynamoDb(_)
        | SourceKind::EventBridge(_)
        | SourceKind::Iot(_)
        | SourceKind::Sqs(_)
        | SourceKind::Writers(_) => true,
    }
}

/// Whether the producer writes into a delivery.
fn takes_producer(pipeline: &Pipeline, at: usize, delivery: &Delivery) -> bool {
    match pipeline.input(delivery) {
        Input::Direct => at == 0,
        Input::Stream => true,
        Input::Rows(_) => false,
    }
}

/// What becomes of the records in the objects of each delivery.
pub(super) fn objects(context: &Context) -> Vec<Diagnostic> {
    let pipeline = context.pipeline;
    let mut found = Vec::new();
    for (at, delivery) in pipeline.deliveries.iter().enumerate() {
        // A function decides about its records itself.
        if delivery.transform.is_some() || delivery.newline.value != Newline::None {
            continue;
        }
        let sources: Vec<&Source> =
            into(pipeline, at, delivery).filter(|source| can_write(pipeline, source)).collect();
        let producer = pipeline.producer.as_ref().filter(|_| takes_producer(pipeline, at, delivery));
        let producer = producer.map(|producer| producer.span);
        found.extend(mixed(delivery, &sources, producer).or_else(|| one_line(delivery, &sources, producer)));
    }
    found
}

/// Text between members of gzip, or between binary records.
fn mixed(delivery: &Delivery, sources: &[&Source], producer: Option<Span>) -> Option<Diagnostic> {
    if delivery.unpack.is_some() {
        return None;
    }
    let packed = sources.iter().find(|source| !Form::of(source).is_text())?;
    let form = Form::of(packed);
    let other =
        sources.iter().find(|source| Form::of(source) != form).map(|source| source.span).or(producer)?;
    let help = match (form, delivery.direct.is_some()) {
        (Form::Gzip, false) => {
            "replace `newline: none` by `transform: {unpack: cloudwatch_logs}`, which makes lines of all records"
                .to_owned()
        }
        (Form::Gzip, true) => {
            "declare `deliveries` with one for the log events, and write `to: NAME` for each source".to_owned()
        }
        _ => "remove `format`, so that the metrics are JSON; or write `to: NAME` with another one of several `deliveries`".to_owned(),
    };
    let message = format!(
        "records of `{}` are {}, and other records between them would damage the objects",
        packed.name,
        form.words()
    );
    Some(
        Diagnostic::error(Code::MixedRecords, packed.span, message, help).related(other, "the other records"),
    )
}

/// Records that follow each other on the same line.
fn one_line(delivery: &Delivery, sources: &[&Source], producer: Option<Span>) -> Option<Diagnostic> {
    let message = |what: &str| {
        format!("{what} have no newline of their own, so one would follow the other on the same line")
    };
    let fault = |what: &str| {
        Diagnostic::warning(Code::NoSeparator, delivery.newline.span, message(what), "remove `newline: none`")
    };
    if delivery.unpack.is_some() {
        return Some(fault("messages of log events that Firehose unpacks"));
    }
    let glued = sources.iter().find_map(|source| Some((source.span, without_newline(source)?, "the source")));
    let (span, what, label) =
        glued.or_else(|| producer.map(|span| (span, "records of the producer", "the producer")))?;
    let blank = sources.iter().find(|source| match &source.kind {
        SourceKind::MetricStream(_) => true,
        SourceKind::Sns(sns) => !sns.raw.value,
        _ => false,
    });
    let mut found = fault(what).related(span, label);
    if blank.is_some() {
        // With Firehose's newline, the others would have two.
        found.help = "write `transform: {}` in place of `newline: none`, which appends a newline only where there is none"
            .into();
    }
    Some(found)
}

/// What the SQL, tables and partition keys read of each source.
pub(super) fn columns(context: &Context) -> Vec<Diagnostic> {
    let pipeline = context.pipeline;
    let Some(records) = &pipeline.records else { return Vec::new() };
    let mut found: Vec<Diagnostic> = Vec::new();
    for reader in readers(pipeline, context.query) {
        let sources: Vec<&Source> =
            reader.sources.iter().copied().filter(|source| can_write(pipeline, source)).collect();
        let mut faults: Vec<Diagnostic> = sources
            .iter()
            // A table over CSV is a fault of its own.
            .filter(|_| reader.is_sql() || records.format == RecordFormat::Json)
            .filter_map(|source| format(source, records.format, reader.words))
            .map(|found| found.related(records.span, "the records"))
            .collect();
        let is_existing = pipeline.stream.as_ref().is_some_and(|stream| stream.existing.is_some());
        if faults.is_empty() && !reader.takes_others && !is_existing {
            let used = records.columns.iter().filter(|column| reader.columns.reads(column));
            faults.extend(used.filter_map(|column| column_of_none(pipeline, column, &sources)));
        }
        // Of several readers of a column, the first one reports it.
        faults.retain(|fault| found.iter().all(|other| (other.code, other.span) != (fault.code, fault.span)));
        found.extend(faults);
    }
    found
}

/// Something that reads columns of the records.
struct Reader<'a> {
    /// What it is called.
    words: &'static str,
    /// The sources whose records it reads.
    sources: Vec<&'a Source>,
    /// Whether it reads the producer's records as well.
    takes_others: bool,
    /// Its columns.
    columns: Columns<'a>,
}

impl Reader<'_> {
    fn is_sql(&self) -> bool {
        matches!(self.columns, Columns::Sql(_) | Columns::Text(_))
    }
}

/// Columns that are read.
enum Columns<'a> {
    /// All of them.
    All,
    /// Those that the SQL reads.
    Sql(&'a Query),
    /// Those that a SQL with errors names, in lower-case letters.
    Text(String),
    /// Those with these names, in lower-case letters.
    Named(Vec<String>),
}

impl Columns<'_> {
    /// Whether a column is one of them. Others have no effect.
    fn reads(&self, column: &Column) -> bool {
        let name = column.name.to_lowercase();
        match self {
            Self::All => true,
            Self::Named(names) => names.contains(&name),
            Self::Sql(query) => query.reads(&column.name),
            Self::Text(text) => {
                let is_part = |c: char| c.is_alphanumeric() || c == '_';
                // A name with other characters is in quotation marks.
                let is_named = match name.chars().all(is_part) {
                    true => text.split(|c| !is_part(c)).any(|word| word == name),
                    false => text.contains(&name),
                };
                text.contains('*') || is_named
            }
        }
    }
}

/// What reads columns of the records as they come in.
fn readers<'a>(pipeline: &'a Pipeline, query: Option<&'a Query>) -> Vec<Reader<'a>> {
    let mut all = Vec::new();
    if let Some(analytics) = &pipeline.analytics {
        let is_read = |source: &&Source| match pipeline.target(source) {
            Target::Stream => true,
            Target::Delivery(at) => {
                pipeline.deliveries.get(at).is_some_and(|delivery| pipeline.runs_query(delivery))
            }
        };
        let text = || analytics.sql.as_ref().map(|sql| sql.text().to_lowercase()).unwrap_or_default();
        all.push(Reader {
            words: "the SQL",
            sources: pipeline.sources.iter().filter(is_read).collect(),
            takes_others: pipeline.producer.is_some(),
            columns: query.map_or_else(|| Columns::Text(text()), Columns::Sql),
        });
    }
    for (at, delivery) in pipeline.deliveries.iter().enumerate() {
        let is_own = delivery.transform.as_ref().is_some_and(|transform| transform.own.is_some());
        let of_rows = matches!(pipeline.input(delivery), Input::Rows(_)) || pipeline.runs_query(delivery);
        // A function of the user's may return other records; Firehose's own unpacking has a rule of its own.
        let Some(s3) = delivery.destination.s3().filter(|_| !of_rows && !is_own && delivery.unpack.is_none())
        else {
            continue;
        };
        let has_table = s3.table.as_ref().is_some_and(crate::pipeline::Table::is_own);
        if !has_table && s3.partitions.is_empty() {
            continue;
        }
        let keys = s3.partitions.iter().map(|partition| partition.column.value.to_lowercase());
        all.push(Reader {
            words: if has_table { "the table" } else { "`partition_by`" },
            sources: into(pipeline, at, delivery).collect(),
            takes_others: pipeline.producer.is_some() && takes_producer(pipeline, at, delivery),
            columns: if has_table { Columns::All } else { Columns::Named(keys.collect()) },
        });
    }
    all
}

/// Records that cannot be read in the declared format.
fn format(source: &Source, declared: RecordFormat, reader: &str) -> Option<Diagnostic> {
    let name = &source.name;
    let (message, help) = match (Form::of(source), declared) {
        (Form::Tabs, RecordFormat::Json) => (
            format!("records of `{name}` are lines with tabs, and {reader} would read them as JSON"),
            match reader {
                "the SQL" => {
                    "read the lines as CSV: `format: csv` and `delimiter: \"\\t\"` in `records`, and the columns in CloudFront's \
                     order, which `pipec plan` prints without the SQL"
                }
                _ => {
                    "read the lines as CSV, with `format: csv` and `delimiter: \"\\t\"` in `records`, and add SQL, whose rows are \
                     JSON, as in `analytics: {sql: SELECT * FROM stream}`"
                }
            },
        ),
        (Form::Tabs, RecordFormat::Csv { delimiter }) if delimiter != '\t' => (
            format!(
                "the fields of `{name}` have a tab between them, and {reader} would read them with `{delimiter}`"
            ),
            "write `delimiter: \"\\t\"` in `records`",
        ),
        (Form::Json, RecordFormat::Csv { .. }) => (
            format!("records of `{name}` are JSON, and {reader} would read them as CSV"),
            "write `format: json` in `records`",
        ),
        _ => return None,
    };
    Some(Diagnostic::error(Code::SourceFormat, source.span, message, help))
}

/// The events that a source's records are, if they have a known form.
fn event(pipeline: &Pipeline, source: &Source) -> Option<&'static Event> {
    match &source.kind {
        SourceKind::Sqs(queue) => Some(match queue.body {
            SqsBody::Text => &event::MESSAGE_OF_TEXT,
            SqsBody::Json => &event::MESSAGE_OF_JSON,
        }),
        SourceKind::DynamoDb(_) => Some(&event::CHANGE),
        SourceKind::EventBridge(rule) => rule.input.is_none().then_some(&event::BUS),
        SourceKind::CloudWatchLogs(_) => {
            let unpacks = |delivery: &Delivery| {
                delivery.transform.as_ref().is_some_and(|transform| transform.unpack.is_some())
            };
            pipeline.deliveries.iter().any(unpacks).then_some(&event::LOG_EVENT)
        }
        SourceKind::MetricStream(stream) => {
            (stream.format.value == MetricFormat::Json).then_some(&event::METRIC)
        }
        SourceKind::Sns(topic) => (!topic.raw.value).then_some(&event::NOTIFICATION),
        SourceKind::Api(_)
        | SourceKind::CloudFront(_)
        | SourceKind::Iot(_)
        | SourceKind::Waf(_)
        | SourceKind::Writers(_) => None,
    }
}

/// A column that the records of no source have.
fn column_of_none(pipeline: &Pipeline, column: &Column, sources: &[&Source]) -> Option<Diagnostic> {
    let path = column.path.to_string();
    let faults: Option<Vec<_>> = sources
        .iter()
        .map(|source| Some((*source, event_path::of_column(&path, event(pipeline, source)?)?)))
        .collect();
    // The source whose records have the first step of the path is the one that is meant.
    let (source, fault) = faults?.into_iter().min_by_key(|(_, fault)| fault.is_unknown)?;
    let below = fault.better.strip_prefix("$.body.");
    let help = match (&source.kind, below) {
        // The body is a text, whose fields the SQL does not read.
        (SourceKind::Sqs(queue), Some(below)) if queue.body == SqsBody::Text => {
            format!(
                "read the body as JSON: `body: json` in `sources.{}.sqs`, and `path: $.body.{below}` here",
                source.name
            )
        }
        (SourceKind::Sns(_), _) if fault.better.starts_with("$.Message.") => format!(
            "write `raw: true` in `sources.{}.sns`, so that the messages are the records",
            source.name
        ),
        (SourceKind::DynamoDb(_), _) if fault.is_unknown => {
            format!("write `path: {}`", of_image(&fault.better, column))
        }
        _ => format!("write `path: {}`", fault.better),
    };
    Some(
        Diagnostic::warning(
            Code::ColumnOfNone,
            column.span,
            format!("{}: the column `{}` is always NULL", fault.message, column.name),
            help,
        )
        .related(source.span, "the source"),
    )
}

/// The path to an attribute of an item, with the type of a column. The new image has all attributes, those of the key among them.
fn of_image(path: &str, column: &Column) -> String {
    let kind = match column.data_type {
        DataType::TinyInt
        | DataType::SmallInt
        | DataType::Integer
        | DataType::BigInt
        | DataType::Decimal { .. }
        | DataType::Real
        | DataType::Double => "N",
        DataType::Boolean => "BOOL",
        _ => "S",
    };
    match path.strip_prefix("$.dynamodb.Keys.").and_then(|rest| rest.strip_suffix(".S")) {
        Some(name) => format!("$.dynamodb.NewImage.{name}.{kind}"),
        None => path.to_owned(),
    }
}
