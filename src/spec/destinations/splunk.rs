//! Splunk.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::Duration;

/// Splunk's HTTP Event Collector. It is reached over the internet, and its token needs indexer acknowledgement.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Splunk {
    /// Address of the collector: `https`, host and port, without a path, with a certificate of a public authority.
    #[schemars(extend("examples" = ["https://http-inputs-firehose-example.splunkcloud.com:443"]))]
    pub endpoint: String,
    /// ARN of a secret in Secrets Manager with a token of the collector, `{"hec_token": ".."}`, in the pipeline's region.
    #[schemars(extend("examples" = ["arn:aws:secretsmanager:us-east-1:111122223333:secret:splunk-AbCdEf"]))]
    pub secret: String,
    /// ARN of the customer managed key that encrypts the secret. Default: the key of Secrets Manager.
    #[schemars(extend("examples" = ["arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]))]
    pub secret_kms_key: Option<String>,
    /// Form of the records. Default: `raw`.
    #[serde(rename = "type")]
    pub kind: Option<SplunkType>,
    /// Time during which Firehose waits for an acknowledgement, 3 min to 10 min, before it sends the events again. Default:
    /// `3 min`.
    #[schemars(extend("examples" = ["5 min"]))]
    pub ack_timeout: Option<Duration>,
}

/// Form of records for Splunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SplunkType {
    /// Text, of which each line is an event. The token decides about index and source type.
    Raw,
    /// Objects of Splunk with the key `event`, and, if need be, `time`, `host`, `source`, `sourcetype`, `index` and `fields`.
    Event,
}
