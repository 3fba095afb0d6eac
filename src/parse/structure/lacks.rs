//! Features that users look for and pipec does not have. They are reported as missing, not as misplaced keys.

use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;

/// Keys at a place, what pipec does not do, and what it does.
struct Lack {
    /// Where they are written, as JSON pointers, in which `*` is any name.
    places: &'static [&'static str],
    /// Lower case, without underscores and hyphens.
    keys: &'static [&'static str],
    /// One sentence.
    message: &'static str,
    /// What there is instead.
    help: &'static str,
}

const S3_ONLY: &str = "deliver to `s3`, and load the objects from there";
const OWN_CODE: &str =
    "pipec does not deploy your own code; a transform can call a function that is already deployed";
const OWN_CODE_HELP: &str =
    "deploy the function, and write `transform: {lambda: {function: ARN}}`; or write SQL in `analytics`";
const NO_SOURCE: &str = "this is not a source of a pipeline";
const NO_SOURCE_HELP: &str = "write to the stream from your program; or \
                              declare a `producer` with `http`, `file` or `generate`, or \
                              `sources: {orders: {sqs: {queue: ARN}}}` for a service that writes";
/// Any source, as a place.
const ANY_SOURCE: &str = "/sources/*";
const SERVICE: &str = "services that write records are in `sources`, each with a name";
const SERVICE_HELP: &str =
    "write `sources: {orders: {sqs: {queue: ARN}}}` with your service; `pipec schema` prints the keys";
const TEMPLATE: &str = "this key belongs to a CloudFormation template, which pipec writes itself";
const TEMPLATE_HELP: &str =
    "write a spec: `pipec init` writes one with comments; `pipec schema` has all keys";

