"""What a pipeline lives through, on each emulator: first deployment, none, changes, a refused one, the end."""

import hashlib
import io
import json
import re
import zipfile

import pytest
from emulated_aws import clients

import deployed
from emulators import empty
from program import Project

SHARD_COUNT = re.compile(r"^ +ShardCount: (\d+)$", re.MULTILINE)
HTTP = re.compile(r"^  http:\n(?:    .*\n)+", re.MULTILINE)
FLINK = "AWS::KinesisAnalyticsV2::Application"
# A no-change deployment has a budget.
CALLS_MAX = 10
ARTIFACTS = "artifacts-of-the-user"


@pytest.fixture
def project(emulator, account, tmp_path):
    """Makes the project of an example, with the API of its account."""

    def make(example):
        if not emulator.accounts:
            empty(emulator)
        key = account(emulator)
        one = Project(tmp_path, example, emulator.address, key)
        client = clients(emulator.address, key, s3={"addressing_style": "path"})
        if not emulator.on_demand and "capacity: on_demand" in one.path.read_text():
            one.edit("  capacity: on_demand\n", "")
        if not emulator.whole:
            # Its stacks of change sets have no outputs, so pipec's own bucket cannot be found.
            client("s3").create_bucket(Bucket=ARTIFACTS)
            one.environment["PIPEC_ARTIFACT_BUCKET"] = ARTIFACTS
        return one, client

    return make


def first(emulator, project, client):
    """The first deployment of a project."""
    run = project.deploy_with_instance(client) if emulator.whole else project.deploy()
    assert run.code == 0, run.told
    return run


def changes_nothing(emulator, run):
    if not emulator.empty_change_sets and "No updates are to be performed" in run.stderr:
        # CloudFormation says so of UpdateStack only, so pipec has no case for it.
        assert run.code == 3 and "CreateChangeSet: ValidationError" in run.stderr, run.told
    else:
        assert (run.code, "is up to date" in run.told) == (0, True), run.told


@pytest.mark.parametrize("example", ["raw-to-s3", "orders-archive", "user-data-lambda", "replay"])
def test_a_first_deployment_and_one_without_a_change(emulator, project, example):
    pipeline, client = project(f"{example}.yaml")
    run = first(emulator, pipeline, client)
    assert deployed.status(client, pipeline.name) == "CREATE_COMPLETE"
    built = pipeline.built()
    deployed.check(emulator, client, built)
    assert deployed.template(client, pipeline.name) == built.template.text
    if built.artifacts:
        assert deployed.check_artifacts(client, pipeline.name) == {a["s3_key"] for a in built.artifacts.values()}
    if emulator.whole:
        assert {line.split(" = ")[0] for line in run.stdout.splitlines()} == set(built.template.body["Outputs"])

    again = pipeline.deploy()
    changes_nothing(emulator, again)
    assert len(again.calls) < CALLS_MAX
    assert "s3:PutObject" not in again.calls and "cloudformation:ExecuteChangeSet" not in again.calls
    assert deployed.status(client, pipeline.name) == "CREATE_COMPLETE"
    changes_nothing(emulator, pipeline.run("diff"))


def test_a_deployment_of_the_most_artifacts_without_a_change(moto, tmp_path):
    """Three: the most that a pipeline without Flink can have. The emulator has no Flink."""
    empty(moto)
    pipeline = Project(tmp_path, "user-data-lambda.yaml", moto.address, PIPEC_ARTIFACT_BUCKET=ARTIFACTS)
    clients(moto.address)("s3").create_bucket(Bucket=ARTIFACTS)
    pipeline.edit(HTTP.search(pipeline.path.read_text())[0], "  file: {path: orders.jsonl}\n")
    assert pipeline.deploy().calls.count("s3:PutObject") == 3
    run = pipeline.deploy()
    changes_nothing(moto, run)
    assert len(run.calls) < CALLS_MAX


