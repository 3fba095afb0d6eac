//! Places that records are delivered to.

use super::{ExistingKind, Fact, Is, Request};

/// A bucket.
pub static BUCKET: ExistingKind =
    ExistingKind::new("bucket", "FindExistingBuckets", "s3:ListBucket", Request::Bucket)
        .arns(&["s3:::{id}"])
        .missing("create it: `aws s3 mb s3://{id}`; without `bucket`, the stack creates one");

/// What helps a domain that no upgrade leads away from.
const NEW_DOMAIN: &str =
    "no upgrade leads from it to a version without types: create a domain with OpenSearch, and name it here";
/// The first of three upgrades.
const UPGRADE_FROM_5: &str = "upgrade it: `aws opensearch upgrade-domain --domain-name {last} --target-version Elasticsearch_5.6`, and \
                              from there to `Elasticsearch_6.8`, then to `OpenSearch_1.3`";

/// A domain of OpenSearch Service. From Elasticsearch 7 on, an index has no types, without which Firehose's settings are wrong
/// for older versions (OpenSearch Service API reference, DomainStatus; Firehose API reference, TypeName, 2026-11).
pub static DOMAIN: ExistingKind = ExistingKind::new(
    "OpenSearch domain",
    "FindExistingDomains",
    "es:DescribeDomain",
    Request::Get("/2021-01-01/opensearch/domain/{last}"),
)
.of_own_account()
.facts(&[
    Fact {
        at: "/DomainStatus/Deleted",
        is: Is::NoneOf(&["true"]),
        fault: "the domain `{id}` is being deleted",
        help: &[("", "name one that exists: `aws opensearch list-domain-names` lists them")],
    },
    Fact {
        at: "/DomainStatus/EngineVersion",
        is: Is::NoneOf(&[
            "Elasticsearch_1.5",
            "Elasticsearch_2.3",
            "Elasticsearch_5.1",
            "Elasticsearch_5.3",
            "Elasticsearch_5.5",
            "Elasticsearch_5.6",
            "Elasticsearch_6.0",
            "Elasticsearch_6.2",
            "Elasticsearch_6.3",
            "Elasticsearch_6.4",
            "Elasticsearch_6.5",
            "Elasticsearch_6.7",
            "Elasticsearch_6.8",
        ]),
        fault: "the domain runs {found}, whose documents have a type",
        // OpenSearch Service developer guide, "Supported upgrade paths", 2026-11.
        help: &[
            ("Elasticsearch_1.5", NEW_DOMAIN),
            ("Elasticsearch_2.3", NEW_DOMAIN),
            ("Elasticsearch_5.1", UPGRADE_FROM_5),
            ("Elasticsearch_5.3", UPGRADE_FROM_5),
            ("Elasticsearch_5.5", UPGRADE_FROM_5),
            (
                "Elasticsearch_6.8",
                "upgrade it: `aws opensearch upgrade-domain --domain-name {last} --target-version OpenSearch_1.3`",
            ),
            // 5.6, and 6.0 to 6.7.
            (
                "",
                "upgrade it: `aws opensearch upgrade-domain --domain-name {last} --target-version Elasticsearch_6.8`, and from \
                 there to `OpenSearch_1.3`",
            ),
        ],
    },
    Fact {
        at: "/DomainStatus/VPCOptions/VPCId",
        is: Is::Declared("network"),
        fault: "the domain is in the VPC {found}, which Firehose does not reach without network interfaces there",
        help: &[("", "write `network: {subnets: [..], security_groups: [..]}` with subnets of {found}")],
    },
])
.missing("name one that exists: `aws opensearch list-domain-names` lists them");

/// A database of the Glue Data Catalog, by its name.
pub static DATABASE: ExistingKind = ExistingKind::new(
    "Glue database",
    "FindExistingTables",
    "glue:GetDatabase",
    Request::Json("1.1", "AWSGlue", &[("Name", "{id}")]),
)
.arns(&["glue:{region}:{account}:catalog", "glue:{region}:{account}:database/{id}"])
.missing("create it: `aws glue create-database --database-input Name={id}`; or write its name as `database` for one of the stack");

/// A table of the Glue Data Catalog, under a name for people.
const fn table(what: &'static str) -> ExistingKind {
    ExistingKind::new(
        what,
        "FindExistingTables",
        "glue:GetTable",
        Request::Json("1.1", "AWSGlue", &[("DatabaseName", "{before_dot}"), ("Name", "{after_dot}")]),
    )
    .arns(&[
        "glue:{region}:{account}:catalog",
        "glue:{region}:{account}:database/{before_dot}",
        "glue:{region}:{account}:table/{before_dot}/{after_dot}",
    ])
}

/// A table of the Glue Data Catalog, as `DATABASE.TABLE`.
pub static TABLE: ExistingKind = table("Glue table")
    .missing("name one that exists: `aws glue get-tables --database-name NAME` lists those of a database");

/// A table of Iceberg in the Glue Data Catalog, as `DATABASE.TABLE`.
pub static ICEBERG_TABLE: ExistingKind = table("Iceberg table")
    .facts(&[Fact {
        at: "/Table/Parameters/table_type",
        is: Is::OneOf(&["ICEBERG", "iceberg"]),
        fault: "the table `{id}` is of the type {found}, and Firehose writes tables of Iceberg",
        help: &[("", "create one with the statement that `pipec plan` prints")],
    }])
    .missing("create it with the statement that `pipec plan` prints, before the stack");

/// A workgroup of Redshift Serverless, by its name. Its ARN ends in an ID, which only the call returns. Firehose reaches it
/// over the internet: Data Firehose developer guide, "Grant Firehose access to an Amazon Redshift destination", 2026-11.
pub static WORKGROUP: ExistingKind = ExistingKind::new(
    "Redshift workgroup",
    "FindExistingWorkgroups",
    "redshift-serverless:GetWorkgroup",
    Request::Json("1.1", "RedshiftServerless", &[("workgroupName", "{id}")]),
)
.arns(&["redshift-serverless:{region}:{account}:workgroup/*"])
.facts(&[
    Fact {
        at: "/workgroup/status",
        is: Is::OneOf(&["AVAILABLE", "MODIFYING"]),
        fault: "the workgroup `{id}` has the state {found}",
        help: &[
            ("CREATING", "wait until it is AVAILABLE"),
            ("", "name another one: `aws redshift-serverless list-workgroups` lists them"),
        ],
    },
    Fact {
        at: "/workgroup/publiclyAccessible",
        is: Is::OneOf(&["true"]),
        fault: "the workgroup `{id}` is not publicly accessible, and Firehose has no private path to it",
        help: &[(
            "",
            "run `aws redshift-serverless update-workgroup --workgroup-name {id} --publicly-accessible`, and have its security group \
             admit Firehose: `pipec plan SPEC` prints the rule",
        )],
    },
    Fact {
        at: "/workgroup/enhancedVpcRouting",
        is: Is::OneOf(&["false"]),
        fault: "the workgroup `{id}` has enhanced VPC routing, with which Firehose cannot load",
        help: &[(
            "",
            "run `aws redshift-serverless update-workgroup --workgroup-name {id} --no-enhanced-vpc-routing`",
        )],
    },
])
.missing("name one of the account and the region: `aws redshift-serverless list-workgroups` lists them; elsewhere, write `endpoint`");
