//! Destinations that are not S3: one file per kind.

mod http;

pub use http::{Datadog, DatadogSite, Http, NewRelic, NewRelicRegion, RequestCompression};
