//! What happened to the records, step by step.

use std::borrow::Cow;

use serde::Serialize;

use super::arrivals::clamped;
use super::shards::ShardTrace;

/// A time in UTC, milliseconds since 1970, as `2026-11-30T12:00:00.000Z`.
pub fn time_text(millis: i64) -> String {
    let text = pipec_core::timestamp_text(clamped(millis)).replace(' ', "T");
    format!("{text}Z")
}

/// What happened in a run.
#[derive(Clone, Debug, Serialize)]
pub struct Trace {
    /// The pipeline.
    pub pipeline: String,
    /// Where the records came from.
    pub source: SourceTrace,
    /// The stream, if there is one.
    pub stream: Option<StreamTrace>,
    /// Rows that Flink made, by output.
    pub rows: Vec<RowsTrace>,
    /// The deliveries.
    pub deliveries: Vec<DeliveryTrace>,
    /// Readers of the stream besides those.
    pub consumers: Vec<ConsumerTrace>,
    /// What could not run here, or runs in another way than in AWS.
    pub notes: Vec<String>,
    /// The first records with what became of them.
    pub shown: Vec<ShownRecord>,
}

/// Where the records came from.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SourceTrace {
    /// In a few words.
    pub name: String,
    /// Records that were read.
    pub records_in: u64,
    /// Records that were sent.
    pub records_out: u64,
    /// Bytes of those, without partition keys.
    pub bytes_out: u64,
    /// Records left out, since they are larger than the service accepts.
    pub too_large: u64,
    /// Records without a value for the partition key: they got a random key.
    pub without_key: u64,
    /// Records without a time, which arrived with the one before.
    pub without_time: u64,
    /// When the first and the last record arrived.
    pub first: Option<String>,
    /// The last.
    pub last: Option<String>,
    /// Records per second, by the records' clock.
    pub records_per_second: f64,
    /// Bytes of an average record.
    pub average_record_size: f64,
    /// The same, as the spec declares it.
    pub declared_record_size: u64,
}

/// A stream.
#[derive(Clone, Debug, Serialize)]
pub struct StreamTrace {
    /// Logical id.
    pub name: String,
    /// Records.
    pub records: u64,
    /// Its shards; none on demand.
    pub shards: Vec<ShardTrace>,
}

impl StreamTrace {
    /// The shard whose busiest second came nearest to its limits.
    pub fn hottest(&self) -> Option<&ShardTrace> {
        let by_peak = |one: &&ShardTrace, other: &&ShardTrace| {
            one.peak_percent_of_limit.total_cmp(&other.peak_percent_of_limit)
        };
        self.shards.iter().max_by(by_peak)
    }
}

/// Rows of an output.
#[derive(Clone, Debug, Serialize)]
pub struct RowsTrace {
    /// The output.
    pub output: String,
    /// What ran the SQL: `record program`, or Flink with its version.
    pub runs_on: String,
    /// Records that came in.
    pub records_in: u64,
    /// Its rows.
    pub rows: u64,
    /// Records without a row, if the record program ran the SQL.
    pub dropped: Option<u64>,
    /// Records that are skipped, since they are not what the SQL reads.
    pub skipped: Option<u64>,
    /// Values that do not fit their columns, and so were NULL.
    pub invalid_values: Option<u64>,
    /// Rows per record of the stream.
    pub rows_per_record: f64,
    /// The same, as it is planned; `None` for error records.
    pub planned: Option<f64>,
    /// The rows, if the run keeps them.
    #[serde(skip)]
    pub contents: Vec<Vec<u8>>,
}

/// A delivery.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryTrace {
    /// Its name in the spec, if there are several.
    pub name: Option<String>,
    /// The transform, if there is one.
    pub transform: Option<TransformTrace>,
    /// Records that came in.
    pub records_in: u64,
    /// Records that reached the destination.
    pub records_out: u64,
    /// Records that were left out on purpose.
    pub dropped: u64,
    /// Records that went under the error prefix.
    pub failed: u64,
    /// Bytes that reached the destination, before compression.
    pub bytes_out: u64,
    /// Objects with records.
    pub objects: u64,
    /// Bytes of them, compressed.
    pub object_bytes: u64,
    /// Objects under the error prefix.
    pub error_objects: u64,
    /// Objects of the backup.
    pub backup_objects: u64,
    /// Whether the destination is not a bucket, so that its objects are requests.
    pub is_service: bool,
    /// Records that failed in Firehose itself, by reason.
    pub failures: Vec<FailureTrace>,
    /// Time from the arrival of a record to its object in S3, or to its request; `None` if nothing was delivered.
    pub delay: Option<Delay>,
    /// The first objects, one by one.
    pub listed: Vec<ObjectTrace>,
    /// What was delivered, record by record, if the run keeps it.
    #[serde(skip)]
    pub contents: Vec<Vec<u8>>,
}

