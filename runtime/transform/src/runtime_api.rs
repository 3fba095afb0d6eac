//! [Lambda's runtime API], through AWS's client for it: calls come in and answers go out as bytes.
//!
//! `lambda_runtime` stands on the same client and is for handlers with types: it would read the event as JSON
//! once more, copy it, copy the reply, and log a refused event a second and a third time.
//!
//! [Lambda's runtime API]: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

use std::env;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header::CONTENT_LENGTH};
use http_body_util::BodyExt;
use hyper_util::client::legacy::connect::HttpConnector;
use lambda_runtime_api_client::{BoxError, PooledClient, body::Body, build_request};
use serde::Serialize;

const VERSION: &str = "/2018-06-01/runtime";
const ADDRESS: &str = "AWS_LAMBDA_RUNTIME_API";
const REQUEST_ID: &str = "lambda-runtime-aws-request-id";
/// Newer versions of the API want it back, so that an answer that comes too late is not taken for another's.
const INVOCATION_ID: &str = "lambda-runtime-invocation-id";
const ERROR_TYPE: &str = "lambda-runtime-function-error-type";
/// Largest event of a synchronous call, in bytes. <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const LARGEST_EVENT: usize = 6 * 1024 * 1024;

/// The connection to the runtime API.
pub struct RuntimeApi(PooledClient);

/// A call to be answered.
pub struct Invocation {
    /// Lambda's id of the call.
    pub request_id: String,
    invocation_id: Option<HeaderValue>,
}

/// Why a call, or the whole function, fails; the caller gets it as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FunctionError {
    /// A short name, for the one who looks for errors of a kind.
    pub error_type: &'static str,
    /// What is wrong. Holds no content of a record.
    pub error_message: String,
}

impl RuntimeApi {
    /// The API of this execution environment.
    ///
    /// # Errors
    /// Outside of Lambda.
    pub fn from_env() -> Result<Self, BoxError> {
        let address = env::var(ADDRESS).map_err(|error| format!("{ADDRESS}: {error}"))?;
        let endpoint: Uri = address.parse().map_err(|error| format!("{ADDRESS}: {error}"))?;
        if endpoint.authority().is_none() {
            return Err(format!("{ADDRESS} does not contain a host").into());
        }
        let mut connector = HttpConnector::new();
        // The end of a reply would wait for the acknowledgement of what stands before it, up to 40 ms.
        connector.set_nodelay(true);
        Ok(Self(PooledClient::builder().with_connector(connector).with_endpoint(endpoint).build()))
    }

    /// Waits for the next call and puts its event into `event`, in place of what is there.
    ///
    /// # Errors
    /// When the API does not answer as documented. The program cannot go on then.
    pub async fn next(&self, event: &mut Vec<u8>) -> Result<Invocation, BoxError> {
        let request = build_request().uri(format!("{VERSION}/invocation/next")).body(Body::empty())?;
        let (parts, mut body) = self.0.call(request).await?.into_parts();
        if !parts.status.is_success() {
            return Err(format!("no next invocation: status {}", parts.status).into());
        }
        event.clear();
        event.reserve(length(&parts.headers));
        while let Some(frame) = body.frame().await {
            if let Some(data) = frame?.data_ref() {
                event.extend_from_slice(data);
            }
        }
        let request_id =
            parts.headers.get(REQUEST_ID).ok_or("an invocation without an ID")?.to_str()?.to_owned();
        Ok(Invocation { request_id, invocation_id: parts.headers.get(INVOCATION_ID).cloned() })
    }

    /// Answers a call.
    ///
    /// # Errors
    /// When the API cannot be reached or refuses the answer.
    pub async fn answer(
        &self,
        invocation: &Invocation,
        answer: Result<Vec<u8>, FunctionError>,
    ) -> Result<(), BoxError> {
        let path = format!("{VERSION}/invocation/{}", invocation.request_id);
        let mut request = match answer {
            Ok(reply) => post(&format!("{path}/response"), reply.into())?,
            Err(error) => error.request(&format!("{path}/error"))?,
        };
        if let Some(id) = &invocation.invocation_id {
            request.headers_mut().insert(INVOCATION_ID, id.clone());
        }
        self.send(request).await
    }

    /// Says why the function does not start, so that the caller sees the reason and not just an exit code.
    ///
    /// # Errors
    /// As [`RuntimeApi::answer`]. The log and the exit code still say it.
    pub async fn init_error(&self, error: FunctionError) -> Result<(), BoxError> {
        self.send(error.request(&format!("{VERSION}/init/error"))?).await
    }

    async fn send(&self, request: Request<Body>) -> Result<(), BoxError> {
        let response: Response<_> = self.0.call(request).await?;
        let status = response.status();
        // A connection whose answer has not been read is not used again.
        response.into_body().collect().await?;
        if status.is_success() {
            Ok(())
        } else {
            Err(format!("a response was rejected: status {status}").into())
        }
    }
}

impl FunctionError {
    fn request(&self, path: &str) -> Result<Request<Body>, BoxError> {
        let mut request = post(path, serde_json::to_vec(self)?.into())?;
        request.headers_mut().insert(ERROR_TYPE, HeaderValue::from_static(self.error_type));
        Ok(request)
    }
}

fn post(path: &str, body: Bytes) -> Result<Request<Body>, BoxError> {
    Ok(build_request().method(Method::POST).uri(path).body(body.into())?)
}

/// How long the body is, as far as it says so.
fn length(headers: &HeaderMap) -> usize {
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    length.map_or(0, |length: usize| length.min(LARGEST_EVENT))
}
