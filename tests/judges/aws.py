"""Asks the emulator's own API of each service whether a resource of the stack is there and is right.

The emulator says CREATE_COMPLETE for more than it keeps, so nothing is believed from the stack's events.
`properties` are the template's, with the stack's real names in place of references.
"""

import base64
import hashlib
import json

import pytest
from botocore.exceptions import ClientError

from cfn import destination

ACCOUNT = "000000000000"


class Stack:
    """A deployed stack: its template, what CloudFormation called each resource, and the APIs to ask."""

    def __init__(self, name, pipeline, client, outputs, artifact_bucket):
        self.name = name
        self.pipeline = pipeline
        self.template = pipeline.template
        self.client = client
        self.outputs = outputs
        self.artifact_bucket = artifact_bucket
        found = client("cloudformation").describe_stack_resources(StackName=name)["StackResources"]
        # moto lists what it skips without a name.
        self.ids = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in found if "LogicalResourceId" in r}

    def ids_of_type(self, kind):
        return {self.ids[name] for name in self.template.of_type(kind)}

    def target(self, value):
        """The physical id of the resource that a property refers to; of what exists already, its name."""
        if isinstance(value, str):
            return value.rsplit("/", 1)[-1]
        (function, argument), = value.items()
        if function == "Fn::Sub" and argument.startswith(("${AWS::StackName}", "aws-waf-logs-${AWS::StackName}")):
            return argument.replace("${AWS::StackName}", self.name)
        if function == "Fn::Sub" and ":s3:::" in argument:
            return argument.split(":s3:::")[1]
        name = argument if function == "Ref" else argument[0] if isinstance(argument, list) else argument.split(".")[0]
        return self.ids[name]


def stream(stack, name, physical, properties):
    got = stack.client("kinesis").describe_stream_summary(StreamName=physical)["StreamDescriptionSummary"]
    assert got["StreamStatus"] == "ACTIVE"
    mode = properties.get("StreamModeDetails", {}).get("StreamMode", "PROVISIONED")
    assert got["StreamModeDetails"]["StreamMode"] == mode
    assert got["RetentionPeriodHours"] == properties["RetentionPeriodHours"]
    if mode == "PROVISIONED":
        assert got["OpenShardCount"] == properties["ShardCount"]
    # The emulator's CloudFormation drops it: the template's word has to do.
    assert properties["StreamEncryption"]["EncryptionType"] == "KMS"


