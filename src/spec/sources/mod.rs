//! What writes records into the pipeline besides the producer: one file per kind.

mod cloudfront;
mod cloudwatch_logs;
mod dynamodb;
mod eventbridge;
mod metric_stream;
mod sns;
mod sqs;
mod waf;

use schemars::JsonSchema;
use serde::Deserialize;

pub use cloudfront::CloudFront;
pub use cloudwatch_logs::{CloudWatchLogs, Distribution};
pub use dynamodb::{ChangesStart, DynamoDb};
pub use eventbridge::EventBridge;
pub use metric_stream::{MetricFormat, MetricStream};
pub use sns::{FilterScope, Sns};
pub use sqs::Sqs;
pub use waf::Waf;

/// A source of records: a service that writes into the stream, or into Firehose if there is no stream. Exactly one kind.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    {"required": ["cloudfront"]},
    {"required": ["cloudwatch_logs"]},
    {"required": ["dynamodb"]},
    {"required": ["eventbridge"]},
    {"required": ["metric_stream"]},
    {"required": ["sns"]},
    {"required": ["sqs"]},
    {"required": ["waf"]},
]))]
pub struct Source {
    /// Name of the delivery to write to, without a stream. Default: the only delivery.
    pub to: Option<String>,
    /// Real-time logs of CloudFront.
    pub cloudfront: Option<CloudFront>,
    /// Log events of CloudWatch Logs.
    pub cloudwatch_logs: Option<CloudWatchLogs>,
    /// Changes of a DynamoDB table.
    pub dynamodb: Option<DynamoDb>,
    /// Events of an EventBridge bus.
    pub eventbridge: Option<EventBridge>,
    /// Metrics of CloudWatch.
    pub metric_stream: Option<MetricStream>,
    /// Messages of an SNS topic.
    pub sns: Option<Sns>,
    /// Messages of an SQS queue.
    pub sqs: Option<Sqs>,
    /// The log of a web ACL of AWS WAF.
    pub waf: Option<Waf>,
}
