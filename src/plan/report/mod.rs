//! What `pipec plan` prints: every decision with its arithmetic. The field names are a contract.

mod alarms;
mod deliveries;
mod streams;
mod text;

use serde::Serialize;

pub use alarms::{AlarmReport, AlarmsReport};
pub use deliveries::{DeliveryReport, NamedDeliveryReport, OwnTransformReport, TransformReport};
pub use streams::{OnDemandReport, StreamReport, TermReport};
pub use text::{Grants, text};

use self::deliveries::{delivery, transform};
use self::streams::stream;
use super::cost::Cost;
use super::diagram::{Diagram, Per, TreeLine, tree};
use super::grants::Grant;
use super::positions;
use super::state::StatePlan;
use super::throughput::ThroughputPlan;
use super::{ConsumerPlan, FaultPlan, ForestPlan, OutputPlan, Plan, Resource, SourcePlan, SourceShown};
use crate::aws::regions;
use crate::diagnostics::Diagnostic;

/// A plan as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct PlanReport {
    /// The pipeline's name.
    pub pipeline: String,
    /// The region whose quotas and prices count.
    pub region: String,
    /// The stream that takes the records in.
    pub shards: Option<StreamReport>,
    /// The stream of the query's rows that Firehose reads.
    pub output_shards: Option<StreamReport>,
    /// Outputs of the query that do not go to Firehose.
    pub outputs: Vec<OutputReport>,
    /// The instances that fill the stream.
    pub producer: Option<ProducerReport>,
    /// The services that write records.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceReport>,
    /// What reads the stream besides Firehose and Flink.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consumers: Vec<ConsumerReport>,
    /// The Flink application.
    pub analytics: Option<AnalyticsReport>,
    /// The Lambda transform of `delivery`.
    pub transform: Option<TransformReport>,
    /// Firehose.
    pub delivery: Option<DeliveryReport>,
    /// Firehose, if the spec names several, each with its transform.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deliveries: Vec<NamedDeliveryReport>,
    /// Whether Firehose writes the faults of the query as well.
    pub delivers_errors: bool,
    /// What becomes of records and rows that are not as they should be, and where they are counted.
    pub faults: Vec<FaultPlan>,
    /// What watches the pipeline.
    pub alarms: Option<AlarmsReport>,
    /// Every resource of the template.
    pub resources: Vec<Resource>,
    /// The pipeline as lines of a terminal.
    #[serde(skip)]
    pub picture: Vec<TreeLine>,
    /// Who may do what, and why.
    pub grants: Vec<GrantReport>,
    /// What the key policy of the log groups' key must allow.
    pub log_key: Option<LogKeyReport>,
    /// What it costs.
    pub cost: Cost,
    /// What would make it cheaper.
    pub advice: Vec<AdviceReport>,
}

/// A service that writes records.
#[derive(Clone, Debug, Serialize)]
pub struct SourceReport {
    /// Its name in the spec.
    pub name: String,
    /// Its kind, the key of the spec.
    pub kind: &'static str,
    /// What it is, in one line.
    #[serde(rename = "source")]
    pub line: String,
    /// What a record of it looks like, in one line.
    pub record: String,
    /// What happens to records that it cannot write, in one line.
    pub failures: String,
    /// What its owner has to do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_side: Vec<String>,
}

/// What reads the stream besides Firehose and Flink.
#[derive(Clone, Debug, Serialize)]
pub struct ConsumerReport {
    /// Its name in the spec.
    pub name: String,
    /// Its kind, the key of the spec.
    pub kind: &'static str,
    /// What it is, in one line.
    #[serde(rename = "reads")]
    pub line: String,
    /// What its owner has to do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_side: Vec<String>,
}

/// An output of the query with a stream of its own.
#[derive(Clone, Debug, Serialize)]
pub struct OutputReport {
    /// Its name in the SQL.
    pub name: String,
    /// The stream.
    pub shards: StreamReport,
    /// ARN of the function that is called with its rows.
    pub function: Option<String>,
}

/// The instances that fill the stream.
#[derive(Clone, Debug, Serialize)]
pub struct ProducerReport {
    /// EC2 instance type.
    pub instance_type: &'static str,
    /// Instances.
    pub count: u64,
    /// Instances that the rate needs.
    pub needed: u64,
    /// Where the records come from, in a few words.
    pub source: String,
    /// Records a second of all instances.
    pub records_per_second: f64,
    /// Bytes a second on the wire.
    pub wire_bytes_per_second: u64,
}

/// The Flink application.
#[derive(Clone, Debug, Serialize)]
pub struct AnalyticsReport {
    /// Managed Flink's runtime environment.
    pub runtime_environment: String,
    /// Parallel subtasks.
    pub parallelism: u64,
    /// What the load needs.
    pub throughput: ThroughputPlan,
    /// KPUs that are billed.
    pub billed_kpus: u64,
    /// Whether the query keeps no state between records.
    pub stateless: bool,
    /// What only a time-to-live ends of its state.
    pub endless_state: Option<StatePlan>,
    /// Its random cut forests.
    pub forests: Vec<ForestPlan>,
    /// What happens to its state when the query changes.
    pub restore: String,
    /// The connector.
    pub connector: String,
}

