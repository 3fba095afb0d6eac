#!/usr/bin/env python3
"""Measures how many records a second of processor time the generated Flink SQL takes, by class of query.

    cargo build && python3 scripts/measure_flink.py [--records 3000000] [--pipec PATH] [CLASS ...]

Each class is a spec. Its SQL, as `pipec sql` prints it, runs on a real Flink of one slot, from a file of made-up records
into nothing. Counted are the records that the source has passed (the position in the file) and the processor time of
the whole process, from a third of the file to its end: the machine may be shared, and the first third warms the JVM up.
A record that costs 5 us is 200,000 records a second. Not in the figures: Kinesis on both sides, checkpoints, JSON of the
output. FLINK_LIB names the directory of Flink's jars if it is not in target/flink. Figures of one machine and one hour
compare with each other only.
"""

import argparse
import datetime
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
JAVA = ROOT / "tests" / "flink"
OPENED = ["java.lang", "java.util", "java.nio", "java.time", "sun.nio.ch"]
TICKS = os.sysconf("SC_CLK_TCK")
START = datetime.datetime(2026, 3, 2, 9, 0)
# Records of a second of event time.
RATE = 20_000

WINDOW = """SELECT "k", COUNT(*) AS n, AVG("x") AS mean FROM stream GROUP BY "k", STEP({time} BY INTERVAL '1' MINUTE)"""
SESSION = """SELECT "k", COUNT(*) AS n FROM TABLE(SESSION(TABLE stream, DESCRIPTOR("t"), INTERVAL '30' SECOND))
    GROUP BY window_start, window_end, "k\""""
OVER = """SELECT "k", AVG("x") OVER (PARTITION BY "k" ORDER BY "t" RANGE INTERVAL '1' MINUTE PRECEDING) AS mean FROM stream"""
JOIN = """SELECT a."k", a."x", b."y" FROM (SELECT * FROM stream WHERE "y" < 50) AS a
    JOIN (SELECT * FROM stream WHERE "y" >= 50) AS b
    ON a."k" = b."k" AND b."t" BETWEEN a."t" - INTERVAL '10' SECOND AND a."t\""""
FULL = JOIN.replace("JOIN (", "FULL JOIN (")
FILTER = """SELECT "k", "x", "y" FROM stream WHERE "y" > 50"""
ELEMENTS = """SELECT "k", "p" FROM stream"""
LAST = """SELECT "k", COUNT(*) AS n, LAST_VALUE("x") AS newest FROM stream GROUP BY "k", STEP(stream.ROWTIME BY INTERVAL '1' MINUTE)"""
CLOCK_SESSION = """SELECT "k", COUNT(*) AS n FROM TABLE(SESSION(TABLE stream PARTITION BY "k", DESCRIPTOR(ROWTIME), INTERVAL '30' SECOND))
    GROUP BY window_start, window_end, "k\""""


def text(at):
    return f'"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"'


def python(at):
    return f'"{at.isoformat()}+00:00"' if at.microsecond else f'"{at.isoformat()}.000000+00:00"'


def offset(at):
    return f'"{at + datetime.timedelta(hours=2):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}+02:00"'


def seconds(at):
    return f"{at.replace(tzinfo=datetime.timezone.utc).timestamp():.3f}"


def milliseconds(at):
    return f"{at.replace(tzinfo=datetime.timezone.utc).timestamp() * 1000:.0f}"


