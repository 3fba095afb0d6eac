//! The scripted double: takes the calls in the order of the script, and gives each its answer.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::{Value, json};

use super::answers::{self, World};
use super::script::{Call, Scenario};
use crate::support::server::{Request, Response};

/// AWS as a scenario has it.
pub struct Double {
    scenario: Scenario,
    world: World,
    next: usize,
    /// Process that is interrupted where the script says so.
    pub process: Option<u32>,
    /// What was not as the script has it.
    pub faults: Vec<String>,
    /// Every answer, for the judge that reads them with AWS's own model.
    pub answered: Vec<Value>,
    /// Whether any call is answered once the script is over.
    pub lenient: bool,
}

/// Look-ups of what the stack does not create, and the service of each.
pub const LOOK_UPS: [&str; 20] = [
    "DescribeDomain",
    "DescribeEventBus",
    "DescribeKey",
    "DescribeSecret",
    "DescribeSecurityGroups",
    "DescribeStream",
    "DescribeStreamSummary",
    "DescribeSubnets",
    "DescribeSubscriptionFilters",
    "DescribeVpcs",
    "GetDatabase",
    "GetFunctionConfiguration",
    "GetKeyPolicy",
    "GetPolicy",
    "GetQueueUrl",
    "GetRole",
    "GetTable",
    "GetTopicAttributes",
    "GetWebACL",
    "GetWorkgroup",
];

/// What a request asks for.
struct Asked {
    service: &'static str,
    operation: String,
    /// Values of the request.
    values: Vec<String>,
    members: BTreeMap<String, String>,
}

impl Double {
    pub fn new(scenario: Scenario, world: World, lenient: bool) -> Self {
        Self { scenario, world, next: 0, process: None, faults: Vec::new(), answered: Vec::new(), lenient }
    }

    /// Calls that did not come.
    pub fn left(&self) -> Vec<String> {
        self.scenario.calls[self.next..].iter().map(|call| call.operation.clone()).collect()
    }

    pub fn answer(&mut self, request: &Request) -> Option<Response> {
        let asked = read(request);
        let fits = |call: &Call| {
            let named = |word: &String| {
                asked.values.iter().any(|value| {
                    value == word
                        || value.contains(&format!("/{word}/"))
                        || value.ends_with(&format!("/{word}"))
                })
            };
            let without = call.answer["without"].as_str().map(str::to_owned);
            call.operation == asked.operation && call.words.iter().all(named) && !without.iter().any(named)
        };
        let call = match self.scenario.calls.get(self.next) {
            Some(call) if fits(call) => {
                self.next += 1;
                call.clone()
            }
            next => match self.scenario.meanwhile.iter().find(|call| fits(call)) {
                Some(call) => call.clone(),
                // A stream without consumers needs no line, nor does a resource that is as the spec has it.
                None if asked.operation == "ListStreamConsumers"
                    || LOOK_UPS.contains(&asked.operation.as_str())
                    || self.lenient && next.is_none() =>
                {
                    Call { operation: asked.operation.clone(), words: Vec::new(), answer: Value::Null }
                }
                None => {
                    let expected = next.map_or_else(
                        || "no call".to_owned(),
                        |call| format!("{} {}", call.operation, call.words.join(" ")),
                    );
                    let at = self.next + 1;
                    self.faults.push(format!(
                        "call {at}: expected {expected}, got {} {:?}",
                        asked.operation, asked.values
                    ));
                    return Some(answers::error(asked.service, &json!({"error": "NotInTheScript"})));
                }
            },
        };
        match call.answer.as_str() {
            Some("interrupt") => {
                let process = self.process.expect("a process").to_string();
                let killed = Command::new("sh").args(["-c", "kill -INT \"$1\"", "sh", &process]).status();
                assert!(killed.expect("a shell").success());
                return Some(Response::NEVER);
            }
            Some("hang up") => return None,
            _ => {}
        }
        let response = if call.answer.get("error").is_some() {
            answers::error(asked.service, &call.answer)
        } else {
            self.world.answer(&asked.operation, &asked.members, &call.answer)
        };
        self.answered.push(json!({
            "service": asked.service,
            "operation": asked.operation,
            "status": response.status,
            "headers": response.headers.iter().map(|(name, value)| (*name, value)).collect::<BTreeMap<_, _>>(),
            "body": response.body,
            "request": LOOK_UPS.contains(&asked.operation.as_str()).then(|| json!({
                "method": request.method,
                "target": request.target,
                "headers": request.headers.iter().collect::<BTreeMap<_, _>>(),
                "body": String::from_utf8_lossy(&request.body),
            })),
        }));
        Some(response)
    }
}

