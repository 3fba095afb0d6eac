"""What a delivery to S3 writes in an emulator, read as Athena reads it: Parquet by its columns, records by their folders."""

import io
import json
import time
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from emulated_aws import clients

from athena import folders
from program import Project

PATIENCE = 60  # seconds until an object is there
DAY = datetime.now(timezone.utc).date()

# Types of the Data Catalog as Parquet has them.
ARROW = {
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "decimal(10,2)": pa.decimal128(10, 2),
    "double": pa.float64(),
    "int": pa.int32(),
    "string": pa.string(),
    "struct<city:string>": pa.struct([("city", pa.string())]),
}


@pytest.fixture
def lake(ministack, account, tmp_path):
    """Deploys a spec; returns the API, and what each output of the stack is."""
    key = account(ministack)
    client = clients(ministack.address, key, s3={"addressing_style": "path"})

    def deploy(spec):
        folder = tmp_path / "project"
        folder.mkdir()
        pipeline = Project(folder, "raw-to-s3.yaml", ministack.address, key)
        pipeline.path.write_text(spec)
        run = pipeline.deploy()
        assert run.code == 0, run.told
        stack, = client("cloudformation").describe_stacks(StackName=pipeline.name)["Stacks"]
        return client, {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    return deploy


def put(client, stream, records):
    entries = [{"Data": (record if isinstance(record, str) else json.dumps(record)).encode()} for record in records]
    assert client("firehose").put_record_batch(DeliveryStreamName=stream, Records=entries)["FailedPutCount"] == 0


def objects(client, bucket, count):
    """The objects of a bucket by their keys, once there are so many."""
    end = time.monotonic() + PATIENCE
    while True:
        found = [page["Key"] for page in client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])]
        if len(found) >= count or time.monotonic() > end:
            assert len(found) == count, found
            return {key: client("s3").get_object(Bucket=bucket, Key=key)["Body"].read() for key in found}
        time.sleep(0.2)


ORDERS = f"""\
name: orders
region: us-east-1
records:
  format: json
  columns:
    id:        {{type: BIGINT}}
    country:   {{type: VARCHAR(2)}}
    AMOUNT:    {{type: "DECIMAL(10, 2)"}}
    weight:    {{type: DOUBLE}}
    items:     {{type: INTEGER}}
    gift:      {{type: BOOLEAN}}
    due:       {{type: DATE}}
    placed_at: {{type: TIMESTAMP}}
    city:      {{type: VARCHAR(64), path: $.address.city}}
delivery:
  record_size: 1 KiB
  records_per_second: 100
  s3:
    format: parquet
    table: {{database: web_shop, name: orders, since: {DAY}}}
    partition_by:
      country: {{column: country, values: [DE, FR]}}
      day: {{column: placed_at, format: yyyy-MM-dd}}
accept:
  - {{code: PIPE1717, reason: the shop writes UTC}}
"""