# Class: the query, the type of the time, its spelling, the event time, bytes of a record, keys, and what to divide the
# number of records by, since some classes are slow. What the name begins with may change the rest: a reader of CSV, and
# with faults the columns as texts, or the second reader alone.
CLASSES = {
    "stateless, 2 KiB": (FILTER, "TIMESTAMP", text, "", 2048, 1000, 3),
    "stateless": (FILTER, "TIMESTAMP", text, "", 250, 1000, 1),
    "array elements, 5 of each": (ELEMENTS, "TIMESTAMP", text, "", 500, 1000, 3),
    "window of ROWTIME": (WINDOW.format(time="stream.ROWTIME"), "TIMESTAMP", text, "", 250, 1000, 1),
    "window, toISOString": (WINDOW.format(time='"t"'), "TIMESTAMP", text, "{column: t}", 250, 1000, 1),
    "window, isoformat": (WINDOW.format(time='"t"'), "TIMESTAMP", python, "{column: t}", 250, 1000, 1),
    "window, offset": (WINDOW.format(time='"t"'), "TIMESTAMP", offset, "{column: t}", 250, 1000, 1),
    "window, epoch s": (WINDOW.format(time='"t"'), "TIMESTAMP, as: epoch_s", seconds, "{column: t}", 250, 1000, 1),
    "window, epoch ms": (WINDOW.format(time='"t"'), "TIMESTAMP, as: epoch_ms", milliseconds, "{column: t}", 250, 1000, 1),
    "csv, stateless": (FILTER, "TIMESTAMP", text, "", 250, 1000, 1),
    "faults, stateless": (FILTER, "TIMESTAMP", text, "", 250, 1000, 1),
    "second reader": (FILTER, "TIMESTAMP", text, "", 250, 1000, 1),
    "second reader, 2 KiB": (FILTER, "TIMESTAMP", text, "", 2048, 1000, 3),
    "csv, second reader": (FILTER, "TIMESTAMP", text, "", 250, 1000, 1),
    "csv, second reader, 2 KiB": (FILTER, "TIMESTAMP", text, "", 2048, 1000, 3),
    "last of a window": (LAST, "TIMESTAMP", text, "", 250, 1000, 1),
    "session of ROWTIME, 1,000 keys": (CLOCK_SESSION, "TIMESTAMP", text, "", 250, 1000, 2),
    "full join within 10 s, 100,000 keys": (FULL, "TIMESTAMP", text, "{column: t}", 250, 100_000, 6),
    "window, 1,000,000 keys": (WINDOW.format(time='"t"'), "TIMESTAMP", text, "{column: t}", 250, 1_000_000, 1),
    "session, 1,000,000 keys": (SESSION, "TIMESTAMP", text, "{column: t}", 250, 1_000_000, 3),
    "join within 10 s, 100,000 keys": (JOIN, "TIMESTAMP", text, "{column: t}", 250, 100_000, 6),
    "OVER a minute, 100,000 keys": (OVER, "TIMESTAMP", text, "{column: t}", 250, 100_000, 6),
    "OVER a minute, 1,000 keys": (OVER, "TIMESTAMP", text, "{column: t}", 250, 1000, 12),
}


def spec(query, data_type, event_time, elements, name):
    """A spec whose columns are those of the records."""
    event = f"  event_time: {event_time}\n" if event_time else ""
    price = '    p: {type: DOUBLE, path: "$.items[0:].p"}\n' if elements else ""
    record_format = "csv" if name.startswith("csv") else "json"
    errors = "  errors: stream\n" if "faults" in name or "second reader" in name else ""
    lines = "".join(f"    {line}\n" for line in query.split("\n"))
    return (
        "name: measured\nstream: {record_size: 2 KiB, records_per_second: 100}\n"
        f"records:\n  format: {record_format}\n{event}  columns:\n    k: {{type: VARCHAR(16)}}\n    x: {{type: DOUBLE}}\n"
        f"    y: {{type: INTEGER}}\n    t: {{type: {data_type}}}\n{price}"
        f"analytics:\n  runtime: flink\n{errors}  sql: |\n{lines}delivery: {{s3: {{}}}}\n"
    )


