"""Each template, as it is, through an AWS emulator: a change set, its resources, records, and the end.

A green run does not prove permissions, buffering or the group's signals: the emulator has none of them.
"""

import base64
import copy
import gzip
import io
import itertools
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

import aws
from cfn import bucket_of, destination
from emulated_aws import clients, emulated_aws
from played_instance import play_instance, until

HERE = Path(__file__).parent
REQUEST_BYTES_MAX = 51_200  # of a template in a request


@pytest.fixture(scope="session")
def emulator(tmp_path_factory):
    """The address of a running emulator."""
    with emulated_aws(tmp_path_factory.mktemp("emulator")) as address:
        yield address


@pytest.fixture(scope="session")
def client(emulator):
    return clients(emulator, s3={"addressing_style": "path"})


@pytest.fixture(scope="session")
def artifact_bucket(client, every_pipeline):
    """The bucket of the one parameter that a template needs, with all that is built."""
    name = "sample-artifacts"
    client("s3").create_bucket(Bucket=name)
    for artifact in (a for p in every_pipeline for a in p.artifacts.values()):
        # The Flink zip needs a connector that has to be fetched; the emulator starts no job.
        if artifact["path"].exists() or "connector" not in artifact:
            client("s3").upload_file(str(artifact["path"]), name, artifact["s3_key"])
    for existing in {b for p in every_pipeline for b in existing_buckets(p.template)}:
        client("s3").create_bucket(Bucket=existing)
    for template in (p.template for p in every_pipeline):
        existing_functions(client, template, name)
        existing_log_groups(client, template)
    rules = (r["Properties"] for p in every_pipeline for r in p.template.of_type("AWS::Events::Rule").values())
    for bus in {rule["EventBusName"] for rule in rules if "EventBusName" in rule}:
        client("events").create_event_bus(Name=bus)
    return name


def existing_roles(client, template):
    """Roles of the user's that a template expects to be there, by name: their ARNs."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    names = {name for policy in template.of_type("AWS::IAM::Policy").values() for name in policy["Properties"]["Roles"]}
    iam, arns = client("iam"), {}
    for name in names:
        try:
            arns[name] = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
        except iam.exceptions.EntityAlreadyExistsException:
            # Another example has the same program.
            arns[name] = iam.get_role(RoleName=name)["Role"]["Arn"]
    return arns


def existing_functions(client, template, bucket):
    """Functions of the user's that a template expects to be there."""
    roles = existing_roles(client, template)
    for mapping in template.of_type("AWS::Lambda::EventSourceMapping").values():
        client("lambda").create_function(
            FunctionName=mapping["Properties"]["FunctionName"].rsplit(":", 1)[1],
            Role=next(iter(roles.values())),
            Runtime="python3.12",
            Handler="function.handler",
            Code={"ZipFile": function_zip()},
        )


def existing_log_groups(client, template):
    """Log groups that a template subscribes to."""
    for resource in template.of_type("AWS::Logs::SubscriptionFilter").values():
        group = resource["Properties"]["LogGroupName"]
        if not client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            client("logs").create_log_group(logGroupName=group)


def function_zip():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("function.py", "def handler(event, context):\n    return None\n")
    return packed.getvalue()


def existing_buckets(template):
    """Destinations that a template expects to be there."""
    for resource in template.of_type("AWS::KinesisFirehose::DeliveryStream").values():
        arn = bucket_of(resource["Properties"])["BucketARN"]
        if "Fn::Sub" in arn:
            yield arn["Fn::Sub"].split(":s3:::")[1]


QUERY = re.compile(r"""SELECT SUM\((\w+)\) FROM "(.*)" WHERE (\w+) = '(.*)'""")


def one_metric(queries):
    """What an alarm reads first, as properties of an alarm on one metric."""
    for query in queries:
        if metric := query.get("MetricStat"):
            return metric["Metric"] | {"Period": metric["Period"], "Statistic": metric["Stat"]}
    (query,) = queries
    name, namespace, dimension, value = QUERY.fullmatch(query["Expression"]).groups()
    metric = {"Namespace": namespace, "MetricName": name, "Dimensions": [{"Name": dimension, "Value": value}]}
    return metric | {"Period": query["Period"], "Statistic": "Sum"}


