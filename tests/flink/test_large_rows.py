"""A row of more than 1 MiB, at which the connector's sink throws, is left out and is a fault; one that just fits is written.
On a real Flink, whose sink to files takes rows of any size."""

import json

import test_flink

MIB = 1 << 20
NAME = "errors-of-large-rows"
GROUPS = "large-groups"

# Texts by the bytes of their characters in JSON.
LETTERS = {"a": 1, "é": 2, "€": 3, "😀": 12, "\n": 2, '"': 2, "\u0001": 6}


def row(number, body):
    return {"id": number, "body": body, "title": "x" * 100}


def written(number, body):
    return json.dumps(row(number, body), ensure_ascii=False, separators=(",", ":")).encode()


def run(folder, name, records, own_clock):
    """Runs a case on records of this test; what reads the rows of an output."""
    path = folder / "records"
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    job = folder / "job.sql"
    sql = test_flink.snapshot(test_flink.CASES / name)
    job.write_text(test_flink.on_files(sql, folder, path, own_clock=own_clock), encoding="utf-8")
    test_flink.run_jobs(folder, [str(job)])
    assert not (folder / "job.sql.fault").exists(), (folder / "job.sql.fault").read_text()

    def lines(output):
        files = [file for file in (folder / output).rglob("*") if file.is_file()]
        found = [line for file in files for line in file.read_bytes().split(b"\n") if line]
        assert all(len(line) <= MIB for line in found), output
        return [json.loads(line) for line in found]

    return lines


def test_rows_that_the_sink_cannot_take_are_faults(tmp_path):
    records, fits = [], {}
    for letter, size in LETTERS.items():
        room = MIB - len(written(10, ""))
        # Short columns count as long as their types allow, here 1,100 bytes more than they are.
        for count, fit in [((room - 2_000) // size, True), (room // size + 1, False), (2 * MIB // size, False), (200_000 // size, True)]:
            number = 10 + len(records)
            records.append(row(number, letter * count))
            fits[number] = fit
    lines = run(tmp_path, NAME, records, own_clock=True)
    assert sorted(row["id"] for row in lines("OUTPUT")) == sorted(number for number, fit in fits.items() if fit)
    faults = lines("ERROR_STREAM")
    assert len(faults) == sum(not fit for fit in fits.values())
    assert {fault["ERROR_NAME"] for fault in faults} == {"ROW_TOO_LARGE"}


def test_rows_of_groups_that_the_sink_cannot_take_are_faults(tmp_path):
    """Keys of any length, and a list that grows with its group."""
    records, fits = [], {}
    for letter, size in LETTERS.items():
        # An upper-case letter has as many bytes, and more room is left than the other columns of any output take.
        for count, fit in [((MIB - 2_000) // size, True), (MIB // size + 1, False)]:
            number = 10 + len(records)
            records.append({"id": number, "body": letter * count, "at": "2026-01-27 09:30:01"})
            fits[number] = fit
    # Each of these fits, and so do all of the second window together; all of the third do not.
    for number, second in [(100, 11), (101, 12), (102, 21), (103, 22), (104, 23)]:
        records.append({"id": number, "body": f"{number}" + "x" * 400_000, "at": f"2026-01-27 09:30:{second}"})
        fits[number] = True
    lines = run(tmp_path, GROUPS, records, own_clock=False)
    fit = sorted(number for number, fit in fits.items() if fit)
    too_large = len(fits) - len(fit)
    for output in ["by_body", "upper_bodies", "sessions", "later"]:
        assert sorted(row["id"] for row in lines(output)) == fit, output
    assert len(lines("bodies")) == len(fit)
    # Each row lies in two of the windows that overlap.
    assert sorted(row["id"] for row in lines("hops")) == sorted(2 * fit)
    assert [row["id"] for row in lines("lists")] == [100]
    faults = lines("ERROR_STREAM")
    assert {fault["ERROR_NAME"] for fault in faults} == {"ROW_TOO_LARGE"}
    counts = {name: sum(f"row of {name} " in fault["MESSAGE"] for fault in faults) for name in ["by_body", "bodies", "later", "hops", "lists"]}
    assert counts == {"by_body": too_large, "bodies": too_large, "later": too_large, "hops": 2 * too_large, "lists": 2}
