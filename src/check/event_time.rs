//! Event times of several shards that one subtask reads.

use super::{Context, stream};
use crate::aws::limits::flink as limits;
use crate::diagnostics::{Code, Diagnostic};
use crate::spec::AnalyticsRuntime;
use crate::sql::TimeAttribute;
use crate::throughput;

/// A lateness from which on an outage is what it is for, in milliseconds: an update of the application takes minutes.
const OUTAGE_MS: u64 = 10 * 60 * 1000;

/// The connector follows the time of each subtask and not of each shard: where a subtask reads several shards of old
/// records, the fastest of them makes the records of the others late.
pub(super) fn check(context: &mut Context) {
    let pipeline = context.pipeline;
    let (Some(analytics), Some(query)) = (pipeline.analytics_on(AnalyticsRuntime::Flink), context.query)
    else {
        return;
    };
    let ordered = query.streams.iter().any(|stream| stream.carries.contains(&TimeAttribute::EventTime));
    let Some(event_time) = query.event_time.filter(|time| ordered && time.lateness_ms < OUTAGE_MS) else {
        return;
    };
    let flink = &analytics.flink;
    let need = throughput::of_pipeline(query, analytics, &pipeline.intake);
    let subtasks = match flink.parallelism.written {
        true => flink.parallelism.value,
        false => need.parallelism(flink.parallelism_per_kpu.value),
    };
    let shards = stream::count(context);
    if shards <= subtasks {
        return;
    }
    let readers =
        if subtasks == 1 { "one subtask reads".into() } else { format!("{subtasks} subtasks read") };
    let message = format!(
        "{readers} {shards} shards with one watermark: in a backlog, records that are more than {} s behind the fastest shard \
         are late",
        event_time.lateness_ms / 1000
    );
    // As many KPUs as the load needs.
    let per_kpu = (shards / need.kpus.max(1)).clamp(1, limits::PARALLELISM_PER_KPU.max);
    let lateness = "write a `lateness` as long as an outage may be: `lateness: 1 h`";
    let help = if shards.div_ceil(per_kpu) <= limits::KPUS_DEFAULT_MAX {
        format!(
            "write `parallelism: {shards}` and `parallelism_per_kpu: {per_kpu}` in `analytics.flink`, a subtask for each \
             shard; or {lateness}"
        )
    } else {
        lateness.into()
    };
    let span = query.input[event_time.column].span;
    context.report(Diagnostic::warning(Code::ShardsOfOneSubtask, span, message, help));
}
