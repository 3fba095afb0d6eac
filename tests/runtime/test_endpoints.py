"""What the packed transform returns, delivered to endpoints with the settings of the generated stacks."""

import base64
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from emulated_lambda import Function
from endpoints import Collector, Firehose, FirehoseToSplunk, HttpEndpoint

sys.path.insert(0, str(Path(__file__).parent.parent / "judges"))
from cfn import Template  # noqa: E402

ROOT = Path(__file__).parents[2]
GENERATED = Path(os.environ["PIPEC_GENERATED"])
PIPEC = os.environ["PIPEC"]
KEY = "0123456789"
DELIVERY = "AWS::KinesisFirehose::DeliveryStream"


def streams(name):
    """The delivery streams of an example, by logical id."""
    template = Template(GENERATED / name / "template.yaml")
    return {of: resource["Properties"] for of, resource in template.of_type(DELIVERY).items()}


def packed(name):
    manifest = json.loads((GENERATED / name / "manifest.json").read_text())
    (zip_file,) = {a["file"] for a in manifest["artifacts"] if "transform" in a["name"]}
    return (GENERATED / name / zip_file).resolve()


@pytest.fixture(scope="module")
def orders():
    return streams("order-endpoints")


@pytest.fixture
def large(orders):
    """The delivery to an endpoint of one's own."""
    return orders["BackedUpDeliveryLarge"]


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """What the transform of the example returns for these orders."""
    put = [{"order_id": f"o-{n}", "country": "DE", "total": 1000 + n} for n in range(3)]
    put.insert(1, {"order_id": "small", "country": "FR", "total": 3})
    with Function(packed("order-endpoints"), tmp_path_factory.mktemp("orders")) as function:
        return returned(function, [json.dumps(order).encode() for order in put])


def returned(function, records):
    event = {
        "invocationId": "i",
        "deliveryStreamArn": "arn:aws:firehose:us-east-1:111122223333:deliverystream/d",
        "region": "us-east-1",
        "records": [
            {"recordId": f"{n:056}", "approximateArrivalTimestamp": 1_779_000_000_000, "data": encoded(record)}
            for n, record in enumerate(records)
        ],
    }
    reply = function.invoke(event)
    assert not reply.failed, reply
    return [base64.b64decode(r["data"]) for r in reply.json["records"] if r["result"] == "Ok"]


def encoded(data):
    return base64.b64encode(data).decode()


def test_an_endpoint_takes_what_the_transform_returns(large, rows):
    with HttpEndpoint(KEY) as endpoint:
        firehose = Firehose(large, endpoint, KEY)
        firehose.deliver(rows)
    assert endpoint.faults == []
    assert [json.loads(record) for record in endpoint.records] == [
        {"order_id": f"o-{n}", "country": "DE", "total": 1000.0 + n} for n in range(3)
    ]
    # Nothing is appended: a record is one JSON text.
    assert all(record.endswith(b"}") for record in endpoint.records)
    assert endpoint.attributes == [{"commonAttributes": {"env": "prod"}}]
    path, headers = endpoint.requests[0]
    assert (path, headers["Content-Encoding"]) == ("/v1/orders", "gzip")
    # The stack backs all records up, and none has failed.
    assert firehose.backup == {"records/": rows}


@pytest.mark.parametrize("name", ["DeliveryDatadog", "DeliveryNewRelic"])
def test_a_vendor_takes_records_as_they_are(orders, name):
    records = [b'{"order_id":"o-1"}', b"\x1f\x8b of CloudWatch Logs"]
    with HttpEndpoint(KEY) as endpoint:
        firehose = Firehose(orders[name], endpoint, KEY)
        firehose.deliver(records)
    assert (endpoint.faults, endpoint.records, firehose.backup) == ([], records, {})


def test_a_buffer_is_a_request(orders):
    size = orders["DeliveryNewRelic"]["HttpEndpointDestinationConfiguration"]["BufferingHints"]["SizeInMBs"]
    with HttpEndpoint(KEY) as endpoint:
        Firehose(orders["DeliveryNewRelic"], endpoint, KEY).deliver([b"x" * 400_000] * 5)
    assert (size, len(endpoint.requests), len(endpoint.records)) == (1, 3, 5)


