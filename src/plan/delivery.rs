//! Firehose, with its transform.

use std::collections::BTreeMap;

use pipec_core::{RecordProgram, Unpack};
use serde::Serialize;

use super::buckets::{self, S3LocationPlan};
use super::destination::{self, DestinationPlan, IcebergPlan, S3Plan, ServicePlan};
use super::streams::stream_arn;
use super::table::TablePlan;
use super::value::Value;
use super::{Artifact, Content, s3_key};
use crate::aws::destinations::Capabilities;
use crate::aws::limits::MIB;
use crate::capacity::ROW_KEY_BYTES;
use crate::check::Checked;
use crate::pipeline::{Delivery, Direct, Encryption, Input, Pipeline, Purpose, Transform};
use crate::programs::{Program, Programs};
use crate::spec::{self, Newline};
use crate::sql;

/// The Lambda transform.
#[derive(Clone, Debug, Serialize)]
pub struct TransformPlan {
    /// Logical id.
    pub logical_id: String,
    /// Its place in the spec, a JSON pointer: that of the SQL or the destination, if it is there only for that.
    pub spec: String,
    /// The place of its settings, a JSON pointer, also if the spec has none.
    #[serde(skip)]
    pub settings: String,
    /// Whether the query runs in it.
    pub runs_query: bool,
    /// Processor.
    pub architecture: &'static str,
    /// Seconds.
    pub timeout: u64,
    /// MiB.
    pub memory: u64,
    /// MiB that Firehose collects for one call, as text.
    pub buffer_size: String,
    /// Seconds that Firehose collects for one call.
    pub buffer_interval: u64,
    /// Repetitions of a failed call.
    pub retries: u64,
    /// The function's zip.
    pub artifact: Artifact,
}

/// A function of the user's that transforms records.
#[derive(Clone, Debug, Serialize)]
pub struct OwnTransformPlan {
    /// ARN.
    pub arn: String,
    /// Name of its role.
    #[serde(skip)]
    pub role: Option<String>,
    /// Its place in the spec, a JSON pointer.
    #[serde(skip)]
    pub spec: String,
    /// MiB that Firehose collects for one call, as text.
    pub buffer_size: String,
    /// Seconds that Firehose collects for one call.
    pub buffer_interval: u64,
    /// Repetitions of a failed call.
    pub retries: u64,
}

/// Name of the log stream that Firehose writes to, as its console names it.
pub const LOG_STREAM: &str = "DestinationDelivery";

/// Firehose.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryPlan {
    /// Its name in the spec, if there are several.
    pub name: Option<String>,
    /// Logical id.
    pub logical_id: String,
    /// What its logical ids end in.
    pub suffix: String,
    /// Its place in the spec, a JSON pointer.
    pub spec: String,
    /// What it does, for the stack's outputs.
    pub description: &'static str,
    /// ARN of the stream that it reads; `None` for Direct PUT.
    pub source: Option<Value>,
    /// Direct PUT.
    pub direct: Option<DirectPlan>,
    /// What it reads.
    #[serde(skip)]
    pub reads: Reads,
    /// Bytes of what it reads, partition key left out: an average record, or the longest row.
    #[serde(skip)]
    pub record_bytes: u64,
    /// Records per second that are put into it at peak.
    #[serde(skip)]
    pub peak: f64,
    /// MiB.
    pub buffer_size: u64,
    /// Seconds.
    pub buffer_interval: u64,
    /// The Lambda transform.
    pub transform: Option<TransformPlan>,
    /// A function of the user's in its place.
    pub own_transform: Option<OwnTransformPlan>,
    /// Whether Firehose itself decompresses records of CloudWatch Logs, and extracts the messages of their log events.
    pub extracts_messages: bool,
    /// Whether Firehose itself puts a newline after each record.
    pub appends_newline: bool,
    /// Name of the log stream that Firehose writes to.
    pub log_stream: &'static str,
    /// Where the records go.
    pub destination: DestinationPlan,
    /// What all destinations but S3 have.
    pub service: Option<ServicePlan>,
    /// The places in S3 that are written to, by what they are for.
    pub locations: BTreeMap<Purpose, S3LocationPlan>,
    /// What Firehose can do there.
    #[serde(skip)]
    pub capabilities: &'static Capabilities,
}

