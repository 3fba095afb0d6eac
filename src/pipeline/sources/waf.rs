//! AWS WAF.

use crate::pipeline::Setting;

/// The log of a web ACL.
#[derive(Clone, Debug)]
pub struct Waf {
    /// ARN of the web ACL.
    pub web_acl: Setting<String>,
}
