//! A compiler for streaming-data pipelines on AWS.
//!
//! `parse -> resolve -> check -> plan -> render -> artifacts`, each phase a function from one type to the next.
//! [`compile`] is all of them up to the template.

pub mod accept;
pub mod amount;
pub mod artifacts;
pub mod aws;
pub mod capacity;
pub mod check;
pub mod compare;
pub mod diagnostics;
pub mod discover;
pub mod graph;
pub mod hex;
pub mod import;
pub mod instances;
pub mod pack;
pub mod parse;
pub mod pipeline;
pub mod pipeline_findings;
pub mod plan;
pub mod price_list;
pub mod producer_config;
pub mod programs;
pub mod render;
pub mod resolve;
pub mod source;
pub mod spec;
pub mod sql;
pub mod table;
pub mod terminal;
pub mod throughput;
pub mod world;

use std::path::Path;

use accept::Accepted;
use artifacts::connector::{LOCK_FILE, Lock};
use check::Checked;
use diagnostics::{Code, Diagnostic, Severity};
use parse::{Document, Environment, Parsed, Places};
use pipeline_findings::PipelineFindings;
use plan::Plan;
use plan::cost::Cost;
use price_list::{PriceList, Prices};
use programs::Programs;
use source::{Sources, Span};
use world::World;

/// Which of a spec's pipelines.
#[derive(Clone, Copy, Debug)]
pub enum Select<'a> {
    /// The spec as it stands.
    Spec,
    /// The spec in one of its environments.
    Environment(&'a str),
    /// The spec as it stands, and in each of its environments.
    All,
}

impl<'a> From<Option<&'a str>> for Select<'a> {
    fn from(environment: Option<&'a str>) -> Self {
        environment.map_or(Self::Spec, Self::Environment)
    }
}

/// The result of a compilation, up to the phase whose result `T` is.
#[derive(Debug)]
pub struct Compilation<T = Stack> {
    /// The files that were read.
    pub sources: Sources,
    /// What was found in them, in reading order, each finding once.
    pub diagnostics: Vec<Diagnostic>,
    /// The pipelines: the spec's own, and the environments' in their order. Those with errors are missing, and all
    /// where two would have one name.
    pub pipelines: Vec<T>,
    /// What was found in each pipeline, and with it what the spec accepts and is not among the diagnostics.
    pub findings: Vec<PipelineFindings>,
}

impl<T> Compilation<T> {
    /// Adds what is no longer accepted on a day, as `2026-11-30`.
    pub fn on_day(&mut self, today: &str) {
        let before = pipeline_findings::merge(&self.findings);
        pipeline_findings::put_back(&mut self.findings, today);
        // A finding can be one of several pipelines now, and names them differently.
        self.diagnostics.retain(|one| !before.contains(one));
        self.diagnostics.extend(pipeline_findings::merge(&self.findings));
        let accepted = self.findings.iter().map(|one| one.accepted.as_slice());
        self.diagnostics.extend(accept::overdue(accepted, today));
        diagnostics::sort(&mut self.diagnostics);
    }

