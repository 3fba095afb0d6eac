//! The Lambda transform.

use super::Context;
use crate::aws::limits::{MIB, firehose, lambda};
use crate::capacity;
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Delivery, Input, Transform};
use crate::programs::Program;
use crate::resolve::DEFAULT_TRANSFORM_TIMEOUT_S;
use crate::spec::{ByteSize, Duration};

/// Bytes of JSON around a record in a reply: an id of 56 digits, the result, names and quotes.
const ANSWER_BYTES: u64 = 104;
/// Steps in which a buffer is suggested: an eighth of a MiB, which has few digits in KiB and in MiB.
const BUFFER_STEP: u64 = MIB / 8;

/// The largest buffer whose reply Lambda carries; `None` where nothing is known of the records' size.
fn largest_buffer(context: &Context, delivery: &Delivery, append: &str) -> Option<u64> {
    let pipeline = context.pipeline;
    let intake = delivery.direct.as_ref().map_or(&pipeline.intake, |direct| &direct.intake);
    let output = context.query.and_then(|query| Some((query, pipeline.output(delivery, query)?)));
    let row = output.map(|(_, output)| capacity::row_bytes(output, intake));
    // Behind Flink a record is a row; where the query runs in the transform, a record becomes one or several.
    let behind_flink = matches!(pipeline.input(delivery), Input::Rows(_));
    let record = row.filter(|_| behind_flink).unwrap_or(intake.record_size.value);
    if record == 0 {
        return None;
    }
    let rows = match (&pipeline.analytics, output) {
        (Some(analytics), Some((query, output))) if !behind_flink => {
            analytics.row_rate(query, output, 1.0).per_second
        }
        _ => 1.0,
    };
    let text = (row.unwrap_or(record) as f64 + append.len() as f64) * rows;
    // `as` saturates.
    let answer = (text.ceil() as u64).div_ceil(3).saturating_mul(4).saturating_add(ANSWER_BYTES);
    Some((lambda::SYNC_PAYLOAD_BYTES_MAX / answer).saturating_mul(record))
}

pub(super) fn check(context: &mut Context) {
    let pipeline = context.pipeline;
    for delivery in &pipeline.deliveries {
        if let Some(transform) = &delivery.transform {
            of_delivery(context, delivery, transform);
        }
    }
}

/// A function of the user's: what only pipec's has, and what the function's response may be.
fn own_function(context: &Context, delivery: &Delivery, transform: &Transform) -> Vec<Diagnostic> {
    let Some(own) = &transform.own else { return Vec::new() };
    let mut found = super::own_transform::check(context.pipeline, delivery, transform, own);
    let size = &transform.buffer_size;
    if let Some(largest) = largest_buffer(context, delivery, "")
        && size.value > largest
        && largest >= (firehose::LAMBDA_BUFFER_MIB.min * MIB as f64) as u64
    {
        found.push(Diagnostic::warning(
            Code::TransformReply,
            size.span,
            format!(
                "if the function returns records of the same size, a full buffer of {} exceeds Lambda's response \
                 limit of 6 MB",
                ByteSize(size.value)
            ),
            format!("write `buffer: {{size: {}, interval: 60 s}}`", ByteSize(largest / BUFFER_STEP * BUFFER_STEP)),
        ));
    }
    found
}

