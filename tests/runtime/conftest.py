"""Finds the functions that `pipec build` packed. PIPEC_GENERATED names its output folder."""

import gzip
import json
import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def packed():
    """The zip of an artifact, by its name in the manifests: of the reference pipeline, or of another one that has it."""
    found = {}
    manifests = sorted(Path(os.environ["PIPEC_GENERATED"]).glob("*/manifest.json"))
    for manifest in sorted(manifests, key=lambda path: path.parent.name != "user-data"):
        for artifact in json.loads(manifest.read_text())["artifacts"]:
            found.setdefault(artifact["name"], (manifest.parent / artifact["file"]).resolve())
    return found.__getitem__


@pytest.fixture(scope="session")
def program(packed, tmp_path_factory):
    """What the user data unpacks on an instance."""
    path = tmp_path_factory.mktemp("program") / "producer"
    path.write_bytes(gzip.decompress(packed("producer").read_bytes()))
    path.chmod(0o755)
    return path
