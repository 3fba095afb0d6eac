//! Reads the sources from the spec. One file per kind.

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
use crate::parse::step;
use crate::pipeline::{Setting, Source, SourceKind};
use crate::spec;

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
            // The schema requires one of them.
            return None;
        };
        Some(Source { span: self.key(&spec), name, spec, to, kind })
    }
}
