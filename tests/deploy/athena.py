"""Partition projection as Athena's user guide describes it: the folders that a table has, from its parameters alone.

Nothing executes projection here, so this is the documented rule, written once more: types `date`, `integer`, `enum` and `injected`, and
`storage.location.template`.
"""

import itertools
import re
from datetime import datetime, timedelta, timezone

# Letters of Java's patterns that a table of pipec may have.
LETTERS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M"}
STEPS = {"DAYS": timedelta(days=1), "HOURS": timedelta(hours=1), "MINUTES": timedelta(minutes=1)}


def strftime(pattern):
    """Java's pattern as Python's."""
    found = ""
    for text, letters, other in re.findall(r"'((?:[^']|'')*)'|([a-zA-Z]+)|([^a-zA-Z']+)", pattern):
        if text or letters == other == "":
            found += text.replace("''", "'").replace("%", "%%") or "'"
        elif letters:
            found += "".join(LETTERS[run[0]] for run in re.finditer(r"([a-zA-Z])\1*", letters))
        else:
            found += other
    return found


def dates(property_of, now):
    pattern, unit = strftime(property_of("format")), property_of("interval.unit")
    start, end = property_of("range").split(",")
    at = datetime.strptime(start, pattern).replace(tzinfo=timezone.utc)
    end = now if end == "NOW" else now + timedelta(days=int(re.fullmatch(r"NOW\+(\d+)DAYS", end)[1]))
    assert property_of("interval") == "1"
    found = []
    while at <= end:
        found.append(at.strftime(pattern))
        if unit == "YEARS":
            at = at.replace(year=at.year + 1)
        elif unit == "MONTHS":
            at = (at.replace(day=1) + timedelta(days=32)).replace(day=1)
        else:
            at += STEPS[unit]
    return found


def values(parameters, key, given, now):
    """All values of a partition key; of an injected one, those of the query."""
    def property_of(name):
        return parameters[f"projection.{key}.{name}"]

    kind = property_of("type")
    if kind == "date":
        return dates(property_of, now)
    if kind == "integer":
        low, high = map(int, property_of("range").split(","))
        return [str(value).zfill(int(property_of("digits"))) for value in range(low, high + 1)]
    if kind == "enum":
        return property_of("values").split(",")
    assert kind == "injected"
    return given[key]


def folders(table, given, now=None):
    """The folders of a table, each with the values of its partition keys."""
    parameters, keys = table["Parameters"], [key["Name"] for key in table["PartitionKeys"]]
    if not keys:
        assert "projection.enabled" not in parameters
        return {table["StorageDescriptor"]["Location"]: {}}
    assert parameters["projection.enabled"] == "true"
    now = now or datetime.now(timezone.utc)
    template = parameters["storage.location.template"]
    assert template.endswith("/") and template.startswith(table["StorageDescriptor"]["Location"])
    found = {}
    for combined in itertools.product(*(values(parameters, key, given, now) for key in keys)):
        row, folder = dict(zip(keys, combined)), template
        for key, value in row.items():
            assert f"${{{key}}}" in template, f"{key} is not in {template}"
            folder = folder.replace(f"${{{key}}}", value)
        assert "${" not in folder
        found[folder] = row
    return found
