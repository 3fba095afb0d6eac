//! What came of a test.

use std::collections::BTreeMap;

use serde_json::Value;

use super::compare::differences;
use super::origins::{Origins, OutputOrigins};
use super::{Expect, Rows};
use crate::trace::Trace;

/// What came of a test.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Rows of the first delivery, or of the first output.
    pub main: Vec<Value>,
    /// Rows of the outputs of the SQL, and of the deliveries with names.
    pub outputs: BTreeMap<String, Vec<Value>>,
    /// Records that were left out on purpose; `None` where Flink does not report it.
    pub dropped: Option<u64>,
    /// Records that could not be processed; `None` where Flink does not report it.
    pub failed: Option<u64>,
    /// Keys of the objects, with the number of records.
    pub objects: Vec<(String, u64)>,
}

impl Outcome {
    /// What a run did.
    pub(super) fn of(trace: &Trace) -> Self {
        let delivered = trace.deliveries.iter().map(|delivery| (&delivery.name, lines(&delivery.contents)));
        let deliveries: Vec<_> = delivered.collect();
        let outputs = trace.rows.iter().map(|rows| (rows.output.clone(), lines(&rows.contents)));
        let mut outputs: BTreeMap<String, Vec<Value>> = outputs.collect();
        let first = deliveries.first().map(|(_, rows)| rows.clone());
        let main = first.or(trace.rows.first().and_then(|rows| outputs.get(&rows.output).cloned()));
        for (name, rows) in deliveries {
            if let Some(name) = name {
                outputs.insert(name.clone(), rows);
            }
        }
        let delivery = trace.deliveries.first();
        let (mut dropped, mut failed) = (delivery.map(|one| one.dropped), delivery.map(|one| one.failed));
        if let Some(rows) = trace.rows.first() {
            let sum = |one: Option<u64>, other: Option<u64>| Some(one.unwrap_or(0) + other?);
            (dropped, failed) = (sum(dropped, rows.dropped), sum(failed, rows.skipped));
        }
        let failed = failed.map(|failed| failed + trace.source.too_large);
        let listed = trace.deliveries.iter().flat_map(|delivery| &delivery.listed);
        let objects = listed.map(|object| (object.key.clone(), object.records)).collect();
        Self { main: main.unwrap_or_default(), outputs, dropped, failed, objects }
    }

    /// What is not as expected, in lines; none if the test passes.
    pub fn differences(&self, expect: &Expect) -> Vec<String> {
        self.explained(expect, &Origins::default())
    }

    /// The same, with the place in the SQL that made a row or left it out.
    pub fn explained(&self, expect: &Expect, origins: &Origins) -> Vec<String> {
        let main = origins.output(None);
        let mut lines = differences("rows", &expect.main, &self.main, main);
        for (name, rows) in &expect.outputs {
            match self.outputs.get(name) {
                Some(actual) => lines.extend(differences(name, rows, actual, origins.output(Some(name)))),
                None => {
                    let known: Vec<&str> = self.outputs.keys().map(String::as_str).collect();
                    let known = if known.is_empty() { "none".into() } else { known.join(", ") };
                    lines.push(format!("there is no output `{name}`; there are: {known}"));
                }
            }
        }
        for (what, expected, actual) in
            [("dropped", expect.dropped, self.dropped), ("failed", expect.failed, self.failed)]
        {
            match (expected, actual) {
                (Some(expected), Some(actual)) if expected != actual => {
                    lines.push(format!("{what}: {expected} records are expected, and {actual} came"));
                    let left_out = main.map(OutputOrigins::left_out).unwrap_or_default();
                    lines.extend(
                        left_out.into_iter().filter(|line| !lines.contains(line)).collect::<Vec<_>>(),
                    );
                }
                (Some(_), None) => {
                    lines.push(format!(
                        "{what}: Flink does not report it; remove `{what}`, and expect the rows of an output"
                    ));
                }
                _ => {}
            }
        }
        lines.extend(self.object_differences(expect.objects.as_deref()));
        lines
    }

    fn object_differences(&self, expected: Option<&[(String, Option<u64>)]>) -> Vec<String> {
        let Some(expected) = expected else { return Vec::new() };
        let mut left: Vec<&(String, u64)> = self.objects.iter().collect();
        let mut lines = Vec::new();
        for (key, records) in expected {
            let is_it = |(other, count): &&(String, u64)| {
                let is_key = match key.strip_suffix('*') {
                    Some(head) => other.starts_with(head),
                    None => other == key,
                };
                is_key && records.is_none_or(|records| records == *count)
            };
            match left.iter().position(is_it) {
                Some(at) => {
                    left.remove(at);
                }
                None => {
                    let records = records.map(|count| format!(" with {count} records")).unwrap_or_default();
                    lines.push(format!("- object {key}{records}"));
                }
            }
        }
        lines.extend(left.iter().map(|(key, records)| format!("+ object {key} with {records} records")));
        lines
    }
}

impl Expect {
    /// Whether nothing is expected.
    pub fn is_empty(&self) -> bool {
        self.main.is_empty()
            && self.outputs.values().all(Rows::is_empty)
            && self.dropped.is_none()
            && self.failed.is_none()
            && self.objects.is_none()
    }
}

impl Rows {
    /// Whether nothing is expected.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_none() && self.count.is_none()
    }
}

/// The lines of contents, as JSON where they are.
pub(super) fn lines(contents: &[Vec<u8>]) -> Vec<Value> {
    let lines = contents.iter().flat_map(|content| content.split(|byte| *byte == b'\n'));
    let full = lines.filter(|line| !line.trim_ascii().is_empty());
    let value = |line: &[u8]| {
        serde_json::from_slice(line)
            .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(line).into_owned()))
    };
    full.map(value).collect()
}
