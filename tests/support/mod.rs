//! pipec as a program calls it, with programs that need no compiler.

#![allow(dead_code, reason = "every test takes in the whole module and uses a part")]

pub mod place;
pub mod server;

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use pipec::aws::instance_types::Architecture;
use pipec::diagnostics::{self, Diagnostic};
use pipec::resolve::pipeline::Pipeline;
use pipec::runtime::{Build, Program, Programs};
use pipec::source::Sources;
use pipec::world::World;
use pipec::{Compilation, Compilations, check, parse, resolve};

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

/// `load -> parse -> resolve -> check`, of the spec and of all its environments, or of one environment alone.
pub fn front_end(world: &dyn World, path: &Path, environment: Option<&str>) -> Found {
    let mut found = Found::default();
    let Found { sources, diagnostics, pipeline: kept } = &mut found;
    let document = parse::load(world, path, sources)
        .map_err(|diagnostic| vec![*diagnostic])
        .and_then(|id| parse::parse(sources.file(id)));
    match document {
        Err(faults) => diagnostics.extend(faults),
        Ok(document) => {
            let mut of = |environment| match document.merge(environment, sources) {
                Err(faults) => faults,
                Ok(parsed) => {
                    let (pipeline, mut faults) = resolve::resolve(parsed, path, world, sources);
                    kept.get_or_insert(pipeline.clone());
                    faults.extend(check::check(pipeline, &programs()).1);
                    faults
                }
            };
            diagnostics.extend(of(environment));
            if environment.is_none() {
                let all = document.environments().iter();
                let found = all.map(|environment| (environment, of(Some(&environment.name)))).collect();
                parse::add_findings(diagnostics, found);
            }
        }
    }
    diagnostics::sort(diagnostics);
    found
}

/// What a whole compilation says about one spec: that, and where nothing is refused, the plan's advice.
pub fn compiled(world: &dyn World, path: &Path, environment: Option<&str>) -> Found {
    let pipeline = front_end(world, path, environment).pipeline;
    let (sources, diagnostics) = match environment {
        None => {
            let Compilations { sources, diagnostics, .. } = pipec::compile_all(world, &programs(), path);
            (sources, diagnostics)
        }
        Some(_) => {
            let Compilation { sources, diagnostics, .. } =
                pipec::compile(world, &programs(), path, environment);
            (sources, diagnostics)
        }
    };
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

/// What the console shows in each scenario of a deployment, and in each case of an import.
pub fn scenarios() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/deploy_scenarios");
    let files = ["cases", "permissions"].map(|name| fs::read_dir(folder.join(name)).expect("the scenarios"));
    let mut paths: Vec<PathBuf> =
        files.into_iter().flatten().map(|entry| entry.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    let imports = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/cases");
    let imports = fs::read_dir(imports).expect("the cases").map(|entry| entry.expect("a case").path());
    paths.extend(imports.map(|folder| folder.join("expected.txt")));
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).expect("what it shows")).collect()
}
