//! Names and ARNs of the stack's resources as a policy has them: those that CloudFormation makes are patterns.

use super::Deployer;
use crate::aws::handler_permissions;
use crate::aws::regions;
use crate::graph::{INPUT_STREAM, SOURCE};
use crate::plan::alarms::TOPIC;
use crate::plan::consumers::STREAM_POLICY;
use crate::plan::value::Value;
use crate::plan::{DeliveryPlan, DestinationPlan, Plan, Resource, S3LocationPlan, SourcePlan};
use crate::spec::ARTIFACT_STACK;

/// Where the ARNs lie.
pub(super) struct Scope<'a> {
    pub(super) deployer: &'a Deployer<'a>,
}

impl Scope<'_> {
    /// An ARN from what follows the partition, with `{region}` and `{account}`.
    pub(super) fn arn(&self, rest: &str) -> String {
        let partition = regions::region(self.deployer.region).map_or("aws", |region| region.partition.id());
        let rest = rest.replace("{region}", self.deployer.region);
        format!("arn:{partition}:{}", rest.replace("{account}", self.deployer.account.unwrap_or("*")))
    }

    /// ARNs of a type's resource with that name.
    pub(super) fn arns(&self, patterns: &[&str], name: &str) -> Vec<String> {
        patterns.iter().map(|pattern| self.arn(&pattern.replace("{name}", name))).collect()
    }

    /// The name of a bucket that Firehose writes to.
    pub(super) fn bucket(&self, location: &S3LocationPlan) -> String {
        match (&location.bucket_name, &location.logical_id) {
            (_, Some(logical_id)) => self.generated(logical_id, "AWS::S3::Bucket"),
            (name, None) => name.shown(),
        }
    }

    /// The artifact bucket's name.
    pub(super) fn artifact_bucket(&self) -> String {
        self.deployer
            .artifact_bucket
            .map_or_else(|| generated(ARTIFACT_STACK, "Bucket", "AWS::S3::Bucket"), str::to_owned)
    }

    pub(super) fn generated(&self, logical_id: &str, resource_type: &str) -> String {
        generated(self.deployer.stack, logical_id, resource_type)
    }
}

/// The pattern of a name that CloudFormation makes: the stack's name, the logical id and a random end, in small letters
/// for a bucket. Where a service takes less, CloudFormation shortens both.
pub(super) fn generated(stack: &str, logical_id: &str, resource_type: &str) -> String {
    /// The random end has 12 or 13 characters. Seen in names, 2026-11.
    const END_CHARS: usize = 13;
    /// What is left of the stack's name and of the logical id at least: half of the shortest limit, 63, less the end.
    const KEPT_CHARS: usize = 24;
    let max = handler_permissions::of(resource_type).map_or(0, |handler| handler.name_max as usize);
    let head = |text: &str| text.chars().take(KEPT_CHARS).collect::<String>();
    let pattern = match OUTPUTS.iter().find(|prefix| logical_id.starts_with(**prefix)) {
        // One pattern for the outputs of a query, however many.
        Some(prefix) if stack.len() + prefix.len() + 2 + END_CHARS <= max => format!("{stack}-{prefix}*"),
        None if stack.len() + logical_id.len() + 2 + END_CHARS <= max => format!("{stack}-{logical_id}-*"),
        _ => format!("{}*{}*", head(stack), head(logical_id)),
    };
    if resource_type == "AWS::S3::Bucket" { pattern.to_lowercase() } else { pattern }
}

/// What the logical ids of an output's resources begin with.
const OUTPUTS: [&str; 4] = ["OutputStream", "OutputFailures", "SourceFailures", "ConsumerFailures"];