def without_metric_math(template):
    """The template, with alarms on expressions and queries as alarms on one metric: the emulator's CloudFormation refuses the
    others. moto takes them, see tests/watch."""
    body = copy.deepcopy(template.body)
    expressions = [r["Properties"] for r in body["Resources"].values() if "Metrics" in r.get("Properties", {})]
    if not expressions:
        return template.text
    for properties in expressions:
        properties |= one_metric(properties.pop("Metrics"))
    return json.dumps(body)


numbers = itertools.count(1)


def change_set(client, pipeline, stack, bucket, kind):
    api, name = client("cloudformation"), f"change-{next(numbers)}"
    body = without_metric_math(pipeline.template)
    template = {"TemplateBody": body}
    if len(body) > REQUEST_BYTES_MAX:
        client("s3").put_object(Bucket=bucket, Key=name, Body=body.encode())
        template = {"TemplateURL": f"{client('s3').meta.endpoint_url}/{bucket}/{name}"}
    api.create_change_set(
        StackName=stack,
        ChangeSetName=name,
        ChangeSetType=kind,
        **template,
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[
            {"ParameterKey": name, "ParameterValue": bucket}
            for name in pipeline.template.body.get("Parameters", {})
            if name == "ArtifactBucket"
        ],
    )

    def done():
        got = api.describe_change_set(StackName=stack, ChangeSetName=name)
        return got if got["Status"] in {"CREATE_COMPLETE", "FAILED"} else None

    return name, until(done, f"change set {name}")


def settle(client, stack):
    def done():
        got = client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        return None if got["StackStatus"].endswith("_IN_PROGRESS") else got

    return until(done, f"stack {stack}")


def failures(client, stack):
    pages = client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack)
    events = [event for page in pages for event in page["StackEvents"]]
    return [
        f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason')}"
        for e in events
        if e["ResourceStatus"].endswith("_FAILED")
    ]


def deploy(client, pipeline, name, bucket):
    change, got = change_set(client, pipeline, name, bucket, "CREATE")
    assert got["Status"] == "CREATE_COMPLETE", got.get("StatusReason")
    planned = {c["ResourceChange"]["LogicalResourceId"] for c in got["Changes"]}
    assert planned == set(pipeline.template.resources)
    client("cloudformation").execute_change_set(StackName=name, ChangeSetName=change)
    play_instance(client, pipeline.template, name, "SUCCESS")
    stack = settle(client, name)
    assert stack["StackStatus"] == "CREATE_COMPLETE", failures(client, name)
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}
    return aws.Stack(name, pipeline, client, outputs, bucket)


@dataclass(frozen=True)
class Accepted:
    """A pipeline without the resources whose types the emulator rejects."""

    whole: object

    @property
    def name(self):
        return self.whole.name

    @property
    def template(self):
        return self.whole.template.without(aws.REJECTED)

    @property
    def artifacts(self):
        return self.whole.artifacts


@pytest.fixture(scope="session")
def stack(client, pipeline, artifact_bucket):
    return deploy(client, Accepted(pipeline), pipeline.name, artifact_bucket)


@pytest.fixture(scope="session")
def records(pipeline):
    """What is put into the stream that Firehose reads, and what has to lie in S3 for it."""
    path = HERE / "records" / f"{pipeline.name}.json"
    if not path.exists() and ":function:" in json.dumps(pipeline.template.of_type("AWS::KinesisFirehose::DeliveryStream")):
        pytest.skip("a function that others own transforms the records")
    return json.loads(path.read_text())


def data(record):
    """The bytes of a record: its text, or the gzip of its JSON."""
    return record.encode() if isinstance(record, str) else gzip.compress(json.dumps(record["gzip"]).encode())


def test_outputs(stack):
    assert set(stack.outputs) == set(stack.template.body["Outputs"])
    assert all(stack.outputs.values())


