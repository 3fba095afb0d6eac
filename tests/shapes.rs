//! Specs after public streaming stacks: `shapes/`. The first line of a spec names the repository and the stack's purpose; the
//! second says whether the spec has the whole data path, or what is missing. Loads are invented.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use crate::support::{Files, compiled};
use pipec_compiler::diagnostics::Severity;

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
