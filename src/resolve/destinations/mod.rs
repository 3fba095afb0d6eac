//! Reads destinations that are not S3: what all of them have. One file per kind.

mod http;
mod iceberg;
mod opensearch;
mod opensearch_serverless;
mod redshift;
mod snowflake;
mod splunk;

use super::Resolver;
use super::delivery::{Site, default_error_prefix};
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Backup, Encryption, S3Location, Secret, Service, ServiceKind};
use crate::spec::destinations::{BackupPlace, BackupRecords};
use crate::spec::{self, Compression, Duration};

/// A kind as it is read from the spec: its key, its values, and its secret.
struct Read {
    key: &'static str,
    kind: ServiceKind,
    secret: Option<Secret>,
    /// The bucket that it loads from.
    staging: Option<S3Location>,
}

impl Read {
    fn new(key: &'static str, kind: ServiceKind, secret: Option<Secret>) -> Self {
        Self { key, kind, secret, staging: None }
    }
}

impl Resolver<'_> {
    /// The destination, if it is not S3.
    pub(super) fn service(&mut self, delivery: &mut spec::Delivery, site: &Site) -> Option<Service> {
        let read = self.http_endpoint(delivery, site);
        let read = read.or_else(|| self.splunk(delivery, site));
        let read = read.or_else(|| self.opensearch(delivery, site));
        let read = read.or_else(|| self.opensearch_serverless(delivery, site));
        let Read { key, kind, secret, staging } = read
            .or_else(|| self.redshift(delivery, site))
            .or_else(|| self.snowflake(delivery, site))
            .or_else(|| self.iceberg(delivery, site))?;
        let capabilities = kind.capabilities();
        let retry = capabilities.fallback.as_ref().map_or(0, |fallback| fallback.retry_s_default);
        let written = delivery.retry.map(|Duration(seconds)| seconds);
        Some(Service {
            spec: format!("{}/{key}", site.at),
            span: self.key(&format!("{}/{key}", site.at)),
            kind,
            secret,
            retry: self.or(&format!("{}/retry", site.at), written, retry),
            backup: self.service_backup(delivery.backup.take(), (key, staging.is_some()), site),
            staging,
        })
    }

    /// A secret and the key that encrypts it.
    fn secret(
        &mut self,
        at: &str,
        secret: Option<String>,
        key: Option<String>,
        fields: &'static [&'static str],
    ) -> Option<Secret> {
        let key_at = format!("{at}/secret_kms_key");
        let key = key.map(|key| self.written(&key_at, key));
        match (secret, key) {
            (Some(arn), key) => Some(Secret { arn: self.written(&format!("{at}/secret"), arn), key, fields }),
            (None, Some(_)) => {
                let span = self.key(&key_at);
                self.diagnostics.push(Diagnostic::error(
                    Code::ConflictingKeys,
                    span,
                    "`secret_kms_key` is the key of a secret, and there is no `secret`",
                    "remove `secret_kms_key`, or add `secret` with the ARN of the secret",
                ));
                None
            }
            (None, None) => None,
        }
    }

    /// The bucket of a destination with a key of the spec: of all records and of those that fail, or, next to one to load from, of raw
    /// records.
    fn service_backup(
        &mut self,
        backup: Option<spec::destinations::Backup>,
        (key, is_staged): (&str, bool),
        site: &Site,
    ) -> Backup {
        let is_written = backup.is_some();
        let at = format!("{}/backup", site.at);
        let has_place = matches!(backup, Some(spec::destinations::Backup::Place(_)));
        let (records, records_at, place) = match backup {
            Some(spec::destinations::Backup::Place(place)) => (place.records, format!("{at}/records"), place),
            Some(spec::destinations::Backup::Records(records)) => {
                (Some(records), at.clone(), BackupPlace::default())
            }
            None => (None, at.clone(), BackupPlace::default()),
        };
        let of = |key: &str| format!("{at}/{key}");
        self.service_records(records, &records_at, is_staged);
        let default_compression = if is_staged { Compression::Gzip } else { Compression::None };
        let stored = if is_staged { BackupRecords::Raw } else { BackupRecords::All };
        // A bucket next to one to load from is there for raw records only.
        let is_there = is_staged && has_place && records.is_none();
        let all = self.or(&records_at, records.map(|records| records == stored), is_there);
        // Next to a bucket to load from, Firehose accepts none; what fails is there.
        let error_prefix = match is_staged {
            true => String::new(),
            false => default_error_prefix(site.pipeline, site.delivery, place.bucket.is_some()),
        };
        let folder = if is_staged { "raw" } else { "records" };
        let prefix = match &place.bucket {
            None => format!("{folder}/"),
            Some(_) => {
                let delivery = site.delivery.map_or_else(String::new, |name| format!("{name}/"));
                format!("{folder}/{}/{delivery}", site.pipeline)
            }
        };
        Backup {
            all,
            location: S3Location {
                span: self.key(&at),
                suffix: site.suffix.clone(),
                bucket: self.optional(&of("bucket"), place.bucket),
                prefix: self.or(&of("prefix"), place.prefix, prefix),
                error_prefix: self.or(&of("error_prefix"), place.error_prefix, error_prefix),
                compression: place.compression.unwrap_or(default_compression),
                file_extension: None,
                time_zone: None,
                encryption: match &place.encryption {
                    Some(_) => self.encryption(&of("encryption"), place.encryption),
                    None => self.or(&of("encryption"), None, Encryption::AwsManaged),
                },
                expire_after: self.optional(&of("expire_after"), place.expire_after.map(|time| time.0)),
                // Without `backup`, the bucket is there for the destination.
                spec: if is_written { at } else { format!("{}/{key}", site.at) },
            },
        }
    }

    /// Records that this destination has no backup of.
    fn service_records(&mut self, records: Option<BackupRecords>, at: &str, is_staged: bool) {
        let (message, help) = match (records, is_staged) {
            (Some(BackupRecords::All), true) => (
                "the staging bucket has all records as they are sent, until they expire",
                "write `backup: raw` for the records before the transform; or remove `backup`, and write a longer \
                 `staging.expire_after`",
            ),
            (Some(BackupRecords::Raw), false) => (
                "of this destination, the backup is of records as they are sent, after the transform",
                "write `backup: all`",
            ),
            _ => return,
        };
        self.diagnostics.push(Diagnostic::error(Code::BackupRecords, self.places.value(at), message, help));
    }
}
