//! The shape of the pipeline: what comes in is read, and each part has what it needs.

use super::{Context, names, stream};
use crate::aws::limits::firehose;
use crate::aws::regions;
use crate::capacity;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::pipeline::{Delivery, Direct, FROM_RECORDS, FROM_STREAM};
use crate::resolve::DEFAULT_REGION;
use crate::spec::{AnalyticsRuntime, ByteSize};
use crate::sql::Role;

/// Names that other things have: resources of `delivery`, which would become others when a pipeline gets several deliveries, and
/// streams in `pipec tail`.
const RESERVED: [&str; 5] = ["logs", "role", "log-stream", "input", "output"];

pub(super) fn check(context: &mut Context) {
    reads(context);
    needs_stream(context);
    let pipeline = context.pipeline;
    for delivery in &pipeline.deliveries {
        name(context, delivery);
        from(context, delivery);
        if let Some(direct) = &delivery.direct {
            direct_put(context, delivery, direct);
        }
    }
    same_names(context);
}

/// Something must take the records in, and something must read them.
fn reads(context: &mut Context) {
    let pipeline = context.pipeline;
    if !pipeline.deliveries.is_empty() {
        let runs = pipeline.deliveries.iter().any(|delivery| pipeline.runs_query(delivery));
        if let Some(analytics) = pipeline.analytics_on(AnalyticsRuntime::Lambda).filter(|_| !runs) {
            context.report(Diagnostic::error(
                Code::NothingReads,
                analytics.span,
                "the SQL runs in no transform: every delivery reads unprocessed records",
                "remove `from` from the delivery for the rows",
            ));
        }
        return;
    }
    if let Some(analytics) = pipeline.analytics_on(AnalyticsRuntime::Lambda) {
        context.report(Diagnostic::error(
            Code::NothingReads,
            analytics.span,
            "without Flink, the SQL runs in the transform of a delivery, and there is none",
            "add `delivery: {s3: {}}`, or write `runtime: flink`",
        ));
        return;
    }
    match &pipeline.stream {
        None => context.report(Diagnostic::error(
            Code::NothingReads,
            pipeline.span,
            "a pipeline has a `stream`, a `delivery`, or both",
            "add `stream: {record_size: 2 KiB, records_per_second: 1000}` with your figures, and `delivery: {s3: {}}`",
        )),
        Some(stream) if !context.graph.input_is_read() => context.report(Diagnostic::error(
            Code::NothingReads,
            stream.span,
            "nothing reads the stream",
            "add `delivery: {s3: {}}`, `analytics` with SQL, or `consumers`",
        )),
        Some(_) => {}
    }
}

/// What only a stream can give.
fn needs_stream(context: &mut Context) {
    let pipeline = context.pipeline;
    if pipeline.stream.is_some() {
        return;
    }
    if let Some(analytics) = pipeline.analytics_on(AnalyticsRuntime::Flink) {
        context.report(Diagnostic::error(
            Code::NeedsStream,
            analytics.runtime.span,
            "Flink reads a Kinesis data stream, and this pipeline has none",
            "add `stream: {record_size: 2 KiB, records_per_second: 1000}` with your figures, or write `runtime: lambda` if \
             the query is stateless",
        ));
    }
}

fn name(context: &mut Context, delivery: &Delivery) {
    let Some(name) = &delivery.name else { return };
    if RESERVED.contains(&name.as_str()) {
        let message = format!("`{name}` cannot be the name of a delivery: pipec uses it itself");
        let help = format!("rename it, for example to `{name}-archive`");
        context.report(Diagnostic::error(Code::PartName, delivery.span, message, help));
    }
    if let Err(fault) = names::PART.check(name) {
        let help = match names::part_like(name) {
            Some(name) => format!("rename it to `{name}`"),
            None => "write a name such as `archive`".into(),
        };
        let message = format!("`{name}`: {fault}");
        context.report(Diagnostic::error(Code::PartName, delivery.span, message, help));
    }
}

