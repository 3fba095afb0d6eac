//! Metric streams of CloudWatch.

use crate::pipeline::Setting;
pub use crate::spec::sources::MetricFormat;

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
