"""`pipec status`, `tail` and `logs` on pipelines that `pipec deploy` has put into an AWS emulator.

The emulator reports no metric of Kinesis or Firehose and writes no log of Firehose: those are put by the test, under the
names of AWS's documentation, so this proves what is asked for and shown and not what AWS reports. It never ends a shard
that is split, so reading across splits is proved by pipec's own tests alone. It packs no object.
"""

import base64
import contextlib
import datetime
import gzip
import json
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from emulated_aws import REGION, clients, emulated_aws

PIPEC = os.environ["PIPEC"]
EXAMPLES = Path(__file__).parent.parent.parent / "examples"
PATIENCE = 120  # seconds for what takes a few
USER = {
    "name": {"first": "Ada", "last": "Lovelace"},
    "dob": {"age": 36},
    "gender": "female",
    "location": {"coordinates": {"latitude": "51.5", "longitude": "-0.1"}},
}


class Place:
    """An emulator and a folder of specs."""

    def __init__(self, address, folder):
        self.client = clients(address, s3={"addressing_style": "path"})
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
        }

    def pipec(self, *args, code=0):
        """What it prints."""
        done = subprocess.run(
            [PIPEC, *args], cwd=self.folder, env=self.environment, capture_output=True, timeout=PATIENCE
        )
        assert done.returncode == code, (done.stdout + done.stderr).decode()
        return done.stdout.decode(), done.stderr.decode()

    @contextlib.contextmanager
    def following(self, *args):
        """Its lines as they come; Ctrl-C ends it, with success."""
        process = subprocess.Popen(
            [PIPEC, *args], cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        live = []
        reader = threading.Thread(target=lambda: [live.append(line.decode()) for line in process.stdout])
        reader.start()
        try:
            yield live
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0, process.stderr.read().decode()
        finally:
            process.kill()
            reader.join(PATIENCE)
            process.stderr.close()
            process.stdout.close()

    def deploy(self, spec):
        self.pipec("deploy", spec, "--yes")

    def resource(self, stack, logical_id):
        found = self.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
        (physical,) = [r["PhysicalResourceId"] for r in found if r["LogicalResourceId"] == logical_id]
        return physical

    def put(self, stack, *records):
        entries = [{"Data": record, "PartitionKey": str(index)} for index, record in enumerate(records)]
        self.client("kinesis").put_records(StreamName=self.resource(stack, "Stream"), Records=entries)

    def measure(self, namespace, dimension, **metrics):
        now = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=2)
        data = [
            {"MetricName": name.replace("__", "."), "Dimensions": [dimension], "Timestamp": now, "Value": value}
            for name, value in metrics.items()
        ]
        self.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=data)


def until(done, what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if result := done():
            return result
        time.sleep(0.2)
    pytest.fail(f"{what}: not within {PATIENCE} s")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("specs")
    for name in ("raw-to-s3", "orders-archive"):
        (folder / f"{name}.yaml").write_text((EXAMPLES / f"{name}.yaml").read_text())
    # Its producer runs on instances, which the emulator does not have.
    spec = (EXAMPLES / "user-data-lambda.yaml").read_text()
    spec, count = re.subn(r"^producer:.*?(?=^records:)", "", spec, flags=re.MULTILINE | re.DOTALL)
    assert count == 1
    (folder / "user-data-lambda.yaml").write_text(spec)
    (folder / "user-data.sql").write_text((EXAMPLES / "user-data.sql").read_text())
    with emulated_aws(tmp_path_factory.mktemp("emulator")) as address:
        place = Place(address, folder)
        _, said = place.pipec("status", "raw-to-s3.yaml", code=3)
        assert "PIPE1113" in said and "pipec deploy raw-to-s3.yaml" in said
        for spec in ("raw-to-s3", "orders-archive", "user-data-lambda"):
            place.deploy(f"{spec}.yaml")
        yield place


def test_tail_shows_records_as_they_come(place):
    place.put("raw-to-s3", b'{"before": 1}')
    with place.following("tail", "raw-to-s3.yaml") as lines:
        # Until it reads, nobody knows whether it has begun: a record a moment, of which the first may be too early.
        numbers = iter(range(10_000))
        until(lambda: place.put("raw-to-s3", b'{"n": %d}' % next(numbers)) or lines, "a record")
        place.put("raw-to-s3", b"\xff\x00", gzip.compress(b'{"packed": true}'), b"two\nlines\n")
        wanted = {"base64:/wA=\n", '{"packed": true}\n', "two\n", "lines\n"}
        until(lambda: wanted <= set(lines), "all records")
    assert '{"before": 1}\n' not in lines


def test_tail_reads_what_is_there_and_ends(place):
    records = [json.dumps({"order": n}).encode() for n in range(25)]
    place.put("orders-archive", *records)
    said, _ = place.pipec("tail", "orders-archive.yaml", "--from-beginning", "--no-follow")
    assert sorted(said.splitlines()) == sorted(record.decode() for record in records)
    said, _ = place.pipec("tail", "orders-archive.yaml", "--since", "1h", "--count", "7")
    assert len(said.splitlines()) == 7
    said, _ = place.pipec("tail", "orders-archive.yaml", "--from-beginning", "--no-follow", "--raw")
    assert len(said) == sum(map(len, records))


def test_tail_shows_what_was_delivered(place):
    place.put("user-data-lambda", json.dumps(USER).encode(), json.dumps(USER | {"dob": {"age": 12}}).encode())
    bucket = place.resource("user-data-lambda", "Bucket")
    until(lambda: place.client("s3").list_objects_v2(Bucket=bucket).get("Contents"), "an object")
    said, _ = place.pipec("tail", "user-data-lambda.yaml", "bucket", "--since", "10min", "--count", "1")
    assert json.loads(said)["LAST"] == "Lovelace"
    said, _ = place.pipec("tail", "user-data-lambda.yaml", "bucket", "--from-beginning", "--no-follow", "--raw")
    assert json.loads(said)["FIRST"] == "Ada"


def test_tail_unpacks_objects_in_the_zone_of_the_prefix(place):
    bucket = place.resource("orders-archive", "Bucket")
    berlin = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=1)))
    with place.following("tail", "orders-archive.yaml", "bucket") as lines:
        numbers = iter(range(10_000))

        def put():
            body = gzip.compress(b'{"order": %d}\n{"order": -1}\n' % next(numbers))
            key = f"orders/{berlin:%Y/%m/%d}/packed-{next(numbers)}.gz"
            place.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
            time.sleep(1)
            return lines

        until(put, "a line")
        until(lambda: '{"order": -1}\n' in lines, "the second line")


