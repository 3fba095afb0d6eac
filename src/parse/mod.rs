//! `parse`: a file's text to a [`Document`], and a [`Spec`] with the place of every value for each of its pipelines.
//! Decides nothing about pipelines: what is checked here is the form alone, all of it at once.

mod environments;
mod load;
mod places;
mod structure;
pub mod tree;

use std::ops::Range;

use serde_json::{Map, Value};

pub use environments::{Environment, add_findings};
pub use load::{Unread, load, load_bytes};
pub use places::{Places, step};

use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::source::{FileId, SourceFile, Sources, Span};
use crate::spec::Spec;
use crate::spec::schema::ENVIRONMENTS;
use tree::{Fault, Kind, Node};

/// A file whose form is right: a spec, and the environments that differ from it in parts.
#[derive(Clone, Debug)]
pub struct Document {
    file: FileId,
    value: Value,
    places: Places,
    tree: Node,
    environments: Vec<Environment>,
}

/// A spec and the place of every value in it.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// What the user wrote.
    pub spec: Spec,
    /// Where it stands.
    pub places: Places,
    /// The environment whose part has been laid over the spec.
    pub environment: Option<Environment>,
}

/// Reads a spec and its environments.
///
/// # Errors
/// Everything that is wrong with the form of either.
pub fn parse(file: &SourceFile) -> Result<Document, Vec<Diagnostic>> {
    let (node, faults) = tree::read(file.text());
    let mut diagnostics: Vec<Diagnostic> = faults.into_iter().map(|fault| explain(fault, file)).collect();
    let Some(mut tree) = node else {
        if diagnostics.is_empty() {
            diagnostics.push(empty(file));
        }
        return Err(diagnostics);
    };
    inspect(&tree, file, &mut diagnostics);
    merge_keys(&mut tree, file, &mut diagnostics);
    let (mut value, places) = Places::lower(&tree, file);
    if value.is_null() {
        diagnostics.push(empty(file));
        return Err(diagnostics);
    }
    let environments = environments::take(&mut tree, file);
    // The parts are held against a schema of their own, which asks for nothing.
    for part in
        value.get_mut(ENVIRONMENTS).and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut)
    {
        if let Value::Object(entries) = part {
            entries.clear();
        }
    }
    diagnostics.extend(structure::check(&value, &places));
    diagnostics.extend(environments.iter().flat_map(|environment| environment.faults(file)));
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    if let Value::Object(entries) = &mut value {
        entries.shift_remove(ENVIRONMENTS);
    }
    Ok(Document { file: file.id(), value, places, tree, environments })
}

impl Document {
    /// The environments, in the order of the text.
    pub fn environments(&self) -> &[Environment] {
        &self.environments
    }

    /// Names of all its pipelines and their places: the spec's own, then the environments' in their order.
    pub fn names(&self) -> Vec<(String, Span)> {
        let own = self.value["name"].as_str().unwrap_or_default();
        let environments = self.environments.iter().map(|environment| environment.name_over(own));
        [(own.to_owned(), self.places.value("/name"))].into_iter().chain(environments).collect()
    }

    /// The places of all its pipelines: the spec's own, then the environments' in their order.
    pub fn all_places(&self, sources: &Sources) -> Vec<Places> {
        let file = sources.file(self.file);
        let over = self.environments.iter().map(|environment| environment.over(&self.tree).0);
        let over = over.map(|tree| Places::lower(&tree, file).1);
        [self.places.clone()].into_iter().chain(over).collect()
    }

    /// The spec as it stands, or with the part of an environment laid over it.
    ///
    /// # Errors
    /// When there is no such environment, and what is wrong with the form of the two together.
    pub fn merge(&self, environment: Option<&str>, sources: &Sources) -> Result<Parsed, Vec<Diagnostic>> {
        let file = sources.file(self.file);
        let Some(name) = environment else {
            let spec = deserialize(&self.value, &self.places)?;
            return Ok(Parsed { spec, places: self.places.clone(), environment: None });
        };
        let environment = environments::find(&self.environments, name, file, &self.places)
            .map_err(|diagnostic| vec![*diagnostic])?;
        let (tree, removed) = environment.over(&self.tree);
        let (value, mut places) = Places::lower(&tree, file);
        places.remember(environment.place, removed, file);
        let diagnostics = structure::check(&value, &places);
        if !diagnostics.is_empty() {
            return Err(diagnostics);
        }
        Ok(Parsed { spec: deserialize(&value, &places)?, places, environment: Some(environment.clone()) })
    }
}