def delivery_stream(stack, name, physical, properties):
    api = stack.client("firehose")
    got = api.describe_delivery_stream(DeliveryStreamName=physical)["DeliveryStreamDescription"]
    assert got["DeliveryStreamStatus"] == "ACTIVE"
    assert got["DeliveryStreamType"] == properties["DeliveryStreamType"]
    roles = []
    if properties["DeliveryStreamType"] == "KinesisStreamAsSource":
        source = got["Source"]["KinesisStreamSourceDescription"]
        stream = stack.target(properties["KinesisStreamSourceConfiguration"]["KinesisStreamARN"])
        assert source["KinesisStreamARN"].rsplit("/", 1)[1] == stream
        roles.append(source["RoleARN"])
    else:
        assert physical == stack.target(properties["DeliveryStreamName"])
    to, = got["Destinations"]
    kind, of = destination(properties)
    if kind in ("Amazonopensearchservice", "AmazonOpenSearchServerless"):
        # The emulator describes the first under a name that the API does not have, and the second without its settings.
        return
    described = to[f"{kind}DestinationDescription"]
    for key in ("BufferingHints", "EndpointConfiguration", "S3BackupMode"):
        if key in of:
            assert described[key] == of[key], key
    if kind != "ExtendedS3":
        # The emulator does not describe the rest of other destinations.
        return
    s3, wanted = described, of
    if "DataFormatConversionConfiguration" in wanted:
        schema = s3["DataFormatConversionConfiguration"]["SchemaConfiguration"]
        assert schema["RoleARN"].rsplit("/", 1)[1] in stack.ids_of_type("AWS::IAM::Role")
        stack.client("glue").get_table(DatabaseName=schema["DatabaseName"], Name=schema["TableName"])
    if "S3BackupConfiguration" in wanted:
        # The emulator keeps the mode alone.
        assert s3["S3BackupMode"] == "Enabled"
        assert stack.target(wanted["S3BackupConfiguration"]["BucketARN"])
    assert s3["BucketARN"] == f"arn:aws:s3:::{stack.target(wanted['BucketARN'])}"
    for key in ("CompressionFormat", "Prefix", "ErrorOutputPrefix"):
        assert s3.get(key) == wanted.get(key), key
    for role in [s3["RoleARN"], *roles]:
        assert role.rsplit("/", 1)[1] in stack.ids_of_type("AWS::IAM::Role")
    logging = s3["CloudWatchLoggingOptions"]
    assert logging["Enabled"]
    # Those of all deliveries are in one group.
    assert logging["LogStreamName"] in log_streams(stack, logging["LogGroupName"])
    for processor in s3.get("ProcessingConfiguration", {}).get("Processors", []):
        if processor["Type"] == "Lambda":
            parameters = {p["ParameterName"]: p["ParameterValue"] for p in processor["Parameters"]}
            # A function that others own is named in the template.
            written = [
                parameter["ParameterValue"]
                for own in wanted["ProcessingConfiguration"]["Processors"]
                for parameter in own.get("Parameters", [])
                if parameter["ParameterName"] == "LambdaArn"
            ]
            function = parameters["LambdaArn"].rsplit(":", 1)[1]
            assert function in stack.ids_of_type("AWS::Lambda::Function") or [parameters["LambdaArn"]] == written


def log_streams(stack, group):
    return {s["logStreamName"] for s in stack.client("logs").describe_log_streams(logGroupName=group)["logStreams"]}


def log_group(stack, name, physical, properties):
    found = stack.client("logs").describe_log_groups(logGroupNamePrefix=physical)["logGroups"]
    assert [g["retentionInDays"] for g in found if g["logGroupName"] == physical] == [properties["RetentionInDays"]]


def subscription_filter(stack, name, physical, properties):
    group = properties["LogGroupName"]
    found = stack.client("logs").describe_subscription_filters(logGroupName=group)["subscriptionFilters"]
    # The user's group may have filters of other stacks.
    got, = [one for one in found if one["destinationArn"].rsplit("/", 1)[1] == stack.target(properties["DestinationArn"])]
    assert got["filterPattern"] == properties["FilterPattern"]
    assert got["roleArn"].rsplit("/", 1)[1] == stack.target(properties["RoleArn"])
    assert got.get("distribution", "ByLogStream") == properties.get("Distribution", "ByLogStream")


def log_stream(stack, name, physical, properties):
    assert physical in log_streams(stack, stack.target(properties["LogGroupName"]))


def flink(stack, name):
    return stack.client("kinesisanalyticsv2").describe_application(ApplicationName=name)["ApplicationDetail"]


def application(stack, name, physical, properties):
    got = flink(stack, physical)
    assert got["RuntimeEnvironment"] == properties["RuntimeEnvironment"]
    assert got["ServiceExecutionRole"].rsplit("/", 1)[1] in stack.ids_of_type("AWS::IAM::Role")
    configuration = got["ApplicationConfigurationDescription"]
    code = configuration["ApplicationCodeConfigurationDescription"]
    assert code["CodeContentType"] == "ZIPFILE"
    location = code["CodeContentDescription"]["S3ApplicationCodeLocationDescription"]
    assert location["BucketARN"] == f"arn:aws:s3:::{stack.artifact_bucket}"
    assert location["FileKey"] in {a["s3_key"] for a in stack.pipeline.artifacts.values()}
    groups = configuration["EnvironmentPropertyDescriptions"]["PropertyGroupDescriptions"]
    run = {g["PropertyGroupId"]: g["PropertyMap"] for g in groups}["kinesis.analytics.flink.run.options"]
    assert run["python"] == "main.py" and run["jarfile"].startswith("lib/")


