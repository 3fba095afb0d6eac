//! ARNs of what others own: in the pipeline's region, and in its partition.

use crate::aws::regions;
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::Setting;
use crate::source::Span;

/// What an ARN is of, for a message.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    /// With the article of a message: "the function".
    pub the: &'a str,
    /// With the article of a help: "a function".
    pub a: &'a str,
}

/// What is wrong with the region or the partition of an ARN.
pub(super) fn check(
    code: Code,
    (arn, span): (&str, Span),
    named: Named,
    own: &Setting<String>,
) -> Option<Diagnostic> {
    let region = arn.split(':').nth(3).unwrap_or_default();
    let Named { the, a } = named;
    if region == own.value {
        return partition(code, (arn, span), the, own);
    }
    let message = format!("{the} is in {region}, but the pipeline is in {}", own.value);
    let help = match regions::region(region) {
        Some(_) => format!("write `region: {region}`, or name {a} of {}", own.value),
        None => format!("name {a} of {}", own.value),
    };
    Some(beside(Diagnostic::error(code, span, message, help), own))
}

/// What is wrong with the partition of an ARN, whatever its region.
pub(super) fn partition(
    code: Code,
    (arn, span): (&str, Span),
    the: &str,
    own: &Setting<String>,
) -> Option<Diagnostic> {
    let of_region = regions::region(&own.value)?.partition.id();
    let partition = arn.split(':').nth(1).unwrap_or_default();
    if partition == of_region {
        return None;
    }
    let message = format!("{the} is in the partition `{partition}`, but {} is in `{of_region}`", own.value);
    let help = format!("write `{}`", arn.replacen(partition, of_region, 1));
    Some(beside(Diagnostic::error(code, span, message, help), own))
}

fn beside(found: Diagnostic, own: &Setting<String>) -> Diagnostic {
    if own.written { found.related(own.span, "the pipeline's region") } else { found }
}

/// An example of an ARN, in the partition of a region.
pub(super) fn example(arn: &str, region: &str) -> String {
    let partition = regions::region(region).map_or("aws", |region| region.partition.id());
    arn.replacen("arn:aws:", &format!("arn:{partition}:"), 1).replace("REGION", region)
}
