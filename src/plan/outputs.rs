//! The outputs of the SQL: the one that Firehose reads, and those with streams of their own.

use serde::Serialize;

use super::function::FunctionPlan;
use super::grants::node_grants;
use super::streams::{self, StreamPlan};
use super::value::Value;
use crate::check::Checked;
use crate::graph::{DELIVERED_STREAM, NodeKind};
use crate::pipeline::{Analytics, OutputTarget};
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
    let stream = streams::own(checked, output, logical_id.to_owned(), retention);
    let id = logical_id.trim_start_matches(DELIVERED_STREAM);
    let function = function.map(|function| {
        let grants = node_grants(checked.pipeline(), checked.graph(), |node| {
            node.kind == NodeKind::Function
                && !node.is_of_consumer()
                && node.name.as_ref() == Some(&output.name)
        });
        let reads = Value::arn(logical_id);
        FunctionPlan::of_output(function, (&output.name, id), &stream.spec, reads, grants)
    });
    OutputPlan { name: output.name.clone(), id: id.to_owned(), stream, function }
}
