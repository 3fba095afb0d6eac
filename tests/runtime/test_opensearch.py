"""What the packed transform returns, as documents in OpenSearch's API, with the settings of the generated stacks."""

import base64
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from osmem_server import OsmemServer

from emulated_lambda import Function
from search import FirehoseToSearch, call, index
from test_endpoints import PIPEC, ROOT, Template, packed, returned, streams

ARRIVED = 1_796_040_000  # 2026-11-30T12:00:00Z
EXAMPLE = "order-search"


@pytest.fixture(scope="module")
def base():
    server = OsmemServer.start(japanese=False)
    yield server
    server.close()


@pytest.fixture
def server(base):
    """An empty OpenSearch."""
    with base.clone() as clone:
        yield clone.url


@pytest.fixture(scope="module")
def paid():
    return streams(EXAMPLE)["SearchDeliveryPaid"]


@pytest.fixture(scope="module")
def every():
    return streams(EXAMPLE)["BackedUpSearchDeliveryAll"]


def order(number, **changed):
    one = {
        "order_id": f"o-{number}",
        "customer": {"country": "DE"},
        "total": 12.5 + number,
        "placed_at": f"2026-11-30 11:00:0{number}.250",
        "status": "paid",
    }
    return json.dumps({**one, **changed}).encode()


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """What the transform of the example returns for these orders."""
    with Function(packed(EXAMPLE), tmp_path_factory.mktemp("orders")) as function:
        return returned(function, [order(0), order(1, status="open"), order(2), order(3)])


def plan_of(example):
    plan = subprocess.run([PIPEC, "plan", ROOT / f"examples/{example}.yaml", "--format", "json"], capture_output=True, check=True)
    return json.loads(plan.stdout)


@pytest.fixture(scope="module")
def deliveries():
    return {one["name"]: one for one in plan_of(EXAMPLE)["deliveries"]}


def requests(delivery):
    """The requests of the other side, by their path."""
    lines = [line.strip() for line in delivery["other_side"]]
    found = {}
    for at, line in enumerate(lines):
        if match := re.fullmatch(r"PUT (\S+)", line):
            found[match.group(1)] = lines[at + 1]
    return found


@pytest.fixture
def templated(server, deliveries):
    """An OpenSearch with the index template that `pipec plan` prints."""
    template = requests(deliveries["paid"])["_index_template/firehose-order-search-paid"]
    assert call(f"{server}/_index_template/firehose-order-search-paid", "PUT", template)[0] == 200
    return server


def found(url, query=None, of="orders-*"):
    call(f"{url}/{of}/_refresh", "POST")
    body = json.dumps({"query": query or {"match_all": {}}, "size": 100})
    status, reply = call(f"{url}/{of}/_search", "POST", body)
    assert status == 200, reply
    return sorted((hit["_source"] for hit in reply["hits"]["hits"]), key=lambda one: json.dumps(one))


def deliver(properties, url, records, **more):
    firehose = FirehoseToSearch(properties, url, **more)
    firehose.deliver([(record, ARRIVED) for record in records])
    return firehose


def test_opensearch_takes_what_the_transform_returns(templated, paid, rows):
    firehose = deliver(paid, templated, rows)
    assert (firehose.backup, len(firehose.requests)) == ({}, 1)
    assert [one["order_id"] for one in found(templated)] == ["o-0", "o-2", "o-3"]
    # One row a record, without a newline.
    assert all(row.endswith(b"}") and b"\n" not in row for row in rows)
    # The index of the day, and its types.
    status, reply = call(f"{templated}/orders-2026-11-30/_mapping")
    properties = reply["orders-2026-11-30"]["mappings"]["properties"]
    assert status == 200
    assert {name: of["type"] for name, of in properties.items()} == {
        "order_id": "text",
        "country": "text",
        "total": "scaled_float",
        "placed_at": "date",
    }
    # Times are times, and numbers are numbers.
    late = {"range": {"placed_at": {"gte": "2026-11-30T11:00:02Z"}}}
    assert [one["order_id"] for one in found(templated, late)] == ["o-2", "o-3"]
    assert [one["order_id"] for one in found(templated, {"range": {"total": {"lt": 13}}})] == ["o-0"]
    assert [one["order_id"] for one in found(templated, {"term": {"country.keyword": "DE"}})] == ["o-0", "o-2", "o-3"]


def test_times_are_times_without_a_template_as_well(server, paid, rows):
    assert deliver(paid, server, rows).backup == {}
    _, reply = call(f"{server}/orders-2026-11-30/_mapping")
    assert reply["orders-2026-11-30"]["mappings"]["properties"]["placed_at"]["type"] == "date"


