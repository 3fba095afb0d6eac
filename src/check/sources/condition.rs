//! Conditions in a list of accepted values, as in `amount: [{numeric: [">", 5]}]`. EventBridge, SNS and Lambda share their form.
//!
//! Event Ruler, README and `JsonRuleCompiler`, 2026-11.

use core::net::IpAddr;

use serde_json::{Map, Value};

use super::event_pattern::Dialect;
use super::numeric;
use crate::diagnostics::suggest;

/// What is wrong, and what to write.
pub(super) type Wrong = (String, String);

/// Conditions that `anything-but` can negate.
const NEGATABLE: [&str; 4] = ["prefix", "suffix", "equals-ignore-case", "wildcard"];

/// What is wrong with an element of a list: a value, or an object with a condition.
pub(super) fn fault(key: &str, one: &Value, dialect: &Dialect) -> Option<Wrong> {
    let entries = match one {
        Value::Object(entries) => entries,
        Value::Array(_) => {
            return Some(("a list within a list".into(), "write one list of accepted values".into()));
        }
        _ => return None,
    };
    let Some((name, value)) = entries.iter().next() else {
        return Some((
            "an empty condition".into(),
            format!("write `{key}: [{{exists: true}}]` for any value"),
        ));
    };
    if let Some(unknown) = entries.keys().find(|name| !dialect.conditions.contains(&name.as_str())) {
        return Some(no_condition(key, unknown, dialect));
    }
    if entries.len() > 1 {
        let each: Vec<String> = entries.iter().map(|(name, value)| written(name, value)).collect();
        return Some((
            "an object in the list is one condition, and this one has several".into(),
            format!("write `{key}: [{}]`, of which one must match", each.join(", ")),
        ));
    }
    value_fault(key, name, value, dialect)
}

fn no_condition(key: &str, name: &str, dialect: &Dialect) -> Wrong {
    let message = format!("{} has no condition `{name}`", dialect.service);
    let help = match suggest::nearest(name, dialect.conditions.iter().copied()) {
        _ if name == "$or" => {
            return (
                format!("`$or` in the list of `{key}`: it combines fields, not values"),
                format!("write the values in one list, as in `{key}: [a, b]`, where one of them must match"),
            );
        }
        Some(near) => format!("did you mean `{near}`?"),
        // One that another service has.
        None if ["cidr", "wildcard"].contains(&name) => {
            format!("write one of {}", suggest::one_of(dialect.conditions.iter().copied()))
        }
        None => format!("nested fields are an object, not a list: `{key}: {{{name}: [..]}}`"),
    };
    (message, help)
}

/// What is wrong with the value of a known condition.
fn value_fault(key: &str, name: &str, value: &Value, dialect: &Dialect) -> Option<Wrong> {
    match name {
        "exists" => exists(key, value),
        "numeric" => numeric::fault(key, value, dialect),
        "anything-but" => anything_but(key, value),
        "cidr" => text(key, name, value).or_else(|| cidr(key, value.as_str()?)),
        "wildcard" => text(key, name, value).or_else(|| wildcard(key, value.as_str()?)),
        "prefix" | "suffix" => match value {
            Value::Object(inner) => of_case(key, name, inner),
            value => text(key, name, value),
        },
        _ => text(key, name, value),
    }
}

fn exists(key: &str, value: &Value) -> Option<Wrong> {
    if value.is_boolean() {
        return None;
    }
    let is_no = value.as_str().is_some_and(|text| ["false", "no", "off"].contains(&text));
    Some((
        format!("`exists` of `{key}` is `true` or `false`"),
        format!("write `{key}: [{{exists: {}}}]`", !is_no),
    ))
}

