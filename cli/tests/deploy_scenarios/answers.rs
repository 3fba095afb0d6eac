//! What AWS answers, in the shapes of its public service model.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pipec_compiler::Stack;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::server::Response;

pub const ACCOUNT: &str = "111122223333";
const USER: &str = "arn:aws:iam::111122223333:user/dana";
const REGION: &str = "us-east-1";
/// First second of every stack, and the seconds between two events.
const MORNING: u64 = 9 * 3600;
const EVENT_SECONDS: u64 = 7;

/// What stands in the account, as far as answers follow from one another.
pub struct World {
    stack: Stack,
    /// Events of each stack, the oldest first.
    events: BTreeMap<String, Vec<Value>>,
}

/// An error as the service writes it.
pub fn error(service: &str, answer: &Value) -> Response {
    let code = answer["error"].as_str().expect("a code");
    let message = answer["message"].as_str().unwrap_or("Refused by the script");
    let status = answer["status"].as_u64().unwrap_or(match code {
        "AccessDenied" | "ExpiredToken" | "InvalidClientTokenId" | "SignatureDoesNotMatch" => 403,
        "NoSuchBucket" | "NoSuchKey" | "NotFound" => 404,
        "ServiceUnavailable" | "InternalFailure" | "SlowDown" => 503,
        _ => 400,
    });
    let (code, text) =
        (xml(&json!({"Code": code, "Message": message})), json!({"__type": code, "message": message}));
    let mut headers = Vec::new();
    if ["lambda", "opensearch"].contains(&service) {
        headers.push(("x-amzn-errortype", code_of(answer)));
    }
    let body = match service {
        "lambda" => json!({"Type": "User", "Message": message}).to_string(),
        "opensearch" => json!({ "message": message }).to_string(),
        "dynamodbstreams"
        | "events"
        | "glue"
        | "kinesis"
        | "kinesisanalyticsv2"
        | "kms"
        | "logs"
        | "redshift-serverless"
        | "secretsmanager"
        | "sqs"
        | "wafv2" => text.to_string(),
        "ec2" => {
            format!("<Response><Errors><Error>{code}</Error></Errors><RequestID>r</RequestID></Response>")
        }
        "s3" => format!("<Error>{code}<RequestId>r</RequestId></Error>"),
        _ => format!(
            "<ErrorResponse><Error><Type>Sender</Type>{code}</Error><RequestId>r</RequestId></ErrorResponse>"
        ),
    };
    Response { status: status.try_into().expect("a status"), headers, body }
}

fn code_of(answer: &Value) -> String {
    answer["error"].as_str().expect("a code").to_owned()
}

/// Members as elements, lists as `member`s, and the entries of a map as they are.
fn xml(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let element = |name: &str, value: &Value| format!("<{name}>{}</{name}>", xml(value));
            let elements = members.iter().map(|(name, value)| match value {
                Value::Array(entries) if name == "entry" => {
                    entries.iter().map(|entry| element(name, entry)).collect()
                }
                value => element(name, value),
            });
            elements.collect()
        }
        Value::Array(items) => items.iter().map(|item| format!("<member>{}</member>", xml(item))).collect(),
        Value::String(text) => text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn query(operation: &str, members: &Value) -> Response {
    let body = format!(
        "<{operation}Response><{operation}Result>{}</{operation}Result><ResponseMetadata><RequestId>r</RequestId>\
         </ResponseMetadata></{operation}Response>",
        xml(members)
    );
    Response { status: 200, headers: vec![("content-type", "text/xml".to_owned())], body }
}

fn stack_arn(name: &str) -> String {
    format!("arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/6f1c2d30")
}

/// Name of a stack that is given by its name or ARN.
fn stack_name(stack: &str) -> String {
    stack.split('/').nth(1).unwrap_or(stack).to_owned()
}

impl World {
    pub fn new(stack: Stack) -> Self {
        Self { stack, events: BTreeMap::new() }
    }

