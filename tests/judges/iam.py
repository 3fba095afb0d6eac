"""A small evaluation of IAM policies: which calls the statements of a document allow. It knows the condition operators that pipec
writes, and raises at any other.

Source: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators", 2026-11.
"""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Call:
    """A call of an API: the action, the ARN that the service compares, and the condition keys that the call has."""

    action: str
    resource: str
    context: tuple = field(default=())

    def on(self, resource):
        return Call(self.action, resource, self.context)

    def __str__(self):
        return " ".join([self.action, self.resource, *(f"{key}={value}" for key, value in self.context)])


def listed(value):
    return value if isinstance(value, list) else [value]


# A wildcard, a policy variable for one letter (`${*}`), or a letter.
PART = re.compile(r"\$\{([*?$])\}|(\*)|(\?)|(.)", re.DOTALL)


def matches(pattern, text):
    """Whether a text has the form of a pattern with `*` and `?`."""

    def part(found):
        letter, many, one, other = found.groups()
        return re.escape(letter or "") or (many and ".*") or (one and ".") or re.escape(other)

    return re.fullmatch(PART.sub(part, pattern), text, re.DOTALL) is not None


def _holds(operator, expected, actual):
    if operator.endswith("IfExists"):
        return actual is None or _holds(operator.removesuffix("IfExists"), expected, actual)
    if operator == "Null":
        return any(str(value).lower() == str(actual is None).lower() for value in expected)
    if actual is None:
        return False
    if operator == "StringEquals":
        return actual in expected
    if operator == "Bool":
        return actual.lower() in [str(value).lower() for value in expected]
    # IAM evaluates ArnEquals as ArnLike.
    if operator in ("StringLike", "ArnLike", "ArnEquals"):
        return any(matches(value, actual) for value in expected)
    raise NotImplementedError(operator)


def _principal(statement, principal):
    if "Principal" not in statement:
        return True
    named = statement["Principal"]
    if named == "*":
        return True
    kind, name = principal
    # An account may be named by its id or by the ARN of its root.
    return name in [re.sub(r"^arn:aws[a-z-]*:iam::(\d{12}):root$", r"\1", value) for value in listed(named.get(kind, []))]


def concerns(statement, call, principal=None):
    """Whether a statement is about a call."""
    context = dict(call.context)
    conditions = [
        (operator, listed(expected), context.get(key))
        for operator, keys in statement.get("Condition", {}).items()
        for key, expected in keys.items()
    ]
    return (
        any(matches(action.lower(), call.action.lower()) for action in listed(statement["Action"]))
        # A trust policy has no resource: it is that of its role.
        and any(matches(resource, call.resource) for resource in listed(statement.get("Resource", "*")))
        and _principal(statement, principal)
        and all(_holds(*condition) for condition in conditions)
    )


def allowed(documents, call, principal=None):
    """Whether policies allow a call: one allows it, and none denies it."""
    statements = [s for document in documents for s in listed(document["Statement"])]
    effects = {s["Effect"] for s in statements if concerns(s, call, principal)}
    return effects == {"Allow"}


# What stands for the name in the resource part of an ARN, by the service.
_NAMES = {"logs": r"^(log-group:|destination:)([^:]+)", "s3": r"^()([^/]+)"}
_LAST = r"^(.*/|[^/]*:|)([^/:*]+)(?=(:\d+|:\*|/stream/.*)?$)"


def neighbours(arn):
    """Resources that are like one and not it: of another name, account or region."""
    if arn == "*":
        return []
    prefix, partition, service, region, account, resource = arn.split(":", 5)
    pattern = _NAMES.get(service, _LAST)
    other = re.sub(pattern, r"\g<1>\g<2>-other", resource)
    assert other != resource, arn
    found = [(region, account, other)]
    if account:
        found.append((region, "999999999999", resource))
    if region:
        found.append(("ap-south-2", account, resource))
    return [":".join([prefix, partition, service, *rest]) for rest in found]