def write_records(path, count, spelling, size, keys, elements, csv):
    """Records of one size, in the order of their times; keys are uniform."""
    numbers = random.Random(1)
    items = ",".join(f'{{"p": {price}.5}}' for price in range(5))
    array = f', "items": [{items}]' if elements else ""
    with open(path, "w", encoding="ascii", buffering=1 << 20) as file:
        for start in range(0, count, RATE // 1000):
            time_of_records = spelling(START + datetime.timedelta(milliseconds=start * 1000 // RATE))
            for _ in range(min(RATE // 1000, count - start)):
                if csv:
                    record = f"k{numbers.randrange(keys):07},{numbers.random():.4f},{numbers.randrange(10, 100)},{time_of_records},"
                    file.write(record.ljust(size - 1) + "\n")
                    continue
                record = (
                    f'{{"k": "k{numbers.randrange(keys):07}", "x": {numbers.random():.4f}, '
                    f'"y": {numbers.randrange(10, 100)}, "t": {time_of_records}{array}, "pad": "'
                )
                file.write(record.ljust(size - 3, "x") + '"}\n')


def reading(sql, name):
    """The statements of one of the two readers of a query with faults."""
    if "faults" not in name and "second reader" not in name:
        return sql
    statements = sql.split(";\n\n")
    of_bytes = [statement for statement in statements if "`pipec_bytes`" in statement]
    sinks = [statement for statement in statements if "CREATE TEMPORARY TABLE `ERROR_STREAM`" in statement]
    kept = sinks + of_bytes if "second reader" in name else [one for one in statements if one not in of_bytes]
    return ";\n\n".join(statement for statement in kept if statement.strip()) + ";\n\n"


def on_file(sql, records):
    """The SQL with its source in a file and its sink nowhere; nothing else is changed."""
    sql = re.sub(r"'connector' = 'kinesis',\n  'stream.arn' = '\$\{output[^}]*\}',\n  'aws.region' = '[^']*',\n(  'sink[^\n]*\n)*"
                 r"  'format' = 'json',\n  'json.encode[^\n]*\n  'json.timestamp[^\n]*\n", "'connector' = 'blackhole'\n", sql)
    sql = sql.replace("'connector' = 'kinesis'", "'connector' = 'filesystem'")
    sql = sql.replace("'stream.arn' = '${input.stream.arn}'", f"'path' = '{records}'")
    return re.sub(r"\n  '(aws\.region|source\.init\.[a-z.]+)' = '[^']*',", "", sql)


def passed(process, records):
    """Bytes of the file that the process has read, and the seconds of processor time that it took."""
    position = 0
    for entry in Path(f"/proc/{process.pid}/fd").iterdir():
        try:
            if os.readlink(entry) == str(records):
                information = Path(f"/proc/{process.pid}/fdinfo/{entry.name}").read_text(encoding="ascii")
                position = int(re.search(r"pos:\s*(\d+)", information).group(1))
        except OSError:
            continue
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return position, (int(fields[11]) + int(fields[12])) / TICKS


def measure(job, options, classes, lib, records):
    """Records a second of processor time, from a third of the file to its end."""
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED]
    command = ["java", "-Xmx1500m", "-XX:+UseG1GC", *opened, "-Dlog4j2.level=ERROR"]
    command += ["-cp", os.pathsep.join([str(classes), os.path.join(lib, "*")]), "RunPipeline", str(options), str(job)]
    size, begun, last = records.stat().st_size, None, None
    with open(job.with_suffix(".log"), "wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        while process.poll() is None:
            time.sleep(0.1)
            try:
                position, seconds_used = passed(process, records)
            except (FileNotFoundError, ProcessLookupError):
                break
            if position >= size // 3:
                begun = begun or (position, seconds_used)
                last = (position, seconds_used)
        process.wait()
    fault = Path(f"{job}.fault")
    if process.returncode or fault.exists() or not begun or last[0] <= begun[0]:
        sys.exit(fault.read_text(encoding="utf-8") if fault.exists() else f"Flink failed, see {job.with_suffix('.log')}")
    return (last[0] - begun[0]) / (last[1] - begun[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=3_000_000)
    parser.add_argument("--pipec", default=str(ROOT / "target" / "debug" / "pipec"))
    parser.add_argument("--state", choices=["rocksdb", "hashmap"], default="rocksdb")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="one more of Flink's options")
    parser.add_argument("classes", nargs="*", metavar="CLASS", help="the beginning of a class's name")
    chosen = parser.parse_args()
    found = [str(path) for path in (ROOT / "target" / "flink").glob("lib/python3*/site-packages/pyflink/lib")]
    lib = os.environ.get("FLINK_LIB") or (found[0] if found else sys.exit("set FLINK_LIB to the directory of Flink's jars"))
    print(f"{'':<34} {'bytes':>6} {'records/s':>10} {'us/record':>10}", flush=True)
    with tempfile.TemporaryDirectory(prefix="measure-flink-") as folder:
        folder = Path(folder)
        classes = folder / "classes"
        programs = [str(JAVA / f"{name}.java") for name in ("RunPipeline", "PlanPipeline", "PythonForests")]
        # PythonForests registers functions in Python, which no class calls.
        python = [str(jar) for jar in (Path(lib).parent / "opt").glob("flink-python-*.jar")]
        path = os.pathsep.join([os.path.join(lib, "*"), *python])
        subprocess.run(["javac", "-cp", path, "-d", str(classes), *programs], check=True)
        options = folder / "options"
        settings = ["table.local-time-zone=UTC", "table.exec.source.idle-timeout=30 s", "parallelism.default=1"]
        settings += [f"state.backend.type={chosen.state}", "restart-strategy.type=none", *chosen.option]
        options.write_text("".join(f"{setting}\n" for setting in settings), encoding="utf-8")
        for name, (query, data_type, spelling, event_time, size, keys, divisor) in CLASSES.items():
            if chosen.classes and not any(name.startswith(start) for start in chosen.classes):
                continue
            elements = query == ELEMENTS
            records = folder / "records.jsonl"
            write_records(records, chosen.records // divisor, spelling, size, keys, elements, name.startswith("csv"))
            (folder / "spec.yaml").write_text(spec(query, data_type, event_time, elements, name), encoding="utf-8")
            printed = subprocess.run([chosen.pipec, "sql", "spec.yaml"], cwd=folder, stdout=subprocess.PIPE, check=True, text=True)
            job = folder / f"{len(name)}.sql"
            job.write_text(on_file(reading(printed.stdout, name), records), encoding="utf-8")
            rate = measure(job, options, classes, lib, records) / size
            print(f"{name:<34} {size:>6} {rate:>10,.0f} {1e6 / rate:>10.1f}", flush=True)


if __name__ == "__main__":
    main()