    /// The answer to a call: what is usual, with what the script says.
    pub fn answer(&mut self, operation: &str, request: &BTreeMap<String, String>, said: &Value) -> Response {
        let named = request.get("StackName").map(|name| stack_name(name)).unwrap_or_default();
        let members = match operation {
            "GetCallerIdentity" => json!({"Arn": USER, "UserId": "AIDAEXAMPLE", "Account": ACCOUNT}),
            "DescribeStacks" if named.is_empty() => {
                let stacks = said.as_object().into_iter().flatten();
                json!({"Stacks": stacks.map(|(name, said)| self.described(name, said)).collect::<Vec<_>>()})
            }
            "DescribeStacks" => match said {
                Value::Object(_) => json!({"Stacks": [self.described(&named, said)]}),
                _ => return absent(&named),
            },
            "ListStacks" => json!({"StackSummaries": said.as_array().into_iter().flatten().map(|name| {
                let name = name.as_str().expect("a name");
                json!({"StackId": stack_arn(name), "StackName": name, "StackStatus": "DELETE_COMPLETE",
                    "CreationTime": time(0)})
            }).collect::<Vec<_>>()}),
            "DescribeStackResources" => json!({"StackResources": self.resources(&named, said)}),
            "GetTemplate" => {
                let template = said.as_str().unwrap_or(&self.stack.template);
                json!({"TemplateBody": template, "StagesAvailable": ["Original", "Processed"]})
            }
            "DescribeStackEvents" => {
                self.happen(&named, said);
                if self.events.get(&named).is_none_or(Vec::is_empty) {
                    self.happen(&named, &json!([format!("{named} CREATE_COMPLETE")]));
                }
                json!({"StackEvents": self.events[&named].iter().rev().collect::<Vec<_>>()})
            }
            "CreateChangeSet" => {
                if request["ChangeSetType"] == "CREATE" {
                    self.events.remove(&named);
                    self.happen(&named, &json!([format!("{named} REVIEW_IN_PROGRESS: User Initiated")]));
                }
                let id = format!("arn:aws:cloudformation:{REGION}:{ACCOUNT}:changeSet/pipec/{named}");
                json!({"Id": id, "StackId": stack_arn(&named)})
            }
            "DescribeChangeSet" => self.change_set(request, said),
            "DescribeEvents" => {
                json!({"OperationEvents": said.as_array().into_iter().flatten().map(|event| json!({
                "EventId": "e", "EventType": "VALIDATION_ERROR", "LogicalResourceId": event["resource"],
                "ValidationStatus": "FAILED", "ValidationPath": event["path"],
                "ValidationStatusReason": event["reason"]})).collect::<Vec<_>>()})
            }
            "HeadBucket" => return s3("x-amz-bucket-region", REGION, ""),
            "GetBucketEncryption" => {
                let default = match said.as_str() {
                    Some(key) => {
                        json!({"KMSMasterKeyID": key, "SSEAlgorithm": "aws:kms"})
                    }
                    None => json!({"SSEAlgorithm": "AES256"}),
                };
                let rule = xml(&json!({"Rule": {"ApplyServerSideEncryptionByDefault": default}}));
                let body =
                    format!("<ServerSideEncryptionConfiguration>{rule}</ServerSideEncryptionConfiguration>");
                return s3("content-type", "application/xml", &body);
            }
            "HeadObject" => return self.object(&request["Path"], said),
            "PutObject" => return s3("ETag", "\"e\"", ""),
            // `own`: the object that is asked for.
            "ListObjectVersions" if said == "own" => {
                let own = json!([format!("{} v1", request["prefix"])]);
                return s3("content-type", "application/xml", &versions(&own));
            }
            "ListObjectVersions" => return s3("content-type", "application/xml", &versions(said)),
            "DeleteObjects" => return s3("content-type", "application/xml", "<DeleteResult></DeleteResult>"),
            "DeleteBucket" => return Response { status: 204, ..Response::default() },
            "ListStreamConsumers" => {
                let consumer = |name: &Value| {
                    let name = name.as_str().expect("a name");
                    json!({"ConsumerName": name, "ConsumerStatus": "ACTIVE", "ConsumerCreationTimestamp": 1_780_315_200,
                        "ConsumerARN": format!("arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/s/consumer/{name}:1")})
                };
                let body = json!({"Consumers": said.as_array().into_iter().flatten().map(consumer).collect::<Vec<_>>()});
                return Response { status: 200, headers: Vec::new(), body: body.to_string() };
            }
            "DescribeApplication" => {
                let own =
                    self.stack.plan.analytics.as_ref().map(|analytics| analytics.artifact.s3_key.as_str());
                let key = said["code"].as_str().or(own);
                let body = json!({"ApplicationDetail": {"ApplicationARN": "arn:aws:kinesisanalytics:::a",
                    "ApplicationName": "a", "RuntimeEnvironment": "FLINK-1_20", "ApplicationVersionId": 1,
                    "ApplicationStatus": said["status"].as_str().or(said.as_str()).unwrap_or("RUNNING"),
                    "ApplicationConfigurationDescription": {"ApplicationCodeConfigurationDescription": {
                        "CodeContentType": "ZIPFILE", "CodeContentDescription": {
                            "S3ApplicationCodeLocationDescription": {"BucketARN": "arn:aws:s3:::b", "FileKey": key}}}}}});
                return Response { status: 200, headers: Vec::new(), body: body.to_string() };
            }
            "DescribeDomain"
            | "DescribeEventBus"
            | "DescribeKey"
            | "DescribeSecret"
            | "DescribeStream"
            | "DescribeStreamSummary"
            | "DescribeSubscriptionFilters"
            | "GetDatabase"
            | "GetFunctionConfiguration"
            | "GetKeyPolicy"
            | "GetQueueUrl"
            | "GetTable"
            | "GetWebACL"
            | "GetWorkgroup" => {
                let body = look_up(operation, request, said).to_string();
                return Response { status: 200, headers: Vec::new(), body };
            }
            "DescribeSecurityGroups" | "DescribeSubnets" | "DescribeVpcs" => {
                let members = xml(&look_up(operation, request, said));
                let body =
                    format!("<{operation}Response><requestId>r</requestId>{members}</{operation}Response>");
                return Response {
                    status: 200,
                    headers: vec![("content-type", "text/xml".to_owned())],
                    body,
                };
            }
            "GetPolicy" | "GetRole" | "GetTopicAttributes" => look_up(operation, request, said),
            "FilterLogEvents" => {
                let lines = said.as_array().into_iter().flatten().zip(0_i64..);
                let events: Vec<Value> = lines
                    .map(|(line, at)| json!({"eventId": at.to_string(), "timestamp": at, "message": line}))
                    .collect();
                let body = json!({"events": events}).to_string();
                return Response { status: 200, headers: Vec::new(), body };
            }
            "StartApplication" | "StopApplication" => {
                let body = json!({"OperationId": "operation-1"}).to_string();
                return Response { status: 200, headers: Vec::new(), body };
            }
            "DescribeApplicationOperation" => {
                let cause = said.as_str().map(|cause| json!({"ErrorInfo": {"ErrorString": cause}}));
                let status = if cause.is_some() { "FAILED" } else { "SUCCESSFUL" };
                let mut details = json!({"Operation": "StartApplication", "StartTime": 0, "EndTime": 1,
                    "OperationStatus": status});
                if let Some(cause) = cause {
                    details["OperationFailureDetails"] = cause;
                }
                let body = json!({"ApplicationOperationInfoDetails": details}).to_string();
                return Response { status: 200, headers: Vec::new(), body };
            }
            _ => json!({}),
        };
        query(operation, &members)
    }

