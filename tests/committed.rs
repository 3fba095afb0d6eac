//! Files that pipec writes and the repository keeps. `PIPEC_BLESS=1 cargo test --test compiler committed::` writes them anew; read
//! the diff.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::{env, fs};

use pipec_compiler::aws::instance_types::Architecture;
use pipec_compiler::programs::{Build, Program, Programs};
use pipec_compiler::spec::{reference, schema};
use pipec_compiler::world::Disk;
use pipec_compiler::{Select, artifacts, diagnostics};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Holds a committed file against what it should be.
fn fresh(path: &str, text: &str) {
    let path = root().join(path);
    if env::var_os("PIPEC_BLESS").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        fs::write(&path, text).expect("the file");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "{} is stale: PIPEC_BLESS=1 cargo test --test compiler committed::",
        path.display()
    );
}

fn examples() -> Vec<PathBuf> {
    let mut examples: Vec<PathBuf> = fs::read_dir(root().join("examples"))
        .expect("the examples")
        .map(|entry| entry.expect("an example").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    examples.sort();
    examples
}

#[test]
fn the_schema_is_fresh() {
    let schema = serde_json::to_string_pretty(&schema::generate()).expect("JSON") + "\n";
    fresh("schema/pipeline.schema.json", &schema);
}

#[test]
fn the_schema_of_the_store_is_fresh() {
    let schema = serde_json::to_string_pretty(&schema::store(&schema::generate())).expect("JSON") + "\n";
    fresh("schema/store/pipec.json", &schema);
}

#[test]
fn the_spec_reference_is_fresh() {
    fresh("docs/spec.md", &reference::text(&schema::generate()));
}

#[test]
fn the_functions_are_fresh() {
    fresh("docs/sql-functions.md", &pipec_compiler::sql::catalog::page());
}

/// The programs by the hashes of their inputs, which are in the keys of the artifacts.
fn programs() -> Programs {
    Programs::new(Program::ALL.map(|program| Build {
        program,
        architecture: Architecture::X86_64,
        inputs: pipec_program_inputs::inputs(root(), program.name()).expect("its sources").into(),
        packed: Cow::Borrowed(&[]),
    }))
}

#[test]
fn the_output_of_the_examples_is_fresh() {
    let programs = programs();
    let examples = examples();
    assert!(!examples.is_empty());
    for example in examples {
        let compiled = pipec_compiler::compile(&Disk, &programs, &example, Select::All);
        assert!(!diagnostics::has_errors(&compiled.diagnostics), "{} does not build", example.display());
        for stack in compiled.pipelines {
            for text in artifacts::texts(&stack.plan, &stack.template) {
                fresh(&format!("generated/{}/{}", stack.plan.name, text.name), &text.text);
            }
        }
    }
}

#[test]
fn the_reference_pipeline_takes_45_lines() {
    let spec = fs::read_to_string(root().join("examples/user-data-pipeline.yaml")).expect("the reference");
    let written =
        spec.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')).count();
    assert!(written <= 45, "{written} lines");
}
