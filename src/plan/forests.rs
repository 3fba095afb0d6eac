//! Random cut forests: how Flink makes their functions known, and what they carry.

use std::fmt;

use serde::Serialize;

use crate::amount::amount;
use crate::sql::{Explanation, Query};

/// What a Flink zip holds beside `main.py` where its SQL calls forests: name and text.
pub const PYTHON_FILES: [(&str, &str); 2] = [
    ("pipec_forest.py", include_str!("../../runtime/flink/pipec_forest.py")),
    ("pipec_forest_slow.py", include_str!("../../runtime/flink/pipec_forest_slow.py")),
];

/// A forest of a query.
#[derive(Clone, Debug, Serialize)]
pub struct ForestPlan {
    /// The function's name in the generated SQL.
    pub function: String,
    /// Columns that it looks at.
    pub columns: usize,
    /// Trees.
    pub trees: u32,
    /// Points that each tree holds.
    pub sample: u32,
    /// Rows that make up a point.
    pub shingle: u32,
    /// Rows a second that it carries, about.
    pub rows_per_second: u64,
    /// Memory that it takes, about, bytes.
    pub memory_bytes: u64,
}

impl fmt::Display for ForestPlan {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(
            formatter,
            "{}: a random cut forest at parallelism 1; one vCPU carries about {} rows/s of it, in {} MiB",
            self.function,
            amount(self.rows_per_second as f64),
            amount(self.memory_bytes.div_ceil(1 << 20) as f64)
        )
    }
}

/// A function as `pipec_forest.py` reads it.
#[derive(Serialize)]
struct Function<'a> {
    name: String,
    columns: Vec<&'a str>,
    trees: u32,
    sample: u32,
    decay: u32,
    shingle: u32,
    explanation: Option<&'static str>,
}

/// `functions.json`, where a query has forests.
pub(super) fn functions(query: &Query) -> Option<String> {
    let functions: Vec<Function> = query
        .forests()
        .map(|function| Function {
            name: function.name(),
            columns: function.columns(),
            trees: function.forest.trees,
            sample: function.forest.sample,
            decay: function.forest.decay,
            shingle: function.forest.shingle,
            explanation: function.forest.explanation.map(|explanation| match explanation {
                Explanation::Attribution => "attribution",
                Explanation::Direction => "direction",
            }),
        })
        .collect();
    if functions.is_empty() {
        return None;
    }
    let mut text = serde_json::to_string_pretty(&functions).unwrap_or_default();
    text.push('\n');
    Some(text)
}

pub(super) fn plan(query: &Query) -> Vec<ForestPlan> {
    let plan = |function: crate::sql::ForestFunction| ForestPlan {
        function: function.name(),
        columns: function.forest.columns.len(),
        trees: function.forest.trees,
        sample: function.forest.sample,
        shingle: function.forest.shingle,
        rows_per_second: function.forest.rows_per_second(),
        memory_bytes: function.forest.memory_bytes(),
    };
    query.forests().map(plan).collect()
}
