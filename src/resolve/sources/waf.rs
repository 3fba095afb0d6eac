//! AWS WAF.

use super::super::Resolver;
use crate::pipeline::Waf;
use crate::spec::sources as spec;

impl Resolver<'_> {
    pub(super) fn waf(&self, at: &str, waf: spec::Waf) -> Waf {
        Waf { web_acl: self.written(&format!("{at}/web_acl"), waf.web_acl) }
    }
}
