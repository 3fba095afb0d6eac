"""The policy that `pipec permissions` prints, against parliament's list of actions and CloudFormation's own schemas.

PIPEC names the program; without it, the one that cargo builds for tests.
"""

import fnmatch
import json
import os
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml
from botocore.loaders import Loader
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from parliament import iam_definition

from cfn import ACCOUNT
from conftest import ARTIFACT_BUCKET, ROOT, pipelines
from test_parliament import analyze

PIPEC = os.environ.get("PIPEC", ROOT / "target/debug/pipec")
MANAGED_POLICY_CHARS_MAX = 6144
# What a policy allows only where it is asked for.
ALL = ["--empty-bucket", "--artifacts"]

# Actions that parliament's data of 2025 does not know, by the service's name in botocore, which does.
NEWER = {
    "cloudformation:DescribeEvents": "cloudformation",
    "ec2:DescribeVpcEncryptionControls": "ec2",
    "kinesis:ListTagsForResource": "kinesis",
    "kinesis:TagResource": "kinesis",
    "kinesis:UntagResource": "kinesis",
    "kinesis:UpdateMaxRecordSize": "kinesis",
    "lambda:GetFunctionScalingConfig": "lambda",
    "s3:GetBucketAbac": "s3",
    "s3tables:GetTableBucketEncryption": "s3tables",
    "s3tables:GetTableBucketMetricsConfiguration": "s3tables",
    "s3tables:GetTableBucketReplication": "s3tables",
    "s3tables:GetTableBucketStorageClass": "s3tables",
    "s3tables:GetTableStorageClass": "s3tables",
    "s3tables:ListTagsForResource": "s3tables",
    "s3tables:PutTableBucketEncryption": "s3tables",
    "s3tables:TagResource": "s3tables",
    "s3tables:UntagResource": "s3tables",
}
# parliament knows these for S3's access grants only; buckets have them since they are tagged at creation.
OF_BUCKETS = {"s3:ListTagsForResource", "s3:TagResource", "s3:UntagResource"}

# Calls of CloudFormation's schemas that the policy leaves out, and why.
LEFT_OUT = {
    "no customer key on the resource": [
        "kms:*",
        "logs:AssociateKmsKey",
        "logs:DisassociateKmsKey",
        "firehose:*DeliveryStreamEncryption",
    ],
    "no VPC, file system, layer or capacity provider of a function": [
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "elasticfilesystem:*",
        "kinesisanalytics:*ApplicationVpcConfiguration",
        "lambda:AssociateRuntimeAlias",
        "lambda:GetLayerVersion",
        "lambda:PassCapacityProvider",
        "lambda:PublishVersion",
        "lambda:PutFunctionScalingConfig",
        "s3files:*",
    ],
    "no concurrency, recursion, signing or runtime version of a function": [
        "lambda:*CodeSigningConfig",
        "lambda:DeleteFunctionConcurrency",
        "lambda:PutFunctionConcurrency",
        "lambda:PutFunctionRecursionConfig",
        "lambda:PutRuntimeManagementConfig",
    ],
    "a function's code is the only version of its object": ["s3:GetObjectVersion"],
    "no load balancer, notification, hook, refresh or fleet of the group": [
        "autoscaling:*LoadBalancer*",
        "autoscaling:*LifecycleHook",
        "autoscaling:*NotificationConfiguration",
        "autoscaling:*TrafficSources",
        "autoscaling:CancelInstanceRefresh",
        "autoscaling:StartInstanceRefresh",
        "cloudwatch:PutMetricAlarm",
        "ec2:Get*",
        "elasticloadbalancing:*",
        "managed-fleets:*",
        "vpc-lattice:*",
    ],
    "no way in, IPv6, VPN, tenancy or encryption control of the network": [
        "ec2:*SecurityGroup*Ingress",
        "ec2:*SubnetCidrBlock",
        "ec2:*VpnGateway",
        "ec2:CreateVpcEncryptionControl",
        "ec2:ModifyVpcTenancy",
    ],
    "flow logs go to CloudWatch, and those of web ACLs to Firehose": [
        "iam:DescribeOrganization",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
    ],
    "no managed policy and no boundary of a role": ["iam:AttachRolePolicy", "iam:*RolePermissionsBoundary"],
    "an API has no policy and no body in S3": ["apigateway:UpdateRestApiPolicy"],
    "a table has no connection, and no schema of a registry": ["glue:*Connection", "glue:GetSchemaVersion"],
    "a table has no metadata in S3": ["s3:PutObject"],
    "no metrics, replication, storage class or maintenance of a table bucket or its tables": [
        "s3tables:DeleteTableBucket*",
        "s3tables:PutTableBucketMaintenanceConfiguration",
        "s3tables:PutTableBucketMetricsConfiguration",
        "s3tables:PutTableBucketReplication",
        "s3tables:PutTableBucketStorageClass",
        "s3tables:PutTableMaintenanceConfiguration",
        "s3tables:PutTableStorageClass",
    ],
    "a table keeps its name": ["s3tables:RenameTable"],
    "tables of Lake Formation's own are not created": ["lakeformation:CreateTable"],
    "a pipe has no log": [
        "iam:CreateServiceLinkedRole",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:UpdateLogDelivery",
    ],
    "policies of roles only": ["iam:*GroupPolicy", "iam:*UserPolicy"],
    "no enhanced metrics, warm throughput or distribution of a stream": [
        "kinesis:*EnhancedMonitoring",
        "kinesis:UpdateStreamRecordDistributionStrategy",
        "kinesis:UpdateStreamWarmThroughput",
    ],
    "no maintenance window of the application": ["kinesisanalytics:UpdateApplicationMaintenanceConfiguration"],
    "no data protection policy of a topic": ["sns:PutDataProtectionPolicy"],
    "retention and tags are all that a log group has": [
        "logs:*IndexPolicy",
        "logs:*ResourcePolicy",
        "logs:PutBearerTokenAuthentication",
        "logs:PutDataProtectionPolicy",
        "logs:PutLogGroupDeletionProtection",
        "s3:REST.PUT.OBJECT",
    ],
    "a bucket has no ACL, website, CORS, replication, notification, inventory, object lock or table, and keeps its tags": [
        "s3:*BucketMetadata*Configuration",
        "s3:Delete*",
        "s3:Put*Acl",
        "s3:PutAccelerateConfiguration",
        "s3:PutAnalyticsConfiguration",
        "s3:PutBucketAbac",
        "s3:PutBucketCORS",
        "s3:PutBucketNotification",
        "s3:PutBucketObjectLockConfiguration",
        "s3:PutBucketReplication",
        "s3:PutBucketWebsite",
        "s3:PutIntelligentTieringConfiguration",
        "s3:PutInventoryConfiguration",
        "s3:PutMetricsConfiguration",
        "s3:PutObjectLockConfiguration",
        "s3:PutReplicationConfiguration",
        "s3tables:*",
    ],
}


