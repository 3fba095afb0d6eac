//! Destinations that are not S3: one file per kind, and what all of them have.

mod backup;
mod http;

pub use backup::{Backup, BackupPlace, BackupRecords};
pub use http::{Datadog, DatadogSite, Http, NewRelic, NewRelicRegion, RequestCompression};
