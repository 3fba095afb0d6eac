//! The stateless cases as record programs: the same rows as those that were written by hand for Flink.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use pipec::sql::{Role, needs_flink, print_program};
use pipec_core::{Outcome, RecordProgram};

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

/// The rows of one output, as the record program makes them of a record a line; `␤` is a line break inside of one.
pub fn run(program: &RecordProgram, records: &str) -> String {
    let mut written = String::new();
    for record in records.split('\n').filter(|record| !record.is_empty()) {
        if let Outcome::Ok(rows) = program.apply(record.replace('␤', "\n").as_bytes()) {
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
        let Ok(records) = fs::read_to_string(folder.join("records.jsonl")) else { continue };
        let query = support::case(&folder).query.expect("a query");
        if needs_flink(&query).is_some() {
            continue;
        }
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
    assert!(seen >= 9, "only {seen} outputs were compared");
}
