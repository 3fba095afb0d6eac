//! Plans for tests: a spec through all phases, in memory.

use std::borrow::Cow;
use std::io;
use std::path::Path;

use super::grants::ArtifactKeys;
use super::throughput::{ThroughputPlan, ThroughputTerm};
use super::{
    AnalyticsPlan, Artifact, Carries, Content, Plan, Reads, StartPlan, StreamPlan, grants, plan, resources,
};
use crate::aws::flink;
use crate::aws::instance_types::Architecture;
use crate::capacity::{self, Load};
use crate::check::{Checked, check};
use crate::diagnostics::has_errors;
use crate::parse::parse;
use crate::plan::value::Value;
use crate::programs::{Build, Program, Programs};
use crate::resolve::resolve;
use crate::source::Sources;
use crate::sql::{SourceReaders, Start};
use crate::world::World;

struct Nowhere;

impl World for Nowhere {
    fn read(&self, _: &Path) -> io::Result<Vec<u8>> {
        Err(io::Error::from(io::ErrorKind::NotFound))
    }

    fn size(&self, _: &Path) -> io::Result<u64> {
        Err(io::Error::from(io::ErrorKind::NotFound))
    }
}

/// The plan of a spec.
pub fn planned(spec: &str) -> (Plan, Checked) {
    let programs = Programs::new(Program::ALL.into_iter().flat_map(|program| {
        [Architecture::X86_64, Architecture::Arm64].map(|architecture| Build {
            program,
            architecture,
            inputs: "00".into(),
            packed: Cow::Borrowed(&[]),
        })
    }));
    let mut sources = Sources::default();
    let file = sources.add("spec.yaml", spec.to_owned());
    let parsed = parse(sources.file(file)).and_then(|document| document.merge(None, &sources));
    let parsed = parsed.unwrap_or_else(|found| panic!("{found:#?}"));
    let (pipeline, found) = resolve(parsed, Path::new("spec.yaml"), &Nowhere, &mut sources);
    assert!(!has_errors(&found), "{found:#?}");
    let (checked, found) = check(pipeline, &programs);
    let checked = checked.unwrap_or_else(|| panic!("{found:#?}"));
    (plan(&checked, &programs, &super::ConnectorDigests::new()), checked)
}

/// A spec of a stream and a bucket, and what else is given.
pub fn spec(stream: &str, rest: &str) -> String {
    format!("name: orders\nstream: {{ {stream} }}\ndelivery: {{ s3: {{}} }}\n{rest}")
}