    fn described(&self, name: &str, said: &Value) -> Value {
        let pairs = |from: &Value, key: &str, value: &str| -> Vec<Value> {
            let pairs = from.as_object().into_iter().flatten();
            pairs.map(|(name, text)| json!({(key): name, (value): text})).collect()
        };
        let own = match name {
            "pipec-artifacts" => json!({"pipec:artifacts": "true"}),
            _ => json!({"pipec:pipeline": self.stack.plan.name}),
        };
        json!({
            "StackId": stack_arn(name),
            "StackName": name,
            "CreationTime": time(0),
            "StackStatus": said["status"],
            "Tags": pairs(said.get("tags").unwrap_or(&own), "Key", "Value"),
            "Parameters": pairs(&said["parameters"], "ParameterKey", "ParameterValue"),
            "Outputs": pairs(&said["outputs"], "OutputKey", "OutputValue"),
        })
    }

    fn resource_type(&self, logical_id: &str) -> &'static str {
        let mut resources = self.stack.plan.resources.iter();
        let found = resources.find(|resource| resource.logical_id == logical_id);
        found.map_or("AWS::CloudFormation::Stack", |resource| resource.resource_type)
    }

    fn physical_id(&self, stack: &str, logical_id: &str) -> String {
        if logical_id == stack {
            stack_arn(stack)
        } else if let Some(consumer) = logical_id.strip_prefix("ConsumerFanOut") {
            let consumer = consumer.to_lowercase();
            format!("arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/s/consumer/{stack}-{consumer}:1780315200")
        } else {
            format!("{stack}-{}-1x2y3z", logical_id.to_lowercase())
        }
    }

    /// Events in the words of the script: `NAME STATUS: reason`; `all` for every resource of the plan that is not there.
    fn happen(&mut self, stack: &str, said: &Value) {
        for words in said.as_array().into_iter().flatten() {
            let words = words.as_str().expect("an event");
            let (head, reason) = words.split_once(": ").unwrap_or((words, ""));
            let (name, status) = head.split_once(' ').expect("a state");
            let names: Vec<String> = match name {
                "all" => self.stack.plan.resources.iter().map(|one| one.logical_id.to_string()).collect(),
                name => vec![name.to_owned()],
            };
            for logical_id in names {
                let event = self.event(stack, &logical_id, status, reason);
                let events = self.events.entry(stack.to_owned()).or_default();
                let there = |one: &Value| {
                    one["LogicalResourceId"] == logical_id.as_str() && one["ResourceStatus"] == status
                };
                if name != "all" || !events.iter().any(there) {
                    events.push(event);
                }
            }
        }
    }

    fn event(&self, stack: &str, logical_id: &str, status: &str, reason: &str) -> Value {
        let number = self.events.get(stack).map_or(0, Vec::len);
        let kind = match (stack, logical_id) {
            ("pipec-artifacts", "Bucket") => "AWS::S3::Bucket",
            _ => self.resource_type(logical_id),
        };
        let mut event = json!({
            "StackId": stack_arn(stack),
            "EventId": format!("{logical_id}-{status}-{number}"),
            "StackName": stack,
            "LogicalResourceId": logical_id,
            "PhysicalResourceId": self.physical_id(stack, logical_id),
            "ResourceType": kind,
            "Timestamp": time(number as u64 * EVENT_SECONDS),
            "ResourceStatus": status,
        });
        if !reason.is_empty() {
            event["ResourceStatusReason"] = reason.into();
        }
        event
    }

    /// Resources of a stack: those of the plan, with what the script says of some.
    fn resources(&self, stack: &str, said: &Value) -> Vec<Value> {
        let one = |resource: &pipec_compiler::plan::Resource| {
            let logical_id = resource.logical_id.as_ref();
            json!({
                "StackId": stack_arn(stack),
                "StackName": stack,
                "LogicalResourceId": logical_id,
                "PhysicalResourceId": self.physical_id(stack, logical_id),
                "ResourceType": resource.resource_type,
                "Timestamp": time(0),
                "ResourceStatus": said.get(logical_id).unwrap_or(&json!("CREATE_COMPLETE")),
            })
        };
        self.stack.plan.resources.iter().map(one).collect()
    }

    /// A change set in the words of the script: `+ NAME`, `- NAME POLICY`, `~ NAME PROPERTY BEFORE AFTER`, and `!` or
    /// `?` for one that replaces or may replace; `all` for everything of the plan.
    fn change_set(&self, request: &BTreeMap<String, String>, said: &Value) -> Value {
        let status = said["status"].as_str().unwrap_or("CREATE_COMPLETE");
        let changes: Vec<String> = match &said["changes"] {
            Value::Array(changes) => changes.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ if said["changes"] == "all" => {
                self.stack.plan.resources.iter().map(|one| format!("+ {}", one.logical_id)).collect()
            }
            _ => Vec::new(),
        };
        let mut answer = json!({
            "ChangeSetId": request["ChangeSetName"],
            "Status": status,
            "ExecutionStatus": if status == "CREATE_COMPLETE" { "AVAILABLE" } else { "UNAVAILABLE" },
            "Changes": changes.iter().map(|change| self.change(change)).collect::<Vec<_>>(),
        });
        if let Some(reason) = said.get("reason") {
            answer["StatusReason"] = reason.clone();
        }
        answer
    }

    fn change(&self, words: &str) -> Value {
        let words: Vec<&str> = words.split_whitespace().collect();
        let (mark, logical_id) = (words[0], words[1]);
        let mut change = json!({
            "LogicalResourceId": logical_id,
            "ResourceType": self.resource_type(logical_id),
            "Action": match mark { "+" => "Add", "-" => "Remove", _ => "Modify" },
        });
        if mark == "-" {
            change["PolicyAction"] = words[2].into();
        } else if let Some(property) = words.get(2) {
            let (replacement, recreation) = match mark {
                "!" => ("True", "Always"),
                "?" => ("Conditional", "Conditionally"),
                _ => ("False", "Never"),
            };
            change["Replacement"] = replacement.into();
            let mut target =
                json!({"Attribute": "Properties", "Name": property, "RequiresRecreation": recreation});
            if let [before, after] = words[3..] {
                target["BeforeValue"] = before.into();
                target["AfterValue"] = after.into();
            }
            change["Details"] =
                json!([{"Target": target, "Evaluation": "Static", "ChangeSource": "DirectModification"}]);
        }
        json!({"Type": "Resource", "ResourceChange": change})
    }

    /// An artifact as it was sent before, or none.
    fn object(&self, path: &str, said: &Value) -> Response {
        let artifact = self.stack.plan.artifacts.iter().find(|artifact| path.ends_with(&artifact.s3_key));
        let (Some(artifact), false) = (artifact, said == "missing") else {
            return Response { status: 404, ..Response::default() };
        };
        let programs = pipec_programs::embedded();
        let bytes = pipec_compiler::artifacts::bytes(artifact, &programs, None).expect("its bytes");
        let sha256 = STANDARD.encode(Sha256::digest(bytes.as_deref().unwrap_or_default()));
        let headers =
            vec![("x-amz-checksum-sha256", sha256), ("x-amz-checksum-type", "FULL_OBJECT".to_owned())];
        Response { status: 200, headers, body: String::new() }
    }
}