def application_logging(stack, name, physical, properties):
    option, = flink(stack, stack.target(properties["ApplicationName"]))["CloudWatchLoggingOptionDescriptions"]
    group, one = option["LogStreamARN"].split(":log-group:")[1].split(":log-stream:")
    assert one in log_streams(stack, group)


def starter(stack, name, physical, properties):
    """The custom resource has run: its Lambda has started the application and answered."""
    application_name = next(iter(stack.ids_of_type("AWS::KinesisAnalyticsV2::Application")))
    assert flink(stack, application_name)["ApplicationStatus"] == "RUNNING"
    assert stack.target(properties["ServiceToken"]) in stack.ids_of_type("AWS::Lambda::Function")


def function(stack, name, physical, properties):
    got = stack.client("lambda").get_function(FunctionName=physical)["Configuration"]
    assert got["State"] == "Active"
    for key in ("Runtime", "Architectures", "MemorySize", "Timeout"):
        assert got[key] == properties[key], key
    assert got["Role"].rsplit("/", 1)[1] in stack.ids_of_type("AWS::IAM::Role")
    assert got["LoggingConfig"]["LogGroup"] in stack.ids_of_type("AWS::Logs::LogGroup")
    artifact, = (a for a in stack.pipeline.artifacts.values() if a["s3_key"] == properties["Code"]["S3Key"])
    digest = hashlib.sha256(artifact["path"].read_bytes()).digest()
    assert got["CodeSha256"] == base64.b64encode(digest).decode()


def bucket(stack, name, physical, properties):
    s3 = stack.client("s3")
    rule, = s3.get_bucket_encryption(Bucket=physical)["ServerSideEncryptionConfiguration"]["Rules"]
    wanted, = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    algorithm = rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]
    # The emulator's CloudFormation makes SSE-S3 of a customer managed key.
    if wanted["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256":
        assert algorithm == "AES256"
    assert s3.get_bucket_versioning(Bucket=physical)["Status"] == "Enabled"
    assert all(s3.get_public_access_block(Bucket=physical)["PublicAccessBlockConfiguration"].values())
    owner, = s3.get_bucket_ownership_controls(Bucket=physical)["OwnershipControls"]["Rules"]
    assert owner["ObjectOwnership"] == "BucketOwnerEnforced"
    # Dropped by the emulator's CloudFormation: the template's word has to do.
    rules = properties["LifecycleConfiguration"]["Rules"]
    assert any("NoncurrentVersionExpiration" in r for r in rules)
    assert any("AbortIncompleteMultipartUpload" in r for r in rules)


def bucket_policy(stack, name, physical, properties):
    of = stack.target(properties["Bucket"])
    policy = json.loads(stack.client("s3").get_bucket_policy(Bucket=of)["Policy"])
    deny, = (s for s in policy["Statement"] if s["Effect"] == "Deny")
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert deny["Principal"] == "*" and deny["Action"] == "s3:*"
    assert set(deny["Resource"]) == {f"arn:aws:s3:::{of}", f"arn:aws:s3:::{of}/*"}


def role(stack, name, physical, properties):
    iam = stack.client("iam")
    trust = iam.get_role(RoleName=physical)["Role"]["AssumeRolePolicyDocument"]
    wanted = properties["AssumeRolePolicyDocument"]["Statement"]
    # EC2's name ends as those of the partition do.
    services = [json.loads(json.dumps(s["Principal"]["Service"]).replace("${AWS::URLSuffix}", "amazonaws.com")) for s in wanted]
    services = [service if isinstance(service, str) else service["Fn::Sub"] for service in services]
    assert [s["Principal"]["Service"] for s in trust["Statement"]] == services
    inline = set(iam.list_role_policies(RoleName=physical)["PolicyNames"])
    assert inline == {p["PolicyName"] for p in properties.get("Policies", [])}
    for policy in inline:
        document = json.dumps(iam.get_role_policy(RoleName=physical, PolicyName=policy)["PolicyDocument"])
        assert "${" not in document and "Fn::" not in document
    attached = iam.list_attached_role_policies(RoleName=physical)["AttachedPolicies"]
    assert len(attached) == len(properties.get("ManagedPolicyArns", []))


def instance_profile(stack, name, physical, properties):
    profile = physical.rsplit("/", 1)[-1]
    got = stack.client("iam").get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]
    assert {r["RoleName"] for r in got["Roles"]} == {stack.target(r) for r in properties["Roles"]}


