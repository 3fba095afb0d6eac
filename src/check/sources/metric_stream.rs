//! Rules of metric streams.

use super::{Rules, Site};
use crate::diagnostics::{Code, Diagnostic};
use crate::pipeline::{Delivery, MetricFormat, MetricStream, Setting};

/// Characters of a namespace. CloudWatch API reference, `MetricStreamFilter`, 2026-11.
const NAMESPACE_CHARS_MAX: usize = 255;
/// Names of services that people write without `AWS/`.
const SERVICES: [&str; 16] = [
    "ApiGateway",
    "ApplicationELB",
    "Billing",
    "CloudFront",
    "DynamoDB",
    "EBS",
    "EC2",
    "ECS",
    "ELB",
    "Firehose",
    "Kinesis",
    "Lambda",
    "RDS",
    "S3",
    "SNS",
    "SQS",
];

impl Rules for MetricStream {
    fn check(&self, site: &Site, found: &mut Vec<Diagnostic>) {
        found.extend(site.delivery_only("a metric stream", ""));
        if let (Some(namespace), Some(excluded)) = (self.namespaces.first(), self.exclude.first()) {
            found.push(
                Diagnostic::error(
                    Code::ConflictingKeys,
                    excluded.span,
                    "a metric stream has either `namespaces` or `exclude`",
                    "keep one of them",
                )
                .related(namespace.span, "the other one"),
            );
        }
        for list in [&self.namespaces, &self.exclude] {
            for (at, namespace) in list.iter().enumerate() {
                let twice = list[..at].iter().find(|other| other.value == namespace.value);
                found.extend(fault(namespace).or_else(|| {
                    let other = twice?;
                    let message = format!("the namespace `{}` is listed twice", namespace.value);
                    Some(
                        Diagnostic::error(
                            Code::MetricNamespace,
                            namespace.span,
                            message,
                            "remove one of them",
                        )
                        .related(other.span, "the other one"),
                    )
                }));
            }
        }
        self.format(site, found);
    }
}

impl MetricStream {
    /// What the destination, the transform and the SQL make of the records.
    fn format(&self, site: &Site, found: &mut Vec<Diagnostic>) {
        let pipeline = site.context.pipeline;
        let queried = site.deliveries().any(|delivery| pipeline.runs_query(delivery));
        if let Some(analytics) = pipeline.analytics.as_ref().filter(|_| queried) {
            found.push(
                Diagnostic::error(
                    Code::SeveralObjects,
                    site.span(),
                    "a record of a metric stream contains several objects, and SQL reads one per record",
                    "remove the SQL, and query the objects in S3; or send the metrics to a pipeline without SQL",
                )
                .related(analytics.runtime.span, "the SQL"),
            );
            return;
        }
        if self.format.value == MetricFormat::Json {
            found.extend(site.blank_lines("each metric"));
            return;
        }
        let appends = |delivery: &Delivery| match &delivery.transform {
            Some(transform) => !transform.append.value.is_empty(),
            None => delivery.appends_newline(),
        };
        if site.deliveries().any(appends) {
            found.push(Diagnostic::error(
                Code::BinaryRecords,
                self.format.span,
                "OpenTelemetry records are binary, and a newline after each one would corrupt them",
                format!(
                    "write `newline: none` in `{}`, without a transform; or `format: json`",
                    site.place()
                ),
            ));
        }
    }
}

fn fault(namespace: &Setting<String>) -> Option<Diagnostic> {
    let text = &namespace.value;
    let error = |message: String, help: String| {
        Some(Diagnostic::error(Code::MetricNamespace, namespace.span, message, help))
    };
    if text.is_empty() || text.starts_with(':') || text.chars().count() > NAMESPACE_CHARS_MAX {
        return error(
            format!("a namespace has 1 to {NAMESPACE_CHARS_MAX} characters and does not start with a colon"),
            "write its name, as in `AWS/EC2`".into(),
        );
    }
    if text.contains('*') {
        return error(
            format!("`{text}` is a pattern, but a metric stream accepts only full names"),
            "write the name of each namespace; without `namespaces`, all are sent".into(),
        );
    }
    let service = SERVICES.iter().find(|service| service.eq_ignore_ascii_case(text))?;
    error(format!("AWS has no namespace `{text}`"), format!("write `AWS/{service}`"))
}
