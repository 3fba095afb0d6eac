//! Apache Iceberg. Data Firehose developer guide, "Deliver data to Apache Iceberg Tables", "Configure destination settings" and
//! "Monitor with CloudWatch metrics", 2026-11.

use super::{
    BACKUP_FRESHNESS, Capabilities, FIREHOSE, Fallback, Form, RETRY_S, Reading, Rows, Success, Unit, Watched,
    delivery, freshness, last_delivery, metric, records_delivered,
};
use crate::aws::limits::Bounds;
use crate::aws::metrics::fault;

/// What Firehose accepts of a table.
pub mod limits {
    /// Regions where Firehose writes no Iceberg tables, besides those in China and for the US government. Same guide,
    /// "Considerations and limitations", 2026-11.
    pub const WITHOUT: [&str; 4] = ["ap-east-2", "ap-southeast-5", "ap-southeast-6", "mx-central-1"];
    /// The catalog of all table buckets of an account and region. Amazon S3 user guide, "Integrating Amazon S3 Tables with AWS
    /// analytics services", 2026-11.
    pub const S3_TABLES_CATALOG: &str = "s3tablescatalog";
    /// The version of jq that the extraction of the operation runs. API reference, ProcessorParameter, 2026-11.
    pub const JQ: &str = "JQ-1.6";
    /// What is done with a row, in these letters. Data Firehose developer guide, "Route incoming records", 2026-11.
    pub const OPERATIONS: [&str; 3] = ["insert", "update", "delete"];
}

/// Apache Iceberg. `s3BackupMode` can be `FailedDataOnly` alone. Names of keys "must exactly match" those of the columns, and
/// Athena reads lower-case columns only. Times are text with a `T`.
pub const ICEBERG: Capabilities = Capabilities {
    key: "iceberg",
    words: "the Iceberg table",
    cannot_write: "Firehose cannot commit to the Iceberg table: it is gone, another writer is in the way, or a permission is missing.",
    unit: "a commit",
    description: "Firehose stream that writes the rows to the Iceberg table",
    buffer_mib: Bounds::new(1, 128),
    buffer_mib_default: 5,
    buffer_s: Bounds::new(0, 900),
    buffer_s_default: 300,
    buffer_because: "",
    separator: "",
    is_appended: false,
    splits_objects: false,
    rows: Rows::One,
    form: Form { lower_case_keys: true, iso_times: true },
    reads_log_envelopes: false,
    fallback: Some(Fallback {
        retry_s: RETRY_S,
        retry_s_default: 300,
        failed: "FailedDataOnly",
        all: None,
        freshness: BACKUP_FRESHNESS,
    }),
    metrics: &delivery(&[
        last_delivery("DeliveryToIceberg.SuccessfulRowCount"),
        records_delivered("DeliveryToIceberg.SuccessfulRowCount"),
        metric("commits", "commits", "DeliveryToIceberg.Success", "Sum", Reading::Sum, Unit::Count),
        fault(metric(
            "failed_rows",
            "rows that do not fit the table",
            "DeliveryToIceberg.FailedRowCount",
            "Sum",
            Reading::Sum,
            Unit::Count,
        )),
        freshness("DeliveryToIceberg.DataFreshness"),
    ]),
    watched: Watched {
        records: FIREHOSE.metric("DeliveryToIceberg.SuccessfulRowCount"),
        freshness: FIREHOSE.metric("DeliveryToIceberg.DataFreshness"),
        // A count of commits, no share.
        success: Success {
            metric: FIREHOSE.metric("DeliveryToIceberg.Success"),
            statistic: "Sum",
            floor: 1.0,
            is_share: false,
            words: "commits",
        },
        denied: None,
    },
};
