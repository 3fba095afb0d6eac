//! The reply to Firehose, never larger than Lambda lets it be.

use serde_json::value::RawValue;

use crate::event::Record;

/// Largest reply of a synchronous call, in bytes. Lambda fails a larger one as a whole with
/// `Function.ResponseSizeTooLarge` ("exceeded maximum allowed payload size (6291556 bytes)").
pub const LIMIT: usize = 6_291_556;

const OPEN: &str = r#"{"records":["#;
const CLOSE: &str = "]}";
const ID: &str = r#"{"recordId":"#;
const OK: &str = r#","result":"Ok","data":""#;
const OK_END: &str = r#""}"#;
const DROPPED: &str = r#","result":"Dropped"}"#;
const FAILED: &str = r#","result":"ProcessingFailed"}"#;

/// Writes one answer a record, in the order of the calls.
///
/// **What does not fit** becomes `ProcessingFailed`. Firehose writes such a record, as it came, under the
/// error prefix with the id of the call, so nothing is lost and the others go on. A reply that is too large
/// would fail the call instead; Firehose would repeat it with the same records and the same end, and then
/// put *all* of them under the error prefix. Room for every record's `ProcessingFailed` is kept back from
/// the start, so the reply always has an answer for each.
///
/// `Dropped` and `ProcessingFailed` carry no data: Firehose keeps the original record for itself.
#[derive(Debug)]
pub struct Reply {
    json: String,
    /// Bytes that may still be spent on data.
    room: usize,
}

/// The record's data does not fit into the reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

impl Reply {
    /// An empty reply for these records, of at most `limit` bytes.
    ///
    /// With a `limit` below what the bare answers need, none of the data fits and the reply is as short as
    /// it can be. This needs ids that make up the whole of an event of the largest size.
    #[must_use]
    pub fn new(records: &[Record<'_>], limit: usize) -> Self {
        let commas = records.len().saturating_sub(1);
        let answers = commas + records.iter().map(|record| bare(record.id, FAILED)).sum::<usize>();
        let room = limit.saturating_sub(OPEN.len() + CLOSE.len() + answers);
        let data: usize = records.iter().map(Record::size_hint).sum();
        let mut json = String::with_capacity(OPEN.len() + CLOSE.len() + answers + data.min(room));
        json.push_str(OPEN);
        Self { json, room }
    }

    /// Answers `Ok` with data of two parts of base64.
    ///
    /// # Errors
    /// When it does not fit. The record is not answered then.
    pub fn ok(&mut self, id: &RawValue, head: &str, tail: &str) -> Result<(), Full> {
        let more = (OK.len() + OK_END.len() + head.len() + tail.len()).saturating_sub(FAILED.len());
        self.room = self.room.checked_sub(more).ok_or(Full)?;
        for part in [ID, id.get(), OK, head, tail, OK_END] {
            self.json.push_str(part);
        }
        self.json.push(',');
        Ok(())
    }

    /// Answers `Dropped`.
    pub fn dropped(&mut self, id: &RawValue) {
        self.bare(id, DROPPED);
    }

    /// Answers `ProcessingFailed`.
    pub fn failed(&mut self, id: &RawValue) {
        self.bare(id, FAILED);
    }

    fn bare(&mut self, id: &RawValue, result: &str) {
        for part in [ID, id.get(), result, ","] {
            self.json.push_str(part);
        }
    }

    /// The whole reply as JSON.
    #[must_use]
    pub fn finish(mut self) -> String {
        if self.json.ends_with(',') {
            self.json.pop();
        }
        self.json.push_str(CLOSE);
        self.json
    }
}

fn bare(id: &RawValue, result: &str) -> usize {
    ID.len() + id.get().len() + result.len()
}
