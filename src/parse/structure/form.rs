//! What could stand at a place, as one would type it, and what does: the schema in a user's words.

use serde_json::Value;

use super::keys::exclusive;
use crate::diagnostics::suggest;
use crate::parse::dotted;
use crate::spec::schema;

/// The subschema of a place in a spec as its holder gives it, a `$ref` not followed: the examples beside the `$ref` are
/// those of this key.
pub(super) fn property_at(pointer: &str) -> Option<&'static Value> {
    let root = schema::schema();
    pointer.split('/').skip(1).try_fold(root, |holder, step| {
        let name = step.replace("~1", "/").replace("~0", "~");
        let holder = schema::follow(root, holder)?;
        let branches = holder.get("anyOf").and_then(Value::as_array).into_iter().flatten();
        std::iter::once(holder).chain(branches.filter_map(|branch| schema::follow(root, branch))).find_map(
            |holder| {
                let child = |key| holder.get(key).filter(|child: &&Value| child.is_object());
                holder
                    .get("properties")
                    .and_then(|properties| properties.get(&name))
                    .or_else(|| child("additionalProperties"))
                    .or_else(|| child("items"))
            },
        )
    })
}

/// The same with the `$ref` followed.
pub(super) fn kind_at(pointer: &str) -> Option<&'static Value> {
    schema::follow(schema::schema(), property_at(pointer)?)
}

/// A value for a place, as one would type it with its key: `retention: 24 h`.
pub(super) fn with_key(pointer: &str, otherwise: &str) -> String {
    let name = dotted(pointer);
    match property_at(pointer).map(example) {
        Some(example) if example != ".." => format!("`{}: {example}`", last(&name)),
        _ => otherwise.to_owned(),
    }
}

/// Each example of a place, as one would type it with its key: `start: latest` or `start: 2026-03-01T10:00:00Z`.
pub(super) fn with_key_each(pointer: &str, otherwise: &str) -> String {
    let name = dotted(pointer);
    let Some(property) = property_at(pointer) else { return otherwise.to_owned() };
    let examples = property.get("examples").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let texts: Vec<String> = examples
        .iter()
        .filter_map(Value::as_str)
        .map(|example| format!("{}: {example}", last(&name)))
        .collect();
    match texts.as_slice() {
        [_, _, ..] => suggest::one_of(texts.iter().map(String::as_str)),
        _ => with_key(pointer, otherwise),
    }
}

/// The words that an enumeration allows, nested alternatives included.
pub(super) fn words(subschema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for key in ["anyOf", "oneOf"] {
        for branch in subschema.get(key).and_then(Value::as_array).into_iter().flatten() {
            let Some(branch) = schema::follow(schema::schema(), branch) else { continue };
            match branch.get("const").and_then(Value::as_str) {
                Some(word) => found.push(word.to_owned()),
                None => found.extend(words(branch)),
            }
        }
    }
    found
}

/// The object forms among the alternatives, as one would type them: `{shards: 2}`.
pub(super) fn objects(subschema: &Value) -> Option<String> {
    let branches = subschema.get("anyOf").and_then(Value::as_array)?;
    let forms: Vec<String> = branches
        .iter()
        .filter_map(|branch| schema::follow(schema::schema(), branch))
        .filter(|branch| branch.get("type").and_then(Value::as_str) == Some("object"))
        .flat_map(|branch| {
            let exclusive = exclusive(branch);
            let form = |entries: &[String]| format!("`{{{}}}`", entries.join(", "));
            match exclusive.is_empty() {
                true => vec![form(&entries(branch))],
                false => exclusive
                    .iter()
                    .map(|key| form(&[format!("{key}: {}", example(&branch["properties"][*key]))]))
                    .collect(),
            }
        })
        .collect();
    (!forms.is_empty()).then(|| forms.join(" or "))
}

/// A value that could stand there, as one would type it.
pub(super) fn example(subschema: &Value) -> String {
    let shown = |value: &Value| match value {
        // A text of digits would be a number.
        Value::String(text)
            if text.contains([':', '#', '{', '*', '&', '!']) || text.parse::<f64>().is_ok() =>
        {
            format!("{text:?}")
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if let Some(first) = subschema.get("examples").and_then(|examples| examples.get(0)) {
        return shown(first);
    }
    let Some(target) = schema::follow(schema::schema(), subschema) else { return "..".into() };
    if let Some(first) = target.get("examples").and_then(|examples| examples.get(0)) {
        return shown(first);
    }
    if let Some(word) = words(target).first() {
        return word.clone();
    }
    match target.get("type").and_then(Value::as_str) {
        Some("object") => format!("{{{}}}", entries(target).join(", ")),
        Some("array") => format!("[{}]", example(&target["items"])),
        Some("boolean") => "true".into(),
        _ => match target.get("minimum") {
            Some(least) => least.to_string(),
            None => "..".into(),
        },
    }
}

/// The entries that an object must have, as one would type them; of a free object, one.
pub(super) fn entries(target: &Value) -> Vec<String> {
    let required =
        target.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    // Of keys that exclude each other, the first.
    let required = required.chain(exclusive(target).into_iter().take(1));
    let entries: Vec<String> =
        required.map(|key| format!("{key}: {}", example(&target["properties"][key]))).collect();
    match target.get("additionalProperties") {
        Some(of_any) if entries.is_empty() && of_any.is_object() => {
            vec![format!("name: {}", example(of_any))]
        }
        _ => entries,
    }
}

/// The one key that an object must have, if that is a text.
pub(super) fn only_required(target: &Value) -> Option<&str> {
    match target["required"].as_array()?.as_slice() {
        [Value::String(key)] if target["properties"][key]["type"] == "string" => Some(key),
        _ => None,
    }
}

pub(super) fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

pub(super) fn type_name(kind: &str) -> &'static str {
    match kind {
        "object" => "an object",
        "array" => "a list",
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "`true` or `false`",
        _ => "nothing",
    }
}

pub(super) fn described(value: &Value) -> String {
    match value {
        Value::Null => "empty".into(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(value) => format!("the number `{value}`"),
        Value::String(value) => format!("the string `{value}`"),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "an object".into(),
    }
}
