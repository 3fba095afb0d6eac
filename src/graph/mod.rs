//! The pipeline as a graph: its nodes, and what each does to others. Consumers of a stream, permissions, resources, the
//! order of creation and what the verbs look at follow from it.

mod build;

use std::borrow::Cow;

pub use build::{log_group_id, source_id};

use crate::pipeline::Purpose;

/// Logical id of the stream that takes the records in.
pub const INPUT_STREAM: &str = "Stream";
/// Logical id of the stream between the query and Firehose.
pub const DELIVERED_STREAM: &str = "OutputStream";

/// What the logical id of a source's main resource begins with; its name follows.
pub const SOURCE: &str = "Source";

/// What the logical ids of a consumer's resources begin with.
pub const CONSUMER: &str = "Consumer";

/// A pipeline as a graph.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

/// A node's place in its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(usize);

impl NodeId {
    /// The node's place in [`Graph::all`].
    pub fn index(self) -> usize {
        self.0
    }
}

/// Something that takes part in the pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Logical id of its main resource; `None` where that is not the stack's.
    pub logical_id: Option<Cow<'static, str>>,
    /// Of an output: its name in the SQL. Of a source, a consumer or a delivery: its name in the spec.
    pub name: Option<String>,
}

impl Node {
    /// Whether it belongs to a consumer of the spec; else a function and its queue belong to an output.
    pub fn is_of_consumer(&self) -> bool {
        self.logical_id.as_ref().is_some_and(|id| id.starts_with(CONSUMER))
    }
}

/// A kind of node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// The input Kinesis data stream.
    Stream,
    /// The Kinesis data stream of the rows that Firehose reads.
    DeliveredStream,
    /// The Flink application.
    Analytics,
    /// The custom resource's function, which starts the application.
    Starter,
    /// The Lambda transform.
    Transform,
    /// Firehose.
    Delivery,
    /// Firehose for the faults of the query.
    ErrorDelivery,
    /// A bucket that Firehose writes to.
    Bucket(Purpose),
    /// A table of the Data Catalog over the objects of a delivery.
    Table,
    /// What the records go to, where that is not a bucket.
    Destination,
    /// The network of the producer, where the stack creates it.
    Network,
    /// The EC2 instances.
    Producer,
    /// A service that writes records into the pipeline.
    Source,
    /// The queue of what a source could not write.
    SourceFailures,
    /// What a source reads, which is not the stack's.
    Upstream,
    /// The Kinesis data stream of an output that does not go to Firehose.
    OutputStream,
    /// A function of the user's that is invoked with the rows of an output, or with records.
    Function,
    /// The queue that holds the positions of rows whose batches failed.
    FailureQueue,
    /// A registered consumer of the stream, with enhanced fan-out.
    FanOut,
    /// A program of the user's that reads the stream.
    Reader,
    /// The bucket that holds what the stack runs.
    Artifacts,
    /// CloudWatch Logs: the log group of a node.
    Logs,
    /// Systems Manager, through which people reach an instance.
    SessionManager,
}

/// A node that acts, with a role of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// The EC2 instances.
    Producer,
    /// A service that writes records into the pipeline.
    Source,
    /// The flow log of the producer's network.
    FlowLog,
    /// The Flink application.
    Analytics,
    /// The function that starts the application.
    Starter,
    /// The Lambda transform.
    Transform,
    /// Firehose.
    Delivery,
    /// Firehose, for the faults of the query.
    ErrorDelivery,
    /// A function of the user's.
    Function,
    /// A program of the user's that reads the stream.
    Reader,
}

