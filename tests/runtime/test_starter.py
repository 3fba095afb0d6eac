"""The packed starter under an emulated Lambda, in every state of its application.

Each case is a stack's life with one application. Cases mostly wait, so all of them run at once.
"""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from emulated_lambda import Call
from managed_flink import GRAPH, MODEL, PYTHON, RESET, RUNS, SUBMITTED, Application, line, problems
from response_url import HANG, LIMIT
from starter import NAME, PATIENCE, Starter, read_template

AT_ONCE = 20
GLANCE = 0.05  # seconds between two looks

CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


@case
def create_starts_and_waits_for_running(starter):
    with starter() as s:
        answer = s.call("Create")
        assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", NAME)
        assert answer["Data"] == {"ApplicationStatus": "RUNNING"}
        assert s.asked == ["StartApplication"]
        (given,) = [given for operation, given in s.service.calls if operation == "StartApplication"]
        assert given["RunConfiguration"] == {"FlinkRunConfiguration": {"AllowNonRestoredState": True}}
        assert s.application.status == "RUNNING"


@case
def create_of_a_running_application_is_done(starter):
    with starter(status="RUNNING") as s:
        assert s.call("Create")["Status"] == "SUCCESS"
        assert s.asked == []


def _create_waits(status):
    def waits(starter):
        with starter(status=status, ahead=[status, "READY"]) as s:
            assert s.call("Create")["Status"] == "SUCCESS"
            assert s.asked == ["StartApplication"]

    waits.__name__ = f"create_waits_for_{status.lower()}_and_starts"
    return case(waits)


for transition in ("STOPPING", "FORCE_STOPPING", "ROLLING_BACK", "ROLLED_BACK", "MAINTENANCE", "UPDATING"):
    _create_waits(transition)


def _create_follows(status):
    def follows(starter):
        with starter(status=status, ahead=[status, status, "RUNNING"]) as s:
            assert s.call("Create")["Status"] == "SUCCESS"
            assert s.asked == []

    follows.__name__ = f"create_follows_{status.lower()}_to_running"
    return case(follows)


for transition in ("STARTING", "AUTOSCALING", "MAINTENANCE"):
    _create_follows(transition)


@case
def a_start_that_fails_has_the_jobs_exception_in_its_reason(starter):
    cause = "org.apache.flink.table.api.ValidationException: SQL validation failed. Column 'agee' not found"
    with starter(start=["STARTING", "READY"], cause=cause, cause_late=2) as s:
        answer = s.call("Create")
        assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", NAME)
        assert f"Flink application {NAME}: it was started but returned to READY" in answer["Reason"]
        assert f"StartApplication FAILED: {cause}" in answer["Reason"]
        assert s.questions == ["StartApplication", *["DescribeApplicationOperation"] * 3]


@case
def the_longest_exception_fits_into_the_answer(starter):
    # Every character of it takes six in JSON.
    cause = "\x01" * MODEL.shape_for("ErrorString").metadata["max"]
    assert not problems(MODEL.shape_for("ErrorString"), cause)
    with starter(start=["STARTING", "READY"], cause=cause, log=[]) as s:
        answer = s.call("Create")
        assert answer["Reason"].endswith(cause)
        assert len(json.dumps(answer)) <= LIMIT


@case
def a_start_that_fails_without_a_cause_says_where_to_look(starter):
    with starter(start=["STARTING", "READY"], log=[]) as s:
        assert "see the application's log group" in s.call("Create")["Reason"]


@case
def without_an_operations_id_the_newest_failure_is_the_cause(starter):
    before = {"Operation": "UpdateApplication", "OperationId": "operation-0", "OperationStatus": "FAILED"}
    history = [{**before, "StartTime": 1_600_000_000, "EndTime": 1_600_000_001}]
    options = {"cause": "no such column", "gives_operation_id": False, "history": history}
    with starter(start=["STARTING", "READY"], **options) as s:
        assert "StartApplication FAILED: no such column" in s.call("Create")["Reason"]
        assert s.questions == ["StartApplication", "ListApplicationOperations", "DescribeApplicationOperation"]


