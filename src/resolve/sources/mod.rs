//! Sources: what is decided about them, and how they are read from the spec. One file per kind.

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

use super::Resolver;
use super::pipeline::Setting;
use crate::parse::step;
use crate::source::Span;
use crate::spec;
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

impl Resolver<'_> {
    fn texts(&self, at: &str, texts: Vec<String>) -> Vec<Setting<String>> {
        texts.into_iter().enumerate().map(|(n, text)| self.written(&format!("{at}/{n}"), text)).collect()
    }

    pub(super) fn source(&self, name: String, source: spec::Source) -> Option<Source> {
        let spec = format!("/sources/{}", step(&name));
        let to = source.to.map(|to| self.written(&format!("{spec}/to"), to));
        let kind = if let Some(api) = source.api {
            SourceKind::Api(self.api(&format!("{spec}/api"), api))
        } else if let Some(logs) = source.cloudfront {
            SourceKind::CloudFront(self.cloudfront(&format!("{spec}/cloudfront"), logs))
        } else if let Some(logs) = source.cloudwatch_logs {
            SourceKind::CloudWatchLogs(self.cloudwatch_logs(&format!("{spec}/cloudwatch_logs"), logs))
        } else if let Some(table) = source.dynamodb {
            SourceKind::DynamoDb(self.dynamodb(&format!("{spec}/dynamodb"), table))
        } else if let Some(eventbridge) = source.eventbridge {
            SourceKind::EventBridge(self.eventbridge(&format!("{spec}/eventbridge"), eventbridge))
        } else if let Some(stream) = source.metric_stream {
            SourceKind::MetricStream(self.metric_stream(&format!("{spec}/metric_stream"), stream))
        } else if let Some(sns) = source.sns {
            SourceKind::Sns(self.sns(&format!("{spec}/sns"), sns))
        } else if let Some(waf) = source.waf {
            SourceKind::Waf(self.waf(&format!("{spec}/waf"), waf))
        } else if let Some(rule) = source.iot {
            SourceKind::Iot(self.iot(&format!("{spec}/iot"), rule))
        } else if let Some(sqs) = source.sqs {
            SourceKind::Sqs(self.sqs(&format!("{spec}/sqs"), sqs))
        } else if let Some(writers) = source.writers {
            SourceKind::Writers(self.writers(&format!("{spec}/writers"), writers))
        } else {
            // The schema asks for one of them.
            return None;
        };
        Some(Source { span: self.key(&spec), name, spec, to, kind })
    }
}
