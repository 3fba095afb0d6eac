//! Writers.

use crate::pipeline::Setting;

/// Programs of the user's.
#[derive(Clone, Debug)]
pub struct Writers {
    /// Names of roles of the stack's account.
    pub roles: Vec<Setting<String>>,
    /// Ids of other accounts.
    pub accounts: Vec<Setting<String>>,
}
