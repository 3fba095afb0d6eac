//! A table of Apache Iceberg as a destination.

use super::{S3Location, Setting, logical_name};
use crate::source::Span;

/// A table of Apache Iceberg.
#[derive(Clone, Debug)]
pub struct Iceberg {
    /// Where it is.
    pub place: IcebergPlace,
    /// Columns that identify a row.
    pub unique_keys: Vec<Setting<String>>,
    /// Column of the operation on a row.
    pub operation: Option<Setting<String>>,
    /// What it is called in a sentence: `shop.orders`.
    pub address: String,
}

/// Where a table of Apache Iceberg is.
#[derive(Clone, Debug)]
pub enum IcebergPlace {
    /// In the Glue Data Catalog, where it exists.
    Glue {
        /// Name of its database.
        database: Setting<String>,
        /// Its name.
        table: Setting<String>,
        /// Folder of its objects, as written.
        written: Setting<String>,
        /// The same, where it is one.
        location: Option<Box<S3Location>>,
    },
    /// In a table bucket of Amazon S3 Tables.
    S3Tables {
        /// Name of the table bucket.
        bucket: Setting<String>,
        /// Name of its namespace.
        namespace: Setting<String>,
        /// Its name.
        table: Setting<String>,
        /// Whether the stack creates all of them.
        own: bool,
        /// Place of its key.
        span: Span,
    },
}

impl Iceberg {
    /// Names of the database and of the table.
    pub fn names(&self) -> (&Setting<String>, &Setting<String>) {
        match &self.place {
            IcebergPlace::Glue { database, table, .. } => (database, table),
            IcebergPlace::S3Tables { namespace, table, .. } => (namespace, table),
        }
    }

    /// Name of the table bucket, if it has one.
    pub fn table_bucket(&self) -> Option<&Setting<String>> {
        match &self.place {
            IcebergPlace::Glue { .. } => None,
            IcebergPlace::S3Tables { bucket, .. } => Some(bucket),
        }
    }

    /// Folder of its objects, if it is one in a bucket of the user's own.
    pub fn location(&self) -> Option<&S3Location> {
        match &self.place {
            IcebergPlace::Glue { location, .. } => location.as_deref(),
            IcebergPlace::S3Tables { .. } => None,
        }
    }

    /// Whether the stack creates the table.
    pub fn is_own(&self) -> bool {
        matches!(self.place, IcebergPlace::S3Tables { own: true, .. })
    }

    /// Names of the table bucket, the namespace and the table, where they are the stack's.
    pub fn own_names(&self) -> Option<[&Setting<String>; 3]> {
        match &self.place {
            IcebergPlace::S3Tables { bucket, namespace, table, own: true, .. } => {
                Some([bucket, namespace, table])
            }
            _ => None,
        }
    }

    /// Logical ids of the table bucket, the namespace and the table, where they are the stack's. Ids follow the names, which
    /// are fixed: with another id, CloudFormation would create the same name again before it deletes the old one.
    pub fn logical_ids(&self) -> Option<[String; 3]> {
        let [bucket, namespace, table] = self.own_names()?.map(|name| logical_name(&name.value));
        Some([
            format!("TableBucket{bucket}"),
            format!("Namespace{bucket}{namespace}"),
            format!("IcebergTable{bucket}{namespace}{table}"),
        ])
    }
}
