//! A list where an object is wanted: the text to write in its place.

use serde_json::{Map, Value};

use super::form::{kind_at, last, words};
use super::keys::exclusive;
use super::{dotted, inline};

/// Characters of a help in which values are written in full.
const FULL_TEXT_CHARS_MAX: usize = 140;
/// Parts of a pipeline, each with a name of the user's, and an example of one.
const PARTS: [(&str, &str); 3] =
    [("/sources", "orders"), ("/consumers", "alert"), ("/deliveries", "archive")];
const OUTPUTS: &str = "/analytics/outputs";

/// What to write in place of a list with objects.
pub(super) fn as_object(items: &[Value], pointer: &str) -> String {
    // Several deliveries are another key.
    let pointer = if pointer == "/delivery" && items.len() > 1 { "/deliveries" } else { pointer };
    let name = dotted(pointer);
    let key = last(&name);
    let pairs: Option<Vec<(String, Value)>> = match example(pointer) {
        Some(example) => {
            items.iter().enumerate().map(|(at, item)| part(item, at, example, pointer)).collect()
        }
        None if has_own_keys(pointer) => items.iter().map(|item| pair(item, pointer)).collect(),
        None => None,
    };
    if let Some(pairs) = pairs.filter(|pairs| !pairs.is_empty()) {
        let written = |depth: usize| {
            let pairs: Vec<String> = pairs
                .iter()
                .map(|(name, value)| format!("{}: {}", inline(name), flow(value, depth)))
                .collect();
            format!("write `{key}: {{{}}}`", pairs.join(", "))
        };
        let full = written(usize::MAX);
        let is_short = full.chars().count() <= FULL_TEXT_CHARS_MAX || example(pointer).is_none();
        return if is_short { full } else { written(1) };
    }
    let first = items.iter().find_map(|item| item.as_object()?.keys().next());
    let first = first.map_or("..", String::as_str);
    match pointer {
        "" => format!("remove the `-` before `{first}`, and write `{first}: ..` in the first column"),
        _ => format!(
            "remove the `-` before `{first}`: write `{key}: {{{first}: ..}}`, or `{first}:` indented below `{key}:`"
        ),
    }
}

/// An example of a name of a part.
fn example(pointer: &str) -> Option<&'static str> {
    PARTS.iter().find(|(place, _)| *place == pointer).map(|(_, example)| *example)
}

/// Whether the object at a pointer has keys of the user's own.
fn has_own_keys(pointer: &str) -> bool {
    kind_at(pointer).is_some_and(|kind| kind.get("properties").is_none())
}

/// The name that an entry of a list gives itself, and its other keys.
fn named(item: &Value) -> Option<(Option<String>, Map<String, Value>)> {
    let mut others = item.as_object()?.clone();
    let is_name = |key: &String| matches!(key.to_ascii_lowercase().as_str(), "key" | "name" | "id");
    let key = others.keys().find(|key| is_name(key)).cloned();
    let name = key.and_then(|key| others.shift_remove(&key)?.as_str().map(str::to_owned));
    Some((name, others))
}

/// A word of `kind` or `type`, and its keys below it: `{kind: sqs, queue: ..}` is `{sqs: {queue: ..}}`.
fn by_kind(mut entries: Map<String, Value>, kinds: &[&str]) -> Map<String, Value> {
    let Some(at) = entries.keys().find(|key| ["kind", "type"].contains(&key.as_str())).cloned() else {
        return entries;
    };
    let word = entries[&at].as_str().unwrap_or_default().to_ascii_lowercase().replace(['-', ' '], "_");
    let Some(kind) = kinds.iter().find(|kind| **kind == word) else { return entries };
    entries.shift_remove(&at);
    if entries.contains_key(*kind) {
        return entries;
    }
    // What every kind has stays outside.
    let mut outer = Map::new();
    for shared in ["to", "from", "buffer", "newline", "transform"] {
        outer.extend(entries.shift_remove_entry(shared));
    }
    outer.insert((*kind).to_owned(), Value::Object(entries));
    outer
}

/// A part with its name: its own, or an example.
fn part(item: &Value, at: usize, example: &str, pointer: &str) -> Option<(String, Value)> {
    let (name, others) = named(item)?;
    let name = name.unwrap_or_else(|| match at {
        0 => example.to_owned(),
        at => format!("{example}-{}", at + 1),
    });
    let kind = kind_at(&format!("{pointer}/{name}"))?;
    Some((name, Value::Object(by_kind(others, &exclusive(kind)))))
}

/// Of a list of named things: `- {Key: team, Value: data}`, `- {name: meter, type: BIGINT}`.
fn pair(item: &Value, pointer: &str) -> Option<(String, Value)> {
    let (name, others) = named(item)?;
    let name = name?;
    if pointer == OUTPUTS {
        let others = by_kind(others, &["stream", "lambda"]);
        let word = others.get("kind").or_else(|| others.get("type")).and_then(Value::as_str);
        let words = words(kind_at(&format!("{pointer}/{name}"))?);
        let word = word.filter(|word| others.len() == 1 && words.iter().any(|known| known == word));
        return Some((name, word.map_or_else(|| Value::Object(others.clone()), Value::from)));
    }
    match others.iter().collect::<Vec<_>>().as_slice() {
        [(key, value)] if key.eq_ignore_ascii_case("value") => Some((name, (*value).clone())),
        _ => Some((name, Value::Object(others))),
    }
}

/// A value as one would type it inside of braces; below a depth, values are left to the user.
pub(super) fn flow(value: &Value, depth: usize) -> String {
    match value {
        Value::String(text) => inline(text),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(|item| flow(item, depth)).collect::<Vec<_>>().join(", "))
        }
        Value::Object(entries) if depth == 0 && !entries.is_empty() => "{..}".into(),
        Value::Object(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", inline(key), flow(value, depth.saturating_sub(1))))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        value => value.to_string(),
    }
}
