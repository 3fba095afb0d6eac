//! A destination that is not S3: what is decided about all of them.

use super::{Http, Iceberg, S3Location, Setting, Splunk};
use crate::aws::destinations::{self, Capabilities};
use crate::source::Span;

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
    /// Splunk.
    Splunk(Splunk),
    /// A table of Apache Iceberg.
    Iceberg(Iceberg),
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
            Self::Splunk(_) => &destinations::SPLUNK,
            Self::Iceberg(_) => &destinations::ICEBERG,
        }
    }
}
