//! Words that people stumble over stay out of what they read: pages, documents, templates, and the texts of the program.

use std::fs;
use std::path::{Path, PathBuf};

/// Never in a text; CONTRIBUTING.md has what to write instead.
const NEVER: &[&str] = &[
    "laid over",
    "cut in halves",
    "made anew",
    "who asks",
    "had not spread",
    "consumers behind",
    "stays behind",
    "stay behind",
    "goes on",
    "is told to",
    "gives no answer",
    "is no JSON",
    "is no gzip",
    "a line each",
    "rows a second",
    "records a second",
    "bytes a second",
    "USD a month",
    "one a line",
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// What a user may read of a file: all of a page, and the quoted texts and the documented options of a program.
fn shown(path: &Path, text: &str) -> String {
    if path.extension().is_none_or(|extension| extension != "rs") {
        return text.to_owned();
    }
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let documented = path.components().any(|part| part.as_os_str() == "cli" || part.as_os_str() == "spec");
    let lines = code.lines().filter(|line| match line.trim_start() {
        comment if comment.starts_with("///") => documented,
        comment if comment.starts_with("//") => false,
        line => line.contains('"'),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn texts_are_in_the_words_of_the_field() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = vec![root.join("README.md")];
    for folder in ["docs", "explain", "templates", "src"] {
        all.extend(files(&root.join(folder)));
    }
    let mut found = Vec::new();
    let mut read = 0;
    for path in all.iter().filter(|path| path.extension().is_some_and(|extension| extension != "snap")) {
        let Ok(text) = fs::read_to_string(path) else { continue };
        let text = shown(path, &text);
        read += text.len();
        let of = |word: &&&str| text.contains(**word);
        found.extend(NEVER.iter().filter(of).map(|word| format!("{}: {word}", path.display())));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(read > 500_000, "{read}");
}
