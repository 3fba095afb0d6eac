"""`pipec discover --stream` on the emulator's Kinesis. PIPEC names the program."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "judges"))
from emulated_aws import REGION, clients, emulated_aws  # noqa: E402

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@pytest.fixture(scope="module")
def kinesis(tmp_path_factory):
    """The emulator's address, with a stream `users` of two shards and a stream `quiet` without records."""
    with emulated_aws(tmp_path_factory.mktemp("emulator")) as address:
        api = clients(address)("kinesis")
        api.create_stream(StreamName="quiet", ShardCount=1)
        api.create_stream(StreamName="users", ShardCount=2)
        api.get_waiter("stream_exists").wait(StreamName="users")
        records = [{"name": {"first": f"user-{n}"}, "age": n} for n in range(40)]
        put = [{"Data": json.dumps(r).encode(), "PartitionKey": str(r["age"])} for r in records]
        assert api.put_records(StreamName="users", Records=put)["FailedRecordCount"] == 0
        yield address


def discover(address, folder, *arguments):
    environment = {"AWS_ENDPOINT_URL": address, "HOME": str(folder), "AWS_EC2_METADATA_DISABLED": "true", **CREDENTIALS}
    command = [os.environ["PIPEC"], "discover", "--region", REGION, *arguments]
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=120)


def test_the_columns_of_a_stream(kinesis, tmp_path):
    run = discover(kinesis, tmp_path, "--stream", "users", "--format", "json")
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["records"] == 40
    assert [(c["name"], c["type"], c["path"]) for c in found["columns"]] == [
        ("first", "VARCHAR(16)", "$.name.first"),
        ("age", "INTEGER", "$.age"),
    ]


def test_a_stream_without_records(kinesis, tmp_path):
    run = discover(kinesis, tmp_path, "--stream", "quiet")
    assert run.returncode == 1 and "quiet" in run.stderr and "no record" in run.stderr


def test_a_stream_that_is_not_there(kinesis, tmp_path):
    run = discover(kinesis, tmp_path, "--stream", "missing")
    assert run.returncode == 3
    assert "stream `missing`: kinesis:ListShards: ResourceNotFoundException" in run.stderr
    assert "help: check the name" in run.stderr
