#!/usr/bin/env python3
"""The transform beside Node.js: records a second on one core, and what a call costs through Lambda's runtime API.

    python3 scripts/compare_transform.py

Needs Linux, Rust, Node.js 20 or newer, and cargo-lambda 1.9.2 for the emulator (`pip install --no-deps -r
tests/runtime/requirements.txt`; CARGO_LAMBDA names it where it is not in PATH). The zip is the one of `pipec build`;
with PIPEC_RUNTIME_DIR, its program is the one that is there.

Time is CPU time, user and system, as the kernel counts it, so that other programs on the machine disturb little.
The programs take turns, and each figure is the median of its turns.
"""

import base64
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE = ROOT / "scripts" / "compare"
sys.path.insert(0, str(ROOT / "tests" / "runtime"))
from emulated_lambda import Emulator, Function, Program  # noqa: E402

RECORDS, RECORD_BYTES = 500, 1024
TURNS = 5
SECONDS = 1.5  # of CPU time a turn, about
CALLS = 300
STARTS = 31
TARGET = "x86_64-unknown-linux-gnu"
PIPEC, GLUE, DECODE = "pipec", "Node.js, base64 glued (broken)", "Node.js, decoded and checked"
QUERY = "Node.js, decoded, parsed, filtered"


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        event = folder / "event.json"
        event.write_text(json.dumps(firehose_event(RECORDS), separators=(",", ":")))
        rates = records_per_second(repeaters(), event, folder)
        print(f"\n{RECORDS} records of 1 KB, from the event's bytes to the reply's, on one core\n")
        print(f"{'':34}{'records/s':>12}{'GB/s in':>10}{'pipec is':>10}")
        size = event.stat().st_size
        for name, rate in rates.items():
            print(f"{name:34}{rate:12,.0f}{rate / RECORDS * size / 1e9:10.2f}{rates[PIPEC] / rate:9.2f}x")

        queried = query_rates(folder)
        print(f"\nthe reference query on {RECORDS} random users of 1 KB, from the event's bytes to the reply's, on one core\n")
        for name, rate in queried.items():
            print(f"{name:34}{rate:12,.0f}{queried[PIPEC] / rate:19.2f}x")

        print(f"\nthrough Lambda's runtime API, emulated; {RECORDS} records of 1 KB a call\n")
        print(f"{'':34}{'CPU ms/call':>12}{'peak MiB':>10}{'start ms':>10}{'zip KB':>9}")
        costs = calls(functions(folder), event.read_bytes(), folder)
        for name, (cpu, peak, start, size) in costs.items():
            print(f"{name:34}{cpu:12.2f}{peak:10.1f}{start:10.1f}{size:9,}")
        ours = costs[PIPEC]
        print("\nbars")
        bar("records/s against glued Node.js", rates[PIPEC] / rates[GLUE], 5)
        bar("records/s against decoding Node.js", rates[PIPEC] / rates[DECODE], 15)
        bar("the query against Node.js", queried[PIPEC] / queried[QUERY], 4)
        bar("CPU a call against glued Node.js", costs[GLUE][0] / ours[0], 4)
        bar("CPU a call against decoding Node.js", costs[DECODE][0] / ours[0], 4)
        bar("peak MiB", ours[1], 16, most=True)
        bar("ms from process start to first answer", ours[2], 15, most=True)
        bar("zip KB", ours[3], 1500, most=True)


def bar(what, figure, limit, most=False):
    met = figure < limit if most else figure >= limit
    print(f"  {what:40}{figure:10.1f}  {'under' if most else 'at least'} {limit}: {'met' if met else 'MISSED'}")


