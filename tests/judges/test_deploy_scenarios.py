"""Holds what the scripted double of AWS answers to botocore's service models: every element is a member of its shape,
every word of an enumeration is one, nothing that is required is missing, and botocore reads it.

PIPEC_ANSWERS names the folder that `cargo test --test cli deploy_scenarios::` has written.
"""

import json
import os
import re
from pathlib import Path
from urllib.parse import parse_qsl, unquote
from xml.etree import ElementTree

import botocore.parsers
import botocore.serialize
import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SESSION = botocore.session.get_session()
STACK_STATES = SESSION.get_service_model("cloudformation").shape_for("StackStatus").enum
ANSWERED = [
    pytest.param(answer, id=f"{path.stem}-{number}-{answer['operation']}")
    for path in sorted(Path(os.environ.get("PIPEC_ANSWERS", "target/tmp/deploy_scenarios")).glob("*.json"))
    for number, answer in enumerate(json.loads(path.read_text()))
]


def strange(shape, node, path):
    """What of an XML element or a JSON value its shape does not have."""
    is_xml = isinstance(node, ElementTree.Element)
    if shape.type_name == "structure":
        names = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        found = [(part.tag, part) for part in node] if is_xml else list(node.items())
        for name, part in found:
            if name not in names:
                yield f"{path}/{name}"
            else:
                yield from strange(names[name], part, f"{path}/{name}")
        here = {name for name, _ in found}
        for name in shape.required_members:
            serialization = shape.members[name].serialization
            if serialization.get("location") is None and serialization.get("name", name) not in here:
                yield f"{path}/{name} is missing"
    elif shape.type_name == "list":
        flat = is_xml and shape.serialization.get("flattened")
        for part in [node] if flat else node:
            if is_xml and not flat and part.tag != shape.member.serialization.get("name", "member"):
                yield f"{path}/{part.tag}"
            yield from strange(shape.member, part, f"{path}[]")
    elif getattr(shape, "enum", None):
        text = node.text if is_xml else node
        # Events of the stack itself have its states, which the model keeps apart.
        of_stack = STACK_STATES if shape.name == "ResourceStatus" else []
        if text not in [*shape.enum, *of_stack]:
            yield f"{path}: {text}"


def test_there_are_answers():
    assert len(ANSWERED) > 500


@pytest.mark.parametrize("answer", ANSWERED)
def test_an_answer_is_as_the_model_has_it(answer):
    model = SESSION.get_service_model(answer["service"])
    output = model.operation_model(answer["operation"]).output_shape
    body = answer["body"]
    parser = botocore.parsers.create_parser(model.resolved_protocol)
    headers = {"content-type": "text/xml", **answer["headers"]}
    parsed = parser.parse({"status_code": answer["status"], "headers": headers, "body": body.encode()}, output)
    if answer["status"] >= 300:
        assert parsed["Error"]["Code"], body
        return
    if output is None or not body:
        return
    node = json.loads(body) if body.startswith("{") else ElementTree.fromstring(body)
    if model.resolved_protocol == "ec2":
        # Its envelope, which the shape leaves out.
        node.remove(node.find("requestId"))
    if payload := output.serialization.get("payload"):
        # The body is this member alone.
        output = output.members[payload]
    wrapper = output.serialization.get("resultWrapper")
    assert list(strange(output, node.find(wrapper) if wrapper else node, output.name)) == []


