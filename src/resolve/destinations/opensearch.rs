//! Reads OpenSearch.

use super::super::Resolver;
use super::super::delivery::Site;
use super::Read;
use crate::pipeline::{DestinationNetwork, OpenSearch, ServiceKind};
use crate::spec;
use crate::spec::destinations::{DocumentId, IndexRotation};

impl Resolver<'_> {
    /// OpenSearch, if a delivery has it.
    pub(super) fn opensearch(&mut self, delivery: &mut spec::Delivery, site: &Site) -> Option<Read> {
        let search = delivery.opensearch.take()?;
        let at = format!("{}/opensearch", site.at);
        let domain = OpenSearch {
            domain: self.written(&format!("{at}/domain"), search.domain),
            endpoint: self.optional(&format!("{at}/endpoint"), search.endpoint),
            index: self.written(&format!("{at}/index"), search.index),
            rotation: self.or(&format!("{at}/rotate"), search.rotate, IndexRotation::Day),
            document_id: search.document_id.unwrap_or(DocumentId::Firehose),
            network: search.network.map(|network| self.destination_network(&at, network)),
        };
        Some(Read::new("opensearch", ServiceKind::OpenSearch(domain), None))
    }

    /// The network of a destination.
    pub(super) fn destination_network(
        &self,
        at: &str,
        network: spec::destinations::DestinationNetwork,
    ) -> DestinationNetwork {
        let at = format!("{at}/network");
        DestinationNetwork {
            subnets: self.written(&format!("{at}/subnets"), network.subnets),
            security_groups: self.written(&format!("{at}/security_groups"), network.security_groups),
            spec: at,
        }
    }
}
