//! How a pipeline is: its stack, its resources, what flows, and what is wrong.

mod alarms;
mod metrics;
mod sizing;
mod text;

use indexmap::IndexMap;
use serde::Serialize;

use crate::cloud::call_error::CallErrorKind;
use crate::cloud::cause;
use crate::cloud::client::{Call, StackReader};
use crate::cloud::deployed::Deployed;
use crate::cloud::kinds;
use crate::cloud::observer::{Observer, Point};
use crate::cloud::stack_state::StackState;
use crate::cloud::stop::Step;
pub use alarms::OwnAlarm;
use pipec_compiler::aws::destinations::{self, FRESHNESS, PUTS_SUCCEEDED, RECORDS_PER_REQUEST};
use pipec_compiler::aws::metrics::{Kind, Metric};
use pipec_compiler::capacity::bytes_per_second;
use pipec_compiler::graph::NodeKind;
use pipec_compiler::plan::{Plan, StreamPlan};
pub use text::text;

/// pipec's name of the reads that a stream refuses.
const READS_THROTTLED: &str = "reads_throttled";
/// pipec's name of the age of the records that are read.
const ITERATOR_AGE: &str = "iterator_age_ms";
/// Age of a record that is read from which on its consumer is late, milliseconds.
const LATE_MS: f64 = 600_000.0;
/// Firehose's patience for a record beyond its buffer, seconds, after which something is wrong: a transform and a retry.
const FRESHNESS_SLACK: u64 = 300;

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Watched<'a> {
    /// What the spec says.
    pub plan: &'a Plan,
    /// What is there.
    pub deployed: &'a Deployed,
    /// The spec as the user named it, for commands to type.
    pub spec: &'a str,
}

/// How a pipeline is.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// When it was looked at, seconds since 1970.
    pub at: i64,
    /// Its stack.
    pub stack: WatchedStack,
    /// What flows, in the order of the data.
    pub parts: Vec<Part>,
    /// The stack's own alarms, with their states.
    pub own_alarms: Vec<OwnAlarm>,
    /// Alarms of others that ring about one of the stack's resources.
    pub alarms: Vec<Ringing>,
    /// What AWS did not say.
    pub unread: Vec<Unread>,
    /// Every resource of the stack.
    pub resources: Vec<Named>,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// What.
    pub what: &'static str,
    /// AWS's words, with the call.
    pub reason: String,
    /// What to type.
    pub help: String,
}

/// The state of the stack.
#[derive(Clone, Debug, Serialize)]
pub struct WatchedStack {
    /// Name.
    pub name: String,
    /// Region.
    pub region: String,
    /// CloudFormation's word.
    pub status: String,
    /// What goes on, in a verb's form.
    pub doing: Option<&'static str>,
    /// The first cause of the last failure, where the last operation failed.
    pub failure: Option<Failure>,
}

/// Why an operation failed.
#[derive(Clone, Debug, Serialize)]
pub struct Failure {
    /// Logical id.
    pub resource: String,
    /// What it is.
    pub kind: String,
    /// AWS's words.
    pub reason: String,
}

/// A part of the pipeline that CloudWatch knows.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    /// What it is to the pipeline.
    pub part: String,
    /// Logical id.
    pub logical_id: String,
    /// The resource's own name.
    pub resource: String,
    /// State of the Flink application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// What a stream is declared for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<Declared>,
    /// What CloudWatch has, by pipec's name; `null` where it has no data.
    pub readings: IndexMap<&'static str, Option<f64>>,
    /// What is wrong, a sentence each.
    pub findings: Vec<String>,
    #[serde(skip)]
    metrics: &'static [Metric],
}

/// What a stream is declared for.
#[derive(Clone, Debug, Serialize)]
pub struct Declared {
    /// Records a second at peak.
    pub records_per_second: f64,
    /// Bytes a second at peak, partition keys included.
    pub bytes_per_second: u64,
    /// Shards; `null` on demand.
    pub shards: Option<u64>,
}

/// An alarm that rings.
#[derive(Clone, Debug, Serialize)]
pub struct Ringing {
    /// Name.
    pub name: String,
    /// Logical id of the resource that it is about.
    pub resource: String,
    /// Why, in CloudWatch's words.
    pub reason: String,
}

/// A resource and its own name.
#[derive(Clone, Debug, Serialize)]
pub struct Named {
    /// Logical id.
    pub logical_id: String,
    /// What it is.
    pub kind: String,
    /// The resource's own name or id.
    pub physical_id: Option<String>,
    /// CloudFormation's word.
    pub status: String,
}

