//! The Kinesis data stream.

use super::{Context, existing};
use crate::aws::limits::{KIB, MIB, firehose, kinesis};
use crate::aws::regions;
use crate::capacity::{self, Limit, Need};
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::NodeKind;
use crate::pipeline::{Capacity, Intake, Setting, Stream};
use crate::resolve::DEFAULT_REGION;
use crate::spec::{ByteSize, Duration, SECONDS_PER_HOUR};

/// Records a second of a new on-demand stream: those of the four shards that its bytes amount to.
const ON_DEMAND_START_RECORDS_PER_S: u64 = ON_DEMAND_START_SHARDS * kinesis::SHARD_WRITE_RECORDS_PER_S;
/// Shards of a new on-demand stream.
const ON_DEMAND_START_SHARDS: u64 =
    kinesis::ON_DEMAND_START_WRITE_BYTES_PER_S / kinesis::SHARD_WRITE_BYTES_PER_S;

pub(super) fn check(context: &mut Context) {
    let pipeline = context.pipeline;
    average(context, &pipeline.intake);
    let Some(stream) = &pipeline.stream else { return };
    record_size(context, stream);
    partition_key_size(context, stream);
    max_record_size(context, stream);
    retention(context, stream);
    if let Some(existing) = &stream.existing {
        existing::check(context, stream, existing);
    }
    match stream.capacity.value {
        Capacity::OnDemand => on_demand(context, stream),
        Capacity::Fixed(0) => zero_shards(context, stream),
        // The capacity of a stream that is not the stack's is declared, and reported where it is not.
        Capacity::Provisioned if stream.existing.is_some() => {}
        _ => shards(context, stream),
    }
}

/// Of the records that come in.
pub(super) fn average(context: &mut Context, intake: &Intake) {
    let (average, peak) = (&intake.average, &intake.records_per_second);
    if average.value > peak.value {
        context.report(
            Diagnostic::error(
                Code::AverageOverPeak,
                average.span,
                format!("the average of {} records/s is above the peak", average.value),
                format!("write the peak in `records_per_second`, at least {}", average.value),
            )
            .related(peak.span, format!("the peak of {} records/s", peak.value)),
        );
    }
}

/// Shards that the load needs.
pub(super) fn need(context: &Context) -> Need {
    capacity::shards(&capacity::input_load(context.pipeline, context.graph.readers_of_input().len() as u64))
}

/// Shards of the stream: as the user says, as the load needs, or as an on-demand stream begins with.
pub(super) fn count(context: &Context) -> u64 {
    match context.pipeline.stream.as_ref().map_or(Capacity::Provisioned, |stream| stream.capacity.value) {
        Capacity::Fixed(count) => count,
        Capacity::Provisioned => need(context).shards,
        Capacity::OnDemand => need(context).shards.max(ON_DEMAND_START_SHARDS),
    }
}

fn zero_shards(context: &mut Context, stream: &Stream) {
    let need = need(context);
    context.report(Diagnostic::error(
        Code::ZeroShards,
        stream.capacity.span,
        "a stream needs at least one shard",
        format!("write `shards: {}`, or remove `capacity` and pipec computes it", need.shards),
    ));
}