/// A pipeline with sources of every kind.
pub const SOURCES: &str = "
name: sources
stream: {record_size: 1 KiB, records_per_second: 100, encryption: {kms_key: 'arn:aws:kms:us-east-1:111122223333:key/k'}}
delivery: {s3: {}}
transform: {unpack: cloudwatch_logs}
sources:
  accounts: {cloudwatch_logs: {accounts: ['111122223333', '444455556666']}}
  logs: {cloudwatch_logs: {groups: [/aws/lambda/a, /aws/lambda/b], filter: ERROR, distribution: random}}
  web: {api: {path: /v1/events, auth: key, cors: ['https://shop.example.com'], partition_key: $.user.id}}
  site: {cloudfront: {fields: [timestamp, c-ip], sampling: 10 %, distribution: E2QWRUHAPOMQZL}}
  events: {eventbridge: {pattern: {source: [shop]}}}
  team: {eventbridge: {bus: team-bus, pattern: {source: [shop]}}}
  queue: {sqs: {queue: 'arn:aws:sqs:us-east-1:111122223333:orders'}}
  things: {iot: {sql: \"SELECT * FROM 'a/+'\"}}
  programs: {writers: {roles: [shop], accounts: ['444455556666']}}
  table: {dynamodb: {stream: 'arn:aws:dynamodb:us-east-1:111122223333:table/orders/stream/2026'}}
consumers:
  alert: {lambda: {function: 'arn:aws:lambda:us-east-1:111122223333:function:alert', role: alert-role, filter: [{data: {a: [1]}}]}}
  fraud: {lambda: {function: 'arn:aws:lambda:us-east-1:111122223333:function:fraud', role: fraud-role, fan_out: true}}
  audit: {fan_out: {account: '444455556666'}}
  billing: {poll: {role: billing-role}}
alarms: {}
dashboard: true
";

/// Sources that write into Firehose only, and into a delivery that unpacks by itself.
pub const DIRECT_SOURCES: &str = "
name: sources
deliveries:
  all: {record_size: 1 KiB, records_per_second: 100, newline: none, s3: {}}
  log-events: {record_size: 1 KiB, records_per_second: 100, transform: {unpack: cloudwatch_logs}, s3: {}}
sources:
  messages:
    to: all
    sns: {topic: 'arn:aws:sns:us-east-1:111122223333:orders', filter: {kind: [order]}, raw: false}
  metrics: {to: all, metric_stream: {namespaces: [AWS/EC2]}}
  requests: {to: all, waf: {web_acl: 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/shop/a1b2'}}
  services: {to: log-events, cloudwatch_logs: {groups: [/aws/lambda/a]}}
alarms: {}
dashboard: true
";

/// Every kind of destination, as small as it can be.
pub const DESTINATIONS: &[&str] = &[
    "s3: {}",
    "s3: { bucket: our-data-lake }",
    "backup: raw, s3: {}",
    "backup: { bucket: our-raw-data }, s3: { bucket: our-data-lake }",
    "http: { url: 'https://example.com/v1' }",
    "http: { url: 'https://example.com/v1', secret: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf' }",
    "datadog: { secret: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf' }",
    "new_relic: { secret: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf' }",
    "opensearch: { domain: 'arn:aws:es:us-east-1:111122223333:domain/search', index: orders }",
    "opensearch: { domain: 'arn:aws:es:us-east-1:111122223333:domain/search', index: orders, rotate: none, network: { subnets: [subnet-0a1b2c3d], security_groups: [sg-0a1b2c3d] } }",
    "opensearch_serverless: { collection: { name: search, id: a1b2c3d4e5 }, index: orders }",
    "splunk: { endpoint: 'https://splunk.example.com:8088', secret: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf' }",
    "iceberg: { glue: { database: shop, table: orders, location: 's3://our-data-lake/orders/' } }",
    "iceberg: { s3_tables: { bucket: our-tables, namespace: shop, table: orders, existing: true } }",
    "redshift: { workgroup: shop, database: dev, table: orders, secret: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf' }",
    "backup: raw, redshift: { endpoint: shop.cabc123.us-east-1.redshift.amazonaws.com, database: dev, table: orders, \
     secret: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf' }",
    "snowflake: { account_url: 'https://xy12345.us-east-1.snowflakecomputing.com', database: SHOP, schema: PUBLIC, table: ORDERS, \
     secret: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf' }",
];

/// A pipeline of a stream and a delivery to such a destination, with everything that watches it.
pub fn delivering(destination: &str) -> String {
    format!(
        "name: orders\nstream: {{ record_size: 1 KiB, records_per_second: 10 }}\ndelivery: {{ {destination} }}\nalarms: \
         {{}}\ndashboard: true\n"
    )
}

/// A spec with all that S3 has: conversion with permissions of Lake Formation, partitions, a table of the stack, a backup.
pub const LAKE: &str = "
name: lake
stream: {record_size: 1 KiB, records_per_second: 100}
records: {format: json, columns: {id: {type: BIGINT}, COUNTRY: {type: VARCHAR(2)}}}
deliveries:
  columns:
    backup: raw
    s3:
      format: parquet
      table: {database: shop, name: orders, since: 2026-11-29, lake_formation: true}
      partition_by: {country: {column: COUNTRY, values: [DE, FR]}}
  lines: {s3: {table: {database: shop, name: lines, since: 2026-11-29}}}
alarms: {}
dashboard: true
";

/// A spec with tables of Iceberg in S3 Tables: two of the stack in one table bucket, one of them with updates.
pub const ICEBERG: &str = "
name: tables
stream: {record_size: 1 KiB, records_per_second: 100}
records: {format: json, columns: {ID: {type: BIGINT}, OP: {type: VARCHAR(6)}, AT: {type: TIMESTAMP}}}
analytics: {sql: 'SELECT ID, OP, AT FROM SOURCE_SQL_STREAM_001'}
deliveries:
  changes: {iceberg: {unique_keys: [id], operation: op, s3_tables: {bucket: shop-tables, namespace: shop, table: orders}}}
  history: {iceberg: {s3_tables: {bucket: shop-tables, namespace: shop, table: order_history}}}
alarms: {}
dashboard: true
";

/// A spec whose SQL runs on Flink.
pub fn flink_spec(stream: &str) -> String {
    spec(
        stream,
        "records: { format: json, columns: { AGE: { type: INTEGER } } }\n\
         analytics: { runtime: flink, sql: SELECT AGE FROM SOURCE_SQL_STREAM_001 WHERE AGE > 21 }\n\
         transform: {}\n",
    )
}

/// The plan of [`flink_spec`] with rows of so many bytes, whatever the SQL comes to.
pub fn with_flink(stream: &str, row_bytes: u64) -> (Plan, Checked) {
    let (mut plan, checked) = planned(&flink_spec(stream));
    let input = plan.stream.clone().expect("a stream");
    let load = Load { record_bytes: row_bytes + 36, consumers: 1, ..input.load };
    let need = capacity::shards(&load);
    plan.output_stream = Some(StreamPlan {
        logical_id: "OutputStream".into(),
        spec: "/analytics".into(),
        carries: Carries::Rows,
        shards: input.shards.map(|_| need.shards),
        fixed: false,
        rows: None,
        load,
        need,
        ..input
    });
    plan.deliveries[0].record_bytes = row_bytes;
    plan.deliveries[0].reads = Reads::Rows("OutputStream".into());
    plan.analytics = Some(application());
    plan.resources = resources::list(checked.pipeline(), checked.graph());
    let keys = ArtifactKeys { flink: Some("flink/orders/*".into()), ..ArtifactKeys::default() };
    plan.roles = grants::roles(checked.pipeline(), checked.graph(), &keys);
    (plan, checked)
}

fn application() -> AnalyticsPlan {
    let connector = flink::runtime(flink::DEFAULT).and_then(|runtime| runtime.kinesis_sql_connector);
    let connector = connector.expect("the default runtime has a connector");
    let artifact = |name, content| Artifact { name, s3_key: format!("{name}-00.zip"), content };
    AnalyticsPlan {
        runtime_environment: flink::DEFAULT.into(),
        parallelism: 1,
        throughput: ThroughputPlan {
            records_per_second: 1000.0,
            microseconds_per_record: 5.334,
            margin: 5.0,
            needed_kpus: 1,
            binding: "processor time",
            computed: true,
            terms: vec![ThroughputTerm {
                what: "reading a record".into(),
                microseconds: 5.334,
                note: "1.75 us and 3.5 us a KB of 1024 bytes".into(),
                subtasks: None,
                largest: true,
            }],
        },
        parallelism_per_kpu: 1,
        billed_kpus: 2,
        auto_scaling: false,
        snapshots: true,
        connector: "lib/connector.jar".into(),
        connector_coordinates: "org.example:connector:1".into(),
        application_name: Value::text("orders-analytics"),
        properties: Vec::new(),
        sql: String::new(),
        settings: String::new(),
        source_readers: SourceReaders::of("", flink::DEFAULT),
        first_record: Start::Oldest,
        endless_state: None,
        stateless: true,
        forests: Vec::new(),
        functions: None,
        artifact: artifact("flink", Content::Flink { sql: String::new(), functions: None, connector }),
        start: StartPlan {
            artifact: artifact(
                "flink-starter",
                Content::Function {
                    program: Program::FlinkStarter,
                    architecture: Architecture::X86_64,
                    files: Vec::new(),
                },
            ),
            architecture: "x86_64",
            timeout: 900,
            service_timeout: 1_200,
        },
    }
}
