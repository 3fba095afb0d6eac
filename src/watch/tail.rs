//! What flows through a pipeline: the records of its streams, the objects in its bucket.

pub mod decode;
mod objects;
mod prefixes;
mod shards;

use crate::plan::Plan;
use crate::resolve::pipeline::Purpose;
pub use objects::{Place, objects};
pub use shards::records;

/// Where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At what comes from now on.
    Now,
    /// At what came at this time or later, milliseconds since 1970.
    Since(i64),
    /// At the oldest that is there.
    Oldest,
}

/// What is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A stream, by its logical id.
    Stream(String),
    /// A bucket that Firehose writes to.
    Bucket(Purpose),
}

impl Target {
    /// What a user means by a name; the names that there are, where it is none of them.
    ///
    /// # Errors
    /// The names.
    pub fn find(plan: &Plan, name: &str) -> Result<Self, Vec<String>> {
        let stream = |logical_id: &str| Ok(Self::Stream(logical_id.to_owned()));
        match (name, &plan.output_stream) {
            ("input", _) => return stream(&plan.stream.logical_id),
            ("output", Some(rows)) => return stream(&rows.logical_id),
            _ => {}
        }
        let mut buckets = plan.delivery.locations.iter().map(|location| location.purpose);
        if let Some(purpose) = buckets.find(|purpose| purpose.name() == name) {
            return Ok(Self::Bucket(purpose));
        }
        let outputs = &plan.outputs;
        let output = outputs.iter().find(|output| output.name == name);
        let output = output.or_else(|| outputs.iter().find(|output| output.name.eq_ignore_ascii_case(name)));
        if let Some(output) = output {
            return stream(&output.stream.logical_id);
        }
        let mut names = vec!["input".to_owned()];
        names.extend(plan.output_stream.is_some().then(|| "output".to_owned()));
        names.extend(outputs.iter().map(|output| output.name.clone()));
        names.extend(plan.delivery.locations.iter().map(|location| location.purpose.name().to_owned()));
        Err(names)
    }
}

#[cfg(test)]
mod tests;
