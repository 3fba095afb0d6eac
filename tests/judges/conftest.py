"""Hands every generated template to every judge, and pipec's own one of the artifact bucket to those that read any.

PIPEC_GENERATED names the output folder of `pipec build`; PIPEC_CHECKOV the checkov program.
"""

import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from cfn import Template

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Pipeline:
    name: str
    folder: Path

    @property
    def path(self):
        return self.folder / "template.yaml"

    @property
    def template(self):
        return _template(self.path)

    @property
    def artifacts(self):
        """The artifacts by name. A file may be missing: the connector jar is not to be had everywhere."""
        entries = json.loads((self.folder / "manifest.json").read_text())["artifacts"]
        return {a["name"]: {**a, "path": self.folder / a["file"]} for a in entries}


@dataclass(frozen=True)
class OwnTemplate:
    """A template that pipec carries, of no pipeline."""

    name: str
    path: Path

    @property
    def template(self):
        return _template(self.path)


ARTIFACT_BUCKET = OwnTemplate("pipec-artifacts", ROOT / "cli/src/deploy/artifact_bucket.yaml")


@cache
def _template(path):
    return Template(path)


@cache
def pipelines():
    root = Path(os.environ["PIPEC_GENERATED"])
    found = [Pipeline(p.parent.name, p.parent) for p in sorted(root.glob("*/template.yaml"))]
    if not found:
        raise pytest.UsageError(f"no template in {root}: nothing to judge")
    return found


def stack_templates():
    return [*pipelines(), ARTIFACT_BUCKET]


def pytest_generate_tests(metafunc):
    if "pipeline" in metafunc.fixturenames:
        metafunc.parametrize("pipeline", pipelines(), ids=lambda p: p.name, scope="session")
    if "stack_template" in metafunc.fixturenames:
        metafunc.parametrize("stack_template", stack_templates(), ids=lambda t: t.name, scope="session")


@pytest.fixture(scope="session")
def every_pipeline():
    return pipelines()


@pytest.fixture(scope="session")
def every_stack_template():
    return stack_templates()


@pytest.fixture(scope="session")
def artifact_bucket_template():
    return ARTIFACT_BUCKET
