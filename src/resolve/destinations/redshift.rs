//! Reads Redshift.

use super::super::Resolver;
use super::super::delivery::Site;
use super::Read;
use crate::aws::destinations::redshift_limits::STAGING_S_DEFAULT;
use crate::pipeline::{Encryption, Redshift, RedshiftHost, S3Location, ServiceKind};
use crate::spec::destinations::{Staging, StagingCompression};
use crate::spec::{self, Compression};

/// The keys of a secret for Redshift. Firehose guide, "Secret format", 2026-11.
const SECRET: &[&str] = &["username", "password"];

impl Resolver<'_> {
    /// Redshift, if a delivery has it.
    pub(super) fn redshift(&mut self, delivery: &mut spec::Delivery, site: &Site) -> Option<Read> {
        let redshift = delivery.redshift.take()?;
        let at = format!("{}/redshift", site.at);
        let of = |key: &str| format!("{at}/{key}");
        let secret = self.secret(&at, Some(redshift.secret), redshift.secret_kms_key, SECRET);
        let host = match (redshift.workgroup, redshift.endpoint) {
            (Some(workgroup), _) => RedshiftHost::Workgroup(self.written(&of("workgroup"), workgroup)),
            // The schema requires one of them.
            (None, endpoint) => {
                RedshiftHost::Endpoint(self.written(&of("endpoint"), endpoint.unwrap_or_default()))
            }
        };
        // Without `staging`, the bucket is there for the destination.
        let staging_at = if redshift.staging.is_some() { of("staging") } else { at.clone() };
        let staging = redshift.staging.unwrap_or_default();
        let table = Redshift {
            host,
            database: self.written(&of("database"), redshift.database),
            table: self.written(&of("table"), redshift.table),
            columns: self.optional(&of("columns"), redshift.columns),
            copy_options: self.optional(&of("copy_options"), redshift.copy_options),
            gzip: staging.compression != Some(StagingCompression::None),
        };
        let staging =
            S3Location { spec: staging_at, ..self.staging(&of("staging"), staging, table.gzip, site) };
        Some(Read { staging: Some(staging), ..Read::new("redshift", ServiceKind::Redshift(table), secret) })
    }

    /// The bucket that COPY reads. Firehose accepts no prefix with expressions and no error prefix for it, so it has none.
    fn staging(&self, at: &str, staging: Staging, gzip: bool, site: &Site) -> S3Location {
        let of = |key: &str| format!("{at}/{key}");
        let expire = staging.expire_after.map(|time| time.0);
        S3Location {
            span: self.key(at),
            suffix: site.suffix.clone(),
            bucket: None,
            prefix: self.or(&of("prefix"), None, String::new()),
            error_prefix: self.or(&of("error_prefix"), None, String::new()),
            compression: if gzip { Compression::Gzip } else { Compression::None },
            file_extension: None,
            time_zone: None,
            encryption: match &staging.encryption {
                Some(_) => self.encryption(&of("encryption"), staging.encryption),
                None => self.or(&of("encryption"), None, Encryption::AwsManaged),
            },
            expire_after: Some(self.or(&of("expire_after"), expire, STAGING_S_DEFAULT)),
            spec: at.to_owned(),
        }
    }
}
