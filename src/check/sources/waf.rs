//! Rules of AWS WAF.

use super::{Rules, Site, arn};
use crate::aws::limits::names::DELIVERY_STREAM;
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Encryption, Source, SourceKind, Waf};

const WEB_ACL: arn::Wanted = arn::Wanted {
    service: "wafv2",
    what: "a web ACL of AWS WAF",
    example: "arn:aws:wafv2:REGION:111122223333:regional/webacl/shop/a1b2c3d4-5678-90ab-cdef-EXAMPLE11111",
    is_resource: |resource| {
        let parts: Vec<&str> = resource.split('/').collect();
        matches!(parts.as_slice(), ["regional" | "global", "webacl", name, id] if !name.is_empty() && !id.is_empty())
    },
};

impl Rules for Waf {
    fn check(&self, site: &Site, found: &mut Vec<Diagnostic>) {
        found.extend(arn::check(&self.web_acl, site.region(), "web_acl", &WEB_ACL));
        found.extend(site.delivery_only("AWS WAF", ""));
        for delivery in site.deliveries() {
            let pipeline = site.context.pipeline;
            let (before, after) = delivery.direct_name(pipeline);
            let name = format!("{before}{}{after}", pipeline.name.value);
            let surplus = (name.len() as u64).saturating_sub(DELIVERY_STREAM.max);
            if surplus > 0 {
                let message = format!(
                    "AWS WAF needs a Firehose stream named `{name}`, {} characters; a name has {} at most",
                    name.len(),
                    DELIVERY_STREAM.max
                );
                let s = if surplus == 1 { "" } else { "s" };
                let help =
                    format!("shorten the name of the pipeline or the delivery by {surplus} character{s}");
                found.push(Diagnostic::error(Code::PartName, site.span(), message, help));
            }
        }
        // Of several sources into one delivery, the first one reports it.
        let is_first = |source: &&Source| {
            matches!(source.kind, SourceKind::Waf(_)) && site.context.pipeline.target(source) == site.target
        };
        let first = site.context.pipeline.sources.iter().find(is_first);
        let is_first = first.is_some_and(|first| first.name == site.source.name);
        let direct = site.deliveries().filter(|_| is_first).filter_map(|delivery| delivery.direct.as_ref());
        let keys = direct.filter(|direct| matches!(direct.encryption.value, Encryption::CustomerKey(_)));
        found.extend(keys.map(|direct| {
            Diagnostic::error(
                Code::WebAclLog,
                direct.encryption.span,
                "AWS WAF writes with a role of its own, which cannot use a customer managed key of Firehose",
                "remove `encryption`: Firehose then encrypts the records with a key that AWS owns",
            )
            .related(site.span(), "the source")
        }));
    }
}

/// Web ACLs whose log would be configured twice.
pub(super) fn logged_twice(sources: &[Source]) -> Vec<Diagnostic> {
    let acls: Vec<_> = sources
        .iter()
        .filter_map(|source| match &source.kind {
            SourceKind::Waf(waf) => Some(&waf.web_acl),
            _ => None,
        })
        .collect();
    let mut found = Vec::new();
    for (at, acl) in acls.iter().enumerate() {
        if let Some(other) = acls[..at].iter().find(|other| other.value == acl.value) {
            found.push(
                Diagnostic::error(
                    Code::WebAclLog,
                    acl.span,
                    "a web ACL has one log",
                    "remove one of the sources",
                )
                .related(other.span, "the other one"),
            );
        }
    }
    found
}
