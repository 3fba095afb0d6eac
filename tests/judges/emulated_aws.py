"""A running ministack: its process, and its end."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path

import boto3
from botocore.config import Config

REGION = "us-east-1"
PATIENCE = 60  # seconds for a start that takes one or two


class NotStarted(Exception):
    """The emulator does not come up; the text is its log."""


@contextlib.contextmanager
def emulated_aws(home):
    """Its address; `home` is an empty folder for its files."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(home),
        "AUTH": "true",
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        # The functions are native programs, and call back.
        "LAMBDA_EXECUTOR": "local",
        "AWS_ENDPOINT_URL": address,
        "IOT_MTLS_ENABLED": "0",
        # Where there is a Docker it would be asked for a Flink image.
        "DOCKER_HOST": f"unix://{home}/no-docker",
    }
    log = home / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("emulator.py")],
            env=environment,
            cwd=home,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        end = time.monotonic() + PATIENCE
        while not _healthy(address):
            if process.poll() is not None or time.monotonic() > end:
                raise NotStarted(log.read_text())
            time.sleep(0.1)
        yield address
    finally:
        # Its group: the functions that it has started outlive it otherwise.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def clients(address, account="test", **config):
    """boto3's client of each service, by its name. A key of twelve digits is an account of its own in ministack;
    `config` goes into botocore's Config."""

    @cache
    def of(service):
        return boto3.client(
            service,
            endpoint_url=address,
            region_name=REGION,
            aws_access_key_id=account,
            aws_secret_access_key="test",
            config=Config(proxies={}, **config),
        )

    return of


def _healthy(address):
    try:
        with urllib.request.urlopen(f"{address}/_ministack/health", timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError):
        return False