def launch_template(stack, name, physical, properties):
    api = stack.client("ec2")
    got = api.describe_launch_template_versions(LaunchTemplateId=physical)["LaunchTemplateVersions"][0]
    data = got["LaunchTemplateData"]
    # Resolved when an instance starts.
    assert data["ImageId"].startswith("resolve:ssm:/aws/service/ami-amazon-linux-latest/")
    assert data["InstanceType"] == properties["LaunchTemplateData"]["InstanceType"]
    assert data["MetadataOptions"]["HttpTokens"] == "required"
    assert all(d["Ebs"]["Encrypted"] for d in data["BlockDeviceMappings"])
    profiles = {p.rsplit("/", 1)[-1] for p in stack.ids_of_type("AWS::IAM::InstanceProfile")}
    assert data["IamInstanceProfile"]["Arn"].rsplit("/", 1)[1] in profiles
    script = base64.b64decode(data["UserData"]).decode()
    assert script.startswith("#!/bin/bash\n")
    # It fetches what has been uploaded.
    fetched = {n: a for n, a in stack.pipeline.artifacts.items() if a["s3_key"] in script}
    assert "producer" in fetched and set(fetched) <= {"producer", "records"}
    assert all(a["path"].exists() for a in fetched.values()) and stack.artifact_bucket in script


def group(stack, name, physical, properties):
    api = stack.client("autoscaling")
    got, = api.describe_auto_scaling_groups(AutoScalingGroupNames=[physical])["AutoScalingGroups"]
    for key in ("MinSize", "MaxSize", "DesiredCapacity"):
        assert got[key] == int(properties[key]), key
    assert got["LaunchTemplate"]["LaunchTemplateId"] in stack.ids_of_type("AWS::EC2::LaunchTemplate")
    if stack.template.of_type("AWS::EC2::Subnet"):
        assert set(got["VPCZoneIdentifier"].split(",")) == stack.ids_of_type("AWS::EC2::Subnet")


def vpc(stack, name, physical, properties):
    got, = stack.client("ec2").describe_vpcs(VpcIds=[physical])["Vpcs"]
    assert got["CidrBlock"] == properties["CidrBlock"]
    logs = stack.client("ec2").describe_flow_logs(Filters=[{"Name": "resource-id", "Values": [physical]}])["FlowLogs"]
    assert [log["TrafficType"] for log in logs] == ["ALL"]


def subnet(stack, name, physical, properties):
    got, = stack.client("ec2").describe_subnets(SubnetIds=[physical])["Subnets"]
    assert got["CidrBlock"] == properties["CidrBlock"]
    assert got["VpcId"] == stack.target(properties["VpcId"])
    tables = stack.client("ec2").describe_route_tables(
        Filters=[{"Name": "association.subnet-id", "Values": [physical]}]
    )["RouteTables"]
    assert {t["RouteTableId"] for t in tables} == stack.ids_of_type("AWS::EC2::RouteTable")


def route_table(stack, name, physical, properties):
    got, = stack.client("ec2").describe_route_tables(RouteTableIds=[physical])["RouteTables"]
    gateways = {r["GatewayId"] for r in got["Routes"] if r.get("DestinationCidrBlock") == "0.0.0.0/0"}
    assert gateways == stack.ids_of_type("AWS::EC2::InternetGateway")


def internet_gateway(stack, name, physical, properties):
    got, = stack.client("ec2").describe_internet_gateways(InternetGatewayIds=[physical])["InternetGateways"]
    assert {a["VpcId"] for a in got["Attachments"]} == stack.ids_of_type("AWS::EC2::VPC")


