//! Programs of the user's that write records.

use serde::Serialize;

use super::super::alarms::{Rule, Scope};
use super::super::existing::Existing;
use super::super::value::Value;
use super::{Kind, Output, Site, SourceShown, SourceValues, Trust, logical_id, target, writes};
use crate::aws::existing;
use crate::pipeline::logical_name;
use crate::pipeline::{Encryption, Setting, Target, Writers};

/// What the template of writers needs.
#[derive(Clone, Debug, Serialize)]
pub struct WritersPlan {
    /// Names of roles of the stack's account.
    pub roles: Vec<String>,
    /// The same and the other accounts, in words.
    #[serde(skip)]
    pub who: Vec<String>,
    /// Other accounts as principals.
    pub accounts: Vec<Value>,
    /// Logical id of the role that they assume; the policy of a stream allows them to write without one.
    pub accounts_id: Option<String>,
}

impl Writers {
    fn accounts_id(&self, site: &Site) -> Option<String> {
        let has_roles = !self.roles.is_empty();
        let assumes = !self.accounts.is_empty() && site.target() != Target::Stream;
        assumes.then(|| match has_roles {
            true => format!("SourceAccounts{}", site.id()),
            false => logical_id(site.source),
        })
    }

    /// Who may write, for the report.
    fn who(&self) -> Vec<String> {
        let accounts = self.accounts.iter().map(|account| format!("account {}", account.value));
        self.roles.iter().map(|role| format!("the role {}", role.value)).chain(accounts).collect()
    }
}

impl Kind for Writers {
    fn name(&self) -> &'static str {
        "writers"
    }

    fn values(&self, site: &Site) -> SourceValues {
        let principal = |account: &Setting<String>| {
            Value::sub(format!("arn:${{AWS::Partition}}:iam::{}:root", account.value))
        };
        SourceValues::Writers(WritersPlan {
            roles: self.roles.iter().map(|role| role.value.clone()).collect(),
            who: self.who(),
            accounts: self.accounts.iter().map(principal).collect(),
            accounts_id: self.accounts_id(site),
        })
    }

    fn resources(&self) -> Vec<(&'static str, &'static str)> {
        if self.roles.is_empty() { Vec::new() } else { vec![("Source", "AWS::IAM::Policy")] }
    }

    fn more_resources(&self, site: &Site) -> Vec<(String, &'static str)> {
        self.accounts_id(site).into_iter().map(|id| (id, "AWS::IAM::Role")).collect()
    }

    /// The programs are others'; the stream and Firehose have alarms for what they reject.
    fn alarms(&self, _site: &Site, _scope: &Scope) -> Vec<Rule> {
        Vec::new()
    }

    fn outputs(&self, site: &Site) -> Vec<Output> {
        if self.accounts.is_empty() || site.target() == Target::Stream {
            return Vec::new();
        }
        self.accounts_id(site)
            .map(|id| Output {
                logical_id: format!("WriterRole{}Arn", logical_name(&site.source.name)),
                description: format!("Role that the other accounts of source {} assume", site.source.name),
                value: Value::arn(&id),
            })
            .into_iter()
            .collect()
    }

    fn existing(&self, site: &Site) -> Vec<Existing> {
        let role = |(at, role): (usize, &Setting<String>)| {
            Existing::new(&existing::ROLE, &role.value, format!("{}/writers/roles/{at}", site.source.spec))
        };
        self.roles.iter().enumerate().map(role).collect()
    }

    fn trust(&self, _site: &Site) -> Option<Trust> {
        None
    }

    fn writes(&self, target: Target) -> &'static [&'static str] {
        match target {
            Target::Stream => &["kinesis:PutRecord", "kinesis:PutRecords"],
            Target::Delivery(_) => &["firehose:PutRecord", "firehose:PutRecordBatch"],
        }
    }

    fn shown(&self, site: &Site) -> SourceShown {
        // CloudFormation names the stack's own stream.
        let name = match target(site.pipeline, site.target()).resource {
            Value::Text(name) => Some(name),
            Value::Sub(name) => Some(name.replace("${AWS::StackName}", &site.pipeline.name.value)),
            Value::Ref(_) | Value::GetAtt(..) => None,
        };
        let mut other_side = match name {
            Some(_) => Vec::new(),
            None => {
                vec!["# NAME is the output StreamName of the stack, which `pipec status` prints.".to_owned()]
            }
        };
        other_side.extend(self.accounts_side(site));
        let name = name.as_deref().unwrap_or("NAME");
        other_side.extend(code(site).into_iter().map(|line| line.replace("NAME", name)));
        SourceShown {
            line: format!("programs with {}", self.who().join(", ")),
            record: "the data that your programs put, at most 1 MB, without a trailing newline".into(),
            failures: "returned to the program, which retries: a call can fail partially, so check its count of failed \
                       records"
                .into(),
            other_side,
        }
    }
}