@pytest.mark.parametrize("example", ["user-data-lambda", "user-data-pipeline"])
def test_a_change_in_the_sql(emulator, project, example):
    pipeline, client = project(f"{example}.yaml")
    if pipeline.built().template.of_type(FLINK) and FLINK in emulator.skips:
        pytest.skip(f"{emulator.name} has no Flink")
    first(emulator, pipeline, client)
    before = deployed.check_artifacts(client, pipeline.name)
    pipeline.edit("21", "30", "user-data.sql")
    diff = pipeline.run("diff")
    assert diff.code == 4 and "cloudformation:ExecuteChangeSet" not in diff.calls, diff.told
    dry = pipeline.run("deploy", "--dry-run")
    assert dry.code == 0 and deployed.check_artifacts(client, pipeline.name) == before
    run = pipeline.deploy()
    assert run.code == 0, run.told
    assert deployed.status(client, pipeline.name) == "UPDATE_COMPLETE"
    deployed.check(emulator, client, pipeline.built())
    # One program is new; those that did not change are not sent again.
    assert len(deployed.check_artifacts(client, pipeline.name) - before) == run.calls.count("s3:PutObject") == 1
    changes_nothing(emulator, pipeline.deploy())


def test_more_shards_and_fewer(emulator, project):
    pipeline, client = project("raw-to-s3.yaml")
    first(emulator, pipeline, client)

    def shards():
        wanted, = map(int, SHARD_COUNT.findall(deployed.template(client, pipeline.name)))
        if emulator.reshards:
            stream, = client("kinesis").list_streams()["StreamNames"]
            summary = client("kinesis").describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]
            assert summary["OpenShardCount"] == wanted
        return wanted

    assert shards() == 1
    pipeline.edit("records_per_second: 50", "records_per_second: 5000")
    run = pipeline.deploy()
    assert run.code == 0, run.told
    target = shards()
    # At most twice the shards in one update of the stack.
    assert target > 4 and "at most doubles or halves" in run.stderr
    assert run.calls.count("cloudformation:ExecuteChangeSet") == (target - 1).bit_length()
    pipeline.edit("records_per_second: 5000", "records_per_second: 50")
    run = pipeline.deploy()
    assert run.code == 0, run.told
    assert shards() == 1
    changes_nothing(emulator, pipeline.deploy())


