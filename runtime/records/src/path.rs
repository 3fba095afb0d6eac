//! Paths followed in the text of JSON itself: what they lead to keeps its numbers and the order of its keys.

use std::{borrow::Cow, fmt};

use pipec_path::{Path, Step};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

/// The JSON that the path leads to; `None` where a step is missing or is not an object or array.
#[must_use]
pub fn find<'a>(path: &Path, json: &'a RawValue) -> Option<&'a RawValue> {
    path.steps().iter().try_fold(json, |json, step| {
        let mut json = serde_json::Deserializer::from_str(json.get());
        match step {
            Step::Key(key) => Member(key).deserialize(&mut json).ok()?,
            Step::Index(index) => Element(*index).deserialize(&mut json).ok()?,
        }
    })
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
        let path = pipec_path::parse(path).expect(path);
        let json: &RawValue = serde_json::from_str(json).expect("JSON");
        super::find(&path, json).map(|found| found.get().to_owned())
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
}