@case
def a_job_that_runs_for_a_moment_only_is_a_failure(starter):
    with starter(start=["STARTING", "RUNNING", "READY"], cause="no such stream") as s:
        answer = s.call("Create")
        assert answer["Status"] == "FAILED" and "no such stream" in answer["Reason"]


TRACEBACK = [
    "--------------------------- Python Process Started --------------------------",
    "Traceback (most recent call last):",
    '  File "/tmp/main.py", line 104, in submit',
    "py4j.protocol.Py4JJavaError: An error occurred while calling o25.execute.",
    ": org.apache.flink.table.api.ValidationException: Unable to create a source for reading table 'input'.",
    "Caused by: org.apache.flink.table.api.ValidationException: Could not find any factory for identifier 'kinesis'",
]


@case
def running_without_a_job_is_a_failure_with_the_programs_own_words(starter):
    # What AWS documents for Python: the application is RUNNING although its program ended with an exception.
    with starter(log=[line(PYTHON, text) for text in TRACEBACK], log_late=1) as s:
        answer = s.call("Create")
        assert answer["Status"] == "FAILED" and s.application.status == "RUNNING"
        assert f"Flink application {NAME}: it is RUNNING, but its job failed" in answer["Reason"]
        assert "PythonDriver: Traceback (most recent call last):\n  File" in answer["Reason"]
        assert answer["Reason"].endswith("Could not find any factory for identifier 'kinesis'")
        assert "Python Process Started" not in answer["Reason"]


@case
def a_reason_with_the_longest_log_fits_into_the_answer(starter):
    deep = ["java.lang.RuntimeException: \"outer\"", *["\tat org.apache.flink.A.b(A.java:1)"] * 400, "Caused by: x.Y: root"]
    lines = [line(PYTHON, "\"\u0001é" * 300) for _ in range(100)] + [line(PYTHON, TRACEBACK[1])]
    with starter(log=[*lines, line(GRAPH, "failed", throwableInformation=deep)]) as s:
        answer = s.call("Create")
        assert len(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()) <= LIMIT
        assert answer["Reason"].startswith(f"Flink application {NAME}: it is RUNNING")
        assert answer["Reason"].endswith("Innermost cause: x.Y: root")


@case
def running_without_a_word_of_the_job_is_a_failure_in_time(starter):
    with starter(log=[line(PYTHON, SUBMITTED)], seconds=45) as s:
        answer = s.call("Create")
        assert answer["Status"] == "FAILED" and "its log shows no running job" in answer["Reason"]
        assert f"PythonDriver: {SUBMITTED}" in answer["Reason"]


@case
def a_job_without_slots_is_no_running_job(starter):
    # The job is RUNNING as soon as it is scheduled; its tasks are deployed later, or never.
    with starter(log=[line(PYTHON, SUBMITTED), line(GRAPH, RUNS)], seconds=45) as s:
        answer = s.call("Create")
        assert answer["Status"] == "FAILED" and "its log shows no running job" in answer["Reason"]


@case
def a_job_that_shows_late_is_waited_for(starter):
    with starter(log_late=2) as s:
        assert s.call("Create")["Status"] == "SUCCESS"
        assert s.service.operations.count("FilterLogEvents") >= 4


@case
def a_log_that_cannot_be_read_is_named(starter):
    with starter(errors={"FilterLogEvents": ["ThrottlingException"]}) as s:
        assert s.call("Create")["Status"] == "SUCCESS"
    # A permission of the same update that takes effect late, and one that never does.
    with starter(status="RUNNING", errors={"FilterLogEvents": ["AccessDeniedException"]}, history=updated()) as s:
        assert s.call("Update")["Status"] == "SUCCESS"
    with starter(errors={"FilterLogEvents": ["AccessDeniedException"] * 99}, seconds=40) as s:
        assert "FilterLogEvents: AccessDeniedException" in s.call("Create")["Reason"]


