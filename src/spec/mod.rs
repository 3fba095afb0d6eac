//! The types of a spec, as the user writes it. Their doc comments are the reference manual and the text of the JSON
//! Schema; `None` means "not written", and `resolve` fills the default.

mod alarms;
mod analytics;
pub mod consumers;
pub mod delivery;
pub mod destinations;
pub mod environment;
mod iam;
mod producer;
pub mod quantity;
mod records;
pub mod reference;
mod s3;
pub mod schema;
pub mod sources;
mod stream;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

pub use alarms::{AlarmKey, Alarms, Notify, OwnTopic, Thresholds};
pub use analytics::{
    Analytics, AnalyticsRuntime, ErrorsPlace, Flink, Output, OutputFunction, OutputPlace, OutputStream,
    OwnOutput, ReferenceTable,
};
pub use consumers::Consumer;
pub use delivery::{
    Architecture, Buffer, Delivery, Logs, Newline, OwnTransform, Transform, TransformBuffer, Unpack,
};
pub use iam::Iam;
pub use producer::{FileSource, GeneratorSource, HttpSource, Network, Producer};
pub use quantity::{ByteSize, Duration, Percent, SECONDS_PER_DAY, SECONDS_PER_HOUR};
pub use records::{Column, EpochUnit, EventTime, Format, Records, TimeEncoding};
pub use s3::{Compression, Database, ExistingDatabase, ObjectFormat, Partition, PartitionColumn, S3, Table};
pub use sources::Source;
pub use stream::{Capacity, CapacityMode, CustomerKey, Encryption, EncryptionMode, FixedShards, Stream};

/// Tag of every stack and resource, with the pipeline's name.
pub const PIPELINE_TAG: &str = "pipec:pipeline";

/// Name of the stack that holds pipec's own artifact bucket, one per account and region.
pub const ARTIFACT_STACK: &str = "pipec-artifacts";
/// Folder of the artifacts of all pipelines, below the output folder.
pub const ARTIFACTS_DIR: &str = "artifacts";

/// A streaming pipeline: a Kinesis data stream, its sources, its processing and its destination.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "pipec pipeline")]
pub struct Spec {
    /// Name of the pipeline, its output folder and, by default, its stack. Starts with a lower-case letter, followed by
    /// lower-case letters, digits and hyphens; at most 40 characters.
    #[schemars(extend("allOf" = [{"pattern": "^[a-z][a-z0-9-]*$", "maxLength": 40}], "examples" = ["user-data"]))]
    pub name: String,
    /// One-line description of the pipeline. It becomes the template's description; at most 1,024 bytes.
    pub description: Option<String>,
    /// Region whose default quotas and prices are used for the plan. The template itself can be deployed in any region.
    /// Default: `us-east-1`.
    #[schemars(extend("examples" = ["us-east-1"]))]
    pub region: Option<String>,
    /// The input Kinesis data stream. Default: none; records are put directly into Firehose.
    pub stream: Option<Stream>,
    /// EC2 instances that send records to the stream. Default: none; other programs write to the stream.
    pub producer: Option<Producer>,
    /// Services that write records to the pipeline, by name: lower-case letters, digits and hyphens.
    #[schemars(extend("allOf" = [{"propertyNames": {"pattern": "^[a-z]([a-z0-9]|-[a-z0-9])*$", "maxLength": 20}}]))]
    pub sources: Option<IndexMap<String, Source>>,
    /// Readers of the stream in addition to `delivery` and `analytics`, by name: lower-case letters, digits and
    /// hyphens.
    #[schemars(extend("allOf" = [{"propertyNames": {"pattern": "^[a-z]([a-z0-9]|-[a-z0-9])*$", "maxLength": 20}}]))]
    pub consumers: Option<IndexMap<String, Consumer>>,
    /// Format and columns of the records. Required for SQL.
    pub records: Option<Records>,
    /// Real-time SQL on the stream.
    pub analytics: Option<Analytics>,
    /// Lambda function that processes each record on its way to the destination.
    pub transform: Option<Transform>,
    /// Amazon Data Firehose, which buffers records and writes them to the destination. Default: none; the stream has
    /// other readers.
    pub delivery: Option<Delivery>,
    /// Several Firehose streams, by name: lower-case letters, digits and hyphens. Not together with `delivery`.
    #[schemars(extend("allOf" = [{"propertyNames": {"pattern": "^[a-z]([a-z0-9]|-[a-z0-9])*$", "maxLength": 20}}]))]
    pub deliveries: Option<IndexMap<String, Delivery>>,
    /// CloudWatch alarms on every part of the pipeline. Default: none.
    pub alarms: Option<Alarms>,
    /// Whether the stack has a CloudWatch dashboard, which compares the actual load with the declared one. Default:
    /// `false`.
    pub dashboard: Option<bool>,
    /// Settings of all log groups of the stack.
    pub logs: Option<Logs>,
    /// Permissions boundary and path of all roles of the stack.
    pub iam: Option<Iam>,
    /// Warnings and advice that are known and accepted: they are not shown, and `--deny-warnings` does not count them.
    /// Errors cannot be accepted.
    pub accept: Option<Vec<Accept>>,
    /// Unit tests that `pipec test` runs: records, and the rows that are expected of them. They change nothing in the stack; see
    /// [Tests](simulate.md#tests).
    pub tests: Option<Vec<Map<String, Value>>>,
    /// Tags for every resource that supports tags, up to 48. `pipec:pipeline` is always added.
    pub tags: Option<IndexMap<String, String>>,
}

/// A warning or advice that is known and accepted.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// Code of the finding.
    #[schemars(extend("examples" = ["PIPE1001"]))]
    pub code: String,
    /// Key of the spec at which the finding is accepted, with dots. Default: everywhere.
    #[schemars(extend("examples" = ["stream.record_size"]))]
    pub at: Option<String>,
    /// Why it is accepted, for the next reader.
    #[schemars(regex(pattern = r"\S"), extend("examples" = ["each device sends one event per record"]))]
    pub reason: String,
    /// Last day on which it is accepted. After it, `check` and `deploy` show the finding again, and a warning. Default:
    /// no end date.
    #[schemars(regex(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), extend("examples" = ["2027-06-30"]))]
    pub until: Option<String>,
}
