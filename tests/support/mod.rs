//! pipec as a program calls it, with programs that need no compiler.

#![allow(dead_code, reason = "every test takes in the whole module and uses a part")]

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use pipec::aws::instance_types::Architecture;
use pipec::diagnostics::{self, Diagnostic};
use pipec::resolve::pipeline::Pipeline;
use pipec::runtime::{Build, Program, Programs};
use pipec::source::Sources;
use pipec::world::World;
use pipec::{Compilation, check, parse, resolve};

/// Files in memory.
pub struct Files(pub HashMap<PathBuf, Vec<u8>>);

impl World for Files {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.0.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn size(&self, path: &Path) -> io::Result<u64> {
        self.read(path).map(|bytes| bytes.len() as u64)
    }
}

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

/// What a whole compilation says about one spec: that, and where nothing is refused, the plan's advice.
pub fn compiled(world: &dyn World, path: &Path) -> Found {
    let pipeline = front_end(world, path).pipeline;
    let Compilation { sources, diagnostics, .. } = pipec::compile(world, &programs(), path);
    Found { sources, diagnostics, pipeline }
}

/// x86_64 builds of all programs, empty: what is found asks only whether there is one.
pub fn programs() -> Programs {
    Programs::new(Program::ALL.map(|program| Build {
        program,
        architecture: Architecture::X86_64,
        inputs: Cow::Borrowed(""),
        packed: Cow::Borrowed(&[]),
    }))
}