impl Writers {
    /// What the owners of other accounts do.
    fn accounts_side(&self, site: &Site) -> Vec<String> {
        if self.accounts.is_empty() {
            return Vec::new();
        }
        if site.target() != Target::Stream {
            let output = format!("WriterRole{}Arn", logical_name(&site.source.name));
            return vec![
                format!(
                    "# In the other accounts, the program assumes the role ROLE, the output {output}; its own policy needs:"
                ),
                "{\"Effect\": \"Allow\", \"Action\": \"sts:AssumeRole\", \"Resource\": \"ROLE\"}".into(),
            ];
        }
        let mut lines = vec![
            "# In the other accounts, a program names the stream by its ARN, the output StreamArn: `StreamARN` in place of \
             `StreamName`."
                .to_owned(),
            "# Its own policy needs:".into(),
        ];
        for grant in writes(site) {
            let resource = match grant.sid {
                super::WRITE => "ARN".to_owned(),
                _ => grant.resources.iter().map(Value::shown).collect::<Vec<_>>().join(", "),
            };
            lines.push(format!(
                "{{\"Effect\": \"Allow\", \"Action\": {}, \"Resource\": \"{resource}\"}}",
                serde_json::json!(grant.actions)
            ));
        }
        if let Encryption::CustomerKey(key) = site.pipeline.stream_encryption() {
            let principals: Vec<String> =
                self.accounts.iter().map(|account| format!("arn:aws:iam::{}:root", account.value)).collect();
            lines.push(format!("# The policy of key {key} needs:"));
            lines.push(format!(
                "{{\"Effect\": \"Allow\", \"Principal\": {{\"AWS\": {}}}, \"Action\": \"kms:GenerateDataKey\", \"Resource\": \
                 \"*\"}}",
                serde_json::json!(principals)
            ));
        }
        lines
    }
}

/// The lines that put a record, in the languages that most programs have, and the configuration of the Kinesis Agent.
fn code(site: &Site) -> Vec<String> {
    let region = &site.pipeline.region.value;
    let lines: Vec<String> = match site.target() {
        Target::Stream => vec![
            "# Python, with boto3; retry the records that FailedRecordCount counts".into(),
            format!("kinesis = boto3.client(\"kinesis\", region_name=\"{region}\")"),
            "kinesis.put_records(StreamName=\"NAME\", Records=[{\"Data\": data, \"PartitionKey\": key}])".into(),
            "// Node.js, with @aws-sdk/client-kinesis".into(),
            format!("const kinesis = new KinesisClient({{ region: \"{region}\" }});"),
            "await kinesis.send(new PutRecordsCommand({ StreamName: \"NAME\", Records: [{ Data: Buffer.from(text), \
             PartitionKey: key }] }));"
                .into(),
            "// Rust, with aws-sdk-kinesis".into(),
            "let record = PutRecordsRequestEntry::builder().data(Blob::new(data)).partition_key(key).build()?;".into(),
            "client.put_records().stream_name(\"NAME\").records(record).send().await?;".into(),
            "// Java, with software.amazon.awssdk:kinesis".into(),
            "kinesis.putRecords(call -> call.streamName(\"NAME\").records(".into(),
            "    PutRecordsRequestEntry.builder().data(SdkBytes.fromUtf8String(text)).partitionKey(key).build()));"
                .into(),
        ],
        Target::Delivery(_) => vec![
            "# Python, with boto3; retry the records that FailedPutCount counts".into(),
            format!("firehose = boto3.client(\"firehose\", region_name=\"{region}\")"),
            "firehose.put_record_batch(DeliveryStreamName=\"NAME\", Records=[{\"Data\": data}])".into(),
            "// Node.js, with @aws-sdk/client-firehose".into(),
            format!("const firehose = new FirehoseClient({{ region: \"{region}\" }});"),
            "await firehose.send(new PutRecordBatchCommand({ DeliveryStreamName: \"NAME\", Records: [{ Data: \
             Buffer.from(text) }] }));"
                .into(),
            "// Rust, with aws-sdk-firehose".into(),
            "let record = Record::builder().data(Blob::new(data)).build()?;".into(),
            "client.put_record_batch().delivery_stream_name(\"NAME\").records(record).send().await?;".into(),
            "// Java, with software.amazon.awssdk:firehose".into(),
            "firehose.putRecordBatch(call -> call.deliveryStreamName(\"NAME\").records(".into(),
            "    Record.builder().data(SdkBytes.fromUtf8String(text)).build()));".into(),
        ],
    };
    let agent = match site.target() {
        Target::Stream => format!(
            "{{\"kinesis.endpoint\": \"kinesis.{region}.amazonaws.com\", \"flows\": [{{\"filePattern\": \"/var/log/app/*.log\", \
             \"kinesisStream\": \"NAME\"}}]}}"
        ),
        Target::Delivery(_) => format!(
            "{{\"firehose.endpoint\": \"firehose.{region}.amazonaws.com\", \"flows\": [{{\"filePattern\": \"/var/log/app/*.log\", \
             \"deliveryStream\": \"NAME\"}}]}}"
        ),
    };
    lines.into_iter().chain(["# Kinesis Agent, /etc/aws-kinesis/agent.json".into(), agent]).collect()
}
