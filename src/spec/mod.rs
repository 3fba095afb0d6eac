//! The types of a spec, as the user writes it. Their doc comments are the reference manual and the text of the JSON
//! Schema; `None` means "not written", and `resolve` fills the default.

pub mod environment;
pub mod quantity;
pub mod reference;
pub mod schema;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

pub use quantity::{ByteSize, Duration, Percent, SECONDS_PER_DAY, SECONDS_PER_HOUR};

/// Tag of every stack and resource, with the pipeline's name.
pub const PIPELINE_TAG: &str = "pipec:pipeline";

/// A streaming pipeline: a Kinesis data stream, what fills it, what happens to its records, and where they go.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "pipec pipeline")]
pub struct Spec {
    /// Names the pipeline, its output folder and, unless the deployment says otherwise, its stack: a lower-case
    /// letter, then lower-case letters, digits and hyphens, 40 characters at most.
    #[schemars(extend("examples" = ["user-data"]))]
    pub name: String,
    /// One line for the people who meet the stack. It becomes the template's description.
    pub description: Option<String>,
    /// The region whose default quotas the load is held against and whose prices the plan uses. The template itself
    /// deploys anywhere. Default: `us-east-1`.
    #[schemars(extend("examples" = ["us-east-1"]))]
    pub region: Option<String>,
    /// The input Kinesis data stream.
    pub stream: Stream,
    /// EC2 instances that fill the stream. Without it, other programs do.
    pub producer: Option<Producer>,
    /// How a record becomes a row. SQL needs it.
    pub records: Option<Records>,
    /// Real-time SQL over the stream.
    pub analytics: Option<Analytics>,
    /// What a Lambda function does to each record on its way to the destination.
    pub transform: Option<Transform>,
    /// Amazon Data Firehose, which collects records and writes them to the destination.
    pub delivery: Delivery,
    /// What holds for every log group of the stack.
    pub logs: Option<Logs>,
    /// Tags of every resource that takes tags. `pipec:pipeline` is always added.
    pub tags: Option<IndexMap<String, String>>,
}

/// The Kinesis data stream. Its shards are computed from the declared load.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stream {
    /// Size of an average record, its partition key left out.
    #[schemars(extend("examples" = ["2 KiB"]))]
    pub record_size: ByteSize,
    /// Size of a record's partition key, which counts against a shard's limit as well. Default: `36 B`, a UUID.
    pub partition_key_size: Option<ByteSize>,
    /// The field that programs outside of the stack take the partition key from. Nothing is done with it; records of
    /// one key lie in one shard, so a query that follows a key's records one by one is right with several shards.
    #[schemars(extend("examples" = ["$.ticker"]))]
    pub partition_key: Option<String>,
    /// Records in a second at peak.
    #[schemars(extend("exclusiveMinimum" = 0), extend("examples" = [1000]))]
    pub records_per_second: f64,
    /// Largest record, partition key included, 1 MiB to 10 MiB. Default: `1 MiB`.
    pub max_record_size: Option<ByteSize>,
    /// What carries the load. Default: `provisioned`, with as many shards as the load needs.
    pub capacity: Option<Capacity>,
    /// What the shards carry beyond the declared load, since keys never spread evenly. Default: `25 %`.
    #[schemars(extend("examples" = ["25 %"]))]
    pub headroom: Option<Percent>,
    /// Shards that your account may have in the region, where AWS has raised the quota. Default: the region's own.
    #[schemars(range(min = 1, max = 100000), extend("examples" = [5000]))]
    pub shard_quota: Option<u64>,
    /// How long records stay readable, 24 h to 365 d. Default: `24 h`.
    #[schemars(extend("examples" = ["24 h"]))]
    pub retention: Option<Duration>,
    /// Encryption at rest. Default: `aws_managed`.
    pub encryption: Option<Encryption>,
}

/// What carries a stream's load.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Capacity {
    /// A mode, with no number of shards to choose.
    Mode(CapacityMode),
    /// A fixed number of shards.
    Fixed(FixedShards),
}

/// How the number of shards comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CapacityMode {
    /// Shards computed from the declared load.
    Provisioned,
    /// Kinesis scales, and bills by volume.
    OnDemand,
}

