"""Generated SQL on a real Flink: its rows are compared with rows that were written by hand.

The SQL is the compiler's, filled in and cut apart by the very `main.py` that runs in AWS. Only three things of its tables
are changed, and nothing of its queries:

- what names a Kinesis stream (the options connector, stream.arn, aws.region and source.init.position) names files;
- watermarks follow every record, so that the same records are late each time;
- `pipec_rowtime`, the clock of the machine, becomes the field `pipec_rowtime` of the test's records, with the type that
  the clock has and a watermark right behind it, and so does the time of a session of it. Rows come in the order of the
  file. The time of a fault that has no row of a record is a fixed one, and so is the clock where lines of CSV are looked
  at as bytes.

Records are read as the stream's connector reads them: all columns of each, whatever the query is (RecordsTableFactory.java),
and CSV record by record (RecordFormatFactory.java).

Since a clock is another thing than a kept time, the SQL with its own clock is planned as well, by the same Flink; and run,
where a case has a file `any_clock`, which says that its rows do not depend on when records come.

Every folder of tests/sql/cases with `records.jsonl` and `expected/OUTPUT.jsonl` is run, from its snapshot. With
PIPEC_GENERATED, a directory that `pipec build` wrote, its `user-data/pipeline.sql` is run on the records of the
reference case as well. With PIPEC_RANDOM_CASES, a directory that the Rust test `random_queries` wrote, its random
queries are run too: their expected rows are those of the record program, so the two back ends are compared. All of them
run in one JVM, on one mini-cluster. With PIPEC_RANDOM_PLANS, a directory that the Rust test
`random_queries_with_state` wrote, its random queries are planned, by the clock of the machine, and the code that Flink
generates for them is compiled. Each has to be planned within PLAN_SECONDS of a processor's time, however busy the
machine is. FLINK_LIB names the directory of Flink's jars if it is not that of the installed apache-flink-libraries.
"""

import decimal
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CASES = ROOT / "tests" / "sql" / "cases"

sys.path.insert(0, str(ROOT / "runtime" / "flink"))
import main as flink_main  # noqa: E402

OPENED = ["java.lang", "java.util", "java.nio", "java.time", "sun.nio.ch"]


def flink_jars():
    given = os.environ.get("FLINK_LIB")
    if given:
        return given
    found = importlib.util.find_spec("pyflink")
    for place in found.submodule_search_locations if found else []:
        if any(pathlib.Path(place, "lib").glob("flink-dist-*.jar")):
            return os.path.join(place, "lib")
    pytest.fail("Flink is not installed: pip install --no-deps -r tests/flink/requirements.txt, or set FLINK_LIB")


def snapshot(folder):
    """The text of an insta snapshot: what stands behind its header; insta drops the line break at the end."""
    text = (folder / "pipeline.snap").read_text(encoding="utf-8")
    return text.split("---\n", 2)[2].rstrip("\n") + "\n\n"


def flink_classes():
    """Flink's jars as a class path, with what plans functions in Python."""
    jars = pathlib.Path(flink_jars())
    return [str(jars / "*"), *(str(jar) for jar in (jars.parent / "opt").glob("flink-python-*.jar"))]


BY_ITS_CLOCK = " by its own clock"


def pipelines():
    """Name -> (SQL, folder with its records and what is expected)."""
    found = {
        folder.name: (snapshot(folder), folder)
        for folder in sorted(CASES.iterdir())
        if (folder / "records.jsonl").exists()
    }
    # Rows that do not depend on when they come are the same by the machine's own clock.
    for name, (sql, folder) in list(found.items()):
        if (folder / "any_clock").exists():
            found[f"{name}{BY_ITS_CLOCK}"] = (sql, folder)
    generated = os.environ.get("PIPEC_GENERATED")
    if generated:
        sql = pathlib.Path(generated, "user-data", "pipeline.sql").read_text(encoding="utf-8")
        found["generated user-data"] = (sql, CASES / "reference")
    for folder in random_cases():
        # Those whose records tell no time.
        own = BY_ITS_CLOCK if (folder / "any_clock").exists() else ""
        found[folder.name + own] = ((folder / "pipeline.sql").read_text(encoding="utf-8"), folder)
    return found


