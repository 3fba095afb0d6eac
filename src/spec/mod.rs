//! The types of a spec, as the user writes it. Their doc comments are the reference manual and the text of the JSON
//! Schema; `None` means "not written", and `resolve` fills the default.

mod analytics;
pub mod delivery;
pub mod environment;
mod producer;
pub mod quantity;
mod records;
pub mod reference;
pub mod schema;
mod stream;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

pub use analytics::{
    Analytics, AnalyticsRuntime, ErrorsPlace, Flink, Output, OutputFunction, OutputPlace, OutputStream,
    OwnOutput, ReferenceTable,
};
pub use delivery::{Architecture, Buffer, Compression, Delivery, Logs, Transform, TransformBuffer};
pub use producer::{FileSource, GeneratorSource, HttpSource, Network, Producer};
pub use quantity::{ByteSize, Duration, Percent, SECONDS_PER_DAY, SECONDS_PER_HOUR};
pub use records::{Column, EpochUnit, EventTime, Format, Records, TimeEncoding};
pub use stream::{Capacity, CapacityMode, CustomerKey, Encryption, EncryptionMode, FixedShards, Stream};

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
