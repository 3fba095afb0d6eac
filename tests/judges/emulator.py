"""ministack, plus the one resource type of a pipec stack that its CloudFormation lacks.

The templates are judged unmodified, so AWS::EC2::FlowLog is taught to the emulator rather than
taken out of the template. ministack's EC2 has flow logs; only the step from CloudFormation is added.
"""

import re

from ministack.app import main
from ministack.services import cloudwatch_logs, ec2, iam
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


if __name__ == "__main__":
    if FLOW_LOG in provisioners._RESOURCE_HANDLERS:
        raise SystemExit(f"ministack knows {FLOW_LOG} by now: remove it here")
    provisioners._RESOURCE_HANDLERS[FLOW_LOG] = {"create": create_flow_log, "delete": delete_flow_log}
    main()
