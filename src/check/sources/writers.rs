//! Rules of programs that write records.

use super::{Rules, Site, account};
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::pipeline::{Encryption, Setting, SourceKind, Target, Writers};

/// Characters of a role's name. IAM API reference, `Role`, 2026-11.
const ROLE_NAME_CHARS_MAX: usize = 64;

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
            found.extend(role(name).or_else(|| {
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

fn role(name: &Setting<String>) -> Option<Diagnostic> {
    let text = name.value.as_str();
    let error =
        |message: String, help: String| Some(Diagnostic::error(Code::WriterRole, name.span, message, help));
    let last = text.rsplit('/').next().unwrap_or_default();
    let is_name = |text: &str| {
        !text.is_empty()
            && text.len() <= ROLE_NAME_CHARS_MAX
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b))
    };
    if text.contains(":user/") {
        return error(
            format!("`{text}` is a user, and not a role"),
            "name a role that the program assumes".into(),
        );
    }
    if text.contains(":assumed-role/") {
        let role = text.split('/').nth(1).unwrap_or_default();
        return error(format!("`{text}` is a session of a role"), format!("write the role's name: `{role}`"));
    }
    if last.starts_with("AWSReservedSSO_") {
        return error(
            format!("IAM Identity Center owns role `{last}`, and nothing can be attached to it"),
            "name a role of your own, or give the permission set the permission".into(),
        );
    }
    if last.starts_with("AWSServiceRoleFor") {
        return error(
            format!("AWS owns the service-linked role `{last}`, and nothing can be attached to it"),
            "name a role of your own".into(),
        );
    }
    if !is_name(text) {
        let help = match is_name(last) {
            true => format!("write its name alone: `{last}`"),
            false => "write its name, as in `roles: [shop-task-role]`".into(),
        };
        return error(format!("`{text}` is not the name of a role"), help);
    }
    None
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
        "other accounts cannot write to a stream that AWS's own key encrypts",
        "encrypt the stream with a key of yours, by `stream.encryption.kms_key`; its policy allows these accounts \
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
