//! Ids of accounts.

use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::Setting;

/// What is wrong with ids of accounts: each has twelve digits, and is written once.
pub(super) fn check(accounts: &[Setting<String>]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (at, account) in accounts.iter().enumerate() {
        let text = &account.value;
        if let Some(fault) = fault(account, "accounts: [\"111122223333\"]") {
            found.push(fault);
        } else if let Some(other) = accounts[..at].iter().find(|other| other.value == *text) {
            found.push(
                Diagnostic::error(
                    Code::AccountId,
                    account.span,
                    format!("account `{text}` is written twice"),
                    "remove one of them",
                )
                .related(other.span, "the other one"),
            );
        }
    }
    found
}

/// What is wrong with the id of an account. The example is the key with an id.
pub(in crate::check) fn fault(account: &Setting<String>, example: &str) -> Option<Diagnostic> {
    let text = &account.value;
    if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    Some(Diagnostic::error(
        Code::AccountId,
        account.span,
        format!("`{text}` is not the ID of an account, which has 12 digits"),
        match digits.len() {
            12 => format!("write `\"{digits}\"`"),
            _ => format!("write the ID in quotation marks, as in `{example}`"),
        },
    ))
}
