//! For code scanning services: SARIF 2.1.0 (OASIS standard, 2020-03-27).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::format::Findings;
use super::{Code, Severity};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One run of one tool with all findings.
pub(super) fn render(findings: &[Findings]) -> String {
    let codes: BTreeSet<Code> = findings
        .iter()
        .flat_map(|found| found.diagnostics.iter().map(|diagnostic| diagnostic.code))
        .collect();
    let rules: Vec<Value> = codes
        .iter()
        .map(|code| {
            json!({
                "id": code.to_string(),
                "shortDescription": { "text": code.title() },
                "fullDescription": { "text": code.title() },
                "help": { "text": code.page(), "markdown": code.page() },
            })
        })
        .collect();
    let results: Vec<Value> = findings.iter().flat_map(results).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "pipec",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            // SARIF counts columns in UTF-16 units unless told otherwise; pipec counts characters.
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

fn results(found: &Findings) -> Vec<Value> {
    found
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let level = match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Advice => "note",
            };
            let (start, end) = found.sources.positions(diagnostic.span);
            json!({
                "ruleId": diagnostic.code.to_string(),
                "level": level,
                "message": { "text": format!("{}. {}", diagnostic.message, diagnostic.help) },
                "locations": [{ "physicalLocation": {
                    "artifactLocation": { "uri": uri(found.sources.file(diagnostic.span.file).path()) },
                    "region": {
                        "startLine": start.line,
                        "startColumn": start.column,
                        "endLine": end.line,
                        "endColumn": end.column,
                    },
                }}],
            })
        })
        .collect()
}

/// A path as a relative or absolute URI reference: what RFC 3986 does not allow in a path is percent-encoded.
fn uri(path: &str) -> String {
    let mut text = String::new();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}
