//! The front end as a program calls it, with programs that need no compiler.

#![allow(dead_code, reason = "every test takes in the whole module and uses a part")]

use std::borrow::Cow;
use std::path::Path;

use pipec::aws::instance_types::Architecture;
use pipec::diagnostics::{self, Diagnostic};
use pipec::resolve::pipeline::Pipeline;
use pipec::runtime::{Build, Program, Programs};
use pipec::source::Sources;
use pipec::world::World;
use pipec::{check, parse, resolve};

/// What the front end says about one spec.
#[derive(Default)]
pub struct Found {
    pub sources: Sources,
    pub diagnostics: Vec<Diagnostic>,
    /// The pipeline, where the form of the spec allows one.
    pub pipeline: Option<Pipeline>,
}

/// `load -> parse -> resolve -> check`.
pub fn front_end(world: &dyn World, path: &Path) -> Found {
    let mut found = Found::default();
    let Found { sources, diagnostics, pipeline: kept } = &mut found;
    match parse::load(world, path, sources) {
        Err(diagnostic) => diagnostics.push(*diagnostic),
        Ok(id) => {
            let (parsed, faults) = parse::parse(sources.file(id));
            diagnostics.extend(faults);
            if let Some(parsed) = parsed {
                let (pipeline, faults) = resolve::resolve(parsed, path, world, sources);
                diagnostics.extend(faults);
                *kept = Some(pipeline.clone());
                diagnostics.extend(check::check(pipeline, &programs()).1);
            }
        }
    }
    diagnostics::sort(diagnostics);
    found
}

/// x86_64 builds of all programs, empty: the front end asks only whether there is one.
pub fn programs() -> Programs {
    Programs::new(Program::ALL.map(|program| Build {
        program,
        architecture: Architecture::X86_64,
        inputs: Cow::Borrowed(""),
        packed: Cow::Borrowed(&[]),
    }))
}
