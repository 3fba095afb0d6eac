"""A packed function under a Lambda emulator that others wrote: cargo-lambda's, from PyPI.

    with Function(zip_file, folder, environment={"AWS_ENDPOINT_URL": address}) as function:
        answer = function.invoke({"records": []})    # bytes go out as they are, anything else as JSON
        assert not answer.failed
        answer.json                                  # the reply, or {"errorType": ..., "errorMessage": ...}
        function.log                                 # what it has written to stdout and stderr
        function.log_lines                           # the same, each line read as JSON

    failure = init_error(zip_file, folder, files={"transform.json": b"{"})    # of one that does not start
    failure.error, failure.exit_code, failure.log_lines

The zip is the one that `pipec build` wrote; `files` are written over its own. Its `bootstrap` runs as on Lambda:
unpacked, in a folder that is LAMBDA_TASK_ROOT, with Lambda's environment and nothing of ours. It asks the runtime API
of the emulator for calls, and the emulator's Invoke API takes them. Every function has an emulator of its own, at a
free port of the loopback device. `folder` is an empty one for the files of both, as pytest's `tmp_path`.

CARGO_LAMBDA names the emulator's program, where it is not in PATH (tests/runtime/requirements.txt installs it, and it
wants cargo beside it). Nothing waits for a fixed time: a call ends with its answer, or when the program does.
"""

import contextlib
import json
import os
import socket
import subprocess
import threading
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path

PROGRAM = os.environ.get("CARGO_LAMBDA", "cargo-lambda")
PATIENCE = 60  # seconds for what takes one or two at most
GLANCE = 0.02  # seconds until the next look at a process
NAME = "pipec-function"
MEMORY = 128  # MB, Lambda's smallest


class Failed(Exception):
    """The emulator or the function did not do its part; the text holds its log."""


@dataclass(frozen=True)
class Answer:
    """What the caller of a function gets."""

    failed: bool
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Emulator:
    """Lambda's runtime API and its Invoke API, for one function."""

    def __init__(self, folder):
        self._folder = Path(folder)
        self._log = self._folder / "emulator.log"

    def __enter__(self):
        # It wants to stand in a Cargo project, though it builds nothing of it.
        project = self._folder / "project"
        (project / "src").mkdir(parents=True)
        (project / "Cargo.toml").write_text('[package]\nname = "function"\nversion = "0.0.0"\n\n[workspace]\n')
        (project / "src" / "main.rs").write_text("fn main() {}\n")
        # Another program may be faster to take the free port.
        for _ in range(5):
            if self._start(project):
                return self
        raise Failed(f"the emulator does not start:\n{self._log.read_text()}")

    def __exit__(self, *_):
        _stop(self._process)

    @property
    def runtime_api(self):
        """What AWS_LAMBDA_RUNTIME_API has to be. Lambda's own has neither scheme nor path."""
        return f"http://127.0.0.1:{self._port}/.rt"

    def invoke(self, event):
        """One synchronous call with an event of bytes."""
        # Its name for the only function that there is.
        url = f"http://127.0.0.1:{self._port}/2015-03-31/functions/_/invocations"
        try:
            with urllib.request.urlopen(urllib.request.Request(url, event), timeout=PATIENCE) as reply:
                body = reply.read()
        except urllib.error.HTTPError as error:
            # Here a failed call has a status, on Lambda the header X-Amz-Function-Error.
            return Answer(True, error.read())
        return Answer(False, body)

    def _start(self, project):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        command = [PROGRAM, "lambda", "watch", "--only-lambda-apis"]
        with self._log.open("w") as out:
            self._process = subprocess.Popen(
                [*command, "--invoke-address", "127.0.0.1", "--invoke-port", str(self._port)],
                cwd=project,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        for _ in range(int(PATIENCE / GLANCE)):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE):
                return True
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GLANCE)
                return False
        _stop(self._process)
        return False