/// A fixed number of shards.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FixedShards {
    /// How many shards.
    #[schemars(extend("examples" = [2]))]
    pub shards: u64,
}

/// Encryption at rest: by a key that AWS manages, or by one of yours.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Encryption {
    /// A key that AWS manages, at no charge.
    Mode(EncryptionMode),
    /// A key of yours.
    Key(CustomerKey),
}

/// Encryption without a key of yours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EncryptionMode {
    /// The service's own key in your account (`alias/aws/kinesis`; for S3, SSE-S3).
    AwsManaged,
}

/// A customer-managed KMS key.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerKey {
    /// The key's ARN. Policies cannot name an alias.
    #[schemars(extend("examples" = ["arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]))]
    pub kms_key: String,
}

/// EC2 instances that fill the stream: an Auto Scaling group, reachable through Session Manager only.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["http"]}, {"required": ["file"]}, {"required": ["generate"]}]))]
pub struct Producer {
    /// Records from a web API. One of `http`, `file` and `generate` is the source.
    pub http: Option<HttpSource>,
    /// Records from a file beside the spec, which travels with the stack.
    pub file: Option<FileSource>,
    /// Records made up from `records.columns`, as large as `stream.record_size` says, for load tests.
    pub generate: Option<GeneratorSource>,
    /// Records in a second that all instances send together.
    #[schemars(extend("exclusiveMinimum" = 0), extend("examples" = [2]))]
    pub records_per_second: f64,
    /// Where a record's partition key comes from: `random`, or the path of a field such as `$.login.uuid`, which
    /// keeps the order of the records that share it. Default: `random`.
    #[schemars(extend("examples" = ["$.login.uuid"]))]
    pub partition_key: Option<String>,
    /// EC2 instance type. Default: `t3.micro`.
    #[schemars(extend("examples" = ["t3.micro"]))]
    pub instance_type: Option<String>,
    /// How many instances. Default: as many as the rate needs.
    #[schemars(range(min = 1, max = 500))]
    pub instances: Option<u64>,
    /// Where the instances run. Default: a VPC of the stack's own with two public subnets and no way in.
    pub network: Option<Network>,
}

/// A web API that answers with records.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpSource {
    /// Address of a page of records, JSON.
    #[schemars(extend("examples" = ["https://randomuser.me/api/?results=500"]))]
    pub url: String,
    /// Path of the array of records in the answer, as in `$.results` or `$.pages[0].items`; `$` where the answer is the
    /// array. Default: `$`.
    #[schemars(extend("examples" = ["$.results"]))]
    pub records: Option<String>,
    /// How often a new page is fetched, every 1 s to 30 d; the last one is repeated meanwhile. Default: when the page has
    /// been sent, at most every 5 s.
    #[schemars(extend("examples" = ["60 s"]))]
    pub refresh: Option<Duration>,
    /// Request headers. No secrets: the spec and the template are read by many.
    pub headers: Option<IndexMap<String, String>>,
}

/// A file of records.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileSource {
    /// A file beside the spec, one record per line, 64 MiB at most. Blank lines are left out.
    #[schemars(extend("examples" = ["users.jsonl"]))]
    pub path: String,
    /// Whether the file is sent again and again. Default: `false`, once each time that an instance starts.
    pub repeat: Option<bool>,
}

/// Made-up records: JSON with a value for every column, and `padding` up to the declared size.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GeneratorSource {
    /// Where the made-up values begin; the same seed makes the same values. Default: 1.
    #[schemars(extend("examples" = [7]))]
    pub seed: Option<u64>,
}

/// An existing network.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// The VPC.
    #[schemars(regex(pattern = r"^vpc-[0-9a-f]{8,17}$"), extend("examples" = ["vpc-0123456789abcdef0"]))]
    pub vpc: String,
    /// Subnets of that VPC with a way out to the internet or to endpoints of Kinesis, S3, CloudWatch Logs,
    /// Systems Manager and CloudFormation; two of them survive the loss of an Availability Zone.
    #[schemars(
        length(min = 1, max = 16),
        inner(regex(pattern = r"^subnet-[0-9a-f]{8,17}$")),
        extend("examples" = [["subnet-0123456789abcdef0"]])
    )]
    pub subnets: Vec<String>,
    /// Whether instances get a public address; `true` for public subnets. Default: `false`.
    pub public_address: Option<bool>,
}

