#!/usr/bin/env python3
"""Measures the producer on one core: records a second beside boto3's put_record, its pace, and its memory over time.

    python3 scripts/compare_producer.py [--minutes 10] [--pace-seconds 60] [--seconds 20] [--binary FILE]

The endpoint is `runtime/producer/examples/endpoint.rs`, on another core: it accepts everything, at once or after 20 ms.
Needs Linux with two cores and Rust; boto3 is installed into target/compare, as tests/requirements.txt pins it. Figures
of one machine compare with each other only.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = "x86_64-unknown-linux-gnu"
BUILT = ROOT / "target" / TARGET / "runtime"
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
PRODUCER_CORE, ENDPOINT_CORE = 0, 1
FASTEST = 500_000  # what the producer's configuration takes at most
RECORD = 1024
RATES = (0.5, 2, 333.3, 20_000)
# The loop of many a tutorial, without its sleep: one record a call, one call at a time.
LOOP = """
import boto3, json, os, random, string, time, uuid
kinesis = boto3.client("kinesis", region_name="us-east-1")
padding = "".join(random.choices(string.ascii_letters, k=960))
end = time.monotonic() + float(os.environ["SECONDS"])
while time.monotonic() < end:
    record = {"id": str(uuid.uuid4()), "padding": padding}
    kinesis.put_record(StreamName="s", Data=json.dumps(record), PartitionKey=record["id"])
"""


def build():
    """The program as build.rs makes it for AWS, and the endpoint."""
    flags = f'target.{TARGET}.rustflags=["-Ctarget-feature=+crt-static"]'
    command = ["cargo", "build", "--quiet", "--locked", "--profile", "runtime", "--target", TARGET, "--config", flags]
    command += ["-p", "pipec-producer", "--bin", "pipec-producer", "--example", "endpoint"]
    subprocess.run(command, cwd=ROOT, check=True)


def python_with_boto3():
    folder = ROOT / "target" / "compare"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        lines = (ROOT / "tests" / "requirements.txt").read_text().splitlines()
        pin = next(line for line in lines if line.startswith("boto3=="))
        subprocess.run([python, "-m", "pip", "install", "--quiet", pin], check=True)
    return python


class Endpoint:
    def __init__(self, process):
        self.address = f"http://127.0.0.1:{int(process.stdout.readline())}"

    def records(self):
        """What came so far, and when that was."""
        with urllib.request.urlopen(self.address) as answer:
            return json.load(answer)["records"], time.monotonic()


@contextmanager
def endpoint(latency_ms=0):
    command = ["taskset", "-c", str(ENDPOINT_CORE), BUILT / "examples" / "endpoint", str(latency_ms)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield Endpoint(process)
    finally:
        process.kill()
        process.wait()


@contextmanager
def client(command, to, **environment):
    """Runs what sends, on its core."""
    environment |= {
        "AWS_ENDPOINT_URL": to.address,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    command = ["taskset", "-c", str(PRODUCER_CORE), *command]
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


@contextmanager
def producer(binary, to, rate):
    fields = [
        {"path": "$.id", "value": {"text": {"max_length": 32}}},
        {"path": "$.name.first", "value": {"text": {"max_length": 16}}},
        {"path": "$.age", "value": {"integer": {"min": 18, "max": 99}}},
        {"path": "$.location.latitude", "value": {"number": {}}},
        {"path": "$.at", "value": {"timestamp": {}}},
    ]
    config = {
        "stream": "s",
        "region": "us-east-1",
        "records_per_second": rate,
        "partition_key": {"path": "$.id"},
        "source": {"generator": {"seed": 7, "record_size": RECORD, "fields": fields}},
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(json.dumps(config))
        file.flush()
        with client([binary, "--config", file.name], to) as pid:
            yield pid


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def resident_mib(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1024**2


def steady(to, pid, seconds):
    """Records a second, and records a CPU second, after the start."""
    time.sleep(2)
    cpu, (before, start) = cpu_seconds(pid), to.records()
    time.sleep(seconds)
    cpu, (after, end) = cpu_seconds(pid) - cpu, to.records()
    return (after - before) / (end - start), (after - before) / cpu


def compare(binary, seconds):
    print(f"{'records of 1 KiB, one core':<40} {'per second':>12} {'per CPU second':>15}")
    python = python_with_boto3()
    with endpoint() as to, client([python, "-c", LOOP], to, SECONDS=str(seconds + 10)) as pid:
        loop = steady(to, pid, seconds)
    print(f"{'boto3 put_record in a loop':<40} {loop[0]:>12,.0f} {loop[1]:>15,.0f}")
    for latency in (0, 20):
        with endpoint(latency) as to, producer(binary, to, FASTEST) as pid:
            figures = steady(to, pid, seconds)
        name = f"producer, answers after {latency} ms"
        print(f"{name:<40} {figures[0]:>12,.0f} {figures[1]:>15,.0f}  {figures[0] / loop[0]:.0f} times")


def pace(binary, seconds):
    print(f"\n{'pace over ' + str(seconds) + ' s, records/s':<40} {'measured':>12} {'error':>15}")
    for rate in RATES:
        with endpoint() as to, producer(binary, to, rate):
            # From the moment of one arrival to that of another: a slow pace has whole records only.
            first = last = wait_for_next(to)
            while last[1] - first[1] < seconds:
                last = wait_for_next(to)
        measured = (last[0] - first[0]) / (last[1] - first[1])
        print(f"{rate:<40,} {measured:>12,.3f} {abs(measured / rate - 1):>15.3%}")


def wait_for_next(to):
    """The moment at which more records come."""
    before, _ = to.records()
    while True:
        now, when = to.records()
        if now > before:
            return now, when
        time.sleep(0.001)


def memory(binary, minutes, rate):
    print(f"\n{f'memory at {rate:,} records/s':<40} {'records':>12} {'resident MiB':>15}")
    with endpoint(20) as to, producer(binary, to, rate) as pid:
        start = time.monotonic()
        for minute in range(minutes + 1):
            # The first figure is that of a producer that has begun.
            time.sleep(max(0, start + max(minute * 60, 5) - time.monotonic()))
            print(f"{f'after {minute} min':<40} {to.records()[0]:>12,} {resident_mib(pid):>15.1f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=20, help="of each throughput figure")
    parser.add_argument("--pace-seconds", type=int, default=60, help="of each pace; 0 leaves it out")
    parser.add_argument("--minutes", type=int, default=10, help="of the memory figures; 0 leaves them out")
    parser.add_argument("--memory-rate", type=int, default=20_000, help="records a second of the memory figures")
    parser.add_argument("--binary", type=Path, help="a producer that is built already")
    options = parser.parse_args()
    if (os.cpu_count() or 1) < 2:
        sys.exit("two cores are needed: one for the producer, one for the endpoint")
    build()
    binary = (options.binary or BUILT / "pipec-producer").resolve()
    if options.seconds:
        compare(binary, options.seconds)
    if options.pace_seconds:
        pace(binary, options.pace_seconds)
    if options.minutes:
        memory(binary, options.minutes, options.memory_rate)


if __name__ == "__main__":
    main()
