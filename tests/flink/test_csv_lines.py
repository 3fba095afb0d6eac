"""Lines of CSV that Flink's format skips are counted: of random damaged lines, each gives a row of the output or a row
`NOT_CSV`, on a real Flink. The condition in SQL is another program than the format's parser, so both have to agree."""

import json
import random

import pytest
import test_flink

# A delimiter, and the case whose SQL reads lines with it.
CASES = {";": "records-that-are-not-csv", "€": "csv-delimiter-beyond-ascii"}
LINES = 2_000
# The file's way to write a byte of a record: what is no character, or would end the file's line.
BYTE = "\u2400{:02X}"


def pieces(delimiter):
    """What lines are made of, and how often."""
    parts = {delimiter: 6, '"': 5, '"a"': 1, '""': 1, " ": 1, "\t": 1, "\\": 1, "a": 2, "12": 2, "é": 1, "€😀": 1}
    return {part.encode(): often for part, often in parts.items()} | {b"\n": 1, b"\r": 1, b"\xef\xbb\xbf": 1}


def damaged(chance, delimiter):
    """The bytes of one record."""
    parts = pieces(delimiter)
    made = chance.choices(list(parts), list(parts.values()), k=chance.randrange(12))
    if chance.random() < 0.1:
        made.insert(chance.randint(0, len(made)), bytes([chance.randrange(256)]))
    if chance.random() < 0.02:
        # Longer than what the reader decodes at once.
        made.insert(chance.randint(0, len(made)), b"a" * 5_000)
    record = b"".join(made)
    if chance.random() < 0.1:
        encoding = chance.choice(["utf-16-le", "utf-16-be", "utf-16", "utf-32-le", "utf-32-be", "utf-32"])
        record = record.decode("utf-8", "ignore").encode(encoding)
    return record


def line(record):
    return "".join(chr(byte) if 32 <= byte < 127 else BYTE.format(byte) for byte in record)


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """Delimiter -> directory with the outputs."""
    base = tmp_path_factory.mktemp("csv")
    chance = random.Random(20261130)
    found, jobs = {}, []
    for number, (delimiter, case) in enumerate(CASES.items()):
        directory = base / str(number)
        directory.mkdir()
        records = directory / "records"
        lines = [line(damaged(chance, delimiter)) for _ in range(LINES)]
        records.write_text("\n".join(lines) + "\n", encoding="utf-8")
        job = directory / "job.sql"
        sql = test_flink.snapshot(test_flink.CASES / case)
        job.write_text(test_flink.on_files(sql, directory, records), encoding="utf-8")
        found[delimiter] = directory
        jobs.append(str(job))
    log = test_flink.run_jobs(base, jobs)
    assert all(any(directory.iterdir()) for directory in found.values()), log.read_text(errors="replace")[-6000:]
    return found


def rows(directory, output):
    files = [file for file in (directory / output).rglob("*") if file.is_file()]
    lines = [text for file in files for text in file.read_text(encoding="utf-8").split("\n") if text.strip()]
    return [json.loads(text) for text in lines]


@pytest.mark.parametrize("delimiter", CASES)
def test_each_line_is_read_or_counted(read, delimiter):
    directory = read[delimiter]
    faults = [fault.read_text(encoding="utf-8") for fault in directory.glob("*.fault")]
    assert not faults, "\n".join(faults)[:4000]
    kinds = [row["ERROR_NAME"] for row in rows(directory, "ERROR_STREAM")]
    output = rows(directory, "OUTPUT")
    assert len(output) + kinds.count("NOT_CSV") == LINES
    assert len(output) > LINES / 10 < kinds.count("NOT_CSV")
    assert kinds.count("IGNORED_LINES") > 0
