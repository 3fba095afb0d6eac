//! A Firehose stream in AWS: Direct PUT.
//!
//! One call of one operation, with the signatures, retries, timeouts and connections of the SDK. Its client of Firehose would
//! be many times larger than this, and would copy each record once more.

use aws_runtime::{
    auth::{
        SigV4OperationSigningConfig,
        sigv4::{SCHEME_ID, SigV4AuthScheme},
    },
    retries::classifiers::AwsErrorCodeClassifier,
    service_clock_skew::ServiceClockSkewInterceptor,
};
use aws_smithy_runtime::client::{
    orchestrator::operation::Operation,
    retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier},
};
use aws_smithy_runtime_api::{
    client::{
        auth::{AuthSchemeOptionResolverParams, static_resolver::StaticAuthSchemeOptionResolver},
        orchestrator::{HttpRequest, HttpResponse, OrchestratorError},
        runtime_components::RuntimeComponentsBuilder,
        runtime_plugin::StaticRuntimePlugin,
    },
    http::HttpError,
};
use aws_smithy_types::{
    body::SdkBody, config_bag::Layer, error::ErrorMetadata, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_types::SdkConfig;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use pipec_producer_config::Delivery;
use serde::Deserialize;

use crate::{
    record::Record,
    sender::{PutError, Refusal, Stream, put_error},
};

/// Most bytes of one call: 4 MiB of data, before base64. Source: Firehose API, `PutRecordBatch`, 2026-11.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

const SERVICE: &str = "firehose";
const OPERATION: &str = "PutRecordBatch";
/// The service's name and version in the protocol. Source: botocore, `firehose/2015-08-04`.
const TARGET: &str = "Firehose_20150804.PutRecordBatch";

/// A Firehose stream for Direct PUT. Needs `firehose:PutRecordBatch` on it, and `kms:GenerateDataKey` and `kms:Decrypt` on
/// its key if that is not AWS's own.
#[derive(Debug)]
pub struct Firehose {
    put: Operation<Bytes, Vec<Result<(), Refusal>>, ErrorMetadata>,
    stream: String,
}

impl Firehose {
    /// The stream of this name, with credentials, connections and times of the configuration.
    #[must_use]
    pub fn new(config: &SdkConfig, delivery: &Delivery) -> Self {
        let signing = SigV4OperationSigningConfig {
            region: config.region().cloned().map(Into::into),
            name: Some(SERVICE.into()),
            ..SigV4OperationSigningConfig::default()
        };
        let mut layer = Layer::new(OPERATION);
        layer.store_put(signing);
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        let mut components = RuntimeComponentsBuilder::new(OPERATION)
            .with_auth_scheme(SigV4AuthScheme::new())
            .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID])))
            .with_http_client(config.http_client())
            .with_sleep_impl(config.sleep_impl())
            .with_time_source(config.time_source())
            .with_identity_cache(config.identity_cache())
            // A wrong clock of the instance is set right at the second attempt.
            .with_interceptor(ServiceClockSkewInterceptor::new())
            .with_retry_classifier(HttpStatusCodeClassifier::default())
            .with_retry_classifier(TransientErrorClassifier::<ErrorMetadata>::new())
            .with_retry_classifier(AwsErrorCodeClassifier::<ErrorMetadata>::new());
        if let Some(credentials) = config.credentials_provider() {
            components = components.with_identity_resolver(SCHEME_ID, credentials);
        }
        let put = Operation::builder()
            .service_name(SERVICE)
            .operation_name(OPERATION)
            .endpoint_url(config.endpoint_url().unwrap_or(&delivery.endpoint))
            .standard_retry(&config.retry_config().cloned().unwrap_or_else(RetryConfig::standard))
            .timeout_config(config.timeout_config().cloned().unwrap_or_else(TimeoutConfig::disabled))
            .runtime_plugin(
                StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(components),
            )
            .serializer(|body: Bytes| Ok(request(body)?))
            .deserializer(read)
            .build();
        Self { put, stream: delivery.name.clone() }
    }
}

impl Stream for Firehose {
    fn call_bytes(&self) -> usize {
        MAX_BYTES
    }

    async fn put(&self, records: &[Record]) -> Result<Vec<Result<(), Refusal>>, PutError> {
        self.put.invoke(body(&self.stream, records)).await.map_err(|error| put_error(&error))
    }
}

