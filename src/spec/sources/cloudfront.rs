//! Real-time logs of CloudFront.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::Percent;

/// CloudFront real-time logs, written to the stream: one line of tab-separated fields per request. The configuration is
/// attached to a cache behavior of your distribution; its ARN is an output of the stack.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloudFront {
    /// Fields of a line. CloudFront writes them in its own order, regardless of the order here.
    #[schemars(extend("examples" = [["timestamp", "c-ip", "sc-status", "cs-uri-stem"]], "minItems" = 1))]
    pub fields: Vec<String>,
    /// Sampling rate: share of the requests that are logged, 1 % to 100 %. Default: `100 %`.
    #[schemars(extend("examples" = ["10 %"]))]
    pub sampling: Option<Percent>,
    /// ID of the distribution, for the command that `pipec plan` prints. The stack does not change the distribution.
    #[schemars(extend("examples" = ["E2QWRUHAPOMQZL"]))]
    pub distribution: Option<String>,
}
