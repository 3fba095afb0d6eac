//! Columns, the Flink application and the SQL.

use super::Context;
use crate::aws::flink::{self, State};
use crate::aws::limits::flink as limits;
use crate::aws::regions;
use crate::capacity;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::resolve::pipeline::{Capacity, Pipeline};
use crate::spec::AnalyticsRuntime;
use crate::sql::{self, Query};

/// Reads the SQL against the columns.
pub(super) fn analyze(pipeline: &Pipeline) -> (Option<Query>, Vec<Diagnostic>) {
    let (Some(analytics), Some(records)) = (&pipeline.analytics, &pipeline.records) else {
        return (None, Vec::new());
    };
    match &analytics.sql {
        Some(text) => sql::analyze(text, &sql::Input { columns: &records.columns }),
        None => (None, Vec::new()),
    }
}

pub(super) fn check(context: &mut Context) {
    match (&context.pipeline.analytics, &context.pipeline.records) {
        (Some(analytics), None) => context.report(Diagnostic::error(
            Code::RecordsMissing,
            analytics.span,
            "SQL needs to know the columns of a record",
            "add `records:` with `format: json` and `columns:`, each with its `type` and `path`",
        )),
        (None, Some(records)) => context.report(Diagnostic::warning(
            Code::RecordsUnused,
            records.span,
            "the columns are declared, but no SQL reads them",
            "add `analytics:`, or remove `records:`",
        )),
        _ => {}
    }
    let Some(analytics) = &context.pipeline.analytics else { return };
    if analytics.runtime.value == AnalyticsRuntime::Lambda {
        let message = if analytics.runtime.written {
            "this version of pipec cannot run SQL in the Lambda"
        } else {
            "without `runtime`, SQL runs in the Lambda, which this version of pipec cannot do"
        };
        context.report(Diagnostic::error(
            Code::LambdaRuntimeMissing,
            analytics.runtime.span,
            message,
            "write `runtime: flink`; it costs about 161 USD a month, and a stream",
        ));
        return;
    }
    runtime_environment(context);
    parallelism(context);
    output_quota(context);
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
            suggest::instead(name, flink::usable_names().collect::<Vec<_>>()),
        ));
        return;
    };
    if runtime.name == flink::LEGACY_SQL {
        context.report(Diagnostic::error(
            Code::SqlRuntimeRemoved,
            span,
            removed_message(),
            format!("{newest}; the SQL itself may stay as it is"),
        ));
        return;
    }
    match runtime.state {
        State::Current => {}
        State::Supported if runtime.kinesis_sql_connector.is_some() => {}
        State::Supported => context.report(Diagnostic::error(
            Code::FlinkRuntimeUnsupported,
            span,
            format!("there is no Kinesis connector that pipec can vouch for on `{name}`"),
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
            format!("`{name}` cannot be created since {no_new_since} nor run since {gone_since}"),
            newest,
        )),
    }
}

/// What became of Kinesis Data Analytics for SQL.
pub(crate) fn removed_message() -> String {
    format!(
        "`{}` is gone: no new applications since {}, the last deleted from {}",
        flink::LEGACY_SQL,
        flink::LEGACY_SQL_NO_NEW_SINCE,
        flink::LEGACY_SQL_GONE_SINCE
    )
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
            format!(
                "write `parallelism: {}` or less, or raise `parallelism_per_kpu`",
                limits::KPUS_DEFAULT_MAX * per_kpu
            ),
        ));
    }
}

/// The rows go through a stream of their own, which counts against the same quota.
fn output_quota(context: &mut Context) {
    let stream = &context.pipeline.stream;
    let (Some(query), Capacity::Provisioned | Capacity::Fixed(_)) = (context.query, stream.capacity.value)
    else {
        return;
    };
    let region = &context.pipeline.region.value;
    let quota = regions::quotas(region).shards;
    for output in query.outputs() {
        let need = capacity::shards(&capacity::output_load(output, stream));
        if need.shards > quota {
            context.report(Diagnostic::error(
                Code::ResultsOverShards,
                output.span,
                format!(
                    "up to {} rows a second need {} shards of output; an account has {quota} in {region}",
                    stream.records_per_second.value, need.shards
                ),
                "write `capacity: on_demand` in `stream`, or have the quota raised and name a region that has it",
            ));
        }
    }
}
