//! What writes records into the pipeline besides the producer: one file per kind.

mod api;
mod cloudfront;
mod cloudwatch_logs;
mod dynamodb;
mod eventbridge;
mod iot;
mod metric_stream;
mod sns;
mod sqs;
mod waf;
mod writers;

use schemars::JsonSchema;
use serde::Deserialize;

pub use api::{Api, ApiAuth};
pub use cloudfront::CloudFront;
pub use cloudwatch_logs::{CloudWatchLogs, Distribution};
pub use dynamodb::{ChangesStart, DynamoDb};
pub use eventbridge::EventBridge;
pub use iot::Iot;
pub use metric_stream::{MetricFormat, MetricStream};
pub use sns::{FilterScope, Sns};
pub use sqs::{Sqs, SqsBody};
pub use waf::Waf;
pub use writers::Writers;

/// A source of records: a service that writes to the stream, or to Firehose if there is no stream. Exactly one kind.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    {"required": ["api"]},
    {"required": ["cloudfront"]},
    {"required": ["cloudwatch_logs"]},
    {"required": ["dynamodb"]},
    {"required": ["eventbridge"]},
    {"required": ["iot"]},
    {"required": ["metric_stream"]},
    {"required": ["sns"]},
    {"required": ["sqs"]},
    {"required": ["waf"]},
    {"required": ["writers"]},
]))]
pub struct Source {
    /// Name of the delivery to write to. Only without a stream, and required with several deliveries. Default: the only
    /// delivery.
    pub to: Option<String>,
    /// Requests to an HTTPS endpoint.
    pub api: Option<Api>,
    /// CloudFront real-time logs.
    pub cloudfront: Option<CloudFront>,
    /// Log events from CloudWatch Logs.
    pub cloudwatch_logs: Option<CloudWatchLogs>,
    /// Changes to a DynamoDB table.
    pub dynamodb: Option<DynamoDb>,
    /// Events from an EventBridge bus.
    pub eventbridge: Option<EventBridge>,
    /// CloudWatch metrics.
    pub metric_stream: Option<MetricStream>,
    /// Messages from an SNS topic.
    pub sns: Option<Sns>,
    /// Log of an AWS WAF web ACL.
    pub waf: Option<Waf>,
    /// Messages from MQTT topics in IoT Core.
    pub iot: Option<Iot>,
    /// Messages from an SQS queue.
    pub sqs: Option<Sqs>,
    /// Your own programs.
    pub writers: Option<Writers>,
}
