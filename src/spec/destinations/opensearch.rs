//! OpenSearch: domains of OpenSearch Service.

use schemars::JsonSchema;
use serde::Deserialize;

/// A domain of OpenSearch Service. Each record is a document.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenSearch {
    /// ARN of the domain, of OpenSearch or of Elasticsearch 7.
    #[schemars(
        regex(pattern = r"^arn:aws[a-z-]*:es:[a-z0-9-]+:[0-9]{12}:domain/[a-z][a-z0-9-]{2,27}$"),
        extend("examples" = ["arn:aws:es:us-east-1:111122223333:domain/search"])
    )]
    pub domain: String,
    /// Address of the domain, `https` and its host. Only for a domain of another account, where Firehose cannot look it up.
    /// Default: Firehose looks it up by the ARN.
    #[schemars(extend("examples" = ["https://search-shop-abc123.us-east-1.es.amazonaws.com"]))]
    pub endpoint: Option<String>,
    /// Name of the index, 1 to 80 characters in lower case. With `rotate`, the period follows it: `orders-2026-11-30`.
    #[schemars(extend("examples" = ["orders"]))]
    pub index: String,
    /// Period after which Firehose writes to another index, by the time of arrival in UTC. Default: `day`.
    pub rotate: Option<IndexRotation>,
    /// What sets the ID of a document. Default: `firehose`.
    pub document_id: Option<DocumentId>,
    /// Network of a domain within a VPC. Cannot be changed without a new Firehose stream. Default: the domain is public.
    pub network: Option<DestinationNetwork>,
}

/// Period of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IndexRotation {
    /// One index for all documents.
    None,
    /// `NAME-2026-11-30-13`.
    Hour,
    /// `NAME-2026-11-30`.
    Day,
    /// `NAME-2026-w49`; a week begins on Sunday.
    Week,
    /// `NAME-2026-11`.
    Month,
}

/// What sets the ID of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentId {
    /// Firehose: a retry overwrites the document.
    Firehose,
    /// OpenSearch: it indexes faster, and a retry can write the document a second time.
    None,
}

/// Network of a destination within a VPC, in which Firehose creates network interfaces.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DestinationNetwork {
    /// IDs of subnets, 1 to 16, that reach the destination; each needs free addresses for up to three network interfaces.
    #[schemars(
        length(min = 1, max = 16),
        inner(regex(pattern = r"^subnet-[0-9a-f]{8,17}$")),
        extend("examples" = [["subnet-0123456789abcdef0"]])
    )]
    pub subnets: Vec<String>,
    /// IDs of security groups of the network interfaces, 1 to 5, that allow HTTPS to the destination.
    #[schemars(
        length(min = 1, max = 5),
        inner(regex(pattern = r"^sg-[0-9a-f]{8,17}$")),
        extend("examples" = [["sg-0123456789abcdef0"]])
    )]
    pub security_groups: Vec<String>,
}
