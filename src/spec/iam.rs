//! What an organisation demands of roles.

use schemars::JsonSchema;
use serde::Deserialize;

/// Settings of all IAM roles that the stack creates, for accounts that require them.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Iam {
    /// ARN of the managed policy that is the permissions boundary of every role. It must allow what the roles allow;
    /// `pipec plan` lists that. Default: none.
    #[schemars(extend("examples" = ["arn:aws:iam::111122223333:policy/team-boundary"]))]
    pub boundary: Option<String>,
    /// Path of every role and of the instance profile, from `/` to `/`; at most 512 characters. A change replaces the
    /// roles. Default: `/`.
    #[schemars(extend("examples" = ["/team/streaming/"]))]
    pub path: Option<String>,
}
