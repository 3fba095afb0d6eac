//! What a plan uses and its stack does not create: each with the place in the spec that names it. A deployment looks them
//! up before it creates anything, and the deployer's policy allows that.

use std::borrow::Cow;

use super::Plan;
use super::value::Value;
use crate::aws::existing::{self, ExistingKind};

/// A resource that the spec names and the stack does not create.
#[derive(Clone, Debug)]
pub struct Existing {
    /// Its kind.
    pub kind: &'static ExistingKind,
    /// Its ARN, id or name, as in the spec.
    pub id: String,
    /// Its place in the spec, a JSON pointer.
    pub spec: Cow<'static, str>,
    /// A resource that must be related to it, and the place in the spec of a fault of the relation.
    pub related: Option<(String, Cow<'static, str>)>,
}

impl Existing {
    /// A resource of a kind, by its ARN, id or name, and the place in the spec that names it.
    pub(super) fn new(
        kind: &'static ExistingKind,
        id: impl Into<String>,
        spec: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { kind, id: id.into(), spec: spec.into(), related: None }
    }

    /// The same with a resource that must be related to it.
    fn with(mut self, related: &str, spec: impl Into<Cow<'static, str>>) -> Self {
        self.related = Some((related.to_owned(), spec.into()));
        self
    }
}

/// All of them, each once: of several places that name the same one, the first. A VPC precedes its subnets, since nothing is
/// known of them without it; a role follows its function, which knows its name.
pub fn existing(plan: &Plan) -> Vec<Existing> {
    let mut all: Vec<Existing> = Vec::new();
    all.extend(buckets(plan));
    all.extend(keys(plan));
    all.extend(plan.log_key.iter().map(|key| Existing::new(&existing::LOG_KEY, key, "/logs/kms_key")));
    all.extend(functions(plan));
    all.extend(readers(plan));
    all.extend(network(plan));
    all.extend(plan.sources.iter().flat_map(|source| source.existing.clone()));
    all.extend(topic(plan).map(|arn| Existing::new(&existing::TOPIC, arn, "/alarms/notify")));
    all.extend(plan.role_boundary.iter().map(|arn| Existing::new(&existing::BOUNDARY, arn, "/iam/boundary")));
    let mut once: Vec<Existing> = Vec::new();
    for one in all {
        if !once.iter().any(|other| std::ptr::eq(other.kind, one.kind) && other.id == one.id) {
            once.push(one);
        }
    }
    once
}

fn buckets(plan: &Plan) -> impl Iterator<Item = Existing> {
    let locations = plan.locations().filter(|location| location.logical_id.is_none());
    locations.map(|location| {
        Existing::new(&existing::BUCKET, location.bucket_name.shown(), format!("{}/bucket", location.spec))
    })
}

fn keys(plan: &Plan) -> impl Iterator<Item = Existing> {
    let of_stream =
        plan.stream.iter().map(|stream| (stream.key.clone(), format!("{}/encryption/kms_key", stream.spec)));
    let of_direct = plan.deliveries.iter().filter_map(|delivery| {
        Some((delivery.direct.as_ref()?.key.clone()?, format!("{}/encryption/kms_key", delivery.spec)))
    });
    let of_locations = plan.locations().filter_map(|location| {
        Some((location.key.clone()?, format!("{}/encryption/kms_key", location.spec)))
    });
    let of_logs = plan.log_key.iter().map(|key| (key.clone(), "/logs/kms_key".to_owned()));
    let all = of_stream.chain(of_direct).chain(of_locations).chain(of_logs);
    // The alias of a service's own key is not the spec's.
    let named = all.filter(|(key, _)| key.starts_with("arn:"));
    named.map(|(key, spec)| Existing::new(&existing::KEY, key, spec))
}

/// The functions and their roles.
fn functions(plan: &Plan) -> impl Iterator<Item = Existing> {
    plan.functions().flat_map(|function| {
        let at = |key: &str| format!("{}/lambda/{key}", function.spec);
        [
            Existing::new(&existing::FUNCTION, &function.arn, at("function"))
                .with(&function.role, at("role")),
            Existing::new(&existing::ROLE, &function.role, at("role")),
        ]
    })
}

/// The roles of programs that read the stream.
fn readers(plan: &Plan) -> impl Iterator<Item = Existing> {
    plan.consumers.iter().filter_map(|consumer| {
        let role = consumer.role.as_ref()?;
        Some(Existing::new(&existing::ROLE, role, format!("{}/{}/role", consumer.spec, consumer.kind)))
    })
}

/// The VPC of the producer, and its subnets.
fn network(plan: &Plan) -> Vec<Existing> {
    let Some(network) = plan.producer.as_ref().map(|producer| &producer.network) else { return Vec::new() };
    let Some(vpc) = &network.vpc else { return Vec::new() };
    let subnets = network.subnets.iter().enumerate().map(|(index, subnet)| {
        let at = format!("/producer/network/subnets/{index}");
        Existing::new(&existing::SUBNET, subnet, at.clone()).with(vpc, at)
    });
    [Existing::new(&existing::VPC, vpc, "/producer/network/vpc")].into_iter().chain(subnets).collect()
}

/// The ARN of a topic that is not the stack's own.
fn topic(plan: &Plan) -> Option<&String> {
    match plan.alarms.as_ref()?.notify.as_ref()? {
        Value::Text(arn) => Some(arn),
        Value::Ref(_) | Value::GetAtt(..) | Value::Sub(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::aws::existing::KINDS;
    use crate::plan::fixture::planned;
    use crate::plan::permissions::{Deployer, policy};

    /// A spec that names one of each kind, its buckets' key twice.
    const SPEC: &str = "
name: orders
region: us-east-1
stream:
  record_size: 100 B
  records_per_second: 10
  encryption: {kms_key: 'arn:aws:kms:us-east-1:111122223333:key/1'}
producer:
  generate: {}
  records_per_second: 10
  network: {vpc: vpc-0a1b2c3d, subnets: [subnet-0a1b2c3d, subnet-1a1b2c3d]}
records: {format: json, columns: {PRICE: {type: INTEGER}}}
analytics:
  runtime: flink
  sql: |
    CREATE STREAM ALL_PRICES (PRICE INTEGER);
    CREATE STREAM ALERTS (PRICE INTEGER);
    CREATE PUMP P AS INSERT INTO ALL_PRICES SELECT STREAM PRICE FROM SOURCE_SQL_STREAM_001;
    CREATE PUMP Q AS INSERT INTO ALERTS SELECT STREAM PRICE FROM SOURCE_SQL_STREAM_001 WHERE PRICE > 9;
  outputs:
    ALL_PRICES: delivery
    ALERTS: {lambda: {function: 'arn:aws:lambda:us-east-1:111122223333:function:alert', role: alert-role}}
delivery:
  s3: {bucket: lake, prefix: p/, encryption: {kms_key: 'arn:aws:kms:us-east-1:111122223333:key/2'}}
logs: {kms_key: 'arn:aws:kms:us-east-1:111122223333:key/2'}
alarms: {notify: 'arn:aws:sns:us-east-1:111122223333:on-call'}
iam: {boundary: 'arn:aws:iam::111122223333:policy/team'}
sources:
  shop: {eventbridge: {bus: team-bus, pattern: {source: [shop]}}}
  orders: {sqs: {queue: 'arn:aws:sqs:us-east-1:111122223333:orders', kms_key: 'arn:aws:kms:us-east-1:111122223333:key/3'}}
  changes: {dynamodb: {stream: 'arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/2026-11-30T00:00:00.000'}}
";

    /// Log groups, which Flink cannot read.
    const LOGS: &str = "
name: logs
stream: {record_size: 4 KiB, records_per_second: 10}
transform: {unpack: cloudwatch_logs}
delivery: {s3: {}}
sources:
  app: {cloudwatch_logs: {groups: [/aws/lambda/orders]}}
";

    #[test]
    fn everything_that_the_spec_names_is_there_once_with_its_place() {
        let (plan, _) = planned(SPEC);
        let all = existing(&plan);
        let found: Vec<(&str, &str)> = all
            .iter()
            .map(|one| (one.id.rsplit([':', '/']).next().unwrap_or_default(), &*one.spec))
            .collect();
        assert_eq!(
            found,
            [
                ("lake", "/delivery/s3/bucket"),
                ("1", "/stream/encryption/kms_key"),
                ("2", "/delivery/s3/encryption/kms_key"),
                ("2", "/logs/kms_key"),
                ("alert", "/analytics/outputs/ALERTS/lambda/function"),
                ("alert-role", "/analytics/outputs/ALERTS/lambda/role"),
                ("vpc-0a1b2c3d", "/producer/network/vpc"),
                ("subnet-0a1b2c3d", "/producer/network/subnets/0"),
                ("subnet-1a1b2c3d", "/producer/network/subnets/1"),
                ("team-bus", "/sources/shop/eventbridge/bus"),
                ("orders", "/sources/orders/sqs/queue"),
                ("3", "/sources/orders/sqs/kms_key"),
                ("00.000", "/sources/changes/dynamodb/stream"),
                ("on-call", "/alarms/notify"),
                ("team", "/iam/boundary"),
            ]
        );
        let (plan, _) = planned(LOGS);
        let logs = existing(&plan);
        let found: Vec<(&str, &str)> = logs.iter().map(|one| (one.id.as_str(), &*one.spec)).collect();
        assert_eq!(found, [("/aws/lambda/orders", "/sources/app/cloudwatch_logs/groups/0")]);
        let kinds: BTreeSet<&str> = all.iter().chain(&logs).map(|one| one.kind.what).collect();
        assert_eq!(kinds, KINDS.iter().map(|kind| kind.what).collect(), "a kind that no spec names");
    }

    #[test]
    fn the_deployer_may_look_everything_up() {
        let (plan, _) = planned(SPEC);
        let deployer = Deployer {
            stack: "orders",
            account: Some("111122223333"),
            region: "us-east-1",
            artifact_bucket: None,
            empty_bucket: false,
            artifacts: false,
        };
        let statements = policy(&plan, &deployer).statement;
        for one in existing(&plan) {
            let name = one.id.rsplit([':', '/']).next().unwrap_or_default();
            let allows = statements.iter().any(|statement| {
                statement.sid == one.kind.sid
                    && statement.action.contains(&one.kind.action)
                    && statement.resource.iter().any(|resource| resource == "*" || resource.ends_with(name))
            });
            assert!(allows, "{}: {}", one.kind.what, one.id);
        }
    }

    #[test]
    fn what_the_stack_creates_is_not_looked_up() {
        let (plan, _) = planned(&crate::plan::fixture::spec(
            "record_size: 1 KiB, records_per_second: 10",
            "alarms: {notify: {email: [on-call@example.com]}}\n",
        ));
        assert!(existing(&plan).is_empty());
    }
}
