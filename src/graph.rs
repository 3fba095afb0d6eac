//! The pipeline as a graph: what there is, and what flows between. Consumers of a stream, permissions and the order
//! of creation all follow from it; nothing else decides them.

use crate::resolve::pipeline::Pipeline;
use crate::spec::AnalyticsRuntime;

/// Something that takes part in the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// The EC2 instances.
    Producer,
    /// The Kinesis data stream that takes the records in.
    Stream,
    /// The Flink application.
    Analytics,
    /// The Kinesis data stream that takes the query's rows.
    OutputStream,
    /// The Lambda transform.
    Transform,
    /// Firehose.
    Delivery,
    /// The Kinesis data stream that takes the query's faults.
    ErrorStream,
    /// Firehose again, for the faults.
    ErrorDelivery,
    /// The destination bucket.
    Bucket,
    /// The custom resource's function.
    Starter,
    /// The bucket that holds what the stack runs.
    Artifacts,
    /// The log group of a node.
    Logs,
    /// Systems Manager, which lets people into an instance.
    SessionManager,
    /// The network of the producer.
    Network,
}

/// What one node does to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Puts records into a stream or objects into a bucket.
    Write,
    /// Reads records of a stream by polling, or an object of a bucket.
    Read,
    /// Calls a function.
    Invoke,
    /// Starts and stops.
    Control,
    /// Writes log events.
    Log,
    /// Is reached by people through it.
    Attend,
}

/// An edge of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// Who acts.
    pub from: Node,
    /// What it does.
    pub action: Action,
    /// On whom.
    pub to: Node,
}

/// Every edge of a pipeline, in the order of the data.
pub fn edges(pipeline: &Pipeline) -> Vec<Edge> {
    let flink = pipeline.analytics_on(AnalyticsRuntime::Flink).is_some();
    let mut edges = Vec::new();
    let mut edge = |from, action, to| edges.push(Edge { from, action, to });
    if let Some(producer) = &pipeline.producer {
        edge(Node::Producer, Action::Write, Node::Stream);
        edge(Node::Producer, Action::Read, Node::Artifacts);
        edge(Node::Producer, Action::Log, Node::Logs);
        edge(Node::Producer, Action::Attend, Node::SessionManager);
        if producer.network.is_none() {
            edge(Node::Network, Action::Log, Node::Logs);
        }
    }
    let delivered = if flink {
        edge(Node::Analytics, Action::Read, Node::Artifacts);
        edge(Node::Analytics, Action::Read, Node::Stream);
        edge(Node::Analytics, Action::Write, Node::OutputStream);
        edge(Node::Analytics, Action::Log, Node::Logs);
        edge(Node::Starter, Action::Control, Node::Analytics);
        edge(Node::Starter, Action::Log, Node::Logs);
        Node::OutputStream
    } else {
        Node::Stream
    };
    edge(Node::Delivery, Action::Read, delivered);
    if pipeline.transform.is_some() {
        edge(Node::Delivery, Action::Invoke, Node::Transform);
        edge(Node::Transform, Action::Log, Node::Logs);
    }
    edge(Node::Delivery, Action::Write, Node::Bucket);
    edge(Node::Delivery, Action::Log, Node::Logs);
    if pipeline.delivers_errors() {
        edge(Node::ErrorDelivery, Action::Read, Node::ErrorStream);
        edge(Node::ErrorDelivery, Action::Write, Node::Bucket);
        edge(Node::ErrorDelivery, Action::Log, Node::Logs);
    }
    edges
}

/// Who reads a stream.
pub fn consumers(edges: &[Edge], stream: Node) -> Vec<Node> {
    edges
        .iter()
        .filter(|edge| edge.action == Action::Read && edge.to == stream)
        .map(|edge| edge.from)
        .collect()
}
