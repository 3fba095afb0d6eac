//! The form of a spec: its value held against the JSON Schema, every fault at its place and in a user's words.

mod breach;
mod form;
mod keys;
mod lacks;
mod lists;
mod numbers;
mod quantities;

use serde_json::Value;

use super::{Places, dotted, instead, step};
use crate::aws::flink;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::source::Span;
use crate::spec::schema;
use breach::{Breach, Keyword, breaches};
use form::{
    described, entries, example, kind_at, last, objects, only_required, property_at, type_name, with_key,
    with_key_each, words,
};
use keys::{
    environment_name, exclusive, is_environments, is_misspelt, missing_key, not_one_of, nothing_to_remove,
    on_demand_shards, one_or_more, unknown_key,
};
use quantities::{not_a_quantity, quantity_fault, read};

/// Every fault of form in the value of a spec.
pub(super) fn check(value: &Value, places: &Places) -> Vec<Diagnostic> {
    faults(value, false, places)
}

/// Every fault of form in a part of a spec, whatever it is laid over.
pub(super) fn check_part(mut value: Value, places: &Places) -> Vec<Diagnostic> {
    leave_removals_out(&mut value, "");
    faults(&value, true, places)
}

/// A known key may be `null`, whatever it holds otherwise. Whether there is something to remove is known when the part
/// has been laid over its spec.
fn leave_removals_out(value: &mut Value, pointer: &str) {
    let Value::Object(entries) = value else { return };
    entries.retain(|key, value| {
        let pointer = format!("{pointer}/{}", step(key));
        leave_removals_out(value, &pointer);
        let is_known = property_at(&pointer).is_some() && !is_environments(&pointer);
        !(value.is_null() && is_known)
    });
}

fn faults(value: &Value, is_part: bool, places: &Places) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for breach in breaches(value, is_part) {
        explain(&breach, value, places, &mut diagnostics);
    }
    scalars(value, "", places, &mut diagnostics);
    diagnostics
}

/// The keys of which the object at a pointer has exactly one.
pub(super) fn alternatives_at(pointer: &str) -> Vec<&'static str> {
    let Some(target) = kind_at(pointer) else { return Vec::new() };
    let branches = target.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    let branches = branches.filter_map(|branch| schema::follow(schema::schema(), branch));
    [target].into_iter().chain(branches).flat_map(exclusive).collect()
}

/// What JSON Schema cannot say: a quantity is a whole number of its smallest unit, and a whole number is written
/// without a point.
fn scalars(value: &Value, pointer: &str, places: &Places, out: &mut Vec<Diagnostic>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                scalars(value, &format!("{pointer}/{}", step(key)), places, out);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                scalars(item, &format!("{pointer}/{index}"), places, out);
            }
        }
        Value::String(text) => {
            if let Some(quantity) = kind_at(pointer).and_then(|kind| kind.get("x-quantity")?.as_str())
                && let Err(error) = read(quantity, text)
            {
                out.push(quantity_fault(quantity, text, &error, pointer, places.value(pointer)));
            }
        }
        // A fraction breaks the schema, and has been told by now.
        Value::Number(number) if number.is_f64() => {
            let whole = number.as_f64().unwrap_or_default();
            let is_integer = kind_at(pointer).is_some_and(|kind| kind["type"] == "integer");
            if is_integer && whole.fract() == 0.0 {
                let name = dotted(pointer);
                let is_too_large = kind_at(pointer).and_then(|kind| kind.get("maximum")?.as_f64());
                if is_too_large.is_some_and(|most| whole > most) {
                    return;
                }
                let (message, help) = if whole.abs() < 1e15 {
                    (
                        format!("`{name}` must be a whole number without a point"),
                        format!("write `{}: {whole}`", last(&name)),
                    )
                } else {
                    (
                        format!("`{name}` is too large a number"),
                        format!("write {}", with_key(pointer, "a smaller one")),
                    )
                };
                out.push(Diagnostic::error(Code::WrongType, places.value(pointer), message, help));
            }
        }
        _ => {}
    }
}

