//! Whatever is written: no panic, a query exactly when nothing is wrong, diagnostics in the file, and generated SQL
//! that is cut apart where its statements end.

use pipec_compiler::diagnostics::{Severity, has_errors};
use pipec_compiler::sql::{Role, print_flink};
use proptest::prelude::*;

use crate::support::{Analyzed, analyzed, analyzed_with};

const COLUMNS: &str = "first VARCHAR(16) $.name.first
age INTEGER $.dob.age
price DECIMAL(10,2) $.price
ratio DOUBLE $.ratio
ok BOOLEAN $.ok
at TIMESTAMP $.at
";

/// Words and signs that SQL is made of, so that most texts come far.
const WORDS: &[&str] = &[
    "SELECT",
    "STREAM",
    "FROM",
    "WHERE",
    "INSERT",
    "INTO",
    "CREATE",
    "OR",
    "REPLACE",
    "PUMP",
    "AS",
    "AND",
    "NOT",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "CAST",
    "IN",
    "BETWEEN",
    "LIKE",
    "ESCAPE",
    "IS",
    "NULL",
    "COALESCE",
    "NULLIF",
    "TRIM",
    "SUBSTRING",
    "UPPER",
    "MOD",
    "FOR",
    "GROUP",
    "BY",
    "JOIN",
    "LEFT",
    "ON",
    "OVER",
    "UNION",
    "ALL",
    "HAVING",
    "ORDER",
    "PARTITION",
    "RANGE",
    "ROWS",
    "PRECEDING",
    "WINDOW",
    "WINDOWED",
    "STAGGER",
    "STEP",
    "FLOOR",
    "TO",
    "MINUTE",
    "ROWTIME",
    "TABLE",
    "TUMBLE",
    "DESCRIPTOR",
    "CURSOR",
    "COUNT",
    "LAG",
    "ROW_NUMBER",
    "REGEX_LOG_PARSE",
    "DISTINCT",
    "INTERVAL",
    "TIMESTAMP",
    "DATE",
    "INTEGER",
    "VARCHAR",
    "BOOLEAN",
    "stream",
    "\"first\"",
    "\"age\"",
    "\"price\"",
    "\"ratio\"",
    "\"ok\"",
    "\"at\"",
    "out",
    "\"OUT\"",
    "\"b;\n\nc\"",
    "\"${x}\"",
    "SOURCE_SQL_STREAM_001",
    "'a'",
    "'2026-01-27'",
    "'%'",
    "''",
    "1",
    "2.5",
    "1e3",
    "9223372036854775808",
    "(",
    ")",
    "(",
    ")",
    ",",
    ",",
    ";",
    "=",
    "<>",
    ">=",
    "+",
    "-",
    "*",
    "/",
    "||",
    "%",
    ".",
    "--\n",
    "/*",
    "\"",
    "'",
    "[",
    "::",
    "é",
    "\u{1F600}",
    "U&'\\00e9'",
    "\n",
    "\t",
];

fn check(sql: &str, analyzed: &Analyzed) -> Result<(), TestCaseError> {
    let Analyzed { query, diagnostics, .. } = analyzed;
    prop_assert_eq!(query.is_none(), has_errors(diagnostics), "{}", sql);
    for diagnostic in diagnostics {
        prop_assert!(diagnostic.severity != Severity::Advice && !diagnostic.help.is_empty());
        prop_assert!(!diagnostic.message.contains("Some(") && !diagnostic.message.contains(" { "), "{}", sql);
    }
    prop_assert_eq!(analyzed.text().is_empty(), diagnostics.is_empty());
    let Some(query) = query else { return Ok(()) };
    let flink = print_flink(query);
    let statements: Vec<&str> = flink.split_terminator(";\n\n").collect();
    let outputs = query.outputs().count();
    let inner = query.streams.iter().filter(|stream| stream.role == Role::Inner).count();
    let inserts =
        query.inserts.iter().filter(|insert| query.stream(insert.into).role == Role::Output).count();
    prop_assert_eq!(statements.len(), 2 + outputs + inner + inserts, "{}", flink);
    for statement in statements {
        let first =
            statement.lines().find(|line| !line.is_empty() && !line.starts_with("--")).unwrap_or_default();
        prop_assert!(
            first.starts_with("CREATE TEMPORARY ") || first.starts_with("INSERT INTO `"),
            "{}",
            flink
        );
    }
    for place in flink.split("${").skip(1) {
        let name = place.split_once('}').map_or("", |(name, _)| name);
        let known = matches!(name, "input.stream.arn" | "aws.region")
            || query.outputs().any(|output| name == format!("output.{}.stream.arn", output.name));
        prop_assert!(known, "{}", flink);
    }
    Ok(())
}

