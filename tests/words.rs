//! Words that people stumble over stay out of what they read: pages, documents, the spec's manual, comments of templates, and
//! the texts of the program. CONTRIBUTING.md has what to write instead.

use std::fs;
use std::path::{Path, PathBuf};

/// Never in any text.
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
    "calls a second",
    "bytes a second",
    "USD a month",
    "again and again",
    "answered with",
    "by turns",
    "everybody",
    "goes nowhere",
    "handed on",
    "hands on",
    "inside of",
    "is no constant",
    "is no operator",
    "is no whole number",
    "need be done",
    "of yours",
    "old service",
    "outside of",
    "parentheses away",
    "straight into",
    "tells apart",
    "told apart",
    "one a line",
    "object a line",
    "for ever",
    "whoever",
    "mended",
    "parted",
];

/// Never in what is written to be read at length: documents, pages, the manual of the spec, templates, examples.
const NEVER_IN_DOCUMENTS: &[&str] = &[
    "alarms ring",
    "anew",
    "behind a",
    "behind each",
    "behind it",
    "behind one",
    "behind the",
    "beside",
    "besides",
    "blanks",
    "bounds of time",
    "comes to an end",
    "for good",
    "from memory",
    "in between",
    "is looked at",
    "made up from",
    "notifies nobody",
    "rings",
    "so many",
    "stand in",
    "stands",
    "the rights",
    "truths",
    "what becomes of",
    "whatever",
    "who reads",
    "without a word",
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

/// The lines that a user may read, with their numbers: of a program, its quoted texts and its documented options; of any
/// other file all.
fn shown<'a>(path: &Path, text: &'a str) -> Vec<(usize, &'a str)> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    if !is_rust(path) {
        return lines.collect();
    }
    let has = |folder: &str| path.components().any(|part| part.as_os_str() == folder);
    let is_documented = has("commands") || has("spec");
    let code = lines.take_while(|(_, line)| !line.starts_with("#[cfg(test)]"));
    let mut continues = false;
    code.filter(|(_, line)| {
        let continued = std::mem::replace(&mut continues, line.ends_with('\\'));
        match line.trim_start() {
            comment if comment.starts_with("///") => is_documented,
            comment if comment.starts_with("//") => false,
            line => continued || line.contains('"'),
        }
    })
    .collect()
}

/// A line as a part of its sentence: without a comment's mark, and without the mark of a text that continues.
fn words(line: &str) -> &str {
    line.trim().trim_start_matches(['/', '#', '!']).trim_end_matches('\\').trim()
}

/// Whether a line has a phrase, as whole words.
fn has(line: &str, phrase: &str) -> bool {
    let is_edge = |other: Option<char>| other.is_none_or(|other| !other.is_alphanumeric());
    line.match_indices(phrase).any(|(at, _)| {
        is_edge(line[..at].chars().next_back()) && is_edge(line[at + phrase.len()..].chars().next())
    })
}

/// Whether a phrase begins in one line and ends in the next, of which `both` consists.
fn has_across(both: &str, line: &str, next: &str, phrase: &str) -> bool {
    both.contains(phrase) && has(both, phrase) && !has(line, phrase) && !has(next, phrase)
}

/// Where the phrases are: file, line and phrase.
fn found(root: &Path, files: &[PathBuf], phrases: &[&str]) -> (Vec<String>, usize) {
    let mut found = Vec::new();
    let mut read = 0;
    for path in files.iter().filter(|path| path.extension().is_some_and(|extension| extension != "snap")) {
        let Ok(text) = fs::read_to_string(path) else { continue };
        let name = path.strip_prefix(root).unwrap_or(path).display();
        let lines = shown(path, &text);
        for (index, (number, line)) in lines.iter().enumerate() {
            read += line.len();
            let next = lines.get(index + 1).filter(|(next, _)| *next == number + 1);
            let (line, next) = (words(line), next.map_or("", |(_, next)| words(next)));
            let both = format!("{line} {next}");
            let all =
                phrases.iter().filter(|phrase| has(line, phrase) || has_across(&both, line, next, phrase));
            found.extend(all.map(|phrase| format!("{name}:{number}: {phrase}")));
        }
    }
    (found, read)
}

#[test]
fn texts_are_in_the_words_of_the_field() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut documents: Vec<PathBuf> =
        ["README.md", "CHANGELOG.md", "ARCHITECTURE.md", "cli/src/commands/init.yaml"]
            .map(|name| root.join(name))
            .into();
    for folder in ["docs", "explain", "templates", "examples", "src/spec"] {
        documents.extend(files(&root.join(folder)));
    }
    let mut all = documents.clone();
    for folder in ["src", "cli/src"] {
        all.extend(files(&root.join(folder)));
    }
    // What the programs in AWS log.
    let programs =
        fs::read_dir(root.join("runtime")).expect("a folder").map(|entry| entry.expect("an entry"));
    all.extend(
        programs
            .map(|entry| entry.path().join("src"))
            .filter(|path| path.is_dir())
            .flat_map(|path| files(&path)),
    );
    let (mut bad, read) = found(root, &all, NEVER);
    assert!(read > 500_000, "{read}");
    let (more, read) = found(root, &documents, NEVER_IN_DOCUMENTS);
    assert!(read > 250_000, "{read}");
    bad.extend(more);
    bad.sort();
    bad.dedup();
    assert!(bad.is_empty(), "CONTRIBUTING.md, Words, has what to write instead of:\n{}", bad.join("\n"));
}

#[test]
fn a_phrase_is_found_as_words_with_its_line() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let page = folder.path().join("page.md");
    fs::write(&page, "It lasts.\nThe jar lies beside the lock, besides.\n").expect("a page");
    assert_eq!(found(folder.path(), &[page], &["beside", "last"]).0, ["page.md:2: beside"]);
    let program = folder.path().join("program.rs");
    fs::write(&program, "// beside\nlet text = \"beside\";\n#[cfg(test)]\nlet text = \"beside\";\n")
        .expect("a program");
    assert_eq!(found(folder.path(), &[program], &["beside"]).0, ["program.rs:2: beside"]);
}

#[test]
fn a_phrase_is_found_across_lines() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let page = folder.path().join("page.md");
    fs::write(&page, "It is written straight\ninto the bucket.\n").expect("a page");
    assert_eq!(found(folder.path(), &[page], &["straight into"]).0, ["page.md:1: straight into"]);
    let program = folder.path().join("program.rs");
    fs::write(&program, "let text = \"a function \\\n    of others, and one \\\n    of yours\";\n")
        .expect("a program");
    assert_eq!(
        found(folder.path(), &[program], &["of others", "one of"]).0,
        ["program.rs:2: of others", "program.rs:2: one of"]
    );
}