@case
def other_code_is_no_success(starter):
    for request, status in (("Update", "RUNNING"), ("Update", "READY"), ("Create", "READY")):
        with starter(status=status, code_key="flink/sample/before.zip", log=[]) as s:
            answer = s.call(request)
            assert answer["Status"] == "FAILED"
            assert "its code is flink/sample/before.zip, not flink/" in answer["Reason"]
            assert s.asked == []


@case
def an_application_in_use_is_started_later(starter):
    with starter(errors={"StartApplication": ["ResourceInUseException"]}) as s:
        assert s.call("Create")["Status"] == "SUCCESS"
        assert s.asked == ["StartApplication"] * 2


@case
def throttling_and_faults_of_the_service_pass(starter):
    faults = ["ThrottlingException", "InternalFailure", RESET, "ServiceUnavailable"]
    with starter(errors={"DescribeApplication": faults, "StartApplication": faults}) as s:
        assert s.call("Create")["Status"] == "SUCCESS"
        assert s.application.status == "RUNNING"


def _denied(request, operation, seconds=14, **application):
    def denied(starter):
        with starter(errors={operation: ["AccessDeniedException"] * 99}, seconds=seconds, **application) as s:
            answer = s.call(request)
            assert answer["Status"] == "FAILED" and answer["PhysicalResourceId"] == NAME
            assert f"{operation}: AccessDeniedException: as the test wants it" in answer["Reason"]

    denied.__name__ = f"{request.lower()}_without_permission_names_{operation}"
    return case(denied)


_denied("Create", "DescribeApplication")
_denied("Create", "StartApplication")
_denied("Create", "DescribeApplicationOperation", seconds=45, start=["STARTING", "READY"], log=[])
_denied("Update", "DescribeApplication", status="RUNNING")
_denied("Delete", "StopApplication", status="RUNNING")


@case
def create_without_its_application_fails(starter):
    with starter(status=None) as s:
        answer = s.call("Create")
        assert answer["Status"] == "FAILED" and "no application with this name" in answer["Reason"]
        assert s.asked == []


@case
def create_of_an_application_that_is_being_deleted_fails(starter):
    with starter(status="DELETING") as s:
        answer = s.call("Create")
        assert answer["Status"] == "FAILED" and "it is being deleted" in answer["Reason"]
        assert "StartApplication" not in s.asked


@case
def update_waits_for_the_restart(starter):
    with starter(status="UPDATING", ahead=["UPDATING", "UPDATING", "RUNNING"]) as s:
        assert s.call("Update")["Status"] == "SUCCESS"
        assert s.asked == []


@case
def update_waits_for_a_restart_that_does_not_show_yet(starter):
    with starter(status="RUNNING", ahead=["RUNNING", "RUNNING", "UPDATING", "UPDATING", "RUNNING"]) as s:
        assert s.call("Update")["Status"] == "SUCCESS"
        assert s.asked == [] and s.application.ahead == []


@case
def update_that_takes_the_application_down_starts_it_and_says_why_it_cannot(starter):
    with starter(
        status="RUNNING", ahead=["RUNNING", "UPDATING", "READY"], start=["STARTING", "READY"], cause="no such table"
    ) as s:
        answer = s.call("Update")
        assert answer["Status"] == "FAILED" and "StartApplication FAILED: no such table" in answer["Reason"]
        assert s.questions == ["StartApplication", "DescribeApplicationOperation"]


def operation(number, kind, status):
    now = int(time.time()) - 60 + number
    times = {"StartTime": now, "EndTime": now + 1}
    return {"Operation": kind, "OperationId": f"operation-{number}", "OperationStatus": status, **times}


@case
def update_that_leaves_the_application_stopped_is_started(starter):
    # Without a system rollback, a failed update ends in READY; so does one of an application that was stopped.
    history = [operation(1, "UpdateApplication", "SUCCESSFUL")]
    with starter(status="UPDATING", ahead=["UPDATING", "READY"], history=history) as s:
        assert s.call("Update")["Status"] == "SUCCESS"
        assert s.asked == ["StartApplication"] and s.application.status == "RUNNING"


def updated():
    return [operation(1, "UpdateApplication", "SUCCESSFUL")]


