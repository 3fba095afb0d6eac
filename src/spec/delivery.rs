//! What Firehose does: the transform, the delivery to S3, the logs.

use schemars::JsonSchema;
use serde::Deserialize;

use super::destinations::{
    Backup, Datadog, Http, Iceberg, NewRelic, OpenSearch, OpenSearchServerless, Redshift, Snowflake, Splunk,
};
use super::s3::S3;
use super::{ByteSize, Duration, Encryption};

/// A Lambda function, written in Rust, that Firehose calls with every batch of records. SQL with `runtime: lambda` runs
/// in it; in that case it is always part of the stack.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Transform {
    /// Your own function, which Firehose calls instead of pipec's. Of the other keys, only `buffer` and `retries` apply
    /// to it. SQL with `runtime: lambda` needs pipec's function.
    pub lambda: Option<OwnTransform>,
    /// Text to append to each record that does not already end with it, and to each row of the SQL. Default: a newline.
    pub append: Option<String>,
    /// Format of records to unpack: `cloudwatch_logs` for the gzip records of a CloudWatch Logs subscription filter.
    /// Each log event becomes a JSON object with `id`, `timestamp` (milliseconds since 1970), `message`, `logGroup`,
    /// `logStream` and `owner`; the SQL also reads `fields`, the message as an object if it is JSON. Other records pass
    /// through unchanged. Without a stream and SQL, Firehose itself unpacks and
    /// delivers the messages alone.
    pub unpack: Option<Unpack>,
    /// Timeout of the function, 1 s to 300 s, the maximum that Firehose waits. Default: `60 s`.
    #[schemars(extend("examples" = ["60 s"]))]
    pub timeout: Option<Duration>,
    /// Memory of the function, 128 MiB to 10,240 MiB, which also determines its share of CPU. Default: `256 MiB`.
    #[schemars(extend("examples" = ["256 MiB"]))]
    pub memory: Option<ByteSize>,
    /// Processor architecture of the function. Default: `x86_64`.
    pub architecture: Option<Architecture>,
    /// Buffer of records for one call of the function. Default: 1 MiB or 60 s; with `unpack`, 0.2 MiB or 60 s.
    pub buffer: Option<TransformBuffer>,
    /// Number of times Firehose retries a failed call, 0 to 300. Default: 3.
    #[schemars(extend("examples" = [3]))]
    pub retries: Option<u64>,
}

/// Your own Lambda function, which transforms records. The stack does not create or change it, and Firehose's role may
/// call only this function.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnTransform {
    /// ARN of the function, of a version or of an alias, in the stack's account and region. Its timeout is at most 300
    /// s, the maximum that Firehose waits; AWS recommends at least 60 s.
    #[schemars(
        regex(pattern = r"^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_$-]{1,128})?$"),
        extend("examples" = ["arn:aws:lambda:us-east-1:111122223333:function:enrich"])
    )]
    pub function: String,
    /// Name of the function's execution role. `deploy` compares it with the function's role; the stack grants it no
    /// permissions. Default: it is not compared.
    #[schemars(regex(pattern = r"^[A-Za-z0-9_+=,.@-]{1,64}$"), extend("examples" = ["enrich-role"]))]
    pub role: Option<String>,
}

/// What records contain many of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unpack {
    /// Log events from CloudWatch Logs.
    CloudwatchLogs,
}

/// Buffer of the transform: Firehose calls the function at this size or after this interval, whichever comes first.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransformBuffer {
    /// Buffer size before base64, 0.2 MiB to 3 MiB. Default: `1 MiB`; with `unpack`, `0.2 MiB`.
    #[schemars(extend("examples" = ["1 MiB"]))]
    pub size: Option<ByteSize>,
    /// Buffer interval, 0 s to 900 s. Default: `60 s`.
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
    /// Graviton. Needs programs that you have built for it.
    Arm64,
}