def security_group(stack, name, physical, properties):
    got, = stack.client("ec2").describe_security_groups(GroupIds=[physical])["SecurityGroups"]
    assert got["IpPermissions"] == []
    assert {(p["IpProtocol"], p["FromPort"], p["ToPort"]) for p in got["IpPermissionsEgress"]} == {
        (p["IpProtocol"], p["FromPort"], p["ToPort"]) for p in properties["SecurityGroupEgress"]
    }


def metrics(alarm):
    return [m["MetricStat"]["Metric"] for m in alarm.get("Metrics", []) if "MetricStat" in m] or [alarm]


def alarm(stack, name, physical, properties):
    got, = stack.client("cloudwatch").describe_alarms(AlarmNames=[physical])["MetricAlarms"]
    for key in ("ComparisonOperator", "EvaluationPeriods", "Threshold", "AlarmDescription", "TreatMissingData"):
        assert got[key] == properties[key], key
    for action in ("AlarmActions", "OKActions"):
        assert got[action] == [stack.target(topic) for topic in properties.get(action, [])]
    # Its metrics are those of resources of the stack, by their real names, and of what is the user's, by the names of the spec. The
    # emulator takes a query, which has no dimensions, and an expression as one metric.
    own = {identifier.rsplit("/", 1)[-1] for identifier in stack.ids.values()}
    written = (metric for metric in metrics(properties) if "Dimensions" in metric)
    for expected, metric in zip(written, metrics(got)):
        values = {dimension["Name"]: dimension["Value"] for dimension in metric["Dimensions"]}
        assert list(values) == [dimension["Name"] for dimension in expected["Dimensions"]]
        for dimension in expected["Dimensions"]:
            value, real = dimension["Value"], values[dimension["Name"]]
            if isinstance(value, dict) and "Fn::Sub" in value:
                value = value["Fn::Sub"].replace("${AWS::StackName}", stack.name)
            assert real == value if isinstance(value, str) else real in own, (dimension, real)


def dashboard(stack, name, physical, properties):
    got = stack.client("cloudwatch").get_dashboard(DashboardName=physical)["DashboardBody"]
    body = json.loads(got)
    assert "${" not in got and body["widgets"]
    alarms = stack.template.of_type("AWS::CloudWatch::Alarm")
    shown = {arn.rsplit(":", 1)[1] for w in body["widgets"] if w["type"] == "alarm" for arn in w["properties"]["alarms"]}
    assert shown == {stack.ids[alarm] for alarm in alarms if alarm in stack.ids}


def subscription(stack, name, physical, properties):
    if isinstance(properties["TopicArn"], str):
        # The user's topic, of an account that the emulator is not: it creates no subscription, and reports none.
        assert physical.startswith(properties["TopicArn"]), physical
        assert properties["Protocol"] == "firehose"
        stack.client("firehose").describe_delivery_stream(DeliveryStreamName=stack.target(properties["Endpoint"]))
        return
    topic_arn = stack.target(properties["TopicArn"])
    found = stack.client("sns").list_subscriptions_by_topic(TopicArn=topic_arn)["Subscriptions"]
    assert properties["Endpoint"] in {s["Endpoint"] for s in found if s["Protocol"] == properties["Protocol"]}


def topic_policy(stack, name, physical, properties):
    of = stack.target(properties["Topics"][0])
    policy = json.loads(stack.client("sns").get_topic_attributes(TopicArn=of)["Attributes"]["Policy"])
    publish, = (s for s in policy["Statement"] if s["Effect"] == "Allow")
    assert publish["Principal"] == {"Service": "cloudwatch.amazonaws.com"} and publish["Resource"] == of
    assert publish["Condition"]["StringEquals"]["aws:SourceAccount"] == of.split(":")[4]


def topic(stack, name, physical, properties):
    assert stack.client("sns").get_topic_attributes(TopicArn=physical)["Attributes"]["TopicArn"] == physical


