"""A PostgreSQL of its own, which takes the statements that pipec prints for Redshift: the older sister of both reads the same SQL.

Debian installs the server outside of PATH, and it does not run as root.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile


def program(name):
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name)


@contextlib.contextmanager
def server():
    """Yields a function that runs statements and returns the lines of their result, columns apart by `|`."""
    user = {"user": "nobody"} if os.geteuid() == 0 else {}
    folder = tempfile.mkdtemp(prefix="pipec-postgres-")
    if user:
        shutil.chown(folder, **user)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "cwd": folder, "check": True, **user}
    data = f"{folder}/data"
    try:
        subprocess.run([program("initdb"), "-D", data, "-U", "pipec", "-A", "trust", "-E", "UTF8", "--no-sync"], **quiet)
        options = f"-k {folder} -c listen_addresses= -c fsync=off"
        control = [program("pg_ctl"), "-D", data, "-w", "-l", f"{folder}/log"]
        subprocess.run([*control, "-o", options, "start"], **quiet)
        try:

            def run(sql):
                command = [program("psql"), "-h", folder, "-U", "pipec", "-d", "postgres", "-XqAt", "-v", "ON_ERROR_STOP=1"]
                done = subprocess.run(command, input=sql, capture_output=True, text=True)
                assert done.returncode == 0, f"{done.stderr}\n{sql}"
                return done.stdout.splitlines()

            yield run
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **quiet)
    finally:
        shutil.rmtree(folder)
