//! Applications in a Terraform file: `aws_kinesis_analytics_application`, and `aws_kinesisanalyticsv2_application` with
//! SQL. Of the expressions, those whose value is in the file or next to it are evaluated.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, FuncCall, Traversal, TraversalOperator};
use hcl_edit::structure::{Block, Body};
use hcl_edit::template::{Element, Template};

use super::application::{self, Application};
use super::value::{Kind, Text, Value};
use crate::diagnostics::{Code, Diagnostic};
use crate::parse::load_bytes;
use crate::source::{MAX_SOURCE_BYTES, SourceFile, Span};
use crate::world::World;

const APPLICATION: [&str; 2] = ["aws_kinesis_analytics_application", "aws_kinesisanalyticsv2_application"];
/// Other files next to the one that is read, by Terraform's convention.
const BESIDE: [&str; 2] = ["variables.tf", "locals.tf"];
/// How deep values may name each other; Terraform refuses circles.
const DEPTH_MAX: usize = 16;
/// The parser goes down as many as 64 levels, which is more than a thread has by default where it is not optimized.
const STACK_BYTES: usize = 64 << 20;

/// Parses a file, on a stack that is large enough.
///
/// # Errors
/// Where it stops, and why.
pub(super) fn parse(text: &str) -> Result<Body, (usize, String)> {
    let parse = || {
        hcl_edit::parser::parse_body(text)
            .map_err(|error| (error.location().offset(), error.message().trim().replace('\n', ", ")))
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        thread.spawn_scoped(scope, parse).ok()?.join().ok()
    })
    .unwrap_or_else(|| Err((0, "it cannot be parsed".into())))
}

/// The applications of a file, those that are no SQL, by their runtimes, and what cannot be read.
pub(super) fn read(
    body: &Body,
    file: &SourceFile,
    folder: &Path,
    world: &dyn World,
) -> (Vec<Application>, Vec<String>, Vec<Diagnostic>) {
    let mut names = Names::default();
    names.take(body);
    for beside in BESIDE.map(|name| folder.join(name)) {
        let bytes = load_bytes(world, &beside, MAX_SOURCE_BYTES as u64).ok();
        if let Some(body) = bytes.and_then(|bytes| parse(std::str::from_utf8(&bytes).ok()?).ok()) {
            names.take(&body);
        }
    }
    let mut reader = Reader { file, folder, world, names, known: HashMap::new(), diagnostics: Vec::new() };
    let (mut applications, mut others) = (Vec::new(), Vec::new());
    for block in body.get_blocks("resource") {
        let [kind, name] = block.labels.as_slice() else { continue };
        if !APPLICATION.contains(&kind.as_str()) {
            continue;
        }
        let span = reader.span(block.ident.span());
        let value = reader.body(&block.body, span, 0);
        match application::other_runtime(&value) {
            None => applications.push(Application::read(&value, Some(name.as_str()))),
            Some(runtime) => others.push(format!("`{}` runs {runtime}", name.as_str())),
        }
    }
    (applications, others, reader.diagnostics)
}

/// What `var.` and `local.` name.
#[derive(Default)]
struct Names {
    expressions: HashMap<String, Expression>,
}

impl Names {
    fn take(&mut self, body: &Body) {
        for block in body.get_blocks("variable") {
            let is_secret = block.body.get_attribute("sensitive").is_some();
            let default = block.body.get_attribute("default").filter(|_| !is_secret);
            if let (Some(name), Some(default)) = (block.labels.first(), default) {
                self.add(format!("var.{}", name.as_str()), &default.value);
            }
        }
        for attribute in body.get_blocks("locals").flat_map(|block| block.body.attributes()) {
            self.add(format!("local.{}", attribute.key.as_str()), &attribute.value);
        }
    }

    fn add(&mut self, name: String, value: &Expression) {
        self.expressions.entry(name).or_insert_with(|| value.clone());
    }
}

