"""A systemd of its own for an instance's user data: process 1 of new namespaces.

    with Machine(folder, script, {"/opt/aws/bin/cfn-signal": "#!/bin/bash\n..."}) as machine:
        ...    # the script runs as cloud-init runs it, with systemd's real systemctl

It shares this machine's files, its network and its kernel, but for /etc, /opt and /run, where it writes. It knows no
units but the ones that it is given, so nothing of this machine is started. What the units write to `folder` stays.
Needs root and Linux namespaces; `available()` says whether they are there.
"""

import shutil
import subprocess
import time
from pathlib import Path

SYSTEMD = "/lib/systemd/systemd"
UNSHARE = ["unshare", "--fork", "--kill-child", "--pid", "--mount-proc", "--mount", "--cgroup", "--uts", "--ipc"]
PATIENCE = 60  # seconds for what takes a few at most
GLANCE = 0.1  # seconds between two looks

# What every unit of its own accord depends on, and what the producer's does.
TARGETS = ("basic", "multi-user", "network-online", "shutdown", "sysinit", "timers", "paths", "sockets")
BOOT = """
set -e
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system /run/etc/upper /run/etc/work
mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work /etc
mount -t tmpfs tmpfs /opt
mount -t cgroup2 none /sys/fs/cgroup
mount --bind "$1/console" /dev/console
# Nothing here is this machine's to set.
mount -o bind,ro /proc/sys /proc/sys
cp -r "$1/root/." /
exec env --ignore-environment container=other \
  SYSTEMD_UNIT_PATH=/etc/systemd/system:/run/systemd/system \
  "$2" --system --unit=machine.target --log-target=console --show-status=no
"""
MACHINE = """[Unit]
DefaultDependencies=no
Wants=user-data.service
"""
USER_DATA = """[Unit]
DefaultDependencies=no

[Service]
Type=oneshot
Environment=PATH=/run/standins:/usr/sbin:/usr/bin:/sbin:/bin
ExecStart=/bin/bash /run/user-data.sh
StandardOutput=append:{folder}/user-data.log
StandardError=append:{folder}/user-data.log
"""


def available():
    if not Path(SYSTEMD).exists() or not shutil.which("unshare"):
        return False
    probe = "mount -t tmpfs tmpfs /run && mount -t cgroup2 none /sys/fs/cgroup"
    return subprocess.run([*UNSHARE, "sh", "-c", probe], capture_output=True).returncode == 0


class Machine:
    """A machine that runs `script` once; `files` are texts by their absolute paths, all of them executable."""

    def __init__(self, folder, script, files):
        self._folder = Path(folder)
        units = {f"/run/systemd/system/{name}.target": "[Unit]\nDefaultDependencies=no\n" for name in TARGETS}
        units["/run/systemd/system/machine.target"] = MACHINE
        units["/run/systemd/system/user-data.service"] = USER_DATA.format(folder=folder)
        for path, text in {**units, **files, "/run/user-data.sh": script}.items():
            # All else is this machine's own.
            assert path.startswith(("/etc/", "/opt/", "/run/")), path
            file = self._folder / "root" / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            file.chmod(0o644 if path.endswith((".service", ".target", ".conf")) else 0o755)
        (self._folder / "console").touch()

    def __enter__(self):
        boot = [*UNSHARE, "/bin/bash", "-c", BOOT, "boot", self._folder, SYSTEMD]
        self._process = subprocess.Popen(boot, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return self

    def __exit__(self, *_):
        # Its process 1, and with it all others.
        self._process.kill()
        self._process.communicate()

    def until(self, done, what):
        """The first true answer of `done`."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if answer := done():
                return answer
            if self._process.poll() is not None:
                break
            time.sleep(GLANCE)
        raise AssertionError(f"{what}: not within {PATIENCE} s\n{self.log}")

    @property
    def log(self):
        logs = (self._folder / name for name in ("console", "user-data.log", "producer.log"))
        return "\n".join(log.read_text() for log in logs if log.exists())