class Function:
    """An execution environment with an emulator of its own."""

    def __init__(self, zip_file, folder, environment=None, files=None):
        self._emulator = Emulator(folder)
        self._program = Program(zip_file, folder, environment or {}, files or {})

    def __enter__(self):
        self._emulator.__enter__()
        try:
            self._program.start(self._emulator.runtime_api)
        except BaseException:
            self._emulator.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # Without asking, as Lambda does.
        self._program.stop()
        self._emulator.__exit__()

    def invoke(self, event):
        """One synchronous call. Fails with the log where the program ends instead of answering."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        call = Call(self._emulator, body)
        while not call.answered(within=GLANCE):
            if self._program.ended(within=0) is not None:
                raise Failed(f"the program ended:\n{self.log}")
        return call.answer

    @property
    def pid(self):
        return self._program.pid

    @property
    def log(self):
        return self._program.log

    @property
    def log_lines(self):
        """The log's lines, each of which has to be JSON."""
        return _json_lines(self.log)


@dataclass(frozen=True)
class InitError:
    """What became of a function that does not start; `error` is what it tells Lambda."""

    error: dict
    exit_code: int
    log: str

    @property
    def log_lines(self):
        return _json_lines(self.log)


def init_error(zip_file, folder, environment=None, files=None):
    """Calls a function that does not start. As Lambda does, starts it anew until the call is answered."""
    program = Program(zip_file, folder, environment or {}, files or {})
    with Emulator(folder) as emulator:
        call = Call(emulator, b"{}")
        answered = False
        while not answered:
            program.start(emulator.runtime_api)
            code = program.ended(within=PATIENCE)
            program.stop()
            if code is None:
                raise Failed(f"the program did not end:\n{program.log}")
            answered = call.answered(within=GLANCE)
    return InitError(call.answer.json, code, program.log)


class Program:
    """The `bootstrap` of a zip, unpacked, and its process."""

    def __init__(self, zip_file, folder, environment, files):
        self._root = Path(folder) / "function"
        self._log = Path(folder) / "function.log"
        self._environment = environment
        self._process = None
        with zipfile.ZipFile(zip_file) as archive:
            archive.extractall(self._root)
            for entry in archive.infolist():
                # Python leaves the permissions out, and Lambda wants them in the zip.
                (self._root / entry.filename).chmod(entry.external_attr >> 16 & 0o777)
        for name, content in files.items():
            (self._root / name).write_bytes(content)

    def start(self, runtime_api):
        environment = {
            "AWS_LAMBDA_RUNTIME_API": runtime_api,
            "LAMBDA_TASK_ROOT": str(self._root),
            "LAMBDA_RUNTIME_DIR": str(self._root),
            "AWS_LAMBDA_FUNCTION_NAME": NAME,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(MEMORY),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{NAME}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "_HANDLER": "bootstrap",
            "TZ": ":UTC",
            "LANG": "en_US.UTF-8",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
        }
        with self._log.open("w") as out:
            self._process = subprocess.Popen(
                [self._root / "bootstrap"],
                cwd=self._root,
                env={**environment, **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def stop(self):
        _stop(self._process)

    def ended(self, within):
        """The exit code, or `None` where it still runs after so many seconds."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(within)

    @property
    def pid(self):
        return self._process.pid

    @property
    def log(self):
        return self._log.read_text(encoding="utf-8")


class Call:
    """A call under way."""

    def __init__(self, emulator, event):
        self._thread = threading.Thread(target=self._run, args=(emulator, event), daemon=True)
        self._thread.start()

    def _run(self, emulator, event):
        try:
            self._result = emulator.invoke(event)
        except Exception as error:
            self._result = error

    def answered(self, within):
        self._thread.join(within)
        return not self._thread.is_alive()

    @property
    def answer(self):
        if isinstance(self._result, Exception):
            raise self._result
        return self._result


def _stop(process):
    process.kill()
    process.wait()


def _json_lines(log):
    return [json.loads(line) for line in log.splitlines()]
