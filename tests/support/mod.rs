//! The compiler as a program calls it, with programs that need no build.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use pipec_compiler::aws::instance_types::Architecture;
use pipec_compiler::check::Checked;
use pipec_compiler::programs::{Build, Program, Programs};
use pipec_compiler::world::World;
use pipec_compiler::{Compilation, Select};

/// The day of all tests.
pub const TODAY: &str = "2026-11-30";

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

/// What is found up to `check` in the spec and all its environments, or in one environment alone.
pub fn front_end(world: &dyn World, path: &Path, environment: Option<&str>) -> Compilation<Checked> {
    let select = environment.map_or(Select::All, Select::Environment);
    pipec_compiler::front_end(world, &programs(), path, select)
}

/// What a whole compilation finds: that, and where nothing is refused, the plan's advice.
pub fn compiled(world: &dyn World, path: &Path, environment: Option<&str>) -> Compilation<Checked> {
    let select = environment.map_or(Select::All, Select::Environment);
    let mut compilation = pipec_compiler::compile(world, &programs(), path, select);
    compilation.on_day(TODAY);
    let Compilation { sources, diagnostics, pipelines, findings } = compilation;
    let pipelines = pipelines.into_iter().map(|stack| stack.checked).collect();
    Compilation { sources, diagnostics, pipelines, findings }
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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cli/tests/deploy_scenarios");
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
