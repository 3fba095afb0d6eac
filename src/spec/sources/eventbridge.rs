//! EventBridge.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Events from an EventBridge bus: those that match a pattern, or one at each time of a schedule. An event that cannot
/// be delivered within 24 hours goes to a queue in the stack.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["pattern"]}, {"required": ["schedule"]}]))]
pub struct EventBridge {
    /// Name of an existing event bus in the stack's account and region. Default: `default`.
    #[schemars(extend("allOf" = [{"pattern": "^[A-Za-z0-9._/-]+$", "maxLength": 256}], "examples" = ["orders"]))]
    pub bus: Option<String>,
    /// Event pattern. The value of a field is a list of accepted values or conditions.
    #[schemars(extend("examples" = [{"source": ["shop.orders"]}]))]
    pub pattern: Option<Map<String, Value>>,
    /// Schedule, as in `rate(5 minutes)` or `cron(0 12 * * ? *)`, in UTC. Needs the default bus.
    #[schemars(extend("allOf" = [{"pattern": "^(rate|cron)\\(.+\\)$"}], "examples" = ["rate(5 minutes)"]))]
    pub schedule: Option<String>,
    /// JSON path of the part of an event that becomes the record. Default: the whole event.
    #[schemars(extend("allOf" = [{"pattern": "^\\$", "maxLength": 256}], "examples" = ["$.detail"]))]
    pub input: Option<String>,
    /// JSON path of the event's field that becomes the partition key. Default: the event's ID.
    #[schemars(extend("allOf" = [{"pattern": "^\\$", "maxLength": 256}], "examples" = ["$.detail.order_id"]))]
    pub partition_key: Option<String>,
}