/// What one node does to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// The producer puts records into the stream.
    Produce,
    /// A source writes records into the stream, or into Firehose.
    Write,
    /// A source reads from what it is attached to.
    ReadUpstream,
    /// A source sends what it could not write to its queue.
    WriteFailures,
    /// The instances fetch their program from the artifacts.
    FetchProducer,
    /// The instances log.
    LogProducer,
    /// People reach the instances through Session Manager.
    AttendProducer,
    /// The network logs its flows.
    LogFlows,
    /// The application fetches its program from the artifacts.
    FetchApplication,
    /// The query reads a stream.
    Query,
    /// The query reads a stream a second time, for the records that its format skips.
    QueryBytes,
    /// The query puts rows into a stream.
    Emit,
    /// The application logs.
    LogAnalytics,
    /// The starter starts and stops the application.
    Control,
    /// The starter reads the application's log.
    ReadAnalyticsLog,
    /// The starter logs.
    LogStarter,
    /// Firehose reads a stream.
    Deliver,
    /// Firehose invokes the transform.
    Transform,
    /// The transform logs.
    LogTransform,
    /// Firehose writes to a sink.
    Store(Purpose),
    /// Firehose reads the columns of a table.
    ReadTable,
    /// Firehose logs.
    LogDelivery,
    /// Firehose reads the stream of the faults.
    DeliverErrors,
    /// Firehose writes faults into the bucket of a purpose.
    StoreErrors(Purpose),
    /// Firehose logs what it does with faults.
    LogErrorDelivery,
    /// Lambda reads an output, or the stream, for the function.
    Consume,
    /// Lambda sends the positions of failed batches to a queue.
    ReportFailures,
    /// Lambda looks up the stream whose records it gets by enhanced fan-out.
    Describe,
    /// Lambda gets the records of a registered consumer.
    Subscribe,
    /// A program polls the stream.
    Poll,
    /// A program finds the shards of the stream whose records it gets by enhanced fan-out.
    FindShards,
    /// A program gets the records of a registered consumer.
    SubscribeProgram,
    /// A registered consumer gets the records of the stream.
    FanOut,
}

impl Relation {
    /// The principal that needs permissions for it.
    pub fn principal(self) -> Principal {
        match self {
            Self::Produce | Self::FetchProducer | Self::LogProducer | Self::AttendProducer => {
                Principal::Producer
            }
            Self::Write | Self::ReadUpstream | Self::WriteFailures => Principal::Source,
            Self::LogFlows => Principal::FlowLog,
            Self::FetchApplication | Self::Query | Self::QueryBytes | Self::Emit | Self::LogAnalytics => {
                Principal::Analytics
            }
            Self::Control | Self::ReadAnalyticsLog | Self::LogStarter => Principal::Starter,
            Self::LogTransform => Principal::Transform,
            Self::Deliver | Self::Transform | Self::Store(_) | Self::ReadTable | Self::LogDelivery => {
                Principal::Delivery
            }
            Self::DeliverErrors | Self::StoreErrors(_) | Self::LogErrorDelivery => Principal::ErrorDelivery,
            Self::Consume | Self::ReportFailures | Self::Describe | Self::Subscribe => Principal::Function,
            Self::Poll | Self::FindShards | Self::SubscribeProgram | Self::FanOut => Principal::Reader,
        }
    }

    /// Whether it polls a stream, and so shares the read throughput of the stream's shards.
    pub fn consumes(self) -> bool {
        match self {
            Self::Query
            | Self::QueryBytes
            | Self::Deliver
            | Self::DeliverErrors
            | Self::Consume
            | Self::Poll => true,
            Self::Produce
            | Self::Write
            | Self::ReadUpstream
            | Self::WriteFailures
            | Self::FetchProducer
            | Self::LogProducer
            | Self::AttendProducer
            | Self::LogFlows
            | Self::FetchApplication
            | Self::Emit
            | Self::LogAnalytics
            | Self::Control
            | Self::ReadAnalyticsLog
            | Self::LogStarter
            | Self::Transform
            | Self::LogTransform
            | Self::Store(_)
            | Self::ReadTable
            | Self::LogDelivery
            | Self::StoreErrors(_)
            | Self::LogErrorDelivery
            | Self::ReportFailures
            | Self::Describe
            | Self::Subscribe
            | Self::FindShards
            | Self::SubscribeProgram
            | Self::FanOut => false,
        }
    }
}

