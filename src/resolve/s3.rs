//! S3 as a destination: its format, table, partitions and backup.

use super::Resolver;
use super::pipeline::{S3Location, Setting};
use crate::aws::destinations::{self, Capabilities};
use crate::aws::limits::firehose;
use crate::parse::step;
use crate::source::Span;
use crate::spec::{self, BackupMode, Compression, ObjectFormat};

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
    /// The bucket of the records before the transform.
    pub backup: Option<Backup>,
}

/// What finds the partition keys of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeysFrom {
    /// pipec's transform returns them.
    Transform,
    /// Firehose extracts them itself, by jq.
    Firehose,
}

/// A bucket beside the destination.
#[derive(Clone, Debug)]
pub struct Backup {
    /// Which records it keeps.
    pub mode: BackupMode,
    /// Where.
    pub location: S3Location,
}

/// A table of the Glue Data Catalog.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its place in the spec, a JSON pointer.
    pub spec: String,
    /// Place of its key.
    pub span: Span,
    /// What its logical id ends in.
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
        self.is_own().then(|| format!("Table{}", self.suffix))
    }
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

/// A prefix with the folders of the partitions, unless it names keys itself. Where no key is a time, the folders of time
/// follow that the prefix would have without partitions.
fn partitioned(prefix: &str, partitions: &[Partition], namespace: &str) -> String {
    if partitions.is_empty() || KEY_NAMESPACES.iter().any(|known| prefix.contains(known)) {
        return prefix.to_owned();
    }
    let folder = |partition: &Partition| format!("{0}=!{{{namespace}:{0}}}/", partition.key);
    let folders: String = partitions.iter().map(folder).collect();
    let has_time = prefix.contains("!{timestamp:") || partitions.iter().any(|key| key.format.is_some());
    let time = if has_time { "" } else { DEFAULT_TIME_FOLDERS };
    format!("{prefix}{folders}{time}")
}

impl Resolver<'_> {
    /// S3, with what finds the keys of its partitions.
    pub(super) fn s3(
        &self,
        at: &str,
        mut s3: spec::S3,
        backup: Option<Backup>,
        (pipeline, delivery): (&str, Option<&str>),
        keys_from: KeysFrom,
        suffix: &str,
    ) -> S3 {
        let of = |key: &str| format!("{at}/{key}");
        let format = self.or(&of("format"), s3.format, ObjectFormat::Json);
        let table = s3.table.take().and_then(|table| self.table(&of("table"), table, suffix));
        let partitions: Vec<Partition> = s3
            .partition_by
            .take()
            .into_iter()
            .flatten()
            .map(|(key, column)| self.partition(&of("partition_by"), key, column))
            .collect();
        let partition_quota = self.or(
            &of("partition_quota"),
            s3.partition_quota,
            firehose::ACTIVE_PARTITIONS_DEFAULT,
        );
        let compression = if format.value.is_columnar() { Compression::Snappy } else { Compression::None };
        let mut location = self.s3_location(at, s3, compression, (pipeline, delivery), suffix);
        location.prefix.value = partitioned(&location.prefix.value, &partitions, keys_from.namespace());
        S3 { location, format, table, partitions, partition_quota, keys_from, backup }
    }

    fn table(&self, at: &str, table: spec::Table, suffix: &str) -> Option<Table> {
        let of = |key: &str| format!("{at}/{key}");
        let source = match (table.existing, table.database, table.name) {
            (Some(existing), ..) => TableSource::Existing(self.written(&of("existing"), existing)),
            (None, Some(database), Some(name)) => {
                let (database, own_database) = match database {
                    spec::Database::Own(name) => (self.written(&of("database"), name), true),
                    spec::Database::Existing(database) => {
                        (self.written(&of("database/existing"), database.existing), false)
                    }
                };
                TableSource::Own { database, own_database, name: self.written(&of("name"), name) }
            }
            // The schema asks for both.
            (None, ..) => return None,
        };
        Some(Table {
            spec: at.to_owned(),
            span: self.key(at),
            suffix: suffix.to_owned(),
            source,
            since: self.optional(&of("since"), table.since),
            lake_formation: self.or(&of("lake_formation"), table.lake_formation, false),
        })
    }

    fn partition(&self, at: &str, key: String, column: spec::Partition) -> Partition {
        let at = format!("{at}/{}", step(&key));
        let of = |key: &str| format!("{at}/{key}");
        let span = self.key(&at);
        match column {
            spec::Partition::Column(column) => Partition {
                key,
                span,
                column: self.written(&at, column),
                format: None,
                values: None,
                count: None,
            },
            spec::Partition::Detailed(more) => Partition {
                key,
                span,
                column: self.written(&of("column"), more.column),
                format: self.optional(&of("format"), more.format),
                values: self.optional(&of("values"), more.values),
                count: self.optional(&of("count"), more.count),
            },
        }
    }

    /// The bucket beside a destination.
    pub(super) fn backup(
        &self,
        at: &str,
        backup: spec::Backup,
        (pipeline, delivery): (&str, Option<&str>),
        suffix: &str,
    ) -> Backup {
        let (mode, bucket) = match backup {
            spec::Backup::Mode(mode) => (mode, None),
            spec::Backup::Bucket(bucket) => (bucket.records, Some(bucket)),
        };
        let own = bucket.as_ref().is_none_or(|bucket| bucket.bucket.is_none());
        let name = delivery.map_or_else(|| pipeline.to_owned(), |delivery| format!("{pipeline}/{delivery}"));
        let default = if own { String::new() } else { format!("{}/{name}/", mode.name()) };
        let written = bucket.map(|bucket| spec::S3 {
            bucket: bucket.bucket,
            prefix: bucket.prefix,
            compression: bucket.compression,
            encryption: bucket.encryption,
            expire_after: bucket.expire_after,
            ..spec::S3::default()
        });
        let written = written.unwrap_or_default();
        let mut location = self.s3_location(at, written, Compression::Gzip, (pipeline, delivery), suffix);
        if !location.prefix.written {
            location.prefix.value = default;
        }
        Backup { mode, location }
    }
}