impl Part {
    fn new(part: String, logical_id: &str, resource: &str, stream: Option<&StreamPlan>) -> Self {
        Self {
            part,
            logical_id: logical_id.to_owned(),
            resource: resource.to_owned(),
            status: None,
            declared: stream.map(|stream| Declared {
                records_per_second: stream.load.records_per_second,
                bytes_per_second: bytes_per_second(stream.load.records_per_second, stream.load.record_bytes),
                shards: stream.shards,
            }),
            readings: IndexMap::new(),
            findings: Vec::new(),
            metrics: &[],
        }
    }

    /// What was read, by pipec's name.
    fn reading(&self, key: &str) -> Option<f64> {
        self.readings.get(key).copied().flatten()
    }
}

/// What could not be read so far.
#[derive(Default)]
struct Gaps(Vec<Unread>);

impl Gaps {
    /// What a call gives, or else a substitute, and a note of why.
    ///
    /// # Errors
    /// Those that every other call would meet as well.
    fn read<T>(&mut self, what: &'static str, call: Call<T>, otherwise: T) -> Step<T> {
        call.or_else(|error| match error.kind {
            CallErrorKind::Interrupted
            | CallErrorKind::NoCredentials
            | CallErrorKind::ExpiredCredentials
            | CallErrorKind::WrongCredentials => Err(error.into()),
            _ => {
                self.0.push(Unread { what, reason: error.to_string(), help: error.help() });
                Ok(otherwise)
            }
        })
    }
}

/// Looks at a pipeline. A call that fails leaves a gap, which the status names.
///
/// # Errors
/// Where no call would succeed: without credentials, and where the user interrupts.
pub fn status(client: &dyn StackReader, observer: &dyn Observer, watched: &Watched) -> Step<Status> {
    let &Watched { plan, deployed, .. } = watched;
    let now = observer.now() / 1_000;
    let parts = metrics::parts(plan, deployed);
    let queries: Vec<_> = parts.iter().flat_map(|(kind, part)| metrics::queries(kind, part)).collect();
    let mut gaps = Gaps::default();
    let none = vec![Vec::new(); queries.len()];
    let points = observer.metrics(&queries, now - metrics::DAY, now);
    let mut points = gaps.read("the metrics", points, none)?.into_iter();
    let mut parts: Vec<Part> = parts
        .into_iter()
        .map(|(kind, part)| {
            let points: Vec<_> = points.by_ref().take(kind.metrics.len()).collect();
            measured(kind, part, &points, now, watched)
        })
        .collect();
    sizing::findings(&mut parts, plan);
    let application = plan.graph.nodes(NodeKind::Analytics).find_map(|node| node.logical_id.as_deref());
    for part in parts.iter_mut().filter(|part| Some(part.logical_id.as_str()) == application) {
        let state =
            client.application(&part.resource).map(|found| found.map(|application| application.status));
        part.status = gaps.read("the state of the application", state, None)?;
        if let Some(status) = part.status.as_ref().filter(|status| *status != "RUNNING") {
            part.findings.insert(0, format!("the application is {status}: it emits no rows"));
        }
    }
    let states =
        gaps.read("the states of the alarms", alarms::states(observer, plan, deployed), Vec::new())?;
    let own_alarms = alarms::own(plan, deployed, &states);
    let alarms = gaps.read("the alarms", observer.ringing_alarms(), Vec::new())?;
    let is_own = |name: &str| own_alarms.iter().any(|own| own.name.as_deref() == Some(name));
    let alarms = alarms.into_iter().filter(|alarm| !is_own(&alarm.name)).filter_map(|alarm| {
        let mut resources = deployed.resources.iter();
        let about = resources.find(|resource| {
            resource.name().is_some_and(|name| alarm.dimensions.iter().any(|value| value == name))
        })?;
        Some(Ringing { name: alarm.name, resource: about.logical_id.clone(), reason: alarm.reason })
    });
    let alarms = alarms.collect();
    Ok(Status {
        at: now,
        stack: stack_state(client, deployed, &mut gaps)?,
        parts,
        alarms,
        own_alarms,
        unread: gaps.0,
        resources: named(deployed),
    })
}