/// An edge of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// The node that acts.
    pub from: NodeId,
    /// What it does.
    pub relation: Relation,
    /// The node that it acts on.
    pub to: NodeId,
}

impl Graph {
    /// A node by its id.
    pub fn get(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    /// Every node, in the order of the data.
    pub fn all(&self) -> &[Node] {
        &self.nodes
    }

    /// The nodes of a kind.
    pub fn nodes(&self, kind: NodeKind) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(move |node| node.kind == kind)
    }

    /// Whether there is a node of a kind.
    pub fn has(&self, kind: NodeKind) -> bool {
        self.nodes(kind).next().is_some()
    }

    /// Every edge: the producer's first, then in the order of the data.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The edges from the nodes that satisfy a condition.
    pub fn edges_of(&self, is: impl Fn(&Node) -> bool) -> impl Iterator<Item = &Edge> {
        self.edges.iter().filter(move |edge| is(self.get(edge.from)))
    }

    /// The log groups that the nodes of a kind write to, by their logical ids.
    pub fn log_groups(&self, kind: NodeKind) -> impl Iterator<Item = &str> {
        let of =
            move |edge: &&Edge| self.get(edge.from).kind == kind && self.get(edge.to).kind == NodeKind::Logs;
        self.edges.iter().filter(of).filter_map(|edge| self.get(edge.to).logical_id.as_deref())
    }

    /// The kinds of nodes that read the stream of a logical id.
    pub fn consumers(&self, stream: &str) -> Vec<NodeKind> {
        // An existing stream has none, and is the one that takes the records in.
        let is = |node: &Node| match node.kind {
            NodeKind::Stream => stream == INPUT_STREAM,
            _ => node.logical_id.as_deref() == Some(stream),
        };
        let reads = |edge: &&Edge| edge.relation.consumes() && is(self.get(edge.to));
        self.edges.iter().filter(reads).map(|edge| self.get(edge.from).kind).collect()
    }

    /// How many consumers share the shards of an output: those of the stack, else one outside of it.
    pub fn consumers_of_output(&self, name: &str) -> u64 {
        let output = self.nodes.iter().find(|node| match node.kind {
            NodeKind::DeliveredStream | NodeKind::OutputStream => node.name.as_deref() == Some(name),
            _ => false,
        });
        let stream = output.and_then(|output| output.logical_id.as_deref());
        stream.map_or(1, |stream| self.consumers(stream).len().max(1) as u64)
    }

    /// The stream of the faults that Firehose writes, by its logical id.
    pub fn delivered_errors(&self) -> Option<&str> {
        let edge = self.edges.iter().find(|edge| edge.relation == Relation::DeliverErrors)?;
        self.get(edge.to).logical_id.as_deref()
    }

    /// The kinds of nodes that poll the input stream, and so share the read throughput of its shards.
    pub fn readers_of_input(&self) -> Vec<NodeKind> {
        let reads = |edge: &&Edge| edge.relation.consumes() && self.get(edge.to).kind == NodeKind::Stream;
        self.edges.iter().filter(reads).map(|edge| self.get(edge.from).kind).collect()
    }

    /// Whether anything reads the input stream.
    pub fn input_is_read(&self) -> bool {
        self.has(NodeKind::FanOut) || !self.readers_of_input().is_empty()
    }

    /// The node that a delivery reads; `None` where records are put straight into it.
    pub fn delivered(&self, delivery: Option<&str>) -> Option<&Node> {
        let of = |edge: &&Edge| {
            edge.relation == Relation::Deliver && self.get(edge.from).name.as_deref() == delivery
        };
        self.edges.iter().find(of).map(|edge| self.get(edge.to))
    }
}
