//! Writers.

use schemars::JsonSchema;
use serde::Deserialize;

/// Your own programs, which write records with the AWS SDKs or the Kinesis Agent. At least one of the two keys. `pipec
/// plan` prints the code that they need.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [{"required": ["roles"]}, {"required": ["accounts"]}]))]
pub struct Writers {
    /// Names of existing roles in the stack's account. The permission to write is attached to each as an inline policy.
    /// A role cannot be deleted before that policy.
    #[schemars(extend("allOf" = [{"items": {"pattern": "^[A-Za-z0-9_+=,.@-]{1,64}$"}}], "examples" = [["shop-task-role"]]))]
    pub roles: Option<Vec<String>>,
    /// IDs of other accounts, in quotation marks. The stream's policy allows them to write, which requires a customer
    /// managed key. Without a stream, they assume a role of the stack.
    #[schemars(extend("allOf" = [{"items": {"pattern": "^[0-9]{12}$"}}], "examples" = [["444455556666"]]))]
    pub accounts: Option<Vec<String>>,
}
