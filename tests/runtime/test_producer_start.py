"""The generated user data under a real systemd, with the real producer: when CloudFormation is told, and what.

CloudFormation's helper and the AWS CLI are stand-ins; systemd, its unit with all that hardens it, and the producer are
the real ones, and Kinesis is an emulator.
"""

import base64
import hashlib
import json
import os
import re
import sys
import threading
from pathlib import Path

import pytest

import machine
from machine import Machine
from served import Handler, Served

sys.path.insert(0, str(Path(__file__).parent.parent / "judges"))
from cfn import Template  # noqa: E402
from emulated_aws import clients, emulated_aws  # noqa: E402

UNIT = "pipec-producer.service"
pytestmark = pytest.mark.skipif(not machine.available(), reason="a systemd of its own needs root and namespaces")

AWS = """#!/bin/bash
[ "$1 $2" = 's3api get-object' ] || exit 252
for last; do :; done
cp '{artifact}' "$last"
echo '{checksum}'
"""
# Notes what systemd and the kernel say of the service at the moment of the signal.
CFN_SIGNAL = f"""#!/bin/bash
pid=$(systemctl show --property=MainPID --value {UNIT})
[[ "$pid" = 0 ]] || cp "/proc/$pid/status" '{{folder}}/process'
systemctl show {UNIT} >'{{folder}}/service'
(IFS=$'\\t'; printf '%s\\n' "$*" >>'{{folder}}/signals')
"""
DROP_IN = """[Service]
Environment=AWS_ENDPOINT_URL={aws} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
StandardOutput=append:{folder}/producer.log
{exec_start}
"""
# Instead of the 240 s that an instance has.
IMPATIENT = "ExecStart=\nExecStart=/opt/pipec/producer --config /etc/pipec/producer.json --start-deadline 5"


