//! Columns, the Flink application and the SQL.

use super::Context;
use crate::aws::flink::{self, State};
use crate::aws::limits::flink as limits;
use crate::aws::regions;
use crate::capacity;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::pipeline::{Capacity, Destination, Pipeline, ProducerSource, S3};
use crate::resolve::DEFAULT_REGION;
use crate::spec::AnalyticsRuntime;
use crate::sql::{self, Query, Role, print_program};

/// Whether the producer makes its records from the columns.
fn generates(pipeline: &Pipeline) -> bool {
    let producer = pipeline.producer.as_ref();
    producer.is_some_and(|producer| matches!(producer.source, ProducerSource::Generator(_)))
}

/// Reads the SQL against the columns.
pub(super) fn analyze(pipeline: &Pipeline) -> (Option<Query>, Vec<Diagnostic>) {
    let (Some(analytics), Some(records)) = (&pipeline.analytics, &pipeline.records) else {
        return (None, Vec::new());
    };
    match (&analytics.sql, &analytics.references) {
        (Some(text), Some(references)) if records.complete => {
            let input = sql::Input {
                format: records.format,
                columns: &records.columns,
                event_time: records.event_time,
                references,
                errors: analytics.errors.map(|errors| errors.span),
                name: records.name.as_deref(),
                outputs: &pipeline.output_names(),
            };
            let (query, diagnostics) = sql::analyze(text, &input);
            (query.map(|query| Query { start: analytics.start, ..query }), diagnostics)
        }
        _ => (None, Vec::new()),
    }
}

/// Whether a delivery uses the columns: for a table, for partition keys, or for the types of fields.
fn stores_by_column(pipeline: &Pipeline) -> bool {
    let in_s3 = |s3: &S3| s3.table.is_some() || s3.format.value.is_columnar() || !s3.partitions.is_empty();
    pipeline.deliveries.iter().any(|delivery| match &delivery.destination {
        Destination::S3(s3) => in_s3(s3),
        Destination::Service(service) => service.kind.has_columns(),
    })
}

pub(super) fn check(context: &mut Context) {
    match (&context.pipeline.analytics, &context.pipeline.records) {
        (Some(analytics), None) => context.report(Diagnostic::error(
            Code::RecordsMissing,
            analytics.span,
            "SQL needs the columns of the records",
            "add `records:` with `format: json` and `columns:`, each with its `type` and `path`",
        )),
        (None, Some(records)) if !generates(context.pipeline) && !stores_by_column(context.pipeline) => {
            context.report(Diagnostic::warning(
                Code::RecordsUnused,
                records.span,
                "the columns are declared, but nothing reads them",
                "add `analytics:`, or remove `records:`",
            ));
        }
        _ => {}
    }
    let Some(analytics) = &context.pipeline.analytics else { return };
    match analytics.runtime.value {
        AnalyticsRuntime::Lambda => each_record_alone(context),
        AnalyticsRuntime::Flink => {
            runtime_environment(context);
            newer_functions(context);
            context.diagnostics.extend(context.query.and_then(sql::unplannable));
            parallelism(context);
            output_quota(context);
            forests(context);
        }
    }
}

/// A runtime in place of an unknown one: what was meant, if only the spelling is off; otherwise all that pipec can use.
/// The likest name would be a guess at a version.
fn instead(name: &str) -> String {
    let plain = |name: &str| name.to_ascii_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "");
    let usable =
        || flink::all().iter().filter(|r| r.usable() && r.kinesis_sql_connector.is_some()).map(|r| r.name);
    match usable().find(|usable| plain(usable) == plain(name)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("write {}", suggest::one_of(usable())),
    }
}

/// Flink's version as numbers, which compare as versions do.
fn version(runtime: &flink::Runtime) -> Vec<u32> {
    runtime.flink.unwrap_or_default().split('.').filter_map(|part| part.parse().ok()).collect()
}

/// Functions that the chosen version of Flink does not have yet.
fn newer_functions(context: &mut Context) {
    let (Some(analytics), Some(query)) = (&context.pipeline.analytics, context.query) else { return };
    let setting = &analytics.flink.runtime_environment;
    let Some(runtime) = flink::runtime(&setting.value) else { return };
    let numbers = |text: &str| text.split('.').filter_map(|part| part.parse().ok()).collect::<Vec<u32>>();
    for (name, since, span) in query.newer_functions() {
        if version(runtime) < numbers(since) {
            let found = Diagnostic::error(
                Code::NewerFunction,
                span,
                format!("`{}` does not have {name}, which Flink has from {since} on", setting.value),
                format!("write `runtime_environment: {}`", flink::DEFAULT),
            );
            context.report(found.related(setting.span, "the runtime"));
        }
    }
}

