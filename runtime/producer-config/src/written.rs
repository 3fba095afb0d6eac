//! The configuration as it is written in the file: the target's name and its partition key are keys of the top level.

use serde::{Deserialize, Serialize};

use crate::{Config, Delivery, LogTarget, PartitionKey, Source, Target};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stream: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivery: Option<Delivery>,
    region: String,
    records_per_second: f64,
    #[serde(default)]
    max_record_size: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    partition_key: Option<PartitionKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    log: Option<LogTarget>,
    source: Source,
}

/// Why the keys are not those of one target.
#[derive(Debug, thiserror::Error)]
pub enum TargetFault {
    #[error("stream or delivery is missing")]
    None,
    #[error("stream and delivery are both set")]
    Both,
    #[error("partition_key is missing")]
    NoKey,
    #[error("partition_key is set, but Firehose has no partition keys")]
    Key,
}

impl TryFrom<Written> for Config {
    type Error = TargetFault;

    fn try_from(written: Written) -> Result<Self, TargetFault> {
        let target = match (written.stream, written.delivery, written.partition_key) {
            (Some(name), None, Some(partition_key)) => Target::Stream { name, partition_key },
            (None, Some(delivery), None) => Target::Delivery(delivery),
            (Some(_), None, None) => return Err(TargetFault::NoKey),
            (None, Some(_), Some(_)) => return Err(TargetFault::Key),
            (None, None, _) => return Err(TargetFault::None),
            (Some(_), Some(_), _) => return Err(TargetFault::Both),
        };
        Ok(Self {
            max_record_size: written.max_record_size.unwrap_or_else(|| target.default_record_size()),
            target,
            region: written.region,
            records_per_second: written.records_per_second,
            log: written.log,
            source: written.source,
        })
    }
}

impl From<Config> for Written {
    fn from(config: Config) -> Self {
        let (stream, delivery, partition_key) = match config.target {
            Target::Stream { name, partition_key } => (Some(name), None, Some(partition_key)),
            Target::Delivery(delivery) => (None, Some(delivery), None),
        };
        Self {
            stream,
            delivery,
            region: config.region,
            records_per_second: config.records_per_second,
            max_record_size: Some(config.max_record_size),
            partition_key,
            log: config.log,
            source: config.source,
        }
    }
}
