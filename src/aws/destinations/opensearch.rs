//! OpenSearch Service. Data Firehose developer guide, "Configure destination settings", "Handle data delivery failures" and
//! "Monitor with CloudWatch metrics", 2026-11.

use super::{
    Capabilities, Denied, FIREHOSE, Fallback, Form, PUTS_SUCCEEDED, RETRY_S, Reading, Rows, Unit, Watched,
    delivery, freshness, last_delivery, metric, records_delivered, share,
};
use crate::aws::limits::Bounds;

/// What Firehose and OpenSearch accept.
pub mod limits {
    use crate::aws::limits::Bounds;

    /// Characters of `IndexName`. CloudFormation schema, 2026-10.
    pub const INDEX_CHARS: Bounds<u64> = Bounds::new(1, 80);
    /// What the name of an index does not begin with. OpenSearch, "Create index", index naming restrictions, 2026-11.
    pub const INDEX_FIRST_FORBIDDEN: &str = "_-+";
    /// What it does not contain. Same; Elasticsearch 7, "Create index API", also has `#`. A `$` has a meaning in policies of IAM,
    /// which name the index. `%`, `{` and `}` belong to patterns of dates, which Firehose does not resolve.
    pub const INDEX_FORBIDDEN: &str = " ,:\"*+/\\|?#<>$%{}";
    /// Characters of `ClusterEndpoint`. CloudFormation schema, 2026-10.
    pub const ENDPOINT_CHARS_MAX: usize = 512;
    /// Fields of a document that OpenSearch has itself. OpenSearch, "Metadata fields", and `IndicesModule` in its source, 2026-11;
    /// `_type` is one of Elasticsearch 7 and OpenSearch 1.
    pub const METADATA_FIELDS: [&str; 12] = [
        "_data_stream_timestamp",
        "_field_names",
        "_id",
        "_ignored",
        "_index",
        "_nested_path",
        "_primary_term",
        "_routing",
        "_seq_no",
        "_source",
        "_type",
        "_version",
    ];
    /// Calls for the network interfaces of Firehose, besides the one that creates them. Data Firehose developer guide, "Grant Firehose access to an OpenSearch Service
    /// destination in a VPC", 2026-11.
    pub const INTERFACE_ACTIONS: &[&str] =
        &["ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface"];
    /// Calls to look a network up, besides the one for a VPC's attributes. Same.
    pub const NETWORK_LOOKUPS: &[&str] = &[
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
    ];
    /// Network interfaces in a subnet. Same guide, "Configure destination settings", 2026-11.
    pub const INTERFACES_OF_SUBNET: u64 = 3;
}

/// A domain. The metrics of its backup are those of deliveries to S3, unlike those of other destinations.
pub const OPENSEARCH: Capabilities = Capabilities {
    key: "opensearch",
    words: "OpenSearch",
    cannot_write: "OpenSearch accepts no documents: the role is not mapped, a field has another type, or the domain is overloaded.",
    unit: "a bulk request",
    description: "Firehose stream that sends the documents to OpenSearch",
    buffer_mib: Bounds::new(1, 100),
    buffer_mib_default: 5,
    buffer_s: Bounds::new(0, 900),
    buffer_s_default: 300,
    buffer_because: "",
    separator: "",
    is_appended: false,
    splits_objects: false,
    rows: Rows::One,
    form: Form { lower_case_keys: false, iso_times: true },
    reads_log_envelopes: false,
    fallback: Some(Fallback {
        retry_s: RETRY_S,
        retry_s_default: 300,
        failed: "FailedDocumentsOnly",
        all: Some("AllDocuments"),
        freshness: FIREHOSE.metric("DeliveryToS3.DataFreshness"),
    }),
    metrics: &delivery(&[
        last_delivery("DeliveryToAmazonOpenSearchService.Records"),
        records_delivered("DeliveryToAmazonOpenSearchService.Records"),
        metric(
            PUTS_SUCCEEDED,
            "indexing success rate",
            "DeliveryToAmazonOpenSearchService.Success",
            "Average",
            Reading::Lowest,
            Unit::Share,
        ),
        freshness("DeliveryToAmazonOpenSearchService.DataFreshness"),
    ]),
    watched: Watched {
        records: FIREHOSE.metric("DeliveryToAmazonOpenSearchService.Records"),
        freshness: FIREHOSE.metric("DeliveryToAmazonOpenSearchService.DataFreshness"),
        success: share(FIREHOSE.metric("DeliveryToAmazonOpenSearchService.Success")),
        denied: Some(Denied {
            access: FIREHOSE.metric("DeliveryToAmazonOpenSearchService.AuthFailure"),
            rejected: FIREHOSE.metric("DeliveryToAmazonOpenSearchService.DeliveryRejected"),
            cause: "In a domain with fine-grained access control, its owner maps Firehose's role; `pipec plan` prints the requests.",
        }),
    },
};
