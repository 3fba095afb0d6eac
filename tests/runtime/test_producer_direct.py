"""The packed producer against an emulator of Firehose behind its quota and a proxy that injects faults.

Each record has a number, and every number has to arrive. A number may arrive twice only where an answer was lost on the
way. There is no order: Firehose has no keys.
"""

import json
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "judges"))
from emulated_aws import REGION, clients  # noqa: E402
from firehose_quota import CALL_BYTES, CALL_RECORDS, THROTTLED, FirehoseQuota  # noqa: E402
from producing import Faults, Producer, free_port, rule, server, total  # noqa: E402
from shard_limits import FAILED  # noqa: E402

BUCKET = "delivered"


@pytest.fixture(scope="session")
def firehose(tmp_path_factory):
    """moto: an object for each call, at once."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with server(command, f"{address}/moto-api/", tmp_path_factory.mktemp("firehose") / "moto.log"):
        yield address


@pytest.fixture(scope="session")
def client(firehose):
    of = clients(firehose, retries={"total_max_attempts": 5})
    of("s3").create_bucket(Bucket=BUCKET)
    return of


class Run(Producer):
    """A Firehose stream, the records for it, and the producer that sends them."""

    def __init__(self, client, program, folder, name, records, rate, padding=0, **config):
        self.client, self.name, self.folder = client, name, folder
        self.numbers = range(records)
        destination = {
            "RoleARN": "arn:aws:iam::123456789012:role/delivery",
            "BucketARN": f"arn:aws:s3:::{BUCKET}",
            "Prefix": f"{name}/",
        }
        client("firehose").create_delivery_stream(
            DeliveryStreamName=name, ExtendedS3DestinationConfiguration=destination
        )
        source = folder / f"{name}.jsonl"
        source.write_text("\n".join(json.dumps({"n": n, "padding": "x" * padding}) for n in self.numbers))
        file = {"path": str(source), "repeat": False}
        config = {
            "delivery": {"name": name, "endpoint": f"https://firehose.{REGION}.amazonaws.com"},
            "region": REGION,
            "records_per_second": rate,
            "source": {"file": file},
            **config,
        }
        path = folder / f"{name}.json"
        path.write_text(json.dumps(config))
        self.command = [program, "--config", path, "--instance", f"i-{name}"]

    def arrived(self):
        """How often each number is in the bucket."""
        s3, found, decoder = self.client("s3"), Counter(), json.JSONDecoder()
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"{self.name}/"):
            for entry in page.get("Contents", ()):
                # moto appends no newline to a record.
                text, at = s3.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read().decode(), 0
                while at < len(text):
                    record, at = decoder.raw_decode(text, at)
                    found[record["n"]] += 1
        return found

    def check(self, duplicates=False):
        """Holds what arrived against what was to be sent; gives how many arrived more than once."""
        arrived = self.arrived()
        assert set(arrived) == set(self.numbers), "a record is lost"
        twice = arrived.total() - len(self.numbers)
        assert duplicates or twice == 0, f"{twice} records came twice"
        return twice


@pytest.fixture(scope="session")
def make(client, program, tmp_path_factory):
    folder = tmp_path_factory.mktemp("direct")
    return lambda *args, **options: Run(client, program, folder, *args, **options)


def test_quota(make, firehose):
    """Three times the bytes of the quota: the rest is sent again until it is taken, and nothing else is."""
    run = make("quota", 6000, rate=3000, padding=1000)
    with FirehoseQuota(firehose, failures=1) as limits:
        began = time.monotonic()
        code, lines = run.start(limits.address).end()
        took = time.monotonic() - began
    assert (code, run.check()) == (0, 0)
    assert limits.refused[THROTTLED] > 100 and limits.refused[FAILED] > 10, limits.refused
    counts = total(lines)
    assert (counts["RecordsSent"], counts["RecordsFailed"]) == (6000, 0)
    assert counts["RecordsRetried"] == sum(limits.refused.values())
    # One second's worth is in the bucket at the start.
    assert took > counts["BytesSent"] / (1024 * 1024) - 1
    metrics = [line for line in lines if "_aws" in line]
    assert {line["Stream"] for line in metrics} == {"quota"}
    assert sum(line["RecordsSent"] for line in metrics) == 6000


def test_quota_of_records(make, firehose):
    """Small records: their number binds."""
    run = make("records", 4000, rate=4000)
    with FirehoseQuota(firehose, quota=(1000, 1024 * 1024, 1000)) as limits:
        code, _ = run.start(limits.address).end()
    assert (code, run.check()) == (0, 0)
    assert limits.refused[THROTTLED] > 0


def test_quota_of_calls(make, firehose):
    """A call that is refused as a whole counts as no call of the source: it comes again."""
    run = make("calls", 600, rate=200)
    with FirehoseQuota(firehose, quota=(100_000, 1024 * 1024, 2)) as limits:
        code, lines = run.start(limits.address).end()
    assert (code, run.check()) == (0, 0)
    assert limits.refused_calls > 0 and total(lines)["RecordsFailed"] == 0


def test_limits_of_a_call(make, firehose):
    """Large records fill a call to its bytes, small ones to its records, and neither passes them."""
    large = make("large", 150, rate=500, padding=40_000)
    with FirehoseQuota(firehose, quota=(100_000, 64 * 1024 * 1024, 1000)) as limits:
        code, _ = large.start(limits.address).end()
    assert (code, large.check()) == (0, 0)
    fullest = max(size for _, size in limits.sizes)
    assert 0.9 * CALL_BYTES < fullest <= CALL_BYTES
    small = make("small", 5000, rate=20_000)
    with FirehoseQuota(firehose) as limits:
        code, _ = small.start(limits.address).end()
    assert (code, small.check()) == (0, 0)
    assert max(records for records, _ in limits.sizes) == CALL_RECORDS


def test_the_largest_record(make, firehose):
    """1,000 KiB of data are a record, and a byte more is none."""
    bare = len(json.dumps({"n": 0, "padding": ""}))
    run = make("largest", 1, rate=1, padding=1_000 * 1024 - bare)
    more = make("too-large", 1, rate=1, padding=1_000 * 1024 - bare + 1)
    with FirehoseQuota(firehose) as limits:
        code, _ = run.start(limits.address).end()
        assert (code, run.check()) == (0, 0)
        code, lines = more.start(limits.address).end()
    assert code == 1 and total(lines)["RecordsTooLarge"] == 1
    assert not more.arrived()


def test_faults(make, firehose, tmp_path):
    """Calls that fail as a whole, before the records were accepted and after."""
    run = make("faults", 6000, rate=600)
    call = {"service": "firehose", "operation": "PutRecordBatch"}
    with FirehoseQuota(firehose, failures=1) as limits:
        faults = Faults(
            limits.address,
            tmp_path,
            [
                rule(1, 11, **call, error={"code": "InternalFailure", "status": 500}),
                rule(1, 7, **call, error={"code": "ThrottlingException"}),
                rule(2, 9, **call, error={"code": "ServiceUnavailableException", "status": 503}),
                rule(1, 5, **call, reset=True),
                rule(1, 6, **call, response={"abort_frac": 0.3}),
            ],
        )
        with faults.server():
            code, lines = run.start(faults.address).end()
            fired = faults.fired()
    twice = run.check(duplicates=True)
    assert code == 0 and total(lines)["RecordsFailed"] == 0
    assert twice > 0, "no answer was lost"
    assert len(fired) == 5 and all(times > 1 for times in fired.values()), fired


def test_reports_what_it_could_not_send(make, firehose):
    """A producer that is told to stop while nothing can be sent."""
    run = make("last-words", 300, rate=10)
    with FirehoseQuota(firehose) as limits:
        run.start(limits.address)

        def work():
            while not limits.calls:
                time.sleep(0.1)
            limits.denied = True
            time.sleep(3)
            run.process.terminate()

        thread = threading.Thread(target=work)
        thread.start()
        code, lines = run.end()
        thread.join()
    assert code == 1
    last = lines[-1]
    assert last["level"] == "ERROR" and "records could not be sent before the shutdown" in last["message"]
    assert "AccessDeniedException" in last["message"]
    unsent = int(last["message"].split()[0])
    assert unsent > 0 and total(lines)["RecordsFailed"] == unsent
    assert run.arrived() == Counter(range(total(lines)["RecordsSent"]))
