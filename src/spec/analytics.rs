//! The SQL, where it runs and where its outputs go.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Column, Duration, Format};

/// Real-time SQL over the stream.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Analytics {
    /// What runs the SQL. Default: `lambda`.
    pub runtime: Option<AnalyticsRuntime>,
    /// A `.sql` file beside the spec, or the SQL itself. SQL of Kinesis Data Analytics is taken as it is.
    #[schemars(extend("examples" = ["user-data.sql"]))]
    pub sql: String,
    /// Where Flink begins to read when it has no state yet: `oldest` record of the stream, `latest` (what comes from
    /// then on), or a time in UTC. Default: `oldest`.
    #[schemars(
        regex(pattern = r"^(oldest|latest|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)$"),
        extend("examples" = ["latest", "2026-03-01T10:00:00Z"])
    )]
    pub start: Option<String>,
    /// Small tables that the SQL joins, by the names that it calls them by.
    pub reference_tables: Option<IndexMap<String, ReferenceTable>>,
    /// Where the outputs of the SQL go, by their names. A stream that is read inside of the SQL is an output too if it is
    /// named here. Default: the only one goes to `delivery`; of several, those that are not named here go to streams of
    /// their own.
    #[schemars(extend("examples" = [{"ALERTS": {"stream": {}}}]))]
    pub outputs: Option<IndexMap<String, Output>>,
    /// What becomes of faults, with Flink. `stream`: a row for each record with values that do not fit or without an event
    /// time, and for each row that is too large, in a stream of its own, planned for as many as there are records. It is the
    /// output `ERROR_STREAM`; `outputs` may give it a function. `delivery`: the same, and Firehose writes the rows of the
    /// stream to the bucket of `delivery`, under `errors/query/`. Default: they are not written.
    pub errors: Option<ErrorsPlace>,
    /// Rows of an output that a record becomes at peak, on average. Its stream and the transform's replies are planned
    /// for them, up to 100,000. Default: what the SQL says at most, and one where it does not, as of a join.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = pipec_core::MAX_ROWS), extend("examples" = [3]))]
    pub rows_per_record: Option<f64>,
    /// How many different values a key has: a column, or several with commas between, and their number. The plan estimates
    /// the state of Flink by it.
    #[schemars(
        extend("examples" = [{"device_id": 2000, "country,city": 50000}]),
        extend("additionalProperties" = {"type": "integer", "format": "uint64", "minimum": 1, "examples": [2000]})
    )]
    pub keys: Option<IndexMap<String, u64>>,
    /// Settings of the Flink application.
    pub flink: Option<Flink>,
}

/// A table that is read when the pipeline is compiled and stands in the generated SQL: up to 5,000 rows. A new version
/// of it is a new deployment.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferenceTable {
    /// A file beside the spec, up to 256 KiB.
    #[schemars(extend("examples" = ["companies.csv"]))]
    pub file: String,
    /// `csv`: one row per line, fields by the order of the columns; a first line of the columns' names is left out.
    /// `json`: one object per line.
    pub format: Format,
    /// The columns, in order.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 100))]
    pub columns: IndexMap<String, Column>,
}

/// Where an output of the SQL goes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Output {
    /// A place that the spec has.
    Place(OutputPlace),
    /// A place of the output's own.
    Own(OwnOutput),
}

/// Places that the spec has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutputPlace {
    /// Firehose, which takes one output.
    Delivery,
    /// Nowhere: the stream is left out of the application, with what only feeds it.
    None,
}

/// A stream of the output's own, alone or with a function that reads it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["stream"]}, {"required": ["lambda"]}]))]
pub struct OwnOutput {
    /// A Kinesis data stream for consumers outside of the stack.
    pub stream: Option<OutputStream>,
    /// A Lambda function of yours, which is called with the rows of such a stream.
    pub lambda: Option<OutputFunction>,
}

/// Where faults go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorsPlace {
    /// Into a stream of their own.
    Stream,
    /// Into a stream of their own, and from there into the bucket.
    Delivery,
}

/// A Kinesis data stream with the rows of an output.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutputStream {
    /// How long rows stay readable, 24 h to 365 d. Default: `24 h`.
    #[schemars(extend("examples" = ["24 h"]))]
    pub retention: Option<Duration>,
}

/// A Lambda function of yours. A failed batch is bisected and retried; records that still fail are reported to an SQS queue.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutputFunction {
    /// The function's ARN, in the stack's account and region.
    #[schemars(
        regex(pattern = r"^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_$-]{1,128})?$"),
        extend("examples" = ["arn:aws:lambda:us-east-1:111122223333:function:alert"])
    )]
    pub function: String,
    /// Name of the function's role: the stack lets it read the rows.
    #[schemars(regex(pattern = r"^[A-Za-z0-9_+=,.@-]{1,64}$"), extend("examples" = ["alert-role"]))]
    pub role: String,
    /// Most rows of one call. Default: 100.
    #[schemars(range(min = 1, max = 10000), extend("examples" = [100]))]
    pub batch_size: Option<u64>,
    /// How long rows are collected for one call, 0 s to 300 s. Default: `0 s`.
    #[schemars(extend("examples" = ["5 s"]))]
    pub window: Option<Duration>,
    /// How often a failed call is repeated, 0 to 10,000. Default: 3.
    #[schemars(range(min = 0, max = 10000), extend("examples" = [3]))]
    pub retries: Option<u64>,
}

/// What runs the SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnalyticsRuntime {
    /// Amazon Managed Service for Apache Flink: everything, windows and joins included; billed by the hour.
    Flink,
    /// The transform's Lambda function: stateless queries, next to no cost.
    Lambda,
}

/// Settings of the Flink application.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flink {
    /// Managed Flink's runtime environment. Default: `FLINK-2_2`.
    #[schemars(extend("examples" = ["FLINK-2_2"]))]
    pub runtime_environment: Option<String>,
    /// Parallel subtasks. Default: as many as the load needs by what the query does with a record; `pipec plan` shows
    /// the arithmetic.
    #[schemars(range(min = 1))]
    pub parallelism: Option<u64>,
    /// Subtasks that share one KPU (1 vCPU, 4 GiB), 1 to 8. Default: 1.
    #[schemars(range(min = 1, max = 8))]
    pub parallelism_per_kpu: Option<u64>,
    /// Whether Managed Flink adds and removes KPUs by processor load. Default: `false`.
    pub auto_scaling: Option<bool>,
    /// Whether state is saved before an update and restored behind it. What belongs to a changed part of the SQL is not:
    /// its open windows are dropped. Default: `true`.
    pub snapshots: Option<bool>,
    /// After how long a silence Flink forgets a key, where the SQL does not say when a key is over: for `LAG`,
    /// `OVER (ROWS ..)` and `OVER` without a bound. `0 s` is never. Default: `7 d`.
    #[schemars(extend("examples" = ["24 h"]))]
    pub state_ttl: Option<Duration>,
}