class Source(Served):
    """The HTTP API that the producer asks; it answers from when it may."""

    def __init__(self):
        self.asked, self.may_answer = threading.Event(), threading.Event()
        self.status = 200
        source = self

        class Answers(Handler):
            def do_GET(self):
                source.asked.set()
                source.may_answer.wait()
                body = json.dumps({"results": [{"name": str(n)} for n in range(500)]}).encode()
                self.send_response(source.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.serve(Answers)

    def release(self):
        self.may_answer.set()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"


@pytest.fixture(scope="module")
def aws(tmp_path_factory):
    with emulated_aws(tmp_path_factory.mktemp("aws")) as address:
        yield address


@pytest.fixture(scope="module")
def kinesis(aws):
    return clients(aws)("kinesis")


@pytest.fixture(scope="module")
def template():
    return Template(Path(os.environ["PIPEC_GENERATED"]) / "user-data" / "template.yaml")


class Instance:
    """An instance of the producer, and what it has told CloudFormation."""

    def __init__(self, folder, template, artifact, aws, source, stream, drop_in=""):
        self._folder = folder
        launch = template.properties("ProducerLaunchTemplate")["LaunchTemplateData"]
        script, config = with_config(launch["UserData"], stream, source.url)
        assert config in script
        checksum = base64.b64encode(hashlib.sha256(artifact.read_bytes()).digest()).decode()
        files = {
            "/run/standins/aws": AWS.format(artifact=artifact, checksum=checksum),
            "/run/standins/sleep": "#!/bin/sh\n",
            "/opt/aws/bin/cfn-signal": CFN_SIGNAL.format(folder=folder),
            f"/etc/systemd/system/{UNIT}.d/judge.conf": DROP_IN.format(aws=aws, folder=folder, exec_start=drop_in),
        }
        self.machine = Machine(folder, script, files)

    def __enter__(self):
        self.machine.__enter__()
        return self

    def __exit__(self, *_):
        self.machine.__exit__()

    @property
    def signals(self):
        """The signals, each as its options."""
        path = self._folder / "signals"
        return [line.split("\t") for line in path.read_text().splitlines()] if path.exists() else []

    def properties(self, name):
        """What systemd (`service`) or the kernel (`process`) said at the last signal."""
        lines = (self._folder / name).read_text().splitlines()
        return dict(re.split(r"=|:\s*", line, maxsplit=1) for line in lines if re.match(r"\w+(=|:)", line))


def with_config(script, stream, url):
    """The user data with another stream and source."""
    head, config, tail = re.split(r"(?<=<<'CONFIG'\n)(.*?)(?=\nCONFIG\n)", script, maxsplit=1, flags=re.DOTALL)
    config = json.loads(config)
    config["stream"], config["source"]["http"]["url"] = stream, url
    text = json.dumps(config)
    return head + text + tail, text


def option(signal, name):
    return signal[signal.index(name) + 1]


def records(kinesis, stream):
    shard = kinesis.list_shards(StreamName=stream)["Shards"][0]["ShardId"]
    start = {"StreamName": stream, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
    return kinesis.get_records(ShardIterator=kinesis.get_shard_iterator(**start)["ShardIterator"])["Records"]


def create_stream(kinesis, stream):
    kinesis.create_stream(StreamName=stream, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream, WaiterConfig={"Delay": 1})


def test_the_stack_is_signalled_when_the_first_batch_is_accepted(template, packed, aws, kinesis, tmp_path):
    create_stream(kinesis, "accepted")
    with Source() as source, Instance(tmp_path, template, packed("producer"), aws, source, "accepted") as instance:
        assert source.asked.wait(machine.PATIENCE), instance.machine.log
        # It runs, and has nothing to send yet.
        assert instance.signals == [] and records(kinesis, "accepted") == []
        source.may_answer.set()
        instance.machine.until(lambda: len(instance.signals) == 2, "two signals")
        assert records(kinesis, "accepted"), "told before anything was accepted"
        group, condition = instance.signals
        assert option(group, "--resource") == "ProducerGroup" and option(group, "--stack") == "sample"
        assert [option(signal, "--exit-code") for signal in (group, condition)] == ["0", "0"]
        assert condition[-1].startswith("ProducerStartHandle") or condition[-1].startswith("https://")
        service, process = instance.properties("service"), instance.properties("process")
        assert service["ActiveState"] == "active" and "sending" in service["StatusText"]
        # Its own user without any right, behind filters that bite.
        assert process["Uid"].split()[0] != "0" and int(process["CapBnd"], 16) == int(process["CapEff"], 16) == 0
        assert (process["NoNewPrivs"], process["Seccomp"]) == ("1", "2")


def test_a_failure_is_signalled_with_its_cause_and_tried_again(template, packed, aws, kinesis, tmp_path):
    with Source() as source:
        source.may_answer.set()
        late = Instance(tmp_path, template, packed("producer"), aws, source, "late", IMPATIENT)
        with late:
            late.machine.until(lambda: len(late.signals) == 2, "two signals")
            condition, group = late.signals
            assert [option(signal, "--exit-code") for signal in (condition, group)] == ["1", "1"]
            assert option(group, "--resource") == "ProducerGroup"
            reason = option(condition, "--reason")
            assert "nothing could be sent" in reason and "ResourceNotFoundException" in reason
            # The stack may be up by now: nobody starts it but systemd.
            create_stream(kinesis, "late")
            late.machine.until(lambda: records(kinesis, "late"), "records after another start")
            assert len(late.signals) == 2


def test_a_source_without_records_fails_the_creation_and_no_update(template, packed, aws, kinesis, tmp_path):
    create_stream(kinesis, "starved")
    with Source() as source:
        source.status = 503
        source.may_answer.set()
        with Instance(tmp_path, template, packed("producer"), aws, source, "starved", IMPATIENT) as instance:
            instance.machine.until(lambda: len(instance.signals) == 2, "two signals")
            condition, group = instance.signals
            # The wait condition is for the creation, and the group's signal decides about updates.
            assert [option(signal, "--exit-code") for signal in (condition, group)] == ["1", "0"]
            reason = option(condition, "--reason")
            assert "the source returns no records" in reason and "503" in reason
            # The producer tries again by itself.
            source.status = 200
            instance.machine.until(lambda: records(kinesis, "starved"), "records once the source gives some")
