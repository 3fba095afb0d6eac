"""The packed starter, between doubles of Managed Flink's API and of CloudFormation's response URL.

    with Starter(read_template(), zip_file, folder, Application(NAME)) as starter:
        starter.call("Create")     # CloudFormation's answer
        starter.asked              # the calls of the API that are more than a look
"""

import contextlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from emulated_lambda import Call, Emulator, Program
from lambda_clock import Clock
from managed_flink import ManagedFlink
from response_url import SIGNATURE, ResponseUrl

sys.path.insert(0, str(Path(__file__).parent.parent / "judges"))
from cfn import Template  # noqa: E402

STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack/sample/0e2f"
PATIENCE = 120  # seconds for a call, far more than any needs
NAME = "sample-analytics"
LOG_GROUP = "sample-AnalyticsLogs-1A2B"


class Starter:
    """A function of its own with its doubles; `seconds` is what Lambda gives a call."""

    def __init__(self, template, zip_file, folder, application, seconds=PATIENCE, url_first=()):
        self.template, self._folder, self._seconds = template, folder, seconds
        application.code_key = application.code_key or template.start["CodeKey"]
        application.settings = application.settings or template.start["Settings"]
        application.properties = application.properties or template.start["Properties"]
        self.service, self.response = ManagedFlink([application], LOG_GROUP), ResponseUrl(url_first)
        self.application = application
        self._program = Program(zip_file, folder, {"AWS_ENDPOINT_URL": self.service.address}, {})

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.service)
            stack.enter_context(self.response)
            self.emulator = stack.enter_context(Emulator(self._folder))
            self._clock = stack.enter_context(Clock(self.emulator.runtime_api, self._seconds))
            self._program.start(self._clock.runtime_api)
            stack.callback(self._program.stop)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    def restart(self):
        """The function's end in the middle of a call, and a new one."""
        self._program.stop()
        self._program.start(self._clock.runtime_api)

    def event(self, request, properties=None, request_id="request-1", physical_id=NAME, before=None):
        """What CloudFormation sends, with the properties of the generated template; of an update, `before` are those that
        the stack had, where they differ."""
        event = {
            "RequestType": request,
            "ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:sample-Starter",
            "ResponseURL": self.response.url,
            "StackId": STACK,
            "RequestId": request_id,
            "ResourceType": "Custom::FlinkStart",
            "LogicalResourceId": "AnalyticsStart",
            "ResourceProperties": self.template.start if properties is None else properties,
        }
        if request != "Create":
            event["PhysicalResourceId"] = physical_id
        if request == "Update":
            before = before or {"CodeKey": "flink-before.zip"}
            event["OldResourceProperties"] = {**event["ResourceProperties"], **before}
        return event

    def call(self, request, **options):
        """One call, its answer to CloudFormation, and that this is the only one."""
        before = len(self.response.answers)
        self.invoke(self.event(request, **options))
        assert self.response.refused == [], self.response.refused
        assert len(self.response.answers) == before + 1
        answer = self.response.answers[-1]
        assert answer["StackId"] == STACK and answer["LogicalResourceId"] == "AnalyticsStart"
        assert answer["RequestId"] == options.get("request_id", "request-1")
        return answer

    def invoke(self, event):
        """One call, as Lambda makes it of CloudFormation's."""
        call = Call(self.emulator, json.dumps(event).encode())
        assert call.answered(within=PATIENCE), self._program.log
        assert not call.answer.failed, call.answer
        self.check()

    def check(self):
        """What holds at every moment."""
        assert self.service.faults == [], self.service.faults
        logs = {"FilterLogEvents"}
        granted = {f"{'logs' if o in logs else 'kinesisanalytics'}:{o}" for o in self.service.operations}
        assert granted <= self.template.granted
        assert SIGNATURE not in self.log
        assert all(json.loads(line) for line in self.log.splitlines())

    @property
    def log(self):
        return self._program.log

    @property
    def asked(self):
        """The calls that change something."""
        return [o for o in self.service.operations if o in {"StartApplication", "StopApplication"}]

    @property
    def questions(self):
        """The calls that are more than a look at the application or its log."""
        return [o for o in self.service.operations if o not in {"DescribeApplication", "FilterLogEvents"}]


@dataclass(frozen=True)
class StarterTemplate:
    """The parts of a generated template that have to do with the starter."""

    start: dict
    granted: set


def read_template():
    """Those of the first generated template that has a Flink application."""
    for path in sorted(Path(os.environ["PIPEC_GENERATED"]).glob("*/template.yaml")):
        template = Template(path)
        if template.of_type("Custom::FlinkStart"):
            break
    start = template.properties("AnalyticsStart")
    # What CloudFormation keeps to itself; the rest it sends as text.
    del start["ServiceTimeout"]
    start["LogGroup"] = LOG_GROUP
    policies = template.properties("StarterRole")["Policies"]
    statements = [s for p in policies for s in p["PolicyDocument"]["Statement"]]
    return StarterTemplate(start, {action for s in statements for action in s["Action"]})
