//! ARNs of what a source is attached to: of this service, this region, and one account.

use super::super::arn_region::{self, Named};
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::Setting;

/// What an ARN must be of.
pub(super) struct Wanted {
    /// The service, as in the ARN.
    pub service: &'static str,
    /// What it is called in a sentence, with its article.
    pub what: &'static str,
    /// An example, with `REGION`.
    pub example: &'static str,
    /// Whether the part behind the account is one.
    pub is_resource: fn(&str) -> bool,
}

/// What is wrong with the ARN of a resource.
pub(super) fn check(
    arn: &Setting<String>,
    region: &Setting<String>,
    key: &str,
    wanted: &Wanted,
) -> Option<Diagnostic> {
    let parts: Vec<&str> = arn.value.splitn(6, ':').collect();
    let is_own = match parts.as_slice() {
        ["arn", partition, service, _, account, resource] => {
            let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
            partition.starts_with("aws")
                && *service == wanted.service
                && is_account
                && (wanted.is_resource)(resource)
        }
        _ => false,
    };
    if !is_own {
        let example = arn_region::example(wanted.example, &region.value);
        return Some(no_arn(arn, key, wanted, &example));
    }
    let named = Named { the: wanted.what, a: "one" };
    arn_region::check(Code::SourceRegion, (&arn.value, arn.span), named, region)
}

fn no_arn(arn: &Setting<String>, key: &str, wanted: &Wanted, example: &str) -> Diagnostic {
    Diagnostic::error(
        Code::SourceArn,
        arn.span,
        format!("`{}` is not the ARN of {}", arn.value, wanted.what),
        format!("write its ARN, as in `{key}: {example}`"),
    )
}