/// Expressions of every kind, right and wrong ones.
fn expression() -> impl Strategy<Value = String> {
    let columns = ["first", "age", "price", "ratio", "ok", "at"];
    let leaf = prop_oneof![
        proptest::sample::select(columns.to_vec()).prop_map(|name| format!("\"{name}\"")),
        "[0-9]{1,3}(\\.[0-9]{1,2})?",
        "(?s).{0,6}|[$]{1,2}[{]x|;\n\n".prop_map(|text| format!("'{}'", text.replace('\'', "''"))),
        Just("NULL".to_owned()),
        Just("TRUE".to_owned()),
    ];
    leaf.prop_recursive(3, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), "[-+*/%]|\\|\\||=|<>|<|>=|AND|OR", inner.clone())
                .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (
                inner.clone(),
                "BOOLEAN|INTEGER|SMALLINT|VARCHAR\\(5\\)|DOUBLE|DECIMAL\\(5, 1\\)|TIMESTAMP|DATE"
            )
                .prop_map(|(a, data_type)| format!("CAST({a} AS {data_type})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("CASE WHEN {a} THEN {b} ELSE {c} END")),
            ("UPPER|LOWER|TRIM|CHAR_LENGTH|COUNT|-|NOT ", inner.clone())
                .prop_map(|(f, a)| format!("{f}({a})")),
            ("COALESCE|NULLIF|MOD|SUBSTRING", inner.clone(), inner.clone())
                .prop_map(|(f, a, b)| format!("{f}({a}, {b})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("{a} BETWEEN {b} AND {c}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} NOT IN ({b}, 1))")),
            (inner.clone(), "(?s)'[^']{0,5}'").prop_map(|(a, b)| format!("({a} LIKE {b} ESCAPE '!')")),
            inner.clone().prop_map(|a| format!("({a} IS NULL)")),
            ("INITCAP|ABS|CEIL|FLOOR|SQRT|LN|UNIX_TIMESTAMP|TO_TIMESTAMP", inner.clone())
                .prop_map(|(f, a)| format!("{f}({a})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("REPLACE({a}, {b}, {c})")),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("OVERLAY({a} PLACING {b} FROM POSITION({b} IN {a}) + 1)")),
            (inner.clone(), "[(]?[a-z.*]{1,4}[)]?|[0-9]{1,2}", "0|1|2").prop_map(|(a, pattern, group)| {
                format!("REGEXP_EXTRACT({a}, '{pattern}', {group}) || REGEXP_REPLACE({a}, '{pattern}', 'x')")
            }),
            (
                inner.clone(),
                "SPLIT_INDEX\\(x, '-', 1\\)|LPAD\\(x, 7, '0'\\)|RPAD\\(x, 3, ' '\\)|x SIMILAR TO 'a|b'"
            )
                .prop_map(|(a, form)| format!("({})", form.replace('x', &a))),
            (inner.clone(), "YEAR|MONTH|HOUR|SECOND").prop_map(|(a, unit)| {
                format!("EXTRACT({unit} FROM FLOOR({a} TO {unit}) + INTERVAL '90' MINUTE)")
            }),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| {
                format!("TIMESTAMPDIFF(MINUTE, STEP({a} BY INTERVAL '10' MINUTE), TIMESTAMPADD(DAY, 2, {b}))")
            }),
            inner.prop_map(|a| {
                format!("CHAR_TO_TIMESTAMP('yyyy-MM-dd', TIMESTAMP_TO_CHAR('yyyy-MM-dd', {a}))")
            }),
        ]
    })
}

