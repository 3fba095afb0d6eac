"""A page of records that could stop a job: values that no type has room for, texts that are too long for a search or a
stack, and bytes that are no record at all.

Each value stands in each place of a case's own records, so that it reaches every column and what the query does with it.
All records come behind the ordinary ones and long after them, so that they share no window with any.
"""

import copy
import json
import re

# Behind every record of the cases.
LATER = "2090-01-01 00:00:00Z"

LONG = 5_000
VERY_LONG = 300_000

# Values as JSON writes them.
VALUES = [
    "null", "true", "false", "0", "-0", "0.0", "-0.0", "1e-400", "5e-324", "1e-999999999", "-1e-2147483647",
    "127", "128", "-129", "32768", "2147483647", "-2147483648", "2147483648", "9223372036854775807",
    "-9223372036854775808", "9223372036854775808", "9" * 38, "9" * 39, "9" * 999, "9" * 1001,
    "1e10", "1e38", "1e39", "3.5e38", "1e200", "1.7976931348623157e308", "1e309", "-1e999", "1e99999", "1e999999999",
    "-1e2147483647", "1e2147483648", "0." + "3" * 500, "0.5", "-2.675", "99999999.995",
    '""', '" "', '"\\u0000"', '"\\u0001\\n\\r\\t"', '"\\ud800"', '"\\udc00\\ud800"', '"\U0001F600"', '"\\u2028"', '"İıßΣς"',
    '"NaN"', '"-NaN"', '"Infinity"', '"-Infinity"', '"1e999"', '"1e999999999"', '"-1e-999999999"', '"1e2147483648"',
    '"0x1p1023"', '"1d"', '"+"', '"-"', '"."', '"e"', '"1e"', '"%"', '"_"', '"\\\\"', '"\'"', '"${x}"', '";\\n\\n"',
    '"9999-12-31 23:59:59.999"', '"10000-01-01 00:00:00"', '"292278994-08-17 07:12:55.807"', '"-0001-01-01 00:00:00"',
    '"0000-00-00 00:00:00"', '"0001-01-01 00:00:00"', '"1582-10-10 00:00:00"', '"2026-02-30 25:61:61"',
    '"2026-01-01T00:00:00+99:99"', '"2026-01-01T00:00:00.123456789123Z"', '"24:00:00"', '"23:59:60"', '"-1:00:00"',
    '"99999999999999999999"', '"true "', '"yes"',
    "[]", "{}", "[[]]", "[null]", '[{"a": 1}, 5, {"a": [1e999]}]', '{"a": {"b": [1e999999999]}}',
    "[" * 900 + "]" * 900, '{"a":' * 400 + "1" + "}" * 400,
    *(json.dumps(text * (LONG // len(text))) for text in ["a", "ab", "1", "9.", " ", "(", "%_", "a,b,", "é", "a b ", "\n", '"', "-", "x=1&"]),
]

# Values of which one a case is enough.
LARGE = [json.dumps(text * (VERY_LONG // len(text))) for text in ["a", "1", "a,", '"', "\U0001F600"]] + [
    "[" + "1e999," * (VERY_LONG // 6) + "0]",
]

# What is no record, as bytes without a line break.
GARBAGE = [
    b"", b" ", b"\x00", b"\xff\xfe\xfd", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"null", b"true", b"5", b"1e999999999",
    b'"text"', b"[]", b"{", b"}", b'{"a"', b'{"a":}', b'{"a":1', b"{'a':1}", b"{a:1}", b"nul", b'{"a":"\x01"}'[:5],
    b'"' + b"\xff" * 100 + b'"', b"[" * (1 << 20), b'{"a":' * 100_000, b"9" * (1 << 20), b'"' + b"\\" * (1 << 20),
    b"\x00" * (1 << 20),
]


def places(value, path=()):
    """The paths to all values of a record that are no object; of an array, its first element's and its own."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "pipec_rowtime":
                yield from places(inner, (*path, key))
    else:
        yield path
        if isinstance(value, list) and value:
            yield from places(value[0], (*path, 0))


def later(value):
    """A record whose times, texts or numbers, are long after those of all others."""
    if isinstance(value, dict):
        return {key: later(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [later(inner) for inner in value]
    if isinstance(value, str):
        return re.sub(r"^20\d\d-", "2090-", value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        for second in (1, 10**3, 10**6, 10**9):
            if 1.5e9 * second < value < 2e9 * second:
                return value + 2 * 10**9 * second
    return value


def replaced(record, path, mark):
    record = later(copy.deepcopy(record))
    record["pipec_rowtime"] = LATER
    inner = record
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = mark
    return json.dumps(record, ensure_ascii=False)


MARK = "pipec-poison-mark"


def templates(lines):
    """A few ordinary records that together have every place of all of them."""
    seen, found = set(), []
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            new = [path for path in places(record) if path not in seen]
            seen.update(new)
            if new:
                found.append((record, new))
    return found


def json_page(lines, keeps_clock):
    """The page for JSON records; where the harness keeps the clock in the records, each row needs one."""
    page = []
    for number, (record, paths) in enumerate(templates(lines)):
        for at, path in enumerate(paths):
            values = VALUES + (LARGE if number == 0 and at == 0 else [])
            text = replaced(record, path, MARK)
            page += [text.replace(f'"{MARK}"', value).encode("utf-8", "surrogatepass") for value in values]
        page.append(replaced(record, ("pipec_rowtime",), LATER).encode("utf-8", "replace") + b" trailing {")
    clock = json.dumps({"pipec_rowtime": LATER}).encode() if keeps_clock else b"{}"
    # Records in other encodings are rows to Flink.
    page += [clock.decode().encode(encoding) for encoding in ("utf-16-le", "utf-16-be", "utf-32-be")]
    return page + GARBAGE + [clock, b"\xef\xbb\xbf" + clock, b"[" + clock + b"," + clock + b"]", clock[:-1] + b',"\xff":"\xc3\x28"}']


def csv_page(lines, delimiter, keeps_clock):
    """The page for CSV records: each value in each field, in quotes and without. The clock is the last field."""
    texts = [value.strip('"') for value in VALUES if not value.startswith(("[", "{"))]
    fields = next((line for line in lines if line.strip()), "").split(delimiter)
    clock = [LATER] if keeps_clock else []
    fields = [later(field) for field in (fields[:-1] if keeps_clock else fields)]
    page = []
    for at in range(len(fields)):
        for text in texts:
            for value in (text, f'"{text}'):
                line = delimiter.join([*fields[:at], value, *fields[at + 1 :], *clock])
                page.append(line.encode("utf-8", "replace"))
    # Without its clock, a line could not be ordered by the test.
    return page if keeps_clock else page + GARBAGE + [delimiter.encode() * 10_000, b'"' * 9_999]


def page(sql, lines, keeps_clock):
    delimiter = re.search(r"'csv\.field-delimiter' = '(.)'", sql)
    if "'format' = 'csv'" in sql:
        return csv_page(lines, delimiter.group(1) if delimiter else ",", keeps_clock)
    return json_page(lines, keeps_clock)
