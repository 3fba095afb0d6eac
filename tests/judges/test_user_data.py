"""User data through shellcheck, its unit through systemd, and all of it run against stand-ins for AWS."""

import base64
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cfn import HANDLE

SHELLCHECK = Path(sys.executable).with_name("shellcheck")
LIMIT = 16_384  # bytes before base64, EC2
UNIT = re.compile(r"cat >\s*(\S+/([\w@-]+\.service)) <<'(\w+)'\n(.*?)\n\3\n", re.DOTALL)
# Ten times systemd's own measure, which goes from 0 (safe) to 10. What is left of it is the network, the socket to tell
# systemd, a device that ProtectClock itself allows, and a root folder that is the machine's.
EXPOSURE = 11


def user_data(template):
    return {
        name: template.properties(name)["LaunchTemplateData"]["UserData"]
        for name, resource in template.of_type("AWS::EC2::LaunchTemplate").items()
        if "UserData" in resource["Properties"]["LaunchTemplateData"]
    }


def shellcheck(text):
    # Not the rule that wants braces round every name: inside Fn::Sub those are CloudFormation's.
    command = [SHELLCHECK, "--enable=all", "--exclude=SC2250", "--shell=bash", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True)


def verify(unit, folder):
    """What systemd has to say about a unit, its program replaced by one that is here."""
    rewritten, count = re.subn(r"(?m)^(Exec\w+=[-+!:@]*)(\S+)", r"\g<1>/bin/true", unit)
    assert count >= 1, "a service without ExecStart"
    path = folder / "judged.service"
    path.write_text(rewritten + "\n")
    command = ["systemd-analyze", "verify", "--recursive-errors=no", "--man=no", path]
    return path, subprocess.run(command, capture_output=True, text=True)


def test_some_template_has_user_data(every_pipeline):
    assert any(user_data(p.template) for p in every_pipeline)


def test_size(pipeline):
    assert {n: len(t.encode()) for n, t in user_data(pipeline.template).items() if len(t.encode()) > LIMIT} == {}


def test_shellcheck(pipeline):
    for name, text in user_data(pipeline.template).items():
        assert text.startswith("#!/bin/bash\n"), name
        run = shellcheck(text)
        assert run.returncode == 0 and not run.stderr, f"{name}\n{run.stdout}{run.stderr}"


def test_units(pipeline, tmp_path):
    for name, text in user_data(pipeline.template).items():
        units = UNIT.findall(text)
        assert units, f"{name} installs no unit"
        for target, unit_name, _, unit in units:
            assert target == f"/etc/systemd/system/{unit_name}"
            path, run = verify(unit, tmp_path)
            assert run.returncode == 0 and not run.stderr, f"{unit_name}\n{run.stdout}{run.stderr}"
            security = ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE}", path]
            run = subprocess.run(security, capture_output=True, text=True)
            assert run.returncode == 0, run.stdout + run.stderr
            for verb in ("enable", "start"):
                assert re.search(rf"systemctl {verb} (--\w+ )*{re.escape(unit_name)}", text), verb


PROGRAM = b"#!/bin/sh\n"
STANDINS = {
    # The key is fetched, with what S3 recorded of it.
    "aws": """
case "$1 $2 $*" in
  's3api get-object '*' --checksum-mode ENABLED --query ChecksumSHA256 --output text '*) ;;
  *) echo "aws $*?" >&2; exit 252 ;;
esac
[ -z "$NO_OBJECT" ] || { printf 'Access\nDenied' >&2; exit 254; }
for last; do :; done
cp "$ARTIFACT" "$last"
echo "$CHECKSUM"
""",
    "systemctl": """
case "$1" in
  start) [ -z "$NO_START" ] ;;
  show) case "$*" in *ExecMainStatus*) echo "$EXIT_CODE" ;; *) echo "$STATUS_TEXT" ;; esac ;;
esac
""",
    "journalctl": "echo 'cannot use the configuration'",
    "sleep": "",
    "cfn-signal": "",
}


def run(text, folder, **faults):
    """Runs user data in a root folder of its own; returns the calls that it made of the stand-ins."""
    artifact, log, tools = folder / "artifact.gz", folder / "log", folder / "opt/aws/bin"
    tools.mkdir(parents=True)
    artifact.write_bytes(gzip.compress(PROGRAM))
    for name in ("etc/systemd/system", "run", "tmp"):
        (folder / name).mkdir(parents=True)
    for name, body in STANDINS.items():
        (tools / name).write_text(f"#!/bin/bash\nprintf '%s\\n' \"{name} $*\" >>'{log}'\n{body}")
        (tools / name).chmod(0o755)
    environment = {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "ARTIFACT": str(artifact),
        "CHECKSUM": base64.b64encode(hashlib.sha256(artifact.read_bytes()).digest()).decode(),
        "NO_OBJECT": "",
        "NO_START": "",
        "STATUS_TEXT": "ResourceNotFoundException",
        "EXIT_CODE": "1",
        **faults,
    }
    absolute = r"(?<![\w./])/([a-z]+)/"
    # Nothing outside the root folder may be touched.
    assert set(re.findall(absolute, text)) <= {"bin", "dev", "etc", "opt", "run", "tmp"}
    moved = re.sub(absolute, lambda m: m[0] if m[1] in {"bin", "dev"} else f"{folder}{m[0]}", text)
    subprocess.run(["bash", "-c", moved], env=environment, cwd=folder, capture_output=True, timeout=60)
    return log.read_text().splitlines()


