//! IoT Core.

use super::super::Resolver;
use crate::pipeline::Iot;
use crate::spec::sources as spec;

impl Resolver<'_> {
    pub(super) fn iot(&self, at: &str, rule: spec::Iot) -> Iot {
        Iot {
            sql: self.written(&format!("{at}/sql"), rule.sql),
            partition_key: self.optional(&format!("{at}/partition_key"), rule.partition_key),
        }
    }
}
