"""Finds the functions that `pipec build` packed. PIPEC_GENERATED names its output folder."""

import json
import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def packed():
    """The zip of an artifact, by its name in the manifests."""
    found = {}
    for manifest in sorted(Path(os.environ["PIPEC_GENERATED"]).glob("*/manifest.json")):
        for artifact in json.loads(manifest.read_text())["artifacts"]:
            found.setdefault(artifact["name"], (manifest.parent / artifact["file"]).resolve())
    return found.__getitem__
