//! Keys that are not known, stand in the wrong place, or are missing.

use serde_json::Value;

use super::breach::fits;
use super::form::{example, last, with_key};
use super::lacks;
use crate::diagnostics::{Code, Diagnostic, secrets, suggest};
use crate::parse::{Places, dotted, step};
use crate::source::Span;
use crate::spec::schema;

pub(super) fn unknown_key(
    key: &str,
    pointer: &str,
    subschema: &'static Value,
    root: &Value,
    places: &Places,
) -> Diagnostic {
    let place = format!("{pointer}/{}", step(key));
    let span = places.key(&place);
    let known = subschema["properties"].as_object().into_iter().flatten().map(|(key, _)| key.as_str());
    let known: Vec<&str> = known
        .filter(|key| !(places.is_part() && pointer.is_empty() && *key == schema::ENVIRONMENTS))
        .collect();
    if key == "shards"
        && let Some(diagnostic) = shards(pointer, root, places)
    {
        return diagnostic;
    }
    if is_environments(&place) {
        return Diagnostic::error(
            Code::UnknownKey,
            span,
            "an environment cannot contain environments",
            "write them next to each other, as in `prod: {..}` and `prod-eu: {..}`",
        );
    }
    if let Some(diagnostic) = comma_in_braces(key, pointer, root, places) {
        return diagnostic;
    }
    if let Some(diagnostic) = lacks::diagnostic(pointer, key, span) {
        return diagnostic;
    }
    let here = if pointer.is_empty() { "a spec".to_owned() } else { format!("`{}`", dotted(pointer)) };
    let object = root.pointer(pointer).unwrap_or(root);
    let help = match (meant(key, &known), elsewhere(key, object)) {
        _ if is_of_secret(key, &known) => format!(
            "store it in Secrets Manager, as a key of the JSON in `secret`, and remove `{key}`; `secret` is the ARN"
        ),
        _ if stands_for(key, object, subschema, places).is_some() => {
            format!("did you mean `{}`?", stands_for(key, object, subschema, places).unwrap_or_default())
        }
        (Some(nearest), _) => format!("did you mean `{nearest}`?"),
        (None, Some(other)) => format!("`{key}` belongs to `{other}`"),
        (None, None) if known.is_empty() => "remove it".into(),
        (None, None) => format!("write {}", suggest::one_of(known)),
    };
    Diagnostic::error(Code::UnknownKey, span, format!("`{key}` is not a key of {here}"), help)
}

/// Whether a key is one of the JSON in `secret`, or is called like one: no other key is meant.
fn is_of_secret(key: &str, known: &[&str]) -> bool {
    let is_user = ["user", "username", "login"].contains(&key);
    known.contains(&"secret") && !key.contains("secret") && (is_user || secrets::is_secret(key))
}

/// The known key that an unknown one stands for: one whose words it has, such as `pattern` for `event_pattern`, or the nearest one.
fn meant<'k>(key: &str, known: &[&'k str]) -> Option<&'k str> {
    let words = |text: &str| -> Vec<String> {
        let mut spaced = String::new();
        for character in text.chars() {
            match character {
                '_' | '-' => spaced.push(' '),
                upper if upper.is_ascii_uppercase() => spaced.extend([' ', upper.to_ascii_lowercase()]),
                other => spaced.push(other),
            }
        }
        spaced
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| word.trim_end_matches('s').to_owned())
            .collect()
    };
    let written = words(key);
    let has_words = |known: &&&str| words(known).iter().all(|word| written.contains(word));
    // The longest one is the most exact.
    let exact = known.iter().filter(has_words).max_by_key(|known| words(known).len()).copied();
    exact.or_else(|| suggest::nearest(key, known.iter().copied()))
}

/// The second half of a type such as `DECIMAL(10, 2)`, which a comma has cut off inside of braces.
fn comma_in_braces(key: &str, pointer: &str, root: &Value, places: &Places) -> Option<Diagnostic> {
    let entries = root.pointer(pointer)?.as_object()?;
    if !key.ends_with(')') || !entries[key].is_null() {
        return None;
    }
    let (name, text) = entries.iter().find_map(|(name, value)| {
        let text = value.as_str()?;
        (text.contains('(') && !text.contains(')')).then_some((name, text))
    })?;
    Some(
        Diagnostic::error(
            Code::YamlSyntax,
            places.value(&format!("{pointer}/{}", step(name))),
            "within braces, a comma ends the value",
            format!("write `{name}: \"{text}, {key}\"`"),
        )
        .label(format!("ends before `, {key}`")),
    )
}