/// What a delivery reads.
#[derive(Clone, Debug, PartialEq)]
pub enum Reads {
    /// The input stream.
    Stream,
    /// The stream of an output, by its logical id.
    Rows(String),
    /// What is put into it: records per second, on average.
    Direct(f64),
}

/// Direct PUT.
#[derive(Clone, Debug, Serialize)]
pub struct DirectPlan {
    /// Name, the same in each creation: roles that may write have it in their policies, and are created before.
    pub name: Value,
    /// ARN of the customer's key.
    pub key: Option<String>,
}

impl DeliveryPlan {
    /// The place of what does not reach the destination.
    pub fn failures(&self) -> Option<&S3LocationPlan> {
        match (&self.service, self.location(Purpose::Staging)) {
            (Some(_), Some(staging)) => Some(staging),
            (Some(_), None) => self.location(Purpose::Backup),
            (None, _) => self.location(Purpose::Destination),
        }
    }

    /// The place in S3 of all records, beside the destination.
    pub(super) fn backup_of_all(&self) -> Option<&S3LocationPlan> {
        let backup = self.location(Purpose::Backup)?;
        self.service.as_ref().is_none_or(|service| service.backs_up_all).then_some(backup)
    }

    /// The place in S3 of a purpose.
    pub fn location(&self, purpose: Purpose) -> Option<&S3LocationPlan> {
        self.locations.get(&purpose)
    }

    /// The table over its objects, if the stack creates it.
    pub fn table(&self) -> Option<&TablePlan> {
        self.s3()?.table.as_ref()
    }

    /// What the template needs of S3, if that is the destination.
    pub(super) fn s3(&self) -> Option<&S3Plan> {
        match &self.destination {
            DestinationPlan::S3(s3) => Some(s3),
            _ => None,
        }
    }

    /// What the template needs of a table of Iceberg, if that is the destination.
    pub(super) fn iceberg(&self) -> Option<&IcebergPlan> {
        match &self.destination {
            DestinationPlan::Iceberg(iceberg) => Some(iceberg),
            _ => None,
        }
    }

    /// Place in the spec, database and name of the table that it has, whoever creates it.
    pub(super) fn table_name(&self) -> Option<(String, String, String)> {
        let s3 = self.s3()?;
        if let Some(table) = &s3.table {
            return Some((table.spec.clone(), table.database_name.clone(), table.name.clone()));
        }
        let (of, conversion) = (s3.lake_formation.as_ref()?, s3.conversion.as_ref()?);
        Some((of.spec.clone(), conversion.database.shown(), conversion.table.shown()))
    }

    /// Seconds that it collects records for a function, pipec's or the user's.
    pub fn transform_interval(&self) -> u64 {
        let own = self.own_transform.as_ref().map(|own| own.buffer_interval);
        own.or(self.transform.as_ref().map(|transform| transform.buffer_interval)).unwrap_or(0)
    }

    /// What it reads, for people.
    pub fn input(&self) -> String {
        match &self.reads {
            Reads::Stream => "Stream".into(),
            Reads::Rows(logical_id) => logical_id.clone(),
            Reads::Direct(_) => "Direct PUT".into(),
        }
    }

    /// What it is called in a sentence.
    pub fn words(&self) -> String {
        self.name.as_ref().map_or_else(|| "delivery".into(), |name| format!("delivery {name}"))
    }
}

impl OwnTransformPlan {
    /// Its name, which its metrics have: `arn:aws:lambda:REGION:ACCOUNT:function:NAME`, and perhaps a version.
    pub fn name(&self) -> &str {
        self.arn.split(':').nth(6).unwrap_or_default()
    }
}