/// A condition with a text.
fn text(key: &str, name: &str, value: &Value) -> Option<Wrong> {
    let message = format!("`{name}` compares with a string");
    let help = match value {
        Value::String(_) => return None,
        Value::Array(all) if !all.is_empty() && all.iter().all(|one| !one.is_array() && !one.is_object()) => {
            let each: Vec<String> = all.iter().map(|one| written(name, &Value::String(bare(one)))).collect();
            format!("write one condition for each: `{key}: [{}]`", each.join(", "))
        }
        Value::Array(_) | Value::Object(_) | Value::Null => {
            format!("write a string, as in `{key}: [{{{name}: {}}}]`", example(name))
        }
        scalar => format!("write `{key}: [{}]`", written(name, &Value::String(bare(scalar)))),
    };
    Some((message, help))
}

/// `prefix` and `suffix` without regard to case.
fn of_case(key: &str, name: &str, inner: &Map<String, Value>) -> Option<Wrong> {
    let is_known = inner.len() == 1 && inner.get("equals-ignore-case").is_some_and(Value::is_string);
    (!is_known).then(|| {
        (
            format!("`{name}` has a string, or `equals-ignore-case` with a string"),
            format!("write `{key}: [{{{name}: {}}}]`", example(name)),
        )
    })
}

fn cidr(key: &str, text: &str) -> Option<Wrong> {
    let bits = |address: &IpAddr| if address.is_ipv4() { 32 } else { 128 };
    let (address, mask) = text.split_once('/').map_or((text, None), |(address, mask)| (address, Some(mask)));
    let address: Option<IpAddr> = address.parse().ok();
    let help = match (address, mask) {
        (Some(address), Some(mask)) if mask.parse::<u8>().is_ok_and(|mask| mask <= bits(&address)) => {
            return None;
        }
        (Some(address), None) => format!("write `{key}: [{{cidr: {address}/{}}}]`", bits(&address)),
        _ => format!("write a range such as `{key}: [{{cidr: 10.0.0.0/8}}]`"),
    };
    Some((format!("`{text}` is not a range of IP addresses"), help))
}

fn wildcard(key: &str, text: &str) -> Option<Wrong> {
    if text.contains("**") {
        let mut single = text.to_owned();
        while single.contains("**") {
            single = single.replace("**", "*");
        }
        let fixed = written("wildcard", &Value::String(single));
        return Some((
            "two `*` in a row in `wildcard`: one matches any number of characters".into(),
            format!("write `{key}: [{fixed}]`"),
        ));
    }
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\\' && !matches!(characters.next(), Some('*' | '\\')) {
            return Some((
                "in `wildcard`, a backslash is before `*` or another backslash".into(),
                "write two backslashes for one, and `\\*` for an asterisk".into(),
            ));
        }
    }
    None
}

fn anything_but(key: &str, value: &Value) -> Option<Wrong> {
    let condition = |inner: &str| format!("write `{key}: [{{anything-but: {inner}}}]`");
    let is_plain = |one: &Value| one.is_string() || one.is_number();
    match value {
        Value::String(_) | Value::Number(_) => None,
        Value::Bool(truth) => Some((
            "`anything-but` compares with strings or with numbers".into(),
            format!("write `{key}: [{}]`", !truth),
        )),
        Value::Null => Some((
            "`anything-but` compares with strings or with numbers".into(),
            format!("write `{key}: [{{exists: true}}]` for any value"),
        )),
        Value::Array(all) if all.is_empty() => {
            Some(("`anything-but` excludes no value".into(), condition("[a, b]")))
        }
        Value::Array(all) if !all.iter().all(is_plain) => Some((
            "`anything-but` has a list of strings or of numbers".into(),
            match all.iter().find(|one| one.is_object()) {
                Some(inner) if all.len() == 1 => condition(&flow(inner)),
                _ => condition("[a, b]"),
            },
        )),
        Value::Array(all) => {
            let numbers = all.iter().filter(|one| one.is_number()).count();
            (numbers != 0 && numbers != all.len()).then(|| {
                let texts: Vec<Value> = all.iter().map(|one| Value::String(bare(one))).collect();
                (
                    "`anything-but` has strings and numbers in one list".into(),
                    format!("{} if the field is a string", condition(&flow(&Value::Array(texts)))),
                )
            })
        }
        Value::Object(inner) => negated(key, inner),
    }
}

