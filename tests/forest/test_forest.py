"""RANDOM_CUT_FOREST on a real PyFlink, out of the archive that `pipec build` made, at a parallelism of two.

The archive is unpacked as Managed Flink unpacks it, its `main.py` registers the forest and submits the SQL; only its
streams are files (see tests/flink). PIPEC names the program that builds it.

And the two forests themselves, without Flink: the program that the archive holds and the one in Python that takes its
place. AWS's own library (by jrcf) says what the scores should be.

Runs under a Python with PyFlink, target/flink-python.
"""

import json
import math
import os
import pathlib
import random
import shutil
import stat
import subprocess
import sys
import zipfile

import numpy
import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "flink"))
from test_flink import on_files  # noqa: E402

# Rows that are far off, from the 300th on.
PLANTED = range(400, 3000, 173)
COUNT = 3000
LEARNING = 256
# What a forest cannot hold: place of the row and how the record writes its `temp`.
POISON = {1000: "null", 1100: '"NaN"', 1200: "1e400", 1300: "-1e400", 1400: "1e39", 1500: '"warm"'}


def program():
    found = os.environ.get("PIPEC")
    return found or pytest.fail("PIPEC does not name pipec")


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    """The unpacked archive of forest/spec.yaml."""
    folder = tmp_path_factory.mktemp("archive")
    jar = folder / "connector.jar"
    with zipfile.ZipFile(jar, "w"):
        pass
    # A lock file is written beside the spec.
    shutil.copy(HERE / "spec.yaml", folder)
    command = [program(), "build", "spec.yaml", "--out", "out", "--connector-jar", str(jar)]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    manifest = json.loads((folder / "out" / "forest" / "manifest.json").read_text(encoding="utf-8"))
    [packed] = [entry["s3_key"] for entry in manifest["artifacts"] if entry["name"] == "flink"]
    packed = folder / "out" / "artifacts" / packed
    with zipfile.ZipFile(packed) as contents:
        contents.extractall(folder / "unpacked")
    return folder / "unpacked"


@pytest.fixture(scope="session")
def forests(archive):
    """The modules of the archive, whose program may not be run where it lies: zipfile has dropped that right."""
    assert not os.stat(archive / "python" / "pipec-forest").st_mode & stat.S_IXUSR
    sys.path.insert(0, str(archive / "python"))
    import pipec_forest
    import pipec_forest_slow

    return pipec_forest, pipec_forest_slow


def signal(count=COUNT, planted=PLANTED, seed=7):
    """Two columns: a wave with noise, and noise around 50. Planted rows leave the wave by far."""
    chance = random.Random(seed)
    for at in range(count):
        temp = 20 + 5 * math.sin(at / 30) + chance.gauss(0, 0.5)
        yield temp + (40 if at in planted else 0), round(chance.gauss(50, 5))


def records():
    for at, (temp, load) in enumerate(signal()):
        minute, second = divmod(at, 60)
        hour, minute = divmod(minute, 60)
        time = f"2026-01-01 {hour:02}:{minute:02}:{second:02}"
        temp = POISON.get(at, repr(temp))
        yield f'{{"id": "r{at}", "at": "{time}", "temp": {temp}, "load": {load}}}\n'


