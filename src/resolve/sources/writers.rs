//! Writers.

use super::super::Resolver;
use super::super::pipeline::Setting;
use crate::spec::sources as spec;

/// Programs of the user's.
#[derive(Clone, Debug)]
pub struct Writers {
    /// Names of roles of the stack's account.
    pub roles: Vec<Setting<String>>,
    /// Ids of other accounts.
    pub accounts: Vec<Setting<String>>,
}

impl Resolver<'_> {
    pub(super) fn writers(&self, at: &str, writers: spec::Writers) -> Writers {
        Writers {
            roles: self.texts(&format!("{at}/roles"), writers.roles.unwrap_or_default()),
            accounts: self.texts(&format!("{at}/accounts"), writers.accounts.unwrap_or_default()),
        }
    }
}