/// A condition inside of `anything-but`.
fn negated(key: &str, inner: &Map<String, Value>) -> Option<Wrong> {
    let condition =
        |name: &str, value: &Value| format!("write `{key}: [{{anything-but: {}}}]`", written(name, value));
    let mut entries = inner.iter();
    let (Some((name, value)), None) = (entries.next(), entries.next()) else {
        return Some((
            "`anything-but` negates one condition".into(),
            condition("prefix", &Value::String("a".into())),
        ));
    };
    if !NEGATABLE.contains(&name.as_str()) {
        return Some((
            format!("`anything-but` cannot negate `{name}`"),
            match suggest::nearest(name, NEGATABLE) {
                Some(near) => condition(near, value),
                None => format!("write a value, a list of values, or one of {}", suggest::one_of(NEGATABLE)),
            },
        ));
    }
    let texts: Vec<&Value> = match value {
        Value::Array(all) => all.iter().collect(),
        one => vec![one],
    };
    if texts.is_empty() || !texts.iter().all(|one| one.is_string()) {
        let scalars = !texts.is_empty() && texts.iter().all(|one| one.is_number() || one.is_string());
        let quoted: Vec<Value> = texts.iter().map(|one| Value::String(bare(one))).collect();
        return Some((
            format!("`{name}` in `anything-but` compares with strings"),
            match scalars {
                true if value.is_array() => condition(name, &Value::Array(quoted)),
                true => condition(name, &quoted[0]),
                false => condition(name, &Value::String("a".into())),
            },
        ));
    }
    let is_empty = |one: &&Value| one.as_str() == Some("");
    if ["prefix", "suffix"].contains(&name.as_str()) && texts.iter().any(is_empty) {
        return Some((
            format!("every string has the {name} \"\", so `anything-but` would exclude all"),
            "remove the empty string".into(),
        ));
    }
    if name == "wildcard" {
        return texts.iter().find_map(|one| wildcard(key, one.as_str()?)).map(|(message, help)| {
            (message, help.replace("[{wildcard:", "[{anything-but: {wildcard:").replace("}]`", "}}]`"))
        });
    }
    None
}

fn example(name: &str) -> &'static str {
    match name {
        "cidr" => "10.0.0.0/8",
        "wildcard" => "\"a*b\"",
        _ => "abc",
    }
}

/// A condition as YAML.
fn written(name: &str, value: &Value) -> String {
    format!("{{{name}: {}}}", flow(value))
}

