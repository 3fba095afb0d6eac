"""The expression that finds partition keys, run by jq 1.6, the engine that Firehose names."""

import json
import os
import subprocess

import yaml

from conftest import ROOT

PIPEC = os.environ.get("PIPEC", ROOT / "target/debug/pipec")

SPEC = """\
name: keys
records:
  format: json
  columns:
    country: {type: VARCHAR(2)}
    shop:    {type: BIGINT, path: $.shop.id}
    kind:    {type: VARCHAR(8), path: "$['event-kind']"}
    is_new:  {type: BOOLEAN}
    born:    {type: DATE}
    at:      {type: TIMESTAMP}
    s:       {type: TIMESTAMP, as: epoch_s}
    ms:      {type: TIMESTAMP, as: epoch_ms}
delivery:
  record_size: 1 KiB
  records_per_second: 1
  s3:
    partition_by:
      country: country
      shop: shop
      kind: kind
      is_new: is_new
      born: born
      day: {column: at, format: yyyy-MM-dd}
      folder: {column: at, format: "yyyy/'m'MM/dd/HH"}
      time: {column: at, format: HH}
      hour: {column: s, format: yyyyMMddHH}
      minute: {column: ms, format: "HH.mm"}
"""

WHOLE = {
    "country": "DE", "shop": {"id": 7}, "event-kind": "sale", "is_new": False, "born": "1990-02-03",
    "at": "2026-11-29T01:02:03Z", "s": 1790000000, "ms": 1790000059999,
}
KEYS = {
    "country": "DE", "shop": 7, "kind": "sale", "is_new": False, "born": "1990-02-03", "day": "2026-11-29",
    "folder": "2026/m11/29/01", "time": "01", "hour": "2026092114", "minute": "14.14",
}


def query(folder):
    spec = folder / "spec.yaml"
    spec.write_text(SPEC)
    run = subprocess.run([PIPEC, "build", spec, "--out", folder], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    text = (folder / "keys" / "template.yaml").read_text()
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.add_multi_constructor("!", lambda loader, tag, node: None)
    delivery, = (r for r in yaml.load(text, loader)["Resources"].values() if r["Type"].endswith("DeliveryStream"))
    processors = delivery["Properties"]["ExtendedS3DestinationConfiguration"]["ProcessingConfiguration"]["Processors"]
    extraction, = (processor for processor in processors if processor["Type"] == "MetadataExtraction")
    parameters = {p["ParameterName"]: p["ParameterValue"] for p in extraction["Parameters"]}
    assert parameters["JsonParsingEngine"] == "JQ-1.6"
    return parameters["MetadataExtractionQuery"]


def keys(expression, record):
    """The keys of a record; `None` if jq fails, as Firehose then does."""
    run = subprocess.run(["jq", "-c", expression], input=json.dumps(record), capture_output=True, text=True)
    return json.loads(run.stdout) if run.returncode == 0 else None


def test_jq_finds_the_keys_of_a_record(tmp_path):
    version = subprocess.run(["jq", "--version"], capture_output=True, text=True).stdout.strip()
    assert version.startswith(("jq-1.6", "jq-1.7", "jq-1.8")), version
    expression = query(tmp_path)
    assert keys(expression, WHOLE) == KEYS
    # A record without a value of a key has none of them, or an empty one: Firehose stores neither.
    for missing in WHOLE:
        for record in ({**WHOLE, missing: None}, {key: value for key, value in WHOLE.items() if key != missing}):
            found = keys(expression, record)
            assert found is None or not all(value not in (None, "") for value in found.values()), (missing, found)
    for key in ("country", "event-kind", "born", "at"):
        found = keys(expression, {**WHOLE, key: ""})
        assert found is None or "" in found.values() or None in found.values(), (key, found)
    # A part of a time is not a key.
    for column, key, part in (
        ("born", "born", "1990-02"), ("at", "day", "2026-11"), ("at", "time", "2026-11-29"), ("at", "time", "2026-11-29T0"),
    ):
        found = keys(expression, {**WHOLE, column: part})
        assert found is None or found[key] is None, (key, part, found)


def test_the_operation_of_a_row(tmp_path):
    """Firehose guide, "Provide routing information to Firehose with JSONQuery expression": an object of three texts."""
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        "name: rows\nstream: {record_size: 1 KiB, records_per_second: 1}\ndelivery: {iceberg: {unique_keys: [id], operation: "
        'the op, s3_tables: {bucket: tables, namespace: shop, table: orders, existing: true}}}\n'
    )
    run = subprocess.run([PIPEC, "build", spec, "--out", tmp_path], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    line = next(l for l in (tmp_path / "rows/template.yaml").read_text().splitlines() if "destinationTableName" in l)
    expression = yaml.safe_load(line.strip())["ParameterValue"]
    row = json.dumps({"id": 1, "the op": "delete"})
    found = subprocess.run(["jq", "-c", expression], input=row, capture_output=True, text=True, check=True).stdout
    wanted = {"destinationDatabaseName": "shop", "destinationTableName": "orders", "operation": "delete"}
    assert json.loads(found) == wanted
