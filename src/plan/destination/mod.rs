//! Destinations: one file per kind. What a kind writes to is a sink of the graph; the buckets among those are alike.

mod documents;
mod http;
mod iceberg;
mod network;
mod opensearch;
mod opensearch_serverless;
mod redshift;
mod s3;
mod service;
mod snowflake;
mod splunk;

use pipec_core::Partition;
use serde::Serialize;

use super::alarms::{Compare, FIVE_MINUTES, FRESHNESS_S_MIN, Rule, Scope, Span};
use super::buckets;
use super::cost::{Bill, Delivered};
use super::dashboard::Series;
use super::grants::Grant;
use super::{DeliveryPlan, Plan, S3LocationPlan};
use crate::aws::destinations::{self, BACKUP_FRESHNESS, Watched};
use crate::aws::metrics::MetricName;
use crate::check::Checked;
use crate::graph::NodeKind;
use crate::pipeline::{Delivery, Destination, KeysFrom, Purpose, Service, ServiceKind, Sink};
use crate::spec::{AlarmKey, Duration};
use crate::table::fields::{Fields, NoFields, csv_fields, delivered_fields, fields};
use crate::table::partition_keys;
pub use http::HttpPlan;
pub(super) use iceberg::resources as iceberg_resources;
pub use iceberg::{IcebergPlan, OwnTable};
pub use network::DestinationNetworkPlan;
pub use opensearch::OpenSearchPlan;
pub use opensearch_serverless::{DataAccessPlan, OpenSearchServerlessPlan};
pub use redshift::RedshiftPlan;
pub use s3::{ConversionPlan, PartitioningPlan, S3Plan};
pub use service::ServicePlan;
use service::{Kind, Site};
pub use snowflake::SnowflakePlan;
pub use splunk::SplunkPlan;

/// Seconds beyond its buffer after which a record is late at the earliest, as of the spec's threshold `freshness`.
const BEYOND_BUFFER_S: u64 = 60;

/// The template of each kind.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("delivery/http.yaml.j2", include_str!("../../../templates/delivery/http.yaml.j2")),
    ("delivery/iceberg.yaml.j2", include_str!("../../../templates/delivery/iceberg.yaml.j2")),
    ("delivery/opensearch.yaml.j2", include_str!("../../../templates/delivery/opensearch.yaml.j2")),
    (
        "delivery/opensearch_serverless.yaml.j2",
        include_str!("../../../templates/delivery/opensearch_serverless.yaml.j2"),
    ),
    ("delivery/redshift.yaml.j2", include_str!("../../../templates/delivery/redshift.yaml.j2")),
    ("delivery/s3.yaml.j2", include_str!("../../../templates/delivery/s3.yaml.j2")),
    ("delivery/snowflake.yaml.j2", include_str!("../../../templates/delivery/snowflake.yaml.j2")),
    ("delivery/splunk.yaml.j2", include_str!("../../../templates/delivery/splunk.yaml.j2")),
];

/// What the template needs of a destination, besides its places in S3 and what all kinds but S3 have.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DestinationPlan {
    /// S3.
    S3(Box<S3Plan>),
    /// An HTTP endpoint.
    Http(HttpPlan),
    /// Splunk.
    Splunk(SplunkPlan),
    /// A table of Apache Iceberg.
    Iceberg(Box<IcebergPlan>),
    /// A domain of OpenSearch Service.
    #[serde(rename = "opensearch")]
    OpenSearch(OpenSearchPlan),
    /// A collection of OpenSearch Serverless.
    #[serde(rename = "opensearch_serverless")]
    OpenSearchServerless(OpenSearchServerlessPlan),
    /// Redshift.
    Redshift(RedshiftPlan),
    /// Snowflake.
    Snowflake(Box<SnowflakePlan>),
}

/// The kind of a destination that is not S3.
fn kind(service: &Service) -> &dyn Kind {
    match &service.kind {
        ServiceKind::Http(http) => http,
        ServiceKind::Splunk(splunk) => splunk,
        ServiceKind::Iceberg(iceberg) => iceberg,
        ServiceKind::OpenSearch(search) => search,
        ServiceKind::OpenSearchServerless(search) => search,
        ServiceKind::Redshift(redshift) => redshift,
        ServiceKind::Snowflake(snowflake) => snowflake,
    }
}

