//! Indexes and documents of OpenSearch.

use std::collections::BTreeMap;

use super::super::Context;
use super::super::sources;
use super::super::sources::form::Form;
use crate::aws::destinations::opensearch_limits::{
    INDEX_CHARS, INDEX_FIRST_FORBIDDEN, INDEX_FORBIDDEN, METADATA_FIELDS,
};
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Delivery, DestinationNetwork, Pipeline, Setting, Source, SourceKind};
use crate::source::Span;
use crate::table::fields::{Fields, NoFields, fields};

/// Characters of patterns of dates, and of what else a program would replace in a name.
const PATTERN: [char; 4] = ['%', '$', '{', '}'];

/// The name of an index; with `rotates`, Firehose can append a period to it.
pub(super) fn index(index: &Setting<String>, rotates: bool) -> Option<Diagnostic> {
    let name = index.value.as_str();
    let message = fault_of_name(name)?;
    let better = better_name(name);
    let help = match &better {
        _ if name.chars().count() as u64 > INDEX_CHARS.max => "shorten it".to_owned(),
        Some(better) if rotates && name.contains(PATTERN) => {
            format!("write `index: {better}`; with `rotate: day`, Firehose appends the day of arrival")
        }
        Some(better) => format!("write `index: {better}`"),
        None => "write a name of letters, digits, `-`, `_` and `.`, as in `index: orders`".to_owned(),
    };
    Some(Diagnostic::error(Code::SearchIndex, index.span, message, help))
}

/// Why OpenSearch or Firehose does not accept a name of an index.
fn fault_of_name(name: &str) -> Option<String> {
    let length = name.chars().count() as u64;
    if !INDEX_CHARS.contains(length) {
        return Some(format!("the name of an index has {INDEX_CHARS} characters, not {length}"));
    }
    if name.to_lowercase() != name && !name.contains(char::is_control) {
        return Some(format!("the index `{name}` has upper-case letters, which OpenSearch does not accept"));
    }
    if let Some(first) = name.chars().next().filter(|first| INDEX_FIRST_FORBIDDEN.contains(*first)) {
        return Some(format!("the name of an index does not begin with `{first}`"));
    }
    if let Some(bad) = name.chars().find(|c| INDEX_FORBIDDEN.contains(*c) || c.is_control()) {
        return Some(match bad {
            ' ' => "the name of an index does not contain a space".to_owned(),
            bad if PATTERN.contains(&bad) => {
                format!("the name of an index is a fixed text, and `{bad}` in it is not replaced")
            }
            bad if bad.is_control() => {
                "the name of an index does not contain a control character, such as a line break".to_owned()
            }
            bad => format!("the name of an index does not contain `{bad}`"),
        });
    }
    matches!(name, "." | "..").then(|| format!("`{name}` is not the name of an index"))
}

/// The nearest name that is accepted: what is before a pattern, in lower-case letters, with `-` for other characters.
fn better_name(name: &str) -> Option<String> {
    let is_bad = |c: char| INDEX_FORBIDDEN.contains(c) || c.is_whitespace() || c.is_control();
    let lower = name.to_lowercase();
    let fixed = lower.split(PATTERN).next().unwrap_or_default();
    let parts: Vec<&str> = fixed.split(is_bad).filter(|part| !part.is_empty()).collect();
    let better = parts.join("-");
    let better = better.trim_start_matches(['_', '-', '+', '.']).trim_end_matches(['-', '_', '.']);
    (fault_of_name(better).is_none()).then(|| better.to_owned())
}

/// Sources whose records are no documents. What CloudWatch Logs sends is a fault of its own.
fn forms(pipeline: &Pipeline, delivery: &Delivery, words: &str) -> Vec<Diagnostic> {
    let at = pipeline.deliveries.iter().position(|other| other.span == delivery.span);
    let into = at.into_iter().flat_map(|at| sources::into(pipeline, at, delivery));
    let fault = |source: &Source| {
        let (what, help) = match (Form::of(source), &source.kind) {
            (Form::Tabs, _) => (
                "lines with tabs",
                "read the lines as CSV, with `format: csv` and `delimiter: \"\\t\"` in `records`, and add SQL, whose rows are JSON \
                 objects, as in `analytics: {sql: SELECT * FROM stream}`",
            ),
            (Form::Binary, _) => ("binary", "deliver the metrics to `s3`"),
            (_, SourceKind::MetricStream(_)) => {
                ("lines with a JSON object each, many in a record", "deliver the metrics to `s3`")
            }
            _ => return None,
        };
        let message = format!(
            "{words} accepts one JSON object per record, and the records of `{}` are {what}",
            source.name
        );
        let found = Diagnostic::error(Code::DocumentForm, source.span, message, help);
        Some(found.related(delivery.span, "the delivery"))
    };
    into.filter_map(fault).collect()
}

