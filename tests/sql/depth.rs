//! How deep a text may be nested: deep enough for people, and never so deep that the stack overflows.

use pipec::diagnostics::Code;

use crate::support::analyzed;

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
