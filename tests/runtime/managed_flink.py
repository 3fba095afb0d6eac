"""A double of Managed Service for Apache Flink's API and of its log, held against the services' public models.

    with ManagedFlink([Application("app-1", start=["STARTING", "RUNNING"])]) as service:
        ...                       # a client with AWS_ENDPOINT_URL=service.address
    service.calls                 # what was called, and with which input
    service.faults                # what the model does not allow: has to be empty

The model is botocore's: names, members, lengths, patterns and values of every request and every reply are checked
against it, and an operation answers only with errors that it declares, or with those common to all services. What an
operation needs of the application's status is from the model's text. How the status moves is up to the test.
"""

import collections
import json
import re
import threading
import time
from dataclasses import dataclass, field

import botocore.session
from botocore.validate import ParamValidator

from served import Handler, Served

MODEL = botocore.session.get_session().get_service_model("kinesisanalyticsv2")
LOGS = botocore.session.get_session().get_service_model("logs")
# Lines of the log, as the service writes them.
GRAPH = "org.apache.flink.runtime.executiongraph.ExecutionGraph"
PYTHON = "org.apache.flink.client.python.PythonDriver"
SUBMITTED = "pipec: submitted job 5e8f0c1d"
RUNS = "Job insert-into_output (5e8f0c1d) switched from state CREATED to RUNNING."
TASK_RUNS = "Source: input[1] (1/1) (5e8f0c1d_cbc3_0_0) switched from INITIALIZING to RUNNING."
# Fewer than the service has on a page, so that there are pages.
OPERATIONS_PAGE = 2
CONTENT_TYPE = f"application/x-amz-json-{MODEL.metadata['jsonVersion']}"
# Errors that every operation can answer with, and their HTTP status. Source: the API reference, "Common Errors".
COMMON_ERRORS = {
    "AccessDeniedException": 403,
    "InternalFailure": 500,
    "ServiceUnavailable": 503,
    "ThrottlingException": 400,
}
# The connection ends without an answer.
RESET = "reset"
# What StopApplication needs with and without Force.
FORCED = {"STARTING", "UPDATING", "STOPPING", "AUTOSCALING", "RUNNING"}
GRACEFUL = {"RUNNING"}


def line(logger, message, **more):
    return json.dumps({"logger": logger, "message": message, "messageType": "INFO", **more})


class ServiceError(Exception):
    """An error of the service: its code and message."""


@dataclass
class Application:
    """An application, and what becomes of it.

    `status` is what it is, None where there is none. Each look at it takes the next of `ahead`, then the last stays;
    a start or a stop that is taken puts its own statuses there. `errors` are answers of an operation that come before
    the right ones, each once, None for a right one in between.
    """

    name: str
    status: str | None = "READY"
    ahead: list = field(default_factory=list)
    start: list = field(default_factory=lambda: ["STARTING", "STARTING", "RUNNING"])
    stop: list = field(default_factory=lambda: ["STOPPING", "READY"])
    force_stop: list = field(default_factory=lambda: ["FORCE_STOPPING", "READY"])
    errors: dict = field(default_factory=dict)
    # Why its last operation failed, and how often that is asked for before it is said.
    cause: str | None = None
    cause_late: int = 0
    # Operations before ours, as ListApplicationOperations has them.
    history: list = field(default_factory=list)
    gives_operation_id: bool = True
    # What its code is; None for what the template says.
    code_key: str | None = None
    # What it is configured with, as the template's `Settings` and `Properties` say it.
    settings: str = ""
    properties: dict = field(default_factory=dict)
    # The content of its log while it is RUNNING, and the number of requests before it is there.
    log: list = field(default_factory=lambda: [line(PYTHON, SUBMITTED), line(GRAPH, RUNS), line(GRAPH, TASK_RUNS)])
    log_late: int = 0