const LACKS: &[Lack] = &[
    Lack {
        places: &["", "/delivery"],
        keys: &[
            "httpendpoint",
            "https",
            "webhook",
            "dynatrace",
            "honeycomb",
            "coralogix",
            "logicmonitor",
            "mongodb",
            "sumologic",
            "elastic",
            "endpoint",
        ],
        message: "pipec has no destination of this name; any HTTP endpoint of Firehose is `http`",
        help: "write `http: {url: https://.., secret: ARN}` with the endpoint's address for Firehose",
    },
    Lack {
        places: &["", "/delivery"],
        keys: &["elasticsearch", "amazonopensearchservice", "amazonopensearch"],
        message: "a domain of OpenSearch Service, also one that runs Elasticsearch 7, is the destination `opensearch`",
        help: "write `opensearch: {domain: ARN, index: NAME}`",
    },
    Lack {
        places: &["", "/delivery"],
        keys: &["hudi", "deltalake", "delta"],
        message: "pipec does not write tables of Hudi or Delta Lake",
        help: "deliver to `iceberg`, as in `iceberg: {s3_tables: {bucket: NAME, namespace: NAME, table: NAME}}`",
    },
    Lack {
        places: &["/delivery/iceberg"],
        keys: &[
            "database",
            "databasename",
            "table",
            "tablename",
            "location",
            "warehouse",
            "catalog",
            "kmskey",
        ],
        message: "a table of the Glue Data Catalog is in `glue`, and one of S3 Tables in `s3_tables`",
        help: "write `glue: {database: NAME, table: NAME, location: \"s3://BUCKET/FOLDER/\"}`, or \
               `s3_tables: {bucket: NAME, namespace: NAME, table: NAME}`",
    },
    Lack {
        places: &["/delivery/opensearch", "/delivery/opensearch_serverless"],
        keys: &["subnets", "subnetids", "securitygroups", "securitygroupids", "vpc", "vpcconfiguration"],
        message: "the subnets and security groups of a delivery are in `network`",
        help: "write `network: {subnets: [ID, ID], security_groups: [ID]}` with the IDs of your VPC",
    },
    Lack {
        places: &["/delivery/opensearch", "/delivery/opensearch_serverless"],
        keys: &["user", "username", "password", "masteruser", "masteruserpassword", "secret"],
        message: "Firehose signs its requests with its role, without a user or a password",
        help: "remove it; `pipec plan` prints how the owner of the other side grants access to the role",
    },
    Lack {
        places: &["", "/delivery"],
        keys: &["s3tables", "icebergtables", "tablebucket"],
        message: "a table of S3 Tables is a destination `iceberg`",
        help: "write `iceberg: {s3_tables: {bucket: NAME, namespace: NAME, table: NAME}}` in the delivery",
    },
    Lack {
        places: &["", "/delivery"],
        keys: &["bigquery", "databricks"],
        message: "pipec does not deliver to this database",
        help: S3_ONLY,
    },
    Lack {
        places: &["/delivery"],
        keys: &[
            "dynamodb",
            "timestream",
            "rds",
            "postgres",
            "mysql",
            "kafka",
            "msk",
            "sqs",
            "sns",
            "lambda",
            "kinesis",
            "cloudwatch",
        ],
        message: "Firehose does not deliver to this service",
        help: "deliver to `s3`; or send an output of the SQL to a stream, or to your own \
               function: `outputs: {name: {lambda: \
               {function: ARN, role: NAME}}}`",
    },
    Lack {
        places: &["/delivery/redshift"],
        keys: &["schema"],
        message: "the schema of Redshift is a part of the table's name",
        help: "write `table: SCHEMA.NAME`, as in `table: public.orders`",
    },
    Lack {
        places: &["/delivery/redshift"],
        keys: &["cluster", "clusterid", "clusteridentifier", "clusterjdbcurl", "host", "jdbcurl", "url"],
        message: "a cluster is named by its endpoint",
        help: "write `endpoint: HOST:PORT`, as Redshift names it, as in \
               `endpoint: analytics.cabc1234wxyz.us-east-1.redshift.amazonaws.com:5439`",
    },
    Lack {
        places: &["/delivery/redshift", "/delivery/snowflake"],
        keys: &["buffer", "buffering", "bufferinghints"],
        message: "the buffer is a key of the delivery, next to the destination",
        help: "move it, as in `delivery: {buffer: {size: 5 MiB, interval: 60 s}, ..}`",
    },
    Lack {
        places: &["", "/delivery", "/delivery/s3"],
        keys: &["avro"],
        message: "Firehose converts records to Parquet and ORC only",
        help: "write `format: parquet` in `s3`, with `table: {database: NAME, name: NAME}`",
    },
    Lack {
        places: &["", "/delivery", "/delivery/s3"],
        keys: &[
            "parquet",
            "orc",
            "outputformat",
            "fileformat",
            "dataformat",
            "dataformatconversion",
            "conversion",
            "convert",
            "schema",
            "serializer",
        ],
        message: "the format of the objects is the key `format` of `s3`",
        help: "write `s3: {format: parquet, table: {database: NAME, name: NAME}}`",
    },
    Lack {
        places: &["", "/delivery", "/delivery/s3"],
        keys: &["glue", "gluetable", "athena", "catalog"],
        message: "the table that Athena reads is the key `table` of `s3`",
        help: "write `s3: {table: {database: NAME, name: NAME}}`",
    },
    Lack {
        places: &["/delivery", "/delivery/s3"],
        keys: &[
            "dynamicpartitioning",
            "partitionkeys",
            "partitionkey",
            "partitions",
            "partitioning",
            "partition",
        ],
        message: "folders by the values of records are the key `partition_by` of `s3`",
        help: "write `s3: {partition_by: {country: COLUMN}}`",
    },
    Lack {
        places: &["/delivery", "/delivery/s3"],
        keys: &["deaggregate", "deaggregation", "recorddeaggregation", "multirecorddeaggregation", "kpl"],
        message: "pipec does not split records that contain many JSON objects",
        help: "remove it; Firehose always de-aggregates records of the Kinesis Producer Library, and \
               your own function can write each object of another record on a separate line: `transform: {lambda: {function: ARN}}`",
    },
    Lack {
        places: &["/delivery", "/delivery/s3"],
        keys: &["s3backup", "s3backupmode", "sourcebackup"],
        message: "the copy of the raw records is the key `backup` of the delivery",
        help: "write `backup: raw` next to `s3`",
    },
    Lack {
        places: &["/delivery/s3"],
        keys: &["storageclass", "acl", "versioning", "lifecycle", "replication", "tags", "objectlock"],
        message: "pipec's own bucket is private, encrypted and versioned, and has no other settings",
        help: "write `expire_after: 365 d` to expire objects, or name your own bucket: `bucket: my-data-lake`",
    },
    Lack {
        places: &["/alarms/notify"],
        keys: &["topic", "arn", "topicarn", "sns", "snstopic"],
        message: "`notify` has no key for a topic: it is the topic's ARN itself, or a list of addresses",
        help: "write `notify: arn:aws:sns:us-east-1:111122223333:on-call` with the ARN of your topic",
    },
    Lack {
        places: &["/stream"],
        keys: &["name", "streamname"],
        message: "a spec cannot name the stream: CloudFormation generates its name",
        help: "remove it; the stack's output `StreamName` has the name, and so has `pipec status`",
    },
    Lack {
        places: &["/stream"],
        keys: &["arn", "streamarn", "import"],
        message: "`existing` contains the ARN of an existing stream",
        help: "write `existing: arn:aws:kinesis:us-east-1:111122223333:stream/orders` with the ARN of your stream",
    },
    Lack {
        places: &["", "/stream"],
        keys: &["consumer", "enhancedfanout", "fanout", "efo", "poll", "readers"],
        message: "readers of the stream are in `consumers`, each with a name",
        help: "write `consumers: {billing: {fan_out: {role: NAME}}}`, or `poll` in place of `fan_out`",
    },
    Lack {
        places: &["/stream"],
        keys: &["consumers"],
        message: "readers of the stream are in `consumers`, next to `stream`",
        help: "move it to the top of the spec, as in `consumers: {billing: {fan_out: {role: NAME}}}`",
    },
    Lack {
        places: &["", "/stream"],
        keys: &["kcl", "kinesisclientlibrary", "logstash", "eventsourcemapping", "trigger", "triggers"],
        message: "readers of the stream are in `consumers`, each with a name",
        help: "write `consumers: {billing: {poll: {role: NAME}}}` for a program, or `{lambda: {function: ARN, role: NAME}}` for a \
               function",
    },
    Lack {
        places: &["/consumers/*"],
        keys: &[
            "kcl",
            "kinesisclientlibrary",
            "kclv2",
            "logstash",
            "beam",
            "spark",
            "ecs",
            "ec2",
            "program",
            "polling",
        ],
        message: "pipec does not run programs that read the stream, but grants your program the permission",
        help: "write `poll: {role: NAME}` with the role of the program, or `fan_out: {role: NAME}` for enhanced fan-out",
    },
    Lack {
        places: &["/consumers/*"],
        keys: &["firehose", "s3", "delivery", "flink", "sql", "analytics"],
        message: "Firehose and Flink read the stream without being consumers of the spec",
        help: "write `delivery: {s3: {}}`, or `analytics` with SQL, next to `consumers`",
    },
    Lack {
        places: &["/consumers/*"],
        keys: &["sqs", "sns", "stepfunctions", "pipe", "pipes", "eventbridge", "http", "queue", "topic"],
        message: "pipec forwards no records to other services",
        help: "write `lambda: {function: ARN, role: NAME}` with a function that forwards them",
    },
    Lack {
        places: &["/producer"],
        keys: &["to", "delivery", "deliveries", "target"],
        message: "the producer writes into the stream; without one, into the first of the deliveries",
        help: "remove it; of several `deliveries`, put the one for the producer first",
    },
    Lack {
        places: &[ANY_SOURCE],
        keys: &[
            "kafka",
            "msk",
            "amazonmsk",
            "confluent",
            "kafkaconnect",
            "rabbitmq",
            "activemq",
            "mq",
            "pulsar",
        ],
        message: "pipec does not read message brokers",
        help: "let a connector of the broker write to the stream, with its role: `writers: {roles: [NAME]}`",
    },
    Lack {
        places: &[ANY_SOURCE],
        keys: &[
            "database",
            "rds",
            "aurora",
            "postgres",
            "postgresql",
            "mysql",
            "mongodb",
            "documentdb",
            "oracle",
            "sqlserver",
            "cdc",
            "dms",
        ],
        message: "pipec does not read databases other than DynamoDB",
        help: "let AWS DMS write the changes to the stream, with its role: `writers: {roles: [NAME]}`",
    },
    Lack {
        places: &[ANY_SOURCE],
        keys: &[
            "kcl",
            "kpl",
            "agent",
            "kinesisagent",
            "fluentbit",
            "firelens",
            "vector",
            "logstash",
            "ec2",
            "program",
            "application",
            "lambda",
            "function",
            "ecs",
            "role",
            "roles",
            "writer",
        ],
        message: "programs that write records are `writers`",
        help: "write `writers: {roles: [NAME]}` with the name of the program's role",
    },
    Lack {
        places: &[ANY_SOURCE],
        keys: &[
            "http",
            "https",
            "webhook",
            "endpoint",
            "rest",
            "restapi",
            "httpapi",
            "apigateway",
            "gateway",
        ],
        message: "an HTTP endpoint is an `api`",
        help: "write `api: {path: /events, auth: iam}`",
    },
    Lack {
        places: &["/sources/*/iot"],
        keys: &["topic", "topics", "topicfilter", "rule", "rulename"],
        message: "a rule of IoT Core selects messages with a statement, which names the topics",
        help: "write `sql: SELECT * FROM 'sensors/+/data'` with your topic filter",
    },
    Lack {
        places: &["/sources/*/dynamodb"],
        keys: &["table", "tablename", "tablearn"],
        message: "a table is read from its stream",
        help: "write `stream: ARN` with the table's LatestStreamArn, which `aws dynamodb describe-table --table-name NAME` prints",
    },
    Lack {
        places: &[ANY_SOURCE],
        keys: &["s3", "bucket", "files", "file"],
        message: "pipec does not read objects of a bucket",
        help: "declare a `producer` with `file` for one file; or write `eventbridge: {pattern: {source: [aws.s3]}}` for the bucket's \
               events",
    },
    Lack {
        places: &["", "/producer", "/stream"],
        keys: &[
            "api",
            "apigateway",
            "cloudfront",
            "cloudwatch",
            "cloudwatchlogs",
            "dynamodb",
            "dynamodbstream",
            "eventbridge",
            "iot",
            "metricstream",
            "mqtt",
            "pipe",
            "pipes",
            "queue",
            "sns",
            "sqs",
            "table",
            "topic",
            "waf",
            "writers",
        ],
        message: SERVICE,
        help: SERVICE_HELP,
    },
    Lack {
        places: &["", "/producer"],
        keys: &[
            "source",
            "input",
            "inputs",
            "kafka",
            "msk",
            "database",
            "rds",
            "postgres",
            "mysql",
            "s3",
            "websocket",
            "kinesis",
            "firehose",
        ],
        message: NO_SOURCE,
        help: NO_SOURCE_HELP,
    },
    Lack { places: &[""], keys: &["lambda"], message: OWN_CODE, help: OWN_CODE_HELP },
    Lack {
        places: &[ANY_SOURCE],
        keys: &[
            "flowlog",
            "flowlogs",
            "vpc",
            "vpcflowlogs",
            "resolver",
            "resolverlogs",
            "route53",
            "cloudtrail",
        ],
        message: "pipec does not support this log as a source",
        help: "send the log to CloudWatch Logs, and write `cloudwatch_logs: {groups: [NAME]}`",
    },
    Lack {
        places: &[ANY_SOURCE],
        keys: &["kinesis", "stream", "datastream", "firehose"],
        message: "another stream is not a source",
        help: "write `stream: {existing: ..}` with its ARN to read a stream that exists",
    },
    Lack {
        places: &["", "/transform"],
        keys: &[
            "function",
            "functions",
            "code",
            "handler",
            "codeuri",
            "zipfile",
            "layers",
            "script",
            "environmentvariables",
            "python",
            "nodejs",
        ],
        message: OWN_CODE,
        help: OWN_CODE_HELP,
    },
    Lack {
        places: &["/analytics"],
        keys: &[
            "python",
            "java",
            "scala",
            "jar",
            "code",
            "udf",
            "udfs",
            "functions",
            "class",
            "script",
            "notebook",
            "studio",
        ],
        message: "pipec's analytics are SQL, without your own code",
        help: "write the query after `sql: |`; `pipec explain functions` lists its functions",
    },
    Lack {
        places: &["", "/producer"],
        keys: &["schedule", "cron", "eventbridgerule", "trigger"],
        message: "a pipeline runs continuously, without a schedule",
        help: "remove it; a `producer` with `http` has `refresh: 60 s` for how often it fetches",
    },
    Lack {
        places: &[""],
        keys: &[
            "resources",
            "awstemplateformatversion",
            "parameters",
            "conditions",
            "mappings",
            "metadata",
            "transforms",
            "globals",
        ],
        message: TEMPLATE,
        help: TEMPLATE_HELP,
    },
    Lack {
        places: &[""],
        keys: &["provider", "service", "plugins", "custom"],
        message: "this key belongs to the Serverless Framework, not to a spec",
        help: TEMPLATE_HELP,
    },
    Lack {
        places: &[""],
        keys: &["version", "apiversion", "kind"],
        message: "a spec has no version",
        help: "remove it; the version of pipec determines the accepted keys, see `pipec --version`",
    },
    Lack {
        places: &[""],
        keys: &["account", "accountid", "profile", "credentials", "stack", "stackname", "role", "rolearn"],
        message: "a spec does not name the account; credentials do",
        help: "remove it; `pipec deploy --profile NAME` chooses them, and the stack has the name of the pipeline",
    },
];