fn runtime_environment(context: &mut Context) {
    let Some(analytics) = &context.pipeline.analytics else { return };
    let setting = &analytics.flink.runtime_environment;
    let (name, span) = (setting.value.as_str(), setting.span);
    let newest = format!("write `runtime_environment: {}`", flink::DEFAULT);
    let Some(runtime) = flink::runtime(name) else {
        context.report(Diagnostic::error(
            Code::UnknownFlinkRuntime,
            span,
            format!("`{name}` is not a runtime of Managed Flink"),
            instead(name),
        ));
        return;
    };
    if runtime.name == flink::LEGACY_SQL {
        context.report(Diagnostic::error(
            Code::SqlRuntimeRemoved,
            span,
            flink::legacy_sql_message(),
            format!("{newest}; the SQL itself may stay as it is"),
        ));
        return;
    }
    match runtime.state {
        State::Current => {}
        State::Supported if runtime.kinesis_sql_connector.is_some() => {
            let older =
                flink::runtime(flink::DEFAULT).is_some_and(|newest| version(runtime) < version(newest));
            if older {
                context.report(Diagnostic::advice(
                    Code::FlinkRuntimeOld,
                    span,
                    format!("`{name}` runs, and AWS names `{}` for new applications", flink::DEFAULT),
                    newest,
                ));
            }
        }
        State::Supported => context.report(Diagnostic::error(
            Code::FlinkRuntimeUnsupported,
            span,
            format!("there is no Kinesis connector that pipec has been tested with on `{name}`"),
            newest,
        )),
        State::Unsupported { since, why } => {
            let since = since.map(|since| format!(" since {since}")).unwrap_or_default();
            context.report(Diagnostic::error(
                Code::FlinkRuntimeUnsupported,
                span,
                format!("`{name}` is not for new applications{since}: {why}"),
                newest,
            ));
        }
        State::Removed { no_new_since, gone_since } => context.report(Diagnostic::error(
            Code::FlinkRuntimeUnsupported,
            span,
            format!(
                "`{name}` is gone: no new applications since {no_new_since}, none runs since {gone_since}"
            ),
            newest,
        )),
    }
}

fn parallelism(context: &mut Context) {
    let Some(analytics) = &context.pipeline.analytics else { return };
    let (parallelism, per_kpu) = (&analytics.flink.parallelism, analytics.flink.parallelism_per_kpu.value);
    let kpus = parallelism.value.div_ceil(per_kpu.max(1));
    if kpus > limits::KPUS_DEFAULT_MAX {
        context.report(Diagnostic::error(
            Code::FlinkCapacity,
            parallelism.span,
            format!(
                "a parallelism of {} needs {kpus} KPUs; an application has {} by default",
                parallelism.value,
                limits::KPUS_DEFAULT_MAX
            ),
            {
                let most = format!("`parallelism: {}` or less", limits::KPUS_DEFAULT_MAX * per_kpu);
                let dense = parallelism.value.div_ceil(limits::KPUS_DEFAULT_MAX);
                if limits::PARALLELISM_PER_KPU.contains(dense) {
                    format!("write `parallelism_per_kpu: {dense}`, or {most}")
                } else {
                    format!("write {most}")
                }
            },
        ));
    }
}

