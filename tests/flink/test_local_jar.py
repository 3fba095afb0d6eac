"""The jar that pipec embeds is made of the sources in runtime/flink/local."""

import pathlib
import subprocess
import zipfile

from test_flink import ROOT, flink_jars

LOCAL = ROOT / "runtime" / "flink" / "local"


def test_the_jar_has_the_classes_of_its_sources(tmp_path):
    sources = sorted(str(source) for source in LOCAL.glob("*.java"))
    classes = pathlib.Path(flink_jars(), "*")
    options = ["--release", "11", "-encoding", "UTF-8", "-Xlint:-options", "-cp", str(classes), "-d", str(tmp_path)]
    subprocess.run(["javac", *options, *sources], check=True)
    compiled = {path.name: path.read_bytes() for path in tmp_path.glob("*.class")}
    with zipfile.ZipFile(LOCAL / "pipec-local.jar") as jar:
        embedded = {name: jar.read(name) for name in jar.namelist() if name.endswith(".class")}
    assert embedded == compiled, "run scripts/flink_local.sh"
