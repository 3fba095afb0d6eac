"""A pipeline with alarms and a dashboard, in an AWS emulator: each metric of the dashboard and of the alarms is read back by
the name and the dimension that the stack gives it, an alarm rings, and `pipec status` reports its state. What ministack's
CloudFormation refuses, alarms on expressions, moto takes.

Neither evaluates metric math, so the rates of the dashboard are computed here, from the values that it reads.
"""

import datetime
import json
import re

import boto3
import pytest
from moto import mock_aws

from cfn import Template
from emulated_aws import REGION, emulated_aws
from test_watch import EXAMPLES, Place, until

GENERATED = EXAMPLES.parent / "generated"
WATCHED = "alarms: {notify: {email: [on-call@example.com]}, thresholds: {no_data: 15 min}}\ndashboard: true\n"


def watched(name, *left_out):
    """An example with alarms and a dashboard."""
    spec = (EXAMPLES / f"{name}.yaml").read_text()
    for key in left_out:
        spec, count = re.subn(rf"^{key}:.*?(?=^\w)", "", spec, flags=re.MULTILINE | re.DOTALL)
        assert count == 1
    return spec.rstrip() + "\n" + WATCHED


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("specs")
    # The producer runs on instances, which the emulator does not have.
    (folder / "watched.yaml").write_text(watched("user-data-lambda", "producer"))
    (folder / "user-data.sql").write_text((EXAMPLES / "user-data.sql").read_text())
    with emulated_aws(tmp_path_factory.mktemp("emulator")) as address:
        place = Place(address, folder)
        place.deploy("watched.yaml")
        yield place


@pytest.fixture(scope="module")
def body(place):
    return json.loads(
        place.client("cloudwatch").get_dashboard(DashboardName=f"user-data-lambda-{REGION}")["DashboardBody"]
    )


def graphs(body):
    return [widget["properties"] for widget in body["widgets"] if widget["type"] == "metric"]


def metrics(body):
    """Namespace, name, dimension and its value, statistic of each metric of a body."""
    for graph in graphs(body):
        for row in graph["metrics"]:
            if isinstance(row[0], str):
                yield *row[:4], row[4]["stat"]


def put(cloudwatch, namespace, name, dimension, value, number, minutes=(2,)):
    now = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
    data = [
        {
            "MetricName": name,
            "Dimensions": [{"Name": dimension, "Value": value}],
            "Timestamp": now - datetime.timedelta(minutes=ago),
            "Value": number,
        }
        for ago in minutes
    ]
    cloudwatch.put_metric_data(Namespace=namespace, MetricData=data)


def read(cloudwatch, namespace, name, dimension, value, statistic, period):
    now = datetime.datetime.now(datetime.timezone.utc)
    metric = {"Namespace": namespace, "MetricName": name, "Dimensions": [{"Name": dimension, "Value": value}]}
    query = {"Id": "m1", "MetricStat": {"Metric": metric, "Period": period, "Stat": statistic}}
    (result,) = cloudwatch.get_metric_data(
        MetricDataQueries=[query], StartTime=now - datetime.timedelta(hours=1), EndTime=now
    )["MetricDataResults"]
    return result["Values"]


def test_the_dashboard_draws_what_the_pipeline_reports(place, body):
    cloudwatch = place.client("cloudwatch")
    names = {r["PhysicalResourceId"].rsplit("/", 1)[-1] for r in resources(place)}
    all_metrics = sorted(set(metrics(body)))
    assert len(all_metrics) > 15
    for number, (namespace, name, dimension, value, _) in enumerate(all_metrics, start=1):
        # A body with another name than the resource's own would be empty for ever.
        assert value in names, (name, value)
        put(cloudwatch, namespace, name, dimension, value, 60 * number)
    values = {}
    for number, (namespace, name, dimension, value, statistic) in enumerate(all_metrics, start=1):
        values[namespace, name, value] = read(cloudwatch, namespace, name, dimension, value, statistic, 60)
        assert values[namespace, name, value] == [60 * number], (name, statistic)
    drawn = 0
    for graph in graphs(body):
        ids = {row[4]["id"]: row for row in graph["metrics"] if isinstance(row[0], str) and "id" in row[4]}
        for (row,) in (row for row in graph["metrics"] if isinstance(row[0], dict)):
            of, period_of = re.fullmatch(r"(m\d)/PERIOD\((m\d)\)", row["expression"]).groups()
            namespace, name, _, value, options = ids[of]
            assert of == period_of and options["visible"] is False
            assert values[namespace, name, value][0] / graph["period"] > 0
            drawn += 1
    assert drawn >= 5