/// Queries with windows, joins and SELECTs in FROM, right and wrong ones.
fn windowed() -> impl Strategy<Value = String> {
    let time = "ROWTIME|\"at\"|s\\.ROWTIME|s\\.\"at\"|\"age\"";
    let interval = "INTERVAL '(1|60|100)' (SECOND|MINUTE|DAY|MONTH)|INTERVAL '1:30' MINUTE TO SECOND";
    let step = (time, interval, "STEP|FLOOR").prop_map(|(time, interval, form)| match form.as_str() {
        "STEP" => format!("STEP({time} BY {interval})"),
        _ => format!("FLOOR({time} TO MINUTE)"),
    });
    let frame = (interval, "RANGE|ROWS|").prop_map(|(interval, form)| match form.as_str() {
        "RANGE" => format!("RANGE {interval} PRECEDING"),
        "ROWS" => "ROWS 2 PRECEDING".into(),
        _ => String::new(),
    });
    let over = (time, frame)
        .prop_map(|(order, frame)| format!("OVER (PARTITION BY \"first\" ORDER BY {order} {frame})"));
    let aggregate = (
        "COUNT|SUM|AVG|MAX|LAG|ROW_NUMBER",
        "\\*|\"age\"|\"price\"|\"first\"||DISTINCT \"age\"",
        over,
        "y|n",
    )
        .prop_map(|(name, argument, over, with)| {
            format!("{name}({argument}) {}", if with == "y" { over } else { String::new() })
        });
    let from = prop_oneof![
        Just("stream AS s".to_owned()),
        (time, interval, "TUMBLE|HOP|SESSION|CUMULATE").prop_map(|(time, interval, name)| {
            format!("TABLE({name}(TABLE stream, DESCRIPTOR({time}), {interval})) AS s")
        }),
        interval.prop_map(|interval| format!(
            "stream AS s JOIN stream OVER (RANGE {interval} PRECEDING) AS t ON s.\"age\" = t.\"age\""
        )),
        (time, interval, "LEFT|FULL|").prop_map(|(time, interval, kind)| format!(
            "stream AS s {kind} JOIN stream AS t ON t.\"at\" BETWEEN {time} - {interval} AND {time}"
        )),
        Just("(SELECT *, ROWTIME AS x FROM stream WHERE \"age\" > 1 UNION ALL SELECT *, \"at\" FROM stream) AS s".to_owned()),
    ];
    (from, proptest::collection::vec(aggregate, 0..3), proptest::collection::vec(step, 0..3), "y|n|w")
        .prop_map(|(from, aggregates, steps, group)| {
            let items: Vec<String> = aggregates
                .iter()
                .chain(&steps)
                .enumerate()
                .map(|(at, item)| format!("{item} AS a{at}"))
                .chain(["s.\"first\"".to_owned()])
                .collect();
            let mut keys = steps;
            keys.push("s.\"first\"".into());
            if group == "w" {
                keys = vec!["window_start".into(), "window_end".into(), "s.\"first\"".into()];
            }
            let group = if group == "n" { String::new() } else { format!(" GROUP BY {}", keys.join(", ")) };
            format!("SELECT {} FROM {from}{group}", items.join(", "))
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_window(sql in windowed(), outer in "SELECT \\* FROM \\(|SELECT COUNT\\(\\*\\) AS n FROM \\(|") {
        let sql = if outer.is_empty() { sql } else { format!("{outer}{sql}) AS o") };
        check(&sql, &analyzed_with(&sql, COLUMNS, "at 1000"))?;
    }

    #[test]
    fn any_text(sql in "(?s).{0,80}") {
        check(&sql, &analyzed(&sql, COLUMNS))?;
    }

    #[test]
    fn any_words(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..40)) {
        let sql = words.join(" ");
        check(&sql, &analyzed(&sql, COLUMNS))?;
    }

    #[test]
    fn any_select(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..14)) {
        let sql = format!("CREATE STREAM o (a VARCHAR(3)); INSERT INTO o SELECT {} AS x FROM stream;", words.join(" "));
        check(&sql, &analyzed(&sql, COLUMNS))?;
    }

    #[test]
    fn any_expression(a in expression(), b in expression()) {
        let sql = format!("INSERT INTO o SELECT {a} AS \"a b\", \"age\" FROM stream WHERE ({b}) IS NOT NULL");
        check(&sql, &analyzed(&sql, COLUMNS))?;
    }

    #[test]
    fn any_name(name in "(?s)[^\"]{1,6}|[$][{]a|;\n\n", key in "[^\\p{Cc}\u{0}]{1,6}|[$][{]a") {
        let quoted = key.replace('\\', "\\\\").replace('\'', "\\'");
        let columns = format!("first VARCHAR(16) $['{quoted}'].x\n");
        if !key.contains(char::is_whitespace) {
            let sql = format!("SELECT \"first\" AS \"{name}\" FROM stream");
            check(&sql, &analyzed(&sql, &columns))?;
        }
    }

    #[test]
    fn any_alias(name in "(?s)[^\"']{1,6}|[$][{]a|b;\n\nc") {
        for sql in [
            format!("SELECT a.\"age\" FROM stream AS a JOIN stream OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS \"{name}\" \
                     ON a.\"age\" = \"{name}\".\"age\""),
            format!("WITH \"{name}\" AS (SELECT \"age\", ROWTIME AS at FROM stream) SELECT s.\"age\" FROM \"{name}\" JOIN stream AS s \
                     ON s.ROWTIME BETWEEN \"{name}\".ROWTIME - INTERVAL '1' MINUTE AND \"{name}\".ROWTIME"),
            format!("SELECT t.\"{name}\".COLUMN1 AS x FROM (SELECT REGEX_LOG_PARSE(\"first\", '(.)') AS \"{name}\" FROM stream) AS t"),
            format!("SELECT t.* FROM (SELECT VARIABLE_COLUMN_LOG_PARSE(\"first\", '\"{name}\" INTEGER', ',') AS r FROM stream) AS t"),
        ] {
            check(&sql, &analyzed(&sql, COLUMNS))?;
        }
    }
}