def queue(stack, name, physical, properties):
    listed = stack.client("sqs").list_queues(QueueNamePrefix=physical.rsplit("/", 1)[-1])["QueueUrls"]
    assert [url.rsplit("/", 1)[-1] for url in listed] == [physical.rsplit("/", 1)[-1]]


def queue_policy(stack, name, physical, properties):
    for reference in properties["Queues"]:
        queue = {"QueueUrl": stack.ids[reference["Ref"]]}
        # The request has no TLS, and the emulator obeys the policy.
        with pytest.raises(ClientError, match="AccessDenied"):
            stack.client("sqs").get_queue_attributes(**queue, AttributeNames=["All"])
        with pytest.raises(ClientError, match="AccessDenied"):
            stack.client("sqs").send_message(**queue, MessageBody="a message")


def mapping(stack, name, physical, properties):
    got = stack.client("lambda").get_event_source_mapping(UUID=physical)
    assert got["EventSourceArn"].rsplit("/", 1)[1] in stack.ids_of_type("AWS::Kinesis::Stream")
    assert got["BisectBatchOnFunctionError"] is True


def rest_api(stack, name, physical, properties):
    got = stack.client("apigateway").get_rest_api(restApiId=physical)
    assert got["name"] == properties["Name"]["Fn::Sub"].replace("${AWS::StackName}", stack.name)


def api_resource(stack, name, physical, properties):
    api = stack.target(properties["RestApiId"])
    found = stack.client("apigateway").get_resources(restApiId=api)["items"]
    assert {"id": physical, "pathPart": properties["PathPart"]}.items() <= next(
        r for r in found if r["id"] == physical
    ).items()


def api_method(stack, name, physical, properties):
    api = stack.target(properties["RestApiId"])
    of = {"restApiId": api, "resourceId": stack.target(properties["ResourceId"]), "httpMethod": properties["HttpMethod"]}
    got = stack.client("apigateway").get_method(**of)
    assert got["authorizationType"] == properties["AuthorizationType"]
    assert got.get("apiKeyRequired", False) == properties.get("ApiKeyRequired", False)
    integration = stack.client("apigateway").get_integration(**of)
    assert integration["type"] == properties["Integration"]["Type"]
    assert integration["requestTemplates"].keys() == properties["Integration"]["RequestTemplates"].keys()
    if "Credentials" in properties["Integration"]:
        assert integration["uri"].endswith((":kinesis:action/PutRecord", ":firehose:action/PutRecord"))


def api_stage(stack, name, physical, properties):
    api = stack.target(properties["RestApiId"])
    got = stack.client("apigateway").get_stage(restApiId=api, stageName=properties["StageName"])
    assert got["deploymentId"] == stack.target(properties["DeploymentId"])


def event_rule(stack, name, physical, properties):
    bus = properties.get("EventBusName", "default")
    api, rule = stack.client("events"), {"EventBusName": bus}
    named = stack.target(properties["Name"])
    got = api.describe_rule(Name=named, **rule)
    if "EventPattern" in properties:
        assert json.loads(got["EventPattern"]) == properties["EventPattern"]
    else:
        assert got["ScheduleExpression"] == properties["ScheduleExpression"]
    target, = api.list_targets_by_rule(Rule=named, **rule)["Targets"]
    assert target["Arn"].rsplit("/", 1)[1] in (
        stack.ids_of_type("AWS::Kinesis::Stream") | stack.ids_of_type("AWS::KinesisFirehose::DeliveryStream")
    )
    assert target["RoleArn"].rsplit("/", 1)[1] in stack.ids_of_type("AWS::IAM::Role")
    assert target.get("InputPath") == properties["Targets"][0].get("InputPath")
    assert target["DeadLetterConfig"]["Arn"].rsplit(":", 1)[1] in [
        url.rsplit("/", 1)[1] for url in stack.ids_of_type("AWS::SQS::Queue")
    ]


