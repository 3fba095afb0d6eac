//! S3 as a destination: its format, partitions and backup.

use super::{S3Location, Setting, Table};
use crate::aws::destinations::{self, Capabilities};
use crate::source::Span;
use crate::spec::{Compression, ObjectFormat};

/// S3 as a destination.
#[derive(Clone, Debug)]
pub struct S3 {
    /// Where the objects go. Its prefix has the folders of the partitions.
    pub location: S3Location,
    /// Format of the objects.
    pub format: Setting<ObjectFormat>,
    /// The table that Athena reads them by.
    pub table: Option<Table>,
    /// Folders by the values of columns, in the order of the spec; none without dynamic partitioning.
    pub partitions: Vec<Partition>,
    /// Partitions that Firehose may fill at a time.
    pub partition_quota: Setting<u64>,
    /// What finds the keys of a record.
    pub keys_from: KeysFrom,
    /// Compression as the spec has it: of the objects, or within Parquet and ORC.
    pub compression: Setting<Compression>,
    /// The bucket of the records before the transform.
    pub backup: Option<S3Location>,
}

/// What finds the partition keys of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeysFrom {
    /// pipec's transform returns them.
    Transform,
    /// Firehose extracts them itself, by jq.
    Firehose,
}

/// A partition key.
#[derive(Clone, Debug)]
pub struct Partition {
    /// Its name.
    pub key: String,
    /// Place of the name.
    pub span: Span,
    /// The column whose values are used.
    pub column: Setting<String>,
    /// Pattern of a time.
    pub format: Option<Setting<String>>,
    /// All values.
    pub values: Option<Setting<Vec<String>>>,
    /// Number of different values within a buffer interval.
    pub count: Option<Setting<u64>>,
}

impl KeysFrom {
    /// The namespace of the keys in a prefix. Firehose guide, "Custom prefixes for S3 objects", 2026-11.
    pub fn namespace(self) -> &'static str {
        match self {
            Self::Transform => "partitionKeyFromLambda",
            Self::Firehose => "partitionKeyFromQuery",
        }
    }
}

/// Both namespaces of partition keys.
pub const KEY_NAMESPACES: [&str; 2] = ["partitionKeyFromQuery:", "partitionKeyFromLambda:"];
/// Folders of the time that Firehose uses where a prefix has no expression. Firehose guide, "Amazon S3 object name
/// format", 2026-11.
pub const DEFAULT_TIME_FOLDERS: &str = "!{timestamp:yyyy/MM/dd/HH}/";

impl S3 {
    /// What Firehose can do with this format and these partitions.
    pub fn capabilities(&self) -> &'static Capabilities {
        capabilities(self.format.value, !self.partitions.is_empty())
    }
}

/// What Firehose can do with a format, and with or without partitions.
fn capabilities(format: ObjectFormat, partitioned: bool) -> &'static Capabilities {
    match (format.is_columnar(), partitioned) {
        (false, false) => &destinations::S3,
        (false, true) => &destinations::S3_PARTITIONED,
        (true, false) => &destinations::S3_COLUMNAR,
        (true, true) => &destinations::S3_COLUMNAR_PARTITIONED,
    }
}
