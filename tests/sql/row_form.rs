//! Rows in the form of a destination: the same whether the transform makes them of records, or of Flink's rows.

use std::fs;
use std::path::Path;

use pipec_compiler::aws::destinations::Form;
use pipec_compiler::sql::{DataType, Role, Stream, formed, needs_flink, print_program, rows_as_they_are};
use pipec_core::RecordProgram;
use serde_json::{Map, Value};

use crate::record_program::{rows, run};
use crate::support;

const FORMS: [Form; 3] = [
    Form { lower_case_keys: true, iso_times: true },
    Form { lower_case_keys: true, ..Form::PLAIN },
    Form { iso_times: true, ..Form::PLAIN },
];

/// A row as it must be, from what was written by hand: milliseconds have three digits.
fn by_hand(row: &str, output: &Stream, form: Form) -> String {
    let row: Map<String, Value> = serde_json::from_str(row).expect("a row is JSON");
    let members = row.into_iter().map(|(key, value)| {
        let column = output.columns.iter().find(|column| column.name == key).expect("a column");
        let value = match &value {
            Value::String(text) if form.iso_times && column.data_type == DataType::Timestamp => {
                let (day, time) = text.split_once(' ').expect("a time");
                let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
                Value::from(format!("{day}T{time}.{fraction:0<3}"))
            }
            _ => value,
        };
        (if form.lower_case_keys { key.to_lowercase() } else { key }, value)
    });
    Value::Object(members.collect()).to_string() + "\n"
}

/// Flink's rows are those that the cases expect: `tests/flink` compares them.
#[test]
fn the_rows_of_all_cases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql/cases");
    let (mut of_flink, mut of_records, mut times) = (0, 0, 0);
    for entry in fs::read_dir(&root).expect("the cases") {
        let folder = entry.expect("a case").path();
        let Some(query) = folder.is_dir().then(|| support::case(&folder)).and_then(|case| case.query) else {
            continue;
        };
        let records = fs::read_to_string(folder.join("records.jsonl")).unwrap_or_default();
        for id in query.stream_ids().filter(|id| query.stream(*id).role == Role::Output) {
            let output = query.stream(id);
            let expected = folder.join("expected").join(format!("{}.jsonl", output.name));
            let Ok(expected) = fs::read_to_string(&expected) else { continue };
            let lines = || expected.lines().filter(|line| !line.trim().is_empty());
            let lower: Vec<_> = output.columns.iter().map(|column| column.name.to_lowercase()).collect();
            let collides = (1..lower.len()).any(|at| lower[..at].contains(&lower[at]));
            for form in FORMS.into_iter().filter(|form| !(form.lower_case_keys && collides)) {
                let wanted: String = lines().map(|row| by_hand(row, output, form)).collect();
                let program = |query| RecordProgram::querying(formed(query, form), "\n").expect("a program");
                let place = format!("{} of {} as {form:?}", output.name, folder.display());
                let again = program(rows_as_they_are(output));
                let read = RecordProgram::from_json(again.to_json().expect("JSON").as_bytes());
                assert_eq!(read.expect("it reads back"), again);
                // Of a text, `␤` is a line break in what comes in.
                let flink: String = lines().map(|row| row.to_owned() + "\n").collect();
                if !flink.contains('␤') {
                    assert_eq!(rows(&run(&again, &flink)), rows(&wanted), "Flink's rows: {place}");
                    of_flink += 1;
                    let plain: String = lines().map(|row| by_hand(row, output, Form::PLAIN)).collect();
                    times += usize::from(form == FORMS[2] && wanted != plain);
                }
                if needs_flink(&query).is_none() {
                    let printed = print_program(&query, id).expect("the transform runs it");
                    assert_eq!(rows(&run(&program(printed), &records)), rows(&wanted), "records: {place}");
                    of_records += 1;
                }
            }
        }
    }
    assert!(of_flink > 600 && of_records > 200 && times > 60, "{of_flink}, {of_records}, {times}");
}

#[test]
fn a_row() {
    let sql = "CREATE OR REPLACE STREAM o (ID INTEGER, \"at\" TIMESTAMP, NAME VARCHAR(8));\n\
               CREATE OR REPLACE PUMP p AS INSERT INTO o SELECT STREAM id, \"at\", name FROM SOURCE_SQL_STREAM_001";
    let columns = "id INTEGER $.id\nat TIMESTAMP $.at\nname VARCHAR(8) $.name\n";
    let query = support::analyzed(sql, columns).query.expect("a query");
    let id = query.stream_ids().last().expect("an output");
    let printed = print_program(&query, id).expect("the transform runs it");
    let of = |query| RecordProgram::querying(formed(query, FORMS[0]), "").expect("a program");
    let expected = r#"{"id":7,"at":"2026-11-30T12:00:00.120","name":"a b"}"#;
    let record = r#"{"id": 7, "at": "2026-11-30 12:00:00.12", "name": "a b"}"#;
    assert_eq!(run(&of(printed), record), expected);
    let row = r#"{"ID":7,"at":"2026-11-30 12:00:00.12","NAME":"a b"}"#;
    assert_eq!(run(&of(rows_as_they_are(query.stream(id))), row), expected);
    let nulls = r#"{"ID":null,"at":null,"NAME":null}"#;
    assert_eq!(run(&of(rows_as_they_are(query.stream(id))), nulls), r#"{"id":null,"at":null,"name":null}"#);
}
