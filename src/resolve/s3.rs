//! Reads S3 as a destination: its format, table, partitions and backup.

use super::Resolver;
use crate::aws::limits::firehose;
use crate::diagnostics::{Code, Diagnostic};
use crate::parse::step;
use crate::pipeline::{
    DEFAULT_TIME_FOLDERS, KEY_NAMESPACES, KeysFrom, Partition, S3, S3Location, Table, TableSource,
};
use crate::spec::destinations::{Backup, BackupPlace, BackupRecords};
use crate::spec::{self, Compression, ObjectFormat};

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
        backup: Option<S3Location>,
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
        let partition_quota =
            self.or(&of("partition_quota"), s3.partition_quota, firehose::ACTIVE_PARTITIONS_DEFAULT);
        let default = if format.value.is_columnar() { Compression::Snappy } else { Compression::None };
        let compression = self.or(&of("compression"), s3.compression, default);
        let mut location = self.s3_location(at, s3, (pipeline, delivery), suffix);
        if format.value.is_columnar() {
            // Firehose compresses within the objects, and accepts no other compression around them.
            location.compression = Compression::None;
        }
        // Failed records are not in the folder of the table.
        if let (false, Some(TableSource::Own { name, .. })) =
            (location.prefix.written, table.as_ref().map(|table| &table.source))
        {
            location.prefix.value = format!("{}/", name.value);
        }
        location.prefix.value = partitioned(&location.prefix.value, &partitions, keys_from.namespace());
        S3 { location, format, table, partitions, partition_quota, keys_from, compression, backup }
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
            // The schema requires both.
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

    /// S3 has a backup of raw records only.
    pub(super) fn backup_records(&mut self, at: &str, backup: &Backup) {
        let (records, key, span) = match backup {
            Backup::Records(records) => (Some(*records), "backup", self.places.value(at)),
            Backup::Place(place) => (place.records, "records", self.places.value(&format!("{at}/records"))),
        };
        let help = match records {
            None | Some(BackupRecords::Raw) => return,
            Some(BackupRecords::Failed) => {
                "remove `backup`; the records that fail are under `error_prefix` in the same bucket"
                    .to_owned()
            }
            Some(BackupRecords::All) => format!("write `{key}: raw`"),
        };
        self.diagnostics.push(Diagnostic::error(
            Code::BackupRecords,
            span,
            "of a delivery to S3, the backup is of raw records, before the transform",
            help,
        ));
    }

    /// The bucket of the records as they come in.
    pub(super) fn backup(
        &self,
        at: &str,
        backup: Backup,
        (pipeline, delivery): (&str, Option<&str>),
        suffix: &str,
    ) -> S3Location {
        let place = match backup {
            Backup::Records(_) => BackupPlace::default(),
            Backup::Place(place) => place,
        };
        let name = delivery.map_or_else(|| pipeline.to_owned(), |delivery| format!("{pipeline}/{delivery}"));
        let default = if place.bucket.is_none() { "raw/".into() } else { format!("raw/{name}/") };
        let written = spec::S3 {
            bucket: place.bucket,
            prefix: place.prefix,
            error_prefix: place.error_prefix,
            compression: place.compression.or(Some(Compression::Gzip)),
            encryption: place.encryption,
            expire_after: place.expire_after,
            ..spec::S3::default()
        };
        let mut location = self.s3_location(at, written, (pipeline, delivery), suffix);
        if !location.prefix.written {
            location.prefix.value = default;
        }
        location
    }
}
