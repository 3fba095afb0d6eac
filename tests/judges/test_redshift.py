"""What pipec prints for Redshift, taken by PostgreSQL: the statements that create the table, and the rows that COPY would load.

`json_populate_record` finds the columns of a row as `JSON 'auto'` of COPY does: names in lower case, letter by letter. With the keys
in lower case before, it finds them as `JSON 'auto ignorecase'` does.
"""

import gzip
import json
import os
import subprocess

import pytest

from conftest import ROOT
from postgres import server

PIPEC = os.environ.get("PIPEC", ROOT / "target/debug/pipec")

# Upper-case keys, words of SQL as names, each type, an object and a list.
SPEC = """\
name: every-type
region: us-east-1
stream: {record_size: 1 KiB, records_per_second: 10}
records:
  format: json
  columns:
    ID: {type: BIGINT}
    user: {type: VARCHAR(4)}
    isNew: {type: BOOLEAN}
    tiny: {type: TINYINT}
    small: {type: SMALLINT}
    whole: {type: INTEGER}
    price: {type: "DECIMAL(10, 2)"}
    real: {type: REAL}
    double: {type: DOUBLE}
    code: {type: CHAR(2)}
    note: {type: VARCHAR}
    day: {type: DATE}
    hour: {type: TIME}
    timestamp: {type: TIMESTAMP}
    city: {type: VARCHAR(20), path: $.address.city}
    zip: {type: VARCHAR(10), path: $.address.zip}
    a-b: {type: VARCHAR(8), path: "$['a-b']"}
delivery:
  redshift:
    workgroup: shop
    database: dev
    table: shop.every_type
    secret: arn:aws:secretsmanager:us-east-1:111122223333:secret:redshift-AbCdEf
"""

RECORD = {
    "ID": 7, "user": "üüüü", "isNew": True, "tiny": 1, "small": 2, "whole": 3, "price": 12.5, "real": 0.5, "double": 0.25,
    "code": "DE", "note": "n", "day": "2026-11-29", "hour": "12:00:01", "timestamp": "2026-11-29T12:00:00.123Z",
    "address": {"city": "Bonn", "zip": "53111"}, "a-b": "x",
}
ROW = [7, "üüüü", True, 1, 2, 3, 12.5, 0.5, 0.25, "DE", "n", "2026-11-29", "12:00:01", "2026-11-29T12:00:00.123",
       {"city": "Bonn", "zip": "53111"}, "x"]


@pytest.fixture(scope="module")
def postgres():
    with server() as run:
        # Redshift's type for objects and lists, the schema of the tables, and the user of the secret.
        run("CREATE DOMAIN super AS jsonb; CREATE SCHEMA shop; CREATE ROLE firehose;")
        yield run


def planned(spec):
    done = subprocess.run([PIPEC, "plan", spec, "--format", "json"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["delivery"]


def statements(delivery):
    """The lines to paste that are SQL."""
    pasted = [line for line in delivery["other_side"] if line.startswith("  ") and not line.startswith("  aws ")]
    return "\n".join(pasted)


def load(run, table, keys, rows):
    """Loads rows whose keys are compared as `keys` makes them."""
    for row in rows:
        text = json.dumps({keys(key): value for key, value in row.items()}).replace("'", "''")
        run(f"INSERT INTO {table} SELECT * FROM json_populate_record(NULL::{table}, '{text}')")


def test_the_statement_and_its_types_are_taken(postgres, tmp_path):
    spec = tmp_path / "spec.yaml"
    spec.write_text(SPEC)
    delivery = planned(spec)
    assert "JSON 'auto ignorecase'" in delivery["copy"]
    postgres(statements(delivery))
    load(postgres, "shop.every_type", str.lower, [RECORD])
    row, = (json.loads(line) for line in postgres("SELECT to_json(t) FROM shop.every_type t"))
    assert list(row.values()) == ROW
    # VARCHAR of Redshift counts bytes: four characters of two bytes need more than VARCHAR(4).
    lengths = postgres(
        "SELECT character_maximum_length FROM information_schema.columns WHERE table_name = 'every_type' AND column_name = 'user'"
    )
    assert int(lengths[0]) >= len("üüüü".encode())
    # `JSON 'auto'` would have loaded NULL for the keys in upper case, without an error.
    postgres("TRUNCATE shop.every_type")
    load(postgres, "shop.every_type", str, [RECORD])
    row, = (json.loads(line) for line in postgres("SELECT to_json(t) FROM shop.every_type t"))
    assert row["id"] is None and row["isnew"] is None and row["whole"] == 3


def test_the_example_loads_its_rows(postgres, tmp_path):
    spec = ROOT / "examples/orders-redshift.yaml"
    delivery = planned(spec)
    postgres(statements(delivery))
    records = tmp_path / "records.jsonl"
    order = {"id": 1, "customer": {"name": "Ada", "country": "DE"}, "total": 12.5, "status": "paid", "placed_at": "2026-11-29T12:00:00.5Z"}
    given = [order, {**order, "id": 2, "status": "open"}, {**order, "id": 3, "customer": {"name": "Bo"}}]
    records.write_text("".join(json.dumps(one) + "\n" for one in given))
    out = tmp_path / "out"
    subprocess.run([PIPEC, "simulate", spec, "--input", records, "--out", out], check=True, capture_output=True)
    staged = [path for path in out.glob("*-stagingbucket/*/*/*/*/*") if path.suffix == ".gz"]
    rows = [json.loads(line) for path in staged for line in gzip.decompress(path.read_bytes()).splitlines()]
    # COPY names the columns of the rows and no others.
    names = delivery["copy"].split("(")[1].split(")")[0].split(", ")
    assert [list(row) for row in rows] == [names] * 2
    load(postgres, "shop.orders", str.lower, rows)
    assert postgres("SELECT * FROM shop.orders ORDER BY order_id") == [
        "1|Ada|DE|12.50|2026-11-29 12:00:00.5",
        "3|Bo||12.50|2026-11-29 12:00:00.5",
    ]
