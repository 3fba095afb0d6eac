//! pipec: a compiler for streaming-data pipelines on AWS.
//!
//! `parse -> resolve -> check -> plan -> render -> artifacts`, each phase a function from one type to the next.

pub mod artifacts;
pub mod aws;
pub mod capacity;
pub mod check;
pub mod cli;
pub mod cloud;
pub mod deploy;
pub mod diagnostics;
pub mod discover;
pub mod graph;
pub mod import;
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
pub mod terminal;
pub mod throughput;
pub mod watch;
pub mod world;

use std::path::Path;

use check::Checked;
use diagnostics::{Code, Diagnostic};
use parse::{Document, Places};
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

/// What the compilation of a spec and of all its environments gives.
#[derive(Debug)]
pub struct Compilations {
    /// The files that were read.
    pub sources: Sources,
    /// What was found in them, in reading order, each finding once.
    pub diagnostics: Vec<Diagnostic>,
    /// The stacks: the spec's own, and the environments' in their order. Those with errors are missing, and all where
    /// two would have one name.
    pub stacks: Vec<Stack>,
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

/// Compiles one spec: as it stands, or as it is in an environment.
pub fn compile(
    world: &dyn World,
    programs: &Programs,
    path: &Path,
    environment: Option<&str>,
) -> Compilation {
    let mut sources = Sources::default();
    let (stack, mut diagnostics) = match document(world, path, &mut sources) {
        Ok(document) => {
            let (stack, mut found) = phases(world, programs, path, &document, environment, &mut sources);
            // Whichever pipeline is asked for: a deployment of it must not take another one's stack.
            let clashes = check::same_names_within(&document.names());
            let stack = stack.filter(|_| clashes.is_empty());
            found.extend(clashes);
            (stack, found)
        }
        Err(diagnostics) => (None, diagnostics),
    };
    diagnostics::sort(&mut diagnostics);
    Compilation { sources, diagnostics, stack }
}

/// Compiles one spec, as it stands and as it is in each of its environments.
pub fn compile_all(world: &dyn World, programs: &Programs, path: &Path) -> Compilations {
    let mut sources = Sources::default();
    let mut stacks = Vec::new();
    let mut diagnostics = match document(world, path, &mut sources) {
        Ok(document) => {
            let mut of = |environment| {
                let (stack, found) = phases(world, programs, path, &document, environment, &mut sources);
                stacks.extend(stack);
                found
            };
            let mut all = of(None);
            let found = document.environments().iter();
            let found = found.map(|environment| (environment, of(Some(&environment.name)))).collect();
            parse::add_findings(&mut all, found);
            let clashes = check::same_names_within(&document.names());
            if !clashes.is_empty() {
                stacks.clear();
            }
            all.extend(clashes);
            all
        }
        Err(diagnostics) => diagnostics,
    };
    diagnostics::sort(&mut diagnostics);
    Compilations { sources, diagnostics, stacks }
}

/// The file of a spec, read.
fn document(world: &dyn World, path: &Path, sources: &mut Sources) -> Result<Document, Vec<Diagnostic>> {
    let file = parse::load(world, path, sources).map_err(|diagnostic| vec![*diagnostic])?;
    parse::parse(sources.file(file))
}

/// The phases behind it, in order.
fn phases(
    world: &dyn World,
    programs: &Programs,
    path: &Path,
    document: &Document,
    environment: Option<&str>,
    sources: &mut Sources,
) -> (Option<Stack>, Vec<Diagnostic>) {
    let parsed = match document.merge(environment, sources) {
        Ok(parsed) => parsed,
        Err(diagnostics) => return (None, diagnostics),
    };
    let places = parsed.places.clone();
    let (pipeline, mut diagnostics) = resolve::resolve(parsed, path, world, sources);
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
                format!("internal error: the generated template failed verification: {problem}"),
                "this is a fault of pipec, not of the spec; please report it with the spec",
            ));
            (None, diagnostics)
        }
    }
}
