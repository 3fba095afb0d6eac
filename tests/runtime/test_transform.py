"""The packed transform under an emulated Lambda, held against a model of its own."""

import base64
import binascii
import json
import random
import time

import pytest

from emulated_lambda import NAME, Function, init_error

LIMIT = 6 * 1024 * 1024  # bytes, Lambda's quota of a reply
MARKER = "Zm9yYmlkZGVu-forbidden"
# What a program of another suffix is written like; the packed one appends "\n".
PROGRAM = "transform.json"


@pytest.fixture(scope="module")
def transform(packed, tmp_path_factory):
    with Function(packed("transform"), tmp_path_factory.mktemp("transform")) as function:
        yield function


def test_the_zip_is_small(packed):
    # Lambda fetches it with every cold start.
    assert packed("transform").stat().st_size < 1_500_000


def encoded(payload):
    return base64.b64encode(payload).decode()


def event(datas):
    """As Firehose sends it for a Kinesis stream, with these members `data`."""
    records = [
        {
            "recordId": f"4959033827149025660855969253836157109592157598913658889{n:04}",
            "approximateArrivalTimestamp": 1779000000000 + n,
            "kinesisRecordMetadata": {
                "sequenceNumber": f"4959033827149025660855969254092570275932420852313751{n:04}",
                "subsequenceNumber": 0,
                "partitionKey": f"{MARKER}-é-{n}",
                "shardId": "shardId-000000000000",
                "approximateArrivalTimestamp": 1779000000000 + n,
            },
            "data": data,
        }
        for n, data in enumerate(datas)
    ]
    return {
        "invocationId": "5f6a3f0a-6b1d-4d40-9a3c-2f6f3b0f6a11",
        "sourceKinesisStreamArn": "arn:aws:kinesis:us-east-1:111122223333:stream/s",
        "deliveryStreamArn": "arn:aws:firehose:us-east-1:111122223333:deliverystream/d",
        "region": "us-east-1",
        "records": records,
    }


def answer(record, suffix=b"\n"):
    """What has to become of a record, from the standard library's base64 alone."""
    answer, data = {"recordId": record["recordId"]}, record.get("data")
    try:
        payload = base64.b64decode(data, validate=True)
        # The library takes text whose last bits are lost; a decoder further on may not.
        right = encoded(payload) == data
    except (binascii.Error, TypeError, ValueError):
        right = False
    if not right:
        return {**answer, "result": "ProcessingFailed"}
    return {**answer, "result": "Ok", "data": encoded(payload if payload.endswith(suffix) else payload + suffix)}


def check(function, sent, suffix=b"\n"):
    """Sends an event and compares the reply with the model; gives the reply's records."""
    reply = function.invoke(sent)
    assert not reply.failed, reply
    assert len(reply.body) <= LIMIT
    records = json.loads(sent)["records"] if isinstance(sent, bytes) else sent["records"]
    assert reply.json == {"records": [answer(record, suffix) for record in records]}
    return reply.json["records"]


def payloads(records):
    return [base64.b64decode(record["data"], validate=True) for record in records]


def test_every_length_and_padding(transform):
    texts = [b"x" * length for length in range(200)]
    records = check(transform, event([encoded(text) for text in texts]))
    assert payloads(records) == [text + b"\n" for text in texts]
    assert {record["data"].count("=") for record in records} == {0, 1, 2}


def test_any_bytes(transform):
    source = random.Random(5)
    texts = [source.randbytes(source.randrange(90)) for _ in range(300)]
    texts += [b"\xff\xfe", b"\xc3", b"\0", b"\xed\xa0\x80"]
    check(transform, event([encoded(text) for text in texts]))


def test_an_empty_batch(transform):
    assert check(transform, event([])) == []


@pytest.mark.parametrize("text", [b"\n", b"a\n", b"ab\n", b"abc\n", b"abc\r\n", b"abc\n\n"])
def test_a_newline_that_is_there_is_not_doubled(transform, text):
    assert payloads(check(transform, event([encoded(text)]))) == [text]


@pytest.mark.parametrize("text", [b"a\r", b"a\n ", b"\na"])
def test_only_a_newline_at_the_very_end_counts(transform, text):
    assert payloads(check(transform, event([encoded(text)]))) == [text + b"\n"]


@pytest.mark.parametrize("text", [b"user", b"users"])
def test_glued_base64_is_not_a_newline(transform, text):
    # What the usual handler of a few lines does: right only where the record's base64 has no padding.
    glued = encoded(text) + encoded(b"\n")
    with pytest.raises(binascii.Error):
        base64.b64decode(glued, validate=True)
    assert payloads(check(transform, event([encoded(text)]))) == [text + b"\n"]


