//! The Kinesis data streams and their shards.

use std::borrow::Cow;

use serde::Serialize;

use super::outputs;
use super::value::Value;
use crate::aws::limits::KIB;
use crate::aws::limits::kinesis;
use crate::capacity::{self, Load, Need};
use crate::check::Checked;
use crate::graph::{DELIVERED_STREAM, Graph, INPUT_STREAM};
use crate::pipeline::{Capacity, Encryption, Pipeline};
use crate::spec::{AnalyticsRuntime, SECONDS_PER_HOUR};
use crate::sql;

/// What a stream carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carries {
    /// The records that come in.
    Records,
    /// Rows of the query.
    Rows,
}

/// Where the number of an output's rows comes from, if windows decide it.
#[derive(Clone, Debug, PartialEq)]
pub struct RowsPlan {
    /// The arithmetic in a line.
    pub note: String,
    /// Milliseconds between the windows whose rows were counted, the longest; 0 where each record may be a row.
    pub step_ms: i64,
}

/// A Kinesis data stream.
#[derive(Clone, Debug, Serialize)]
pub struct StreamPlan {
    /// Logical id; of an existing stream, the one that its own would have.
    pub logical_id: Cow<'static, str>,
    /// ARN.
    pub arn: Value,
    /// Name.
    pub name: Value,
    /// Whether it is not the stack's.
    pub existing: bool,
    /// Its place in the spec, a JSON pointer.
    pub spec: Cow<'static, str>,
    /// What it carries.
    #[serde(skip)]
    pub carries: Carries,
    /// `PROVISIONED` or `ON_DEMAND`.
    pub mode: &'static str,
    /// Number of shards; `None` on demand.
    pub shards: Option<u64>,
    /// Whether that is the user's number, whatever the arithmetic gives.
    #[serde(skip)]
    pub fixed: bool,
    /// Hours that records stay readable.
    pub retention_hours: u64,
    /// Largest record in KiB, where it is not AWS's default.
    pub max_record_kib: Option<u64>,
    /// KMS key: an ARN, or the alias of the service's own key.
    pub key: String,
    /// What it has to carry.
    #[serde(skip)]
    pub load: Load,
    /// The arithmetic.
    #[serde(skip)]
    pub need: Need,
    /// Whether `rows_per_record`, or windows and their keys, decide the number of rows; else each record may be one.
    #[serde(skip)]
    pub rows_counted: bool,
    /// Where the number of rows comes from, if it is that of windows.
    #[serde(skip)]
    pub rows: Option<RowsPlan>,
}

impl StreamPlan {
    /// Records per second that may come in on average over a period of so many seconds. The rows of a longer window come
    /// within one.
    pub fn peak_over(&self, seconds: f64) -> f64 {
        let step_ms = self.rows.as_ref().map_or(0, |rows| rows.step_ms) as f64;
        self.load.records_per_second * (step_ms / 1000.0 / seconds).max(1.0)
    }

    /// The same stream with another rate.
    #[must_use]
    pub(super) fn at(&self, records_per_second: f64) -> Self {
        let average = self.load.average.min(records_per_second);
        let load = Load { records_per_second, average, ..self.load };
        let need = capacity::shards(&load);
        let shards = if self.fixed { self.shards } else { self.shards.map(|_| need.shards) };
        Self { load, need, shards, ..self.clone() }
    }
}

/// ARN of the stream that takes the records in.
pub(super) fn stream_arn(pipeline: &Pipeline) -> Value {
    let existing = pipeline.stream.as_ref().and_then(|stream| stream.existing.as_ref());
    existing.map_or_else(|| Value::arn(INPUT_STREAM), |existing| Value::text(&existing.arn.value))
}

/// Its name.
pub(super) fn stream_name(pipeline: &Pipeline) -> Value {
    let existing = pipeline.stream.as_ref().and_then(|stream| stream.existing.as_ref());
    existing.map_or_else(|| Value::reference(INPUT_STREAM), |existing| Value::text(&existing.name))
}

