//! What Firehose does: the transform, the delivery to S3, the logs.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{ByteSize, Duration, Encryption};

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
#[schemars(extend("oneOf" = [{"required": ["s3"]}]))]
pub struct Delivery {
    /// When collected records are written. Default: 5 MiB or 300 s, whichever comes first.
    pub buffer: Option<Buffer>,
    /// An S3 bucket as the destination.
    pub s3: Option<S3>,
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
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
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
