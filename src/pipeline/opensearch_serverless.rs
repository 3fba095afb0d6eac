//! OpenSearch Serverless as a destination.

use super::{DestinationNetwork, Setting};

/// A collection of OpenSearch Serverless.
#[derive(Clone, Debug)]
pub struct OpenSearchServerless {
    /// Name of the collection.
    pub collection: Setting<String>,
    /// ID of the collection.
    pub id: Setting<String>,
    /// Name of the index.
    pub index: Setting<String>,
    /// Whether the stack contains the data access policy.
    pub has_policy: bool,
    /// The network, if it is not public.
    pub network: Option<DestinationNetwork>,
}