/// A resource that the stack does not create: as `owned.yaml` needs it, with what the script says of it.
fn look_up(operation: &str, request: &BTreeMap<String, String>, said: &Value) -> Value {
    let text = |name: &str, usual: &str| said[name].as_str().unwrap_or(usual).to_owned();
    let named = |name: &str| request.get(name).cloned().unwrap_or_default();
    match operation {
        "DescribeEventBus" => json!({
            "Name": named("Name"),
            "Arn": format!("arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{}", named("Name")),
        }),
        "GetWebACL" => json!({"WebACL": {
            "Name": "shop",
            "Id": "a1b2c3d4",
            "ARN": named("ARN"),
            "DefaultAction": {"Allow": {}},
            "VisibilityConfig": {"SampledRequestsEnabled": false, "CloudWatchMetricsEnabled": false, "MetricName": "shop"},
        }}),
        "DescribeDomain" => {
            let name = named("DomainName");
            let mut status = json!({
                "DomainId": format!("{ACCOUNT}/{name}"),
                "DomainName": name,
                "ARN": format!("arn:aws:es:{REGION}:{ACCOUNT}:domain/{name}"),
                "Deleted": said["Deleted"].as_bool().unwrap_or(false),
                "EngineVersion": text("EngineVersion", "OpenSearch_3.3"),
                "ClusterConfig": {"InstanceCount": 3},
            });
            if let Some(vpc) = said["VPCId"].as_str() {
                status["VPCOptions"] = json!({ "VPCId": vpc });
            }
            json!({ "DomainStatus": status })
        }
        "DescribeSubscriptionFilters" => json!({"subscriptionFilters": []}),
        "DescribeKey" => json!({"KeyMetadata": {
            "KeyId": named("KeyId").rsplit('/').next(),
            "Arn": named("KeyId"),
            "KeyState": text("KeyState", "Enabled"),
            "KeyUsage": text("KeyUsage", "ENCRYPT_DECRYPT"),
            "KeySpec": text("KeySpec", "SYMMETRIC_DEFAULT"),
        }}),
        "DescribeSecret" => {
            let mut secret = json!({"ARN": named("SecretId"), "Name": "vendor"});
            // A time in seconds, as the service writes it.
            for (name, value) in
                [("KmsKeyId", said["KmsKeyId"].clone()), ("DeletedDate", said["DeletedDate"].clone())]
            {
                if !value.is_null() {
                    secret[name] = value;
                }
            }
            secret
        }
        "GetWorkgroup" => json!({"workgroup": {
            "workgroupName": named("workgroupName"),
            "status": text("status", "AVAILABLE"),
            "publiclyAccessible": said["publiclyAccessible"].as_bool().unwrap_or(true),
            "enhancedVpcRouting": said["enhancedVpcRouting"].as_bool().unwrap_or(false),
        }}),
        "DescribeStream" => json!({"StreamDescription": {
            "StreamArn": named("StreamArn"), "StreamStatus": text("StreamStatus", "ENABLED"),
        }}),
        "DescribeStreamSummary" => {
            let arn = named("StreamARN");
            let number = |name: &str, usual: u64| said[name].as_u64().unwrap_or(usual);
            let mut summary = json!({
                "StreamName": arn.rsplit('/').next(),
                "StreamARN": arn,
                "StreamStatus": text("StreamStatus", "ACTIVE"),
                "StreamModeDetails": {"StreamMode": text("StreamMode", "PROVISIONED")},
                "RetentionPeriodHours": number("RetentionPeriodHours", 72),
                "StreamCreationTimestamp": 0,
                "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
                "EncryptionType": text("EncryptionType", "KMS"),
                "OpenShardCount": number("OpenShardCount", 4),
                "ConsumerCount": number("ConsumerCount", 0),
                "MaxRecordSizeInKiB": number("MaxRecordSizeInKiB", 1024),
            });
            if summary["EncryptionType"] == "KMS" {
                let usual =
                    format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-1111-1111-1111-111111111111");
                summary["KeyId"] = text("KeyId", &usual).into();
            }
            json!({"StreamDescriptionSummary": summary})
        }
        "GetDatabase" => json!({"Database": {"Name": named("Name")}}),
        "GetTable" => json!({"Table": {
            "DatabaseName": named("DatabaseName"), "Name": named("Name"), "Parameters": {"table_type": text("table_type", "ICEBERG")},
        }}),
        "GetQueueUrl" => {
            let [account, name] = ["QueueOwnerAWSAccountId", "QueueName"].map(named);
            json!({"QueueUrl": format!("https://sqs.{REGION}.amazonaws.com/{account}/{name}")})
        }
        "GetKeyPolicy" => {
            let principal = json!({"Service": text("principal", "logs.us-east-1.amazonaws.com")});
            let statement =
                json!({"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"});
            json!({"PolicyName": "default", "Policy": json!({"Statement": [statement]}).to_string()})
        }
        "GetFunctionConfiguration" => json!({
            "FunctionName": named("FunctionName").rsplit(':').next(),
            "FunctionArn": named("FunctionName"),
            "State": text("State", "Active"),
            "Timeout": said["Timeout"].as_u64().unwrap_or(60),
            "Role": text("Role", "arn:aws:iam::111122223333:role/service-role/page-role"),
        }),
        "DescribeVpcs" => json!({"vpcSet": {"item": {
            "vpcId": named("VpcId.1"), "state": text("state", "available"), "tagSet": {},
        }}}),
        "DescribeSubnets" => json!({"subnetSet": {"item": {
            "subnetId": named("SubnetId.1"),
            "vpcId": text("vpc", "vpc-0a1b2c3d"),
            "state": text("state", "available"),
        }}}),
        "DescribeSecurityGroups" => json!({"securityGroupInfo": {"item": {
            "groupId": named("GroupId.1"), "groupName": "firehose", "vpcId": "vpc-0a1b2c3d", "tagSet": {},
        }}}),
        "GetRole" => json!({"Role": {
            "Path": "/service-role/", "RoleName": named("RoleName"), "RoleId": "AROAEXAMPLE", "CreateDate": time(0),
            "Arn": format!("arn:aws:iam::{ACCOUNT}:role/service-role/{}", named("RoleName")),
        }}),
        "GetPolicy" => {
            json!({"Policy": {"Arn": named("PolicyArn"), "AttachmentCount": 3, "IsAttachable": true}})
        }
        "GetTopicAttributes" => {
            // An empty value stands for a topic without encryption.
            let key = text("KmsMasterKeyId", "");
            let attributes = [("TopicArn", named("TopicArn")), ("KmsMasterKeyId", key)];
            let entries = attributes.iter().map(|(key, value)| json!({"key": key, "value": value}));
            json!({"Attributes": {"entry": entries.collect::<Vec<_>>()}})
        }
        _ => Value::Null,
    }
}

fn absent(stack: &str) -> Response {
    let message = format!("Stack with id {stack} does not exist");
    error("cloudformation", &json!({"error": "ValidationError", "message": message}))
}

fn s3(header: &'static str, value: &str, body: &str) -> Response {
    Response { status: 200, headers: vec![(header, value.to_owned())], body: body.to_owned() }
}

/// Versions in the words of the script: `KEY VERSION`.
fn versions(said: &Value) -> String {
    let version = |words: &Value| {
        let (key, version) =
            words.as_str().and_then(|words| words.split_once(' ')).expect("a key and a version");
        let version = xml(&json!({"Key": key, "VersionId": version, "IsLatest": true, "Size": 2048}));
        format!("<Version>{version}</Version>")
    };
    let versions: String = said.as_array().into_iter().flatten().map(version).collect();
    format!("<ListVersionsResult>{versions}</ListVersionsResult>")
}

fn time(seconds: u64) -> String {
    let second = MORNING + seconds;
    format!("2026-11-02T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}
