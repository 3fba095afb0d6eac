//! Applications in a CloudFormation template, YAML with short tags or JSON. Of the functions, those whose value the
//! template itself decides are evaluated.

use super::application::{self, Application};
use super::value::{Kind, Text, Value};
use crate::diagnostics::{Code, Diagnostic};
use crate::parse::tree::{self, Entry, Node};
use crate::source::{SourceFile, Span};

const APPLICATION: [&str; 2] = ["AWS::KinesisAnalytics::Application", "AWS::KinesisAnalyticsV2::Application"];
const OUTPUT: [&str; 2] =
    ["AWS::KinesisAnalytics::ApplicationOutput", "AWS::KinesisAnalyticsV2::ApplicationOutput"];
const REFERENCE: [&str; 2] = [
    "AWS::KinesisAnalytics::ApplicationReferenceDataSource",
    "AWS::KinesisAnalyticsV2::ApplicationReferenceDataSource",
];

/// The entries of a mapping.
fn entries(node: &Node) -> &[Entry] {
    match &node.kind {
        tree::Kind::Mapping(entries) => entries,
        _ => &[],
    }
}

fn entry<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    entries(node).iter().find(|entry| entry.key == key).map(|entry| &entry.value)
}

/// Whether a document is a template.
pub(super) fn is_template(root: &Node) -> bool {
    entry(root, "Resources").is_some_and(|resources| !entries(resources).is_empty())
}

/// The applications of a template, the applications that are no SQL, by their runtimes, and what cannot be read.
pub(super) fn read(root: &Node, file: &SourceFile) -> (Vec<Application>, Vec<String>, Vec<Diagnostic>) {
    let template = Template { root, file };
    let resources = entry(root, "Resources").map(entries).unwrap_or_default();
    let of = |types: [&'static str; 2]| {
        resources.iter().filter_map(move |resource| {
            let kind = entry(&resource.value, "Type")?;
            let tree::Kind::String(kind, _) = &kind.kind else { return None };
            types.contains(&kind.as_str()).then_some(resource)
        })
    };
    let (mut applications, mut others, mut diagnostics) = (Vec::new(), Vec::new(), Vec::new());
    for resource in of(APPLICATION) {
        let Some(properties) = entry(&resource.value, "Properties") else { continue };
        let value = template.value(properties);
        match application::other_runtime(&value) {
            Some(runtime) => others.push(format!("`{}` runs {runtime}", resource.key)),
            None => {
                let mut read = Application::read(&value, Some(&resource.key));
                read.span = file.span(resource.key_range.clone());
                applications.push((resource.key.as_str(), read));
            }
        }
    }
    let parts = of(OUTPUT).map(|resource| (resource, "Output"));
    for (resource, key) in parts.chain(of(REFERENCE).map(|resource| (resource, "ReferenceDataSource"))) {
        let Some(properties) = entry(&resource.value, "Properties") else { continue };
        let value = template.value(properties);
        let (Some(owner), Some(part)) = (value.text_at(&["ApplicationName"]), value.get(&[key])) else {
            continue;
        };
        let is_of = |(id, application): &&mut (&str, Application)| {
            owner.text.reference() == Some(*id) || owner.text.as_known() == Some(&application.name)
        };
        match (applications.iter_mut().find(is_of), key) {
            (Some((_, application)), "Output") => application.add_output(part),
            (Some((_, application)), _) => application.add_reference(part),
            (None, _) => diagnostics.push(Diagnostic::warning(
                Code::ImportedValueUnknown,
                owner.span,
                format!("`{}` belongs to no application of this template", resource.key),
                "import the template that contains the application, and add this part to the spec manually",
            )),
        }
    }
    (applications.into_iter().map(|(_, application)| application).collect(), others, diagnostics)
}

/// A document without functions, such as the answer of `describe-application`.
pub(super) fn plain(root: &Node, file: &SourceFile) -> Value {
    Template { root, file }.value(root)
}

struct Template<'a> {
    root: &'a Node,
    file: &'a SourceFile,
}

