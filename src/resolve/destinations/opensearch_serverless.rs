//! Reads OpenSearch Serverless.

use super::super::Resolver;
use super::super::delivery::Site;
use super::Read;
use crate::pipeline::{OpenSearchServerless, ServiceKind};
use crate::spec;
use crate::spec::destinations::DataAccessPolicy;

impl Resolver<'_> {
    /// OpenSearch Serverless, if a delivery has it.
    pub(super) fn opensearch_serverless(
        &mut self,
        delivery: &mut spec::Delivery,
        site: &Site,
    ) -> Option<Read> {
        let search = delivery.opensearch_serverless.take()?;
        let at = format!("{}/opensearch_serverless", site.at);
        let collection = OpenSearchServerless {
            collection: self.written(&format!("{at}/collection/name"), search.collection.name),
            id: self.written(&format!("{at}/collection/id"), search.collection.id),
            index: self.written(&format!("{at}/index"), search.index),
            has_policy: search.access_policy != Some(DataAccessPolicy::None),
            network: search.network.map(|network| self.destination_network(&at, network)),
        };
        Some(Read::new("opensearch_serverless", ServiceKind::OpenSearchServerless(collection), None))
    }
}
