//! Snowflake. Data Firehose developer guide, "Configure destination settings", "Handle data delivery failures" and "Monitor with CloudWatch
//! metrics", 2026-11.

use super::{
    BACKUP_FRESHNESS, Capabilities, FIREHOSE, Fallback, Form, PUTS_SUCCEEDED, RETRY_S, Reading, Rows, Unit,
    Watched, delivery, freshness, last_delivery, metric, records_delivered, share,
};
use crate::aws::limits::Bounds;

/// What Firehose accepts. API reference of Firehose, `SnowflakeDestinationConfiguration`, 2026-11.
pub mod limits {
    use core::ops::RangeInclusive;

    /// Characters of `AccountUrl`.
    pub const ACCOUNT_URL_CHARS: RangeInclusive<usize> = 24..=2_048;
    /// What the host ends in.
    pub const DOMAIN: &str = ".snowflakecomputing.com";
    /// The label of a host that is reached over a private link. Snowflake, "AWS PrivateLink and Snowflake", 2026-11.
    pub const PRIVATE: &str = ".privatelink.";
    /// Characters of a name.
    pub const NAME_CHARS: RangeInclusive<usize> = 1..=255;
    /// Characters of `PrivateLinkVpceId`.
    pub const PRIVATE_LINK_CHARS: RangeInclusive<usize> = 47..=255;
    /// Characters of the last part of it, after `vpce-svc-`.
    pub const SERVICE_CHARS: usize = 17;
}

/// Snowflake. The guide's default buffer is 1 MiB or 0 s, the API's 128 MiB, so that pipec always writes it. Snowpipe Streaming reads
/// times as ISO 8601; Snowflake, "Table support and schema", 2026-11.
pub const SNOWFLAKE: Capabilities = Capabilities {
    key: "snowflake",
    words: "Snowflake",
    cannot_write: "Snowflake accepts no rows: it is not reachable, rejects the key, or the table does not fit the records.",
    unit: "an insert",
    description: "Firehose stream that inserts the records into Snowflake",
    buffer_mib: Bounds::new(1, 128),
    buffer_mib_default: 1,
    buffer_s: Bounds::new(0, 900),
    buffer_s_default: 0,
    buffer_because: "",
    separator: "",
    is_appended: false,
    splits_objects: false,
    rows: Rows::One,
    form: Form { lower_case_keys: false, iso_times: true },
    reads_log_envelopes: false,
    fallback: Some(Fallback {
        retry_s: RETRY_S,
        retry_s_default: 60,
        failed: "FailedDataOnly",
        all: Some("AllData"),
        freshness: BACKUP_FRESHNESS,
    }),
    metrics: &delivery(&[
        last_delivery("DeliveryToSnowflake.Records"),
        records_delivered("DeliveryToSnowflake.Records"),
        metric(
            PUTS_SUCCEEDED,
            "insert success rate",
            "DeliveryToSnowflake.Success",
            "Average",
            Reading::Lowest,
            Unit::Share,
        ),
        freshness("DeliveryToSnowflake.DataFreshness"),
    ]),
    watched: Watched {
        records: FIREHOSE.metric("DeliveryToSnowflake.Records"),
        freshness: FIREHOSE.metric("DeliveryToSnowflake.DataFreshness"),
        success: share(FIREHOSE.metric("DeliveryToSnowflake.Success")),
        denied: None,
    },
};
