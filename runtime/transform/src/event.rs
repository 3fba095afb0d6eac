//! The event that Firehose sends, borrowed from its bytes.
//!
//! A record's fields are kept as raw JSON: one record with data of a wrong type must fail alone, and a
//! typed field would fail the whole batch. It also saves a copy of every record.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// One batch; keys that are not used here are ignored, since Firehose adds some by source.
#[derive(Debug, Deserialize)]
pub struct Event<'a> {
    /// Firehose's id of this call, for the log.
    #[serde(rename = "invocationId", default, borrow)]
    pub invocation_id: Option<Cow<'a, str>>,
    /// The records, in order; may be empty.
    #[serde(borrow)]
    pub records: Vec<Record<'a>>,
}

/// One record of the batch.
#[derive(Debug, Deserialize)]
pub struct Record<'a> {
    /// The JSON of the id. It is sent back as it came, never decoded and encoded again.
    #[serde(rename = "recordId", borrow)]
    pub id: &'a RawValue,
    #[serde(default, borrow)]
    data: Option<&'a RawValue>,
}

/// Why an event could not be read. Holds no part of the event.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a Firehose transform event: {category} at line {line}, column {column}")]
pub struct EventError {
    category: &'static str,
    line: usize,
    column: usize,
}

impl<'a> Event<'a> {
    /// Reads an event.
    ///
    /// # Errors
    /// When it is not an object with a list of `records` that each have a `recordId`. Without ids no
    /// record can be answered, so the call as a whole has to fail.
    pub fn from_json(json: &'a str) -> Result<Self, EventError> {
        serde_json::from_str(json).map_err(|error| {
            // serde_json's own text can quote a value of the event.
            let category = match error.classify() {
                serde_json::error::Category::Data => "unexpected shape",
                serde_json::error::Category::Syntax => "no JSON",
                serde_json::error::Category::Eof | serde_json::error::Category::Io => "unexpected end",
            };
            EventError { category, line: error.line(), column: error.column() }
        })
    }
}

impl<'a> Record<'a> {
    /// About how many bytes of reply the data needs.
    pub(crate) fn size_hint(&self) -> usize {
        // Room for a suffix of a few bytes, so that the reply's buffer rarely grows.
        self.data.map_or(0, |data| data.get().len() + 16)
    }

    /// The base64 text of the payload, or `None` where `data` is missing or no text.
    #[must_use]
    pub fn base64(&self) -> Option<Cow<'a, str>> {
        let json = self.data?.get();
        match json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(text) if !text.contains('\\') => Some(Cow::Borrowed(text)),
            // JSON allows to write `/` as `\/`, and some encoders do.
            _ => serde_json::from_str(json).ok().map(Cow::Owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(json: &str) -> Option<String> {
        let event = format!(r#"{{"records":[{{"recordId":"1","data":{json}}}]}}"#);
        let event = Event::from_json(&event).expect("an event");
        event.records[0].base64().map(Cow::into_owned)
    }

    #[test]
    fn data_of_any_type_is_read() {
        assert_eq!(data(r#""YQ==""#).as_deref(), Some("YQ=="));
        assert_eq!(data(r#""a\/b+""#).as_deref(), Some("a/b+"));
        assert_eq!(data(r#""""#).as_deref(), Some(""));
        for poison in ["null", "7", "true", "{}", r#"["YQ=="]"#, r#""\ud800""#] {
            assert_eq!(data(poison), None, "{poison}");
        }
    }

    #[test]
    fn errors_quote_nothing() {
        for bad in ["", "{", "7", r#"{"records":"SECRET"}"#, r#"{"records":[{"data":"SECRET"}]}"#] {
            let error = Event::from_json(bad).expect_err(bad).to_string();
            assert!(!error.contains("SECRET"), "{error}");
            assert!(error.contains("line"), "{error}");
        }
    }
}
