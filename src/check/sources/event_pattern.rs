//! Patterns of EventBridge and of Lambda's filters: what the API rejects, and what never matches.
//!
//! EventBridge user guide, "Creating Amazon EventBridge event patterns", 2026-11.

use serde_json::{Map, Value};

use super::condition;
use super::event::BUS;
use crate::diagnostics::suggest;

/// The key of alternatives.
pub(in crate::check) const OR: &str = "$or";

/// What a service accepts in a pattern.
pub(in crate::check) struct Dialect {
    /// The service.
    pub service: &'static str,
    /// Conditions that a list may contain.
    pub conditions: &'static [&'static str],
    /// Largest number, without its sign, that `numeric` compares; none if it is not documented.
    pub number_max: Option<f64>,
    /// Characters of a pattern.
    pub chars_max: usize,
    /// What to do with a pattern that is longer.
    pub split: &'static str,
    /// A field with its accepted values.
    pub example: &'static str,
}

/// EventBridge's. Quotas, "Event pattern size"; user guide, "Numeric matching"; 2026-11.
pub(super) const EVENTBRIDGE: Dialect = Dialect {
    service: "EventBridge",
    conditions: &[
        "prefix",
        "suffix",
        "anything-but",
        "numeric",
        "cidr",
        "exists",
        "equals-ignore-case",
        "wildcard",
    ],
    number_max: Some(5.0e9),
    chars_max: 2048,
    split: "split it into two sources",
    example: "source: [shop.orders]",
};

/// What events have that an archive replays. EventBridge user guide, "Archiving and replaying events", 2026-11.
const REPLAY_NAME: &str = "replay-name";

/// A fault of a pattern: where it is, as the steps of a JSON pointer below the pattern, what is wrong and what to write.
pub(in crate::check) struct Fault {
    pub at: String,
    pub message: String,
    pub help: String,
}

/// The faults of a pattern.
pub(in crate::check) fn faults(pattern: &Map<String, Value>, dialect: &Dialect) -> Vec<Fault> {
    let mut found = Vec::new();
    let length = Value::Object(pattern.clone()).to_string().chars().count();
    if length > dialect.chars_max {
        found.push(Fault {
            at: String::new(),
            message: format!(
                "the pattern has {length} characters as JSON; {} accepts {}",
                dialect.service, dialect.chars_max
            ),
            help: dialect.split.into(),
        });
    }
    object(pattern, "", dialect, &mut found);
    found
}

/// What an event of a bus does not have: fields beside those of its envelope, and an asterisk in a name.
pub(super) fn of_bus(pattern: &Map<String, Value>) -> Vec<Fault> {
    let mut found = Vec::new();
    for (key, value) in pattern.iter().filter(|(key, _)| *key != OR) {
        let known = || BUS.fields.iter().map(|(name, _)| *name).chain([REPLAY_NAME]);
        let at = format!("/{}", crate::parse::step(key));
        if !known().any(|name| name == key) {
            let plain = |text: &str| text.replace(['-', '_'], "").to_ascii_lowercase();
            let near = known().find(|name| plain(name) == plain(key));
            found.push(Fault {
                at,
                message: format!("an event has no field `{key}`, so the pattern never matches"),
                help: match near.or_else(|| suggest::nearest(key, known())) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("fields of your own are below `detail`: `detail: {{{key}: [..]}}`"),
                },
            });
            continue;
        }
        if !["source", "detail-type"].contains(&key.as_str()) {
            continue;
        }
        for (index, text) in value.as_array().into_iter().flatten().enumerate() {
            let Some(text) = text.as_str().filter(|text| text.contains('*')) else { continue };
            let inner = match text.strip_suffix('*') {
                Some(start) if !start.contains('*') => format!("prefix: {}", condition::flow(&start.into())),
                _ => format!("wildcard: {}", condition::flow(&text.into())),
            };
            found.push(Fault {
                at: format!("{at}/{index}"),
                message: format!("`*` in a value is a character, so `{text}` matches no `{key}`"),
                help: match text {
                    "*" => format!("write `{key}: [{{exists: true}}]` for any value"),
                    _ => format!("write `{key}: [{{{inner}}}]`"),
                },
            });
        }
    }
    found
}

