//! The JSON Schema of a spec, derived from the spec's types.

use std::sync::OnceLock;

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::{Value, json};

use super::Spec;

/// The schema, as `pipec schema` prints it and `parse` holds specs against it.
pub fn schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(drop_null));
        settings.into_generator().into_root_schema_for::<Spec>().to_value()
    })
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