@cache
def specs():
    """The spec of each pipeline, with the option that takes an environment's."""
    found = {}
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        spec = yaml.safe_load(path.read_text())
        found[spec["name"]] = [path]
        for environment, part in spec.get("environments", {}).items():
            found[part.get("name", f"{spec['name']}-{environment}")] = [path, "--env", environment]
    return found


def permissions(name, *options):
    command = [PIPEC, "permissions", *specs()[name], "--account", ACCOUNT, *options]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@cache
def policy(name):
    return json.loads(permissions(name, *ALL))


def actions(document):
    return {action for statement in document["Statement"] for action in statement["Action"]}


@cache
def known():
    return {
        f"{service['prefix']}:{privilege['privilege']}": {kind["resource_type"] for kind in privilege["resource_types"]}
        for service in iam_definition
        for privilege in service["privileges"]
    }


def test_no_findings(pipeline):
    document = policy(pipeline.name)
    unknown = {f"Unknown action {action} " for action in NEWER}
    found = [finding for finding in analyze(document) if not any(action in finding for action in unknown)]
    assert [finding for finding in found if not any(f"'{action}'" in finding for action in OF_BUCKETS)] == []


def test_every_action_is_real(pipeline):
    for action in sorted(actions(policy(pipeline.name))):
        assert "*" not in action
        assert action in known() or action in NEWER, action


@pytest.mark.parametrize("action, service", NEWER.items())
def test_newer_actions_are_operations(action, service):
    assert action not in known(), "parliament knows it by now"
    assert action.split(":")[1] in Loader().load_service_model(service, "service-2")["operations"]


def test_any_resource_only_where_there_is_no_resource_level(pipeline):
    for statement in policy(pipeline.name)["Statement"]:
        if "*" not in statement["Resource"]:
            continue
        for action in statement["Action"]:
            assert known().get(action, {""}) == {""}, f"{statement['Sid']}: {action} has a resource level"


def test_sids_say_why(pipeline):
    sids = [statement["Sid"] for statement in policy(pipeline.name)["Statement"]]
    assert len(sids) == len(set(sids))
    assert all(sid.isalnum() for sid in sids)