fn explain(breach: &Breach, root: &Value, places: &Places, out: &mut Vec<Diagnostic>) {
    let Breach { keyword, pointer, value, subschema } = breach;
    match keyword {
        _ if value.is_null() && places.is_overlaid() => out.push(nothing_to_remove(pointer, places)),
        // A map of deliveries where one is wanted is one fault.
        Keyword::Unexpected(keys) if are_deliveries(pointer, value, keys) => {
            let span = places.key(pointer);
            let (message, help) =
                ("`delivery` has several deliveries", "write `deliveries` in place of `delivery`");
            out.push(Diagnostic::error(Code::UnknownKey, span, message, help));
        }
        Keyword::Required(_) | Keyword::NoBranch(_) if is_map_of_deliveries(pointer, value) => {}
        Keyword::Unexpected(keys) => {
            out.extend(keys.iter().map(|key| unknown_key(key, pointer, subschema, root, places)));
        }
        // A key that is misspelt is one fault, told where it stands.
        Keyword::Required(key) if is_misspelt(key, pointer, value, subschema, places) => {}
        Keyword::Required(key) => out.push(missing_key(key, pointer, subschema, places)),
        // The same where one of several keys is asked for.
        Keyword::NoBranch(_)
            if exclusive(subschema)
                .into_iter()
                .any(|key| is_misspelt(key, pointer, value, subschema, places)) => {}
        // What is not an object has no keys to choose from; its type is the fault.
        Keyword::NoBranch(_) | Keyword::SeveralBranches
            if !exclusive(subschema).is_empty() && !value.is_object() => {}
        Keyword::NoBranch(_) | Keyword::SeveralBranches if !exclusive(subschema).is_empty() => {
            out.push(not_one_of(&exclusive(subschema), value, pointer, subschema, places));
        }
        Keyword::NoBranch(_) if !one_or_more(subschema).is_empty() && value.is_object() => {
            let keys = one_or_more(subschema);
            if !keys.iter().any(|key| is_misspelt(key, pointer, value, subschema, places)) {
                out.push(not_one_of(&keys, value, pointer, subschema, places));
            }
        }
        Keyword::PropertyName(key) => {
            out.push(environment_name(key, places.key(&format!("{pointer}/{}", step(key)))));
        }
        Keyword::NoBranch(branches) => alternatives(breach, branches, root, places, out),
        // `scalars` reads every quantity and knows more than the pattern.
        Keyword::Pattern if subschema.get("x-quantity").is_some() => {}
        keyword => out.push(scalar(keyword, value, pointer, subschema, places)),
    }
}

/// The object that a text has as JSON.
fn json_object(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().filter(Value::is_object)
}

/// Whether a value could be an entry of a list.
fn fits_entry(value: &Value, list: &'static Value) -> bool {
    list.get("items").is_some_and(|items| breach::fits(value, items))
}

/// Whether the unknown keys of `delivery` are names of deliveries.
fn are_deliveries(pointer: &str, value: &Value, keys: &[&str]) -> bool {
    let is_delivery = |key: &&str| value.get(key).and_then(|inner| inner.get("s3")).is_some();
    pointer == "/delivery" && !keys.is_empty() && keys.iter().all(is_delivery)
}

fn is_map_of_deliveries(pointer: &str, value: &Value) -> bool {
    let Some(entries) = value.as_object().filter(|_| pointer == "/delivery") else { return false };
    let keys: Vec<&str> = entries.keys().map(String::as_str).collect();
    are_deliveries(pointer, value, &keys)
}

/// A value that may have several forms: either one word of a list, or the form whose type it has, and then that
/// form's own faults.
fn alternatives(
    breach: &Breach,
    branches: &[Vec<Breach>],
    root: &Value,
    places: &Places,
    out: &mut Vec<Diagnostic>,
) {
    let Breach { pointer, value: instance, subschema, .. } = breach;
    let words = words(subschema);
    if let Some(diagnostic) = word_as_key(instance, &words, pointer, places) {
        out.push(diagnostic);
        return;
    }
    let of_this_type = |breaches: &&Vec<Breach>| {
        !breaches.iter().any(|breach| match breach.keyword {
            Keyword::Type(_) | Keyword::Constant(_) => breach.pointer == *pointer,
            Keyword::NoBranch(_) => exclusive(breach.subschema).is_empty(),
            _ => false,
        })
    };
    if let (true, Some(breaches)) = (instance.is_object(), branches.iter().find(of_this_type)) {
        for breach in breaches {
            explain(breach, root, places, out);
        }
        return;
    }
    let span = places.value(pointer);
    let name = dotted(pointer);
    if pointer == "/analytics/runtime"
        && let Some(diagnostic) = instance.as_str().and_then(|written| runtime(written, span))
    {
        out.push(diagnostic);
        return;
    }
    let object = objects(subschema);
    let mut help = match instance.as_str() {
        Some(written) if synonym(written, &words).is_some() => {
            format!("write `{}: {}`", last(&name), synonym(written, &words).unwrap_or_default())
        }
        Some(written) if !words.is_empty() => instead(written, &words),
        _ => format!("write {}", suggest::one_of(words.iter().map(String::as_str))),
    };
    if let (Some(keys), false) = (&object, help.starts_with("did you mean")) {
        help = if words.is_empty() { format!("write {keys}") } else { format!("{help}, or {keys}") };
    }
    let (code, message) = match instance {
        Value::String(written) => (Code::UnknownValue, format!("`{name}` cannot be `{written}`")),
        _ => (Code::WrongType, format!("`{name}` cannot be {}", described(instance))),
    };
    out.push(Diagnostic::error(code, span, message, help));
}

