"""checkov's CloudFormation checks. What is skipped says why, beside the resource."""

import copy
import json
import os
import subprocess
from pathlib import Path

import pytest

# Every resource of these types has checks of its own, so each has to turn up in the answer.
CHECKED_TYPES = {
    "AWS::EC2::LaunchTemplate",
    "AWS::EC2::SecurityGroup",
    "AWS::IAM::Role",
    "AWS::Kinesis::Stream",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
}
BAD = """
Resources:
  Stream: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
"""


def check(paths, folder):
    # Offline: without --skip-download it asks its vendor for guidelines.
    command = [os.environ["PIPEC_CHECKOV"], "--skip-download", "--framework", "cloudformation", "--output", "json"]
    run = subprocess.run([*command, "--file", *map(str, paths)], capture_output=True, text=True, cwd=folder)
    assert run.stdout.startswith("{"), run.stdout + run.stderr
    report = json.loads(run.stdout)["results"]
    assert report["parsing_errors"] == []
    return report


def of(report, kind, path):
    return [c for c in report[f"{kind}_checks"] if Path(c["file_abs_path"]) == path.resolve()]


def logical(check):
    return check["resource"].rsplit(".", 1)[1]


def skips(template):
    return {
        (name, skip["id"]): skip.get("comment", "")
        for name, resource in template.resources.items()
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", [])
    }


def bare(template):
    """The template with no skip in it."""
    body = copy.deepcopy(template.body)
    for resource in body["Resources"].values():
        resource.get("Metadata", {}).pop("checkov", None)
    return json.dumps(body)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    # Its own folder: a configuration file lying about must not change the verdict.
    return tmp_path_factory.mktemp("checkov")


@pytest.fixture(scope="session")
def report(every_stack_template, folder):
    paths = []
    for stack_template in every_stack_template:
        stripped = folder / f"{stack_template.name}.json"
        stripped.write_text(bare(stack_template.template))
        paths += [stack_template.path.resolve(), stripped]
    return check(paths, folder)


def test_no_failed_check(stack_template, report):
    assert [(c["check_id"], logical(c), c["check_name"]) for c in of(report, "failed", stack_template.path)] == []


def test_it_looked(stack_template, report):
    passed, skipped = of(report, "passed", stack_template.path), of(report, "skipped", stack_template.path)
    # More than one check on each resource, on the average of all but those for which there is none.
    watching = {"AWS::Kinesis::StreamConsumer", "AWS::Lambda::EventSourceMapping", "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"}
    others = [r for r in stack_template.template.resources.values() if r["Type"] not in watching]
    assert len(passed) > 1.2 * len(others)
    expected = {n for n, r in stack_template.template.resources.items() if r["Type"] in CHECKED_TYPES}
    assert expected - {logical(c) for c in passed + skipped} == set()


def test_skips_have_a_reason(stack_template, report):
    written = skips(stack_template.template)
    assert [key for key, comment in written.items() if len(comment.split()) < 4] == []
    taken = of(report, "skipped", stack_template.path)
    assert {(logical(c), c["check_id"]): c["check_result"]["suppress_comment"] for c in taken} == written


def test_skips_are_needed(stack_template, report, folder):
    """checkov skips what would pass as well, so the same template without skips tells which are left over."""
    failed = of(report, "failed", folder / f"{stack_template.name}.json")
    assert {(logical(c), c["check_id"]) for c in failed} == set(skips(stack_template.template))


def test_it_bites(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text(BAD)
    assert "CKV_AWS_43" in {c["check_id"] for c in of(check([bad], tmp_path), "failed", bad)}
