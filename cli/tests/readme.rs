//! The README's tour is real: its spec is built, and what it shows is what pipec prints.
//! `PIPEC_BLESS=1 cargo test --test cli readme::` writes the output anew.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// The repository.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The first fenced block of a language.
fn block<'a>(text: &'a str, language: &str) -> &'a str {
    let start = text.find(&format!("```{language}\n")).expect("a block") + language.len() + 4;
    let end = text[start..].find("```").expect("an end") + start;
    &text[start..end]
}

#[test]
fn the_tour_is_real() {
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).expect("the README");
    let tour = readme.find("## A five-minute tour").expect("the tour");
    let spec = block(&readme[tour..], "yaml");
    let folder = tempfile::TempDir::new().expect("a folder");
    let run = |spec: &str, args: &[&str]| {
        fs::write(folder.path().join("orders.yaml"), spec).expect("the spec");
        let output = Command::new(env!("CARGO_BIN_EXE_pipec"))
            .args(args)
            .current_dir(folder.path())
            .env_clear()
            .env("HOME", folder.path())
            .output()
            .expect("pipec runs");
        let text = String::from_utf8(output.stdout).expect("text") + &String::from_utf8_lossy(&output.stderr);
        format!("$ pipec {}\n{}\n", args.join(" "), text.trim_end())
    };
    let faulty = spec.replace("300 s", "1500 s");
    assert_ne!(faulty, spec);
    let orders = "{\"id\":1,\"total\":250}\n{\"id\":2,\"total\":80}\n{\"id\":3,\"total\":120}\n";
    fs::write(folder.path().join("orders.jsonl"), orders).expect("the records");
    let simulate = ["simulate", "orders.yaml", "--input", "orders.jsonl", "--out", "objects"];
    let tour = [
        ("simulate", run(spec, &simulate)),
        ("check", run(&faulty, &["check", "orders.yaml"])),
        ("plan", run(spec, &["plan", "orders.yaml"])),
        ("build", run(spec, &["build", "orders.yaml"])),
    ];
    let mut fresh = readme.clone();
    for (name, output) in &tour {
        let marker = format!("<!-- tour: {name} -->\n```text\n");
        let start = fresh.find(&marker).expect("the marker") + marker.len();
        let end = fresh[start..].find("```").expect("an end") + start;
        fresh.replace_range(start..end, output);
    }
    if env::var_os("PIPEC_BLESS").is_some() {
        fs::write(&path, &fresh).expect("the README");
    }
    assert!(
        fresh == readme || env::var_os("PIPEC_BLESS").is_some(),
        "README.md is stale: PIPEC_BLESS=1 cargo test --test cli readme::"
    );
}

#[test]
fn the_reference_has_as_many_resources_as_is_said() {
    let root = root();
    let readme = fs::read_to_string(root.join("README.md")).expect("the README");
    let template = "generated/user-data/template.yaml";
    let text = fs::read_to_string(root.join(template)).expect("the template");
    let count = text.lines().filter(|line| line.starts_with("      pipec: {spec: ")).count();
    assert!(readme.contains(&format!("{count} [resources]({template})")), "it has {count}");
}

#[test]
fn every_link_of_the_documents_leads_somewhere() {
    let root = root();
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        let text = fs::read_to_string(root.join(document)).expect("the document");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap_or_default();
            assert!(
                path.is_empty() || link.starts_with("https:") || root.join(path).exists(),
                "{document}: {link}"
            );
        }
    }
}
