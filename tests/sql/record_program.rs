//! The stateless cases as record programs: the same rows as those that were written by hand for Flink.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use pipec_compiler::sql::{DataType, Literal, RecordFormat, Reference, Role, needs_flink, print_program};
use pipec_core::{Outcome, RecordProgram, parse_timestamp};

use crate::random_records::bytes_of;
use crate::support;

/// JSON lines as a set with counts, numbers by their value.
pub fn rows(text: &str) -> BTreeMap<String, usize> {
    let mut rows = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let mut row: serde_json::Value = serde_json::from_str(line).expect("a row is JSON");
        by_value(&mut row);
        *rows.entry(row.to_string()).or_default() += 1;
    }
    rows
}

fn by_value(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Number(number) => {
            let number: f64 = number.to_string().parse().expect("a number");
            // A whole number and one with a fraction of zeros are one.
            *value = serde_json::Value::from(number);
        }
        serde_json::Value::Object(members) => members.values_mut().for_each(by_value),
        _ => {}
    }
}

/// When a record came in, if it says so; tests/flink reads the same.
fn came(record: &str) -> Option<i64> {
    let record: serde_json::Value = serde_json::from_str(record).ok()?;
    parse_timestamp(record.get("pipec_rowtime")?.as_str()?)
}

/// The rows of one output, as the record program makes them of a record a line; `␤` is a line break inside of one.
pub fn run(program: &RecordProgram, records: &str) -> String {
    let mut written = String::new();
    for record in records.split('\n').filter(|record| !record.is_empty()) {
        let bytes = bytes_of(&record.replace('␤', "\n"));
        let outcome = match came(record) {
            Some(time) => program.apply_at(&bytes, time),
            None => program.apply(&bytes),
        };
        if let Outcome::Ok(rows) = outcome {
            written.push_str(str::from_utf8(&rows).expect("rows are UTF-8"));
        }
    }
    written
}

#[test]
fn cases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql/cases");
    let mut seen = 0;
    for entry in fs::read_dir(&root).expect("the cases") {
        let folder = entry.expect("a case").path();
        let Ok(records) = fs::read(folder.join("records.jsonl")) else { continue };
        let query = support::case(&folder).query.expect("a query");
        if needs_flink(&query).is_some() {
            continue;
        }
        let records = String::from_utf8(records).expect("what the record program runs is UTF-8");
        for output in query.stream_ids().filter(|id| query.stream(*id).role == Role::Output) {
            let name = &query.stream(output).name;
            let printed = print_program(&query, output).expect("the transform runs it");
            let program = RecordProgram::querying(printed, "\n").expect("it holds together");
            let json = program.to_json().expect("a program is JSON");
            assert_eq!(RecordProgram::from_json(json.as_bytes()).expect("it reads back"), program);
            let expected = folder.join("expected").join(format!("{name}.jsonl"));
            let expected = fs::read_to_string(&expected).expect("expected rows");
            assert_eq!(rows(&run(&program, &records)), rows(&expected), "{name} of {}", folder.display());
            seen += 1;
        }
    }
    assert!(seen >= 20, "only {seen} outputs were compared");
}

/// What Java's expressions have and a record program does not is named.
#[test]
fn expressions_that_only_flink_has() {
    for (expression, what) in [
        ("(?=a)", "a lookahead in a regular expression"),
        ("(?<!a)b", "a lookbehind in a regular expression"),
        (r"(a)\1", "a backreference in a regular expression"),
        ("a++", "a possessive quantifier of a regular expression"),
        ("(?>a|b)", "an atomic group of a regular expression"),
        (r"\bword\b", r"`\b` in a regular expression, which matches letters of all scripts"),
        (r"\p{L}+", "a Unicode character class in a regular expression"),
        ("(?m)^a", "this flag of a regular expression"),
        ("(a$|b)c", "`$` elsewhere than at the end of a regular expression"),
        ("(a*)*", "the repetition of an empty match in a regular expression"),
        ("[a&&[^b]]", "nested brackets in a regular expression"),
        ("(?i)[\\p{Lower}]", "a case-sensitive letter class in a case-insensitive regular expression"),
        (r"a\R", "this escape in a regular expression"),
        ("(a{1000}){1000}", "a regular expression as large or as deeply nested as this"),
    ] {
        let sql = format!("SELECT REGEXP_EXTRACT(\"v\", '{expression}', 0) AS \"x\" FROM stream");
        let query = support::analyzed(&sql, "v VARCHAR $.v\n").query.expect("Flink has it");
        assert_eq!(needs_flink(&query).map(|need| need.what), Some(what), "{expression}");
    }
}

