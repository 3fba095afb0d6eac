"""The packed producer as a process, and what stands between it and an endpoint."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path

import pytest

PATIENCE = 60  # seconds for a tool to come up; a run of the producer has twice as many
BIN = Path(sys.executable).parent


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def server(command, health, log):
    """Runs a tool until its health answers, and ends it at the end."""
    with log.open("a") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=log.parent)
    try:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(health, timeout=20).close()
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if process.poll() is not None or time.monotonic() > end:
                    pytest.fail(f"{command[0]} does not come up:\n{log.read_text()}")
                time.sleep(0.1)
        yield
    finally:
        process.kill()
        process.wait()


class Producer:
    """A run of the producer: `command`, `name` and `folder` are what makes it one."""

    def start(self, address):
        environment = {
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self.log = self.folder / f"{self.name}.log"
        with self.log.open("w") as out:
            self.process = subprocess.Popen(self.command, env=environment, stdout=out, stderr=subprocess.STDOUT)
        return self

    def end(self):
        """The exit code and the lines of the log."""
        try:
            code = self.process.wait(2 * PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            pytest.fail(f"{self.name} does not end:\n{self.log.read_text()}")
        return code, [json.loads(line) for line in self.log.read_text().splitlines()]


class Faults:
    """microburst in front of an endpoint, with these rules."""

    def __init__(self, upstream, folder, rules=()):
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        config = folder / f"microburst-{self.port}.json"  # JSON is YAML
        config.write_text(json.dumps({"upstream": upstream, "port": self.port, "rules": list(rules)}))
        command = [BIN / "microburst", "--config", config, "--host", "127.0.0.1"]
        self.server = lambda: server(command, f"{self.address}/_microburst/health", folder / "microburst.log")

    def fired(self):
        """How often each rule did something, by the rule's action."""
        with urllib.request.urlopen(f"{self.address}/_microburst/fired?limit=100000", timeout=20) as answer:
            events = json.load(answer)
        count = defaultdict(int)
        for event in events.get("events", events) if isinstance(events, dict) else events:
            count[event["action"]] += 1
        return count


def total(lines):
    return next(line for line in lines if line["message"] == "in all")


def rule(fail, passes, service="kinesis", operation="PutRecords", **what):
    """A fault of microburst: of so many calls it fails the first, and lets the others pass, again and again."""
    return {"service": service, "operation": operation, "sequence": {"fail": fail, "pass": passes}, **what}
