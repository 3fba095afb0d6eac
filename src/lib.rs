//! pipec: a compiler for streaming-data pipelines on AWS.
//!
//! `parse -> resolve -> check -> plan -> render -> artifacts`, each phase a function from one type to the next.

pub mod artifacts;
pub mod aws;
pub mod capacity;
pub mod check;
pub mod cli;
pub mod deploy;
pub mod diagnostics;
pub mod discover;
pub mod graph;
pub mod instances;
pub mod pack;
pub mod parse;
pub mod plan;
pub mod producer_config;
pub mod render;
pub mod resolve;
pub mod runtime;
pub mod source;
pub mod spec;
pub mod sql;
pub mod world;

use std::path::Path;

use check::Checked;
use diagnostics::{Code, Diagnostic};
use parse::Places;
use plan::Plan;
use plan::cost::Cost;
use runtime::Programs;
use source::Sources;
use world::World;

/// What a compilation gives: what was found, and, where nothing kept it from being built, the stack.
#[derive(Debug)]
pub struct Compilation {
    /// The files that were read.
    pub sources: Sources,
    /// What was found in them, in reading order.
    pub diagnostics: Vec<Diagnostic>,
    /// The stack.
    pub stack: Option<Stack>,
}

/// A compiled pipeline.
#[derive(Debug)]
pub struct Stack {
    /// The pipeline.
    pub checked: Checked,
    /// Everything that the stack holds.
    pub plan: Plan,
    /// What it costs a month at the declared load.
    pub cost: Cost,
    /// The CloudFormation template.
    pub template: String,
    /// Where what stands in the spec.
    pub places: Places,
}

/// Compiles one spec.
pub fn compile(world: &dyn World, programs: &Programs, path: &Path) -> Compilation {
    let mut sources = Sources::default();
    let (stack, mut diagnostics) = phases(world, programs, path, &mut sources);
    diagnostics::sort(&mut diagnostics);
    Compilation { sources, diagnostics, stack }
}

/// The phases, in order.
fn phases(
    world: &dyn World,
    programs: &Programs,
    path: &Path,
    sources: &mut Sources,
) -> (Option<Stack>, Vec<Diagnostic>) {
    let file = match parse::load(world, path, sources) {
        Ok(file) => file,
        Err(diagnostic) => return (None, vec![*diagnostic]),
    };
    let (parsed, mut diagnostics) = parse::parse(sources.file(file));
    let Some(parsed) = parsed else { return (None, diagnostics) };
    let places = parsed.places.clone();
    let (pipeline, found) = resolve::resolve(parsed, path, world, sources);
    diagnostics.extend(found);
    let (checked, found) = check::check(pipeline, programs);
    diagnostics.extend(found);
    let Some(checked) = checked.filter(|_| !diagnostics::has_errors(&diagnostics)) else {
        return (None, diagnostics);
    };
    let plan = plan::plan(&checked, programs);
    let cost = plan::cost::estimate(&plan);
    diagnostics.extend(plan::advice::advise(&plan, &cost, &checked));
    match render::render(&plan).and_then(|template| render::verify::verify(template, &plan)) {
        Ok(template) => (Some(Stack { checked, plan, cost, template, places }), diagnostics),
        Err(problem) => {
            diagnostics.push(Diagnostic::error(
                Code::InternalFault,
                checked.pipeline().span,
                format!("pipec made a template that it cannot vouch for: {problem}"),
                "this is a fault of pipec, not of the spec; please report it with the spec",
            ));
            (None, diagnostics)
        }
    }
}