/// The required key that an object lacks, if this unknown key is the only candidate for it: its value is one
/// that the required key accepts.
fn stands_for(key: &str, object: &Value, subschema: &'static Value, places: &Places) -> Option<&'static str> {
    let entries = object.as_object()?;
    let known = subschema["properties"].as_object()?;
    let required = subschema.get("required").and_then(Value::as_array).into_iter().flatten();
    // A spec without a delivery is rare, and one without a destination at all is a slip.
    let assumed = known.contains_key("deliveries") && !entries.contains_key("deliveries");
    let required = required.filter_map(Value::as_str).chain(assumed.then_some("delivery"));
    let mut missing = required.filter(|required| !entries.contains_key(*required));
    let (Some(only), None) = (missing.next(), missing.next()) else { return None };
    let mut unknown = entries.keys().filter(|key| !known.contains_key(*key));
    if places.is_part() || unknown.next().map(String::as_str) != Some(key) || unknown.next().is_some() {
        return None;
    }
    let is_misspelt_other = suggest::nearest(key, known.keys().map(String::as_str))
        .is_some_and(|near| near != only && is_slip(key, near));
    let fits = known.get_key_value(only).is_some_and(|(_, subschema)| fits(&entries[key], subschema));
    (fits && !is_misspelt_other).then_some(only)
}

/// Whether a key is a slip of another one, rather than another word.
fn is_slip(key: &str, other: &str) -> bool {
    let same = key.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    same + 2 >= other.chars().count().min(key.chars().count())
}

/// `shards` where people put it: beside on-demand capacity, which excludes it, or beside `capacity`.
pub(super) fn shards(pointer: &str, root: &Value, places: &Places) -> Option<Diagnostic> {
    if pointer != "/stream" {
        return None;
    }
    let stream = root.pointer(pointer)?;
    let count = stream.get("shards")?;
    let span = places.key("/stream/shards");
    if stream.get("capacity").and_then(Value::as_str) == Some("on_demand") {
        return Some(on_demand_shards(count, span, places.value("/stream/capacity")));
    }
    let help = format!("write `capacity: {{shards: {}}}`", number(count));
    Some(Diagnostic::error(Code::UnknownKey, span, "`shards` belongs to `capacity`", help))
}

pub(super) fn on_demand_shards(count: &Value, span: Span, on_demand: Span) -> Diagnostic {
    Diagnostic::error(
        Code::ShardsWithOnDemand,
        span,
        "a number of shards excludes on-demand capacity",
        format!(
            "write `capacity: on_demand` without `shards`, or `capacity: {{shards: {}}}` for a fixed number",
            number(count)
        ),
    )
    .related(on_demand, "on-demand here")
}

/// A count as it was written, if it is one.
pub(super) fn number(count: &Value) -> String {
    count.as_u64().filter(|count| *count > 0).unwrap_or(2).to_string()
}

/// Another place of the spec that has this key: the only one, or the only one below a key that is written beside it.
pub(super) fn elsewhere(key: &str, object: &Value) -> Option<String> {
    fn walk(subschema: &Value, path: &str, key: &str, depth: usize, found: &mut Vec<String>) {
        let Some(target) = schema::follow(schema::schema(), subschema) else { return };
        for branch in target.get("anyOf").and_then(Value::as_array).into_iter().flatten() {
            walk(branch, path, key, depth + 1, found);
        }
        for (name, child) in target.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if name == key {
                found.push(if path.is_empty() { "the top level".into() } else { path.to_owned() });
            }
            if depth < 6 {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                walk(child, &path, key, depth + 1, found);
            }
        }
    }
    let mut found = Vec::new();
    walk(schema::schema(), "", key, 0, &mut found);
    found.dedup();
    if found.len() > 1 {
        found.retain(|place| place.rsplit('.').next().is_some_and(|last| object.get(last).is_some()));
    }
    match found.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}

/// Whether an object holds a key that is unknown, and most like this one, which it lacks.
pub(super) fn is_misspelt(
    missing: &str,
    pointer: &str,
    instance: &Value,
    subschema: &'static Value,
    places: &Places,
) -> bool {
    let asked = instance.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
    // What pipec does not have is the fault, and not that something else is missing.
    let is_only = exclusive(subschema).contains(&missing)
        || subschema["required"].as_array().is_some_and(|required| required.len() == 1);
    if is_only && asked.clone().any(|key| lacks::is_lack(pointer, key)) {
        return true;
    }
    if asked.into_iter().any(|key| stands_for(key, instance, subschema, places) == Some(missing)) {
        return true;
    }
    let known: Vec<&str> =
        subschema["properties"].as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
    let written = instance.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
    let mut unknown = written.filter(|key| !known.contains(key));
    // A kind that does not exist is one fault: no kind is missing beside it.
    let has_kind = ["/sources/", "/consumers/"].iter().any(|parts| pointer.starts_with(parts));
    if has_kind && exclusive(subschema).contains(&missing) && unknown.clone().next().is_some() {
        return true;
    }
    unknown.any(|key| meant(key, &known) == Some(missing))
}