/// The stream that takes the records in.
pub(super) fn input(pipeline: &Pipeline, graph: &Graph) -> Option<StreamPlan> {
    let stream = pipeline.stream.as_ref()?;
    let load = capacity::input_load(pipeline, graph.readers_of_input().len() as u64);
    let kib = stream.max_record_size.value / KIB;
    Some(StreamPlan {
        max_record_kib: (kib != kinesis::RECORD_KIB_DEFAULT).then_some(kib),
        arn: stream_arn(pipeline),
        name: stream_name(pipeline),
        existing: stream.existing.is_some(),
        ..plan(pipeline, INPUT_STREAM, Carries::Records, load)
    })
}

/// The stream that takes the rows that Firehose reads, where Flink makes them.
pub(super) fn output(checked: &Checked) -> Option<StreamPlan> {
    checked
        .pipeline()
        .analytics_on(AnalyticsRuntime::Flink)
        .filter(|_| checked.pipeline().delivers_rows())?;
    Some(own(checked, outputs::delivered(checked)?, DELIVERED_STREAM, None))
}

/// A stream that takes the rows of an output; they stay readable for so many seconds.
pub(super) fn own(
    checked: &Checked,
    output: &sql::Stream,
    logical_id: impl Into<Cow<'static, str>>,
    retention: Option<u64>,
) -> StreamPlan {
    let pipeline = checked.pipeline();
    let load = rows(checked, output);
    let windows = super::rows::of_windows(checked, output, &load);
    let declared = pipeline.analytics.as_ref().is_some_and(|analytics| analytics.rows_per_record.is_some())
        && checked.query().is_some_and(|query| !query.is_errors(output));
    let rows_counted = declared || windows.as_ref().is_some_and(|windows| windows.step_ms > 0);
    StreamPlan {
        rows: windows,
        rows_counted,
        // The user chose a number for the input; the output has its own arithmetic.
        shards: (capacity_of(pipeline) != Capacity::OnDemand).then(|| capacity::shards(&load).shards),
        fixed: false,
        retention_hours: retention.map_or(kinesis::RETENTION_HOURS_DEFAULT, |time| time / SECONDS_PER_HOUR),
        spec: pipeline.spec_of_output(&output.name),
        ..plan(pipeline, logical_id, Carries::Rows, load)
    }
}

/// What a stream that takes the rows of an output has to carry.
pub(super) fn rows(checked: &Checked, output: &sql::Stream) -> Load {
    let pipeline = checked.pipeline();
    let consumers = checked.graph().consumers_of_output(&output.name);
    capacity::output_load(pipeline, checked.query(), output, consumers)
}

/// What carries the load of the streams.
fn capacity_of(pipeline: &Pipeline) -> Capacity {
    pipeline.stream.as_ref().map_or(Capacity::Provisioned, |stream| stream.capacity.value)
}

fn plan(
    pipeline: &Pipeline,
    logical_id: impl Into<Cow<'static, str>>,
    carries: Carries,
    load: Load,
) -> StreamPlan {
    let need = capacity::shards(&load);
    let retention = pipeline.retention();
    let logical_id = logical_id.into();
    let shards = match capacity_of(pipeline) {
        Capacity::OnDemand => None,
        Capacity::Fixed(count) => Some(count),
        Capacity::Provisioned => Some(need.shards),
    };
    StreamPlan {
        arn: Value::arn(&logical_id),
        name: Value::reference(&logical_id),
        logical_id,
        existing: false,
        spec: Cow::Borrowed("/stream"),
        carries,
        mode: if shards.is_some() { "PROVISIONED" } else { "ON_DEMAND" },
        shards,
        fixed: matches!(capacity_of(pipeline), Capacity::Fixed(_)),
        retention_hours: retention / SECONDS_PER_HOUR,
        max_record_kib: None,
        key: match pipeline.stream_encryption() {
            Encryption::AwsManaged => "alias/aws/kinesis".into(),
            Encryption::CustomerKey(arn) => arn.clone(),
        },
        load,
        need,
        rows_counted: false,
        rows: None,
    }
}