class ManagedFlink(Served):
    """The service at a free port of the loopback device."""

    def __init__(self, applications, log_group="logs"):
        self._log_group = log_group
        self._applications = {a.name: a for a in applications}
        self._operations = {a.name: list(a.history) for a in applications}
        self._errors = {(a.name, o): collections.deque(e) for a in applications for o, e in a.errors.items()}
        self._lock = threading.Lock()
        self.calls, self.faults = [], []
        service = self

        class Answers(Handler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with service._lock:
                    reply = service._answer(self.path, self.headers, body)
                if reply is None:
                    self.close_connection = True
                    return
                status, content = reply
                payload = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", CONTENT_TYPE)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

        self.serve(Answers)

    @property
    def address(self):
        # A name, so that the client's resolver has its part.
        return f"http://localhost:{self.port}"

    @property
    def operations(self):
        """The operations that were called, in order."""
        return [operation for operation, _ in self.calls]

    def _answer(self, path, headers, body):
        prefix, _, operation = headers.get("X-Amz-Target", "").partition(".")
        service = LOGS if prefix == LOGS.metadata["targetPrefix"] else MODEL
        if prefix != service.metadata["targetPrefix"] or operation not in service.operation_names:
            return self._fault(f"no operation: {headers.get('X-Amz-Target')}")
        model = service.operation_model(operation)
        scope = f"/us-east-1/{service.metadata.get('signingName', 'logs')}/aws4_request"
        if (path, headers["Content-Type"]) != ("/", CONTENT_TYPE) or scope not in headers.get("Authorization", ""):
            return self._fault(f"{operation}: {path} {headers['Content-Type']} {headers.get('Authorization')}")
        given = json.loads(body)
        if found := problems(model.input_shape, given):
            return self._fault(f"{operation}: {found}")
        self.calls.append((operation, given))
        try:
            return 200, self._reply(model, given)
        except ServiceError as error:
            code, message = error.args
            return None if code == RESET else self._error(model, code, message)

    def _events(self, given):
        """The lines that the filter lets pass; a page, and another one for the rest."""
        if given["logGroupName"] != self._log_group:
            raise ServiceError("ResourceNotFoundException", "The specified log group does not exist.")
        (application,) = self._applications.values()
        terms = re.findall(r'\?(?:"([^"]+)"|(\S+))', given["filterPattern"])
        terms = [quoted or plain for quoted, plain in terms]
        lines = application.log if application.status is not None else []
        if application.log_late > 0:
            application.log_late, lines = application.log_late - 1, []
        found = [line for line in lines if any(term in line for term in terms)]
        if "nextToken" not in given:
            return {"events": [], "nextToken": "rest"}
        now = given["startTime"] + 1
        return {"events": [{"timestamp": now + n, "message": text} for n, text in enumerate(found)]}

    def _reply(self, model, given):
        if model.name == "FilterLogEvents":
            if (early := self._errors.get((next(iter(self._applications)), model.name))) and (code := early.popleft()):
                raise ServiceError(code, "as the test wants it")
            return self._events(given)
        name = given["ApplicationName"]
        if (early := self._errors.get((name, model.name))) and (code := early.popleft()):
            raise ServiceError(code, "as the test wants it")
        application = self._applications.get(name)
        if application is None or (application.status is None and model.name != "DescribeApplication"):
            raise ServiceError("ResourceNotFoundException", f"There is no application {name}")
        reply = OPERATIONS[model.name](application, self._operations[name], given)
        if found := problems(model.output_shape, reply):
            raise AssertionError(f"this double does not keep to the model: {model.name}: {found}")
        return reply

    def _error(self, model, code, message):
        declared = {shape.name: shape for shape in model.error_shapes}
        if shape := declared.get(code):
            status = shape.metadata.get("error", {}).get("httpStatusCode", 400)
            content = {next(m for m in shape.members if m.lower() == "message"): message}
            if found := problems(shape, content):
                raise AssertionError(f"this double does not keep to the model: {code}: {found}")
        elif code in COMMON_ERRORS:
            status, content = COMMON_ERRORS[code], {"message": message}
        else:
            raise AssertionError(f"{model.name} does not answer with {code}")
        return status, {"__type": code, **content}

    def _fault(self, text):
        self.faults.append(text)
        return 400, {"__type": "SerializationException", "message": text}


def problems(shape, value):
    """Why a value is not of a shape. botocore checks names, types and what is required; the rest is checked here."""
    report = ParamValidator().validate(value, shape).generate_report()
    return [report] if report else list(_limits(shape, value, shape.name))


def _limits(shape, value, at):
    limits = shape.metadata
    if shape.type_name == "structure":
        for key, member in value.items():
            yield from _limits(shape.members[key], member, f"{at}.{key}")
    elif shape.type_name == "list":
        for item in value:
            yield from _limits(shape.member, item, f"{at}[]")
    elif shape.type_name == "string":
        if not limits.get("min", 0) <= len(value) <= limits.get("max", len(value)):
            yield f"{at}: {len(value)} characters"
        if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
            yield f"{at}: {value!r} is not {limits['pattern']}"
        if shape.enum and value not in shape.enum:
            yield f"{at}: {value!r} is none of {shape.enum}"
    elif shape.type_name in {"integer", "long"} and not limits.get("min", value) <= value <= limits.get("max", value):
        yield f"{at}: {value}"


def _describe(application, operations, _):
    if application.ahead:
        application.status = application.ahead.pop(0)
    if application.status is None:
        raise ServiceError("ResourceNotFoundException", f"There is no application {application.name}")
    if application.status not in MODEL.shape_for("ApplicationStatus").enum:
        raise AssertionError(f"no status: {application.status}")
    if not application.ahead and operations and operations[-1]["OperationStatus"] == "IN_PROGRESS":
        goal = {"StartApplication": "RUNNING", "StopApplication": "READY"}[operations[-1]["Operation"]]
        operations[-1]["OperationStatus"] = "SUCCESSFUL" if application.status == goal else "FAILED"
    return {
        "ApplicationDetail": {
            "ApplicationARN": f"arn:aws:kinesisanalytics:us-east-1:123456789012:application/{application.name}",
            "ApplicationName": application.name,
            "RuntimeEnvironment": application.settings.split(" ")[0] or "FLINK-2_2",
            "ApplicationStatus": application.status,
            "ApplicationVersionId": 1,
            "ApplicationConfigurationDescription": {
                "ApplicationCodeConfigurationDescription": {
                    "CodeContentType": "ZIPFILE",
                    "CodeContentDescription": {
                        "S3ApplicationCodeLocationDescription": {
                            "BucketARN": "arn:aws:s3:::artifacts",
                            "FileKey": application.code_key,
                        }
                    },
                },
                **_configured(application),
            },
        }
    }


def _configured(application):
    """The settings and properties of a description."""
    settings = dict(word.split("=") for word in application.settings.split(" ") if "=" in word)
    if not settings:
        return {}
    parallelism = int(settings["parallelism"])
    return {
        "FlinkApplicationConfigurationDescription": {
            "ParallelismConfigurationDescription": {
                "ConfigurationType": "CUSTOM",
                "Parallelism": parallelism,
                "CurrentParallelism": parallelism,
                "ParallelismPerKPU": int(settings["per-kpu"]),
                "AutoScalingEnabled": settings["auto-scaling"] == "true",
            }
        },
        "ApplicationSnapshotConfigurationDescription": {"SnapshotsEnabled": settings["snapshots"] == "true"},
        "EnvironmentPropertyDescriptions": {
            "PropertyGroupDescriptions": [
                {"PropertyGroupId": "kinesis.analytics.flink.run.options", "PropertyMap": {"python": "main.py"}},
                {"PropertyGroupId": "pipec", "PropertyMap": application.properties},
            ]
        },
    }


def _start(application, operations, _):
    if application.status != "READY":
        raise ServiceError("ResourceInUseException", f"Cannot start an application that is {application.status}")
    application.ahead = list(application.start)
    return _begun(application, operations, "StartApplication")


def _stop(application, operations, given):
    force = given.get("Force", False)
    if application.status not in (FORCED if force else GRACEFUL):
        raise ServiceError("InvalidRequestException", f"Cannot stop an application that is {application.status}")
    application.ahead = list(application.force_stop if force else application.stop)
    return _begun(application, operations, "StopApplication")


def _begun(application, operations, operation):
    operations.append(
        {
            "Operation": operation,
            "OperationId": f"operation-{len(operations) + 1}",
            "StartTime": int(time.time()) + len(operations),
            "EndTime": int(time.time()) + len(operations),
            "OperationStatus": "IN_PROGRESS",
        }
    )
    return {"OperationId": operations[-1]["OperationId"]} if application.gives_operation_id else {}


def _list_operations(_, operations, given):
    wanted = given.get("OperationStatus")
    found = [o for o in operations if wanted in (None, o["OperationStatus"])]
    begin = int(given.get("NextToken", 0))
    end = begin + min(given.get("Limit", OPERATIONS_PAGE), OPERATIONS_PAGE)
    more = {"NextToken": str(end)} if end < len(found) else {}
    return {"ApplicationOperationInfoList": found[begin:end], **more}


def _describe_operation(application, operations, given):
    found = [o for o in operations if o["OperationId"] == given["OperationId"]]
    if not found:
        raise ServiceError("ResourceNotFoundException", f"There is no operation {given['OperationId']}")
    details = {key: value for key, value in found[0].items() if key != "OperationId"}
    if application.cause_late > 0:
        application.cause_late -= 1
        details["OperationStatus"] = "IN_PROGRESS"
    elif application.cause is not None and details["OperationStatus"] == "FAILED":
        details["OperationFailureDetails"] = {"ErrorInfo": {"ErrorString": application.cause}}
    return {"ApplicationOperationInfoDetails": details}


OPERATIONS = {
    "DescribeApplication": _describe,
    "StartApplication": _start,
    "StopApplication": _stop,
    "ListApplicationOperations": _list_operations,
    "DescribeApplicationOperation": _describe_operation,
}
