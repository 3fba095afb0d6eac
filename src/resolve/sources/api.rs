//! An HTTP endpoint.

use super::super::Resolver;
use super::super::pipeline::Setting;
use crate::spec::sources as spec;

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

impl Resolver<'_> {
    pub(super) fn api(&self, at: &str, api: spec::Api) -> Api {
        Api {
            path: self.written(&format!("{at}/path"), api.path),
            auth: self.written(&format!("{at}/auth"), api.auth),
            cors: self.texts(&format!("{at}/cors"), api.cors.unwrap_or_default()),
            requests_per_second: self.optional(&format!("{at}/requests_per_second"), api.requests_per_second),
            burst: self.optional(&format!("{at}/burst"), api.burst),
            partition_key: self.optional(&format!("{at}/partition_key"), api.partition_key),
        }
    }
}
