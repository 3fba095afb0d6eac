//! Paths into JSON, such as `$.login.uuid` or `$.pages[0].items`, followed in the text itself: what they
//! lead to keeps its numbers and the order of its keys.

use std::{borrow::Cow, collections::HashMap};

use serde::Deserialize;
use serde_json::value::RawValue;

/// A path: `$`, then `.name`, `["name"]` or `[index]` any number of times.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Path {
    text: String,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

/// The text is no path.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a path such as \"$.results\" or \"$.pages[0]\"")]
pub struct PathError(String);

impl TryFrom<String> for Path {
    type Error = PathError;

    fn try_from(text: String) -> Result<Self, PathError> {
        let Some(steps) = steps(&text) else { return Err(PathError(text)) };
        Ok(Self { text, steps })
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

fn steps(text: &str) -> Option<Vec<Step>> {
    let mut rest = text.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(name) = rest.strip_prefix('.') {
            let end = name.find(['.', '[']).unwrap_or(name.len());
            if end == 0 {
                return None;
            }
            steps.push(Step::Key(name[..end].to_owned()));
            rest = &name[end..];
        } else if rest.starts_with("[\"") {
            // A JSON string, so that a name may hold any character.
            let mut strings = serde_json::Deserializer::from_str(&rest[1..]).into_iter::<String>();
            let name = strings.next()?.ok()?;
            rest = rest[1 + strings.byte_offset()..].strip_prefix(']')?;
            steps.push(Step::Key(name));
        } else {
            let (index, after) = rest.strip_prefix('[')?.split_once(']')?;
            steps.push(Step::Index(index.parse().ok()?));
            rest = after;
        }
    }
    Some(steps)
}

impl Path {
    /// The JSON that the path leads to; `None` where a step is missing or is not an object or array.
    #[must_use]
    pub fn find<'a>(&self, json: &'a RawValue) -> Option<&'a RawValue> {
        self.steps.iter().try_fold(json, |json, step| match step {
            Step::Key(key) => {
                let mut object: HashMap<Name<'a>, &'a RawValue> = serde_json::from_str(json.get()).ok()?;
                object.remove(key.as_str())
            }
            Step::Index(index) => {
                let array: Vec<&'a RawValue> = serde_json::from_str(json.get()).ok()?;
                array.get(*index).copied()
            }
        })
    }
}

/// A key, borrowed from the text where it has no escapes.
#[derive(PartialEq, Eq, Hash, Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl std::borrow::Borrow<str> for Name<'_> {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(path: &str, json: &str) -> Option<String> {
        let path = Path::try_from(path.to_owned()).expect(path);
        let json: &RawValue = serde_json::from_str(json).expect("JSON");
        path.find(json).map(|found| found.get().to_owned())
    }

    #[test]
    fn follows_names_and_indices() {
        let json = r#"{"a": {"b": [1.0, {"c d": 12345678901234567890123}], "\u0065": true}}"#;
        assert_eq!(find("$", "[1]").as_deref(), Some("[1]"));
        assert_eq!(find("$.a.b[0]", json).as_deref(), Some("1.0"));
        assert_eq!(find("$.a.b[1][\"c d\"]", json).as_deref(), Some("12345678901234567890123"));
        assert_eq!(find("$.a.e", json).as_deref(), Some("true"));
        for missing in ["$.b", "$.a.b.c", "$.a.b[2]", "$[0]", "$.a.b[0].c"] {
            assert_eq!(find(missing, json), None, "{missing}");
        }
    }

    #[test]
    fn refuses_other_texts() {
        for text in ["", "a", "$a", "$.", "$..a", "$.a.", "$[", "$[]", "$[-1]", "$[\"a]", "$[*]", "$.a b[x]"]
        {
            assert!(Path::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
