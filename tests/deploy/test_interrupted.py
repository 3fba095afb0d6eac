"""Deployments that are killed, interrupted, or not alone."""

import signal
import threading

import pytest

from faulty_proxy import faulty_proxy
from program import CALL, Run, play_instance
from trial import Trial


@pytest.fixture
def trial(ministack, account, tmp_path):
    """Makes a trial; more than one of the same account and folder where that is asked for."""
    return lambda *arguments, **named: Trial(ministack, account(ministack), tmp_path, *arguments, **named)


def end_after(process, lines, number):
    """Sends the signal once that many lines of stderr, of those that `lines` takes, were read."""
    told = []
    for line in process.stderr:
        told.append(line)
        if lines(line):
            number -= 1
        if number <= 0:
            break
    return told


@pytest.mark.parametrize("settled", [False, True], ids=["first", "change"])
def test_kill_and_deploy_again(trial, settled):
    """After the first call, the second, the third, until a deployment gets through between two kills."""
    one = trial(settled=settled)
    for number in range(1, 100):
        with one.project.start("deploy", "--yes") as process:
            told = end_after(process, CALL.match, number)
            process.kill()
            rest = process.stderr.read()
            code = process.wait()
        one.check_sane(Run(code, "", "".join(told) + rest))
        if code == 0:
            break
        assert code == -signal.SIGKILL
        # What is deployed is whole at any time.
        assert one.status in {None, "REVIEW_IN_PROGRESS", "CREATE_COMPLETE", "UPDATE_COMPLETE"} or one.status.endswith(
            "_IN_PROGRESS"
        )
    one.check_done(one.project.deploy())
    assert "is up to date" in one.project.deploy().stderr


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_the_end_while_cloudformation_works(trial, end):
    """The stack waits for the producer's instance; the next deployment follows it to its end."""
    one = trial("user-data-lambda.yaml")
    with one.project.start("deploy", "--yes") as process:
        told = end_after(process, lambda line: "ProducerGroup " in line and "created" in line, 1)
        process.send_signal(end)
        rest = process.stderr.read()
        code = process.wait()
    run = Run(code, "", "".join(told) + rest)
    one.check_sane(run)
    assert one.status == "CREATE_IN_PROGRESS"
    if end == signal.SIGKILL:
        assert code == -end
    else:
        assert code == 130
        assert "interrupted: CloudFormation continues with the stack `user-data-lambda`" in run.stderr
        assert "`pipec deploy user-data-lambda.yaml` resumes following it" in run.stderr
    with one.project.start("deploy", "--yes") as process:
        told = end_after(process, lambda line: "is CREATE_IN_PROGRESS: waiting for that first" in line, 1)
        play_instance(one.client, one.project.built().template, one.project.name, "SUCCESS")
        rest = process.stderr.read()
        one.check_done(Run(process.wait(), "", "".join(told) + rest))


def at_the_same_time(*projects):
    """The runs of a deployment of each."""
    runs = [None] * len(projects)

    def deploy(number):
        runs[number] = projects[number].deploy()

    threads = [threading.Thread(target=deploy, args=(number,)) for number in range(len(projects))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return runs


@pytest.mark.parametrize("settled", [False, True], ids=["first", "change"])
def test_two_deployments_of_one_spec_at_the_same_time(trial, settled):
    one = trial(settled=settled)
    runs = at_the_same_time(one.project, one.project)
    for run in runs:
        print(run.code, run.told)
        one.check_sane(run)
        assert run.code == 0 or run.error, run.told
    assert 0 in {run.code for run in runs}
    one.check_done(one.project.deploy())


def test_two_specs_of_one_name_at_the_same_time(ministack, account, tmp_path):
    """Who says that it is deployed is right, at least until the other one deploys."""
    key = account(ministack)
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()
    one = Trial(ministack, key, folders[0], settled=True)
    other = Trial(ministack, key, folders[1])
    other.project.edit("2 MiB, interval: 60 s", "2 MiB, interval: 120 s")
    runs = at_the_same_time(one.project, other.project)
    for trial, run in zip((one, other), runs, strict=True):
        assert run.code == 0 or run.error, run.told
        print(run.code, run.told)
    assert 0 in {run.code for run in runs}
    assert one.is_done() or other.is_done()
    one.check_done(one.project.deploy())


@pytest.fixture
def faster(ministack, account, tmp_path):
    """Makes two trials of one pipeline; the second one's run is done between two calls of the first one's."""

    def make(settled):
        key = account(ministack)
        folders = [tmp_path / name for name in ("slow", "fast")]
        for folder in folders:
            folder.mkdir()
        slow = Trial(ministack, key, folders[0], settled=settled)
        fast = Trial(ministack, key, folders[1])
        fast.project.edit("2 MiB, interval: 60 s", "2 MiB, interval: 120 s")
        return slow, fast

    return make


def between(slow, action, work, verb="deploy", *arguments):
    """A run of the slow one; `work` is done just before its first call of that action gets through."""
    done = []

    def fault(call):
        if call.action == action and not done:
            done.append(work())

    with faulty_proxy(slow.project.address, fault) as proxy:
        run = slow.project.run(verb, *arguments, AWS_ENDPOINT_URL=proxy.address)
    assert [other.code for other in done] == [0]
    return run


def test_a_change_set_that_another_deployment_has_ended(faster):
    slow, fast = faster(settled=True)
    run = between(slow, "ExecuteChangeSet", fast.project.deploy, "deploy", "--yes")
    assert run.code == 3 and "another deployment changed this stack first" in run.stderr, run.told
    assert fast.is_done()
    slow.check_done(slow.project.deploy())


def test_a_stack_that_is_destroyed_before_its_change(faster):
    slow, fast = faster(settled=True)
    destroy = lambda: fast.project.run("destroy", "--yes")  # noqa: E731
    run = between(slow, "ExecuteChangeSet", destroy, "deploy", "--yes")
    assert run.code == 3 and run.error, run.told
    slow.check_done(slow.project.deploy())


def test_a_dry_run_leaves_a_stack_that_another_deployment_has_made(faster):
    slow, fast = faster(settled=False)
    run = between(slow, "DeleteChangeSet", fast.project.deploy, "deploy", "--dry-run")
    assert run.code == 0, run.told
    assert fast.is_done()