fn shards(context: &mut Context, stream: &Stream) {
    let intake = &context.pipeline.intake;
    let need = need(context);
    let (rate, size) = (intake.records_per_second.value, ByteSize(context.pipeline.counted_record_bytes()));
    if let Capacity::Fixed(count) = stream.capacity.value
        && count < need.bare
    {
        context.report(
            Diagnostic::error(
                Code::TooFewShards,
                stream.capacity.span,
                format!(
                    "{count} shard{} cannot carry {rate} records of {size} per second: {}",
                    if count == 1 { "" } else { "s" },
                    need.binding.name()
                ),
                match &stream.existing {
                    Some(existing) => format!(
                        "run `aws kinesis update-shard-count --stream-name {} --target-shard-count {} --scaling-type \
                         UNIFORM_SCALING`, and then write `shards: {}`",
                        existing.name, need.bare, need.bare
                    ),
                    None => {
                        format!("write `shards: {}`, or `{}` with headroom", need.bare, need.shards.max(need.bare))
                    }
                },
            )
            .related(intake.records_per_second.span, "the declared load"),
        );
    }
    let region = &context.pipeline.region.value;
    let quotas = regions::quotas(region);
    let (count, span) = match stream.capacity.value {
        Capacity::Fixed(count) => (count.max(need.bare), stream.capacity.span),
        _ => (need.shards, intake.records_per_second.span),
    };
    let quota = stream.shard_quota.value;
    if count > quota {
        let mut ways = Vec::new();
        if written(context) <= quotas.on_demand_write_bytes_per_s {
            ways.push("write `capacity: on_demand`".to_owned());
        }
        let large = regions::quotas(DEFAULT_REGION).shards;
        if count <= large {
            ways.push(format!("write `region: {DEFAULT_REGION}`, where an account has {large}"));
        }
        ways.push(match need.binding {
            Limit::WriteRecords => "pack several events into a record".into(),
            _ => "write a smaller `record_size`, and compress records before they are sent".into(),
        });
        ways.push(format!("write `shard_quota: {count}` where AWS has raised yours"));
        let by_default = if stream.shard_quota.written { "" } else { " by default" };
        context.report(Diagnostic::error(
            Code::ShardQuota,
            span,
            format!("the load needs {count} shards; an account has {quota} in {region}{by_default}"),
            ways.join(", or "),
        ));
    }
}

/// Bytes a second that the declared load writes.
fn written(context: &Context) -> u64 {
    let intake = &context.pipeline.intake;
    capacity::bytes_per_second(intake.records_per_second.value, context.pipeline.counted_record_bytes())
}

/// Whether Firehose reads the stream itself, and not what a query makes of it.
fn read_by_firehose(context: &Context) -> bool {
    context.graph.readers_of_input().contains(&NodeKind::Delivery)
}

fn on_demand(context: &mut Context, stream: &Stream) {
    let intake = &context.pipeline.intake;
    let written = written(context);
    let region = &context.pipeline.region.value;
    let quotas = regions::quotas(region);
    let ceiling = quotas.on_demand_write_bytes_per_s;
    let mib = |bytes: u64| (bytes as f64 / MIB as f64).ceil();
    if written > ceiling {
        let shards = need(context).shards;
        context.report(Diagnostic::error(
            Code::OnDemandCeiling,
            intake.records_per_second.span,
            format!(
                "the load is {} MiB/s; on-demand capacity is limited to {} MiB/s in {region}",
                mib(written),
                mib(ceiling)
            ),
            if shards <= stream.shard_quota.value {
                format!("remove `capacity: on_demand`: {shards} shards carry the load")
            } else {
                "write a lower `records_per_second`, and split the load over several pipelines".into()
            },
        ));
    } else if written > kinesis::ON_DEMAND_START_WRITE_BYTES_PER_S
        || intake.records_per_second.value > ON_DEMAND_START_RECORDS_PER_S as f64
    {
        let start = mib(kinesis::ON_DEMAND_START_WRITE_BYTES_PER_S);
        context.report(
            Diagnostic::warning(
                Code::OnDemandStart,
                stream.capacity.span,
                format!(
                    "a new on-demand stream starts at {start} MiB/s and {ON_DEMAND_START_RECORDS_PER_S} records/s, \
                     and throttles the declared {} MiB/s and {} records/s",
                    mib(written),
                    intake.records_per_second.value
                ),
                "raise the load slowly, or remove `capacity: on_demand` so that all shards exist from the start",
            )
            .related(intake.records_per_second.span, "the declared load"),
        );
    }
}

