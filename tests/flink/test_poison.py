"""No record stops a job: every case's query reads a page of poison behind its ordinary records, on a real Flink. The job
ends by itself, and gives the ordinary rows beside whatever it makes of the others."""

import collections

import poison
import pytest
import test_flink


def cases():
    return {
        name: case
        for name, case in test_flink.pipelines().items()
        if not name.endswith(test_flink.BY_ITS_CLOCK)
    }


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory):
    """Name -> directory with the outputs, and what went wrong."""
    base = tmp_path_factory.mktemp("poison")
    directories, jobs = {}, []
    for number, (name, (sql, folder)) in enumerate(cases().items()):
        directory = base / str(number)
        directory.mkdir()
        ordinary = (folder / "records.jsonl").read_bytes().rstrip(b"\n")
        lines = ordinary.decode("utf-8", "replace").splitlines()
        keeps_clock = "`pipec_rowtime` AS " in sql
        records = directory / "records"
        records.write_bytes(b"\n".join([ordinary, *poison.page(sql, lines, keeps_clock)]) + b"\n")
        job = directory / "job.sql"
        job.write_text(test_flink.on_files(sql, directory, records), encoding="utf-8")
        directories[name] = directory
        jobs.append(str(job))
    log = test_flink.run_jobs(base, jobs)
    assert any((directory / "job.sql").exists() for directory in directories.values()), log
    return directories


@pytest.mark.parametrize("name", cases())
def test_no_record_stops_the_job(poisoned, name):
    directory, folder = poisoned[name], cases()[name][1]
    faults = [fault.read_text(encoding="utf-8") for fault in directory.glob("*.fault")]
    assert not faults, "\n".join(faults)[:4000]
    for expected in sorted((folder / "expected").glob("*.jsonl")):
        files = [file for file in (directory / expected.stem).rglob("*") if file.is_file()]
        assert all(not file.name.endswith(".inprogress") for file in files), "the job did not end"
        written = collections.Counter(test_flink.rows(files))
        missing = collections.Counter(test_flink.rows([expected])) - written
        assert not missing, f"{expected.stem} of {name} lacks {list(missing)[:3]}"
