//! Reads tables of Apache Iceberg.

use super::super::Resolver;
use super::super::delivery::Site;
use super::Read;
use crate::pipeline::{Encryption, Iceberg, IcebergPlace, S3Location, ServiceKind};
use crate::spec;
use crate::spec::destinations::{IcebergGlue, S3Tables};

impl Resolver<'_> {
    /// The table, if a delivery has one.
    pub(super) fn iceberg(&mut self, delivery: &mut spec::Delivery, site: &Site) -> Option<Read> {
        let iceberg = delivery.iceberg.take()?;
        let at = format!("{}/iceberg", site.at);
        // The schema requires one of them.
        let place = match (iceberg.glue, iceberg.s3_tables) {
            (Some(glue), _) => self.glue(&at, glue, site),
            (None, tables) => self.s3_tables(&at, tables?),
        };
        let keys = iceberg.unique_keys.into_iter().flatten().enumerate();
        let keys = keys.map(|(n, key)| self.written(&format!("{at}/unique_keys/{n}"), key)).collect();
        let mut table = Iceberg {
            place,
            unique_keys: keys,
            operation: self.optional(&format!("{at}/operation"), iceberg.operation),
            address: String::new(),
        };
        let (database, name) = table.names();
        let within = table.table_bucket().map_or_else(String::new, |bucket| format!("{}/", bucket.value));
        table.address = format!("{within}{}.{}", database.value, name.value);
        Some(Read { key: "iceberg", kind: ServiceKind::Iceberg(table), secret: None, staging: None })
    }

    fn glue(&self, at: &str, glue: IcebergGlue, site: &Site) -> IcebergPlace {
        let of = |key: &str| format!("{at}/glue/{key}");
        let folder = glue.location.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
        let folder = folder.filter(|(bucket, folder)| !bucket.is_empty() && folder.ends_with('/'));
        let location = folder.map(|(bucket, folder)| {
            Box::new(S3Location {
                spec: of("location"),
                span: self.places.value(&of("location")),
                suffix: site.suffix.clone(),
                bucket: Some(self.written(&of("location"), bucket.to_owned())),
                prefix: self.written(&of("location"), folder.to_owned()),
                error_prefix: self.written(&of("location"), folder.to_owned()),
                compression: spec::Compression::None,
                file_extension: None,
                time_zone: None,
                encryption: match glue.kms_key {
                    Some(key) => self.written(&of("kms_key"), Encryption::CustomerKey(key)),
                    None => self.or(&of("kms_key"), None, Encryption::AwsManaged),
                },
                expire_after: None,
            })
        });
        IcebergPlace::Glue {
            database: self.written(&of("database"), glue.database),
            table: self.written(&of("table"), glue.table),
            written: self.written(&of("location"), glue.location.clone()),
            location,
        }
    }

    fn s3_tables(&self, at: &str, tables: S3Tables) -> IcebergPlace {
        let of = |key: &str| format!("{at}/s3_tables/{key}");
        IcebergPlace::S3Tables {
            bucket: self.written(&of("bucket"), tables.bucket),
            namespace: self.written(&of("namespace"), tables.namespace),
            table: self.written(&of("table"), tables.table),
            own: tables.existing != Some(true),
            span: self.key(&format!("{at}/s3_tables")),
        }
    }
}