def test_roles_are_handed_to_their_service_only(pipeline):
    def service(role):
        named = role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"]
        return named if isinstance(named, str) else named["Fn::Sub"].replace("${AWS::URLSuffix}", "amazonaws.com")

    # A role for other accounts is handed to nobody.
    trusted = {
        (name, service(role))
        for name, role in pipeline.template.of_type("AWS::IAM::Role").items()
        if "AWS" not in role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
    }
    passed = {
        (resource.rsplit("/", 1)[1].removeprefix(f"{pipeline.name}-").removesuffix("-*"), service)
        for statement in policy(pipeline.name)["Statement"]
        if "iam:PassRole" in statement["Action"]
        for resource in statement["Resource"]
        for service in statement["Condition"]["StringEquals"]["iam:PassedToService"]
    }
    assert passed == trusted


@cache
def handler_calls(resource_type):
    """What the schema of a type says that its handlers call; nothing for the few without one."""
    if resource_type.startswith("Custom::"):
        return set()
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource_type).schema
    lists = [handler["permissions"] for name, handler in schema.get("handlers", {}).items() if name != "list"]
    return set((schema.get("tagging") or {}).get("permissions") or []).union(*lists)


def wanted(template):
    return set().union(*(handler_calls(resource["Type"]) for resource in template.resources.values()))


def missing(calls, allowed):
    return {call for call in calls if not fnmatch.filter(allowed, call)}


def left_out(call):
    return any(fnmatch.fnmatchcase(call, pattern) for patterns in LEFT_OUT.values() for pattern in patterns)


def test_every_call_of_cloudformation_is_allowed_or_left_out_for_a_reason(pipeline):
    allowed = actions(policy(pipeline.name))
    calls = wanted(pipeline.template) | (wanted(ARTIFACT_BUCKET.template) if pipeline.artifacts else set())
    assert len(calls) > 50, "the schemas have handlers"
    # An image, by `ssm:GetParameters`, is the only parameter; a stack without roles hands none over.
    others = {"ssm:Get*"} if pipeline.template.of_type("AWS::IAM::Role") else {"ssm:Get*", "iam:PassRole"}
    assert sorted(call for call in missing(calls, allowed) if not left_out(call) and call not in others) == []


def test_each_reason_is_needed():
    gaps = set().union(*(missing(wanted(p.template), actions(policy(p.name))) for p in pipelines()))
    needless = [pattern for patterns in LEFT_OUT.values() for pattern in patterns if not fnmatch.filter(gaps, pattern)]
    assert needless == []


def test_parts_fit_into_managed_policies(pipeline, tmp_path):
    permissions(pipeline.name, *ALL, "--out", str(tmp_path))
    parts = [json.loads(path.read_text()) for path in sorted(Path(tmp_path).glob("deployer-*.json"))]
    assert [s for part in parts for s in part["Statement"]] == policy(pipeline.name)["Statement"]
    for part in parts:
        assert len("".join(json.dumps(part).split())) <= MANAGED_POLICY_CHARS_MAX


def test_other_stacks_and_artifacts_are_the_business_of_an_option(pipeline):
    """By default a deployer reads no template but its own and deletes nothing of the artifacts but a template it sent."""

    def allowed(document, action):
        return {r for s in document["Statement"] if action in s["Action"] for r in s["Resource"]}

    default = json.loads(permissions(pipeline.name))
    stacks = {arn.split(":")[5] for arn in allowed(default, "cloudformation:GetTemplate")}
    assert stacks <= {f"stack/{pipeline.name}/*", "stack/pipec-artifacts/*", "changeSet/pipec-*/*"}
    deleted = {arn.split("/", 1)[1] for arn in allowed(default, "s3:DeleteObjectVersion")}
    assert deleted == ({"template-*"} if pipeline.artifacts else set())
    with_artifacts = json.loads(permissions(pipeline.name, "--artifacts"))
    patterns = {arn.split("/", 1)[1] for arn in allowed(with_artifacts, "s3:DeleteObjectVersion")}
    assert "*" not in patterns
    for artifact in pipeline.artifacts.values():
        assert any(fnmatch.fnmatchcase(artifact["s3_key"], pattern) for pattern in patterns)


def test_it_bites():
    document = policy("user-data")
    for statement in document["Statement"]:
        assert "s3:PutObject" not in statement["Action"] or statement["Resource"] != ["*"]
    calls = handler_calls("AWS::Kinesis::Stream")
    assert "kinesis:DeleteStream" in missing(calls, actions(document) - {"kinesis:DeleteStream"})
    assert not left_out("kinesis:DeleteStream")
