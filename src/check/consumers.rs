//! Readers of the stream besides Firehose and Flink.

use super::sources::event_pattern::{self, Dialect};
use super::sources::form::Form;
use super::sources::{account, role};
use super::{Context, names, outputs};
use crate::aws::limits::{kinesis, lambda};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::graph::NodeKind;
use crate::pipeline::{
    Consumer, ConsumerKind, Encryption, LambdaConsumer, Pattern, Pipeline, Reader, Setting, Source,
    logical_name,
};
use crate::source::Span;
use crate::spec::{AnalyticsRuntime, Duration};
use crate::sql::RecordFormat;

/// What Lambda's filters accept. Lambda developer guide, "Control which events Lambda sends to your function", 2026-11.
const FILTER: Dialect = Dialect {
    service: "Lambda",
    conditions: &["prefix", "suffix", "anything-but", "numeric", "exists", "equals-ignore-case"],
    number_max: None,
    chars_max: lambda::FILTER_CHARS_MAX,
    split: "split it into two patterns",
    example: "data: {type: [order]}",
};

/// The key of a pattern that stands for the record.
const DATA: &str = "data";
/// The others. Lambda developer guide, "Using event filtering with a Kinesis event source", 2026-11.
const METADATA: [&str; 4] =
    ["approximateArrivalTimestamp", "kinesisSchemaVersion", "partitionKey", "sequenceNumber"];

