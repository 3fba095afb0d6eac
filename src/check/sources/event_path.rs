//! JSON paths into events: whether they lead to a value.
//!
//! A service accepts any path. One that leads to nothing makes each event fail, or the record empty.

use super::event::{Event, Field};
use super::json_path;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::pipeline::Setting;

/// What a path is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// A partition key, which is one value of each event.
    PartitionKey,
    /// The record.
    Record,
}

impl Use {
    fn key(self) -> &'static str {
        match self {
            Self::PartitionKey => "partition_key",
            Self::Record => "input",
        }
    }
}

/// Types of an attribute that is a single value. DynamoDB API reference, `AttributeValue`, 2026-11.
const SCALAR_TYPES: [&str; 4] = ["S", "N", "B", "BOOL"];
/// Those of an attribute in an item's key.
const KEY_TYPES: [&str; 3] = ["S", "N", "B"];
/// A name of the user's in an example.
const EXAMPLE: &str = "id";
/// Corrections of a path, one for each of its first steps.
const CORRECTIONS_MAX: usize = 6;
/// All types of an attribute.
const TYPES: [&str; 10] = ["S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"];

/// What is wrong with a path, and the path to write.
pub(super) struct Fault {
    /// The fault, in a sentence.
    pub message: String,
    /// The path to write.
    pub better: String,
    /// Whether an event has no such field at all.
    pub is_unknown: bool,
}

impl Fault {
    fn new(message: String, better: String) -> Self {
        Self { message, better, is_unknown: false }
    }
}

/// What is wrong with a path into an event.
pub(super) fn check(path: &Setting<String>, event: &Event, of: Use) -> Option<Diagnostic> {
    let text = &path.value;
    let (code, message, better) = match json_path::fault(text) {
        // A name alone is one of the envelope, or of the user's own.
        Some(message) => {
            let steps = text.trim_start_matches(['$', '.', '/']).replace('/', ".");
            (Code::SourcePath, message, format!("$.{steps}"))
        }
        None => {
            let Fault { message, better, .. } = walk(text, event, of)?;
            (Code::EventField, message, better)
        }
    };
    let (key, better) = (of.key(), settled(better, event, of));
    let is_example = better == own(event, EXAMPLE) && !text.contains(EXAMPLE);
    let help = match is_example {
        true => format!("write a path such as `{key}: {better}`"),
        false => format!("write `{key}: {better}`"),
    };
    Some(Diagnostic::error(code, path.span, message, help))
}

/// What is wrong with the path of a column.
pub(super) fn of_column(path: &str, event: &Event) -> Option<Fault> {
    // Other steps are names of the user's, which no envelope has, and a path of EventBridge cannot have.
    if path.contains(['\'', '*']) {
        return None;
    }
    walk(path, event, Use::Record)
}

/// A path that leads to a value: this one, or the one that it stands for.
fn settled(mut path: String, event: &Event, of: Use) -> String {
    for _ in 0..CORRECTIONS_MAX {
        if json_path::fault(&path).is_some() {
            break;
        }
        match walk(&path, event, of) {
            None => return path,
            Some(fault) => path = fault.better,
        }
    }
    own(event, EXAMPLE)
}

/// The path to a field of the user's own.
fn own(event: &Event, name: &str) -> String {
    format!("$.{}", event.own.replace("NAME", name))
}

/// Where the user's own fields are, as a path.
fn own_root(event: &Event) -> &str {
    event.own.split(".NAME").next().unwrap_or_default()
}

/// The name of a step without its index.
fn name(step: &str) -> &str {
    step.split('[').next().unwrap_or_default()
}

fn walk(path: &str, event: &Event, of: Use) -> Option<Fault> {
    let steps: Vec<&str> = path.split('.').skip(1).collect();
    let is_key = of == Use::PartitionKey;
    if steps.is_empty() {
        let message = format!("`$` is all of {}, and a partition key is one value of it", event.what);
        return is_key.then(|| Fault::new(message, own(event, EXAMPLE)));
    }
    if is_key && path.contains('*') {
        let message = format!("`{path}` can be several values, and a partition key is one");
        let better = path.replace("[*]", "[0]").replace(".*", ".id");
        return Some(Fault::new(message, better));
    }
    let mut fields = event.fields;
    let mut at = String::from("$");
    for (index, step) in steps.iter().enumerate() {
        let rest = &steps[index + 1..];
        let Some((known, field)) = fields.iter().find(|(known, _)| *known == name(step)) else {
            let is_unknown = at == "$";
            return Some(Fault { is_unknown, ..unknown(path, &at, step, rest, fields, event) });
        };
        at = format!("{at}.{step}");
        match field {
            Field::Any => return None,
            Field::Text if rest.is_empty() => return None,
            Field::Text => {
                let message = format!("`{known}` of {} is a string, without fields", event.what);
                return Some(Fault::new(message, own(event, &rest.join("."))));
            }
            Field::Scalar | Field::Constant if !rest.is_empty() || step.contains('[') => {
                let message = format!("`{known}` of {} is one value, without fields", event.what);
                let better = format!("{}.{known}", at.rsplit_once('.').map_or("$", |(above, _)| above));
                return Some(Fault::new(message, better));
            }
            Field::Constant if is_key => {
                let message = format!("`{known}` is the same for all events, so all records go to one shard");
                return Some(Fault::new(message, own(event, EXAMPLE)));
            }
            Field::Scalar | Field::Constant => return None,
            Field::List => return list(known, step, rest, event).filter(|_| is_key || !rest.is_empty()),
            Field::Object(inner) if rest.is_empty() => return is_key.then(|| part(path, &at, inner, event)),
            Field::Object(inner) => fields = inner,
            Field::Each(inner) => {
                return each(path, &at, rest, inner, event).filter(|_| is_key || rest.len() > 1);
            }
            Field::Attributes { key } => return attributes(&at, rest, *key, event).filter(|_| is_key),
        }
    }
    None
}

