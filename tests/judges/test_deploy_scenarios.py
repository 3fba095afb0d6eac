"""Holds what the scripted double of AWS answers to botocore's service models: every element is a member of its shape,
every word of an enumeration is one, nothing that is required is missing, and botocore reads it.

PIPEC_ANSWERS names the folder that `cargo test --test deploy_scenarios` has written.
"""

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import botocore.parsers
import botocore.session
import pytest

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
    if payload := output.serialization.get("payload"):
        # The body is this member alone.
        output = output.members[payload]
    wrapper = output.serialization.get("resultWrapper")
    assert list(strange(output, node.find(wrapper) if wrapper else node, output.name)) == []
