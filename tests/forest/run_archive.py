"""Runs an unpacked Flink archive on PyFlink, with files in place of its streams: run_archive.py ARCHIVE SQL.

`main.py` of the archive makes the archive's functions known and submits the SQL, as it does in AWS. Runs under the
Python of target/flink-python, as a program of its own.
"""

import pathlib
import sys

archive, sql = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
sys.path.insert(0, str(archive))
import main  # noqa: E402
from pyflink.table import EnvironmentSettings, TableEnvironment  # noqa: E402

table_environment = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
for option in sys.argv[3:]:
    table_environment.get_config().set(*option.split("=", 1))
main.register(table_environment, str(archive))
statements = main.split(sql.read_text(encoding="utf-8"))
main.submit(table_environment, statements, main.options({})).wait()