def topic_rule(stack, name, physical, properties):
    rule = stack.client("iot").get_topic_rule(ruleName=physical)["rule"]
    wanted = properties["TopicRulePayload"]
    assert rule["sql"] == wanted["Sql"] and rule["awsIotSqlVersion"] == wanted["AwsIotSqlVersion"]
    assert not rule["ruleDisabled"]
    action, = rule["actions"]
    assert action["kinesis"]["streamName"] in stack.ids_of_type("AWS::Kinesis::Stream")
    assert action["kinesis"]["partitionKey"] == wanted["Actions"][0]["Kinesis"]["PartitionKey"]
    queue = rule["errorAction"]["sqs"]["queueUrl"]
    assert queue == stack.target(wanted["ErrorAction"]["Sqs"]["QueueUrl"])
    for role in (action["kinesis"]["roleArn"], rule["errorAction"]["sqs"]["roleArn"]):
        assert role.rsplit("/", 1)[1] in stack.ids_of_type("AWS::IAM::Role")


def pipe(stack, name, physical, properties):
    got = stack.client("pipes").describe_pipe(Name=physical)
    assert got["CurrentState"] == "RUNNING"
    assert got["Source"] == properties["Source"]
    assert got["Target"].rsplit("/", 1)[1] in stack.ids_of_type("AWS::Kinesis::Stream")
    assert got["RoleArn"].rsplit("/", 1)[1] in stack.ids_of_type("AWS::IAM::Role")
    # Dropped by the emulator: the template's word has to do.
    assert properties["TargetParameters"]["KinesisStreamParameters"]["PartitionKey"].startswith("$.")


def policy(stack, name, physical, properties):
    role, = properties["Roles"]
    listed = stack.client("iam").list_role_policies(RoleName=role)["PolicyNames"]
    wanted = properties["PolicyName"]["Fn::Sub"].replace("${AWS::StackName}", stack.name)
    wanted = wanted.replace("${AWS::Region}", stack.client("iam").meta.region_name)
    assert wanted in listed
    got = stack.client("iam").get_role_policy(RoleName=role, PolicyName=wanted)["PolicyDocument"]
    assert [s["Sid"] for s in got["Statement"]] == [s["Sid"] for s in properties["PolicyDocument"]["Statement"]]


def database(stack, name, physical, properties):
    got = stack.client("glue").get_database(Name=physical)["Database"]
    assert got["Name"] == properties["DatabaseInput"]["Name"]


def table(stack, name, physical, properties):
    wanted = properties["TableInput"]
    of = properties["DatabaseName"]
    of = of if isinstance(of, str) else stack.target(of)
    got = stack.client("glue").get_table(DatabaseName=of, Name=wanted["Name"])["Table"]
    assert got["TableType"] == wanted["TableType"]
    assert got["PartitionKeys"] == wanted["PartitionKeys"]
    storage = wanted["StorageDescriptor"]
    for key in ("Columns", "InputFormat", "OutputFormat", "SerdeInfo"):
        assert got["StorageDescriptor"][key] == storage[key], key
    fixed = {key: value for key, value in wanted["Parameters"].items() if isinstance(value, str)}
    assert fixed.items() <= got["Parameters"].items()
    location = got["StorageDescriptor"]["Location"]
    assert location.startswith("s3://") and location.endswith("/") and "${" not in location
    template = got["Parameters"].get("storage.location.template", location)
    assert template.startswith(location) and template.endswith("/")


def table_bucket(stack, name, physical, properties):
    buckets = stack.client("s3tables").list_table_buckets()["tableBuckets"]
    assert properties["TableBucketName"] in [bucket["name"] for bucket in buckets]


def bucket_of_tables(stack, properties):
    """ARN of the table bucket that a namespace or a table is in."""
    name = properties["TableBucketARN"]["Fn::GetAtt"][0]
    wanted = stack.template.resources[name]["Properties"]["TableBucketName"]
    buckets = stack.client("s3tables").list_table_buckets()["tableBuckets"]
    return next(bucket["arn"] for bucket in buckets if bucket["name"] == wanted)


