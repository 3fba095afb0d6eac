//! Records of CloudWatch Logs: gzip of a batch of log events.

#![allow(missing_docs, reason = "a test")]

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use pipec_core::query::{Column, DataType, Expr, Insert, Query, Stream};
use pipec_core::{Applied, Outcome, RecordProgram, Unpack, Unpacked};
use serde_json::{Value, json};

const TEXT: DataType = DataType::Varchar(64);

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn packet(messages: &[&str]) -> Vec<u8> {
    let events: Vec<Value> = messages
        .iter()
        .enumerate()
        .map(|(at, message)| json!({"id": format!("3{at}"), "timestamp": 1_790_000_000_000_i64 + at as i64, "message": message}))
        .collect();
    let packet = json!({
        "messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "/app/\"one\"", "logStream": "i-1",
        "subscriptionFilters": ["all"], "policyLevel": "ACCOUNT_LEVEL_POLICY", "logEvents": events,
    });
    gzip(packet.to_string().as_bytes())
}

fn unpacking() -> RecordProgram {
    RecordProgram::appending("\n").unpacking(Some(Unpack::CloudwatchLogs))
}

fn rows(applied: Applied) -> Vec<Value> {
    let Outcome::Ok(bytes) = applied.outcome else { panic!("{:?}", applied.outcome) };
    let text = std::str::from_utf8(&bytes).expect("text").to_owned();
    assert!(text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

#[test]
fn each_log_event_becomes_a_line() {
    let record = packet(&["one", "two \"quoted\"\nsecond line\ttab é \u{2028}"]);
    let applied = unpacking().apply_counting(&record);
    assert_eq!(applied.unpacked, Unpacked { events: 2, is_control_message: false });
    let event = |id: &str, timestamp: i64, message: &str| {
        json!({"id": id, "timestamp": timestamp, "message": message, "logGroup": "/app/\"one\"", "logStream": "i-1",
               "owner": "123456789012"})
    };
    assert_eq!(
        rows(applied),
        [
            event("30", 1_790_000_000_000, "one"),
            event("31", 1_790_000_000_001, "two \"quoted\"\nsecond line\ttab é \u{2028}"),
        ]
    );
}

#[test]
fn fields_that_a_filter_has_found_are_kept() {
    let text = r#"{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","subscriptionFilters":[],
        "logEvents":[{"id":"1","timestamp":5,"message":"1.2.3.4 500","extractedFields":{"ip":"1.2.3.4",
        "status":"500"}}]}"#;
    let record = gzip(text.as_bytes());
    let rows = rows(unpacking().apply_counting(&record));
    assert_eq!(rows[0]["extractedFields"], json!({"ip": "1.2.3.4", "status": "500"}));
}

#[test]
fn a_control_message_is_dropped_and_counted() {
    let text = r#"{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logStream":"",
        "subscriptionFilters":[],"logEvents":[{"id":"","timestamp":1517943838839,
        "message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}"#;
    let record = gzip(text.as_bytes());
    let applied = unpacking().apply_counting(&record);
    assert_eq!(applied.outcome, Outcome::Dropped);
    assert_eq!(applied.unpacked, Unpacked { events: 0, is_control_message: true });
}

#[test]
fn a_packet_without_log_events_is_dropped() {
    assert_eq!(unpacking().apply(&packet(&[])), Outcome::Dropped);
}

#[test]
fn other_records_are_taken_as_they_are() {
    let program = unpacking();
    for (record, expected) in [("{\"a\":1}", "{\"a\":1}\n"), ("text\n", "text\n"), ("", "\n")] {
        assert_eq!(program.apply(record.as_bytes()), Outcome::Ok(expected.as_bytes().into()));
    }
}

#[test]
fn gzip_that_is_no_packet_fails() {
    let program = unpacking();
    let whole = packet(&["one", "two"]);
    let mut with_newline = whole.clone();
    with_newline.push(b'\n');
    let bad: Vec<Vec<u8>> = vec![
        whole[..whole.len() - 9].to_vec(),
        b"\x1f\x8b".to_vec(),
        with_newline,
        gzip(b"plain text"),
        gzip(b"{}"),
        gzip(br#"{"messageType":"OTHER_MESSAGE","logEvents":[]}"#),
        gzip(br#"{"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","message":"no time"}]}"#),
    ];
    for record in &bad {
        assert_eq!(program.apply(record), Outcome::ProcessingFailed, "{record:?}");
    }
}

#[test]
fn what_unpacks_to_more_than_can_be_delivered_fails() {
    let large = "x".repeat(1 << 20);
    let fits = packet(&[large.as_str(); 5]);
    assert!(fits.len() < 20_000);
    assert!(matches!(unpacking().apply(&fits), Outcome::Ok(_)));
    let exceeds = packet(&[large.as_str(); 7]);
    assert_eq!(unpacking().apply(&exceeds), Outcome::ProcessingFailed);
    let bomb = gzip(&vec![b' '; 40 << 20]);
    assert_eq!(unpacking().apply(&bomb), Outcome::ProcessingFailed);
}

/// A query of one column, which is at this path.
fn querying(path: &[&str], data_type: DataType) -> RecordProgram {
    let column = Column { path: path.iter().map(|key| (*key).to_owned()).collect(), data_type };
    let stream = Stream { types: vec![data_type], keys: Some(vec!["x".into()]) };
    let insert = Insert { from: 0, into: 1, lookups: vec![], filter: None, items: vec![Expr::Column(0)] };
    let query =
        Query { columns: vec![column], streams: vec![stream], inserts: vec![insert], ..Query::default() };
    let program = RecordProgram::querying(query, "\n").expect("the query holds together");
    program.unpacking(Some(Unpack::CloudwatchLogs))
}

#[test]
fn a_query_reads_each_log_event_and_the_fields_of_its_message() {
    let record = packet(&[
        r#"{"level":"ERROR","ms":5}"#,
        "plain text",
        r#" {"level":7} "#,
        r#"{"level": "ERR"#,
        "[1]",
    ]);
    let of = |path: &[&str], data_type| -> Vec<Value> {
        rows(querying(path, data_type).apply_counting(&record))
            .into_iter()
            .map(|row| row["x"].clone())
            .collect()
    };
    assert_eq!(
        of(&["fields", "level"], TEXT),
        [json!("ERROR"), Value::Null, json!("7"), Value::Null, Value::Null]
    );
    assert_eq!(of(&["timestamp"], DataType::BigInt)[4], json!(1_790_000_000_004_i64));
    assert_eq!(of(&["logStream"], TEXT)[0], json!("i-1"));
    assert_eq!(of(&["message"], TEXT)[1], json!("plain text"));
}

#[test]
fn a_query_drops_and_fails_records_as_a_whole() {
    let program = querying(&["message"], TEXT);
    assert_eq!(program.apply(&gzip(b"plain text")), Outcome::ProcessingFailed);
    assert_eq!(program.apply(&packet(&[])), Outcome::Dropped);
    let other = program.apply_counting(br#"{"message":"from elsewhere"}"#);
    assert_eq!(rows(other), [json!({"x": "from elsewhere"})]);
    let control = gzip(br#"{"messageType":"CONTROL_MESSAGE","logEvents":[]}"#);
    assert_eq!(program.apply_counting(&control).unpacked, Unpacked { events: 0, is_control_message: true });
}

#[test]
fn the_program_is_read_as_it_is_written() {
    let json = unpacking().to_json().expect("JSON");
    assert_eq!(json, r#"{"version":3,"append":"\n","unpack":"cloudwatch_logs"}"#);
    assert_eq!(RecordProgram::from_json(json.as_bytes()).expect("a program"), unpacking());
    let error =
        RecordProgram::from_json(br#"{"version":3,"append":"","unpack":"kafka"}"#).expect_err("unknown");
    assert!(error.to_string().contains("cloudwatch_logs"), "{error}");
}