pub(super) fn missing_key(key: &str, pointer: &str, subschema: &Value, places: &Places) -> Diagnostic {
    let removed = places.removed(&format!("{pointer}/{}", step(key)));
    let span = removed.unwrap_or_else(|| places.key(pointer));
    let value = example(&subschema["properties"][key]);
    let help = match removed {
        Some(_) => {
            // A name is the one key that an environment does not have from its spec.
            let own = match (pointer, key) {
                ("", "name") => "for `<name>-<environment>`",
                _ => "to keep the spec's own",
            };
            format!("leave `{key}` out {own}, or write another, as in `{key}: {value}`")
        }
        None => format!("add `{key}: {value}`"),
    };
    if pointer == "/delivery/buffer" {
        let message =
            format!("`delivery.buffer` has no `{key}`: Firehose requires both buffering hints or neither");
        return Diagnostic::error(Code::BufferIncomplete, span, message, help);
    }
    let here = if pointer.is_empty() { "the spec".to_owned() } else { format!("`{}`", dotted(pointer)) };
    Diagnostic::error(Code::MissingKey, span, format!("{here} has no `{key}`"), help)
}

/// A `null` of an environment that meets nothing: what it was to remove is not there, or the value has been forgotten.
pub(super) fn nothing_to_remove(pointer: &str, places: &Places) -> Diagnostic {
    let name = dotted(pointer);
    Diagnostic::error(
        Code::WrongType,
        places.value(pointer),
        format!("`{name}` has no effect: the spec does not set it"),
        format!("leave `{}` out, or write {}", last(&name), with_key(pointer, "a value")),
    )
}

/// Whether this is the one key that a spec has and a part of it has not.
pub(super) fn is_environments(pointer: &str) -> bool {
    pointer.strip_prefix('/') == Some(schema::ENVIRONMENTS)
}

/// A name of an environment that is none: it could not stand in a pipeline's name.
pub(super) fn environment_name(name: &str, span: Span) -> Diagnostic {
    let lower = name.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let better = lower.trim_matches('-');
    Diagnostic::error(
        Code::EnvironmentName,
        span,
        format!(
            "`{name}` cannot name an environment: a name is lower-case letters, digits and hyphens, \
             no hyphen at either end"
        ),
        format!("write `{}`", if better.is_empty() { "prod" } else { better }),
    )
}

/// The keys of which an object has exactly one.
pub(super) fn exclusive(subschema: &Value) -> Vec<&str> {
    let branches = subschema["oneOf"].as_array().into_iter().flatten();
    branches.filter_map(|branch| branch["required"][0].as_str()).collect()
}

/// The keys of which an object has at least one.
pub(super) fn one_or_more(subschema: &Value) -> Vec<&str> {
    let branches = subschema["anyOf"].as_array().into_iter().flatten();
    branches
        .filter_map(|branch| branch["required"][0].as_str().filter(|_| branch.get("type").is_none()))
        .collect()
}

/// The first key that an object lacks, of those that go together with a key.
fn lacking<'a>(subschema: &'a Value, key: &str, instance: &Value) -> Option<&'a str> {
    let names = |form: &'a Value| form["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut forms = subschema.get("oneOf")?.as_array()?.iter();
    let form = forms.find(|form| names(form).any(|name| name == key))?;
    names(form).find(|name| instance.get(name).is_none())
}

/// None or several of the keys of which an object has exactly one.
pub(super) fn not_one_of(
    keys: &[&str],
    instance: &Value,
    pointer: &str,
    subschema: &Value,
    places: &Places,
) -> Diagnostic {
    if let [only] = keys {
        return missing_key(only, pointer, subschema, places);
    }
    let name = dotted(pointer);
    let written: Vec<&str> = keys.iter().copied().filter(|key| instance.get(key).is_some()).collect();
    match written.as_slice() {
        [first, second, ..] => Diagnostic::error(
            Code::ConflictingKeys,
            places.key(&format!("{pointer}/{second}")),
            format!("`{name}` has both `{first}` and `{second}`"),
            "keep one of them",
        )
        .related(places.key(&format!("{pointer}/{first}")), "the other one"),
        [only] if lacking(subschema, only, instance).is_some() => {
            let lacking = lacking(subschema, only, instance).unwrap_or_default();
            missing_key(lacking, pointer, subschema, places)
        }
        _ => {
            let removed = keys.iter().find_map(|key| places.removed(&format!("{pointer}/{}", step(key))));
            let value = |key: &&str| format!("{key}: {}", example(&subschema["properties"][*key]));
            let forms: Vec<String> = keys.iter().map(value).collect();
            Diagnostic::error(
                Code::MissingKey,
                removed.unwrap_or_else(|| places.key(pointer)),
                format!("`{name}` has none of {}", suggest::one_of(keys.iter().copied())),
                format!("add {}", suggest::one_of(forms.iter().map(String::as_str))),
            )
        }
    }
}
