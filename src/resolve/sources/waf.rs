//! AWS WAF.

use super::super::Resolver;
use super::super::pipeline::Setting;
use crate::spec::sources as spec;

/// The log of a web ACL.
#[derive(Clone, Debug)]
pub struct Waf {
    /// ARN of the web ACL.
    pub web_acl: Setting<String>,
}

impl Resolver<'_> {
    pub(super) fn waf(&self, at: &str, waf: spec::Waf) -> Waf {
        Waf { web_acl: self.written(&format!("{at}/web_acl"), waf.web_acl) }
    }
}
