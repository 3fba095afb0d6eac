"""Each role of a stack, and each policy that it attaches to roles of others, allows exactly the calls of what has it.

The calls come from AWS's documentation by the type of the resource (calls.py); iam.py evaluates the policies that the template
has. Judged are the examples, the specs of tests/shapes, and specs/*.yaml, which have what the others lack: own keys everywhere.
"""

import os
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml
from parliament import iam_definition

from calls import Stack, of_policy, of_role
from cfn import ACCOUNT, REGION, Template
from conftest import ROOT, pipelines
from iam import Call, allowed, concerns, listed, neighbours

PIPEC = os.environ.get("PIPEC", ROOT / "target/debug/pipec")
SPECS = [*sorted((ROOT / "tests/shapes").glob("*/spec.yaml")), *sorted((ROOT / "tests/judges/specs").glob("*.yaml"))]
OTHER_ACCOUNT = "999999999999"


def name_of(spec):
    return spec.parent.name if spec.name == "spec.yaml" else spec.stem


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("specs")

    @cache
    def build(spec):
        out = folder / name_of(spec)
        command = [PIPEC, "build", spec, "--out", out]
        done = subprocess.run(command, capture_output=True, text=True, cwd=spec.parent)
        assert done.returncode == 0, done.stderr
        (template,) = out.glob("*/template.yaml")
        return Stack(Template(template), yaml.safe_load(spec.read_text()))

    return build


@cache
def specs_of_examples():
    return [yaml.safe_load(path.read_text()) for path in sorted((ROOT / "examples").glob("*.yaml"))]


@cache
def of_example(name):
    pipeline = next(p for p in pipelines() if p.name == name)
    # An environment's name begins with that of its spec, and has its sources.
    spec = max((s for s in specs_of_examples() if name.startswith(s["name"])), key=lambda s: len(s["name"]))
    return Stack(pipeline.template, spec)


def pytest_generate_tests(metafunc):
    if "stack" in metafunc.fixturenames:
        every = [p.name for p in pipelines()] + SPECS
        ids = [one if isinstance(one, str) else f"spec-{name_of(one)}" for one in every]
        metafunc.parametrize("stack", every, ids=ids, indirect=True, scope="session")


@pytest.fixture(scope="session")
def stack(request, built):
    return of_example(request.param) if isinstance(request.param, str) else built(request.param)


def holders(stack):
    """(name, documents, calls) of each role that a service has, and of each policy on roles of others."""
    for name, role in stack.of_type("AWS::IAM::Role").items():
        if "Service" in role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]:
            users = of_role(stack, name)
            assert users, f"{name}: no resource has this role"
            calls = [call for calls in users.values() for call in calls]
        else:
            calls = of_policy(stack, name)
        yield name, [policy["PolicyDocument"] for policy in role["Policies"]], calls
    for name, policy in stack.of_type("AWS::IAM::Policy").items():
        yield name, [policy["PolicyDocument"]], of_policy(stack, name)


def test_each_call_is_allowed(stack):
    denied = [f"{n}: {c}" for n, documents, calls in holders(stack) for c in calls if not allowed(documents, c)]
    assert denied == []


def test_each_permission_has_its_call(stack):
    """No action and no resource of a statement is without a call that needs it."""
    needless = []
    for name, documents, calls in holders(stack):
        for statement in (s for d in documents for s in d["Statement"]):
            for action in listed(statement["Action"]):
                for resource in listed(statement["Resource"]):
                    one = {**statement, "Action": action, "Resource": resource}
                    if not any(concerns(one, call) for call in calls):
                        needless.append(f"{name}: {action} {resource}")
    assert needless == []