def test_poison_fails_alone(transform):
    poison = ["%%%", "YQ", "YQ=", "YR==", "YQ==YQ==", "Y Q=", "-_-_", "YQ==\n", "é"]
    poison += [None, 7, True, ["YQ=="], {"a": "YQ=="}]
    sent = event([encoded(b"before"), *poison, encoded(b"after")])
    del sent["records"][1]["data"]
    results = [record["result"] for record in check(transform, sent)]
    assert results == ["Ok", *["ProcessingFailed"] * len(poison), "Ok"]


@pytest.mark.parametrize("separators", [(",", ":"), (" ,\n\t", " :\r\n")])
def test_json_of_any_style(transform, separators):
    sent = event([encoded(b"\xff\xff\xff" * 3), encoded(b"a")])
    sent["records"][1] = dict(reversed(sent["records"][1].items()))
    text = json.dumps(dict(reversed(sent.items())), separators=separators)
    assert "/" in text
    check(transform, text.encode())
    check(transform, text.replace("/", r"\/").encode())
    check(transform, text.replace("recordId", r"record\u0049d").encode())


def test_the_largest_buffer(transform):
    # 3 MiB of payload, the most that Firehose collects for a function.
    records = check(transform, event([encoded(b"r" * 1023)] * 3072))
    assert len(records) == 3072


def test_a_reply_as_large_as_it_may_be(transform):
    records = [{"recordId": "1", "data": encoded(b"p" * 4_000_000)}, {"recordId": "", "data": encoded(b"q" * 99)}]
    least = json.dumps({"records": [answer(record) for record in records]}, separators=(",", ":"))
    records[1]["recordId"] = "i" * (LIMIT - len(least))
    assert len(transform.invoke({"records": records}).body) == LIMIT
    assert [record["result"] for record in check(transform, {"records": records})] == ["Ok", "Ok"]

    # One byte more. The record that does not fit fails, and the line of the log says why.
    records[1]["recordId"] += "i"
    reply = transform.invoke({"records": records})
    assert len(reply.body) <= LIMIT
    failed = {"recordId": records[1]["recordId"], "result": "ProcessingFailed"}
    assert reply.json == {"records": [answer(records[0]), failed]}
    line = transform.log_lines[-1]
    assert (line["level"], line["ok"], line["reply_full"], line["ProcessingFailed"]) == ("WARN", 1, 1, 1)


def test_what_does_not_fit_fails_and_smaller_records_behind_it_do_not(packed, tmp_path):
    suffix = "s" * 300_000
    sent = event([encoded(b"p" * length) for length in [1_000_000] * 4 + [10]])
    program = json.dumps({"version": 3, "append": suffix}).encode()
    with Function(packed("transform"), tmp_path, files={PROGRAM: program}) as function:
        reply = function.invoke(sent)
    assert not reply.failed and len(reply.body) <= LIMIT
    expected = [answer(record, suffix.encode()) for record in sent["records"]]
    expected[3] = {"recordId": expected[3]["recordId"], "result": "ProcessingFailed"}
    assert reply.json == {"records": expected}


@pytest.mark.parametrize(
    "bad", [b"", b"{", b"[]", b"7", b'{"records":"YQ=="}', b'{"records":[{"data":"YQ=="}]}', b"\xff"]
)
def test_a_bad_event_fails_its_call_alone(transform, bad):
    before = len(transform.log_lines)
    refused = transform.invoke(bad)
    assert refused.failed
    assert refused.json["errorType"] == "InvalidEvent"
    assert set(refused.json) == {"errorType", "errorMessage"}
    (line,) = transform.log_lines[before:]
    assert line["level"] == "ERROR" and line["error"] == refused.json["errorMessage"]
    check(transform, event([encoded(b"next")]))


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (b"{", "cannot use"),
        (b'{"version":9,"append":"\\n","query":{}}', "version 9"),
        (b'{"version":3}', "append"),
    ],
)
def test_says_why_it_does_not_start(packed, tmp_path, program, reason):
    failure = init_error(packed("transform"), tmp_path, files={PROGRAM: program})
    assert reason in failure.error["errorMessage"] and PROGRAM in failure.error["errorMessage"]
    assert failure.error["errorType"] == "Runtime.InvalidRecordProgram"
    assert failure.exit_code == 1
    (line,) = failure.log_lines
    assert line["level"] == "ERROR" and line["message"] == failure.error["errorMessage"]


