"""Consumers of a stream in an emulator that runs functions: which records arrive."""

import io
import json
import time
import zipfile

import pytest
from emulated_aws import REGION, clients

from program import Project

PATIENCE = 60  # seconds until a record has arrived

SPEC = """\
name: order-readers
region: us-east-1
stream: {{record_size: 1 KiB, records_per_second: 100}}
consumers:
  refunds:
    lambda:
      function: arn:aws:lambda:us-east-1:{account}:function:refunds
      role: refunds-role
      filter: [{{data: {{type: [refund]}}}}]
  audit: {{lambda: {{function: 'arn:aws:lambda:us-east-1:{account}:function:audit', role: audit-role}}}}
  billing: {{poll: {{role: billing-role}}}}
"""

# Writes what it gets into a file.
FUNCTION = """\
import base64

def handler(event, context):
    with open({path!r}, "a") as out:
        for record in event["Records"]:
            out.write(base64.b64decode(record["kinesis"]["data"]).decode() + "\\n")
"""


def zipped(code):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("function.py", code)
    return packed.getvalue()


@pytest.fixture
def readers(ministack, account, tmp_path):
    """The deployed pipeline, its API, and the file of each function."""
    key = account(ministack)
    client = clients(ministack.address, key, s3={"addressing_style": "path"})
    pipeline = Project(tmp_path, "raw-to-s3.yaml", ministack.address, key)
    own = client("sts").get_caller_identity()["Account"]
    pipeline.path.write_text(SPEC.format(account=own))
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    got = {}
    for name in ("refunds", "audit", "billing"):
        role = client("iam").create_role(RoleName=f"{name}-role", AssumeRolePolicyDocument=document)["Role"]["Arn"]
        if name != "billing":
            got[name] = tmp_path / f"{name}.records"
            client("lambda").create_function(
                FunctionName=name,
                Runtime="python3.12",
                Handler="function.handler",
                Role=role,
                Code={"ZipFile": zipped(FUNCTION.format(path=str(got[name])))},
            )
            client("lambda").get_waiter("function_active_v2").wait(FunctionName=name)
    return pipeline, client, got


def lines(path):
    return sorted(path.read_text().splitlines()) if path.exists() else []


def until(path, count):
    end = time.monotonic() + PATIENCE
    while len(lines(path)) < count and time.monotonic() < end:
        time.sleep(0.2)
    return lines(path)


def test_records_arrive_where_the_spec_sends_them(readers):
    pipeline, client, got = readers
    run = pipeline.deploy()
    assert run.code == 0, run.told
    outputs = client("cloudformation").describe_stacks(StackName="order-readers")["Stacks"][0]["Outputs"]
    stream = next(o["OutputValue"] for o in outputs if o["OutputKey"] == "StreamName")
    sent = [json.dumps({"type": kind, "order": number}) for number, kind in enumerate(["order", "refund", "order", "refund"])]
    records = [{"Data": record.encode(), "PartitionKey": str(at)} for at, record in enumerate(sent)]
    assert client("kinesis").put_records(StreamName=stream, Records=records)["FailedRecordCount"] == 0
    assert until(got["audit"], 4) == sorted(sent)
    assert until(got["refunds"], 2) == sorted(record for record in sent if "refund" in record)

    policy = client("iam").get_role_policy(RoleName="billing-role", PolicyName=f"order-readers-consumer-Billing-{REGION}")
    statement, = policy["PolicyDocument"]["Statement"]
    assert "kinesis:GetRecords" in statement["Action"] and statement["Resource"][0].endswith(f":stream/{stream}")

    run = pipeline.run("destroy", "--yes")
    assert run.code == 0, run.told
    assert client("lambda").list_event_source_mappings()["EventSourceMappings"] == []
    assert client("iam").list_role_policies(RoleName="billing-role")["PolicyNames"] == []
