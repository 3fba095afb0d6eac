//! SNS.

use serde::Serialize;

use super::super::alarms::{Rule, Scope};
use super::super::dashboard::{Graph, graph, rate, series};
use super::super::existing::Existing;
use super::super::value::{Value, literal};
use super::{Kind, Site, SourceShown, SourceValues, Trust};
use crate::aws::existing;
use crate::aws::metrics::{MetricName, SNS};
use crate::pipeline::{FilterScope, Sns, Target};
use crate::spec::AlarmKey;

const PUBLISHED: MetricName = SNS.metric("NumberOfMessagesPublished");
const DELIVERED: MetricName = SNS.metric("NumberOfNotificationsDelivered");
const SIZE: MetricName = SNS.metric("PublishSize");
const FAILED: MetricName = SNS.metric("NumberOfNotificationsFailed");
const TO_QUEUE: MetricName = SNS.metric("NumberOfNotificationsRedrivenToDlq");
const NOT_TO_QUEUE: MetricName = SNS.metric("NumberOfNotificationsFailedToRedriveToDlq");

/// What the template of a subscription needs.
#[derive(Clone, Debug, Serialize)]
pub struct SnsPlan {
    /// ARN of the topic.
    pub topic: String,
    /// Filter policy.
    pub filter: Option<serde_json::Map<String, serde_json::Value>>,
    /// What it reads.
    pub filter_scope: &'static str,
    /// Raw message delivery.
    pub raw: bool,
}

impl Sns {
    /// The topic's name.
    fn name_of_topic(&self) -> &str {
        self.topic.value.rsplit(':').next().unwrap_or_default()
    }
}

impl Kind for Sns {
    fn name(&self) -> &'static str {
        "sns"
    }

    fn existing(&self, site: &Site) -> Vec<Existing> {
        let at = format!("{}/sns/topic", site.source.spec);
        vec![Existing::new(&existing::SOURCE_TOPIC, &self.topic.value, at)]
    }

    fn values(&self, _site: &Site) -> SourceValues {
        SourceValues::Sns(SnsPlan {
            topic: self.topic.value.clone(),
            filter: self.filter.as_ref().map(|filter| filter.value.clone()),
            filter_scope: match self.filter_scope.value {
                FilterScope::Attributes => "MessageAttributes",
                FilterScope::Body => "MessageBody",
            },
            raw: self.raw.value,
        })
    }

    fn resources(&self) -> Vec<(&'static str, &'static str)> {
        vec![("Source", "AWS::SNS::Subscription")]
    }

    fn refers_to_target(&self) -> bool {
        true
    }

    fn trust(&self, _site: &Site) -> Option<Trust> {
        Some(Trust {
            service: "sns.amazonaws.com",
            because: "SNS documents no condition for the role of a subscription.",
            conditions: Vec::new(),
        })
    }

    fn writes(&self, _target: Target) -> &'static [&'static str] {
        &[
            "firehose:DescribeDeliveryStream",
            "firehose:ListTagsForDeliveryStream",
            "firehose:PutRecord",
            "firehose:PutRecordBatch",
        ]
    }

    fn queue_sender(&self, _site: &Site) -> Option<(&'static str, Value)> {
        Some(("sns.amazonaws.com", Value::text(&self.topic.value)))
    }

    fn alarms(&self, site: &Site, scope: &Scope) -> Vec<Rule> {
        let lost = Rule::any_of(
            AlarmKey::SourceFailures,
            &[NOT_TO_QUEUE],
            format!(
                "SNS has lost messages of the topic of source {}: it could write them neither to a subscriber nor to a \
                 queue. {} shows the source.",
                site.source.name,
                scope.status()
            ),
        );
        lost.into_iter().map(|rule| rule.of(Value::text(self.name_of_topic()))).collect()
    }

    fn graphs(&self, _site: &Site) -> Option<(String, [Graph; 3])> {
        let graphs = [
            graph(
                "messages of the topic",
                "per second",
                vec![rate(PUBLISHED, "published"), rate(DELIVERED, "delivered to all subscribers")],
            ),
            graph("size", "bytes", vec![series(SIZE, "Average", "of a message")]),
            graph(
                "failures of all subscribers",
                "count",
                vec![series(FAILED, "Sum", "failed permanently"), series(TO_QUEUE, "Sum", "sent to a queue")],
            ),
        ];
        Some((literal(self.name_of_topic()), graphs))
    }

    fn shown(&self, _site: &Site) -> SourceShown {
        let filter = match &self.filter {
            Some(filter) => {
                format!("messages that match {}", serde_json::Value::Object(filter.value.clone()))
            }
            None => "all messages".into(),
        };
        SourceShown {
            line: format!("SNS topic {}: {filter}", self.name_of_topic()),
            record: match self.raw.value {
                true => "the text of a message, without its attributes".into(),
                false => {
                    "a JSON object with a newline: Type, MessageId, TopicArn, Subject, Message (a string), Timestamp, \
                     UnsubscribeURL, MessageAttributes"
                        .into()
                }
            },
            failures: "retried for 23 days, then sent to the source's queue".into(),
            other_side: Vec::new(),
        }
    }
}
