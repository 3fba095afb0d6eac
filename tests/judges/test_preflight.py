"""AWS's CloudFormation validator, with the rules of cdk-preflight: what a service refuses only when a resource is created, each
rule tried by its authors in a real deployment.

PIPEC_PREFLIGHT names the rules as JSON, see ./test.
"""

import json
import os
from functools import cache

import pytest
import yaml
from cloudformation_validate import CompositeEngine, CompositeEngineConfig, ExternalRuleSource

from cfn import ACCOUNT
from test_deployer import specs

# Warnings that do not apply, and why.
LEFT_OUT = {
    "W1030": "the parameter is the name of a public one, with an image's ID as its value when an instance is launched",
    "W2506": "the same",
    "W9002": "an ARN of a topic or a web ACL that the spec names",
    "W9013": "an ARN of a function, a role or a key that the spec names",
}
# Rules about dynamic partitioning, which is of S3. For Iceberg, the same processor finds the operation on a row: Data Firehose developer
# guide, "Route incoming records to a single Iceberg table"; `pf-firehose-iceberg-default-table-config` takes it as well.
OF_S3 = {"pf-firehose-dynamic-partitioning-query-key", "pf-firehose-metadata-extraction-dp-only"}
# Each a mistake that AWS reports only when the stack is created.
BAD = """
Resources:
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties: {{Namespace: AWS/Kinesis, MetricName: IncomingRecords, Statistic: Sum, Period: 45, EvaluationPeriods: 1,
      ComparisonOperator: LessThanThreshold, Threshold: 1, AlarmActions: ["arn:aws:sqs:{region}:111122223333:queue"]}}
  Dashboard:
    Type: AWS::CloudWatch::Dashboard
    Properties: {{DashboardBody: '{{"widgets": [{{"type": "metric"}}]}}'}}
"""


@cache
def engine(region):
    rules = json.loads(open(os.environ["PIPEC_PREFLIGHT"], encoding="utf-8").read())
    sources = [ExternalRuleSource(name=lib["name"], content=lib["rego"]) for lib in rules["libs"]]
    sources += [ExternalRuleSource(name=rule["id"], content=rule["rego"]) for rule in rules["rules"]]
    place = f'package cdk_preflight\nimport rego.v1\ndeploy_region := "{region}"\ndeploy_account := "{ACCOUNT}"\n'
    sources.append(ExternalRuleSource(name="place", content=place))
    return CompositeEngine(CompositeEngineConfig(rego_rules=sources))


def findings(path, region):
    found = engine(region).validate_template(str(path)).diagnostics
    of_iceberg = "Properties.IcebergDestinationConfiguration."
    found = [d for d in found if not (d.rule_id in OF_S3 and (d.property_path or "").startswith(of_iceberg))]
    return [(d.rule_id, d.message) for d in found if d.severity.name != "INFO"]


def region_of(stack_template):
    """Some rules compare an ARN's region with that of the stack."""
    if stack_template.name not in specs():
        return "us-east-1"
    path, *options = specs()[stack_template.name]
    spec = yaml.safe_load(path.read_text())
    environment = spec.get("environments", {}).get(options[-1], {}) if options else {}
    return environment.get("region", spec.get("region", "us-east-1"))


def test_no_findings(stack_template):
    found = findings(stack_template.path, region_of(stack_template))
    assert [finding for finding in found if finding[0] not in LEFT_OUT] == []


def test_each_reason_is_needed(every_stack_template):
    found = {rule for template in every_stack_template for rule, _ in findings(template.path, region_of(template))}
    assert set(LEFT_OUT) <= found


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_it_bites(tmp_path, region):
    bad = tmp_path / "bad.yaml"
    bad.write_text(BAD.format(region=region))
    found = {rule for rule, _ in findings(bad, region)}
    assert {"pf-cloudwatch-alarm-action-vendor"} < {rule for rule in found if rule.startswith("pf-cloudwatch")}, found
