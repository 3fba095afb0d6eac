//! IoT Core.

use crate::pipeline::Setting;

/// A topic rule.
#[derive(Clone, Debug)]
pub struct Iot {
    /// Its statement.
    pub sql: Setting<String>,
    /// Template of the partition key.
    pub partition_key: Option<Setting<String>>,
}
