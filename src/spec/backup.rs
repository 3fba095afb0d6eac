//! A second bucket beside a destination.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Compression, Duration, Encryption};

/// What a bucket beside the destination keeps: a word, or a word with a place.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Backup {
    /// A bucket in the stack.
    Mode(BackupMode),
    /// A bucket with settings.
    Bucket(BackupBucket),
}

/// Which records are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BackupMode {
    /// Every record as it comes in, before the transform. For S3.
    Raw,
}

impl BackupMode {
    /// The word for it in a spec.
    pub fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
        }
    }
}

/// A bucket for records that are kept beside the destination.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupBucket {
    /// Which records are kept: `raw` for every record as it comes in, before the transform.
    pub records: BackupMode,
    /// Name of an existing bucket. Default: a bucket in the stack: private, encrypted and versioned, and retained when
    /// the stack is deleted.
    #[schemars(extend("examples" = ["my-data-lake"]))]
    pub bucket: Option<String>,
    /// Prefix of the objects' keys, in which `!{timestamp:..}` and `!{firehose:random-string}` are evaluated. Firehose
    /// appends `yyyy/MM/dd/HH/` if there is no expression. Default: empty; in an existing bucket, `raw/NAME/` with the
    /// pipeline's name.
    #[schemars(extend("examples" = ["raw/orders/"]))]
    pub prefix: Option<String>,
    /// Compression of the objects. Default: `gzip`.
    pub compression: Option<Compression>,
    /// Encryption at rest. Default: `aws_managed`.
    pub encryption: Option<Encryption>,
    /// Age in whole days at which objects in the stack's own bucket expire. Default: never.
    #[schemars(extend("examples" = ["365 d"]))]
    pub expire_after: Option<Duration>,
}
