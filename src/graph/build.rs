//! A pipeline to its graph, and the logical ids that contain names of the spec.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::{
    CONSUMER, DELIVERED_STREAM, Edge, Graph, INPUT_STREAM, Node, NodeId, NodeKind, Relation, SOURCE,
};
use crate::hex::hex;
use crate::pipeline::{
    CloudWatchLogs, Consumer, ConsumerKind, Delivery, Iceberg, Input, LogSource, OutputTarget, Pipeline,
    Purpose, Source, SourceKind, logical_name,
};
use crate::spec::AnalyticsRuntime;
use crate::sql::{ERROR_STREAM, Query};

impl Graph {
    /// The graph of a pipeline. Without its query, which may have errors, the outputs of the SQL are not known.
    pub fn of(pipeline: &Pipeline, query: Option<&Query>) -> Self {
        let mut graph = Self::default();
        graph.build(pipeline, query);
        graph
    }

    fn node(&mut self, kind: NodeKind, logical_id: impl Into<Option<&'static str>>) -> NodeId {
        self.add(Node { kind, logical_id: logical_id.into().map(Cow::Borrowed), name: None })
    }

    fn add(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId(self.nodes.len() - 1)
    }

    fn edge(&mut self, from: NodeId, relation: Relation, to: NodeId) {
        self.edges.push(Edge { from, relation, to });
    }

    fn build(&mut self, pipeline: &Pipeline, query: Option<&Query>) {
        let stream = pipeline.stream.as_ref().map(|stream| {
            let own = stream.existing.is_none();
            self.node(NodeKind::Stream, own.then_some(INPUT_STREAM))
        });
        let artifacts = self.node(NodeKind::Artifacts, None);
        // What writes into Firehose itself has an edge to it, so the deliveries come first without a stream.
        let direct = pipeline.deliveries.iter().filter(|_| stream.is_none());
        let deliveries: Vec<NodeId> = direct.map(|delivery| self.firehose(delivery)).collect();
        let intake = |to: Option<&str>| {
            let named = pipeline
                .deliveries
                .iter()
                .position(|delivery| to.is_some() && delivery.name.as_deref() == to);
            stream.or_else(|| deliveries.get(named.unwrap_or(0)).copied())
        };
        if let (Some(producer), Some(target)) = (&pipeline.producer, intake(None)) {
            let own_network = producer.network.is_none();
            let producer = self.node(NodeKind::Producer, "ProducerGroup");
            let logs = self.node(NodeKind::Logs, "ProducerLogs");
            let sessions = self.node(NodeKind::SessionManager, None);
            self.edge(producer, Relation::Produce, target);
            self.edge(producer, Relation::FetchProducer, artifacts);
            self.edge(producer, Relation::LogProducer, logs);
            self.edge(producer, Relation::AttendProducer, sessions);
            if own_network {
                let network = self.node(NodeKind::Network, "ProducerVpc");
                let logs = self.node(NodeKind::Logs, "ProducerFlowLogs");
                self.edge(network, Relation::LogFlows, logs);
            }
        }
        for source in &pipeline.sources {
            if let Some(target) = intake(source.to.as_ref().map(|to| to.value.as_str())) {
                self.source(source, target);
            }
        }
        let rows = match (pipeline.analytics_on(AnalyticsRuntime::Flink), stream) {
            (Some(_), Some(stream)) => self.analytics(pipeline, query, stream, artifacts),
            _ => None,
        };
        for (at, delivery) in pipeline.deliveries.iter().enumerate() {
            let input = match pipeline.input(delivery) {
                Input::Direct => None,
                Input::Stream => stream,
                Input::Rows(None) => rows,
                Input::Rows(Some(name)) => self.stream_of_output(name),
            };
            self.delivery(pipeline, delivery, deliveries.get(at).copied(), input);
        }
        for consumer in &pipeline.consumers {
            if let Some(stream) = stream {
                self.consumer(consumer, stream);
            }
        }
    }

    /// A node of a delivery.
    fn part(&mut self, delivery: &Delivery, kind: NodeKind, prefix: &str) -> NodeId {
        self.add(Node { kind, logical_id: Some(delivery.id(prefix).into()), name: delivery.name.clone() })
    }

    /// The Firehose stream of a delivery.
    fn firehose(&mut self, delivery: &Delivery) -> NodeId {
        let logical_id = Some(delivery.stream_id().into());
        self.add(Node { kind: NodeKind::Delivery, logical_id, name: delivery.name.clone() })
    }

    /// The stream of an output.
    fn stream_of_output(&self, name: &str) -> Option<NodeId> {
        let is = |node: &Node| {
            matches!(node.kind, NodeKind::OutputStream | NodeKind::DeliveredStream)
                && node.name.as_deref() == Some(name)
        };
        self.nodes.iter().position(is).map(NodeId)
    }

