//! ARNs of what a source is attached to: of this service, this region, and one account.

use crate::aws::regions;
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
pub(super) fn check(arn: &Setting<String>, region: &str, key: &str, wanted: &Wanted) -> Option<Diagnostic> {
    let example = wanted.example.replace("REGION", region);
    let parts: Vec<&str> = arn.value.splitn(6, ':').collect();
    let ["arn", partition, service, of, account, resource] = parts.as_slice() else {
        return Some(no_arn(arn, key, wanted, &example));
    };
    let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let is_own = *service == wanted.service && is_account && (wanted.is_resource)(resource);
    if !partition.starts_with("aws") || !is_own {
        return Some(no_arn(arn, key, wanted, &example));
    }
    if *of != region {
        let help = match regions::region(of) {
            Some(_) => format!("write `region: {of}`, or name one of {region}"),
            None => format!("name one of {region}"),
        };
        let message = format!("{} is in {of} and the pipeline in {region}", wanted.what);
        return Some(Diagnostic::error(Code::SourceRegion, arn.span, message, help));
    }
    None
}

fn no_arn(arn: &Setting<String>, key: &str, wanted: &Wanted, example: &str) -> Diagnostic {
    Diagnostic::error(
        Code::SourceArn,
        arn.span,
        format!("`{}` is not the ARN of {}", arn.value, wanted.what),
        format!("write its ARN, as in `{key}: {example}`"),
    )
}
