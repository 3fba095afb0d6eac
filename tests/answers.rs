//! Wrong specs as new users write them, each with the answer that helps: `answers/specs.txt`. And what any help says to
//! write is written, by a program: the finding is gone then, no error has come, and no value has become another.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::{fs, io};

use crate::support::{Files, compiled};
use pipec_compiler::diagnostics::{Code, Diagnostic, Severity};
use pipec_compiler::parse::{Places, tree};
use pipec_compiler::source::Sources;
use pipec_compiler::world::World;
use serde_json::Value;

const MINIMAL: &str = "name: meter-readings
stream:
  record_size: 6 KiB
  records_per_second: 40
delivery:
  s3: {prefix: readings/}
";
const PRODUCER: &str = "producer:
  http: {url: \"https://api.example.com/meters?count=100\", records: $.meters}
  records_per_second: 5
";
const FLINK: &str = "name: meter-readings
stream:
  record_size: 2 KiB
  records_per_second: 100
records:
  format: json
  columns:
    meter: {type: VARCHAR(16)}
    watt:  {type: DOUBLE}
    taken: {type: TIMESTAMP}
analytics:
  runtime: flink
  sql: |
    SELECT \"meter\", \"watt\" FROM stream WHERE \"watt\" > 100
transform: {}
delivery:
  s3: {prefix: readings/}
";

/// A spec, and the answers that it has to get: code, line, a part of the help.
struct Entry {
    title: String,
    spec: String,
    answers: Vec<(Code, usize, String)>,
}

fn entries() -> Vec<Entry> {
    let text = include_str!("answers/specs.txt");
    text.split("\n== ").skip(1).map(entry).collect()
}

fn entry(text: &str) -> Entry {
    let mut lines = text.lines();
    let title = lines.next().expect("a title").to_owned();
    let mut spec = match lines.next() {
        Some("minimal") => MINIMAL.to_owned(),
        Some("producer") => format!("{MINIMAL}{PRODUCER}"),
        Some("flink") => FLINK.to_owned(),
        other => panic!("{title}: no spec {other:?}"),
    };
    let (mut gone, mut come) = (String::new(), String::new());
    let mut answers = Vec::new();
    let mut edit = |gone: &mut String, come: &mut String| {
        match gone.is_empty() {
            true => spec += come,
            false => {
                assert!(spec.contains(&*gone), "{title}: {gone}");
                spec = spec.replacen(&*gone, come, 1);
            }
        }
        gone.clear();
        come.clear();
    };
    for line in lines.filter(|line| !line.is_empty()) {
        match line.split_at(1) {
            ("-", line) => {
                if !come.is_empty() {
                    edit(&mut gone, &mut come);
                }
                gone += &format!("{line}\n");
            }
            ("+", line) => come += &format!("{}\n", line.replace("\\x07", "\u{7}")),
            _ => {
                if !come.is_empty() {
                    edit(&mut gone, &mut come);
                }
                if line != "fine" {
                    let mut parts = line.splitn(3, ' ');
                    let mut part = || parts.next().unwrap_or_else(|| panic!("{title}: {line}"));
                    let code = Code::find(part()).expect("a code");
                    answers.push((code, part().parse().expect("a line"), part().to_owned()));
                }
            }
        }
    }
    Entry { title, spec, answers }
}

/// The spec and what lies next to it.
struct Beside(Files);

impl World for Beside {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.0.read(path)
    }

    fn size(&self, path: &Path) -> io::Result<u64> {
        self.0.size(path)
    }

    fn names(&self, folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = self
            .0
            .0
            .keys()
            .filter(|path| path.parent() == Some(folder))
            .map(|path| path.display().to_string())
            .collect();
        names.sort();
        names
    }
}

/// What is found in a spec, but for the advice of the plan.
fn found(spec: &str, others: &HashMap<std::path::PathBuf, Vec<u8>>) -> (Sources, Vec<Diagnostic>) {
    let mut files = others.clone();
    files.insert("spec.yaml".into(), spec.into());
    let compilation = compiled(&Beside(Files(files)), Path::new("spec.yaml"), None);
    let mut diagnostics = compilation.diagnostics;
    diagnostics.retain(|diagnostic| diagnostic.severity != Severity::Advice);
    (compilation.sources, diagnostics)
}

fn beside() -> HashMap<std::path::PathBuf, Vec<u8>> {
    HashMap::from([
        ("query.sql".into(), b"SELECT \"meter\" FROM stream\n".to_vec()),
        ("large.sql".into(), b"-- x\n".repeat(400_000)),
        ("users.jsonl".into(), b"{\"id\": 1}\n".to_vec()),
        ("north.jsonl".into(), b"{\"site\": \"north\"}\n".repeat(20)),
    ])
}