def signals(calls):
    """The signal to the group, and that to the wait condition, which alone has a reason, and where they are."""
    at = {" --resource " in call: n for n, call in enumerate(calls) if call.startswith("cfn-signal ")}
    assert len(at) == sum(call.startswith("cfn-signal ") for call in calls) == 2
    return calls[at[True]], calls[at[False]], at[True] < at[False]


def told(call, option, value):
    return f" {option} {value} " in f"{call} "


def test_it_installs_and_signals(pipeline, tmp_path):
    for number, (name, text) in enumerate(user_data(pipeline.template).items()):
        root = tmp_path / str(number)
        calls = run(text, root)
        (_, unit, _, unit_text), = UNIT.findall(text)
        program = root / re.search(r"(?m)^ExecStart=(\S+)", unit_text).group(1)[1:]
        assert program.read_bytes() == PROGRAM and os.access(program, os.X_OK)
        assert (root / "etc/systemd/system" / unit).is_file()
        config = json.loads((root / "etc/pipec/producer.json").read_text())
        if "file" in config["source"]:
            records = Path(config["source"]["file"]["path"])
            assert records.read_bytes() == PROGRAM and records.stat().st_mode & 0o444 == 0o444
        signal, condition, _ = signals(calls)
        assert condition.endswith(" " + HANDLE.format("ProducerStartHandle")) and told(condition, "--exit-code", 0)
        # The group whose CreationPolicy waits for it.
        waiting, = (
            group
            for group, resource in pipeline.template.of_type("AWS::AutoScaling::AutoScalingGroup").items()
            if resource["Properties"]["LaunchTemplate"]["LaunchTemplateId"] == {"Ref": name}
        )
        assert told(signal, "--resource", waiting) and told(signal, "--exit-code", 0)
        started = [call for call in calls if re.match(rf"systemctl (start|enable --now) (--\w+ )*{re.escape(unit)}", call)]
        assert len(started) == 1 and calls.index(started[0]) < calls.index(signal)


@pytest.mark.parametrize(
    "fault, why",
    [
        ({"NO_OBJECT": "1"}, "could not be downloaded: Access Denied"),
        ({"CHECKSUM": "None"}, "SHA-256"),
        ({"CHECKSUM": base64.b64encode(bytes(32)).decode()}, "SHA-256"),
        ({"CHECKSUM": "QUJD-2"}, "SHA-256"),
        ({"NO_START": "1"}, "did not start: ResourceNotFoundException"),
        ({"NO_START": "1", "STATUS_TEXT": ""}, "did not start: cannot use the configuration"),
        ({"NO_START": "1", "STATUS_TEXT": "x" * 5000}, "x" * 900),
    ],
    ids=["no object", "no checksum", "wrong checksum", "checksum of parts", "no start", "no status", "long"],
)
def test_failure_is_signalled_with_its_cause(pipeline, fault, why, tmp_path):
    for number, text in enumerate(user_data(pipeline.template).values()):
        calls = run(text, tmp_path / str(number), **fault)
        signal, condition, group_first = signals(calls)
        assert not told(signal, "--exit-code", 0) and not told(condition, "--exit-code", 0)
        # The cause first: the signal to the group ends a stack's creation, and has no room for one.
        assert why in condition and len(condition) < 1500 and not group_first
        assert "--reason" not in signal


def test_a_source_without_records_fails_the_creation_and_no_update(pipeline, tmp_path):
    for number, text in enumerate(user_data(pipeline.template).values()):
        calls = run(text, tmp_path / str(number), NO_START="1", EXIT_CODE="4", STATUS_TEXT="it returned 503")
        signal, condition, group_first = signals(calls)
        # The group's signal decides about updates, and the wait condition about the creation.
        assert told(signal, "--exit-code", 0) and told(condition, "--exit-code", 1)
        assert "the source returns no records: it returned 503" in condition and not group_first


@pytest.mark.parametrize("line", ["Restart=allways", "NoNewPrivilege=yes"])
def test_systemd_bites(line, tmp_path):
    _, run = verify(f"[Service]\nExecStart=/opt/nothing\n{line}", tmp_path)
    assert run.returncode != 0 and run.stderr


def test_shellcheck_bites():
    assert "SC2086" in shellcheck("#!/bin/bash\nrm -rf $1\n").stdout
