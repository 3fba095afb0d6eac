//! The SQL, what runs it, and where its outputs go.

use super::Setting;
use crate::source::{Excerpt, Span};
use crate::spec::{AnalyticsRuntime, ErrorsPlace};
use crate::sql::{self, Query, Reference, RowRate, Start};

/// The SQL and what runs it.
#[derive(Clone, Debug)]
pub struct Analytics {
    /// Place of its key.
    pub span: Span,
    /// Flink or the Lambda.
    pub runtime: Setting<AnalyticsRuntime>,
    /// The text, with the way back to the file it stands in.
    pub sql: Option<Excerpt>,
    /// Where Flink begins to read.
    pub start: Start,
    /// The tables that it joins, if all could be read.
    pub references: Option<Vec<Reference>>,
    /// Where outputs go that the user named.
    pub outputs: Vec<OutputSetting>,
    /// What becomes of faults, where the user says it.
    pub errors: Option<Errors>,
    /// Rows of an output that a record becomes, where the user says it.
    pub rows_per_record: Option<f64>,
    /// Keys, each the columns of it in alphabetical order, with their number.
    pub keys: Vec<(Vec<String>, Setting<u64>)>,
    /// Flink's settings.
    pub flink: Flink,
}

impl Analytics {
    /// The rows of an output that so many records per second become, as the user says, else at most.
    pub fn row_rate(&self, query: &Query, output: &sql::Stream, records_per_second: f64) -> RowRate {
        match self.rows_per_record.filter(|_| !query.is_errors(output)) {
            Some(rows) => {
                RowRate { per_second: records_per_second * rows, open: Vec::new(), windows: Vec::new() }
            }
            None => query.row_rate(output, records_per_second, &|columns| self.key_count(columns)),
        }
    }

    /// How many different values the columns have together, in alphabetical order, where the user says it.
    pub fn key_count(&self, columns: &[String]) -> Option<u64> {
        self.keys.iter().find(|(key, _)| key == columns).map(|(_, count)| count.value)
    }

    /// The output of a query that goes to Firehose: the one that is named for it, else the first. `check` sees to it
    /// that there is exactly one.
    pub fn delivered<'q>(&self, query: &'q Query) -> Option<&'q sql::Stream> {
        let named = self.outputs.iter().find(|output| matches!(output.target, OutputTarget::Delivery));
        query.outputs().find(|output| named.is_none_or(|named| named.name == output.name))
    }
}

/// What becomes of faults.
#[derive(Clone, Copy, Debug)]
pub struct Errors {
    /// Where they go.
    pub place: ErrorsPlace,
    /// Place of the value.
    pub span: Span,
}

/// Where an output of the SQL goes.
#[derive(Clone, Debug)]
pub struct OutputSetting {
    /// The output's name.
    pub name: String,
    /// Place of the name.
    pub span: Span,
    /// Where to.
    pub target: OutputTarget,
}

/// Where an output can go.
#[derive(Clone, Debug)]
pub enum OutputTarget {
    /// To Firehose.
    Delivery,
    /// Nowhere: the stream is left out.
    Nowhere,
    /// To a stream of its own.
    Stream(OutputStream),
    /// To a stream of its own, and from there to a function.
    Lambda(OutputStream, OutputFunction),
}

/// A stream of an output's own.
#[derive(Clone, Debug)]
pub struct OutputStream {
    /// Seconds that rows stay readable.
    pub retention: Setting<u64>,
}

/// A function of the user's.
#[derive(Clone, Debug)]
pub struct OutputFunction {
    /// Its ARN.
    pub arn: String,
    /// Name of its role.
    pub role: String,
    /// Most rows of one call.
    pub batch_size: u64,
    /// Seconds that rows are collected for one call.
    pub window: Setting<u64>,
    /// Repetitions of a failed call.
    pub retries: u64,
    /// Whether the function reports the rows that failed.
    pub partial_failures: bool,
}

/// Settings of the Flink application.
#[derive(Clone, Debug)]
pub struct Flink {
    /// Managed Flink's runtime environment.
    pub runtime_environment: Setting<String>,
    /// Parallel subtasks.
    pub parallelism: Setting<u64>,
    /// Subtasks that share a KPU.
    pub parallelism_per_kpu: Setting<u64>,
    /// Whether Managed Flink scales by processor load.
    pub auto_scaling: bool,
    /// Whether state is saved before an update.
    pub snapshots: bool,
    /// Seconds of silence after which a key is forgotten; 0 is never.
    pub state_ttl: Setting<u64>,
}
