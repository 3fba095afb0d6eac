//! Records of CloudWatch Logs, which are gzip of many log events: where they are unpacked, and where nothing could
//! read them.

use super::Context;
use crate::aws::limits::lambda;
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::pipeline::{Source, SourceKind};
use crate::spec::{AnalyticsRuntime, ByteSize, Newline};
use crate::sql::RecordFormat;

/// How much larger log events are as lines of JSON than as gzip. Assumed: gzip of log lines is a tenth of them, and the
/// names of group and stream come with each line.
const ASSUMED_GROWTH: u64 = 12;

pub(super) fn check(context: &mut Context) {
    let pipeline = context.pipeline;
    let is_logs = |source: &&Source| matches!(source.kind, SourceKind::CloudWatchLogs(_));
    let logs = pipeline.sources.iter().find(is_logs);
    let unpack = pipeline.transform.as_ref().and_then(|transform| transform.unpack.as_ref());
    let mut found = Vec::new();
    if let Some(analytics) = pipeline.analytics_on(AnalyticsRuntime::Flink) {
        if let Some(source) = logs {
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
        } else if let Some(unpack) = unpack {
            found.push(
                Diagnostic::error(
                    Code::PackedForFlink,
                    unpack.span,
                    "the transform is behind Flink, which cannot read what is to be unpacked",
                    "remove `unpack`, or write `runtime: lambda`",
                )
                .related(analytics.runtime.span, "the runtime"),
            );
        }
    } else if let (Some(source), None) = (logs, unpack) {
        found.extend(packed(context, source));
    }
    if let Some(records) = pipeline.records.as_ref().filter(|records| records.format != RecordFormat::Json)
        && let Some(unpack) = unpack
    {
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
    if let (Some(transform), Some(_)) = (&pipeline.transform, unpack) {
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
    }
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

/// Log events that reach the destination, or the SQL, as gzip.
fn packed(context: &Context, source: &Source) -> Option<Diagnostic> {
    let pipeline = context.pipeline;
    let help = "write `transform: {unpack: cloudwatch_logs}`, which makes a line of JSON of each log event";
    if let Some(analytics) = &pipeline.analytics {
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
    let separates = match &pipeline.transform {
        Some(transform) => !transform.append.value.is_empty(),
        None => pipeline.delivery.newline.value == Newline::Append,
    };
    separates.then(|| {
        Diagnostic::error(
            Code::PackedRecords,
            source.span,
            "CloudWatch Logs sends gzip, and a newline after each record would damage it",
            format!("{help}; or write `newline: none` in `delivery` to store the gzip as it is"),
        )
    })
}
