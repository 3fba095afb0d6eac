"""User data through shellcheck, and the unit that it installs through systemd."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

SHELLCHECK = Path(sys.executable).with_name("shellcheck")
LIMIT = 16_384  # bytes before base64, EC2
UNIT = re.compile(r"cat >\s*(\S+/([\w@-]+\.service)) <<'(\w+)'\n(.*?)\n\3\n", re.DOTALL)
# systemd's own scale is 0 (safe) to 10; a service that must reach the network gets to about 1.2.
EXPOSURE = 15


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
        assert (run.returncode, run.stdout, run.stderr) == (0, "", ""), name


def test_units(pipeline, tmp_path):
    for name, text in user_data(pipeline.template).items():
        units = UNIT.findall(text)
        assert units, f"{name} installs no unit"
        for target, unit_name, _, unit in units:
            assert target == f"/etc/systemd/system/{unit_name}"
            path, run = verify(unit, tmp_path)
            assert (run.returncode, run.stdout, run.stderr) == (0, "", ""), unit_name
            security = ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE}", path]
            run = subprocess.run(security, capture_output=True, text=True)
            assert run.returncode == 0, run.stdout + run.stderr
            assert f"systemctl enable --now {unit_name}" in text


@pytest.mark.parametrize("line", ["Restart=allways", "NoNewPrivilege=yes"])
def test_systemd_bites(line, tmp_path):
    _, run = verify(f"[Service]\nExecStart=/opt/nothing\n{line}", tmp_path)
    assert run.returncode != 0 and run.stderr


def test_shellcheck_bites():
    assert "SC2086" in shellcheck("#!/bin/bash\nrm -rf $1\n").stdout
