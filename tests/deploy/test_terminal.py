"""What a person at a terminal is asked, and what comes of each answer."""

import os

import pexpect
import pytest

import deployed
from emulated_aws import clients
from program import PATIENCE, Project

QUESTION = r"Deploy this to account \d{12}, us-east-1\? \[y/N\] "


@pytest.fixture
def project(ministack, account, tmp_path):
    """Makes the project of an example, with the API of its account."""

    def make(example):
        key = account(ministack)
        one = Project(tmp_path, example, ministack.address, key)
        return one, clients(ministack.address, key, s3={"addressing_style": "path"})

    return make


def asked(pipeline, verb, question):
    """A run that has come to its question."""
    run = pexpect.spawn(
        os.environ["PIPEC"],
        [verb, pipeline.path.name],
        cwd=pipeline.folder,
        env={**pipeline.environment, "TERM": "xterm"},
        timeout=PATIENCE,
        encoding="utf-8",
    )
    run.expect(question)
    return run


def end(run):
    told = run.read()
    run.close()
    return run.exitstatus, told


@pytest.mark.parametrize(
    "answer, code, says", [("n\r", 2, "nothing was changed"), ("\r", 2, "nothing was changed"), ("\3", 130, "interrupted")]
)
def test_what_is_no_yes_leaves_nothing(project, answer, code, says):
    pipeline, client = project("raw-to-s3.yaml")
    run = asked(pipeline, "deploy", QUESTION)
    run.send(answer)
    left, told = end(run)
    assert (left, says in told) == (code, True), told
    assert deployed.status(client, pipeline.name) is None


def test_yes_deploys_and_the_end_asks_as_well(project):
    pipeline, client = project("raw-to-s3.yaml")
    run = asked(pipeline, "deploy", QUESTION)
    run.send("y\r")
    code, told = end(run)
    assert (code, "CREATE_COMPLETE" in told) == (0, True), told
    run = asked(pipeline, "destroy", r"Delete the stack .+\? \[y/N\] ")
    run.send("yes\r")
    code, told = end(run)
    assert (code, "DELETE_COMPLETE" in told) == (0, True), told
    assert deployed.status(client, pipeline.name) is None


def test_what_is_waited_for_stands_on_a_line_that_moves(project):
    pipeline, client = project("user-data-lambda.yaml")
    run = asked(pipeline, "deploy", QUESTION)
    run.send("y\r")
    # Until an instance of the producer is up, which here none is.
    run.expect(r"\d+ ready, waiting for [^\r\n]*ProducerStart")
    run.send("\3")
    code, told = end(run)
    assert (code, "CloudFormation continues with the stack" in told) == (130, True), told
    assert deployed.status(client, pipeline.name) == "CREATE_IN_PROGRESS"
