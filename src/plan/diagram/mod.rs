//! The pipeline as a picture: what flows where, at which rate, and what each part costs.

mod dot;
mod mermaid;
mod svg;
mod tree;

use super::cost::{Cost, CostLine};
use super::sources::SourceValues;
use super::{DeliveryPlan, Plan, Reads, SourcePlan, StreamPlan};
use crate::amount::{amount, dollars};
use crate::aws::limits::billing::HOURS_PER_MONTH;
use crate::graph::{Node, NodeId, NodeKind, Relation};
use crate::pipeline::Purpose;
use crate::spec::Duration;
pub use dot::dot;
pub use mermaid::mermaid;
pub use svg::svg;
pub use tree::{TreeLine, tree};

/// A picture of a pipeline.
#[derive(Clone, Debug, Default)]
pub struct Diagram {
    /// The pipeline's name, its region and its whole cost.
    pub title: String,
    /// What takes part, in the order of the data.
    pub shapes: Vec<Shape>,
    /// What flows between them.
    pub arrows: Vec<Arrow>,
}

/// Something that takes part.
#[derive(Clone, Debug)]
pub struct Shape {
    /// What it is for in the pipeline.
    pub class: Class,
    /// Its name, as in the spec.
    pub title: String,
    /// The service, in a few words.
    pub service: String,
    /// Rate, capacity and the like, each in a few words.
    pub facts: Vec<String>,
    /// US dollars per month; `None` where nothing is billed for it or a price is unknown.
    pub monthly_usd: Option<f64>,
    /// The same as it is shown, for the span of time that was asked for.
    pub cost: Option<String>,
}

/// What a part is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Writes records into the pipeline.
    Source,
    /// Holds records.
    Stream,
    /// Computes.
    Compute,
    /// Collects records and writes them to a destination.
    Delivery,
    /// Where records end.
    Destination,
    /// Where records or their positions go after failures.
    Failures,
}

impl Class {
    /// Every class with its name in the formats.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Source, "source"),
        (Self::Stream, "stream"),
        (Self::Compute, "compute"),
        (Self::Delivery, "delivery"),
        (Self::Destination, "destination"),
        (Self::Failures, "failures"),
    ];

    /// Its name in the formats.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(class, _)| *class == self).map_or("", |(_, name)| name)
    }
}

/// Records that flow from one part to another, by their places in [`Diagram::shapes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// Where from.
    pub from: usize,
    /// Where to.
    pub to: usize,
    /// How they flow.
    pub flow: Flow,
}

/// How records flow along an arrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// All the time.
    Records,
    /// To a function and back.
    Call,
    /// By enhanced fan-out.
    FanOut,
    /// After a failure.
    Failures,
}

impl Flow {
    /// What stands at the arrow.
    pub fn label(self) -> Option<&'static str> {
        match self {
            Self::Records | Self::Call => None,
            Self::FanOut => Some("fan-out"),
            Self::Failures => Some("failures"),
        }
    }
}

/// The span of time that the costs of a picture are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Per {
    /// An hour.
    Hour,
    /// A month of 730 hours.
    #[default]
    Month,
}

impl Per {
    /// Dollars as they are shown.
    fn usd(self, monthly: f64) -> String {
        match self {
            Self::Month => format!("USD {} per month", dollars(monthly)),
            Self::Hour => format!("USD {:.3} per hour", monthly / HOURS_PER_MONTH as f64),
        }
    }
}

/// Which way the records flow along a relation, seen from the node that acts; `None` where no records flow.
enum Way {
    /// From the node that acts.
    Out(Flow),
    /// To the node that acts.
    In(Flow),
}

fn way(relation: Relation) -> Option<Way> {
    Some(match relation {
        Relation::Produce | Relation::Write | Relation::Emit | Relation::Store(_) => Way::Out(Flow::Records),
        Relation::StoreErrors(_) | Relation::WriteFailures | Relation::ReportFailures => {
            Way::Out(Flow::Failures)
        }
        Relation::Transform => Way::Out(Flow::Call),
        Relation::Query | Relation::Deliver | Relation::Consume | Relation::Poll => Way::In(Flow::Records),
        Relation::DeliverErrors => Way::In(Flow::Failures),
        // The registration is not drawn: the records come from the stream.
        Relation::Describe | Relation::FindShards => Way::In(Flow::FanOut),
        Relation::ReadUpstream
        | Relation::FetchProducer
        | Relation::LogProducer
        | Relation::AttendProducer
        | Relation::LogFlows
        | Relation::FetchApplication
        | Relation::QueryBytes
        | Relation::LogAnalytics
        | Relation::Control
        | Relation::ReadAnalyticsLog
        | Relation::LogStarter
        | Relation::LogTransform
        | Relation::ReadTable
        | Relation::LogDelivery
        | Relation::LogErrorDelivery
        | Relation::Subscribe
        | Relation::SubscribeProgram
        | Relation::FanOut => return None,
    })
}

