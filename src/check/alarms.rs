//! What watches the pipeline. Which alarms a pipeline has is known once it is planned, so settings without an effect are
//! found there.

use super::Context;
use crate::aws::limits::{Bounds, flink, kinesis, monitoring};
use crate::aws::regions;
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Alarms, Notify, OutputTarget, Pipeline, Setting};
use crate::resolve::age_max;
use crate::spec::{AlarmKey, Duration, Percent, SECONDS_PER_DAY, SECONDS_PER_HOUR};

pub(super) fn check(context: &mut Context) {
    let Some(alarms) = &context.pipeline.alarms else { return };
    let mut found = Vec::new();
    match &alarms.notify {
        Some(Notify::Topic(arn)) => found.extend(topic(arn, context.pipeline)),
        Some(Notify::Email(addresses)) => emails(addresses, &mut found),
        None => {}
    }
    thresholds(alarms, context.pipeline, &mut found);
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

/// A topic by its ARN, in the region of the alarms.
fn topic(arn: &Setting<String>, pipeline: &Pipeline) -> Option<Diagnostic> {
    let region = &pipeline.region;
    let Some((partition, of_topic)) = topic_region(&arn.value) else {
        let help = if arn.value.contains('@') {
            format!("write `notify: {{email: [{}]}}`", arn.value)
        } else {
            format!(
                "write the topic's ARN, as in `notify: arn:aws:sns:{}:111122223333:on-call`; `aws sns list-topics` \
                 prints the ARNs",
                region.value
            )
        };
        let message = if arn.value.ends_with(".fifo") {
            format!("`{}` is a FIFO topic; CloudWatch sends alarms to standard topics", arn.value)
        } else {
            format!("`{}` is not the ARN of an SNS topic", arn.value)
        };
        return Some(Diagnostic::error(Code::TopicArn, arn.span, message, help));
    };
    let own = regions::region(&region.value).map(|known| known.partition.id());
    if of_topic == region.value && own.is_none_or(|own| own == partition) {
        return None;
    }
    let help = if regions::region(of_topic).is_some() && of_topic != region.value {
        format!("name a topic in {}, or write `region: {of_topic}`", region.value)
    } else {
        format!("name a topic in {}", region.value)
    };
    let message = if of_topic == region.value {
        format!("the topic is in the partition `{partition}`, and {} is not", region.value)
    } else {
        format!(
            "the topic is in {of_topic} and the pipeline in {}; CloudWatch sends alarms within a region",
            region.value
        )
    };
    let other = Diagnostic::error(Code::TopicRegion, arn.span, message, help);
    Some(if region.written { other.related(region.span, "the pipeline's region") } else { other })
}

/// The partition and the region of a topic's ARN, if it is one of a standard topic.
fn topic_region(text: &str) -> Option<(&str, &str)> {
    let parts: Vec<&str> = text.split(':').collect();
    let ["arn", partition, "sns", region, account, name] = parts.as_slice() else { return None };
    let known = ["aws", "aws-cn", "aws-us-gov", "aws-eusc"].contains(partition)
        && !region.is_empty()
        && account.len() == 12
        && account.bytes().all(|b| b.is_ascii_digit())
        && (1..=monitoring::TOPIC_NAME_CHARS_MAX).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    known.then_some((*partition, *region))
}

fn emails(addresses: &[Setting<String>], found: &mut Vec<Diagnostic>) {
    for (at, address) in addresses.iter().enumerate() {
        let fault = if !is_address(&address.value) {
            Some(format!("`{}` is not an e-mail address", address.value))
        } else if addresses[..at].iter().any(|other| other.value == address.value) {
            Some(format!("`{}` is listed twice", address.value))
        } else {
            None
        };
        let Some(message) = fault else { continue };
        let help = if message.ends_with("twice") {
            "remove one of them".to_owned()
        } else {
            "write an address such as `on-call@example.com`".to_owned()
        };
        found.push(Diagnostic::error(Code::EmailAddress, address.span, message, help));
    }
}

/// Whether a text is an address as SNS takes it: one `@`, a name, and a domain with a dot.
fn is_address(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() && !"()<>[]\\,;:\"".contains(c);
    let Some((name, domain)) = text.split_once('@') else { return false };
    let labels = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    !name.is_empty()
        && !name.starts_with('.')
        && !name.ends_with('.')
        && text.len() <= monitoring::EMAIL_CHARS_MAX
        && name.chars().all(plain)
        && !domain.contains('@')
        && domain.contains('.')
        && domain.split('.').all(labels)
}

/// Shortest age that an alarm watches, seconds: CloudWatch has a value a minute.
const AGE_S_MIN: u64 = 60;

/// What a threshold may be, with the reason.
enum Range {
    /// Seconds, why not less, and why not more.
    Time(Bounds<u64>, &'static str, &'static str),
    /// Percent.
    Share(Bounds<u64>),
}

/// What the threshold of a kind may be; `None` for a kind without one.
fn range(key: AlarmKey, pipeline: &Pipeline) -> Option<Range> {
    Some(match key {
        AlarmKey::IteratorAge => Range::Time(
            Bounds::new(AGE_S_MIN, age_max(pipeline.retention())),
            "Kinesis reports the age once a minute",
            "records that are older expire before the alarm rings",
        ),
        AlarmKey::NoData => Range::Time(
            Bounds::new(monitoring::NO_DATA_S_MIN, 7 * SECONDS_PER_DAY),
            "Kinesis reports each minute, up to two minutes late",
            "CloudWatch looks back 7 days at most",
        ),
        AlarmKey::Freshness => {
            // One threshold for all deliveries: the slowest one decides.
            let held = pipeline.deliveries.iter().map(|delivery| {
                let transform = delivery.transform.as_ref();
                let transform = transform.map_or(0, |transform| transform.buffer_interval.value);
                delivery.buffer_interval.value.saturating_add(transform)
            });
            let held = held.max().unwrap_or(0);
            // The values that are refused elsewhere have no effect here.
            let least = held.saturating_add(60).min(monitoring::FIREHOSE_RETRY_S_MAX);
            Range::Time(
                Bounds::new(least, monitoring::FIREHOSE_RETRY_S_MAX),
                "Firehose buffers every record for its buffer interval",
                "Firehose discards a record after 24 h",
            )
        }
        AlarmKey::FunctionBehind => {
            let outputs = pipeline.analytics.iter().flat_map(|analytics| &analytics.outputs);
            let kept = outputs.filter_map(|output| match &output.target {
                OutputTarget::Lambda(own, _) => Some(own.retention.value),
                OutputTarget::Delivery | OutputTarget::Nowhere | OutputTarget::Stream(_) => None,
            });
            let consumed = pipeline.consumers.iter().map(|_| pipeline.retention());
            let longest =
                kept.chain(consumed).max().unwrap_or(kinesis::RETENTION_HOURS_DEFAULT * SECONDS_PER_HOUR);
            Range::Time(
                Bounds::new(AGE_S_MIN, age_max(longest)),
                "Lambda reports the age once a minute",
                "rows that are older expire before the alarm rings",
            )
        }
        AlarmKey::CheckpointDuration => Range::Time(
            Bounds::new(1, flink::CHECKPOINT_TIMEOUT_S),
            "no checkpoint is that fast",
            "Flink aborts a checkpoint after 10 min",
        ),
        AlarmKey::DeclaredRate => Range::Share(Bounds::new(1, 1_000)),
        AlarmKey::ExpiringRecords
        | AlarmKey::FunctionDuration
        | AlarmKey::Cpu
        | AlarmKey::Heap
        | AlarmKey::Memory
        | AlarmKey::Backpressure => Range::Share(Bounds::new(1, 99)),
        AlarmKey::WriteThrottled
        | AlarmKey::ReadThrottled
        | AlarmKey::ErrorRecords
        | AlarmKey::WriteFailures
        | AlarmKey::AccessDenied
        | AlarmKey::DeliveryRejected
        | AlarmKey::ConversionFailures
        | AlarmKey::PartitionsExceeded
        | AlarmKey::BackupFreshness
        | AlarmKey::ProcessingFailures
        | AlarmKey::KeyUnavailable
        | AlarmKey::FunctionErrors
        | AlarmKey::FunctionThrottled
        | AlarmKey::RecordsFailed
        | AlarmKey::JobDown
        | AlarmKey::JobRestarts
        | AlarmKey::CheckpointsFailed
        | AlarmKey::FailedBatches
        | AlarmKey::SourceFailures
        | AlarmKey::Instances
        | AlarmKey::StatusCheck => return None,
    })
}

fn thresholds(alarms: &Alarms, pipeline: &Pipeline, found: &mut Vec<Diagnostic>) {
    for (key, setting) in alarms.thresholds.iter() {
        let Some(range) = range(*key, pipeline) else { continue };
        let name = key.name();
        let value = setting.value;
        let (message, nearest) = match range {
            Range::Time(bounds, low, high) if !bounds.contains(value) => (
                format!(
                    "`{name}` is {} to {}, not {}: {}",
                    Duration(bounds.min),
                    Duration(bounds.max),
                    Duration(value),
                    if value < bounds.min { low } else { high }
                ),
                Duration(value.clamp(bounds.min, bounds.max)).to_string(),
            ),
            Range::Share(bounds) if !bounds.contains(value) => (
                format!(
                    "`{name}` is {} to {}, not {}: outside that range, the alarm would always or never be in ALARM state",
                    Percent(bounds.min),
                    Percent(bounds.max),
                    Percent(value)
                ),
                Percent(value.clamp(bounds.min, bounds.max)).to_string(),
            ),
            Range::Time(..) | Range::Share(_) => continue,
        };
        found.push(Diagnostic::error(
            Code::AlarmThreshold,
            setting.span,
            message,
            format!("write `{name}: {nearest}`"),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_what_is_none() {
        for good in ["on-call@example.com", "a.b+c@mail.example.co.uk", "x@1.example"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "on-call",
            "@example.com",
            "a@",
            "a@b",
            "a@b..c",
            "a b@example.com",
            "a@b@example.com",
            "a@-b.com",
            "<a@example.com>",
            "a@example.com,b@example.com",
            ".a@example.com",
            "\u{e9}@example.com",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn topics_are_told_from_what_is_none() {
        assert_eq!(topic_region("arn:aws:sns:eu-west-1:111122223333:on-call"), Some(("aws", "eu-west-1")));
        for bad in [
            "on-call",
            "arn:aws:sqs:eu-west-1:111122223333:on-call",
            "arn:aws:sns:eu-west-1:1111:on-call",
            "arn:aws:sns:eu-west-1:111122223333:on-call.fifo",
            "arn:aws:sns:eu-west-1:111122223333:on-call:0f3c1b9a-subscription",
            "arn:aws:sns::111122223333:on-call",
        ] {
            assert_eq!(topic_region(bad), None, "{bad}");
        }
    }
}
