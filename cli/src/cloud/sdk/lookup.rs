//! Look-ups of resources that a stack does not create. Each is one call of another service, whose client would be larger
//! than all of this: the SDK's own signatures, retries and connections, with requests and responses from the table
//! [`pipec_compiler::aws::existing`].

use std::fmt::Write as _;
use std::str;

use aws_config::Region;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::error::ErrorMetadata;
use aws_types::service_config::ServiceConfigKey;
use serde_json::Value;

use super::SdkClient;
use super::xml;
use crate::cloud::call_error::CallErrorKind;
use crate::cloud::client::{Call, Lookup, Objects};
use pipec_compiler::aws::endpoints::endpoint;
use pipec_compiler::aws::existing::{ExistingKind, Parameters, Request, parameter};

/// Attempts of a look-up at most. A deployment does not depend on it, so it waits less than for other calls: in a network
/// without endpoints of the services, some ten seconds for each service.
const ATTEMPTS_MAX: u32 = 2;

impl Lookup for SdkClient {
    fn look_up(&self, kind: &'static ExistingKind, id: &str) -> Call<Option<Value>> {
        let found = match kind.request {
            Request::Bucket => return Ok(self.bucket_exists(id)?.then_some(Value::Null)),
            _ => self.call(kind.action, self.operation(kind).invoke(id.to_owned())),
        };
        match found {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.kind == CallErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl SdkClient {
    fn operation(&self, kind: &'static ExistingKind) -> Operation<String, Value, ErrorMetadata> {
        let config = self.config();
        let service = kind.service();
        let place =
            endpoint(kind.host.unwrap_or(service), &self.region, config.use_fips().unwrap_or_default());
        let signing = SigV4OperationSigningConfig {
            region: Some(Region::new(place.region).into()),
            name: Some(service.into()),
            ..SigV4OperationSigningConfig::default()
        };
        let mut layer = Layer::new("look-up");
        layer.store_put(signing);
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        let components = RuntimeComponentsBuilder::new("look-up")
            .with_auth_scheme(SigV4AuthScheme::new())
            .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID])))
            .with_http_client(config.http_client())
            .with_sleep_impl(config.sleep_impl())
            .with_time_source(config.time_source())
            .with_identity_cache(config.identity_cache())
            .with_retry_classifier(HttpStatusCodeClassifier::default())
            .with_retry_classifier(TransientErrorClassifier::<ErrorMetadata>::new())
            .with_retry_classifier(AwsErrorCodeClassifier::<ErrorMetadata>::new());
        let components = match config.credentials_provider() {
            Some(credentials) => components.with_identity_resolver(SCHEME_ID, credentials),
            None => components,
        };
        let retries = config.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
        let attempts = retries.max_attempts().min(ATTEMPTS_MAX);
        Operation::builder()
            .service_name(service)
            .operation_name(kind.operation())
            .endpoint_url(&self.own_endpoint(service).unwrap_or(place.url))
            .standard_retry(&retries.with_max_attempts(attempts))
            .timeout_config(config.timeout_config().cloned().unwrap_or_else(TimeoutConfig::disabled))
            .runtime_plugin(
                StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(components),
            )
            .serializer(move |id: String| Ok(request(kind, &id)?))
            .deserializer(read)
            .build()
    }

    /// The endpoint that the user's configuration names, for the service or for all of them.
    pub(super) fn own_endpoint(&self, service: &str) -> Option<String> {
        let key =
            ServiceConfigKey::builder().service_id(service).env("AWS_ENDPOINT_URL").profile("endpoint_url");
        let of_service = self.config().service_config().zip(key.build().ok());
        let of_service = of_service.and_then(|(config, key)| config.load_config(key));
        of_service.or_else(|| self.config().endpoint_url().map(str::to_owned))
    }
}

/// The request that looks up what has this name.
fn request(kind: &ExistingKind, id: &str) -> Result<HttpRequest, aws_smithy_runtime_api::http::HttpError> {
    let operation = kind.operation();
    let (method, path, headers, body) = match kind.request {
        Request::Json(version, target, members) => (
            "POST",
            "/".to_owned(),
            vec![
                ("content-type", format!("application/x-amz-json-{version}")),
                ("x-amz-target", format!("{target}.{operation}")),
            ],
            Value::Object(filled(members, id).map(|(name, value)| (name, value.into())).collect())
                .to_string(),
        ),
        Request::Query(version, parameters) => (
            "POST",
            "/".to_owned(),
            vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
            filled(parameters, id)
                .fold(format!("Action={operation}&Version={version}"), |form, (name, value)| {
                    format!("{form}&{name}={}", escaped(&value))
                }),
        ),
        Request::Get(path) => ("GET", parameter(path, &escaped(id)), Vec::new(), String::new()),
        Request::Bucket => ("HEAD", format!("/{}", escaped(id)), Vec::new(), String::new()),
    };
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method(method)?;
    request.set_uri(path)?;
    let headers = headers.into_iter().chain([("user-agent", format!("pipec/{}", env!("CARGO_PKG_VERSION")))]);
    for (name, value) in headers {
        request.headers_mut().insert(name, value);
    }
    Ok(request)
}