def test_a_retry_overwrites_documents_with_ids_of_firehose(templated, paid, rows):
    # OpenSearch has accepted them, and its response was lost.
    firehose = deliver(paid, templated, rows, replies=[503, 200])
    assert (len(firehose.requests), firehose.backup) == (2, {})
    assert len(found(templated)) == 3


def test_a_retry_without_ids_writes_documents_a_second_time(server, every):
    records = [order(0), order(1)]
    firehose = deliver(every, server, records, replies=[503, 200])
    assert len(found(server, of="order-records-*")) == 4
    # The stack backs all records up.
    assert firehose.backup == {"records/": records}
    assert call(f"{server}/order-records-2026-11/_count")[0] == 200


def test_a_value_of_another_type_is_in_the_bucket_with_its_cause(templated, paid, rows):
    bad = json.dumps({"order_id": "o-9", "country": "FR", "total": "many", "placed_at": None}).encode()
    firehose = deliver(paid, templated, [rows[0], bad, rows[1]])
    ((key, lines),) = firehose.backup.items()
    assert key == "errors/AmazonOpenSearchService-failed/"
    (line,) = lines
    assert (line["errorCode"], base64.b64decode(line["rawData"])) == ("400", bad)
    assert "mapper_parsing_exception" in line["errorMessage"]
    assert line["esIndexName"] == "orders-2026-11-30"
    assert [one["order_id"] for one in found(templated)] == ["o-0", "o-2"]


def test_the_first_document_decides_without_a_template(server, paid):
    # A whole number, and then one with a fraction of the same field: the fraction is not indexed; then a text.
    firehose = deliver(paid, server, [b'{"total":1}', b'{"total":"many"}'])
    (line,) = firehose.backup["errors/AmazonOpenSearchService-failed/"]
    assert "mapper_parsing_exception" in line["errorMessage"]


def test_a_record_with_a_newline_is_malformed(templated, paid, rows):
    firehose = deliver(paid, templated, [rows[0], rows[1] + b"\n", b'{\n "order_id": "o-8"\n}', b"text", b"[1]"])
    lines = firehose.backup["errors/AmazonOpenSearchService-failed/"]
    assert {line["errorCode"] for line in lines} == {"OS.MalformedData"}
    assert len(lines) == 4
    assert len(found(templated)) == 1


def test_a_newline_within_a_document_breaks_a_bulk_request(server):
    """Why Firehose rejects such records: the request would have another number of lines."""
    body = b'{"index":{"_index":"orders"}}\n{\n "order_id": "o-8"\n}\n'
    status, reply = call(f"{server}/_bulk", "POST", body)
    assert status >= 400 or reply["errors"]


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [
        ("NoRotation", "orders"),
        ("OneHour", "orders-2026-11-30-12"),
        ("OneDay", "orders-2026-11-30"),
        ("OneWeek", "orders-2026-w49"),
        ("OneMonth", "orders-2026-11"),
    ],
)
def test_indexes_of_a_period(server, paid, rows, rotation, expected):
    assert index("orders", rotation, ARRIVED) == expected
    settings = {FirehoseToSearch.SETTINGS: {**paid[FirehoseToSearch.SETTINGS], "IndexRotationPeriod": rotation}}
    deliver(settings, server, rows)
    status, reply = call(f"{server}/_cat/indices?format=json")
    assert (status, [one["index"] for one in reply]) == (200, [expected])


def test_opensearch_takes_the_requests_that_simulate_writes(server, tmp_path):
    records = tmp_path / "orders.jsonl"
    records.write_bytes(b"\n".join([order(0), order(1, status="open"), order(2)]) + b"\n")
    out = tmp_path / "out"
    command = [PIPEC, "simulate", ROOT / f"examples/{EXAMPLE}.yaml", "--input", records, "--out", out, "--start", "2026-11-30T12:00:00Z"]
    subprocess.run(command, capture_output=True, check=True)
    files = sorted(out.glob("requests-*/*.ndjson"))
    assert {file.parent.name for file in files} == {"requests-paid", "requests-all"}
    for file in files:
        status, reply = call(f"{server}/_bulk", "POST", file.read_bytes())
        assert (status, reply["errors"]) == (200, False)
    assert [one["order_id"] for one in found(server, of="orders-2026-11-30")] == ["o-0", "o-2"]
    assert len(found(server, of="order-records-2026-11")) == 3


