//! The IAM policy of who deploys a plan: pipec's own calls, what CloudFormation calls in the deployer's name, and what
//! looking at the pipeline takes.

mod document;
mod names;
#[cfg(test)]
mod tests;

use indexmap::{IndexMap, IndexSet};

use self::document::{allow, anything, only};
use self::names::{Scope, names};
use super::{DeliveryPlan, Plan, Resource};
use crate::aws::existing::named;
use crate::aws::handler_permissions;
use crate::aws::regions;
pub use document::{PolicyDocument, Statement};

pub use crate::spec::ARTIFACT_STACK;
/// What that stack holds, the bucket as `Bucket`.
const ARTIFACT_STACK_TYPES: [&str; 2] = ["AWS::S3::Bucket", "AWS::S3::BucketPolicy"];
/// What the key of a template that is too large for a request begins with. A dry run or a diff removes what it sent.
pub const TEMPLATE_KEY: &str = "template-";

/// Who deploys, and where.
#[derive(Clone, Copy, Debug)]
pub struct Deployer<'a> {
    /// Name of the stack.
    pub stack: &'a str,
    /// Account id; every account where none is given.
    pub account: Option<&'a str>,
    /// Region.
    pub region: &'a str,
    /// Bucket of the artifacts; pipec's own where none is given.
    pub artifact_bucket: Option<&'a str>,
    /// Whether the destination may be emptied.
    pub empty_bucket: bool,
    /// Whether the artifacts that no other stack runs may be deleted.
    pub artifacts: bool,
}

/// The policy of a plan's deployer.
pub fn policy(plan: &Plan, deployer: &Deployer) -> PolicyDocument {
    let scope = Scope { deployer };
    let mut statements = stack(plan, &scope);
    statements.extend(artifacts(plan, &scope));
    statements.extend(existing(plan, &scope));
    statements.extend(resources(plan, &scope));
    statements.extend(roles(plan, &scope));
    statements.extend(governed(plan, &scope));
    statements.extend(producer(plan, &scope));
    statements.extend(mappings(plan, &scope));
    statements.extend(web_acls(plan, &scope));
    statements.extend(held_records(plan));
    statements.extend(data_access(plan));
    statements.extend(watching(plan, &scope));
    if deployer.empty_bucket && !plan.buckets.is_empty() {
        statements.extend(emptying(plan, &scope));
    }
    if deployer.artifacts && !plan.artifacts.is_empty() {
        statements.extend(removing_artifacts(plan, &scope));
    }
    // A pipeline without a stream, say, has none to read.
    statements.retain(|statement| !statement.resource.is_empty());
    PolicyDocument::new(statements)
}

/// The stack itself.
fn stack(plan: &Plan, scope: &Scope) -> Vec<Statement> {
    let mut names = vec![scope.deployer.stack];
    let own_bucket = !plan.artifacts.is_empty() && scope.deployer.artifact_bucket.is_none();
    if own_bucket {
        names.push(ARTIFACT_STACK);
    }
    let stacks: Vec<String> = names
        .iter()
        .map(|name| scope.arn(&format!("cloudformation:{{region}}:{{account}}:stack/{name}/*")))
        // Calls on a change set by its ARN.
        .chain([scope.arn("cloudformation:{region}:{account}:changeSet/pipec-*/*")])
        .collect();
    vec![
        allow(
            "DeployStack",
            &[
                "cloudformation:ContinueUpdateRollback",
                "cloudformation:CreateChangeSet",
                "cloudformation:DeleteChangeSet",
                "cloudformation:DeleteStack",
                "cloudformation:DescribeChangeSet",
                "cloudformation:DescribeEvents",
                "cloudformation:DescribeStackEvents",
                "cloudformation:DescribeStackResources",
                "cloudformation:DescribeStacks",
                "cloudformation:ExecuteChangeSet",
                "cloudformation:GetTemplate",
                "cloudformation:TagResource",
                "cloudformation:UntagResource",
            ],
            stacks,
        ),
        allow("FindDeletedStack", &["cloudformation:ListStacks"], anything()),
        allow("FindStreamConsumers", &["kinesis:ListStreamConsumers"], streams(plan, scope)),
    ]
}

/// The stack's streams, and an existing one whose consumers count.
fn streams(plan: &Plan, scope: &Scope) -> Vec<String> {
    let streams = plan.resources.iter().filter(|resource| resource.resource_type == "AWS::Kinesis::Stream");
    let names = streams.map(|stream| scope.generated(&stream.logical_id, stream.resource_type));
    let names: IndexSet<String> = names.collect();
    let own = names.iter().map(|name| scope.arn(&format!("kinesis:{{region}}:{{account}}:stream/{name}")));
    let registers = plan.consumers.iter().any(|consumer| consumer.registered.is_some());
    let existing = plan.stream.as_ref().filter(|stream| stream.existing && registers);
    own.chain(existing.map(|stream| stream.arn.shown())).collect()
}

