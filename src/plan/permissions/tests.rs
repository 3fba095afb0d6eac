//! What the policy of a deployer holds.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use indexmap::IndexSet;

use super::names::generated;
use super::*;
use crate::aws::limits::iam::MANAGED_POLICY_CHARS_MAX;
use crate::plan::existing::existing;
use crate::plan::fixture::{DIRECT_SOURCES, ICEBERG, LAKE, SOURCES, delivering, planned, spec};

const DEPLOYER: Deployer = Deployer {
    stack: "orders",
    account: Some("123456789012"),
    region: "eu-west-1",
    artifact_bucket: None,
    empty_bucket: false,
    artifacts: false,
};

/// Who may do everything that pipec can.
const ALLOWED_ALL: Deployer = Deployer { empty_bucket: true, artifacts: true, ..DEPLOYER };

/// Every part that a pipeline can have.
const EVERYTHING: &str = r#"
name: orders
stream: { record_size: 100 B, records_per_second: 10 }
producer: { generate: {}, records_per_second: 10 }
records: { format: json, columns: { PRICE: { type: INTEGER } } }
analytics:
  runtime: flink
  sql: |
    CREATE OR REPLACE STREAM "ROWS" (PRICE INTEGER);
    CREATE OR REPLACE PUMP P AS INSERT INTO "ROWS" SELECT STREAM PRICE FROM SOURCE_SQL_STREAM_001;
    CREATE OR REPLACE STREAM "ALERTS" (PRICE INTEGER);
    CREATE OR REPLACE PUMP Q AS INSERT INTO "ALERTS" SELECT STREAM PRICE FROM SOURCE_SQL_STREAM_001 WHERE PRICE > 9;
  outputs:
    ROWS: delivery
    ALERTS:
      lambda: { function: arn:aws:lambda:us-east-1:111122223333:function:alert, role: alert-role }
transform: {}
delivery: { s3: {} }
alarms: { notify: { email: [on-call@example.com] } }
dashboard: true
"#;

fn everything() -> Plan {
    planned(EVERYTHING).0
}

#[test]
fn a_small_pipeline() {
    let (plan, _) = planned(&spec("record_size: 1 KiB, records_per_second: 10", ""));
    let text = serde_json::to_string_pretty(&policy(&plan, &DEPLOYER)).expect("JSON");
    insta::assert_snapshot!(text);
}

#[test]
fn the_table_knows_the_types_of_a_stack_and_no_others() {
    let collection =
        delivering("opensearch_serverless: { collection: { name: search, id: a1b2c3d4e5 }, index: orders }");
    let plans = [SOURCES, DIRECT_SOURCES, LAKE, ICEBERG, &collection].map(|spec| planned(spec).0);
    let plans = plans.into_iter().chain([everything()]).collect::<Vec<Plan>>();
    let resources = plans.iter().flat_map(|plan| &plan.resources);
    let planned: BTreeSet<&str> = resources.map(|resource| resource.resource_type).collect();
    assert_eq!(planned, handler_permissions::types().collect());
}

#[test]
fn a_customers_key_is_named() {
    let key = "arn:aws:kms:us-east-1:210987654321:key/1a2b3c4d-0000-4000-8000-00000000abcd";
    let stream = format!("record_size: 1 KiB, records_per_second: 10, encryption: {{ kms_key: '{key}' }}");
    let statements = policy(&planned(&spec(&stream, "")).0, &DEPLOYER).statement;
    let resources = |sid: &str| {
        let found = statements.iter().find(|statement| statement.sid == sid);
        found.map(|statement| statement.resource.clone()).unwrap_or_default()
    };
    let name = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders-Stream-*";
    assert_eq!(resources("ManageStreams"), [name, key]);
    assert_eq!(resources("WatchRecords"), [name]);
    assert_eq!(resources("WatchEncryptedRecords"), [key]);
}

#[test]
fn an_existing_vpc_is_named() {
    let network = "network: { vpc: vpc-0123456789abcdef0, subnets: [subnet-0123456789abcdef0] }";
    let text = EVERYTHING.replace(
        "records_per_second: 10 }\nrecords",
        &format!("records_per_second: 10, {network} }}\nrecords"),
    );
    let statements = policy(&planned(&text).0, &DEPLOYER).statement;
    let vpc =
        statements.iter().find(|statement| statement.sid == "UseExistingVpc").expect("the VPC's statement");
    assert_eq!(vpc.resource[1], "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0123456789abcdef0");
    assert!(vpc.condition.is_empty());
    let made = statements.iter().flat_map(|statement| &statement.action);
    assert!(made.into_iter().all(|action| *action != "ec2:CreateVpc"));
}

