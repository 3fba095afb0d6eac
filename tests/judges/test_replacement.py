"""A resource with a fixed name can be changed in place, against CloudFormation's schemas.

CloudFormation creates the replacement of a resource before it deletes the old one. With the same name, that fails. So what
cannot be changed in place must be part of the name, as a hash.
"""

import re

from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

# Properties that are the same in every template of a type with a fixed name.
CONSTANT = {("AWS::KinesisFirehose::DeliveryStream", "DeliveryStreamType")}
HASH = re.compile(r"-[0-9a-f]{8}$")


def schema(kind):
    return PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema


def create_only(kind, properties):
    """Properties, also nested ones, that a template has and that cannot be changed in place."""
    paths = [pointer.split("/")[2:] for pointer in schema(kind).get("createOnlyProperties", [])]
    return {".".join(path) for path in paths if has(properties, path)}


def has(properties, path):
    first, *rest = path
    inner = properties.get(first) if isinstance(properties, dict) else None
    return inner is not None and (not rest or has(inner, rest))


def test_what_cannot_be_changed_in_place_is_part_of_a_fixed_name(stack_template):
    for name, resource in stack_template.template.resources.items():
        kind, properties = resource["Type"], resource.get("Properties", {})
        if kind.startswith("Custom::"):
            continue
        fixed = create_only(kind, properties)
        own, *more = [pointer.split("/")[2] for pointer in schema(kind)["primaryIdentifier"]]
        # Identified by something else, or by what it belongs to.
        if more or own not in fixed or "Name" not in own:
            continue
        text = properties[own]
        text = text if isinstance(text, str) else next(iter(text.values()))
        others = {other for other in fixed - {own} if (kind, other) not in CONSTANT}
        assert not others or HASH.search(text), f"{name}: a change of {sorted(others)} needs another name than {text}"
