//! What watching a pipeline asks of AWS: metrics, alarms, logs, records and objects. It only reads.

use std::time::Duration;

use super::client::Call;

/// A metric of CloudWatch, one value a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricQuery {
    /// Namespace, such as `AWS/Kinesis`.
    pub namespace: &'static str,
    /// Name.
    pub name: &'static str,
    /// Name and value of its one dimension.
    pub dimension: (&'static str, String),
    /// `Sum`, `Maximum`, `Minimum` or `Average`.
    pub statistic: &'static str,
    /// Seconds of a value.
    pub period: i64,
}

/// A value of a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Begin of its period, seconds since 1970.
    pub at: i64,
    /// Value, in the metric's unit.
    pub value: f64,
}

/// An alarm that rings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Name.
    pub name: String,
    /// Why, in CloudWatch's words.
    pub reason: String,
    /// Values of the dimensions of its metrics.
    pub dimensions: Vec<String>,
}

/// The state of an alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmState {
    /// Name.
    pub name: String,
    /// CloudWatch's word: `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state: String,
    /// Since when, seconds since 1970.
    pub since: Option<i64>,
    /// Why, in CloudWatch's words.
    pub reason: String,
}

/// Events of a log group within a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRequest<'a> {
    /// Log group.
    pub group: &'a str,
    /// First and last millisecond since 1970, both included.
    pub from: i64,
    /// See `from`.
    pub to: i64,
    /// CloudWatch's filter pattern; all events without it.
    pub pattern: Option<&'a str>,
    /// What the page before gave.
    pub token: Option<&'a str>,
}

/// An event of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEvent {
    /// Unique id.
    pub id: String,
    /// Log stream.
    pub stream: String,
    /// Milliseconds since 1970.
    pub at: i64,
    /// Its text.
    pub message: String,
}

/// Some events in the order of time, and how to get the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogPage {
    /// Events; there may be none on a page that is not the last.
    pub events: Vec<LogEvent>,
    /// Where it goes on.
    pub token: Option<String>,
}

/// A shard of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Id.
    pub id: String,
    /// Shards that it was split from or merged of.
    pub parents: Vec<String>,
    /// Whether it takes records.
    pub open: bool,
}

/// Where reading a shard begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// At records that come from now on.
    Latest,
    /// At the oldest record.
    Oldest,
    /// At the first record that came at this time or later, milliseconds since 1970.
    At(i64),
    /// Behind the record of this sequence number.
    After(String),
}

/// A record of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamRecord {
    /// Sequence number.
    pub sequence: String,
    /// Content.
    pub data: Vec<u8>,
}

/// Some records of a shard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordPage {
    /// Records, the oldest first.
    pub records: Vec<StreamRecord>,
    /// Where it goes on; `None` at the end of a shard that was split or merged.
    pub next: Option<String>,
    /// How long ago what comes next came in, milliseconds; 0 where there was nothing left to read, `None` where that is
    /// not said.
    pub behind: Option<i64>,
}

/// An object of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Key.
    pub key: String,
    /// When it was written, milliseconds since 1970.
    pub at: i64,
    /// Bytes.
    pub bytes: u64,
}

/// Everything that watching asks of AWS.
pub trait Observer {
    /// Milliseconds since 1970.
    fn now(&self) -> i64;
    /// Waits.
    ///
    /// # Errors
    /// Where the user interrupts.
    fn pause(&self, time: Duration) -> Call<()>;

    /// Values of each metric in the order of time, between two times in seconds since 1970:
    /// `cloudwatch:GetMetricData`, one call for up to 500 metrics.
    ///
    /// # Errors
    /// As AWS gives them; so for all calls.
    fn metrics(&self, queries: &[MetricQuery], from: i64, to: i64) -> Call<Vec<Vec<Point>>>;
    /// The metric alarms that ring: `cloudwatch:DescribeAlarms`.
    fn ringing_alarms(&self) -> Call<Vec<Alarm>>;
    /// The states of alarms by their names, in no order; those that do not exist are left out:
    /// `cloudwatch:DescribeAlarms`, one call for up to 100 of them.
    fn alarms(&self, names: &[String]) -> Call<Vec<AlarmState>>;
    /// A page of a log group, the oldest event first: `logs:FilterLogEvents`.
    fn log_events(&self, request: &LogRequest) -> Call<LogPage>;
    /// All shards that hold records: `kinesis:ListShards`.
    fn shards(&self, stream: &str) -> Call<Vec<Shard>>;
    /// `kinesis:GetShardIterator`
    fn shard_iterator(&self, stream: &str, shard: &str, position: &Position) -> Call<String>;
    /// `kinesis:GetRecords`
    fn records(&self, iterator: &str) -> Call<RecordPage>;
    /// Objects whose keys begin with a prefix: `s3:ListBucket`.
    fn objects(&self, bucket: &str, prefix: &str) -> Call<Vec<Object>>;
    /// `s3:GetObject`; `None` where it is gone.
    fn read_object(&self, bucket: &str, key: &str) -> Call<Option<Vec<u8>>>;
}
