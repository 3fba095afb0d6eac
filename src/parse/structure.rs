//! The form of a spec: its value held against the JSON Schema, every fault at its place and in a user's words.

use std::sync::OnceLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::{Places, dotted, instead, step};
use crate::aws::flink;
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
    scalars(value, String::new(), places, &mut diagnostics);
    diagnostics
}

/// What JSON Schema cannot say: a quantity is a whole number of its smallest unit, and a whole number is written
/// without a point.
fn scalars(value: &Value, pointer: String, places: &Places, out: &mut Vec<Diagnostic>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                scalars(value, format!("{pointer}/{}", step(key)), places, out);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                scalars(item, format!("{pointer}/{index}"), places, out);
            }
        }
        Value::String(text) => {
            if let Some(quantity) = kind_at(&pointer).and_then(|kind| kind.get("x-quantity")?.as_str())
                && let Err(error) = read(quantity, text)
            {
                out.push(quantity_fault(quantity, text, &error, &pointer, places.value(&pointer)));
            }
        }
        // A fraction breaks the schema, and has been told by now.
        Value::Number(number)
            if number.as_f64().is_some_and(|number| number.fract() == 0.0) && number.is_f64() =>
        {
            if kind_at(&pointer).is_some_and(|kind| kind["type"] == "integer") {
                let name = dotted(&pointer);
                let whole = number.as_f64().unwrap_or_default();
                let (message, help) = if whole.abs() < 1e15 {
                    (
                        format!("`{name}` must be a whole number without a point"),
                        format!("write `{}: {whole}`", last(&name)),
                    )
                } else {
                    (
                        format!("`{name}` is too large a number"),
                        format!("write {}", with_key(&pointer, "a smaller one")),
                    )
                };
                out.push(Diagnostic::error(Code::WrongType, places.value(&pointer), message, help));
            }
        }
        _ => {}
    }
}

/// The subschema of a place in a spec as its holder gives it, a `$ref` not followed: the examples beside the `$ref` are
/// those of this key.
fn property_at(pointer: &str) -> Option<&'static Value> {
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
fn kind_at(pointer: &str) -> Option<&'static Value> {
    schema::follow(schema::schema(), property_at(pointer)?)
}