/// A forest is one task, whatever the parallelism.
fn forests(context: &mut Context) {
    let (Some(query), Some(analytics)) = (context.query, &context.pipeline.analytics) else { return };
    let records = context.pipeline.intake.records_per_second.value;
    let keys = |columns: &[String]| analytics.key_count(columns);
    let found: Vec<Diagnostic> = query
        .forests()
        .filter_map(|function| {
            let rows = query.row_rate_of(function.input(), records, &keys).per_second;
            let carried = function.forest.rows_per_second();
            (rows > carried as f64).then(|| {
                let message = format!(
                    "up to {rows} rows per second come to this forest, and it carries about {carried} on one vCPU"
                );
                let help = "write a smaller numberOfTrees, or score the rows of a window, such as AVG by STEP, in the CURSOR";
                Diagnostic::warning(Code::ForestRate, function.forest.span, message, help)
            })
        })
        .collect();
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

/// The transform looks at one record at a time, remembers none, and hands its rows to Firehose alone.
fn each_record_alone(context: &mut Context) {
    let (Some(analytics), Some(query)) = (&context.pipeline.analytics, context.query) else { return };
    let runtime = analytics.runtime.span;
    let help = "write `runtime: flink` in `analytics`; it costs about 166 USD per month and a second stream";
    let needs_flink = |span, message: String| {
        Diagnostic::error(Code::QueryNeedsFlink, span, message, help).related(runtime, "the runtime")
    };
    let outputs = query.stream_ids().filter(|id| query.stream(*id).role == Role::Output);
    let programs: Result<Vec<_>, _> = outputs.map(|output| print_program(query, output)).collect();
    let mut found: Vec<Diagnostic> = query
        .outputs()
        .filter(|output| !query.is_errors(output))
        .skip(1)
        .map(|other| {
            let message = format!("`{}` is a second output, and the Lambda has only one", other.name);
            needs_flink(other.span, message)
        })
        .collect();
    match programs {
        // There is one, or the others are reported.
        Ok(programs) => context.program = programs.into_iter().next(),
        Err(need) => {
            let message = match query.stateless() {
                Err(_) => format!(
                    "{} depends on several records, and the Lambda processes each record on its own",
                    need.what
                ),
                Ok(()) => format!("the Lambda does not support {}", need.what),
            };
            found.push(needs_flink(need.span, message));
        }
    }
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

/// The rows go through a stream of their own, which counts against the same quota.
fn output_quota(context: &mut Context) {
    let Some(stream) = &context.pipeline.stream else { return };
    let (Some(analytics), Some(query), Capacity::Provisioned | Capacity::Fixed(_)) =
        (&context.pipeline.analytics, context.query, stream.capacity.value)
    else {
        return;
    };
    let region = &context.pipeline.region.value;
    let (quotas, large) = (regions::quotas(region), regions::quotas(DEFAULT_REGION).shards);
    let quota = stream.shard_quota.value;
    let mut used = match stream.capacity.value {
        Capacity::Fixed(count) => count,
        _ => capacity::shards(&capacity::input_load(context.pipeline, 1)).shards,
    };
    for output in query.outputs() {
        let consumers = context.graph.consumers_of_output(&output.name);
        let load = capacity::output_load(context.pipeline, context.query, output, consumers);
        let need = capacity::shards(&load);
        let before = used;
        used = used.saturating_add(need.shards);
        if before <= quota && used > quota {
            let mut ways = Vec::new();
            if let Some(unbounded) = output.columns.iter().find(|c| c.data_type.text_length() == Some(None)) {
                ways.push(format!(
                    "give `{}` a length, as in VARCHAR(64); without one it may be as long as the record",
                    unbounded.name
                ));
            }
            let bytes = |record| capacity::bytes_per_second(load.records_per_second, record);
            let written = bytes(load.record_bytes).max(bytes(context.pipeline.counted_record_bytes()));
            if written <= quotas.on_demand_write_bytes_per_s {
                ways.push("write `capacity: on_demand` in `stream`".into());
            }
            if used <= large && large > quota {
                ways.push(format!("write `region: {DEFAULT_REGION}`, where an account has {large}"));
            }
            let rate = analytics.row_rate(query, output, context.pipeline.intake.records_per_second.value);
            let keys = rate.unknown_keys().find(|window| !window.columns.is_empty());
            if let Some(keys) = keys {
                let columns = keys.columns.join(",");
                ways.push(format!(
                    "write `keys: {{\"{columns}\": 2000}}` in `analytics`, with the number of different values"
                ));
            }
            if keys.is_none()
                && analytics.rows_per_record.is_none()
                && load.records_per_second > context.pipeline.intake.records_per_second.value
            {
                ways.push("write `rows_per_record` in `analytics`, if there are fewer rows".into());
            }
            if ways.is_empty() {
                ways.push("select fewer columns, or split the load over several pipelines".into());
            }
            context.report(Diagnostic::error(
                Code::ResultsOverShards,
                output.span,
                format!(
                    "up to {} rows per second need {} output shards in addition to {before} others; an account has {quota} in \
                     {region}",
                    load.records_per_second, need.shards
                ),
                ways.join("; or "),
            ));
        }
    }
}