@pytest.mark.parametrize("fault", ["503", "429", "redirect", "404"])
def test_a_failure_is_sent_again_and_stored_once(large, rows, fault):
    with HttpEndpoint(KEY, [fault, fault, "ok"]) as endpoint:
        firehose = Firehose(large, endpoint, KEY)
        firehose.deliver(rows)
    assert (len(endpoint.requests), endpoint.records, endpoint.faults) == (3, rows, [])
    assert set(firehose.backup) == {"records/"}
    # After 1 s, and after 2 s more.
    assert firehose.clock == 3


@pytest.mark.parametrize("fault", ["wrong-id", "late", "text"])
def test_a_response_that_does_not_acknowledge_makes_duplicates(large, rows, fault):
    with HttpEndpoint(KEY, [fault, "ok"]) as endpoint:
        Firehose(large, endpoint, KEY).deliver(rows)
    assert endpoint.records == rows + rows


def test_413_loses_the_records(orders, rows):
    with HttpEndpoint(KEY, ["413"]) as endpoint:
        firehose = Firehose(orders["DeliveryDatadog"], endpoint, KEY)
        firehose.deliver(rows)
    assert (len(endpoint.requests), endpoint.records, firehose.dropped, firehose.backup) == (1, [], rows, {})


def test_what_fails_for_longer_than_the_retries_is_in_the_bucket(large, rows):
    with HttpEndpoint(KEY, ["500"]) as endpoint:
        firehose = Firehose(large, endpoint, KEY)
        firehose.deliver(rows)
    assert endpoint.records == []
    failed = firehose.backup["errors/http-endpoint-failed/"]
    assert [base64.b64decode(line["rawData"]) for line in failed] == rows
    assert {line["errorCode"] for line in failed} == {"HttpEndpoint.DestinationException"}
    # The spec has 30 min.
    assert 1_800 - 120 <= firehose.clock <= 1_800


def test_a_wrong_key_is_a_failure(orders, rows):
    with HttpEndpoint("another") as endpoint:
        firehose = Firehose(orders["DeliveryDatadog"], endpoint, KEY)
        firehose.deliver(rows)
    assert "401" in firehose.backup["errors/http-endpoint-failed/"][0]["errorMessage"]


def other_side(name, start):
    """The command that `pipec plan` prints for a delivery."""
    plan = subprocess.run([PIPEC, "plan", ROOT / f"examples/{name}.yaml", "--format", "json"], capture_output=True, check=True)
    report = json.loads(plan.stdout)
    deliveries = report.get("deliveries") or [report["delivery"]]
    lines = [line.strip() for delivery in deliveries for line in delivery.get("other_side", [])]
    (command,) = [line for line in lines if line.startswith(start)]
    return command


def test_the_command_on_the_other_side_is_acknowledged():
    command = other_side("order-endpoints", "curl")
    with HttpEndpoint(KEY) as endpoint:
        local = command.replace("https://firehose.shop.example.com", endpoint.address)
        assert local != command
        # A caller by hand has no ARN of a stream to send.
        words = shlex.split(local.replace("$KEY", KEY)) + ["-H", "X-Amz-Firehose-Source-Arn: arn:aws:firehose:by-hand"]
        reply = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    assert (endpoint.faults, reply["requestId"], endpoint.records) == ([], "trial", [b"{}"])


def test_moto_accepts_the_settings_and_posts_the_records(large, rows):
    """moto sends neither headers nor gzip, and the time in seconds; botocore checks the settings first."""
    settings = json.loads(json.dumps(large["HttpEndpointDestinationConfiguration"]))
    role, bucket = "arn:aws:iam::111122223333:role/r", "arn:aws:s3:::backup"
    log = {"Enabled": False}
    with HttpEndpoint(strict=False) as endpoint:
        settings["EndpointConfiguration"]["Url"] = f"{endpoint.address}/v1/orders"
        settings["RoleARN"] = settings["SecretsManagerConfiguration"]["RoleARN"] = role
        settings["S3Configuration"] |= {"RoleARN": role, "BucketARN": bucket, "CloudWatchLoggingOptions": log}
        settings["CloudWatchLoggingOptions"] = log
        # moto calls no transform.
        del settings["ProcessingConfiguration"]
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
        server.start()
        try:
            host, port = server.get_host_and_port()
            client = boto3.client(
                "firehose",
                endpoint_url=f"http://{host}:{port}",
                region_name="us-east-1",
                aws_access_key_id="test",
                aws_secret_access_key="test",
            )
            client.create_delivery_stream(
                DeliveryStreamName="orders", DeliveryStreamType="DirectPut", HttpEndpointDestinationConfiguration=settings
            )
            put = client.put_record_batch(DeliveryStreamName="orders", Records=[{"Data": row} for row in rows])
        finally:
            server.stop()
    assert (put["FailedPutCount"], endpoint.faults, endpoint.records) == (0, [], rows)