fn record_size(context: &mut Context, stream: &Stream) {
    let intake = &context.pipeline.intake;
    let record = context.pipeline.counted_record_bytes();
    let max = stream.max_record_size.value;
    let too_large_for_firehose =
        intake.record_size.value > firehose::RECORD_BYTES_MAX && read_by_firehose(context);
    if intake.record_size.value == 0 {
        context.report(Diagnostic::error(
            Code::OutOfRange,
            intake.record_size.span,
            "an average record cannot be empty",
            "write the size of an average record, as in `record_size: 2 KiB`",
        ));
    }
    if record > max {
        let largest = ByteSize(kinesis::RECORD_KIB.max * KIB);
        let firehose_takes = ByteSize(firehose::RECORD_BYTES_MAX);
        context.report(Diagnostic::error(
            Code::RecordOverStreamLimit,
            intake.record_size.span,
            format!(
                "an average record with its key has {record} bytes; the stream accepts {} ({})",
                max,
                ByteSize(max)
            ),
            if too_large_for_firehose {
                format!("write smaller records; Firehose, which reads the stream, accepts at most {firehose_takes}")
            } else if record <= largest.0 {
                format!(
                    "write smaller records, or `max_record_size: {}`",
                    ByteSize(record.div_ceil(MIB) * MIB)
                )
            } else {
                format!("write smaller records; a stream accepts at most {largest}")
            },
        ));
    }
    if intake.record_size.value > MIB && record <= max && !too_large_for_firehose {
        context.report(Diagnostic::error(
            Code::RecordOverStreamLimit,
            intake.record_size.span,
            "an average record is larger than 1 MiB; Kinesis supports such records only as a small share of the traffic",
            "write smaller records, or keep the payload in S3 and send its key",
        ));
    }
    if too_large_for_firehose {
        context.report(Diagnostic::error(
            Code::RecordOverFirehoseLimit,
            intake.record_size.span,
            format!(
                "an average record has {} bytes; Firehose accepts {} ({})",
                intake.record_size.value,
                firehose::RECORD_BYTES_MAX,
                ByteSize(firehose::RECORD_BYTES_MAX)
            ),
            "split records before they enter the stream, or keep the payload in S3 and send its key",
        ));
    }
}

fn partition_key_size(context: &mut Context, stream: &Stream) {
    let size = &stream.partition_key_size;
    if !kinesis::PARTITION_KEY_CHARS.contains(size.value) {
        context.report(Diagnostic::error(
            Code::PartitionKeySize,
            size.span,
            format!(
                "a partition key has {} characters, not {}",
                kinesis::PARTITION_KEY_CHARS,
                ByteSize(size.value)
            ),
            "write the size of a key, as in `partition_key_size: 36 B`",
        ));
    }
}

fn max_record_size(context: &mut Context, stream: &Stream) {
    let size = &stream.max_record_size;
    let (min, max) = (kinesis::RECORD_KIB.min * KIB, kinesis::RECORD_KIB.max * KIB);
    if !(min..=max).contains(&size.value) || !size.value.is_multiple_of(KIB) {
        context.report(Diagnostic::error(
            Code::RecordSizeRange,
            size.span,
            format!(
                "the largest record may have {} to {} in whole KiB, not {}",
                ByteSize(min),
                ByteSize(max),
                ByteSize(size.value)
            ),
            format!(
                "write `max_record_size: {}`",
                ByteSize(size.value.div_ceil(KIB).saturating_mul(KIB).clamp(min, max))
            ),
        ));
    } else if size.value > min && read_by_firehose(context) {
        context.report(Diagnostic::warning(
            Code::LargeRecords,
            size.span,
            format!("Firehose does not deliver records over {}", ByteSize(firehose::RECORD_BYTES_MAX)),
            "leave `max_record_size` at `1 MiB` unless another consumer reads the stream",
        ));
    }
}

fn retention(context: &mut Context, stream: &Stream) {
    if let Some(diagnostic) = retention_range(&stream.retention) {
        context.report(diagnostic);
    }
}

/// What is wrong with a stream's retention, if anything.
pub(super) fn retention_range(retention: &Setting<u64>) -> Option<Diagnostic> {
    let hours = retention.value / SECONDS_PER_HOUR;
    if kinesis::RETENTION_HOURS.contains(hours) && retention.value.is_multiple_of(SECONDS_PER_HOUR) {
        return None;
    }
    let nearest = retention
        .value
        .div_ceil(SECONDS_PER_HOUR)
        .clamp(kinesis::RETENTION_HOURS.min, kinesis::RETENTION_HOURS.max);
    Some(Diagnostic::error(
        Code::RetentionRange,
        retention.span,
        format!(
            "a stream retains records for {} whole hours, not {}",
            kinesis::RETENTION_HOURS,
            Duration(retention.value)
        ),
        format!("write `retention: {}`", Duration(nearest * SECONDS_PER_HOUR)),
    ))
}
