//! Specs after public streaming stacks: `shapes/`. The first line of a spec names the repository and the stack's purpose; the
//! second says whether the spec has the whole data path, or what is missing. Loads are invented.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use crate::support::{Files, compiled, programs};
use pipec_compiler::diagnostics::Severity;
use pipec_compiler::world::Disk;

/// Stacks whose whole data path a spec must be able to express.
const WHOLE_MIN: usize = 25;

struct Shape {
    name: String,
    spec: String,
}

impl Shape {
    fn line(&self, at: usize) -> &str {
        self.spec.lines().nth(at).unwrap_or_default()
    }

    fn is_whole(&self) -> bool {
        self.line(1).starts_with("# whole")
    }
}

fn shapes() -> Vec<Shape> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shapes");
    let entries = fs::read_dir(folder).expect("the shapes").map(|entry| entry.expect("a shape").path());
    let mut shapes: Vec<Shape> = entries
        .map(|path| Shape {
            name: path.file_name().expect("a name").to_string_lossy().into_owned(),
            spec: fs::read_to_string(path.join("spec.yaml")).expect("a spec"),
        })
        .collect();
    shapes.sort_by(|a, b| a.name.cmp(&b.name));
    shapes
}

#[test]
fn public_stacks_can_be_expressed() {
    let mut faults = Vec::new();
    let shapes = shapes();
    for shape in &shapes {
        let has_repository = shape.line(0).split_once(": ").is_some_and(|(name, _)| name.contains('/'));
        assert!(has_repository, "{}: the first line names a repository", shape.name);
        assert!(
            shape.is_whole() || shape.line(1).starts_with("# in part: "),
            "{}: the second line says what is missing",
            shape.name
        );
        let world = Files(HashMap::from([("spec.yaml".into(), shape.spec.clone().into_bytes())]));
        let found = compiled(&world, Path::new("spec.yaml"), None);
        let errors = found.diagnostics.iter().filter(|found| found.severity == Severity::Error);
        faults.extend(
            errors.map(|error| format!("{}: {} {} | {}", shape.name, error.code, error.message, error.help)),
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let whole = shapes.iter().filter(|shape| shape.is_whole()).count();
    assert!(whole >= WHOLE_MIN, "{whole} of {} are whole", shapes.len());
}

/// What is printed to be copied has no reference of a template in it, in the shapes and in the specs that have every kind.
#[test]
fn what_others_do_can_be_copied() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/specs");
    let entries = fs::read_dir(folder).expect("the specs").map(|entry| entry.expect("a spec").path());
    let texts = entries.map(|path| fs::read_to_string(path).expect("a spec"));
    let (mut faults, mut lines) = (Vec::new(), 0);
    for spec in texts.chain(shapes().into_iter().map(|shape| shape.spec)) {
        let world = Files(HashMap::from([("spec.yaml".into(), spec.into_bytes())]));
        let plan = pipec_compiler::compile(
            &world,
            &programs(),
            Path::new("spec.yaml"),
            pipec_compiler::Select::Spec,
        );
        let plan = &plan.pipeline().expect("a stack").plan;
        let of_sources = plan.sources.iter().flat_map(|source| &source.shown.other_side);
        let of_consumers = plan.consumers.iter().flat_map(|consumer| &consumer.other_side);
        let of_deliveries = plan.deliveries.iter().flat_map(|delivery| delivery.shown().other_side);
        let borrowed = of_sources.chain(of_consumers).cloned();
        for line in borrowed.chain(of_deliveries) {
            lines += 1;
            if line.contains("${") {
                faults.push(format!("{}: {line}", plan.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(lines > 100, "{lines}");
}

/// Every resource of a template leads back to a key that its spec has.
#[test]
fn every_resource_has_a_key_in_its_spec() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = |folder: &str| -> Vec<std::path::PathBuf> {
        let entries = fs::read_dir(root.join(folder)).expect("a folder");
        entries.map(|entry| entry.expect("an entry").path()).collect()
    };
    let mut specs: Vec<std::path::PathBuf> =
        files("tests/shapes").into_iter().map(|shape| shape.join("spec.yaml")).collect();
    let is_spec = |path: &std::path::PathBuf| path.extension().is_some_and(|extension| extension == "yaml");
    specs.extend(files("examples").into_iter().filter(is_spec));
    specs.extend(files("tests/judges/specs"));
    let (mut faults, mut resources) = (Vec::new(), 0);
    for spec in &specs {
        let compiled = pipec_compiler::compile(&Disk, &programs(), spec, pipec_compiler::Select::All);
        for stack in compiled.pipelines {
            for resource in &stack.plan.resources {
                resources += 1;
                if !stack.places.is_written(&resource.spec) {
                    faults.push(format!("{}: {} {}", spec.display(), resource.logical_id, resource.spec));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(resources > 1_000, "{resources}");
}