/// The artifacts in their bucket. Lambda reads its code with the deployer's rights.
fn artifacts(plan: &Plan, scope: &Scope) -> Vec<Statement> {
    if plan.artifacts.is_empty() {
        return Vec::new();
    }
    let bucket = scope.artifact_bucket();
    vec![
        allow(
            "FindArtifacts",
            &["s3:ListBucket", "s3:ListBucketVersions"],
            vec![scope.arn(&format!("s3:::{bucket}"))],
        ),
        allow(
            "UploadArtifacts",
            &["s3:GetObject", "s3:PutObject"],
            vec![scope.arn(&format!("s3:::{bucket}/*"))],
        ),
        allow(
            "RemoveSentTemplate",
            &["s3:DeleteObjectVersion"],
            vec![scope.arn(&format!("s3:::{bucket}/{TEMPLATE_KEY}*"))],
        ),
    ]
}

/// Looking up what the stack uses and does not create, before it is created.
fn existing(plan: &Plan, scope: &Scope) -> Vec<Statement> {
    let mut drafts: IndexMap<&'static str, Draft> = IndexMap::new();
    for one in super::existing::existing(plan) {
        let draft = drafts.entry(one.kind.sid).or_default();
        draft.actions.push(one.kind.action);
        draft.resources.extend(one.kind.arns.iter().map(|arn| match *arn {
            "{id}" => one.id.clone(),
            arn => scope.arn(&named(arn, &one.id)),
        }));
    }
    let mut statements: Vec<Statement> = drafts
        .into_iter()
        .map(|(sid, draft)| match draft.resources.is_empty() {
            true => allow(sid, &draft.actions, anything()),
            false => allow(sid, &draft.actions, draft.resources.into_iter().collect()),
        })
        .collect();
    if let Some(bucket) = scope.deployer.artifact_bucket.filter(|_| !plan.artifacts.is_empty()) {
        let bucket = scope.arn(&format!("s3:::{bucket}"));
        statements.push(allow("ReadArtifactEncryption", &["s3:GetEncryptionConfiguration"], vec![bucket]));
    }
    statements
}

/// The actions and the ARNs of one statement.
#[derive(Default)]
struct Draft {
    actions: Vec<&'static str>,
    resources: IndexSet<String>,
}

/// What CloudFormation calls for each resource, the bucket of the artifacts included.
fn resources(plan: &Plan, scope: &Scope) -> Vec<Statement> {
    let mut drafts: IndexMap<&'static str, Draft> = IndexMap::new();
    let mut tagged: IndexMap<&'static str, Draft> = IndexMap::new();
    let mut unscoped: Vec<&'static str> = Vec::new();
    let mut add = |resource_type: &str, names: Vec<String>| {
        let Some(handler) = handler_permissions::of(resource_type) else { return };
        let mut arns: Vec<String> = names.iter().flat_map(|name| scope.arns(handler.arns, name)).collect();
        if let (Some(path), "AWS::IAM::Role" | "AWS::IAM::InstanceProfile") = (&plan.role_path, resource_type)
        {
            arns.iter_mut().for_each(|arn| *arn = arn.replacen('/', path, 1));
        }
        if let Some(key) = stream_key(plan).filter(|_| resource_type == "AWS::Kinesis::Stream") {
            arns.retain(|arn| !arn.contains(":kms:"));
            arns.push(key.clone());
        }
        let bound = resource_type == "AWS::IAM::Role" && plan.role_boundary.is_some();
        for (drafts, actions) in [(&mut drafts, handler.actions), (&mut tagged, handler.tagged)] {
            if !actions.is_empty() {
                let draft = drafts.entry(handler.sid).or_default();
                draft.actions.extend(actions.iter().filter(|action| !(bound && BOUND.contains(action))));
                draft.resources.extend(arns.iter().cloned());
            }
        }
        unscoped.extend(handler.unscoped);
    };
    for resource in &plan.resources {
        add(resource.resource_type, names(plan, resource, scope));
    }
    if !plan.artifacts.is_empty() && scope.deployer.artifact_bucket.is_none() {
        for resource_type in ARTIFACT_STACK_TYPES {
            add(resource_type, vec![scope.artifact_bucket()]);
        }
    }
    let statement = |(sid, draft): (&str, Draft)| {
        allow(sid, &draft.actions, draft.resources.into_iter().collect::<Vec<String>>())
    };
    let tag = "aws:ResourceTag/pipec:pipeline";
    let mut statements: Vec<Statement> = Vec::new();
    for (sid, draft) in drafts {
        // What is being made has no tag yet; what has another pipeline's is left alone.
        let guarded = tagged.contains_key(sid);
        let statement = statement((sid, draft));
        statements.push(match guarded {
            true => only(statement, "StringEqualsIfExists", tag, vec![plan.name.clone()]),
            false => statement,
        });
    }
    statements.extend(tagged.into_iter().map(|(_, draft)| {
        let statement = statement(("RemoveProducerNetwork", draft));
        only(statement, "StringEquals", tag, vec![plan.name.clone()])
    }));
    statements.push(allow("CallsWithoutResourceLevel", &unscoped, anything()));
    statements
}

