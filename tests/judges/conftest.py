"""Hands every generated template to every judge.

PIPEC_GENERATED names the output folder of `pipec build`; PIPEC_CHECKOV the checkov program.
"""

import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from cfn import Template


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


def pytest_generate_tests(metafunc):
    if "pipeline" in metafunc.fixturenames:
        metafunc.parametrize("pipeline", pipelines(), ids=lambda p: p.name, scope="session")


@pytest.fixture(scope="session")
def every_pipeline():
    return pipelines()