def test_parquet_has_the_planned_types_in_the_folders_of_its_keys(lake, tmp_path):
    client, outputs = lake(ORDERS)
    stream, bucket = outputs["DeliveryStreamName"], outputs["BucketName"]
    table = client("glue").get_table(DatabaseName="web_shop", Name="orders")["Table"]
    columns = {column["Name"]: column["Type"] for column in table["StorageDescriptor"]["Columns"]}
    assert columns == {
        "id": "bigint", "amount": "decimal(10,2)", "weight": "double", "items": "int", "gift": "boolean", "due": "date",
        "placed_at": "timestamp", "address": "struct<city:string>",
    }
    at = f"{DAY} 12:30:15.250"
    one = {"id": 2**53, "country": "DE", "AMOUNT": "12.5", "weight": 0.1, "items": 3, "gift": True, "due": "2027-01-31",
           "placed_at": at, "address": {"city": "Köln"}, "more": [1]}
    two = {"ID": 2, "country": "FR", "amount": 7, "placed_at": at}
    put(client, stream, [one, two, {**one, "items": "many"}, {"id": 3, "placed_at": at}, {**one, "country": None}])
    found = objects(client, bucket, 5)

    good = {key: body for key, body in found.items() if key.endswith(".parquet")}
    tables = {key.split("/country=")[1].split("/")[0]: parquet.read_table(io.BytesIO(body)) for key, body in good.items()}
    assert set(tables) == {"DE", "FR"}
    assert all(key.startswith(f"orders/country={country}/day={DAY}/") for key, country in zip(sorted(good), ["DE", "FR"]))
    for read in tables.values():
        types = {field.name: field.type for field in read.schema}
        assert pa.types.is_timestamp(types.pop("placed_at"))
        assert types == {name: ARROW[kind] for name, kind in columns.items() if name != "placed_at"}
    row, = tables["DE"].to_pylist()
    assert row.pop("placed_at").replace(tzinfo=None) == datetime.fromisoformat(at)
    assert row == {"id": 2**53, "amount": Decimal("12.50"), "weight": 0.1, "items": 3, "gift": True, "due": date(2027, 1, 31),
                   "address": {"city": "Köln"}}
    row, = tables["FR"].to_pylist()
    assert (row["id"], row["amount"], row["address"]) == (2, Decimal("7.00"), None)

    failed = {key: json.loads(body) for key, body in found.items() if key not in good}
    kinds = sorted(key.split("/")[1] for key in failed)
    assert kinds == ["format-conversion-failed", "processing-failed", "processing-failed"]
    assert all(key.startswith("errors/") for key in failed)

    # As Athena: the folders that the table enumerates, and no others.
    known = of_folders(bucket, good, folders(table, {}))
    assert set(known) == set(good)
    rows = duckdb.sql(
        "SELECT country, CAST(day AS VARCHAR), SUM(id), MAX(amount) "
        f"FROM read_parquet({written(tmp_path / 'objects', good)}, hive_partitioning = true) GROUP BY ALL ORDER BY 1"
    ).fetchall()
    assert rows == [("DE", str(DAY), 2**53, Decimal("12.50")), ("FR", str(DAY), 2, Decimal("7.00"))]


def of_folders(bucket, found, known):
    """The objects below the folders of a table, each with the values of the partition keys. None is below two."""
    rows = {}
    for key in found:
        own = [row for folder, row in known.items() if f"s3://{bucket}/{key}".startswith(folder)]
        assert len(own) < 2, (key, own)
        rows.update({key: row for row in own})
    return rows


def written(folder, found):
    """Paths of objects, written as files below a folder."""
    paths = []
    for key, body in found.items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        paths.append(str(path))
    return paths


PREFIXES = {
    "plain": "clicks/",
    "dated": "clicks/dt=!{timestamp:yyyy-MM-dd}/",
    "parts": "clicks/year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/",
    "quoted": "clicks/!{timestamp:'dt='yyyyMMdd'/hour='HH}/",
    "file": "team/clicks/!{timestamp:yyyy}/part-",
    "random": "clicks/!{timestamp:yyyy/MM}/!{firehose:random-string}/",
}
PARTITIONS = """
      partition_by:
        site: {column: site, values: [blog, shop]}
        at_day: {column: at, format: yyyy-MM-dd}
"""
KEYS = "site=!{partitionKeyFromQuery:site}/!{partitionKeyFromQuery:at_day}/"


def clicks():
    """A delivery for each prefix, with and without partition keys."""
    spec = """\
name: clicks
region: us-east-1
records:
  format: json
  columns: {id: {type: INTEGER}, site: {type: VARCHAR(8)}, at: {type: TIMESTAMP}, MS: {type: TIMESTAMP, as: epoch_ms}}
accept: [{code: PIPE1717, reason: sites write UTC}, {code: PIPE0605, reason: names of objects}]
deliveries:
"""
    for name, prefix in PREFIXES.items():
        for keyed in (False, True):
            # Below a random folder, there are no others.
            own = prefix.replace("!{firehose", KEYS + "!{firehose") if keyed and name == "random" else prefix
            spec += f"""\
  {name}{"-keyed" if keyed else ""}:
    record_size: 1 KiB
    records_per_second: 10
    s3:
      prefix: "{own}"
      table: {{database: clicks, name: {name}{"_keyed" if keyed else ""}, since: {DAY}}}{PARTITIONS if keyed else chr(10)}"""
    return spec