/// Names that differ in their hyphens alone would be one logical id.
fn same_names(context: &mut Context) {
    let deliveries = &context.pipeline.deliveries;
    for (at, delivery) in deliveries.iter().enumerate() {
        if let Some(other) = deliveries[..at].iter().find(|other| other.suffix() == delivery.suffix()) {
            let message =
                format!("{} and {} would have the same logical ids", other.words(), delivery.words());
            context.report(
                Diagnostic::error(
                    Code::PartName,
                    delivery.span,
                    message,
                    "choose a name with different letters",
                )
                .related(other.span, "the other one"),
            );
        }
    }
}

/// The input of a delivery exists.
fn from(context: &mut Context, delivery: &Delivery) {
    let Some(from) = &delivery.from else { return };
    let pipeline = context.pipeline;
    let outputs: Vec<&str> = context
        .query
        .into_iter()
        .flat_map(|query| &query.streams)
        .filter(|stream| stream.role == Role::Output)
        .map(|stream| stream.name.as_str())
        .collect();
    let has_stream = pipeline.stream.is_some();
    let known = match from.value.as_str() {
        FROM_STREAM => has_stream,
        FROM_RECORDS if !has_stream => true,
        output => outputs.contains(&output),
    };
    // An SQL with errors has outputs that are not known.
    if known || from.value != FROM_STREAM && pipeline.analytics.is_some() && context.query.is_none() {
        return;
    }
    let (message, help) = match (&pipeline.analytics, from.value.as_str()) {
        (_, FROM_STREAM) => (
            "there is no stream to read".to_owned(),
            "write `from: records` for the records themselves, without the SQL".to_owned(),
        ),
        (None, other) => (
            format!("`{other}` would be an output of SQL, and there is no `analytics`"),
            if has_stream { "write `from: stream`, or remove it" } else { "remove `from`" }.to_owned(),
        ),
        (Some(_), other) => (
            format!("the SQL has no output `{other}`"),
            suggest::instead(other, outputs.iter().copied().chain(has_stream.then_some(FROM_STREAM))),
        ),
    };
    context.report(Diagnostic::error(Code::UnknownInput, from.span, message, help));
}

/// The load against the quota of the region, and against Firehose's largest record.
fn direct_put(context: &mut Context, delivery: &Delivery, direct: &Direct) {
    let (intake, region) = (&direct.intake, &context.pipeline.region.value);
    // The first one's is that of the pipeline, which `stream` looks at.
    if context.pipeline.deliveries.first().is_some_and(|first| first.suffix() != delivery.suffix()) {
        stream::average(context, intake);
    }
    if intake.record_size.value == 0 || intake.record_size.value > firehose::RECORD_BYTES_MAX {
        let max = ByteSize(firehose::RECORD_BYTES_MAX);
        context.report(Diagnostic::error(
            Code::RecordOverFirehoseLimit,
            intake.record_size.span,
            format!(
                "an average record has {}; Firehose accepts 1 B to {max}",
                ByteSize(intake.record_size.value)
            ),
            "write the size of an average record, as in `record_size: 2 KiB`",
        ));
        return;
    }
    let quota = regions::quotas(region).direct_put;
    let bytes = capacity::bytes_per_second(intake.records_per_second.value, intake.record_size.value);
    let records = intake.records_per_second.value;
    if bytes <= quota.bytes_per_s && records <= quota.records_per_s as f64 {
        return;
    }
    // An error about the same load: of a table that is updated, the quota cannot be raised.
    let updates = delivery.destination.iceberg().is_some_and(|iceberg| iceberg.operation.is_some());
    if updates && bytes > quota.bytes_per_s {
        return;
    }
    let large = regions::quotas(DEFAULT_REGION).direct_put;
    let mut ways = vec!["add a `stream`, which scales by shards".to_owned()];
    if bytes <= large.bytes_per_s && records <= large.records_per_s as f64 {
        ways.push(format!(
            "write `region: {DEFAULT_REGION}`, where the quota is {} per second",
            ByteSize(large.bytes_per_s)
        ));
    }
    ways.push("request a higher quota, and accept this warning".into());
    context.report(Diagnostic::warning(
        Code::DirectPutQuota,
        intake.records_per_second.span,
        format!(
            "the load is {} and {records} records per second; a Firehose stream in {region} accepts {} and {} records per \
             second without a higher quota",
            ByteSize(bytes),
            ByteSize(quota.bytes_per_s),
            quota.records_per_s
        ),
        ways.join(", or "),
    ));
}
