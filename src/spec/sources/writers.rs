//! Writers.

use schemars::JsonSchema;
use serde::Deserialize;

/// Programs of yours that write records with AWS's SDKs or the Kinesis Agent. At least one of the two keys. `pipec plan` prints the
/// lines that they need.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [{"required": ["roles"]}, {"required": ["accounts"]}]))]
pub struct Writers {
    /// Names of existing roles of the stack's account. The permission to write is attached to each as an inline policy; a role
    /// can be deleted only after that.
    #[schemars(extend("allOf" = [{"items": {"pattern": "^[A-Za-z0-9_+=,.@-]{1,64}$"}}], "examples" = [["shop-task-role"]]))]
    pub roles: Option<Vec<String>>,
    /// IDs of other accounts, in quotation marks. The stream's policy lets them write, and needs a customer managed key; without a
    /// stream, they assume a role of the stack.
    #[schemars(extend("allOf" = [{"items": {"pattern": "^[0-9]{12}$"}}], "examples" = [["444455556666"]]))]
    pub accounts: Option<Vec<String>>,
}
