//! `check`: everything that AWS would refuse, or silently get wrong. Pure; one file per family of rules; every rule
//! runs. Only this module can make a [`Checked`] pipeline, and only that can be planned.

mod alarms;
mod analytics;
mod arn_region;
mod consumers;
mod delivery;
mod destination;
#[cfg(test)]
mod editor_limits;
mod event_time;
mod existing;
mod flink;
mod names;
mod one_account;
mod order;
mod outputs;
mod own_transform;
mod producer;
mod producer_config;
mod producer_source;
mod rows;
mod shape;
mod shared;
mod sources;
mod stream;
mod throughput;
mod transform;
mod unpack;

pub use names::{same_names, same_names_within};
#[cfg(test)]
pub(crate) use producer::USER_DATA_FRAME_BYTES;
pub use shared::{Use, shared, uses};

use pipec_core::query as program;

use crate::diagnostics::{self, Diagnostic};
use crate::graph::Graph;
use crate::pipeline::Pipeline;
use crate::programs::Programs;
use crate::sql::Query;

/// A pipeline that compiles.
#[derive(Clone, Debug)]
pub struct Checked {
    pipeline: Pipeline,
    query: Option<Query>,
    program: Option<program::Query>,
    graph: Graph,
}

impl Checked {
    /// The pipeline.
    pub fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    /// The typed query, where there is SQL.
    pub fn query(&self) -> Option<&Query> {
        self.query.as_ref()
    }

    /// What the transform runs of the query, where the Lambda is its runtime.
    pub fn program(&self) -> Option<&program::Query> {
        self.program.as_ref()
    }

    /// The pipeline's graph.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }
}

/// What a rule sees and where it reports.
struct Context<'a> {
    pipeline: &'a Pipeline,
    programs: &'a Programs,
    graph: &'a Graph,
    query: Option<&'a Query>,
    /// What the transform would run of the query.
    program: Option<program::Query>,
    diagnostics: Vec<Diagnostic>,
}

impl Context<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}

/// Runs every rule. The pipeline comes back only where none found an error.
pub fn check(mut pipeline: Pipeline, programs: &Programs) -> (Option<Checked>, Vec<Diagnostic>) {
    let (query, mut diagnostics) = analytics::analyze(&pipeline);
    outputs::spell_as_the_sql(&mut pipeline, query.as_ref());
    let graph = Graph::of(&pipeline, query.as_ref());
    let mut context = Context {
        pipeline: &pipeline,
        programs,
        graph: &graph,
        query: query.as_ref(),
        program: None,
        diagnostics: Vec::new(),
    };
    names::check(&mut context);
    shape::check(&mut context);
    stream::check(&mut context);
    let before = context.diagnostics.len();
    producer::check(&mut context);
    producer_source::check(&mut context);
    producer_config::check(&mut context, before);
    sources::check(&mut context);
    consumers::check(&mut context);
    one_account::check(&mut context);
    analytics::check(&mut context);
    event_time::check(&mut context);
    order::check(&mut context);
    flink::check(&mut context);
    throughput::check(&mut context);
    outputs::check(&mut context);
    rows::check(&mut context);
    transform::check(&mut context);
    unpack::check(&mut context);
    delivery::check(&mut context);
    alarms::check(&mut context);
    let program = context.program;
    diagnostics.append(&mut context.diagnostics);
    if diagnostics::has_errors(&diagnostics) {
        return (None, diagnostics);
    }
    (Some(Checked { pipeline, query, program, graph }), diagnostics)
}