/// Plans the destination.
pub(super) fn plan(checked: &Checked, delivery: &Delivery) -> DestinationPlan {
    match &delivery.destination {
        Destination::S3(s3) => DestinationPlan::S3(Box::new(s3::plan(checked, delivery, s3))),
        Destination::Service(service) => {
            let fields = known_fields(checked, delivery);
            let fields = fields.as_ref();
            kind(service).values(&Site { pipeline: checked.pipeline(), delivery, service, fields })
        }
    }
}

/// Plans what all destinations but S3 have.
pub(super) fn service(checked: &Checked, delivery: &Delivery) -> Option<ServicePlan> {
    let service = delivery.destination.service()?;
    let fields = known_fields(checked, delivery);
    let site = Site { pipeline: checked.pipeline(), delivery, service, fields: fields.as_ref() };
    Some(service::plan(&site, kind(service)))
}

fn known_fields(checked: &Checked, delivery: &Delivery) -> Option<Fields> {
    match delivered_fields(checked.pipeline(), checked.query(), delivery) {
        Ok(fields) => Some(fields),
        Err(NoFields::Csv) => csv_fields(checked.pipeline()),
        Err(NoFields::Undeclared | NoFields::Faulty) => None,
    }
}

/// The stack's own resources at a destination that is not a bucket: logical ids with their types.
pub(super) fn resources(service: &Service, delivery: &Delivery) -> Vec<(String, &'static str)> {
    kind(service).resources(delivery)
}

/// The partition keys that the transform of a delivery returns.
pub(super) fn partition(checked: &Checked, delivery: &Delivery, runs_query: bool) -> Option<Partition> {
    let s3 = delivery.destination.s3()?;
    let fields = fields(checked.pipeline(), checked.query(), delivery).ok()?;
    let by_transform = s3.keys_from == KeysFrom::Transform;
    partition_keys::program(&s3.partitions, &fields, runs_query).filter(|_| by_transform)
}

/// What Firehose needs to write to the sink of a purpose.
pub(super) fn grants(delivery: &Delivery, purpose: Purpose) -> Vec<Grant> {
    let of = |sink| match sink {
        Sink::Bucket(purpose, location) => buckets::grants(purpose, location, &buckets::heads(location)),
        Sink::Service(of) => service::grants(of, kind(of)),
    };
    delivery.destination.sink(purpose).map_or_else(Vec::new, of)
}

/// What is billed besides Firehose.
pub(super) fn cost(bill: &mut Bill, plan: &Plan, delivery: &DeliveryPlan, delivered: Delivered) {
    if let DestinationPlan::Iceberg(iceberg) = &delivery.destination {
        iceberg.cost(bill.of(NodeKind::Destination), delivered);
    }
    if let DestinationPlan::S3(s3) = &delivery.destination {
        s3::cost(bill, plan, (delivery, s3), delivered);
    }
    if let Some(network) = delivery.network() {
        network.cost(bill, delivered);
    }
    if let Some(backup) = delivery.backup_of_all().filter(|_| delivery.service.is_some()) {
        // Of the records that fail, nobody knows how many there are.
        s3::stored(bill.of(NodeKind::Destination), plan, backup, delivered, (false, None));
    }
    // What is loaded from a bucket is written there first.
    if let Some(staging) = delivery.location(Purpose::Staging) {
        s3::stored(bill.of(NodeKind::Destination), plan, staging, delivered, (false, None));
    }
}

/// The metrics of a delivery.
pub(super) fn watched(delivery: &DeliveryPlan) -> &'static Watched {
    &delivery.capabilities.watched
}

/// Counts that the dashboard shows besides, next to the failures.
pub(super) fn graphed(delivery: &DeliveryPlan) -> Vec<Series> {
    match &delivery.destination {
        DestinationPlan::S3(s3) => s3.graphed(),
        DestinationPlan::Iceberg(_) => iceberg::graphed(),
        _ => Vec::new(),
    }
}

/// The same of the delivery of error records, which go to a bucket whatever the destination.
pub(super) fn watched_of_errors() -> &'static Watched {
    &destinations::S3.watched
}

