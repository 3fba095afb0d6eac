//! Rules of CloudWatch Logs.

use super::{Context, Rules, Site, account, filter_pattern};
use crate::aws::limits::names;
use crate::diagnostics::{Code, Diagnostic};
use crate::graph::NodeKind;
use crate::pipeline::{
    CloudWatchLogs, ConsumerKind, LogSource, OutputTarget, Pipeline, Setting, Source, SourceKind,
};
use crate::source::Span;

/// Subscription filters of a log group. CloudWatch Logs quotas, 2026-11.
const FILTERS_OF_GROUP_MAX: usize = 2;

impl Rules for CloudWatchLogs {
    fn check(&self, site: &Site, found: &mut Vec<Diagnostic>) {
        match &self.from {
            LogSource::Groups(groups) => {
                for (at, group) in groups.iter().enumerate() {
                    let twice = groups[..at].iter().find(|other| other.value == group.value);
                    found.extend(
                        group_name(group)
                            .or_else(|| twice.map(|other| named_twice(group, other)))
                            .or_else(|| own_group(group, site.context)),
                    );
                }
                if let Some(filter) = &self.filter
                    && let Some((message, help)) = filter_pattern::fault(&filter.value)
                {
                    found.push(Diagnostic::error(Code::FilterPattern, filter.span, message, help));
                }
            }
            LogSource::Accounts(accounts) => {
                found.extend(account::check(accounts));
                let keys = [
                    ("filter", self.filter.as_ref().map(|filter| filter.span)),
                    ("distribution", self.distribution.as_ref().map(|distribution| distribution.span)),
                ];
                found.extend(keys.into_iter().filter_map(|(key, span)| Some(senders_own(key, span?, site))));
                return;
            }
        }
        let distribution = self.distribution.as_ref().map(|distribution| distribution.span);
        found.extend(site.stream_only("distribution", distribution));
    }
}

/// What the other account decides with its own subscription filter.
fn senders_own(key: &str, span: Span, site: &Site) -> Diagnostic {
    Diagnostic::error(
        Code::ConflictingKeys,
        span,
        format!("with `accounts`, the subscription filter of the other account determines `{key}`"),
        format!("remove `{key}`; `pipec plan` prints the command for the other account"),
    )
    .related(site.span(), "the source")
}

fn group_name(group: &Setting<String>) -> Option<Diagnostic> {
    let name = &group.value;
    let error = |message: String, help: String| {
        Some(Diagnostic::error(Code::LogGroupName, group.span, message, help))
    };
    if let Some(of_arn) = name.strip_prefix("arn:").and_then(|arn| arn.split(":log-group:").nth(1)) {
        let of_arn = of_arn.split(':').next().unwrap_or_default();
        return error(
            "a log group is given by its name, not by its ARN".into(),
            format!(
                "write `{of_arn}`; for log groups of another account, write `accounts` instead of `groups`"
            ),
        );
    }
    if name.contains('*') {
        return error(
            format!("`{name}` is a pattern, but a subscription filter is for one log group"),
            "write the name of each log group".into(),
        );
    }
    let fault = names::LOG_GROUP.check(name).err()?;
    let shown = if name.is_empty() { "an empty string".into() } else { format!("`{name}`") };
    error(
        format!("{shown} is not the name of a log group: {fault}"),
        "write its name, as in `groups: [/aws/lambda/orders]`".into(),
    )
}

fn named_twice(group: &Setting<String>, other: &Setting<String>) -> Diagnostic {
    Diagnostic::error(
        Code::LogGroupName,
        group.span,
        format!("the log group `{}` is listed twice, so each event would arrive twice", group.value),
        "remove one of them",
    )
    .related(other.span, "the other one")
}

/// A log group that the pipeline itself writes to: each record would cause another one.
fn own_group(group: &Setting<String>, context: &Context) -> Option<Diagnostic> {
    let pipeline = context.pipeline;
    let of_stack = group.value.strip_prefix(&*pipeline.name.value).and_then(|rest| rest.strip_prefix('-'));
    // CloudFormation names a group after the stack and its logical id.
    let mut ids = context.graph.nodes(NodeKind::Logs).filter_map(|node| node.logical_id.as_deref());
    let is_of_stack = of_stack.is_some_and(|name| ids.any(|id| name.starts_with(id)));
    let function = group.value.strip_prefix("/aws/lambda/");
    let is_of_function = function.is_some_and(|name| functions(pipeline).any(|own| own == name));
    let whose = match (is_of_stack, is_of_function) {
        (true, _) => "the stack writes to it",
        (_, true) => "a function of the pipeline writes to it",
        _ => return None,
    };
    Some(Diagnostic::error(
        Code::LogLoop,
        group.span,
        format!("`{}` would feed itself: {whose}, so each record causes another one", group.value),
        "remove it; `pipec logs` prints what the stack logs",
    ))
}

/// Names of the functions that are called with records of the pipeline.
fn functions(pipeline: &Pipeline) -> impl Iterator<Item = &str> {
    let outputs = pipeline.analytics.iter().flat_map(|analytics| &analytics.outputs);
    let arns = outputs.filter_map(|output| match &output.target {
        OutputTarget::Lambda(_, function) => Some(function.arn.as_str()),
        OutputTarget::Nowhere | OutputTarget::Delivery | OutputTarget::Stream(_) => None,
    });
    let consumers = pipeline.consumers.iter().filter_map(|consumer| match &consumer.kind {
        ConsumerKind::Lambda(lambda) => Some(lambda.function.arn.as_str()),
        ConsumerKind::FanOut(_) | ConsumerKind::Poll(_) => None,
    });
    let transforms =
        pipeline.deliveries.iter().filter_map(|delivery| delivery.transform.as_ref()?.own.as_ref());
    let transforms = transforms.map(|own| own.function.value.as_str());
    arns.chain(consumers).chain(transforms).filter_map(|arn| arn.split(':').nth(6))
}

/// Log groups with more filters than CloudWatch Logs accepts.
pub(super) fn filters(sources: &[Source]) -> Vec<Diagnostic> {
    let mut seen: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for source in sources {
        let SourceKind::CloudWatchLogs(CloudWatchLogs { from: LogSource::Groups(groups), .. }) = &source.kind
        else {
            continue;
        };
        for group in groups {
            seen.push(&group.value);
            let count = seen.iter().filter(|name| **name == group.value).count();
            if count == FILTERS_OF_GROUP_MAX + 1 {
                found.push(Diagnostic::error(
                    Code::LogGroupName,
                    group.span,
                    format!("a log group supports at most {FILTERS_OF_GROUP_MAX} subscription filters"),
                    "remove it here, and extend the filter of another source",
                ));
            }
        }
    }
    found
}