@case
def a_permission_that_takes_effect_late_is_waited_for(starter):
    errors = {"DescribeApplication": ["AccessDeniedException"] * 2, "StartApplication": ["AccessDeniedException"]}
    with starter(errors=errors) as s:
        assert s.call("Create")["Status"] == "SUCCESS"
        assert s.asked == ["StartApplication"] * 2


@case
def update_is_done_when_its_operation_is(starter):
    with starter(status="UPDATING", ahead=["UPDATING", "RUNNING"], history=updated()) as s:
        assert s.call("Update")["Status"] == "SUCCESS"
        assert s.questions == ["ListApplicationOperations"]


def _rolled_back(name, ahead, history):
    def rolled_back(starter):
        # The service has gone back to the code before.
        code = {"code_key": "flink-before.zip"}
        with starter(status="UPDATING", ahead=ahead, history=history(), cause="no such stream", log=[], **code) as s:
            answer = s.call("Update")
            assert answer["Status"] == "FAILED"
            assert "rolled back" in answer["Reason"] or "its operation UpdateApplication failed" in answer["Reason"]
            assert answer["Reason"].endswith("UpdateApplication FAILED: no such stream")
            assert s.asked == []

    rolled_back.__name__ = name
    return case(rolled_back)


def undone():
    return [operation(1, "UpdateApplication", "FAILED"), operation(2, "RollbackApplication", "SUCCESSFUL")]


_rolled_back("update_that_was_rolled_back_is_a_failure", ["UPDATING", "ROLLING_BACK", "RUNNING"], undone)
_rolled_back("update_that_was_rolled_back_unseen_is_a_failure", ["RUNNING"], undone)
_rolled_back("update_that_failed_and_runs_is_a_failure", ["RUNNING"], lambda: undone()[:1])
_rolled_back("update_that_stays_rolled_back_is_a_failure", ["ROLLING_BACK", "ROLLED_BACK"], undone)


def _restored(name, ahead):
    def restored(starter):
        # CloudFormation's rollback: it asks for the code that runs, and the code that failed was there before.
        with starter(status=ahead[0], ahead=list(ahead), history=undone()) as s:
            assert s.call("Update")["Status"] == "SUCCESS"
            assert s.asked == []
        with starter(status=ahead[0], ahead=list(ahead), history=undone(), log=[], seconds=45) as s:
            assert "its log shows no running job" in s.call("Update")["Reason"]

    restored.__name__ = name
    return case(restored)


_restored("a_rollback_takes_what_the_service_rolled_back", ["RUNNING"])
_restored("a_rollback_waits_for_the_services_own", ["ROLLING_BACK", "ROLLED_BACK", "RUNNING"])


def _restored_without_code(name, before, seen):
    """An update that leaves the code as it is, and that the service has rolled back."""

    def restored(starter):
        # CloudFormation's rollback: it asks for what the application has, and names what failed.
        with starter(status="RUNNING", history=undone()) as s:
            assert s.call("Update", before=before(s.template.start))["Status"] == "SUCCESS"
            assert s.asked == []
        # The update itself: the application has what it had before.
        with starter(status="RUNNING", history=undone(), log=[]) as s:
            failed = before(s.template.start)
            for field, value in seen(failed).items():
                setattr(s.application, field, value)
            assert "rolled back" in s.call("Update", before=failed)["Reason"]

    restored.__name__ = name
    return case(restored)


_restored_without_code(
    "a_rollback_of_properties_takes_what_the_service_rolled_back",
    lambda start: {"Properties": {**start["Properties"], "aws.region": "eu-central-1"}},
    lambda before: {"properties": before["Properties"]},
)
_restored_without_code(
    "a_rollback_of_the_parallelism_takes_what_the_service_rolled_back",
    lambda start: {"Settings": start["Settings"].replace("parallelism=1", "parallelism=2")},
    lambda before: {"settings": before["Settings"]},
)


