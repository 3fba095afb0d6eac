//! Paths into JSON, such as `$.login.uuid` or `$.pages[0].items`, followed in the text itself: what they
//! lead to keeps its numbers and the order of its keys.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
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

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        self.steps.iter().try_fold(json, |json, step| {
            let mut json = serde_json::Deserializer::from_str(json.get());
            match step {
                Step::Key(key) => Member(key).deserialize(&mut json).ok()?,
                Step::Index(index) => Element(*index).deserialize(&mut json).ok()?,
            }
        })
    }

    /// The names of a path that leads through objects alone.
    #[must_use]
    pub fn names(&self) -> Option<Vec<&str>> {
        let names = self.steps.iter().map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) => None,
        });
        names.collect()
    }
}

/// Reads the value of one key of an object, and skips the others. The last of several wins.
struct Member<'k>(&'k str);

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = Option<&'de RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(Name(name)) = object.next_key()? {
            if name == self.0 {
                found = Some(object.next_value()?);
            } else {
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// Reads one element of an array, and skips the others.
struct Element(usize);

impl<'de> DeserializeSeed<'de> for Element {
    type Value = Option<&'de RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Element {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        for _ in 0..self.0 {
            if array.next_element::<IgnoredAny>()?.is_none() {
                return Ok(None);
            }
        }
        let found = array.next_element()?;
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(found)
    }
}

/// A key, borrowed from the text where it has no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

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
        assert_eq!(find("$.a", r#"{"a":1,"b":2,"a":3}"#).as_deref(), Some("3"), "the last of a name counts");
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
