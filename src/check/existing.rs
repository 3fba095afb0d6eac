//! An existing stream: what is declared about it must be declared, and must be possible.

use super::Context;
use super::arn_region::{self, Named};
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Capacity, Existing, Stream};

pub(super) fn check(context: &mut Context, stream: &Stream, existing: &Existing) {
    arn(context, existing);
    if stream.capacity.value == Capacity::Provisioned {
        let message = "the capacity of an existing stream must be declared";
        let help = "write `capacity: {shards: 2}` with its number of shards, or `capacity: on_demand`";
        context.report(Diagnostic::error(Code::ExistingStream, stream.capacity.span, message, help));
    }
    for (key, written, span) in [
        ("headroom", stream.headroom.written, stream.headroom.span),
        ("shard_quota", stream.shard_quota.written, stream.shard_quota.span),
    ] {
        if written {
            let message = format!(
                "`{key}` is for a stream whose shards pipec computes, but this stream already exists"
            );
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
    let is_stream = match parts.as_slice() {
        ["arn", partition, "kinesis", _, account, resource] => {
            partition.starts_with("aws")
                && is_account(account)
                && resource.strip_prefix("stream/").is_some_and(is_name)
        }
        _ => false,
    };
    if !is_stream {
        let name = if is_name(text) { text.as_str() } else { "orders" };
        let example =
            arn_region::example(&format!("arn:aws:kinesis:REGION:111122223333:stream/{name}"), &own.value);
        context.report(Diagnostic::error(
            Code::ExistingStream,
            existing.arn.span,
            format!("`{text}` is not the ARN of a Kinesis data stream"),
            format!("write its ARN, as in `existing: {example}`"),
        ));
        return;
    }
    let named = Named { the: "the stream", a: "a stream" };
    let found = arn_region::check(Code::ExistingStream, (text, existing.arn.span), named, own);
    found.into_iter().for_each(|found| context.report(found));
}
