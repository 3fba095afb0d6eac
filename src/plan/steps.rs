//! The steps of a query: its streams, and what each reads.

use crate::sql::{Query, Role};

/// A stream that the query computes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepPlan {
    /// Its name in the SQL.
    pub name: String,
    /// Names of the streams and reference tables that its SELECTs read.
    pub reads: Vec<String>,
    /// Whether only other steps read it; else it leaves the query.
    pub inner: bool,
}

/// Lists the streams that a query computes.
pub(super) fn plan(query: &Query) -> Vec<StepPlan> {
    let computed = query.stream_ids().filter(|id| query.inserts_into(*id).next().is_some());
    computed
        .map(|id| {
            let mut reads: Vec<String> = Vec::new();
            for read in query.inserts_into(id).flat_map(|insert| insert.select.from.streams()) {
                let name = &query.stream(read).name;
                if !reads.contains(name) {
                    reads.push(name.clone());
                }
            }
            let stream = query.stream(id);
            StepPlan { name: stream.name.clone(), reads, inner: stream.role == Role::Inner }
        })
        .collect()
}
