//! Random queries of other inputs than one JSON object a row: lines of CSV, arrays, reference tables. As in `random`,
//! with whose columns and expressions they are made, they are written down as cases for Flink.

use pipec_compiler::sql::{DataType, Literal, RecordFormat, Reference};

use crate::random::{COLUMNS, Random, number, query, records, run_case};
use crate::random_records::value;
use crate::support::{analyzed_as, analyzed_with};

/// Texts that a field of CSV may be, beside those of [`value`].
const FIELDS: &[&str] = &[
    "",
    " ",
    "a|b",
    "\"",
    "\"\"",
    "say \"hi\"",
    "a,b;c",
    "1\n2",
    "\n",
    "tab\tend",
    "NULL",
    "#1",
    "\\",
    "é|😀",
];

/// What belongs to each column.
pub const LIKELY: &[&[&str]] = &[
    &["true", "false", "1", "no"],
    &["1", "-128", "127", "128"],
    &["300", "-32768", " 7"],
    &["40", "-7", "2147483647", "21.9"],
    &["9000000000", "-1", "9223372036854775807"],
    &["12.50", "-0.05", "99999999.995", "3"],
    &["1.123456789012", "-12345678901234567890.5", "0"],
    &["0.5", "1.25", "-3"],
    &["0.5", "-2.75", "1e10", " 40 "],
    &["abc", "a", "Straße", "10% off", "abcdefghijklm"],
    &["abc", "x y z", "-4.5", "2026-01-27"],
    &["ab", "abcd", "é", "abcde"],
    &["2026-01-27", "2024-02-29", "1970-1-1", "2026-02-30"],
    &["09:30:00", "23:59:59.9", "9:30"],
    &["2026-01-27 09:30:00", "2026-01-27T09:30:00.123Z", "1969-12-31 23:59:59.999"],
];

/// A value of a record of JSON as the text of a field.
fn field_of(value: &str) -> String {
    match serde_json::from_str(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => value.to_owned(),
    }
}

fn field(random: &mut Random, likely: &[&str], delimiter: char) -> String {
    let text = match random.below(10) {
        0..=5 => random.pick(likely).to_owned(),
        6..=7 => random.pick(FIELDS).to_owned(),
        _ => field_of(&value(random)),
    };
    // Lines are read as UTF-8.
    let text = text.replace(|c: char| ('\u{e001}'..='\u{e004}').contains(&c), "");
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let needs_quotes = text.contains(['"', '\n', delimiter]);
    match random.below(if needs_quotes { 20 } else { 8 }) {
        // As it is, whatever that makes of the line.
        0 => text,
        1 => quoted(&text),
        2 => format!("{} \t", quoted(&text)),
        3 => format!(" {text}"),
        _ if needs_quotes => quoted(&text),
        _ => text,
    }
}

/// A line with a field for each list of likely values.
pub fn line(random: &mut Random, delimiter: char, likely: &[&[&str]]) -> String {
    let mut fields: Vec<String> = likely.iter().map(|likely| field(random, likely, delimiter)).collect();
    match random.below(24) {
        0 => fields.truncate(random.below(likely.len())),
        1 => fields.push(random.pick(&["", " ", "\"\"", "x"]).to_owned()),
        2 => fields.extend([String::new(), String::new()]),
        3 => fields.push(format!("{}\n", random.pick(&["", "x"]))),
        4 => fields[likely.len() - 1].push_str("\nnext line"),
        5 => fields.insert(0, random.pick(&["\u{feff}", "\"", "\"a\"b", "\n"]).to_owned()),
        _ => {}
    }
    fields.join(&delimiter.to_string()).replace('\n', "␤")
}

#[test]
fn random_queries_of_csv() {
    let (seed, count) = (number("PIPEC_RANDOM_SEED", 1), number("PIPEC_RANDOM_COUNT", 4));
    let mut random = Random(seed ^ 0xC57);
    let mut written = 0;
    for (case, delimiter) in (0..count).zip("|,\t; é".chars().cycle()) {
        let sql = query(&mut random);
        let lines: Vec<String> = (0..records()).map(|_| line(&mut random, delimiter, LIKELY)).collect();
        let analyzed = analyzed_as(RecordFormat::Csv { delimiter }, &sql, COLUMNS, "", |_| Vec::new());
        let Some(query) = &analyzed.query else { panic!("{}", analyzed.text()) };
        written += run_case(&format!("random-csv-{seed}-{case}"), &sql, query, &lines.join("\n"));
    }
    assert!(written > 0, "no row was written");
}

