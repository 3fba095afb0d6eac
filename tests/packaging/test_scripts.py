"""The scripts of the GitHub Action, with a `gh` that plays GitHub's part and the real pipec. PIPEC names the program."""

import hashlib
import json
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/raw-to-s3.yaml"
GH = """#!/usr/bin/env bash
set -euo pipefail
printf '%s\\n' "$*" >>"$GH_LOG"
case $1 in
  release) cp "$GH_RELEASE"/* . ;;
  api)
    for word; do [[ $word == body=@* ]] && cp "${word#body=@}" "$GH_LOG.body"; done
    [[ $* == *--paginate* ]] && printf '%s' "${GH_OLD-}" || true ;;
esac
"""


@pytest.fixture
def machine(tmp_path):
    """An environment whose `gh` writes down its calls."""
    programs = tmp_path / "bin"
    programs.mkdir()
    gh = programs / "gh"
    gh.write_text(GH)
    gh.chmod(0o755)
    release = tmp_path / "release"
    release.mkdir()
    return {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "GH_LOG": str(tmp_path / "gh.log"),
        "GH_RELEASE": str(release),
        "REPOSITORY": "owner/pipec",
    }


def publish(machine, digest=None):
    release = Path(machine["GH_RELEASE"])
    target = {"x86_64": "x86_64-unknown-linux-gnu", "aarch64": "aarch64-unknown-linux-gnu"}[os.uname().machine]
    archive = release / f"pipec-{target}.tar.gz"
    # What is installed is not what this is about, and the real program is large.
    program = release.parent / "released"
    program.write_text("#!/bin/sh\necho pipec 0.1.0\n")
    program.chmod(0o755)
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(program, "pipec/pipec")
    digest = digest or hashlib.sha256(archive.read_bytes()).hexdigest()
    (release / "SHA256SUMS").write_text(f"{digest}  {archive.name}\n")


def install(machine, to):
    return subprocess.run(
        [ROOT / "scripts/install_release", "0.1.0", to], env=machine, capture_output=True, text=True
    )


def test_a_release_is_installed_if_its_digest_is_right(machine, tmp_path):
    publish(machine)
    call = install(machine, tmp_path / "pipec")
    assert (call.returncode, call.stdout[:6]) == (0, "pipec "), call.stderr
    assert "release download v0.1.0 --repo owner/pipec" in Path(machine["GH_LOG"]).read_text()


def test_a_release_with_another_digest_is_not_installed(machine, tmp_path):
    publish(machine, digest="0" * 64)
    assert install(machine, tmp_path / "pipec").returncode != 0
    assert not (tmp_path / "pipec").exists()