/// What the schema let pass and the types do not; a backstop, since both come from the same types.
fn deserialize(value: &Value, places: &Places) -> Result<Spec, Vec<Diagnostic>> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let pointer: String = error
            .path()
            .iter()
            .filter_map(|segment| match segment {
                serde_path_to_error::Segment::Map { key } => Some(format!("/{}", step(key))),
                serde_path_to_error::Segment::Seq { index } => Some(format!("/{index}")),
                _ => None,
            })
            .collect();
        vec![Diagnostic::error(
            Code::WrongType,
            places.value(&pointer),
            format!("this value cannot be read: {}", error.inner()),
            "see `pipec schema` for what is allowed here",
        )]
    })
}

fn empty(file: &SourceFile) -> Diagnostic {
    Diagnostic::error(
        Code::EmptyFile,
        file.first_line(),
        "the spec is empty",
        "write at least `name`, `stream` and `delivery`; `pipec init` writes a commented spec",
    )
}

fn explain(fault: Fault, file: &SourceFile) -> Diagnostic {
    match fault {
        Fault::Syntax(words, at) => syntax(&words, at, file),
        Fault::TooDeep(at) => Diagnostic::error(
            Code::TooComplex,
            file.span(at..at),
            format!("values are nested more than {} levels deep", tree::MAX_DEPTH),
            "close the brackets; a spec has four levels",
        ),
        Fault::TooComplex(at) => Diagnostic::error(
            Code::TooComplex,
            file.span(at..at),
            "there are too many values, or aliases repeat too many",
            "remove the aliases and write the values out; a spec is a few dozen lines",
        ),
        Fault::DuplicateKey(key, second, first) => Diagnostic::error(
            Code::DuplicateKey,
            file.span(second),
            format!("`{key}` appears twice"),
            "remove one of the two",
        )
        .related(file.span(first), "first given here"),
        Fault::KeyNotText(place) => Diagnostic::error(
            Code::YamlSyntax,
            file.span(place),
            "a key must be a plain word",
            "write `key: value`",
        ),
        Fault::SecondDocument(at) => Diagnostic::error(
            Code::YamlSyntax,
            file.span(at..at + 3),
            "a second document begins here",
            "write one spec per file; one command can build several files",
        ),
    }
}

/// The parser's words at the place where it stopped; a tab, which is what beginners meet, is named as such.
fn syntax(words: &str, at: usize, file: &SourceFile) -> Diagnostic {
    let line = file.position(at.min(file.text().len())).line;
    for line in line.saturating_sub(1).max(1)..=line + 1 {
        let start = file.line_start(line);
        let text = &file.text()[start..];
        let blank = text.len() - text.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = text[..blank].find('\t') {
            return Diagnostic::error(
                Code::TabIndentation,
                file.span(start + tab..start + tab + 1),
                "YAML cannot be indented with a tab",
                "replace the tab by two spaces",
            );
        }
    }
    let error = |place: Range<usize>, message: String, help: String| {
        Diagnostic::error(Code::YamlSyntax, file.span(place), message, help)
    };
    // The parser stops at the value that contains it.
    let text = &file.text()[file.line_start(line)..];
    let found = text.split('\n').next().and_then(|text| text.char_indices().find(|(_, c)| stray(*c)));
    if let Some((offset, found)) = found.filter(|_| words.contains("unexpected character")) {
        let at = file.line_start(line) + offset;
        return Diagnostic::error(
            Code::ControlCharacter,
            file.span(at..at + found.len_utf8()),
            format!("this line contains the control character U+{:04X}", u32::from(found)),
            "remove it",
        );
    }
    if words.contains("unclosed quote") {
        return error(
            at..at + 1,
            "a quote is opened here and never closed".into(),
            "add the closing quote".into(),
        );
    }
    let this = Line::at(file, line);
    let before = (1..line).rev().map(|line| Line::at(file, line)).find(|line| !line.is_void());
    match before {
        Some(before)
            if words.contains("mapping values")
                && !before.text.contains(':')
                && before.text.starts_with(|c: char| c.is_ascii_alphabetic()) =>
        {
            let (key, value) = before.text.split_once(' ').unwrap_or((before.text, ".."));
            error(
                before.place(),
                "this key has no colon".into(),
                format!("write `{key}: {}`", value.trim_start()),
            )
        }
        Some(before) if words.contains("mapping values") && glued(before.text).is_some() => {
            let (key, value) = glued(before.text).unwrap_or_default();
            error(before.place(), "a colon needs a space after it".into(), format!("write `{key}: {value}`"))
        }
        _ if words.contains("mapping values") && this.text.matches(": ").count() > 1 => error(
            at..at + 1,
            "a second colon on a line; a string that contains `: ` needs quotes".into(),
            "put quotes around the string, as in `key: \"a: b\"`".into(),
        ),
        Some(before)
            if words.contains("did not find expected key")
                && at == this.start + this.indent
                && this.indent != before.indent =>
        {
            error(
                this.place(),
                "this line's indentation fits none of the lines above".into(),
                format!("indent it by {} spaces, like line {}", before.indent, before.number),
            )
        }
        _ => error(
            at..at,
            format!("this is not valid YAML: {words}"),
            "check the indentation, the colons and the quotes of this line and the one before".into(),
        ),
    }
}

