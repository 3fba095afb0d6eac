"""Neither credentials nor records are told, whatever happens and however much is asked for."""

import json

import pytest
from emulated_aws import clients

from faulty_proxy import faulty_proxy
from program import Project

SECRET = "a word that nobody tells"
RECORD = {"order": SECRET, "customer": "ada", "article": "Lamp", "count": 1, "price": 1.0, "at": "2026-11-20T08:15:00Z"}


@pytest.fixture
def login(ministack, account):
    """An account's API, and the credentials of a role in it for some time, as the environment has them."""
    client = clients(ministack.address, account(ministack), s3={"addressing_style": "path"})
    anyone = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    role = client("iam").create_role(RoleName="deployer", AssumeRolePolicyDocument=policy(anyone))["Role"]["Arn"]
    client("iam").put_role_policy(RoleName="deployer", PolicyName="all", PolicyDocument=policy(everything))
    given = client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return client, {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }


def policy(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_and_no_record_is_told(ministack, login, tmp_path, form):
    client, credentials = login
    # Of pipec's own bucket the policy refuses a role that comes without TLS, as those of the buckets below.
    bucket = f"artifacts-of-the-user-{form}"
    client("s3").create_bucket(Bucket=bucket)
    environment = {**credentials, "RUST_LOG": "trace", "PIPEC_ARTIFACT_BUCKET": bucket}
    project = Project(tmp_path, "replay.yaml", ministack.address, **environment)
    with (tmp_path / "orders.jsonl").open("a") as records:
        records.write(json.dumps(RECORD) + "\n")
    told = []

    def run(code, verb, *arguments, **environment):
        done = project.run(verb, "--format", form, *arguments, **environment)
        assert done.code == code, done.told
        told.append(done.told)

    # Refused credentials are what an error could quote.
    wrong = "w" * 40
    run(3, "deploy", "--yes", AWS_SECRET_ACCESS_KEY=wrong)
    run(3, "deploy", "--yes", AWS_SESSION_TOKEN=wrong)
    for kind in ("internal-error", "cut"):
        with faulty_proxy(ministack.address, lambda _, kind=kind: kind) as proxy:
            run(3, "deploy", "--yes", AWS_ENDPOINT_URL=proxy.address, AWS_MAX_ATTEMPTS="1")
    first = project.deploy_with_instance(client, "--format", form)
    assert first.code == 0, first.told
    told.append(first.told)
    project.edit("interval: 60 s", "interval: 90 s")
    run(4, "diff", "--template")
    run(0, "deploy", "--yes")
    resources = client("cloudformation").describe_stack_resources(StackName=project.name)["StackResources"]
    bucket, = (r["PhysicalResourceId"] for r in resources if r["LogicalResourceId"] == "Bucket")
    client("s3").put_object(Bucket=bucket, Key="orders/1.json", Body=json.dumps(RECORD).encode())
    # The buckets' policies refuse a role that comes without TLS.
    run(3, "destroy", "--yes", "--empty-bucket")
    run(0, "destroy", "--yes", "--artifacts")
    secrets = {SECRET, wrong, credentials["AWS_SECRET_ACCESS_KEY"], credentials["AWS_SESSION_TOKEN"]}
    assert all(len(secret) >= 20 for secret in secrets)
    assert [secret for secret in secrets if secret in "".join(told)] == []
