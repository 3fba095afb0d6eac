//! The form of a spec: its value held against the JSON Schema, every fault at its place and in a user's words.

use std::sync::OnceLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::{Places, dotted, instead, step};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::spec::quantity::{ByteSize, Duration, Percent, Quantity, QuantityError};
use crate::spec::schema;

/// Every fault of form in a value.
pub(super) fn check(value: &Value, places: &Places) -> Vec<Diagnostic> {
    static VALIDATOR: OnceLock<Option<Validator>> = OnceLock::new();
    let Some(validator) = VALIDATOR.get_or_init(|| jsonschema::validator_for(schema::schema()).ok()) else {
        return vec![Diagnostic::error(
            Code::InternalFault,
            places.key(""),
            "pipec's own schema is broken",
            "report this as a bug of pipec",
        )];
    };
    let mut diagnostics = Vec::new();
    for error in validator.iter_errors(value) {
        explain(&error, value, places, &mut diagnostics);
    }
    diagnostics
}

fn explain(error: &ValidationError, root: &Value, places: &Places, out: &mut Vec<Diagnostic>) {
    let pointer = error.instance_path().to_string();
    let schema_pointer = error.schema_path().to_string();
    let parent = schema_pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    let subschema = schema::at(schema::schema(), parent).unwrap_or(&Value::Null);
    let instance = error.instance().as_ref();
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            out.extend(unexpected.iter().map(|key| unknown_key(key, &pointer, subschema, root, places)));
        }
        ValidationErrorKind::Required { property } => {
            out.push(missing_key(property.as_str().unwrap_or_default(), &pointer, subschema, places));
        }
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            alternatives(error, context, subschema, root, places, out);
        }
        kind => out.push(scalar(kind, instance, &pointer, subschema, places)),
    }
}

