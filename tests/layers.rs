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
    &["resolve"],
    &["capacity", "graph", "instances", "producer_config", "throughput"],
    &["check", "discover"],
    &["plan"],
    &["render"],
    &["artifacts"],
    // The phases, as one function.
    &["lib"],
    &["import"],
    &["cloud"],
    &["deploy", "watch"],
    &["cli", "main"],
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

#[test]
fn no_folder_uses_one_that_comes_after_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut back = Vec::new();
    let mut uses = 0;
    for path in
        files(&root).into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
    {
        let text = fs::read_to_string(&path).expect("a source file");
        let relative = path.strip_prefix(&root).expect("below src");
        let own = part(relative);
        // What tests use does not count.
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        if relative.ends_with("tests.rs") || relative.ends_with("fixture.rs") {
            continue;
        }
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