# Most take half a second. What is compiled at submission, and again when each task starts, must not take minutes.
PLAN_SECONDS = 20

CLOCK = "`pipec_rowtime` AS PROCTIME()"
INGESTION = "`pipec_rowtime` AS CURRENT_ROW_TIMESTAMP()"
KEPT = "`pipec_rowtime` TIMESTAMP_LTZ(3)"
NOW = "CAST(CURRENT_ROW_TIMESTAMP() AS TIMESTAMP(3)) AS `"
FIXED = "TIMESTAMP '2026-03-02 12:00:00.000' AS `"
FIXED_CLOCK = "`pipec_rowtime` AS CAST(TIMESTAMP '2026-03-02 12:00:00.000' AS TIMESTAMP_LTZ(3))"
# Else the time of the rows would grow by the clock, and which of them are late would be chance.
EACH_RECORD = "'scan.watermark.emit.strategy' = 'on-event'"
BYTES = "CREATE TEMPORARY TABLE `pipec_bytes` "
RECORDS = ("CREATE TEMPORARY TABLE `pipec_records` ", BYTES)
WATERMARK = ",\n  WATERMARK FOR `pipec_rowtime` AS `pipec_rowtime` - INTERVAL '0.001' SECOND"


def random_cases():
    directory = os.environ.get("PIPEC_RANDOM_CASES")
    return sorted(pathlib.Path(directory).iterdir()) if directory else []


def random_plans():
    directory = os.environ.get("PIPEC_RANDOM_PLANS")
    return sorted(pathlib.Path(directory).glob("*.sql")) if directory else []


def on_files(sql, directory, records, own_clock=False):
    """The SQL with its Kinesis streams pointed at files, and with times of arrival that the records tell."""
    outputs = re.findall(r"\$\{output\.(\w+)\.stream\.arn\}", sql)
    properties = {f"output.{name}.stream.arn": f"{directory}/{name}" for name in outputs}
    properties |= {"input.stream.arn": str(records), "aws.region": "eu-central-1"}
    filled = flink_main.fill_in(sql, properties)
    statements = []
    for statement in flink_main.split(filled):
        connector = "records" if statement.startswith(RECORDS) else "filesystem"
        statement = statement.replace("'connector' = 'kinesis'", f"'connector' = '{connector}'")
        statement = statement.replace("'stream.arn' = '", "'path' = '")
        if "'format' = 'csv'" in sql:
            statement = re.sub(r"'format' = '(csv|raw)'", r"'format' = '\1-record'", statement)
            statement = statement.replace("'csv.", "'csv-record.")
        statement = re.sub(r"\n  '(aws\.region|source\.init\.[a-z]+)' = '[^']*',", "", statement)
        if not own_clock:
            # A further field would be one too many for what looks at the bytes of a line.
            clock = FIXED_CLOCK if "'format' = 'csv'" in sql and BYTES in sql else KEPT
            # A table has one watermark.
            kept = clock if "WATERMARK FOR `pipec_event_time`" in statement else clock + WATERMARK
            statement = statement.replace(CLOCK, kept).replace(INGESTION, clock)
            statement = statement.replace("SESSION_PROCTIME(", "SESSION_ROWTIME(").replace(NOW, FIXED)
            if "WATERMARK FOR" in statement:
                statement = statement.replace("'records',", f"'records',\n  {EACH_RECORD},", 1)
        statements.append(statement)
    return "".join(statement + flink_main.STATEMENT_END for statement in statements)


def compiled(directory):
    """The classes of the Java programs beside this file, with the format that they add to Flink's."""
    services = directory / "META-INF" / "services"
    services.mkdir(parents=True)
    factories = "CsvRecordFormatFactory\nRawRecordFormatFactory\nRecordsTableFactory\n"
    (services / "org.apache.flink.table.factories.Factory").write_text(factories, encoding="utf-8")
    subprocess.run(
        ["javac", "-encoding", "UTF-8", "-cp", os.pathsep.join(flink_classes()), "-d", str(directory)]
        + [str(source) for source in sorted(HERE.glob("*.java"))],
        check=True,
    )
    return directory


def java(classes, program, arguments):
    """The command that runs a program of `compiled`."""
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED]
    path = os.pathsep.join([str(classes), *flink_classes()])
    options = ["-Xmx2g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", *opened, "-Dlog4j2.level=ERROR"]
    return ["java", *options, "-cp", path, program, *arguments]