pub(super) fn check(context: &mut Context) {
    let pipeline = context.pipeline;
    let Some(first) = pipeline.consumers.first() else { return };
    let mut found = Vec::new();
    if pipeline.stream.is_none() {
        found.push(Diagnostic::error(
            Code::NeedsStream,
            first.span,
            "a consumer reads a Kinesis data stream, and this pipeline has none",
            "add `stream: {record_size: 2 KiB, records_per_second: 1000}` with your figures",
        ));
    }
    for (at, consumer) in pipeline.consumers.iter().enumerate() {
        let others = &pipeline.consumers[..at];
        found.extend(name(consumer, others));
        match &consumer.kind {
            ConsumerKind::Lambda(lambda) => function(pipeline, consumer, lambda, others, &mut found),
            ConsumerKind::FanOut(Reader::Role(name)) | ConsumerKind::Poll(Reader::Role(name)) => {
                found.extend(role::check(name, Code::ReaderRole, "role: billing-task-role"));
            }
            ConsumerKind::FanOut(Reader::Account(id)) | ConsumerKind::Poll(Reader::Account(id)) => {
                found
                    .extend(account::fault(id, "account: \"111122223333\"").or_else(|| shared(pipeline, id)));
            }
        }
        found.extend(same_reader(consumer, others));
    }
    found.extend(fan_out_limit(&pipeline.consumers));
    if pipeline.stream.is_some() {
        found.extend(calls(context));
    }
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

fn name(consumer: &Consumer, others: &[Consumer]) -> Option<Diagnostic> {
    if let Err(fault) = names::PART.check(&consumer.name) {
        let help = match names::part_like(&consumer.name) {
            Some(name) => format!("rename it to `{name}`"),
            None => "write a name such as `alert`".into(),
        };
        let message = format!("`{}`: {fault}", consumer.name);
        return Some(Diagnostic::error(Code::PartName, consumer.span, message, help));
    }
    let id = logical_name(&consumer.name);
    let other = others.iter().find(|other| logical_name(&other.name) == id)?;
    let message = format!("`{}` and `{}` would have the same logical id", other.name, consumer.name);
    let help = "choose a name with different letters";
    Some(Diagnostic::error(Code::PartName, consumer.span, message, help).related(other.span, "the other one"))
}

fn function(
    pipeline: &Pipeline,
    consumer: &Consumer,
    lambda: &LambdaConsumer,
    others: &[Consumer],
    found: &mut Vec<Diagnostic>,
) {
    found.extend(outputs::function_region(pipeline, &lambda.function.arn, lambda.function_span));
    found.extend(outputs::window(&lambda.function.window, "records"));
    found.extend(role::check(&lambda.role, Code::ReaderRole, "role: alert-role"));
    if let Some(age) = &lambda.max_age
        && !lambda::STREAM_AGE_S.contains(age.value)
    {
        let (min, max) = (lambda::STREAM_AGE_S.min, lambda::STREAM_AGE_S.max);
        found.push(Diagnostic::error(
            Code::OutOfRange,
            age.span,
            format!("Lambda accepts a maximum record age of {} to {}", Duration(min), Duration(max)),
            format!("write `max_age: {}`", Duration(age.value.clamp(min, max))),
        ));
    }
    // Each registered consumer is an event source of its own.
    let same = others.iter().filter(|other| !lambda.fan_out && !other.fans_out()).find(|other| {
        matches!(&other.kind, ConsumerKind::Lambda(other) if other.function.arn == lambda.function.arn)
    });
    if let Some(other) = same {
        found.push(
            Diagnostic::error(
                Code::ConsumerTwice,
                consumer.span,
                "Lambda accepts one mapping per stream and function, and another consumer has the same function",
                "remove one of them; `filter` accepts several patterns",
            )
            .related(other.span, "the other one"),
        );
    }
    filters(pipeline, lambda, found);
}

/// Two statements for the same program would be one.
fn same_reader(consumer: &Consumer, others: &[Consumer]) -> Option<Diagnostic> {
    let polled = |consumer: &Consumer| match &consumer.kind {
        ConsumerKind::Poll(Reader::Role(who) | Reader::Account(who)) => Some(who.value.clone()),
        _ => None,
    };
    let who = polled(consumer)?;
    let other = others.iter().find(|other| polled(other).as_ref() == Some(&who))?;
    Some(
        Diagnostic::error(
            Code::ConsumerTwice,
            consumer.span,
            format!("`{who}` may already poll the stream"),
            "remove one of them",
        )
        .related(other.span, "the other one"),
    )
}

fn filters(pipeline: &Pipeline, lambda: &LambdaConsumer, found: &mut Vec<Diagnostic>) {
    let count = lambda.filters.len();
    let error =
        |span, message: String, help: String| Diagnostic::error(Code::ConsumerFilter, span, message, help);
    if count > lambda::FILTERS_MAX {
        let help =
            "combine them: the values of a field are alternatives, as in `data: {type: [order, refund]}`";
        let message = format!("a function has at most {} patterns, not {count}", lambda::FILTERS_MAX);
        found.push(error(lambda.filter_span, message, help.into()));
    } else if count > lambda::FILTERS_QUOTA {
        found.push(Diagnostic::warning(
            Code::ConsumerFilter,
            lambda.filter_span,
            format!(
                "{count} patterns; without a higher quota, Lambda accepts {} for a function",
                lambda::FILTERS_QUOTA
            ),
            "combine them as in `data: {type: [order, refund]}`, or request a higher quota and accept this warning",
        ));
    }
    for pattern in &lambda.filters {
        filter(pattern, found);
    }
    let Some(pattern) = lambda.filters.iter().find(|pattern| pattern.value.contains_key(DATA)) else {
        return;
    };
    let span = pattern.place("/data").unwrap_or(lambda.filter_span);
    if let Some((what, at, label)) = not_json(pipeline) {
        let message = format!("Lambda compares `data` with JSON, and {what}, so none would match");
        let help = "remove `filter`, and select the records in the function";
        found.push(error(span, message, help.into()).related(at, label));
    }
}

/// Records of which none is JSON. Programs that the spec does not name may write as well, but not into a stream that is declared
/// to get these.
fn not_json(pipeline: &Pipeline) -> Option<(String, Span, &'static str)> {
    let declared = pipeline.records.as_ref().filter(|records| records.format != RecordFormat::Json);
    if let Some(records) = declared {
        return Some(("these records are not JSON".into(), records.span, "the records"));
    }
    // What else writes may write JSON.
    let is_existing = pipeline.stream.as_ref().is_some_and(|stream| stream.existing.is_some());
    if pipeline.producer.is_some() || is_existing {
        return None;
    }
    let may_be_json = |source: &Source| matches!(Form::of(source), Form::Json | Form::Unknown);
    let first = pipeline.sources.first()?;
    if pipeline.sources.iter().any(may_be_json) {
        return None;
    }
    Some((format!("records of `{}` are {}", first.name, Form::of(first).words()), first.span, "the source"))
}

fn filter(pattern: &Pattern, found: &mut Vec<Diagnostic>) {
    let Some(whole) = pattern.place("") else { return };
    let error = |at: &str, message: String, help: String| {
        Diagnostic::error(Code::ConsumerFilter, pattern.place(at).unwrap_or(whole), message, help)
    };
    let before = found.len();
    for (key, value) in &pattern.value {
        let at = format!("/{}", crate::parse::step(key));
        if key == DATA && !value.is_object() {
            let help =
                "write the fields of a record with their accepted values, as in `data: {type: [order]}`";
            found.push(error(&at, "`data` is the record, a JSON object".into(), help.into()));
        } else if key != DATA && !METADATA.contains(&key.as_str()) {
            let help = match suggest::nearest(key, METADATA.into_iter().chain([DATA])) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("fields of a record are under `data`: `{{data: {{{key}: [..]}}}}`"),
            };
            found.push(error(&at, format!("a pattern has no field `{key}` next to `data`"), help));
        }
    }
    if found.len() == before {
        for fault in event_pattern::faults(&pattern.value, &FILTER) {
            found.push(error(&fault.at, fault.message, fault.help));
        }
    }
}