def rows(folder):
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith((".", "_"))]
    return [json.loads(line) for path in sorted(files) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def scored(archive, tmp_path_factory):
    """The job's outputs: name -> rows, in the order of writing."""
    folder = tmp_path_factory.mktemp("scored")
    (folder / "records.jsonl").write_text("".join(records()), encoding="utf-8")
    sql = (archive / "pipeline.sql").read_text(encoding="utf-8")
    # Java programs of tests/flink are not known here; all of a record is read anyway.
    job = on_files(sql, folder, folder / "records.jsonl").replace("'connector' = 'records'", "'connector' = 'filesystem'")
    (folder / "job.sql").write_text(job, encoding="utf-8")
    outputs = ["SCORED", "HALF", "PER_MINUTE", "SHINGLED"]
    ran = subprocess.run(
        [sys.executable, str(HERE / "run_archive.py"), str(archive), str(folder / "job.sql"), "parallelism.default=2"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        # One Python for the program and its workers.
        env={**os.environ, "PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"},
    )
    assert ran.returncode == 0, (ran.stdout + ran.stderr)[-6000:]
    return {name: rows(folder / name) for name in outputs}


def number(row):
    return int(row["id"][1:])


def test_every_row_comes_once_and_in_order(scored):
    assert [number(row) for row in scored["SCORED"]] == list(range(COUNT))
    assert [number(row) for row in scored["SHINGLED"]] == list(range(COUNT))


def test_the_first_rows_score_0_and_no_other(scored):
    scores = [row["ANOMALY_SCORE"] for row in scored["SCORED"]]
    assert scores[:LEARNING] == [0.0] * LEARNING
    assert all(score > 0 for at, score in enumerate(scores) if at >= LEARNING and at not in POISON)
    # A hundred points of four rows: the hundred and third row completes the last of them.
    shingled = [row["ANOMALY_SCORE"] for row in scored["SHINGLED"]]
    assert shingled[:103] == [0.0] * 103 and shingled[103] > 0


def test_planted_rows_score_highest(scored):
    known = [row for row in scored["SCORED"] if row["ANOMALY_SCORE"] is not None]
    highest = sorted(known, key=lambda row: -row["ANOMALY_SCORE"])[: len(PLANTED)]
    assert {number(row) for row in highest} == set(PLANTED)
    for row in highest:
        why = json.loads(row["ANOMALY_EXPLANATION"])
        assert list(why) == ["temp", "load"]
        assert why["temp"]["DIRECTION"] == "HIGH"
        parts = [float(column["ATTRIBUTION_SCORE"]) for column in why.values()]
        assert parts[0] > parts[1] and sum(parts) == pytest.approx(row["ANOMALY_SCORE"], abs=2e-4)


def test_what_a_forest_cannot_hold_has_no_score_and_does_no_harm(scored):
    unknown = {number(row): row for row in scored["SCORED"] if row["ANOMALY_SCORE"] is None}
    assert set(unknown) == set(POISON)
    assert all(row["ANOMALY_EXPLANATION"] is None for row in unknown.values())
    usual = [row["ANOMALY_SCORE"] for row in scored["SCORED"][1501:] if number(row) not in PLANTED]
    assert 0.5 < sum(usual) / len(usual) < 1.0


def test_a_condition_behind_the_forest_does_not_change_what_it_learns(scored):
    all_rows = {row["id"]: row for row in scored["SCORED"]}
    expected = [name for name, row in all_rows.items() if row["load"] > 50]
    assert [row["id"] for row in scored["HALF"]] == expected
    assert all(row["ANOMALY_SCORE"] == all_rows[row["id"]]["ANOMALY_SCORE"] for row in scored["HALF"])


def test_windows_of_scored_rows_have_their_time(scored):
    minutes = scored["PER_MINUTE"]
    assert [row["rows"] for row in minutes] == [60] * (COUNT // 60)
    most = [0.0] * len(minutes)
    for row in scored["SCORED"]:
        most[number(row) // 60] = max(most[number(row) // 60], row["ANOMALY_SCORE"] or 0.0)
    assert [row["most"] for row in minutes] == most


PARAMETERS = {"columns": 2, "trees": 100, "sample": 256, "decay": 100_000, "shingle": 1, "attribution": False}


def run(forest, values):
    try:
        return [forest.score(row) for row in values]
    finally:
        forest.close()


def compared(first, second):
    """The mean absolute difference of scores, and the correlation of their ranks, after learning."""
    first, second = numpy.array(first)[LEARNING:], numpy.array(second)[LEARNING:]
    ranks = [numpy.argsort(numpy.argsort(scores)) for scores in (first, second)]
    return abs(first - second).mean(), numpy.corrcoef(*ranks)[0, 1]


@pytest.fixture(scope="session")
def by_program(archive, forests):
    start = forests[0].ForestProgram
    return [score for score, _, _ in run(start(str(archive / "python" / "pipec-forest"), PARAMETERS), signal(2000))]


def test_the_program_agrees_with_aws_library(by_program):
    from jrcf.rcf import RandomCutForestModel  # AWS's library in Java

    forest = RandomCutForestModel(
        dimensions=2, shingle_size=1, num_trees=100, sample_size=256, output_after=256, lam=1e-5, random_seed=5
    )
    scores = []
    for row in signal(2000):
        scores.append(forest.score(list(row)))
        forest.update(list(row))
    difference, correlation = compared(by_program, scores)
    # Two seeds of that library differ by 0.03 and 0.88.
    assert difference < 0.05 and correlation > 0.85, (difference, correlation)


def test_the_forest_in_python_agrees_with_the_program(by_program, forests):
    scores = [score for score, _, _ in run(forests[1].SlowForest(**PARAMETERS), signal(1000))]
    assert scores[:LEARNING] == [0.0] * LEARNING
    difference, correlation = compared(by_program[:1000], scores)
    assert difference < 0.05 and correlation > 0.85, (difference, correlation)


@pytest.mark.parametrize("shingle", [1, 3])
def test_parts_add_up_in_both(archive, forests, shingle):
    parameters = {**PARAMETERS, "trees": 30, "sample": 32, "decay": 200, "shingle": shingle, "attribution": True}
    # Whole numbers, so that many rows are the same.
    values = [(round(a), round(b / 10)) for a, b in signal(400, planted=[300])]
    start = forests[0].ForestProgram
    for forest in (start(str(archive / "python" / "pipec-forest"), parameters), forests[1].SlowForest(**parameters)):
        results = run(forest, values)
        assert all(score == pytest.approx(sum(high) + sum(low)) for score, high, low in results)
        learning = 32 + shingle - 1
        assert [score for score, _, _ in results[:learning]] == [0.0] * learning
        assert all(score > 0 for score, _, _ in results[learning:])
        _, high, low = results[300]
        assert high[0] > max(low[0], high[1], low[1])


def test_without_the_program_the_slow_forest_takes_its_place(forests, tmp_path, caplog):
    (tmp_path / "pipec-forest").write_text("not a program")
    forest = forests[0].start({**PARAMETERS, "trees": 5}, folder=str(tmp_path))
    assert type(forest).__name__ == "SlowForest"
    assert "slower" in caplog.text
    other = tmp_path / "other"
    other.mkdir()
    (other / "pipec-forest").write_text("#!/bin/sh\necho something else\n")
    assert type(forests[0].start({**PARAMETERS, "trees": 5}, folder=str(other))).__name__ == "SlowForest"


def test_a_program_that_ends_fails_the_task(archive, forests):
    forest = forests[0].ForestProgram(str(archive / "python" / "pipec-forest"), PARAMETERS)
    assert forest.score((1.0, 2.0)) == (0.0, [], [])
    forest.child.kill()
    forest.child.wait()
    with pytest.raises((RuntimeError, BrokenPipeError)):
        forest.score((1.0, 2.0))
    forest.close()


def test_an_explanation_is_written_as_the_old_service_wrote_it(forests):
    high, low = [1.3007, 1.05455], [0.44404, 1.05655]
    assert forests[0].explanation(["Systolic", 'a "b" ü'], True, high, low) == (
        '{"Systolic":{"DIRECTION":"HIGH","STRENGTH":"0.8567","ATTRIBUTION_SCORE":"1.7447"},'
        '"a \\"b\\" ü":{"DIRECTION":"LOW","STRENGTH":"0.0020","ATTRIBUTION_SCORE":"2.1111"}}'
    )
    assert forests[0].explanation(["x"], True, [0.0], [0.0]) == (
        '{"x":{"DIRECTION":"LOW","STRENGTH":"0.0000","ATTRIBUTION_SCORE":"0.0000"}}'
    )
    assert forests[0].explanation(["x"], False, [1.5], [0.25]) == '{"x":{"ATTRIBUTION_SCORE":"1.7500"}}'


def pressure(count, seed):
    """The generator of the old service's developer guide: one row in two hundred is high, one low."""
    chance = random.Random(seed)
    for _ in range(count):
        kind = chance.random()
        if kind < 0.005:
            yield chance.randint(130, 200), chance.randint(90, 150)
        elif kind > 0.995:
            yield chance.randint(50, 80), chance.randint(30, 50)
        else:
            yield chance.randint(90, 120), chance.randint(60, 80)


def test_scores_are_on_the_scale_of_the_old_service(archive, forests):
    start = forests[0].ForestProgram
    parameters = {**PARAMETERS, "attribution": True}
    values = [*pressure(3000, seed=1), (144, 123)]
    results = run(start(str(archive / "python" / "pipec-forest"), parameters), values)
    usual = [score for (systolic, _), (score, _, _) in zip(values, results[300:]) if 90 <= systolic <= 120]
    assert 0.6 < sum(usual) / len(usual) < 0.85
    # The guide shows 3.86 for this row, most of it for the second column, which is high.
    score, high, low = results[-1]
    assert score > 2.0 and high[1] > low[1]