/// Calls on the stack's roles that give permissions: with a boundary in the spec, they are allowed only for roles that have
/// it. Taking it away is never allowed, or the deployer would not be bound.
const BOUND: [&str; 3] = ["iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy"];

/// What an organisation demands: the boundary of the roles, and the key of the log groups.
fn governed(plan: &Plan, scope: &Scope) -> Vec<Statement> {
    let path = plan.role_path.as_deref().unwrap_or("/");
    let role = |id: &str| {
        scope.arn(&format!("iam::{{account}}:role{path}{}", scope.generated(id, "AWS::IAM::Role")))
    };
    let bound = plan.role_boundary.iter().map(|boundary| {
        let roles = plan.resources.iter().filter(|resource| resource.resource_type == "AWS::IAM::Role");
        let roles: Vec<String> = roles.map(|of| role(&of.logical_id)).collect();
        let actions = [&BOUND[..], &["iam:PutRolePermissionsBoundary"]].concat();
        let statement = allow("BoundRoles", &actions, roles);
        only(statement, "ArnEquals", "iam:PermissionsBoundary", vec![boundary.clone()])
    });
    let groups = plan.resources.iter().filter(|resource| resource.resource_type == "AWS::Logs::LogGroup");
    let groups: Vec<String> = groups
        .map(|group| {
            let name = scope.generated(&group.logical_id, "AWS::Logs::LogGroup");
            scope.arn(&format!("logs:{{region}}:{{account}}:log-group:{name}"))
        })
        .collect();
    let encrypt = plan.log_key.iter().map(|_| {
        let actions = ["logs:AssociateKmsKey", "logs:DisassociateKmsKey"];
        allow("EncryptLogGroups", &actions, groups.clone())
    });
    bound.chain(encrypt).collect()
}

/// Which roles may be handed to which service.
fn roles(plan: &Plan, scope: &Scope) -> Vec<Statement> {
    let mut services: IndexMap<&str, Vec<String>> = IndexMap::new();
    let mut written: IndexMap<&str, IndexSet<String>> = IndexMap::new();
    for role in &plan.roles {
        let name = scope.generated(&role.logical_id, "AWS::IAM::Role");
        let path = plan.role_path.as_deref().unwrap_or("/");
        let arn = scope.arn(&format!("iam::{{account}}:role{path}{name}"));
        services.entry(role.principal).or_default().push(arn);
        // The trust policy may have the name of a partition.
        let names = written.entry(role.principal).or_default();
        names.extend([role.principal.to_owned(), role.service.shown()]);
    }
    services
        .into_iter()
        .map(|(service, roles)| {
            let name = service.split('.').next().unwrap_or_default();
            let sid: String = name
                .split('-')
                .map(|word| word[..1].to_ascii_uppercase() + &word[1..])
                .collect::<Vec<_>>()
                .concat();
            let services = written.get(service).into_iter().flatten().cloned().collect();
            let statement = allow(&format!("PassRolesTo{sid}"), &["iam:PassRole"], roles);
            only(statement, "StringEquals", "iam:PassedToService", services)
        })
        .collect()
}

