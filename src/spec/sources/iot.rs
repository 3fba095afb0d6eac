//! IoT Core.

use schemars::JsonSchema;
use serde::Deserialize;

/// Messages from MQTT topics, selected by a rule of IoT Core. A message that cannot be written goes to a queue in the
/// stack.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Iot {
    /// Statement in the SQL of IoT Core, version 2016-03-23. Its result is the record.
    #[schemars(extend("examples" = ["SELECT *, topic() AS topic FROM 'sensors/+/data'"]))]
    pub sql: String,
    /// Partition key, with substitution templates of IoT Core, in quotation marks. Default: `${newuuid()}`, which
    /// distributes the messages of a device over all shards.
    #[schemars(extend("allOf" = [{"pattern": "\\$\\{"}], "examples" = ["${topic(2)}"]))]
    pub partition_key: Option<String>,
}