def test_a_replacement_that_loses_data_is_refused(emulator, project):
    pipeline, client = project("raw-to-s3.yaml")
    first(emulator, pipeline, client)
    before = deployed.stack(client, pipeline.name)
    change_sets = client("cloudformation").list_change_sets(StackName=pipeline.name)["Summaries"]
    client("s3").create_bucket(Bucket="bucket-of-the-user")
    pipeline.edit("{prefix: raw/}", "{bucket: bucket-of-the-user, prefix: raw/}")
    diff = pipeline.run("diff")
    assert diff.code == 4 and re.search(r"- Bucket .* is retained", diff.stdout), diff.told
    refused = pipeline.deploy()
    assert (refused.code, refused.error) == (1, "PIPE1105"), refused.told
    assert "cloudformation:ExecuteChangeSet" not in refused.calls
    after = deployed.stack(client, pipeline.name)
    assert (after["StackId"], after["StackStatus"]) == (before["StackId"], "CREATE_COMPLETE")
    # The one that was refused is taken back.
    assert client("cloudformation").list_change_sets(StackName=pipeline.name)["Summaries"] == change_sets
    # What the help says to type.
    names = refused.stderr.split(f"pipec deploy {pipeline.path.name} ")[1].split("`")[0].split()
    assert names[::2] == ["--allow-replace"] * (len(names) // 2) and "Bucket" in names
    allowed = pipeline.deploy(*names)
    assert allowed.code == 0, allowed.told
    assert deployed.status(client, pipeline.name) == "UPDATE_COMPLETE"
    deployed.check(emulator, client, pipeline.built())


def test_a_template_that_is_too_large_for_a_request(emulator, project):
    if not emulator.accounts:
        pytest.skip("moto's CloudFormation finds a bucket in the name of the host only")
    pipeline, client = project("orders-archive.yaml")
    pipeline.edit("team: shop", "team: shop" + "".join(f", number-{n}: {'x' * 120}" for n in range(40)))
    assert len(pipeline.built().template.text) > 51_200
    first(emulator, pipeline, client)
    bucket = deployed.parameters(client, pipeline.name)["ArtifactBucket"]
    sent = deployed.check_bucket(client, bucket)
    assert deployed.template(client, pipeline.name) == pipeline.built().template.text
    changes_nothing(emulator, pipeline.run("diff"))
    pipeline.edit("number-0: x", "number-0: y")
    diff = pipeline.run("diff")
    assert diff.code == 4 and "to add" not in diff.stdout, diff.told
    # Only a deployment leaves anything in the bucket.
    assert deployed.check_bucket(client, bucket) == sent
    # What lies under its key with other bytes is not what is deployed.
    text = pipeline.built().template.text
    key = f"template-{hashlib.sha256(text.encode()).hexdigest()[:20]}.yaml"
    client("s3").put_object(Bucket=bucket, Key=key, Body=b"Resources: {}")
    run = pipeline.deploy()
    assert (run.code, deployed.template(client, pipeline.name)) == (0, text), run.told


def test_the_end_of_a_pipeline_with_a_full_bucket(emulator, project):
    pipeline, client = project("orders-archive.yaml")
    first(emulator, pipeline, client)
    resources = client("cloudformation").describe_stack_resources(StackName=pipeline.name)["StackResources"]
    bucket, = (r["PhysicalResourceId"] for r in resources if r.get("LogicalResourceId") == "Bucket")
    artifacts = deployed.parameters(client, pipeline.name)["ArtifactBucket"]
    s3 = client("s3")
    # What moto's CloudFormation drops.
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for number in range(3):
        s3.put_object(Bucket=bucket, Key="orders/1.json", Body=f'{{"order":{number}}}\n'.encode())
    s3.delete_object(Bucket=bucket, Key="orders/1.json")
    assert pipeline.run("destroy").code == 2, "nobody has confirmed"
    assert deployed.status(client, pipeline.name) == "CREATE_COMPLETE"
    run = pipeline.run("destroy", "--yes", "--empty-bucket", "--artifacts")
    assert run.code == 0, run.told
    assert deployed.status(client, pipeline.name) is None
    left = bucket_names(client)
    assert bucket not in left and artifacts in left
    assert deployed.check_bucket(client, artifacts) == []
    again = pipeline.run("destroy", "--yes", "--empty-bucket")
    assert (again.code, "nothing to delete" in again.stderr) == (0, True), again.told


def test_a_creation_that_fails_says_why_and_what_is_left(ministack, account, tmp_path):
    """The user's function has no role; S3's access log is never deleted, as objects may be in it."""
    key = account(ministack)
    pipeline = Project(tmp_path, "price-alerts.yaml", ministack.address, key)
    # Functions belong to the account that deploys.
    pipeline.edit("111122223333", key)
    # What cannot be looked up is skipped: the missing role shows in the stack's creation.
    for service in ("IAM", "LAMBDA"):
        pipeline.environment[f"AWS_ENDPOINT_URL_{service}"] = "http://127.0.0.1:9"
    client = clients(ministack.address, key)
    for number in (1, 2):
        run = pipeline.deploy()
        assert (run.code, run.error) == (3, "PIPE1106"), run.told
        assert "OutputPolicyLarge" in run.stderr and "large-order-role" in run.stderr
        assert deployed.status(client, pipeline.name) == "ROLLBACK_COMPLETE"
        left = [name for name in bucket_names(client) if name.startswith(pipeline.name)]
        assert len(left) == number and any(f"Retained outside the stack: {name}" in run.stderr for name in left)
    assert "deleting it" in run.stderr


def bucket_names(client):
    return [found["Name"] for found in client("s3").list_buckets()["Buckets"]]


def test_an_existing_bucket_is_looked_up_before_anything_is_made(emulator, project):
    pipeline, client = project("raw-to-s3.yaml")
    pipeline.edit("{prefix: raw/}", "{bucket: lake-of-others, prefix: raw/}")
    run = pipeline.deploy()
    assert run.code == 3 and "PIPE0813" in run.stderr and "no bucket `lake-of-others`" in run.stderr, run.told
    assert "cloudformation:CreateChangeSet" not in run.calls
    client("s3").create_bucket(Bucket="lake-of-others")
    dry = pipeline.run("deploy", "--dry-run")
    assert dry.code == 0 and "cloudformation:CreateChangeSet" in dry.calls, dry.told


def test_a_key_of_the_artifact_bucket_is_named_where_roles_read_artifacts(emulator, project):
    pipeline, client = project("user-data-lambda.yaml")
    pipeline.environment["PIPEC_ARTIFACT_BUCKET"] = "artifacts-with-a-key"
    s3 = client("s3")
    s3.create_bucket(Bucket="artifacts-with-a-key")

    def encrypt(**key):
        default = {"SSEAlgorithm": "aws:kms", **key}
        rules = [{"ApplyServerSideEncryptionByDefault": default}]
        s3.put_bucket_encryption(Bucket="artifacts-with-a-key", ServerSideEncryptionConfiguration={"Rules": rules})

    encrypt(KMSMasterKeyID="arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab")
    run = pipeline.run("deploy", "--dry-run")
    assert run.code == 0 and "key/1234abcd" in run.stderr and "key's policy" in run.stderr, run.told
    # AWS's own key is one that every principal of the account may use.
    encrypt()
    run = pipeline.run("deploy", "--dry-run")
    assert run.code == 0 and "key's policy" not in run.stderr, run.told


NO_KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
NO_CHANGES = "orders/stream/2026-11-30T00:00:00.000"


def owned(account, changes=NO_CHANGES, subnet="subnet-11111111", vpc="vpc-11111111", key=NO_KEY):
    """A spec whose function, roles, keys, network and topic are somebody else's."""
    key = f"arn:aws:kms:us-east-1:{account}:key/{key}"
    return f"""\
name: owned
region: us-east-1
stream: {{record_size: 1 KiB, records_per_second: 100, encryption: {{kms_key: '{key}'}}}}
producer:
  http: {{url: 'https://example.com/readings', records: $.readings}}
  records_per_second: 2
  instance_type: t3.micro
  network: {{vpc: {vpc}, subnets: [{subnet}]}}
sources:
  shop: {{eventbridge: {{bus: shop-bus, pattern: {{source: [shop]}}}}}}
  orders: {{sqs: {{queue: 'arn:aws:sqs:us-east-1:{account}:orders'}}}}
  changes: {{dynamodb: {{stream: 'arn:aws:dynamodb:us-east-1:{account}:table/{changes}'}}}}
records: {{format: json, columns: {{celsius: {{type: DOUBLE}}}}}}
analytics:
  runtime: flink
  sql: |
    CREATE STREAM ALL_READINGS (celsius DOUBLE);
    CREATE STREAM HOT (celsius DOUBLE);
    CREATE PUMP P1 AS INSERT INTO ALL_READINGS SELECT STREAM "celsius" FROM SOURCE_SQL_STREAM_001;
    CREATE PUMP P2 AS INSERT INTO HOT SELECT STREAM "celsius" FROM SOURCE_SQL_STREAM_001 WHERE "celsius" > 80;
  outputs:
    ALL_READINGS: delivery
    HOT: {{lambda: {{function: 'arn:aws:lambda:us-east-1:{account}:function:page', role: page-role}}}}
delivery: {{s3: {{}}}}
logs: {{kms_key: '{key}'}}
alarms: {{notify: 'arn:aws:sns:us-east-1:{account}:on-call'}}
iam: {{boundary: 'arn:aws:iam::{account}:policy/team-boundary'}}
"""


def code_of_function():
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("page.py", "def page(event, context): pass\n")
    return code.getvalue()


def test_what_others_own_is_looked_up_before_anything_is_made(emulator, project):
    pipeline, client = project("raw-to-s3.yaml")
    account = client("sts").get_caller_identity()["Account"]
    pipeline.path.write_text(owned(account))
    run = pipeline.run("deploy", "--dry-run")
    assert run.code == 3 and "cloudformation:CreateChangeSet" not in run.calls, run.told
    for what in ["event bus `shop-bus`", "SQS queue `arn", "DynamoDB stream `arn", "KMS key `arn", "function `arn", "role `page-role`", "VPC `vpc-", "SNS topic `arn", "subnet `subnet-"]:
        assert f"there is no {what}" in run.stderr, run.told
    assert "there is no permissions boundary `arn" in run.stderr and "not verified" not in run.stderr, run.told

    kms, iam, ec2 = client("kms"), client("iam"), client("ec2")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "kms:*", "Resource": "*"}
    logs = {**root, "Principal": {"Service": "logs.us-east-1.amazonaws.com"}}

    def key_policy(*statements):
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)

    key_policy(root, logs)
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    other = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]
    client("sns").create_topic(Name="on-call")
    client("events").create_event_bus(Name="shop-bus")
    client("sqs").create_queue(QueueName="orders")
    table = client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    changes = table["TableDescription"]["LatestStreamArn"].split(":table/")[1]
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.create_policy(PolicyName="team-boundary", PolicyDocument=json.dumps(allow))
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [assume]})
    roles = {name: iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust) for name in ["page-role", "pager"]}
    client("lambda").create_function(
        FunctionName="page",
        Runtime="python3.13",
        Handler="page.page",
        Role=roles["page-role"]["Role"]["Arn"],
        Code={"ZipFile": code_of_function()},
    )
    client("lambda").get_waiter("function_active_v2").wait(FunctionName="page")
    pipeline.path.write_text(owned(account, changes, subnet, vpc, key))
    run = pipeline.run("deploy", "--dry-run")
    looked_up = ["kms:DescribeKey", "kms:GetKeyPolicy", "lambda:GetFunctionConfiguration", "iam:GetRole", "ec2:DescribeVpcs"]
    looked_up += ["ec2:DescribeSubnets", "events:DescribeEventBus", "sqs:GetQueueUrl", "dynamodb:DescribeStream"]
    looked_up += ["sns:GetTopicAttributes", "iam:GetPolicy"]
    assert run.calls[2 : 2 + len(looked_up)] == looked_up, run.told
    assert "PIPE0813" not in run.stderr and "not verified" not in run.stderr, run.told

    key_policy(root)
    client("sns").set_topic_attributes(
        TopicArn=f"arn:aws:sns:us-east-1:{account}:on-call",
        AttributeName="KmsMasterKeyId",
        AttributeValue="alias/aws/sns",
    )
    run = pipeline.run("deploy", "--dry-run")
    assert run.code == 3 and run.stderr.count("PIPE0813") == 2, run.told
    assert f"the policy of the KMS key `arn:aws:kms:us-east-1:{account}:key/{key}` does not" in run.stderr, run.told
    assert "is encrypted with `alias/aws/sns`" in run.stderr, run.told

    client("sns").delete_topic(TopicArn=f"arn:aws:sns:us-east-1:{account}:on-call")
    client("sns").create_topic(Name="on-call")
    kms.disable_key(KeyId=key)
    client("lambda").update_function_configuration(FunctionName="page", Role=roles["pager"]["Role"]["Arn"])
    client("lambda").get_waiter("function_active_v2").wait(FunctionName="page")
    pipeline.path.write_text(owned(account, changes, subnet, other, key))
    run = pipeline.run("deploy", "--dry-run")
    assert run.code == 3 and "cloudformation:CreateChangeSet" not in run.calls, run.told
    assert f"key/{key}` has the state Disabled" in run.stderr, run.told
    assert "the function's role is `pager`, not `page-role`" in run.stderr, run.told
    assert f"the subnet `{subnet}` is in {vpc}, not in {other}" in run.stderr, run.told
    assert run.stderr.count("PIPE0813") == 3, run.told


