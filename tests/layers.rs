//! Data flows one way: a folder of `src` uses only those before it in [`LAYERS`].

use std::fs;
use std::path::{Path, PathBuf};

/// The folders and files of `src`, each after all that it uses. What stands in one row may use each other.
const LAYERS: &[&[&str]] = &[
    &["pack", "source", "terminal", "world"],
    &["diagnostics"],
    &["aws"],
    &["spec"],
    &["runtime", "sql"],
    &["parse"],
    &["pipeline"],
    &["resolve"],
    &["capacity", "graph", "instances", "price_list", "producer_config", "throughput"],
    &["accept", "check", "discover"],
    &["pipeline_findings"],
    &["plan"],
    &["render"],
    &["artifacts"],
    // The phases, as one function.
    &["lib"],
    &["import"],
    &["cloud"],
    &["deploy", "watch"],
    &["simulate"],
    &["cli", "main"],
];

/// What reaches past the [`World`](pipec::world::World), without which a compilation could not be repeated.
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

/// The Rust files of `src`, by their paths below it, without their tests.
fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    for path in files(&root) {
        let is_test = path.ends_with("tests.rs") || path.ends_with("fixture.rs");
        if is_test || path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a source file");
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default().to_owned();
        sources.push((path.strip_prefix(&root).expect("below src").to_owned(), code));
    }
    sources
}

#[test]
fn the_compiler_reaches_the_outside_through_its_world_alone() {
    let compiler = layer("import");
    let mut past = Vec::new();
    for (path, code) in sources() {
        let part = part(&path);
        if layer(&part) > compiler || ["world"].contains(&part.as_str()) {
            continue;
        }
        let found = OUTSIDE.iter().filter(|word| code.contains(**word));
        past.extend(found.map(|word| format!("{} uses {word}", path.display())));
    }
    assert!(past.is_empty(), "{}", past.join("\n"));
}

#[test]
fn no_folder_uses_one_that_comes_after_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut back = Vec::new();
    let mut uses = 0;
    for (relative, code) in sources() {
        let own = part(&relative);
        for used in code.split("crate::").skip(1) {
            let name: String = used.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            let is_part = root.join(&name).is_dir() || root.join(format!("{name}.rs")).is_file();
            let used = if is_part { name.as_str() } else { "lib" };
            if used.is_empty() || used == own {
                continue;
            }
            uses += 1;
            if layer(used) > layer(&own) {
                back.push(format!("{} uses {used}", relative.display()));
            }
        }
    }
    back.sort();
    back.dedup();
    assert!(back.is_empty(), "{}", back.join("\n"));
    assert!(uses > 300, "{uses}");
}
