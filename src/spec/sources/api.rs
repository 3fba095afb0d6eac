//! An HTTP endpoint.

use schemars::JsonSchema;
use serde::Deserialize;

/// Requests to an HTTPS endpoint in API Gateway. The body of each POST is a JSON object, which becomes a record
/// directly, without a function. The response is 400 for any other body, 415 for another content type, and 429 for a
/// request above the limit.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// Path of the endpoint, after the name of the stage, `live`.
    #[schemars(extend("examples" = ["/events"]))]
    pub path: String,
    /// Permitted callers: those with AWS credentials (`iam`), those with the stack's API key (`key`), or everyone
    /// (`none`).
    pub auth: ApiAuth,
    /// CORS origins: web pages that may send from a browser, or `*` for all. Default: none.
    #[schemars(extend("examples" = [["https://shop.example.com"]]))]
    pub cors: Option<Vec<String>>,
    /// Accepted requests per second, 1 to 10,000. Default: the pipeline's `records_per_second`.
    #[schemars(extend("allOf" = [{"minimum": 1, "maximum": 10000}], "examples" = [100]))]
    pub requests_per_second: Option<u64>,
    /// Requests that are accepted at once, 1 to 5,000. Default: `requests_per_second`.
    #[schemars(extend("allOf" = [{"minimum": 1, "maximum": 5000}], "examples" = [200]))]
    pub burst: Option<u64>,
    /// JSON path of the body's field that becomes the partition key. The response is 400 for a body without it.
    /// Default: the request's ID.
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
