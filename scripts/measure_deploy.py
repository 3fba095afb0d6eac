#!/usr/bin/env python3
"""Measures deployments into ministack: calls to AWS, and seconds with and without what they wait for.

    ./test   # once: it installs the emulator
    cargo build --release && target/judges/bin/python scripts/measure_deploy.py [--pipec PROGRAM]

An emulator on loopback answers sooner than AWS, and makes a stack in no time: the calls count, and the seconds say what
pipec itself takes.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "deploy"))
import emulators  # noqa: E402
from program import CALL, Project  # noqa: E402

sys.path.insert(0, str(ROOT / "tests" / "judges"))
from emulated_aws import clients  # noqa: E402

CHANGES = {
    "orders-archive": ("2 MiB, interval: 60 s", "2 MiB, interval: 90 s", None),
    "user-data-lambda": ("21", "30", "user-data.sql"),
    "user-data-pipeline": ("21", "30", "user-data.sql"),
}


def row(name, verb, deploy):
    started = time.perf_counter()
    run = deploy()
    seconds = time.perf_counter() - started
    if run.code != 0:
        sys.exit(run.told)
    waited = sum(float(match[3]) for match in CALL.finditer(run.stderr))
    print(f"{name:20} {verb:10} {len(run.calls):3} calls  {seconds:6.2f} s, {waited:5.2f} s of them in calls")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pipec", default=ROOT / "target" / "release" / "pipec", type=Path)
    os.environ["PIPEC"] = str(parser.parse_args().pipec.resolve())
    with tempfile.TemporaryDirectory() as home:
        with emulators.ministack(Path(home)) as emulator:
            for number, (name, (old, new, file)) in enumerate(CHANGES.items(), 1):
                folder = Path(home) / name
                folder.mkdir()
                project = Project(folder, f"{name}.yaml", emulator.address, f"{number:012}")
                client = clients(emulator.address, f"{number:012}")
                project.built()
                row(name, "first", lambda: project.deploy_with_instance(client))
                row(name, "no change", project.deploy)
                project.edit(old, new, file)
                row(name, "change", project.deploy)
                row(name, "no change", project.deploy)
                row(name, "end", lambda: project.run("destroy", "--yes"))


if __name__ == "__main__":
    main()
