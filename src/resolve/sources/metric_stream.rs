//! Metric streams of CloudWatch.

use super::super::Resolver;
use super::super::pipeline::Setting;
use crate::spec::sources as spec;
pub use spec::MetricFormat;

/// A metric stream.
#[derive(Clone, Debug)]
pub struct MetricStream {
    /// Namespaces that are sent; all if there are none.
    pub namespaces: Vec<Setting<String>>,
    /// Namespaces that are not sent.
    pub exclude: Vec<Setting<String>>,
    /// Format of the records.
    pub format: Setting<MetricFormat>,
}

impl Resolver<'_> {
    pub(super) fn metric_stream(&self, at: &str, stream: spec::MetricStream) -> MetricStream {
        MetricStream {
            namespaces: self.texts(&format!("{at}/namespaces"), stream.namespaces.unwrap_or_default()),
            exclude: self.texts(&format!("{at}/exclude"), stream.exclude.unwrap_or_default()),
            format: self.or(&format!("{at}/format"), stream.format, MetricFormat::Json),
        }
    }
}
