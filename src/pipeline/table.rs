//! A table of the Glue Data Catalog.

use super::{Setting, logical_name};
use crate::source::Span;

/// A table of the Glue Data Catalog.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its place in the spec, a JSON pointer.
    pub spec: String,
    /// Place of its key.
    pub span: Span,
    /// What the logical ids of its delivery end in.
    pub suffix: String,
    /// Which table it is.
    pub source: TableSource,
    /// Day of the oldest objects.
    pub since: Option<Setting<String>>,
    /// Whether Lake Formation controls the access to it.
    pub lake_formation: Setting<bool>,
}

/// Where a table comes from.
#[derive(Clone, Debug)]
pub enum TableSource {
    /// The stack creates it.
    Own {
        /// Its database.
        database: Setting<String>,
        /// Whether the stack creates the database as well.
        own_database: bool,
        /// Its name.
        name: Setting<String>,
    },
    /// It exists: `DATABASE.TABLE`.
    Existing(Setting<String>),
}

impl Table {
    /// Names of the database and of the table.
    pub fn names(&self) -> (&str, &str) {
        match &self.source {
            TableSource::Own { database, name, .. } => (&database.value, &name.value),
            TableSource::Existing(both) => both.value.split_once('.').unwrap_or((&both.value, "")),
        }
    }

    /// Whether the stack creates it.
    pub fn is_own(&self) -> bool {
        matches!(self.source, TableSource::Own { .. })
    }

    /// Logical id of the table; `None` where it is not the stack's.
    pub fn logical_id(&self) -> Option<String> {
        let (database, name) = self.names();
        self.is_own().then(|| format!("Table{}{}", logical_name(database), logical_name(name)))
    }

    /// Logical id of its database, where that is the stack's. Ids follow the names: with another id, CloudFormation would
    /// create the same name again before it deletes the old one.
    pub fn database_id(&self) -> Option<String> {
        match &self.source {
            TableSource::Own { database, own_database: true, .. } => {
                Some(format!("Database{}", logical_name(&database.value)))
            }
            _ => None,
        }
    }
}
