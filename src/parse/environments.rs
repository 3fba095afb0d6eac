//! Environments: parts of a spec that are laid over it. That happens to the tree, so that every value keeps its own
//! place: in the part where it comes from there, in the spec otherwise.

use std::ops::Range;

use super::structure::alternatives_at;
use super::tree::{Entry, Kind, Node};
use super::{Places, step, structure};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::source::{SourceFile, Span};
use crate::spec::schema::ENVIRONMENTS;

/// An environment of a spec.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// Place of the name.
    pub key: Span,
    /// Place of its part of the spec.
    pub place: Span,
    /// The name that its part gives its pipeline, and the name's place.
    own_name: Option<(String, Span)>,
    part: Node,
}

impl Environment {
    /// Whether its pipeline has a name of its own.
    pub fn is_named(&self) -> bool {
        self.own_name.is_some()
    }

    /// The name of its pipeline over a spec of that name, and the name's place: where it is written, or the
    /// environment's key.
    pub fn name_over(&self, base: &str) -> (String, Span) {
        self.own_name.clone().unwrap_or_else(|| (format!("{base}-{}", self.name), self.key))
    }

    /// The spec with this part laid over, and what the part removes: pointers and places.
    pub(super) fn over(&self, base: &Node) -> (Node, Vec<(String, Range<usize>)>) {
        let mut removed = Vec::new();
        (overlay(base, &self.part, "", &mut removed), removed)
    }

    /// What is wrong with the form of the part. That it is an object at all is part of the spec's form.
    pub(super) fn faults(&self, file: &SourceFile) -> Vec<Diagnostic> {
        if !matches!(self.part.kind, Kind::Mapping(_)) {
            return Vec::new();
        }
        let (value, places) = Places::lower(&self.part, file);
        structure::check_part(value, &places.of_part())
    }

    /// Whether a place is in its part of the spec.
    pub fn holds(&self, span: Span) -> bool {
        span.file == self.place.file && self.place.start <= span.start && span.end <= self.place.end
    }
}

/// Takes the environments out of a spec's tree.
pub(super) fn take(root: &mut Node, file: &SourceFile) -> Vec<Environment> {
    let Kind::Mapping(entries) = &mut root.kind else { return Vec::new() };
    let Some(at) = entries.iter().position(|entry| entry.key == ENVIRONMENTS) else { return Vec::new() };
    let Kind::Mapping(environments) = entries.remove(at).value.kind else { return Vec::new() };
    let environment = |entry: Entry| Environment {
        name: entry.key,
        key: file.span(entry.key_range),
        place: file.span(entry.value.range.clone()),
        own_name: name(&entry.value).map(|(name, range)| (name.to_owned(), file.span(range))),
        part: entry.value,
    };
    environments.into_iter().map(environment).collect()
}

/// The text that stands as `name` in a spec or a part of one.
fn name(node: &Node) -> Option<(&str, Range<usize>)> {
    let Kind::Mapping(entries) = &node.kind else { return None };
    let found = &entries.iter().find(|entry| entry.key == "name")?.value;
    match &found.kind {
        Kind::String(name, _) => Some((name, found.range.clone())),
        _ => None,
    }
}

/// A part laid over what it meets: mappings key by key, anything else in place of it. A key of several alternatives
/// takes the place of the others. A `null` removes what it meets; where it meets nothing it stays, to be
/// found by the form of the two together.
fn overlay(base: &Node, part: &Node, pointer: &str, removed: &mut Vec<(String, Range<usize>)>) -> Node {
    let (Kind::Mapping(below), Kind::Mapping(above)) = (&base.kind, &part.kind) else { return part.clone() };
    let mut entries = below.clone();
    for entry in above {
        let pointer = format!("{pointer}/{}", step(&entry.key));
        match (entries.iter().position(|below| below.key == entry.key), &entry.value.kind) {
            (Some(at), Kind::Null) => {
                entries.remove(at);
                removed.push((pointer, entry.key_range.clone()));
            }
            (Some(at), _) => {
                let value = overlay(&entries[at].value, &entry.value, &pointer, removed);
                entries[at] = Entry { value, ..entry.clone() };
            }
            (None, _) => entries.push(entry.clone()),
        }
    }
    let alternatives = alternatives_at(pointer);
    let chosen =
        |key: &str| above.iter().any(|entry| entry.key == key && !matches!(entry.value.kind, Kind::Null));
    if alternatives.iter().any(|key| chosen(key)) {
        entries.retain(|entry| !alternatives.contains(&entry.key.as_str()) || chosen(&entry.key));
    }
    Node { kind: Kind::Mapping(entries), range: part.range.clone(), tag: part.tag.clone() }
}

/// The environment of a name.
///
/// # Errors
/// A diagnostic with the names that there are.
pub(super) fn find<'a>(
    environments: &'a [Environment],
    name: &str,
    file: &SourceFile,
    places: &Places,
) -> Result<&'a Environment, Box<Diagnostic>> {
    if let Some(found) = environments.iter().find(|environment| environment.name == name) {
        return Ok(found);
    }
    let names = || environments.iter().map(|environment| environment.name.as_str());
    let (span, help) = match suggest::nearest(name, names()) {
        _ if environments.is_empty() => (
            file.first_line(),
            "leave `--env` out, or write environments into the spec, as in `environments: {prod: {}}`".into(),
        ),
        nearest => {
            let there: Vec<String> = names().map(|name| format!("`{name}`")).collect();
            let there = format!("the spec has {}", suggest::all_of(&there));
            let help = match nearest {
                Some(nearest) => format!("did you mean `{nearest}`? {there}"),
                None => there,
            };
            (places.key(&format!("/{ENVIRONMENTS}")), help)
        }
    };
    let message = format!("the spec has no environment `{name}`");
    Err(Box::new(Diagnostic::error(Code::UnknownEnvironment, span, message, help)))
}

/// Adds what was found in environments to what was found without: each finding once. One of environments alone says in
/// which, and where it does not lie in an environment's part, points at the environment.
pub fn add_findings(all: &mut Vec<Diagnostic>, found: Vec<(&Environment, Vec<Diagnostic>)>) {
    let mut own: Vec<(Diagnostic, Vec<&Environment>)> = Vec::new();
    for (environment, diagnostics) in found {
        for diagnostic in diagnostics {
            if all.contains(&diagnostic) {
                continue;
            }
            match own.iter_mut().find(|(one, _)| *one == diagnostic) {
                Some((_, environments)) => environments.push(environment),
                None => own.push((diagnostic, vec![environment])),
            }
        }
    }
    all.extend(own.into_iter().map(|(diagnostic, environments)| in_environments(diagnostic, &environments)));
}

fn in_environments(mut diagnostic: Diagnostic, environments: &[&Environment]) -> Diagnostic {
    let names: Vec<String> =
        environments.iter().map(|environment| format!("`{}`", environment.name)).collect();
    let word = if names.len() == 1 { "environment" } else { "environments" };
    diagnostic.message = format!("in {word} {}: {}", suggest::all_of(&names), diagnostic.message);
    for environment in environments {
        let mut spans = diagnostic.related.iter().map(|label| label.span).chain([diagnostic.span]);
        if !spans.any(|span| environment.holds(span) || span == environment.key) {
            diagnostic = diagnostic.related(environment.key, "in this environment");
        }
    }
    diagnostic
}