def test_athena_finds_the_rows_by_the_folders_that_it_enumerates(lake, tmp_path):
    client, outputs = lake(clicks())
    days = [DAY, DAY + timedelta(days=1)]
    records = [
        {"id": at, "site": site, "at": f"{day} 01:02:03", "ms": 1_790_000_000_000 + at}
        for at, (site, day) in enumerate((site, day) for site in ("blog", "shop") for day in days)
    ]
    for name in PREFIXES:
        for keyed in (False, True):
            suffix = name.capitalize() + ("Keyed" if keyed else "")
            bucket = outputs[f"Bucket{suffix}Name"]
            put(client, outputs[f"Delivery{suffix}StreamName"], records)
            found = objects(client, bucket, len(records))
            table = client("glue").get_table(DatabaseName="clicks", Name=name + ("_keyed" if keyed else ""))["Table"]
            rows = of_folders(bucket, found, folders(table, {}))
            assert set(rows) == set(found), (name, keyed)
            for key, row in rows.items():
                record = json.loads(found[key])
                if keyed:
                    assert row["site"] == record["site"] and row["at_day"] == record["at"][:10]
            types = {column["Name"]: column["Type"] for column in table["StorageDescriptor"]["Columns"]}
            if keyed:
                # The folder has it.
                assert types == {"id": "int", "at": "string", "ms": "bigint"}
            columns = {"id": "INTEGER", "at": "VARCHAR", "ms": "BIGINT"}
            paths = written(tmp_path / bucket, found)
            got = duckdb.sql(f"SELECT id, \"at\", ms FROM read_json({paths}, columns = {columns}) ORDER BY id").fetchall()
            assert got == [(record["id"], record["at"], record["ms"]) for record in records]


def test_the_transform_stores_each_record_in_the_folder_of_its_row(lake):
    client, outputs = lake(
        f"""\
name: paid-orders
region: us-east-1
records:
  format: json
  columns:
    id:    {{type: BIGINT}}
    land:  {{type: VARCHAR(2), path: $.address.country}}
    state: {{type: VARCHAR(8)}}
    at:    {{type: TIMESTAMP}}
analytics:
  runtime: lambda
  sql: SELECT id, UPPER(land) AS country, at FROM stream WHERE state = 'paid'
delivery:
  record_size: 1 KiB
  records_per_second: 10
  backup: raw
  s3:
    format: parquet
    table: {{database: shop, name: paid_orders, since: {DAY}}}
    partition_by:
      country: {{column: country, count: 40}}
      hour: {{column: at, format: yyyy-MM-dd-HH}}
"""
    )
    # Shortly before midnight in Honolulu, which is the next day in UTC.
    at = f"{DAY}T23:30:00-10:00"
    order = {"id": 1, "address": {"country": "de"}, "state": "paid", "at": at}
    records = [order, {**order, "id": 2, "address": {"country": "fr"}}, {**order, "id": 3, "state": "open"},
               {**order, "id": 4, "at": f"{DAY} 05:00:00"}]
    put(client, outputs["DeliveryStreamName"], records)
    found = objects(client, outputs["BucketName"], 3)
    table = client("glue").get_table(DatabaseName="shop", Name="paid_orders")["Table"]
    enumerated = folders(table, {"country": ["DE", "FR"]}, datetime.now(timezone.utc) + timedelta(days=1))
    rows = of_folders(outputs["BucketName"], found, enumerated)
    by_id = {parquet.read_table(io.BytesIO(found[key])).to_pylist()[0]["id"]: row for key, row in rows.items()}
    later = DAY + timedelta(days=1)
    assert by_id == {
        1: {"country": "DE", "hour": f"{later}-09"},
        2: {"country": "FR", "hour": f"{later}-09"},
        4: {"country": "DE", "hour": f"{DAY}-05"},
    }
