//! The schema of a part of a spec, derived from that of a whole one: the same keys, none of them required.
//!
//! There are two forms of it. Editors get definitions beside those of the spec, in which every key may be `null`.
//! `parse` holds a part against a copy of the whole schema in which nothing is required: a fault is found at the same
//! place of the schema as in a whole spec, and told in the same words.

use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use super::{PART, follow, pipeline};

/// The schema that `parse` holds a part of a spec against. It accepts no `null`, which removes a key; the
/// caller accepts those.
pub fn part() -> &'static Value {
    static LOOSE: OnceLock<Value> = OnceLock::new();
    LOOSE.get_or_init(|| {
        let mut schema = pipeline().clone();
        loosen(&mut schema);
        schema
    })
}

/// Nothing is required, at any level: what is missing is there in the spec that the part is merged into.
fn loosen(schema: &mut Value) {
    let Some(entries) = schema.as_object_mut() else { return };
    entries.retain(|key, _| !matches!(key.as_str(), "required" | "minProperties"));
    // An object with one of several keys.
    let is_choice = |branch: &Value| branch.get("required").is_some();
    if entries.get("oneOf").and_then(Value::as_array).is_some_and(|branches| branches.iter().all(is_choice)) {
        entries.remove("oneOf");
    }
    for (key, child) in entries {
        match (key.as_str(), child) {
            ("properties" | "$defs", Value::Object(children)) => children.values_mut().for_each(loosen),
            ("anyOf" | "oneOf", Value::Array(children)) => children.iter_mut().for_each(loosen),
            ("additionalProperties", child) => loosen(child),
            _ => {}
        }
    }
}

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
    use super::super::schema;
    use super::*;

    /// A spec with an environment, as an editor sees it.
    fn accepts(part: &Value) -> bool {
        let spec = json!({
            "name": "orders",
            "stream": {"record_size": "1 KiB", "records_per_second": 1},
            "delivery": {"s3": {}},
            "environments": {"prod": part},
        });
        jsonschema::is_valid(schema(), &spec)
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
            assert!(jsonschema::is_valid(super::part(), &without_nulls(part.clone())), "{part}");
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
            assert!(!jsonschema::is_valid(super::part(), &part), "{part}");
        }
    }

    fn without_nulls(mut value: Value) -> Value {
        if let Some(entries) = value.as_object_mut() {
            entries.retain(|_, value| !value.is_null());
            entries.values_mut().for_each(|value| *value = without_nulls(value.take()));
        }
        value
    }
}
