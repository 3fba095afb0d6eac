//! AWS WAF.

use serde::Serialize;

use super::super::alarms::{Rule, Scope};
use super::super::existing::Existing;
use super::{Kind, Site, SourceShown, SourceValues, Trust};
use crate::aws::existing;
use crate::pipeline::{Target, Waf};

/// What the template of a web ACL's log needs.
#[derive(Clone, Debug, Serialize)]
pub struct WafPlan {
    /// ARN of the web ACL.
    pub web_acl: String,
}

impl Kind for Waf {
    fn name(&self) -> &'static str {
        "waf"
    }

    fn existing(&self, site: &Site) -> Vec<Existing> {
        let at = format!("{}/waf/web_acl", site.source.spec);
        vec![Existing::new(&existing::WEB_ACL, &self.web_acl.value, at)]
    }

    fn values(&self, _site: &Site) -> SourceValues {
        SourceValues::Waf(WafPlan { web_acl: self.web_acl.value.clone() })
    }

    fn resources(&self) -> Vec<(&'static str, &'static str)> {
        vec![("Source", "AWS::WAFv2::LoggingConfiguration")]
    }

    fn refers_to_target(&self) -> bool {
        true
    }

    /// WAF writes with its own service-linked role.
    fn trust(&self, _site: &Site) -> Option<Trust> {
        None
    }

    fn writes(&self, _target: Target) -> &'static [&'static str] {
        &[]
    }

    /// WAF has no metric of its logs, only of requests. Its developer guide, "AWS WAF metrics and dimensions", 2026-11.
    fn alarms(&self, _site: &Site, _scope: &Scope) -> Vec<Rule> {
        Vec::new()
    }

    fn shown(&self, _site: &Site) -> SourceShown {
        let name = self.web_acl.value.split('/').nth(2).unwrap_or_default();
        SourceShown {
            line: format!("log of web ACL {name}"),
            record: "a request, one JSON object: timestamp, formatVersion, webaclId, terminatingRuleId, action, httpRequest, \
                     labels and others"
                .into(),
            failures: "lost".into(),
            other_side: Vec::new(),
        }
    }
}
