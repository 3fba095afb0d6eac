//! HTTP endpoints: a REST API whose integration is the service itself.

use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::super::alarms::{Rule, Scope};
use super::super::dashboard::{Graph, graph, rate, series};
use super::super::value::Value;
use super::{Charge, Kind, Load, Output, Site, SourceShown, SourceValues, Trust, intake, target};
use crate::aws::limits::api_gateway;
use crate::aws::limits::billing::SECONDS_PER_MONTH;
use crate::aws::limits::kinesis;
use crate::aws::metrics::{API, API_GATEWAY, Kind as StatusKind, MetricName};
use crate::aws::prices::Item;
use crate::hex::hex;
use crate::pipeline::{Api, ApiAuth, Target, logical_name};
use crate::spec::AlarmKey;

const REQUESTS: MetricName = API_GATEWAY.metric("Count");
const LATENCY: MetricName = API_GATEWAY.metric("Latency");
const REJECTED: MetricName = API_GATEWAY.metric("4XXError");
const FAILED: MetricName = API_GATEWAY.metric("5XXError");

/// Name of the stage, a part of the URL.
const STAGE: &str = "live";
/// The template of an endpoint. A deployment is a snapshot of what is in it.
pub(super) const TEMPLATE: &str = include_str!("../../../templates/sources/api.yaml.j2");

/// What the template of an endpoint needs.
#[derive(Clone, Debug, Serialize)]
pub struct ApiPlan {
    /// Name of the API.
    pub api: Value,
    /// Name of the stage.
    pub stage: &'static str,
    /// The resources of the path, from its first part on: logical id and part.
    pub parts: Vec<(String, String)>,
    /// Whether callers need AWS credentials.
    pub iam: bool,
    /// Whether callers need the stack's API key.
    pub key: bool,
    /// Origins of web pages that may send.
    pub origins: Vec<String>,
    /// Origin in the responses of API Gateway itself, in its quotation marks.
    pub error_origin: String,
    /// Headers that a web page may send, in API Gateway's quotation marks.
    pub headers: &'static str,
    /// Requests per second.
    pub rate: u64,
    /// Requests at once.
    pub burst: u64,
    /// The call: service and operation.
    pub action: &'static str,
    /// The call's body, as a template of API Gateway.
    pub request: Value,
    /// JSON Schema of a body.
    pub schema: serde_json::Value,
    /// Logical id of the deployment, which depends on all of this.
    pub deployment: String,
}

impl Api {
    fn parts(&self, site: &Site) -> Vec<(String, String)> {
        let parts = self.path.value.split('/').filter(|part| !part.is_empty()).enumerate();
        parts.map(|(at, part)| (format!("SourcePath{}{}", at + 1, site.id()), part.to_owned())).collect()
    }

    /// The body of the call. The record is the body's JSON on one line.
    fn request(&self, site: &Site) -> Value {
        const DATA: &str = "$util.base64Encode($input.json('$'))";
        let name = target(site.pipeline, site.target()).resource.shown();
        if site.target() != Target::Stream {
            let record = format!("{{\"Data\": \"{DATA}\"}}");
            return Value::sub(format!("{{\"DeliveryStreamName\": \"{name}\", \"Record\": {record}}}"));
        }
        // `escapeJavaScript` escapes a single quotation mark, which JSON does not know.
        let key = self.partition_key.as_ref().map_or("$context.requestId".to_owned(), |path| {
            format!("$util.escapeJavaScript($input.path('{}')).replaceAll(\"\\\\'\", \"'\")", path.value)
        });
        Value::sub(format!(
            "{{\"StreamName\": \"{name}\", \"Data\": \"{DATA}\", \"PartitionKey\": \"{key}\"}}"
        ))
    }

    /// A body is an object, with a value for the partition key.
    fn schema(&self) -> serde_json::Value {
        let path = self.partition_key.iter().flat_map(|path| path.value.split('.').skip(1));
        let steps: Vec<&str> = path.collect();
        let start = match self.partition_key {
            Some(_) => {
                json!({"type": "string", "minLength": 1, "maxLength": kinesis::PARTITION_KEY_CHARS.max})
            }
            None => json!({"type": "object"}),
        };
        let mut schema = steps.into_iter().rev().fold(
            start,
            |inner, step| json!({"type": "object", "required": [step], "properties": {step: inner}}),
        );
        schema["$schema"] = json!("http://json-schema.org/draft-04/schema#");
        schema
    }

