"""The rows that the transform hands over, in tables that Apache's own library creates from the template.

PIPEC names the program. It plays Firehose as its guide has it: names of keys match those of columns exactly, other keys are
skipped, and texts become the types of the columns.
"""

import json
import os
import subprocess
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
import yaml
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.schema import Schema

ROOT = Path(__file__).parents[2]
PIPEC = Path(os.environ.get("PIPEC", ROOT / "target/debug/pipec")).resolve()

# A column of every type that SQL has, in the old dialect, which folds names to upper case.
TYPES = {
    "BOOLEAN": ("true", True),
    "TINYINT": ("-7", -7),
    "SMALLINT": ("300", 300),
    "INTEGER": ("70000", 70000),
    "BIGINT": ("9007199254740993", 9007199254740993),
    "REAL": ("0.5", 0.5),
    "DOUBLE": ("1e-3", 0.001),
    "DECIMAL(20, 4)": ("1234567890123456.5", Decimal("1234567890123456.5000")),
    "CHAR(2)": ('"DE"', "DE"),
    "VARCHAR(16)": ('"a \\u00e9"', "a \u00e9"),
    "DATE": ('"2026-11-30"', date(2026, 11, 30)),
    "TIME": ('"12:34:56"', "12:34:56"),
    "TIMESTAMP": ('"2026-11-30 12:00:00.5"', datetime(2026, 11, 30, 12, 0, 0, 500_000)),
}


def tag(loader, suffix, node):
    return loader.construct_mapping(node) if isinstance(node, yaml.MappingNode) else node.value


class Cfn(yaml.SafeLoader):
    """Short forms of functions as their arguments."""


Cfn.add_multi_constructor("!", tag)


def run(spec, records, out):
    """What Firehose would be handed for each delivery, and the tables of the template by their names."""
    (out / "spec.yaml").write_text(spec)
    (out / "records.jsonl").write_text("".join(record + "\n" for record in records))
    for command in (["build", "spec.yaml", "--out", "built"], ["simulate", "spec.yaml", "--input", "records.jsonl", "--out", "sent"]):
        done = subprocess.run([PIPEC, *command], cwd=out, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    (template,) = (out / "built").glob("*/template.yaml")
    resources = yaml.load(template.read_text(), Cfn)["Resources"].values()
    tables = {r["Properties"]["TableName"]: r["Properties"] for r in resources if r["Type"] == "AWS::S3Tables::Table"}
    rows = {}
    for file in sorted((out / "sent").rglob("*.jsonl")):
        lines = file.read_text().splitlines()
        rows.setdefault(file.parent.name, []).extend(json.loads(line, parse_float=Decimal) for line in lines)
    return tables, rows


def table_of(catalog, properties):
    fields = properties["IcebergMetadata"]["IcebergSchema"]["SchemaFieldList"]
    of = lambda at, field: {"id": at, "name": field["Name"], "type": field["Type"], "required": False}  # noqa: E731
    schema = Schema.model_validate({"type": "struct", "fields": [of(at + 1, f) for at, f in enumerate(fields)]})
    catalog.create_namespace_if_not_exists(properties["Namespace"])
    return catalog.create_table(f"{properties['Namespace']}.{properties['TableName']}", schema)


def value(given, of):
    """As Firehose reads a value of a record."""
    if given is None:
        return None
    if pa.types.is_timestamp(of):
        assert given[10] == "T", "Firehose reads ISO 8601 alone"
        return datetime.fromisoformat(given)
    if pa.types.is_date(of):
        return date.fromisoformat(given)
    if pa.types.is_decimal(of):
        return Decimal(given).quantize(Decimal(1).scaleb(-of.scale))
    return float(given) if pa.types.is_floating(of) else given


def arrow(table, rows):
    schema = schema_to_pyarrow(table.schema())
    return pa.Table.from_pylist([{f.name: value(row[f.name], f.type) for f in schema} for row in rows], schema)


@pytest.fixture
def catalog(tmp_path):
    return SqlCatalog("test", uri=f"sqlite:///{tmp_path}/catalog.db", warehouse=f"file://{tmp_path}/warehouse")


@pytest.mark.parametrize("runtime", ["sql", "records"])
def test_every_type_arrives(tmp_path, catalog, runtime):
    """Of SQL, and of records that have the form of the table already."""
    names = [f"C{at}" if runtime == "sql" else f"c{at}" for at in range(len(TYPES))]
    columns = "".join(f'    {name}: {{type: "{of}"}}\n' for name, of in zip(names, TYPES))
    spec = (
        f"name: types\nstream: {{record_size: 1 KiB, records_per_second: 10}}\nrecords:\n  format: json\n  columns:\n{columns}"
        "delivery: {iceberg: {s3_tables: {bucket: shop-tables, namespace: shop, table: types}}}\n"
    )
    texts = [text for text, _ in TYPES.values()]
    if runtime == "sql":
        declared = ", ".join(f"{name} {of}" for name, of in zip(names, TYPES))
        spec += (
            f"analytics:\n  sql: |\n    CREATE OR REPLACE STREAM O ({declared});\n"
            f"    CREATE OR REPLACE PUMP P AS INSERT INTO O SELECT STREAM {', '.join(names)} FROM SOURCE_SQL_STREAM_001;\n"
        )
    else:
        texts = [text.replace(" 12:", "T12:") for text in texts]
    record = "{" + ",".join(f'"{name}":{text}' for name, text in zip(names, texts)) + "}"
    tables, rows = run(spec, [record], tmp_path)
    (sent,) = rows.values()
    table = table_of(catalog, tables["types"])
    table.append(arrow(table, sent))
    (read,) = table.scan().to_arrow().to_pylist()
    assert read == {f"c{at}": wanted for at, (_, wanted) in enumerate(TYPES.values())}


def test_updates_find_their_rows(tmp_path, catalog):
    """The example: each state of an order in one table, the latest in the other."""
    states = [(1, "new", 12.5, 0), (2, "new", 3, 1), (1, "paid", 12.5, 2), (2, "cancelled", 3, 3)]
    record = '{"order":{"id":%d,"state":"%s","amount":%s},"changed_at":"2026-11-30 12:00:0%d"}'
    spec = (ROOT / "examples/order-tables.yaml").read_text()
    tables, rows = run(spec, [record % state for state in states], tmp_path)
    table = table_of(catalog, tables["order_history"])
    table.append(arrow(table, rows["requests-history"]))
    assert sorted(table.scan().to_arrow()["state"].to_pylist()) == ["cancelled", "new", "new", "paid"]
    (keys,) = [d["iceberg"]["unique_keys"] for d in yaml.safe_load(spec)["deliveries"].values() if "unique_keys" in d["iceberg"]]
    table = table_of(catalog, tables["orders"])
    # An update inserts a row that is not there.
    for row in rows["requests-latest"]:
        assert row["op"] in ("insert", "update", "delete")
        if row["op"] == "delete":
            table.delete(" and ".join(f"{key} = {row[key]}" for key in keys))
        else:
            table.upsert(arrow(table, [row]), join_cols=keys)
    wanted = {"id": 1, "state": "paid", "amount": Decimal("12.50"), "changed_at": datetime(2026, 11, 30, 12, 0, 2)}
    latest = table.scan().to_arrow().to_pylist()
    assert [{key: row[key] for key in wanted} for row in latest] == [wanted]
