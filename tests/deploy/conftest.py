"""Emulators by others, and projects to deploy into them. PIPEC names the program."""

import itertools
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import emulators  # noqa: E402

accounts = (f"{number:012}" for number in itertools.count(100_000_000_001))


@pytest.fixture(scope="session")
def ministack(tmp_path_factory):
    with emulators.ministack(tmp_path_factory.mktemp("ministack")) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def moto(tmp_path_factory):
    with emulators.moto(tmp_path_factory.mktemp("moto")) as emulator:
        yield emulator


@pytest.fixture(scope="session", params=["ministack", "moto"])
def emulator(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def account():
    """Gives an account in which nothing is yet, where the emulator has more than one."""
    return lambda emulator: next(accounts) if emulator.accounts else "test"
