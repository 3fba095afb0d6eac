//! AWS WAF.

use schemars::JsonSchema;
use serde::Deserialize;

/// Log of an AWS WAF web ACL, written to Firehose: one record per request. WAF requires a Firehose stream whose name
/// starts with `aws-waf-logs-`, so the delivery has such a name.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waf {
    /// ARN of an existing web ACL in the stack's account and region; for CloudFront, the region is `us-east-1`. A web
    /// ACL has one logging configuration.
    #[schemars(extend("allOf" = [{"pattern": "^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:[0-9]{12}:(regional|global)/webacl/"}], "examples" = ["arn:aws:wafv2:us-east-1:111122223333:regional/webacl/shop/a1b2c3d4-5678-90ab-cdef-EXAMPLE11111"]))]
    pub web_acl: String,
}
