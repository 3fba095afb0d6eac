//! The JSON Schema of a spec, derived from the spec's types.

mod part;
mod store;

use std::sync::OnceLock;

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::{Value, json};

use super::Spec;
use super::environment::Environments;
pub use store::store;

/// Name of the definition of a part of a spec.
pub(super) const PART: &str = "Part";
/// What names it.
pub(super) const PART_REFERENCE: &str = "#/$defs/Part";
/// The key that holds the environments, the only one that a part has not.
pub const ENVIRONMENTS: &str = "environments";

/// The schema as text: the committed file, which a test holds against [`generate`].
pub const TEXT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schema/pipeline.schema.json"));

/// The schema, as `parse` holds specs against it. Reading the text takes a fraction of the time of generating it.
pub fn schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA
        .get_or_init(|| serde_json::from_str(TEXT).expect("a test holds the schema against the spec's types"))
}

/// The schema as the spec's types give it, for the committed file.
pub fn generate() -> Value {
    let pipeline = settings().into_generator().into_root_schema_for::<Spec>().to_value();
    let environments = settings().into_generator().into_root_schema_for::<Environments>().to_value();
    let parts = part::definitions(&pipeline);
    let mut schema = pipeline;
    schema["properties"][ENVIRONMENTS] = without_root(environments);
    if let Some(definitions) = schema["$defs"].as_object_mut() {
        definitions.extend(parts);
    }
    schema
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

/// What a `$ref` names; any other schema itself.
pub fn follow<'a>(root: &'a Value, schema: &'a Value) -> Option<&'a Value> {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => follow(root, root.pointer(reference.strip_prefix('#')?)?),
        None => Some(schema),
    }
}
