//! Metric streams of CloudWatch.

use schemars::JsonSchema;
use serde::Deserialize;

/// CloudWatch metrics, written to Firehose within minutes. A record contains several metrics. Without `namespaces` and
/// `exclude`, metrics of all namespaces are sent.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricStream {
    /// Namespaces to send.
    #[schemars(extend("allOf" = [{"items": {"pattern": "^[^:*][^*]*$", "maxLength": 255}}], "examples" = [["AWS/EC2", "AWS/Lambda"]], "minItems" = 1))]
    pub namespaces: Option<Vec<String>>,
    /// Namespaces to exclude. Not together with `namespaces`.
    #[schemars(extend("allOf" = [{"items": {"pattern": "^[^:*][^*]*$", "maxLength": 255}}], "examples" = [["AWS/Usage"]], "minItems" = 1))]
    pub exclude: Option<Vec<String>>,
    /// Format of the records. Default: `json`. The other formats are binary: a delivery of them has no
    /// transform, and to S3 it needs `newline: none`.
    pub format: Option<MetricFormat>,
}

/// Format of a metric stream's records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum MetricFormat {
    /// JSON objects, each on a line.
    #[serde(rename = "json")]
    Json,
    /// OpenTelemetry 1.0.0, binary.
    #[serde(rename = "opentelemetry1.0")]
    OpenTelemetry1,
    /// OpenTelemetry 0.7.0, binary.
    #[serde(rename = "opentelemetry0.7")]
    OpenTelemetry0,
}