/// The producer's instances: EC2 Auto Scaling asks whether its caller may launch what the launch template says.
fn producer(plan: &Plan, scope: &Scope) -> Vec<Statement> {
    let Some(producer) = &plan.producer else { return Vec::new() };
    let ec2 = |resources: &[&str]| -> Vec<String> {
        resources.iter().map(|one| scope.arn(&format!("ec2:{{region}}:{{account}}:{one}/*"))).collect()
    };
    let mut launched =
        ec2(&["instance", "launch-template", "network-interface", "security-group", "subnet", "volume"]);
    launched.push(scope.arn("ec2:{region}::image/*"));
    // An existing VPC may be another pipeline's, by its tag.
    let vpc = producer.network.vpc.iter().map(|vpc| {
        let mut resources = ec2(&["security-group"]);
        resources.push(scope.arn(&format!("ec2:{{region}}:{{account}}:vpc/{vpc}")));
        allow("UseExistingVpc", &["ec2:CreateSecurityGroup"], resources)
    });
    let launch = [
        allow(
            "ReadProducerImage",
            &["ssm:GetParameters"],
            // A public parameter is no account's.
            vec![scope.arn(&format!("ssm:{{region}}:*:parameter{}", producer.image_parameter))],
        ),
        only(
            allow("LaunchProducer", &["ec2:RunInstances"], launched),
            "ArnLike",
            "ec2:LaunchTemplate",
            ec2(&["launch-template"]),
        ),
        only(
            allow("TagProducerInstances", &["ec2:CreateTags"], ec2(&["instance", "network-interface", "volume"])),
            "StringEquals",
            "ec2:CreateAction",
            vec!["RunInstances".to_owned()],
        ),
        only(
            allow(
                "MakeAutoScalingRole",
                &["iam:CreateServiceLinkedRole"],
                vec![scope.arn(
                    "iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
                )],
            ),
            "StringEquals",
            "iam:AWSServiceName",
            vec!["autoscaling.amazonaws.com".to_owned()],
        ),
    ];
    vpc.chain(launch).collect()
}

/// WAF writes its log with a role of its own, which it creates at the first time.
fn web_acls(plan: &Plan, scope: &Scope) -> Option<Statement> {
    const SERVICE: &str = "wafv2.amazonaws.com";
    let is_log = |resource: &Resource| resource.resource_type == "AWS::WAFv2::LoggingConfiguration";
    let role = format!("iam::{{account}}:role/aws-service-role/{SERVICE}/AWSServiceRoleForWAFV2Logging");
    let statement = || allow("MakeWafLoggingRole", &["iam:CreateServiceLinkedRole"], vec![scope.arn(&role)]);
    plan.resources
        .iter()
        .any(is_log)
        .then(|| only(statement(), "StringEquals", "iam:AWSServiceName", vec![SERVICE.to_owned()]))
}

/// Firehose encrypts records that are put into it by a grant on the customer's key, which its creator makes. Data Firehose
/// developer guide, "Data protection", 2026-11.
fn held_records(plan: &Plan) -> Option<Statement> {
    let direct = plan.deliveries.iter().filter_map(|delivery| delivery.direct.as_ref());
    let keys: IndexSet<String> = direct.filter_map(|direct| direct.key.clone()).collect();
    let actions = ["kms:CreateGrant", "kms:DescribeKey"];
    (!keys.is_empty()).then(|| allow("EncryptHeldRecords", &actions, keys.into_iter().collect::<Vec<_>>()))
}

/// The data access policies of collections: of these collections only. The calls have no resources; service authorization
/// reference, 2026-11.
fn data_access(plan: &Plan) -> Option<Statement> {
    const ACTIONS: [&str; 4] = [
        "aoss:CreateAccessPolicy",
        "aoss:DeleteAccessPolicy",
        "aoss:GetAccessPolicy",
        "aoss:UpdateAccessPolicy",
    ];
    let collections: IndexSet<String> = plan
        .deliveries
        .iter()
        .filter_map(DeliveryPlan::data_access)
        .map(|access| access.collection.clone())
        .collect();
    let statement = || allow("ManageDataAccess", &ACTIONS, anything());
    (!collections.is_empty())
        .then(|| only(statement(), "StringEquals", "aoss:collection", collections.into_iter().collect()))
}

/// The calls of outputs: mappings of these functions only.
fn mappings(plan: &Plan, scope: &Scope) -> Vec<Statement> {
    let functions: IndexSet<String> = plan.functions().map(|function| function.arn.clone()).collect();
    let functions: Vec<String> = functions.into_iter().collect();
    if functions.is_empty() {
        return Vec::new();
    }
    let of = |sid, actions: &[&'static str], resources| {
        only(allow(sid, actions, resources), "ArnEquals", "lambda:FunctionArn", functions.clone())
    };
    vec![
        of("MakeOutputMappings", &["lambda:CreateEventSourceMapping"], anything()),
        of(
            "ManageOutputMappings",
            &[
                "lambda:DeleteEventSourceMapping",
                "lambda:GetEventSourceMapping",
                "lambda:UpdateEventSourceMapping",
            ],
            vec![scope.arn("lambda:{region}:{account}:event-source-mapping:*")],
        ),
    ]
}