/// A key and its value with nothing between but a colon.
fn glued(text: &str) -> Option<(&str, &str)> {
    let (key, value) = text.split_once(':')?;
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (is_key && !value.starts_with([' ', '/']) && !value.is_empty()).then_some((key, value))
}

/// A line of a file.
struct Line<'a> {
    number: usize,
    /// Offset of its first byte.
    start: usize,
    /// Blanks in front.
    indent: usize,
    /// What stands behind them.
    text: &'a str,
}

impl<'a> Line<'a> {
    fn at(file: &'a SourceFile, number: usize) -> Self {
        let start = file.line_start(number);
        let whole = file.text()[start..].split('\n').next().unwrap_or_default();
        let text = whole.trim_start_matches(' ');
        Self { number, start, indent: whole.len() - text.len(), text: text.trim_end() }
    }

    /// Whether it says nothing.
    fn is_void(&self) -> bool {
        self.text.is_empty() || self.text.starts_with('#')
    }

    fn place(&self) -> Range<usize> {
        let start = self.start + self.indent;
        start..start + self.text.len()
    }
}

/// A control character; and line and paragraph separators and noncharacters, which are no better: readers of YAML 1.1
/// break lines at the first two and refuse the others.
fn stray(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// What YAML allows and a spec does not: tags, and control characters, which no AWS name or template can carry.
fn inspect(node: &Node, file: &SourceFile, diagnostics: &mut Vec<Diagnostic>) {
    if let Some((tag, range)) = &node.tag {
        diagnostics.push(Diagnostic::error(
            Code::UnsupportedTag,
            file.span(range.clone()),
            format!("the tag `{tag}` is not allowed in a spec"),
            "write the value itself; pipec writes the references",
        ));
    }
    let mut refuse = |span, what: &str, found: char, help: &str| {
        diagnostics.push(Diagnostic::error(
            Code::ControlCharacter,
            span,
            format!("this {what} contains the control character U+{:04X}", u32::from(found)),
            help,
        ));
    };
    match &node.kind {
        Kind::String(text, _) => {
            if let Some(found) = text.chars().find(|c| stray(*c) && !matches!(c, '\n' | '\t' | '\r')) {
                let span = file.span(node.range.clone());
                refuse(
                    span,
                    "value",
                    found,
                    "remove it; of the control characters, only newlines and tabs are allowed",
                );
            }
        }
        Kind::Sequence(items) => items.iter().for_each(|item| inspect(item, file, diagnostics)),
        Kind::Mapping(entries) => {
            for entry in entries {
                if let Some(found) = entry.key.chars().find(|c| stray(*c)) {
                    refuse(file.span(entry.key_range.clone()), "key", found, "remove it");
                }
            }
            entries.iter().for_each(|entry| inspect(&entry.value, file, diagnostics));
        }
        _ => {}
    }
}

/// Takes the merge keys of YAML 1.1 out, each with a finding.
fn merge_keys(node: &mut Node, file: &SourceFile, diagnostics: &mut Vec<Diagnostic>) {
    match &mut node.kind {
        Kind::Sequence(items) => items.iter_mut().for_each(|item| merge_keys(item, file, diagnostics)),
        Kind::Mapping(entries) => {
            entries.retain(|entry| {
                if entry.key == "<<" {
                    diagnostics.push(Diagnostic::error(
                        Code::MergeKey,
                        file.span(entry.key_range.clone()),
                        "YAML 1.2 has no merge key `<<`",
                        "write the keys themselves; for variants of a pipeline, use `environments`",
                    ));
                }
                entry.key != "<<"
            });
            entries.iter_mut().for_each(|entry| merge_keys(&mut entry.value, file, diagnostics));
        }
        _ => {}
    }
}

/// A key's name for people: `/delivery/s3/prefix` is `delivery.s3.prefix`.
fn dotted(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".").replace("~1", "/").replace("~0", "~")
}

/// The help for a word that is none of the allowed ones.
fn instead(written: &str, allowed: &[String]) -> String {
    suggest::instead(written, allowed.iter().map(String::as_str))
}