def test_neighbours_are_denied(stack):
    """Resources of other names, accounts and regions, keys through another service, and other folders of a bucket."""
    open_doors = []
    for name, documents, calls in holders(stack):
        needed = {call.resource for call in calls}
        for call in calls:
            others = [call.on(arn) for arn in neighbours(call.resource) if arn not in needed]
            if re.search(r":(instance|network-interface|vpc)/|:s3tables:.*/table/", call.resource):
                # Any of the account, or any table of the bucket: which one it will be is not known.
                others = others[1:]
            if re.search(r":(subnet|security-group|vpc)/", call.resource):
                # The ID alone identifies it: a shared VPC is in another account.
                others = [other for other in others if OTHER_ACCOUNT not in other.resource]
            if found := re.fullmatch(r"([^/]+:domain/[^/]+)(/.*)", call.resource):
                # Any path of the domain, as AWS documents it; the domain itself is exact.
                domain, path = found.groups()
                others = [call.on(arn + path) for arn in neighbours(domain) if arn + path not in needed]
            context = dict(call.context)
            if "kms:ViaService" in context:
                others.append(Call(call.action, call.resource, (("kms:ViaService", f"ec2.{REGION}.amazonaws.com"),)))
                others.append(Call(call.action, call.resource))
            for key, other in (("s3tables:tableName", "other"), ("ec2:Subnet", f"arn:aws:ec2:{REGION}:{ACCOUNT}:subnet/subnet-9")):
                if key in context:
                    others.append(Call(call.action, call.resource, tuple(sorted({**context, key: other}.items()))))
            # A prefix that begins with an expression leaves the whole bucket.
            is_whole = stack.of_type("AWS::S3::Bucket") or any("/2026/" in arn and arn.count("/") == 4 for arn in needed)
            if call.action == "s3:PutObject" and not is_whole:
                others.append(call.on(re.sub("^([^/]*)/.*", r"\1/of-another-team/part-1.gz", call.resource)))
            open_doors += [f"{name}: {other}" for other in others if allowed(documents, other)]
    assert open_doors == []


@cache
def destructive():
    """Actions that delete, or that change permissions."""
    return [
        f"{service['prefix']}:{privilege['privilege']}"
        for service in iam_definition
        for privilege in service["privileges"]
        if privilege["access_level"] == "Permissions management" or privilege["privilege"].startswith(("Delete", "Remove"))
    ]


def test_nothing_is_deleted_and_no_permission_is_changed(stack):
    for name, documents, calls in holders(stack):
        needed = {call.action for call in calls}
        services = {action.split(":")[0] for action in needed}
        bad = [action for action in destructive() if action.split(":")[0] in services and action not in needed]
        open_doors = [a for a in bad for r in {call.resource for call in calls} if allowed(documents, Call(a, r))]
        assert open_doors == [], name
        # A message is deleted once it has been written, and a file of a commit that fails. Network interfaces are Firehose's own.
        known = {"ec2:DeleteNetworkInterface", "s3:DeleteObject", "sqs:DeleteMessage"}
        assert {a for a in needed if ":Delete" in a} <= known, name
        files = {call.resource for call in calls if call.action == "s3:DeleteObject"}
        assert all("/metadata/" in file for file in files), name


def arn_of_service(stack, name, resource):
    """The ARN that a service passes as `aws:SourceArn` when it acts for a resource."""
    properties = resource["Properties"]
    match resource["Type"]:
        case "AWS::Events::Rule":
            bus = properties.get("EventBusName", "default")
            path = properties["Name"] if bus == "default" else f"{bus}/{properties['Name']}"
            return f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{path}"
        case "AWS::IoT::TopicRule":
            return f"arn:aws:iot:{REGION}:{ACCOUNT}:rule/{properties['RuleName']}"
        case "AWS::Pipes::Pipe":
            return f"arn:aws:pipes:{REGION}:{ACCOUNT}:pipe/{properties['Name']}"
        case "AWS::Logs::SubscriptionFilter":
            return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{properties['LogGroupName']}:*"
        case "AWS::Logs::Destination":
            sender = listed(policy_of_destination(properties)["Statement"][0]["Principal"]["AWS"])[0]
            return f"arn:aws:logs:{REGION}:{sender}:log-group:/aws/lambda/a:*"
        case "AWS::KinesisAnalyticsV2::Application":
            return f"arn:aws:kinesisanalytics:{REGION}:{ACCOUNT}:application/{properties['ApplicationName']}"
        case "AWS::EC2::FlowLog":
            return f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-flow-log/fl-1"
        case "AWS::SNS::Subscription":
            return properties["TopicArn"]


