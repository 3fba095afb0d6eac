"""cfn-lint, informational rules included, in two Regions."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

CFN_LINT = Path(sys.executable).with_name("cfn-lint")
BAD = """
Resources:
  Stream: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1, Shards: 1}}
"""


def lint(*paths):
    command = [CFN_LINT, "--include-checks", "I", "--format", "json"]
    command += ["--regions", "us-east-1", "eu-central-1", "--template", *map(str, paths)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.stdout.startswith("["), run.stderr
    return [
        (f["Filename"], f"{f['Rule']['Id']} {f['Location']['Start']['LineNumber']}: {f['Message']}")
        for f in json.loads(run.stdout)
    ]


@pytest.fixture(scope="session")
def findings(every_stack_template):
    return lint(*(p.path for p in every_stack_template))


def test_no_findings(stack_template, findings):
    assert [text for file, text in findings if file == str(stack_template.path)] == []


def test_suppressions_say_why(stack_template):
    template = stack_template.template
    assert "cfn-lint" not in template.body.get("Metadata", {}), "suppress per resource, not for the whole template"
    bare = [
        name
        for name, resource in template.resources.items()
        if "cfn-lint" in resource.get("Metadata", {}) and not resource["Metadata"].get("pipec", {}).get("because")
    ]
    assert bare == []


def test_it_bites(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text(BAD)
    found = {text.split()[0] for _, text in lint(bad)}
    assert {"E3002", "I3011"} <= found