const NESTED: &str = "an expression nested this deeply (a SELECT in FROM can compute a part of it)";

/// Whether the Lambda runs a text, and the program's reader then reads it.
fn is_read_back(sql: &str) -> bool {
    let query = support::analyzed(sql, "n INTEGER $.n\nv VARCHAR $.v\nok BOOLEAN $.ok\n").query.expect(sql);
    let output = query.stream_ids().last().expect("an output");
    let printed = match print_program(&query, output) {
        Ok(printed) => printed,
        Err(need) => {
            assert_eq!(need.what, NESTED);
            return false;
        }
    };
    let json = RecordProgram::querying(printed, "\n").and_then(|program| program.to_json());
    let json = json.expect("a program is JSON");
    assert!(RecordProgram::from_json(json.as_bytes()).is_ok(), "the function would not start: {sql}");
    true
}

/// The function does not start with a program that its reader takes for too deep.
#[test]
fn a_program_is_as_deep_as_its_reader_goes() {
    for (open, inner, close, most) in
        [("", "\"n\"", " + 1", 50), ("CASE WHEN \"ok\" THEN ", "\"n\"", " END", 35)]
    {
        // One level more with each NOT, so that every depth around the bound is tried.
        let text = |levels: usize, more: usize| {
            let not = "NOT ".repeat(more);
            format!("{not}{}{inner}{} IS NULL", open.repeat(levels), close.repeat(levels))
        };
        let mut read = [0, 0];
        for (levels, more) in (25..most).flat_map(|levels| (0..4).map(move |more| (levels, more))) {
            let text = text(levels, more);
            let as_text = format!("CAST({text} AS VARCHAR(9)) || 'x'");
            for sql in [
                format!("SELECT {text} AS x FROM stream"),
                format!("SELECT 1 AS x FROM stream WHERE {text}"),
                format!("CREATE STREAM o (x VARCHAR(4)); INSERT INTO o SELECT {as_text} FROM stream"),
            ] {
                read[usize::from(is_read_back(&sql))] += 1;
            }
        }
        assert!(read[0] > 0 && read[1] > 0, "{read:?} of {open}..{close}");
    }
}

/// A table that another output reads, or none, stays out of the program.
#[test]
fn a_program_has_the_tables_that_it_reads() {
    let sql = "INSERT INTO none SELECT \"n\" FROM stream;\n\
               INSERT INTO last SELECT t.v FROM stream AS s JOIN c AS t ON t.k = s.\"n\";\n\
               INSERT INTO two SELECT t.v, u.v AS w FROM stream AS s JOIN c AS t ON t.k = s.\"n\" JOIN b AS u ON u.k = t.v";
    let table = |at: usize, span| Reference {
        name: ["A", "B", "C"][at].into(),
        columns: ["K", "V"].map(|name| (name.into(), DataType::Integer, span)).into(),
        rows: vec![vec![Literal::Integer(at as i64), Literal::Integer(at as i64 - 1)]],
        span,
    };
    let tables = |span| (0..3).map(|at| table(at, span)).collect();
    let query = support::analyzed_as(RecordFormat::Json, sql, "n INTEGER $.n\n", "", tables).query;
    let query = query.expect("a query");
    for (name, tables, row) in
        [("none", 0, "{\"n\":2}\n"), ("last", 1, "{\"V\":1}\n"), ("two", 2, "{\"V\":1,\"w\":0}\n")]
    {
        let output = query.stream_ids().find(|id| query.stream(*id).name == name).expect(name);
        let printed = print_program(&query, output).expect("the transform runs it");
        assert_eq!(printed.tables.len(), tables, "{name}");
        let program = RecordProgram::querying(printed, "\n").expect("it holds together");
        assert_eq!(run(&program, "{\"n\":2}"), row);
    }
}
