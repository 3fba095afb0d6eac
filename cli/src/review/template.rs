//! A template of an earlier or the present build, read as data.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use pipec_compiler::parse::tree::{self, Kind, Node};

/// The resources of a template by their logical ids.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// The resources, in the order of the text.
    pub resources: IndexMap<String, TemplateResource>,
}

/// A resource of a template.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TemplateResource {
    /// CloudFormation type.
    pub resource_type: String,
    /// `Properties`, with functions in their long form (`{"Ref": ..}`).
    pub properties: Map<String, Value>,
    /// Everything else but the type, such as `DeletionPolicy` and `Metadata`.
    pub attributes: Map<String, Value>,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// What makes the text no template, in one sentence.
    pub fn read(text: &str) -> Result<Self, String> {
        let (root, faults) = tree::read(text);
        let Some(root) = root.filter(|_| faults.is_empty()) else {
            return Err("it is not YAML that can be read".to_owned());
        };
        let Value::Object(mut root) = value(&root) else {
            return Err("it is not a mapping".to_owned());
        };
        let Some(Value::Object(resources)) = root.remove("Resources") else {
            return Err("it has no `Resources`".to_owned());
        };
        let mut template = Self::default();
        for (logical_id, resource) in resources {
            let Value::Object(mut attributes) = resource else {
                return Err(format!("the resource `{logical_id}` is not a mapping"));
            };
            let Some(Value::String(resource_type)) = attributes.remove("Type") else {
                return Err(format!("the resource `{logical_id}` has no `Type`"));
            };
            let properties = match attributes.remove("Properties") {
                Some(Value::Object(properties)) => properties,
                _ => Map::new(),
            };
            template.resources.insert(logical_id, TemplateResource { resource_type, properties, attributes });
        }
        Ok(template)
    }
}

impl TemplateResource {
    /// An attribute that is text, such as `DeletionPolicy`.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name)?.as_str()
    }
}

/// A node as JSON; functions in their long form.
fn value(node: &Node) -> Value {
    let plain = match &node.kind {
        Kind::Null => Value::Null,
        Kind::Bool(value) => json!(value),
        Kind::Integer(value) => json!(value),
        Kind::Float(value) => json!(value),
        Kind::String(text, _) => json!(text),
        Kind::Sequence(items) => Value::Array(items.iter().map(value).collect()),
        Kind::Mapping(entries) => {
            Value::Object(entries.iter().map(|entry| (entry.key.clone(), value(&entry.value))).collect())
        }
    };
    match node.tag.as_ref().map(|(tag, _)| tag.trim_start_matches('!')) {
        None => plain,
        Some(name @ ("Ref" | "Condition")) => json!({ name: plain }),
        Some("GetAtt") => match plain.as_str().and_then(|path| path.split_once('.')) {
            Some((resource, attribute)) => json!({ "Fn::GetAtt": [resource, attribute] }),
            None => json!({ "Fn::GetAtt": plain }),
        },
        Some(name) => json!({ format!("Fn::{name}"): plain }),
    }
}

/// The logical ids and parameters that a value refers to.
pub(super) fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(entries) => {
            for (key, inner) in entries {
                match (key.as_str(), inner) {
                    ("Ref", Value::String(name)) => drop(found.insert(name.clone())),
                    ("Fn::GetAtt", Value::Array(path)) => {
                        found.extend(path.first().and_then(Value::as_str).map(str::to_owned));
                    }
                    ("Fn::Sub", Value::String(pattern)) => substituted(pattern, found),
                    ("Fn::Sub", Value::Array(parts)) => {
                        if let Some(pattern) = parts.first().and_then(Value::as_str) {
                            substituted(pattern, found);
                        }
                        parts.iter().for_each(|part| references(part, found));
                    }
                    _ => references(inner, found),
                }
            }
        }
        _ => {}
    }
}

/// The names in the `${..}` of a pattern, without those that `!` makes text.
fn substituted(pattern: &str, found: &mut BTreeSet<String>) {
    for part in pattern.split("${").skip(1) {
        let name = part.split(['}', '.']).next().unwrap_or_default();
        if !name.starts_with('!') {
            found.insert(name.to_owned());
        }
    }
}

/// A value in one line, in the short form of templates.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(entries) if entries.len() == 1 => {
            shown_function(entries).unwrap_or_else(|| short(value).to_string())
        }
        other => short(other).to_string(),
    }
}

/// A value with its functions in the short form.
fn short(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(short).collect(),
        Value::Object(entries) => match entries.keys().next().map(String::as_str) {
            Some("Ref" | "Fn::GetAtt" | "Fn::Sub") if entries.len() == 1 => match shown_function(entries) {
                Some(text) => Value::String(text),
                None => value.clone(),
            },
            _ => entries.iter().map(|(key, inner)| (key.clone(), short(inner))).collect(),
        },
        other => other.clone(),
    }
}

/// A function that is a text with `${..}`.
fn shown_function(entries: &Map<String, Value>) -> Option<String> {
    match entries.iter().next()? {
        (key, Value::String(name)) if key == "Ref" => Some(format!("${{{name}}}")),
        (key, Value::Array(path)) if key == "Fn::GetAtt" => {
            let path: Vec<&str> = path.iter().filter_map(Value::as_str).collect();
            Some(format!("${{{}}}", path.join(".")))
        }
        (key, Value::String(pattern)) if key == "Fn::Sub" => Some(pattern.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_have_their_long_form() {
        let text = "Resources:\n  A:\n    Type: T\n    DeletionPolicy: Retain\n    Properties:\n      X: !Ref B\n      \
                    Y: !GetAtt C.Arn\n      Z: [!Sub \"${D.Arn}/${!Literal}\", 1]\n";
        let template = Template::read(text).expect("a template");
        let resource = &template.resources["A"];
        assert_eq!(resource.attribute("DeletionPolicy"), Some("Retain"));
        assert_eq!(resource.properties["X"], json!({"Ref": "B"}));
        assert_eq!(resource.properties["Y"], json!({"Fn::GetAtt": ["C", "Arn"]}));
        let mut found = BTreeSet::new();
        resource.properties.values().for_each(|value| references(value, &mut found));
        assert_eq!(found, ["B", "C", "D"].map(str::to_owned).into());
        assert_eq!(shown(&resource.properties["Y"]), "${C.Arn}");
        let condition = json!({"ArnLike": {"aws:SourceArn": [{"Fn::GetAtt": ["C", "Arn"]}, {"Ref": "B"}]}});
        assert_eq!(shown(&condition), r#"{"ArnLike":{"aws:SourceArn":["${C.Arn}","${B}"]}}"#);
    }

    #[test]
    fn what_is_no_template_is_reported() {
        for (text, words) in [
            ("", "not YAML"),
            ("[1]", "not a mapping"),
            ("{}", "no `Resources`"),
            ("Resources: {A: 1}", "`A` is not a mapping"),
            ("Resources: {A: {}}", "`A` has no `Type`"),
        ] {
            let error = Template::read(text).expect_err(text);
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
