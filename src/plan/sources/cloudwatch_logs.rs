//! CloudWatch Logs.

use serde::Serialize;

use super::super::alarms::{Rule, Scope};
use super::super::existing::Existing;
use super::super::grants::Condition;
use super::super::value::Value;
use super::{Kind, Output, Site, SourceShown, SourceValues, Trust, logical_id};
use crate::aws::existing;
use crate::aws::metrics::{LOGS, MetricName};
use crate::graph::{SOURCE, log_group_id};
use crate::pipeline::{CloudWatchLogs, Distribution, LogSource, Setting, Target};
use crate::spec::AlarmKey;

const ERRORS: MetricName = LOGS.metric("DeliveryErrors");
const THROTTLED: MetricName = LOGS.metric("DeliveryThrottling");

/// What the template of log events needs.
#[derive(Clone, Debug, Serialize)]
pub struct CloudWatchLogsPlan {
    /// A subscription filter for each log group.
    pub filters: Vec<SubscriptionFilterPlan>,
    /// Filter pattern; empty for all log events.
    pub pattern: String,
    /// `ByLogStream` or `Random`, for a stream.
    pub distribution: Option<&'static str>,
    /// What other accounts send to.
    pub destination: Option<LogsDestinationPlan>,
}

/// A subscription filter.
#[derive(Clone, Debug, Serialize)]
pub struct SubscriptionFilterPlan {
    /// Logical id.
    pub logical_id: String,
    /// Name of the log group.
    pub group: String,
}

/// What other accounts send log events to.
#[derive(Clone, Debug, Serialize)]
pub struct LogsDestinationPlan {
    /// Its name.
    pub name: Value,
    /// Its access policy, JSON.
    pub policy: Value,
}

/// Logical id of the subscription filter of a log group.
fn filter_id(site: &Site, group: &str) -> String {
    format!("{SOURCE}{}{}", site.id(), log_group_id(group))
}

/// ARN of the destination, for `Fn::Sub`.
fn destination_arn(site: &Site) -> String {
    format!("arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:destination:{}", site.name())
}

/// The access policy: CloudWatch Logs takes account ids as principals, and no ARNs.
fn policy(accounts: &[Setting<String>], site: &Site) -> Value {
    let accounts: Vec<&str> = accounts.iter().map(|account| account.value.as_str()).collect();
    let policy = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "Subscribe",
            "Effect": "Allow",
            "Principal": {"AWS": accounts},
            "Action": "logs:PutSubscriptionFilter",
            "Resource": destination_arn(site),
        }],
    });
    Value::sub(policy.to_string())
}

