//! IoT Core.

use super::super::Resolver;
use super::super::pipeline::Setting;
use crate::spec::sources as spec;

/// A topic rule.
#[derive(Clone, Debug)]
pub struct Iot {
    /// Its statement.
    pub sql: Setting<String>,
    /// Template of the partition key.
    pub partition_key: Option<Setting<String>>,
}

impl Resolver<'_> {
    pub(super) fn iot(&self, at: &str, rule: spec::Iot) -> Iot {
        Iot {
            sql: self.written(&format!("{at}/sql"), rule.sql),
            partition_key: self.optional(&format!("{at}/partition_key"), rule.partition_key),
        }
    }
}
