//! Whatever a file holds, the front end ends, says where and what to type, and every format can show it.

use std::collections::HashMap;
use std::path::Path;

use crate::support::{Files, front_end, programs};
use pipec_compiler::Select;
use pipec_compiler::diagnostics::format::Findings;
use pipec_compiler::diagnostics::{Code, Format};
use pipec_compiler::parse::{Places, tree};
use pipec_compiler::source::Sources;
use proptest::prelude::*;
use proptest::sample::{Index, select};

const VALID: &str = r#"name: user-data
description: Users of 21 years and over
region: eu-west-1

stream:
  record_size: 2 KiB
  partition_key_size: 36 B
  records_per_second: 1000
  max_record_size: 1 MiB
  capacity: {shards: 3}
  headroom: 25 %
  retention: 24 h
  encryption:
    kms_key: arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab

producer:
  http:
    url: https://randomuser.me/api/?exc=login&results=500
    records: $.results
    refresh: 60 s
    headers: {accept: application/json}
  records_per_second: 2
  partition_key: $.email
  instance_type: t3.micro
  instances: 1
  network:
    vpc: vpc-0123456789abcdef0
    subnets: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
    public_address: true

records:
  format: json
  columns:
    first: {type: VARCHAR(16), path: $.name.first}
    age:   {type: INTEGER,     path: $.dob.age}

analytics:
  runtime: flink
  sql: |
    SELECT "first", "age"
    FROM SOURCE_SQL_STREAM_001
    WHERE "age" >= 21;
  flink:
    runtime_environment: FLINK-2_2
    parallelism: 1
    parallelism_per_kpu: 1
    auto_scaling: false

transform:
  append: "\n"
  timeout: 60 s
  memory: 256 MiB
  architecture: x86_64
  buffer: {size: 1 MiB, interval: 60 s}
  retries: 3

delivery:
  buffer: {size: 1 MiB, interval: 60 s}
  s3:
    prefix: user-data/!{timestamp:yyyy/MM/dd}/
    error_prefix: errors/!{firehose:error-output-type}/
    compression: gzip
    file_extension: .jsonl
    time_zone: Europe/Berlin
    expire_after: 365 d

logs:
  retention: 365 d

tags:
  team: data

environments:
  dev:
    stream: {records_per_second: 10, capacity: on_demand, encryption: aws_managed}
    producer: {network: ~, partition_key: random, generate: {seed: 7}}
    tags: {stage: dev, team: null}
  prod:
    name: users
    delivery:
      s3: {bucket: my-data-lake, expire_after: ~}
"#;

/// Words that a spec does not expect, or not there.
const ODD: &[&str] = &[
    "",
    "~",
    "null",
    "true",
    "yes",
    "0",
    "-1",
    "1e308",
    "99999999999999999999",
    "0.1",
    "NaN",
    ".inf",
    "0x10",
    "1 MiB",
    "0 s",
    "-5 s",
    "1e3 KiB",
    "18446744073709551615 GiB",
    "18446744073709551615 d",
    "%",
    "[]",
    "{}",
    "[[]]",
    "{a: {b: c}}",
    "- x",
    "\"",
    "'",
    "|",
    ">-",
    "&a",
    "*a",
    "!Ref x",
    "!!str",
    "---",
    "...",
    "#",
    ":",
    ": ",
    "? ",
    "\t",
    "\r",
    "\n",
    "\u{0}",
    "\u{7f}",
    "\u{1b}[31m",
    "\u{feff}",
    "\u{2028}",
    "é",
    "🦀",
    "\u{202e}",
    "\"\\0\"",
    "\"\\e\"",
    "$",
    "$.",
    "$..x",
    "$['",
    "!{",
    "!{timestamp:",
    "!{timestamp:'}",
    "!{firehose:random-string}",
    "!{!{}}",
    "${AWS::Region}",
    "a.sql",
    "/",
    "../../etc/passwd",
    "SELECT 1",
    "SELECT",
    "');",
    "on_demand",
    "lambda",
    "SQL-1_0",
    "FLINK-1_20",
    "arm64",
    "t4g.micro",
    "t3.",
    ".",
    "arn:aws:kms:::",
    "arn:",
    "s3://",
    "alias/x",
    "https://",
    "http://x",
    "//",
    "https://[::1",
    "https://a@b",
    "Etc/GMT+5",
    "DECIMAL(38, 39)",
    "VARCHAR(",
    "VARCHAR(99999999999)",
    "shards",
    "capacity",
    "<<",
];