#[test]
fn wrong_specs_are_answered_well() {
    let entries = entries();
    assert!(entries.len() >= 150, "{} specs", entries.len());
    let titles: BTreeSet<&str> = entries.iter().map(|entry| entry.title.as_str()).collect();
    assert_eq!(titles.len(), entries.len(), "a title stands twice");
    let mut wrong = Vec::new();
    for entry in &entries {
        let (sources, diagnostics) = found(&entry.spec, &beside());
        let is_of = |diagnostic: &Diagnostic, (code, line, help): &(Code, usize, String)| {
            let at = sources.file(diagnostic.span.file).position(diagnostic.span.range().start).line;
            diagnostic.code == *code && at == *line && diagnostic.help.contains(help.as_str())
        };
        // One fault, one answer.
        let is_well = diagnostics.len() == entry.answers.len()
            && entry
                .answers
                .iter()
                .all(|answer| diagnostics.iter().any(|diagnostic| is_of(diagnostic, answer)));
        if !is_well {
            let told: Vec<String> = diagnostics
                .iter()
                .map(|diagnostic| {
                    let at = sources.file(diagnostic.span.file).position(diagnostic.span.range().start).line;
                    format!("  {} {at} {} | {}", diagnostic.code, diagnostic.message, diagnostic.help)
                })
                .collect();
            wrong.push(format!("{}:\n{}", entry.title, told.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{} of {} specs:\n{}", wrong.len(), entries.len(), wrong.join("\n"));
}

/// What a help says to write: alternatives, each with the entries that belong together.
fn to_write(help: &str) -> Vec<Vec<(String, Value)>> {
    let mut alternatives: Vec<Vec<(String, Value)>> = Vec::new();
    let parts: Vec<&str> = help.split('`').collect();
    for (index, part) in parts.iter().enumerate().skip(1).step_by(2) {
        let before = parts[index - 1];
        let is_first = before == "write " && index == 1;
        let joins = index > 1 && before == " and ";
        let is_other = index > 1 && [" or ", ", or ", ", "].contains(&before);
        if !is_first && (alternatives.is_empty() || !(joins || is_other)) {
            break;
        }
        let Some(Value::Object(entries)) = read(part) else { break };
        let mut entries: Vec<(String, Value)> = entries.into_iter().collect();
        let [(_, value)] = entries.as_slice() else { break };
        if value.to_string().contains("..") {
            break;
        }
        // The rest of it is in words: `instances: 1` and a larger type.
        if parts.get(index + 1).is_some_and(|after| after.starts_with(" and ") && *after != " and ") {
            break;
        }
        match alternatives.last_mut().filter(|_| joins) {
            Some(last) => last.append(&mut entries),
            None => alternatives.push(entries),
        }
    }
    alternatives
}

fn read(text: &str) -> Option<Value> {
    let mut sources = Sources::default();
    let file = sources.add("help", text.to_owned());
    let (node, faults) = tree::read(text);
    faults.is_empty().then_some(Places::lower(&node?, sources.file(file)).0)
}

/// All pointers of a value, the deepest last.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(entries) => {
            for (key, child) in entries {
                pointers(child, &format!("{at}/{}", pipec_compiler::parse::step(key)), all);
            }
        }
        Value::Array(items) => {
            for (index, child) in items.iter().enumerate() {
                pointers(child, &format!("{at}/{index}"), all);
            }
        }
        _ => {}
    }
}

/// The spec with entries written where a finding lies: in place of a value with that key, next to it, or below it.
fn written(
    value: &Value,
    places: &Places,
    diagnostic: &Diagnostic,
    entries: &[(String, Value)],
) -> Vec<Value> {
    let mut all = Vec::new();
    pointers(value, "", &mut all);
    let here = |pointer: &&String| {
        !pointer.is_empty() && [places.value(pointer), places.key(pointer)].contains(&diagnostic.span)
    };
    let mut results = Vec::new();
    for pointer in all.iter().filter(here) {
        let (parent, step) = pointer.rsplit_once('/').expect("a parent");
        let mut holders = [
            parent,
            pointer,
            "",
            "/stream",
            "/producer",
            "/records",
            "/analytics",
            "/analytics/flink",
            "/delivery",
        ]
        .map(str::to_owned)
        .to_vec();
        let deliveries = value.pointer("/deliveries").and_then(Value::as_object).into_iter().flatten();
        holders
            .extend(deliveries.map(|(name, _)| format!("/deliveries/{}", pipec_compiler::parse::step(name))));
        let sources = value.pointer("/sources").and_then(Value::as_object).into_iter().flatten();
        holders.extend(sources.flat_map(|(name, source)| {
            let kinds = source.as_object().into_iter().flatten().map(|(kind, _)| kind);
            let of = |kind| format!("/sources/{}/{kind}", pipec_compiler::parse::step(name));
            kinds.map(of).collect::<Vec<_>>()
        }));
        for holder in holders.iter().map(String::as_str) {
            let mut spec = value.clone();
            if holder == "/analytics/flink"
                && let Some(Value::Object(analytics)) = spec.pointer_mut("/analytics")
            {
                analytics.entry("flink").or_insert_with(|| serde_json::json!({}));
            }
            let Some(Value::Object(object)) = spec.pointer_mut(holder) else { continue };
            for (key, value) in entries {
                object.insert(key.clone(), value.clone());
            }
            // What is written in its place by another name.
            let replaced = holder == parent && entries.iter().all(|(key, _)| key != step);
            results.push(spec.clone());
            if replaced && let Some(Value::Object(object)) = spec.pointer_mut(holder) {
                object.shift_remove(step);
                results.push(spec);
            }
        }
        if let ([(key, new)], true) = (entries, !parent.is_empty()) {
            // In place of the whole object: `shards: 2` for `capacity`.
            let mut spec = value.clone();
            if parent.ends_with(&format!("/{key}"))
                && let Some(old) = spec.pointer_mut(parent)
            {
                *old = new.clone();
                results.push(spec);
            }
        }
    }
    results
}

/// Digits of what stands there now and of what is to be written: a help that adds a unit or quotes keeps them.
fn digits(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect()
}

#[derive(Default)]
struct Typed {
    helps: usize,
    refused: Vec<String>,
    changed: Vec<String>,
}

impl Typed {
    fn spec(&mut self, title: &str, spec: &str, others: &HashMap<std::path::PathBuf, Vec<u8>>) {
        let mut sources = Sources::default();
        let file = sources.add("spec.yaml", spec.to_owned());
        let (Some(node), faults) = tree::read(spec) else { return };
        if !faults.is_empty() {
            return;
        }
        let (value, places) = Places::lower(&node, sources.file(file));
        let (of_found, before) = found(spec, others);
        let errors = |all: &[Diagnostic]| all.iter().filter(|one| one.severity == Severity::Error).count();
        // What is of an environment alone may have to be written there.
        for diagnostic in before.iter().filter(|one| !one.message.starts_with("in environment")) {
            for entries in to_write(&diagnostic.help) {
                let specs = written(&value, &places, diagnostic, &entries);
                if specs.is_empty() {
                    continue;
                }
                self.helps += 1;
                let is_gone = |spec: &Value| {
                    let (_, after) = found(&spec.to_string(), others);
                    let same =
                        |one: &&Diagnostic| one.code == diagnostic.code && one.message == diagnostic.message;
                    let is_there = after.iter().filter(same).count() >= before.iter().filter(same).count();
                    let others: BTreeSet<Code> = before.iter().map(|one| one.code).collect();
                    // Rules that a fault of form kept from running may find more, and this fault is gone all the same.
                    let of_form =
                        diagnostic.code.number().starts_with("01") || diagnostic.code == Code::ZeroShards;
                    let new = after
                        .iter()
                        .filter(|one| one.severity == Severity::Error && !others.contains(&one.code));
                    !is_there && (of_form || new.count() == 0 && errors(&after) <= errors(&before))
                };
                if !specs.iter().any(is_gone) {
                    self.refused.push(format!(
                        "{title}: {} {} | {}",
                        diagnostic.code, diagnostic.message, diagnostic.help
                    ));
                }
                let of_value = [Code::WrongType, Code::MissingUnit];
                if let ([(_, new)], true) = (entries.as_slice(), of_value.contains(&diagnostic.code)) {
                    let text = of_found.file(diagnostic.span.file).text();
                    let (old, new) = (&text[diagnostic.span.range()], new.to_string());
                    let is_number = old.trim_matches('"').starts_with(|c: char| c.is_ascii_digit());
                    // Known to be more than quotes and units: a share of 1, and a rate with a factor.
                    let has_factor = old.ends_with(['k', 'K', 'M'])
                        || old.contains("min")
                        || old.starts_with("0.")
                        || old.contains(',');
                    let is_same = old.parse::<f64>().is_ok_and(|old| new.parse() == Ok(old))
                        || diagnostic.help.contains("whichever you mean");
                    if is_number && !is_same && !has_factor && !digits(&new).contains(&digits(old)) {
                        self.changed.push(format!("{title}: {old} becomes {new}"));
                    }
                }
            }
        }
    }
}

#[test]
fn what_a_help_says_to_write_is_accepted_and_changes_nothing_else() {
    let mut typed = Typed::default();
    for entry in entries() {
        typed.spec(&entry.title, &entry.spec, &beside());
    }
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut folders: Vec<_> =
        fs::read_dir(cases).expect("the cases").map(|entry| entry.expect("a case").path()).collect();
    folders.sort();
    for folder in folders {
        let Ok(spec) = fs::read_to_string(folder.join("spec.yaml")) else { continue };
        let files = fs::read_dir(&folder).expect("a case").map(|entry| entry.expect("a file"));
        let others = files
            .filter(|file| file.path().is_file())
            .map(|file| (file.file_name().into(), fs::read(file.path()).expect("a file")));
        let others: HashMap<std::path::PathBuf, Vec<u8>> = others.collect();
        typed.spec(&folder.file_name().expect("a name").to_string_lossy(), &spec, &others);
    }
    assert!(typed.helps > 200, "{} helps were typed", typed.helps);
    assert!(
        typed.refused.is_empty(),
        "{} of {}:\n{}",
        typed.refused.len(),
        typed.helps,
        typed.refused.join("\n")
    );
    assert!(typed.changed.is_empty(), "{}", typed.changed.join("\n"));
}
