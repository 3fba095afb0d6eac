"""A changed job finds its position in the stream if Flink gives its source the same id: on a real Flink, with savepoints.
And which ids Flink gives the sources of the cases, from which tests/sql/source_ids.rs verifies pipec's rule.

`PIPEC_BLESS=1 pytest tests/flink/test_positions.py` writes the list of ids anew."""

import hashlib
import json
import os
import re
import subprocess

import pytest
import test_flink

IDS = test_flink.ROOT / "tests" / "sql" / "source_ids.txt"
ID_CHARS = 8
SECONDS = 300

# The SQL that pipec generates for the reference pipeline, and what is changed in it.
GENERATED = test_flink.ROOT / "generated" / "user-data" / "pipeline.sql"
OUTPUT = "DESTINATION_USER_DATA"
OTHER = "MINORS"


def changed(sql, old, new):
    assert old in sql
    return sql.replace(old, new)


def with_another_output(sql):
    table = re.search(rf"CREATE TEMPORARY TABLE `{OUTPUT}` .*?;\n\n", sql, re.S).group()
    insert = sql[sql.index("INSERT INTO") :]
    return sql + (table + insert).replace(OUTPUT, OTHER).replace(">= 21", "< 30")


CHANGES = {
    "nothing": (lambda sql: sql, 1, True),
    "parallelism": (lambda sql: sql, 2, True),
    "condition": (lambda sql: changed(sql, "`age` >= 21", "`age` >= 18 AND `gender` = 'female'"), 1, True),
    "column": (lambda sql: changed(sql, "  `last` AS `LAST`,", "  UPPER(`first`) AS `LAST`,"), 1, True),
    "name": (lambda sql: changed(sql, "SOURCE_SQL_STREAM_001", "USERS"), 1, True),
    "output": (with_another_output, 1, False),
}


def person(name):
    return json.dumps({"name": {"first": name, "last": "x"}, "dob": {"age": 25}, "gender": "female"}) + "\n"


def on_a_folder(sql, folder, outputs):
    """The SQL with records that come as files of a folder, and with rows that are complete at each checkpoint."""
    sql = test_flink.on_files(sql, folder / outputs, folder / "records", own_clock=True)
    sql = sql.replace("'connector' = 'records',", "'connector' = 'records',\n  'source.monitor-interval' = '100 ms',")
    return sql.replace(
        "'connector' = 'filesystem',", "'connector' = 'filesystem',\n  'sink.rolling-policy.file-size' = '1 b',"
    )


def first_names(folder):
    rows = []
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "inprogress" not in file.name:
            rows += [json.loads(line)["FIRST"] for line in file.read_text(encoding="utf-8").splitlines()]
    return sorted(rows)


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    return test_flink.compiled(tmp_path_factory.mktemp("classes"))


@pytest.fixture(scope="module")
def restored(tmp_path_factory, classes):
    """Name of a change -> the folder of its two jobs, of which the second was started from the first one's savepoint."""
    base = tmp_path_factory.mktemp("positions")
    sql = GENERATED.read_text(encoding="utf-8")
    folders = {}
    for name, (change, parallelism, _) in CHANGES.items():
        folders[name] = folder = base / name
        (folder / "records").mkdir(parents=True)
        (folder / "old.sql").write_text(on_a_folder(sql, folder, "old"), encoding="utf-8")
        (folder / "new.sql").write_text(on_a_folder(change(sql), folder, "new"), encoding="utf-8")
        (folder / "parallelism").write_text(str(parallelism), encoding="utf-8")
        (folder / "records" / "first.jsonl").write_text(person("first"), encoding="utf-8")
        (folder / "later.jsonl").write_text(person("later"), encoding="utf-8")
    command = test_flink.java(classes, "Positions", ["restore", *map(str, folders.values())])
    run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    return folders


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_job_continues_at_its_position(restored, name):
    kept = CHANGES[name][2]
    assert first_names(restored[name] / "old" / OUTPUT) == ["first"]
    assert first_names(restored[name] / "new" / OUTPUT) == (["later"] if kept else ["first", "later"])


def test_the_ids_of_the_cases_are_those_of_the_list(tmp_path, classes):
    listed = [line.split(" ")[0] for line in IDS.read_text(encoding="utf-8").splitlines()]
    files = []
    for name in listed:
        sql = test_flink.snapshot(test_flink.CASES / name)
        file = tmp_path / name
        file.write_text(test_flink.on_files(sql, tmp_path, tmp_path / "none", own_clock=True), encoding="utf-8")
        files.append(str(file))
    command = test_flink.java(classes, "Positions", ["ids", *files])
    run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    found = []
    for line in run.stdout.splitlines():
        name, sources, everything = line.split("\t")
        source = re.search(r"pipec_records=(\w+)", sources).group(1)
        found.append(f"{name} {source[:ID_CHARS]} {hashlib.sha256(everything.encode()).hexdigest()[:ID_CHARS]}\n")
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-4000:]
    if os.environ.get("PIPEC_BLESS"):
        IDS.write_text("".join(found), encoding="utf-8")
    assert IDS.read_text(encoding="utf-8") == "".join(found)
