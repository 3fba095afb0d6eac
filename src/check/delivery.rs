//! Firehose, whatever its destination: rules that live in the service's API only, no schema has them.

use super::{Context, destination};
use crate::aws::limits::MIB;
use crate::diagnostics::{Code, Diagnostic};
use crate::spec::{ByteSize, Duration};

pub(super) fn check(context: &mut Context) {
    buffer(context);
    destination::check(context);
}

fn buffer(context: &mut Context) {
    let delivery = &context.pipeline.delivery;
    let capabilities = delivery.destination.capabilities();
    let size = &delivery.buffer_size;
    let bounds = capabilities.buffer_mib;
    if !bounds.contains(size.value / MIB) || !size.value.is_multiple_of(MIB) {
        let nearest = size.value.div_ceil(MIB).clamp(bounds.min, bounds.max);
        context.report(Diagnostic::error(
            Code::BufferSize,
            size.span,
            format!("Firehose takes a buffer of {bounds} whole MiB, not {}", ByteSize(size.value)),
            format!("write `size: {nearest} MiB`"),
        ));
    }
    let interval = &delivery.buffer_interval;
    let bounds = capabilities.buffer_s;
    if !bounds.contains(interval.value) {
        context.report(Diagnostic::error(
            Code::BufferInterval,
            interval.span,
            format!("Firehose takes a buffer interval of {bounds} s, not {}", Duration(interval.value)),
            format!("write `interval: {} s`", bounds.max),
        ));
    }
}