impl TransformPlan {
    /// Where its settings are in the spec, with dots.
    pub(super) fn place(&self) -> String {
        self.settings.trim_start_matches('/').replace('/', ".")
    }
}

/// Name of a Firehose stream that records are put into, for `Fn::Sub`.
pub fn direct_name(pipeline: &Pipeline, delivery: &Delivery) -> String {
    let (before, after) = delivery.direct_name(pipeline);
    format!("{before}${{AWS::StackName}}{after}")
}

/// Name of the log stream of what writes the faults.
pub const ERROR_LOG_STREAM: &str = "ErrorDelivery";

/// Firehose for the faults; all else is as for the rows.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorDeliveryPlan {
    /// Logical id of the stream that it reads.
    pub source: String,
    /// What the logical ids of the delivery end in whose log and bucket it uses.
    pub suffix: String,
    /// Where the faults go.
    pub location: S3LocationPlan,
    /// Name of the log stream that Firehose writes to.
    pub log_stream: &'static str,
}

/// Plans what writes the faults into the bucket.
pub(super) fn errors(checked: &Checked) -> Option<ErrorDeliveryPlan> {
    let source = checked.graph().delivered_errors()?.to_owned();
    let delivery = checked.pipeline().error_delivery()?;
    let location = buckets::faults(checked.pipeline(), delivery);
    Some(ErrorDeliveryPlan { source, suffix: delivery.suffix(), location, log_stream: ERROR_LOG_STREAM })
}

/// Plans a transform.
fn transform(
    checked: &Checked,
    delivery: &Delivery,
    transform: &Transform,
    programs: &Programs,
) -> Option<TransformPlan> {
    if transform.own.is_some() {
        return None;
    }
    let runs_query = checked.pipeline().runs_query(delivery);
    let program = program(checked, delivery, runs_query, transform)?;
    let architecture = transform.architecture.value;
    let build = programs.get(Program::Transform, architecture)?;
    let name = format!("transform-{}", architecture.name());
    Some(TransformPlan {
        logical_id: delivery.id("Transform"),
        spec: transform.spec.clone(),
        settings: match (transform.written, &delivery.name) {
            (true, _) => transform.spec.clone(),
            (false, Some(_)) => format!("{}/transform", delivery.spec),
            (false, None) => "/transform".to_owned(),
        },
        runs_query,
        architecture: architecture.name(),
        timeout: transform.timeout.value,
        memory: transform.memory.value / MIB,
        buffer_size: mebibytes(transform.buffer_size.value),
        buffer_interval: transform.buffer_interval.value,
        retries: transform.retries.value,
        artifact: Artifact {
            name: Program::Transform.name(),
            s3_key: s3_key(&name, &[build.inputs.as_bytes(), program.as_bytes()], "zip"),
            content: Content::Function {
                program: Program::Transform,
                architecture,
                files: vec![("transform.json", program)],
            },
        },
    })
}

fn own_transform(transform: &Transform) -> Option<OwnTransformPlan> {
    let own = transform.own.as_ref()?;
    Some(OwnTransformPlan {
        arn: own.function.value.clone(),
        role: own.role.as_ref().map(|role| role.value.clone()),
        spec: format!("{}/lambda", transform.spec),
        buffer_size: mebibytes(transform.buffer_size.value),
        buffer_interval: transform.buffer_interval.value,
        retries: transform.retries.value,
    })
}

/// The record program, as the function finds it beside itself.
fn program(
    checked: &Checked,
    delivery: &Delivery,
    runs_query: bool,
    transform: &Transform,
) -> Option<String> {
    let append = transform.append.value.as_str();
    let form = delivery.destination.capabilities().form;
    let query = match checked.program().filter(|_| runs_query) {
        Some(query) => Some(query.clone()),
        None => rows(checked, delivery).filter(|_| form.changes_rows()).map(sql::rows_as_they_are),
    };
    let program = match query {
        None => RecordProgram::appending(append),
        Some(query) => RecordProgram::querying(sql::formed(query, form), append).ok()?,
    };
    let unpack = transform.unpack.as_ref().map(|unpack| match unpack.value {
        spec::Unpack::CloudwatchLogs => Unpack::CloudwatchLogs,
    });
    let partition = destination::partition(checked, delivery, runs_query);
    program.unpacking(unpack).partitioning(partition).ok()?.to_json().ok()
}