/// How a record becomes a row.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Records {
    /// The records' format.
    pub format: Format,
    /// What the SQL calls the input, without the number: with `TILL`, `TILL_001`. It is always called
    /// `SOURCE_SQL_STREAM_001` and `stream` as well.
    #[schemars(regex(pattern = r"^[A-Za-z_][A-Za-z0-9_]{0,63}$"), extend("examples" = ["TILL"]))]
    pub name: Option<String>,
    /// What stands between two fields of a CSV record, one character. Default: `,`.
    #[schemars(extend("examples" = ["|"]))]
    pub delimiter: Option<String>,
    /// The column that says when a record's event happened, for windows by that time.
    pub event_time: Option<EventTime>,
    /// The columns, in order.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 1000))]
    pub columns: IndexMap<String, Column>,
}

/// Formats of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// One JSON object per record.
    Json,
    /// One line per record; fields by the order of the columns.
    Csv,
}

/// The time at which the event of a record happened.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventTime {
    /// A TIMESTAMP column of the records; or, with `unit`, a column of numbers or texts that count from 1970.
    #[schemars(extend("examples" = ["at"]))]
    pub column: String,
    /// What a column of numbers, or of texts that hold them, counts since 1970 in UTC. The SQL sees the numbers;
    /// `TO_TIMESTAMP`, windows and joins of the column take them as the event time. Default: the column is a TIMESTAMP.
    #[schemars(extend("examples" = ["ms"]))]
    pub unit: Option<EpochUnit>,
    /// How long after a newer one a record may come and still belong to its window. Windows close as much later.
    /// Default: `5 s`.
    #[schemars(extend("examples" = ["5 s"]))]
    pub lateness: Option<Duration>,
    /// How far ahead of the clock a time may be, up to 365 d. A record of a later time has no event time: it would end
    /// all windows before its own. Default: `24 h`, more than clocks of any time zone are apart.
    #[schemars(extend("examples" = ["24 h"]))]
    pub ahead: Option<Duration>,
}

/// A unit of time since 1970-01-01 00:00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EpochUnit {
    /// Seconds, perhaps with a fraction.
    S,
    /// Milliseconds.
    Ms,
    /// Microseconds.
    Us,
    /// Nanoseconds.
    Ns,
}

/// How a TIMESTAMP is written in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeEncoding {
    /// ISO 8601 and its relatives, as `2026-01-27T09:30:00.5Z`.
    Text,
    /// Seconds since 1970 in UTC, perhaps with a fraction.
    EpochS,
    /// Milliseconds since 1970 in UTC.
    EpochMs,
    /// Microseconds since 1970 in UTC.
    EpochUs,
    /// Nanoseconds since 1970 in UTC.
    EpochNs,
}

/// One column of a row.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// SQL type: `VARCHAR(n)`, `CHAR(n)`, `INTEGER`, `BIGINT`, `SMALLINT`, `TINYINT`, `FLOAT`, `DOUBLE`, `REAL`,
    /// `DECIMAL(p, s)`, `BOOLEAN`, `DATE`, `TIME`, `TIMESTAMP`.
    #[serde(rename = "type")]
    #[schemars(extend("examples" = ["VARCHAR(16)"]))]
    pub data_type: String,
    /// Path of the value in the record. `[0:]` behind an array's key makes one row of each object in it, as in
    /// `$.items[0:].price`; at the end of the path it takes the array as text. Default: the field of the column's name.
    #[schemars(extend("examples" = ["$.name.first"]))]
    pub path: Option<String>,
    /// How a TIMESTAMP is written in the record: `text`, or a number (also in quotes) that counts from 1970: `epoch_s`,
    /// `epoch_ms`, `epoch_us`, `epoch_ns`. Default: `text`, which takes ISO 8601 with and without an offset.
    #[serde(rename = "as")]
    #[schemars(extend("examples" = ["epoch_ms"]))]
    pub encoding: Option<TimeEncoding>,
}

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
    /// output `ERROR_STREAM`; `outputs` may give it a function. Default: they are not written.
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

