//! OpenSearch Serverless.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::super::existing::Existing;
use super::super::grants::{Grant, grant};
use super::super::value::Value;
use super::DestinationPlan;
use super::documents::mapping;
use super::network::{self, DestinationNetworkPlan};
use super::opensearch::{documents, role_arn};
use super::service::{Kind, Site};
use crate::aws::destinations::serverless_limits::{LEAST_MONTHLY_USD, PERMISSIONS};
use crate::pipeline::{Delivery, OpenSearchServerless, Service};

/// What the template needs of a collection of OpenSearch Serverless.
#[derive(Clone, Debug, Serialize)]
pub struct OpenSearchServerlessPlan {
    /// Its address.
    pub endpoint: Value,
    /// Name of the index.
    pub index: String,
    /// The data access policy, if the stack contains it.
    pub policy: Option<DataAccessPlan>,
    /// The network, if the collection is private.
    pub network: Option<DestinationNetworkPlan>,
}

/// A data access policy.
#[derive(Clone, Debug, Serialize)]
pub struct DataAccessPlan {
    /// Logical id.
    pub logical_id: String,
    /// Its place in the spec, a JSON pointer.
    pub spec: String,
    /// Name of the collection.
    #[serde(skip)]
    pub collection: String,
    /// Its document.
    pub document: Value,
    /// The end of its name, which is the same for all stacks.
    pub name: String,
}

/// Logical id of the data access policy of a delivery.
pub(super) fn policy_id(delivery: &Delivery) -> String {
    delivery.id("SearchAccess")
}

impl OpenSearchServerless {
    /// The data access policy, for a principal.
    fn policy(&self, principal: &str) -> Json {
        let index = format!("index/{}/{}", self.collection.value, self.index.value);
        json!([{
            "Rules": [{ "ResourceType": "index", "Resource": [index], "Permission": PERMISSIONS }],
            "Principal": [principal],
        }])
    }

    /// The index with its types, and what its owner does if the stack does not.
    fn requests(&self, site: &Site) -> Vec<String> {
        let (index, name, region) = (&self.index.value, &self.collection.value, &site.pipeline.region.value);
        let mut lines = Vec::new();
        if let Some(mapping) = site.fields.and_then(mapping) {
            lines.push(
                "unless the index exists, the first document decides the types of its fields; in Dev Tools of OpenSearch Dashboards:"
                    .to_owned(),
            );
            lines.push(format!("  PUT {index}"));
            lines.push(format!("  {}", json!({ "mappings": mapping })));
        }
        if !self.has_policy {
            lines.push("a data access policy must allow Firehose's role:".to_owned());
            lines.push(format!(
                "  aws opensearchserverless create-access-policy --region {region} --type data --name firehose-{} --policy '{}'",
                hash(&format!("{}/{}", site.pipeline.name.value, site.delivery.suffix())),
                self.policy("ROLE")
            ));
            lines.extend(role_arn(site));
        }
        if self.network.is_none() {
            lines.push("a network policy must allow access from public networks:".to_owned());
            let policy = json!([{
                "Rules": [{ "ResourceType": "collection", "Resource": [format!("collection/{name}")] }],
                "AllowFromPublic": true,
            }]);
            lines.push(format!(
                "  aws opensearchserverless create-security-policy --region {region} --type network --name {name} --policy '{policy}'"
            ));
        } else {
            lines.push(
                "a network policy must allow the VPC endpoint of OpenSearch Serverless that is in these subnets"
                    .to_owned(),
            );
        }
        lines
    }
}

/// Digits of the hash of a delivery's name, in the name of its policy, which has 32 characters at most.
const NAME_HASH_CHARS: usize = 6;

fn hash(name: &str) -> String {
    use sha2::{Digest, Sha256};
    crate::hex::hex(Sha256::digest(name.as_bytes()))[..NAME_HASH_CHARS].to_owned()
}

impl Kind for OpenSearchServerless {
    fn values(&self, site: &Site) -> DestinationPlan {
        let role = site.delivery.id("DeliveryRole");
        let principal =
            format!("arn:${{AWS::Partition}}:sts::${{AWS::AccountId}}:assumed-role/${{{role}}}/*");
        DestinationPlan::OpenSearchServerless(OpenSearchServerlessPlan {
            endpoint: Value::sub(format!(
                "https://{}.${{AWS::Region}}.aoss.${{AWS::URLSuffix}}",
                self.id.value
            )),
            index: self.index.value.clone(),
            policy: self.has_policy.then(|| DataAccessPlan {
                logical_id: policy_id(site.delivery),
                spec: site.service.spec.clone(),
                collection: self.collection.value.clone(),
                document: Value::sub(self.policy(&principal).to_string()),
                name: hash(&site.delivery.suffix()),
            }),
            network: self.network.as_ref().map(network::plan),
        })
    }

    fn grants(&self) -> Vec<Grant> {
        let arn = format!(
            "arn:${{AWS::Partition}}:aoss:${{AWS::Region}}:${{AWS::AccountId}}:collection/{}",
            self.id.value
        );
        let because = "The data access policy of the collection decides what Firehose may do in it.";
        let write = grant("WriteDocuments", &["aoss:APIAccessAll"], vec![Value::sub(arn)], because);
        [write].into_iter().chain(self.network.iter().flat_map(network::grants)).collect()
    }

    fn resources(&self, delivery: &Delivery) -> Vec<(String, &'static str)> {
        let policy =
            self.has_policy.then(|| (policy_id(delivery), "AWS::OpenSearchServerless::AccessPolicy"));
        policy.into_iter().collect()
    }

    fn existing(&self, _service: &Service) -> Vec<Existing> {
        self.network.iter().flat_map(network::existing).collect()
    }

    fn name(&self) -> &'static str {
        "OpenSearch Serverless"
    }

    fn url(&self) -> &str {
        &self.collection.value
    }

    fn data_transfer(&self) -> &'static str {
        "between Firehose and a collection of the same region it is free"
    }

    fn address(&self) -> String {
        format!("collection {}, index {}", self.collection.value, self.index.value)
    }

    fn facts(&self, _site: &Site) -> Vec<(&'static str, String)> {
        let mut facts = vec![
            ("collection", self.collection.value.clone()),
            ("collection_id", self.id.value.clone()),
            ("index", self.index.value.clone()),
        ];
        facts.extend(self.network.iter().flat_map(network::facts));
        facts
    }

    fn notes(&self, _site: &Site) -> Vec<String> {
        vec![format!(
            "the collection is billed while it exists, from about {LEAST_MONTHLY_USD} USD per month, which is not in the estimate"
        )]
    }

    fn other_side(&self, site: &Site) -> Vec<String> {
        let mut lines: Vec<String> = documents(site).into_iter().collect();
        if let Some(network) = &self.network {
            lines.extend(network::other_side(network, &site.pipeline.region.value));
        }
        lines.extend(self.requests(site));
        lines
    }
}
