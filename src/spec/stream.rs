//! The Kinesis data stream.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{ByteSize, Duration, Percent};

/// The Kinesis data stream. Its shards are computed from the declared load. With `existing`, the stack does not create
/// the stream, and the other keys declare its properties: `deploy` compares them with the stream.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stream {
    /// ARN of an existing stream in the stack's account and region. The stack does not create, change or delete it.
    /// Default: the stack creates a stream.
    #[schemars(extend("examples" = ["arn:aws:kinesis:us-east-1:111122223333:stream/orders"]))]
    pub existing: Option<String>,
    /// Average size of a record, without its partition key.
    #[schemars(extend("examples" = ["2 KiB"]))]
    pub record_size: ByteSize,
    /// Average size of a partition key, 1 to 256 bytes, which counts towards the limits of a shard. Default: `36 B`, a
    /// UUID.
    pub partition_key_size: Option<ByteSize>,
    /// Path of the field that programs outside the stack use as the partition key. It does not change the stack. It
    /// declares that all records of a key are in one shard, so that queries that depend on the order of a key's records
    /// are accepted with several shards.
    #[schemars(extend("examples" = ["$.ticker"]))]
    pub partition_key: Option<String>,
    /// Peak load in records per second.
    #[schemars(extend("exclusiveMinimum" = 0), extend("examples" = [1000]))]
    pub records_per_second: f64,
    /// Average load over a month in records per second, at most `records_per_second`. The cost estimate uses it; the
    /// number of shards follows from the peak. Default: the peak, all month.
    #[schemars(extend("exclusiveMinimum" = 0), extend("examples" = [300]))]
    pub average: Option<f64>,
    /// Maximum size of a record, partition key included, 1 MiB to 10 MiB. Default: `1 MiB`.
    pub max_record_size: Option<ByteSize>,
    /// Capacity mode, or a fixed number of shards. Default: `provisioned`, with as many shards as the load needs.
    pub capacity: Option<Capacity>,
    /// Additional capacity of the shards on top of the declared load, since partition keys are never distributed
    /// evenly. Default: `25 %`.
    #[schemars(extend("examples" = ["25 %"]))]
    pub headroom: Option<Percent>,
    /// Shard quota of your account in the region, if AWS has raised it. Default: the region's default quota.
    #[schemars(range(min = 1, max = 100000), extend("examples" = [5000]))]
    pub shard_quota: Option<u64>,
    /// Retention period of records, 24 h to 365 d. Default: `24 h`.
    #[schemars(extend("examples" = ["24 h"]))]
    pub retention: Option<Duration>,
    /// Encryption at rest. Default: `aws_managed`.
    pub encryption: Option<Encryption>,
}

/// Capacity of a stream.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Capacity {
    /// A capacity mode without a fixed number of shards.
    Mode(CapacityMode),
    /// A fixed number of shards.
    Fixed(FixedShards),
}

/// Capacity mode of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CapacityMode {
    /// Shards computed from the declared load.
    Provisioned,
    /// Kinesis scales the stream, and bills by volume.
    OnDemand,
}

/// A fixed number of shards.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FixedShards {
    /// Number of shards, at least 1.
    #[schemars(extend("examples" = [2]))]
    pub shards: u64,
}

/// Encryption at rest, with a key that AWS manages or with a customer managed key.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Encryption {
    /// A key that AWS manages, free of charge.
    Mode(EncryptionMode),
    /// A customer managed key.
    Key(CustomerKey),
}

/// Encryption without a customer managed key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EncryptionMode {
    /// The service's own key in your account (`alias/aws/kinesis`; for S3, SSE-S3).
    AwsManaged,
}

/// A customer managed KMS key.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerKey {
    /// ARN of the key. Aliases are not accepted, since policies cannot name them.
    #[schemars(extend("examples" = ["arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]))]
    pub kms_key: String,
}
