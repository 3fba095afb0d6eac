"""What services and programs call with the permissions of a generated stack: derived from the resources that have a role, not
from the role. Each list is that of AWS's documentation, whose page is named above it, 2026-11."""

import json
import re

from cfn import ACCOUNT, REGION
from iam import Call, listed


def on(resource, *actions, **context):
    return [Call(action, resource, tuple(context.items())) for action in actions]


def kms(actions, key, service, **context):
    """Calls on a customer managed key through a service; other keys are AWS's, and need no permission."""
    if not (key or "").startswith("arn:"):
        return []
    via = {"kms:ViaService": f"{service}.{REGION}.amazonaws.com", **context}
    return on(key, *(f"kms:{action}" for action in actions), **via)


class Stack:
    """A resolved template: its resources, and the keys of what they write and read."""

    def __init__(self, template, spec):
        self.template = template
        self.resources = {
            name: {**resource, "Properties": template.properties(name)} for name, resource in template.resources.items()
        }
        self.spec = spec

    def of_type(self, kind):
        return {name: r["Properties"] for name, r in self.resources.items() if r["Type"] == kind}

    def place(self, name):
        return self.resources[name].get("Metadata", {}).get("pipec", {}).get("spec")

    def at(self, kind, place):
        """The resources of a type that come from a place of the spec."""
        return {name: p for name, p in self.of_type(kind).items() if self.place(name) == place}

    def arn(self, name):
        return self.template.resolve({"Fn::GetAtt": [name, "Arn"]})

    def consumer_arn(self, name):
        return self.template.resolve({"Fn::GetAtt": [name, "ConsumerARN"]})

    def by_arn(self, kind, arn):
        return next(((n, p) for n, p in self.of_type(kind).items() if self.arn(n) == arn), (None, {}))

    def stream_key(self, arn):
        name, properties = self.by_arn("AWS::Kinesis::Stream", arn)
        if name:
            return properties.get("StreamEncryption", {}).get("KeyId")
        # A stream of others.
        encryption = (self.spec.get("stream") or {}).get("encryption")
        return encryption.get("kms_key") if isinstance(encryption, dict) else None

    def secret_key(self, secret):
        """The key of a secret, which only the spec has."""
        deliveries = [self.spec.get("delivery") or {}, *(self.spec.get("deliveries") or {}).values()]
        kinds = [kind for delivery in deliveries for kind in delivery.values() if isinstance(kind, dict)]
        return next((kind.get("secret_kms_key") for kind in kinds if kind.get("secret") == secret), None)

    def write(self, arn, stream=("PutRecord", "PutRecords"), firehose=("PutRecord", "PutRecordBatch")):
        """Writing into a stream or into Firehose."""
        if ":kinesis:" in arn:
            key = self.stream_key(arn)
            return on(arn, *(f"kinesis:{call}" for call in stream)) + kms(["GenerateDataKey"], key, "kinesis")
        # The name, which is fixed where a source writes.
        name = arn.rsplit("/", 1)[1]
        streams = self.of_type("AWS::KinesisFirehose::DeliveryStream")
        own = next(p for n, p in streams.items() if self.template.resolve({"Ref": n}) == name)
        key = own.get("DeliveryStreamEncryptionConfigurationInput", {}).get("KeyARN")
        return on(arn, *(f"firehose:{call}" for call in firehose)) + kms(["Decrypt", "GenerateDataKey"], key, "firehose")

    def read(self, arn, *more):
        calls = ["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards", *more]
        return on(arn, *calls) + kms(["Decrypt"], self.stream_key(arn), "kinesis")

    def log(self, group, *calls):
        return on(f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:log-stream:a", *(f"logs:{call}" for call in calls))


# EventBridge user guide, "Amazon EventBridge targets" and "Using identity-based policies", Kinesis and Firehose as targets.
def events_rule(stack, name, properties, role):
    return [call for t in properties["Targets"] if t["RoleArn"] == role for call in stack.write(t["Arn"])]


# IoT Core developer guide, "Kinesis Data Streams", "Firehose" and "SQS" rule actions. Without batchMode,
# Firehose gets single records.
def topic_rule(stack, name, properties, role):
    payload = properties["TopicRulePayload"]
    calls = []
    for action in payload["Actions"]:
        if "Kinesis" in action:
            arn = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{action['Kinesis']['StreamName']}"
            calls += stack.write(arn, stream=["PutRecord"])
        else:
            arn = f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/{action['Firehose']['DeliveryStreamName']}"
            calls += stack.write(arn, firehose=["PutRecord"])
    queue = payload["ErrorAction"]["Sqs"]["QueueUrl"]
    return calls + on(f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}", "sqs:SendMessage")


# EventBridge user guide, "Setting up permissions for pipes": sources DynamoDB and SQS, and a dead-letter queue.
def pipe(stack, name, properties, role):
    source, parameters = properties["Source"], properties["SourceParameters"]
    calls = stack.write(properties["Target"])
    if ":sqs:" in source:
        calls += on(source, "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
        own = next(of["sqs"] for of in stack.spec["sources"].values() if of.get("sqs", {}).get("queue") == source)
        calls += kms(["Decrypt"], own.get("kms_key"), "sqs")
    else:
        calls += on(source, "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
        calls += on("*", "dynamodb:ListStreams")
        queue = parameters["DynamoDBStreamParameters"]["DeadLetterConfig"]["Arn"]
        calls += on(queue, "sqs:SendMessage")
    return calls


# SNS developer guide, "Prerequisites for subscribing Firehose delivery streams to Amazon SNS topics". Its policy also names
# ListDeliveryStreams on the stream, where that action has no effect: it has no resource-level permissions.
def subscription(stack, name, properties, role):
    calls = ("DescribeDeliveryStream", "ListTagsForDeliveryStream", "PutRecord", "PutRecordBatch")
    return stack.write(properties["Endpoint"], firehose=calls)


# CloudWatch user guide, "Trust between CloudWatch and Firehose".
def metric_stream(stack, name, properties, role):
    return stack.write(properties["FirehoseArn"])


# CloudWatch Logs user guide, "Log group-level subscription filters", and "Cross-account cross-Region log data sharing".
def log_filter(stack, name, properties, role):
    arn = properties.get("DestinationArn") or properties["TargetArn"]
    return stack.write(arn, stream=["PutRecord"])


# CloudFront developer guide, "Use real-time access logs", the role of real-time logs.
def real_time_log(stack, name, properties, role):
    arn = properties["EndPoints"][0]["KinesisStreamConfig"]["StreamArn"]
    return stack.write(arn, stream=("DescribeStream", "DescribeStreamSummary", "PutRecord", "PutRecords"))


# API Gateway developer guide, "Create a REST API as an Amazon Kinesis proxy": the action of the integration, nothing else.
def method(stack, name, properties, role):
    integration = properties["Integration"]
    service, action = re.search(r":(kinesis|firehose):action/(\w+)$", integration["Uri"]).groups()
    body = next(iter(integration["RequestTemplates"].values()))
    target = re.search(r'"(?:DeliveryStreamName|StreamName)": "([^"]+)"', body).group(1)
    kind = {"kinesis": "stream", "firehose": "deliverystream"}[service]
    arn = f"arn:aws:{service}:{REGION}:{ACCOUNT}:{kind}/{target}"
    return stack.write(arn, stream=[action], firehose=[action])


def head(prefix):
    """What the keys of a prefix begin with, as far as that is fixed."""
    return prefix.split("!{")[0]


# Data Firehose developer guide, "Grant Firehose access to an Amazon S3 destination".
def objects(stack, destination):
    bucket = destination["BucketARN"]
    key = destination.get("EncryptionConfiguration", {}).get("KMSEncryptionConfig", {}).get("AWSKMSKeyARN")
    calls = on(bucket, "s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
    calls += kms(["Decrypt", "GenerateDataKey"], key, "s3", **{"kms:EncryptionContext:aws:s3:arn": bucket})
    for prefix in [destination.get("Prefix", ""), destination.get("ErrorOutputPrefix", "")]:
        arn = f"{bucket}/{head(prefix)}2026/11/30/part-1.gz"
        calls += on(arn, "s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject")
        calls += on(bucket, "s3:ListBucket", **{"s3:prefix": head(prefix)})
        calls += kms(["Decrypt", "GenerateDataKey"], key, "s3", **{"kms:EncryptionContext:aws:s3:arn": arn})
    return calls


# The same guide, "Grant Firehose access to an Apache Iceberg destination" and ".. to Amazon S3 Tables": each action on each part of
# the Data Catalog. Of S3 Tables, names of databases and tables are with the catalog and without it.
def iceberg(stack, catalog, configuration):
    database, table = configuration["DestinationDatabaseName"], configuration["DestinationTableName"]
    glue, within = f"arn:aws:glue:{REGION}:{ACCOUNT}", catalog.split(":catalog")[1]
    parts = ["catalog", f"database/{database}", f"table/{database}/{table}"]
    actions = ["GetDatabase", "GetTable", "UpdateTable"]
    if within:
        parts += [f"catalog{within.rsplit('/', 1)[0]}", f"catalog{within}"]
        parts += [f"database{within}/{database}", f"table{within}/{database}/{table}"]
        actions += ["GetDatabases", "GetTables"]
    calls = [call for part in parts for call in on(f"{glue}:{part}", *(f"glue:{action}" for action in actions))]
    if within:
        bucket = f"arn:aws:s3tables:{REGION}:{ACCOUNT}:bucket/{within.rsplit('/', 1)[1]}"
        calls += on(bucket, "s3tables:GetNamespace", "s3tables:GetTableBucket")
        writes = ("GetTable", "GetTableData", "GetTableMetadataLocation", "PutTableData", "UpdateTableMetadataLocation")
        calls += on(bucket, *(f"s3tables:{write}" for write in writes))
        names = {"s3tables:namespace": database, "s3tables:tableName": table}
        return calls + on(f"{bucket}/table/4a1b", *(f"s3tables:{write}" for write in writes), **names)
    deliveries = (stack.spec.get("deliveries") or {"": stack.spec["delivery"]}).values()
    tables = [d["iceberg"]["glue"] for d in deliveries if "glue" in d.get("iceberg", {})]
    of = next(t for t in tables if (t["database"], t["table"]) == (database, table))
    name, _, folder = of["location"].removeprefix("s3://").partition("/")
    bucket = f"arn:aws:s3:::{name}"
    calls += on(bucket, "s3:GetBucketLocation", "s3:ListBucketMultipartUploads")
    calls += on(bucket, "s3:ListBucket") + on(bucket, "s3:ListBucket", **{"s3:prefix": folder})
    arn = f"{bucket}/{folder}metadata/1.json"
    calls += on(arn, *(f"s3:{call}" for call in ("AbortMultipartUpload", "DeleteObject", "GetObject", "PutObject")))
    keys = ["Decrypt", "GenerateDataKey"]
    contexts = [{"kms:EncryptionContext:aws:s3:arn": of_object} for of_object in (bucket, arn)]
    return calls + [call for context in contexts for call in kms(keys, of.get("kms_key"), "s3", **context)]


# The same guide, "Grant Firehose access to a public OpenSearch Service destination" and "to an OpenSearch Service destination in a
# VPC". Which calls have a resource level: service authorization reference of Amazon EC2.
def documents(stack, properties, destination):
    calls = []
    if "AmazonopensearchserviceDestinationConfiguration" in properties:
        spec = next(of for of in deliveries(stack) if of.get("opensearch", {}).get("index") == destination["IndexName"])
        domain, index = destination.get("DomainARN") or spec["opensearch"]["domain"], destination["IndexName"]
        calls += on(domain, "es:DescribeDomain", "es:DescribeDomainConfig", "es:DescribeDomains")
        calls += on(f"{domain}/_bulk", "es:ESHttpPost") + on(f"{domain}/{index}-2026-11-30", "es:ESHttpPut")
        paths = ["_all/_settings", "_cluster/stats", "_nodes", "_nodes/stats", "_nodes/n-1/stats", "_stats"]
        paths += [f"{index}-2026-11-30/{path}" for path in ("_mapping/_doc", "_stats")]
        calls += [call for path in paths for call in on(f"{domain}/{path}", "es:ESHttpGet")]
    if "AmazonOpenSearchServerlessDestinationConfiguration" in properties:
        # "Grant Firehose access to a public OpenSearch Serverless destination".
        collection = destination["CollectionEndpoint"].removeprefix("https://").split(".")[0]
        calls += on(f"arn:aws:aoss:{REGION}:{ACCOUNT}:collection/{collection}", "aoss:APIAccessAll")
    if network := destination.get("VpcConfiguration"):
        arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}"
        interface = f"{arn}:network-interface/eni-1"
        parts = [f"{arn}:subnet/{subnet}" for subnet in network["SubnetIds"]]
        parts += [f"{arn}:security-group/{group}" for group in network["SecurityGroupIds"]]
        calls += [call for part in [interface, *parts] for call in on(part, "ec2:CreateNetworkInterface")]
        managing = ("ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface")
        for subnet in network["SubnetIds"]:
            calls += on(interface, *managing, **{"ec2:Subnet": f"{arn}:subnet/{subnet}"})
        calls += on(f"{arn}:vpc/vpc-1", "ec2:DescribeVpcAttribute")
        found = ("NetworkInterfaces", "SecurityGroups", "Subnets", "Vpcs")
        calls += on("*", *(f"ec2:Describe{what}" for what in found))
    return calls


def deliveries(stack):
    return [*(stack.spec.get("deliveries") or {}).values(), *filter(None, [stack.spec.get("delivery")])]


# The same guide, "Grant Firehose access to ..": Kinesis Data Streams as a source, Lambda, CloudWatch Logs.
def delivery_stream(stack, name, properties, role):
    source = properties.get("KinesisStreamSourceConfiguration")
    calls = stack.read(source["KinesisStreamARN"]) if source else []
    destination = next(value for key, value in properties.items() if key.endswith("DestinationConfiguration"))
    # S3 is the destination, or has a copy, or what another destination did not accept.
    places = [destination, *(destination.get(key, {}) for key in ("S3Configuration", "S3BackupConfiguration"))]
    for place in (place for place in places if "BucketARN" in place):
        calls += objects(stack, place)
    if secret := destination.get("SecretsManagerConfiguration", {}).get("SecretARN"):
        calls += on(secret, "secretsmanager:GetSecretValue")
        # The same guide, "Grant Firehose access to .. use a secret": a customer managed key of the secret.
        context = {"kms:EncryptionContext:SecretARN": secret}
        calls += kms(["Decrypt"], stack.secret_key(secret), "secretsmanager", **context)
    for processor in destination.get("ProcessingConfiguration", {}).get("Processors", []):
        parameters = {p["ParameterName"]: p["ParameterValue"] for p in processor.get("Parameters", [])}
        if processor["Type"] == "Lambda":
            function = parameters["LambdaArn"]
            arns = {function, function.removesuffix(":$LATEST")}
            calls += [c for arn in arns for c in on(arn, "lambda:GetFunctionConfiguration", "lambda:InvokeFunction")]
    calls += documents(stack, properties, destination)
    # Data Firehose developer guide, "Grant Firehose access to AWS Glue for data format conversion".
    if schema := destination.get("DataFormatConversionConfiguration", {}).get("SchemaConfiguration"):
        database, table = schema["DatabaseName"], schema["TableName"]
        for part in ("catalog", f"database/{database}", f"table/{database}/{table}"):
            actions = ("glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions")
            calls += on(f"arn:aws:glue:{REGION}:{ACCOUNT}:{part}", *actions)
    if catalog := destination.get("CatalogConfiguration", {}).get("CatalogArn"):
        calls += iceberg(stack, catalog, destination["DestinationTableConfigurationList"][0])
    logging = destination["CloudWatchLoggingOptions"]
    group, stream = logging["LogGroupName"], logging["LogStreamName"]
    return calls + on(f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:log-stream:{stream}", "logs:PutLogEvents")


# Lambda developer guide, "Lambda execution role": a function's log. The function that starts the application: its own calls.
def function(stack, name, properties, role):
    calls = stack.log(properties["LoggingConfig"]["LogGroup"], "CreateLogStream", "PutLogEvents")
    for start in stack.of_type("Custom::FlinkStart").values():
        if start["ServiceToken"] == stack.arn(name):
            arn = f"arn:aws:kinesisanalytics:{REGION}:{ACCOUNT}:application/{start['ApplicationName']}"
            operations = ("DescribeApplication", "DescribeApplicationOperation", "ListApplicationOperations")
            calls += on(arn, *(f"kinesisanalytics:{o}" for o in (*operations, "StartApplication", "StopApplication")))
            calls += stack.log(start["LogGroup"], "FilterLogEvents")
            calls += on(f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{start['LogGroup']}", "logs:FilterLogEvents")
    return calls


# Managed Service for Apache Flink developer guide, "Identity and access management", the permissions policy; the connector's own
# calls.
def application(stack, name, properties, role):
    configuration = properties["ApplicationConfiguration"]
    code = configuration["ApplicationCodeConfiguration"]["CodeContent"]["S3ContentLocation"]
    calls = on(f"{code['BucketARN']}/{code['FileKey']}", "s3:GetObject", "s3:GetObjectVersion")
    groups = configuration["EnvironmentProperties"]["PropertyGroups"]
    values = next(group["PropertyMap"] for group in groups if group["PropertyGroupId"] == "pipec")
    for key, arn in values.items():
        if key == "input.stream.arn":
            calls += stack.read(arn, "kinesis:DescribeStreamSummary")
        elif key.endswith(".stream.arn"):
            calls += stack.write(arn, stream=("DescribeStreamSummary", "PutRecords"))
    for logging in stack.of_type("AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption").values():
        arn = logging["CloudWatchLoggingOption"]["LogStreamARN"]
        calls += on(arn, "logs:DescribeLogStreams", "logs:PutLogEvents") + on("*", "logs:DescribeLogGroups")
    return calls


# VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs".
def flow_log(stack, name, properties, role):
    calls = stack.log(properties["LogGroupName"], "CreateLogStream", "DescribeLogStreams", "PutLogEvents")
    return calls + on("*", "logs:DescribeLogGroups")


# The producer's own calls; Systems Manager user guide, "Add Session Manager permissions to an existing IAM role".
def instance(stack, name, properties, role):
    data = properties["LaunchTemplateData"]["UserData"]
    config = json.loads(re.search(r"<<'CONFIG'\n(.*?)\n *CONFIG\n", data, re.DOTALL).group(1))
    if "stream" in config:
        calls = stack.write(f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{config['stream']}", stream=["PutRecords"])
    else:
        arn = f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/{config['delivery']['name']}"
        calls = stack.write(arn, firehose=["PutRecordBatch"])
    calls += stack.log(config["log"]["group"], "CreateLogStream", "PutLogEvents")
    keys = set(re.findall(r"\b(?:producer|records)/[\w./-]+", data))
    calls += [c for key in keys for c in on(f"arn:aws:s3:::sample-artifacts/{key}", "s3:GetObject")]
    calls += on(f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-1", "ssm:UpdateInstanceInformation")
    channels = ("CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel")
    return calls + on("*", *(f"ssmmessages:{channel}" for channel in channels))


# What has a role, by its type.
USERS = {
    "AWS::ApiGateway::Method": method,
    "AWS::CloudFront::RealtimeLogConfig": real_time_log,
    "AWS::CloudWatch::MetricStream": metric_stream,
    "AWS::EC2::FlowLog": flow_log,
    "AWS::EC2::LaunchTemplate": instance,
    "AWS::Events::Rule": events_rule,
    "AWS::IoT::TopicRule": topic_rule,
    "AWS::KinesisAnalyticsV2::Application": application,
    "AWS::KinesisFirehose::DeliveryStream": delivery_stream,
    "AWS::Lambda::Function": function,
    "AWS::Logs::Destination": log_filter,
    "AWS::Logs::SubscriptionFilter": log_filter,
    "AWS::Pipes::Pipe": pipe,
    "AWS::SNS::Subscription": subscription,
}


def of_role(stack, name):
    """The calls of what has a role of the stack, by the resource that has it."""
    role = stack.arn(name)
    profiles = stack.of_type("AWS::IAM::InstanceProfile")
    through = [stack.arn(n) for n, p in profiles.items() if role.rsplit("/", 1)[1] in p["Roles"]]
    found = {}
    for user, resource in stack.resources.items():
        text = json.dumps(resource["Properties"])
        if resource["Type"] in USERS and any(f'"{arn}"' in text for arn in [role, *through]):
            found[user] = USERS[resource["Type"]](stack, user, resource["Properties"], role)
    return found


# Lambda developer guide, "Using Lambda with Kinesis", the permissions of the execution role.
def of_mapping(stack, mapping):
    source = mapping["EventSourceArn"]
    stream = re.sub(r"/consumer/.*", "", source)
    if source != stream:
        consumers = stack.of_type("AWS::Kinesis::StreamConsumer").items()
        stream = next(c["StreamARN"] for n, c in consumers if stack.consumer_arn(n) == source)
    calls = stack.read(stream, "kinesis:DescribeStreamSummary")
    if source != stream:
        calls += on(source, "kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard")
    return calls + on(mapping["DestinationConfig"]["OnFailure"]["Destination"], "sqs:SendMessage")


# Kinesis developer guide, "Developing consumers with enhanced fan-out". A call by name is compared with an ARN without a time.
def of_registered(stack, name, consumer):
    arn = stack.consumer_arn(name)
    calls = on(arn, "kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard")
    by_name = f"{consumer['StreamARN']}/consumer/{consumer['ConsumerName']}"
    calls += on(by_name, "kinesis:DescribeStreamConsumer")
    calls += on(consumer["StreamARN"], "kinesis:DescribeStreamSummary", "kinesis:ListShards")
    return calls + kms(["Decrypt"], stack.stream_key(consumer["StreamARN"]), "kinesis")


def input_stream(stack):
    existing = stack.spec["stream"].get("existing")
    return existing or stack.arn("Stream")


def of_policy(stack, name):
    """The calls of the roles of others that a policy is attached to: of a function, a reader or a writer."""
    place = stack.place(name)
    mappings = stack.at("AWS::Lambda::EventSourceMapping", place)
    if mappings:
        return [call for mapping in mappings.values() for call in of_mapping(stack, mapping)]
    registered = stack.at("AWS::Kinesis::StreamConsumer", place)
    if registered:
        return [call for n, p in registered.items() for call in of_registered(stack, n, p)]
    section, entry = place.split("/")[1:3]
    if section == "consumers":
        return stack.read(input_stream(stack), "kinesis:DescribeStreamSummary")
    return of_writer(stack, entry)


def of_writer(stack, source):
    if "stream" in stack.spec:
        return stack.write(input_stream(stack))
    streams = stack.of_type("AWS::KinesisFirehose::DeliveryStream")
    to = stack.spec["sources"][source].get("to")
    name = next(
        n for n in streams if stack.place(n) in ("/delivery", f"/deliveries/{to}") or (to is None and len(streams) == 1)
    )
    return stack.write(f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/{stack.template.resolve({'Ref': name})}")
