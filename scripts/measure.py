#!/usr/bin/env python3
"""Measures pipec as a process: time and peak memory of one build, and of many specs in one call.

    cargo build --release && python3 scripts/measure.py [--runs 100] [--specs 1000] [-- COMMAND ...]

Behind `--` may stand what a user would run instead (`cdk synth`, `sam build`, ...); it is measured the same way, in the
current folder, and the ratio is printed. Figures of one machine compare with each other only.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PIPEC = ROOT / "target" / "release" / "pipec"
EXAMPLE = ROOT / "examples" / "user-data-pipeline.yaml"


def run(command, cwd):
    """Seconds and peak MiB of one run, with its children."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command} failed with {process.returncode}")
    return seconds, usage.ru_maxrss / 1024


def row(name, measured):
    seconds = [seconds for seconds, _ in measured]
    median, slowest = statistics.median(seconds), max(seconds)
    peak = max(peak for _, peak in measured)
    print(f"{name:<44} {median * 1000:>10.1f} {slowest * 1000:>10.1f} {peak:>9.1f}")
    return median


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--specs", type=int, default=1000)
    parser.add_argument("other", nargs="*", metavar="COMMAND")
    options = parser.parse_args()
    print(f"{'':<44} {'median ms':>10} {'max ms':>10} {'peak MiB':>9}")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for name in ("user-data-pipeline.yaml", "user-data.sql"):
            shutil.copy(ROOT / "examples" / name, folder)
        build = [str(PIPEC), "build", EXAMPLE.name]
        cold = []
        for _ in range(options.runs):
            shutil.rmtree(folder / "generated", ignore_errors=True)
            cold.append(run(build, folder))
        row("pipec build, nothing there", cold)
        median = row("pipec build, all there", [run(build, folder) for _ in range(options.runs)])
        row("pipec check", [run([str(PIPEC), "check", EXAMPLE.name], folder) for _ in range(options.runs)])
        for count in sorted({options.specs // 10, options.specs}):
            many = folder / f"many-{count}"
            many.mkdir()
            shutil.copy(ROOT / "examples" / "user-data.sql", many)
            text = EXAMPLE.read_text()
            names = []
            for index in range(count):
                name = f"p{index}.yaml"
                (many / name).write_text(text.replace("name: user-data", f"name: user-data-{index}"))
                names.append(name)
            row(f"pipec build of {count} specs, nothing there", [run([str(PIPEC), "build", *names], many)])
    if options.other:
        other = row(" ".join(options.other)[:44], [run(options.other, Path.cwd()) for _ in range(5)])
        print(f"pipec build is {other / median:.0f} times as fast")


if __name__ == "__main__":
    main()