/// Alarms of the delivery: records are late after so many seconds, and `logs` is the command that shows Firehose's log.
pub(super) fn alarms(scope: &Scope, delivery: &DeliveryPlan, late: u64, logs: &str) -> Vec<Rule> {
    let mut rules = service::alarms(delivery.capabilities, late, logs);
    if let DestinationPlan::S3(s3) = &delivery.destination {
        rules.extend(s3.alarms(logs));
    }
    if let DestinationPlan::Iceberg(_) = &delivery.destination {
        rules.push(iceberg::failed_rows(logs));
    }
    let fallback = delivery.capabilities.fallback.as_ref();
    let metric = fallback.map_or(BACKUP_FRESHNESS, |fallback| fallback.freshness);
    rules.extend(delivery.backup_of_all().map(|backup| backup_late(scope, backup, metric, logs)));
    rules
}

/// Whether the bucket of all records, beside the destination, gets them.
fn backup_late(scope: &Scope, backup: &S3LocationPlan, metric: MetricName, logs: &str) -> Rule {
    let interval = backup.buffer_interval;
    let late = scope.threshold(AlarmKey::Freshness, FRESHNESS_S_MIN.max(2 * interval));
    // The threshold suits the buffer of the destination, which may be the shorter one.
    let late = late.max(interval + BEYOND_BUFFER_S);
    Rule::new(
        AlarmKey::BackupFreshness,
        (metric, "Maximum"),
        Span(FIVE_MINUTES, 1, 1),
        Compare::Above,
        late as f64,
        format!("Records have not reached the backup's bucket after {}. {logs} shows why.", Duration(late)),
    )
}

/// The same of the delivery of error records, which go to a bucket whatever the destination.
pub(super) fn alarms_of_errors(late: u64, logs: &str) -> Vec<Rule> {
    service::alarms(&destinations::S3, late, logs)
}

impl DeliveryPlan {
    /// What data transfer costs, and why no line of the bill says how much.
    pub fn data_transfer(&self) -> &'static str {
        self.service.as_ref().map_or(s3::DATA_TRANSFER, |service| service.data_transfer)
    }
}

/// A destination in the report.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Where the records go, in one line.
    pub line: String,
    /// What is to be known of it, by its name in the JSON.
    pub facts: Vec<(&'static str, String)>,
    /// The same in sentences.
    pub notes: Vec<String>,
    /// What its owner has to do, as lines to read and to type.
    pub other_side: Vec<String>,
}

impl DeliveryPlan {
    /// The data access policy of its collection, if the stack contains it.
    pub(super) fn data_access(&self) -> Option<&DataAccessPlan> {
        match &self.destination {
            DestinationPlan::OpenSearchServerless(search) => search.policy.as_ref(),
            _ => None,
        }
    }

    /// The network that Firehose creates interfaces in.
    fn network(&self) -> Option<&DestinationNetworkPlan> {
        match &self.destination {
            DestinationPlan::OpenSearch(search) => search.network.as_ref(),
            DestinationPlan::OpenSearchServerless(search) => search.network.as_ref(),
            DestinationPlan::S3(_)
            | DestinationPlan::Http(_)
            | DestinationPlan::Splunk(_)
            | DestinationPlan::Redshift(_)
            | DestinationPlan::Snowflake(_)
            | DestinationPlan::Iceberg(_) => None,
        }
    }