def test_the_log_holds_counts_and_no_content(packed, tmp_path):
    secret = MARKER.encode()
    good = [encoded(b" " * shift + secret) for shift in range(3)]
    with Function(packed("transform"), tmp_path) as function:
        check(function, event([*good, MARKER, {MARKER: MARKER}]))
        function.invoke(json.dumps({"invocationId": 1, "records": MARKER, MARKER: MARKER}).encode())
        function.invoke(json.dumps({"records": [{MARKER: MARKER}]}).encode())
        function.invoke(MARKER.encode())
        levels = [line["level"] for line in function.log_lines]
        line, log = function.log_lines[0], function.log
    assert levels == ["WARN", "ERROR", "ERROR", "ERROR"]
    assert (line["Records"], line["ok"], line["ProcessingFailed"], line["not_base64"]) == (5, 3, 2, 2)
    assert line["invocation_id"] == "5f6a3f0a-6b1d-4d40-9a3c-2f6f3b0f6a11"
    # In base64 as well, behind the few characters that depend on what stands before.
    for part in [MARKER, *(data[4:-4] for data in good)]:
        assert part not in log


def test_metrics(packed, tmp_path):
    with Function(packed("transform"), tmp_path) as function:
        function.invoke(event([encoded(b"a"), encoded(b"b"), "%"]))
        function.invoke(event([]))
        full, empty = function.log_lines
    for line in (full, empty):
        assert metric_faults(line) == []
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        # Each costs money: `Dropped` is one of programs that drop.
        assert {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]} == {
            "Records": "Count",
            "ProcessingFailed": "Count",
        }
        assert (directive["Namespace"], directive["Dimensions"]) == ("pipec", [["FunctionName"]])
        assert line["FunctionName"] == NAME
    assert (full["Records"], full["ProcessingFailed"]) == (3, 1)
    assert (empty["Records"], empty["ProcessingFailed"]) == (0, 0)
    assert abs(full["_aws"]["Timestamp"] / 1000 - time.time()) < 60


SIZES = [f"{size}{unit}" for size in ["", "Kilo", "Mega", "Giga", "Tera"] for unit in ["Bytes", "Bits"]]
UNITS = {"Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "Count/Second", "None"}
UNITS |= {size + rate for size in SIZES for rate in ["", "/Second"]}


def metric_faults(document):
    """The rules of CloudWatch's embedded metric format that a document breaks (its specification, version 0)."""
    faults, metadata = [], document.get("_aws")
    if not isinstance(metadata, dict):
        return ["_aws is no object"]
    if type(metadata.get("Timestamp")) is not int:
        faults.append("Timestamp is no number")
    directives = metadata.get("CloudWatchMetrics")
    if not isinstance(directives, list):
        return [*faults, "CloudWatchMetrics is no list"]
    for directive in directives:
        if not 1 <= len(directive["Namespace"]) <= 1024:
            faults.append("Namespace has no name")
        for dimensions in directive["Dimensions"]:
            if len(dimensions) > 30:
                faults.append("more than 30 dimensions")
            for name in dimensions:
                value = document.get(name)
                if not (isinstance(value, str) and 1 <= len(value) <= 1024 and value.isascii()):
                    faults.append(f"dimension {name} is no text of the document")
        if not 1 <= len(directive["Metrics"]) <= 100:
            faults.append("not 1 to 100 metrics")
        for metric in directive["Metrics"]:
            if metric["Unit"] not in UNITS or not 1 <= len(metric["Name"]) <= 1024:
                faults.append(f"metric {metric} has no unit or no name")
            if type(document.get(metric["Name"])) not in (int, float):
                faults.append(f"metric {metric['Name']} is no number of the document")
    return faults


@pytest.mark.parametrize(
    "breakage", [{"Records": "3"}, {"FunctionName": ""}, {"_aws": {"Timestamp": "now"}}, {"_aws": None}]
)
def test_the_rules_of_metrics_are_looked_at(breakage):
    metrics = [{"Name": "Records", "Unit": "Count"}]
    directive = {"Namespace": "pipec", "Dimensions": [["FunctionName"]], "Metrics": metrics}
    document = {"_aws": {"Timestamp": 1, "CloudWatchMetrics": [directive]}, "FunctionName": "f", "Records": 3}
    assert metric_faults(document) == []
    assert metric_faults({**document, **breakage}) != []
