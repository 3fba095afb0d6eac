//! How deep a text may be nested: deep enough for people, and never so deep that the stack overflows.

use pipec_compiler::diagnostics::Code;
use pipec_compiler::source::{Excerpt, Sources};
use pipec_compiler::sql::{
    DataType, Input, Literal, RecordFormat, Reference, analyze, needs_flink, print_flink,
};

use crate::support::{analyzed, columns};

fn nested(open: &str, inner: &str, close: &str, levels: usize) -> Vec<Code> {
    let sql = format!("SELECT {}{inner}{} AS x FROM stream", open.repeat(levels), close.repeat(levels));
    let analyzed = analyzed(&sql, "age INTEGER $.age\nok BOOLEAN $.ok\nname VARCHAR(9) $.name\n");
    assert_eq!(analyzed.query.is_some(), analyzed.diagnostics.is_empty(), "{sql}");
    analyzed.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn what_people_write_is_not_too_deep() {
    for (open, inner, close) in [
        ("(", "1", ")"),
        ("CASE WHEN TRUE THEN ", "1", " END"),
        ("UPPER(", "\"name\"", ")"),
        ("- ", "\"age\"", ""),
    ] {
        assert_eq!(nested(open, inner, close, 20), [], "{open}");
    }
    assert_eq!(nested("", "\"age\"", " + 1", 60), []);
    assert_eq!(nested("", "\"ok\"", " AND \"ok\"", 400), []);
    assert_eq!(nested("", "\"name\"", " || \"name\"", 400), []);
}

#[test]
fn what_is_too_deep_is_refused() {
    for (open, inner, close) in [
        ("(", "1", ")"),
        ("CASE WHEN TRUE THEN ", "1", " END"),
        ("CASE ", "1", " WHEN 1 THEN 2 END"),
        ("CASE ", "1", " WHEN 1 THEN 1 WHEN 2 THEN 2 ELSE 3 END"),
        ("SQRT(", "\"age\"", ")"),
        ("UPPER(", "\"name\"", ")"),
        ("- ", "\"age\"", ""),
        ("NOT ", "\"ok\"", ""),
        ("CAST(", "1", " AS INTEGER)"),
        ("COALESCE(1, ", "1", ")"),
        ("SUBSTRING(", "\"name\"", " FROM 1)"),
        ("(SELECT ", "1", " FROM stream)"),
        ("1 IN (", "1", ")"),
        ("INTERVAL ", "'1'", ""),
        ("ARRAY[", "1", "]"),
        ("", "\"age\"", " + 1"),
        ("", "\"age\"", " = 1"),
        ("", "\"ok\"", " IS NULL"),
        ("", "\"ok\"", "::BOOLEAN"),
    ] {
        for levels in [49, 70, 1_200, 20_000] {
            let codes = nested(open, inner, close, levels);
            assert!(levels == 49 || !codes.is_empty(), "{levels} of {open}..{close}");
        }
    }
    for levels in [1_001, 20_000] {
        assert_eq!(nested("", "\"ok\"", " AND \"ok\"", levels), [Code::UnsupportedSql]);
    }
    assert!(!nested("", "1", " FROM (stream", 1_000).is_empty());
}

/// What is written out twice doubles with each level, and what it doubles is refused before it is made.
#[test]
fn what_doubles_with_each_level_is_refused() {
    for (open, inner, close) in [
        ("CASE ", "1", " WHEN 1 THEN 1 WHEN 2 THEN 2 ELSE 3 END"),
        ("SQRT(", "\"age\"", ")"),
        ("LN(", "\"age\"", ")"),
        ("LOG10(", "\"age\"", ")"),
        ("STEP(", "\"age\"", " BY 2)"),
        ("UNIX_TIMESTAMP(TO_TIMESTAMP(", "\"age\"", "))"),
        ("STEP(", "ROWTIME", " BY INTERVAL '7' SECOND)"),
    ] {
        assert_eq!(nested(open, inner, close, 8), [], "{open}");
        for levels in [20, 24] {
            assert_eq!(nested(open, inner, close, levels), [Code::UnsupportedSql], "{levels} of {open}");
        }
    }
}

/// The statements of a text count together.
#[test]
fn what_doubles_in_each_of_many_statements_is_refused() {
    let deep = format!("{}1{}", "CASE ".repeat(14), " WHEN 1 THEN 1 WHEN 2 THEN 2 ELSE 3 END".repeat(14));
    let statement = |at: usize| format!("INSERT INTO o{at} SELECT {deep} AS x FROM stream;");
    let sql = |count| (0..count).map(statement).collect::<String>();
    for (count, codes) in [(1, vec![]), (100, vec![Code::UnsupportedSql])] {
        let analyzed = analyzed(&sql(count), "age INTEGER $.age\n");
        let found: Vec<Code> = analyzed.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(found, codes);
    }
}

/// A log parser writes its text and its expression once for each column.
#[test]
fn logs_of_many_columns_are_refused() {
    for (groups, codes) in [(200, vec![]), (10_000, vec![Code::UnsupportedSql])] {
        let expression = "(.)".repeat(groups);
        let sql = format!(
            "SELECT t.r.COLUMN1 AS x FROM (SELECT REGEX_LOG_PARSE(\"name\", '{expression}') AS r FROM stream) AS t"
        );
        let analyzed = analyzed(&sql, "name VARCHAR(9) $.name\n");
        let found: Vec<Code> = analyzed.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(found, codes);
    }
}

/// The key of a look-up is written out twice, and it may be what another one found.
#[test]
fn a_long_chain_of_look_ups_is_refused() {
    for (joins, codes) in [(2, vec![]), (24, vec![Code::UnsupportedSql])] {
        let mut sql = String::from("SELECT s.\"age\" AS x FROM stream AS s");
        for at in 1..=joins {
            let key = if at == 1 { "s.\"age\"".into() } else { format!("t{}.v", at - 1) };
            sql.push_str(&format!(" JOIN \"T\" AS t{at} ON t{at}.k = {key}"));
        }
        let mut sources = Sources::default();
        let columns = columns(&mut sources, "age INTEGER $.age\n");
        let id = sources.add("input.sql", sql);
        let span = columns[0].span;
        let table = Reference {
            name: "T".into(),
            columns: ["K", "V"].map(|name| (name.into(), DataType::Integer, span)).into(),
            rows: (0..20).map(|at| vec![Literal::Integer(at), Literal::Integer(at + 1)]).collect(),
            span,
        };
        let references = [table];
        let input = Input {
            format: RecordFormat::Json,
            columns: &columns,
            references: &references,
            ..Input::default()
        };
        let (query, diagnostics) = analyze(&Excerpt::file(sources.file(id)), &input);
        let found: Vec<Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(found, codes);
        assert!(query.is_none_or(|query| print_flink(&query).len() < 20_000));
    }
}

/// The Lambda takes fewer parentheses than Java, and Java fewer than there may be in a text.
#[test]
fn regular_expressions_that_are_nested_too_deeply() {
    for call in ["REGEXP_EXTRACT(\"name\", '..', 0)", "\"name\" SIMILAR TO '..'"] {
        for open in ["(", "(a|"] {
            for (levels, flink, valid) in
                [(12, false, true), (51, true, true), (250, true, true), (251, true, false)]
                    .into_iter()
                    .chain([(40_000, true, false)])
            {
                let expression = format!("{}b{}", open.repeat(levels), ")".repeat(levels));
                let sql = format!("SELECT {} AS x FROM stream", call.replace("..", &expression));
                let query = analyzed(&sql, "name VARCHAR(9) $.name\n").query;
                assert_eq!(query.is_some(), valid, "{levels} of {open}");
                assert!(
                    query.is_none_or(|query| needs_flink(&query).is_some() == flink),
                    "{levels} of {open}"
                );
            }
        }
    }
}
