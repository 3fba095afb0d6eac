//! The event that Firehose sends, borrowed from its bytes.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{base64::Base64, scan};

/// One batch; keys that are not used here are ignored, since Firehose adds some by source.
#[derive(Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// Firehose's id of this call, for the log.
    pub invocation_id: Option<Cow<'a, str>>,
    /// The records, in order; may be empty.
    pub records: Vec<Record<'a>>,
}

/// One record of the batch.
#[derive(Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// The JSON of the id. It is sent back as it came, never decoded and encoded again.
    pub id: &'a str,
    /// The payload, or `None` where `data` is missing, no text or no base64: such a record fails alone.
    pub data: Option<Base64<'a>>,
}

/// Why an event could not be read. Holds no part of the event.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
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
    pub fn from_json(json: &'a [u8]) -> Result<Self, EventError> {
        scan::event(json).map_or_else(|| Self::of_any_shape(json), Ok)
    }

    /// As [`Event::from_json`], at a third of the speed, by serde alone.
    ///
    /// # Errors
    /// The same.
    pub fn of_any_shape(json: &'a [u8]) -> Result<Self, EventError> {
        let typed: TypedEvent<'a> = serde_json::from_slice(json).map_err(|error| {
            // serde_json's own text can quote a value of the event.
            let category = match error.classify() {
                serde_json::error::Category::Data => "unexpected shape",
                serde_json::error::Category::Syntax => "no JSON",
                serde_json::error::Category::Eof | serde_json::error::Category::Io => "unexpected end",
            };
            EventError { category, line: error.line(), column: error.column() }
        })?;
        let records = typed.records.into_iter().map(|record| Record {
            id: record.id.get(),
            data: record.data.and_then(|data| Base64::from_json(data.get())),
        });
        Ok(Event { invocation_id: typed.invocation_id, records: records.collect() })
    }
}

#[derive(Deserialize)]
struct TypedEvent<'a> {
    #[serde(rename = "invocationId", default, borrow)]
    invocation_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    records: Vec<TypedRecord<'a>>,
}

/// Raw JSON: one record with data of a wrong type must fail alone, and a typed field would fail the batch.
#[derive(Deserialize)]
struct TypedRecord<'a> {
    #[serde(rename = "recordId", borrow)]
    id: &'a RawValue,
    #[serde(default, borrow)]
    data: Option<&'a RawValue>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(json: &str) -> Option<String> {
        let event = format!(r#"{{"records":[{{"recordId":"1","data":{json}}}]}}"#);
        let event = Event::from_json(event.as_bytes()).expect("an event");
        let base64 = event.records[0].data.as_ref()?;
        Some(String::from_utf8(base64.as_bytes().to_vec()).expect("text"))
    }

    #[test]
    fn data_of_any_type_is_read() {
        assert_eq!(data(r#""YQ==""#).as_deref(), Some("YQ=="));
        assert_eq!(data(r#""a\/b\u002b""#).as_deref(), Some("a/b+"));
        assert_eq!(data(r#""""#).as_deref(), Some(""));
        for poison in ["null", "7", "true", "{}", r#"["YQ=="]"#, r#""\ud800""#, r#""YQ""#] {
            assert_eq!(data(poison), None, "{poison}");
        }
    }

    #[test]
    fn errors_quote_nothing() {
        for bad in ["", "{", "7", r#"{"records":"SECRET"}"#, r#"{"records":[{"data":"SECRET"}]}"#] {
            let error = Event::from_json(bad.as_bytes()).expect_err(bad).to_string();
            assert!(!error.contains("SECRET"), "{error}");
            assert!(error.contains("line"), "{error}");
        }
    }
}