def policy_of_destination(properties):
    return yaml.safe_load(properties["DestinationPolicy"])


def test_a_service_assumes_the_role_of_its_resource_only(stack):
    for name, role in stack.of_type("AWS::IAM::Role").items():
        trust = role["AssumeRolePolicyDocument"]
        principal = trust["Statement"][0]["Principal"]
        arn = stack.arn(name)
        if "Service" not in principal:
            for account in listed(principal["AWS"]):
                named = account.split(":")[4]
                assert allowed([trust], Call("sts:AssumeRole", arn), ("AWS", named)), name
            assert not allowed([trust], Call("sts:AssumeRole", arn), ("AWS", OTHER_ACCOUNT)), name
            continue
        service = ("Service", principal["Service"])
        conditions = {key for keys in trust["Statement"][0].get("Condition", {}).values() for key in keys}
        for user in of_role(stack, name):
            source = arn_of_service(stack, user, stack.resources[user])
            context = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": source, "sts:ExternalId": ACCOUNT}

            def assumes(by=service, **changed):
                call = Call("sts:AssumeRole", arn, tuple({**context, **changed}.items()))
                return allowed([trust], call, by)

            assert assumes(), (name, user)
            assert not assumes(by=("Service", "glue.amazonaws.com")), name
            if "aws:SourceArn" in conditions:
                others = [o for o in neighbours(source) if OTHER_ACCOUNT in o or "ap-south-2" in o]
                assert not any(assumes(**{"aws:SourceArn": other}) for other in others), name
            if "aws:SourceAccount" in conditions:
                assert not assumes(**{"aws:SourceAccount": OTHER_ACCOUNT}), name
            if "sts:ExternalId" in conditions:
                assert not assumes(**{"sts:ExternalId": OTHER_ACCOUNT}), name


SENDERS = {
    "AWS::Events::Rule": ("events.amazonaws.com", lambda p: [t["DeadLetterConfig"]["Arn"] for t in p["Targets"]]),
    "AWS::SNS::Subscription": ("sns.amazonaws.com", lambda p: [p.get("RedrivePolicy", {}).get("deadLetterTargetArn")]),
}


