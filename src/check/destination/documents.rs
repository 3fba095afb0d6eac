//! Indexes and documents of OpenSearch.

use std::collections::BTreeMap;

use super::super::Context;
use crate::aws::destinations::opensearch_limits::{
    INDEX_CHARS, INDEX_FIRST_FORBIDDEN, INDEX_FORBIDDEN, METADATA_FIELDS,
};
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Delivery, DestinationNetwork, Setting};
use crate::source::Span;
use crate::table::fields::{Field, Fields, NoFields, fields};

/// The name of an index.
pub(super) fn index(index: &Setting<String>) -> Option<Diagnostic> {
    let name = index.value.as_str();
    let length = name.chars().count() as u64;
    let fault =
        |message: String, help: String| Some(Diagnostic::error(Code::SearchIndex, index.span, message, help));
    if !INDEX_CHARS.contains(length) {
        let message = format!("the name of an index has {INDEX_CHARS} characters, not {length}");
        let help = if length == 0 { "write a name, as in `index: orders`" } else { "shorten it" };
        return fault(message, help.into());
    }
    let lower = name.to_lowercase();
    if lower != name {
        return fault(
            format!("the index `{name}` has upper-case letters, which OpenSearch does not accept"),
            format!("write `index: {lower}`"),
        );
    }
    if let Some(first) = name.chars().next().filter(|first| INDEX_FIRST_FORBIDDEN.contains(*first)) {
        return fault(
            format!("the name of an index does not begin with `{first}`"),
            "write a letter or a digit first, as in `index: orders`".into(),
        );
    }
    if let Some(bad) = name.chars().find(|c| INDEX_FORBIDDEN.contains(*c) || c.is_control()) {
        let shown = if bad == ' ' { "a space".to_owned() } else { format!("`{bad}`") };
        return fault(
            format!("the name of an index does not contain {shown}"),
            "write letters, digits, `-`, `_` and `.`, as in `index: orders`".into(),
        );
    }
    matches!(name, "." | "..")
        .then(|| fault(format!("`{name}` is not the name of an index"), "write `index: orders`".into()))
        .flatten()
}

/// Records that are no documents: each has to be one JSON object, with fields that OpenSearch accepts.
pub(super) fn check(context: &Context, delivery: &Delivery, words: &str) -> Vec<Diagnostic> {
    if delivery.transform.as_ref().is_some_and(|transform| transform.own.is_some()) {
        return Vec::new();
    }
    match fields(context.pipeline, context.query, delivery) {
        Ok(fields) => faults(&fields, delivery),
        Err(NoFields::Csv) => vec![lines_of_csv(context, delivery, words)],
        Err(NoFields::Undeclared | NoFields::Faulty) => Vec::new(),
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
    let path = |field: &'_ Field| -> Vec<String> {
        match fields.of_rows {
            true => field.name.split('.').map(str::to_owned).collect(),
            false => field.path.clone(),
        }
    };
    let paths: Vec<Vec<String>> = fields.list.iter().map(path).collect();
    let mut fault = |span: Span, message: String, help: String, other: Option<Span>| {
        let diagnostic = Diagnostic::error(Code::DocumentField, span, message, help);
        let diagnostic = match other {
            Some(other) => diagnostic.related(other, "the other one"),
            None => diagnostic,
        };
        found.push(diagnostic.related(delivery.span, "the delivery"));
    };
    for (field, path) in fields.list.iter().zip(&paths).filter(|(field, _)| !field.is_inside_array) {
        let name = path.join(".");
        let rename = || "write another name with `AS` in the SQL".to_owned();
        let help =
            || if fields.of_rows { rename() } else { "add SQL that selects it under another name".into() };
        if path.iter().any(|part| part.trim().is_empty()) {
            let message =
                format!("`{name}` has an empty part between its dots, which OpenSearch does not accept");
            fault(field.span, message, help(), None);
            continue;
        }
        if METADATA_FIELDS.contains(&path[0].as_str()) {
            let message =
                format!("`{name}` is a field of OpenSearch itself, and it rejects documents with it");
            fault(field.span, message, help(), None);
            continue;
        }
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
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