fn plain(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// Whether a pointer is that of a place, in which `*` is any name.
fn is_at(place: &str, pointer: &str) -> bool {
    let alike = |(part, step): (&str, &str)| part == "*" || part == step;
    place.split('/').count() == pointer.split('/').count()
        && place.split('/').zip(pointer.split('/')).all(alike)
}

/// The missing feature that a key at a place asks for.
fn lack(pointer: &str, key: &str) -> Option<&'static Lack> {
    let key = plain(key);
    // Each of several deliveries, and its transform, lacks what the only one lacks.
    let several = pointer.strip_prefix("/deliveries/");
    let within = several.map(|of| of.split_once('/').map_or("", |(_, within)| within));
    let pointer = match within {
        None => pointer,
        Some("transform") => "/transform",
        Some("") => "/delivery",
        Some(within) => &format!("/delivery/{within}"),
    };
    LACKS.iter().find(|lack| {
        lack.places.iter().any(|place| is_at(place, pointer)) && lack.keys.contains(&key.as_str())
    })
}

/// Whether a key asks for something that pipec does not have.
pub(super) fn is_lack(pointer: &str, key: &str) -> bool {
    lack(pointer, key).is_some()
}

/// The finding for such a key.
pub(super) fn diagnostic(pointer: &str, key: &str, span: Span) -> Option<Diagnostic> {
    let lack = lack(pointer, key)?;
    Some(Diagnostic::error(Code::NotInPipec, span, lack.message, lack.help))
}