def test_every_resource_is_there(stack):
    unknown = {r["Type"] for r in stack.template.resources.values()} - set(aws.CHECKS) - aws.PARTS
    assert unknown == set(), "no judge looks at these"
    for name, resource in stack.template.resources.items():
        if check := aws.CHECKS.get(resource["Type"]):
            check(stack, name, stack.ids[name], resource.get("Properties", {}))


def transforms(stack):
    """The functions, each with the logical id of its delivery."""
    for name, resource in stack.template.of_type("AWS::KinesisFirehose::DeliveryStream").items():
        _, to = destination(resource["Properties"])
        for processor in to.get("ProcessingConfiguration", {}).get("Processors", []):
            for parameter in processor.get("Parameters", []):
                if parameter["ParameterName"] == "LambdaArn":
                    yield name, stack.target(parameter["ParameterValue"])


def test_transform(stack, client, records):
    sent = [base64.b64encode(data(r)).decode() for r in records.get("put", [])]
    event = {
        "invocationId": "judge",
        "deliveryStreamArn": "arn:aws:firehose:us-east-1:000000000000:deliverystream/judge",
        "region": "us-east-1",
        "records": [
            {"recordId": f"{i:056}", "approximateArrivalTimestamp": 1_700_000_000_000 + i, "data": data}
            for i, data in enumerate(sent)
        ],
    }
    for name, function in transforms(stack):
        answer = client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
        payload = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, payload
        assert [r["recordId"] for r in payload["records"]] == [r["recordId"] for r in event["records"]]
        assert {r["result"] for r in payload["records"]} <= {"Ok", "Dropped"}
        kept = [base64.b64decode(r["data"]).decode() for r in payload["records"] if r["result"] == "Ok"]
        expected = records["delivered"]
        assert kept == (expected[name] if isinstance(expected, dict) else expected)


def deliveries(stack):
    """The Firehose streams, but that of the query's faults, by logical id."""
    streams = stack.template.of_type("AWS::KinesisFirehose::DeliveryStream")
    return {name: r["Properties"] for name, r in streams.items() if name != "ErrorDelivery"}


def source(stack, name, properties):
    """What a delivery reads: a stream, or itself where records are put straight into it."""
    of_stream = properties.get("KinesisStreamSourceConfiguration")
    return ("kinesis", stack.target(of_stream["KinesisStreamARN"])) if of_stream else ("firehose", stack.ids[name])


def put(client, to, entries):
    kind, name = to
    if kind == "firehose":
        entries = [{"Data": entry["Data"]} for entry in entries]
        assert client(kind).put_record_batch(DeliveryStreamName=name, Records=entries)["FailedPutCount"] == 0
    else:
        assert client(kind).put_records(StreamName=name, Records=entries)["FailedRecordCount"] == 0


