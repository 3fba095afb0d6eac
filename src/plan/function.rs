//! Functions of the user's that Lambda calls with what it reads from a stream: the rows of an output, or the records of a
//! consumer.

use serde::Serialize;

use super::Plan;
use super::grants::Grant;
use super::value::Value;
use crate::pipeline::OutputFunction;

/// A function of the user's that reads a stream.
#[derive(Clone, Debug, Serialize)]
pub struct FunctionPlan {
    /// What its logical ids begin with: `Output` or `Consumer`.
    pub prefix: &'static str,
    /// What they end in.
    pub id: String,
    /// Place in the spec of what it belongs to, a JSON pointer.
    pub spec: String,
    /// What it belongs to: the name of an output, or a consumer, in words.
    #[serde(skip)]
    pub name: String,
    /// What it gets, in words.
    #[serde(skip)]
    pub carries: String,
    /// What one of these is called.
    pub one: &'static str,
    /// ARN of the function.
    pub arn: String,
    /// Name of its role.
    pub role: String,
    /// ARN of what Lambda reads.
    pub reads: Value,
    /// Whether Lambda starts with the records that follow the creation; else with the oldest.
    pub latest: bool,
    /// Most rows of one call.
    pub batch_size: u64,
    /// Seconds that rows are collected for one call.
    pub window: u64,
    /// Repetitions of a failed call.
    pub retries: u64,
    /// Seconds after which a record is not retried.
    pub max_age: Option<u64>,
    /// Concurrent calls per shard, if there are several.
    pub parallelization: Option<u64>,
    /// Patterns of records, in JSON.
    pub filters: Vec<String>,
    /// Whether it reports the rows that failed.
    pub partial_failures: bool,
    /// What its role may do besides.
    pub grants: Vec<Grant>,
}

impl FunctionPlan {
    /// A function of an output.
    pub(super) fn of_output(
        function: &OutputFunction,
        (output, id): (&str, &str),
        spec: &str,
        reads: Value,
        grants: Vec<Grant>,
    ) -> Self {
        Self {
            prefix: "Output",
            id: id.to_owned(),
            spec: spec.to_owned(),
            name: output.to_owned(),
            carries: format!("rows of {output}"),
            one: "row",
            arn: function.arn.clone(),
            role: function.role.clone(),
            reads,
            latest: false,
            batch_size: function.batch_size,
            window: function.window.value,
            retries: function.retries,
            max_age: None,
            parallelization: None,
            filters: Vec::new(),
            partial_failures: function.partial_failures,
            grants,
        }
    }

    /// Logical id of its event source mapping.
    pub fn mapping(&self) -> String {
        format!("{}Mapping{}", self.prefix, self.id)
    }

    /// Logical id of the queue of failed batches.
    pub fn queue(&self) -> String {
        format!("{}Failures{}", self.prefix, self.id)
    }

    /// Its name, without a version.
    pub fn function_name(&self) -> Option<&str> {
        // arn:aws:lambda:<region>:<account>:function:<name>, and perhaps a version.
        self.arn.split(':').nth(6)
    }
}

impl Plan {
    /// The functions of the user's: of the outputs, then of the consumers.
    pub fn functions(&self) -> impl Iterator<Item = &FunctionPlan> {
        let of_outputs = self.outputs.iter().filter_map(|output| output.function.as_ref());
        of_outputs.chain(self.consumers.iter().filter_map(|consumer| consumer.function.as_ref()))
    }

    /// A function by the logical id of its mapping or of its queue.
    pub fn function_of(&self, logical_id: &str) -> Option<&FunctionPlan> {
        self.functions().find(|function| function.mapping() == logical_id || function.queue() == logical_id)
    }
}