@case
def update_with_many_operations_before_finds_the_newest(starter):
    many = [operation(n, "StartApplication", "SUCCESSFUL") for n in range(-9, 0)]
    with starter(status="RUNNING", history=[*many, *undone()], code_key="flink-before.zip", log=[]) as s:
        assert "rolled back" in s.call("Update")["Reason"]


@case
def delete_stops(starter):
    with starter(status="RUNNING", stop=["STOPPING", "STOPPING", "READY"]) as s:
        assert s.call("Delete")["Status"] == "SUCCESS"
        assert s.asked == ["StopApplication"] and s.application.status == "READY"
        assert s.service.calls[-1][1] == {"ApplicationName": NAME}


@case
def delete_tolerates_an_application_that_is_gone(starter):
    with starter(status=None) as s:
        assert s.call("Delete")["Status"] == "SUCCESS"
        assert s.service.operations == ["DescribeApplication"]


@case
def delete_tolerates_an_application_that_goes_away_meanwhile(starter):
    with starter(status="RUNNING", stop=["STOPPING", None]) as s:
        assert s.call("Delete")["Status"] == "SUCCESS"


def _delete_of(status, asked, **application):
    def delete(starter):
        with starter(status=status, **application) as s:
            assert s.call("Delete")["Status"] == "SUCCESS"
            assert s.asked == asked

    delete.__name__ = f"delete_of_{status.lower()}"
    return case(delete)


_delete_of("READY", [])
_delete_of("DELETING", [])
_delete_of("STOPPING", [], ahead=["STOPPING", "STOPPING", "READY"])
_delete_of("FORCE_STOPPING", [], ahead=["FORCE_STOPPING", "READY"])
_delete_of("MAINTENANCE", ["StopApplication"], ahead=["MAINTENANCE", "RUNNING"])
for transition in ("STARTING", "UPDATING", "AUTOSCALING"):
    _delete_of(transition, ["StopApplication"])
# It cannot be stopped from these, even by force, so it is asked for again until it can.
for transition in ("ROLLING_BACK", "ROLLED_BACK"):
    _delete_of(transition, ["StopApplication"] * 2, ahead=[transition, "RUNNING"])


@case
def delete_of_what_was_never_created_succeeds(starter):
    # A Create that was refused has the name of the resource for its id, and CloudFormation deletes what it failed to
    # create.
    with starter() as s:
        created = s.call("Create", properties={})
        assert created["Status"] == "FAILED" and "ApplicationName" in created["Reason"]
        deleted = s.call("Delete", properties={}, physical_id=created["PhysicalResourceId"])
        assert deleted["Status"] == "SUCCESS"
        assert deleted["PhysicalResourceId"] == created["PhysicalResourceId"]
        assert s.service.calls == []


@case
def a_create_that_failed_is_deleted(starter):
    with starter(start=["STARTING", "READY"], cause="no such column") as s:
        created = s.call("Create")
        deleted = s.call("Delete", physical_id=created["PhysicalResourceId"])
        assert (created["Status"], deleted["Status"]) == ("FAILED", "SUCCESS")
        assert deleted["PhysicalResourceId"] == created["PhysicalResourceId"]
        assert "StopApplication" not in s.asked


@case
def the_physical_id_stays_for_a_stacks_life(starter):
    with starter() as s:
        ids = [
            s.call(request, request_id=f"request-{number}")["PhysicalResourceId"]
            for number, request in enumerate(("Create", "Update", "Update", "Delete"))
        ]
        assert ids == [NAME] * 4
        assert s.asked == ["StartApplication", "StopApplication"]


@case
def a_request_that_comes_twice_is_done_once(starter):
    with starter() as s:
        for request in ("Create", "Delete"):
            first, second = s.call(request), s.call(request)
            assert first["Status"] == second["Status"] == "SUCCESS"
            assert first["PhysicalResourceId"] == second["PhysicalResourceId"]
        assert s.asked == ["StartApplication", "StopApplication"]


@case
def a_request_that_comes_again_after_the_function_was_lost_is_done_once(starter):
    with starter() as s:
        lost = Call(s.emulator, json.dumps(s.event("Create")).encode())
        while not s.asked:
            assert not lost.answered(within=GLANCE)
        s.restart()
        assert s.call("Create")["Status"] == "SUCCESS"
        assert s.asked == ["StartApplication"]