/// A value that may have several forms: either one word of a list, or the form whose type it has, and then that
/// form's own faults.
fn alternatives(
    error: &ValidationError,
    context: &[Vec<ValidationError<'static>>],
    subschema: &Value,
    root: &Value,
    places: &Places,
    out: &mut Vec<Diagnostic>,
) {
    let pointer = error.instance_path().to_string();
    let instance = error.instance().as_ref();
    let words = words(subschema);
    let of_this_type = |errors: &&Vec<ValidationError>| {
        !errors.iter().any(|error| {
            matches!(error.kind(), ValidationErrorKind::Type { .. } | ValidationErrorKind::Constant { .. })
                && error.instance_path().to_string() == pointer
                || matches!(error.kind(), ValidationErrorKind::OneOfNotValid { .. })
        })
    };
    if let (true, Some(errors)) = (instance.is_object(), context.iter().find(of_this_type)) {
        for error in errors {
            explain(error, root, places, out);
        }
        return;
    }
    let span = places.value(&pointer);
    let name = dotted(&pointer);
    let object = objects(subschema);
    let mut help = match instance.as_str() {
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

/// The words that an enumeration allows, nested alternatives included.
fn words(subschema: &Value) -> Vec<String> {
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
fn objects(subschema: &Value) -> Option<String> {
    let branches = subschema.get("anyOf").and_then(Value::as_array)?;
    let forms: Vec<String> = branches
        .iter()
        .filter_map(|branch| schema::follow(schema::schema(), branch))
        .filter(|branch| branch.get("type").and_then(Value::as_str) == Some("object"))
        .filter_map(|branch| {
            let required = branch.get("required")?.as_array()?;
            let entries: Vec<String> = required
                .iter()
                .filter_map(Value::as_str)
                .map(|key| format!("{key}: {}", example(&branch["properties"][key])))
                .collect();
            Some(format!("`{{{}}}`", entries.join(", ")))
        })
        .collect();
    (!forms.is_empty()).then(|| forms.join(" or "))
}

/// A value that could stand there, as one would type it.
fn example(subschema: &Value) -> String {
    let shown = |value: &Value| match value {
        Value::String(text) if text.contains([':', '#', '{', '*', '&', '!']) => format!("{text:?}"),
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
    match words(target).first() {
        Some(word) => word.clone(),
        None if target.get("type").and_then(Value::as_str) == Some("object") => "{..}".into(),
        None => "..".into(),
    }
}

fn unknown_key(key: &str, pointer: &str, subschema: &Value, root: &Value, places: &Places) -> Diagnostic {
    let place = format!("{pointer}/{}", step(key));
    let span = places.key(&place);
    let known: Vec<&str> =
        subschema["properties"].as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
    if key == "shards" {
        if let Some(diagnostic) = shards(pointer, root, places) {
            return diagnostic;
        }
    }
    let here = if pointer.is_empty() { "a spec".to_owned() } else { format!("`{}`", dotted(pointer)) };
    let help = match (suggest::nearest(key, known.iter().copied()), elsewhere(key)) {
        (Some(nearest), _) => format!("did you mean `{nearest}`?"),
        (None, Some(other)) => format!("`{key}` belongs to `{other}`"),
        (None, None) if known.is_empty() => "remove it".into(),
        (None, None) => format!("write {}", suggest::one_of(known)),
    };
    Diagnostic::error(Code::UnknownKey, span, format!("`{key}` is not a key of {here}"), help)
}

/// `shards` where people put it: beside on-demand capacity, which excludes it, or beside `capacity`.
fn shards(pointer: &str, root: &Value, places: &Places) -> Option<Diagnostic> {
    let holder = root.pointer(pointer)?;
    let (capacity, capacity_pointer) = match pointer {
        "/stream" => (holder.get("capacity"), "/stream/capacity"),
        "/stream/capacity" => (holder.get("mode").or(Some(holder)), "/stream/capacity/mode"),
        _ => return None,
    };
    let span = places.key(&format!("{pointer}/shards"));
    if capacity.and_then(Value::as_str) == Some("on_demand") {
        return Some(
            Diagnostic::error(
                Code::ShardsWithOnDemand,
                span,
                "a number of shards excludes on-demand capacity",
                "remove `shards`, or write `capacity: {shards: ..}` for a fixed number",
            )
            .related(places.value(capacity_pointer), "on-demand here"),
        );
    }
    let count = holder.get("shards")?;
    let help = format!("write `capacity: {{shards: {count}}}`");
    Some(Diagnostic::error(Code::UnknownKey, span, "`shards` belongs to `capacity`", help))
}

/// Another place of the spec that has this key, if only one has it.
fn elsewhere(key: &str) -> Option<String> {
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
    match found.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}

fn missing_key(key: &str, pointer: &str, subschema: &Value, places: &Places) -> Diagnostic {
    let span = places.key(pointer);
    let value = example(&subschema["properties"][key]);
    let help = format!("add `{key}: {value}`");
    if pointer == "/delivery/buffer" {
        let message =
            format!("`delivery.buffer` has no `{key}`: Firehose takes both buffering hints or none");
        return Diagnostic::error(Code::BufferIncomplete, span, message, help);
    }
    let here = if pointer.is_empty() { "the spec".to_owned() } else { format!("`{}`", dotted(pointer)) };
    Diagnostic::error(Code::MissingKey, span, format!("{here} has no `{key}`"), help)
}

fn scalar(
    kind: &ValidationErrorKind,
    instance: &Value,
    pointer: &str,
    subschema: &Value,
    places: &Places,
) -> Diagnostic {
    let span = places.value(pointer);
    let name = dotted(pointer);
    if let Some(quantity) = subschema.get("x-quantity").and_then(Value::as_str) {
        return quantity_fault(quantity, instance, &name, span);
    }
    let shown = match instance {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match kind {
        ValidationErrorKind::Type { kind } => {
            let wanted = type_name(kind);
            let help = match (wanted.as_str(), instance) {
                ("an object", Value::Null) => {
                    format!("write `{}: {{}}` for the defaults, or remove it", last(&name))
                }
                ("text", Value::Bool(_) | Value::Number(_)) => {
                    format!("write `{}: \"{shown}\"`", last(&name))
                }
                ("an object", _) => {
                    let keys: Vec<&str> = subschema["properties"]
                        .as_object()
                        .into_iter()
                        .flatten()
                        .map(|entry| entry.0.as_str())
                        .collect();
                    if keys.is_empty() {
                        "write `key: value` below it".into()
                    } else {
                        format!("below it, write {}", suggest::one_of(keys))
                    }
                }
                _ => format!("write `{}: {}`", last(&name), example(subschema)),
            };
            let message = format!("`{name}` must be {wanted}, not {}", described(instance));
            Diagnostic::error(Code::WrongType, span, message, help)
        }
        ValidationErrorKind::Constant { expected_value } => {
            let word = expected_value.as_str().unwrap_or_default();
            Diagnostic::error(
                Code::UnknownValue,
                span,
                format!("`{name}` cannot be `{shown}`"),
                format!("write `{word}`"),
            )
        }
        ValidationErrorKind::Pattern { .. } => Diagnostic::error(
            Code::InvalidFormat,
            span,
            format!("`{shown}` does not have the form of `{name}`"),
            format!("write it like `{}`", example(subschema)),
        ),
        ValidationErrorKind::Minimum { limit } => range(span, &name, &shown, &format!("at least {limit}")),
        ValidationErrorKind::ExclusiveMinimum { limit } => {
            range(span, &name, &shown, &format!("more than {limit}"))
        }
        ValidationErrorKind::Maximum { limit } => range(span, &name, &shown, &format!("at most {limit}")),
        ValidationErrorKind::MinItems { limit } => {
            range(span, &name, "the list", &format!("{limit} or more long"))
        }
        ValidationErrorKind::MaxItems { limit } => {
            range(span, &name, "the list", &format!("{limit} long at most"))
        }
        ValidationErrorKind::MinProperties { .. } => Diagnostic::error(
            Code::OutOfRange,
            places.key(pointer),
            format!("`{name}` is empty"),
            format!("write at least one entry below `{}`", last(&name)),
        ),
        ValidationErrorKind::MaxProperties { limit } => Diagnostic::error(
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

fn range(span: crate::source::Span, name: &str, shown: &str, bound: &str) -> Diagnostic {
    Diagnostic::error(
        Code::OutOfRange,
        span,
        format!("{shown} is out of range for `{name}`"),
        format!("it must be {bound}"),
    )
}

fn quantity_fault(quantity: &str, instance: &Value, name: &str, span: crate::source::Span) -> Diagnostic {
    type Read = fn(&str) -> Result<(), QuantityError>;
    let (unit, example, read): (_, _, Read) = match quantity {
        "duration" => (Duration::USUAL_UNIT, "60 s", |text| Duration::read(text).map(drop)),
        "percent" => (Percent::USUAL_UNIT, "25 %", |text| Percent::read(text).map(drop)),
        _ => (ByteSize::USUAL_UNIT, "2 KiB", |text| ByteSize::read(text).map(drop)),
    };
    let missing = |number: &str| {
        Diagnostic::error(
            Code::MissingUnit,
            span,
            format!("`{name}: {number}` has no unit"),
            format!("write `{}: {number} {unit}`, with the unit that you mean", last(name)),
        )
    };
    match instance {
        Value::Number(number) => missing(&number.to_string()),
        Value::String(text) => match read(text) {
            Err(QuantityError::MissingUnit) => missing(text),
            Err(error) => Diagnostic::error(
                Code::InvalidQuantity,
                span,
                format!("`{text}` is not a {quantity}: {error}"),
                format!("write it like `{example}`"),
            ),
            // The pattern is stricter than the reader in nothing; kept apart so that neither hides the other.
            Ok(()) => Diagnostic::error(
                Code::InvalidQuantity,
                span,
                format!("`{text}` is not a {quantity}"),
                format!("write it like `{example}`"),
            ),
        },
        other => Diagnostic::error(
            Code::WrongType,
            span,
            format!("`{name}` must be a {quantity}, not {}", described(other)),
            format!("write `{}: {example}`", last(name)),
        ),
    }
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn type_name(kind: &TypeKind) -> String {
    let name = |name: &str| match name {
        "object" => "an object",
        "array" => "a list",
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "`true` or `false`",
        _ => "nothing",
    };
    match kind {
        TypeKind::Single(kind) => name(kind.as_str()).into(),
        TypeKind::Multiple(kinds) => {
            kinds.iter().map(|kind| name(kind.as_str()).to_owned()).collect::<Vec<_>>().join(" or ")
        }
    }
}

fn described(value: &Value) -> String {
    match value {
        Value::Null => "empty".into(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(value) => format!("the number `{value}`"),
        Value::String(value) => format!("the text `{value}`"),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "an object".into(),
    }
}
