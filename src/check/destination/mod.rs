//! Destinations: one file of rules per kind.

mod conversion;
mod documents;
mod endpoint;
mod http;
mod iceberg;
mod opensearch;
mod opensearch_serverless;
mod partitions;
mod prefix;
mod prefix_text;
mod redshift;
mod s3;
mod service;
mod snowflake;
mod splunk;
mod table;
mod table_names;
mod timestamps;

use super::Context;
use crate::pipeline::{Delivery, Destination, ServiceKind};

pub(super) fn check(context: &mut Context, delivery: &Delivery) {
    match &delivery.destination {
        Destination::S3(s3) => {
            let backup = s3.backup.as_ref();
            std::iter::once(&s3.location)
                .chain(backup)
                .for_each(|location| s3::check(context, delivery, location));
            conversion::check(context, delivery, s3);
            table::check(context, delivery, s3);
            partitions::check(context, delivery, s3);
        }
        Destination::Service(to) => {
            service::check(context, delivery, to);
            // CloudFormation would replace such a text: no other rule fits it.
            let replaced = service::replaced(to);
            if !replaced.is_empty() {
                replaced.into_iter().for_each(|fault| context.report(fault));
                return;
            }
            match &to.kind {
                ServiceKind::Iceberg(iceberg) => iceberg::check(context, delivery, to, iceberg),
                ServiceKind::Http(http) => http::check(context, to, http),
                ServiceKind::Splunk(splunk) => splunk::check(context, delivery, splunk),
                ServiceKind::OpenSearch(search) => opensearch::check(context, delivery, search),
                ServiceKind::Snowflake(snowflake) => snowflake::check(context, delivery, snowflake),
                ServiceKind::OpenSearchServerless(search) => {
                    opensearch_serverless::check(context, delivery, search);
                }
                ServiceKind::Redshift(redshift) => redshift::check(context, delivery, to, redshift),
            }
        }
    }
}