def text(body):
    return (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode()


def test_records_reach_the_bucket(stack, client, records):
    if not deliveries(stack):
        pytest.skip("no delivery")
    entries = [{"Data": data(r), "PartitionKey": str(i)} for i, r in enumerate(records["put"])]
    for to in {source(stack, name, properties) for name, properties in deliveries(stack).items()}:
        put(client, to, entries)
    s3 = client("s3")
    for name, properties in deliveries(stack).items():
        kind, to = destination(properties)
        if kind != "ExtendedS3":
            # The emulator delivers to buckets only.
            continue
        if "DataFormatConversionConfiguration" in to:
            # tests/deploy/test_tables.py reads Parquet; the emulator writes no ORC.
            continue
        bucket, prefix = stack.target(to["BucketARN"]), to["Prefix"].split("!{")[0]
        # Of several deliveries, each has its own.
        expected = records["delivered"][name] if isinstance(records["delivered"], dict) else records["delivered"]

        def delivered():
            keys = [o["Key"] for o in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
            assert all(key.startswith(prefix) for key in keys), keys
            bodies = [text(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys]
            return bodies if len("".join(bodies)) >= len("".join(expected)) else None

        # One object per record and in no order, as the emulator does it.
        assert sorted(until(delivered, f"the records of {name}")) == sorted(expected)


def test_faults_reach_the_bucket(stack, client):
    if "ErrorDelivery" not in stack.template.resources:
        pytest.skip("no faults")
    properties = stack.template.resources["ErrorDelivery"]["Properties"]
    stream = stack.target(properties["KinesisStreamSourceConfiguration"]["KinesisStreamARN"])
    to = properties["ExtendedS3DestinationConfiguration"]
    bucket, fault = stack.target(to["BucketARN"]), '{"ERROR_NAME":"INVALID_VALUE"}'
    client("kinesis").put_record(StreamName=stream, Data=fault.encode(), PartitionKey="1")
    s3 = client("s3")

    def delivered():
        keys = [o["Key"] for o in s3.list_objects_v2(Bucket=bucket, Prefix=to["Prefix"]).get("Contents", [])]
        return [s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode().strip() for key in keys]

    assert until(delivered, "the fault") == [fault]


def test_unchanged_template_changes_nothing(stack, client, pipeline, artifact_bucket):
    _, got = change_set(client, Accepted(pipeline), stack.name, artifact_bucket, "UPDATE")
    assert (got["Status"], got["Changes"]) == ("FAILED", [])
    assert "didn't contain changes" in got["StatusReason"]


def test_a_producer_that_does_not_start_ends_the_creation_with_its_cause(client, pipeline, artifact_bucket):
    if not pipeline.template.of_type("AWS::EC2::LaunchTemplate"):
        pytest.skip("no producer")
    name, cause = f"{pipeline.name}-failed", "the producer did not start: ResourceNotFoundException"
    change, _ = change_set(client, Accepted(pipeline), name, artifact_bucket, "CREATE")
    client("cloudformation").execute_change_set(StackName=name, ChangeSetName=change)
    play_instance(client, pipeline.template, name, "FAILURE", cause)
    assert settle(client, name)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert any(failure.startswith("ProducerStart: ") and cause in failure for failure in failures(client, name))


def test_delete(client, pipeline, artifact_bucket):
    """Everything goes but what holds data."""
    if pipeline.template.of_type("AWS::Glue::Table") or pipeline.template.of_type("AWS::S3Tables::Table"):
        pytest.skip("its tables have fixed names, so that there is one stack of it in an account")
    gone = deploy(client, Accepted(pipeline), f"{pipeline.name}-gone", artifact_bucket)
    api = client("cloudformation")
    stack_id = api.describe_stacks(StackName=gone.name)["Stacks"][0]["StackId"]
    api.delete_stack(StackName=gone.name)
    assert settle(client, stack_id)["StackStatus"] == "DELETE_COMPLETE", failures(client, stack_id)
    kept = {
        name
        for name, resource in gone.template.resources.items()
        if resource.get("DeletionPolicy") in {"Retain", "RetainExceptOnCreate"}
    }
    kinds = {name: gone.template.resources[name]["Type"] for name in kept}
    assert set(kinds.values()) <= {"AWS::S3::Bucket", "AWS::S3::BucketPolicy"}
    for name in (name for name, kind in kinds.items() if kind == "AWS::S3::Bucket"):
        client("s3").head_bucket(Bucket=gone.ids[name])
    for name, resource in gone.template.resources.items():
        check = aws.CHECKS.get(resource["Type"])
        if check and name not in kept:
            with pytest.raises((ClientError, ValueError, AssertionError)):
                check(gone, name, gone.ids[name], resource.get("Properties", {}))


def test_pipecs_own_artifact_bucket(client, artifact_bucket_template):
    own = artifact_bucket_template
    stack = deploy(client, own, own.name, None)
    assert stack.outputs == {"BucketName": stack.ids["Bucket"]}
    for name, resource in own.template.resources.items():
        aws.CHECKS[resource["Type"]](stack, name, stack.ids[name], resource["Properties"])
    _, got = change_set(client, own, own.name, None, "UPDATE")
    assert (got["Status"], got["Changes"]) == ("FAILED", [])
