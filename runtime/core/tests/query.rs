//! Queries on records. What is expected here is what Flink 2.2.1 made of the same values.

use pipec_core::query::{Column, Comparison, DataType, Expr, Function, Insert, Query, Stream, TimeField};
use pipec_core::{Expression, Outcome, RecordProgram, TimePart, Written, parse_timestamp};
use proptest::prelude::*;

/// A program that selects `items` from the column `$.v`, as `a`, `b` and so on.
fn program(data_type: DataType, items: Vec<(Expr, DataType)>) -> RecordProgram {
    let keys = (0..).map(|at: usize| match u8::try_from(at) {
        Ok(at @ 0..26) => char::from(b'a' + at).to_string(),
        _ => at.to_string(),
    });
    let stream = Stream {
        types: items.iter().map(|(_, data_type)| *data_type).collect(),
        keys: Some(keys.take(items.len()).collect()),
    };
    let insert = Insert {
        from: 0,
        into: 1,
        lookups: vec![],
        filter: None,
        items: items.into_iter().map(|(item, _)| item).collect(),
    };
    let column = Column { path: vec!["v".into()], data_type };
    let query =
        Query { columns: vec![column], streams: vec![stream], inserts: vec![insert], ..Query::default() };
    RecordProgram::querying(query, "\n").expect("the query holds together")
}

fn applied(program: &RecordProgram, record: &[u8]) -> Option<String> {
    match program.apply(record) {
        Outcome::Ok(rows) => Some(String::from_utf8(rows.into_owned()).expect("rows are UTF-8")),
        Outcome::Dropped => Some(String::new()),
        Outcome::ProcessingFailed => None,
    }
}

/// The value of `$.v` as a type, perhaps cast, in JSON.
fn read(value: &str, data_type: DataType, cast: Option<DataType>) -> String {
    let item = match cast {
        Some(cast) => (Expr::Cast(cast, Box::new(Expr::Column(0))), cast),
        None => (Expr::Column(0), data_type),
    };
    let row = applied(&program(data_type, vec![item]), format!("{{\"v\":{value}}}").as_bytes());
    let row = row.unwrap_or_else(|| panic!("{value} is read"));
    row.strip_prefix("{\"a\":").and_then(|row| row.strip_suffix("}\n")).expect("a row").to_owned()
}

