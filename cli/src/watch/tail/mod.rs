//! What flows through a pipeline: the records of its streams, the objects in its bucket.

mod objects;
mod prefixes;
mod shards;

pub use objects::{Place, objects};
use pipec_compiler::graph::{Graph, Node, NodeKind};
use pipec_compiler::pipeline::Purpose;
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
    /// The stream that is not the stack's.
    ExistingStream,
    /// A bucket that Firehose writes to: of a delivery of that name, or of the only one.
    Bucket(Option<String>, Purpose),
    /// What did not reach the destination of a delivery of that name, or of the only one.
    Failures(Option<String>),
}

impl Target {
    /// What a user means by a name; the names that there are, where it is none of them. pipec's own names come before
    /// those of the SQL.
    ///
    /// # Errors
    /// The names.
    pub fn find(graph: &Graph, name: &str) -> Result<Self, Vec<String>> {
        let own = |node: &Node| Some((own_name(node)?, Self::of(node)?));
        let of_sql = |node: &Node| match Self::of(node)? {
            // Their names are the spec's.
            Self::Bucket(..) | Self::Failures(_) => None,
            target => Some((node.name.clone()?, target)),
        };
        let targets: Vec<(String, Self)> =
            graph.all().iter().filter_map(own).chain(graph.all().iter().filter_map(of_sql)).collect();
        let found = targets.iter().find(|(known, _)| known == name);
        match found.or_else(|| targets.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))) {
            Some((_, target)) => Ok(target.clone()),
            None => Err(targets.into_iter().map(|(name, _)| name).collect()),
        }
    }

    /// A node that can be read.
    fn of(node: &Node) -> Option<Self> {
        let logical_id = node.logical_id.as_deref().map(str::to_owned);
        match node.kind {
            NodeKind::Stream if logical_id.is_none() => Some(Self::ExistingStream),
            NodeKind::Stream | NodeKind::DeliveredStream | NodeKind::OutputStream => {
                logical_id.map(Self::Stream)
            }
            NodeKind::Bucket(purpose) => Some(Self::Bucket(node.name.clone(), purpose)),
            NodeKind::Delivery => Some(Self::Failures(node.name.clone())),
            NodeKind::Analytics
            | NodeKind::Destination
            | NodeKind::Table
            | NodeKind::Starter
            | NodeKind::Transform
            | NodeKind::ErrorDelivery
            | NodeKind::Network
            | NodeKind::Producer
            | NodeKind::Source
            | NodeKind::SourceFailures
            | NodeKind::Upstream
            | NodeKind::FanOut
            | NodeKind::Reader
            | NodeKind::Function
            | NodeKind::FailureQueue
            | NodeKind::Artifacts
            | NodeKind::Logs
            | NodeKind::SessionManager => None,
        }
    }
}

/// What users call the records that did not reach the destination.
const FAILED: &str = "failed";

/// What pipec calls a node that can be read; an output that is not delivered has the name of the SQL alone.
fn own_name(node: &Node) -> Option<String> {
    match node.kind {
        NodeKind::Stream => Some("input".into()),
        NodeKind::DeliveredStream => Some("output".into()),
        // Among several, that of the delivery of that name.
        NodeKind::Bucket(purpose) => Some(match (&node.name, purpose) {
            (None, purpose) => purpose.name().into(),
            (Some(name), Purpose::Destination) => name.clone(),
            (Some(name), purpose) => format!("{name}-{}", purpose.name()),
        }),
        NodeKind::Delivery => Some(match &node.name {
            None => FAILED.into(),
            Some(name) => format!("{name}-{FAILED}"),
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