impl Template<'_> {
    fn span(&self, node: &Node) -> Span {
        self.file.span(node.range.clone())
    }

    fn value(&self, node: &Node) -> Value {
        let span = self.span(node);
        if let Some((tag, _)) = &node.tag {
            return self.function(tag.trim_start_matches('!'), node, true, span);
        }
        let kind = match &node.kind {
            tree::Kind::Null => Kind::Absent,
            tree::Kind::Sequence(items) => Kind::List(items.iter().map(|item| self.value(item)).collect()),
            tree::Kind::Mapping(entries) => match entries.as_slice() {
                [Entry { key, value, .. }] if key == "Ref" || key.starts_with("Fn::") => {
                    return self.function(key.trim_start_matches("Fn::"), value, false, span);
                }
                entries => Kind::Map(
                    entries.iter().map(|entry| (entry.key.clone(), self.value(&entry.value))).collect(),
                ),
            },
            _ => Kind::Text(Text::known(scalar(node).unwrap_or_default())),
        };
        Value { kind, span }
    }

    /// The value of a function; `tagged` where the node itself has the tag.
    fn function(&self, name: &str, argument: &Node, tagged: bool, span: Span) -> Value {
        let bare = Node { tag: if tagged { None } else { argument.tag.clone() }, ..argument.clone() };
        let arguments: Vec<Value> = match &bare.kind {
            tree::Kind::Sequence(items) if bare.tag.is_none() => {
                items.iter().map(|item| self.value(item)).collect()
            }
            _ => vec![self.value(&bare)],
        };
        let text_of = |at: usize| arguments.get(at).and_then(Value::text).cloned();
        let unknown = || Text::unknown(format!("Fn::{name}"));
        let text = match name {
            "Ref" => text_of(0).and_then(|name| Some(self.reference(name.as_known()?))),
            "GetAtt" => Some(Text::unknown(
                arguments.iter().filter_map(Value::text).map(Text::written).collect::<Vec<_>>().join("."),
            )),
            "Sub" => text_of(0).and_then(|text| Some(self.substituted(text.as_known()?, arguments.get(1)))),
            "Join" => text_of(0).and_then(|delimiter| joined(delimiter.as_known()?, arguments.get(1)?)),
            "FindInMap" => self.in_map(&arguments),
            "If" => {
                let mut branches = arguments.iter().skip(1);
                match (branches.next(), branches.next()) {
                    (Some(yes), Some(no)) if yes.text().is_some() && yes.text() == no.text() => {
                        yes.text().cloned()
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        Value::text_of(text.unwrap_or_else(unknown), span)
    }

    /// The default of a parameter, where it may be read.
    fn reference(&self, name: &str) -> Text {
        let parameter = entry(self.root, "Parameters").and_then(|parameters| entry(parameters, name));
        let secret = parameter
            .and_then(|parameter| entry(parameter, "NoEcho"))
            .and_then(scalar)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let default = parameter.and_then(|parameter| scalar(entry(parameter, "Default")?));
        match default.filter(|_| !secret) {
            Some(default) => Text::known(default),
            None => Text::unknown(name),
        }
    }

    /// `Fn::Sub`: `${Name}`, `${Resource.Attribute}`, `${!Literal}`, and names of a mapping of its own.
    fn substituted(&self, template: &str, own: Option<&Value>) -> Text {
        let mut text = Text::default();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("${") {
            text.append(Text::known(before));
            let Some((name, behind)) = after.split_once('}') else {
                rest = &rest[before.len()..];
                break;
            };
            text.append(match name.strip_prefix('!') {
                Some(literal) => Text::known(format!("${{{literal}}}")),
                None => match own.and_then(|own| own.text_at(&[name.trim()])) {
                    Some(own) => own.text,
                    None => self.reference(name.trim()),
                },
            });
            rest = behind;
        }
        text.append(Text::known(rest));
        text
    }

    fn in_map(&self, arguments: &[Value]) -> Option<Text> {
        let mut node = entry(self.root, "Mappings")?;
        for argument in arguments.iter().take(3) {
            node = entry(node, argument.text()?.as_known()?)?;
        }
        Some(Text::known(scalar(node)?))
    }
}

fn joined(delimiter: &str, list: &Value) -> Option<Text> {
    let Kind::List(items) = &list.kind else { return None };
    let mut text = Text::default();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            text.append(Text::known(delimiter));
        }
        text.append(item.text()?.clone());
    }
    Some(text)
}

/// A scalar as the text that CloudFormation makes of it.
fn scalar(node: &Node) -> Option<String> {
    match &node.kind {
        tree::Kind::Bool(value) => Some(value.to_string()),
        tree::Kind::Integer(value) => Some(value.to_string()),
        tree::Kind::Float(value) => Some(value.to_string()),
        tree::Kind::String(text, _) => Some(text.clone()),
        tree::Kind::Null | tree::Kind::Sequence(_) | tree::Kind::Mapping(_) => None,
    }
}