    /// A delivery with its transform and what it writes to.
    fn delivery(
        &mut self,
        pipeline: &Pipeline,
        delivery: &Delivery,
        node: Option<NodeId>,
        input: Option<NodeId>,
    ) {
        // A function of the user's is not the stack's, and has its own log.
        let transform = delivery.transform.as_ref().map(|transform| match transform.own {
            None => self.part(delivery, NodeKind::Transform, "Transform"),
            Some(_) => {
                self.add(Node { kind: NodeKind::Transform, logical_id: None, name: delivery.name.clone() })
            }
        });
        let node = node.unwrap_or_else(|| self.firehose(delivery));
        let logs = self.part(delivery, NodeKind::Logs, "DeliveryLogs");
        let sinks: Vec<(Purpose, NodeId)> = delivery
            .destination
            .sinks()
            .into_iter()
            .map(|sink| {
                let kind = match sink.location() {
                    Some(_) => NodeKind::Bucket(sink.purpose()),
                    None => NodeKind::Destination,
                };
                let logical_id = sink.logical_id().map(Cow::Owned);
                (sink.purpose(), self.add(Node { kind, logical_id, name: delivery.name.clone() }))
            })
            .collect();
        if let Some(input) = input {
            self.edge(node, Relation::Deliver, input);
        }
        if let Some(transform) = transform {
            self.edge(node, Relation::Transform, transform);
            if self.get(transform).logical_id.is_some() {
                let logs = self.part(delivery, NodeKind::Logs, "TransformLogs");
                self.edge(transform, Relation::LogTransform, logs);
            }
        }
        for &(purpose, sink) in &sinks {
            self.edge(node, Relation::Store(purpose), sink);
        }
        if let Some(table) = delivery.destination.table() {
            let logical_id = table.logical_id().map(Cow::Owned);
            let kind = NodeKind::Table;
            let table = self.add(Node { kind, logical_id, name: delivery.name.clone() });
            if delivery.destination.schema().is_some() {
                self.edge(node, Relation::ReadTable, table);
            }
        }
        if let Some([.., table]) = delivery.destination.iceberg().and_then(Iceberg::logical_ids) {
            let kind = NodeKind::Table;
            self.add(Node { kind, logical_id: Some(table.into()), name: delivery.name.clone() });
        }
        self.edge(node, Relation::LogDelivery, logs);
        let takes_errors = pipeline.error_delivery().is_some_and(|one| one.name == delivery.name);
        let faults =
            self.stream_of_output(ERROR_STREAM).filter(|_| takes_errors && pipeline.delivers_errors());
        if let Some(faults) = faults {
            let errors = self.node(NodeKind::ErrorDelivery, "ErrorDelivery");
            self.edge(errors, Relation::DeliverErrors, faults);
            let failures = delivery.destination.failures().0;
            for &(purpose, sink) in sinks.iter().filter(|(purpose, _)| *purpose == failures) {
                self.edge(errors, Relation::StoreErrors(purpose), sink);
            }
            self.edge(errors, Relation::LogErrorDelivery, logs);
        }
    }

    /// A source with what it reads and with its queue.
    fn source(&mut self, source: &Source, target: NodeId) {
        let id = logical_name(&source.name);
        let named = |kind, prefix: Option<&str>| Node {
            kind,
            logical_id: prefix.map(|prefix| format!("{prefix}{id}").into()),
            name: Some(source.name.clone()),
        };
        let node = self.add(Node {
            logical_id: Some(format!("{SOURCE}{}", source_id(source)).into()),
            ..named(NodeKind::Source, None)
        });
        self.edge(node, Relation::Write, target);
        let shape = source.kind.shape();
        if shape.reads {
            let upstream = self.add(named(NodeKind::Upstream, None));
            self.edge(node, Relation::ReadUpstream, upstream);
        }
        if shape.queue {
            let failures = self.add(named(NodeKind::SourceFailures, Some("SourceFailures")));
            self.edge(node, Relation::WriteFailures, failures);
        }
    }