def payload(n):
    """Text of about 1 KB, of all three lengths modulo 3."""
    text = b'{"user_id": 4711, "name": "Ada Lovelace", "country": "GB"}' * (RECORD_BYTES // 40)
    return text[: RECORD_BYTES - n % 3]


def firehose_event(count, payload=payload):
    """An event for a Kinesis source."""
    return {
        "invocationId": "5f6a3f0a-6b1d-4d40-9a3c-2f6f3b0f6a11",
        "sourceKinesisStreamArn": "arn:aws:kinesis:us-east-1:111122223333:stream/user-data",
        "deliveryStreamArn": "arn:aws:firehose:us-east-1:111122223333:deliverystream/user-data",
        "region": "us-east-1",
        "records": [
            {
                "recordId": f"49590338271490256608559692538361571095921575989136588898{n:020}",
                "approximateArrivalTimestamp": 1779000000000 + n,
                "kinesisRecordMetadata": {
                    "sequenceNumber": f"49590338271490256608559692540925702759324208523137515{n:03}",
                    "subsequenceNumber": 0,
                    "partitionKey": f"4d1ad2b9-24f8-4b9d-a088-76e9947c{n:04}",
                    "shardId": "shardId-000000000000",
                    "approximateArrivalTimestamp": 1779000000000 + n,
                },
                "data": base64.b64encode(payload(n)).decode(),
            }
            for n in range(count)
        ],
    }


def repeaters():
    """Name -> command that takes EVENT REPEATS [REPLY]."""
    build = ["cargo", "build", "--quiet", "--locked", "--profile", "runtime", "--target", TARGET]
    static = f'target.{TARGET}.rustflags=["-Ctarget-feature=+crt-static"]'
    target = ROOT / "target" / "compare"
    crate = ["-p", "pipec-transform", "--example", "repeat", "--target-dir", target, "--config", static]
    subprocess.run([*build, *crate], cwd=ROOT, check=True)
    program = target / TARGET / "runtime" / "examples" / "repeat"
    return {
        PIPEC: [program, "newline"],
        GLUE: ["node", NODE / "repeat.mjs", "glue"],
        DECODE: ["node", NODE / "repeat.mjs", "decode"],
        "a copy of the event's bytes": [program, "copy"],
    }


def records_per_second(commands, event, folder):
    """Name -> records for each second of CPU time."""
    replies = {}
    for name in (PIPEC, GLUE, DECODE):
        cpu_seconds([*commands[name], event, "1", folder / "reply"])
        replies[name] = json.loads((folder / "reply").read_bytes())
    assert replies[PIPEC] == replies[DECODE], "pipec and Node.js differ"
    broken = sum(a != b for a, b in zip(replies[GLUE]["records"], replies[DECODE]["records"]))
    print(f"glued: {broken} of {RECORDS} records of the reply are not the record and a newline")
    return rates_of(commands, event)


def query_rates(folder):
    """Name -> records of the reference query for each second of CPU time."""
    zipped, event = built("user-data-lambda"), folder / "users.json"
    program = folder / "transform.json"
    program.write_bytes(zipfile.ZipFile(zipped).read("transform.json"))
    event.write_text(json.dumps(firehose_event(RECORDS, user), separators=(",", ":")))
    ours = repeaters()[PIPEC][0]
    commands = {PIPEC: [ours, program], QUERY: ["node", NODE / "repeat.mjs", "query"]}
    replies = []
    for command in commands.values():
        cpu_seconds([*command, event, "1", folder / "reply"])
        records = json.loads((folder / "reply").read_bytes())["records"]
        rows = (json.loads(base64.b64decode(r["data"])) if r["result"] == "Ok" else r["result"] for r in records)
        replies.append(list(rows))
    assert replies[0] == replies[1], "pipec and Node.js differ"
    return rates_of(commands, event)


def user(n):
    """A random user, made up by counting; two thirds are of age."""
    digits = n * 2654435761 % 2**32
    name = {"title": "Ms", "first": f"Ada {n}", "last": "van der Berg-Featherstonehaugh"[: 4 + n % 24]}
    place = {"latitude": f"{n % 90}.{digits % 10_000:04}", "longitude": f"-{n % 180}.{digits // 7 % 10_000:04}"}
    record = {
        "gender": "female" if n % 2 else "male",
        "name": name,
        "location": {
            "street": {"number": n * 13 % 9000, "name": "Calle de Arganzuela"},
            "city": "São Paulo",
            "state": "Paraná",
            "country": "Brazil",
            "postcode": 10_000 + n * 7,
            "coordinates": place,
            "timezone": {"offset": "+5:30", "description": "Bombay, Calcutta, Madras, New Delhi"},
        },
        "email": f"ada.{n}@example.com",
        "dob": {"date": "1983-08-14T07:00:12.345Z", "age": 12 + n * 7 % 27},
        "registered": {"date": "2016-03-05T23:04:00.123Z", "age": n % 20},
        "phone": f"0{digits:010}",
        "id": {"name": "NINO", "value": f"{digits:x} {n}"},
        "picture": {
            size: f"https://randomuser.me/api/portraits/{size}/men/{n}.jpg" for size in ("large", "medium", "thumb")
        },
        "nat": "BR",
    }
    text = json.dumps(record | {"note": ""}, ensure_ascii=False, separators=(",", ":")).encode()
    return text.replace(b'"note":""', b'"note":"%s"' % (b"x" * (RECORD_BYTES - len(text))))


def rates_of(commands, event):
    """Name -> records for each second of CPU time."""
    # Some turns are too short to tell the work from the start of the program; how many are enough is found first.
    repeats = {}
    for name, command in commands.items():
        count = 10
        while cpu_seconds([*command, event, str(count)]) < SECONDS:
            count *= 2
        repeats[name] = count
    turns = {name: [] for name in commands}
    for _ in range(TURNS):
        for name, command in commands.items():
            work = cpu_seconds([*command, event, str(repeats[name])]) - cpu_seconds([*command, event, "0"])
            turns[name].append(RECORDS * repeats[name] / work)
    return {name: statistics.median(rates) for name, rates in turns.items()}


def cpu_seconds(command):
    """CPU time of a program, all its threads on one core."""
    core = max(os.sched_getaffinity(0))
    process = subprocess.Popen(command, preexec_fn=lambda: os.sched_setaffinity(0, {core}))
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def functions(folder):
    """Name -> zip of a function."""
    return {PIPEC: built("orders-archive"), GLUE: node_zip(folder, "glue"), DECODE: node_zip(folder, "decode")}


def built(example):
    """The transform's zip of an example."""
    out = ROOT / "target" / "compare" / "generated"
    build = ["cargo", "run", "--quiet", "--locked", "--bin", "pipec", "--", "build", f"examples/{example}.yaml"]
    subprocess.run([*build, "--out", out], cwd=ROOT, check=True, capture_output=True)
    manifest = out / example / "manifest.json"
    (ours,) = (a["file"] for a in json.loads(manifest.read_text())["artifacts"] if a["name"] == "transform")
    return manifest.parent / ours


def node_zip(folder, handler):
    files = {
        "bootstrap": f"#!/bin/sh\nexec node runtime.mjs {handler}\n",
        "runtime.mjs": (NODE / "runtime.mjs").read_text(),
        "handlers.mjs": (NODE / "handlers.mjs").read_text(),
    }
    path = folder / f"{handler}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o755 << 16
            archive.writestr(entry, content)
    return path


def calls(zips, event, folder):
    """Name -> CPU milliseconds of a call, peak MiB, milliseconds from start to first answer, size of the zip in KB."""
    costs = {}
    for n, (name, path) in enumerate(zips.items()):
        turns, peaks = [], []
        for turn in range(TURNS):
            cpu, peak = call_cost(path, event, fresh(folder, f"calls-{n}-{turn}"))
            turns.append(cpu)
            peaks.append(peak)
        start = start_time(path, fresh(folder, f"starts-{n}"))
        costs[name] = (statistics.median(turns), max(peaks), start, path.stat().st_size // 1000)
    return costs


def call_cost(path, event, folder):
    with Function(path, folder, environment={"PATH": os.environ["PATH"]}) as function:
        # Caches, and the compiler of Node.js, come to rest.
        for _ in range(50):
            function.invoke(event)
        before = process_seconds(function.pid)
        for _ in range(CALLS):
            function.invoke(event)
        after = process_seconds(function.pid)
        status = Path(f"/proc/{function.pid}/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
    return (after - before) / CALLS * 1000, peak / 1024


def process_seconds(pid):
    """CPU time of all threads of a process."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def start_time(path, folder):
    event = json.dumps(firehose_event(1)).encode()
    program, times = Program(path, folder, {"PATH": os.environ["PATH"]}, {}), []
    with Emulator(folder) as emulator:
        for _ in range(STARTS):
            started = time.perf_counter()
            program.start(emulator.runtime_api)
            answer = emulator.invoke(event)
            times.append(time.perf_counter() - started)
            program.stop()
            assert not answer.failed, answer
    return statistics.median(times) * 1000


def fresh(folder, name):
    path = folder / name
    path.mkdir()
    return path


if __name__ == "__main__":
    main()
