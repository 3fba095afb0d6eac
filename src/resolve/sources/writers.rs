//! Writers.

use super::super::Resolver;
use crate::pipeline::Writers;
use crate::spec::sources as spec;

impl Resolver<'_> {
    pub(super) fn writers(&self, at: &str, writers: spec::Writers) -> Writers {
        Writers {
            roles: self.texts(&format!("{at}/roles"), writers.roles.unwrap_or_default()),
            accounts: self.texts(&format!("{at}/accounts"), writers.accounts.unwrap_or_default()),
        }
    }
}