    /// A consumer with its registration and its queue.
    fn consumer(&mut self, consumer: &Consumer, stream: NodeId) {
        let id = logical_name(&consumer.name);
        let named = |kind, part: Option<&str>| Node {
            kind,
            logical_id: part.map(|part| format!("{CONSUMER}{part}{id}").into()),
            name: Some(consumer.name.clone()),
        };
        let registered = consumer.fans_out().then(|| {
            let registered = self.add(named(NodeKind::FanOut, Some("FanOut")));
            self.edge(registered, Relation::FanOut, stream);
            registered
        });
        match &consumer.kind {
            ConsumerKind::Lambda(_) => {
                let function = self.add(named(NodeKind::Function, Some("Mapping")));
                let failures = self.add(named(NodeKind::FailureQueue, Some("Failures")));
                match registered {
                    Some(registered) => {
                        self.edge(function, Relation::Describe, stream);
                        self.edge(function, Relation::Subscribe, registered);
                    }
                    None => self.edge(function, Relation::Consume, stream),
                }
                self.edge(function, Relation::ReportFailures, failures);
            }
            ConsumerKind::FanOut(_) | ConsumerKind::Poll(_) => {
                let reader = self.add(named(NodeKind::Reader, None));
                match registered {
                    Some(registered) => {
                        self.edge(reader, Relation::FindShards, stream);
                        self.edge(reader, Relation::SubscribeProgram, registered);
                    }
                    None => self.edge(reader, Relation::Poll, stream),
                }
            }
        }
    }

    /// The application with its outputs; the stream that `delivery` reads, if a delivery reads it.
    fn analytics(
        &mut self,
        pipeline: &Pipeline,
        query: Option<&Query>,
        stream: NodeId,
        artifacts: NodeId,
    ) -> Option<NodeId> {
        let delivered = pipeline.analytics.as_ref().zip(query).and_then(|(own, query)| own.delivered(query));
        let delivered = delivered.filter(|_| pipeline.delivers_rows());
        let analytics = self.node(NodeKind::Analytics, "Analytics");
        let delivered_stream = pipeline.delivers_rows().then(|| {
            self.add(Node {
                kind: NodeKind::DeliveredStream,
                logical_id: Some(DELIVERED_STREAM.into()),
                name: delivered.map(|output| output.name.clone()),
            })
        });
        let logs = self.node(NodeKind::Logs, "AnalyticsLogs");
        let starter = self.node(NodeKind::Starter, "Starter");
        let starter_logs = self.node(NodeKind::Logs, "StarterLogs");
        self.edge(analytics, Relation::FetchApplication, artifacts);
        self.edge(analytics, Relation::Query, stream);
        if query.is_some_and(Query::reads_records_twice) {
            self.edge(analytics, Relation::QueryBytes, stream);
        }
        if let Some(delivered_stream) = delivered_stream {
            self.edge(analytics, Relation::Emit, delivered_stream);
        }
        self.edge(analytics, Relation::LogAnalytics, logs);
        self.edge(starter, Relation::Control, analytics);
        self.edge(starter, Relation::ReadAnalyticsLog, logs);
        self.edge(starter, Relation::LogStarter, starter_logs);
        let (Some(settings), Some(query)) = (&pipeline.analytics, query) else {
            return delivered_stream;
        };
        let delivered = delivered.map(|output| &output.name);
        let mut ids: Vec<String> = Vec::new();
        for output in query.outputs().filter(|output| Some(&output.name) != delivered) {
            let mut id = logical_name(&output.name);
            while ids.contains(&id) {
                id.push('X');
            }
            let named = |kind, prefix: &str| Node {
                kind,
                logical_id: Some(format!("{prefix}{id}").into()),
                name: Some(output.name.clone()),
            };
            let rows = self.add(named(NodeKind::OutputStream, DELIVERED_STREAM));
            self.edge(analytics, Relation::Emit, rows);
            let setting = settings.outputs.iter().find(|setting| setting.name == output.name);
            if let Some(OutputTarget::Lambda(..)) = setting.map(|setting| &setting.target) {
                let function = self.add(named(NodeKind::Function, "OutputMapping"));
                let failures = self.add(named(NodeKind::FailureQueue, "OutputFailures"));
                self.edge(function, Relation::Consume, rows);
                self.edge(function, Relation::ReportFailures, failures);
            }
            ids.push(id);
        }
        delivered_stream
    }
}

/// What the logical id of a source's main resource ends in. Where the spec has a list of what the source is attached to,
/// each has a resource whose id does not depend on its place in the list.
pub fn source_id(source: &Source) -> String {
    let name = logical_name(&source.name);
    match &source.kind {
        SourceKind::CloudWatchLogs(CloudWatchLogs { from: LogSource::Groups(groups), .. }) => {
            groups.first().map_or_else(|| name.clone(), |group| name.clone() + &log_group_id(&group.value))
        }
        _ => name,
    }
}

/// The name of a log group as a part of a logical id. Different groups have different ids.
pub fn log_group_id(group: &str) -> String {
    /// Characters of the name itself.
    const NAME_CHARS: usize = 40;
    const HASH_CHARS: usize = 6;
    let hash = hex(Sha256::digest(group.as_bytes()));
    logical_name(group).chars().take(NAME_CHARS).collect::<String>() + &hash[..HASH_CHARS]
}