/// A step that is none of the fields.
fn unknown(
    path: &str,
    at: &str,
    step: &str,
    rest: &[&str],
    fields: &'static [(&'static str, Field)],
    event: &Event,
) -> Fault {
    let here = if at == "$" { event.what.to_owned() } else { format!("`{}` of {}", &at[2..], event.what) };
    let message = format!("{here} has no field `{}`, so `{path}` matches nothing", name(step));
    let names = || fields.iter().map(|(known, _)| *known);
    let below = if rest.is_empty() { String::new() } else { format!(".{}", rest.join(".")) };
    if at == "$" {
        // A field of an inner object, without the object's name.
        let inner = event.fields.iter().find_map(|(outer, field)| match field {
            Field::Object(inner) if inner.iter().any(|(known, _)| *known == name(step)) => Some(outer),
            _ => None,
        });
        if let Some(outer) = inner {
            return Fault::new(message, format!("$.{outer}.{step}{below}"));
        }
    }
    let plain = |text: &str| text.replace(['-', '_'], "").to_ascii_lowercase();
    let alike = names().find(|known| plain(known) == plain(name(step)));
    if let Some(near) = alike.or_else(|| suggest::nearest(name(step), names()).filter(|_| at != "$")) {
        return Fault::new(message, format!("{at}.{near}{below}"));
    }
    let better = match at {
        "$" => {
            let root = own_root(event);
            let last = root.rsplit('.').next().unwrap_or_default();
            // `$.Keys.id.S` and `$.event.detail.id` have the part that counts.
            let of_own = rest.iter().position(|step| *step == last).map(|at| rest[at + 1..].join("."));
            match of_own.filter(|of_own| !of_own.is_empty()) {
                Some(of_own) => format!("$.{root}.{of_own}"),
                None if event.own.ends_with(".S") => own(event, name(step)),
                None => own(event, &format!("{step}{below}")),
            }
        }
        at => format!("{at}.{}{below}", names().next().unwrap_or_default()),
    };
    Fault::new(message, better)
}

/// An object where a value is needed.
fn part(path: &str, at: &str, inner: &'static [(&'static str, Field)], event: &Event) -> Fault {
    let message = format!("`{path}` is an object, and a partition key is one value");
    let better = match inner.iter().find(|(_, field)| matches!(field, Field::Scalar)) {
        // The item's own key keeps the changes of an item in order.
        Some(_) if event.own.starts_with(&format!("{}.", &at[2..])) => own(event, EXAMPLE),
        Some((known, _)) => format!("{at}.{known}"),
        None => own(event, EXAMPLE),
    };
    Fault::new(message, better)
}

fn list(known: &str, step: &str, rest: &[&str], event: &Event) -> Option<Fault> {
    if !rest.is_empty() {
        let message = format!("`{known}` of {} is a list of strings, without fields", event.what);
        return Some(Fault::new(message, format!("$.{known}[0]")));
    }
    (!step.contains('[')).then(|| {
        Fault::new(
            format!("`{known}` of {} is a list, and a partition key is one value", event.what),
            format!("$.{known}[0]"),
        )
    })
}

/// A name of the user's, and a field of its value.
fn each(
    path: &str,
    at: &str,
    rest: &[&str],
    inner: &'static [(&'static str, Field)],
    event: &Event,
) -> Option<Fault> {
    let first = inner.first().map_or("", |(known, _)| *known);
    match rest {
        [_, field] if inner.iter().any(|(known, _)| known == field) => None,
        [] | [_] => Some(Fault::new(
            format!("`{path}` is an object, and a partition key is one value"),
            format!("{at}.{}.{first}", rest.first().unwrap_or(&"id")),
        )),
        [name, field, ..] => {
            let near = suggest::nearest(field, inner.iter().map(|(known, _)| *known)).unwrap_or(first);
            Some(Fault::new(
                format!("an attribute of {} has no field `{field}`", event.what),
                format!("{at}.{name}.{near}"),
            ))
        }
    }
}