def test_tail_knows_what_there_is(place):
    _, said = place.pipec("tail", "raw-to-s3.yaml", "output", code=2)
    assert "it has input, failed, bucket" in said


def test_logs_are_those_of_the_programs(place):
    place.put("user-data-lambda", json.dumps(USER).encode())

    def batches():
        return place.pipec("logs", "user-data-lambda.yaml", "transform", "--filter", "batch transformed")[0]

    lines = until(batches, "a line of the transform").splitlines()
    time_and_text = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z transform INFO  batch transformed .*ProcessingFailed=0"
    assert all(re.match(time_and_text, line) for line in lines), lines
    assert not any("_aws" in line or "Lovelace" in line for line in lines)
    said, _ = place.pipec("logs", "user-data-lambda.yaml", "--format", "json")
    events = [json.loads(line) for line in said.splitlines()]
    assert {event["program"] for event in events} == {"transform"}
    assert [event["timestamp"] for event in events] == sorted(event["timestamp"] for event in events)
    _, said = place.pipec("logs", "raw-to-s3.yaml", "flink", code=2)
    assert "it has logs of delivery" in said


def test_logs_follow_what_comes(place):
    group = place.resource("raw-to-s3", "DeliveryLogs")
    error = {
        "deliveryStreamARN": "arn:aws:firehose:us-east-1:1:deliverystream/raw",
        "destination": "arn:aws:s3:::bucket",
        "deliveryStreamVersionId": 1,
        "message": "Access was denied.",
        "errorCode": "S3.AccessDenied",
    }
    with place.following("logs", "raw-to-s3.yaml", "--follow") as lines:
        for _ in range(2):
            event = {"timestamp": int(time.time() * 1000), "message": json.dumps(error)}
            place.client("logs").put_log_events(
                logGroupName=group, logStreamName="DestinationDelivery", logEvents=[event]
            )
            time.sleep(1)
        until(lambda: len(lines) >= 2, "both events")
        time.sleep(7)  # two more looks, which find the same
    # Each with what it means on a line of its own.
    assert [line.startswith("    ") for line in lines] == [False, True] * 2
    assert lines[0].endswith("delivery  ERROR S3.AccessDenied: Access was denied. (arn:aws:s3:::bucket)\n")


