//! Records as CSV, arrays whose objects become rows, and rows of tables. What is expected here is what Flink 2.2.1 made of
//! the same values.

use pipec_core::query::{Array, Column, DataType, Expr, Format, Insert, Lookup, Query, Stream, Table};
use pipec_core::{Outcome, RecordProgram};
use proptest::prelude::*;
use serde_json::json;

fn applied(program: &RecordProgram, record: &[u8]) -> Option<String> {
    match program.apply(record) {
        Outcome::Ok(rows) => Some(String::from_utf8(rows.into_owned()).expect("rows are UTF-8")),
        Outcome::Dropped => Some(String::new()),
        Outcome::ProcessingFailed => None,
    }
}

/// Two columns of a record, of which the second is looked up in a table, together with its row there.
fn looked_up(format: Format, array: Option<Array>, outer: bool) -> RecordProgram {
    let is_csv = format != Format::Json;
    let path = |key: &str| if is_csv { Vec::new() } else { vec![key.to_owned()] };
    let row = |key: Expr, name: &str| vec![key, Expr::Text(name.into())];
    let types = vec![DataType::Text, DataType::Integer, DataType::Char(3)];
    let query = Query {
        format,
        columns: vec![
            Column { path: path("a"), data_type: DataType::Text },
            Column { path: path("b"), data_type: DataType::Double },
        ],
        array,
        tables: vec![Table {
            types: vec![DataType::Integer, DataType::Char(3)],
            rows: vec![
                row(Expr::Integer(7), "7"),
                row(Expr::Null, "no"),
                row(Expr::Integer(-1), "-1"),
                row(Expr::Integer(0), "zero"),
            ],
        }],
        streams: vec![Stream { types, keys: Some(["a", "key", "name"].map(String::from).to_vec()) }],
        inserts: vec![Insert {
            from: 0,
            into: 1,
            lookups: vec![Lookup {
                table: 0,
                key: 0,
                cast: Some(DataType::Double),
                value: Expr::Column(1),
                outer,
            }],
            filter: None,
            items: vec![Expr::Column(0), Expr::Column(2), Expr::Column(3)],
        }],
    };
    RecordProgram::querying(query, "\n").expect("it holds together")
}

