//! HTTP endpoints. Data Firehose developer guide, "Configure destination settings", "HTTP endpoint delivery request and response
//! specifications" and "Monitor with CloudWatch metrics", 2026-11.

use super::{
    BACKUP_FRESHNESS, Capabilities, FIREHOSE, Fallback, Form, Kind, RECORDS_PER_REQUEST, RETRY_S, Reading,
    Rows, Success, Unit, Watched, delivery, freshness, last_delivery, metric, records_delivered,
};
use crate::aws::limits::Bounds;

/// What Firehose accepts of an endpoint.
pub mod limits {
    /// The one port. Same guide, 2026-11.
    pub const PORT: u16 = 443;
    /// Characters of `EndpointConfiguration.Url`. CloudFormation schema, 2026-10.
    pub const URL_CHARS_MAX: usize = 1_000;
    /// `RequestConfiguration.CommonAttributes`. CloudFormation schema, 2026-10.
    pub const ATTRIBUTES_MAX: usize = 50;
    /// Characters of an attribute's name, at least one. Same.
    pub const ATTRIBUTE_NAME_CHARS_MAX: usize = 256;
    /// Characters of an attribute's value. Same.
    pub const ATTRIBUTE_VALUE_CHARS_MAX: usize = 1_024;
    /// Seconds that Firehose waits for a response. Same guide, 2026-11.
    pub const RESPONSE_S: u64 = 180;
}

/// Records of a request that succeeds; 0 where none did. `Success` counts records here, it is no share.
const SUCCESS: Success = Success {
    metric: FIREHOSE.metric("DeliveryToHttpEndpoint.Success"),
    statistic: "Minimum",
    floor: 1.0,
    is_share: false,
    words: "records of a request that succeeds",
};

const WATCHED: Watched = Watched {
    records: FIREHOSE.metric("DeliveryToHttpEndpoint.Records"),
    freshness: FIREHOSE.metric("DeliveryToHttpEndpoint.DataFreshness"),
    success: SUCCESS,
    denied: None,
};

static METRICS: Kind = delivery(&[
    last_delivery("DeliveryToHttpEndpoint.Records"),
    records_delivered("DeliveryToHttpEndpoint.Records"),
    metric(
        RECORDS_PER_REQUEST,
        "records per request, least",
        "DeliveryToHttpEndpoint.Success",
        "Minimum",
        Reading::Lowest,
        Unit::Count,
    ),
    freshness("DeliveryToHttpEndpoint.DataFreshness"),
]);

/// Retries and backup. AWS documents no default of the retry duration.
const fn fallback(retry_s_default: u64) -> Fallback {
    Fallback {
        retry_s: RETRY_S,
        retry_s_default,
        failed: "FailedDataOnly",
        all: Some("AllData"),
        freshness: BACKUP_FRESHNESS,
    }
}

/// An endpoint of anyone. The buffer's default is the guide's; the API reference has 300 s.
pub const HTTP: Capabilities = Capabilities {
    key: "http",
    words: "the endpoint",
    cannot_write: "The endpoint acknowledges no request: it is down, rejects the key, or its response is not valid.",
    unit: "a request",
    description: "Firehose stream that sends the requests",
    buffer_mib: Bounds::new(1, 64),
    buffer_mib_default: 5,
    buffer_s: Bounds::new(0, 900),
    buffer_s_default: 60,
    buffer_because: "",
    separator: "",
    is_appended: false,
    splits_objects: false,
    rows: Rows::Any,
    form: Form::PLAIN,
    reads_log_envelopes: false,
    fallback: Some(fallback(300)),
    metrics: &METRICS,
    watched: WATCHED,
};

/// Datadog. Buffer and retries as AWS's CDK has them for it (`Datadog`), 2026-11; the guide's largest buffer is 4 MiB.
pub const DATADOG: Capabilities = Capabilities {
    key: "datadog",
    words: "Datadog",
    cannot_write: "Datadog acknowledges no request: it is down, or rejects the key.",
    description: "Firehose stream that sends the records to Datadog",
    buffer_mib: Bounds::new(1, 4),
    buffer_mib_default: 4,
    rows: Rows::One,
    reads_log_envelopes: true,
    fallback: Some(fallback(60)),
    ..HTTP
};

/// New Relic. Its largest payload is 1 MB after compression; New Relic, "Stream logs with Amazon Data Firehose", 2026-11.
pub const NEW_RELIC: Capabilities = Capabilities {
    key: "new_relic",
    words: "New Relic",
    cannot_write: "New Relic acknowledges no request: it is down, or rejects the key.",
    description: "Firehose stream that sends the records to New Relic",
    buffer_mib_default: 1,
    rows: Rows::One,
    reads_log_envelopes: true,
    fallback: Some(fallback(60)),
    ..HTTP
};

/// Datadog's endpoint for logs of Firehose, at a site's domain. Datadog, "Send AWS services logs with the Datadog Amazon Data
/// Firehose destination", 2026-11.
pub fn datadog_url(domain: &str) -> String {
    format!("https://aws-kinesis-http-intake.logs.{domain}/v1/input")
}

/// New Relic's endpoint for logs of Firehose: for accounts in the United States. New Relic, "Stream logs with Amazon Data
/// Firehose", 2026-11.
pub const NEW_RELIC_US: &str = "https://aws-api.newrelic.com/firehose/v1";
/// The same for accounts in the European Union.
pub const NEW_RELIC_EU: &str = "https://aws-api.eu.newrelic.com/firehose/v1";
