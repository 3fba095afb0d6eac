//! SNS.

use super::super::Resolver;
use super::super::pipeline::{Pattern, Setting};
use crate::spec::sources as spec;
pub use spec::FilterScope;

/// A subscription to an SNS topic.
#[derive(Clone, Debug)]
pub struct Sns {
    /// ARN of the topic.
    pub topic: Setting<String>,
    /// Filter policy, if not all messages are sent.
    pub filter: Option<Pattern>,
    /// What it reads.
    pub filter_scope: Setting<FilterScope>,
    /// Whether a record is the message alone.
    pub raw: Setting<bool>,
}

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
