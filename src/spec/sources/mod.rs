//! What writes records into the pipeline besides the producer: one file per kind.

mod cloudwatch_logs;
mod eventbridge;

use schemars::JsonSchema;
use serde::Deserialize;

pub use cloudwatch_logs::{CloudWatchLogs, Distribution};
pub use eventbridge::EventBridge;

/// A source of records: a service that writes into the stream, or into Firehose if there is no stream. Exactly one kind.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["cloudwatch_logs"]}, {"required": ["eventbridge"]}]))]
pub struct Source {
    /// Name of the delivery to write to, without a stream. Default: the only delivery.
    pub to: Option<String>,
    /// Log events of CloudWatch Logs.
    pub cloudwatch_logs: Option<CloudWatchLogs>,
    /// Events of an EventBridge bus.
    pub eventbridge: Option<EventBridge>,
}