/// An element of an array, and what may stand in place of one.
fn element(random: &mut Random) -> String {
    match random.below(8) {
        0 => random
            .pick(&["null", "7", "\"x\"", "[]", "[{\"t\":1}]", "{}", "true", "{\"t\":1,\"t\":2}"])
            .to_owned(),
        _ => {
            let mut members = Vec::new();
            for (key, values) in [
                ("t", ["1", "-128", "null"]),
                ("s", ["300", "\"7\"", "2.5"]),
                ("i", ["40", "{}", "2147483647"]),
                ("l", ["9000000000", "-1", "[1]"]),
            ] {
                if random.below(6) > 0 {
                    members.push(format!("{key:?}: {}", random.pick(&values)));
                }
            }
            format!("{{{}}}", members.join(","))
        }
    }
}

fn record_of_elements(random: &mut Random) -> String {
    let count = random.below(5);
    let elements: Vec<String> = (0..count).map(|_| element(random)).collect();
    let array = match random.below(12) {
        0 => random.pick(&["null", "{}", "\"[]\"", "5", "{\"t\":1}", "[[],[]]", "[null]"]).to_owned(),
        _ => format!("[ {} ]", elements.join(" , ")),
    };
    let (number, text) =
        (random.pick(&["1.5", "\"x\"", "7"]), random.pick(&["\"abc\"", "[1, 2.50]", "null"]));
    match random.below(10) {
        0 => format!("{{\"d\":{number}}}"),
        1 => format!("{{\"whole\":[{{\"t\":5}}],\"d\":{number},\"whole\":{array}}}"),
        2 => format!("{{\"whole\":{array},\"v\":{text}"),
        _ => format!("{{\"d\":{number},\"whole\":{array},\"v\":{text},\"b\":true}}"),
    }
}

#[test]
fn random_queries_of_arrays() {
    let (seed, count) = (number("PIPEC_RANDOM_SEED", 1), number("PIPEC_RANDOM_COUNT", 4).div_ceil(2));
    let mut random = Random(seed ^ 0xA44A);
    let columns = COLUMNS.replace("$.whole.", "$.whole[0:].");
    let mut written = 0;
    for case in 0..count {
        let sql = query(&mut random);
        let lines: Vec<String> = (0..records()).map(|_| record_of_elements(&mut random)).collect();
        let analyzed = analyzed_with(&sql, &columns, "");
        let Some(query) = &analyzed.query else { panic!("{}", analyzed.text()) };
        written += run_case(&format!("random-array-{seed}-{case}"), &sql, query, &lines.join("\n"));
    }
    assert!(written > 0, "no row was written");
}

/// Types of keys, their values, and the columns that they are compared with.
pub const KEYS: &[(&str, &[&str], &[&str])] = &[
    ("TINYINT", &["1", "-128", "127", "0"], &["t", "i", "d", "e", "r", "f"]),
    ("INTEGER", &["40", "-7", "0", "2147483647", "1", "300"], &["t", "i", "l", "d", "e", "f"]),
    (
        "BIGINT",
        &["9000000000", "-1", "9223372036854775807", "9223372036854775806", "40"],
        &["i", "l", "e", "f"],
    ),
    ("VARCHAR(8)", &["abc", "a", "", "Straße", "12", "ab", "ab  ", "é   ", "é"], &["v", "w", "c"]),
    ("CHAR(4)", &["ab", "abcd", "a", "é", "é   ", "abc "], &["v", "w", "c"]),
    ("DATE", &["2026-01-27", "2024-02-29"], &["day"]),
    ("TIME", &["09:30:00", "00:00:00"], &["clock"]),
    ("TIMESTAMP", &["2026-01-27 09:30:00", "2026-01-27 09:30:00.123", "1969-12-31 23:59:59.999"], &["at"]),
];

