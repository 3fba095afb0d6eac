//! An existing stream: what is declared about it must be declared, and must be possible.

use super::Context;
use crate::aws::regions;
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Capacity, Existing, Stream};

pub(super) fn check(context: &mut Context, stream: &Stream, existing: &Existing) {
    arn(context, existing);
    if stream.capacity.value == Capacity::Provisioned {
        let message = "the capacity of an existing stream is what it has, and is declared here";
        let help = "write `capacity: {shards: 2}` with its number of shards, or `capacity: on_demand`";
        context.report(Diagnostic::error(Code::ExistingStream, stream.capacity.span, message, help));
    }
    for (key, written, span) in [
        ("headroom", stream.headroom.written, stream.headroom.span),
        ("shard_quota", stream.shard_quota.written, stream.shard_quota.span),
    ] {
        if written {
            let message = format!("`{key}` is for a stream whose shards pipec computes, and this one exists");
            let help = format!("remove `{key}`");
            context.report(
                Diagnostic::error(Code::ExistingStream, span, message, help)
                    .related(existing.arn.span, "the existing stream"),
            );
        }
    }
}

fn arn(context: &mut Context, existing: &Existing) {
    let own = &context.pipeline.region;
    let text = &existing.arn.value;
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
    let is_account = |account: &str| account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let region = match parts.as_slice() {
        ["arn", partition, "kinesis", region, account, resource]
            if partition.starts_with("aws")
                && is_account(account)
                && resource.strip_prefix("stream/").is_some_and(is_name) =>
        {
            *region
        }
        _ => {
            let plain = is_name(text);
            let name = if plain { text.as_str() } else { "orders" };
            context.report(Diagnostic::error(
                Code::ExistingStream,
                existing.arn.span,
                format!("`{text}` is not the ARN of a Kinesis data stream"),
                format!(
                    "write its ARN, as in `existing: arn:aws:kinesis:{}:111122223333:stream/{name}`",
                    own.value
                ),
            ));
            return;
        }
    };
    if region != own.value {
        let help = match regions::region(region) {
            Some(_) => format!("write `region: {region}`, or name a stream of {}", own.value),
            None => format!("name a stream of {}", own.value),
        };
        let message = format!("the stream is in {region} and the pipeline in {}", own.value);
        let found = Diagnostic::error(Code::ExistingStream, existing.arn.span, message, help);
        context.report(if own.written { found.related(own.span, "the pipeline's region") } else { found });
    }
}
