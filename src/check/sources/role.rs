//! Names of roles that policies are attached to.

use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::Setting;

/// Characters of a role's name. IAM API reference, `Role`, 2026-11.
const ROLE_NAME_CHARS_MAX: usize = 64;

/// What is wrong with the name of a role. The example is the key with a name.
pub(in crate::check) fn check(name: &Setting<String>, code: Code, example: &str) -> Option<Diagnostic> {
    let text = name.value.as_str();
    let error = |message: String, help: String| Some(Diagnostic::error(code, name.span, message, help));
    let last = text.rsplit('/').next().unwrap_or_default();
    let is_name = |text: &str| {
        !text.is_empty()
            && text.len() <= ROLE_NAME_CHARS_MAX
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b))
    };
    if text.contains(":user/") {
        return error(
            format!("`{text}` is a user, not a role"),
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
            "name your own role, or add the permission to the permission set".into(),
        );
    }
    if last.starts_with("AWSServiceRoleFor") {
        return error(
            format!("AWS owns the service-linked role `{last}`, and nothing can be attached to it"),
            "name your own role".into(),
        );
    }
    if !is_name(text) {
        let help = match is_name(last) {
            true => format!("write only its name: `{last}`"),
            false => format!("write its name, as in `{example}`"),
        };
        return error(format!("`{text}` is not the name of a role"), help);
    }
    None
}