fn stack_state(client: &dyn StackReader, deployed: &Deployed, gaps: &mut Gaps) -> Step<WatchedStack> {
    let stack = &deployed.stack;
    let moving = stack.status.state() == StackState::InProgress;
    let failure = if stack.status.succeeded() {
        None
    } else {
        let events = gaps.read("the cause of the failure", client.events(&stack.id, None), Vec::new())?;
        // While an operation goes on, only its own failures count.
        let operation =
            if moving { cause::latest_operation(&events) } else { cause::failed_operation(&events) };
        cause::causes(&operation).first().map(|event| Failure {
            resource: event.logical_id.clone(),
            kind: kinds::words(&event.resource_type).to_owned(),
            reason: event.reason.clone().unwrap_or_else(|| "AWS reports no reason".into()),
        })
    };
    Ok(WatchedStack {
        name: stack.name.clone(),
        region: client.region().to_owned(),
        status: stack.status.to_string(),
        doing: moving.then(|| stack.status.doing()),
        failure,
    })
}

fn named(deployed: &Deployed) -> Vec<Named> {
    let named = |resource: &crate::cloud::client::StackResource| Named {
        logical_id: resource.logical_id.clone(),
        kind: kinds::words(&resource.resource_type).to_owned(),
        physical_id: resource.physical_id.clone(),
        status: resource.status.clone(),
    };
    deployed.resources.iter().map(named).collect()
}

/// A part with what CloudWatch has of it.
fn measured(
    kind: &'static Kind,
    mut part: Part,
    points: &[Vec<Point>],
    now: i64,
    &Watched { plan, spec, .. }: &Watched,
) -> Part {
    part.metrics = kind.metrics;
    for (metric, points) in kind.metrics.iter().zip(points) {
        let value = metrics::read(metric, points, now);
        part.readings.insert(metric.key, value);
        // Flink polls a busy shard as fast as it may, and repeats a call that is throttled: the age of its records shows
        // whether it keeps up.
        let polled = metric.key == READS_THROTTLED && read_by_flink(plan, &part.logical_id);
        if metric.fault && !polled && value.is_some_and(|value| value > 0.0) {
            part.findings.push(fault_words(metric.key, spec));
        }
    }
    if let Some(age) = part.reading(ITERATOR_AGE).filter(|age| *age > LATE_MS) {
        let minutes = (age / 60_000.0).floor();
        part.findings.push(format!(
            "records are read {minutes} min late: a consumer does not keep up, or has stopped"
        ));
    }
    let delivery = plan.delivery_of(&part.logical_id);
    // Error records have the buffer of the delivery whose bucket takes them.
    let errors = plan.error_delivery.as_ref().map(|errors| errors.suffix.as_str());
    let of_errors = plan.deliveries.iter().find(|delivery| Some(delivery.suffix.as_str()) == errors);
    let (buffer, transform) = delivery
        .or(of_errors)
        .map_or((0, 0), |delivery| (delivery.buffer_interval, delivery.transform_interval()));
    let patience = buffer + transform + FRESHNESS_SLACK;
    if part.reading(FRESHNESS).is_some_and(|age| age > patience as f64) {
        part.findings.push(format!(
            "Firehose retains records longer than its buffer interval of {buffer} \
             s: `pipec logs {spec} delivery` shows why"
        ));
    }
    let fails = part.reading(PUTS_SUCCEEDED).is_some_and(|share| share < 1.0);
    if fails || part.reading(RECORDS_PER_REQUEST).is_some_and(|records| records < 1.0) {
        let words = delivery.map_or(destinations::S3.words, |delivery| delivery.capabilities.words);
        part.findings
            .push(format!("Firehose cannot write to {words}: `pipec logs {spec} delivery` shows why"));
    }
    part
}

/// Whether Flink alone reads a stream.
fn read_by_flink(plan: &Plan, stream: &str) -> bool {
    let consumers = plan.graph.consumers(stream);
    !consumers.is_empty() && consumers.iter().all(|kind| *kind == NodeKind::Analytics)
}

/// What a value above 0 means, and what to look at.
fn fault_words(key: &str, spec: &str) -> String {
    let shows = |program: &str| format!("`pipec logs {spec} {program}` shows");
    match key {
        "records_throttled" => {
            "writes were throttled: too few shards, or one partition key with most of the records".into()
        }
        READS_THROTTLED => {
            "reads were throttled: too many consumers share the shards, or one reads too much".into()
        }
        "errors" => format!("invocations of the transform failed: {} why", shows("transform")),
        "throttles" => "Lambda throttled invocations: the account's concurrency is used up".into(),
        "records_failed" => {
            "records could not be processed; they are stored unchanged under the error prefix".into()
        }
        "restarts" | "down_ms" => {
            format!("the job fails and restarts: {} the exception", shows("flink"))
        }
        "checkpoints_failed" => format!("checkpoints fail: {} why", shows("flink")),
        "messages" => {
            "batches were abandoned; the queue contains the positions of their rows in the stream".into()
        }
        _ => "something is wrong".into(),
    }
}

#[cfg(test)]
mod tests;
