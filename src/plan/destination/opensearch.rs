//! OpenSearch.

use serde::Serialize;
use serde_json::json;

use super::super::existing::Existing;
use super::super::grants::{Grant, grant};
use super::super::value::Value;
use super::DestinationPlan;
use super::documents::{mapping, pattern, rotation};
use super::network::{self, DestinationNetworkPlan};
use super::service::{Kind, Site};
use crate::aws::existing;
use crate::pipeline::{OpenSearch, Service};
use crate::spec::destinations::DocumentId;

/// What the template needs of a domain of OpenSearch Service.
#[derive(Clone, Debug, Serialize)]
pub struct OpenSearchPlan {
    /// Its ARN, if Firehose looks it up.
    pub domain: Option<String>,
    /// Else its address.
    pub endpoint: Option<String>,
    /// Name of the index, without its period.
    pub index: String,
    /// Firehose's word for the period of an index.
    pub rotation: &'static str,
    /// Firehose's word for what sets the ID of a document.
    pub document_id: &'static str,
    /// The network, if the domain is within a VPC.
    pub network: Option<DestinationNetworkPlan>,
}

/// Calls to find a domain.
const FIND: &[&str] = &["es:DescribeDomain", "es:DescribeDomainConfig", "es:DescribeDomains"];
/// Calls to create indexes and to write documents.
const WRITE: &[&str] = &["es:ESHttpPost", "es:ESHttpPut"];
/// Calls to look at a domain and its indexes.
const READ: &[&str] = &["es:ESHttpGet"];

impl OpenSearch {
    /// ARNs of what Firehose reads. Data Firehose developer guide, "Grant Firehose access to a public OpenSearch Service
    /// destination", 2026-11.
    fn read(&self) -> Vec<String> {
        let index = &self.index.value;
        let paths = [
            "_all/_settings".to_owned(),
            "_cluster/stats".to_owned(),
            format!("{index}*/_mapping/*"),
            "_nodes".to_owned(),
            "_nodes/stats".to_owned(),
            "_nodes/*/stats".to_owned(),
            "_stats".to_owned(),
            format!("{index}*/_stats"),
        ];
        paths.iter().map(|path| format!("{}/{path}", self.domain.value)).collect()
    }

    fn written(&self) -> String {
        format!("{}/*", self.domain.value)
    }

    /// What the index template, a role of the domain, and the mapping of Firehose's role to it have as their name: one of the
    /// delivery's own, because a request with the same name replaces what is there. OpenSearch accepts names of templates in
    /// lower-case letters only.
    fn name_in_domain(site: &Site) -> String {
        let delivery = site.delivery.name.iter().map(|name| format!("-{name}"));
        format!("firehose-{}{}", site.pipeline.name.value, delivery.collect::<String>()).to_lowercase()
    }

    /// The statement of the policy of a domain of another account.
    fn access_policy(&self) -> Vec<String> {
        let statement = |actions: &[&str], resources: Vec<String>| json!({ "Effect": "Allow", "Principal": { "AWS": "ROLE" }, "Action": actions, "Resource": resources });
        vec![
            "the access policy of the domain, which is in another account, has these statements:".to_owned(),
            format!("  {}", statement(FIND, vec![self.domain.value.clone()])),
            format!("  {}", statement(WRITE, vec![self.written()])),
            format!("  {}", statement(READ, self.read())),
        ]
    }

    /// An index template, and who may write, as requests of OpenSearch.
    fn requests(&self, site: &Site) -> Vec<String> {
        let (index, name) = (&self.index.value, Self::name_in_domain(site));
        let mut lines = Vec::new();
        if let Some(mapping) = site.fields.and_then(mapping) {
            let pattern = pattern(index, self.rotation.value);
            // Of templates that match the same index, OpenSearch uses the one of the highest priority, and rejects equal ones.
            let priority = pattern.len();
            let template = json!({
                "index_patterns": [pattern],
                "priority": priority,
                "template": { "mappings": mapping },
            });
            lines.push(
                "without an index template, the first document decides the types of the fields; in Dev Tools of OpenSearch \
                 Dashboards:"
                    .to_owned(),
            );
            lines.push(format!("  PUT _index_template/{name}"));
            lines.push(format!("  {template}"));
        }
        let role = json!({
            "cluster_permissions": ["cluster_composite_ops", "cluster_monitor"],
            "index_permissions": [{
                "index_patterns": [format!("{index}*")],
                "allowed_actions": ["create_index", "manage_aliases", "write"],
            }],
        });
        lines.push(
            "with fine-grained access control, an administrator of the domain maps Firehose's role, once the stack has it:"
                .to_owned(),
        );
        lines.push(format!("  PUT _plugins/_security/api/roles/{name}"));
        lines.push(format!("  {role}"));
        lines.push(format!("  PUT _plugins/_security/api/rolesmapping/{name}"));
        lines.push(format!("  {}", json!({ "backend_roles": ["ROLE"] })));
        lines
    }
}

