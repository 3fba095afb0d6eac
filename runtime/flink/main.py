"""Submits pipeline.sql to Managed Service for Apache Flink as one job.

The file lies beside this one in the application's archive. Its places in ${...} are filled in from the property
group `pipec` of the application; everything else was decided when the pipeline was compiled.
"""

import json
import os
import re
import sys

PROPERTIES_FILE = "/etc/flink/application_properties.json"
PROPERTY_GROUP = "pipec"
# Which functions in Python the SQL calls, and the folder of their code; most archives have neither.
FUNCTIONS_FILE = "functions.json"
PYTHON_FOLDER = "python"
STATEMENT_END = ";\n\n"
PLACE = re.compile(r"\$\{([^}]*)\}")

# Only options that the service lets an application set. Not among them: table.exec.sink.type-length-enforcer, which
# fails the job at the first NULL in a text column (seen on Flink 2.2.1); the generated casts cut every text instead.
OPTIONS = {
    # Times have no zone; UTC is what the service runs in, and is said here for every other place.
    "table.local-time-zone": "UTC",
    # A shard without records does not hold back the others.
    "table.exec.source.idle-timeout": "30 s",
}


def read_properties(path=PROPERTIES_FILE, group=PROPERTY_GROUP):
    """The application's property group as a dictionary."""
    with open(path, encoding="utf-8") as file:
        groups = json.load(file)
    for entry in groups:
        if entry.get("PropertyGroupId") == group:
            return entry["PropertyMap"]
    raise ValueError(f"the application has no property group `{group}`")


def fill_in(sql, properties):
    """The SQL with every ${name} replaced; none may be unknown or hold what could end a text."""

    def value(match):
        name = match.group(1)
        if name not in properties:
            raise ValueError(f"the property group has no `{name}`, which pipeline.sql needs")
        found = properties[name]
        if not isinstance(found, str) or re.search(r"['\"`\\;$\x00-\x1f\x7f]", found):
            raise ValueError(f"the property `{name}` holds a character that SQL would misread")
        return found

    return PLACE.sub(value, sql)


def split(sql):
    """The statements, without the comments in front of them."""
    statements = []
    for text in (sql.rstrip("\n") + "\n\n").split(STATEMENT_END):
        lines = text.strip().split("\n")
        while lines and (not lines[0].strip() or lines[0].startswith("--")):
            lines.pop(0)
        if lines:
            statements.append("\n".join(lines))
    return statements


# A key that has been silent for so long is forgotten where the SQL does not say when a key is over. Only there is the
# property given.
STATE_TTL = "state.ttl"


def options(properties):
    """The options of the job."""
    ttl = properties.get(STATE_TTL)
    return OPTIONS | ({"table.exec.state.ttl": ttl} if ttl else {})


def register(table_environment, archive):
    """Makes the Python functions of the archive known, where it has any."""
    path = os.path.join(archive, FUNCTIONS_FILE)
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as file:
        functions = json.load(file)
    folder = os.path.join(archive, PYTHON_FOLDER)
    sys.path.insert(0, folder)
    import pipec_forest

    pipec_forest.register(table_environment, functions, folder)


def submit(table_environment, statements, settings):
    """Runs what defines tables, then all INSERTs as one job; returns as soon as that is submitted."""
    for name, value in settings.items():
        table_environment.get_config().set(name, value)
    inserts = table_environment.create_statement_set()
    for statement in statements:
        if statement.startswith("INSERT INTO "):
            inserts.add_insert_sql(statement)
        else:
            table_environment.execute_sql(statement)
    return inserts.execute()


def report(result):
    """Prints the job's id, which the service logs as a line of its logger PythonDriver: all of the program ran."""
    job = result.get_job_client()
    print(f"pipec: submitted job {job.get_job_id() if job else 'without a client'}", flush=True)


def main():
    from pyflink.table import EnvironmentSettings, TableEnvironment

    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "pipeline.sql"), encoding="utf-8", newline="") as file:
        sql = file.read()
    properties = read_properties()
    statements = split(fill_in(sql, properties))
    table_environment = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    register(table_environment, here)
    report(submit(table_environment, statements, options(properties)))


if __name__ == "__main__":
    main()