def test_a_queue_accepts_what_its_own_source_sends(stack):
    policies = {}
    for policy in stack.of_type("AWS::SQS::QueuePolicy").values():
        for queue in policy["Queues"]:
            policies[f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"] = policy["PolicyDocument"]
    for name, resource in stack.resources.items():
        if resource["Type"] not in SENDERS:
            continue
        service, queues = SENDERS[resource["Type"]]
        source = arn_of_service(stack, name, resource)
        for queue in filter(None, queues(resource["Properties"])):
            policy = policies[queue]

            def sends(source=source, by=service, tls="true", action="sqs:SendMessage"):
                context = (("aws:SourceArn", source), ("aws:SourceAccount", ACCOUNT), ("aws:SecureTransport", tls))
                return allowed([policy], Call(action, queue, context), ("Service", by))

            assert sends(), name
            assert not any(sends(source=other) for other in neighbours(source)), name
            assert not sends(by="s3.amazonaws.com") and not sends(tls="false"), name
            assert not sends(action="sqs:ReceiveMessage") and not sends(action="sqs:DeleteMessage"), name


# What the policy of a stream, or of a registered consumer, may contain. Kinesis developer guide, "Sharing access between accounts".
SHARED = {
    "writes": ["kinesis:PutRecord", "kinesis:PutRecords"],
    "polls": [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
    ],
    "finds shards": ["kinesis:DescribeStreamSummary", "kinesis:ListShards"],
    "subscribes": ["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"],
}


def shared(stack):
    """The accounts of a spec, and what each may call on the stream and on its registered consumer."""
    stream = {}
    for source in (stack.spec.get("sources") or {}).values():
        for account in source.get("writers", {}).get("accounts", []) if stack.spec.get("stream") else []:
            stream.setdefault(account, set()).update(SHARED["writes"])
    for consumer in (stack.spec.get("consumers") or {}).values():
        for kind, what in [("poll", "polls"), ("fan_out", "finds shards")]:
            if account := consumer.get(kind, {}).get("account"):
                stream.setdefault(account, set()).update(SHARED[what])
    return stream


def test_the_policy_of_a_stream_allows_each_account_its_calls(stack):
    expected = shared(stack)
    policies = [p for p in stack.of_type("AWS::Kinesis::ResourcePolicy").values() if "/consumer/" not in p["ResourceArn"]]
    if not expected:
        assert policies == []
        return
    (policy,) = policies
    every = {action for actions in SHARED.values() for action in actions} | {"kinesis:DeleteStream"}
    arn, document = policy["ResourceArn"], policy["ResourcePolicy"]
    for account in [*expected, OTHER_ACCOUNT]:
        may = {action for action in every if allowed([document], Call(action, arn), ("AWS", account))}
        assert may == expected.get(account, set()), account


def test_a_registered_consumer_serves_its_account_only(stack):
    for name, policy in stack.of_type("AWS::Kinesis::ResourcePolicy").items():
        arn, document = policy["ResourceArn"], policy["ResourcePolicy"]
        if "/consumer/" not in arn:
            continue
        account = stack.spec["consumers"][stack.place(name).split("/")[2]]["fan_out"]["account"]
        for action in SHARED["subscribes"]:
            assert allowed([document], Call(action, arn), ("AWS", account)), name
            assert not allowed([document], Call(action, arn), ("AWS", OTHER_ACCOUNT)), name


def test_the_accounts_of_a_log_destination_subscribe_to_it(stack):
    for name, destination in stack.of_type("AWS::Logs::Destination").items():
        policy = policy_of_destination(destination)
        arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:destination:{destination['DestinationName']}"
        source = stack.spec["sources"][stack.place(name).split("/")[2]]
        for account in source["cloudwatch_logs"]["accounts"]:
            assert allowed([policy], Call("logs:PutSubscriptionFilter", arn), ("AWS", account)), name
            assert not allowed([policy], Call("logs:DeleteDestination", arn), ("AWS", account)), name
        assert not allowed([policy], Call("logs:PutSubscriptionFilter", arn), ("AWS", OTHER_ACCOUNT)), name


def test_every_kind_is_judged(built):
    kinds = set()
    for spec in [*specs_of_examples(), *(yaml.safe_load(path.read_text()) for path in SPECS)]:
        for section in ("sources", "consumers"):
            kinds |= {key for one in (spec.get(section) or {}).values() for key in one if key != "to"}
    folders = {p.stem for p in (ROOT / "src/spec/sources").glob("*.rs")} - {"mod"}
    assert folders | {"lambda", "fan_out", "poll"} <= kinds


@pytest.mark.parametrize(
    "change",
    [
        {"Action": "kinesis:GetRecords"},
        {"Resource": "arn:aws:kinesis:us-east-1:123456789012:stream/b"},
        {"Effect": "Deny"},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}},
        {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:iot:*:*:rule/b"}}},
    ],
)
def test_the_evaluation_bites(change):
    context = (("aws:SourceArn", "arn:aws:iot:x:y:rule/a"),)
    call = Call("kinesis:PutRecord", "arn:aws:kinesis:us-east-1:123456789012:stream/a", context)
    statement = {
        "Effect": "Allow",
        "Action": ["kinesis:PutRecord", "kinesis:PutRecords"],
        "Resource": "arn:aws:kinesis:*:123456789012:stream/?",
        "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:iot:*:*:rule/a"}, "StringEqualsIfExists": {"aws:x": "y"}},
    }
    assert allowed([{"Statement": [statement]}], call)
    assert not allowed([{"Statement": [{**statement, **change}]}], call)


def test_neighbours_differ_in_one_part():
    assert neighbours("arn:aws:kinesis:us-east-1:1:stream/a/consumer/b:178") == [
        "arn:aws:kinesis:us-east-1:1:stream/a/consumer/b-other:178",
        "arn:aws:kinesis:us-east-1:999999999999:stream/a/consumer/b:178",
        "arn:aws:kinesis:ap-south-2:1:stream/a/consumer/b:178",
    ]
    assert neighbours("arn:aws:s3:::b/c/d") == ["arn:aws:s3:::b-other/c/d"]
    assert neighbours("*") == []
