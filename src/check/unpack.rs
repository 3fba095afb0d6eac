//! Records of CloudWatch Logs, which are gzip of many log events: where they are unpacked, and where nothing could
//! read them.

use super::{Context, sources};
use crate::aws::destinations::Rows;
use crate::aws::limits::lambda;
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Delivery, Input, Pipeline, Source, SourceKind, Transform};
use crate::source::Span;
use crate::spec::{AnalyticsRuntime, ByteSize, Newline};
use crate::sql::RecordFormat;

/// How much larger log events are as lines of JSON than as gzip. Assumed: gzip of log lines is a tenth of them, and the
/// names of group and stream come with each line.
const ASSUMED_GROWTH: u64 = 12;

pub(super) fn check(context: &mut Context) {
    let pipeline = context.pipeline;
    let mut found = flink(pipeline);
    for (at, delivery) in pipeline.deliveries.iter().enumerate() {
        let into: Vec<&Source> = sources::into(pipeline, at, delivery).collect();
        let logs = into.iter().find(|source| is_logs(source));
        // A function of the user's gets the gzip, and may read it.
        if delivery.transform.as_ref().is_some_and(|transform| transform.own.is_some()) {
            continue;
        }
        let transform = delivery.transform.as_ref().filter(|transform| transform.unpack.is_some());
        if let Some(unpack) = &delivery.unpack {
            found.extend(shared(pipeline, &into, unpack.span));
            found.extend(messages(delivery, unpack.span));
        }
        if let Some(transform) = transform {
            found.extend(csv(pipeline, delivery, transform));
            found.extend(buffer(transform));
        }
        let reads_envelopes = delivery.destination.capabilities().reads_log_envelopes;
        // What Flink reads is answered already.
        let reads_flink = pipeline.analytics_on(AnalyticsRuntime::Flink).is_some();
        if let Some(source) = logs
            .filter(|_| transform.is_none() && delivery.unpack.is_none() && !reads_flink && !reads_envelopes)
        {
            let others = into.iter().any(|source| !is_logs(source));
            found.extend(packed(pipeline, delivery, source, others));
        }
    }
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

fn is_logs(source: &Source) -> bool {
    matches!(source.kind, SourceKind::CloudWatchLogs(_))
}

/// What Flink would read, and what is behind it.
fn flink(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let Some(analytics) =
        pipeline.analytics_on(AnalyticsRuntime::Flink).filter(|_| pipeline.stream.is_some())
    else {
        return Vec::new();
    };
    if let Some(source) = pipeline.sources.iter().find(|source| is_logs(source)) {
        return vec![
            Diagnostic::error(
                Code::PackedForFlink,
                source.span,
                "CloudWatch Logs sends gzip, which Flink's formats cannot read",
                "unpack them and run the SQL in the transform, with `transform: {unpack: cloudwatch_logs}` and \
                 `runtime: lambda`; or declare another pipeline for the log \
                 events",
            )
            .related(analytics.runtime.span, "the runtime"),
        ];
    }
    let behind = |delivery: &&Delivery| matches!(pipeline.input(delivery), Input::Rows(_));
    let unpacks = pipeline.deliveries.iter().filter(behind);
    let unpacks = unpacks.filter_map(|delivery| delivery.transform.as_ref()?.unpack.as_ref());
    let fault = |span| {
        Diagnostic::error(
            Code::PackedForFlink,
            span,
            "the transform runs after Flink, which cannot read packed records",
            "remove `unpack`, or write `runtime: lambda`",
        )
        .related(analytics.runtime.span, "the runtime")
    };
    unpacks.map(|unpack| fault(unpack.span)).collect()
}

/// Firehose itself unpacks, and then rejects every other writer.
fn shared(pipeline: &Pipeline, into: &[&Source], unpack: Span) -> Vec<Diagnostic> {
    let others = into.iter().filter(|source| !is_logs(source));
    let several = pipeline.deliveries.len() > 1;
    let fault = |source: &&Source| {
        Diagnostic::error(
            Code::UnpackShared,
            source.span,
            "if Firehose itself unpacks log events, it rejects all other records",
            match several {
                true => "write `to: NAME` with another delivery for this source".to_owned(),
                false => "declare `deliveries` with one for the log events, and write `to: NAME` for each source; or add a \
                          `stream`, where a function unpacks"
                    .to_owned(),
            },
        )
        .related(unpack, "the unpacking")
    };
    let mut found: Vec<Diagnostic> = others.map(fault).collect();
    // The producer writes into the first delivery.
    let first = pipeline.deliveries.first().and_then(|delivery| delivery.unpack.as_ref());
    let into_first = first.is_some_and(|own| own.span == unpack);
    if let Some(producer) = pipeline.producer.as_ref().filter(|_| into_first && pipeline.stream.is_none()) {
        found.push(
            Diagnostic::error(
                Code::UnpackShared,
                producer.span,
                "if Firehose itself unpacks log events, it rejects all other records",
                "add a `stream`, where a function unpacks; or remove the producer",
            )
            .related(unpack, "the unpacking"),
        );
    }
    found
}

/// Messages are text, without the columns of a log event.
fn messages(delivery: &Delivery, unpack: Span) -> Option<Diagnostic> {
    let s3 = delivery.destination.s3()?;
    let columnar = s3.format.value.is_columnar().then_some(s3.format.span);
    let span = s3.table.as_ref().map(|table| table.span).or(columnar)?;
    Some(
        Diagnostic::error(
            Code::TableMessages,
            span,
            "without a stream and SQL, Firehose itself unpacks log events and delivers the messages alone, which have no columns",
            "add a `stream`, from which a function makes JSON of each log event, with `message`, `timestamp` and `logGroup`",
        )
        .related(unpack, "the unpacking"),
    )
}

fn csv(pipeline: &Pipeline, delivery: &Delivery, transform: &Transform) -> Option<Diagnostic> {
    let records = pipeline.records.as_ref().filter(|records| records.format != RecordFormat::Json)?;
    let unpack = transform.unpack.as_ref().filter(|_| pipeline.runs_query(delivery))?;
    Some(
        Diagnostic::error(
            Code::UnpackConflict,
            unpack.span,
            "log events are unpacked as JSON, but the records are declared as CSV",
            "write `format: json`, with columns such as `message` and `timestamp`",
        )
        .related(records.span, "the records"),
    )
}

fn buffer(transform: &Transform) -> Option<Diagnostic> {
    let size = &transform.buffer_size;
    let largest = lambda::SYNC_PAYLOAD_BYTES_MAX / 4 * 3 / ASSUMED_GROWTH;
    (size.value > largest).then(|| {
        Diagnostic::warning(
            Code::UnpackBuffer,
            size.span,
            format!(
                "log events of {} of gzip may exceed Lambda's response limit of 6 MB, and records beyond it fail",
                ByteSize(size.value)
            ),
            "remove `size`; the default with `unpack` is 0.2 MiB",
        )
    })
}

/// Log events that reach the destination, or the SQL, as gzip.
fn packed(pipeline: &Pipeline, delivery: &Delivery, source: &Source, others: bool) -> Option<Diagnostic> {
    let of = match &delivery.name {
        Some(name) => format!("`transform: {{unpack: cloudwatch_logs}}` in delivery `{name}`"),
        None => "`transform: {unpack: cloudwatch_logs}`".into(),
    };
    let to = delivery.destination.capabilities();
    let help = match to.rows {
        // Without unpacking a destination gets gzip, with it several rows.
        Rows::One => format!("deliver the log events to `s3`: {} accepts one row per record", to.words),
        Rows::Any => format!("write {of}, which makes a line of JSON of each log event"),
    };
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
    let s3 = delivery.destination.s3();
    let reads = s3.and_then(|s3| match (&s3.table, s3.format.value.is_columnar()) {
        (Some(table), _) => Some((table.span, "the table needs JSON")),
        (None, true) => Some((s3.format.span, "Firehose converts JSON only")),
        (None, false) => Some((s3.partitions.first()?.span, "partition keys are found in JSON")),
    });
    if let Some((span, what)) = reads {
        let help = match delivery.direct {
            Some(_) => {
                format!("add a `stream`, and write {of}, which makes a line of JSON of each log event")
            }
            None => help,
        };
        let message = format!("CloudWatch Logs sends gzip, and {what}");
        return Some(
            Diagnostic::error(Code::PackedRecords, source.span, message, help)
                .related(span, "what reads the records"),
        );
    }
    let fault = |message: String, help: String| {
        Some(Diagnostic::error(Code::PackedRecords, source.span, message, help))
    };
    // A destination that reads each record as a row reads no gzip, whatever is appended to it.
    if to.rows == Rows::One {
        let message = format!("CloudWatch Logs sends gzip, which {} would have to unpack itself", to.words);
        return fault(message, help);
    }
    let separates = match &delivery.transform {
        Some(transform) => !transform.append.value.is_empty(),
        None => delivery.newline.value == Newline::Append,
    };
    if !separates {
        return None;
    }
    if delivery.transform.is_none() && !delivery.appends_newline() {
        return fault(
            format!("CloudWatch Logs sends gzip, which {} would have to unpack itself", to.words),
            help,
        );
    }
    // Firehose's own extraction is for S3 only.
    let by_firehose = delivery.direct.is_some() && s3.is_some();
    let message = "CloudWatch Logs sends gzip, and a newline after each record would damage it".to_owned();
    if by_firehose && others {
        // It rejects all other records.
        let help = "declare `deliveries` with one for the log events, which has `transform: {unpack: cloudwatch_logs}`, and write \
                    `to: NAME` for each source";
        return fault(message, help.to_owned());
    }
    let help = match by_firehose {
        // It gives the messages alone.
        true => format!("write {of}, which makes a line of each log event's message"),
        false => help,
    };
    let stored = match delivery.transform.as_ref().filter(|transform| transform.written) {
        Some(transform) => format!("`append: \"\"` in `{}`", dotted(&transform.spec)),
        None => format!("`newline: none` in `{}`", dotted(&delivery.spec)),
    };
    fault(message, format!("{help}; or write {stored} to store the gzip as it is"))
}

/// A place in the spec, with dots.
fn dotted(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".")
}
