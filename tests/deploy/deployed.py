"""What is in an account, by the emulator's own API of each service: nothing is believed from the stack's events."""

import base64
import hashlib
import sys
from pathlib import Path

from botocore.exceptions import ClientError

sys.path.insert(0, str(Path(__file__).parent.parent / "judges"))
import aws  # noqa: E402
from program import KEY  # noqa: E402


def _function(client, physical, properties):
    code = client("lambda").get_function(FunctionName=physical)["Configuration"]["CodeSha256"]
    bucket = parameters(client, properties["stack"])["ArtifactBucket"]
    body = client("s3").get_object(Bucket=bucket, Key=properties["Code"]["S3Key"])["Body"].read()
    assert code == _sha256(body)


# That a resource is there, of which an emulator keeps less than the judges look at.
THERE = {
    "AWS::EC2::SecurityGroup": lambda client, physical, _: client("ec2").describe_security_groups(GroupIds=[physical]),
    "AWS::EC2::Subnet": lambda client, physical, _: client("ec2").describe_subnets(SubnetIds=[physical]),
    "AWS::Lambda::Function": _function,
    "AWS::S3::Bucket": lambda client, physical, _: client("s3").head_bucket(Bucket=physical),
}


def stack(client, name):
    """The stack as CloudFormation describes it; `None` where there is none."""
    try:
        found, = client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        assert "does not exist" in str(error)
        return None
    return found


def status(client, name):
    found = stack(client, name)
    return found and found["StackStatus"]


def parameters(client, name):
    return {p["ParameterKey"]: p["ParameterValue"] for p in stack(client, name).get("Parameters", [])}


def template(client, name):
    """The template as it was given."""
    return client("cloudformation").get_template(StackName=name, TemplateStage="Original")["TemplateBody"]


def check(emulator, client, built):
    """Every resource is there and is as the template says, but for what the emulator is known to skip or to drop."""
    there = aws.Stack(built.name, built, client, {}, parameters(client, built.name).get("ArtifactBucket"))
    skipped, dropped = set(), set()
    for name, resource in built.template.resources.items():
        kind, properties = resource["Type"], resource.get("Properties", {})
        judge = aws.CHECKS.get(kind)
        if kind == "AWS::Lambda::Function":
            client("lambda").get_waiter("function_updated").wait(
                FunctionName=there.ids[name], WaiterConfig={"Delay": 1, "MaxAttempts": 60}
            )
        if name not in there.ids or kind.startswith("Custom::") and kind in emulator.skips:
            skipped.add(kind)
        elif judge is None:
            assert kind in aws.PARTS
        elif kind in emulator.drops:
            THERE[kind](client, there.ids[name], {**properties, "stack": built.name})
            if not _passes(judge, there, name, properties):
                dropped.add(kind)
        else:
            judge(there, name, there.ids[name], properties)
    kinds = {resource["Type"] for resource in built.template.resources.values()}
    # What an emulator has learnt must be looked at.
    assert skipped == emulator.skips & kinds
    assert dropped == emulator.drops & kinds, (dropped, emulator.drops & kinds)


def _passes(judge, there, name, properties):
    try:
        judge(there, name, there.ids[name], properties)
    except (AssertionError, KeyError):
        return False
    return True


def check_artifacts(client, name):
    """Every object of the artifact bucket is whole, and whatever the stack names is there."""
    bucket = parameters(client, name)["ArtifactBucket"]
    keys = set(check_bucket(client, bucket))
    named = set(KEY.findall(template(client, name)))
    assert named and named <= keys
    return keys


def check_bucket(client, bucket):
    """The keys of a bucket, each with the bytes whose SHA-256 was recorded."""
    keys = [one["Key"] for one in client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])]
    for key in keys:
        got = client("s3").get_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
        assert got["ChecksumSHA256"] == _sha256(got["Body"].read()), key
    return keys


def _sha256(body):
    return base64.b64encode(hashlib.sha256(body).digest()).decode()
