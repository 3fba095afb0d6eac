//! The outputs of the SQL: the one that Firehose reads, and those with streams of their own.

use serde::Serialize;

use super::grants::{Grant, function_grants};
use super::streams::{self, StreamPlan};
use crate::check::Checked;
use crate::resolve::pipeline::{Analytics, OutputFunction, OutputTarget};
use crate::sql;

/// Logical id of the stream between the query and Firehose.
pub const DELIVERED_STREAM: &str = "OutputStream";

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
    /// What its role may do besides.
    pub grants: Vec<Grant>,
}

/// The output that Firehose reads.
pub(super) fn delivered(checked: &Checked) -> Option<&sql::Stream> {
    checked.pipeline().analytics.as_ref()?.delivered(checked.query()?)
}

/// The other outputs, in the order of their definition. Only Flink has some.
pub(super) fn plan(checked: &Checked) -> Vec<OutputPlan> {
    let (Some(query), Some(analytics), Some(delivered)) =
        (checked.query(), checked.pipeline().analytics.as_ref(), delivered(checked))
    else {
        return Vec::new();
    };
    let mut plans: Vec<OutputPlan> = Vec::new();
    for output in query.outputs().filter(|output| output.name != delivered.name) {
        let mut id = pascal(&output.name);
        while plans.iter().any(|plan| plan.id == id) {
            id.push('X');
        }
        plans.push(one(checked, analytics, output, id));
    }
    plans
}

fn one(checked: &Checked, analytics: &Analytics, output: &sql::Stream, id: String) -> OutputPlan {
    let setting = analytics.outputs.iter().find(|setting| setting.name == output.name);
    let (own, function) = match setting.map(|setting| &setting.target) {
        Some(OutputTarget::Stream(own)) => (Some(own), None),
        Some(OutputTarget::Lambda(own, function)) => (Some(own), Some(function)),
        Some(OutputTarget::Delivery | OutputTarget::Nowhere) | None => (None, None),
    };
    let retention = own.map(|own| own.retention.value);
    let stream = streams::own(checked, output, format!("{DELIVERED_STREAM}{id}"), retention);
    let function = function.map(|function| called(checked, function, &id));
    OutputPlan { name: output.name.clone(), id, stream, function }
}

fn called(checked: &Checked, function: &OutputFunction, id: &str) -> FunctionPlan {
    FunctionPlan {
        arn: function.arn.clone(),
        role: function.role.clone(),
        batch_size: function.batch_size,
        window: function.window.value,
        retries: function.retries,
        grants: function_grants(checked.pipeline(), id),
    }
}

/// A name as a part of a logical id: `high_alerts` is `HighAlerts`.
fn pascal(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let word = |word: &str| {
        let (first, rest) = word.split_at(1);
        first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
    };
    let id: String = words.map(word).collect();
    if id.is_empty() { "Rows".into() } else { id.chars().take(64).collect() }
}

#[cfg(test)]
mod tests {
    use super::pascal;

    #[test]
    fn names_become_parts_of_logical_ids() {
        for (name, id) in
            [("ALERTS", "Alerts"), ("high_alerts", "HighAlerts"), ("\u{e9}\u{e9}", "Rows"), ("a b-2", "AB2")]
        {
            assert_eq!(pascal(name), id);
        }
    }
}
