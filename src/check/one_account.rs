//! What works only in the account of the stack: ARNs of several accounts cannot all be right.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{ConsumerKind, OutputTarget, Pipeline, SourceKind};
use crate::source::Span;

/// A resource that is in the account of the stack.
struct Own<'a> {
    what: &'static str,
    arn: &'a str,
    span: Span,
}

pub(super) fn check(context: &mut Context) {
    let all = owned(context.pipeline);
    let account = |own: &Own| own.arn.split(':').nth(4).unwrap_or_default().to_owned();
    let Some(first) = all.first() else { return };
    let expected = account(first);
    let mut found = Vec::new();
    for other in &all[1..] {
        let id = account(other);
        if id == expected {
            continue;
        }
        found.push(
            Diagnostic::error(
                Code::OneAccount,
                other.span,
                format!(
                    "{} is in account {id}, and {} in {expected}: both must be in the account of the stack",
                    other.what, first.what
                ),
                format!("name one of account {expected}, if that is where you deploy"),
            )
            .related(first.span, first.what),
        );
    }
    found.into_iter().for_each(|found| context.report(found));
}

/// The resources of others that AWS wants in the account of the stack, those with an ARN. A queue's and a table's owner, a topic's
/// and a key's can be another account.
fn owned(pipeline: &Pipeline) -> Vec<Own<'_>> {
    let mut all = Vec::new();
    // Firehose reads no stream of another account.
    let existing = pipeline.stream.as_ref().and_then(|stream| stream.existing.as_ref());
    all.extend(existing.map(|existing| Own {
        what: "the stream",
        arn: &existing.arn.value,
        span: existing.arn.span,
    }));
    // A web ACL's log is in its own account. AWS WAF developer guide, "Sending logs to a Firehose stream", 2026-11.
    all.extend(pipeline.sources.iter().filter_map(|source| match &source.kind {
        SourceKind::Waf(waf) => {
            Some(Own { what: "the web ACL", arn: &waf.web_acl.value, span: waf.web_acl.span })
        }
        _ => None,
    }));
    // Lambda polls for functions of the account. Lambda API reference, `CreateEventSourceMapping`, 2026-11.
    all.extend(pipeline.consumers.iter().filter_map(|consumer| match &consumer.kind {
        ConsumerKind::Lambda(lambda) => {
            Some(Own { what: "the function", arn: &lambda.function.arn, span: lambda.function_span })
        }
        ConsumerKind::FanOut(_) | ConsumerKind::Poll(_) => None,
    }));
    let outputs = pipeline.analytics.iter().flat_map(|analytics| &analytics.outputs);
    all.extend(outputs.filter_map(|output| match &output.target {
        OutputTarget::Lambda(_, function) => {
            Some(Own { what: "the function", arn: &function.arn, span: output.span })
        }
        OutputTarget::Delivery | OutputTarget::Nowhere | OutputTarget::Stream(_) => None,
    }));
    all.retain(|own| own.arn.split(':').nth(4).is_some_and(|account| account.len() == 12));
    all
}
