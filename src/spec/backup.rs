//! The bucket next to a destination.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Compression, Duration, Encryption};

/// Records that are stored in a bucket next to the destination, and the bucket.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Backup {
    /// The records, in a bucket of the stack.
    Mode(BackupMode),
    /// The bucket and its settings.
    Bucket(BackupBucket),
}

/// Records that are stored next to the destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BackupMode {
    /// Records that did not reach the destination.
    Failed,
    /// All records as they are sent to the destination, and those that did not reach it. Cannot be changed back to `failed`
    /// without a new Firehose stream.
    All,
}

/// A bucket next to the destination.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupBucket {
    /// Records that are stored. Default: `failed`.
    pub records: Option<BackupMode>,
    /// Name of an existing bucket. Default: a bucket in the stack: private, encrypted and versioned, and retained when
    /// the stack is deleted.
    #[schemars(extend("examples" = ["my-data-lake"]))]
    pub bucket: Option<String>,
    /// Prefix of the keys of all records, with `records: all`. Default: `records/`; in an existing bucket, `records/NAME/` with
    /// the pipeline's name.
    #[schemars(extend("examples" = ["records/"]))]
    pub prefix: Option<String>,
    /// Prefix of the keys of records that did not reach the destination. Default: `errors/!{firehose:error-output-type}/`; in an
    /// existing bucket, `errors/NAME/..` with the pipeline's name.
    #[schemars(extend("examples" = ["errors/!{firehose:error-output-type}/"]))]
    pub error_prefix: Option<String>,
    /// Compression of the objects. Default: `none`.
    pub compression: Option<Compression>,
    /// Encryption at rest. Default: `aws_managed`.
    pub encryption: Option<Encryption>,
    /// Age in whole days at which objects in the stack's own bucket expire. Default: never.
    #[schemars(extend("examples" = ["30 d"]))]
    pub expire_after: Option<Duration>,
}
