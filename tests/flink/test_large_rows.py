"""A row of more than 1 MiB, at which the connector's sink throws, is left out and is a fault; one that just fits is written.
On a real Flink, whose sink to files takes rows of any size."""

import json

import test_flink

MIB = 1 << 20
NAME = "errors-of-large-rows"

# Texts by the bytes of their characters in JSON.
LETTERS = {"a": 1, "é": 2, "€": 3, "😀": 12, "\n": 2, '"': 2, "\u0001": 6}


def row(number, body):
    return {"id": number, "body": body, "title": "x" * 100}


def written(number, body):
    return json.dumps(row(number, body), ensure_ascii=False, separators=(",", ":")).encode()


def test_rows_that_the_sink_cannot_take_are_faults(tmp_path):
    records, fits = [], {}
    for letter, size in LETTERS.items():
        room = MIB - len(written(10, ""))
        # Short columns count as long as their types allow, here 1,100 bytes more than they are.
        for count, fit in [((room - 2_000) // size, True), (room // size + 1, False), (2 * MIB // size, False), (200_000 // size, True)]:
            number = 10 + len(records)
            records.append(row(number, letter * count))
            fits[number] = fit
    path = tmp_path / "records"
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    sql = test_flink.snapshot(test_flink.CASES / NAME)
    job = tmp_path / "job.sql"
    job.write_text(test_flink.on_files(sql, tmp_path, path, own_clock=True), encoding="utf-8")
    test_flink.run_jobs(tmp_path, [str(job)])
    assert not (tmp_path / "job.sql.fault").exists(), (tmp_path / "job.sql.fault").read_text()

    def lines(output):
        files = [file for file in (tmp_path / output).rglob("*") if file.is_file()]
        return [line for file in files for line in file.read_bytes().split(b"\n") if line]

    rows = lines("OUTPUT")
    assert all(len(line) <= MIB for line in rows)
    assert sorted(json.loads(line)["id"] for line in rows) == sorted(number for number, fit in fits.items() if fit)
    faults = [json.loads(line) for line in lines("ERROR_STREAM")]
    assert len(faults) == sum(not fit for fit in fits.values())
    assert {fault["ERROR_NAME"] for fault in faults} == {"ROW_TOO_LARGE"}