/// The word for a position of Lambda, of the Kinesis Client Library or of Kafka.
fn synonym(written: &str, words: &[String]) -> Option<&'static str> {
    let known = match written.to_ascii_lowercase().replace(['-', '_', ' '], "").as_str() {
        "trimhorizon" | "earliest" | "beginning" => "oldest",
        "newest" | "now" | "end" => "latest",
        _ => return None,
    };
    words.iter().any(|word| word == known).then_some(known)
}

/// A word of a list, written as a key or below one: `capacity: {mode: on_demand}`, alone or with a number of shards.
fn word_as_key(instance: &Value, words: &[String], pointer: &str, places: &Places) -> Option<Diagnostic> {
    let entries = instance.as_object()?;
    let known = |text: &str| words.iter().find(|word| *word == text);
    let (key, word) = entries
        .iter()
        .find_map(|(key, value)| Some((key, value.as_str().and_then(known).or_else(|| known(key))?)))?;
    let span = places.key(&format!("{pointer}/{}", step(key)));
    if (pointer, word.as_str()) == ("/stream/capacity", "on_demand") {
        let below = format!("{}/shards", step(key));
        let found = [("shards", entries.get("shards")), (below.as_str(), entries[key].get("shards"))];
        if let Some((place, shards)) = found.into_iter().find_map(|(place, shards)| Some((place, shards?))) {
            return Some(on_demand_shards(shards, places.key(&format!("{pointer}/{place}")), span));
        }
    }
    let name = dotted(pointer);
    Some(Diagnostic::error(
        Code::UnknownKey,
        span,
        format!("`{key}` is not a key of `{name}`"),
        format!("write `{}: {word}`", last(&name)),
    ))
}

/// The name of a Managed Flink runtime where the choice between Flink and Lambda stands.
fn runtime(written: &str, span: Span) -> Option<Diagnostic> {
    let runtime = flink::runtime(written)?;
    if runtime.name == flink::LEGACY_SQL {
        return Some(Diagnostic::error(
            Code::SqlRuntimeRemoved,
            span,
            flink::legacy_sql_message(),
            "write `runtime: flink`; the SQL itself can remain unchanged",
        ));
    }
    let advised = if runtime.usable() { runtime.name } else { flink::DEFAULT };
    Some(Diagnostic::error(
        Code::UnknownValue,
        span,
        format!("`analytics.runtime` cannot be `{written}`"),
        format!("write `runtime: flink`, and next to it `flink: {{runtime_environment: {advised}}}`"),
    ))
}