/// What `PutRecordBatch` is called with.
fn body(stream: &str, records: &[Record]) -> Bytes {
    let encoded: usize = records.iter().map(|record| record.data.len().div_ceil(3) * 4 + ENTRY).sum();
    let mut body = String::with_capacity(encoded + stream.len() + ENTRY + 64);
    body.push_str("{\"DeliveryStreamName\":");
    // A text is always JSON.
    body.push_str(&serde_json::Value::from(stream).to_string());
    body.push_str(",\"Records\":[");
    for (at, record) in records.iter().enumerate() {
        body.push_str(if at == 0 { "{\"Data\":\"" } else { ",{\"Data\":\"" });
        STANDARD.encode_string(&record.data, &mut body);
        body.push_str("\"}");
    }
    body.push_str("]}");
    body.into()
}

/// Bytes of a record's entry besides its data.
const ENTRY: usize = ",{\"Data\":\"\"}".len();

fn request(body: Bytes) -> Result<HttpRequest, HttpError> {
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST")?;
    request.set_uri("/")?;
    for (name, value) in [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", TARGET),
        ("user-agent", concat!("pipec-producer/", env!("CARGO_PKG_VERSION"))),
    ] {
        request.headers_mut().insert(name, value);
    }
    Ok(request)
}

/// The part of a response that matters.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Response {
    request_responses: Vec<Entry>,
}

/// What became of one record.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    #[serde(default)]
    error_code: Option<String>,
}

/// An error in AWS's JSON protocol.
#[derive(Default, Deserialize)]
struct Fault {
    #[serde(default, rename = "__type")]
    code: String,
    #[serde(default, alias = "Message")]
    message: String,
}

fn read(response: &HttpResponse) -> Result<Vec<Result<(), Refusal>>, OrchestratorError<ErrorMetadata>> {
    let body = response.body().bytes().unwrap_or_default();
    if response.status().is_success() {
        let response: Response = serde_json::from_slice(body).map_err(OrchestratorError::other)?;
        let result = |entry: Entry| entry.error_code.map_or(Ok(()), |code| Err(Refusal(code)));
        return Ok(response.request_responses.into_iter().map(result).collect());
    }
    let fault: Fault = serde_json::from_slice(body).unwrap_or_default();
    // The code may have a name space before it, and an address after it.
    let code = response.headers().get("x-amzn-errortype").unwrap_or(&fault.code);
    let code = code.split(':').next().unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or_default();
    let mut error = ErrorMetadata::builder();
    if !code.is_empty() {
        error = error.code(code).message(fault.message);
    }
    Err(OrchestratorError::operation(error.build()))
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::http::StatusCode;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn answered(status: u16, body: &Value) -> Result<Vec<Result<(), Refusal>>, Option<String>> {
        let body = SdkBody::from(body.to_string());
        let response = HttpResponse::new(StatusCode::try_from(status).expect("a status"), body);
        read(&response).map_err(|error| error.as_operation_error()?.code().map(str::to_owned))
    }

    #[test]
    fn a_response_has_a_result_for_each_record() {
        let slow = json!({"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."});
        let body = json!({
            "FailedPutCount": 1,
            "Encrypted": false,
            "RequestResponses": [{"RecordId": "a"}, slow, {"RecordId": "b", "ErrorCode": null}],
        });
        let refused = Err(Refusal("ServiceUnavailableException".to_owned()));
        assert_eq!(answered(200, &body), Ok(vec![Ok(()), refused, Ok(())]));
        answered(200, &json!({"FailedPutCount": 0})).expect_err("no results");
    }

    #[test]
    fn errors_have_their_codes() {
        for (body, code) in [
            (
                json!({"__type": "ServiceUnavailableException", "message": "m"}),
                Some("ServiceUnavailableException"),
            ),
            (
                json!({"__type": "com.amazonaws.firehose#InvalidArgumentException"}),
                Some("InvalidArgumentException"),
            ),
            (json!("<html>"), None),
        ] {
            assert_eq!(answered(503, &body), Err(code.map(str::to_owned)));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_body_holds_each_record(
            stream in "[a-zA-Z0-9_.\"-]{1,64}", records in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..20),
        ) {
            let entries: Vec<_> = records.iter().map(|data| Record::keyless(data.clone())).collect();
            let text = body(&stream, &entries);
            let parsed: Value = serde_json::from_slice(&text).expect("JSON");
            prop_assert_eq!(&parsed["DeliveryStreamName"], &json!(stream));
            let entries = parsed["Records"].as_array().expect("a list").iter();
            let data: Vec<_> = entries
                .map(|entry| STANDARD.decode(entry["Data"].as_str().expect("a text")).expect("base64"))
                .collect();
            prop_assert_eq!(data, records);
        }
    }
}
