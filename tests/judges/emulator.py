"""ministack, plus what a pipec stack needs and the emulator lacks.

The templates are judged unmodified, so AWS::EC2::FlowLog is taught to the emulator rather than
taken out of the template. ministack's EC2 has flow logs; only the step from CloudFormation is added.

Its Flink applications run no job, so they have no log, and it does not record their operations. Here a start or an
update that it takes is an operation that succeeds, and writes the line that Flink writes when a job runs.

It reads a part of jq's language. Firehose runs jq 1.6, so the keys of records are found by the real jq.
"""

import json
import re
import subprocess
import threading
import time
import uuid

from ministack.app import main
from ministack.core.responses import json_response
from ministack.services import cloudwatch_logs, ec2, firehose, iam, kinesisanalyticsv2
from ministack.services.cloudformation import provisioners

FLOW_LOG = "AWS::EC2::FlowLog"


def create_flow_log(logical_id, props, stack_name):
    # AWS checks neither at once; a flow log without its group or role is silently empty, so be strict.
    if props["LogGroupName"] not in cloudwatch_logs._log_groups:
        raise ValueError(f"{logical_id}: no log group {props['LogGroupName']}")
    if props["DeliverLogsPermissionArn"].rsplit("/", 1)[1] not in iam._roles:
        raise ValueError(f"{logical_id}: no role {props['DeliverLogsPermissionArn']}")
    if props["ResourceId"] not in ec2._vpcs:
        raise ValueError(f"{logical_id}: no VPC {props['ResourceId']}")
    params = {
        "ResourceId.1": [props["ResourceId"]],
        **{key: [props[key]] for key in ("ResourceType", "TrafficType", "LogDestinationType", "LogGroupName")},
    }
    answer = ec2._create_flow_logs(params)[2]
    text = answer.decode() if isinstance(answer, bytes) else answer
    flow_log = re.search(r"fl-\w+", text).group()
    return flow_log, {"Id": flow_log}


def delete_flow_log(physical_id, props):
    ec2._delete_flow_logs({"FlowLogId.1": [physical_id]})


GRAPH = {"logger": "org.apache.flink.runtime.executiongraph.ExecutionGraph", "messageType": "INFO"}
RUNS = [
    {**GRAPH, "message": "Job insert-into_output (5e8f0c1d) switched from state CREATED to RUNNING."},
    {**GRAPH, "message": "Source: input[1] (1/1) (5e8f0c1d_cbc3_0_0) switched from INITIALIZING to RUNNING."},
]


def record_operation(name, kind, operation_id):
    """Keeps an operation with its application, and writes the lines of a job that it has made run."""
    record = kinesisanalyticsv2._get(name)
    now = time.time()
    operation = {"Operation": kind, "OperationId": operation_id, "StartTime": now, "EndTime": now}
    record.setdefault("_Operations", []).append({**operation, "OperationStatus": "SUCCESSFUL"})
    # An update of a stopped application starts nothing. What is on its way may be there already.
    if kind == "StopApplication" or record["ApplicationStatus"] == "READY":
        return
    for option in record.get("_LoggingOptions") or []:
        group, _, stream = option["LogStreamARN"].split(":log-group:", 1)[1].partition(":log-stream:")
        events = [{"timestamp": int(now * 1000), "message": json.dumps(line)} for line in RUNS]
        cloudwatch_logs._put_log_events({"logGroupName": group, "logStreamName": stream, "logEvents": events})


def recorded(kind, operation):
    def run(data):
        reply = operation(data)
        if reply[0] == 200:
            record_operation(data["ApplicationName"], kind, json.loads(reply[2])["OperationId"])
        return reply

    return run


def recorded_update(replace):
    """CloudFormation's own way to update an application."""

    def run(name, props):
        replace(name, props)
        record_operation(name, "UpdateApplication", str(uuid.uuid4()))

    return run


def list_operations(data):
    record = kinesisanalyticsv2._get(data["ApplicationName"])
    if record is None:
        return kinesisanalyticsv2._not_found(data["ApplicationName"])
    wanted = data.get("OperationStatus")
    found = [o for o in record.get("_Operations", []) if wanted in (None, o["OperationStatus"])]
    return json_response({"ApplicationOperationInfoList": found})


def describe_operation(data):
    record = kinesisanalyticsv2._get(data["ApplicationName"]) or {}
    for operation in record.get("_Operations", []):
        if operation["OperationId"] == data["OperationId"]:
            details = {key: value for key, value in operation.items() if key != "OperationId"}
            return json_response({"ApplicationOperationInfoDetails": details})
    return kinesisanalyticsv2._not_found(data["ApplicationName"])


def any_term(compile_pattern):
    """A filter of terms with question marks, of which one is enough; the emulator demands all."""

    def compiled(raw):
        if not raw or not raw.startswith("?"):
            return compile_pattern(raw)
        terms = [quoted or plain for quoted, plain in re.findall(r'\?(?:"([^"]+)"|(\S+))', raw)]
        return lambda message: any(term in message for term in terms)

    return compiled


def by_jq(extract):
    """The extraction of keys, whose query the real jq evaluates."""
    lock = threading.Lock()

    def extracted(settings, data):
        def parse(query):
            run = subprocess.run(["jq", "-c", query], input=data, capture_output=True)
            if run.returncode:
                raise ValueError(run.stderr.decode().strip())
            return [(key, value, None) for key, value in json.loads(run.stdout).items()]

        with lock:
            firehose._jq_parse = parse
            firehose._jq_value = lambda document, value, functions: value
            return extract(settings, data)

    return extracted


def teach_operations():
    handlers = kinesisanalyticsv2._HANDLERS
    if "ListApplicationOperations" in handlers:
        raise SystemExit("ministack records operations of Flink applications by now: remove that here")
    handlers["ListApplicationOperations"] = list_operations
    handlers["DescribeApplicationOperation"] = describe_operation
    for kind in ("StartApplication", "StopApplication", "UpdateApplication"):
        handlers[kind] = recorded(kind, handlers[kind])
    cloudwatch_logs._compile_filter_pattern = any_term(cloudwatch_logs._compile_filter_pattern)
    kinesisanalyticsv2.replace_from_template = recorded_update(kinesisanalyticsv2.replace_from_template)


if __name__ == "__main__":
    teach_operations()
    firehose._metadata_extraction_keys = by_jq(firehose._metadata_extraction_keys)
    if FLOW_LOG in provisioners._RESOURCE_HANDLERS:
        raise SystemExit(f"ministack knows {FLOW_LOG} by now: remove it here")
    provisioners._RESOURCE_HANDLERS[FLOW_LOG] = {"create": create_flow_log, "delete": delete_flow_log}
    main()