/// Looking at the pipeline: its state, its log, its records. Nothing above depends on these.
fn watching(plan: &Plan, scope: &Scope) -> Vec<Statement> {
    let of_type = |resource_type: &str| -> Vec<String> {
        let Some(handler) = handler_permissions::of(resource_type) else { return Vec::new() };
        let found = plan.resources.iter().filter(|resource| resource.resource_type == resource_type);
        let names = found.flat_map(|resource| names(plan, resource, scope));
        names
            .flat_map(|name| scope.arns(&handler.arns[..1], &name))
            .collect::<IndexSet<_>>()
            .into_iter()
            .collect()
    };
    let buckets: IndexSet<String> = plan.locations().map(|location| scope.bucket(location)).collect();
    let in_buckets = |suffix: &str| -> Vec<String> {
        buckets.iter().map(|bucket| scope.arn(&format!("s3:::{bucket}{suffix}"))).collect()
    };
    let mut statements = vec![
        allow("WatchMetrics", &["cloudwatch:GetMetricData"], anything()),
        allow(
            "WatchAlarms",
            &["cloudwatch:DescribeAlarms"],
            vec![scope.arn("cloudwatch:{region}:{account}:alarm:*")],
        ),
        allow("WatchLogs", &["logs:FilterLogEvents"], of_type("AWS::Logs::LogGroup")),
        allow(
            "WatchRecords",
            &["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"],
            of_type("AWS::Kinesis::Stream"),
        ),
        allow("WatchBucket", &["s3:ListBucket"], in_buckets("")),
        allow("WatchObjects", &["s3:GetObject"], in_buckets("/*")),
    ];
    if plan.analytics.is_some() {
        statements.push(allow(
            "WatchApplication",
            &["kinesisanalytics:DescribeApplication"],
            of_type("AWS::KinesisAnalyticsV2::Application"),
        ));
        statements.push(allow(
            "RunApplication",
            &[
                "kinesisanalytics:DescribeApplicationOperation",
                "kinesisanalytics:StartApplication",
                "kinesisanalytics:StopApplication",
            ],
            of_type("AWS::KinesisAnalyticsV2::Application"),
        ));
    }
    let suffix = regions::region(scope.deployer.region)
        .map_or("amazonaws.com", |region| region.partition.url_suffix());
    let object_keys: IndexSet<&String> =
        plan.locations().filter_map(|location| location.key.as_ref()).collect();
    for (sid, keys, service) in [
        ("WatchEncryptedRecords", stream_key(plan).into_iter().collect(), "kinesis"),
        ("WatchEncryptedObjects", object_keys, "s3"),
    ] {
        if keys.is_empty() {
            continue;
        }
        let via = format!("{service}.{}.{suffix}", scope.deployer.region);
        let decrypt = allow(sid, &["kms:Decrypt"], keys.into_iter().cloned().collect());
        statements.push(only(decrypt, "StringEquals", "kms:ViaService", vec![via]));
    }
    statements
}

/// The customer's key of the streams.
fn stream_key(plan: &Plan) -> Option<&String> {
    plan.stream.as_ref().map(|stream| &stream.key).filter(|key| key.starts_with("arn:"))
}

/// Emptying the stack's own buckets and deleting them.
fn emptying(plan: &Plan, scope: &Scope) -> Vec<Statement> {
    let arns = |suffix: &str| -> Vec<String> {
        let ids = plan.buckets.iter().flat_map(|bucket| [&bucket.logical_id, &bucket.access_logs]);
        ids.map(|id| scope.arn(&format!("s3:::{}{suffix}", scope.generated(id, "AWS::S3::Bucket")))).collect()
    };
    vec![
        allow("DeleteBuckets", &["s3:DeleteBucket", "s3:ListBucketVersions"], arns("")),
        allow("EmptyBuckets", &["s3:DeleteObjectVersion"], arns("/*")),
    ]
}

/// Deleting the artifacts, which needs to know what other stacks run.
fn removing_artifacts(plan: &Plan, scope: &Scope) -> Vec<Statement> {
    let bucket = scope.artifact_bucket();
    let patterns = plan.artifacts.iter().map(crate::plan::Artifact::key_pattern);
    let keys = patterns.map(|pattern| scope.arn(&format!("s3:::{bucket}/{pattern}")));
    vec![
        allow(
            "FindStacksWithTheSameArtifacts",
            &["cloudformation:DescribeStacks", "cloudformation:GetTemplate"],
            vec![scope.arn("cloudformation:{region}:{account}:stack/*/*")],
        ),
        allow(
            "DeleteArtifacts",
            &["s3:DeleteObjectVersion"],
            keys.collect::<IndexSet<_>>().into_iter().collect(),
        ),
    ]
}
