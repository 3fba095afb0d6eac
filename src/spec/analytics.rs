//! The SQL, where it runs and where its outputs go.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Column, Duration, Format};

/// Real-time SQL on the stream.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Analytics {
    /// Runtime of the SQL. Default: `lambda`.
    pub runtime: Option<AnalyticsRuntime>,
    /// Path of a `.sql` file, relative to the spec, or the SQL itself. Plain SQL, or unchanged SQL of Kinesis Data
    /// Analytics.
    #[schemars(extend("examples" = ["user-data.sql"]))]
    pub sql: String,
    /// Start position of Flink when it has no saved state: the `oldest` record of the stream, `latest` (only new
    /// records), or a time in UTC. Default: `oldest`.
    #[schemars(
        regex(pattern = r"^(oldest|latest|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)$"),
        extend("examples" = ["latest", "2026-03-01T10:00:00Z"])
    )]
    pub start: Option<String>,
    /// Small tables that the SQL joins, by their names in the SQL.
    pub reference_tables: Option<IndexMap<String, ReferenceTable>>,
    /// Destinations of the SQL's outputs, by name. A stream that the SQL also reads becomes an output if it is named
    /// here. Default: a single output goes to `delivery`; of several, those that are not named here each go to a
    /// separate stream.
    #[schemars(extend("examples" = [{"ALERTS": {"stream": {}}}]))]
    pub outputs: Option<IndexMap<String, Output>>,
    /// Destination of error records, with Flink: one row for each record that is not JSON or not a line of CSV, has an
    /// invalid value or has no event time, and for each row that is too large. For CSV, also one for each record of
    /// several lines, of which only the first is read. Flink reads the stream twice for this. `stream`: a separate
    /// stream, the output `ERROR_STREAM`, sized for one row per record; `outputs` can attach a function to it.
    /// `delivery`: the same, and Firehose writes the rows to the bucket of `delivery`, under `errors/query/`, in an
    /// existing bucket `errors/NAME/query/`. Default: none are written.
    pub errors: Option<ErrorsPlace>,
    /// Average number of rows of an output per record at peak load, up to 100,000. The output's stream and the
    /// transform's responses are sized for it. Default: the maximum that the SQL allows; 1 where it sets no maximum, as
    /// for a join.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = pipec_core::MAX_ROWS), extend("examples" = [3]))]
    pub rows_per_record: Option<f64>,
    /// Number of different values of a key: a column, or several separated by commas. The plan uses it to compute the
    /// number of rows per window (and from it the shards of outputs and the load of Firehose), and Flink's KPUs and
    /// state. Default: unknown, so each record may be a separate row; for KPUs, a million.
    #[schemars(
        extend("examples" = [{"device_id": 2000, "country,city": 50000}]),
        extend("additionalProperties" = {"type": "integer", "format": "uint64", "minimum": 1, "examples": [2000]})
    )]
    pub keys: Option<IndexMap<String, u64>>,
    /// Settings of the Flink application.
    pub flink: Option<Flink>,
}

/// A table that is read at compile time and becomes part of the generated SQL: up to 5,000 rows. A new version of the
/// table needs a new deployment.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferenceTable {
    /// Path of the file, relative to the spec; up to 256 KiB.
    #[schemars(extend("examples" = ["companies.csv"]))]
    pub file: String,
    /// `csv`: one row per line, with the fields in the order of the columns; a first line with the names of the columns
    /// is skipped. `json`: one object per line.
    pub format: Format,
    /// The columns, in order.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 100))]
    pub columns: IndexMap<String, Column>,
}

/// Destination of an output of the SQL.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Output {
    /// A destination that needs no settings.
    Place(OutputPlace),
    /// A stream for this output.
    Own(OwnOutput),
}

/// Destinations that need no settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutputPlace {
    /// Firehose, which reads one output.
    Delivery,
    /// No destination: the stream is left out of the application, together with the queries that feed only this stream.
    None,
}

