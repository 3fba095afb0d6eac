//! HTTP endpoints: your own, Datadog's and New Relic's.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

/// An HTTPS endpoint that accepts requests of Firehose. It is reached over the internet at port 443.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Address of the endpoint, with `https` and a certificate of a public authority, up to 1,000 characters. A path and a query
    /// are sent as they are.
    #[schemars(extend("examples" = ["https://firehose.example.com/v1/events"]))]
    pub url: String,
    /// ARN of a secret in Secrets Manager, `{"api_key": ".."}`, in the pipeline's region. Firehose sends the key with each
    /// request as `X-Amz-Firehose-Access-Key`. Default: no key.
    #[schemars(extend("examples" = ["arn:aws:secretsmanager:us-east-1:111122223333:secret:endpoint-AbCdEf"]))]
    pub secret: Option<String>,
    /// ARN of the customer managed key that encrypts the secret. Default: the key of Secrets Manager.
    #[schemars(extend("examples" = ["arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]))]
    pub secret_kms_key: Option<String>,
    /// Name of the endpoint in AWS's console, up to 256 characters. Default: the pipeline's name.
    #[schemars(length(min = 1, max = 256), extend("examples" = ["events"]))]
    pub name: Option<String>,
    /// Compression of the requests. Default: `gzip`.
    pub compression: Option<RequestCompression>,
    /// Names and values that Firehose sends with each request as `X-Amz-Firehose-Common-Attributes`, at most 50. They are
    /// visible in the template: no secrets. Default: none.
    #[schemars(extend("examples" = [{"env": "prod"}]))]
    pub attributes: Option<IndexMap<String, String>>,
}

/// Datadog, which takes each record as a log.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Datadog {
    /// Site of your organization. Default: `us1`.
    pub site: Option<DatadogSite>,
    /// ARN of a secret in Secrets Manager with an API key of Datadog, `{"api_key": ".."}`, in the pipeline's region.
    #[schemars(extend("examples" = ["arn:aws:secretsmanager:us-east-1:111122223333:secret:datadog-AbCdEf"]))]
    pub secret: String,
    /// ARN of the customer managed key that encrypts the secret. Default: the key of Secrets Manager.
    #[schemars(extend("examples" = ["arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]))]
    pub secret_kms_key: Option<String>,
    /// Tags of the logs: names and values, at most 50. They are visible in the template. Default: none.
    #[schemars(extend("examples" = [{"env": "prod"}]))]
    pub attributes: Option<IndexMap<String, String>>,
}

/// A site of Datadog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DatadogSite {
    /// `datadoghq.com`.
    Us1,
    /// `us3.datadoghq.com`.
    Us3,
    /// `us5.datadoghq.com`.
    Us5,
    /// `datadoghq.eu`.
    Eu,
    /// `ap1.datadoghq.com`.
    Ap1,
    /// `ddog-gov.com`.
    UsGov,
}

/// New Relic, which takes each record as a log.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRelic {
    /// Region of your account. Default: `us`.
    pub region: Option<NewRelicRegion>,
    /// ARN of a secret in Secrets Manager with a license key of New Relic, `{"api_key": ".."}`, in the pipeline's region.
    #[schemars(extend("examples" = ["arn:aws:secretsmanager:us-east-1:111122223333:secret:new-relic-AbCdEf"]))]
    pub secret: String,
    /// ARN of the customer managed key that encrypts the secret. Default: the key of Secrets Manager.
    #[schemars(extend("examples" = ["arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]))]
    pub secret_kms_key: Option<String>,
    /// Attributes of the logs: names and values, at most 50. They are visible in the template. Default: none.
    #[schemars(extend("examples" = [{"env": "prod"}]))]
    pub attributes: Option<IndexMap<String, String>>,
}

/// A region of New Relic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NewRelicRegion {
    /// United States.
    Us,
    /// European Union.
    Eu,
}

/// Compression of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestCompression {
    /// No compression.
    None,
    /// gzip.
    Gzip,
}