/// How the ARN of Firehose's role is found, which lines name `ROLE`.
pub(super) fn role_arn(site: &Site) -> Vec<String> {
    let (region, stack) = (&site.pipeline.region.value, &site.pipeline.name.value);
    let role = site.delivery.id("DeliveryRole");
    vec![
        "ROLE is the ARN of Firehose's role:".to_owned(),
        format!(
            "  aws iam get-role --query Role.Arn --output text --role-name $(aws cloudformation describe-stack-resource --region \
             {region} --stack-name {stack} --logical-resource-id {role} --query StackResourceDetail.PhysicalResourceId --output \
             text)"
        ),
    ]
}

/// What records without SQL must look like.
pub(super) fn documents(site: &Site) -> Option<String> {
    let of_rows = site.fields.is_some_and(|fields| fields.of_rows);
    (!of_rows).then(|| {
        "each record is one JSON object without a newline; OpenSearch recognizes times as in 2026-11-30T12:00:00Z".to_owned()
    })
}

impl Kind for OpenSearch {
    fn values(&self, _site: &Site) -> DestinationPlan {
        let endpoint = self.endpoint.as_ref().map(|endpoint| endpoint.value.clone());
        DestinationPlan::OpenSearch(OpenSearchPlan {
            domain: endpoint.is_none().then(|| self.domain.value.clone()),
            endpoint,
            index: self.index.value.clone(),
            rotation: rotation(self.rotation.value),
            document_id: match self.document_id {
                DocumentId::Firehose => "FIREHOSE_DEFAULT",
                DocumentId::None => "NO_DOCUMENT_ID",
            },
            network: self.network.as_ref().map(network::plan),
        })
    }

    fn grants(&self) -> Vec<Grant> {
        let text = |arn: String| Value::text(arn);
        let domain = vec![text(self.domain.value.clone())];
        let read = self.read().into_iter().map(text).collect();
        let write = vec![text(self.written())];
        let mut grants = vec![
            grant("FindDomain", FIND, domain, "Firehose looks up the address and the version of the domain."),
            grant(
                "WriteDocuments",
                WRITE,
                write,
                "Firehose creates indexes, and writes documents by bulk requests.",
            ),
            grant("ReadIndexes", READ, read, "Firehose looks at the domain's nodes, indexes and mappings."),
        ];
        grants.extend(self.network.iter().flat_map(network::grants));
        grants
    }

    fn existing(&self, service: &Service) -> Vec<Existing> {
        let at = |key: &str| format!("{}/{key}", service.spec);
        // The domain of another account is not found from here.
        let domain = self.endpoint.is_none().then(|| {
            let one = Existing::new(&existing::DOMAIN, &self.domain.value, at("domain"));
            match self.network {
                Some(_) => one,
                None => one.with("network", &"none", at("domain")),
            }
        });
        let network = self.network.iter().flat_map(network::existing);
        domain.into_iter().chain(network).collect()
    }

    fn name(&self) -> &'static str {
        "OpenSearch"
    }

    fn url(&self) -> &str {
        let domain = self.domain.value.rsplit('/').next().unwrap_or_default();
        self.endpoint.as_ref().map_or(domain, |endpoint| endpoint.value.as_str())
    }

    fn data_transfer(&self) -> &'static str {
        "between Firehose and a domain of the same region it is free; another region's is not known"
    }

    fn address(&self) -> String {
        let domain = self.domain.value.rsplit('/').next().unwrap_or_default();
        format!("domain {domain}, index {}", pattern(&self.index.value, self.rotation.value))
    }

    fn facts(&self, _site: &Site) -> Vec<(&'static str, String)> {
        let mut facts = vec![
            ("domain", self.domain.value.clone()),
            ("index", pattern(&self.index.value, self.rotation.value)),
            ("rotation", rotation(self.rotation.value).to_owned()),
        ];
        facts.extend(self.network.iter().flat_map(network::facts));
        facts
    }

    fn other_side(&self, site: &Site) -> Vec<String> {
        let mut lines: Vec<String> = documents(site).into_iter().collect();
        if let Some(network) = &self.network {
            lines.extend(network::other_side(network, &site.pipeline.region.value));
        }
        lines.extend(self.requests(site));
        if self.endpoint.is_some() {
            lines.extend(self.access_policy());
        }
        lines.extend(role_arn(site));
        lines
    }
}
