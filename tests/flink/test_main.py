"""The script that submits pipeline.sql, without a Flink."""

import json
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "runtime" / "flink"))
import main as flink_main  # noqa: E402


def test_properties_are_those_of_the_group(tmp_path):
    path = tmp_path / "application_properties.json"
    groups = [
        {"PropertyGroupId": "kinesis.analytics.flink.run.options", "PropertyMap": {"python": "main.py"}},
        {"PropertyGroupId": "pipec", "PropertyMap": {"aws.region": "eu-central-1"}},
    ]
    path.write_text(json.dumps(groups), encoding="utf-8")
    assert flink_main.read_properties(path) == {"aws.region": "eu-central-1"}
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(ValueError, match="no property group `pipec`"):
        flink_main.read_properties(path)


def test_places_are_filled_in():
    filled = flink_main.fill_in("'${aws.region}' = '${x}'", {"aws.region": "eu-central-1", "x": "arn:aws:kinesis"})
    assert filled == "'eu-central-1' = 'arn:aws:kinesis'"


def test_an_unknown_place_is_an_error():
    with pytest.raises(ValueError, match="`y`, which pipeline.sql needs"):
        flink_main.fill_in("'${y}'", {"x": "1"})


@pytest.mark.parametrize("value", ["it's", 'a"b', "a`b", "a\nb", "a;b", "a\\b", "${x}", 5, None])
def test_a_value_cannot_break_out_of_its_text(value):
    with pytest.raises(ValueError, match="misread"):
        flink_main.fill_in("'${x}'", {"x": value})


def test_statements_are_cut_apart_and_lose_their_comments():
    sql = "-- a\n-- b\n\n-- c; d\nCREATE x (\n  'a;' = ';'\n);\n\nINSERT INTO y\nSELECT ';' FROM x;\n\n"
    assert flink_main.split(sql) == ["CREATE x (\n  'a;' = ';'\n)", "INSERT INTO y\nSELECT ';' FROM x"]
    assert flink_main.split(sql.rstrip("\n")) == flink_main.split(sql)


class Environment:
    """Writes down what it is told."""

    def __init__(self):
        self.calls = []

    def get_config(self):
        return self

    def set(self, name, value):
        self.calls.append(("set", name, value))

    def create_statement_set(self):
        return self

    def execute_sql(self, statement):
        self.calls.append(("sql", statement))

    def add_insert_sql(self, statement):
        self.calls.append(("insert", statement))

    def execute(self):
        self.calls.append(("execute",))


class Result:
    """A submitted job, with its client or without."""

    def __init__(self, job):
        self.job = job

    def get_job_client(self):
        return self.job

    def get_job_id(self):
        return "5e8f0c1d"


def test_the_jobs_id_is_printed(capsys):
    flink_main.report(Result(Result(None)))
    assert capsys.readouterr().out == "pipec: submitted job 5e8f0c1d\n"
    flink_main.report(Result(None))
    assert "submitted job" in capsys.readouterr().out


def test_all_inserts_are_one_job():
    environment = Environment()
    statements = ["CREATE a", "INSERT INTO a SELECT 1", "CREATE b", "INSERT INTO b SELECT 2"]
    flink_main.submit(environment, statements, flink_main.OPTIONS)
    calls = [call for call in environment.calls if call[0] != "set"]
    assert calls == [
        ("sql", "CREATE a"),
        ("insert", "INSERT INTO a SELECT 1"),
        ("sql", "CREATE b"),
        ("insert", "INSERT INTO b SELECT 2"),
        ("execute",),
    ]
    assert ("set", "table.local-time-zone", "UTC") in environment.calls
    assert all(call[1].startswith(("table.", "pipeline.")) for call in environment.calls if call[0] == "set")
