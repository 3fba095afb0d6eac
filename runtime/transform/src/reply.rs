//! The reply to Firehose, never larger than Lambda lets it be.

use crate::event::Record;

/// Largest reply of a synchronous call, in bytes: 6 MB. Lambda fails a larger one as a whole with
/// `Function.ResponseSizeTooLarge`. <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
pub const LIMIT: usize = 6 * 1024 * 1024;

const OPEN: &str = r#"{"records":["#;
const CLOSE: &str = "]}";
const ID: &str = r#"{"recordId":"#;
const OK: &str = r#","result":"Ok","data":""#;
const OK_END: &str = r#""}"#;
const KEYS: &str = r#"","metadata":{"partitionKeys":"#;
const KEYS_END: &str = "}}";
const DROPPED: &str = r#","result":"Dropped"}"#;
const FAILED: &str = r#","result":"ProcessingFailed"}"#;

/// Writes one answer a record, in the order of the calls.
///
/// **What does not fit** becomes `ProcessingFailed`. Firehose writes such a record, as it came, under the
/// error prefix and does not send it again, so nothing is lost and the others go on. All other ends are worse:
/// a reply that is too large fails the call, which Firehose repeats with the same records and the same end,
/// and then *all* of them go under the error prefix; `Dropped` loses the record; one cut short is no record.
/// A record behind it that is smaller still goes on. Room for every record's `ProcessingFailed` is kept back
/// from the start, so there is always an answer for each.
///
/// It is the last resort. An event brings more JSON with a record than a reply (its time of arrival alone is
/// longer than the result), so the reply of a newline fits wherever the event did. What appends more is held
/// against the size of Firehose's buffer when the pipeline is built (`PIPE0507`).
///
/// `Dropped` and `ProcessingFailed` carry no data: Firehose keeps the original record for itself.
#[derive(Debug)]
pub struct Reply {
    json: Vec<u8>,
    room: Room,
}

/// Bytes of a reply that may still be spent on data.
#[derive(Debug)]
pub struct Room(usize);

impl Room {
    /// The room of a reply of at most `limit` bytes, whose records have ids of these lengths in JSON. Room for every record's
    /// `ProcessingFailed` is kept back.
    #[must_use]
    pub fn new(ids: impl ExactSizeIterator<Item = usize>, limit: usize) -> Self {
        let commas = ids.len().saturating_sub(1);
        let answers = commas + ids.map(|id| bare(id, FAILED)).sum::<usize>();
        Self(limit.saturating_sub(OPEN.len() + CLOSE.len() + answers))
    }

    /// Takes the room of an `Ok` with so many bytes of base64.
    ///
    /// # Errors
    /// When it does not fit. Nothing is taken then.
    pub fn take(&mut self, base64: usize) -> Result<(), Full> {
        self.take_result(OK.len() + base64 + OK_END.len())
    }

    /// Takes the room of an `Ok` with so many bytes of base64 and of partition keys.
    ///
    /// # Errors
    /// When it does not fit. Nothing is taken then.
    pub fn take_in_partition(&mut self, base64: usize, keys: usize) -> Result<(), Full> {
        self.take_result(OK.len() + base64 + KEYS.len() + keys + KEYS_END.len())
    }

    fn take_result(&mut self, length: usize) -> Result<(), Full> {
        self.0 = self.0.checked_sub(length.saturating_sub(FAILED.len())).ok_or(Full)?;
        Ok(())
    }
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
        let room = Room::new(records.iter().map(|record| record.id.len()), limit);
        let answers = limit.saturating_sub(room.0);
        let data: usize = records.iter().map(data_size).sum();
        let mut json = Vec::with_capacity((answers + data.min(room.0)).min(LIMIT));
        json.extend_from_slice(OPEN.as_bytes());
        Self { json, room }
    }

    /// Answers `Ok` with data of two parts of base64.
    ///
    /// # Errors
    /// When it does not fit. The record is not answered then.
    pub fn ok(&mut self, id: &str, head: &[u8], tail: &[u8]) -> Result<(), Full> {
        self.answer(id, &[OK.as_bytes(), head, tail, OK_END.as_bytes()])
    }

    /// Answers `Ok` with base64, and with the partition keys of the record as a JSON object.
    ///
    /// # Errors
    /// When it does not fit. The record is not answered then.
    pub fn ok_in_partition(&mut self, id: &str, data: &[u8], keys: &[u8]) -> Result<(), Full> {
        let (ok, before, behind) = (OK.as_bytes(), KEYS.as_bytes(), KEYS_END.as_bytes());
        self.answer(id, &[ok, data, before, keys, behind])
    }

    fn answer(&mut self, id: &str, result: &[&[u8]]) -> Result<(), Full> {
        self.room.take_result(result.iter().map(|part| part.len()).sum())?;
        self.json.extend_from_slice(ID.as_bytes());
        self.json.extend_from_slice(id.as_bytes());
        for part in result {
            self.json.extend_from_slice(part);
        }
        self.json.push(b',');
        Ok(())
    }

    /// Answers `Dropped`.
    pub fn dropped(&mut self, id: &str) {
        self.bare(id, DROPPED);
    }

    /// Answers `ProcessingFailed`.
    pub fn failed(&mut self, id: &str) {
        self.bare(id, FAILED);
    }

    fn bare(&mut self, id: &str, result: &str) {
        for part in [ID, id, result, ","] {
            self.json.extend_from_slice(part.as_bytes());
        }
    }

    /// The whole reply as JSON.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        if self.json.ends_with(b",") {
            self.json.pop();
        }
        self.json.extend_from_slice(CLOSE.as_bytes());
        self.json
    }
}

fn bare(id: usize, result: &str) -> usize {
    ID.len() + id + result.len()
}

/// About how many bytes of reply the data needs: with room for a suffix, so that the buffer rarely grows.
fn data_size(record: &Record<'_>) -> usize {
    record.data.as_ref().map_or(0, |data| data.as_bytes().len() + 16)
}