/// Records that are no documents: each has to be one JSON object, with fields that OpenSearch accepts.
pub(super) fn check(context: &Context, delivery: &Delivery, words: &str) -> Vec<Diagnostic> {
    if delivery.transform.as_ref().is_some_and(|transform| transform.own.is_some()) {
        return Vec::new();
    }
    match fields(context.pipeline, context.query, delivery) {
        Ok(fields) if fields.of_rows => faults(&fields, delivery),
        Ok(fields) => [faults(&fields, delivery), forms(context.pipeline, delivery, words)].concat(),
        Err(NoFields::Csv) => vec![lines_of_csv(context, delivery, words)],
        Err(NoFields::Undeclared) => forms(context.pipeline, delivery, words),
        Err(NoFields::Faulty) => Vec::new(),
    }
}

/// Lines of CSV for what accepts JSON objects.
pub(super) fn lines_of_csv(context: &Context, delivery: &Delivery, words: &str) -> Diagnostic {
    let span = context.pipeline.records.as_ref().map_or(delivery.span, |records| records.span);
    let message = format!("{words} accepts JSON objects, and the records are lines of CSV");
    let help = "add SQL, whose rows are JSON objects, as in `analytics: {sql: SELECT * FROM stream}`";
    Diagnostic::error(Code::DocumentForm, span, message, help).related(delivery.span, "the delivery")
}

/// Names of fields that OpenSearch does not accept, and fields that are an object and a value.
fn faults(fields: &Fields, delivery: &Delivery) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut known: BTreeMap<Vec<&str>, Span> = BTreeMap::new();
    let mut fault = |span: Span, message: String, help: String, other: Option<Span>| {
        let diagnostic = Diagnostic::error(Code::DocumentField, span, message, help);
        let diagnostic = match other {
            Some(other) => diagnostic.related(other, "the other one"),
            None => diagnostic,
        };
        found.push(diagnostic.related(delivery.span, "the delivery"));
    };
    for field in fields.list.iter().filter(|field| !field.is_inside_array) {
        let parts = field.document_path();
        let name = parts.join(".");
        let rename = || "write another name with `AS` in the SQL".to_owned();
        let help =
            || if fields.of_rows { rename() } else { "add SQL that selects it under another name".into() };
        if parts.iter().any(|part| part.trim().is_empty()) {
            let message =
                format!("`{name}` has an empty part between its dots, which OpenSearch does not accept");
            fault(field.span, message, help(), None);
            continue;
        }
        if parts.first().is_some_and(|first| METADATA_FIELDS.contains(first)) {
            let message =
                format!("`{name}` is a field of OpenSearch itself, and it rejects documents with it");
            fault(field.span, message, help(), None);
            continue;
        }
        let other = known.iter().find(|(other, _)| {
            other.len() != parts.len() && (parts.starts_with(other) || other.starts_with(&parts))
        });
        if let Some((other, span)) = other {
            let shorter = if other.len() < parts.len() { other.join(".") } else { name };
            let message = format!("`{shorter}` is an object in one field, and a value in another");
            fault(field.span, message, help(), Some(*span));
            continue;
        }
        known.insert(parts, field.span);
    }
    found
}

/// The network of a domain or a collection.
pub(super) fn network(network: &DestinationNetwork) -> Vec<Diagnostic> {
    let lists = [(&network.subnets, "subnet"), (&network.security_groups, "security group")];
    let twice = lists.into_iter().filter_map(|(list, what)| {
        let ids = &list.value;
        let again = ids.iter().enumerate().find(|(at, id)| ids[..*at].contains(id));
        again.map(|(_, id)| {
            let message = format!("the {what} `{id}` is listed twice");
            Diagnostic::error(Code::DestinationNetwork, list.span, message, "remove one of them")
        })
    });
    twice.collect()
}
