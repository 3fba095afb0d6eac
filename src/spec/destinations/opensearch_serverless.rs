//! OpenSearch Serverless.

use schemars::JsonSchema;
use serde::Deserialize;

use super::DestinationNetwork;

/// A collection of OpenSearch Serverless, for time series or for search. Each record is a document.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenSearchServerless {
    /// The collection, in the pipeline's account and region.
    pub collection: Collection,
    /// Name of the index, 1 to 80 characters in lower case. Firehose creates it with the first document, unless it exists.
    #[schemars(extend("examples" = ["orders"]))]
    pub index: String,
    /// Data access policy that allows Firehose to create the index and to write documents. Default: `create`.
    pub access_policy: Option<DataAccessPolicy>,
    /// Network of a collection that is private. Cannot be changed without a new Firehose stream. Default: the collection is public.
    pub network: Option<DestinationNetwork>,
}

/// A collection of OpenSearch Serverless. Its policies have its name, and IAM its ID.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Collection {
    /// Its name.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9-]{2,31}$"), extend("examples" = ["search"]))]
    pub name: String,
    /// Its ID, which its address begins with.
    #[schemars(regex(pattern = r"^[a-z0-9]{3,40}$"), extend("examples" = ["a1b2c3d4e5f6g7h8i9j0"]))]
    pub id: String,
}

/// Source of the data access policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DataAccessPolicy {
    /// The stack contains it.
    Create,
    /// The owner of the collection creates it; `pipec plan` prints it.
    None,
}