fn of_delivery(context: &mut Context, delivery: &Delivery, transform: &Transform) {
    let mut found = own_function(context, delivery, transform);
    let mut fault = |code, span, message: String, help: String| {
        found.push(Diagnostic::error(code, span, message, help));
    };

    let timeout = &transform.timeout;
    let longest = firehose::LAMBDA_TIMEOUT_S_MAX;
    let of_pipec = transform.own.is_none();
    if of_pipec && !(lambda::TIMEOUT_S.min..=longest).contains(&timeout.value) {
        fault(
            Code::TransformTimeout,
            timeout.span,
            format!(
                "a transform's timeout is 1 s to {longest} s, not {}: Firehose waits no longer",
                Duration(timeout.value)
            ),
            format!(
                "write `timeout: {} s`",
                if timeout.value > longest { longest } else { DEFAULT_TRANSFORM_TIMEOUT_S }
            ),
        );
    }

    let size = &transform.buffer_size;
    let (min, max) =
        (firehose::LAMBDA_BUFFER_MIB.min * MIB as f64, firehose::LAMBDA_BUFFER_MIB.max * MIB as f64);
    if !(min..=max).contains(&(size.value as f64)) {
        fault(
            Code::TransformBufferSize,
            size.span,
            format!(
                "the transform's buffer is {} MiB to {} MiB, not {}: a call carries 6 MB, base64 included",
                firehose::LAMBDA_BUFFER_MIB.min,
                firehose::LAMBDA_BUFFER_MIB.max,
                ByteSize(size.value)
            ),
            if size.value as f64 > max {
                "write `size: 3 MiB`".into()
            } else {
                "write `size: 0.2 MiB`".into()
            },
        );
    }

    // How much larger log events become is not known: see `unpack`.
    let largest =
        largest_buffer(context, delivery, &transform.append.value).filter(|_| transform.unpack.is_none());
    if let Some(largest) = largest
        && (min..=max).contains(&(size.value as f64))
        && size.value > largest
        && of_pipec
    {
        let span = if transform.append.value.len() > 1 { transform.append.span } else { size.span };
        fault(
            Code::TransformReply,
            span,
            format!(
                "a full buffer of {} returns more than Lambda's response limit of 6 MB",
                ByteSize(size.value)
            ),
            if largest >= min as u64 {
                format!(
                    "write `buffer: {{size: {}, interval: 60 s}}`",
                    ByteSize(largest / BUFFER_STEP * BUFFER_STEP)
                )
            } else {
                "write a shorter `append`".into()
            },
        );
    }

    let interval = &transform.buffer_interval;
    if !firehose::LAMBDA_BUFFER_S.contains(interval.value) {
        fault(
            Code::TransformBufferInterval,
            interval.span,
            format!(
                "the transform's buffer interval is {} s, not {}",
                firehose::LAMBDA_BUFFER_S,
                Duration(interval.value)
            ),
            format!("write `interval: {} s`", firehose::LAMBDA_BUFFER_S.max),
        );
    }

    let memory = &transform.memory;
    let mib = memory.value / MIB;
    if of_pipec && (!lambda::MEMORY_MIB.contains(mib) || !memory.value.is_multiple_of(MIB)) {
        fault(
            Code::TransformMemory,
            memory.span,
            format!(
                "a function has {} whole MiB of memory, not {}",
                lambda::MEMORY_MIB,
                ByteSize(memory.value)
            ),
            format!(
                "write `memory: {}`",
                ByteSize(
                    memory.value.div_ceil(MIB).clamp(lambda::MEMORY_MIB.min, lambda::MEMORY_MIB.max) * MIB
                )
            ),
        );
    }

    let retries = &transform.retries;
    if !firehose::LAMBDA_RETRIES.contains(retries.value) {
        fault(
            Code::TransformRetries,
            retries.span,
            format!(
                "Firehose retries a failed call {} times, not {}",
                firehose::LAMBDA_RETRIES,
                retries.value
            ),
            format!("write `retries: {}`", firehose::LAMBDA_RETRIES.max),
        );
    }

    let architecture = &transform.architecture;
    if of_pipec && context.programs.get(Program::Transform, architecture.value).is_none() {
        fault(
            Code::TransformArchitecture,
            architecture.span,
            format!("this build of pipec includes no transform for {}", architecture.value.name()),
            format!(
                "write `architecture: x86_64`, or build with `--runtime-dir DIR`, where `DIR/{}/{}` is the program",
                architecture.value.name(),
                Program::Transform.name()
            ),
        );
    }
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}
