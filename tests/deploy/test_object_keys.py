"""The keys of `pipec simulate` are those that an emulator of Firehose gives objects of the same time."""

import os
import re
import subprocess
import time

import pytest
from ministack.services import firehose

# 2026-03-09T08:07:06Z
TIME = 1_773_043_626
PREFIXES = [
    "",
    "orders/",
    "orders/!{timestamp:yyyy/MM/dd}/",
    "year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/",
    "!{timestamp:'year='yyyy'/minute='mm}/",
    "!{timestamp:yyyy-DDD}/!{timestamp:d-M-yy}/",
    "!{timestamp:MMM-MMMM}/",
    "!{firehose:random-string}/!{timestamp:HH}/",
]
RANDOM = re.compile(r"^[0-9a-f]{11}/")


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("extension", ["", ".jsonl"])
def test_keys_are_those_of_the_emulator(tmp_path, prefix, extension):
    spec = tmp_path / "orders.yaml"
    own = f', file_extension: "{extension}"' if extension else ""
    spec.write_text(
        "name: orders\nstream: {record_size: 1 KiB, records_per_second: 10}\n"
        f'delivery: {{s3: {{prefix: "{prefix}"{own}}}}}\n',
        encoding="utf-8",
    )
    (tmp_path / "orders.jsonl").write_text('{"id": 1}\n', encoding="utf-8")
    command = [os.environ["PIPEC"], "simulate", "orders.yaml", "--input", "orders.jsonl", "--out", "objects"]
    subprocess.run([*command, "--start", str(TIME)], cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    folder = tmp_path / "objects" / "orders-bucket"
    [key] = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    moment = time.gmtime(TIME)
    written = firehose._java_time("yyyy-MM-dd-HH-mm-ss", moment)
    expected = f"{firehose._evaluate_prefix(prefix, moment)}orders-Delivery-1-{written}-"
    uuid = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}" + re.escape(extension) + "$")
    assert uuid.search(key), key
    assert RANDOM.sub("random/", uuid.sub("", key)) == RANDOM.sub("random/", expected)