/// Amazon Data Firehose.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    {"required": ["s3"]},
    {"required": ["http"]},
    {"required": ["datadog"]},
    {"required": ["new_relic"]},
    {"required": ["splunk"]},
    {"required": ["opensearch"]},
    {"required": ["opensearch_serverless"]},
    {"required": ["redshift"]},
    {"required": ["snowflake"]},
    {"required": ["iceberg"]},
]))]
pub struct Delivery {
    /// Buffering hints. Default: for S3, 5 MiB or 300 s, whichever comes first; for other destinations, see `docs/destinations.md`.
    pub buffer: Option<Buffer>,
    /// Records that are stored in a bucket next to the destination, and that bucket. For S3 `raw`, all records as they come in,
    /// before the transform; default: none. For Redshift also `raw`; its failed records are retained in the staging bucket. For other destinations `failed` or `all`; default: `failed`, the records that did
    /// not reach the destination.
    #[schemars(extend("examples" = ["all"]))]
    pub backup: Option<Backup>,
    /// Time during which Firehose retries a request that failed, 0 s to 7,200 s, before it stores the records in the backup's
    /// bucket. Not with `s3`, which Firehose retries for up to 24 h. Default: `5 min`; `datadog`, `new_relic` and `snowflake`: `60 s`; `redshift`: `1 h`.
    #[schemars(extend("examples" = ["5 min"]))]
    pub retry: Option<Duration>,
    /// Newline after each record, for destinations that need one. Default: `append`, whether or not the record already ends with one. `none` writes the
    /// records as they are: for producers that end each record with a newline, and for records that are not text, such
    /// as gzip. With pipec's transform, `transform.append` decides; with your own function, the newline is appended to
    /// each record that it returns.
    pub newline: Option<Newline>,
    /// Input of this delivery: `stream`, or the name of an output of the SQL; without a stream also `records`, the
    /// records that are put into it, without the SQL. Default: the output of the SQL that goes to `delivery`; without
    /// SQL, the stream.
    #[schemars(extend("examples" = ["stream"]))]
    pub from: Option<String>,
    /// Lambda function that processes each record on its way to this destination. Default: the pipeline's `transform`.
    pub transform: Option<Transform>,
    /// Average size of a record. Only without a stream, and then required.
    #[schemars(extend("examples" = ["2 KiB"]))]
    pub record_size: Option<ByteSize>,
    /// Peak load in records per second. Only without a stream, and then required.
    #[schemars(extend("exclusiveMinimum" = 0), extend("examples" = [1000]))]
    pub records_per_second: Option<f64>,
    /// Average load over a month in records per second. Only without a stream. Default: the peak, all month.
    #[schemars(extend("exclusiveMinimum" = 0), extend("examples" = [300]))]
    pub average: Option<f64>,
    /// Encryption of the records that Firehose buffers. Only without a stream, whose encryption otherwise applies.
    /// Default: `aws_managed`, a key that AWS owns.
    pub encryption: Option<Encryption>,
    /// An S3 bucket as the destination.
    pub s3: Option<S3>,
    /// An HTTPS endpoint as the destination.
    pub http: Option<Http>,
    /// Datadog as the destination.
    pub datadog: Option<Datadog>,
    /// New Relic as the destination.
    pub new_relic: Option<NewRelic>,
    /// Splunk as the destination.
    pub splunk: Option<Splunk>,
    /// A domain of OpenSearch Service as the destination.
    pub opensearch: Option<OpenSearch>,
    /// A collection of OpenSearch Serverless as the destination.
    pub opensearch_serverless: Option<OpenSearchServerless>,
    /// Amazon Redshift as the destination.
    pub redshift: Option<Redshift>,
    /// Snowflake as the destination.
    pub snowflake: Option<Snowflake>,
    /// A table of Apache Iceberg as the destination.
    pub iceberg: Option<Iceberg>,
}

/// Newline after each record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Newline {
    /// Firehose appends a newline to each record.
    Append,
    /// Firehose writes the records as they are.
    None,
}

/// Buffer of the delivery: Firehose writes an object at this size or after this interval, whichever comes first.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Buffer {
    /// Buffer size before compression, in whole MiB, 1 MiB to 128 MiB.
    #[schemars(extend("examples" = ["1 MiB"]))]
    pub size: ByteSize,
    /// Buffer interval, 0 s to 900 s.
    #[schemars(extend("examples" = ["60 s"]))]
    pub interval: Duration,
}

/// Settings of all log groups of the stack.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Logs {
    /// Retention period of logs, one of the periods that CloudWatch Logs offers. Default: `365 d`.
    #[schemars(extend("examples" = ["365 d"]))]
    pub retention: Option<Duration>,
    /// ARN of a KMS key that encrypts all log groups. Its key policy must allow CloudWatch Logs to use it; `pipec plan`
    /// prints the statement. Default: CloudWatch Logs' own encryption.
    #[schemars(extend("examples" = ["arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]))]
    pub kms_key: Option<String>,
}
