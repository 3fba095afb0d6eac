//! Sources: one file of rules per kind; what all kinds have in common is here.

pub(super) mod account;
mod api;
mod arn;
mod cloudwatch_logs;
pub(super) mod event_pattern;
mod eventbridge;
mod filter_pattern;
mod iot;
mod json_path;
mod pipe;
pub(super) mod role;
mod writers;

use super::{Context, names};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::resolve::pipeline::{Source, SourceKind, Target};
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
    fn region(&self) -> &str {
        &self.context.pipeline.region.value
    }

    /// A key that only a stream has a use for.
    fn stream_only(&self, key: &str, span: Option<Span>) -> Option<Diagnostic> {
        let span = span.filter(|_| self.target != Target::Stream)?;
        Some(Diagnostic::error(
            Code::SourceTarget,
            span,
            format!("`{key}` is for a stream, and this source writes straight into Firehose"),
            format!("remove `{key}`"),
        ))
    }
}

fn rules_of(source: &Source) -> &dyn Rules {
    match &source.kind {
        SourceKind::Api(api) => api,
        SourceKind::CloudWatchLogs(logs) => logs,
        SourceKind::DynamoDb(table) => table,
        SourceKind::EventBridge(rule) => rule,
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
    found.extend(same_names(&context.pipeline.sources));
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
                "with a stream, sources write into the stream, and the deliveries read it",
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
            "there are several deliveries, and the source does not choose one",
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
    let id = |source: &Source| crate::resolve::pipeline::logical_name(&source.name);
    let mut found = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        if let Some(other) = sources[..at].iter().find(|other| id(other) == id(source)) {
            let message = format!("`{}` and `{}` would have the same logical id", other.name, source.name);
            found.push(
                Diagnostic::error(
                    Code::PartName,
                    source.span,
                    message,
                    "choose a name that differs in its letters",
                )
                .related(other.span, "the other one"),
            );
        }
    }
    found
}
