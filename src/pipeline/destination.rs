//! The destination of a delivery, and what Firehose writes to for it.

use serde::Serialize;

use super::{Iceberg, S3, S3Location, Service, ServiceKind, Table};
use crate::aws::destinations::Capabilities;

/// Where the records go.
#[derive(Clone, Debug)]
pub enum Destination {
    /// S3.
    S3(Box<S3>),
    /// Anything else, with a bucket beside it.
    Service(Box<Service>),
}

impl Destination {
    /// What Firehose can do there.
    pub fn capabilities(&self) -> &'static Capabilities {
        match self {
            Self::S3(s3) => s3.capabilities(),
            Self::Service(service) => service.kind.capabilities(),
        }
    }

    /// What Firehose writes to.
    pub fn sinks(&self) -> Vec<Sink<'_>> {
        match self {
            Self::S3(s3) => {
                let own = Sink::Bucket(Purpose::Destination, &s3.location);
                let backup = s3.backup.as_ref().map(|location| Sink::Bucket(Purpose::Backup, location));
                std::iter::once(own).chain(backup).collect()
            }
            Self::Service(service) => {
                let staging =
                    service.staging.as_ref().map(|location| Sink::Bucket(Purpose::Staging, location));
                let backup =
                    service.backup_location().map(|location| Sink::Bucket(Purpose::Backup, location));
                std::iter::once(Sink::Service(service)).chain(staging).chain(backup).collect()
            }
        }
    }

    /// The sink of a purpose.
    pub fn sink(&self, purpose: Purpose) -> Option<Sink<'_>> {
        self.sinks().into_iter().find(|sink| sink.purpose() == purpose)
    }

    /// The bucket for what does not reach the destination.
    pub fn failures(&self) -> (Purpose, &S3Location) {
        match self {
            Self::S3(s3) => (Purpose::Destination, &s3.location),
            Self::Service(service) => match &service.staging {
                Some(staging) => (Purpose::Staging, staging),
                None => (Purpose::Backup, &service.backup.location),
            },
        }
    }

    /// The table of Apache Iceberg, if that is the destination.
    pub fn iceberg(&self) -> Option<&Iceberg> {
        match &self.service()?.kind {
            ServiceKind::Iceberg(iceberg) => Some(iceberg),
            ServiceKind::Http(_)
            | ServiceKind::Splunk(_)
            | ServiceKind::Redshift(_)
            | ServiceKind::OpenSearch(_)
            | ServiceKind::OpenSearchServerless(_)
            | ServiceKind::Snowflake(_) => None,
        }
    }

    /// The destination if it is S3.
    pub fn s3(&self) -> Option<&S3> {
        match self {
            Self::S3(s3) => Some(s3),
            Self::Service(_) => None,
        }
    }

    /// The destination if it is not a bucket.
    pub fn service(&self) -> Option<&Service> {
        match self {
            Self::S3(_) => None,
            Self::Service(service) => Some(service),
        }
    }

    /// The table that Firehose takes the columns from, or that Athena reads by.
    pub fn table(&self) -> Option<&Table> {
        self.s3()?.table.as_ref()
    }

    /// The table whose columns Firehose reads, to convert the records.
    pub fn schema(&self) -> Option<&Table> {
        self.s3().filter(|s3| s3.format.value.is_columnar())?.table.as_ref()
    }

    /// What the bucket of a purpose is for, as the stack's outputs have it.
    pub fn bucket_description(&self, purpose: Purpose) -> &'static str {
        match (purpose, self) {
            (Purpose::Destination, _) => "Bucket that the objects are written to",
            (Purpose::Backup, Self::Service(service)) if !service.backup.all.value => {
                "Bucket for records that failed"
            }
            (Purpose::Staging, _) => "Bucket that the destination loads from",
            (Purpose::Backup, _) => "Bucket for all records",
        }
    }

    /// The places in S3 that Firehose writes to.
    pub fn locations(&self) -> impl Iterator<Item = &S3Location> {
        self.sinks().into_iter().filter_map(Sink::location)
    }
}

/// Something that Firehose writes to. A destination has one of each purpose at most.
#[derive(Clone, Copy, Debug)]
pub enum Sink<'a> {
    /// A bucket.
    Bucket(Purpose, &'a S3Location),
    /// A destination that is not a bucket.
    Service(&'a Service),
}

impl<'a> Sink<'a> {
    /// What it is for.
    pub fn purpose(self) -> Purpose {
        match self {
            Self::Bucket(purpose, _) => purpose,
            Self::Service(_) => Purpose::Destination,
        }
    }

    /// The place in S3 that it is.
    pub fn location(self) -> Option<&'a S3Location> {
        match self {
            Self::Bucket(_, location) => Some(location),
            Self::Service(_) => None,
        }
    }

    /// Logical id of its main resource; `None` where that is not the stack's.
    pub fn logical_id(self) -> Option<String> {
        match self {
            Self::Bucket(purpose, location) => {
                location.bucket.is_none().then(|| format!("{}{}", purpose.bucket(), location.suffix))
            }
            Self::Service(_) => None,
        }
    }
}

/// What a sink is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// It holds what is delivered.
    Destination,
    /// It holds what a destination loads from there, and what it did not load.
    Staging,
    /// It holds what does not reach a destination, or everything.
    Backup,
}

impl Purpose {
    /// What the logical id of the stack's own bucket for it begins with.
    pub fn bucket(self) -> &'static str {
        match self {
            Self::Destination => "Bucket",
            Self::Staging => "StagingBucket",
            Self::Backup => "BackupBucket",
        }
    }

    /// What users call its bucket.
    pub fn name(self) -> &'static str {
        match self {
            Self::Destination => "bucket",
            Self::Staging => "staging",
            Self::Backup => "backup",
        }
    }
}
