//! Data flows one way: a folder of `src` and `cli/src` uses only those before it in [`LAYERS`].

use std::fs;
use std::path::{Path, PathBuf};

/// The folders and files of `src` and `cli/src`, each after all that it uses. Those of one row may use each other.
const LAYERS: &[&[&str]] = &[
    &["amount", "hex", "pack", "source", "terminal", "world"],
    &["diagnostics"],
    &["aws"],
    &["spec"],
    &["programs", "sql"],
    &["parse"],
    &["pipeline"],
    &["resolve"],
    &["capacity", "graph", "instances", "price_list", "producer_config", "table", "throughput"],
    &["accept", "check", "discover"],
    &["pipeline_findings"],
    &["plan"],
    &["render"],
    &["artifacts"],
    // The phases, as one function.
    &["lib"],
    &["compare", "import"],
    // The crate in `cli`.
    &["cloud"],
    &["deploy", "watch"],
    &["review"],
    &["commands", "main"],
];

/// What reaches past the [`World`](pipec_compiler::world::World), without which a compilation could not be repeated.
const OUTSIDE: &[&str] = &[
    "fs::",
    "env::var",
    "env::home",
    "env::current",
    "SystemTime",
    "Instant::now",
    "std::net",
    "process::Command",
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn layer(part: &str) -> usize {
    let found = LAYERS.iter().position(|layer| layer.contains(&part));
    found.unwrap_or_else(|| panic!("`{part}` has no layer: add it to LAYERS"))
}

/// The part of `src` that a file belongs to: its folder, or itself.
fn part(path: &Path) -> String {
    let first = path.components().next().expect("a component").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The crates whose folders have layers, each with the name of its root.
const CRATES: [(&str, &str); 2] = [("src", "lib"), ("cli/src", "main")];

/// A file of a crate.
struct Source {
    /// Its path below the repository.
    path: PathBuf,
    /// Its path below the crate's folder.
    relative: PathBuf,
    /// Its text without tests.
    code: String,
    /// The crate's folder.
    folder: PathBuf,
    /// The name of the crate's root.
    root: &'static str,
}

/// The Rust files of both crates, without their tests.
fn sources() -> Vec<Source> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    for (folder, root) in CRATES {
        let folder = repository.join(folder);
        for path in files(&folder) {
            let is_test = path.ends_with("tests.rs") || path.ends_with("fixture.rs");
            if is_test || path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let text = fs::read_to_string(&path).expect("a source file");
            let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default().to_owned();
            let relative = path.strip_prefix(&folder).expect("below the crate").to_owned();
            let path = path.strip_prefix(repository).expect("below the repository").to_owned();
            sources.push(Source { path, relative, code, folder: folder.clone(), root });
        }
    }
    sources
}

#[test]
fn the_compiler_reaches_the_outside_through_its_world_alone() {
    let compiler = layer("import");
    let mut past = Vec::new();
    for Source { path, relative, code, .. } in sources() {
        let part = part(&relative);
        if layer(&part) > compiler || ["world"].contains(&part.as_str()) {
            continue;
        }
        let found = OUTSIDE.iter().filter(|word| code.contains(**word));
        past.extend(found.map(|word| format!("{} uses {word}", path.display())));
    }
    assert!(past.is_empty(), "{}", past.join("\n"));
}

/// AWS's clients are used in one folder; the other ones know its answers by types of their own.
#[test]
fn one_folder_calls_aws() {
    let mut callers = Vec::new();
    let mut inside = 0;
    for Source { path, code, .. } in sources() {
        if !["aws_sdk_", "aws_config::", "aws_runtime::"].iter().any(|name| code.contains(name)) {
            continue;
        }
        if path.starts_with("cli/src/cloud/sdk") {
            inside += 1;
        } else {
            callers.push(path.display().to_string());
        }
    }
    assert!(callers.is_empty(), "{}", callers.join("\n"));
    assert!(inside > 4, "{inside}");
}

#[test]
fn no_folder_uses_one_that_comes_after_it() {
    let mut back = Vec::new();
    let mut uses = 0;
    for Source { path, relative, code, folder, root } in sources() {
        let own = part(&relative);
        for used in code.split("crate::").skip(1) {
            let name: String = used.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            let is_part = folder.join(&name).is_dir() || folder.join(format!("{name}.rs")).is_file();
            let used = if is_part { name.as_str() } else { root };
            if used.is_empty() || used == own {
                continue;
            }
            uses += 1;
            if layer(used) > layer(&own) {
                back.push(format!("{} uses {used}", path.display()));
            }
        }
    }
    back.sort();
    back.dedup();
    assert!(back.is_empty(), "{}", back.join("\n"));
    assert!(uses > 300, "{uses}");
}

/// A file that no `mod` names is not compiled, and its tests do not run.
#[test]
fn every_file_of_tests_is_a_module() {
    for folder in ["tests", "cli/tests"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let main = fs::read_to_string(folder.join("main.rs")).expect("its root");
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
            let is_file = path.extension().is_some_and(|extension| extension == "rs") && name != "main";
            let is_folder = path.join("mod.rs").exists() && name != "sql";
            let named = main.contains(&format!("mod {name};\n"));
            assert!(
                named || !(is_file || is_folder),
                "{} has no `mod {name};`",
                folder.join("main.rs").display()
            );
        }
    }
}