    /// The pipeline, where one was selected.
    pub fn pipeline(self) -> Option<T> {
        self.pipelines.into_iter().next()
    }
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

impl Stack {
    /// Estimates the cost anew with the prices of a list, and with it the advice that the estimate gave.
    pub fn price(&mut self, list: &PriceList, advice: &mut Vec<Diagnostic>) {
        let advise = |cost: &Cost, prices| plan::advice::advise(&self.plan, cost, prices, &self.checked);
        let before = advise(&self.cost, Prices::BuiltIn);
        let prices = Prices::Listed(list);
        let cost = plan::cost::estimate(&self.plan, prices);
        let mut after = advise(&cost, prices);
        after.retain(|one| one.severity == Severity::Advice);
        let same = |one: &Diagnostic, other: &Diagnostic| (one.code, one.span) == (other.code, other.span);
        // What the spec accepts is not there before, and must not come back with another sum.
        let accepted = before.iter().filter(|one| !advice.contains(one));
        let accepted: Vec<&Diagnostic> = accepted.collect();
        after.retain(|one| !accepted.iter().any(|other| same(one, other)));
        advice.retain(|one| !before.contains(one));
        advice.extend(after);
        diagnostics::sort(advice);
        self.cost = cost;
    }
}

/// Compiles a spec: every phase up to the verified template.
pub fn compile(world: &dyn World, programs: &Programs, path: &Path, select: Select) -> Compilation {
    // One that cannot be read is a fault where it is needed: when a jar is held against it.
    let lock = Lock::read(world, &path.with_file_name(LOCK_FILE)).unwrap_or_default();
    let mut compilation = compile_with(world, programs, path, select, |checked, places| {
        back_end(checked, places, programs, lock.connectors())
    });
    // An environment alone need not have what another one has.
    if matches!(select, Select::All) && !diagnostics::has_errors(&compilation.diagnostics) {
        let accepted = compilation.findings.iter().flat_map(|one| &one.accepted);
        compilation.diagnostics.extend(accept::absent(&accepted));
        diagnostics::sort(&mut compilation.diagnostics);
    }
    compilation
}

/// The phases up to `check`.
pub fn front_end(
    world: &dyn World,
    programs: &Programs,
    path: &Path,
    select: Select,
) -> Compilation<Checked> {
    compile_with(world, programs, path, select, |checked, _| Back {
        result: Some(checked),
        found: Vec::new(),
        in_effect: Vec::new(),
    })
}

/// Compiles each selected pipeline up to `check`, and on with `then`.
fn compile_with<T>(
    world: &dyn World,
    programs: &Programs,
    path: &Path,
    select: Select,
    mut then: impl FnMut(Checked, Places) -> Back<T>,
) -> Compilation<T> {
    let mut sources = Sources::default();
    let mut pipelines = Vec::new();
    let mut findings = Vec::new();
    let mut uses = Vec::new();
    let mut diagnostics = match document(world, path, &mut sources) {
        Ok(document) => {
            let mut of = |name: Option<&str>, environment: Option<&Environment>| {
                let Front { checked, mut found, accepted, mut in_effect } =
                    checked(world, programs, path, &document, name, &mut sources);
                let mut is_complete = false;
                let mut used = Vec::new();
                if let Some((checked, places)) = checked {
                    used = check::uses(checked.pipeline());
                    let back = then(checked, places);
                    is_complete = back.result.is_some();
                    pipelines.extend(back.result);
                    found.extend(back.found);
                    in_effect.extend(back.in_effect);
                }
                uses.push(used);
                let environment = environment.cloned();
                findings.push(PipelineFindings { environment, found, accepted, in_effect, is_complete });
            };
            match select {
                Select::Environment(name) => of(Some(name), None),
                Select::Spec | Select::All => of(None, None),
            }
            if matches!(select, Select::All) {
                document.environments().iter().for_each(|other| of(Some(&other.name), Some(other)));
            }
            pipeline_findings::add_shared(&mut findings, uses);
            pipeline_findings::keep_unused(&mut findings, document.environments());
            pipeline_findings::apply(&mut findings);
            let mut found = pipeline_findings::merge(&findings);
            // Whichever pipeline is selected: a deployment of it must not take another one's stack.
            let clashes = check::same_names_within(&document.names());
            if !clashes.is_empty() {
                pipelines.clear();
            }
            found.extend(clashes);
            found
        }
        Err(diagnostics) => diagnostics,
    };
    diagnostics::sort(&mut diagnostics);
    Compilation { sources, diagnostics, pipelines, findings }
}

/// The file of a spec, read.
fn document(world: &dyn World, path: &Path, sources: &mut Sources) -> Result<Document, Vec<Diagnostic>> {
    let file = parse::load(world, path, sources).map_err(|diagnostic| vec![*diagnostic])?;
    parse::parse(sources.file(file))
}

/// What came of one pipeline up to `check`.
struct Front {
    checked: Option<(Checked, Places)>,
    found: Vec<Diagnostic>,
    accepted: Vec<Accepted>,
    /// Places of settings that have an effect.
    in_effect: Vec<Span>,
}

/// What came of a checked pipeline in the later phases.
struct Back<T> {
    result: Option<T>,
    found: Vec<Diagnostic>,
    /// Places of settings that have an effect.
    in_effect: Vec<Span>,
}

/// A document in one environment to a checked pipeline.
fn checked(
    world: &dyn World,
    programs: &Programs,
    path: &Path,
    document: &Document,
    environment: Option<&str>,
    sources: &mut Sources,
) -> Front {
    match document.merge(environment, sources) {
        Ok(parsed) => checked_spec(world, programs, path, document, parsed, sources),
        Err(found) => Front { checked: None, found, accepted: Vec::new(), in_effect: Vec::new() },
    }
}

/// A spec that is read to a checked pipeline.
fn checked_spec(
    world: &dyn World,
    programs: &Programs,
    path: &Path,
    document: &Document,
    parsed: Parsed,
    sources: &mut Sources,
) -> Front {
    let places = parsed.places.clone();
    let (accepted, of_accept) =
        accept::read(parsed.spec.accept.as_deref().unwrap_or_default(), &places, document, sources);
    let (pipeline, mut diagnostics) = resolve::resolve(parsed, path, world, sources);
    let records = pipeline.records.as_ref().map(|records| records.span);
    let (checked, found) = check::check(pipeline, programs);
    let is_used = found.iter().all(|one| one.code != Code::RecordsUnused);
    let in_effect = records.filter(|_| is_used).into_iter().collect();
    diagnostics.extend(found);
    diagnostics.extend(of_accept);
    let checked = checked.filter(|_| !diagnostics::has_errors(&diagnostics));
    Front { checked: checked.map(|checked| (checked, places)), found: diagnostics, accepted, in_effect }
}

/// Two parts whose names lead to one logical id: `app` and `logs-app`, say.
fn same_ids(plan: &Plan, places: &Places) -> Option<Diagnostic> {
    let all = &plan.resources;
    let (at, later) = all
        .iter()
        .enumerate()
        .find(|(at, one)| all[..*at].iter().any(|other| other.logical_id == one.logical_id))?;
    let first = all[..at].iter().find(|other| other.logical_id == later.logical_id)?;
    // The later one in the spec: a part with a name.
    let named =
        |spec: &str| ["/sources/", "/consumers/", "/deliveries/"].iter().any(|parts| spec.starts_with(parts));
    let (one, other) = if named(&later.spec) { (later, first) } else { (first, later) };
    Some(
        Diagnostic::error(
            Code::PartName,
            places.key(&one.spec),
            format!("two resources would have the logical id `{}`", one.logical_id),
            "rename this part",
        )
        .related(places.key(&other.spec), "the other one"),
    )
}

/// A checked pipeline to its stack, with the plan's advice.
fn back_end(
    checked: Checked,
    places: Places,
    programs: &Programs,
    connectors: &plan::ConnectorDigests,
) -> Back<Stack> {
    let plan = plan::plan(&checked, programs, connectors);
    if let Some(clash) = same_ids(&plan, &places) {
        return Back { result: None, found: vec![clash], in_effect: Vec::new() };
    }
    let prices = Prices::BuiltIn;
    let cost = plan::cost::estimate(&plan, prices);
    let plan::alarms::Settings { unused, in_effect } = plan::alarms::settings(&plan, &checked);
    let mut found = plan::advice::advise(&plan, &cost, prices, &checked);
    found.extend(unused);
    let result = match render::render(&plan).and_then(|template| render::verify::verify(template, &plan)) {
        Ok(template) => Some(Stack { checked, plan, cost, template, places }),
        Err(problem) => {
            found.push(Diagnostic::error(
                Code::InternalFault,
                checked.pipeline().span,
                format!("internal error: the generated template failed verification: {problem}"),
                "this is a fault of pipec, not of the spec; please report it with the spec",
            ));
            None
        }
    };
    Back { result, found, in_effect }
}
