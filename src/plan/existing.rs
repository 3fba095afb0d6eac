//! What a plan uses and its stack does not create: each with the place in the spec that names it. A deployment looks them
//! up before it creates anything, and the deployer's policy allows that.

use std::borrow::Cow;

use super::value::Value;
use super::{DeliveryPlan, Plan};
use crate::aws::existing::{self, ExistingKind};
use crate::aws::limits::{firehose, kinesis};
use crate::graph::{INPUT_STREAM, NodeKind};
use crate::resolve::DEFAULT_TRANSFORM_TIMEOUT_S;

/// A resource that the spec names and the stack does not create.
#[derive(Clone, Debug)]
pub struct Existing {
    /// Its kind.
    pub kind: &'static ExistingKind,
    /// Its ARN, id or name, as in the spec.
    pub id: String,
    /// Its place in the spec, a JSON pointer.
    pub spec: Cow<'static, str>,
    /// What the spec declares about it.
    pub declared: Vec<Declared>,
}

/// Something that the spec declares about a resource that the stack does not create.
#[derive(Clone, Debug)]
pub struct Declared {
    /// Its name in [`crate::aws::existing::Is`].
    pub name: &'static str,
    /// Its value, as the service writes it.
    pub value: String,
    /// Its place in the spec, a JSON pointer; where the spec does not write it, that of the key around it.
    pub spec: Cow<'static, str>,
}

impl Existing {
    /// A resource of a kind, by its ARN, id or name, and the place in the spec that names it.
    pub(super) fn new(
        kind: &'static ExistingKind,
        id: impl Into<String>,
        spec: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { kind, id: id.into(), spec: spec.into(), declared: Vec::new() }
    }