def test_an_existing_stream_is_compared_with_what_the_spec_declares(emulator, project):
    pipeline, client = project("raw-to-s3.yaml")
    account = client("sts").get_caller_identity()["Account"]
    arn = f"arn:aws:kinesis:us-east-1:{account}:stream/orders"

    def declare(retention="24 h"):
        pipeline.path.write_text(f"""\
name: reader
region: us-east-1
stream:
  existing: {arn}
  record_size: 1 KiB
  records_per_second: 1500
  capacity: {{shards: 2}}
  retention: {retention}
delivery: {{s3: {{}}}}
""")

    declare()
    run = pipeline.run("deploy", "--dry-run")
    assert run.code == 3 and f"there is no stream `{arn}`" in run.stderr, run.told
    assert "cloudformation:CreateChangeSet" not in run.calls and "not verified" not in run.stderr, run.told

    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="orders", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="orders")
    declare(retention="48 h")
    run = pipeline.run("deploy", "--dry-run")
    assert run.code == 3 and run.stderr.count("PIPE0813") == 2, run.told
    assert "has 1 of the 2 shards" in run.stderr and "keeps records for 24 h" in run.stderr, run.told

    kinesis.update_shard_count(StreamName="orders", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    kinesis.increase_stream_retention_period(StreamName="orders", RetentionPeriodHours=48)
    run = pipeline.run("deploy", "--dry-run")
    assert run.code == 0 and "kinesis:DescribeStreamSummary" in run.calls, run.told
    assert "the stream" not in run.stderr and "not verified" not in run.stderr, run.told
    declare()
    run = pipeline.run("deploy", "--dry-run")
    assert run.code == 0 and "keeps records for 48 h, and the spec declares 24 h" in run.stderr, run.told


def test_consumers_of_others_count_for_an_existing_stream(emulator, project):
    pipeline, client = project("raw-to-s3.yaml")
    account = client("sts").get_caller_identity()["Account"]
    arn = f"arn:aws:kinesis:us-east-1:{account}:stream/orders"
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="orders", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="orders")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    client("iam").create_role(RoleName="fraud", AssumeRolePolicyDocument=document)
    pipeline.path.write_text(f"""\
name: reader
region: us-east-1
stream: {{existing: '{arn}', record_size: 1 KiB, records_per_second: 10, capacity: {{shards: 1}}}}
consumers: {{fraud: {{fan_out: {{role: fraud}}}}}}
""")

    # One of them is the pipeline's own, as after an earlier deployment.
    def register(name):
        return kinesis.register_stream_consumer(StreamARN=arn, ConsumerName=name)["Consumer"]["ConsumerARN"]

    own, *_ = [register(name) for name in ["reader-fraud", *(f"team-{number}" for number in range(19))]]
    run = pipeline.run("deploy", "--dry-run")
    # ministack's CloudFormation rejects the type of a registered consumer, after the look-ups.
    assert "kinesis:ListStreamConsumers" in run.calls and "cloudformation:CreateChangeSet" in run.calls, run.told
    assert "PIPE0813" not in run.stderr and "consumers of others" not in run.stderr, run.told

    kinesis.deregister_stream_consumer(ConsumerARN=own)
    register("team-19")
    run = pipeline.run("deploy", "--dry-run")
    assert run.code == 3 and run.stderr.count("PIPE0813") == 1, run.told
    assert "the stream has 20 consumers of others, and 1 of the pipeline: more than 20" in run.stderr, run.told
    assert "--consumer-name team-" in run.stderr and "cloudformation:CreateChangeSet" not in run.calls, run.told

    # An account with On-demand Advantage has a higher limit, which no response shows.
    pipeline.path.write_text(pipeline.path.read_text().replace("capacity: {shards: 1}", "capacity: on_demand"))
    run = pipeline.run("deploy", "--dry-run")
    assert "the limit without On-demand Advantage" in run.stderr and "PIPE0813" not in run.stderr, run.told
    assert "cloudformation:CreateChangeSet" in run.calls, run.told