/// A Lambda function, in Rust, that Firehose calls with every batch. SQL with `runtime: lambda` runs in it, so it is
/// there then, written or not.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Transform {
    /// What is put behind each record, unless it is there already, and behind each row of the SQL. Default: a newline.
    pub append: Option<String>,
    /// The function's time limit, 1 s to 300 s: Firehose waits no longer. Default: `60 s`.
    #[schemars(extend("examples" = ["60 s"]))]
    pub timeout: Option<Duration>,
    /// The function's memory, which also decides its processor share. Default: `256 MiB`.
    #[schemars(extend("examples" = ["256 MiB"]))]
    pub memory: Option<ByteSize>,
    /// The function's processor. Default: `x86_64`.
    pub architecture: Option<Architecture>,
    /// How many records Firehose collects for one call.
    pub buffer: Option<TransformBuffer>,
    /// How often Firehose repeats a failed call, 0 to 300. Default: 3.
    #[schemars(extend("examples" = [3]))]
    pub retries: Option<u64>,
}

/// How many records Firehose collects for one call of the transform.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransformBuffer {
    /// 0.2 MiB to 3 MiB, before base64. Default: `1 MiB`.
    #[schemars(extend("examples" = ["1 MiB"]))]
    pub size: Option<ByteSize>,
    /// 0 s to 900 s. Default: `60 s`.
    #[schemars(extend("examples" = ["60 s"]))]
    pub interval: Option<Duration>,
}

/// A processor architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Architecture {
    /// Intel and AMD.
    #[serde(rename = "x86_64")]
    X86,
    /// Graviton. Needs a prebuilt artifact.
    Arm64,
}

/// Amazon Data Firehose.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// When collected records are written. Default: 5 MiB or 300 s, whichever comes first.
    pub buffer: Option<Buffer>,
    /// An S3 bucket as the destination.
    pub s3: S3,
}

/// When Firehose writes: at this size or after this time, whichever comes first.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Buffer {
    /// 1 MiB to 128 MiB, whole MiB, before compression.
    #[schemars(extend("examples" = ["1 MiB"]))]
    pub size: ByteSize,
    /// 0 s to 900 s.
    #[schemars(extend("examples" = ["60 s"]))]
    pub interval: Duration,
}

/// An S3 bucket as the destination.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct S3 {
    /// An existing bucket. Default: a bucket of the stack's own: private, encrypted, versioned, kept when the stack
    /// goes.
    #[schemars(extend("examples" = ["my-data-lake"]))]
    pub bucket: Option<String>,
    /// What the objects' keys begin with; `!{timestamp:..}` and `!{firehose:random-string}` are filled in. Firehose
    /// appends `yyyy/MM/dd/HH/` where there is no timestamp expression. Default: nothing.
    #[schemars(extend("examples" = ["user-data/"]))]
    pub prefix: Option<String>,
    /// The same for records that could not be processed; `!{firehose:error-output-type}` is filled in. Default:
    /// `errors/!{firehose:error-output-type}/`.
    #[schemars(extend("examples" = ["errors/!{firehose:error-output-type}/"]))]
    pub error_prefix: Option<String>,
    /// How objects are compressed. Default: `none`.
    pub compression: Option<Compression>,
    /// What objects' names end in, a dot first. Default: what the compression implies.
    #[schemars(extend("examples" = [".jsonl"]))]
    pub file_extension: Option<String>,
    /// The time zone of timestamp expressions, as in `Europe/Berlin`. Default: `UTC`.
    #[schemars(extend("examples" = ["Europe/Berlin"]))]
    pub time_zone: Option<String>,
    /// Encryption at rest. Default: `aws_managed`.
    pub encryption: Option<Encryption>,
    /// When objects in the stack's own bucket expire. Default: never.
    #[schemars(extend("examples" = ["365 d"]))]
    pub expire_after: Option<Duration>,
}

/// How objects are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip.
    Gzip,
    /// ZIP.
    Zip,
    /// Snappy.
    Snappy,
    /// Snappy in Hadoop's framing.
    HadoopSnappy,
}

/// What holds for every log group of the stack.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Logs {
    /// How long logs are kept, one of the periods that CloudWatch Logs offers. Default: `365 d`.
    #[schemars(extend("examples" = ["365 d"]))]
    pub retention: Option<Duration>,
}