    fn rate(&self, site: &Site) -> u64 {
        let declared = intake(site.pipeline, site.target()).records_per_second.value.ceil() as u64;
        let bounds = api_gateway::REQUESTS_PER_S;
        self.requests_per_second.as_ref().map_or(declared.clamp(bounds.min, bounds.max), |rate| rate.value)
    }

    /// What the deployment is a snapshot of, without its own name.
    fn content(&self, site: &Site) -> ApiPlan {
        let rate = self.rate(site);
        let origins: Vec<String> = self.cors.iter().map(|origin| origin.value.clone()).collect();
        ApiPlan {
            api: Value::sub(site.name()),
            stage: STAGE,
            parts: self.parts(site),
            iam: self.auth.value == ApiAuth::Iam,
            key: self.auth.value == ApiAuth::Key,
            error_origin: format!(
                "'{}'",
                match origins.as_slice() {
                    [one] => one,
                    _ => "*",
                }
            ),
            origins,
            headers: match self.auth.value {
                ApiAuth::Iam => "'Authorization,Content-Type,X-Amz-Date,X-Amz-Security-Token'",
                ApiAuth::Key => "'Content-Type,X-Api-Key'",
                ApiAuth::None => "'Content-Type'",
            },
            rate,
            burst: self.burst.as_ref().map_or(rate.min(api_gateway::BURST.max), |burst| burst.value),
            action: match site.target() {
                Target::Stream => "kinesis:action/PutRecord",
                Target::Delivery(_) => "firehose:action/PutRecord",
            },
            request: self.request(site),
            schema: self.schema(),
            deployment: String::new(),
        }
    }

    /// Logical id of the deployment. API Gateway deploys once for each deployment, so changes need a new one.
    fn deployment(&self, site: &Site) -> String {
        const HASH_CHARS: usize = 8;
        let content = json!([TEMPLATE, self.content(site)]).to_string();
        let hash = hex(Sha256::digest(content));
        format!("SourceDeployment{}{}", site.id(), &hash[..HASH_CHARS])
    }

    fn url(&self, site: &Site) -> String {
        format!(
            "https://${{Source{}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{STAGE}{}",
            site.id(),
            self.path.value.trim_end_matches('/')
        )
    }
}

