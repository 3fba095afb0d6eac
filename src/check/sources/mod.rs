//! Sources: one file of rules per kind; what all kinds have in common is here.

pub(super) mod account;
mod api;
mod arn;
mod cloudfront;
mod cloudwatch_logs;
mod condition;
mod event;
mod event_path;
pub(super) mod event_pattern;
mod eventbridge;
mod filter_pattern;
pub(super) mod form;
mod iot;
mod json_path;
mod metric_stream;
mod numeric;
mod pipe;
pub(super) mod role;
mod schedule;
mod sns;
mod waf;
mod writers;

use super::{Context, names};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::pipeline::{Delivery, Input, Pipeline, Setting, Source, SourceKind, Target};
use crate::source::Span;

/// Finds faults of a kind of source.
trait Rules {
    /// Reports what AWS would reject, or silently get wrong.
    fn check(&self, site: &Site, found: &mut Vec<Diagnostic>);
}

/// A source in its pipeline.
struct Site<'a> {
    context: &'a Context<'a>,
    source: &'a Source,
    target: Target,
}

impl Site<'_> {
    /// Place of the source's name.
    fn span(&self) -> Span {
        self.source.span
    }

    /// The pipeline's region.
    fn region(&self) -> &Setting<String> {
        &self.context.pipeline.region
    }

    /// A key that only a stream has a use for.
    fn stream_only(&self, key: &str, span: Option<Span>) -> Option<Diagnostic> {
        let span = span.filter(|_| self.target != Target::Stream)?;
        Some(Diagnostic::error(
            Code::SourceTarget,
            span,
            format!("`{key}` is for a stream, but this source writes directly to Firehose"),
            format!("remove `{key}`"),
        ))
    }

    /// A kind that writes into Firehose only, with what else there is.
    fn delivery_only(&self, what: &str, instead: &str) -> Option<Diagnostic> {
        (self.target == Target::Stream).then(|| {
            Diagnostic::error(
                Code::SourceTarget,
                self.span(),
                format!("{what} writes only to Firehose, and this pipeline has a stream"),
                format!(
                    "remove `stream`, and write `record_size` and `records_per_second` in `delivery`{instead}"
                ),
            )
        })
    }

    /// The deliveries that take in its records as they are.
    fn deliveries(&self) -> impl Iterator<Item = &Delivery> {
        let pipeline = self.context.pipeline;
        pipeline.deliveries.iter().enumerate().filter_map(|(at, delivery)| {
            into(pipeline, at, delivery).any(|source| source.name == self.source.name).then_some(delivery)
        })
    }

    /// The place of the first delivery that takes the source's records, for a help.
    fn place(&self) -> String {
        let spec = self.deliveries().next().map_or("/delivery", |delivery| delivery.spec.as_str());
        spec.trim_start_matches('/').replace('/', ".")
    }

    /// Records that end with a newline already, and get one more.
    fn blank_lines(&self, what: &str) -> Option<Diagnostic> {
        // Where the source cannot write, that is the fault.
        if self.target == Target::Stream {
            return None;
        }
        // Parquet and ORC have no lines.
        let has_lines = |delivery: &&Delivery| delivery.destination.schema().is_none();
        let mut appends = self.deliveries().filter(|delivery| delivery.transform.is_none()).filter(has_lines);
        appends.any(Delivery::appends_newline).then(|| {
            Diagnostic::warning(
                Code::BlankLines,
                self.span(),
                format!("{what} ends with a newline, and Firehose appends another one: every second line is blank"),
                format!(
                    "write `newline: none` in `{}`; or `transform: {{}}`, which appends a newline only where there is none",
                    self.place()
                ),
            )
        })
    }
}

/// The sources whose records a delivery takes in as they are; `at` is its place among the deliveries.
pub(super) fn into<'p>(
    pipeline: &'p Pipeline,
    at: usize,
    delivery: &Delivery,
) -> impl Iterator<Item = &'p Source> {
    let target = match pipeline.input(delivery) {
        Input::Direct => Some(Target::Delivery(at)),
        Input::Stream => Some(Target::Stream),
        Input::Rows(_) => None,
    };
    pipeline.sources.iter().filter(move |source| Some(pipeline.target(source)) == target)
}

fn rules_of(source: &Source) -> &dyn Rules {
    match &source.kind {
        SourceKind::Api(api) => api,
        SourceKind::CloudFront(logs) => logs,
        SourceKind::CloudWatchLogs(logs) => logs,
        SourceKind::DynamoDb(table) => table,
        SourceKind::EventBridge(rule) => rule,
        SourceKind::MetricStream(stream) => stream,
        SourceKind::Sns(topic) => topic,
        SourceKind::Waf(web_acl) => web_acl,
        SourceKind::Iot(rule) => rule,
        SourceKind::Sqs(queue) => queue,
        SourceKind::Writers(writers) => writers,
    }
}

pub(super) fn check(context: &mut Context) {
    let mut found = Vec::new();
    for source in &context.pipeline.sources {
        found.extend(name(source));
        found.extend(to(context, source));
        let target = context.pipeline.target(source);
        rules_of(source).check(&Site { context, source, target }, &mut found);
    }
    found.extend(cloudwatch_logs::filters(&context.pipeline.sources));
    found.extend(waf::logged_twice(&context.pipeline.sources));
    found.extend(sns::subscribed_twice(context.pipeline));
    found.extend(same_names(&context.pipeline.sources));
    found.extend(form::objects(context));
    found.extend(form::columns(context));
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

/// The delivery that a source writes to.
fn to(context: &Context, source: &Source) -> Option<Diagnostic> {
    let pipeline = context.pipeline;
    let names: Vec<&str> =
        pipeline.deliveries.iter().filter_map(|delivery| delivery.name.as_deref()).collect();
    match (&source.to, &pipeline.stream) {
        (Some(to), Some(stream)) => Some(
            Diagnostic::error(
                Code::SourceTarget,
                to.span,
                "with a stream, sources write to the stream, and the deliveries read it",
                "remove `to`",
            )
            .related(stream.span, "the stream"),
        ),
        (Some(to), None) if !names.contains(&to.value.as_str()) => Some(Diagnostic::error(
            Code::SourceTarget,
            to.span,
            format!("there is no delivery `{}`", to.value),
            if names.is_empty() { "remove `to`".into() } else { suggest::instead(&to.value, names) },
        )),
        (None, None) if names.len() > 1 => Some(Diagnostic::error(
            Code::SourceTarget,
            source.span,
            "there are several deliveries, and the source does not name one",
            format!("add `to: {}`", names[0]),
        )),
        _ => None,
    }
}

fn name(source: &Source) -> Option<Diagnostic> {
    let fault = names::PART.check(&source.name).err()?;
    Some(Diagnostic::error(
        Code::PartName,
        source.span,
        format!("`{}`: {fault}", source.name),
        match names::part_like(&source.name) {
            Some(name) => format!("rename it to `{name}`"),
            None => "write a name such as `orders`".into(),
        },
    ))
}

/// Names that differ in their hyphens alone would be one logical id.
fn same_names(sources: &[Source]) -> Vec<Diagnostic> {
    let id = |source: &Source| crate::pipeline::logical_name(&source.name);
    let mut found = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        if let Some(other) = sources[..at].iter().find(|other| id(other) == id(source)) {
            let message = format!("`{}` and `{}` would have the same logical id", other.name, source.name);
            found.push(
                Diagnostic::error(
                    Code::PartName,
                    source.span,
                    message,
                    "choose a name with different letters",
                )
                .related(other.span, "the other one"),
            );
        }
    }
    found
}