/// Whether another account can read the stream.
fn shared(pipeline: &Pipeline, account: &Setting<String>) -> Option<Diagnostic> {
    let stream = pipeline.stream.as_ref()?;
    if let Some(existing) = &stream.existing {
        return Some(
            Diagnostic::error(
                Code::ReaderAccount,
                account.span,
                "the policy of an existing stream belongs to its owner, and would be overwritten",
                "remove this consumer, and ask the stream's owner to add the account to its policy",
            )
            .related(existing.arn.span, "the existing stream"),
        );
    }
    if matches!(stream.encryption.value, Encryption::CustomerKey(_)) {
        return None;
    }
    let found = Diagnostic::error(
        Code::ReaderAccount,
        account.span,
        "another account cannot read a stream that is encrypted with AWS's own key",
        "encrypt the stream with your own key, `stream.encryption.kms_key`, whose policy allows this account \
         `kms:Decrypt`",
    );
    let encryption = &stream.encryption;
    Some(if encryption.written { found.related(encryption.span, "the stream's encryption") } else { found })
}

fn fan_out_limit(consumers: &[Consumer]) -> Option<Diagnostic> {
    let max = kinesis::FAN_OUT_CONSUMERS_MAX;
    let one_too_many = consumers.iter().filter(|consumer| consumer.fans_out()).nth(max)?;
    Some(Diagnostic::error(
        Code::FanOutLimit,
        one_too_many.span,
        format!("a stream supports at most {max} consumers with enhanced fan-out"),
        "to poll, write `poll` instead of `fan_out`, or remove `fan_out: true` from a function",
    ))
}

/// Calls per second on each shard, by what reads the stream.
fn calls(context: &Context) -> Option<Diagnostic> {
    let pipeline = context.pipeline;
    let polls = |consumer: &&Consumer| !consumer.fans_out();
    let first = pipeline.consumers.iter().find(polls)?;
    let mut terms: Vec<(String, u64)> = Vec::new();
    if pipeline.analytics_on(AnalyticsRuntime::Flink).is_some() {
        terms.push(("Flink".into(), kinesis::FLINK_GET_RECORDS_PER_S));
    }
    let readers = context.graph.readers_of_input();
    let deliveries = readers.iter().filter(|kind| **kind == NodeKind::Delivery).count() as u64;
    if deliveries > 0 {
        terms.push(("Firehose".into(), deliveries * kinesis::FIREHOSE_GET_RECORDS_PER_S));
    }
    for consumer in pipeline.consumers.iter().filter(polls) {
        let rate = match consumer.kind {
            ConsumerKind::Lambda(_) => kinesis::LAMBDA_GET_RECORDS_PER_S,
            ConsumerKind::FanOut(_) | ConsumerKind::Poll(_) => kinesis::PROGRAM_GET_RECORDS_PER_S,
        };
        terms.push((consumer.name.clone(), rate));
    }
    let sum: u64 = terms.iter().map(|(_, rate)| rate).sum();
    let max = kinesis::SHARD_GET_RECORDS_PER_S;
    if sum <= max {
        return None;
    }
    let terms: Vec<String> = terms.iter().map(|(who, rate)| format!("{who} {rate}")).collect();
    let help = match first.kind {
        ConsumerKind::Lambda(_) => {
            format!("write `fan_out: true` in `{}`, which then does not poll", first.name)
        }
        ConsumerKind::FanOut(_) | ConsumerKind::Poll(_) => {
            format!("write `fan_out` instead of `poll` in `{}`", first.name)
        }
    };
    Some(Diagnostic::warning(
        Code::PollingReaders,
        first.span,
        format!(
            "the readers make up to {sum} GetRecords calls per second and shard ({}); Kinesis accepts {max}, so some of them \
             are throttled and fall behind",
            terms.join(" + ")
        ),
        format!("{help}; or accept this warning if delays are acceptable"),
    ))
}