def run_jobs(base, jobs, plans=(), options_of_job=flink_main.OPTIONS):
    """Runs files of SQL on one Flink, and plans others; the path of its log. A fault is written beside its file."""
    options = base / "options"
    settings = options_of_job | {"parallelism.default": "1"}
    options.write_text("".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8")
    log = base / "flink.log"
    with open(log, "wb") as output:
        subprocess.run(
            java(compiled(base / "classes"), "RunPipeline", [str(options), *jobs, "--plan", *plans]),
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=900 + 2 * len(plans),
            check=False,
        )
    return log


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    """Runs every pipeline; name -> directory with one directory for each output."""
    base = tmp_path_factory.mktemp("flink")
    directories, jobs, plans = {}, [], []
    for number, (name, (sql, folder)) in enumerate(pipelines().items()):
        directory = base / str(number)
        directory.mkdir()
        job = directory / "job.sql"
        own_clock = name.endswith(BY_ITS_CLOCK)
        job.write_text(on_files(sql, directory, folder / "records.jsonl", own_clock), encoding="utf-8")
        directories[name] = directory
        jobs.append(str(job))
        if "`pipec_rowtime` AS " in sql:
            plan = directory / "clock.sql"
            plan.write_text(on_files(sql, directory, folder / "records.jsonl", own_clock=True), encoding="utf-8")
            plans.append(str(plan))
    for file in random_plans():
        plan = base / file.name
        sql = file.read_text(encoding="utf-8")
        plan.write_text(on_files(sql, base, base / "none", own_clock=True), encoding="utf-8")
        plans.append(str(plan))
    log = run_jobs(base, jobs, plans)
    faults = {name: directory.glob("*.fault") for name, directory in directories.items()}
    ran = {name: [fault.read_text(encoding="utf-8") for fault in found] for name, found in faults.items()}
    assert any(directory.iterdir() for directory in directories.values()), log.read_text(errors="replace")[-6000:]
    return directories, ran, base


# What Java writes of a binary number of 64 bits at most; 17 would do.
DOUBLE_DIGITS = 18


def number(digits):
    """A number by its value: 0, 0.0 and 0E+1 are one. Java may write other digits of a binary number than the fewest."""
    exact = decimal.Decimal(digits)
    if len(exact.normalize().as_tuple().digits) <= DOUBLE_DIGITS:
        exact = decimal.Decimal(repr(float(exact)))
    return {"number": format(exact.normalize() + 0, "f")}


def rows(paths):
    # Other line breaks than this one may stand in a text.
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    read = (json.loads(line, parse_int=number, parse_float=number) for line in lines)
    written = (json.dumps(row, sort_keys=True, ensure_ascii=False) for row in read)
    # Half of a surrogate pair stays what it is in Flink, and is "?" in the Lambda.
    return sorted(row.encode(errors="replace").decode() for row in written)


@pytest.mark.parametrize("name", [name for name, (sql, _) in pipelines().items() if "`pipec_rowtime` AS " in sql])
def test_its_own_clock_can_be_planned(results, name):
    assert (results[0][name] / "clock.sql.plan").exists(), "\n".join(results[1][name])


@pytest.mark.parametrize("file", random_plans(), ids=lambda file: file.stem)
def test_random_queries_can_be_planned(results, file):
    plan, fault = (results[2] / f"{file.name}.{kind}" for kind in ("plan", "fault"))
    assert plan.exists(), fault.read_text(encoding="utf-8") if fault.exists() else "it was not planned"
    milliseconds = int(plan.read_text(encoding="utf-8"))
    assert milliseconds < PLAN_SECONDS * 1000


@pytest.mark.parametrize("name", pipelines())
def test_rows(results, name):
    directories, faults, _ = results
    assert not faults[name], "\n".join(faults[name])
    folder = pipelines()[name][1]
    expected = sorted((folder / "expected").glob("*.jsonl"))
    assert expected, f"{folder} has no expected rows"
    for path in expected:
        written = [file for file in (directories[name] / path.stem).rglob("*") if file.is_file()]
        assert rows(written) == rows([path]), f"{path.stem} of {name}"
