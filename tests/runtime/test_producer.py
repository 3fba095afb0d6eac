"""The packed producer against a Kinesis emulator behind shard limits and a proxy that injects faults.

Each record has a number and a key. Every number has to arrive, and the first arrivals of a key in the order of their
numbers. A number may arrive twice only where an answer was lost on the way.
"""

import json
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "judges"))
from emulated_aws import REGION, clients, emulated_aws  # noqa: E402
from producing import Faults, Producer, rule, total  # noqa: E402
from shard_limits import FAILED, THROTTLED, ShardLimits  # noqa: E402

OUTAGE = 60  # seconds that an endpoint is gone


@pytest.fixture(scope="session")
def kinesis(tmp_path_factory):
    with emulated_aws(tmp_path_factory.mktemp("kinesis")) as address:
        yield address


@pytest.fixture(scope="session")
def client(kinesis):
    return clients(kinesis, retries={"total_max_attempts": 5})


class Run(Producer):
    """A stream, the records for it, and the producer that sends them."""

    def __init__(self, client, program, folder, name, records, keys, rate, shards=1, padding=0, **config):
        self.client, self.name, self.folder = client, name, folder
        self.numbers = range(records)
        client("kinesis").create_stream(StreamName=name, ShardCount=shards)
        client("kinesis").get_waiter("stream_exists").wait(StreamName=name)
        self.key = {n: f"key-{n * 7919 % keys}" for n in self.numbers}
        lines = ({"n": n, "key": self.key[n], "padding": "x" * padding} for n in self.numbers)
        source = folder / f"{name}.jsonl"
        source.write_text("\n".join(map(json.dumps, lines)))
        self.config = folder / f"{name}.json"
        self.config.write_text(
            json.dumps(
                {
                    "stream": name,
                    "region": REGION,
                    "records_per_second": rate,
                    "partition_key": {"path": "$.key"},
                    "source": {"file": {"path": str(source), "repeat": False}},
                    **config,
                }
            )
        )
        self.command = [program, "--config", self.config, "--instance", f"i-{name}"]

    def arrived(self):
        """The numbers that each shard holds, in its order."""
        kinesis, found = self.client("kinesis"), []
        for shard in kinesis.list_shards(StreamName=self.name)["Shards"]:
            iterator = kinesis.get_shard_iterator(
                StreamName=self.name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            records = []
            while True:
                page = kinesis.get_records(ShardIterator=iterator, Limit=10_000)
                if not page["Records"]:
                    break
                records += page["Records"]
                iterator = page["NextShardIterator"]
            sequence = [int(record["SequenceNumber"]) for record in records]
            assert sequence == sorted(sequence)
            data = [json.loads(record["Data"]) for record in records]
            assert [r["PartitionKey"] for r in records] == [self.key[d["n"]] for d in data]
            found.append([d["n"] for d in data])
        return found

    def check(self, duplicates=False):
        """Holds what arrived against what was to be sent; gives how many arrived more than once."""
        shards = self.arrived()
        arrived = [number for numbers in shards for number in numbers]
        assert sorted(set(arrived)) == list(self.numbers), "a record is lost"
        for numbers in shards:
            first = dict.fromkeys(numbers)  # in order of arrival, each number once
            by_key = defaultdict(list)
            for number in first:
                by_key[self.key[number]].append(number)
            assert all(sent == sorted(sent) for sent in by_key.values()), "a key is out of order"
        twice = len(arrived) - len(self.numbers)
        assert duplicates or twice == 0, f"{twice} records came twice"
        return twice


@pytest.fixture(scope="session")
def make(client, program, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    return lambda *args, **options: Run(client, program, folder, *args, **options)


@pytest.fixture(scope="session")
def outage(make, kinesis, tmp_path_factory):
    """A minute without an endpoint, beside the other tests. Gives a function that waits for its end."""
    run = make("outage", 300, keys=50, rate=20)
    result = {}

    def work(limits, faults):
        with faults.server():
            run.start(faults.address)
            time.sleep(5)
        result["gone"] = time.monotonic()
        time.sleep(OUTAGE)
        result["back"] = time.monotonic()
        with faults.server():
            result["end"] = run.end()
        result["calls"] = limits.calls

    with ShardLimits(kinesis) as limits:
        faults = Faults(limits.address, tmp_path_factory.mktemp("outage"))
        thread = threading.Thread(target=work, args=(limits, faults))
        thread.start()

        def wait():
            thread.join()
            return run, result

        yield wait
        thread.join()


@pytest.fixture(scope="session")
def last_words(make, kinesis):
    """A producer that is told to stop while nothing can be sent, beside the other tests."""
    with ShardLimits(kinesis) as limits:
        run = make("last-words", 300, keys=300, rate=10).start(limits.address)

        def work():
            while not limits.calls:
                time.sleep(0.1)
            limits.denied = True
            time.sleep(3)
            run.process.terminate()

        thread = threading.Thread(target=work)
        thread.start()
        yield run
        thread.join()


@pytest.fixture(autouse=True)
def slow_ones(outage, last_words):
    """Under way before the first test."""


def test_shard_limits(make, kinesis, client):
    """Twice as many as the shards take: the rest is sent again until it is taken, and nothing else is."""
    group = "/pipec/limits/producer"
    client("logs").create_log_group(logGroupName=group)
    run = make("limits", 9000, keys=1500, rate=4000, shards=2, log={"group": group})
    with ShardLimits(kinesis, failures=1) as limits:
        code, lines = run.start(limits.address).end()
    assert (code, run.check()) == (0, 0)
    assert limits.refused[THROTTLED] > 100 and limits.refused[FAILED] > 10, limits.refused
    counts = total(lines)
    assert (counts["RecordsSent"], counts["RecordsFailed"]) == (9000, 0)
    assert counts["RecordsRetried"] == sum(limits.refused.values())
    # The same lines are in CloudWatch Logs, and the metrics of all of them add up.
    events = client("logs").get_log_events(logGroupName=group, logStreamName="i-limits", startFromHead=True)["events"]
    published = [json.loads(event["message"]) for event in events]
    assert published == lines
    metrics = [line for line in published if "_aws" in line]
    directive = metrics[0]["_aws"]["CloudWatchMetrics"][0]
    assert (directive["Namespace"], directive["Dimensions"]) == ("pipec", [["Stream"]])
    assert metrics[0]["Stream"] == "limits"
    for metric in directive["Metrics"]:
        assert sum(line[metric["Name"]] for line in metrics) == counts[metric["Name"]]


def test_large_records(make, kinesis):
    """Bytes bind before records do."""
    run = make("large", 150, keys=150, rate=500, padding=40_000)
    with ShardLimits(kinesis) as limits:
        code, _ = run.start(limits.address).end()
    assert (code, run.check()) == (0, 0)
    assert limits.refused[THROTTLED] > 0


def test_faults(make, kinesis, tmp_path):
    """Calls that fail as a whole, before the records were accepted and after."""
    run = make("faults", 6000, keys=1000, rate=600, shards=2)
    with ShardLimits(kinesis, failures=1) as limits:
        faults = Faults(
            limits.address,
            tmp_path,
            [
                rule(1, 11, error={"code": "InternalFailure", "status": 500}),
                rule(1, 7, error={"code": "ProvisionedThroughputExceededException"}),
                rule(2, 9, error={"code": "ServiceUnavailable", "status": 503}),
                rule(1, 5, reset=True),
                rule(1, 6, response={"abort_frac": 0.3}),
            ],
        )
        with faults.server():
            code, lines = run.start(faults.address).end()
            fired = faults.fired()
    twice = run.check(duplicates=True)
    assert code == 0 and total(lines)["RecordsFailed"] == 0
    assert twice > 0, "no answer was lost"
    assert len(fired) == 5 and all(times > 1 for times in fired.values()), fired


def test_says_what_it_could_not_send(last_words):
    code, lines = last_words.end()
    assert code == 1
    last = lines[-1]
    assert last["level"] == "ERROR" and "records could not be sent before the shutdown" in last["message"]
    assert "AccessDeniedException" in last["message"]
    unsent = int(last["message"].split()[0])
    assert unsent > 0 and total(lines)["RecordsFailed"] == unsent
    sent = [number for numbers in last_words.arrived() for number in numbers]
    assert sorted(sent) == list(range(total(lines)["RecordsSent"]))


def test_a_minute_without_the_stream(outage):
    run, result = outage()
    code, lines = result["end"]
    assert code == 0
    run.check(duplicates=True)
    assert any(line["level"] == "WARN" and line["message"] == "trouble" for line in lines)
    during = [call for call in result["calls"] if result["gone"] + 1 < call < result["back"]]
    assert during == [], "the stream was there"
    assert any(call > result["back"] for call in result["calls"])
