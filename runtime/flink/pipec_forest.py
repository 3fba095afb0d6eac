"""RANDOM_CUT_FOREST as a table function of Flink: a score for each row, from one forest that learns it afterwards.

The forest is the program `pipec-forest` beside this file, a child of the Python worker: doubles go in over a pipe and come
out over another. Where that program cannot be started, `pipec_forest_slow` takes its place, and the log says so.

Rules that do not depend on the forest are here: a row with NULL, NaN, an infinity or a number beyond LARGEST is passed on
with NULL for a score, and the forest does not see it.
"""

import atexit
import json
import logging
import math
import os
import select
import shutil
import struct
import subprocess
import tempfile

from pyflink.table import DataTypes
from pyflink.table.udf import TableFunction, udtf

PROGRAM = "pipec-forest"
GREETING = b"PIPECRF1"
# A program that starts at all does so at once; a machine that is busy may need longer.
START_SECONDS = 20
# As pipec-forest has it: the differences of such numbers in all dimensions add up to one of 32 bits.
LARGEST = 1e35
# Options for jobs with a forest alone: a row waits for others of its bundle no longer than this.
OPTIONS = {"python.fn-execution.bundle.time": "100"}

LOG = logging.getLogger("pipec.forest")


class ForestProgram:
    """The program as a child. Raises OSError where it cannot be started."""

    def __init__(self, executable, parameters):
        self.columns = parameters["columns"]
        self.attribution = parameters["attribution"]
        self.row = struct.Struct(f"<{self.columns}d")
        self.answer = struct.Struct(f"<{1 + 2 * self.columns if self.attribution else 1}d")
        numbers = [self.columns, *(parameters[name] for name in ("trees", "sample", "decay", "shingle"))]
        arguments = [str(number) for number in [*numbers, int(self.attribution)]]
        faults = []
        for start in (self._from_memory, self._from_file):
            try:
                self.child = start(executable, arguments)
                self._greet()
                atexit.register(self.close)
                return
            except OSError as fault:
                faults.append(str(fault))
        raise OSError("; ".join(faults))

    @staticmethod
    def _spawn(command, **options):
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, **options)

    def _from_memory(self, executable, arguments):
        """From a file that is in memory alone: no file system has to allow it."""
        if not hasattr(os, "memfd_create"):
            raise OSError("no files in memory")
        with open(executable, "rb") as program:
            descriptor = os.memfd_create(PROGRAM)
            try:
                with os.fdopen(os.dup(descriptor), "wb") as memory:
                    shutil.copyfileobj(program, memory)
                return self._spawn([f"/proc/self/fd/{descriptor}", *arguments], pass_fds=(descriptor,))
            finally:
                os.close(descriptor)

    def _from_file(self, executable, arguments):
        """From a copy: the archive's files may have lost the right to be run."""
        folder = tempfile.mkdtemp(prefix="pipec-forest-")
        try:
            copy = os.path.join(folder, PROGRAM)
            shutil.copyfile(executable, copy)
            os.chmod(copy, 0o700)
            return self._spawn([copy, *arguments])
        finally:
            # A program that runs needs its file no more.
            shutil.rmtree(folder, ignore_errors=True)

    def _greet(self):
        greeting = b""
        while len(greeting) < len(GREETING):
            ready, _, _ = select.select([self.child.stdout], [], [], START_SECONDS)
            part = self.child.stdout.read(len(GREETING) - len(greeting)) if ready else b""
            if not part:
                self.close()
                raise OSError("the program does not run here")
            greeting += part
        if greeting != GREETING:
            self.close()
            raise OSError("the program is another one")

    def score(self, values):
        """The score, and with attributions the high and the low parts of all columns."""
        self.child.stdin.write(self.row.pack(*values))
        answer = b""
        while len(answer) < self.answer.size:
            part = self.child.stdout.read(self.answer.size - len(answer))
            if not part:
                # Flink starts the task again, and with it a forest that learns anew.
                raise RuntimeError(f"pipec-forest has ended with {self.child.wait()}")
            answer += part
        score, *parts = self.answer.unpack(answer)
        return score, parts[: self.columns], parts[self.columns :]

    def close(self):
        for pipe in (self.child.stdin, self.child.stdout):
            try:
                pipe.close()
            except OSError:
                pass
        try:
            self.child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


def start(parameters, folder=None):
    """The forest: the program, else the slow one."""
    executable = os.path.join(folder or os.path.dirname(os.path.abspath(__file__)), PROGRAM)
    try:
        return ForestProgram(executable, parameters)
    except OSError as fault:
        LOG.warning("pipec-forest cannot be started (%s): the forest runs in Python, and is about 50 times slower", fault)
        from pipec_forest_slow import SlowForest

        return SlowForest(**parameters)


def explanation(names, direction, high, low):
    """The JSON of ANOMALY_EXPLANATION: texts with four decimals, as the old service wrote them."""
    columns = {}
    for name, up, down in zip(names, high, low):
        column = {}
        if direction:
            column["DIRECTION"] = "HIGH" if up > down else "LOW"
            column["STRENGTH"] = f"{abs(up - down):.4f}"
        column["ATTRIBUTION_SCORE"] = f"{up + down:.4f}"
        columns[name] = column
    return json.dumps(columns, ensure_ascii=False, separators=(",", ":"))


class RandomCutForest(TableFunction):
    """One row for each row: its score, and where it is wanted, its explanation."""

    def __init__(self, names, trees, sample, decay, shingle, explanation):
        self.names = names
        self.explanation = explanation
        self.parameters = {
            "columns": len(names),
            "trees": trees,
            "sample": sample,
            "decay": decay,
            "shingle": shingle,
            "attribution": explanation is not None,
        }
        self.forest = None

    def is_deterministic(self):
        # It remembers: calls must not be left out, doubled or computed beforehand.
        return False

    def open(self, function_context):
        self.forest = start(self.parameters)

    def close(self):
        if self.forest is not None:
            self.forest.close()
            self.forest = None

    def eval(self, _in_order, *values):
        yield self.result(values)

    def result(self, values):
        known = all(value is not None and math.isfinite(value) and abs(value) <= LARGEST for value in values)
        if self.explanation is None:
            return (self.forest.score(values)[0],) if known else (None,)
        if not known:
            return None, None
        score, high, low = self.forest.score(values)
        return score, explanation(self.names, self.explanation == "direction", high, low)


def register(table_environment, functions, folder):
    """Makes the functions known by their names, and ships this folder to the workers."""
    table_environment.add_python_file("file://" + folder)
    for name, value in OPTIONS.items():
        table_environment.get_config().set(name, value)
    for function in functions:
        explained = function["explanation"]
        numbers = {name: function[name] for name in ("trees", "sample", "decay", "shingle")}
        forest = RandomCutForest(names=function["columns"], explanation=explained, **numbers)
        types = [DataTypes.DOUBLE()] + ([DataTypes.STRING()] if explained else [])
        table_environment.create_temporary_function(
            function["name"], udtf(forest, result_types=types, deterministic=False)
        )
