//! Tests out of YAML.

use std::ops::Range;

use pipec_compiler::diagnostics::suggest::nearest;
use pipec_compiler::parse::tree::{self, Entry, Fault, Kind, Node};
use serde_json::{Map, Number, Value};

use super::{Expect, Given, Rows, Test};
use crate::arrivals::time;

/// What is wrong with a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, in bytes.
    pub at: usize,
    /// One sentence with what to write.
    pub message: String,
}

type Read<T> = Result<T, Problem>;

const TEST_KEYS: [&str; 3] = ["name", "given", "expect"];
const GIVEN_KEYS: [&str; 4] = ["records", "file", "at", "into"];
const EXPECT_KEYS: [&str; 7] = ["rows", "count", "ordered", "outputs", "dropped", "failed", "objects"];
const ROWS_KEYS: [&str; 3] = ["rows", "count", "ordered"];
const OBJECT_KEYS: [&str; 2] = ["key", "records"];

/// The tests below the key `tests` of a file; none in a file without the key.
///
/// # Errors
/// The first fault.
pub fn read(text: &str) -> Read<Vec<Test>> {
    let (root, faults) = tree::read(text);
    if let Some(fault) = faults.first() {
        return Err(syntax(fault));
    }
    let Some(root) = root else { return Ok(Vec::new()) };
    let entries = mapping(&root, "a file of tests")?;
    let Some(tests) = entries.iter().find(|entry| entry.key == "tests") else { return Ok(Vec::new()) };
    sequence(&tests.value, "`tests`")?.iter().map(test).collect()
}

fn syntax(fault: &Fault) -> Problem {
    let (at, message) = match fault {
        Fault::Syntax(words, at) => (*at, format!("this is not YAML: {words}")),
        Fault::TooDeep(at) => (*at, "values are nested too deeply".into()),
        Fault::TooComplex(at) => (*at, "there are too many values; name a `file` of records".into()),
        Fault::DuplicateKey(key, at, _) => (at.start, format!("the key `{key}` is there already; remove it")),
        Fault::KeyNotText(at) => (at.start, "a key is a text".into()),
        Fault::SecondDocument(at) => (*at, "a file of tests is one document; remove `---`".into()),
    };
    Problem { at, message }
}

fn problem<T>(range: &Range<usize>, message: impl Into<String>) -> Read<T> {
    Err(Problem { at: range.start, message: message.into() })
}

fn mapping<'n>(node: &'n Node, what: &str) -> Read<&'n [Entry]> {
    match &node.kind {
        Kind::Mapping(entries) => Ok(entries),
        _ => problem(&node.range, format!("{what} is an object of keys")),
    }
}

fn sequence<'n>(node: &'n Node, what: &str) -> Read<&'n [Node]> {
    match &node.kind {
        Kind::Sequence(nodes) => Ok(nodes),
        _ => problem(&node.range, format!("{what} is a list")),
    }
}

fn text(node: &Node, what: &str) -> Read<String> {
    match &node.kind {
        Kind::String(text, _) => Ok(text.clone()),
        _ => problem(&node.range, format!("{what} is a text; write it in quotes")),
    }
}

fn count(node: &Node, what: &str) -> Read<u64> {
    match &node.kind {
        Kind::Integer(count) if *count >= 0 => Ok(count.unsigned_abs()),
        _ => problem(&node.range, format!("{what} is a whole number of at least 0")),
    }
}

fn boolean(node: &Node, what: &str) -> Read<bool> {
    match &node.kind {
        Kind::Bool(value) => Ok(*value),
        _ => problem(&node.range, format!("{what} is `true` or `false`")),
    }
}

