"""A key that has been silent for the time-to-live is forgotten; what ends by itself is not touched. On a real Flink, by its
own clock, with the option as main.py sets it."""

import json

import pytest
import test_flink
from test_flink import flink_main

# A number a second, of five keys in turn: each key comes again after five seconds.
TABLES = """CREATE TEMPORARY TABLE numbers (
  id INT,
  pipec_rowtime AS PROCTIME(),
  k AS MOD(id, 5)
) WITH (
  'connector' = 'datagen',
  'rows-per-second' = '1',
  'fields.id.kind' = 'sequence',
  'fields.id.start' = '1',
  'fields.id.end' = '7'
);

CREATE TEMPORARY TABLE found (
  id INT,
  v BIGINT
) WITH (
  'connector' = 'filesystem',
  'path' = '{directory}',
  'format' = 'json'
);

INSERT INTO found
SELECT id, CAST({value} OVER (PARTITION BY k ORDER BY pipec_rowtime {frame}) AS BIGINT) AS v FROM numbers;

"""

# What the sixth and the seventh number give with a time-to-live of two seconds, and without.
CASES = {
    "lag": ("LAG(id, 1)", "", {6: None, 7: None}, {6: 1, 7: 2}),
    "rows": ("SUM(id)", "ROWS BETWEEN 3 PRECEDING AND CURRENT ROW", {6: 6, 7: 7}, {6: 7, 7: 9}),
    "unbounded": ("SUM(id)", "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW", {6: 6, 7: 7}, {6: 7, 7: 9}),
    "range": (
        "SUM(id)",
        "RANGE BETWEEN INTERVAL '30' SECOND PRECEDING AND CURRENT ROW",
        {6: 7, 7: 9},
        {6: 7, 7: 9},
    ),
}


@pytest.mark.parametrize("ttl", ["2 s", None])
def test_a_silent_key_is_forgotten(tmp_path, ttl):
    jobs = []
    for name, (value, frame, _, _) in CASES.items():
        job = tmp_path / f"{name}.sql"
        job.write_text(TABLES.format(directory=tmp_path / name, value=value, frame=frame), encoding="utf-8")
        jobs.append(str(job))
    properties = {flink_main.STATE_TTL: ttl} if ttl else {}
    test_flink.run_jobs(tmp_path, jobs, options_of_job=flink_main.options(properties))
    for name, (_, _, forgotten, kept) in CASES.items():
        assert not (tmp_path / f"{name}.sql.fault").exists()
        lines = [line for file in (tmp_path / name).rglob("*") if file.is_file() for line in file.read_text().splitlines()]
        rows = {row["id"]: row["v"] for row in map(json.loads, lines)}
        assert {number: rows[number] for number in (6, 7)} == (forgotten if ttl else kept), name
