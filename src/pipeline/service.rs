//! A destination that is not S3: what is decided about all of them.

use super::{Http, Redshift, S3Location, Setting, Snowflake, Splunk};
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
    /// The bucket that it loads from, if Firehose does not send it the records. What fails is there as well.
    pub staging: Option<S3Location>,
    /// The bucket beside it.
    pub backup: Backup,
}

impl Service {
    /// The bucket beside it; with one that it loads from, only for the records as they come in.
    pub fn backup_location(&self) -> Option<&S3Location> {
        let is_there = self.staging.is_none() || self.backup.all.value;
        is_there.then_some(&self.backup.location)
    }
}

/// A kind of destination that is not S3.
#[derive(Clone, Debug)]
pub enum ServiceKind {
    /// An HTTP endpoint: anyone's, or that of a vendor.
    Http(Http),
    /// Splunk.
    Splunk(Splunk),
    /// Redshift.
    Redshift(Redshift),
    /// Snowflake.
    Snowflake(Snowflake),
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
            Self::Redshift(_) => &destinations::REDSHIFT,
            Self::Snowflake(_) => &destinations::SNOWFLAKE,
        }
    }

    /// Whether it has a table, whose columns follow from those of the records.
    pub fn has_columns(&self) -> bool {
        match self {
            Self::Http(_) | Self::Splunk(_) => false,
            Self::Redshift(_) | Self::Snowflake(_) => true,
        }
    }
}