fn read(request: &Request) -> Asked {
    if let Some((target, operation)) =
        request.headers.get("x-amz-target").and_then(|name| name.split_once('.'))
    {
        let body: Value = serde_json::from_slice(&request.body).expect("JSON");
        let texts = body.as_object().into_iter().flatten();
        let texts = texts.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        let members: BTreeMap<String, String> = texts.collect();
        return Asked {
            service: match target {
                "AmazonSQS" => "sqs",
                "AWSEvents" => "events",
                "AWSGlue" => "glue",
                "AWSWAF_20190729" => "wafv2",
                "Logs_20140328" => "logs",
                "DynamoDBStreams_20120810" => "dynamodbstreams",
                "TrentService" => "kms",
                "RedshiftServerless" => "redshift-serverless",
                "secretsmanager" => "secretsmanager",
                target if target.starts_with("Kinesis_") => "kinesis",
                target if target.starts_with("KinesisAnalytics_") => "kinesisanalyticsv2",
                other => panic!("{other} is a service that the double does not know"),
            },
            operation: operation.to_owned(),
            values: members.values().cloned().collect(),
            members,
        };
    }
    let form = |text: &str| -> BTreeMap<String, String> {
        text.split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(a, b)| (decoded(a), decoded(b)))
            .collect()
    };
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    if request.headers.get("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form")) {
        let members = form(&String::from_utf8_lossy(&request.body));
        let service = match members["Action"].as_str() {
            "GetCallerIdentity" => "sts",
            "GetPolicy" | "GetRole" => "iam",
            "DescribeSecurityGroups" | "DescribeSubnets" | "DescribeVpcs" => "ec2",
            "GetTopicAttributes" => "sns",
            _ => "cloudformation",
        };
        let values = members.values().cloned().collect();
        return Asked { service, operation: members["Action"].clone(), values, members };
    }
    if let Some(function) = path.strip_prefix("/2015-03-31/functions/") {
        let name = decoded(function.trim_end_matches("/configuration"));
        return Asked {
            service: "lambda",
            operation: "GetFunctionConfiguration".to_owned(),
            values: vec![name.clone()],
            members: BTreeMap::from([("FunctionName".to_owned(), name)]),
        };
    }
    if let Some(domain) = path.strip_prefix("/2021-01-01/opensearch/domain/") {
        let name = decoded(domain);
        return Asked {
            service: "opensearch",
            operation: "DescribeDomain".to_owned(),
            values: vec![name.clone()],
            members: BTreeMap::from([("DomainName".to_owned(), name)]),
        };
    }
    let operation = match request.method.as_str() {
        "HEAD" if path.trim_matches('/').contains('/') => "HeadObject",
        "HEAD" => "HeadBucket",
        "PUT" => "PutObject",
        "POST" => "DeleteObjects",
        "DELETE" => "DeleteBucket",
        _ if query.split('&').any(|word| word.trim_end_matches('=') == "encryption") => "GetBucketEncryption",
        _ => "ListObjectVersions",
    };
    let mut members = form(query);
    members.insert("Path".to_owned(), path.to_owned());
    Asked { service: "s3", operation: operation.to_owned(), values: vec![format!("{path}/")], members }
}

/// A value of a form.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        (bytes, rest) = match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                let hex = [*high, *low];
                let hex = str::from_utf8(&hex).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok());
                bytes.push(hex.expect("an escape"));
                (bytes, tail)
            }
            (b'+', tail) => {
                bytes.push(b' ');
                (bytes, tail)
            }
            (byte, tail) => {
                bytes.push(*byte);
                (bytes, tail)
            }
        };
    }
    String::from_utf8(bytes).expect("UTF-8")
}