#[test]
fn an_artifact_bucket_of_the_users_is_not_made() {
    let deployer = Deployer { artifact_bucket: Some("programs"), ..DEPLOYER };
    let text = serde_json::to_string(&policy(&everything(), &deployer)).expect("JSON");
    assert!(text.contains("arn:aws:s3:::programs/*"));
    assert!(!text.contains(ARTIFACT_STACK));
}

#[test]
fn only_the_stacks_own_buckets_are_emptied() {
    let deployer = Deployer { empty_bucket: true, ..DEPLOYER };
    let sids = |spec: &str| -> Vec<String> {
        policy(&planned(spec).0, &deployer).statement.into_iter().map(|statement| statement.sid).collect()
    };
    let own = spec("record_size: 1 KiB, records_per_second: 10", "");
    assert!(sids(&own).contains(&"EmptyBuckets".to_owned()));
    assert!(!sids(&own.replace("s3: {}", "s3: { bucket: archive }")).contains(&"EmptyBuckets".to_owned()));
}

#[test]
fn artifacts_are_deleted_only_where_that_is_allowed() {
    let plan = everything();
    let allowed = |action: &str, deployer: &Deployer| -> Vec<String> {
        let found = policy(&plan, deployer).statement.into_iter();
        found.filter(|one| one.action.contains(&action)).flat_map(|statement| statement.resource).collect()
    };
    let of_stack = |name: &str| format!("arn:aws:cloudformation:eu-west-1:123456789012:{name}/*");
    let own = ["stack/orders", "stack/pipec-artifacts", "changeSet/pipec-*"].map(of_stack);
    assert_eq!(allowed("cloudformation:GetTemplate", &DEPLOYER), own);
    assert_eq!(allowed("cloudformation:DescribeStacks", &DEPLOYER), own);
    let templates = "arn:aws:s3:::pipec-artifacts-bucket-*/template-*";
    assert_eq!(allowed("s3:DeleteObjectVersion", &DEPLOYER), [templates]);

    let deployer = Deployer { artifacts: true, ..DEPLOYER };
    assert_eq!(allowed("cloudformation:GetTemplate", &deployer), [&own[..], &[of_stack("stack/*")]].concat());
    let keys: Vec<String> = allowed("s3:DeleteObjectVersion", &deployer)
        .into_iter()
        .filter_map(|arn| Some(arn.strip_prefix("arn:aws:s3:::pipec-artifacts-bucket-*/")?.to_owned()))
        .collect();
    assert_eq!(keys, ["template-*", "producer/*", "flink/orders/*", "flink-starter-*", "transform-*"]);
    for artifact in &plan.artifacts {
        let begins = |key: &String| artifact.s3_key.starts_with(key.trim_end_matches('*'));
        assert!(keys.iter().any(begins), "{}", artifact.s3_key);
    }

    // Without artifacts there is nothing to find.
    let (plain, _) = planned(&spec("record_size: 1 KiB, records_per_second: 10", ""));
    assert_eq!(policy(&plain, &deployer), policy(&plain, &DEPLOYER));
}

#[test]
fn sids_are_words_and_stand_once() {
    let statements = policy(&everything(), &ALLOWED_ALL).statement;
    let sids: IndexSet<&str> = statements.iter().map(|statement| statement.sid.as_str()).collect();
    assert_eq!(sids.len(), statements.len());
    for statement in &statements {
        assert!(statement.sid.chars().all(|c| c.is_ascii_alphanumeric()), "{}", statement.sid);
        assert!(!statement.action.is_empty() && !statement.resource.is_empty(), "{}", statement.sid);
        assert!(!statement.action.iter().any(|action| action.contains('*')), "{}", statement.sid);
    }
}

#[test]
fn parts_hold_the_same_statements_within_the_limit() {
    let whole = policy(&everything(), &ALLOWED_ALL);
    assert!(whole.chars() > MANAGED_POLICY_CHARS_MAX);
    let parts = whole.parts();
    assert!(parts.len() > 1);
    assert!(parts.iter().all(|part| part.chars() <= MANAGED_POLICY_CHARS_MAX));
    let statements = parts.into_iter().flat_map(|part| part.statement).collect();
    assert_eq!(PolicyDocument::new(statements), whole);
}