/// The names that a resource may have, or the one that its ARNs are made of.
pub(super) fn names(plan: &Plan, resource: &Resource, scope: &Scope) -> Vec<String> {
    let id = resource.logical_id.as_ref();
    let generated = |logical_id: &str, resource_type: &str| vec![scope.generated(logical_id, resource_type)];
    match resource.resource_type {
        "AWS::S3::BucketPolicy" => generated(id.strip_suffix("Policy").unwrap_or(id), "AWS::S3::Bucket"),
        "AWS::Logs::LogStream" => {
            // Error records are logged in the group of the delivery whose bucket takes them.
            let group = match &plan.error_delivery {
                Some(errors) if id == "ErrorDeliveryLogStream" => format!("DeliveryLogs{}", errors.suffix),
                _ => id.replacen("LogStream", "Logs", 1),
            };
            generated(&group, "AWS::Logs::LogGroup")
        }
        "AWS::KinesisAnalyticsV2::Application"
        | "AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption" => {
            vec![format!("{}-analytics", scope.deployer.stack)]
        }
        // Firehose streams that records are put into have fixed names.
        "AWS::KinesisFirehose::DeliveryStream" => {
            match plan.delivery_of(id).and_then(|of| of.direct.as_ref()) {
                Some(direct) => vec![direct.name.in_sub().replace("${AWS::StackName}", scope.deployer.stack)],
                None => generated(id, resource.resource_type),
            }
        }
        // A fixed name: of the stack and of the source.
        "AWS::CloudFront::RealtimeLogConfig"
        | "AWS::Events::Rule"
        | "AWS::Logs::Destination"
        | "AWS::Pipes::Pipe" => {
            vec![format!("{}-*", scope.deployer.stack)]
        }
        // One pattern for all alarms; they are many, and a policy is short.
        "AWS::CloudWatch::Alarm" => vec![format!("{}-*", scope.deployer.stack)],
        "AWS::CloudWatch::Dashboard" => vec![format!("{}-{}", scope.deployer.stack, scope.deployer.region)],
        "AWS::SNS::Subscription" | "AWS::WAFv2::LoggingConfiguration" if source(plan, resource).is_some() => {
            let upstream = source(plan, resource).and_then(SourcePlan::upstream);
            upstream.and_then(|arn| arn.splitn(6, ':').nth(5)).map(str::to_owned).into_iter().collect()
        }
        // Glue checks the catalog, the database and the table; of a deleted database, all that is in it.
        "AWS::Glue::Database" | "AWS::Glue::Table" | "AWS::LakeFormation::PrincipalPermissions" => {
            tables(plan, resource)
        }
        "AWS::S3Tables::TableBucket" | "AWS::S3Tables::Namespace" | "AWS::S3Tables::Table" => {
            table_buckets(plan, resource)
        }
        "AWS::SNS::TopicPolicy" | "AWS::SNS::Subscription" => generated(TOPIC, "AWS::SNS::Topic"),
        "Custom::FlinkStart" => generated("Starter", "AWS::Lambda::Function"),
        "AWS::Logs::SubscriptionFilter" => {
            let groups = plan.sources.iter().flat_map(SourcePlan::log_groups);
            groups.filter(|(filter, _)| *filter == id).map(|(_, group)| group.to_owned()).collect()
        }
        "AWS::Kinesis::StreamConsumer" => vec![input_stream(plan, scope)],
        "AWS::Kinesis::ResourcePolicy" if id == STREAM_POLICY => vec![input_stream(plan, scope)],
        // Of a registered consumer.
        "AWS::Kinesis::ResourcePolicy" => vec![format!("{}/consumer/*", input_stream(plan, scope))],
        "AWS::IoT::TopicRule" => {
            let own = plan.sources.iter().filter(|source| id == format!("{SOURCE}{}", source.id));
            own.filter_map(SourcePlan::topic_rule).map(Value::shown).collect()
        }
        "AWS::SQS::QueuePolicy" => generated(&id.replace("QueuePolicy", "Failures"), "AWS::SQS::Queue"),
        "AWS::IAM::Policy" => {
            let functions = plan.functions().map(|function| function.role.clone());
            let writers = plan.sources.iter().flat_map(SourcePlan::writers).map(str::to_owned);
            functions.chain(writers).chain(plan.consumers.iter().filter_map(|one| one.role.clone())).collect()
        }
        resource_type => generated(id, resource_type),
    }
}

/// The parts of the Data Catalog that a table or a database of the stack is in.
fn tables(plan: &Plan, resource: &Resource) -> Vec<String> {
    let tables = plan.deliveries.iter().filter_map(DeliveryPlan::table_name);
    let Some((_, database, table)) = tables.into_iter().find(|(spec, ..)| *spec == resource.spec) else {
        return Vec::new();
    };
    let of_kind = match resource.resource_type {
        "AWS::Glue::Database" => {
            vec![format!("table/{database}/*"), format!("userDefinedFunction/{database}/*")]
        }
        _ => vec![format!("table/{database}/{table}")],
    };
    ["catalog".to_owned(), format!("database/{database}")].into_iter().chain(of_kind).collect()
}

/// The table bucket that a resource of S3 Tables is, or is in.
fn table_buckets(plan: &Plan, resource: &Resource) -> Vec<String> {
    let own = plan.deliveries.iter().filter_map(|delivery| match &delivery.destination {
        DestinationPlan::Iceberg(iceberg) => iceberg.own.as_ref(),
        _ => None,
    });
    own.filter(|own| own.spec == resource.spec).map(|own| own.bucket.clone()).collect()
}

/// The name of the stream that takes the records in, or its pattern.
pub(super) fn input_stream(plan: &Plan, scope: &Scope) -> String {
    match plan.stream.as_ref().filter(|stream| stream.existing) {
        Some(existing) => existing.name.shown(),
        None => scope.generated(INPUT_STREAM, "AWS::Kinesis::Stream"),
    }
}

/// The source that a resource belongs to.
fn source<'p>(plan: &'p Plan, resource: &Resource) -> Option<&'p SourcePlan> {
    plan.sources.iter().find(|source| source.spec == resource.spec)
}
