//! What destinations have that are not S3: one file per kind. And the bucket next to a destination.

mod backup;
mod http;
mod iceberg;
mod opensearch;
mod opensearch_serverless;
mod redshift;
mod snowflake;
mod splunk;

pub use backup::{Backup, BackupPlace, BackupRecords};
pub use http::{Datadog, DatadogSite, Http, NewRelic, NewRelicRegion, RequestCompression};
pub use iceberg::{Iceberg, IcebergGlue, S3Tables};
pub use opensearch::{DestinationNetwork, DocumentId, IndexRotation, OpenSearch};
pub use opensearch_serverless::{Collection, DataAccessPolicy, OpenSearchServerless};
pub use redshift::{Redshift, Staging, StagingCompression};
pub use snowflake::Snowflake;
pub use splunk::{Splunk, SplunkType};
