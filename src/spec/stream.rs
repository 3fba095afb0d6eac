//! The Kinesis data stream.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{ByteSize, Duration, Percent};

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