#[test]
fn values_of_records_become_those_of_their_columns() {
    use DataType::{BigInt, Boolean, Decimal, Double, Integer, Real, Text, TinyInt};
    for (value, data_type, expected) in [
        ("12", Text, r#""12""#),
        ("1.50", Text, r#""1.5""#),
        ("1e2", Text, r#""100.0""#),
        ("-0", Text, r#""0""#),
        ("-0.0", Text, r#""-0.0""#),
        ("0.1e-7", Text, r#""1.0E-8""#),
        ("1e400", Text, r#""Infinity""#),
        ("1234567890.123", Text, r#""1.234567890123E9""#),
        ("true", Text, r#""true""#),
        ("[1, 2]", Text, r#""[1,2]""#),
        (
            r#"{"a":1.50,"b":[1,"é\u00e9",null,1e2,0.1e-7],"c":{}}"#,
            Text,
            r#""{\"a\":1.5,\"b\":[1,\"éé\",null,100.0,1.0E-8],\"c\":{}}""#,
        ),
        (r#"{"a":1,"b":2,"a":3}"#, Text, r#""{\"a\":3,\"b\":2}""#),
        (r#""a\u0001b\n\ud83d\ude00\/\\\"""#, Text, r#""a\u0001b\n😀/\\\"""#),
        ("\"tab\there\"", Text, r#""tab\there""#),
        (r#""\ud800x""#, Text, r#""?x""#),
        ("1", Boolean, "false"),
        ("{}", Boolean, "false"),
        (r#""TRUE ""#, Boolean, "true"),
        ("null", Boolean, "null"),
        ("5.0", TinyInt, "null"),
        ("128", TinyInt, "null"),
        (r#"" -128 ""#, TinyInt, "-128"),
        ("1.9", Integer, "1"),
        ("3e9", Integer, "null"),
        (r#""1.5""#, Integer, "null"),
        (r#""+5""#, Integer, "5"),
        ("true", Integer, "null"),
        ("2147483648", Integer, "null"),
        ("9.223372036854775807e18", BigInt, "9223372036854775807"),
        ("9223372036854775808", BigInt, "null"),
        (r#"" 1e3 ""#, Double, "1000.0"),
        (r#""1d""#, Double, "1.0"),
        (r#""NaN""#, Double, "null"),
        (r#""inf""#, Double, "null"),
        ("true", Double, "null"),
        ("0.30000000000000004", Real, "0.3"),
        ("12345.678", Decimal(10, 2), "12345.68"),
        ("99999999.995", Decimal(10, 2), "null"),
        ("-0.005", Decimal(10, 2), "-0.01"),
        (r#"" 12 ""#, Decimal(10, 2), "null"),
        ("1e-400", Decimal(10, 2), "0.00"),
        ("1e400", Decimal(38, 0), "null"),
        ("123456789012345678901234567890", Decimal(38, 2), "123456789012345678901234567890.00"),
    ] {
        assert_eq!(read(value, data_type, None), expected, "{value} as {data_type:?}");
    }
}

#[test]
fn texts_are_cast() {
    use DataType::{BigInt, Boolean, Char, Date, Decimal, Double, Integer, Time, Timestamp, Varchar};
    for (text, cast, expected) in [
        (" 12.7 ", Integer, "12"),
        (".", Integer, "0"),
        ("-", Integer, "null"),
        ("1e3", Integer, "null"),
        ("-9223372036854775808", BigInt, "-9223372036854775808"),
        ("9223372036854775808", BigInt, "null"),
        ("T", Boolean, "true"),
        ("no", Boolean, "false"),
        (" true ", Boolean, "null"),
        ("1.5E+1", Decimal(10, 2), "15.00"),
        ("T", Decimal(10, 2), "null"),
        ("99999999.995", Decimal(10, 2), "null"),
        ("Infinity", Double, "null"),
        ("2026-1-5", Date, r#""2026-01-05""#),
        ("2026", Date, r#""2026-01-01""#),
        ("2026-01-05 10:00", Date, r#""2026-01-05""#),
        ("2026-02-30", Date, "null"),
        ("10000-01-01", Date, "null"),
        ("9:3", Time, r#""09:03:00""#),
        ("23:59:59.9999", Time, r#""23:59:59""#),
        ("24:00:00", Time, "null"),
        ("10:00:00+02:00", Time, "null"),
        ("2026-01-05", Timestamp, r#""2026-01-05 00:00:00""#),
        ("2026-02-30", Timestamp, r#""2026-02-28 00:00:00""#),
        ("2026-01-05T10:00:00.123456Z", Timestamp, r#""2026-01-05 10:00:00.123""#),
        ("2026-01-05 24:00:00", Timestamp, r#""2026-01-06 00:00:00""#),
        ("2026-01-05 10:00", Timestamp, r#""2026-01-05 10:00:00""#),
        ("2026-01-05 10:00:00.1234567891", Timestamp, "null"),
        ("1969-12-31 23:59:59.999", Timestamp, r#""1969-12-31 23:59:59.999""#),
        ("Straße", Varchar(5), r#""Straß""#),
        ("é", Char(3), r#""é  ""#),
    ] {
        assert_eq!(read(&format!("{text:?}"), DataType::Text, Some(cast)), expected, "{text} as {cast:?}");
    }
}

#[test]
fn an_object_of_very_many_keys_is_read_in_one_go() {
    // A search for each key among all would take minutes here.
    let mut text: String = (0..300_000).map(|n| format!("\"{n}\":{n},")).collect();
    text.push_str("\"7\":\"again\"");
    let program = program(DataType::Text, vec![(Expr::Column(0), DataType::Text)]);
    let row = applied(&program, format!("{{\"v\":{{{text}}}}}").as_bytes()).expect("it is read");
    let row: serde_json::Value = serde_json::from_str(&row).expect("a row is JSON");
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(row["a"].as_str().expect("a text")).expect("an object");
    assert_eq!((object.len(), &object["7"], &object["299999"]), (300_000, &"again".into(), &299_999.into()));
}

#[test]
fn what_is_no_object_fails_and_what_stands_behind_it_does_not_matter() {
    let program = program(DataType::Integer, vec![(Expr::Column(0), DataType::Integer)]);
    let deep = |depth: usize| format!("{{\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    for (record, row) in [
        (r#"{"v":1} and more"#, Some("{\"a\":1}\n")),
        (r#"{"v":1}{"v":2}"#, Some("{\"a\":1}\n")),
        ("\u{feff} {\"v\":1}", Some("{\"a\":1}\n")),
        (r#"{"v":1,"v":2}"#, Some("{\"a\":2}\n")),
        (r#"{"v":1,"v":null}"#, Some("{\"a\":null}\n")),
        (r#"{"\u0076":7}"#, Some("{\"a\":7}\n")),
        (&deep(999), Some("{\"a\":null}\n")),
        (&deep(1000), None),
        ("{}", Some("{\"a\":null}\n")),
        ("", None),
        ("null", None),
        ("[{\"v\":1}]", Some("{\"a\":1}\n")),
        (r#"{"v":1,}"#, None),
        (r#"{"v":01}"#, None),
        (r#"{"v":1,"x":tru}"#, None),
        (r#"{"v":1,"x":"\x"}"#, None),
        (r#"{"v":1"#, None),
        (r#"{'v':1}"#, None),
        (r#"{"v":.5}"#, None),
        (r#"{"v":1.}"#, None),
        (r#"{"v":+1}"#, None),
    ] {
        assert_eq!(applied(&program, record.as_bytes()).as_deref(), row, "{record}");
    }
    assert_eq!(applied(&program, b"{\"v\":\"\xff\"}"), None);
}

#[test]
fn a_query_that_names_what_there_is_not_is_refused() {
    let stream = |keys| Stream { types: vec![DataType::Integer], keys };
    let insert = |from, into, column| Insert {
        from,
        into,
        lookups: vec![],
        filter: None,
        items: vec![Expr::Column(column)],
    };
    let column = Column { path: vec!["v".into()], data_type: DataType::Integer };
    let refused = |inserts| {
        let streams = vec![stream(None), stream(Some(vec!["a".into()]))];
        let query = Query { columns: vec![column.clone()], streams, inserts, ..Query::default() };
        RecordProgram::querying(query, "\n").is_err()
    };
    assert!(!refused(vec![insert(0, 1, 0), insert(1, 2, 0)]));
    for inserts in [insert(0, 3, 0), insert(1, 1, 0), insert(2, 1, 0), insert(0, 1, 1)] {
        assert!(refused(vec![inserts]));
    }
}

/// What an expression of `$.v` is, in JSON.
fn evaluated(value: &str, data_type: DataType, item: Expr) -> String {
    let row = applied(&program(data_type, vec![(item, data_type)]), format!("{{\"v\":{value}}}").as_bytes());
    let row = row.unwrap_or_else(|| panic!("{value} is read"));
    row.strip_prefix("{\"a\":").and_then(|row| row.strip_suffix("}\n")).expect("a row").to_owned()
}

#[test]
fn functions_of_texts() {
    let text = |text: &str| Expr::Text(text.into());
    for (value, function, others, expected) in [
        ("'fast FOOD-4u é'", Function::InitCap, vec![], "'Fast Food-4u é'"),
        ("'abé'", Function::Position, vec![text("xabéy")], "2"),
        ("''", Function::Position, vec![text("x")], "1"),
        ("'z'", Function::Position, vec![text("x")], "0"),
        ("'abcd'", Function::Overlay, vec![text("XY"), Expr::Integer(2)], "'aXYd'"),
        // Without a length, what is behind is lost.
        ("'abcd'", Function::Overlay, vec![text("X"), Expr::Integer(2), Expr::Integer(0)], "'aX'"),
        ("'abcd'", Function::Overlay, vec![text("X"), Expr::Integer(5)], "'abcd'"),
        ("'aba'", Function::Replace, vec![text("a"), text("xy")], "'xybxy'"),
        ("'ab'", Function::Replace, vec![text(""), text("-")], "'-a-b-'"),
        ("'a,,b'", Function::SplitIndex, vec![text(","), Expr::Integer(1)], "''"),
        ("'a,b'", Function::SplitIndex, vec![text(","), Expr::Integer(2)], "null"),
        ("''", Function::SplitIndex, vec![text(","), Expr::Integer(0)], "null"),
        ("'7'", Function::LeftPad, vec![Expr::Integer(4), text("xy")], "'xyx7'"),
        ("'abcdef'", Function::LeftPad, vec![Expr::Integer(4), text("x")], "'abcd'"),
        ("'7'", Function::RightPad, vec![Expr::Integer(3), text("")], "null"),
        // Lengths count Java's units, and half of a character is none.
        ("'\u{1F600}'", Function::RightPad, vec![Expr::Integer(1), text("x")], "'?'"),
    ] {
        let (value, expected) = (value.replace('\'', "\""), expected.replace('\'', "\""));
        let arguments = std::iter::once(Expr::Column(0)).chain(others).collect();
        assert_eq!(
            evaluated(&value, DataType::Text, Expr::Call(function, arguments)),
            expected,
            "{function:?}"
        );
    }
}

#[test]
fn functions_of_times() {
    let time = |text: &str| parse_timestamp(text).expect("a time");
    for (value, function, expected) in [
        ("2027-01-01 00:00:00", Function::Extract(TimeField::Week), "53"),
        ("2024-12-31 10:00:00", Function::Extract(TimeField::DayOfYear), "366"),
        ("2026-02-01 00:00:00", Function::Extract(TimeField::DayOfWeek), "1"),
        // A day that began before 1970 counts as the one after.
        ("1969-12-30 10:00:00", Function::Extract(TimeField::Day), "31"),
        ("1969-12-31 23:30:00", Function::Extract(TimeField::Minute), "-30"),
        ("2026-05-17 09:41:07.5", Function::FloorTo(TimeField::Week), "\"2026-05-17 00:00:00\""),
        ("2026-05-17 09:41:07.5", Function::FloorTo(TimeField::Quarter), "\"2026-04-01 00:00:00\""),
        ("2026-05-17 09:41:07.5", Function::CeilTo(TimeField::Minute), "\"2026-05-17 09:42:00\""),
        // The time of day is not looked at.
        ("2026-05-01 09:00:00", Function::CeilTo(TimeField::Month), "\"2026-05-01 00:00:00\""),
        ("2026-04-01 00:00:00", Function::CeilTo(TimeField::Quarter), "\"2026-07-01 00:00:00\""),
        ("1969-12-31 23:59:59", Function::Step(900_000), "\"1970-01-01 00:00:00\""),
        ("2026-05-17 09:41:07.5", Function::Milliseconds, "1779010867500"),
    ] {
        let item = Expr::Call(function, vec![Expr::Timestamp(time(value))]);
        assert_eq!(evaluated("1", DataType::Text, item), expected, "{function:?} of {value}");
    }
    for (field, from, to, expected) in [
        (TimeField::Month, "2026-01-31 00:00:00", "2026-02-28 00:00:00", "1"),
        (TimeField::Month, "2026-01-15 12:00:00", "2026-02-15 11:00:00", "0"),
        (TimeField::Year, "2026-01-15 12:00:00", "2020-01-16 12:00:00", "-5"),
        (TimeField::Hour, "2026-01-15 12:00:00", "2026-01-15 10:00:01", "-1"),
        (TimeField::Week, "0001-01-01 00:00:00", "2026-01-27 09:30:00", "105663"),
    ] {
        let times = vec![Expr::Timestamp(time(from)), Expr::Timestamp(time(to))];
        let item = Expr::Call(Function::Between(field), times);
        assert_eq!(evaluated("1", DataType::Text, item), expected, "{field:?} from {from} to {to}");
    }
    let later = Expr::MonthsLater(1, Box::new(Expr::Timestamp(time("2024-01-31 09:00:00"))));
    assert_eq!(evaluated("1", DataType::Text, later), "\"2024-02-29 09:00:00\"");
}

#[test]
fn the_clock_is_the_callers() {
    let program = program(DataType::Text, vec![(Expr::Now, DataType::Timestamp)]);
    assert_eq!(program.apply_at(b"{}", 1500), Outcome::Ok(b"{\"a\":\"1970-01-01 00:00:01.5\"}\n".into()));
    assert_ne!(program.apply(b"{}"), program.apply_at(b"{}", 0));
}

fn expression(pieces: &[&str], ends: &[usize]) -> Expression {
    let pieces = pieces.iter().map(|piece| (*piece).to_owned()).collect();
    Expression::try_from(Written { pieces, ends: ends.to_vec() }).expect("an expression")
}

#[test]
fn an_expression_ends_before_the_last_line_break() {
    let ending = || expression(&["(a.?)", ""], &[2]);
    for (value, found) in [(r"xa", "a"), (r"ab\n", "ab"), (r"ab\r\n", "ab"), ("ab\u{2028}", "ab")] {
        let value = format!("\"{value}\"");
        let item = Expr::Extract(Box::new(Expr::Column(0)), ending(), 0);
        assert_eq!(evaluated(&value, DataType::Text, item), format!("\"{found}\""), "{value}");
    }
    let pair = || Box::new((Expr::Column(0), Expr::Text("-".into())));
    for (value, replaced) in [(r"ab\n", r"-\n"), ("b", "b"), (r"a\na", r"a\n-")] {
        let item = Expr::ReplaceMatches(pair(), ending());
        let value = format!("\"{value}\"");
        assert_eq!(evaluated(&value, DataType::Text, item), format!("\"{replaced}\""), "{value}");
    }
    let item = Expr::ReplaceMatches(pair(), expression(&["b*"], &[]));
    assert_eq!(evaluated("\"abbc\"", DataType::Text, item), "\"-a--c-\"");
}

#[test]
fn times_are_written_and_read_by_a_pattern() {
    let field = |letter, count| TimePart::Field(letter, count);
    let text = |text: &str| TimePart::Text(text.into());
    let word = vec![
        field('E', 3),
        text(", "),
        field('d', 1),
        text(" "),
        field('M', 4),
        text(" "),
        field('y', 2),
        text(" "),
        field('h', 2),
        text(" "),
        field('a', 1),
    ];
    let packed = vec![field('y', 4), field('M', 2), field('d', 2), field('S', 3)];
    for (parts, value, written) in [
        (&word, "2026-05-07 21:41:00", "Thu, 7 May 26 09 PM"),
        (&packed, "2026-05-07 21:41:00.025", "20260507025"),
    ] {
        let value = parse_timestamp(value).expect("a time");
        let item = Expr::FormatTime(Box::new(Expr::Timestamp(value)), parts.clone());
        assert_eq!(evaluated("1", DataType::Text, item), format!("\"{written}\""));
    }
    for (parts, value, read) in [
        (&word, "Thu, 7 May 26 09 PM", "\"2026-05-07 21:00:00\""),
        (&word, "Wed, 7 May 26 09 PM", "null"),
        (&packed, "20260507025", "\"2026-05-07 00:00:00.025\""),
        (&packed, "20260231000", "\"2026-02-28 00:00:00\""),
        // What does not fit is read as Java's SQL times are.
        (&packed, "2026-5-7", "\"2026-05-07 00:00:00\""),
        (&packed, "2026-2-30 24:00:00.5", "\"2026-03-03 00:00:00.5\""),
        (&packed, "yesterday", "null"),
    ] {
        let item = Expr::ParseTime(Box::new(Expr::Column(0)), parts.clone());
        assert_eq!(evaluated(&format!("\"{value}\""), DataType::Text, item), read, "{value}");
    }
}

#[test]
fn what_the_filter_drops_is_dropped() {
    let adults = Expr::Compare(Comparison::GreaterOrEqual, Box::new((Expr::Column(0), Expr::Integer(21))));
    let query = Query {
        columns: vec![Column { path: vec!["dob".into(), "age".into()], data_type: DataType::Integer }],
        streams: vec![Stream { types: vec![DataType::Integer], keys: Some(vec!["AGE".into()]) }],
        inserts: vec![Insert {
            from: 0,
            into: 1,
            lookups: vec![],
            filter: Some(adults),
            items: vec![Expr::Column(0)],
        }],
        ..Query::default()
    };
    let program = RecordProgram::querying(query, "").expect("it holds together");
    for (record, outcome) in [
        (r#"{"dob":{"age":21}}"#, Outcome::Ok(b"{\"AGE\":21}".into())),
        (r#"{"dob":{"age":20}}"#, Outcome::Dropped),
        (r#"{"dob":{"age":null}}"#, Outcome::Dropped),
        (r#"{"dob":[21]}"#, Outcome::Dropped),
        (r#"{"dob":{"age":21},"dob":{}}"#, Outcome::Dropped),
        (r#"{"dob":{"age":21}"#, Outcome::ProcessingFailed),
    ] {
        assert_eq!(program.apply(record.as_bytes()), outcome, "{record}");
    }
}

/// Any JSON, as deep as four.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        // The other reader is off by the last bit for a few floating point numbers.
        any::<i32>().prop_map(|number| (f64::from(number) / 8.0).into()),
        "(?s).{0,12}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map("[a-v\"\\\\é]{0,3}", inner, 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    /// No text, number or time stops a function.
    #[test]
    fn any_arguments_have_a_value(text in "(?s).{0,12}", other in "(?s).{0,3}", n: i64, m: i64, ms: i64, letters in "[yMQdHhmsSaED]{1,6}") {
        let fields = [
            TimeField::Year, TimeField::Quarter, TimeField::Month, TimeField::Week, TimeField::Day, TimeField::Hour,
            TimeField::Minute, TimeField::Second, TimeField::DayOfWeek, TimeField::DayOfYear,
        ];
        let parts: Vec<TimePart> = letters.chars().map(|letter| TimePart::Field(letter, letters.len())).collect();
        let mut items = vec![
            Expr::FormatTime(Box::new(Expr::Timestamp(ms)), parts.clone()),
            Expr::ParseTime(Box::new(Expr::Column(0)), parts),
            Expr::Later(n, Box::new(Expr::Timestamp(ms))),
            Expr::MonthsLater((n % 2_000_000_000) as i32, Box::new(Expr::Timestamp(ms))),
            Expr::Absolute(DataType::BigInt, Box::new(Expr::Integer(n))),
            Expr::ReplaceMatches(Box::new((Expr::Column(0), Expr::Text(other.clone()))), expression(&["[a-c]*", ""], &[1])),
            Expr::Call(Function::FromMilliseconds, vec![Expr::Integer(n)]),
        ];
        for field in fields {
            for function in [Function::Extract(field), Function::FloorTo(field), Function::CeilTo(field)] {
                items.push(Expr::Call(function, vec![Expr::Timestamp(ms)]));
            }
            items.push(Expr::Call(Function::Between(field), vec![Expr::Timestamp(ms), Expr::Timestamp(m)]));
        }
        let (column, other) = (|| Expr::Column(0), || Expr::Text(other.clone()));
        items.extend([
            Expr::Call(Function::InitCap, vec![column()]),
            Expr::Call(Function::Position, vec![other(), column()]),
            Expr::Call(Function::Overlay, vec![column(), other(), Expr::Integer(n), Expr::Integer(m)]),
            Expr::Call(Function::Overlay, vec![column(), other(), Expr::Integer(n % 14), Expr::Integer(m % 14)]),
            Expr::Call(Function::Replace, vec![column(), other(), column()]),
            Expr::Call(Function::SplitIndex, vec![column(), other(), Expr::Integer(n % 4)]),
            Expr::Call(Function::LeftPad, vec![column(), Expr::Integer(n % 300), other()]),
            Expr::Call(Function::RightPad, vec![column(), Expr::Integer(n % 300), other()]),
        ]);
        let items = items.into_iter().map(|item| (item, DataType::Text)).collect();
        let record = serde_json::json!({ "v": text }).to_string();
        prop_assert!(applied(&program(DataType::Text, items), record.as_bytes()).is_some());
    }

    #[test]
    fn any_bytes_have_an_outcome(record in prop::collection::vec(any::<u8>(), 0..80)) {
        let program = program(DataType::Text, vec![(Expr::Column(0), DataType::Text)]);
        let _ = program.apply(&record);
    }

    #[test]
    fn bytes_that_are_nearly_json_have_an_outcome(record in "\\{\"v\":[\\[\\]{}\":,0-9eE+.tru\\\\-]{0,20}\\}?") {
        for data_type in [DataType::Text, DataType::Integer, DataType::Decimal(10, 2), DataType::Double] {
            let program = program(data_type, vec![(Expr::Column(0), data_type)]);
            let _ = program.apply(record.as_bytes());
        }
    }

    /// What another reader takes for a JSON object is read, and its rows are JSON with the same text.
    #[test]
    fn every_object_is_read(value in json(), pretty: bool) {
        let record = serde_json::json!({"x": value.clone(), "v": value});
        let text = if pretty { serde_json::to_string_pretty(&record) } else { serde_json::to_string(&record) };
        let program = program(DataType::Text, vec![(Expr::Column(0), DataType::Text)]);
        let row = applied(&program, text.expect("JSON").as_bytes());
        let row: serde_json::Value = serde_json::from_str(&row.expect("it is read")).expect("a row is JSON");
        match &record["v"] {
            serde_json::Value::Null => prop_assert!(row["a"].is_null()),
            serde_json::Value::String(text) => prop_assert_eq!(row["a"].as_str(), Some(text.as_str())),
            container @ (serde_json::Value::Array(_) | serde_json::Value::Object(_)) => {
                let written = row["a"].as_str().expect("a text");
                let again: serde_json::Value = serde_json::from_str(written).expect("a container is JSON");
                prop_assert_eq!(&again, container);
            }
            _ => prop_assert!(row["a"].is_string()),
        }
    }

    #[test]
    fn exact_numbers_are_those_of_long_arithmetic(a in -9_999_999_999_i64..9_999_999_999, b in -99_999_i64..99_999) {
        let exact = |number: i64| Expr::Cast(DataType::Decimal(12, 2), Box::new(Expr::Integer(number)));
        let hundredth = |number: i64| {
            let sign = if number < 0 { "-" } else { "" };
            let digits = number.unsigned_abs();
            Expr::Decimal(format!("{sign}{}.{:02}", digits / 100, digits % 100).parse().expect("a number"))
        };
        use pipec_core::query::Arithmetic::{Add, Divide, Modulo, Multiply};
        let of = |operator, data_type| {
            (Expr::Arithmetic(operator, data_type, Box::new((hundredth(a), hundredth(b)))), data_type)
        };
        let items = vec![
            of(Add, DataType::Decimal(13, 2)),
            of(Multiply, DataType::Decimal(25, 4)),
            of(Divide, DataType::Decimal(27, 15)),
            of(Modulo, DataType::Decimal(12, 2)),
            (exact(b), DataType::Decimal(12, 2)),
        ];
        let row = applied(&program(DataType::Integer, items), b"{}").expect("an object");
        let (wide_a, wide_b) = (i128::from(a), i128::from(b));
        let shown = |number: i128, scale: usize| {
            let sign = if number < 0 { "-" } else { "" };
            let one = 10_u128.pow(scale as u32);
            let digits = number.unsigned_abs();
            format!("{sign}{}.{:0scale$}", digits / one, digits % one)
        };
        let quotient = || {
            let numerator = wide_a * 10_i128.pow(15) * 2 + if (a < 0) == (b < 0) { wide_b } else { -wide_b };
            shown(numerator / (wide_b * 2), 15)
        };
        let by_b = |text: &dyn Fn() -> String| if b == 0 { "null".into() } else { text() };
        let expected = format!(
            "{{\"a\":{},\"b\":{},\"c\":{},\"d\":{},\"e\":{}}}\n",
            shown(wide_a + wide_b, 2),
            shown(wide_a * wide_b, 4),
            by_b(&quotient),
            by_b(&|| shown(wide_a % wide_b, 2)),
            shown(wide_b * 100, 2),
        );
        prop_assert_eq!(row, expected);
    }
}
