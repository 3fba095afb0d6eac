//! The logs of a pipeline's programs, merged in the order of time.

mod line;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde_json::{Value, json};

use crate::cloud::deployed::Deployed;
use crate::cloud::observer::{LogEvent, LogRequest, Observer};
use crate::cloud::stop::Step;
pub use line::text;
use pipec_compiler::graph::{Graph, NodeKind};
use pipec_compiler::plan::Plan;

/// Between two looks. `FilterLogEvents` takes 5 calls per second and account in the smallest regions, and a pipeline has up
/// to five groups. CloudWatch Logs quotas, 2026-11.
const PAUSE: Duration = Duration::from_secs(3);
/// How long after its time an event comes in as a rule, milliseconds: Lambda and the producer send within seconds.
const SOON: i64 = 60_000;
/// How long after its time an event may still come in, milliseconds: what sends it may have been without an answer of
/// CloudWatch's for some minutes.
const LATE: i64 = 15 * 60_000;
/// Each of so many looks goes back that far, since all that was told comes again.
const LOOKS: u32 = 20;

/// A program with a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// The Lambda transform.
    Transform,
    /// The Flink application.
    Flink,
    /// Firehose, which reports errors only.
    Delivery,
    /// The producer's instances.
    Producer,
    /// The function that starts the Flink application.
    Starter,
}

impl Program {
    /// All programs, in the order of the data.
    pub const ALL: [Self; 5] = [Self::Producer, Self::Flink, Self::Starter, Self::Transform, Self::Delivery];

    /// What users call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Transform => "transform",
            Self::Flink => "flink",
            Self::Delivery => "delivery",
            Self::Producer => "producer",
            Self::Starter => "starter",
        }
    }

    /// Its node in the graph.
    fn node(self) -> NodeKind {
        match self {
            Self::Transform => NodeKind::Transform,
            Self::Flink => NodeKind::Analytics,
            Self::Delivery => NodeKind::Delivery,
            Self::Producer => NodeKind::Producer,
            Self::Starter => NodeKind::Starter,
        }
    }

    /// The programs of a pipeline.
    pub fn of(plan: &Plan) -> Vec<Self> {
        let there = |program: &Self| plan.graph.log_groups(program.node()).next().is_some();
        Self::ALL.into_iter().filter(there).collect()
    }
}

/// A line of a log, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Whose.
    pub program: Program,
    /// Its group.
    pub group: String,
    /// The event.
    pub event: LogEvent,
}

impl Logged {
    /// The event as an object, its text as it is.
    pub fn json(&self) -> Value {
        json!({
            "program": self.program.name(),
            "timestamp": line::time(self.event.at),
            "group": self.group,
            "stream": self.event.stream,
            "message": self.event.message.trim_end(),
        })
    }
}

/// What is read.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The pipeline's graph, which knows the log groups.
    pub graph: &'a Graph,
    /// Whose logs.
    pub programs: &'a [Program],
    /// The first millisecond since 1970.
    pub since: i64,
    /// Whether to wait for more.
    pub follow: bool,
    /// Only events that hold this text.
    pub filter: Option<&'a str>,
}

/// Reads the logs, oldest first; `tell` says whether it takes more.
///
/// # Errors
/// As AWS gives them; an interruption is the end of a log that is followed.
pub fn logs(
    observer: &dyn Observer,
    deployed: &Deployed,
    options: &Options,
    tell: &mut dyn FnMut(&Logged) -> bool,
) -> Step<()> {
    let groups: Vec<(Program, &str)> = options
        .programs
        .iter()
        .flat_map(|program| options.graph.log_groups(program.node()).map(move |group| (*program, group)))
        .filter_map(|(program, group)| Some((program, deployed.name(group)?)))
        .collect();
    let wanted = |event: &LogEvent| options.filter.is_none_or(|text| event.message.contains(text));
    let mut from = options.since;
    // What was told and could be found again, since each look goes back a little.
    let mut told: BTreeMap<String, i64> = BTreeMap::new();
    let mut look = 0;
    loop {
        let now = observer.now();
        let mut merge = Merge::new(observer, &groups, from, now);
        while let Some(logged) = merge.next()? {
            let new = !told.contains_key(&logged.event.id);
            if new && wanted(&logged.event) && !tell(&logged) {
                return Ok(());
            }
            if options.follow && logged.event.at >= now - LATE {
                told.insert(logged.event.id, logged.event.at);
            }
        }
        if !options.follow {
            return Ok(());
        }
        look = (look + 1) % LOOKS;
        let back = if look == 0 { LATE } else { SOON };
        from = options.since.max(now - back);
        told.retain(|_, at| *at >= now - LATE);
        observer.pause(PAUSE)?;
    }
}

/// The events of several groups in the order of time, a page of each in memory.
struct Merge<'a> {
    observer: &'a dyn Observer,
    from: i64,
    to: i64,
    groups: Vec<Group<'a>>,
}

struct Group<'a> {
    program: Program,
    name: &'a str,
    events: VecDeque<LogEvent>,
    token: Option<String>,
    ended: bool,
}

impl<'a> Merge<'a> {
    fn new(observer: &'a dyn Observer, groups: &[(Program, &'a str)], from: i64, to: i64) -> Self {
        let group = |&(program, name): &(Program, &'a str)| Group {
            program,
            name,
            events: VecDeque::new(),
            token: None,
            ended: false,
        };
        Self { observer, from, to, groups: groups.iter().map(group).collect() }
    }

    fn next(&mut self) -> Step<Option<Logged>> {
        for group in &mut self.groups {
            while group.events.is_empty() && !group.ended {
                let page = self.observer.log_events(&LogRequest {
                    group: group.name,
                    from: self.from,
                    to: self.to,
                    pattern: None,
                    token: group.token.as_deref(),
                })?;
                group.ended = page.token.is_none();
                group.token = page.token;
                group.events = page.events.into();
            }
        }
        let next = self.groups.iter_mut().filter(|group| !group.events.is_empty());
        let Some(next) = next.min_by_key(|group| group.events.front().map(|event| event.at)) else {
            return Ok(None);
        };
        let (program, group) = (next.program, next.name.to_owned());
        Ok(next.events.pop_front().map(|event| Logged { program, group, event }))
    }
}

#[cfg(test)]
mod tests;
