//! Patterns of EventBridge and of Lambda's filters: what the API rejects, and what never matches.
//!
//! EventBridge user guide, "Creating Amazon EventBridge event patterns", 2026-11.

use serde_json::{Map, Value};

use crate::diagnostics::suggest;

/// What a service accepts in a pattern.
pub(in crate::check) struct Dialect {
    /// The service.
    pub service: &'static str,
    /// Conditions that a list may contain.
    pub conditions: &'static [&'static str],
    /// Characters of a pattern.
    pub chars_max: usize,
    /// What to do with a pattern that is longer.
    pub split: &'static str,
    /// A field with its accepted values.
    pub example: &'static str,
}

/// EventBridge's. Quotas, "Event pattern size", 2026-11.
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
        "$or",
    ],
    chars_max: 2048,
    split: "split it into two sources",
    example: "source: [shop.orders]",
};

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
            Value::Object(inner) => object(inner, &at, dialect, found),
            Value::Array(_) if key == "$or" => {
                for (index, one) in value.as_array().into_iter().flatten().enumerate() {
                    if let Value::Object(inner) = one {
                        object(inner, &format!("{at}/{index}"), dialect, found);
                    }
                }
            }
            Value::Array(accepted) if accepted.is_empty() => found.push(Fault {
                at,
                message: format!("`{key}` accepts no value, so the pattern never matches"),
                help: format!("write `{key}: [{{exists: true}}]` for any value"),
            }),
            Value::Array(accepted) => accepted.iter().enumerate().for_each(|(index, one)| {
                condition(key, one, &format!("{at}/{index}"), dialect, found);
            }),
            scalar => found.push(Fault {
                at,
                message: format!("the values that `{key}` accepts must be a list"),
                help: format!("write `{key}: [{}]`", plain(scalar)),
            }),
        }
    }
}

fn condition(key: &str, one: &Value, at: &str, dialect: &Dialect, found: &mut Vec<Fault>) {
    let Value::Object(entries) = one else { return };
    for name in entries.keys().filter(|name| !dialect.conditions.contains(&name.as_str())) {
        let near = suggest::nearest(name, dialect.conditions.iter().copied());
        found.push(Fault {
            at: at.to_owned(),
            message: format!("{} has no condition `{name}`", dialect.service),
            help: match near {
                Some(near) => format!("did you mean `{near}`?"),
                // One that another service has.
                None if EVENTBRIDGE.conditions.contains(&name.as_str()) => {
                    format!("write one of {}", suggest::one_of(dialect.conditions.iter().copied()))
                }
                None => format!("nested fields are an object, not a list: `{key}: {{{name}: [..]}}`"),
            },
        });
    }
}

/// A scalar as YAML.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text)
            if !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)) =>
        {
            text.clone()
        }
        value => value.to_string(),
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