/// A table with one type of keys: those that are given, and perhaps so many more that they do not fit into a CASE.
pub fn table(at: usize, large: bool, span: pipec_compiler::source::Span) -> Reference {
    let (key_type, keys, _) = KEYS[at];
    let key_type: DataType = key_type.parse().expect("a type");
    let typed = |column: &str, data_type: &str| (column.to_owned(), data_type.parse().expect("a type"), span);
    let mut keys: Vec<Literal> = keys
        .iter()
        .map(|key| match key_type.text_length() {
            Some(_) => Literal::Text((*key).into()),
            None => Literal::read(key, key_type).expect("a key"),
        })
        .collect();
    if large && (key_type.is_integer() || key_type.text_length().is_some()) {
        let most = if key_type == DataType::TinyInt { 100 } else { 700 };
        keys.extend((50..most).filter(|number| *number != 300).map(|number| match key_type.text_length() {
            Some(_) => Literal::Text(number.to_string()),
            None => Literal::Integer(number),
        }));
    }
    let row = |(number, key): (usize, Literal)| {
        let odd = number % 2 == 1;
        vec![
            key,
            if odd { Literal::Null } else { Literal::Text(format!("it's {number}")) },
            Literal::Text(["é", "ab"][number % 2].into()),
            if odd { Literal::Decimal(format!("{number}.50")) } else { Literal::Null },
            Literal::Boolean(odd),
        ]
    };
    let mut rows: Vec<Vec<Literal>> = keys.into_iter().enumerate().map(row).collect();
    rows.push(vec![
        Literal::Null,
        Literal::Text("never".into()),
        Literal::Null,
        Literal::Null,
        Literal::Null,
    ]);
    Reference {
        name: format!("K{at}"),
        columns: vec![
            ("key".into(), key_type, span),
            typed("name", "VARCHAR(16)"),
            typed("code", "CHAR(3)"),
            typed("worth", "DECIMAL(8,2)"),
            typed("known", "BOOLEAN"),
        ],
        rows,
        span,
    }
}

#[test]
fn random_queries_of_tables() {
    let seed = number("PIPEC_RANDOM_SEED", 1);
    let mut random = Random(seed ^ 0x7AB);
    for large in [false, true] {
        let mut sql = Vec::new();
        for (at, (_, _, columns)) in KEYS.iter().enumerate() {
            for column in *columns {
                let join = random.pick(&["JOIN", "LEFT JOIN"]);
                // Java writes more digits of a short floating point number than it has to.
                let shown = match *column {
                    "r" => "CAST(s.\"r\" AS DOUBLE) AS \"r\"".to_owned(),
                    column => format!("s.\"{column}\""),
                };
                sql.push(format!(
                    "INSERT INTO \"O_{at}_{column}\" SELECT {shown}, k.*\n\
                     FROM stream AS s {join} \"K{at}\" AS k ON k.\"key\" = s.\"{column}\""
                ));
            }
        }
        // What is found in one table leads to another, and decides whether the row stays.
        sql.push(
            "INSERT INTO \"TWO\" SELECT s.\"i\", a.\"name\", b.\"name\" AS \"other\", b.\"worth\" + 1 AS \"more\"\n\
             FROM stream AS s LEFT JOIN \"K1\" AS a ON a.\"key\" = s.\"i\" \
             LEFT JOIN \"K3\" AS b ON CAST(a.\"key\" AS VARCHAR(8)) = b.\"key\"\n\
             WHERE a.\"known\" OR b.\"key\" IS NULL"
                .into(),
        );
        let sql = sql
            .join(";\n")
            .replace("k.*", "k.\"key\" AS \"k\", k.\"name\", k.\"code\", k.\"worth\", k.\"known\"");
        let lines: Vec<String> = (0..records() * 4).map(|_| line(&mut random, '|', LIKELY)).collect();
        let tables = |span| (0..KEYS.len()).map(|at| table(at, large, span)).collect();
        let analyzed = analyzed_as(RecordFormat::Csv { delimiter: '|' }, &sql, COLUMNS, "", tables);
        let Some(query) = &analyzed.query else { panic!("{}", analyzed.text()) };
        let size = if large { "large" } else { "small" };
        assert!(run_case(&format!("random-tables-{seed}-{size}"), &sql, query, &lines.join("\n")) > 100);
    }
}