def names(case):
    """Names of indexes in a case of a diagnostic."""
    spec = yaml.safe_load((ROOT / f"tests/cases/{case}/spec.yaml").read_text())
    return [one["opensearch"]["index"] for one in spec["deliveries"].values()]


# A control character would break the commands that `plan` prints, and is refused for them.
@pytest.mark.parametrize("name", [name for name in names("PIPE1761-index") if name.isprintable() and 0 < len(name) <= 80])
def test_opensearch_rejects_the_names_that_pipec_rejects(server, name):
    body = json.dumps({"index": {"_index": name}}) + '\n{"a":1}\n'
    status, reply = call(f"{server}/_bulk", "POST", body)
    assert status >= 400 or reply["errors"], reply


@pytest.mark.parametrize("documents", [[{"_id": 1}], [{"_source": 1}], [{"sum..of": 1}], [{"total": 1}, {"total.net": 2}]])
def test_opensearch_rejects_the_fields_that_pipec_rejects(server, documents):
    """An object and a value: the server here looks at the fields of an earlier document, OpenSearch at those of the same one as well."""
    replies = []
    for document in documents:
        body = json.dumps({"index": {"_index": "orders"}}) + "\n" + json.dumps(document) + "\n"
        replies.append(call(f"{server}/_bulk", "POST", body))
    status, reply = replies[-1]
    assert status >= 400 or reply["errors"], reply


def test_the_requests_of_the_role_are_of_the_security_plugin(deliveries):
    """No server here has the security plugin: the form of its documentation, and the permissions that Firehose's calls need."""
    for name, of in (("paid", "orders"), ("all", "order-records")):
        found = requests(deliveries[name])
        role = json.loads(found[f"_plugins/_security/api/roles/firehose-order-search-{name}"])
        assert set(role) == {"cluster_permissions", "index_permissions"}
        (indexes,) = role["index_permissions"]
        assert indexes["index_patterns"] == [f"{of}*"]
        assert {"create_index", "write"} <= set(indexes["allowed_actions"])
        assert json.loads(found[f"_plugins/_security/api/rolesmapping/firehose-order-search-{name}"]) == {"backend_roles": ["ROLE"]}


# OpenSearch Serverless: the same API, without a period of the index and without IDs of Firehose.


VIEWS = [
    {"url": "/lamp", "visitor": {"country": "DE"}, "took_ms": 12, "at": 1_796_040_000_250},
    {"url": "/chair", "visitor": {"country": "FR"}, "took_ms": 900, "at": 1_796_040_060_000},
]


def test_a_collection_takes_the_records(server):
    ((_, properties),) = streams("page-views-search").items()
    plan = plan_of("page-views-search")
    (delivery,) = plan.get("deliveries") or [plan["delivery"]]
    # The index that `pipec plan` prints.
    assert call(f"{server}/page-views", "PUT", requests(delivery)["page-views"])[0] == 200
    bad = {"url": "/sofa", "visitor": "DE", "took_ms": 1, "at": 1_796_040_000_000}
    firehose = deliver(properties, server, [json.dumps(view).encode() for view in [*VIEWS, bad]])
    slow = {"bool": {"filter": [{"range": {"took_ms": {"gte": 100}}}, {"range": {"at": {"gte": "2026-11-30T12:01:00Z"}}}]}}
    assert [one["url"] for one in found(server, slow, of="page-views")] == ["/chair"]
    assert [one["url"] for one in found(server, {"term": {"visitor.country.keyword": "DE"}}, of="page-views")] == ["/lamp"]
    (line,) = firehose.backup["errors/AmazonOpenSearchService-failed/"]
    assert (line["esIndexName"], json.loads(base64.b64decode(line["rawData"]))) == ("page-views", bad)


def test_the_policy_of_a_collection_is_that_of_its_index():
    template = Template(Path(os.environ["PIPEC_GENERATED"]) / "page-views-search" / "template.yaml")
    ((name, _),) = template.of_type("AWS::OpenSearchServerless::AccessPolicy").items()
    properties = template.properties(name)
    assert re.fullmatch(r"[a-z][a-z0-9-]{2,31}", properties["Name"]), properties["Name"]
    ((of_policy,),) = [json.loads(properties["Policy"])]
    (rule,) = of_policy["Rules"]
    assert (rule["ResourceType"], rule["Resource"]) == ("index", ["index/shop-views/page-views"])
    assert rule["Permission"] == ["aoss:CreateIndex", "aoss:UpdateIndex", "aoss:WriteDocument"]
    assert all(re.fullmatch(r"arn:aws:sts::\d{12}:assumed-role/[^/]+/\*", one) for one in of_policy["Principal"])