impl Diagram {
    /// Draws a plan.
    pub fn of(plan: &Plan, cost: &Cost, per: Per) -> Self {
        let mut diagram = Self { title: title(plan, cost, per), ..Self::default() };
        let mut places: Vec<Option<usize>> = Vec::new();
        for node in plan.graph.all() {
            let shape = shape(plan, node).map(|shape| priced(plan, cost, per, node, shape));
            places.push(shape.as_ref().map(|_| diagram.shapes.len()));
            diagram.shapes.extend(shape);
        }
        let place = |id: NodeId| places.get(id.index()).copied().flatten();
        for edge in plan.graph.edges() {
            let arrow = match (way(edge.relation), place(edge.from), place(edge.to)) {
                (Some(Way::Out(flow)), Some(from), Some(to)) => Arrow { from, to, flow },
                (Some(Way::In(flow)), Some(to), Some(from)) => Arrow { from, to, flow },
                _ => continue,
            };
            if !diagram.arrows.contains(&arrow) {
                diagram.arrows.push(arrow);
            }
        }
        diagram.insert_steps(plan);
        diagram
    }

    /// The streams within the query, between the application and its outputs.
    fn insert_steps(&mut self, plan: &Plan) {
        let Some(application) = self.shapes.iter().position(|shape| shape.service == MANAGED_FLINK) else {
            return;
        };
        let outputs: Vec<usize> =
            self.arrows.iter().filter(|arrow| arrow.from == application).map(|arrow| arrow.to).collect();
        let inner: Vec<_> = plan.steps.iter().filter(|step| step.inner).collect();
        if inner.is_empty() {
            return;
        }
        let first = self.shapes.len();
        self.shapes.extend(inner.iter().map(|step| Shape {
            class: Class::Compute,
            title: step.name.clone(),
            service: "step of the SQL".to_owned(),
            facts: Vec::new(),
            monthly_usd: None,
            cost: None,
        }));
        let is_output = |name: &str| {
            let node = |at: &&usize| self.shapes[**at].title == name;
            outputs.iter().find(node).copied()
        };
        let step =
            |name: &str| inner.iter().position(|step| step.name == name).map_or(application, |at| first + at);
        let mut arrows = Vec::new();
        for one in &plan.steps {
            let to = if one.inner { Some(step(&one.name)) } else { is_output(&one.name) };
            for from in &one.reads {
                let from = step(from);
                let arrow = to.map(|to| Arrow { from, to, flow: Flow::Records });
                arrows.extend(arrow.filter(|arrow| !arrows.contains(arrow)));
            }
        }
        let reached = |at: &usize| arrows.iter().any(|arrow| arrow.to == *at);
        let replaced: Vec<usize> = outputs.iter().copied().filter(reached).collect();
        self.arrows.retain(|arrow| arrow.from != application || !replaced.contains(&arrow.to));
        self.arrows.extend(arrows);
    }

    /// The arrows that leave a shape, in the order of the data.
    fn leaving(&self, from: usize) -> impl Iterator<Item = &Arrow> {
        self.arrows.iter().filter(move |arrow| arrow.from == from)
    }
}

const MANAGED_FLINK: &str = "Managed Flink";
const KINESIS: &str = "Kinesis data stream";
const FIREHOSE: &str = "Firehose";

fn title(plan: &Plan, cost: &Cost, per: Per) -> String {
    let whole = match (&cost.prices_as_of, cost.complete) {
        (None, _) => "cost unknown".to_owned(),
        (Some(_), true) => per.usd(cost.monthly_usd),
        (Some(_), false) => format!("{} plus unknown prices", per.usd(cost.monthly_usd)),
    };
    format!("{} in {}: {whole}", plan.name, plan.region)
}