# The parameter of each call that pipec writes itself, by operation.
LOOK_UPS = {
    "DescribeDomain": lambda name: {"DomainName": name},
    "DescribeEventBus": lambda name: {"Name": name},
    "DescribeKey": lambda name: {"KeyId": name},
    "DescribeSecret": lambda name: {"SecretId": name},
    "DescribeSecurityGroups": lambda name: {"GroupIds": [name]},
    "DescribeStream": lambda name: {"StreamArn": name},
    "DescribeStreamSummary": lambda name: {"StreamARN": name},
    "DescribeSubnets": lambda name: {"SubnetIds": [name]},
    "DescribeSubscriptionFilters": lambda name: {"logGroupName": name},
    "DescribeVpcs": lambda name: {"VpcIds": [name]},
    "GetDatabase": lambda name: {"Name": name},
    "GetFunctionConfiguration": lambda name: {"FunctionName": name},
    "GetKeyPolicy": lambda name: {"KeyId": name, "PolicyName": "default"},
    "GetPolicy": lambda name: {"PolicyArn": name},
    "GetQueueUrl": lambda name: {"QueueName": name, "QueueOwnerAWSAccountId": "111122223333"},
    "GetRole": lambda name: {"RoleName": name},
    # One database has a table of Iceberg.
    "GetTable": lambda name: {"DatabaseName": name, "Name": {"shop": "orders"}.get(name, "readings")},
    "GetTopicAttributes": lambda name: {"TopicArn": name},
    "GetWebACL": lambda name: {"ARN": name},
    "GetWorkgroup": lambda name: {"workgroupName": name},
}
LOOKED_UP = [param for param in ANSWERED if param.values[0]["request"]]


def sent(headers):
    """The headers of the protocol."""
    return {name.lower(): value for name, value in headers.items() if name.lower() in ("x-amz-target", "content-type")}


def named(request):
    """What a look-up names: the only value of the request that is not the operation's."""
    if request["body"].startswith("{"):
        return next(iter(json.loads(request["body"]).values()))
    form = dict(parse_qsl(request["body"]))
    return next((value for name, value in form.items() if name not in ("Action", "Version")), None) or unquote(
        # A function, or a domain.
        request["target"].removesuffix("/configuration").rsplit("/", 1)[1]
    )


def test_every_look_up_is_played():
    assert {param.values[0]["operation"] for param in LOOKED_UP} == set(LOOK_UPS)


@pytest.mark.parametrize("answer", LOOKED_UP)
def test_a_look_up_is_sent_as_botocore_sends_it(answer):
    model, request = SESSION.get_service_model(answer["service"]), answer["request"]
    operation = model.operation_model(answer["operation"])
    serializer = botocore.serialize.create_serializer(model.resolved_protocol)
    expected = serializer.serialize_to_request(LOOK_UPS[answer["operation"]](named(request)), operation)
    assert (request["method"], request["target"]) == (expected["method"], expected["url_path"])
    body = expected["body"]
    if isinstance(body, dict):
        assert dict(parse_qsl(request["body"])) == body
    elif body:
        assert json.loads(request["body"]) == json.loads(body)
    else:
        assert request["body"] == ""
    of_protocol = {name: value.split(";")[0] for name, value in sent(expected["headers"]).items()}
    assert sent(request["headers"]) == of_protocol


@pytest.mark.parametrize("answer", LOOKED_UP)
def test_a_look_up_is_signed_as_botocore_signs_it(answer):
    model, request = SESSION.get_service_model(answer["service"]), answer["request"]
    headers = request["headers"]
    parts = dict(re.findall(r"(\w+)=([^,\s]+)", headers["authorization"]))
    again = AWSRequest(
        request["method"],
        f"http://{headers['host']}{request['target']}",
        {name: headers[name] for name in parts["SignedHeaders"].split(";")},
        request["body"].encode(),
    )
    again.context["timestamp"] = headers["x-amz-date"]
    # The credentials of the scenarios.
    credentials = Credentials("AKIAIOSFODNN7EXAMPLE", "example")
    signer = SigV4Auth(credentials, model.signing_name, "us-east-1")
    assert parts["Credential"] == signer.scope(again)
    assert {"host", "x-amz-date"} <= set(parts["SignedHeaders"].split(";"))
    assert parts["Signature"] == signer.signature(signer.string_to_sign(again, signer.canonical_request(again)), again)
