//! The JSON Schema of a spec, derived from the spec's types.

mod part;

use std::sync::OnceLock;

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::{Value, json};

use super::Spec;
use super::environment::Environments;

pub use part::part;

/// Name of the definition of a part of a spec.
pub(super) const PART: &str = "Part";
/// What names it.
pub(super) const PART_REFERENCE: &str = "#/$defs/Part";
/// The key that holds the environments, the only one that a part has not.
pub const ENVIRONMENTS: &str = "environments";

/// The schema, as `pipec schema` prints it and `parse` holds specs against it.
pub fn schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let mut schema = pipeline().clone();
        let environments = settings().into_generator().into_root_schema_for::<Environments>().to_value();
        schema["properties"][ENVIRONMENTS] = without_root(environments);
        if let Some(definitions) = schema["$defs"].as_object_mut() {
            definitions.extend(part::definitions(pipeline()));
        }
        schema
    })
}

/// The schema of one pipeline: a spec without environments.
fn pipeline() -> &'static Value {
    static PIPELINE: OnceLock<Value> = OnceLock::new();
    PIPELINE.get_or_init(|| settings().into_generator().into_root_schema_for::<Spec>().to_value())
}

fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12().with_transform(RecursiveTransform(drop_null))
}

/// A schema below another has no dialect and no title of its own.
fn without_root(mut schema: Value) -> Value {
    if let Some(entries) = schema.as_object_mut() {
        entries.retain(|key, _| !matches!(key.as_str(), "$schema" | "title" | "$defs"));
    }
    schema
}

/// The schema as text, for the committed file.
pub fn text() -> String {
    let mut text = serde_json::to_string_pretty(schema()).unwrap_or_default();
    text.push('\n');
    text
}

/// A key that may be missing may not be `null`: an empty `transform:` is a slip, and is told so.
fn drop_null(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(branches)) = schema.get_mut("anyOf") {
        branches.retain(|branch| branch != &json!({ "type": "null" }));
        if let [only] = branches.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            if let Value::Object(entries) = only {
                for (key, value) in entries {
                    if schema.get(&key).is_none() {
                        schema.insert(key, value);
                    }
                }
            }
        }
    }
}

/// The subschema at a JSON pointer, `$ref`s followed.
pub fn at<'a>(root: &'a Value, pointer: &str) -> Option<&'a Value> {
    follow(root, root.pointer(pointer)?)
}

/// What a `$ref` names; any other schema itself.
pub fn follow<'a>(root: &'a Value, schema: &'a Value) -> Option<&'a Value> {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => follow(root, root.pointer(reference.strip_prefix('#')?)?),
        None => Some(schema),
    }
}
