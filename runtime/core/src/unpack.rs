//! Records that are packets of others: what CloudWatch Logs sends is gzip of a batch of log events.
//!
//! Amazon CloudWatch Logs User Guide, "Log group-level subscription filters", 2026-11.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;
use serde::{Deserialize, Serialize};

use crate::budget::MAX_BYTES;
use crate::json;

/// What records are unpacked from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unpack {
    /// CloudWatch Logs: gzip of a JSON object with a list of log events.
    CloudwatchLogs,
}

/// What was in a record.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Unpacked {
    /// Log events.
    pub events: u32,
    /// Whether CloudWatch Logs sent it to check that it may write.
    pub is_control_message: bool,
}

/// The first bytes of each gzip file, RFC 1952.
const GZIP: &[u8] = b"\x1f\x8b";
/// The most bytes that one record may unpack to. No record of CloudWatch Logs comes near it; what does would take the
/// memory of the function.
const MAX_UNPACKED: u64 = 32 << 20;
/// Key of a message that is a JSON object.
pub(crate) const FIELDS: &str = "fields";
const CONTROL: &str = "CONTROL_MESSAGE";
const DATA: &str = "DATA_MESSAGE";

/// The record is no packet, or holds more than can be delivered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// The object in the gzip. Unknown keys are ignored, since CloudWatch Logs adds some by the kind of subscription.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Packet<'a> {
    #[serde(borrow)]
    message_type: Cow<'a, str>,
    #[serde(borrow, default)]
    owner: Cow<'a, str>,
    #[serde(borrow, default)]
    log_group: Cow<'a, str>,
    #[serde(borrow, default)]
    log_stream: Cow<'a, str>,
    #[serde(borrow)]
    log_events: Vec<LogEvent<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogEvent<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    /// Milliseconds since 1970.
    timestamp: i64,
    #[serde(borrow)]
    message: Cow<'a, str>,
    /// What a filter pattern of fields has found.
    #[serde(default)]
    extracted_fields: Option<serde_json::Map<String, serde_json::Value>>,
}

/// The bytes in a gzip record; `None` for any other record.
pub(crate) fn gunzip(record: &[u8]) -> Option<Result<Vec<u8>, Unreadable>> {
    if !record.starts_with(GZIP) {
        return None;
    }
    let mut unpacked = Vec::with_capacity(record.len().saturating_mul(8).min(MAX_BYTES));
    let mut reader = MultiGzDecoder::new(record).take(MAX_UNPACKED + 1);
    let read = reader.read_to_end(&mut unpacked);
    let fits = read.is_ok_and(|read| read as u64 <= MAX_UNPACKED);
    Some(if fits { Ok(unpacked) } else { Err(Unreadable) })
}

/// The messages of the log events in a record of CloudWatch Logs, each with a newline, as Firehose itself extracts them;
/// none in a message that checks the subscription. `None` where the record is not one of CloudWatch Logs.
#[must_use]
pub fn log_messages(record: &[u8]) -> Option<Vec<u8>> {
    let text = gunzip(record)?.ok()?;
    let packet = Packet::from_json(&text).ok()?;
    let mut lines = Vec::new();
    for event in packet.log_events.iter().filter(|_| packet.message_type != CONTROL) {
        lines.extend_from_slice(event.message.as_bytes());
        lines.push(b'\n');
    }
    Some(lines)
}

impl<'a> Packet<'a> {
    /// Reads what was in the gzip.
    pub(crate) fn from_json(text: &'a [u8]) -> Result<Self, Unreadable> {
        let packet: Self = serde_json::from_slice(text).map_err(|_| Unreadable)?;
        if [CONTROL, DATA].contains(&&*packet.message_type) { Ok(packet) } else { Err(Unreadable) }
    }

    /// What was in the record.
    pub(crate) fn unpacked(&self) -> Unpacked {
        let is_control_message = self.message_type == CONTROL;
        let events = if is_control_message { 0 } else { self.log_events.len() };
        Unpacked { events: u32::try_from(events).unwrap_or(u32::MAX), is_control_message }
    }

    /// Gives each log event as a JSON object to `take`. With `fields`, a message that is a JSON object is in it a second
    /// time, as that object; for whether its numbers are exact, see [`json::read`].
    pub(crate) fn each<E>(
        &self,
        fields: Option<bool>,
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.message_type == CONTROL {
            return Ok(());
        }
        let mut behind = Vec::new();
        for (key, value) in
            [("logGroup", &self.log_group), ("logStream", &self.log_stream), ("owner", &self.owner)]
        {
            behind.extend_from_slice(b",\"");
            behind.extend_from_slice(key.as_bytes());
            behind.extend_from_slice(b"\":");
            json::write_text(value, &mut behind);
        }
        let mut object = Vec::new();
        for event in &self.log_events {
            object.clear();
            event.write(&behind, fields, &mut object);
            take(&object)?;
        }
        Ok(())
    }

    /// All log events, each with `append` behind it.
    pub(crate) fn lines(&self, append: &str) -> Result<Vec<u8>, Unreadable> {
        let mut lines = Vec::new();
        self.each(None, |event| {
            if lines.len() + event.len() + append.len() > MAX_BYTES {
                return Err(Unreadable);
            }
            lines.extend_from_slice(event);
            lines.extend_from_slice(append.as_bytes());
            Ok(())
        })?;
        Ok(lines)
    }
}

impl LogEvent<'_> {
    fn write(&self, behind: &[u8], fields: Option<bool>, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"id\":");
        json::write_text(&self.id, out);
        out.extend_from_slice(b",\"timestamp\":");
        out.extend_from_slice(itoa::Buffer::new().format(self.timestamp).as_bytes());
        out.extend_from_slice(b",\"message\":");
        json::write_text(&self.message, out);
        out.extend_from_slice(behind);
        if let Some(extracted) = &self.extracted_fields {
            out.extend_from_slice(b",\"extractedFields\":");
            // A map of JSON is JSON again.
            let _ = serde_json::to_writer(&mut *out, extracted);
        }
        if let Some(fields) = fields.and_then(|exact| json::object(&self.message, exact)) {
            for part in [",\"", FIELDS, "\":"] {
                out.extend_from_slice(part.as_bytes());
            }
            out.extend_from_slice(fields.as_bytes());
        }
        out.push(b'}');
    }
}