fn object(entries: &Map<String, Value>, at: &str, dialect: &Dialect, found: &mut Vec<Fault>) {
    if entries.is_empty() {
        found.push(Fault {
            at: at.to_owned(),
            message: format!("an empty object matches nothing, and {} rejects it", dialect.service),
            help: format!("write a field with its accepted values, as in `{}`", dialect.example),
        });
    }
    for (key, value) in entries {
        let at = format!("{at}/{}", crate::parse::step(key));
        match value {
            value if key == OR => alternatives(value, &at, dialect, found),
            Value::Object(inner) => object(inner, &at, dialect, found),
            Value::Array(accepted) if accepted.is_empty() => found.push(Fault {
                at,
                message: format!("`{key}` accepts no value, so the pattern never matches"),
                help: format!("write `{key}: [{{exists: true}}]` for any value"),
            }),
            Value::Array(accepted) => accepted.iter().enumerate().for_each(|(index, one)| {
                let wrong = condition::fault(key, one, dialect);
                found.extend(wrong.map(|(message, help)| Fault {
                    at: format!("{at}/{index}"),
                    message,
                    help,
                }));
            }),
            scalar => found.push(Fault {
                at,
                message: format!("the values that `{key}` accepts must be a list"),
                help: format!("write `{key}: [{}]`", condition::flow(scalar)),
            }),
        }
    }
}

/// `$or`: a list of at least two objects, of which one must match. Anything else is a field of this name, which events do not have.
fn alternatives(value: &Value, at: &str, dialect: &Dialect, found: &mut Vec<Fault>) {
    let all: Vec<&Map<String, Value>> =
        value.as_array().into_iter().flatten().filter_map(Value::as_object).collect();
    let is_list = value.as_array().is_some_and(|list| list.len() == all.len());
    if !is_list || all.len() < 2 {
        let help = match value {
            Value::Object(entries) if entries.len() > 1 => {
                let each: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{{{key}: {}}}", condition::flow(value)))
                    .collect();
                format!("write `$or: [{}]`", each.join(", "))
            }
            Value::Object(_) => "write its field without `$or`".to_owned(),
            _ if is_list && all.len() == 1 => {
                "add a second one, or write its fields without `$or`".to_owned()
            }
            _ => "write as in `$or: [{a: [1]}, {b: [2]}]`, where `a` or `b` must match".to_owned(),
        };
        found.push(Fault {
            at: at.to_owned(),
            message: "`$or` has a list of at least two objects".into(),
            help,
        });
        return;
    }
    for (index, inner) in all.iter().enumerate() {
        let at = format!("{at}/{index}");
        // With such a name in it, the service reads `$or` as a field.
        let reserved = inner.keys().find(|key| EVENTBRIDGE.conditions.contains(&key.as_str()));
        match reserved {
            Some(key) => found.push(Fault {
                at: format!("{at}/{key}"),
                message: format!("`{key}` in `$or` is a condition without its field"),
                help: format!("write the field with the condition, as in `{{amount: [{{{key}: ..}}]}}`"),
            }),
            None => object(inner, &at, dialect, found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pattern: Value) -> Vec<String> {
        let Value::Object(pattern) = pattern else { panic!("an object") };
        faults(&pattern, &EVENTBRIDGE)
            .into_iter()
            .map(|fault| format!("{}: {}", fault.at, fault.help))
            .collect()
    }

    #[test]
    fn patterns_of_the_user_guide_are_accepted() {
        for pattern in [
            serde_json::json!({"source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"], "detail": {"state": ["running"]}}),
            serde_json::json!({"detail": {"c-count": [{"numeric": [">", 0, "<=", 5]}], "x": [null, "", {"anything-but": {"prefix": "init"}}]}}),
            serde_json::json!({"detail": {"$or": [{"c": [1]}, {"d": [{"exists": false}]}]}}),
        ] {
            assert_eq!(of(pattern), Vec::<String>::new());
        }
    }

    #[test]
    fn what_the_api_rejects_is_found_at_its_place() {
        let found = of(
            serde_json::json!({"source": "shop", "detail": {"state": [], "a": {}, "b": [{"prefx": "x"}]}}),
        );
        assert_eq!(
            found,
            [
                "/source: write `source: [shop]`",
                "/detail/state: write `state: [{exists: true}]` for any value",
                "/detail/a: write a field with its accepted values, as in `source: [shop.orders]`",
                "/detail/b/0: did you mean `prefix`?",
            ]
        );
    }
}