# Splunk


@pytest.fixture(scope="module")
def splunk():
    ((_, properties),) = streams("app-logs-splunk").items()
    return properties


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    """What the transform returns for records without a newline, with one, and with more than one line."""
    with Function(packed("app-logs-splunk"), tmp_path_factory.mktemp("splunk")) as function:
        return returned(function, [b'{"a":1}', b'{"a":2}\n', b"first\nsecond"])


EVENTS = ['{"a":1}', '{"a":2}', "first", "second"]


def test_splunk_takes_what_the_transform_returns(splunk, lines):
    with Collector(KEY) as collector:
        firehose = FirehoseToSplunk(splunk, collector, KEY)
        firehose.deliver(lines)
    assert (collector.faults, collector.events, firehose.backup) == ([], EVENTS, {})


def test_without_the_transform_events_would_be_glued(splunk):
    with Collector(KEY) as collector:
        FirehoseToSplunk(splunk, collector, KEY).deliver([b'{"a":1}', b'{"a":2}'])
    assert collector.events == ['{"a":1}{"a":2}']


def test_events_are_sent_again_until_they_are_acknowledged(splunk, lines):
    with Collector(KEY, ["no-ack", "503", "ok"]) as collector:
        firehose = FirehoseToSplunk(splunk, collector, KEY)
        firehose.deliver(lines)
    # Those that nobody acknowledged are there as well.
    assert (collector.events, firehose.backup) == (EVENTS + EVENTS, {})
    assert firehose.clock >= splunk["SplunkDestinationConfiguration"]["HECAcknowledgmentTimeoutInSeconds"]


@pytest.mark.parametrize(
    ("collector", "code"),
    [
        (Collector(KEY, acknowledges=False), "Splunk.DisabledAck"),
        (Collector("another"), "Splunk.InvalidToken"),
        (Collector(KEY, ["no-ack"]), "Splunk.AckTimeout"),
    ],
)
def test_what_splunk_does_not_accept_is_in_the_bucket(splunk, lines, collector, code):
    with collector:
        firehose = FirehoseToSplunk(splunk, collector, KEY)
        firehose.deliver(lines)
    ((key, failed),) = firehose.backup.items()
    assert key == "errors/splunk-failed/"
    assert {line["errorCode"] for line in failed} == {code}
    assert [base64.b64decode(line["rawData"]) for line in failed] == lines


def test_objects_of_splunk_need_an_event(splunk):
    settings = {"SplunkDestinationConfiguration": {**splunk["SplunkDestinationConfiguration"], "HECEndpointType": "Event"}}
    with Collector(KEY) as collector:
        firehose = FirehoseToSplunk(settings, collector, KEY)
        firehose.deliver([b'{"event":{"a":1},"index":"main"}\n', b'{"event":"b"}\n'])
        assert collector.events == [{"event": {"a": 1}, "index": "main"}, {"event": "b"}]
        firehose.deliver([b'{"a":1}\n'])
    assert firehose.backup["errors/splunk-failed/"][0]["errorCode"] == "Splunk.InvalidDataFormat"


def test_the_command_for_splunk_is_acknowledged():
    command = other_side("app-logs-splunk", "curl")
    with Collector(KEY) as collector:
        local = command.replace("https://splunk.example.com:8088", collector.address)
        assert local != command
        reply = json.loads(subprocess.run(shlex.split(local.replace("$TOKEN", KEY)), capture_output=True, check=True).stdout)
    assert (collector.faults, reply["ackId"], collector.events) == ([], 0, ["trial"])