@pytest.fixture
def repository(tmp_path):
    """A checkout with a committed build, and a remote that has its first commit."""
    folder = tmp_path / "checkout"
    folder.mkdir()

    def git(*arguments):
        settings = ["-c", "user.name=Reviewer", "-c", "user.email=reviewer@example.com"]
        call = ["git", *settings, *arguments]
        return subprocess.run(call, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()

    (folder / "orders.yaml").write_text(EXAMPLE.read_text())
    subprocess.run([os.environ["PIPEC"], "build", "orders.yaml"], cwd=folder, check=True, capture_output=True)
    (folder / ".gitignore").write_text("generated/artifacts\n")
    git("init", "--quiet")
    git("add", "-A")
    git("commit", "--quiet", "-m", "First")
    git("clone", "--quiet", "--bare", ".", str(tmp_path / "remote"))
    git("remote", "add", "origin", str(tmp_path / "remote"))
    return folder, git("rev-parse", "HEAD")


def review(machine, repository, **more):
    environment = {
        **machine,
        "SPECS": "*.yaml",
        "OUT": "generated",
        "DENY_WARNINGS": "false",
        "TEST": "true",
        "COMMENT": "true",
        "PULL_REQUEST": "7",
        "BASE": repository[1],
        "GITHUB_REPOSITORY": "owner/shop",
        **more,
    }
    return subprocess.run(
        [ROOT / "scripts/review_specs", os.environ["PIPEC"]],
        cwd=repository[0],
        env=environment,
        capture_output=True,
        text=True,
    )


def test_the_first_review_is_a_new_comment(machine, repository):
    call = review(machine, repository)
    assert call.returncode == 0, call.stdout + call.stderr
    assert "--method POST repos/owner/shop/issues/7/comments" in Path(machine["GH_LOG"]).read_text()
    body = Path(machine["GH_LOG"] + ".body").read_text()
    assert body.startswith("<!-- pipec -->\n## Pipelines\n") and "No changes." in body


def test_a_later_review_changes_its_comment(machine, repository):
    spec = repository[0] / "orders.yaml"
    spec.write_text(spec.read_text().replace("records_per_second: 50", "records_per_second: 5000"))
    call = review(machine, repository, GH_OLD="42")
    # The committed output is stale, and the comment is written all the same.
    assert call.returncode == 1
    assert "--method PATCH repos/owner/shop/issues/comments/42" in Path(machine["GH_LOG"]).read_text()
    assert "shards 1 -&gt;" in Path(machine["GH_LOG"] + ".body").read_text()


def test_errors_are_annotations_and_in_the_comment(machine, repository):
    (repository[0] / "wrong.yaml").write_text("name: wrong\nstraem: {}\n")
    call = review(machine, repository)
    assert call.returncode == 1
    assert "::error file=wrong.yaml" in call.stdout
    assert "straem" in Path(machine["GH_LOG"] + ".body").read_text()


def test_the_tests_of_specs_run(machine, repository):
    """The one beside the spec fails, and is not taken for a spec."""
    (repository[0] / "orders.test.yaml").write_text(
        'tests:\n  - name: nothing comes out\n    given: [{record: {id: 1}}]\n    expect: {objects: []}\n'
    )
    call = review(machine, repository)
    assert call.returncode == 1 and "::group::pipec test" in call.stdout
    assert "nothing comes out" in call.stdout + call.stderr
    assert "| orders.test" not in Path(machine["GH_LOG"] + ".body").read_text()


def test_a_report_that_cannot_be_written_fails_the_run(machine, repository):
    """The earlier build is broken: the comment has the reason in place of an old report."""
    folder, base = repository
    git = ["git", "-c", "user.name=Reviewer", "-c", "user.email=reviewer@example.com"]
    manifest = folder / "generated/raw-to-s3/manifest.json"
    whole = manifest.read_text()
    manifest.write_text("{")
    subprocess.run([*git, "commit", "--quiet", "--all", "-m", "Broken"], cwd=folder, check=True)
    subprocess.run([*git, "push", "--quiet", "origin", "HEAD"], cwd=folder, check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True)
    manifest.write_text(whole)
    call = review(machine, (folder, head.stdout.strip()))
    assert call.returncode == 1 and "is not a manifest" in call.stderr
    assert "is not a manifest" in Path(machine["GH_LOG"] + ".body").read_text()


@pytest.mark.parametrize("specs", ["--help", "$(touch owned)", "`touch owned`", "; touch owned", "none/*.yaml"])
def test_no_word_of_the_input_is_a_command_or_an_option(machine, repository, specs):
    call = review(machine, repository, SPECS=specs)
    assert call.returncode == 1 and not (repository[0] / "owned").exists()


def test_without_a_pull_request_there_is_no_comment(machine, repository, tmp_path):
    summary = tmp_path / "summary.md"
    call = review(machine, repository, PULL_REQUEST="", BASE="", GITHUB_STEP_SUMMARY=str(summary))
    assert call.returncode == 0, call.stdout + call.stderr
    assert not Path(machine["GH_LOG"]).exists() and "## Pipelines" in summary.read_text()


def test_the_action_passes_what_the_scripts_read():
    action = (ROOT / "action.yml").read_text()
    for script in ("install_release", "review_specs"):
        assert f'"$GITHUB_ACTION_PATH/scripts/{script}"' in action
    for name in ("SPECS", "OUT", "DENY_WARNINGS", "TEST", "COMMENT", "PULL_REQUEST", "BASE", "VERSION", "REPOSITORY"):
        assert f"        {name}: ${{{{" in action, name
    assert json.dumps("true") in action
