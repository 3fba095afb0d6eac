//! The bucket next to a destination.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::{Compression, Duration, Encryption};

/// Records that are stored in a bucket next to the destination, and the bucket.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Backup {
    /// The records, in a bucket of the stack.
    Records(BackupRecords),
    /// The bucket and its settings.
    Place(BackupPlace),
}

/// Records that are stored next to the destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BackupRecords {
    /// All records as they come in, before the transform. For S3 and Redshift. Cannot be removed without a new Firehose stream.
    Raw,
    /// Records that did not reach the destination. Not for S3, which has them under its error prefix; for Redshift, they are in the staging bucket.
    Failed,
    /// All records as they are sent to the destination, and those that did not reach it. Cannot be changed back to `failed`
    /// without a new Firehose stream.
    All,
}

/// A bucket next to the destination.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupPlace {
    /// Records that are stored. Default: `raw` for S3 and Redshift, else `failed`.
    pub records: Option<BackupRecords>,
    /// Name of an existing bucket. Default: a bucket in the stack: private, encrypted and versioned, and retained when
    /// the stack is deleted.
    #[schemars(extend("examples" = ["my-data-lake"]))]
    pub bucket: Option<String>,
    /// Prefix of the keys of all records, with `raw` and `all`. Default: `raw/` or `records/`; in an existing bucket,
    /// followed by the pipeline's name.
    #[schemars(extend("examples" = ["records/"]))]
    pub prefix: Option<String>,
    /// Prefix of the keys of records that did not reach the destination. Default: `errors/!{firehose:error-output-type}/`; in an
    /// existing bucket, `errors/NAME/..` with the pipeline's name.
    #[schemars(extend("examples" = ["errors/!{firehose:error-output-type}/"]))]
    pub error_prefix: Option<String>,
    /// Compression of the objects. Default: `gzip` with `raw`, else `none`.
    pub compression: Option<Compression>,
    /// Encryption at rest. Default: `aws_managed`.
    pub encryption: Option<Encryption>,
    /// Age in whole days at which objects in the stack's own bucket expire. Default: never.
    #[schemars(extend("examples" = ["30 d"]))]
    pub expire_after: Option<Duration>,
}
