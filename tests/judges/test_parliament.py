"""parliament reads every policy of a template; the rules below it are pipec's own promises."""

import json
import re

import pytest
from parliament import analyze_policy_string

from cfn import ACCOUNT

# The condition that stops a confused deputy, per service: on the others it would lock the service out.
DEPUTY_CONDITIONS = {
    "apigateway.amazonaws.com": set(),
    # CloudFront, SNS and metric streams document none.
    "cloudfront.amazonaws.com": set(),
    "ec2.amazonaws.com": set(),
    "events.amazonaws.com": {"aws:SourceAccount", "aws:SourceArn"},
    "firehose.amazonaws.com": {"sts:ExternalId"},
    "iot.amazonaws.com": {"aws:SourceAccount", "aws:SourceArn"},
    "kinesisanalytics.amazonaws.com": {"aws:SourceAccount", "aws:SourceArn"},
    "lambda.amazonaws.com": set(),
    # As AWS's own example for subscription filters has it.
    "logs.amazonaws.com": {"aws:SourceArn"},
    "sns.amazonaws.com": set(),
    "streams.metrics.cloudwatch.amazonaws.com": set(),
    "pipes.amazonaws.com": {"aws:SourceAccount", "aws:SourceArn"},
    "vpc-flow-logs.amazonaws.com": {"aws:SourceAccount", "aws:SourceArn"},
}


def listed(value):
    return value if isinstance(value, list) else [value]


def documents(resources):
    """(resource, policy document) of every identity and resource policy; trust policies are apart."""
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        for policy in properties.get("Policies", []) if resource["Type"].startswith("AWS::IAM::") else []:
            yield name, policy["PolicyDocument"]
        for key in ("PolicyDocument", "KeyPolicy"):
            if key in properties:
                yield name, properties[key]


def allows(resources):
    return [(n, s) for n, d in documents(resources) for s in listed(d["Statement"]) if s["Effect"] == "Allow"]


# The end of the ARN of a table's stream is a time with colons, and parliament separates an ARN at all of them.
TIME = re.compile(r"(?<=/stream/)[0-9T:.-]+")


def analyze(document):
    return [str(f) for f in analyze_policy_string(TIME.sub("time", json.dumps(document))).findings]


def test_no_findings(stack_template):
    template = stack_template.template
    resolved = {n: {**r, "Properties": template.properties(n)} for n, r in template.resources.items()}
    judged = list(documents(resolved))
    assert len(judged) >= len(template.of_type("AWS::IAM::Role"))
    assert [(name, finding) for name, document in judged for finding in analyze(document)] == []


def test_no_wildcard_action(stack_template):
    # A key policy has to hand the key to its account, or nobody could ever change it.
    root = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    assert [
        (name, action)
        for name, statement in allows(stack_template.template.resources)
        for action in listed(statement["Action"])
        if "*" in action and statement.get("Principal") != root
    ] == []
    assert [n for n, s in allows(stack_template.template.resources) if "NotAction" in s or "NotResource" in s] == []


def test_wildcard_resources_are_explained(pipeline):
    """A comment above the statement, or inside it, says why there is no narrower resource."""
    lines = pipeline.template.text.splitlines()
    bare = []
    for name, statement in allows(pipeline.template.nodes["Resources"]):
        if "*" not in listed(statement["Resource"]):
            continue
        first, last = statement.start_mark.line, statement.end_mark.line
        while lines[first - 1].lstrip().startswith("#"):
            first -= 1
        if not any("#" in line for line in lines[first:last]):
            bare.append((name, lines[statement.start_mark.line].strip()))
    assert bare == []


def test_trust_policies(pipeline):
    template = pipeline.template
    roles = template.of_type("AWS::IAM::Role")
    # Only what the spec names has a role in a stack of consumers alone.
    assert roles or template.of_type("AWS::IAM::Policy")
    for name in roles:
        for statement in template.properties(name)["AssumeRolePolicyDocument"]["Statement"]:
            assert statement["Action"] == "sts:AssumeRole", name
            if accounts := statement["Principal"].get("AWS"):
                # Roles for other accounts, which the spec names.
                assert all(re.fullmatch(r"arn:aws:iam::\d{12}:root", account) for account in accounts), name
                continue
            service = statement["Principal"]["Service"]
            keys = {key: value for test in statement.get("Condition", {}).values() for key, value in test.items()}
            assert set(keys) == DEPUTY_CONDITIONS[service], (name, service)
            assert all(ACCOUNT in json.dumps(value) for value in keys.values()), name


def test_resource_policies_name_their_principal(pipeline):
    open_doors = [
        name
        for name, statement in allows(pipeline.template.resources)
        if "Principal" in statement and "*" in json.dumps(statement["Principal"])
    ]
    assert open_doors == []


@pytest.mark.parametrize(
    "action, resource, issue",
    [
        ("kinesis:PutRecords", "arn:aws:s3:::bucket/*", "RESOURCE_MISMATCH"),
        ("kinesis:PutRecord5", "*", "UNKNOWN_ACTION"),
        ("s3:GetObject", "arn:aws:s3:::bucket", "RESOURCE_MISMATCH"),
    ],
)
def test_it_bites(action, resource, issue):
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    found = analyze({"Version": "2012-10-17", "Statement": [statement]})
    assert any(issue in finding for finding in found), found