#[test]
fn names_follow_cloudformations() {
    let role = |stack: &str, id: &str| generated(stack, id, "AWS::IAM::Role");
    assert_eq!(role("orders", "StarterRole"), "orders-StarterRole-*");
    let long = "a-pipeline-with-a-name-of-just-40-letter";
    assert_eq!(role(long, "ProducerFlowLogRole"), "a-pipeline-with-a-name-o*ProducerFlowLogRole*");
    assert_eq!(
        generated(long, "AccessLogBucket", "AWS::S3::Bucket"),
        "a-pipeline-with-a-name-o*accesslogbucket*"
    );
    assert_eq!(generated("Orders", "Bucket", "AWS::S3::Bucket"), "orders-bucket-*");
    assert_eq!(generated("orders", "OutputStreamAlerts", "AWS::Kinesis::Stream"), "orders-OutputStream*");
}

#[test]
fn a_partition_has_its_own_arns() {
    let deployer = Deployer { region: "cn-north-1", account: None, ..DEPLOYER };
    let plan = everything();
    // What the spec names is in the partition that the spec says.
    let named: Vec<String> = existing(&plan).into_iter().map(|one| one.id).collect();
    for statement in policy(&plan, &deployer).statement {
        for resource in statement.resource.into_iter().filter(|resource| !named.contains(resource)) {
            assert!(resource == "*" || resource.starts_with("arn:aws-cn:"), "{resource}");
        }
    }
}

#[test]
fn the_artifact_buckets_stack_is_what_its_template_says() {
    let template = include_str!("../../../cli/src/deploy/artifact_bucket.yaml");
    for resource_type in ARTIFACT_STACK_TYPES {
        assert!(template.contains(&format!("Type: {resource_type}\n")));
    }
    assert_eq!(template.matches("    Type: AWS::").count(), ARTIFACT_STACK_TYPES.len());
    assert!(template.contains("\n  Bucket:\n    Type: AWS::S3::Bucket\n"));
}