def test_status_compares_what_flows_with_what_is_declared(place):
    stream, delivery = place.resource("raw-to-s3", "Stream"), place.resource("raw-to-s3", "Delivery")
    quiet = json.loads(place.pipec("status", "raw-to-s3.yaml", "--format", "json")[0])
    assert quiet["parts"][0]["readings"]["records_per_second"] is None
    place.measure(
        "AWS/Kinesis",
        {"Name": "StreamName", "Value": stream},
        IncomingRecords=3_720,
        IncomingBytes=60_000,
        WriteProvisionedThroughputExceeded=5,
    )
    place.measure(
        "AWS/Firehose", {"Name": "DeliveryStreamName", "Value": delivery}, DeliveryToS3__Records=3_000
    )
    place.client("cloudwatch").put_metric_alarm(
        AlarmName="throttled",
        Namespace="AWS/Kinesis",
        MetricName="WriteProvisionedThroughputExceeded",
        Dimensions=[{"Name": "StreamName", "Value": stream}],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )
    place.client("cloudwatch").set_alarm_state(AlarmName="throttled", StateValue="ALARM", StateReason="5 over 0")
    found = json.loads(place.pipec("status", "raw-to-s3.yaml", "--format", "json")[0])
    assert found["stack"]["status"] == "CREATE_COMPLETE"
    part = found["parts"][0]
    assert (part["resource"], part["readings"]["records_per_second"]) == (stream, 62)
    assert part["declared"]["records_per_second"] == 50
    assert part["readings"]["iterator_age_ms"] is None
    assert [(alarm["name"], alarm["resource"]) for alarm in found["alarms"]] == [("throttled", "Stream")]
    said, _ = place.pipec("status", "raw-to-s3.yaml")
    assert "62/s at peak in the last hour, declared 50" in said
    assert "! 62 records/s at peak, declared 50: over what it is sized for" in said
    assert "! writes were throttled" in said
    assert re.search(r"last delivery +\d{4}-.*Z, \d+ (s|min) ago", said)
    assert f"Delivery                   Firehose stream        {delivery}\n" in said


def test_status_counts_the_calls_of_the_transform(place):
    # The emulator counts the calls of Lambda's API, not those of its own Firehose.
    data = base64.b64encode(json.dumps(USER).encode()).decode()
    record = {"recordId": "1", "approximateArrivalTimestamp": 1, "data": data}
    event = {"invocationId": "1", "deliveryStreamArn": "arn", "region": REGION, "records": [record]}
    function = place.resource("user-data-lambda", "Transform")
    place.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))

    def calls():
        found = json.loads(place.pipec("status", "user-data-lambda.yaml", "--format", "json")[0])
        (part,) = [part for part in found["parts"] if part["part"] == "transform"]
        return part["readings"]["calls"] and part["readings"]

    readings = until(calls, "a call")
    assert (readings["calls"], readings["errors"], readings["throttles"]) == (1, 0, 0)


def test_a_stream_of_others_is_watched_by_its_name(place):
    kinesis, account = place.client("kinesis"), place.client("sts").get_caller_identity()["Account"]
    kinesis.create_stream(StreamName="team-orders", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="team-orders")
    (place.folder / "reader.yaml").write_text(f"""\
name: reader
region: {REGION}
stream:
  existing: arn:aws:kinesis:{REGION}:{account}:stream/team-orders
  record_size: 1 KiB
  records_per_second: 10
  capacity: {{shards: 1}}
delivery: {{s3: {{}}}}
alarms: {{}}
""")
    place.deploy("reader.yaml")
    kinesis.put_record(StreamName="team-orders", Data=b'{"n": 1}', PartitionKey="a")
    assert place.pipec("tail", "reader.yaml", "--from-beginning", "--no-follow")[0] == '{"n": 1}\n'
    bucket = place.resource("reader", "Bucket")
    until(lambda: place.client("s3").list_objects_v2(Bucket=bucket).get("Contents"), "an object")
    assert place.pipec("tail", "reader.yaml", "bucket", "--from-beginning", "--no-follow")[0] == '{"n": 1}\n'

    stream = {"Name": "StreamName", "Value": "team-orders"}
    place.measure("AWS/Kinesis", stream, IncomingRecords=1_200, WriteProvisionedThroughputExceeded=3)
    own = place.resource("reader", "StreamWriteThrottledAlarm")
    (alarm,) = place.client("cloudwatch").describe_alarms(AlarmNames=[own])["MetricAlarms"]
    assert alarm["Dimensions"] == [stream]
    place.client("cloudwatch").set_alarm_state(AlarmName=own, StateValue="ALARM", StateReason="3 over 0")
    found = json.loads(place.pipec("status", "reader.yaml", "--format", "json")[0])
    part = found["parts"][0]
    assert (part["part"], part["resource"]) == ("stream", "team-orders")
    assert (part["readings"]["records_per_second"], part["declared"]["records_per_second"]) == (20, 10)
    said, _ = place.pipec("status", "reader.yaml")
    assert "stream team-orders\n" in said and "! write_throttled of Stream" in said
    assert "20/s at peak in the last hour, declared 10" in said
    _, said = place.pipec("logs", "reader.yaml", "transform", code=2)
    assert "it has logs of delivery" in said
    place.pipec("destroy", "reader.yaml", "--yes")
    assert kinesis.describe_stream_summary(StreamName="team-orders")["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE"


def test_aws_that_does_not_answer_is_told(place):
    wrong = {**place.environment, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    done = subprocess.run(
        [PIPEC, "status", "raw-to-s3.yaml"], cwd=place.folder, env=wrong, capture_output=True, timeout=PATIENCE
    )
    assert done.returncode == 3 and b"PIPE1111" in done.stderr