/// A scalar as a text.
fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A value as YAML in one line.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => plain(text),
        Value::Array(all) => format!("[{}]", all.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(name, value)| format!("{}: {}", plain(name), flow(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        value => value.to_string(),
    }
}

/// A text as YAML, with quotation marks where it would be something else.
fn plain(text: &str) -> String {
    let starts_as_text = text.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    let is_plain = starts_as_text && text.chars().all(|c| c.is_ascii_alphanumeric() || "._/-".contains(c));
    let is_word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        .contains(&text.to_ascii_lowercase().as_str());
    match is_plain && !is_word {
        true => text.to_owned(),
        false => Value::String(text.to_owned()).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::event_pattern::EVENTBRIDGE;
    use super::*;
    use crate::parse::{Places, tree};
    use crate::source::Sources;

    #[test]
    fn conditions_of_the_user_guide_are_accepted() {
        for one in [
            serde_json::json!({"prefix": "a"}),
            serde_json::json!({"prefix": {"equals-ignore-case": "eventB"}}),
            serde_json::json!({"suffix": {"equals-ignore-case": ".PNG"}}),
            serde_json::json!({"numeric": ["=", 3.018e2]}),
            serde_json::json!({"numeric": [">", 0, "<=", 5]}),
            serde_json::json!({"numeric": ["<", 10]}),
            serde_json::json!({"anything-but": ["a", "b"]}),
            serde_json::json!({"anything-but": [1, 2]}),
            serde_json::json!({"anything-but": {"wildcard": ["*/bin", "lib/*"]}}),
            serde_json::json!({"cidr": "10.0.0.0/24"}),
            serde_json::json!({"cidr": "2001:db8::/32"}),
            serde_json::json!({"wildcard": "a*b\\*c"}),
            serde_json::json!({"exists": false}),
            serde_json::json!(null),
            serde_json::json!(""),
            serde_json::json!(5),
        ] {
            assert_eq!(fault("x", &one, &EVENTBRIDGE), None, "{one}");
        }
    }

    /// A help of this form must be accepted when it is typed.
    #[test]
    fn every_help_is_accepted() {
        for one in [
            serde_json::json!({}),
            serde_json::json!({"exists": "no"}),
            serde_json::json!({"prefix": 5}),
            serde_json::json!({"prefix": ["a", "no", 5]}),
            serde_json::json!({"prefix": {"wildcard": "a"}}),
            serde_json::json!({"prefix": "a", "suffix": "b"}),
            serde_json::json!({"equals-ignore-case": true}),
            serde_json::json!({"numeric": 5}),
            serde_json::json!({"numeric": ["==", 5]}),
            serde_json::json!({"numeric": ["!=", 5]}),
            serde_json::json!({"numeric": ["=>", 5]}),
            serde_json::json!({"numeric": [">", "5"]}),
            serde_json::json!({"numeric": [">", "x"]}),
            serde_json::json!({"numeric": ["between", 5]}),
            serde_json::json!({"numeric": ["<", 5, ">", 1]}),
            serde_json::json!({"numeric": [">", 5, "<", 1]}),
            serde_json::json!({"numeric": [">", 5, "<", 5]}),
            serde_json::json!({"numeric": [">", 5, ">", 7]}),
            serde_json::json!({"numeric": [">", 5, "<"]}),
            serde_json::json!({"anything-but": true}),
            serde_json::json!({"anything-but": null}),
            serde_json::json!({"anything-but": []}),
            serde_json::json!({"anything-but": ["a", 5]}),
            serde_json::json!({"anything-but": [{"prefix": "a"}]}),
            serde_json::json!({"anything-but": {"prefix": 5}}),
            serde_json::json!({"anything-but": {"prefixes": "a"}}),
            serde_json::json!({"anything-but": {"suffix": [5, "a"]}}),
            serde_json::json!({"anything-but": {"wildcard": "a**b"}}),
            serde_json::json!({"anything-but": {}}),
            serde_json::json!({"cidr": "10.0.0.1"}),
            serde_json::json!({"cidr": "10.0.0.0/33"}),
            serde_json::json!({"cidr": "2001:db8::1"}),
            serde_json::json!({"wildcard": "a***b"}),
            serde_json::json!({"wildcard": ["a*", "*b"]}),
            serde_json::json!({"exits": true}),
        ] {
            let (message, help) = fault("x", &one, &EVENTBRIDGE).unwrap_or_else(|| panic!("{one}"));
            let Some((_, typed)) = help.split_once('`').filter(|(_, typed)| typed.starts_with("x: ")) else {
                assert!(help.starts_with("did you mean"), "{one}: {message}: {help}");
                continue;
            };
            let typed = typed.split('`').next().expect("a quoted text");
            let parsed: Value = read(typed);
            let elements = parsed["x"].as_array().unwrap_or_else(|| panic!("{one}: {typed}"));
            for element in elements {
                assert_eq!(fault("x", element, &EVENTBRIDGE), None, "{one}: {typed}");
            }
        }
    }

    /// What a person types, as the compiler reads it.
    fn read(text: &str) -> Value {
        let mut sources = Sources::default();
        let file = sources.add("spec.yaml", text.to_owned());
        let (node, _) = tree::read(text);
        Places::lower(&node.unwrap_or_else(|| panic!("{text}")), sources.file(file)).0
    }
}
