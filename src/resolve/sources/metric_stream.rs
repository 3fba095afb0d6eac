//! Metric streams of CloudWatch.

use super::super::Resolver;
use crate::pipeline::{MetricFormat, MetricStream};
use crate::spec::sources as spec;

impl Resolver<'_> {
    pub(super) fn metric_stream(&self, at: &str, stream: spec::MetricStream) -> MetricStream {
        MetricStream {
            namespaces: self.texts(&format!("{at}/namespaces"), stream.namespaces.unwrap_or_default()),
            exclude: self.texts(&format!("{at}/exclude"), stream.exclude.unwrap_or_default()),
            format: self.or(&format!("{at}/format"), stream.format, MetricFormat::Json),
        }
    }
}
