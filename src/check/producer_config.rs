//! The producer's own bounds, held before it runs.

use pipec_producer_config::{Fault, MAX_RATE, MAX_REFRESH_SECONDS, MIN_RATE};

use super::Context;
use crate::diagnostics::{self, Code, Diagnostic};
use crate::instances::instances;
use crate::pipeline::{Pipeline, Producer, ProducerSource};
use crate::producer_config;
use crate::spec::{ByteSize, Duration};

/// Checks the configuration that the producer would read, unless another rule has found an error in the producer: those
/// since `first` name the same faults at closer places.
pub(super) fn check(context: &mut Context, first: usize) {
    let pipeline = context.pipeline;
    let Some(producer) = &pipeline.producer else { return };
    let Some(need) = instances(pipeline) else { return };
    if diagnostics::has_errors(&context.diagnostics[first..]) {
        return;
    }
    let count = need.count.max(1);
    let config = producer_config::config(pipeline, producer, count);
    if let Some(Err(fault)) = config.map(|config| config.check()) {
        // Without a stream, the limit of the declared size is Firehose's own, which `shape` checks.
        if pipeline.stream.is_none() && matches!(fault, Fault::RecordSize { .. }) {
            return;
        }
        context.report(diagnostic(&fault, pipeline, producer, count));
    }
}

fn diagnostic(fault: &Fault, pipeline: &Pipeline, producer: &Producer, instances: u64) -> Diagnostic {
    let out_of_range =
        |span, message: String, help: String| Diagnostic::error(Code::OutOfRange, span, message, help);
    match fault {
        Fault::Refresh(_) => {
            let span = match &producer.source {
                ProducerSource::Http(http) => {
                    http.refresh.as_ref().map_or(http.url.span, |refresh| refresh.span)
                }
                ProducerSource::File(_) | ProducerSource::Generator(_) => producer.span,
            };
            out_of_range(
                span,
                format!("a page is fetched again after 1 s to {}", Duration(MAX_REFRESH_SECONDS)),
                "write a time in that range, such as `refresh: 1 h`".into(),
            )
        }
        Fault::Rate(rate) if *rate > MAX_RATE => {
            let least = (producer.records_per_second.value / MAX_RATE).ceil();
            out_of_range(
                producer.records_per_second.span,
                format!(
                    "an instance would send {rate} records per second; the producer sends at most {MAX_RATE}"
                ),
                format!("write `instances: {least}` or more in `producer`, or send fewer records"),
            )
        }
        Fault::Rate(rate) => {
            let least = MIN_RATE * instances as f64;
            out_of_range(
                producer.records_per_second.span,
                format!(
                    "an instance would send {rate} records per second; the producer sends at least {MIN_RATE}"
                ),
                format!("write `records_per_second: {least}` or more"),
            )
        }
        Fault::RecordSize { size, most } => out_of_range(
            pipeline.intake.record_size.span,
            format!(
                "a generated record has {}; the stream accepts {} minus the partition key",
                ByteSize(*size as u64),
                ByteSize(pipeline.record_bytes_max())
            ),
            format!("write `record_size: {most} B` or less, or raise `max_record_size`"),
        ),
        Fault::MaxRecordSize { .. } => out_of_range(
            pipeline.stream.as_ref().map_or(producer.span, |stream| stream.max_record_size.span),
            fault.to_string(),
            "write `max_record_size: 1 MiB`".into(),
        ),
        Fault::Field { .. } => Diagnostic::error(
            Code::GeneratedRecords,
            producer.span,
            fault.to_string(),
            "change the column, or send records of a file",
        ),
        Fault::Url => Diagnostic::error(
            Code::InvalidUrl,
            producer.span,
            fault.to_string(),
            "write an address such as `https://api.example.com/records?count=500`",
        ),
        // pipec fills these in itself: there is nothing to type.
        Fault::NoStream | Fault::NoDelivery | Fault::NoRegion | Fault::NoLog => Diagnostic::error(
            Code::InternalFault,
            producer.span,
            fault.to_string(),
            "this is an error in pipec: report it with this spec",
        ),
    }
}
