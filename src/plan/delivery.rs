//! The transform, Firehose and the bucket.

use pipec_core::RecordProgram;
use serde::Serialize;

use super::grants::bucket_arns;
use super::value::Value;
use super::{Artifact, Content, s3_key};
use crate::aws::limits::MIB;
use crate::check::Checked;
use crate::graph::Graph;
use crate::resolve::pipeline::{Encryption, Pipeline};
use crate::runtime::{Program, Programs};
use crate::spec::{AnalyticsRuntime, Compression, SECONDS_PER_DAY};

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
    /// Logical id of the stream that it reads.
    pub source: String,
    /// MiB.
    pub buffer_size: u64,
    /// Seconds.
    pub buffer_interval: u64,
    /// What keys begin with.
    pub prefix: String,
    /// The same for what could not be processed.
    pub error_prefix: String,
    /// Firehose's word for the compression.
    pub compression: &'static str,
    /// What names end in.
    pub file_extension: Option<String>,
    /// Time zone of timestamp expressions.
    pub time_zone: Option<String>,
    /// ARN of the customer's key.
    pub key: Option<String>,
    /// Name of the log stream that Firehose writes to.
    pub log_stream: &'static str,
    /// ARN of the bucket.
    pub bucket_arn: Value,
    /// Name of the bucket.
    pub bucket_name: Value,
}

/// What the keys of faults begin with.
pub const ERROR_ROWS_PREFIX: &str = "errors/query/";
/// Name of the log stream of what writes them.
pub const ERROR_LOG_STREAM: &str = "ErrorDelivery";

/// Firehose for the faults; all else is as for the rows.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorDeliveryPlan {
    /// Logical id of the stream that it reads.
    pub source: String,
    /// What keys begin with.
    pub prefix: &'static str,
    /// The same for what could not be written.
    pub error_prefix: String,
    /// Name of the log stream that Firehose writes to.
    pub log_stream: &'static str,
}

/// Plans what writes the faults into the bucket.
pub(super) fn errors(graph: &Graph) -> Option<ErrorDeliveryPlan> {
    let source = graph.delivered_errors()?.to_owned();
    Some(ErrorDeliveryPlan {
        source,
        prefix: ERROR_ROWS_PREFIX,
        error_prefix: format!("{ERROR_ROWS_PREFIX}!{{firehose:error-output-type}}/"),
        log_stream: ERROR_LOG_STREAM,
    })
}

/// The stack's own bucket.
#[derive(Clone, Debug, Serialize)]
pub struct BucketPlan {
    /// ARN of the customer's key.
    pub key: Option<String>,
    /// Days until objects expire.
    pub expire_days: Option<u64>,
    /// Days until a version that is no longer current goes.
    pub noncurrent_days: u64,
    /// Days until an unfinished upload goes.
    pub abort_days: u64,
    /// Days that access logs are kept.
    pub access_log_days: u64,
}

/// Plans the transform.
pub(super) fn transform(checked: &Checked, programs: &Programs) -> Option<TransformPlan> {
    let pipeline = checked.pipeline();
    let transform = pipeline.transform.as_ref()?;
    let runs_query = pipeline.analytics_on(AnalyticsRuntime::Lambda).is_some();
    let program = program(checked, &transform.append.value)?;
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
fn program(checked: &Checked, append: &str) -> Option<String> {
    let program = match checked.program() {
        None => RecordProgram::appending(append),
        Some(query) => RecordProgram::querying(query.clone(), append).ok()?,
    };
    program.to_json().ok()
}

/// A size in MiB as Firehose's processors take it: a decimal number of few digits.
fn mebibytes(bytes: u64) -> String {
    let text = format!("{:.3}", bytes as f64 / MIB as f64);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn customer_key(encryption: &Encryption) -> Option<String> {
    match encryption {
        Encryption::CustomerKey(arn) => Some(arn.clone()),
        Encryption::AwsManaged => None,
    }
}

/// Plans Firehose.
pub(super) fn plan(checked: &Checked) -> DeliveryPlan {
    let pipeline = checked.pipeline();
    let delivery = &pipeline.delivery;
    let s3 = &delivery.s3;
    DeliveryPlan {
        source: checked.graph().delivered().to_owned(),
        buffer_size: delivery.buffer_size.value / MIB,
        buffer_interval: delivery.buffer_interval.value,
        prefix: s3.prefix.value.clone(),
        error_prefix: s3.error_prefix.value.clone(),
        compression: match s3.compression {
            Compression::None => "UNCOMPRESSED",
            Compression::Gzip => "GZIP",
            Compression::Zip => "ZIP",
            Compression::Snappy => "Snappy",
            Compression::HadoopSnappy => "HADOOP_SNAPPY",
        },
        file_extension: s3.file_extension.as_ref().map(|extension| extension.value.clone()),
        time_zone: s3.time_zone.as_ref().map(|zone| zone.value.clone()),
        key: customer_key(&s3.encryption.value),
        log_stream: LOG_STREAM,
        bucket_arn: bucket_arns(pipeline, "*").0,
        bucket_name: match &s3.bucket {
            Some(bucket) => Value::text(&bucket.value),
            None => Value::reference("Bucket"),
        },
    }
}

/// Plans the stack's own bucket.
pub(super) fn bucket(pipeline: &Pipeline) -> Option<BucketPlan> {
    let s3 = &pipeline.delivery.s3;
    if s3.bucket.is_some() {
        return None;
    }
    Some(BucketPlan {
        key: customer_key(&s3.encryption.value),
        expire_days: s3.expire_after.as_ref().map(|time| time.value / SECONDS_PER_DAY),
        noncurrent_days: 30,
        abort_days: 7,
        access_log_days: 90,
    })
}
