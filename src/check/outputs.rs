//! Where the outputs of the SQL go.

use super::Context;
use super::arn_region::{self, Named};
use crate::aws::limits::lambda;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::pipeline::{OutputSetting, OutputTarget, Pipeline, Setting};
use crate::source::Span;
use crate::spec::AnalyticsRuntime;
use crate::sql::{Query, Role};

pub(super) fn check(context: &mut Context) {
    let (Some(analytics), Some(query)) = (&context.pipeline.analytics, context.query) else { return };
    let mut found = Vec::new();
    for output in &analytics.outputs {
        known(query, output, &mut found);
        limits(output, &mut found);
        region(context.pipeline, output, &mut found);
    }
    if context.pipeline.delivers_rows() || analytics.runtime.value == AnalyticsRuntime::Lambda {
        delivered(query, &analytics.outputs, &mut found);
    } else {
        not_delivered(context.pipeline, &analytics.outputs, &mut found);
    }
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

/// Gives each setting the spelling of its output: in plain SQL a name matches in any case.
pub(super) fn spell_as_the_sql(pipeline: &mut Pipeline, query: Option<&Query>) {
    let (Some(analytics), Some(query)) = (&mut pipeline.analytics, query.filter(|query| query.is_plain))
    else {
        return;
    };
    let names: Vec<&str> = query.outputs().map(|stream| stream.name.as_str()).collect();
    for output in &mut analytics.outputs {
        if names.contains(&output.name.as_str()) {
            continue;
        }
        let mut others = names.iter().filter(|name| name.to_lowercase() == output.name.to_lowercase());
        if let (Some(name), None) = (others.next(), others.next()) {
            output.name = (*name).to_owned();
        }
    }
}

fn known(query: &Query, output: &OutputSetting, found: &mut Vec<Diagnostic>) {
    let mut names: Vec<&str> = query.outputs().map(|stream| stream.name.as_str()).collect();
    let is_out = matches!(output.target, OutputTarget::Nowhere);
    if names.contains(&output.name.as_str()) || is_out && query.left_out.contains(&output.name) {
        return;
    }
    let inner = query.streams.iter().filter(|stream| stream.role == Role::Inner);
    let inner: Vec<&str> = inner.map(|stream| stream.name.as_str()).collect();
    if is_out && inner.contains(&output.name.as_str()) {
        found.push(Diagnostic::error(
            Code::UnknownOutput,
            output.span,
            format!("`{}` is read by other queries, so `none` has no effect", output.name),
            "remove this line",
        ));
        return;
    }
    names.extend(inner.iter().filter(|name| !name.starts_with("pipec_")));
    found.push(Diagnostic::error(
        Code::UnknownOutput,
        output.span,
        format!("the SQL has no stream `{}`", output.name),
        suggest::instead(&output.name, names),
    ));
}

fn limits(output: &OutputSetting, found: &mut Vec<Diagnostic>) {
    let (stream, function) = match &output.target {
        OutputTarget::Delivery | OutputTarget::Nowhere => return,
        OutputTarget::Stream(stream) => (stream, None),
        OutputTarget::Lambda(stream, function) => (stream, Some(function)),
    };
    found.extend(super::stream::retention_range(&stream.retention));
    found.extend(function.and_then(|function| window(&function.window, "rows")));
}

/// The batching window of a function that is called with rows, or with records.
pub(super) fn window(window: &Setting<u64>, what: &str) -> Option<Diagnostic> {
    if lambda::STREAM_WINDOW_S.contains(window.value) {
        return None;
    }
    Some(Diagnostic::error(
        Code::OutOfRange,
        window.span,
        format!("Lambda collects {what} for at most {} s", lambda::STREAM_WINDOW_S.max),
        format!("write `window: {} s` or less", lambda::STREAM_WINDOW_S.max),
    ))
}

/// A stream calls functions of its own region.
fn region(pipeline: &Pipeline, output: &OutputSetting, found: &mut Vec<Diagnostic>) {
    let OutputTarget::Lambda(_, function) = &output.target else { return };
    found.extend(function_region(pipeline, &function.arn, output.span));
}

/// What is wrong with the region of a function.
pub(super) fn function_region(pipeline: &Pipeline, arn: &str, span: Span) -> Option<Diagnostic> {
    let named = Named { the: "the function", a: "a function" };
    arn_region::check(Code::FunctionRegion, (arn, span), named, &pipeline.region)
}

/// No delivery reads the output that is named for one.
fn not_delivered(pipeline: &Pipeline, outputs: &[OutputSetting], found: &mut Vec<Diagnostic>) {
    let reads = |name: &str| {
        let mut from = pipeline.deliveries.iter().filter_map(|delivery| delivery.from.as_ref());
        from.any(|from| from.value == name)
    };
    let delivered = outputs.iter().filter(|output| matches!(output.target, OutputTarget::Delivery));
    for output in delivered.filter(|output| !reads(&output.name)) {
        let (message, help) = match pipeline.deliveries.is_empty() {
            true => (
                "there is no `delivery` for it to go to",
                format!("write `{}: {{stream: {{}}}}`", output.name),
            ),
            false => ("each delivery says what it reads, and none reads this", "remove this line".to_owned()),
        };
        found.push(Diagnostic::error(Code::DeliveredOutput, output.span, message, help));
    }
}

/// Firehose reads one stream: the output that is named for it, or the only one.
fn delivered(query: &Query, outputs: &[OutputSetting], found: &mut Vec<Diagnostic>) {
    let mut delivered = outputs.iter().filter(|output| matches!(output.target, OutputTarget::Delivery));
    if let Some(first) = delivered.next() {
        found.extend(delivered.map(|other| {
            Diagnostic::error(
                Code::DeliveredOutput,
                other.span,
                "a second output goes to `delivery`; Firehose reads only one",
                format!("write `{}: {{stream: {{}}}}`", other.name),
            )
            .related(first.span, "the first one")
        }));
        return;
    }
    let mut names = query.outputs().filter(|output| !query.is_errors(output));
    let (Some(first), second) = (names.next(), names.next()) else { return };
    let elsewhere = outputs.iter().find(|output| output.name == first.name);
    let (span, message) = match (elsewhere, second) {
        (None, None) => return,
        (Some(output), None) => (output.span, "the only output goes elsewhere, so Firehose has no input"),
        (_, Some(second)) => (second.span, "the SQL has several outputs, and none is named for Firehose"),
    };
    let named = |name: &str| outputs.iter().any(|output| output.name == name);
    let free =
        query.outputs().find(|output| !named(&output.name) && !query.is_errors(output)).unwrap_or(first);
    let others = if second.is_some() {
        "; every other one gets a stream of its own, or is left out with `none`"
    } else {
        ""
    };
    let key = if outputs.is_empty() {
        format!("`outputs: {{{}: delivery}}` in `analytics`", free.name)
    } else {
        format!("`{}: delivery` in `analytics.outputs`", free.name)
    };
    found.push(Diagnostic::error(Code::DeliveredOutput, span, message, format!("write {key}{others}")));
}
