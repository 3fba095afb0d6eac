//! SNS.

use super::super::Resolver;
use crate::pipeline::{FilterScope, Sns};
use crate::spec::sources as spec;

impl Resolver<'_> {
    pub(super) fn sns(&self, at: &str, sns: spec::Sns) -> Sns {
        let scope = sns.filter_scope;
        Sns {
            topic: self.written(&format!("{at}/topic"), sns.topic),
            filter: sns.filter.map(|filter| self.pattern(&format!("{at}/filter"), filter)),
            filter_scope: self.or(&format!("{at}/filter_scope"), scope, FilterScope::Attributes),
            raw: self.or(&format!("{at}/raw"), sns.raw, true),
        }
    }
}