/// A stream for the output, optionally with a function that reads it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["stream"]}, {"required": ["lambda"]}]))]
pub struct OwnOutput {
    /// A Kinesis data stream for consumers outside the stack.
    pub stream: Option<OutputStream>,
    /// Your own Lambda function, which receives the rows from such a stream.
    pub lambda: Option<OutputFunction>,
}

/// Destinations of error records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorsPlace {
    /// A separate stream.
    Stream,
    /// A separate stream, and from there the bucket.
    Delivery,
}

/// A Kinesis data stream with the rows of an output.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutputStream {
    /// Retention period of rows, 24 h to 365 d. Default: `24 h`.
    #[schemars(extend("examples" = ["24 h"]))]
    pub retention: Option<Duration>,
}

/// Your own Lambda function. A failed batch is bisected and retried; records that still fail are reported to an SQS
/// queue.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutputFunction {
    /// ARN of the function, in the stack's account and region.
    #[schemars(
        regex(pattern = r"^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_$-]{1,128})?$"),
        extend("examples" = ["arn:aws:lambda:us-east-1:111122223333:function:alert"])
    )]
    pub function: String,
    /// Name of the function's execution role. The stack allows it to read the rows.
    #[schemars(regex(pattern = r"^[A-Za-z0-9_+=,.@-]{1,64}$"), extend("examples" = ["alert-role"]))]
    pub role: String,
    /// Maximum number of rows per call, 1 to 10,000. Default: 100.
    #[schemars(range(min = 1, max = 10000), extend("examples" = [100]))]
    pub batch_size: Option<u64>,
    /// Batching window: how long to collect rows for a call, 0 s to 300 s. Default: `0 s`.
    #[schemars(extend("examples" = ["5 s"]))]
    pub window: Option<Duration>,
    /// Number of retries of a failed call, 0 to 10,000. Default: 3.
    #[schemars(range(min = 0, max = 10000), extend("examples" = [3]))]
    pub retries: Option<u64>,
    /// Whether the function reports the rows that failed, as `{"batchItemFailures": [{"itemIdentifier": "<sequence
    /// number>"}]}`. Lambda then retries from the first of those rows, and does not resend the rows before it. A
    /// response that is empty, or has an empty or no list, is a success; a function that fails must still throw an
    /// error or return the list. Default: `false`, the whole batch is retried.
    pub partial_failures: Option<bool>,
}

/// Runtime of the SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnalyticsRuntime {
    /// Amazon Managed Service for Apache Flink: all queries, including windows and joins; billed per hour.
    Flink,
    /// The transform's Lambda function: stateless queries, at next to no cost.
    Lambda,
}

/// Settings of the Flink application.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flink {
    /// Runtime environment of Managed Flink. Default: `FLINK-2_2`.
    #[schemars(extend("examples" = ["FLINK-2_2"]))]
    pub runtime_environment: Option<String>,
    /// Number of parallel subtasks. Default: computed from the load and the cost of the query per record; `pipec plan`
    /// prints the calculation.
    #[schemars(range(min = 1))]
    pub parallelism: Option<u64>,
    /// Number of subtasks that share a KPU (1 vCPU, 4 GiB), 1 to 8. Default: 1.
    #[schemars(range(min = 1, max = 8))]
    pub parallelism_per_kpu: Option<u64>,
    /// Whether Managed Flink adds and removes KPUs according to the CPU load. Default: `false`.
    pub auto_scaling: Option<bool>,
    /// Whether state is saved before an update and restored after it. The state of changed parts of the SQL is not
    /// restored: their open windows are dropped. The position in the stream is restored if the number of SELECTs that
    /// read the stream is unchanged. Default: `true`.
    pub snapshots: Option<bool>,
    /// State time-to-live: how long a key may be idle before Flink drops its state. Applies to `LAG`, `OVER (ROWS ..)`
    /// and unbounded `OVER`, which keep state without limit. `0 s` disables it. Default: `7 d`.
    #[schemars(extend("examples" = ["24 h"]))]
    pub state_ttl: Option<Duration>,
}