@case
def an_answer_comes_before_lambdas_time_runs_out(starter):
    # Long enough for a look or two; the rest is kept for the answer.
    with starter(status="STARTING", seconds=14) as s:
        answer = s.call("Create")
        assert answer["Status"] == "FAILED" and "still STARTING after" in answer["Reason"]
        assert answer["PhysicalResourceId"] == NAME


@case
def a_service_out_of_reach_is_named_when_time_runs_out(starter):
    with starter(errors={"DescribeApplication": [RESET] * 100}, seconds=14) as s:
        reason = s.call("Create")["Reason"]
        assert "with unknown status" in reason


@case
def the_answer_is_repeated_until_it_is_taken(starter):
    with starter(status="READY", url_first=[500, 503, RESET, HANG, 503, 429]) as s:
        assert s.call("Delete")["Status"] == "SUCCESS"
        assert s.response.attempts == 7


@case
def an_answer_that_is_refused_ends_as_an_error_of_the_function(starter):
    # Lambda calls again then.
    with starter(status="READY", url_first=[403]) as s:
        call = Call(s.emulator, json.dumps(s.event("Delete")).encode())
        assert call.answered(within=PATIENCE)
        assert call.answer.failed and call.answer.json["errorMessage"].endswith("the response URL returned 403")
        assert s.response.attempts == 1 and s.response.answers == []
        errors = [line for line in map(json.loads, s.log.splitlines()) if line["level"] == "ERROR"]
        assert len(errors) == 1
        s.check()
        assert s.call("Delete")["Status"] == "SUCCESS"


@case
def a_request_that_cannot_be_read_is_answered(starter):
    with starter() as s:
        for properties in ({"ApplicationName": "a/b"}, {"ApplicationName": NAME, "AllowNonRestoredState": "maybe"}):
            answer = s.call("Update", properties=properties)
            assert answer["Status"] == "FAILED" and answer["PhysicalResourceId"] == NAME
        assert s.call("Import")["Status"] == "FAILED"
        assert s.service.calls == []


@case
def a_call_that_is_not_cloudformations_is_an_error_of_the_function(starter):
    with starter() as s:
        for event in ({}, {"ResponseURL": ""}, []):
            call = Call(s.emulator, json.dumps(event).encode())
            assert call.answered(within=PATIENCE)
            assert call.answer.failed and "no ResponseURL" in call.answer.json["errorMessage"]
        assert s.service.calls == [] and s.response.attempts == 0


@pytest.fixture(scope="module")
def running(packed, tmp_path_factory):
    """All cases under way, by their names."""
    template = read_template()

    def run(name, function):
        def starter(seconds=PATIENCE, url_first=(), **options):
            folder, application = tmp_path_factory.mktemp(name[:40]), Application(NAME, **options)
            return Starter(template, packed("flink-starter"), folder, application, seconds, url_first)

        function(starter)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {name: pool.submit(run, name, function) for name, function in CASES.items()}


@pytest.mark.parametrize("name", CASES)
def test_case(name, running):
    running[name].result()


def test_the_double_bites():
    """What the model does not know is a fault of the double or of its client."""
    described = MODEL.operation_model("DescribeApplication")
    assert problems(described.input_shape, {"ApplicationName": "a"}) == []
    for wrong in ({}, {"ApplicationName": ""}, {"ApplicationName": "a/b"}, {"ApplicationName": "a", "Nme": "a"}):
        assert problems(described.input_shape, wrong), wrong
    detail = {"ApplicationVersionId": 1, "ApplicationARN": "arn:a", "ApplicationName": "a", "RuntimeEnvironment": "FLINK-1_20"}
    assert problems(described.output_shape, {"ApplicationDetail": {**detail, "ApplicationStatus": "READY"}}) == []
    assert problems(described.output_shape, {"ApplicationDetail": {**detail, "ApplicationStatus": "WAITING"}})
    assert problems(described.output_shape, {"ApplicationDetail": detail})
