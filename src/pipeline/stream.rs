//! The input stream and the load of the pipeline.

use super::{PathText, Setting};
use crate::source::Span;

/// The load of records that come in.
#[derive(Clone, Debug)]
pub struct Intake {
    /// Average record without its partition key, bytes.
    pub record_size: Setting<u64>,
    /// Peak rate.
    pub records_per_second: Setting<f64>,
    /// Average rate over a month.
    pub average: Setting<f64>,
}

/// The Kinesis data stream.
#[derive(Clone, Debug)]
pub struct Stream {
    /// Place of its key.
    pub span: Span,
    /// The stream that exists already, if it is not the stack's.
    pub existing: Option<Existing>,
    /// Partition key, bytes.
    pub partition_key_size: Setting<u64>,
    /// The field that others take the partition key from, if the user says it.
    pub partition_key: Option<Setting<PathText>>,
    /// Largest record, bytes.
    pub max_record_size: Setting<u64>,
    /// What carries the load.
    pub capacity: Setting<Capacity>,
    /// Percent beyond the declared load.
    pub headroom: Setting<u64>,
    /// Shards that the account may have.
    pub shard_quota: Setting<u64>,
    /// Seconds that records stay readable.
    pub retention: Setting<u64>,
    /// At rest.
    pub encryption: Setting<Encryption>,
}

/// A stream that is not the stack's.
#[derive(Clone, Debug)]
pub struct Existing {
    /// Its ARN.
    pub arn: Setting<String>,
    /// Its name, the last part of the ARN.
    pub name: String,
}

/// What carries a stream's load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// Shards computed from the load.
    Provisioned,
    /// A number of shards that the user chose.
    Fixed(u64),
    /// Kinesis scales.
    OnDemand,
}

/// Encryption at rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// The service's own key.
    AwsManaged,
    /// The ARN of a customer's key.
    CustomerKey(String),
}