/// A node as it is drawn; `None` where no records pass it.
fn shape(plan: &Plan, node: &Node) -> Option<Shape> {
    let name = node.name.clone();
    let named = |word: &str| name.clone().unwrap_or_else(|| word.to_owned());
    let (class, title, service, facts) = match node.kind {
        NodeKind::Stream => {
            let stream = plan.stream.as_ref()?;
            let service = if stream.existing { "existing Kinesis data stream" } else { KINESIS };
            (Class::Stream, "stream".to_owned(), service.to_owned(), stream_facts(stream, "records"))
        }
        NodeKind::DeliveredStream | NodeKind::OutputStream => {
            let stream = plan.stream_of(node.logical_id.as_deref()?)?;
            (Class::Stream, named("output"), KINESIS.to_owned(), stream_facts(stream, "rows"))
        }
        NodeKind::Analytics => {
            let analytics = plan.analytics.as_ref()?;
            let facts = vec![format!("{} KPUs billed", analytics.billed_kpus)];
            (Class::Compute, "analytics".to_owned(), MANAGED_FLINK.to_owned(), facts)
        }
        NodeKind::Transform => transform(plan, node)?,
        NodeKind::Delivery => {
            let delivery = plan.delivery_of(node.logical_id.as_deref()?)?;
            (Class::Delivery, named("delivery"), FIREHOSE.to_owned(), delivery_facts(plan, delivery))
        }
        NodeKind::ErrorDelivery => {
            (Class::Delivery, "error rows".to_owned(), FIREHOSE.to_owned(), Vec::new())
        }
        NodeKind::Bucket(purpose) => {
            let of_node = |delivery: &&DeliveryPlan| delivery.name == node.name;
            let delivery = plan.deliveries.iter().find(of_node)?;
            let location = delivery.location(purpose)?;
            let service = if node.logical_id.is_some() { "S3 bucket" } else { "existing S3 bucket" };
            let title = location.logical_id.clone().unwrap_or_else(|| location.bucket_name.shown());
            let prefix = Some(shortened(&location.prefix)).filter(|prefix| !prefix.is_empty());
            let table = delivery.table().filter(|_| purpose == Purpose::Destination);
            let table =
                table.map(|table| format!("{}, table {}.{}", table.format, table.database_name, table.name));
            let facts = prefix.into_iter().chain(table).collect();
            (Class::Destination, title, service.to_owned(), facts)
        }
        NodeKind::Destination => {
            let delivery = plan.deliveries.iter().find(|delivery| delivery.name == node.name)?;
            let service = delivery.service.as_ref()?;
            let title = shortened(service.url.trim_start_matches("https://"));
            let facts = vec![format!("retried for {}", Duration(service.retry))];
            (Class::Destination, title, service.name.to_owned(), facts)
        }
        NodeKind::Producer => {
            let producer = plan.producer.as_ref()?;
            let rate = format!("{} records/s", amount(producer.records_per_second));
            let instances = format!("{} x {}", producer.count, producer.instance_type);
            let facts = vec![rate, instances, producer.source.clone()];
            (Class::Source, "producer".to_owned(), "EC2".to_owned(), facts)
        }
        NodeKind::Source => {
            let source = plan.sources.iter().find(|source| Some(&source.name) == node.name.as_ref())?;
            (Class::Source, source.name.clone(), service(source).to_owned(), Vec::new())
        }
        NodeKind::SourceFailures | NodeKind::FailureQueue => {
            (Class::Failures, format!("failures of {}", named("")), "SQS queue".to_owned(), Vec::new())
        }
        NodeKind::Function => {
            let mapping = node.logical_id.as_deref()?;
            let function = plan.function_of(mapping)?;
            let title = function.function_name().unwrap_or(&function.arn).to_owned();
            (Class::Compute, title, "existing Lambda function".to_owned(), Vec::new())
        }
        NodeKind::Reader => (Class::Compute, named("reader"), "your own program".to_owned(), Vec::new()),
        NodeKind::Starter
        | NodeKind::Network
        | NodeKind::Table
        | NodeKind::Upstream
        | NodeKind::FanOut
        | NodeKind::Artifacts
        | NodeKind::Logs
        | NodeKind::SessionManager => return None,
    };
    Some(Shape { class, title, service, facts, monthly_usd: None, cost: None })
}

/// A text that widens no box: the plan has the whole.
fn shortened(text: &str) -> String {
    /// Characters.
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The service behind a source.
fn service(source: &SourcePlan) -> &'static str {
    match &source.values {
        SourceValues::Api(_) => "API Gateway",
        SourceValues::CloudFront(_) => "CloudFront",
        SourceValues::CloudWatchLogs(_) => "CloudWatch Logs",
        SourceValues::EventBridge(_) => "EventBridge",
        SourceValues::Iot(_) => "IoT Core",
        SourceValues::MetricStream(_) => "CloudWatch metric stream",
        SourceValues::Sns(_) => "SNS topic",
        SourceValues::Pipe(_) if source.kind == "sqs" => "SQS queue",
        SourceValues::Pipe(_) => "DynamoDB stream",
        SourceValues::Waf(_) => "WAF",
        SourceValues::Writers(_) => "your own programs",
    }
}

