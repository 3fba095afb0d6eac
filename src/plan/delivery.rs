//! The transform and Firehose.

use std::collections::BTreeMap;

use pipec_core::{RecordProgram, Unpack};
use serde::Serialize;

use super::buckets::{self, S3LocationPlan};
use super::destination::{self, DestinationPlan};
use super::{Artifact, Content, s3_key};
use crate::aws::destinations::Capabilities;
use crate::aws::limits::MIB;
use crate::check::Checked;
use crate::graph::Graph;
use crate::resolve::pipeline::{Pipeline, Purpose, Transform};
use crate::runtime::{Program, Programs};
use crate::spec::{self, AnalyticsRuntime, Newline};

/// The Lambda transform.
#[derive(Clone, Debug, Serialize)]
pub struct TransformPlan {
    /// Its place in the spec, a JSON pointer: the SQL's, if it is there only to run that.
    pub spec: &'static str,
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

/// Name of the log stream that Firehose writes to, as its console names it.
pub const LOG_STREAM: &str = "DestinationDelivery";

/// Firehose.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryPlan {
    /// What it does, for the stack's outputs.
    pub description: &'static str,
    /// Logical id of the stream that it reads.
    pub source: String,
    /// MiB.
    pub buffer_size: u64,
    /// Seconds.
    pub buffer_interval: u64,
    /// Whether Firehose itself puts a newline after each record.
    pub appends_newline: bool,
    /// Name of the log stream that Firehose writes to.
    pub log_stream: &'static str,
    /// Where the records go.
    pub destination: DestinationPlan,
    /// The places in S3 that are written to, by what they are for.
    pub locations: BTreeMap<Purpose, S3LocationPlan>,
    /// What Firehose can do there.
    #[serde(skip)]
    pub capabilities: &'static Capabilities,
}

impl DeliveryPlan {
    /// The place in S3 of a purpose.
    pub fn location(&self, purpose: Purpose) -> Option<&S3LocationPlan> {
        self.locations.get(&purpose)
    }
}

/// Name of the log stream of what writes the faults.
pub const ERROR_LOG_STREAM: &str = "ErrorDelivery";

/// Firehose for the faults; all else is as for the rows.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorDeliveryPlan {
    /// Logical id of the stream that it reads.
    pub source: String,
    /// Where the faults go.
    pub location: S3LocationPlan,
    /// Name of the log stream that Firehose writes to.
    pub log_stream: &'static str,
}

/// Plans what writes the faults into the bucket.
pub(super) fn errors(pipeline: &Pipeline, graph: &Graph) -> Option<ErrorDeliveryPlan> {
    let source = graph.delivered_errors()?.to_owned();
    Some(ErrorDeliveryPlan { source, location: buckets::faults(pipeline), log_stream: ERROR_LOG_STREAM })
}

/// Plans the transform.
pub(super) fn transform(checked: &Checked, programs: &Programs) -> Option<TransformPlan> {
    let pipeline = checked.pipeline();
    let transform = pipeline.transform.as_ref()?;
    let runs_query = pipeline.analytics_on(AnalyticsRuntime::Lambda).is_some();
    let program = program(checked, transform)?;
    let architecture = transform.architecture.value;
    let build = programs.get(Program::Transform, architecture)?;
    let name = format!("transform-{}", architecture.name());
    Some(TransformPlan {
        spec: transform_spec(pipeline),
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

/// The spec's place that a transform comes from.
pub(super) fn transform_spec(pipeline: &Pipeline) -> &'static str {
    match &pipeline.transform {
        Some(transform) if !transform.written => "/analytics",
        _ => "/transform",
    }
}

/// The record program, as the function finds it beside itself.
fn program(checked: &Checked, transform: &Transform) -> Option<String> {
    let append = transform.append.value.as_str();
    let program = match checked.program() {
        None => RecordProgram::appending(append),
        Some(query) => RecordProgram::querying(query.clone(), append).ok()?,
    };
    let unpack = transform.unpack.as_ref().map(|unpack| match unpack.value {
        spec::Unpack::CloudwatchLogs => Unpack::CloudwatchLogs,
    });
    program.unpacking(unpack).to_json().ok()
}

/// A size in MiB as Firehose's processors take it: a decimal number of few digits.
fn mebibytes(bytes: u64) -> String {
    let text = format!("{:.3}", bytes as f64 / MIB as f64);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Plans Firehose.
pub(super) fn plan(checked: &Checked) -> DeliveryPlan {
    let pipeline = checked.pipeline();
    let delivery = &pipeline.delivery;
    let capabilities = delivery.destination.capabilities();
    DeliveryPlan {
        description: capabilities.description,
        source: checked.graph().delivered().to_owned(),
        buffer_size: delivery.buffer_size.value / MIB,
        buffer_interval: delivery.buffer_interval.value,
        appends_newline: pipeline.transform.is_none()
            && capabilities.separator == "\n"
            && delivery.newline.value == Newline::Append,
        log_stream: LOG_STREAM,
        destination: destination::plan(pipeline),
        locations: buckets::locations(pipeline),
        capabilities,
    }
}
