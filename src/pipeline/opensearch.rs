//! OpenSearch as a destination.

use sha2::{Digest, Sha256};

use super::Setting;
use crate::hex::hex;
use crate::spec::destinations::{DocumentId, IndexRotation};

/// A domain of OpenSearch Service.
#[derive(Clone, Debug)]
pub struct OpenSearch {
    /// Its ARN.
    pub domain: Setting<String>,
    /// Its address, if Firehose does not look it up.
    pub endpoint: Option<Setting<String>>,
    /// Name of the index, without its period.
    pub index: Setting<String>,
    /// Period of an index.
    pub rotation: Setting<IndexRotation>,
    /// What sets the ID of a document.
    pub document_id: DocumentId,
    /// The network, if it is not public.
    pub network: Option<DestinationNetwork>,
}

/// The network of a destination.
#[derive(Clone, Debug)]
pub struct DestinationNetwork {
    /// Its place in the spec, a JSON pointer.
    pub spec: String,
    /// IDs of its subnets.
    pub subnets: Setting<Vec<String>>,
    /// IDs of the security groups of Firehose's network interfaces.
    pub security_groups: Setting<Vec<String>>,
}

impl DestinationNetwork {
    /// Digits that identify the network in the name of a Firehose stream.
    const HASH_CHARS: usize = 8;

    /// A hash of what it consists of: Firehose never changes the network of a stream.
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        for list in [&self.subnets.value, &self.security_groups.value] {
            hash.update((list.len() as u64).to_be_bytes());
            list.iter().for_each(|id| hash.update(id.as_bytes()));
        }
        hex(hash.finalize())[..Self::HASH_CHARS].to_owned()
    }
}
