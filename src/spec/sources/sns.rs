//! SNS.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Messages from an SNS topic, written to Firehose. A message that cannot be delivered within 23 days goes to a queue
/// in the stack.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sns {
    /// ARN of an existing standard topic in the stack's region.
    #[schemars(extend("allOf" = [{"pattern": "^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$"}], "examples" = ["arn:aws:sns:us-east-1:111122223333:orders"]))]
    pub topic: String,
    /// Filter policy, up to 5 keys. The value of a key is a list of accepted values or conditions. Default: all messages.
    #[schemars(extend("examples" = [{"kind": ["order", "refund"]}]))]
    pub filter: Option<Map<String, Value>>,
    /// Scope of the filter policy: the `attributes` of the message, or its `body`, which must be JSON. Default:
    /// `attributes`.
    pub filter_scope: Option<FilterScope>,
    /// Raw message delivery. Default: `true`, a record is the text of the message, without its attributes. With
    /// `false`, a record is a JSON object with the message as a string, its ID, time and attributes.
    pub raw: Option<bool>,
}

/// What a filter policy reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FilterScope {
    /// The attributes of the message.
    Attributes,
    /// The body of the message.
    Body,
}
