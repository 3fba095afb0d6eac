"""`pipec` as a user runs it, against an emulator. PIPEC names the program."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "judges"))
from cfn import Template  # noqa: E402
from emulated_aws import REGION  # noqa: E402
from played_instance import play_instance  # noqa: E402

EXAMPLES = HERE.parent.parent / "examples"
PATIENCE = 180  # seconds for a run that takes one or two, on a busy machine
# What `--verbose` says of a call.
CALL = re.compile(r"^(\w+:\w+): (.+) \((\d+\.\d\d) s\)$", re.MULTILINE)
# A key of an artifact, in a template.
KEY = re.compile(
    r"\b(?:(?:flink|records)/[\w-]+/|producer/[\w-]+-|(?<!/)[\w-]+-)[0-9a-f]{20}\.(?:zip|gz|jsonl\.gz)"
)


@dataclass(frozen=True)
class Run:
    """What a run left."""

    code: int
    stdout: str
    stderr: str

    @property
    def calls(self):
        """The actions that were called, in order."""
        return [match[1] for match in CALL.finditer(self.stderr)]

    @property
    def told(self):
        return self.stdout + self.stderr

    @property
    def error(self):
        """Code of the diagnostic, with the help that belongs to it; `None` where it fails without one."""
        found = re.search(r"^error\[(PIPE\d{4})\]: .+?^help: (.+)", self.stderr, re.MULTILINE | re.DOTALL)
        return found and found[1]


class Project:
    """A folder with a spec, and the account that it is deployed into."""

    def __init__(self, folder, example, address, account="test", **environment):
        self.folder, self.address, self.last_built = folder, address, None
        for file in EXAMPLES.iterdir():
            shutil.copy(file, folder)
        self.path = folder / example
        # No Flink job runs here: what begins as a jar does will do.
        (folder / "connector.jar").write_bytes(b"PK\x03\x04 no connector")
        self.options = ["--connector-jar", "connector.jar"]
        self.environment = {
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "HOME": str(folder),
            "NO_PROXY": "*",
            **environment,
        }

    @property
    def name(self):
        return re.search(r"^name: (\S+)", self.path.read_text(), re.MULTILINE)[1]

    def edit(self, old, new, file=None):
        """Changes the spec, or a file beside it."""
        path = self.folder / file if file else self.path
        text = path.read_text()
        assert text.count(old) == 1, f"{old!r} is not once in {path.name}"
        path.write_text(text.replace(old, new))
        self.last_built = None

    def start(self, verb, *arguments, **environment):
        """A run that goes on."""
        options = [] if verb == "destroy" else self.options
        return subprocess.Popen(
            [os.environ["PIPEC"], verb, self.path.name, "--verbose", *options, *arguments],
            env={**self.environment, **environment},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, verb, *arguments, **environment):
        with self.start(verb, *arguments, **environment) as process:
            try:
                stdout, stderr = process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        return Run(process.returncode, stdout, stderr)

    def deploy(self, *arguments, **environment):
        return self.run("deploy", "--yes", *arguments, **environment)

    def deploy_with_instance(self, client, *arguments):
        """A first deployment, with the producer's instance played beside it where there is one."""
        instance = threading.Thread(target=play_instance, args=(client, self.built().template, self.name, "SUCCESS"))
        instance.start()
        run = self.deploy(*arguments)
        instance.join()
        return run

    def built(self):
        """What `pipec build` makes of the spec now."""
        if self.last_built:
            return self.last_built
        out = self.folder / "out"
        command = [os.environ["PIPEC"], "build", self.path.name, "--out", str(out), *self.options]
        built = subprocess.run(command, env=self.environment, cwd=self.folder, capture_output=True, text=True)
        assert built.returncode == 0, built.stderr
        self.last_built = Built(self.name, out / self.name)
        return self.last_built


class Built:
    """Template and artifacts of a spec."""

    def __init__(self, name, folder):
        self.name = name
        self.template = Template(folder / "template.yaml")
        entries = json.loads((folder / "manifest.json").read_text())["artifacts"]
        self.artifacts = {entry["name"]: {**entry, "path": folder / entry["file"]} for entry in entries}
