//! The schema of a part of a spec, derived from that of a whole one: the same keys, none of them required.
//!
//! It is for editors: definitions after those of the spec, in which every key may be `null`. `parse` checks a part with
//! the definitions of the spec, so that a fault is explained in the same words.

use serde_json::{Map, Value, json};

use super::{PART, follow};

/// The definitions that editors get: [`PART`], and one for each object below it. Definitions that are the same in a part and in a
/// whole spec are references.
pub(super) fn definitions(whole: &Value) -> Map<String, Value> {
    let mut definitions = Map::new();
    definitions.insert(PART.to_owned(), in_part(whole, whole, ""));
    for (name, definition) in whole["$defs"].as_object().into_iter().flatten() {
        if has_keys(definition, whole) {
            let pointer = format!("/$defs/{name}");
            definitions.insert(name_in_part(name), in_part(definition, whole, &pointer));
        }
    }
    definitions
}

fn name_in_part(name: &str) -> String {
    format!("{PART}Of{name}")
}

/// Whether a schema describes an object with keys.
fn has_keys(schema: &Value, whole: &Value) -> bool {
    let Some(target) = follow(whole, schema) else { return false };
    let branches = target.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    target["type"] == "object" || branches.into_iter().any(|branch| has_keys(branch, whole))
}

/// A subschema, at a pointer of the whole schema, as it is in a part.
fn in_part(schema: &Value, whole: &Value, pointer: &str) -> Value {
    let nullable = |child: &Value, pointer: String| json!({ "anyOf": [in_part(child, whole, &pointer), { "type": "null" }] });
    let mut own = if !has_keys(schema, whole) {
        return json!({ "$ref": format!("#{pointer}") });
    } else if let Some(name) = schema["$ref"].as_str().and_then(|name| name.strip_prefix("#/$defs/")) {
        json!({ "$ref": format!("#/$defs/{}", name_in_part(name)) })
    } else if let Some(branches) = schema["anyOf"].as_array() {
        let branches = branches.iter().enumerate();
        let branches = branches.map(|(at, branch)| in_part(branch, whole, &format!("{pointer}/anyOf/{at}")));
        json!({ "anyOf": branches.collect::<Vec<Value>>() })
    } else if let Some(properties) = schema["properties"].as_object() {
        let properties = properties.iter().map(|(key, child)| {
            let pointer = format!("{pointer}/properties/{key}");
            (key.clone(), nullable(child, pointer))
        });
        json!({
            "type": "object",
            "additionalProperties": false,
            "properties": properties.collect::<Map<String, Value>>(),
        })
    } else {
        let pointer = format!("{pointer}/additionalProperties");
        json!({ "type": "object", "additionalProperties": nullable(&schema["additionalProperties"], pointer) })
    };
    if let Some(description) = schema.get("description") {
        own["description"] = description.clone();
    }
    own
}

#[cfg(test)]
mod tests {
    use super::super::generate;
    use super::*;

    /// A spec with an environment, as an editor sees it.
    fn accepts(part: &Value) -> bool {
        let spec = json!({
            "name": "orders",
            "stream": {"record_size": "1 KiB", "records_per_second": 1},
            "delivery": {"s3": {}},
            "environments": {"prod": part},
        });
        jsonschema::is_valid(&generate(), &spec)
    }

    #[test]
    fn editors_take_any_part_of_a_spec_and_null() {
        for part in [
            json!({}),
            json!({"name": "x", "stream": {"record_size": "2 KiB", "capacity": {"shards": 3}}}),
            json!({"stream": {"capacity": "on_demand", "retention": null}, "transform": null}),
            json!({"producer": {"file": {"path": "a.jsonl"}, "http": null}}),
            json!({"analytics": {"outputs": {"A": {"lambda": {"retries": null}}, "B": "delivery", "C": null}}}),
            json!({"records": {"columns": {"id": {"path": "$.id"}, "city": null}}, "tags": {"team": null}}),
            json!({"delivery": {"buffer": {"size": "2 MiB"}, "s3": {"encryption": {"kms_key": "arn"}}}}),
        ] {
            assert!(accepts(&part), "{part}");
        }
    }

    #[test]
    fn editors_take_nothing_else() {
        for part in [
            Value::Null,
            json!({"streem": {}}),
            json!({"stream": {"shards": 2}}),
            json!({"stream": {"record_size": 2}}),
            json!({"stream": {"capacity": "sometimes"}}),
            json!({"records": {"columns": {"id": {"typ": "BIGINT"}}}}),
            json!({"environments": {}}),
        ] {
            assert!(!accepts(&part), "{part}");
        }
    }
}
