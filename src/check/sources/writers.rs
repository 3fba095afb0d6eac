//! Rules of programs that write records.

use super::{Rules, Site, account, role};
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Encryption, Setting, SourceKind, Target, Writers};

impl Rules for Writers {
    fn check(&self, site: &Site, found: &mut Vec<Diagnostic>) {
        if self.roles.is_empty() && self.accounts.is_empty() {
            found.push(Diagnostic::error(
                Code::WriterRole,
                site.span(),
                "nobody may write: `roles` and `accounts` are empty",
                "name the role of your program in `roles`",
            ));
        }
        for (at, name) in self.roles.iter().enumerate() {
            found.extend(role::check(name, Code::WriterRole, "roles: [shop-task-role]").or_else(|| {
                let other = self.roles[..at].iter().find(|other| other.value == name.value)?;
                let message = format!("role `{}` is written twice", name.value);
                Some(
                    Diagnostic::error(Code::WriterRole, name.span, message, "remove one of them")
                        .related(other.span, "the other one"),
                )
            }));
        }
        found.extend(account::check(&self.accounts));
        if let (Some(first), Target::Stream) = (self.accounts.first(), site.target) {
            found.extend(
                owners_policy(site, first).or_else(|| one_policy(site, first)).or_else(|| key(site, first)),
            );
        }
    }
}

/// AWS's own key of a stream serves its account alone. Kinesis Data Streams developer guide, "Share your data stream with another
/// account", 2026-11.
fn key(site: &Site, first: &Setting<String>) -> Option<Diagnostic> {
    let encryption = &site.context.pipeline.stream.as_ref()?.encryption;
    if matches!(encryption.value, Encryption::CustomerKey(_)) {
        return None;
    }
    let found = Diagnostic::error(
        Code::WriterAccounts,
        first.span,
        "other accounts cannot write to a stream that is encrypted with AWS's own key",
        "encrypt the stream with your own key, `stream.encryption.kms_key`, whose policy allows these accounts \
         `kms:GenerateDataKey`",
    );
    Some(if encryption.written { found.related(encryption.span, "the stream's encryption") } else { found })
}

/// The policy of an existing stream is its owner's, and a stack would replace it.
fn owners_policy(site: &Site, first: &Setting<String>) -> Option<Diagnostic> {
    site.context.pipeline.stream.as_ref()?.existing.as_ref()?;
    Some(Diagnostic::error(
        Code::WriterAccounts,
        first.span,
        "an existing stream has its owner's policy, which this stack does not replace",
        "remove `accounts`, and let the owner add them: `aws kinesis put-resource-policy`",
    ))
}

/// A stream has one policy.
fn one_policy(site: &Site, first: &Setting<String>) -> Option<Diagnostic> {
    let pipeline = site.context.pipeline;
    let other = pipeline.sources.iter().find_map(|source| match &source.kind {
        SourceKind::Writers(other) if pipeline.target(source) == Target::Stream => other.accounts.first(),
        _ => None,
    })?;
    if other.span == first.span {
        return None;
    }
    Some(
        Diagnostic::error(
            Code::WriterAccounts,
            first.span,
            "a stream has only one policy, which another source writes",
            "move these accounts there",
        )
        .related(other.span, "its accounts"),
    )
}