/// The actions that a file of `cloud` names, as in `self.call("s3:GetObject", ..)`.
fn called(file: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(file).expect("a source");
    let is_action = |text: &&str| {
        text.split_once(':').is_some_and(|(service, name)| {
            service.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
                && name.starts_with(|c: char| c.is_ascii_uppercase())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    text.split('"').filter(is_action).map(str::to_owned).collect()
}

#[test]
fn pipecs_own_calls_are_allowed_and_watching_allows_no_others() {
    let cloud = Path::new(env!("CARGO_MANIFEST_DIR")).join("cli/src/cloud");
    let parts = fs::read_dir(cloud.join("sdk")).expect("the calls");
    let parts = parts.map(|entry| entry.expect("a file").path());
    let files: Vec<PathBuf> = parts.chain([cloud.join("sdk/mod.rs")]).collect();
    let all: BTreeSet<String> = files.iter().flat_map(|file| called(file)).collect();
    // Of other services, a deployment asks for the consumers of the streams, and for the state of the Flink application,
    // which watching asks for too, and starts it and follows that operation.
    let deploying = [
        "cloudformation:",
        "kinesis:ListStreamConsumers",
        "kinesisanalytics:DescribeApplicationOperation",
        "kinesisanalytics:StartA",
        "kinesisanalytics:StopA",
        "s3:",
        "sts:",
    ];
    let mut watching = called(&cloud.join("sdk/observer.rs"));
    watching.extend(
        all.iter().filter(|action| !deploying.iter().any(|begin| action.starts_with(begin))).cloned(),
    );

    let key = "arn:aws:kms:us-east-1:210987654321:key/1a2b3c4d-0000-4000-8000-00000000abcd";
    let text = EVERYTHING.replace(
        "delivery: { s3: {} }",
        &format!("delivery: {{ s3: {{ encryption: {{ kms_key: '{key}' }} }} }}"),
    );
    let statements = policy(&planned(&text).0, &ALLOWED_ALL).statement;
    let actions = |watch: bool| -> BTreeSet<String> {
        let found = statements.iter().filter(|one| !watch || one.sid.starts_with("Watch"));
        found.flat_map(|statement| &statement.action).map(|action| (*action).to_owned()).collect()
    };
    // S3 decrypts in the caller's name.
    watching.insert("kms:Decrypt".to_owned());
    assert_eq!(actions(true), watching);

    // Who asks for the own identity needs no permission.
    let allowed = actions(false);
    let missing: Vec<&String> = all
        .iter()
        .filter(|action| *action != "sts:GetCallerIdentity" && !allowed.contains(*action))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The statements of a spec with these lines at its end.
fn statements_with(more: &str) -> Vec<Statement> {
    policy(&planned(&format!("{EVERYTHING}{more}\n")).0, &ALLOWED_ALL).statement
}

/// Which actions a policy allows on what, and under which conditions.
fn allowed(statements: &[Statement]) -> BTreeSet<(String, String, String)> {
    let of = |statement: &Statement| {
        let condition = serde_json::to_string(&statement.condition).expect("JSON");
        let pairs = statement.action.iter().flat_map(|action| {
            statement.resource.iter().map(|resource| ((*action).to_owned(), resource.clone()))
        });
        pairs.map(|(action, resource)| (action, resource, condition.clone())).collect::<Vec<_>>()
    };
    statements.iter().flat_map(of).collect()
}

#[test]
fn a_boundary_binds_the_deployer() {
    let boundary = "arn:aws:iam::123456789012:policy/team-boundary";
    let statements = statements_with(&format!("iam: {{ boundary: '{boundary}' }}"));
    let condition = format!("{{\"ArnEquals\":{{\"iam:PermissionsBoundary\":[\"{boundary}\"]}}}}");
    let mut seen = BTreeSet::new();
    for (action, resource, under) in allowed(&statements) {
        assert_ne!(action, "iam:DeleteRolePermissionsBoundary");
        // The user's own role of an output's function has no boundary of the spec's.
        if resource.contains(":role/orders-")
            && (BOUND.contains(&action.as_str()) || action.contains("Boundary"))
        {
            assert_eq!(under, condition, "{action} on {resource}");
            seen.insert(action);
        }
    }
    assert_eq!(seen.len(), BOUND.len() + 1, "{seen:?}");
    // Whatever else there is for roles is as it is without a boundary.
    let names = |statements: &[Statement]| -> BTreeSet<(String, String)> {
        allowed(statements).into_iter().map(|(action, resource, _)| (action, resource)).collect()
    };
    let without = names(&statements_with(""));
    assert!(without.is_subset(&names(&statements)));
}

#[test]
fn an_update_is_allowed_by_the_policies_of_both_versions() {
    let key = "arn:aws:kms:us-east-1:111122223333:key/1a2b3c4d-0000-4000-8000-00000000abcd";
    let plain = allowed(&statements_with(""));
    let path = allowed(&statements_with("iam: { path: /streaming/ }"));
    // What the old roles take, of their removal or of a rollback to them, is in their own policy only.
    for (from, to, role) in [
        (&plain, &path, "arn:aws:iam::123456789012:role/orders-DeliveryRole-*"),
        (&path, &plain, "arn:aws:iam::123456789012:role/streaming/orders-DeliveryRole-*"),
    ] {
        for action in ["iam:DeleteRole", "iam:PassRole"] {
            let has = |policy: &BTreeSet<(String, String, String)>| {
                policy.iter().any(|(one, resource, _)| one == action && resource == role)
            };
            assert!(has(from) && !has(to), "{action} on {role}");
        }
    }
    let encrypted = allowed(&statements_with(&format!("logs: {{ kms_key: '{key}' }}")));
    for action in ["logs:AssociateKmsKey", "logs:DisassociateKmsKey"] {
        let has = |policy: &BTreeSet<(String, String, String)>| policy.iter().any(|(one, ..)| one == action);
        assert!(has(&encrypted) && !has(&plain), "{action}");
    }
}

#[test]
fn every_role_may_be_passed_to_its_principal_in_every_partition() {
    for (region, ec2) in [
        ("eu-west-1", "ec2.amazonaws.com"),
        ("us-gov-west-1", "ec2.amazonaws.com"),
        ("cn-north-1", "ec2.amazonaws.com.cn"),
        ("eusc-de-east-1", "ec2.amazonaws.com"),
    ] {
        let partition = regions::region(region).expect("a region").partition;
        let function = format!("arn:{}:lambda:{region}", partition.id());
        let text = EVERYTHING.replace("arn:aws:lambda:us-east-1", &function);
        let (plan, _) = planned(&text.replacen("\n", &format!("\nregion: {region}\n"), 1));
        let statements = policy(&plan, &Deployer { region, ..DEPLOYER }).statement;
        assert!(plan.roles.iter().any(|role| role.service.shown() == ec2), "{region}");
        for role in &plan.roles {
            let service = role.service.shown();
            assert!(!service.contains("${"), "{service}");
            let passed = statements.iter().any(|statement| {
                let to = statement.condition.get("StringEquals").and_then(|of| of.get("iam:PassedToService"));
                statement.action.contains(&"iam:PassRole")
                    && statement.resource.iter().any(|arn| arn.contains(&format!("-{}-", role.logical_id)))
                    && to.is_some_and(|services| services.contains(&service))
            });
            assert!(passed, "{} to {service} in {region}", role.logical_id);
        }
    }
}