impl Kind for Api {
    fn name(&self) -> &'static str {
        "api"
    }

    fn values(&self, site: &Site) -> SourceValues {
        SourceValues::Api(Box::new(ApiPlan { deployment: self.deployment(site), ..self.content(site) }))
    }

    fn resources(&self) -> Vec<(&'static str, &'static str)> {
        let mut all = vec![
            ("Source", "AWS::ApiGateway::RestApi"),
            ("SourceBody", "AWS::ApiGateway::Model"),
            ("SourceValidator", "AWS::ApiGateway::RequestValidator"),
            ("SourcePost", "AWS::ApiGateway::Method"),
        ];
        if !self.cors.is_empty() {
            all.extend([
                ("SourceOptions", "AWS::ApiGateway::Method"),
                ("SourceRejected", "AWS::ApiGateway::GatewayResponse"),
                ("SourceFailed", "AWS::ApiGateway::GatewayResponse"),
            ]);
        }
        all.push(("SourceStage", "AWS::ApiGateway::Stage"));
        if self.auth.value == ApiAuth::Key {
            all.extend([
                ("SourceKey", "AWS::ApiGateway::ApiKey"),
                ("SourceUsage", "AWS::ApiGateway::UsagePlan"),
                ("SourceUsageKey", "AWS::ApiGateway::UsagePlanKey"),
            ]);
        }
        all
    }

    fn more_resources(&self, site: &Site) -> Vec<(String, &'static str)> {
        let parts = self.parts(site).into_iter().map(|(id, _)| (id, "AWS::ApiGateway::Resource"));
        parts.chain([(self.deployment(site), "AWS::ApiGateway::Deployment")]).collect()
    }

    fn outputs(&self, site: &Site) -> Vec<Output> {
        let name = logical_name(&site.source.name);
        let url = Output {
            logical_id: format!("Api{name}Url"),
            description: format!("URL of source {}", site.source.name),
            value: Value::sub(self.url(site)),
        };
        let key = (self.auth.value == ApiAuth::Key).then(|| Output {
            logical_id: format!("Api{name}KeyId"),
            description: format!("Id of the API key of source {}", site.source.name),
            value: Value::reference(&format!("SourceKey{}", site.id())),
        });
        [url].into_iter().chain(key).collect()
    }

    fn trust(&self, _site: &Site) -> Option<Trust> {
        Some(Trust {
            service: "apigateway.amazonaws.com",
            because: "No condition: AWS documents no source that API Gateway passes to the trust policy.",
            conditions: Vec::new(),
        })
    }

    fn writes(&self, target: Target) -> &'static [&'static str] {
        match target {
            Target::Stream => &["kinesis:PutRecord"],
            Target::Delivery(_) => &["firehose:PutRecord"],
        }
    }

    fn cost(&self, _site: &Site, load: Load) -> Vec<Charge> {
        vec![Charge {
            name: "API Gateway: requests",
            item: Item::ApiGatewayRequestsMillion,
            quantity: load.per_second * SECONDS_PER_MONTH as f64 / 1e6,
            note: "one per record; an equal share of all records".into(),
        }]
    }

    fn alarms(&self, site: &Site, scope: &Scope) -> Vec<Rule> {
        let failed = Rule::any_of(
            AlarmKey::SourceFailures,
            &[FAILED],
            format!(
                "Requests to source {} failed with a status of 500 or above, so their records were not written: the stream or \
                 Firehose did not respond, or a permission is missing. {} shows the source.",
                site.source.name,
                scope.status()
            ),
        );
        failed.into_iter().map(|rule| rule.of(Value::sub(site.name()))).collect()
    }

    fn graphs(&self, site: &Site) -> Option<(String, [Graph; 3])> {
        let graphs = [
            graph("requests", "per second", vec![rate(REQUESTS, "received")]),
            graph("latency", "milliseconds", vec![series(LATENCY, "Maximum", "of a response")]),
            graph(
                "failures",
                "count",
                vec![series(REJECTED, "Sum", "rejected (4xx)"), series(FAILED, "Sum", "failed (5xx)")],
            ),
        ];
        Some((site.name(), graphs))
    }

    fn status(&self) -> Option<&'static StatusKind> {
        Some(&API)
    }

    fn shown(&self, site: &Site) -> SourceShown {
        let region = &site.pipeline.region.value;
        let name = logical_name(&site.source.name);
        let who = match self.auth.value {
            ApiAuth::Iam => "with AWS credentials",
            ApiAuth::Key => "with the API key",
            ApiAuth::None => "open to everyone",
        };
        let mut other_side = vec![format!("# URL is the output Api{name}Url of the stack.")];
        let send = "curl -X POST URL -H 'Content-Type: application/json' -d '{\"id\": 1}'";
        match self.auth.value {
            ApiAuth::Iam => other_side.extend([
                "# The caller's policy needs:".into(),
                format!(
                    "{{\"Effect\": \"Allow\", \"Action\": \"execute-api:Invoke\", \"Resource\": \
                     \"arn:aws:execute-api:{region}:ACCOUNT:API/{STAGE}/POST{}\"}}",
                    self.path.value.trim_end_matches('/')
                ),
                format!("{send} \\"),
                format!("  --aws-sigv4 aws:amz:{region}:execute-api --user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\" \\"),
                "  -H \"X-Amz-Security-Token: $AWS_SESSION_TOKEN\"".into(),
            ]),
            ApiAuth::Key => other_side.extend([
                format!("# ID is the output Api{name}KeyId."),
                format!("KEY=$(aws apigateway get-api-key --region {region} --api-key ID --include-value --query value --output text)"),
                format!("{send} -H \"X-Api-Key: $KEY\""),
            ]),
            ApiAuth::None => other_side.push(send.into()),
        }
        SourceShown {
            line: format!(
                "POST {} in API Gateway, {who}, {} requests per second",
                self.path.value,
                self.rate(site)
            ),
            record: "the JSON object of a request's body, on one line without a newline".into(),
            failures: "returned to the caller: 400 for a body that is not such an object or is too large, \
                       415 for another content type, 429 \
                       above the limit or the stream's capacity, 5xx for a failure; the caller sends it again"
                .into(),
            other_side,
        }
    }
}