/// Records that failed in Firehose itself for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FailureTrace {
    /// The code in the documents of the records.
    pub error_code: &'static str,
    /// The reason in a few words.
    pub reason: Cow<'static, str>,
    /// How many.
    pub records: u64,
}

/// A transform.
#[derive(Clone, Debug, Serialize)]
pub struct TransformTrace {
    /// Whether the SQL runs in it.
    pub runs_query: bool,
    /// Calls.
    pub calls: u64,
    /// Rows that the SQL made.
    pub rows: u64,
    /// Values that do not fit their columns, and so were NULL.
    pub invalid_values: u64,
    /// Log events that were unpacked.
    pub log_events: u64,
    /// Records that only check a subscription of CloudWatch Logs.
    pub control_messages: u64,
    /// Failed, since the program cannot be applied to them.
    pub not_applicable: u64,
    /// Failed, since a partition key has no value.
    pub no_partition: u64,
    /// Failed, since the reply was full.
    pub reply_full: u64,
}

/// A reader of the stream.
#[derive(Clone, Debug, Serialize)]
pub struct ConsumerTrace {
    /// Its name in the spec.
    pub name: String,
    /// Records that it reads.
    pub records: u64,
}

/// An object.
#[derive(Clone, Debug, Serialize)]
pub struct ObjectTrace {
    /// Bucket.
    pub bucket: String,
    /// Key.
    pub key: String,
    /// Whether it contains records that could not be processed.
    pub failed: bool,
    /// Records in it.
    pub records: u64,
    /// Bytes, compressed.
    pub bytes: u64,
    /// When its oldest record arrived.
    pub oldest_record: String,
    /// When it was written.
    pub written: String,
}

/// A record, and what became of it in each delivery.
#[derive(Clone, Debug, Serialize)]
pub struct ShownRecord {
    /// Its content, as text.
    pub record: String,
    /// When it arrived.
    pub arrived: String,
    /// What became of it.
    pub fates: Vec<ShownFate>,
}

/// What became of a record in a delivery.
#[derive(Clone, Debug, Serialize)]
pub struct ShownFate {
    /// The delivery, or the output of the SQL.
    pub delivery: String,
    /// `delivered`, `dropped` or `failed`; of the SQL between streams, `rows`, `dropped` or `skipped`.
    pub result: &'static str,
    /// What was delivered, as text.
    pub content: Option<String>,
}

/// How long records take, milliseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Delay {
    /// Records.
    #[serde(skip)]
    pub records: u64,
    /// Sum of their times.
    #[serde(skip)]
    sum: i128,
    /// The shortest.
    #[serde(rename = "shortest_ms")]
    pub shortest: i64,
    /// The longest.
    #[serde(rename = "longest_ms")]
    pub longest: i64,
    /// The average.
    #[serde(rename = "average_ms")]
    pub average: i64,
}

impl Default for Delay {
    fn default() -> Self {
        Self { records: 0, sum: 0, shortest: i64::MAX, longest: i64::MIN, average: 0 }
    }
}

impl Delay {
    /// A record has arrived. Until [`Delay::written`], the figures are times of arrival.
    pub fn arrived(&mut self, at: i64) {
        self.records += 1;
        self.sum += i128::from(at);
        self.shortest = self.shortest.min(at);
        self.longest = self.longest.max(at);
    }

    /// The times that those records take which are written now.
    #[must_use]
    pub fn written(&self, now: i64) -> Self {
        let sum = i128::from(now) * i128::from(self.records) - self.sum;
        let (shortest, longest) = (now.saturating_sub(self.longest), now.saturating_sub(self.shortest));
        Self { records: self.records, sum, shortest, longest, average: 0 }
    }

    /// Adds those of others.
    pub fn merge(&mut self, other: &Self) {
        self.records += other.records;
        self.sum += other.sum;
        self.shortest = self.shortest.min(other.shortest);
        self.longest = self.longest.max(other.longest);
        let average = if self.records == 0 { 0 } else { self.sum / i128::from(self.records) };
        self.average = i64::try_from(average).unwrap_or(i64::MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_from_arrival_to_object() {
        let mut first = Delay::default();
        [1_000, 2_000, 3_000].into_iter().for_each(|at| first.arrived(at));
        let mut all = Delay::default();
        all.merge(&first.written(4_000));
        assert_eq!((all.shortest, all.average, all.longest), (1_000, 2_000, 3_000));
        assert_eq!(time_text(0), "1970-01-01T00:00:00.000Z");
    }
}
