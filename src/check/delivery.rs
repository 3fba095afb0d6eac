//! Firehose, whatever its destination: rules that live in the service's API only, no schema has them.

use super::{Context, destination};
use crate::aws::limits::MIB;
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Delivery, Input};
use crate::spec::{ByteSize, Duration, Newline};

pub(super) fn check(context: &mut Context) {
    let pipeline = context.pipeline;
    for delivery in &pipeline.deliveries {
        buffer(context, delivery);
        newline(context, delivery);
        destination::check(context, delivery);
    }
}

fn buffer(context: &mut Context, delivery: &Delivery) {
    let capabilities = delivery.destination.capabilities();
    let because = capabilities.buffer_because;
    let size = &delivery.buffer_size;
    let bounds = capabilities.buffer_mib;
    if !bounds.contains(size.value / MIB) || !size.value.is_multiple_of(MIB) {
        let nearest = size.value.div_ceil(MIB).clamp(bounds.min, bounds.max);
        context.report(Diagnostic::error(
            Code::BufferSize,
            size.span,
            format!("Firehose takes a buffer of {bounds} whole MiB{because}, not {}", ByteSize(size.value)),
            format!("write `size: {nearest} MiB`"),
        ));
    }
    let interval = &delivery.buffer_interval;
    let bounds = capabilities.buffer_s;
    if !bounds.contains(interval.value) {
        context.report(Diagnostic::error(
            Code::BufferInterval,
            interval.span,
            format!(
                "Firehose takes a buffer interval of {bounds} s{because}, not {}",
                Duration(interval.value)
            ),
            format!("write `interval: {} s`", interval.value.clamp(bounds.min.max(1), bounds.max)),
        ));
    }
}

/// A newline that the transform decides about, or rows that would run into each other.
fn newline(context: &mut Context, delivery: &Delivery) {
    let pipeline = context.pipeline;
    let newline = &delivery.newline;
    // Of a destination that keeps records apart, `destination` reports it.
    if !newline.written || delivery.destination.capabilities().separator.is_empty() {
        return;
    }
    let as_they_are = newline.value == Newline::None;
    if delivery.transform.as_ref().is_some_and(|transform| transform.own.is_some()) {
        // Firehose appends it to what the function returns, or the function ends its records itself.
        return;
    }
    // Without Firehose's own newline, the transform is there for it.
    let appends = !as_they_are && !delivery.destination.capabilities().is_appended;
    if let Some(transform) = &delivery.transform {
        if appends && !transform.written {
            return;
        }
        let help = match as_they_are {
            true => "remove `newline`; `transform: {append: \"\"}` appends nothing",
            false => "remove `newline`; the transform appends a newline where there is none",
        };
        let message = "with a transform, `transform.append` decides what is after each record";
        let span = if transform.written { transform.span } else { newline.span };
        context.report(
            Diagnostic::error(Code::ConflictingKeys, newline.span, message, help)
                .related(span, "the transform"),
        );
    } else if as_they_are
        && !delivery.destination.capabilities().separator.is_empty()
        && matches!(pipeline.input(delivery), Input::Rows(_))
    {
        context.report(Diagnostic::error(
            Code::NoSeparator,
            newline.span,
            "the rows of the SQL have no newline of their own, so one would follow the other on the same line",
            "remove `newline: none`",
        ));
    }
}