#[derive(Clone, Debug)]
enum Edit {
    Delete(Index),
    Duplicate(Index, Index),
    Indent(Index, usize),
    Replace(Index, &'static str),
    Insert(Index, &'static str),
    Cut(Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    let odd = || select(ODD);
    prop_oneof![
        1 => any::<Index>().prop_map(Edit::Delete),
        1 => any::<(Index, Index)>().prop_map(|(from, to)| Edit::Duplicate(from, to)),
        1 => (any::<Index>(), 0..9_usize).prop_map(|(line, by)| Edit::Indent(line, by)),
        4 => (any::<Index>(), odd()).prop_map(|(token, odd)| Edit::Replace(token, odd)),
        2 => (any::<Index>(), odd()).prop_map(|(at, odd)| Edit::Insert(at, odd)),
        1 => any::<Index>().prop_map(Edit::Cut),
    ]
}

/// Byte ranges of the words of a text.
fn tokens(text: &str) -> Vec<(usize, usize)> {
    let mut tokens = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let inside = !c.is_whitespace() && !"{}[],".contains(c);
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                tokens.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    tokens
}

fn apply(mut text: String, edit: &Edit) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    match edit {
        Edit::Delete(_) | Edit::Duplicate(..) | Edit::Indent(..) if lines.is_empty() => {}
        Edit::Delete(line) => {
            lines.remove(line.index(lines.len()));
            text = lines.concat();
        }
        Edit::Duplicate(from, to) => {
            let line = lines[from.index(lines.len())].clone();
            lines.insert(to.index(lines.len()), line);
            text = lines.concat();
        }
        Edit::Indent(line, by) => {
            let at = line.index(lines.len());
            lines[at] = " ".repeat(*by) + lines[at].trim_start_matches(' ');
            text = lines.concat();
        }
        Edit::Replace(token, odd) => {
            let tokens = tokens(&text);
            if !tokens.is_empty() {
                let (from, to) = tokens[token.index(tokens.len())];
                text.replace_range(from..to, odd);
            }
        }
        Edit::Insert(at, odd) => {
            let at = text.floor_char_boundary(at.index(text.len() + 1));
            text.insert_str(at, odd);
        }
        Edit::Cut(at) => text.truncate(text.floor_char_boundary(at.index(text.len() + 1))),
    }
    text
}

/// What must hold of the front end for any file.
fn holds(bytes: Vec<u8>) {
    let world = Files(HashMap::from([
        ("spec.yaml".into(), bytes),
        ("a.sql".into(), b"SELECT \"nothing\" FROM \xff".to_vec()),
    ]));
    let found = front_end(&world, Path::new("spec.yaml"), None);
    for diagnostic in &found.diagnostics {
        assert!(!diagnostic.help.trim().is_empty(), "{diagnostic:?}");
        assert!(!diagnostic.message.trim().is_empty(), "{diagnostic:?}");
        // The words of the library that reads values are for programmers; the schema has to catch everything before.
        assert!(!diagnostic.message.contains("this value cannot be read"), "{diagnostic:?}");
        let spans = diagnostic.related.iter().map(|label| label.span).chain([diagnostic.span]);
        for span in spans {
            let text = found.sources.file(span.file).text();
            assert!(text.get(span.range()).is_some(), "{span:?} of {} bytes: {diagnostic:?}", text.len());
        }
    }
    let findings = [Findings { sources: &found.sources, diagnostics: &found.diagnostics }];
    let text = Format::Text.render(&findings);
    assert!(text.matches("help").count() >= found.diagnostics.len(), "{text}");
    let _ = Format::Github.render(&findings);
    let list: serde_json::Value = serde_json::from_str(&Format::Json.render(&findings)).expect("JSON");
    assert_eq!(list.as_array().map(Vec::len), Some(found.diagnostics.len()));
    let log: serde_json::Value = serde_json::from_str(&Format::Sarif.render(&findings)).expect("SARIF");
    let results = log.pointer("/runs/0/results").and_then(serde_json::Value::as_array);
    assert_eq!(results.map(Vec::len), Some(found.diagnostics.len()));
}

#[test]
fn the_valid_spec_is_valid() {
    let world = Files(HashMap::from([("spec.yaml".into(), VALID.into())]));
    let found = front_end(&world, Path::new("spec.yaml"), None);
    assert!(!found.pipelines.is_empty(), "{:?}", found.diagnostics);
    assert!(!pipec_compiler::diagnostics::has_errors(&found.diagnostics), "{:?}", found.diagnostics);
}

#[test]
fn odd_words_can_stand_in_every_place() {
    for (at, (from, to)) in tokens(VALID).into_iter().enumerate() {
        for odd in ODD.iter().skip(at % 5).step_by(5) {
            let mut text = VALID.to_owned();
            text.replace_range(from..to, odd);
            holds(text.into_bytes());
        }
    }
}

/// A text with the quantity or the number at a token replaced, if one is there: in the smallest unit.
fn with_number(text: &str, at: usize, number: u64) -> Option<String> {
    let tokens = tokens(text);
    let (from, to) = tokens[at];
    text[from..to].parse::<u64>().ok()?;
    let unit = tokens.get(at + 1).filter(|(next, _)| text.get(to..*next) == Some(" "));
    let (smallest, to) = match unit.map(|(from, to)| (&text[*from..*to], *to)) {
        Some(("B" | "KiB" | "MiB", to)) => (" B", to),
        Some(("s" | "h" | "d", to)) => (" s", to),
        Some(("%", to)) => (" %", to),
        _ => ("", to),
    };
    Some(format!("{}{number}{smallest}{}", &text[..from], &text[to..]))
}

#[test]
fn numbers_of_any_size_can_stand_in_every_place() {
    // What passes is planned.
    let holds = |spec: &str| {
        holds(spec.into());
        let world = Files(HashMap::from([("spec.yaml".into(), spec.into())]));
        pipec_compiler::compile(&world, &programs(), Path::new("spec.yaml"), Select::All);
    };
    let both = ["flink\n  rows_per_record: 3", "lambda"];
    for spec in both.map(|runtime| VALID.replace("runtime: flink", &format!("runtime: {runtime}"))) {
        for number in [u64::MAX, 1 << 50, 1_000] {
            let mut every = spec.clone();
            for at in 0..tokens(&spec).len() {
                if let Some(one) = with_number(&spec, at, number) {
                    holds(&one);
                    every = with_number(&every, at, number).expect("the same place");
                }
            }
            holds(&every);
        }
    }
}

#[test]
fn rows_may_be_as_many_as_a_text_can_say() {
    let mut sql = String::from("INSERT INTO s0 SELECT \"age\" FROM stream");
    for stream in 1..=200 {
        let before = stream - 1;
        sql += &format!("; INSERT INTO s{stream} SELECT * FROM s{before} UNION ALL SELECT * FROM s{before}");
        if ![60, 64, 70, 200].contains(&stream) {
            continue;
        }
        for (runtime, code) in [("lambda", Code::TransformReply), ("flink", Code::ResultsOverShards)] {
            let spec = format!(
                "name: rows\nstream: {{record_size: 2 KiB, records_per_second: 1000}}\n\
                 records: {{format: json, columns: {{age: {{type: INTEGER}}}}}}\n\
                 analytics:\n  runtime: {runtime}\n  sql: |\n    {sql}\ndelivery: {{s3: {{}}}}\n"
            );
            let world = Files(HashMap::from([("spec.yaml".into(), spec.clone().into_bytes())]));
            let found = front_end(&world, Path::new("spec.yaml"), None).diagnostics;
            assert!(found.iter().any(|found| found.code == code), "{stream} on {runtime}: {found:?}");
        }
    }
}

/// The objects below a value, by their JSON pointers.
fn objects(value: &serde_json::Value, at: &str, found: &mut Vec<String>) {
    let Some(entries) = value.as_object() else { return };
    for (key, child) in entries {
        let pointer = format!("{at}/{}", pipec_compiler::parse::step(key));
        if child.is_object() {
            found.push(pointer.clone());
        }
        objects(child, &pointer, found);
    }
}

/// A section without a value is one fault, and its help is taken when it is typed.
#[test]
fn what_is_to_be_written_for_an_empty_section_is_taken() {
    let mut sources = Sources::default();
    let file = sources.add("spec.yaml", VALID.to_owned());
    let file = sources.file(file);
    let tree = tree::read(file.text()).0.expect("a tree");
    let mut valid = Places::lower(&tree, file).0;
    // What they change is there no more.
    valid.as_object_mut().expect("keys").shift_remove("environments");
    let mut pointers = Vec::new();
    objects(&valid, "", &mut pointers);
    assert!(pointers.len() > 15, "{pointers:?}");
    let found = |spec: &str| {
        let world = Files(HashMap::from([("spec.yaml".into(), spec.into())]));
        let of_form = [Code::MissingKey, Code::WrongType, Code::UnknownKey];
        let all = front_end(&world, Path::new("spec.yaml"), None).diagnostics;
        all.into_iter().filter(|found| of_form.contains(&found.code)).collect::<Vec<_>>()
    };
    for pointer in &pointers {
        let mut empty = valid.clone();
        *empty.pointer_mut(pointer).expect("an object") = serde_json::Value::Null;
        let faults = found(&empty.to_string());
        let [fault] = faults.as_slice() else { panic!("{pointer}: {faults:#?}") };
        let typed = fault.help.split('`').nth(1).expect("something to write");
        let key = pointer.rsplit('/').next().unwrap_or_default();
        let typed = typed.strip_prefix(&format!("{key}: ")).unwrap_or(typed);
        *empty.pointer_mut(pointer).expect("a place") = "typed".into();
        let faults = found(&empty.to_string().replace("\"typed\"", typed));
        assert!(faults.is_empty(), "{pointer}: {}\n{faults:#?}", fault.help);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        holds(bytes);
    }

    #[test]
    fn random_text(text in r#"([a-c]{1,3}|[0-9]{1,3}|[-:,{}\[\]&*!|>'"%@`#?~ \t\n]|: |\n  |\n- ){0,60}"#) {
        holds(text.into_bytes());
    }

    #[test]
    fn a_valid_spec_with_some_edits(edits in proptest::collection::vec(edit(), 1..8)) {
        let spec = edits.iter().fold(VALID.to_owned(), apply).into_bytes();
        holds(spec.clone());
        // What passes has a template that pipec vouches for.
        let world = Files(HashMap::from([("spec.yaml".into(), spec)]));
        let compiled = pipec_compiler::compile(&world, &programs(), Path::new("spec.yaml"), Select::All);
        let faults = compiled.diagnostics.iter().filter(|found| found.code == Code::InternalFault);
        assert_eq!(faults.count(), 0, "{:?}", compiled.diagnostics);
    }
}
