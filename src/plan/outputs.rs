//! The outputs of the SQL: the one that Firehose reads, and those with streams of their own.

use serde::Serialize;

use super::grants::{Grant, function_grants};
use super::streams::{self, StreamPlan};
use crate::check::Checked;
use crate::graph::{DELIVERED_STREAM, NodeKind};
use crate::resolve::pipeline::{Analytics, OutputFunction, OutputTarget};
use crate::spec::AnalyticsRuntime;
use crate::sql;

/// An output that does not go to Firehose.
#[derive(Clone, Debug, Serialize)]
pub struct OutputPlan {
    /// Its name in the SQL.
    pub name: String,
    /// What its logical ids end in.
    pub id: String,
    /// The stream of its rows.
    pub stream: StreamPlan,
    /// The function that is called with them.
    pub function: Option<FunctionPlan>,
}

/// A function of the user's that reads an output.
#[derive(Clone, Debug, Serialize)]
pub struct FunctionPlan {
    /// Its ARN.
    pub arn: String,
    /// Name of its role.
    pub role: String,
    /// Most rows of one call.
    pub batch_size: u64,
    /// Seconds that rows are collected for one call.
    pub window: u64,
    /// Repetitions of a failed call.
    pub retries: u64,
    /// Whether it reports the rows that failed.
    pub partial_failures: bool,
    /// What its role may do besides.
    pub grants: Vec<Grant>,
}

/// The output that `delivery` reads, if a delivery does.
pub(super) fn delivered(checked: &Checked) -> Option<&sql::Stream> {
    let pipeline = checked.pipeline();
    let analytics = pipeline.analytics.as_ref()?;
    let delivers = analytics.runtime.value == AnalyticsRuntime::Lambda || pipeline.delivers_rows();
    analytics.delivered(checked.query()?).filter(|_| delivers)
}

/// The other outputs, in the order of their definition. Only Flink has some.
pub(super) fn plan(checked: &Checked) -> Vec<OutputPlan> {
    let (Some(query), Some(analytics)) = (checked.query(), checked.pipeline().analytics.as_ref()) else {
        return Vec::new();
    };
    let nodes = checked.graph().nodes(NodeKind::OutputStream);
    nodes
        .filter_map(|node| {
            let output = query.outputs().find(|output| Some(&output.name) == node.name.as_ref())?;
            Some(one(checked, analytics, output, node.logical_id.as_deref()?))
        })
        .collect()
}

fn one(checked: &Checked, analytics: &Analytics, output: &sql::Stream, logical_id: &str) -> OutputPlan {
    let setting = analytics.outputs.iter().find(|setting| setting.name == output.name);
    let (own, function) = match setting.map(|setting| &setting.target) {
        Some(OutputTarget::Stream(own)) => (Some(own), None),
        Some(OutputTarget::Lambda(own, function)) => (Some(own), Some(function)),
        Some(OutputTarget::Delivery | OutputTarget::Nowhere) | None => (None, None),
    };
    let retention = own.map(|own| own.retention.value);
    OutputPlan {
        name: output.name.clone(),
        id: logical_id.trim_start_matches(DELIVERED_STREAM).to_owned(),
        stream: streams::own(checked, output, logical_id.to_owned(), retention),
        function: function.map(|function| called(checked, function, &output.name)),
    }
}

fn called(checked: &Checked, function: &OutputFunction, output: &str) -> FunctionPlan {
    FunctionPlan {
        arn: function.arn.clone(),
        role: function.role.clone(),
        batch_size: function.batch_size,
        window: function.window.value,
        retries: function.retries,
        partial_failures: function.partial_failures,
        grants: function_grants(checked.pipeline(), checked.graph(), output),
    }
}