    /// The same with something that the spec declares about it.
    pub(super) fn with(
        mut self,
        name: &'static str,
        value: &impl ToString,
        spec: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.declared.push(Declared { name, value: value.to_string(), spec: spec.into() });
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
    all.extend(stream(plan));
    let services = plan.deliveries.iter().filter_map(|delivery| delivery.service.as_ref());
    all.extend(services.flat_map(|service| service.existing.clone()));
    all.extend(functions(plan));
    all.extend(readers(plan));
    all.extend(own_transforms(plan));
    all.extend(plan.deliveries.iter().filter_map(catalog));
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

/// The database or the table that a delivery uses.
fn catalog(delivery: &DeliveryPlan) -> Option<Existing> {
    let s3 = delivery.s3()?;
    match (&s3.table, &s3.conversion) {
        (Some(table), _) => match &table.database {
            Value::Text(name) => {
                Some(Existing::new(&existing::DATABASE, name, format!("{}/database/existing", table.spec)))
            }
            _ => None,
        },
        (None, Some(conversion)) => {
            let id = format!("{}.{}", conversion.database.shown(), conversion.table.shown());
            Some(Existing::new(&existing::TABLE, id, format!("{}/existing", conversion.table_spec)))
        }
        (None, None) => None,
    }
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

/// The stream, with what the spec declares about it.
fn stream(plan: &Plan) -> Option<Existing> {
    let stream = plan.stream.as_ref().filter(|stream| stream.existing)?;
    let Value::Text(arn) = &stream.arn else { return None };
    let at = |key: &str| format!("{}/{key}", stream.spec);
    let record_kib = stream.max_record_kib.unwrap_or(kinesis::RECORD_KIB_DEFAULT);
    let one = Existing::new(&existing::STREAM, arn, at("existing"))
        .with("key", &stream.key, at("encryption"))
        .with("needed shards", &stream.need.bare, at("capacity"))
        .with("mode", &stream.mode, at("capacity"))
        .with("retention", &stream.retention_hours, at("retention"))
        .with("record KiB", &record_kib, at("max_record_size"));
    let one = match plan.graph.consumers(INPUT_STREAM).contains(&NodeKind::Delivery) {
        true => one.with("record KiB of Firehose", &record_kib, at("max_record_size")),
        false => one,
    };
    let one = match stream.key.starts_with("arn:") {
        true => one.with("encryption", &"KMS", at("encryption")),
        false => one,
    };
    Some(match stream.shards {
        Some(shards) => one.with("shards", &shards, at("capacity")),
        None => one,
    })
}

/// The functions and their roles.
fn functions(plan: &Plan) -> impl Iterator<Item = Existing> {
    plan.functions().flat_map(|function| {
        let at = |key: &str| format!("{}/lambda/{key}", function.spec);
        [
            Existing::new(&existing::FUNCTION, &function.arn, at("function")).with(
                "role",
                &function.role,
                at("role"),
            ),
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

/// The functions of the user's that transform records, and their roles.
fn own_transforms(plan: &Plan) -> impl Iterator<Item = Existing> {
    let functions = plan.deliveries.iter().filter_map(|delivery| delivery.own_transform.as_ref());
    functions.flat_map(|own| {
        let at = |key: &str| format!("{}/{key}", own.spec);
        let function = Existing::new(&existing::FUNCTION, &own.arn, at("function"))
            .with("longest call", &firehose::LAMBDA_TIMEOUT_S_MAX, at("function"))
            .with("advised timeout", &DEFAULT_TRANSFORM_TIMEOUT_S, at("function"));
        let Some(role) = &own.role else { return vec![function] };
        vec![function.with("role", role, at("role")), Existing::new(&existing::ROLE, role, at("role"))]
    })
}

/// The VPC of the producer, and its subnets.
fn network(plan: &Plan) -> Vec<Existing> {
    let Some(network) = plan.producer.as_ref().map(|producer| &producer.network) else { return Vec::new() };
    let Some(vpc) = &network.vpc else { return Vec::new() };
    let subnets = network.subnets.iter().enumerate().map(|(index, subnet)| {
        let at = format!("/producer/network/subnets/{index}");
        Existing::new(&existing::SUBNET, subnet, at.clone()).with("vpc", vpc, at)
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
    use crate::plan::fixture::{DIRECT_SOURCES, delivering, planned};
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
consumers:
  alert: {lambda: {function: 'arn:aws:lambda:us-east-1:111122223333:function:page', role: page-role}}
  billing: {poll: {role: billing-role}}
sources:
  shop: {eventbridge: {bus: team-bus, pattern: {source: [shop]}}}
  orders: {sqs: {queue: 'arn:aws:sqs:us-east-1:111122223333:orders', kms_key: 'arn:aws:kms:us-east-1:111122223333:key/3'}}
  changes: {dynamodb: {stream: 'arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/2026-11-30T00:00:00.000'}}
";

    /// A stream of others.
    const STREAM: &str = "
name: reader
region: us-east-1
stream:
  existing: arn:aws:kinesis:us-east-1:111122223333:stream/orders
  record_size: 1 KiB
  records_per_second: 1500
  capacity: {shards: 4}
delivery: {s3: {}}
";

    /// A database and a table of others.
    const TABLES: &str = "
name: tables
region: us-east-1
stream: {record_size: 1 KiB, records_per_second: 10}
records: {format: json, columns: {id: {type: INTEGER}}}
deliveries:
  text: {s3: {table: {database: {existing: plant}, name: text, since: 2026-11-29}}}
  lake: {s3: {format: parquet, table: {existing: plant.readings}}}
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
                ("page", "/consumers/alert/lambda/function"),
                ("page-role", "/consumers/alert/lambda/role"),
                ("billing-role", "/consumers/billing/poll/role"),
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
        // Log groups, which Flink cannot read, and what writes into Firehose only.
        let (plan, _) = planned(DIRECT_SOURCES);
        let others = existing(&plan);
        let found: Vec<(&str, &str)> = others.iter().map(|one| (one.id.as_str(), &*one.spec)).collect();
        assert_eq!(
            found,
            [
                ("arn:aws:sns:us-east-1:111122223333:orders", "/sources/messages/sns/topic"),
                (
                    "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/shop/a1b2",
                    "/sources/requests/waf/web_acl"
                ),
                ("/aws/lambda/a", "/sources/services/cloudwatch_logs/groups/0"),
            ]
        );
        let (plan, _) = planned(STREAM);
        let stream = existing(&plan);
        let found: Vec<(&str, &str)> = stream.iter().map(|one| (one.id.as_str(), &*one.spec)).collect();
        assert_eq!(found, [("arn:aws:kinesis:us-east-1:111122223333:stream/orders", "/stream/existing")]);
        let (plan, _) = planned(&delivering(
            "http: {url: 'https://example.com', secret: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf', \
             secret_kms_key: 'arn:aws:kms:us-east-1:111122223333:key/4'}",
        ));
        let services = existing(&plan);
        let found: Vec<(&str, &str)> = services
            .iter()
            .map(|one| (one.id.rsplit([':', '/']).next().unwrap_or_default(), &*one.spec))
            .collect();
        assert_eq!(found, [("a-AbCdEf", "/delivery/http/secret"), ("4", "/delivery/http/secret_kms_key")]);
        let (plan, _) = planned(&delivering(
            "opensearch: {domain: 'arn:aws:es:us-east-1:111122223333:domain/search', index: orders, network: {subnets: \
             [subnet-0a1b2c3d], security_groups: [sg-0a1b2c3d]}}",
        ));
        let search = existing(&plan);
        let found: Vec<(&str, &str)> = search
            .iter()
            .map(|one| (one.id.rsplit([':', '/']).next().unwrap_or_default(), &*one.spec))
            .collect();
        assert_eq!(
            found,
            [
                ("search", "/delivery/opensearch/domain"),
                ("subnet-0a1b2c3d", "/delivery/opensearch/network/subnets/0"),
                ("sg-0a1b2c3d", "/delivery/opensearch/network/security_groups/0"),
            ]
        );
        let (plan, _) = planned(&delivering(
            "redshift: {workgroup: shop, database: dev, table: orders, secret: \
             'arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf'}",
        ));
        let workgroup = existing(&plan);
        assert_eq!(workgroup[1].id, "shop");
        let (plan, _) = planned(&delivering(
            "iceberg: {glue: {database: shop, table: orders, location: 's3://our-lake/orders/', kms_key: \
             'arn:aws:kms:us-east-1:111122223333:key/5'}}",
        ));
        let iceberg = existing(&plan);
        let found: Vec<(&str, &str)> = iceberg
            .iter()
            .map(|one| (one.id.rsplit([':', '/']).next().unwrap_or_default(), &*one.spec))
            .collect();
        assert_eq!(
            found,
            [
                ("our-lake", "/delivery/iceberg/glue/location"),
                ("5", "/delivery/iceberg/glue/kms_key"),
                ("shop.orders", "/delivery/iceberg/glue/table"),
            ]
        );
        let (plan, _) = planned(TABLES);
        let tables = existing(&plan);
        let found: Vec<(&str, &str)> = tables.iter().map(|one| (one.id.as_str(), &*one.spec)).collect();
        assert_eq!(
            found,
            [
                ("plant", "/deliveries/text/s3/table/database/existing"),
                ("plant.readings", "/deliveries/lake/s3/table/existing"),
            ]
        );
        let all = [all, others, stream, services, search, workgroup, iceberg, tables].concat();
        let kinds: BTreeSet<&str> = all.iter().map(|one| one.kind.what).collect();
        assert_eq!(kinds, KINDS.iter().map(|kind| kind.what).collect(), "a kind that no spec names");
    }

    #[test]
    fn what_is_declared_about_a_stream_is_compared_with_it() {
        let (plan, _) = planned(STREAM);
        let declared = existing(&plan).remove(0).declared;
        let declared: Vec<(&str, &str, &str)> =
            declared.iter().map(|one| (one.name, one.value.as_str(), &*one.spec)).collect();
        assert_eq!(
            declared,
            [
                ("key", "alias/aws/kinesis", "/stream/encryption"),
                // 1,500 records of 1,060 bytes per second.
                ("needed shards", "2", "/stream/capacity"),
                ("mode", "PROVISIONED", "/stream/capacity"),
                ("retention", "24", "/stream/retention"),
                ("record KiB", "1024", "/stream/max_record_size"),
                ("record KiB of Firehose", "1024", "/stream/max_record_size"),
                ("shards", "4", "/stream/capacity"),
            ]
        );
    }

    /// Functions of the user's that transform records.
    const OWN: &str = "
name: enriched
region: us-east-1
stream: {record_size: 1 KiB, records_per_second: 10}
deliveries:
  plain:
    transform: {lambda: {function: 'arn:aws:lambda:us-east-1:111122223333:function:plain:$LATEST'}}
    s3: {prefix: plain/}
  rich:
    transform: {lambda: {function: 'arn:aws:lambda:us-east-1:111122223333:function:rich:7', role: rich-role}}
    s3: {prefix: rich/}
";

    #[test]
    fn a_function_that_transforms_is_looked_up_and_firehose_may_call_no_other() {
        let (plan, _) = planned(OWN);
        let found: Vec<(String, String)> =
            existing(&plan).into_iter().map(|one| (one.id, one.spec.into_owned())).collect();
        let arn = |name: &str| format!("arn:aws:lambda:us-east-1:111122223333:function:{name}");
        let at = |delivery: &str, key: &str| format!("/deliveries/{delivery}/transform/lambda/{key}");
        assert_eq!(
            found,
            [
                (arn("plain:$LATEST"), at("plain", "function")),
                (arn("rich:7"), at("rich", "function")),
                ("rich-role".to_owned(), at("rich", "role")),
            ]
        );
        let calls = |role: &str| -> Vec<String> {
            let role = plan.roles.iter().find(|one| one.logical_id == role).expect("a role");
            let grants = role.grants.iter().filter(|grant| grant.actions.contains(&"lambda:InvokeFunction"));
            grants.flat_map(|grant| grant.resources.iter().map(Value::shown)).collect()
        };
        assert_eq!(calls("DeliveryRolePlain"), [arn("plain:$LATEST"), arn("plain")]);
        assert_eq!(calls("DeliveryRoleRich"), [arn("rich:7")]);
        assert!(plan.resources.iter().all(|one| !one.logical_id.starts_with("Transform")), "none of its own");
    }

    #[test]
    fn the_deployer_may_look_everything_up() {
        for spec in [SPEC, DIRECT_SOURCES, STREAM, OWN, TABLES] {
            let (plan, _) = planned(spec);
            the_deployer_may_look_up(&plan);
        }
    }

    fn the_deployer_may_look_up(plan: &Plan) {
        let deployer = Deployer {
            stack: "orders",
            account: Some("111122223333"),
            region: "us-east-1",
            artifact_bucket: None,
            empty_bucket: false,
            artifacts: false,
        };
        let statements = policy(plan, &deployer).statement;
        for one in existing(plan) {
            let name = one.id.rsplit([':', '/']).next().unwrap_or_default();
            let allows = statements.iter().any(|statement| {
                statement.sid == one.kind.sid
                    && statement.action.contains(&one.kind.action)
                    && statement.resource.iter().any(|resource| {
                        // A table's ARN has a slash after its database; that of a workgroup ends in an id.
                        resource == "*"
                            || resource.ends_with(":workgroup/*")
                            || [name, &name.replace('.', "/")].iter().any(|name| resource.contains(*name))
                    })
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