/// Attributes of an item: a name, its type, and the same again below a map or a list.
fn attributes(at: &str, rest: &[&str], key: bool, event: &Event) -> Option<Fault> {
    let allowed: &[&str] = if key { &KEY_TYPES } else { &SCALAR_TYPES };
    let typed = |better: String, message: String| Some(Fault::new(message, better));
    let mut at = at.to_owned();
    let mut rest = rest;
    let which =
        "the type of a value comes after its name: `S` for a string, `N` for a number, `B` for binary";
    loop {
        match rest {
            [] => {
                let message =
                    format!("`{at}` is an object of {}, and a partition key is one value", event.what);
                return typed(format!("{at}.id.S"), message);
            }
            [attribute] => {
                let message = format!("`{at}.{attribute}` is an object with a type; {which}");
                return typed(format!("{at}.{attribute}.S"), message);
            }
            [attribute, kind, below @ ..] => {
                let bare = name(kind);
                if allowed.contains(&bare) && below.is_empty() && bare == *kind {
                    return None;
                }
                if allowed.contains(&bare) {
                    let message = format!("`{at}.{attribute}.{bare}` is one value, without fields");
                    return typed(format!("{at}.{attribute}.{bare}"), message);
                }
                match bare {
                    "M" if !key => {
                        at = format!("{at}.{attribute}.M");
                        rest = below;
                    }
                    // An element is like an attribute: a type and its value.
                    "L" if !key && kind.contains('[') => {
                        at = format!("{at}.{attribute}");
                        rest = &rest[1..];
                    }
                    "SS" | "NS" | "BS" if !key && kind.contains('[') && below.is_empty() => return None,
                    _ => {
                        let upper = bare.to_ascii_uppercase();
                        let known = allowed.iter().find(|known| **known == upper).unwrap_or(&"S");
                        let message = match TYPES.contains(&bare) {
                            true => format!("`{at}.{attribute}.{bare}` is not one value; {which}"),
                            false => format!("DynamoDB has no type `{bare}`; {which}"),
                        };
                        return typed(format!("{at}.{attribute}.{known}"), message);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::sources::event::{BUS, CHANGE, LOG_EVENT, MESSAGE, MESSAGE_OF_JSON, MESSAGE_OF_TEXT};

    #[test]
    fn every_help_leads_to_a_value() {
        let paths = [
            "$",
            "$.id",
            "$.x.y",
            "$.*",
            "$.body",
            "$.Body",
            "$.attributes",
            "$.attributes.senderId",
            "$.attributes.x",
            "$.messageAttributes",
            "$.messageAttributes.a.b",
            "$.dynamodb",
            "$.dynamodb.Keys",
            "$.dynamodb.Keys.a",
            "$.dynamodb.Keys.a.M.b.S",
            "$.dynamodb.keys.a.S",
            "$.dynamodb.NewImage.a.L",
            "$.dynamodb.NewImage.a.L[0]",
            "$.dynamodb.NewImage.a.M.b",
            "$.dynamodb.Image.a.S",
            "$.dynamodb.StreamViewType",
            "$.userIdentity",
            "$.detail[*]",
            "$.detailtype",
            "$.resources",
            "$.resources[0].x",
            "$.source.x",
            "$.account[0]",
            "$.version",
        ];
        for event in [&BUS, &MESSAGE, &CHANGE, &MESSAGE_OF_TEXT, &MESSAGE_OF_JSON, &LOG_EVENT] {
            for path in paths {
                for of in [Use::PartitionKey, Use::Record] {
                    let better = settled(path.to_owned(), event, of);
                    let is_text = own(event, EXAMPLE) == better && of_text(event);
                    assert!(
                        is_text || walk(&better, event, of).is_none(),
                        "{path}: {better} of {}",
                        event.what
                    );
                }
            }
        }
    }

    /// Whether fields of the user's are in a text, which no path reaches.
    fn of_text(event: &Event) -> bool {
        let root = own_root(event);
        event.fields.iter().any(|(name, field)| *name == root && matches!(field, Field::Text))
    }

    #[test]
    fn paths_of_the_user_guide_are_accepted() {
        for (path, event) in [
            ("$.body.order.id", &MESSAGE),
            ("$.body", &MESSAGE),
            ("$.attributes.MessageGroupId", &MESSAGE),
            ("$.messageAttributes.tenant.stringValue", &MESSAGE),
            ("$.dynamodb.Keys.id.N", &CHANGE),
            ("$.dynamodb.NewImage.a.M.b.L[0].S", &CHANGE),
            ("$.eventName", &CHANGE),
            ("$.detail-type", &BUS),
            ("$.resources[0]", &BUS),
            ("$.detail.orders[0].id", &BUS),
        ] {
            assert!(walk(path, event, Use::PartitionKey).is_none(), "{path}");
        }
    }
}
