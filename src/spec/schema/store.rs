//! The schema in the form that SchemaStore takes: JSON Schema draft 7, where keys beside `$ref` count for nothing.

use serde_json::{Map, Value, json};

/// The address that SchemaStore serves the schema at.
const ID: &str = "https://json.schemastore.org/pipec.json";

/// Converts the schema.
pub fn store(schema: &Value) -> Value {
    let mut root = Map::new();
    root.insert("$schema".into(), json!("http://json-schema.org/draft-07/schema#"));
    root.insert("$id".into(), json!(ID));
    root.insert("title".into(), json!("pipec pipeline"));
    if let Value::Object(entries) = draft_7(schema) {
        root.extend(entries.into_iter().filter(|(key, _)| key != "$schema"));
    }
    Value::Object(root)
}

fn draft_7(schema: &Value) -> Value {
    match schema {
        Value::Array(items) => Value::Array(items.iter().map(draft_7).collect()),
        Value::Object(entries) => {
            let mut converted = Map::new();
            for (key, value) in entries {
                match (key.as_str(), value) {
                    ("$defs", _) => drop(converted.insert("definitions".into(), draft_7(value))),
                    ("$ref", Value::String(place)) => {
                        let reference = json!({ "$ref": place.replacen("#/$defs/", "#/definitions/", 1) });
                        match entries.len() {
                            1 => converted.extend(reference.as_object().cloned().unwrap_or_default()),
                            _ => drop(converted.insert("allOf".into(), json!([reference]))),
                        }
                    }
                    _ => drop(converted.insert(key.clone(), draft_7(value))),
                }
            }
            Value::Object(converted)
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beside_a_reference_counts() {
        let converted = store(&json!({
            "properties": {"a": {"$ref": "#/$defs/A"}, "b": {"$ref": "#/$defs/A", "description": "B"}},
            "$defs": {"A": {"type": "string"}}
        }));
        assert_eq!(converted["properties"]["a"], json!({"$ref": "#/definitions/A"}));
        assert_eq!(
            converted["properties"]["b"],
            json!({"allOf": [{"$ref": "#/definitions/A"}], "description": "B"})
        );
        assert_eq!(converted["definitions"]["A"], json!({"type": "string"}));
    }

    #[test]
    fn nothing_of_a_newer_draft_is_left() {
        let text = store(super::super::schema()).to_string();
        for word in
            ["$defs", "prefixItems", "unevaluated", "dependentRequired", "dependentSchemas", "$dynamic"]
        {
            assert!(!text.contains(word), "{word}");
        }
    }
}