    /// The destination as it is reported.
    pub fn shown(&self) -> Shown {
        match (&self.destination, &self.service) {
            (DestinationPlan::S3(s3), _) => s3.shown(self),
            (_, Some(service)) => service.shown(self),
            // Every destination but S3 is a service.
            (_, None) => {
                Shown { line: String::new(), facts: Vec::new(), notes: Vec::new(), other_side: Vec::new() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::fixture::{DESTINATIONS, delivering, planned, spec};

    #[test]
    fn a_destination_has_a_template_of_its_name() {
        for destination in DESTINATIONS {
            let (plan, _) = planned(&delivering(destination));
            let json = serde_json::to_value(&plan.deliveries[0].destination).expect("JSON");
            let name = format!("delivery/{}.yaml.j2", json["kind"].as_str().expect("a kind"));
            assert!(TEMPLATES.iter().any(|(known, _)| *known == name), "{name}");
        }
        let (plan, _) = planned(&spec("record_size: 1 KiB, records_per_second: 10", ""));
        assert!(matches!(plan.deliveries[0].destination, DestinationPlan::S3(_)));
    }

    #[test]
    fn every_sink_is_a_node_that_firehose_writes_to() {
        use crate::graph::Relation;
        for destination in DESTINATIONS {
            let (plan, checked) = planned(&delivering(destination));
            let delivery = &checked.pipeline().deliveries[0];
            for sink in delivery.destination.sinks() {
                let purpose = sink.purpose();
                let edges =
                    plan.graph.edges().iter().filter(|edge| edge.relation == Relation::Store(purpose));
                let nodes: Vec<_> = edges.map(|edge| plan.graph.get(edge.to)).collect();
                assert_eq!(nodes.len(), 1, "{destination}: {nodes:?}");
                assert_eq!(nodes[0].logical_id.as_deref(), sink.logical_id().as_deref());
                let own = plan.buckets.iter().find(|bucket| bucket.purpose == purpose);
                assert_eq!(own.map(|bucket| bucket.logical_id.clone()), sink.logical_id());
                let is_open =
                    |service: &Service| service.secret.is_none() && kind(service).grants().is_empty();
                let needs_none = matches!(sink, Sink::Service(service) if is_open(service));
                assert_eq!(grants(delivery, purpose).is_empty(), needs_none, "{destination}");
            }
        }
    }

    #[test]
    fn a_secret_is_read_by_firehose_alone_and_exactly_this_one() {
        for destination in DESTINATIONS.iter().filter(|destination| destination.contains("secret:")) {
            let (plan, _) = planned(&delivering(destination));
            let readers =
                plan.roles.iter().flat_map(|role| role.grants.iter().map(move |grant| (role, grant)));
            let readers: Vec<_> = readers
                .filter(|(_, grant)| grant.actions.contains(&"secretsmanager:GetSecretValue"))
                .collect();
            let [(role, grant)] = readers.as_slice() else { panic!("{destination}: {readers:?}") };
            assert_eq!(role.logical_id, "DeliveryRole");
            let resources: Vec<String> =
                grant.resources.iter().map(super::super::value::Value::shown).collect();
            assert_eq!(resources, ["arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf"]);
        }
    }

    #[test]
    fn a_backup_of_all_records_is_late_as_the_spec_declares() {
        for destination in ["backup: raw, s3: {}", "backup: all, http: { url: 'https://example.com/v1' }"] {
            let late = |thresholds: &str| {
                let spec = delivering(&format!("buffer: {{ size: 5 MiB, interval: 60 s }}, {destination}"));
                let (plan, _) = planned(&spec.replace("alarms: {}", &format!("alarms: {{ {thresholds} }}")));
                let alarms = plan.alarms.iter().flat_map(|alarms| &alarms.alarms);
                let late: Vec<f64> = alarms
                    .filter(|alarm| alarm.key == AlarmKey::BackupFreshness)
                    .map(|alarm| alarm.threshold)
                    .collect();
                late
            };
            assert_eq!(late(""), [900.0], "{destination}");
            assert_eq!(late("thresholds: { freshness: 20 min }"), [1_200.0], "{destination}");
            // The bucket's own buffer is written after 5 minutes.
            assert_eq!(late("thresholds: { freshness: 2 min }"), [360.0], "{destination}");
        }
    }

    #[test]
    fn the_output_of_a_bucket_names_the_records_in_it() {
        let described = |destination: &str| -> Vec<&'static str> {
            let (plan, _) = planned(&delivering(destination));
            plan.locations().map(|location| location.output.1).collect()
        };
        let data = "Bucket that the objects are written to";
        assert_eq!(described("backup: raw, s3: {}"), [data, "Bucket for all records"]);
        assert_eq!(described("http: { url: 'https://example.com' }"), ["Bucket for records that failed"]);
        assert_eq!(
            described("backup: all, http: { url: 'https://example.com' }"),
            ["Bucket for all records"]
        );
    }

    #[test]
    fn a_backup_of_all_records_is_watched_and_billed() {
        let (failed, _) = planned(&delivering("http: { url: 'https://example.com/v1' }"));
        let (all, _) = planned(&delivering("backup: all, http: { url: 'https://example.com/v1' }"));
        let keys = |plan: &Plan| -> Vec<&'static str> {
            plan.alarms.iter().flat_map(|alarms| &alarms.alarms).map(|alarm| alarm.key.name()).collect()
        };
        assert!(!keys(&failed).contains(&"backup_freshness"));
        assert!(keys(&all).contains(&"backup_freshness"));
        let objects = |plan: &Plan| {
            let cost = crate::plan::cost::estimate(plan, crate::price_list::Prices::BuiltIn);
            cost.lines.iter().any(|line| line.item.starts_with("S3:"))
        };
        assert!(!objects(&failed) && objects(&all));
    }
}