/// The output of Flink whose rows a delivery reads.
fn rows<'a>(checked: &'a Checked, delivery: &Delivery) -> Option<&'a sql::Stream> {
    let query = checked.query().filter(|_| matches!(checked.pipeline().input(delivery), Input::Rows(_)))?;
    checked.pipeline().output(delivery, query)
}

/// A size in MiB as Firehose's processors take it: a decimal number of few digits.
fn mebibytes(bytes: u64) -> String {
    let text = format!("{:.3}", bytes as f64 / MIB as f64);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Plans the deliveries.
pub(super) fn plan(checked: &Checked, programs: &Programs) -> Vec<DeliveryPlan> {
    let of = |delivery| one(checked, delivery, programs);
    checked.pipeline().deliveries.iter().map(of).collect()
}

fn one(checked: &Checked, delivery: &Delivery, programs: &Programs) -> DeliveryPlan {
    let pipeline = checked.pipeline();
    let capabilities = delivery.destination.capabilities();
    let node = checked.graph().delivered(delivery.name.as_deref());
    let rows = node.filter(|_| matches!(pipeline.input(delivery), Input::Rows(_)));
    let rows = rows.and_then(|node| node.logical_id.as_deref());
    let intake = delivery.direct.as_ref().map_or(&pipeline.intake, |direct| &direct.intake);
    DeliveryPlan {
        name: delivery.name.clone(),
        logical_id: delivery.stream_id(),
        suffix: delivery.suffix(),
        spec: delivery.spec.clone(),
        description: capabilities.description,
        source: match (&delivery.direct, rows) {
            (Some(_), _) => None,
            (None, Some(logical_id)) => Some(Value::arn(logical_id)),
            (None, None) => Some(stream_arn(pipeline)),
        },
        direct: delivery.direct.as_ref().map(|direct| direct_put(pipeline, delivery, direct)),
        record_bytes: match rows.and(checked.query()).and_then(|query| pipeline.output(delivery, query)) {
            // A row's partition key is a UUID as well.
            Some(output) => super::streams::rows(checked, output).record_bytes.saturating_sub(ROW_KEY_BYTES),
            None => intake.record_size.value,
        },
        reads: match (&delivery.direct, rows) {
            (Some(direct), _) => Reads::Direct(direct.intake.average.value),
            (None, Some(logical_id)) => Reads::Rows(logical_id.to_owned()),
            (None, None) => Reads::Stream,
        },
        peak: intake.records_per_second.value,
        buffer_size: delivery.buffer_size.value / MIB,
        buffer_interval: delivery.buffer_interval.value,
        extracts_messages: delivery.unpack.is_some(),
        appends_newline: delivery.transform.as_ref().is_none_or(|transform| transform.own.is_some())
            && capabilities.separator == "\n"
            && capabilities.is_appended
            && delivery.newline.value == Newline::Append,
        transform: delivery.transform.as_ref().and_then(|own| transform(checked, delivery, own, programs)),
        own_transform: delivery.transform.as_ref().and_then(own_transform),
        log_stream: LOG_STREAM,
        destination: destination::plan(checked, delivery),
        service: destination::service(checked, delivery),
        locations: buckets::locations(pipeline, delivery),
        capabilities,
    }
}

fn direct_put(pipeline: &Pipeline, delivery: &Delivery, direct: &Direct) -> DirectPlan {
    DirectPlan {
        name: Value::sub(direct_name(pipeline, delivery)),
        key: match &direct.encryption.value {
            Encryption::CustomerKey(arn) => Some(arn.clone()),
            Encryption::AwsManaged => None,
        },
    }
}
