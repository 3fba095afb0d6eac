//! Services that write records into the pipeline. One file per kind.

mod api;
mod cloudfront;
mod cloudwatch_logs;
mod eventbridge;
mod iot;
mod metric_stream;
mod pipe;
mod sns;
mod waf;
mod writers;

use super::Setting;
use crate::source::Span;
pub use api::{Api, ApiAuth};
pub use cloudfront::CloudFront;
pub use cloudwatch_logs::{CloudWatchLogs, Distribution, LogSource};
pub use eventbridge::{EventBridge, Pattern, Trigger};
pub use iot::Iot;
pub use metric_stream::{MetricFormat, MetricStream};
pub use pipe::{ChangesStart, DynamoDb, Sqs, SqsBody};
pub use sns::{FilterScope, Sns};
pub use waf::Waf;
pub use writers::Writers;

/// A service that writes records into the pipeline.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name in the spec.
    pub name: String,
    /// Place of its name.
    pub span: Span,
    /// Its place in the spec, a JSON pointer.
    pub spec: String,
    /// The delivery that it writes to, if the user chooses one.
    pub to: Option<Setting<String>>,
    /// What it is.
    pub kind: SourceKind,
}

/// What a source is.
#[derive(Clone, Debug)]
pub enum SourceKind {
    /// An HTTP endpoint.
    Api(Api),
    /// Real-time logs of CloudFront.
    CloudFront(CloudFront),
    /// Log events of CloudWatch Logs.
    CloudWatchLogs(CloudWatchLogs),
    /// A DynamoDB table's stream.
    DynamoDb(DynamoDb),
    /// An EventBridge rule.
    EventBridge(EventBridge),
    /// A metric stream of CloudWatch.
    MetricStream(MetricStream),
    /// An SNS topic.
    Sns(Sns),
    /// The log of a web ACL.
    Waf(Waf),
    /// A topic rule of IoT Core.
    Iot(Iot),
    /// An SQS queue.
    Sqs(Sqs),
    /// Programs of the user's.
    Writers(Writers),
}

/// What a kind of source has besides itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct SourceShape {
    /// Whether it reads from something that is not the stack's, with permissions of its role.
    pub reads: bool,
    /// Whether it has a queue for what it could not write.
    pub queue: bool,
}

impl SourceKind {
    /// What the kind has besides itself.
    pub fn shape(&self) -> SourceShape {
        match self {
            Self::Api(_)
            | Self::CloudFront(_)
            | Self::CloudWatchLogs(_)
            | Self::MetricStream(_)
            | Self::Waf(_)
            | Self::Writers(_) => SourceShape::default(),
            Self::DynamoDb(_) => SourceShape { reads: true, queue: true },
            Self::EventBridge(_) | Self::Iot(_) | Self::Sns(_) => {
                SourceShape { queue: true, ..SourceShape::default() }
            }
            Self::Sqs(_) => SourceShape { reads: true, ..SourceShape::default() },
        }
    }
}