def resources(place):
    return place.client("cloudformation").describe_stack_resources(StackName="user-data-lambda")["StackResources"]


def test_the_dashboard_fits_its_grid(body):
    taken = set()
    for widget in body["widgets"]:
        assert set(widget) == {"type", "x", "y", "width", "height", "properties"}
        assert widget["x"] + widget["width"] <= 24 and 1 <= widget["height"] <= 1_000
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not cells & taken
        taken |= cells
    first, second, *rest = body["widgets"]
    assert (first["type"], second["type"]) == ("text", "alarm")
    assert {widget["type"] for widget in rest} == {"metric"}
    for graph in graphs(body):
        ids = [options["id"] for row in graph["metrics"] for options in [row[-1]] if "id" in options]
        assert len(ids) == len(set(ids)) and all(re.fullmatch(r"[a-z]\w*", one) for one in ids)
        assert graph["region"] == REGION
    declared = [
        line for graph in graphs(body) for line in graph.get("annotations", {}).get("horizontal", [])
        if line["label"] == "declared records"
    ]
    assert [line["value"] for line in declared] == [1_000]


def test_an_alarm_rings_and_status_says_what_to_do(place):
    cloudwatch = place.client("cloudwatch")
    found = json.loads(place.pipec("status", "watched.yaml", "--format", "json")[0])
    names = {alarm["name"]: alarm for alarm in found["own_alarms"]}
    described = cloudwatch.describe_alarms(AlarmNames=list(names))["MetricAlarms"]
    assert len(described) == len(names) > 10 and all(alarm["state"] for alarm in names.values())
    (alarm,) = [a for a in found["own_alarms"] if (a["alarm"], a["resource"]) == ("write_throttled", "Stream")]
    stream = place.resource("user-data-lambda", "Stream")
    put(
        cloudwatch, "AWS/Kinesis", "WriteProvisionedThroughputExceeded", "StreamName", stream, 7, minutes=(1, 2, 3, 4, 5)
    )

    def rings():
        state = cloudwatch.describe_alarms(AlarmNames=[alarm["name"]])["MetricAlarms"][0]
        return state["StateValue"] == "ALARM"

    until(rings, "the alarm")
    said, _ = place.pipec("status", "watched.yaml")
    assert re.search(r"^alarms: \d+ ALARM, \d+ OK$", said, re.MULTILINE), said
    assert re.search(r"^! write_throttled of Stream since \d{4}-.*Z: ", said, re.MULTILINE)
    assert "`pipec status watched.yaml` shows the load next to the declared one." in said
    # It is one of the stack's own, and listed once.
    assert "other alarms in ALARM state" not in said
    topic = place.resource("user-data-lambda", "AlarmTopic")
    for one in described:
        assert one["AlarmActions"] == one["OKActions"] == [topic]


def test_every_alarm_and_dashboard_of_the_examples_is_taken():
    """moto's API, through botocore's models: what CloudFormation would send for each alarm, expressions included."""
    templates = [Template(path) for path in sorted(GENERATED.glob("*/template.yaml"))]
    with_alarms = [t for t in templates if t.of_type("AWS::CloudWatch::Alarm")]
    assert with_alarms
    with mock_aws():
        cloudwatch = boto3.client(
            "cloudwatch", region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test"
        )
        expressions = 0
        for template in with_alarms:
            for name in template.of_type("AWS::CloudWatch::Alarm"):
                properties = template.properties(name)
                cloudwatch.put_metric_alarm(AlarmName=name, **properties)
                expressions += "Metrics" in properties
                (got,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
                assert got["Threshold"] == properties["Threshold"]
            for name in template.of_type("AWS::CloudWatch::Dashboard"):
                properties = template.properties(name)
                answer = cloudwatch.put_dashboard(
                    DashboardName=properties["DashboardName"], DashboardBody=properties["DashboardBody"]
                )
                assert answer["DashboardValidationMessages"] == []
                assert "${" not in properties["DashboardBody"]
        assert expressions
