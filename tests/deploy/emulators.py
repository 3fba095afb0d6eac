"""The emulators that are deployed to, each with what it cannot show."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "judges"))
from emulated_aws import NotStarted, emulated_aws  # noqa: E402

PATIENCE = 120  # seconds for a start that takes some


@dataclass(frozen=True)
class Emulator:
    """An emulator. Nothing is taken for tested that `skips`, `drops` and `whole` name."""

    name: str
    address: str
    # Whether a key of twelve digits is an account of its own.
    accounts: bool = False
    # Whether stacks have outputs and events of their resources, and wait conditions wait.
    whole: bool = True
    # Whether an update of a stream's shard count changes its shards.
    reshards: bool = True
    # Whether it always makes a change set without changes, as CloudFormation does, and never refuses to.
    empty_change_sets: bool = True
    # Types that CloudFormation there reports as created and does not make.
    skips: frozenset = frozenset()
    # Types of which it makes less than the template says; that the resource is there is looked up all the same.
    drops: frozenset = frozenset()
    # Whether streams can be without a number of shards.
    on_demand: bool = True


@contextlib.contextmanager
def ministack(home):
    with emulated_aws(home) as address:
        yield Emulator("ministack", address, accounts=True, reshards=False)


@contextlib.contextmanager
def moto(home):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    log = home / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            env={"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home)},
            cwd=home,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        end = time.monotonic() + PATIENCE
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > end:
                raise NotStarted(log.read_text())
            time.sleep(0.2)
        yield Emulator(
            "moto",
            address,
            whole=False,
            empty_change_sets=False,
            on_demand=False,
            skips=frozenset(
                {
                    "AWS::CloudFormation::WaitCondition",
                    "AWS::CloudFormation::WaitConditionHandle",
                    "AWS::KinesisAnalyticsV2::Application",
                    "AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption",
                    "AWS::KinesisFirehose::DeliveryStream",
                    "AWS::Logs::LogStream",
                    "AWS::S3::BucketPolicy",
                    "Custom::FlinkStart",
                }
            ),
            drops=frozenset(
                {
                    "AWS::EC2::SecurityGroup",  # the ports of its rules
                    "AWS::EC2::Subnet",  # its route table
                    "AWS::Lambda::Function",  # its log group
                    "AWS::S3::Bucket",  # versions, encryption, access
                }
            ),
        )
    finally:
        process.kill()
        process.wait()


def empty(emulator):
    """Forgets what is in moto, which has one account."""
    request = urllib.request.Request(f"{emulator.address}/moto-api/reset", method="POST")
    urllib.request.urlopen(request, timeout=PATIENCE).close()


def _answers(address):
    try:
        with urllib.request.urlopen(f"{address}/moto-api/", timeout=5):
            return True
    except OSError:
        return False