struct Reader<'a> {
    file: &'a SourceFile,
    folder: &'a Path,
    world: &'a dyn World,
    names: Names,
    /// Values of names that have been evaluated.
    known: HashMap<String, Text>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn span(&self, range: Option<std::ops::Range<usize>>) -> Span {
        self.file.span(range.unwrap_or_default())
    }

    /// A block's content; blocks of one name are a list.
    fn body(&mut self, body: &Body, span: Span, depth: usize) -> Value {
        let mut entries: Vec<(String, Value)> = Vec::new();
        for attribute in body.attributes() {
            let span = self.span(attribute.value.span());
            let value = self.expression(&attribute.value, span, depth);
            entries.push((attribute.key.as_str().to_owned(), value));
        }
        for block in body.blocks() {
            let name = block.ident.as_str();
            let span = self.span(block.ident.span());
            if name == "dynamic" {
                self.dynamic(block, span);
                continue;
            }
            let value = self.body(&block.body, span, depth);
            match entries.iter_mut().find(|(key, _)| key == name) {
                Some((_, Value { kind: Kind::List(items), .. })) => items.push(value),
                Some(_) => {}
                None => {
                    entries.push((name.to_owned(), Value { kind: Kind::List(vec![value]), span }));
                }
            }
        }
        Value { kind: Kind::Map(entries), span }
    }

    fn dynamic(&mut self, block: &Block, span: Span) {
        let name = block.labels.first().map_or("", |label| label.as_str());
        self.diagnostics.push(Diagnostic::warning(
            Code::ImportedValueUnknown,
            span,
            format!("`dynamic \"{name}\"` generates blocks that only Terraform can expand"),
            "import the output of `aws kinesisanalytics describe-application`, or expand these blocks first",
        ));
    }

    fn expression(&mut self, expression: &Expression, span: Span, depth: usize) -> Value {
        let kind = match expression {
            Expression::Null(_) => Kind::Absent,
            Expression::Array(array) => {
                let items = array.iter().map(|item| {
                    let span = self.span(item.span());
                    self.expression(item, span, depth)
                });
                Kind::List(items.collect())
            }
            other => Kind::Text(self.text(other, depth)),
        };
        Value { kind, span }
    }

    fn text(&mut self, expression: &Expression, depth: usize) -> Text {
        if depth > DEPTH_MAX {
            return Text::unknown("a value that names itself");
        }
        match expression {
            Expression::String(text) => Text::known(text.as_str()),
            Expression::Number(number) => Text::known(number.value().to_string()),
            Expression::Bool(value) => Text::known(value.value().to_string()),
            Expression::StringTemplate(template) => self.elements(template.iter(), depth),
            Expression::HeredocTemplate(heredoc) => self.template(&heredoc.template, depth),
            Expression::Parenthesis(inner) => self.text(inner.inner(), depth + 1),
            Expression::Traversal(traversal) => self.traversal(traversal, depth),
            Expression::FuncCall(call) => self.call(call, depth),
            Expression::Variable(name) => Text::unknown(name.as_str()),
            other => Text::unknown(other.to_string().trim().chars().take(60).collect::<String>()),
        }
    }

    fn template(&mut self, template: &Template, depth: usize) -> Text {
        self.elements(template.iter(), depth)
    }

    fn elements<'e>(&mut self, elements: impl Iterator<Item = &'e Element>, depth: usize) -> Text {
        let mut text = Text::default();
        for element in elements {
            text.append(match element {
                Element::Literal(literal) => Text::known(literal.as_str()),
                Element::Interpolation(interpolation) => self.text(&interpolation.expr, depth + 1),
                Element::Directive(_) => Text::unknown("a directive of a template"),
            });
        }
        text
    }

    fn traversal(&mut self, traversal: &Traversal, depth: usize) -> Text {
        let mut name = match &traversal.expr {
            Expression::Variable(name) => name.as_str().to_owned(),
            _ => return Text::unknown("an expression"),
        };
        for operator in &traversal.operators {
            match operator.value() {
                TraversalOperator::GetAttr(key) => name += &format!(".{}", key.as_str()),
                TraversalOperator::LegacyIndex(at) => name += &format!(".{}", at.value()),
                TraversalOperator::Index(at) => name += &format!("[{}]", at.to_string().trim()),
                TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => name += "[*]",
            }
        }
        if let Some(known) = self.known.get(&name) {
            return known.clone();
        }
        let Some(expression) = self.names.expressions.get(&name).cloned() else {
            return Text::unknown(name);
        };
        // Until it has a value: Terraform refuses circles, and this ends them.
        self.known.insert(name.clone(), Text::unknown(name.as_str()));
        let text = match expression {
            Expression::Null(_) => Text::unknown(name.as_str()),
            expression => self.text(&expression, depth + 1),
        };
        self.known.insert(name, text.clone());
        text
    }

    /// The functions that people write around SQL; the others are Terraform's to evaluate.
    fn call(&mut self, call: &FuncCall, depth: usize) -> Text {
        let name = call.name.name.as_str();
        let arguments: Vec<&Expression> = call.args.iter().collect();
        let text = match (name, arguments.as_slice()) {
            ("file", [path]) => self.content(path, depth),
            ("chomp" | "trimspace", [text]) => {
                let text = self.text(text, depth + 1);
                let trimmed = text.as_known().map(|text| match name {
                    "chomp" => Text::known(text.trim_end_matches(['\n', '\r'])),
                    _ => Text::known(text.trim()),
                });
                Some(trimmed.unwrap_or(text))
            }
            ("join", [delimiter, Expression::Array(parts)]) => {
                let delimiter = self.text(delimiter, depth + 1);
                let mut joined = Text::default();
                for (at, part) in parts.iter().enumerate() {
                    if at > 0 {
                        joined.append(delimiter.clone());
                    }
                    joined.append(self.text(part, depth + 1));
                }
                Some(joined)
            }
            _ => None,
        };
        text.unwrap_or_else(|| Text::unknown(format!("{name}(..)")))
    }

    /// A file that is in the folder of this one, or below it.
    fn content(&mut self, path: &Expression, depth: usize) -> Option<Text> {
        // `path.module` and `path.root` are the folder; `call` shows them as they stand.
        let mut written = Text::default();
        let parts: Vec<Text> = match path {
            Expression::StringTemplate(template) => template
                .iter()
                .map(|element| match element {
                    Element::Interpolation(interpolation) if is_folder(&interpolation.expr) => {
                        Text::known(".")
                    }
                    element => self.elements(std::iter::once(element), depth + 1),
                })
                .collect(),
            other => vec![self.text(other, depth + 1)],
        };
        parts.into_iter().for_each(|part| written.append(part));
        let path = PathBuf::from(written.as_known()?);
        let inside = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !inside {
            return Some(Text::unknown(format!("file(\"{}\")", written.written())));
        }
        let path = self.folder.join(&path);
        let inside = self.world.is_within(&path, self.folder);
        let bytes = inside.then(|| load_bytes(self.world, &path, MAX_SOURCE_BYTES as u64).ok()).flatten();
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        Some(text.map_or_else(|| Text::unknown(format!("file(\"{}\")", written.written())), Text::known))
    }
}

/// Whether an expression is the folder of the file.
fn is_folder(expression: &Expression) -> bool {
    let text = expression.to_string();
    matches!(text.trim(), "path.module" | "path.root" | "path.cwd")
}
