//! Whether Flink has the processor time that the load takes.

use super::Context;
use crate::aws::limits::flink as limits;
use crate::diagnostics::{Code, Diagnostic};
use crate::spec::AnalyticsRuntime;
use crate::throughput::{self, Need, figure};

pub(super) fn check(context: &mut Context) {
    let pipeline = context.pipeline;
    let (Some(analytics), Some(query)) = (pipeline.analytics_on(AnalyticsRuntime::Flink), context.query)
    else {
        return;
    };
    let need = throughput::of_pipeline(query, analytics, &pipeline.intake);
    let found: Vec<Diagnostic> = need.terms.iter().filter_map(|term| held_back(&need, term)).collect();
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
    let (parallelism, per_kpu) = (&analytics.flink.parallelism, analytics.flink.parallelism_per_kpu.value);
    let rate = pipeline.intake.records_per_second.span;
    let load = format!("{} records/s x {} us", figure(need.records_per_second), figure(need.micros()));
    if !parallelism.written {
        if need.kpus > limits::KPUS_DEFAULT_MAX {
            let message = format!(
                "the load needs {} KPUs, at {load} per record; an application has {} by default",
                need.kpus,
                limits::KPUS_DEFAULT_MAX
            );
            let help = "split the load over several pipelines";
            context.report(Diagnostic::error(Code::FlinkCapacity, rate, message, help));
        }
        return;
    }
    let kpus = parallelism.value.div_ceil(per_kpu.max(1));
    // Managed Flink adds KPUs by itself.
    if analytics.flink.auto_scaling || need.kpus <= kpus {
        return;
    }
    let help = match need.parallelism(per_kpu) {
        enough if need.kpus <= limits::KPUS_DEFAULT_MAX => {
            format!("write `parallelism: {enough}`, or remove it, so that the plan computes it")
        }
        _ => "split the load over several pipelines".into(),
    };
    let has = format!(
        "a parallelism of {} has {kpus} {}",
        parallelism.value,
        if kpus == 1 { "KPU" } else { "KPUs" }
    );
    let bare = need.bare();
    let diagnostic = if bare > kpus as f64 {
        let message =
            format!("{has}, and the load takes {} cores of processor time: {load} per record", figure(bare));
        Diagnostic::error(Code::TooLittleParallelism, parallelism.span, message, help)
    } else {
        let message = format!(
            "{has}, and the load needs {} by {}: {load} per record, with a margin of {}",
            need.kpus,
            need.limit.name(),
            need.margin
        );
        Diagnostic::warning(Code::TooLittleParallelism, parallelism.span, message, help)
    };
    context.report(diagnostic.related(rate, "the load"));
}

/// An operator whose rows are spread over fewer subtasks than its work takes.
fn held_back(need: &Need, term: &throughput::Term) -> Option<Diagnostic> {
    let operator = term.operator.as_ref()?;
    let subtasks = operator.subtasks?;
    let kpus = need.kpus_of(term);
    if kpus <= subtasks as f64 {
        return None;
    }
    let (one, help) = match subtasks {
        1 => (
            "in one subtask, whatever the parallelism".to_owned(),
            "add a key: GROUP BY or PARTITION BY a column",
        ),
        _ => (format!("in {subtasks} subtasks at most, one for each key"), "use a key with more values"),
    };
    Some(Diagnostic::warning(
        Code::HeldBackOperator,
        operator.span,
        format!(
            "this runs {one}, and needs {} KPUs at {} records/s: {} us per record, with a margin of {}",
            figure(kpus.ceil()),
            figure(need.records_per_second),
            figure(term.micros),
            need.margin
        ),
        format!("{help}, or filter rows before it; otherwise it falls behind at peak load"),
    ))
}
