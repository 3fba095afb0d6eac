//! An HTTP endpoint.

use schemars::JsonSchema;
use serde::Deserialize;

/// Requests to an HTTPS endpoint in API Gateway. The body of each POST is a JSON object, which becomes a record without any function in
/// between. What is not a JSON object is answered with 400, another content type with 415, a request over the limit with 429.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// Path of the endpoint, after the name of the stage, `live`.
    #[schemars(extend("examples" = ["/events"]))]
    pub path: String,
    /// Who may send: callers with AWS credentials (`iam`), with the key of the stack (`key`), or everybody (`none`).
    pub auth: ApiAuth,
    /// Origins of web pages that may send from a browser, or `*` for all. Default: none.
    #[schemars(extend("examples" = [["https://shop.example.com"]]))]
    pub cors: Option<Vec<String>>,
    /// Requests per second that are accepted, 1 to 10,000. Default: the pipeline's `records_per_second`.
    #[schemars(extend("allOf" = [{"minimum": 1, "maximum": 10000}], "examples" = [100]))]
    pub requests_per_second: Option<u64>,
    /// Requests that are accepted at once, 1 to 5,000. Default: those of a second.
    #[schemars(extend("allOf" = [{"minimum": 1, "maximum": 5000}], "examples" = [200]))]
    pub burst: Option<u64>,
    /// JSON path of the body's field that becomes the partition key. A body without it is answered with 400. Default: the
    /// request's id.
    #[schemars(extend("allOf" = [{"pattern": "^\\$", "maxLength": 256}], "examples" = ["$.customer_id"]))]
    pub partition_key: Option<String>,
}

/// Who may send requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApiAuth {
    /// Callers whose AWS credentials allow it.
    Iam,
    /// Callers with the API key that the stack creates.
    Key,
    /// Everybody.
    None,
}
