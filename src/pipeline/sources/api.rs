//! An HTTP endpoint.

use crate::pipeline::Setting;
pub use crate::spec::sources::ApiAuth;

/// A REST API with one endpoint.
#[derive(Clone, Debug)]
pub struct Api {
    /// Path of the endpoint.
    pub path: Setting<String>,
    /// Who may send.
    pub auth: Setting<ApiAuth>,
    /// Origins of web pages that may send.
    pub cors: Vec<Setting<String>>,
    /// Requests per second that are accepted, if the user chooses.
    pub requests_per_second: Option<Setting<u64>>,
    /// Requests at once, if the user chooses.
    pub burst: Option<Setting<u64>>,
    /// The field of the body that becomes the partition key.
    pub partition_key: Option<Setting<String>>,
}