def namespace(stack, name, physical, properties):
    of = bucket_of_tables(stack, properties)
    got = stack.client("s3tables").get_namespace(tableBucketARN=of, namespace=properties["Namespace"])
    assert got["namespace"] == [properties["Namespace"]]


def iceberg_table(stack, name, physical, properties):
    of, within = bucket_of_tables(stack, properties), properties["Namespace"]
    got = stack.client("s3tables").get_table(tableBucketARN=of, namespace=within, name=properties["TableName"])
    assert (got["name"], got["format"]) == (properties["TableName"], "ICEBERG")


CHECKS = {
    "AWS::ApiGateway::Method": api_method,
    "AWS::ApiGateway::Resource": api_resource,
    "AWS::ApiGateway::RestApi": rest_api,
    "AWS::ApiGateway::Stage": api_stage,
    "AWS::AutoScaling::AutoScalingGroup": group,
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::CloudWatch::Dashboard": dashboard,
    "AWS::EC2::InternetGateway": internet_gateway,
    "AWS::EC2::LaunchTemplate": launch_template,
    "AWS::EC2::RouteTable": route_table,
    "AWS::EC2::SecurityGroup": security_group,
    "AWS::EC2::Subnet": subnet,
    "AWS::EC2::VPC": vpc,
    "AWS::Events::Rule": event_rule,
    "AWS::Glue::Database": database,
    "AWS::Glue::Table": table,
    "AWS::IAM::InstanceProfile": instance_profile,
    "AWS::IAM::Policy": policy,
    "AWS::IAM::Role": role,
    "AWS::IoT::TopicRule": topic_rule,
    "AWS::Kinesis::Stream": stream,
    "AWS::KinesisAnalyticsV2::Application": application,
    "AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption": application_logging,
    "AWS::KinesisFirehose::DeliveryStream": delivery_stream,
    "AWS::Lambda::EventSourceMapping": mapping,
    "AWS::Lambda::Function": function,
    "AWS::Logs::LogGroup": log_group,
    "AWS::Logs::LogStream": log_stream,
    "AWS::Logs::SubscriptionFilter": subscription_filter,
    "AWS::Pipes::Pipe": pipe,
    "AWS::S3::Bucket": bucket,
    "AWS::S3::BucketPolicy": bucket_policy,
    "AWS::S3Tables::Namespace": namespace,
    "AWS::S3Tables::Table": iceberg_table,
    "AWS::S3Tables::TableBucket": table_bucket,
    "AWS::SNS::Subscription": subscription,
    "AWS::SNS::Topic": topic,
    "AWS::SNS::TopicPolicy": topic_policy,
    "AWS::SQS::Queue": queue,
    "AWS::SQS::QueuePolicy": queue_policy,
    "Custom::FlinkStart": starter,
}
# Seen through the resource that they belong to: the API and its stage, the VPC, the route table, the subnet, the gateway; the
# wait condition through the end of the stack's creation.
PARTS = {
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::Deployment",
    "AWS::ApiGateway::GatewayResponse",
    "AWS::ApiGateway::Model",
    "AWS::ApiGateway::RequestValidator",
    "AWS::ApiGateway::UsagePlan",
    "AWS::ApiGateway::UsagePlanKey",
    "AWS::CloudFormation::WaitCondition",
    "AWS::CloudFormation::WaitConditionHandle",
    "AWS::EC2::FlowLog",
    "AWS::EC2::Route",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPCGatewayAttachment",
}
# Types that the emulator's CloudFormation does not know. A stack is created without them.
REJECTED = {
    "AWS::CloudFront::RealtimeLogConfig",
    "AWS::CloudWatch::MetricStream",
    "AWS::Kinesis::ResourcePolicy",
    "AWS::Kinesis::StreamConsumer",
    "AWS::LakeFormation::PrincipalPermissions",
    "AWS::Logs::Destination",
    "AWS::OpenSearchServerless::AccessPolicy",
    "AWS::WAFv2::LoggingConfiguration",
}