impl Kind for CloudWatchLogs {
    fn name(&self) -> &'static str {
        "cloudwatch_logs"
    }

    fn values(&self, site: &Site) -> SourceValues {
        let (groups, destination) = match &self.from {
            LogSource::Groups(groups) => (groups.as_slice(), None),
            LogSource::Accounts(accounts) => {
                let name = Value::sub(site.name());
                (&[][..], Some(LogsDestinationPlan { name, policy: policy(accounts, site) }))
            }
        };
        let filter = |group: &Setting<String>| SubscriptionFilterPlan {
            logical_id: filter_id(site, &group.value),
            group: group.value.clone(),
        };
        SourceValues::CloudWatchLogs(CloudWatchLogsPlan {
            filters: groups.iter().map(filter).collect(),
            pattern: self.filter.as_ref().map(|filter| filter.value.clone()).unwrap_or_default(),
            distribution: self.distribution.as_ref().map(|distribution| match distribution.value {
                Distribution::ByLogStream => "ByLogStream",
                Distribution::Random => "Random",
            }),
            destination,
        })
    }

    fn existing(&self, site: &Site) -> Vec<Existing> {
        let LogSource::Groups(groups) = &self.from else { return Vec::new() };
        let at = |n: usize| format!("{}/cloudwatch_logs/groups/{n}", site.source.spec);
        let group =
            |(n, group): (usize, &Setting<String>)| Existing::new(&existing::LOG_GROUP, &group.value, at(n));
        groups.iter().enumerate().map(group).collect()
    }

    fn resources(&self) -> Vec<(&'static str, &'static str)> {
        match self.from {
            LogSource::Groups(_) => vec![("Source", "AWS::Logs::SubscriptionFilter")],
            LogSource::Accounts(_) => vec![("Source", "AWS::Logs::Destination")],
        }
    }

    fn more_resources(&self, site: &Site) -> Vec<(String, &'static str)> {
        let LogSource::Groups(groups) = &self.from else { return Vec::new() };
        let id = |group: &Setting<String>| (filter_id(site, &group.value), "AWS::Logs::SubscriptionFilter");
        groups.iter().skip(1).map(id).collect()
    }

    fn refers_to_target(&self) -> bool {
        true
    }

    fn trust(&self, _site: &Site) -> Option<Trust> {
        let mut accounts = vec!["${AWS::AccountId}".to_owned()];
        if let LogSource::Accounts(senders) = &self.from {
            accounts.extend(senders.iter().map(|sender| sender.value.clone()));
        }
        let values = accounts
            .iter()
            .map(|account| Value::sub(format!("arn:${{AWS::Partition}}:logs:${{AWS::Region}}:{account}:*")));
        // As AWS's own example has it.
        let condition = Condition { operator: "StringLike", key: "aws:SourceArn", values: values.collect() };
        Some(Trust {
            service: "logs.amazonaws.com",
            because: match self.from {
                LogSource::Groups(_) => {
                    "Only for log groups of this account and region, which prevents the confused-deputy problem."
                }
                LogSource::Accounts(_) => {
                    "Only for log groups of these accounts in this region, which prevents the confused-deputy problem."
                }
            },
            conditions: vec![condition],
        })
    }

    fn writes(&self, target: Target) -> &'static [&'static str] {
        match target {
            Target::Stream => &["kinesis:PutRecord"],
            Target::Delivery(_) => &["firehose:PutRecord", "firehose:PutRecordBatch"],
        }
    }

    /// Those of other accounts have their metrics there.
    fn alarms(&self, site: &Site, scope: &Scope) -> Vec<Rule> {
        let LogSource::Groups(groups) = &self.from else { return Vec::new() };
        let (name, status) = (&site.source.name, scope.status());
        let of_group = |group: &Setting<String>| {
            let group = &group.value;
            let lost = Rule::queried(
                AlarmKey::SourceFailures,
                ERRORS,
                format!(
                    "CloudWatch Logs could not deliver events of log group {group}, which source {name} or another subscription \
                     filter reads: they are lost unless a retry succeeds within 24 hours. {status} shows the pipeline."
                ),
            );
            let throttled = Rule::queried(
                AlarmKey::WriteThrottled,
                THROTTLED,
                format!(
                    "CloudWatch Logs is throttled when it delivers events of log group {group}, which source {name} or another \
                     subscription filter reads. It retries for 24 hours. {status} shows the load next to the declared one."
                ),
            );
            [lost, throttled].map(|rule| rule.of(Value::text(group)).on(filter_id(site, group)))
        };
        groups.iter().flat_map(of_group).collect()
    }

    fn outputs(&self, site: &Site) -> Vec<Output> {
        match self.from {
            LogSource::Groups(_) => Vec::new(),
            LogSource::Accounts(_) => vec![Output {
                logical_id: format!("{}Arn", logical_id(site.source)),
                description: format!(
                    "Destination for log events of other accounts, source {}",
                    site.source.name
                ),
                value: Value::arn(&logical_id(site.source)),
            }],
        }
    }

    fn shown(&self, site: &Site) -> SourceShown {
        let filter = match &self.filter {
            Some(filter) if !filter.value.is_empty() => format!("that match `{}`", filter.value),
            _ => "all events".into(),
        };
        let list = |texts: &[Setting<String>]| {
            texts.iter().map(|text| text.value.as_str()).collect::<Vec<_>>().join(", ")
        };
        let line = match &self.from {
            LogSource::Groups(groups) => format!("CloudWatch Logs, {}: {filter}", list(groups)),
            LogSource::Accounts(accounts) => format!("CloudWatch Logs of accounts {}", list(accounts)),
        };
        let other_side = match &self.from {
            LogSource::Groups(_) => Vec::new(),
            LogSource::Accounts(_) => {
                let region = &site.pipeline.region.value;
                let output = format!("{}Arn", logical_id(site.source));
                vec![format!(
                    "aws logs put-subscription-filter --region {region} --log-group-name GROUP --filter-name {} \
                     --filter-pattern '' --destination-arn ARN    # ARN is the stack's output {output}",
                    site.pipeline.name.value
                )]
            }
        };
        SourceShown {
            line,
            record: "gzip of a JSON object with many log events: messageType, owner, logGroup, logStream, \
                     subscriptionFilters, logEvents of id, timestamp, message"
                .into(),
            failures: "retried for 24 hours, then lost".into(),
            other_side,
        }
    }
}