/// Class, title, service and facts of a transform.
fn transform(plan: &Plan, node: &Node) -> Option<(Class, String, String, Vec<String>)> {
    let title = match &node.name {
        Some(name) => format!("transform of {name}"),
        None => "transform".to_owned(),
    };
    let Some(logical_id) = node.logical_id.as_deref() else {
        let delivery = plan.deliveries.iter().find(|delivery| delivery.name == node.name)?;
        let own = delivery.own_transform.as_ref()?;
        return Some((Class::Compute, title, "existing Lambda function".to_owned(), vec![own.arn.clone()]));
    };
    let (_, transform) = plan.transform_of(logical_id)?;
    let mut facts = vec![format!("{} MiB, {}", transform.memory, transform.architecture)];
    if transform.runs_query {
        let step = |step: &super::StepPlan| format!("{} from {}", step.name, step.reads.join(", "));
        facts.extend(plan.steps.iter().map(step));
    }
    Some((Class::Compute, title, "Lambda function".to_owned(), facts))
}

fn stream_facts(stream: &StreamPlan, word: &str) -> Vec<String> {
    let capacity = match stream.shards {
        Some(1) => "1 shard".to_owned(),
        Some(shards) => format!("{shards} shards"),
        None => "on demand".to_owned(),
    };
    vec![
        format!(
            "{} {word}/s of {} B",
            amount(stream.load.records_per_second),
            amount(stream.load.record_bytes as f64)
        ),
        capacity,
    ]
}

fn delivery_facts(plan: &Plan, delivery: &DeliveryPlan) -> Vec<String> {
    let of = |stream: Option<&StreamPlan>| stream.map(|stream| stream.load.records_per_second);
    let rate = match &delivery.reads {
        Reads::Stream => of(plan.stream.as_ref()),
        Reads::Rows(stream) => of(plan.stream_of(stream)),
        Reads::Direct(_) => Some(delivery.peak),
    };
    let buffer = format!("{} MiB or {} s", delivery.buffer_size, delivery.buffer_interval);
    let rate = rate.filter(|_| delivery.direct.is_some()).map(|rate| format!("{} records/s", amount(rate)));
    rate.into_iter().chain([buffer]).collect()
}

/// A shape with its part of the bill.
fn priced(plan: &Plan, cost: &Cost, per: Per, node: &Node, shape: Shape) -> Shape {
    let lines: Vec<&CostLine> = cost.lines.iter().filter(|line| is_for(plan, node, line)).collect();
    let known: Option<Vec<f64>> = lines.iter().map(|line| line.monthly_usd).collect();
    let monthly_usd = known.filter(|known| !known.is_empty()).map(|known| known.iter().sum());
    Shape { monthly_usd, cost: monthly_usd.map(|usd| per.usd(usd)), ..shape }
}

/// Whether a line of the bill is for a node.
fn is_for(plan: &Plan, node: &Node, line: &CostLine) -> bool {
    let below = |spec: &str| {
        line.spec.strip_prefix(spec).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let of_delivery = || {
        let delivery = plan.deliveries.iter().find(|delivery| delivery.name == node.name);
        delivery.is_some_and(|delivery| node.name.is_none() || below(&delivery.spec))
    };
    let of_consumer = || {
        let consumer = plan.consumers.iter().find(|consumer| Some(&consumer.name) == node.name.as_ref());
        consumer.is_some_and(|consumer| below(&consumer.spec))
    };
    match line.part {
        Some(NodeKind::Source) if node.kind == NodeKind::Source => {
            let source = plan.sources.iter().find(|source| Some(&source.name) == node.name.as_ref());
            source.is_some_and(|source| below(&source.spec))
        }
        Some(NodeKind::FanOut) if matches!(node.kind, NodeKind::Function | NodeKind::Reader) => of_consumer(),
        Some(NodeKind::OutputStream) if node.kind == NodeKind::OutputStream => {
            node.logical_id.as_deref().is_some_and(|id| line.item.split(':').next() == Some(id))
        }
        Some(NodeKind::Destination) => match node.kind {
            NodeKind::Bucket(purpose) => {
                let delivery = plan.deliveries.iter().find(|delivery| delivery.name == node.name);
                let location = delivery.and_then(|delivery| delivery.location(purpose));
                location.is_some_and(|location| location.spec == line.spec)
            }
            NodeKind::Destination => {
                let delivery = plan.deliveries.iter().find(|delivery| delivery.name == node.name);
                delivery.and_then(DeliveryPlan::iceberg).is_some_and(|table| table.spec == line.spec)
            }
            _ => false,
        },
        Some(part @ (NodeKind::Delivery | NodeKind::Transform)) if node.kind == part => of_delivery(),
        Some(part) => part == node.kind && !matches!(part, NodeKind::OutputStream | NodeKind::Source),
        None => false,
    }
}

#[cfg(test)]
mod tests;
