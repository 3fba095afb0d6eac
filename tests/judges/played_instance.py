"""The producer's instances, played: the emulators have none."""

import base64
import json
import re
import time
import urllib.request

import pytest
from botocore.exceptions import ClientError

PATIENCE = 60  # seconds for anything that the emulator does in one or two


def until(done, what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if (result := done()) is not None:
            return result
        time.sleep(0.1)
    pytest.fail(f"{what}: not within {PATIENCE} s")


def play_instance(client, template, stack, status, reason=""):
    """The producer's instances signal by the URL in their user data; the emulator has no instances."""
    api = client("cloudformation")

    def created(launch_template):
        try:
            resources = api.describe_stack_resources(StackName=stack)["StackResources"]
        except ClientError:  # not there yet
            return None
        found = {r["LogicalResourceId"]: r for r in resources if r["ResourceStatus"] == "CREATE_COMPLETE"}
        return found.get(launch_template, {}).get("PhysicalResourceId")

    for name in template.of_type("AWS::EC2::LaunchTemplate"):
        physical = until(lambda name=name: created(name), name)
        versions = client("ec2").describe_launch_template_versions(LaunchTemplateId=physical)["LaunchTemplateVersions"]
        script = base64.b64decode(versions[0]["LaunchTemplateData"]["UserData"]).decode()
        url, = re.findall(r"cfn-signal .*'(http[^']+)'\n", script)
        body = {"Status": status, "UniqueId": "i-0a1b2c3d4e5f60718", "Reason": reason, "Data": ""}
        request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": ""}, method="PUT")
        urllib.request.urlopen(request, timeout=PATIENCE).close()