fn scalar(
    keyword: &Keyword,
    instance: &Value,
    pointer: &str,
    subschema: &'static Value,
    places: &Places,
) -> Diagnostic {
    let span = places.value(pointer);
    let name = dotted(pointer);
    if let Some(quantity) = subschema.get("x-quantity").and_then(Value::as_str) {
        return not_a_quantity(quantity, instance, pointer, places);
    }
    let shown = match instance {
        Value::String(text) => text.clone(),
        other => places.number(pointer).map_or_else(|| other.to_string(), str::to_owned),
    };
    let name = if name.is_empty() { "the spec".to_owned() } else { name };
    match keyword {
        Keyword::Type(wanted) => {
            let wanted = type_name(wanted);
            let help = match (wanted, instance) {
                ("an object", Value::Null) => match example(subschema).as_str() {
                    "{}" => format!("write `{}: {{}}` for the defaults, or remove it", last(&name)),
                    needed => format!("write `{}: {needed}`", last(&name)),
                },
                // An entry of a list has no key.
                ("text", Value::Bool(_) | Value::Number(_))
                    if last(&name).chars().all(|c| c.is_ascii_digit()) =>
                {
                    format!("put it in quotes: `\"{shown}\"`")
                }
                ("text", Value::Bool(_) | Value::Number(_)) => {
                    format!("write `{}: \"{shown}\"`", last(&name))
                }
                // What stands there is most likely the only thing that has to.
                ("an object", Value::String(text)) if only_required(subschema).is_some() => {
                    let key = only_required(subschema).unwrap_or_default();
                    format!("write `{}: {{{key}: {text}}}`", last(&name))
                }
                ("an object", Value::Array(items)) if items.iter().any(Value::is_object) => {
                    lists::as_object(items, pointer)
                }
                // JSON as CloudFormation has it.
                ("an object", Value::String(text)) if json_object(text).is_some() => {
                    let object = lists::flow(&json_object(text).unwrap_or_default(), usize::MAX);
                    match last(&name) {
                        // An entry of a list has no key.
                        at if at.bytes().all(|b| b.is_ascii_digit()) => {
                            format!("write it as YAML: `{object}`")
                        }
                        key => format!("write it as YAML: `{key}: {object}`"),
                    }
                }
                ("an object", Value::Bool(true)) if example(subschema) == "{}" => {
                    format!("write `{}: {{}}` for the defaults", last(&name))
                }
                ("an object", _) => {
                    let keys: Vec<&str> = subschema["properties"]
                        .as_object()
                        .into_iter()
                        .flatten()
                        .map(|entry| entry.0.as_str())
                        .collect();
                    let entries = entries(subschema);
                    if keys.is_empty() && entries.is_empty() {
                        format!("write it like {}", with_key(pointer, "`name: value`"))
                    } else if keys.is_empty() {
                        format!("under it, write entries such as `{}`", entries.join(", "))
                    } else {
                        format!("under it, write {}", suggest::one_of(keys))
                    }
                }
                // An entry without its list.
                ("a list", entry) if fits_entry(entry, subschema) => {
                    format!("write `{}: [{}]`", last(&name), lists::flow(entry, usize::MAX))
                }
                ("a whole number", Value::Number(number)) => {
                    let number = number.as_f64().unwrap_or_default();
                    let key = last(&name);
                    let (less, more) = (number.floor(), number.ceil());
                    format!("write `{key}: {less}` or `{key}: {more}`, whichever you mean")
                }
                ("a number" | "a whole number", Value::String(text)) => {
                    match numbers::meant(text, wanted == "a whole number") {
                        Some(number) => format!("write `{}: {number}`", last(&name)),
                        None => format!("write a number, as in `{}: {}`", last(&name), example(subschema)),
                    }
                }
                _ => format!("write `{}: {}`", last(&name), example(subschema)),
            };
            let what = match instance {
                Value::Number(_) => format!("the number `{shown}`"),
                other => described(other),
            };
            let name = if pointer.is_empty() { name } else { format!("`{name}`") };
            let message = format!("{name} must be {wanted}, not {what}");
            Diagnostic::error(Code::WrongType, span, message, help)
        }
        Keyword::Constant(expected) => {
            let word = expected.as_str().unwrap_or_default();
            Diagnostic::error(
                Code::UnknownValue,
                span,
                format!("`{name}` cannot be `{shown}`"),
                format!("write `{word}`"),
            )
        }
        Keyword::Pattern => {
            // Of a list's entry, the list's name.
            let holder = pointer.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('/');
            let name = dotted(holder);
            Diagnostic::error(
                Code::InvalidFormat,
                span,
                format!("`{shown}` does not have the form that `{name}` needs"),
                format!("write it like {}", with_key_each(holder, "the examples of `pipec schema`")),
            )
        }
        Keyword::Minimum(_) if pointer == "/stream/capacity/shards" => Diagnostic::error(
            Code::ZeroShards,
            span,
            "a stream needs at least one shard",
            "write `shards: 1` or more",
        ),
        Keyword::Minimum(limit) => {
            range(span, &name, &shown, format!("write `{}: {limit}` or more", last(&name)))
        }
        Keyword::ExclusiveMinimum(limit) => {
            let such = with_key(pointer, "a number");
            range(span, &name, &shown, format!("write a number above {limit}, as in {such}"))
        }
        Keyword::Maximum(limit) => {
            range(span, &name, &shown, format!("write `{}: {limit}` or less", last(&name)))
        }
        Keyword::MinItems(limit) => Diagnostic::error(
            Code::OutOfRange,
            span,
            match limit {
                1 => format!("`{name}` is empty"),
                _ => format!("`{name}` has fewer entries than {limit}"),
            },
            format!("write it like {}", with_key(pointer, "a list")),
        ),
        Keyword::MaxItems(limit) => Diagnostic::error(
            Code::OutOfRange,
            span,
            format!("`{name}` has more than {limit} entries"),
            format!("keep {limit} of them"),
        ),
        Keyword::MinProperties => Diagnostic::error(
            Code::OutOfRange,
            places.key(pointer),
            format!("`{name}` is empty"),
            format!("under it, write entries such as `{}`", entries(subschema).join(", ")),
        ),
        Keyword::MaxProperties(limit) => Diagnostic::error(
            Code::OutOfRange,
            places.key(pointer),
            format!("`{name}` has more than {limit} entries"),
            "remove some".to_owned(),
        ),
        _ => Diagnostic::error(
            Code::InvalidFormat,
            span,
            format!("`{shown}` is not allowed for `{name}`"),
            format!("write it like `{}`", example(subschema)),
        ),
    }
}

/// A text as one would type it inside of braces.
fn inline(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.()$/".contains(c);
    match text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => Value::from(text).to_string(),
    }
}

fn range(span: Span, name: &str, shown: &str, help: String) -> Diagnostic {
    Diagnostic::error(Code::OutOfRange, span, format!("{shown} is out of range for `{name}`"), help)
}
