//! The limits that editors show are those of the rules.

use regex_lite::Regex;
use serde_json::Value;

use super::names::PART;
use crate::spec::schema::schema;

/// The limits of a subschema for editors, which are in `allOf`.
fn limits(subschema: &Value) -> impl Iterator<Item = &Value> {
    subschema["allOf"].as_array().into_iter().flatten()
}

/// Whether a text is within limits.
fn allows(limits: &Value, text: &str) -> bool {
    let pattern = limits["pattern"]
        .as_str()
        .is_none_or(|pattern| Regex::new(pattern).expect("a pattern").is_match(text));
    pattern && limits["maxLength"].as_u64().is_none_or(|max| text.chars().count() as u64 <= max)
}

#[test]
fn editors_accept_the_names_that_check_accepts() {
    let long = "a".repeat(20);
    let longer = "a".repeat(21);
    for key in ["sources", "consumers", "deliveries"] {
        let limits = &limits(&schema()["properties"][key]).next().expect("limits")["propertyNames"];
        for name in
            ["a", "a1", "a-b", "a-1-b", "1a", "-a", "a-", "a--b", "A", "a_b", "a.b", "", &long, &longer]
        {
            assert_eq!(allows(limits, name), PART.check(name).is_ok(), "{key}: {name}");
        }
    }
}

#[test]
fn editors_accept_every_example() {
    fn walk(subschema: &Value, count: &mut usize) {
        for limits in limits(subschema) {
            for example in subschema["examples"].as_array().into_iter().flatten() {
                *count += 1;
                match example {
                    Value::String(text) => assert!(allows(limits, text), "{text}: {limits}"),
                    Value::Array(items) => {
                        let mut texts = items.iter().filter_map(Value::as_str);
                        assert!(texts.all(|text| allows(&limits["items"], text)), "{example}: {limits}");
                    }
                    example => {
                        let number = example.as_f64().expect("a number");
                        let (min, max) = (limits["minimum"].as_f64(), limits["maximum"].as_f64());
                        assert!(min.is_some_and(|min| min <= number) && max.is_some_and(|max| number <= max));
                    }
                }
            }
        }
        match subschema {
            Value::Object(entries) => entries.values().for_each(|child| walk(child, count)),
            Value::Array(items) => items.iter().for_each(|child| walk(child, count)),
            _ => {}
        }
    }
    let mut count = 0;
    walk(schema(), &mut count);
    assert!(count > 25, "{count}");
}