/// The parameters for what the spec names.
fn filled(parameters: Parameters, id: &str) -> impl Iterator<Item = (String, String)> {
    parameters.iter().map(move |(name, value)| ((*name).to_owned(), parameter(value, id)))
}

/// Text as a part of a path, or as a value of a form: all but unreserved characters are escaped (RFC 3986).
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => escaped.push(byte.into()),
            _ => {
                let _ = write!(escaped, "%{byte:02X}");
            }
        }
    }
    escaped
}

/// What a response contains.
fn read(response: &HttpResponse) -> Result<Value, OrchestratorError<ErrorMetadata>> {
    let body = response.body().bytes().and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default();
    let found = match body.trim_start().starts_with('<') {
        true => xml::read(body),
        false => serde_json::from_str(body).ok(),
    };
    if response.status().is_success() {
        return found.ok_or_else(|| OrchestratorError::other("the response cannot be read"));
    }
    let named = response.headers().get("x-amzn-errortype");
    Err(OrchestratorError::operation(error(&found.unwrap_or_default(), named)))
}

/// An error as the protocols write it. AWS JSON has the code behind a name space, and REST in a header, before an address.
fn error(body: &Value, named: Option<&str>) -> ErrorMetadata {
    let first = |pointers: &[&str]| pointers.iter().find_map(|pointer| body.pointer(pointer)?.as_str());
    let mut metadata = ErrorMetadata::builder();
    if let Some(code) = named.or_else(|| first(&["/__type", "/code", "/Error/Code", "/Errors/Error/Code"])) {
        let code = code.split(':').next().unwrap_or_default();
        metadata = metadata.code(code.rsplit('#').next().unwrap_or_default());
    }
    if let Some(message) = first(&["/message", "/Message", "/Error/Message", "/Errors/Error/Message"]) {
        metadata = metadata.message(message);
    }
    metadata.build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_compiler::aws::existing;

    fn sent(kind: &ExistingKind, id: &str) -> (String, Option<String>, String) {
        let request = request(kind, id).expect("a request");
        let body = str::from_utf8(request.body().bytes().unwrap_or_default()).expect("text").to_owned();
        let target = request.headers().get("x-amz-target").map(str::to_owned);
        (format!("{} {}", request.method(), request.uri()), target, body)
    }

    #[test]
    fn requests_have_the_form_of_their_protocol() {
        let (line, target, body) = sent(&existing::KEY, "arn:aws:kms:us-east-1:111122223333:key/k");
        assert_eq!((line.as_str(), target.as_deref()), ("POST /", Some("TrentService.DescribeKey")));
        assert_eq!(body, r#"{"KeyId":"arn:aws:kms:us-east-1:111122223333:key/k"}"#);
        let (line, _, body) = sent(&existing::ROLE, "page role");
        assert_eq!(line, "POST /");
        assert_eq!(body, "Action=GetRole&Version=2010-05-08&RoleName=page%20role");
        let (line, _, body) = sent(&existing::FUNCTION, "arn:aws:lambda:us-east-1:111122223333:function:f");
        let path = "arn%3Aaws%3Alambda%3Aus-east-1%3A111122223333%3Afunction%3Af";
        assert_eq!(line, format!("GET /2015-03-31/functions/{path}/configuration"));
        assert_eq!(body, "");
    }

    #[test]
    fn errors_are_read_in_every_protocol() {
        for (body, named, code) in [
            (
                r#"{"__type": "com.amazonaws.kms#NotFoundException", "message": "m"}"#,
                None,
                "NotFoundException",
            ),
            (r#"{"Message": "m"}"#, Some("ResourceNotFoundException:http://x/"), "ResourceNotFoundException"),
            (
                "<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>m</Message></Error></ErrorResponse>",
                None,
                "NoSuchEntity",
            ),
            (
                "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>m</Message></Error></Errors></Response>",
                None,
                "UnauthorizedOperation",
            ),
        ] {
            let body = xml::read(body).or_else(|| serde_json::from_str(body).ok()).expect("a body");
            let error = error(&body, named);
            assert_eq!((error.code(), error.message()), (Some(code), Some("m")));
        }
    }
}
