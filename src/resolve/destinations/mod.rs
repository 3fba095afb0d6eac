//! Destinations that are not S3: what is decided about all of them. One file per kind.

mod http;

pub use http::{Http, Vendor};

use super::Resolver;
use super::delivery::{S3Location, Site, default_error_prefix};
use super::pipeline::{Encryption, Setting};
use crate::aws::destinations::Capabilities;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;
use crate::spec::destinations::{BackupPlace, BackupRecords};
use crate::spec::{self, Compression, Duration};

/// A destination that is not S3.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its place in the spec, a JSON pointer.
    pub spec: String,
    /// Place of its key.
    pub span: Span,
    /// What it is.
    pub kind: ServiceKind,
    /// The secret that Firehose logs in with.
    pub secret: Option<Secret>,
    /// Seconds that Firehose retries a request that failed.
    pub retry: Setting<u64>,
    /// The bucket beside it.
    pub backup: Backup,
}

/// A kind of destination that is not S3.
#[derive(Clone, Debug)]
pub enum ServiceKind {
    /// An HTTP endpoint: anyone's, or that of a vendor.
    Http(Http),
}

/// A secret of Secrets Manager.
#[derive(Clone, Debug)]
pub struct Secret {
    /// ARN.
    pub arn: Setting<String>,
    /// ARN of the customer's key that encrypts it.
    pub key: Option<Setting<String>>,
    /// The keys of its JSON, in the order in which people read them.
    pub fields: &'static [&'static str],
}

/// The bucket beside a destination.
#[derive(Clone, Debug)]
pub struct Backup {
    /// Whether it holds all records; else those that did not reach the destination.
    pub all: Setting<bool>,
    /// The bucket.
    pub location: S3Location,
}

impl ServiceKind {
    /// What Firehose can do there.
    pub fn capabilities(&self) -> &'static Capabilities {
        match self {
            Self::Http(http) => http.vendor.capabilities(),
        }
    }
}

/// A kind as it is read from the spec: its key, its values, and its secret.
struct Read {
    key: &'static str,
    kind: ServiceKind,
    secret: Option<Secret>,
}

impl Resolver<'_> {
    /// The destination, if it is not S3.
    pub(super) fn service(&mut self, delivery: &mut spec::Delivery, site: &Site) -> Option<Service> {
        let Read { key, kind, secret } = self.http_endpoint(delivery, site)?;
        let capabilities = kind.capabilities();
        let retry = capabilities.fallback.as_ref().map_or(0, |fallback| fallback.retry_s_default);
        let written = delivery.retry.map(|Duration(seconds)| seconds);
        Some(Service {
            spec: format!("{}/{key}", site.at),
            span: self.key(&format!("{}/{key}", site.at)),
            kind,
            secret,
            retry: self.or(&format!("{}/retry", site.at), written, retry),
            backup: self.backup(delivery.backup.take(), site),
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

    fn backup(&self, backup: Option<spec::destinations::Backup>, site: &Site) -> Backup {
        let at = format!("{}/backup", site.at);
        let (records, records_at, place) = match backup {
            Some(spec::destinations::Backup::Place(place)) => {
                (place.records, format!("{at}/records"), place)
            }
            Some(spec::destinations::Backup::Records(records)) => {
                (Some(records), at.clone(), BackupPlace::default())
            }
            None => (None, at.clone(), BackupPlace::default()),
        };
        let of = |key: &str| format!("{at}/{key}");
        let error_prefix = default_error_prefix(site.pipeline, site.delivery, place.bucket.is_some());
        let prefix = match &place.bucket {
            None => "records/".to_owned(),
            Some(_) => {
                let delivery = site.delivery.map_or_else(String::new, |name| format!("{name}/"));
                format!("records/{}/{delivery}", site.pipeline)
            }
        };
        Backup {
            all: self.or(&records_at, records.map(|records| records == BackupRecords::All), false),
            location: S3Location {
                span: self.key(&at),
                suffix: site.suffix.clone(),
                bucket: self.optional(&of("bucket"), place.bucket),
                prefix: self.or(&of("prefix"), place.prefix, prefix),
                error_prefix: self.or(&of("error_prefix"), place.error_prefix, error_prefix),
                compression: place.compression.unwrap_or(Compression::None),
                file_extension: None,
                time_zone: None,
                encryption: match &place.encryption {
                    Some(_) => self.encryption(&of("encryption"), place.encryption),
                    None => self.or(&of("encryption"), None, Encryption::AwsManaged),
                },
                expire_after: self.optional(&of("expire_after"), place.expire_after.map(|time| time.0)),
                spec: at,
            },
        }
    }
}
