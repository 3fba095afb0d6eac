"""What `pipec simulate` writes as Parquet, read by others: the planned types, and the values that an emulator's conversion has."""

import gzip
import io
import json
import os
import subprocess
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from ministack.services import firehose, glue

from program import Project

# Types of the Data Catalog as Parquet has them.
ARROW = {
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "decimal(12,2)": pa.decimal128(12, 2),
    "decimal(38,10)": pa.decimal128(38, 10),
    "double": pa.float64(),
    "float": pa.float32(),
    "int": pa.int32(),
    "smallint": pa.int16(),
    "string": pa.string(),
    "struct<city:string,zip:int>": pa.struct([("city", pa.string()), ("zip", pa.int32())]),
    "timestamp": pa.timestamp("ns"),
    "tinyint": pa.int8(),
}


def planned(project):
    """The columns and the partition keys of the table in the template."""
    table, = project.built().template.of_type("AWS::Glue::Table").values()
    given = table["Properties"]["TableInput"]
    return [{column["Name"]: column["Type"] for column in columns} for columns in
            (given["StorageDescriptor"]["Columns"], given["PartitionKeys"])]


def simulate(project, records, *options):
    """Runs the records; returns the trace, and the objects in Parquet by their keys, with the failed documents."""
    lines = [record if isinstance(record, str) else json.dumps(record, ensure_ascii=False) for record in records]
    (project.folder / "records.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [os.environ["PIPEC"], "simulate", project.path.name, "--input", "records.jsonl", "--out", "objects",
               "--format", "json", *options]
    run = subprocess.run(command, cwd=project.folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    files, failed = {}, []
    for path in sorted((project.folder / "objects").rglob("*")):
        if path.suffix == ".parquet":
            files[str(path.relative_to(project.folder / "objects"))] = path
        elif path.is_file() and "format-conversion-failed" in str(path):
            failed += [json.loads(line) for line in path.read_text().splitlines()]
    return json.loads(run.stdout), files, failed


def read(path, columns):
    """The rows of a file, whose types are the planned ones."""
    table = parquet.ParquetFile(path).read()
    assert {field.name: field.type for field in table.schema} == {name: ARROW[kind] for name, kind in columns.items()}
    return table.to_pylist()


def test_the_lake_has_the_planned_types_in_the_folders_of_its_keys(tmp_path):
    project = Project(tmp_path, "orders-lake.yaml", "http://nobody.invalid")
    columns, keys = planned(project)
    assert columns == {"id": "bigint", "amount": "decimal(12,2)", "placed_at": "timestamp"}
    assert list(keys) == ["country", "day"]
    order = {"id": 1, "address": {"country": "DE"}, "state": "paid", "amount": 12.5, "placed_at": "2026-11-29T12:30:15.250Z"}
    records = [
        order,
        {**order, "id": 2, "placed_at": "2026-11-30T01:00:00+02:00"},
        {**order, "id": 3, "amount": "many"},
        {**order, "id": 4, "state": "open"},
        {**order, "id": 5, "address": {"country": "FR"}, "amount": "1234567890.129"},
        {**order, "id": None, "address": {"country": "FR"}},
        {**order, "id": 7, "address": None},
        "no JSON",
    ]
    trace, files, failed = simulate(project, records)
    delivery, = trace["deliveries"]
    assert (delivery["records_out"], delivery["dropped"]) == (5, 1)
    assert delivery["failed"] == 2 and not failed, "they have no keys, and fail before the conversion"
    rows = {tuple(key.split("/")[2:4]): read(path, columns) for key, path in files.items()}
    at = datetime(2026, 11, 29, 12, 30, 15, 250_000)
    assert {key: [(row["id"], row["amount"], row["placed_at"]) for row in found] for key, found in rows.items()} == {
        ("country=DE", "day=2026-11-29"): [
            (1, Decimal("12.50"), at), (2, Decimal("12.50"), datetime(2026, 11, 29, 23)), (3, None, at)],
        ("country=FR", "day=2026-11-29"): [(5, Decimal("1234567890.13"), at), (None, Decimal("12.50"), at)],
    }
    paths = [str(path) for path in files.values()]
    sums = duckdb.sql(
        "SELECT country, COUNT(*), SUM(id), MAX(amount), MIN(placed_at) "
        f"FROM read_parquet({paths}, hive_partitioning = true) GROUP BY ALL ORDER BY 1"
    ).fetchall()
    assert sums == [("DE", 3, 6, Decimal("12.50"), at), ("FR", 2, 5, Decimal("1234567890.13"), at)]
    types = duckdb.sql(f"DESCRIBE SELECT id, amount, placed_at FROM read_parquet({paths})").fetchall()
    assert [row[1] for row in types] == ["BIGINT", "DECIMAL(12,2)", "TIMESTAMP"]


TYPES = """\
name: orders
region: us-east-1
records:
  format: json
  columns:
    id:     {type: BIGINT}
    tiny:   {type: TINYINT}
    SHORT:  {type: SMALLINT}
    items:  {type: INTEGER}
    weight: {type: REAL}
    ratio:  {type: DOUBLE}
    amount: {type: "DECIMAL(38, 10)"}
    gift:   {type: BOOLEAN}
    due:    {type: DATE}
    at:     {type: TIMESTAMP}
    name:   {type: VARCHAR(8)}
    city:   {type: VARCHAR(64), path: $.address.city}
    zip:    {type: INTEGER, path: $.address.zip}
delivery:
  record_size: 1 KiB
  records_per_second: 100
  s3:
    format: parquet
    table: {database: shop, name: orders, since: 2026-11-29}
    compression: COMPRESSION
accept:
  - {code: PIPE1717, reason: the shop writes UTC}
"""

NULLS = dict.fromkeys(["id", "tiny", "short", "items", "weight", "ratio", "amount", "gift", "due", "at", "name", "address"])
# Records with their rows; the emulator has the same.
BOTH = [
    (
        {"id": 2**63 - 1, "tiny": -128, "SHORT": 32767, "items": -1, "weight": 0.5, "ratio": 0.1, "amount": "1.0000000001",
         "gift": True, "due": "2027-01-31", "at": "2026-01-05 01:00:00.123456", "name": "Köln €", "address": {"city": "Köln", "zip": 1}},
        {"id": 2**63 - 1, "tiny": -128, "short": 32767, "items": -1, "weight": 0.5, "ratio": 0.1, "amount": Decimal("1.0000000001"),
         "gift": True, "due": date(2027, 1, 31), "at": datetime(2026, 1, 5, 1, 0, 0, 123_456), "name": "Köln €",
         "address": {"city": "Köln", "zip": 1}},
    ),
    ({}, NULLS),
    ({"ID": "7", "Tiny": None, "GIFT": "false", "more": {"a": 1}}, {**NULLS, "id": 7, "gift": False}),
    ({"at": "2026-01-05T01:00:00Z"}, {**NULLS, "at": datetime(2026, 1, 5, 1)}),
    ({"name": 5}, {**NULLS, "name": "5"}),
]
# The same, of what the emulator does in another way than AWS.
HERE = [
    ({"at": 1_767_574_800}, {**NULLS, "at": datetime(2026, 1, 5, 1)}),
    ({"at": 1_767_574_800_250}, {**NULLS, "at": datetime(2026, 1, 5, 1, 0, 0, 250_000)}),
    ({"due": "2027-1-5", "amount": "9.99999999995"}, {**NULLS, "due": date(2027, 1, 5), "amount": Decimal("10.0000000000")}),
    ({"ADDRESS": ["Bonn", "53111"], "name": {"A": [1]}}, {**NULLS, "address": {"city": "Bonn", "zip": 53111}, "name": '{"a":[1]}'}),
    ({"address": {}}, {**NULLS, "address": {"city": None, "zip": None}}),
]
MALFORMED, PARSE = "DataFormatConversion.MalformedData", "DataFormatConversion.ParseError"
BAD = [
    ({"tiny": 128}, MALFORMED),
    ({"items": "many"}, MALFORMED),
    ({"id": 2**63}, MALFORMED),
    ({"amount": 10**28}, MALFORMED),
    ({"gift": "perhaps"}, MALFORMED),
    ({"due": "soon"}, MALFORMED),
    ({"at": "soon"}, MALFORMED),
    ({"address": "Bonn"}, MALFORMED),
    ([{"id": 1}], MALFORMED),
    ('"text"', MALFORMED),
    ("no JSON", PARSE),
    ('{"id": 1', PARSE),
]


@pytest.mark.parametrize("compression", ["snappy", "gzip", "none"])
def test_all_types_have_the_values_of_the_records(tmp_path, compression):
    project = Project(tmp_path, "raw-to-s3.yaml", "http://nobody.invalid")
    project.path.write_text(TYPES.replace("COMPRESSION", compression))
    columns, keys = planned(project)
    assert set(columns.values()) == set(ARROW) - {"decimal(12,2)"} and list(keys) == ["datehour"]
    good = BOTH + HERE
    trace, files, failed = simulate(project, [record for record, _ in good + BAD])
    (_, path), = files.items()
    assert read(path, columns) == [row for _, row in good]
    chunk = parquet.ParquetFile(path).metadata.row_group(0).column(0)
    assert chunk.compression == {"snappy": "SNAPPY", "gzip": "GZIP", "none": "UNCOMPRESSED"}[compression]
    assert [document["lastErrorCode"] for document in failed] == [code for _, code in BAD]
    assert duckdb.sql(f"SELECT COUNT(*), MAX(amount), MAX(address.zip) FROM read_parquet('{path}')").fetchall() == [
        (len(good), Decimal("10.0000000000"), 53111)]


def test_the_emulator_converts_to_the_same_rows(tmp_path, monkeypatch):
    project = Project(tmp_path, "raw-to-s3.yaml", "http://nobody.invalid")
    project.path.write_text(TYPES.replace("COMPRESSION", "snappy"))
    columns, _ = planned(project)
    stored = {"Columns": [{"Name": name, "Type": kind} for name, kind in columns.items()]}
    monkeypatch.setattr(glue, "_tables", {"shop/orders": {"StorageDescriptor": stored}})
    conversion = {"SchemaConfiguration": {"DatabaseName": "shop", "TableName": "orders"},
                  "OutputFormatConfiguration": {"Serializer": {"ParquetSerDe": {}}}}

    def emulated(record):
        data = record if isinstance(record, str) else json.dumps(record)
        body = firehose._convert_to_parquet(conversion, data.encode())
        return parquet.read_table(io.BytesIO(body)).to_pylist()

    _, files, failed = simulate(project, [record for record, _ in BOTH + BAD])
    (_, path), = files.items()
    assert read(path, columns) == [row for record, _ in BOTH for row in emulated(record)]
    codes = []
    for record, _ in BAD:
        with pytest.raises(firehose._DeliveryError) as raised:
            emulated(record)
        codes.append((raised.value.code, raised.value.message.split(". ")[0].rstrip(".")))
    told = [(document["lastErrorCode"], document["lastErrorMessage"].split(". ")[0].rstrip(".")) for document in failed]
    assert told == codes


def test_nothing_is_written_without_a_row(tmp_path):
    project = Project(tmp_path, "orders-lake.yaml", "http://nobody.invalid")
    trace, files, failed = simulate(project, [{"id": 1, "state": "open"}])
    assert (files, failed) == ({}, [])
    kept = [path for path in (tmp_path / "objects").rglob("*.gz")]
    assert all(gzip.decompress(path.read_bytes()) for path in kept)
    assert trace["deliveries"][0]["objects"] == 0