/// A permission.
#[derive(Clone, Debug, Serialize)]
pub struct GrantReport {
    /// Logical id of the role; of a function of the user's, the role's name.
    pub role: String,
    /// The service that takes the role on.
    pub principal: &'static str,
    /// The statement's id.
    pub sid: &'static str,
    /// Actions.
    pub actions: Vec<&'static str>,
    /// Resources, in the template's short form.
    pub resources: Vec<String>,
    /// Conditions, each in one line.
    pub conditions: Vec<String>,
    /// Why.
    pub because: &'static str,
}

/// The key of the log groups. CloudWatch Logs uses it in its own name, so only the key's own policy can allow that.
#[derive(Clone, Debug, Serialize)]
pub struct LogKeyReport {
    /// ARN of the key.
    pub key: String,
    /// The statement that its policy must contain.
    pub statement: serde_json::Value,
}

/// An advice; its place is what `check` shows.
#[derive(Clone, Debug, Serialize)]
pub struct AdviceReport {
    /// Code with an explain page.
    pub code: String,
    /// What.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// The report of a plan.
pub fn report(plan: &Plan, cost: &Cost, advice: &[Diagnostic]) -> PlanReport {
    let unnamed = plan.deliveries.iter().find(|delivery| delivery.name.is_none());
    PlanReport {
        pipeline: plan.name.clone(),
        region: plan.region.clone(),
        shards: plan.stream.as_ref().map(|input| stream(input, &plan.region)),
        output_shards: plan.output_stream.as_ref().map(|output| stream(output, &plan.region)),
        outputs: plan.outputs.iter().map(|output| of_output(output, &plan.region)).collect(),
        producer: plan.producer.as_ref().map(|producer| ProducerReport {
            instance_type: producer.instance_type,
            count: producer.count,
            needed: producer.needed,
            source: producer.source.clone(),
            records_per_second: producer.records_per_second,
            wire_bytes_per_second: producer.wire_bytes_per_second,
        }),
        sources: plan.sources.iter().map(source).collect(),
        consumers: plan.consumers.iter().map(consumer).collect(),
        analytics: plan.analytics.as_ref().map(|analytics| AnalyticsReport {
            runtime_environment: analytics.runtime_environment.clone(),
            parallelism: analytics.parallelism,
            throughput: analytics.throughput.clone(),
            billed_kpus: analytics.billed_kpus,
            stateless: analytics.stateless,
            endless_state: analytics.endless_state.clone(),
            forests: analytics.forests.clone(),
            restore: positions::rule(plan, analytics),
            connector: analytics.connector_coordinates.clone(),
        }),
        transform: unnamed.and_then(|delivery| delivery.transform.as_ref()).map(transform),
        delivery: unnamed.map(|of| delivery(plan, of)),
        deliveries: plan
            .deliveries
            .iter()
            .filter_map(|of| {
                let name = of.name.clone()?;
                let transform = of.transform.as_ref().map(transform);
                Some(NamedDeliveryReport { name, transform, delivery: delivery(plan, of) })
            })
            .collect(),
        delivers_errors: plan.error_delivery.is_some(),
        faults: plan.faults.clone(),
        alarms: plan.alarms.as_ref().map(alarms::report),
        resources: plan.resources.clone(),
        picture: tree(&Diagram::of(plan, cost, Per::Month)),
        grants: plan
            .roles
            .iter()
            .flat_map(|role| role.grants.iter().map(|of| grant(&role.logical_id, role.principal, of)))
            .chain(plan.functions().flat_map(|function| {
                function.grants.iter().map(|of| grant(&function.role, "lambda.amazonaws.com", of))
            }))
            .chain(plan.consumers.iter().flat_map(|consumer| {
                consumer.given().map(|(who, of)| grant(&who, "its programs", of)).collect::<Vec<_>>()
            }))
            .chain(
                plan.sources
                    .iter()
                    .flat_map(|source| source.given().map(|(who, of)| grant(who, "its programs", of))),
            )
            .collect(),
        log_key: log_key(plan),
        cost: cost.clone(),
        advice: advice
            .iter()
            .map(|advice| AdviceReport {
                code: advice.code.to_string(),
                message: advice.message.clone(),
                help: advice.help.clone(),
            })
            .collect(),
    }
}

fn source(source: &SourcePlan) -> SourceReport {
    let SourceShown { line, record, failures, other_side } = source.shown.clone();
    SourceReport { name: source.name.clone(), kind: source.kind, line, record, failures, other_side }
}

fn consumer(consumer: &ConsumerPlan) -> ConsumerReport {
    ConsumerReport {
        name: consumer.name.clone(),
        kind: consumer.kind,
        line: consumer.line.clone(),
        other_side: consumer.other_side.clone(),
    }
}

/// CloudWatch Logs guide, "Encrypt log data in CloudWatch Logs using AWS KMS", 2026-11.
fn log_key(plan: &Plan) -> Option<LogKeyReport> {
    let key = plan.log_key.as_ref()?;
    let mut parts = key.split(':').skip(1);
    let (partition, account) = (parts.next()?, parts.nth(2)?);
    let (region, name) = (&plan.region, &plan.name);
    let suffix = regions::region(region).map_or("amazonaws.com", |region| region.partition.url_suffix());
    let groups = format!("arn:{partition}:logs:{region}:{account}:log-group:{name}-*");
    let statement = serde_json::json!({
        "Sid": "LogGroups",
        "Effect": "Allow",
        "Principal": {"Service": format!("logs.{region}.{suffix}")},
        "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        "Resource": "*",
        "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}
    });
    Some(LogKeyReport { key: key.clone(), statement })
}

fn of_output(plan: &OutputPlan, region: &str) -> OutputReport {
    OutputReport {
        name: plan.name.clone(),
        shards: stream(&plan.stream, region),
        function: plan.function.as_ref().map(|function| function.arn.clone()),
    }
}

fn grant(role: &str, principal: &'static str, grant: &Grant) -> GrantReport {
    GrantReport {
        role: role.to_owned(),
        principal,
        sid: grant.sid,
        actions: grant.actions.clone(),
        resources: grant.resources.iter().map(super::value::Value::shown).collect(),
        conditions: grant
            .conditions
            .iter()
            .map(|of| {
                let values: Vec<String> = of.values.iter().map(super::value::Value::shown).collect();
                format!("{} {} = {}", of.operator, of.key, values.join(" or "))
            })
            .collect(),
        because: grant.because,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Plan;
    use crate::plan::advice::advise;
    use crate::plan::cost::estimate;
    use crate::plan::fixture::{planned, spec, with_flink};
    use crate::price_list::Prices;

    #[test]
    fn the_key_of_the_logs_needs_a_statement_in_its_own_policy() {
        let key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        let parts = format!("logs: {{ kms_key: '{key}' }}\n");
        let report = reported(&planned(&spec("record_size: 2 KiB, records_per_second: 10", &parts)));
        let log_key = report.log_key.as_ref().expect("a key");
        assert_eq!(log_key.statement["Principal"]["Service"], "logs.us-east-1.amazonaws.com");
        let groups = &log_key.statement["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"];
        assert_eq!(groups, &format!("arn:aws:logs:us-east-1:111122223333:log-group:{}-*", report.pipeline));
        let text = text(&report, Grants::Counted);
        assert!(text.contains(key) && text.contains("kms:ReEncrypt*"), "{text}");
    }

    fn reported((plan, checked): &(Plan, crate::check::Checked)) -> PlanReport {
        let cost = estimate(plan, Prices::BuiltIn);
        report(plan, &cost, &advise(plan, &cost, Prices::BuiltIn, checked))
    }

    #[test]
    fn a_small_pipeline() {
        let parts =
            "transform: {}\nproducer: { http: { url: 'https://example.com/' }, records_per_second: 2 }\n";
        let report = reported(&planned(&spec("record_size: 2 KiB, records_per_second: 1000", parts)));
        insta::assert_snapshot!(text(&report, Grants::Listed));
    }

    #[test]
    fn with_flink_and_a_fixed_number_of_shards() {
        let stream = "record_size: 2 KiB, records_per_second: 100, capacity: { shards: 4 }";
        insta::assert_snapshot!(text(&reported(&with_flink(stream, 100)), Grants::Counted));
    }

    #[test]
    fn on_demand_where_no_price_is_known() {
        let stream = "record_size: 2 KiB, records_per_second: 1000, capacity: on_demand, retention: 48 h";
        let report = reported(&planned(&format!("region: eu-central-1\n{}", spec(stream, ""))));
        assert_eq!(report.shards.as_ref().map(|shards| (shards.count, shards.binding)), Some((None, None)));
        insta::assert_snapshot!(text(&report, Grants::Counted));
    }

    #[test]
    fn the_contract_of_the_json() {
        let report = reported(&planned(&spec("record_size: 2 KiB, records_per_second: 1000", "")));
        let json = serde_json::to_value(&report).expect("JSON");
        assert_eq!(json["shards"]["count"], 3);
        assert_eq!(json["shards"]["binding"], "write_bytes");
        assert_eq!(json["shards"]["arithmetic"][0]["text"], "(2,084,000 B/s + 25 %) / 1,048,576 = 3");
        assert_eq!(json["output_shards"], serde_json::Value::Null);
        assert_eq!(json["resources"][0]["type"], "AWS::Kinesis::Stream");
        assert_eq!(json["grants"][0]["role"], "DeliveryRole");
        assert_eq!(json["grants"][0]["resources"][0], "${Stream.Arn}");
        assert!(json["grants"][0]["because"].is_string() && json["grants"][0]["actions"].is_array());
        assert!(json["cost"]["monthly_usd"].is_number() && json["cost"]["prices_as_of"].is_string());
        assert_eq!(json["advice"][0]["code"], "PIPE1001");
    }
}
