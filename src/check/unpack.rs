//! Records of CloudWatch Logs, which are gzip of many log events: where they are unpacked, and where nothing could
//! read them.

use super::Context;
use crate::aws::limits::lambda;
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::pipeline::{Delivery, Input, Pipeline, Setting, Source, SourceKind, Target, Transform};
use crate::spec::{AnalyticsRuntime, ByteSize, Newline, Unpack};
use crate::sql::RecordFormat;

/// How much larger log events are as lines of JSON than as gzip. Assumed: gzip of log lines is a tenth of them, and the
/// names of group and stream come with each line.
const ASSUMED_GROWTH: u64 = 12;

pub(super) fn check(context: &mut Context) {
    let pipeline = context.pipeline;
    let mut found = Vec::new();
    if let Some(analytics) = pipeline.analytics_on(AnalyticsRuntime::Flink)
        && let Some(source) = pipeline.sources.iter().find(|source| is_logs(source))
    {
        found.push(
            Diagnostic::error(
                Code::PackedForFlink,
                source.span,
                "CloudWatch Logs sends gzip, and Flink's formats cannot read it",
                "write `runtime: lambda` and `transform: {unpack: cloudwatch_logs}`, or declare another pipeline for the log \
                 events",
            )
            .related(analytics.runtime.span, "the runtime"),
        );
    } else {
        let mut told = None;
        for (at, delivery) in pipeline.deliveries.iter().enumerate() {
            let transform = delivery.transform.as_ref();
            if let Some((transform, unpack)) = transform
                .and_then(|own| Some((own, own.unpack.as_ref()?)))
                .filter(|(transform, _)| transform.own.is_none())
            {
                found.extend(unpacks(pipeline, delivery, transform, unpack));
            } else if transform.is_some_and(|transform| transform.own.is_some()) {
                // A function of the user's gets the gzip, and may read it.
            } else if let Some(source) = logs_of(pipeline, at, delivery).filter(|_| told.is_none()) {
                told = packed(pipeline, delivery, source);
            }
        }
        found.extend(told);
    }
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

fn is_logs(source: &Source) -> bool {
    matches!(source.kind, SourceKind::CloudWatchLogs(_))
}

/// A source of log events whose records a delivery gets as they are.
fn logs_of<'a>(pipeline: &'a Pipeline, at: usize, delivery: &Delivery) -> Option<&'a Source> {
    let reaches = |source: &&Source| match pipeline.target(source) {
        Target::Stream => pipeline.input(delivery) == Input::Stream,
        Target::Delivery(to) => to == at,
    };
    pipeline.sources.iter().filter(|source| is_logs(source)).find(reaches)
}

/// Faults of a delivery that unpacks.
fn unpacks(
    pipeline: &Pipeline,
    delivery: &Delivery,
    transform: &Transform,
    unpack: &Setting<Unpack>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if matches!(pipeline.input(delivery), Input::Rows(_)) {
        let found_here = Diagnostic::error(
            Code::PackedForFlink,
            unpack.span,
            "the transform is behind Flink, which cannot read what is to be unpacked",
            "remove `unpack`, or write `runtime: lambda`",
        );
        let runtime = pipeline.analytics.as_ref().map(|analytics| analytics.runtime.span);
        found.push(match runtime {
            Some(runtime) => found_here.related(runtime, "the runtime"),
            None => found_here,
        });
    }
    if let Some(records) = pipeline.records.as_ref().filter(|records| records.format != RecordFormat::Json) {
        found.push(
            Diagnostic::error(
                Code::UnpackConflict,
                unpack.span,
                "log events are unpacked as JSON, and the records are declared as CSV",
                "write `format: json`, with columns such as `message` and `timestamp`",
            )
            .related(records.span, "the records"),
        );
    }
    let largest = lambda::SYNC_PAYLOAD_BYTES_MAX / 4 * 3 / ASSUMED_GROWTH;
    if transform.buffer_size.value > largest {
        found.push(Diagnostic::warning(
            Code::UnpackBuffer,
            transform.buffer_size.span,
            format!(
                "log events of {} of gzip may exceed the 6 MB of a response of Lambda, and records beyond it fail",
                ByteSize(transform.buffer_size.value)
            ),
            "remove `size`; the default with `unpack` is 0.2 MiB",
        ));
    }
    found
}

/// Log events that reach the destination, or the SQL, as gzip.
fn packed(pipeline: &Pipeline, delivery: &Delivery, source: &Source) -> Option<Diagnostic> {
    let help = "write `transform: {unpack: cloudwatch_logs}`, which makes a line of JSON of each log event";
    if let Some(analytics) = pipeline.analytics.as_ref().filter(|_| pipeline.runs_query(delivery)) {
        return Some(
            Diagnostic::error(
                Code::PackedRecords,
                source.span,
                "CloudWatch Logs sends gzip, and the SQL reads text",
                help,
            )
            .related(analytics.runtime.span, "the SQL"),
        );
    }
    let separates = match &delivery.transform {
        Some(transform) => !transform.append.value.is_empty(),
        None => delivery.newline.value == Newline::Append,
    };
    let place = delivery.spec.trim_start_matches('/').replace('/', ".");
    separates.then(|| {
        Diagnostic::error(
            Code::PackedRecords,
            source.span,
            "CloudWatch Logs sends gzip, and a newline after each record would damage it",
            format!("{help}; or write `newline: none` in `{place}` to store the gzip as it is"),
        )
    })
}
