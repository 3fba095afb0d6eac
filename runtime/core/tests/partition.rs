//! Keys by which Firehose stores a record.

#![allow(missing_docs, reason = "a test")]

use pipec_core::query::{Column, DataType, EpochUnit, Expr, Insert, Query, Stream};
use pipec_core::{Applied, Outcome, Partition, PartitionKey, ProgramError, RecordProgram, TimePart};
use proptest::prelude::*;
use serde_json::{Value, json};

const TEXT: DataType = DataType::Varchar(64);

fn column(path: &[&str], data_type: DataType) -> Column {
    Column { path: path.iter().map(|&key| key.to_owned()).collect(), data_type }
}

fn key(name: &str, column: usize, time: Option<Vec<TimePart>>) -> PartitionKey {
    PartitionKey { name: name.into(), column, time }
}

fn day() -> Option<Vec<TimePart>> {
    let field = |letter, count| TimePart::Field(letter, count);
    let dash = || TimePart::Text("-".into());
    Some(vec![field('y', 4), dash(), field('M', 2), dash(), field('d', 2)])
}

/// The partition keys of an applied record; `None` if it failed for want of one.
fn keys(applied: &Applied) -> Option<Value> {
    if applied.lacks_key {
        assert_eq!(applied.outcome, Outcome::ProcessingFailed);
        return None;
    }
    Some(serde_json::from_slice(&applied.partition_keys).expect("JSON"))
}

fn plain(columns: Vec<Column>, keys: Vec<PartitionKey>) -> RecordProgram {
    let program = RecordProgram::appending("\n").partitioning(Some(Partition { columns, keys }));
    let json = program.expect("the keys have columns").to_json().expect("JSON");
    // As the function reads it.
    RecordProgram::from_json(json.as_bytes()).expect("a program")
}

#[test]
fn the_keys_of_a_record_are_the_values_of_its_columns() {
    let program = plain(
        vec![
            column(&["country"], TEXT),
            column(&["shop", "id"], DataType::BigInt),
            column(&["at"], DataType::Timestamp),
            column(&["at"], DataType::Timestamp),
            column(&["ms"], DataType::Epoch(EpochUnit::Milliseconds)),
            column(&["born"], DataType::Date),
            column(&["new"], DataType::Boolean),
        ],
        vec![
            key("country", 0, None),
            key("shop", 1, None),
            key("day", 2, day()),
            key("hour", 3, Some(vec![TimePart::Field('H', 2)])),
            key("sent", 4, day()),
            key("born", 5, day()),
            key("is_new", 6, None),
        ],
    );
    let record =
        br#"{"new": true, "ms": 1790000000000, "born": "1990-02-03", "at": "2026-11-29T23:30:00-08:00",
        "shop": {"id": "7"}, "country": "D\"E"}"#;
    let applied = program.apply_counting(record);
    assert_eq!(applied.outcome, Outcome::Ok([record.as_slice(), b"\n"].concat().into()));
    assert_eq!(
        keys(&applied),
        Some(json!({
            "country": "D\"E", "shop": "7", "day": "2026-11-30", "hour": "07", "sent": "2026-09-21", "born": "1990-02-03",
            "is_new": "true"
        }))
    );
}

#[test]
fn a_record_without_a_value_of_a_key_fails() {
    let program = plain(
        vec![column(&["country"], DataType::Text), column(&["at"], DataType::Timestamp)],
        vec![key("country", 0, None), key("day", 1, day())],
    );
    let at = r#""at": "2026-11-29 12:00:00""#;
    for record in [
        format!("{{{at}}}"),
        format!(r#"{{"country": null, {at}}}"#),
        format!(r#"{{"country": "", {at}}}"#),
        format!(r#"{{"country": "{}", {at}}}"#, "x".repeat(513)),
        r#"{"country": "DE", "at": "yesterday"}"#.into(),
        r#"{"country": "DE"}"#.into(),
    ] {
        assert_eq!(keys(&program.apply_counting(record.as_bytes())), None, "{record}");
    }
    for record in ["", "x", "[1]", "7"] {
        let applied = program.apply_counting(record.as_bytes());
        assert_eq!(applied.outcome, Outcome::ProcessingFailed, "{record}");
    }
}

/// A query whose rows have the columns `P` and `C`, the price and the country of a record.
fn query() -> Query {
    let stream = Stream { types: vec![DataType::Double, TEXT], keys: Some(vec!["P".into(), "C".into()]) };
    let insert = Insert {
        from: 0,
        into: 1,
        lookups: vec![],
        filter: None,
        items: vec![Expr::Column(1), Expr::Column(0)],
    };
    Query {
        columns: vec![column(&["country"], TEXT), column(&["price"], DataType::Double)],
        streams: vec![stream],
        inserts: vec![insert],
        ..Query::default()
    }
}

#[test]
fn the_keys_of_a_row_are_those_of_its_columns() {
    let partition = Partition { columns: vec![], keys: vec![key("country", 1, None)] };
    let program = RecordProgram::querying(query(), "\n").expect("a query");
    let program = program.partitioning(Some(partition)).expect("the key has a column");
    let applied = program.apply_counting(br#"{"country": "DE", "price": 2.5}"#);
    assert_eq!(applied.outcome, Outcome::Ok(b"{\"P\":2.5,\"C\":\"DE\"}\n".into()));
    assert_eq!(keys(&applied), Some(json!({"country": "DE"})));
    assert_eq!(keys(&program.apply_counting(br#"{"price": 2.5}"#)), None);
}

#[test]
fn rows_of_one_record_are_stored_together_or_not_at_all() {
    let partition = Partition { columns: vec![], keys: vec![key("country", 1, None)] };
    let program = RecordProgram::querying(query(), "\n").expect("a query");
    let program = program.partitioning(Some(partition)).expect("the key has a column");
    let both = |one: &str, two: &str| {
        let record =
            format!(r#"[{{"country": "{one}", "price": 1.5}}, {{"country": "{two}", "price": 2.5}}]"#);
        keys(&program.apply_counting(record.as_bytes()))
    };
    assert_eq!(both("DE", "DE"), Some(json!({"country": "DE"})));
    assert_eq!(both("DE", "FR"), None);
}

#[test]
fn keys_without_columns_are_no_program() {
    let refused =
        |program: RecordProgram, columns, keys| program.partitioning(Some(Partition { columns, keys })).err();
    let plain = || RecordProgram::appending("");
    let querying = || RecordProgram::querying(query(), "").expect("a query");
    let fault = Some(ProgramError::Partition).map(|error| error.to_string());
    for error in [
        refused(plain(), vec![], vec![]),
        refused(plain(), vec![], vec![key("a", 0, None)]),
        refused(querying(), vec![], vec![key("a", 2, None)]),
        refused(querying(), vec![column(&["a"], TEXT)], vec![key("a", 0, None)]),
    ] {
        assert_eq!(error.map(|error| error.to_string()), fault);
    }
}

proptest! {
    /// Any text is the key that serde_json reads, and comes back as it is.
    #[test]
    fn a_text_is_its_own_key(value in "\\PC{0,40}") {
        let program = plain(vec![column(&["v"], TEXT)], vec![key("v", 0, None)]);
        let record = json!({"u": 1, "v": value}).to_string();
        let expected = (!value.is_empty()).then(|| json!({"v": value}));
        prop_assert_eq!(keys(&program.apply_counting(record.as_bytes())), expected);
    }
}
