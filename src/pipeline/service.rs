//! A destination that is not S3: what is decided about all of them.

use super::{
    DestinationNetwork, Http, Iceberg, OpenSearch, OpenSearchServerless, Redshift, S3Location, Setting,
    Snowflake, Splunk,
};
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

/// [`ServiceKind::fixed`] of OpenSearch.
pub const SEARCH: &str = "Search";
/// The same of OpenSearch Serverless.
pub const COLLECTION: &str = "Collection";
/// The same of a private link.
pub const PRIVATE_LINK: &str = "PrivateLink";
/// The same of an Iceberg table whose rows are updated.
pub const UPDATING: &str = "Updating";
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
    /// A domain of OpenSearch Service.
    OpenSearch(OpenSearch),
    /// A collection of OpenSearch Serverless.
    OpenSearchServerless(OpenSearchServerless),
    /// Redshift.
    Redshift(Redshift),
    /// Snowflake.
    Snowflake(Snowflake),
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
            Self::OpenSearch(_) => &destinations::OPENSEARCH,
            Self::OpenSearchServerless(_) => &destinations::OPENSEARCH_SERVERLESS,
            Self::Redshift(_) => &destinations::REDSHIFT,
            Self::Snowflake(_) => &destinations::SNOWFLAKE,
        }
    }

    /// Whether its owner declares the types of the records' fields: the columns of a table, or a mapping.
    pub fn has_columns(&self) -> bool {
        match self {
            Self::Http(_) | Self::Splunk(_) => false,
            Self::OpenSearch(_)
            | Self::OpenSearchServerless(_)
            | Self::Redshift(_)
            | Self::Snowflake(_)
            | Self::Iceberg(_) => true,
        }
    }

    /// The texts of the spec that are texts of the template, with their places; not the secret's ARN.
    pub fn texts(&self) -> Vec<(&str, Span)> {
        fn one(setting: &Setting<String>) -> (&str, Span) {
            (setting.value.as_str(), setting.span)
        }
        fn all(list: &Setting<Vec<String>>) -> impl Iterator<Item = (&str, Span)> {
            list.value.iter().map(|text| (text.as_str(), list.span))
        }
        let texts: Vec<(&str, Span)> = match self {
            Self::Http(http) => {
                let name = (http.name.value.as_str(), http.name.span);
                let attributes = http.attributes.iter();
                let attributes = attributes.flat_map(|one| {
                    [(one.name.as_str(), one.span), (one.value.value.as_str(), one.value.span)]
                });
                [one(&http.url), name].into_iter().chain(attributes).collect()
            }
            Self::Splunk(splunk) => vec![one(&splunk.endpoint)],
            Self::OpenSearch(search) => {
                let texts = [&search.domain, &search.index].into_iter().chain(&search.endpoint);
                texts.map(one).collect()
            }
            Self::OpenSearchServerless(search) => {
                [&search.collection, &search.id, &search.index].map(one).into()
            }
            Self::Redshift(redshift) => {
                let texts = [redshift.host.setting(), &redshift.database, &redshift.table];
                let columns = redshift.columns.iter().flat_map(all);
                texts.into_iter().chain(&redshift.copy_options).map(one).chain(columns).collect()
            }
            Self::Snowflake(snowflake) => {
                let texts =
                    [&snowflake.account_url, &snowflake.database, &snowflake.schema, &snowflake.table];
                let more = [
                    &snowflake.role,
                    &snowflake.content_column,
                    &snowflake.metadata_column,
                    &snowflake.private_link,
                ];
                texts.into_iter().chain(more.into_iter().flatten()).map(one).collect()
            }
            Self::Iceberg(iceberg) => {
                let (database, table) = iceberg.names();
                let names = [database, table].into_iter().chain(iceberg.table_bucket());
                names.chain(&iceberg.unique_keys).chain(&iceberg.operation).map(one).collect()
            }
        };
        let network = self.network().into_iter();
        let ids = network.flat_map(|network| all(&network.subnets).chain(all(&network.security_groups)));
        texts.into_iter().chain(ids).collect()
    }

    /// The network that Firehose creates interfaces in.
    pub fn network(&self) -> Option<&DestinationNetwork> {
        match self {
            Self::OpenSearch(search) => search.network.as_ref(),
            Self::OpenSearchServerless(search) => search.network.as_ref(),
            Self::Http(_) | Self::Splunk(_) | Self::Redshift(_) | Self::Snowflake(_) | Self::Iceberg(_) => {
                None
            }
        }
    }

    /// The part of the logical id of a Firehose stream for what Firehose never changes of the destination. A stream of OpenSearch
    /// never gets another kind of destination. API reference, UpdateDestination, 2026-11.
    pub fn fixed(&self) -> Option<&'static str> {
        match self {
            Self::OpenSearch(_) => Some(SEARCH),
            Self::OpenSearchServerless(_) => Some(COLLECTION),
            Self::Snowflake(snowflake) => snowflake.private_link.as_ref().map(|_| PRIVATE_LINK),
            Self::Iceberg(table) => table.operation.as_ref().map(|_| UPDATING),
            Self::Http(_) | Self::Splunk(_) | Self::Redshift(_) => None,
        }
    }
}
