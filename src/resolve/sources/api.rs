//! An HTTP endpoint.

use super::super::Resolver;
use crate::pipeline::Api;
use crate::spec::sources as spec;

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