/// A value for a place, as one would type it with its key: `retention: 24 h`.
fn with_key(pointer: &str, otherwise: &str) -> String {
    let name = dotted(pointer);
    match property_at(pointer).map(example) {
        Some(example) if example != ".." => format!("`{}: {example}`", last(&name)),
        _ => otherwise.to_owned(),
    }
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
        // `scalars` reads every quantity and knows more than the pattern.
        ValidationErrorKind::Pattern { .. } if subschema.get("x-quantity").is_some() => {}
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
    if let Some(diagnostic) = word_as_key(instance, &words, &pointer, places) {
        out.push(diagnostic);
        return;
    }
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
    if pointer == "/analytics/runtime"
        && let Some(diagnostic) = instance.as_str().and_then(|written| runtime(written, span))
    {
        out.push(diagnostic);
        return;
    }
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
fn runtime(written: &str, span: crate::source::Span) -> Option<Diagnostic> {
    let runtime = flink::runtime(written)?;
    if runtime.name == flink::LEGACY_SQL {
        return Some(Diagnostic::error(
            Code::SqlRuntimeRemoved,
            span,
            flink::legacy_sql_message(),
            "write `runtime: flink`; the SQL itself may stay as it is",
        ));
    }
    let advised = if runtime.usable() { runtime.name } else { flink::DEFAULT };
    Some(Diagnostic::error(
        Code::UnknownValue,
        span,
        format!("`analytics.runtime` cannot be `{written}`"),
        format!("write `runtime: flink`, and beside it `flink: {{runtime_environment: {advised}}}`"),
    ))
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
        .filter_map(|branch| Some(format!("`{{{}}}`", entries(branch).join(", "))))
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
    if let Some(word) = words(target).first() {
        return word.clone();
    }
    match target.get("type").and_then(Value::as_str) {
        Some("object") => format!("{{{}}}", entries(target).join(", ")),
        _ => match target.get("minimum") {
            Some(least) => least.to_string(),
            None => "..".into(),
        },
    }
}

/// The entries that an object must have, as one would type them; of a free object, one.
fn entries(target: &Value) -> Vec<String> {
    let required =
        target.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let entries: Vec<String> =
        required.map(|key| format!("{key}: {}", example(&target["properties"][key]))).collect();
    match target.get("additionalProperties") {
        Some(of_any) if entries.is_empty() && of_any.is_object() => {
            vec![format!("name: {}", example(of_any))]
        }
        _ => entries,
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

fn on_demand_shards(count: &Value, span: crate::source::Span, on_demand: crate::source::Span) -> Diagnostic {
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
fn number(count: &Value) -> String {
    count.as_u64().filter(|count| *count > 0).unwrap_or(2).to_string()
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
        return not_a_quantity(quantity, instance, pointer, span);
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
                        format!("below it, write entries such as `{}`", entries(subschema).join(", "))
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
        ValidationErrorKind::Pattern { .. } => {
            // Of a list's entry, the list's name.
            let holder = pointer.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('/');
            let name = dotted(holder);
            Diagnostic::error(
                Code::InvalidFormat,
                span,
                format!("`{shown}` does not have the form that `{name}` needs"),
                format!("write it like {}", with_key(holder, "the examples of `pipec schema`")),
            )
        }
        ValidationErrorKind::Minimum { .. } if pointer == "/stream/capacity/shards" => Diagnostic::error(
            Code::ZeroShards,
            span,
            "a stream needs at least one shard",
            "write `shards: 1` or more",
        ),
        ValidationErrorKind::Minimum { limit } => {
            range(span, &name, &shown, format!("write `{}: {limit}` or more", last(&name)))
        }
        ValidationErrorKind::ExclusiveMinimum { limit } => {
            let such = with_key(pointer, "a number");
            range(span, &name, &shown, format!("write a number above {limit}, as in {such}"))
        }
        ValidationErrorKind::Maximum { limit } => {
            range(span, &name, &shown, format!("write `{}: {limit}` or less", last(&name)))
        }
        ValidationErrorKind::MinItems { limit } => Diagnostic::error(
            Code::OutOfRange,
            span,
            match limit {
                1 => format!("`{name}` is empty"),
                _ => format!("`{name}` has fewer entries than {limit}"),
            },
            format!("write it like {}", with_key(pointer, "a list")),
        ),
        ValidationErrorKind::MaxItems { limit } => Diagnostic::error(
            Code::OutOfRange,
            span,
            format!("`{name}` has more than {limit} entries"),
            format!("keep {limit} of them"),
        ),
        ValidationErrorKind::MinProperties { .. } => Diagnostic::error(
            Code::OutOfRange,
            places.key(pointer),
            format!("`{name}` is empty"),
            format!("below it, write entries such as `{}`", entries(subschema).join(", ")),
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

fn range(span: crate::source::Span, name: &str, shown: &str, help: String) -> Diagnostic {
    Diagnostic::error(Code::OutOfRange, span, format!("{shown} is out of range for `{name}`"), help)
}

/// Reads a text as a quantity of a kind.
fn read(quantity: &str, text: &str) -> Result<(), QuantityError> {
    match quantity {
        "duration" => Duration::read(text).map(drop),
        "percent" => Percent::read(text).map(drop),
        _ => ByteSize::read(text).map(drop),
    }
}

/// A value that is no text.
fn not_a_quantity(quantity: &str, instance: &Value, pointer: &str, span: crate::source::Span) -> Diagnostic {
    if let Value::Number(number) = instance {
        return missing_unit(quantity, &number.to_string(), pointer, span);
    }
    let name = dotted(pointer);
    Diagnostic::error(
        Code::WrongType,
        span,
        format!("`{name}` must be a {}, not {}", noun(quantity), described(instance)),
        format!("write {}", with_key(pointer, "a number and its unit")),
    )
}

/// A text that is no quantity.
fn quantity_fault(
    quantity: &str,
    text: &str,
    error: &QuantityError,
    pointer: &str,
    span: crate::source::Span,
) -> Diagnostic {
    let help = match error {
        QuantityError::MissingUnit => return missing_unit(quantity, text, pointer, span),
        QuantityError::UnknownUnit { meant: Some(meant), .. } => {
            format!("write `{}: {meant}`", last(&dotted(pointer)))
        }
        QuantityError::UnknownUnit { known, .. } => {
            format!("write {known} for the unit, as in {}", with_key(pointer, "`60 s`"))
        }
        _ => format!("write it like {}", with_key(pointer, "`60 s`")),
    };
    let message = format!("`{text}` is not a {}: {error}", noun(quantity));
    Diagnostic::error(Code::InvalidQuantity, span, message, help)
}

/// A number without a unit, with the one that is usual at this place.
fn missing_unit(quantity: &str, number: &str, pointer: &str, span: crate::source::Span) -> Diagnostic {
    let name = dotted(pointer);
    let usual =
        property_at(pointer).map(example).and_then(|example| Some(example.split_once(' ')?.1.to_owned()));
    let unit = match quantity {
        // Thousands of KiB are rare: who writes them means bytes.
        "size" if number.parse::<f64>().is_ok_and(|number| number >= 1000.0) => "B".to_owned(),
        "duration" => usual.unwrap_or_else(|| Duration::USUAL_UNIT.into()),
        "percent" => Percent::USUAL_UNIT.into(),
        _ => usual.unwrap_or_else(|| ByteSize::USUAL_UNIT.into()),
    };
    Diagnostic::error(
        Code::MissingUnit,
        span,
        format!("`{name}: {number}` has no unit"),
        format!("write `{}: {number} {unit}`, with the unit that you mean", last(&name)),
    )
}

fn noun(quantity: &str) -> &str {
    if quantity == "percent" { "percentage" } else { quantity }
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