fn unknown<T>(entry: &Entry, known: &[&'static str], whose: &str) -> Read<T> {
    let help = match nearest(&entry.key, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("its keys are {}", known.join(", ")),
    };
    problem(&entry.key_range, format!("`{}` is not a key of {whose}; {help}", entry.key))
}

fn test(node: &Node) -> Read<Test> {
    let mut test = Test {
        name: String::new(),
        range: node.range.clone(),
        given: Given::default(),
        expect: Expect::default(),
        expect_ranges: None,
    };
    for entry in mapping(node, "a test")? {
        match entry.key.as_str() {
            "name" => test.name = text(&entry.value, "the name of a test")?,
            "given" => test.given = given(&entry.value)?,
            "expect" => {
                test.expect_ranges = Some((entry.key_range.clone(), entry.value.range.clone()));
                test.expect = expect(&entry.value)?;
            }
            _ => return unknown(entry, &TEST_KEYS, "a test"),
        }
    }
    if test.name.is_empty() {
        return problem(&node.range, "a test needs a name: write `name: ..`");
    }
    if test.given.records.is_empty() && test.given.file.is_none() {
        return problem(&node.range, "a test needs records: write `given: [..]`, or `given: {file: FILE}`");
    }
    Ok(test)
}

fn given(node: &Node) -> Read<Given> {
    let mut given = Given::default();
    if let Kind::Sequence(records) = &node.kind {
        given.records = records.iter().map(record).collect::<Read<_>>()?;
        return Ok(given);
    }
    for entry in mapping(node, "`given`")? {
        match entry.key.as_str() {
            "records" => {
                given.records =
                    sequence(&entry.value, "`records`")?.iter().map(record).collect::<Read<_>>()?;
            }
            "file" => given.file = Some(text(&entry.value, "`file`")?.into()),
            "at" => given.at = Some(text(&entry.value, "`at`")?),
            "into" => given.into = Some(text(&entry.value, "`into`")?),
            _ => return unknown(entry, &GIVEN_KEYS, "`given`"),
        }
    }
    if given.file.is_some() && !given.records.is_empty() {
        return problem(&node.range, "records are given as a list or as a file, not both; remove one");
    }
    Ok(given)
}

/// A record: a text as it is, or an object as JSON; an object of `record` and perhaps `at` is one with its time.
fn record(node: &Node) -> Read<(Vec<u8>, Option<i64>)> {
    let Kind::Mapping(entries) = &node.kind else { return Ok((data(node), None)) };
    let key = |name: &str| entries.iter().find(|entry| entry.key == name);
    let is_wrapper = entries.iter().all(|entry| ["at", "record"].contains(&entry.key.as_str()));
    let Some(record) = key("record").filter(|_| is_wrapper) else { return Ok((data(node), None)) };
    let Some(at) = key("at") else { return Ok((data(&record.value), None)) };
    let written = match json(&at.value) {
        Value::String(text) => text,
        other => other.to_string(),
    };
    match time(&written) {
        Some(time) => Ok((data(&record.value), Some(time))),
        None => problem(&at.value.range, "`at` is a time, such as 2026-01-01T00:00:10Z"),
    }
}

fn data(node: &Node) -> Vec<u8> {
    match json(node) {
        Value::String(text) => text.into_bytes(),
        other => other.to_string().into_bytes(),
    }
}

/// A value as JSON.
fn json(node: &Node) -> Value {
    match &node.kind {
        Kind::Null => Value::Null,
        Kind::Bool(value) => Value::Bool(*value),
        Kind::Integer(value) => Value::from(*value),
        Kind::Float(value) => Number::from_f64(*value).map_or(Value::Null, Value::Number),
        Kind::String(text, _) => Value::from(text.as_str()),
        Kind::Sequence(nodes) => nodes.iter().map(json).collect(),
        Kind::Mapping(entries) => {
            let pairs = entries.iter().map(|entry| (entry.key.clone(), json(&entry.value)));
            Value::Object(pairs.collect::<Map<_, _>>())
        }
    }
}

fn expect(node: &Node) -> Read<Expect> {
    let mut expect = Expect::default();
    for entry in mapping(node, "`expect`")? {
        let value = &entry.value;
        match entry.key.as_str() {
            "dropped" => expect.dropped = Some(count(value, "`dropped`")?),
            "failed" => expect.failed = Some(count(value, "`failed`")?),
            "objects" => {
                expect.objects = Some(sequence(value, "`objects`")?.iter().map(object).collect::<Read<_>>()?);
            }
            "outputs" => {
                for output in mapping(value, "`outputs`")? {
                    expect.outputs.insert(output.key.clone(), output_rows(&output.value)?);
                }
            }
            _ if rows_key(&mut expect.main, entry)? => {}
            _ => return unknown(entry, &EXPECT_KEYS, "`expect`"),
        }
    }
    Ok(expect)
}

/// The rows of an output: a list, or an object with its number too.
fn output_rows(node: &Node) -> Read<Rows> {
    if let Kind::Sequence(rows) = &node.kind {
        return Ok(Rows { rows: Some(rows.iter().map(json).collect()), ..Rows::default() });
    }
    let mut rows = Rows::default();
    for entry in mapping(node, "an output")? {
        if !rows_key(&mut rows, entry)? {
            return unknown(entry, &ROWS_KEYS, "an output");
        }
    }
    Ok(rows)
}

/// Takes a key that is about rows; whether it is one.
fn rows_key(rows: &mut Rows, entry: &Entry) -> Read<bool> {
    match entry.key.as_str() {
        "rows" => rows.rows = Some(sequence(&entry.value, "`rows`")?.iter().map(json).collect()),
        "count" => rows.count = Some(count(&entry.value, "`count`")?),
        "ordered" => rows.ordered = boolean(&entry.value, "`ordered`")?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn object(node: &Node) -> Read<(String, Option<u64>)> {
    if let Kind::String(key, _) = &node.kind {
        return Ok((key.clone(), None));
    }
    let (mut key, mut records) = (None, None);
    for entry in mapping(node, "an object")? {
        match entry.key.as_str() {
            "key" => key = Some(text(&entry.value, "`key`")?),
            "records" => records = Some(count(&entry.value, "`records`")?),
            _ => return unknown(entry, &OBJECT_KEYS, "an object"),
        }
    }
    match key {
        Some(key) => Ok((key, records)),
        None => problem(&node.range, "an object needs its key: write `key: \"orders/*\"`"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_test_has_records_and_what_is_expected() {
        let tests = read(
            "tests:\n- name: large orders\n  given:\n  - {id: 1, total: 2.5}\n  - '{\"broken'\n  - {at: 1970-01-01T00:00:01Z, record: {id: 2}}\n  \
             expect:\n    rows: [{id: 1}]\n    failed: 1\n    outputs: {A: [{n: 1}], B: {count: 2, ordered: true}}\n    objects: ['orders/*', {key: x, records: 2}]\n\
             - name: of a file\n  given: {file: a.jsonl, at: t}\n",
        )
        .expect("tests");
        assert_eq!(
            tests[0].given.records,
            [
                (b"{\"id\":1,\"total\":2.5}".to_vec(), None),
                (b"{\"broken".to_vec(), None),
                (b"{\"id\":2}".to_vec(), Some(1000))
            ]
        );
        let expect = &tests[0].expect;
        assert_eq!((expect.failed, expect.dropped), (Some(1), None));
        assert_eq!(expect.main.rows, Some(vec![json!({"id": 1})]));
        assert_eq!(expect.outputs["A"].rows, Some(vec![json!({"n": 1})]));
        assert_eq!(expect.outputs["B"], Rows { rows: None, count: Some(2), ordered: true });
        assert_eq!(expect.objects, Some(vec![("orders/*".into(), None), ("x".into(), Some(2))]));
        assert_eq!(tests[1].given.file, Some("a.jsonl".into()));
        assert!(read("name: orders\n").expect("no tests").is_empty());
        assert!(read("").expect("no tests").is_empty());
    }

    #[test]
    fn faults_have_a_place_and_what_to_write() {
        for (text, message) in [
            ("tests:\n- given: [{}]\n", "a test needs a name: write `name: ..`"),
            ("tests:\n- name: a\n", "a test needs records: write `given: [..]`, or `given: {file: FILE}`"),
            (
                "tests:\n- name: a\n  given: [{}]\n  expct: {}\n",
                "`expct` is not a key of a test; did you mean `expect`?",
            ),
            (
                "tests:\n- name: a\n  given: [{}]\n  expect: {failed: -1}\n",
                "`failed` is a whole number of at least 0",
            ),
            (
                "tests:\n- name: a\n  given: [{at: soon, record: {}}]\n",
                "`at` is a time, such as 2026-01-01T00:00:10Z",
            ),
            ("tests:\n- name: a\n  given: [{}]\n  expect: {rows: 1}\n", "`rows` is a list"),
            ("tests: {}\n", "`tests` is a list"),
        ] {
            let problem = read(text).expect_err(text);
            assert_eq!(problem.message, message);
            assert!(problem.at < text.len());
        }
    }
}