#[test]
fn a_row_is_given_its_partner() {
    let inner = looked_up(Format::Csv(','), None, false);
    let outer = looked_up(Format::Csv(','), None, true);
    for (record, row) in [
        ("x,7", r#"{"a":"x","key":7,"name":"7  "}"#),
        ("\"x,y\",-1.0", r#"{"a":"x,y","key":-1,"name":"-1 "}"#),
        ("x,-0.0", r#"{"a":"x","key":0,"name":"zer"}"#),
    ] {
        let row = format!("{row}\n");
        assert_eq!(applied(&inner, record.as_bytes()), Some(row.clone()), "{record}");
        assert_eq!(applied(&outer, record.as_bytes()), Some(row), "{record}");
    }
    for record in ["x,7.5", "x,", "x", "x,NaN", "x,no"] {
        assert_eq!(applied(&inner, record.as_bytes()).as_deref(), Some(""), "{record}");
        let alone = "{\"a\":\"x\",\"key\":null,\"name\":null}\n";
        assert_eq!(applied(&outer, record.as_bytes()).as_deref(), Some(alone), "{record}");
    }
    assert_eq!(applied(&outer, b"x,7,more"), None);
}

#[test]
fn objects_of_an_array_become_rows() {
    let array = Array { path: vec!["l".into(), "m".into()], columns: vec![1] };
    let program = looked_up(Format::Json, Some(array), true);
    let seven = r#"{"a":"x","key":7,"name":"7  "}"#;
    let alone = r#"{"a":"x","key":null,"name":null}"#;
    for (array, rows) in [
        (r#"[{"b":7},{"b":"8"},{"b":7}]"#, vec![seven, alone, seven]),
        (r#"[null,{"b":7},[{"b":7}],"b",{}]"#, vec![seven, alone]),
        ("[7]", vec![alone]),
        ("[]", vec![alone]),
        ("null", vec![alone]),
        (r#"{"b":7}"#, vec![alone]),
    ] {
        let record = format!("{{\"l\":{{\"m\":{array}}},\"a\":\"x\",\"b\":-1}}");
        let rows: String = rows.iter().map(|row| format!("{row}\n")).collect();
        assert_eq!(applied(&program, record.as_bytes()), Some(rows), "{record}");
    }
    assert_eq!(applied(&program, br#"{"l":{"m":[{"b":7}}"#), None);
}

#[test]
fn a_query_that_does_not_hold_together_is_refused() {
    let sound = looked_up(Format::Json, Some(Array { path: vec!["l".into()], columns: vec![1] }), true);
    let json = sound.to_json().expect("a program is JSON");
    assert_eq!(RecordProgram::from_json(json.as_bytes()).expect("it reads back"), sound);
    for (part, other) in [
        ("\"table\":0", "\"table\":1"),
        ("\"key\":0", "\"key\":2"),
        ("\"value\":{\"column\":1}", "\"value\":{\"column\":2}"),
        ("{\"integer\":7}", "{\"column\":0}"),
        ("[{\"integer\":7},", "["),
        ("\"columns\":[1]", "\"columns\":[2]"),
        ("\"path\":[\"l\"]", "\"path\":[]"),
        ("{\"column\":3}", "{\"column\":4}"),
        ("\"query\":{", "\"query\":{\"format\":{\"csv\":\",\"},"),
    ] {
        assert!(json.contains(part), "{part} is not in {json}");
        assert!(RecordProgram::from_json(json.replacen(part, other, 1).as_bytes()).is_err(), "{other}");
    }
}

/// What may be in an array.
fn element() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        Just(json!(null)),
        Just(json!({})),
        Just(json!([{"b": 7}])),
        "(?s).{0,5}".prop_map(Into::into),
        any::<i32>().prop_map(|number| json!({"b": number})),
        "(?s).{0,5}".prop_map(|text| json!({"b": {"b": text.clone()}, "a": text})),
    ]
}

proptest! {
    #[test]
    fn any_line_has_an_outcome(record in prop::collection::vec(any::<u8>(), 0..40), line in "[\",\n\r a7.-]{0,20}") {
        let program = looked_up(Format::Csv(','), None, true);
        let _ = program.apply(&record);
        let rows = applied(&program, line.as_bytes());
        prop_assert!(rows.is_none_or(|rows| rows.lines().count() == 1));
    }

    #[test]
    fn any_array_has_a_row_for_each_object(
        elements in prop::collection::vec(element(), 0..6), bytes in "\\{\"l\":\\[[\\[\\]{}\":,b7]{0,20}\\]?\\}?"
    ) {
        let program = looked_up(Format::Json, Some(Array { path: vec!["l".into()], columns: vec![1] }), true);
        let objects = elements.iter().filter(|element| element.is_object()).count();
        let record = serde_json::json!({"l": elements}).to_string();
        let rows = applied(&program, record.as_bytes()).expect("it is read");
        prop_assert_eq!(rows.lines().count(), objects.max(1));
        let _ = program.apply(bytes.as_bytes());
    }
}

#[test]
fn values_that_do_not_fit_are_counted_once_a_column() {
    let types = vec![DataType::Text, DataType::Integer, DataType::Integer];
    let query = |format: Format| {
        let path = |key: &str| if format == Format::Json { vec![key.to_owned()] } else { Vec::new() };
        Query {
            columns: [("a", DataType::Text), ("b", DataType::Integer), ("c", DataType::Double)]
                .map(|(key, data_type)| Column { path: path(key), data_type })
                .to_vec(),
            format,
            array: None,
            tables: Vec::new(),
            streams: vec![Stream {
                types: types.clone(),
                keys: Some(["a", "b", "again"].map(String::from).to_vec()),
            }],
            inserts: vec![Insert {
                from: 0,
                into: 1,
                lookups: Vec::new(),
                filter: None,
                items: vec![Expr::Column(0), Expr::Column(1), Expr::Column(1)],
            }],
        }
    };
    let counted = |format: Format, record: &str| {
        let program = RecordProgram::querying(query(format), "\n").expect("it holds together");
        program.apply_counting(record.as_bytes()).invalid_values
    };
    for (record, count) in [
        (r#"{"a":"x","b":1,"c":2}"#, 0),
        (r#"{"a":"x","b":null}"#, 0),
        (r#"{}"#, 0),
        (r#"{"a":{},"b":"one"}"#, 1),
        (r#"{"b":[1]}"#, 1),
        (r#"{"b":1e99}"#, 1),
        // The query does not read it.
        (r#"{"b":1,"c":"two"}"#, 0),
        ("no JSON", 0),
    ] {
        assert_eq!(counted(Format::Json, record), count, "{record}");
    }
    for (record, count) in [("x,1,2", 0), ("x,,", 0), ("x", 0), ("x,one,2", 1), ("x,1e99,two", 1)] {
        assert_eq!(counted(Format::Csv(','), record), count, "{record}");
    }
}