#[cfg(test)]
mod tests {
    use super::super::form::kind_at;
    use super::*;
    use crate::spec::schema;

    #[test]
    fn what_pipec_has_is_not_reported_as_missing() {
        for lack in LACKS {
            for place in lack.places {
                let kind = kind_at(&place.replace('*', "name")).expect("a place of a spec");
                // The object of a place that also takes a text.
                let others = kind["anyOf"].as_array().into_iter().flatten();
                let others = others.filter_map(|other| schema::follow(schema::schema(), other));
                let mut kinds = [kind].into_iter().chain(others);
                let known = kinds.find_map(|kind| kind["properties"].as_object()).expect("keys");
                let has = |key: &&&str| known.keys().any(|known| plain(known) == **key);
                assert_eq!(lack.keys.iter().find(has), None, "{place}");
            }
            assert!(lack.keys.iter().all(|key| plain(key) == *key), "{:?}", lack.keys);
        }
    }

    #[test]
    fn any_spelling_is_found() {
        assert!(is_lack("/delivery", "HttpEndpoint") && is_lack("/delivery", "http-endpoint"));
        assert!(is_lack("/deliveries/a", "bigquery") && is_lack("/deliveries/a/transform", "code"));
        assert!(is_lack("/deliveries/a/s3", "parquet") && !is_lack("/deliveries/a/buffer", "parquet"));
        assert!(!is_lack("/stream", "bigquery"));
    }
}
