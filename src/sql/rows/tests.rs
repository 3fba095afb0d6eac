use super::*;
use crate::source::{Excerpt, Sources};
use crate::sql::{Column, EventTime, Input, analyze, parse_column_path};

/// A text over records whose columns are at a path.
pub(in crate::sql) fn query_of(sql: &str, path: &str) -> Query {
    let mut sources = Sources::default();
    let id = sources.add("input.sql", sql.into());
    let file = sources.file(id);
    let column = |(name, data_type): (&str, &str)| {
        let path = parse_column_path(&path.replace(".n", &format!(".{name}"))).expect("a path");
        let data_type = data_type.parse().expect("a type");
        Column { name: name.into(), data_type, path, epoch: None, span: file.span(0..0) }
    };
    let columns = [("n", "INTEGER"), ("m", "VARCHAR(8)"), ("ok", "BOOLEAN"), ("ts", "TIMESTAMP")].map(column);
    let event_time = Some(EventTime { column: 3, unit: None, lateness_ms: 0, ahead_ms: 60_000 });
    let input = Input { format: RecordFormat::Json, columns: &columns, event_time, ..Input::default() };
    let (query, diagnostics) = analyze(&Excerpt::file(file), &input);
    query.unwrap_or_else(|| panic!("{diagnostics:?}"))
}

/// Rows a second of the last output of a text, of a thousand records a second with so many values of keys.
fn rate_of(sql: &str, path: &str, counts: &[(&str, u64)]) -> RowRate {
    let query = query_of(sql, path);
    let keys =
        |columns: &[String]| counts.iter().find(|(of, _)| *of == columns.join(",")).map(|(_, count)| *count);
    query.row_rate(query.outputs().last().expect("an output"), 1000.0, &keys)
}

/// The same without keys, and what is open.
fn rate(sql: &str, path: &str) -> (f64, Vec<&'static str>) {
    let rate = rate_of(sql, path, &[]);
    (rate.per_second, rate.open.into_iter().map(|place| place.what).collect())
}

/// Windows of a length of which one ends each twenty seconds.
fn windows(function: &str, keys: &str) -> String {
    format!(
        "SELECT window_end AS e, COUNT(*) AS n FROM TABLE({function}(TABLE stream, DESCRIPTOR(ROWTIME), \
         INTERVAL '20' SECOND, INTERVAL '1' MINUTE)) GROUP BY window_start, window_end{keys}"
    )
}

#[test]
fn rows_are_those_that_the_text_allows() {
    let twice = "INSERT INTO inner_one SELECT \"n\" FROM stream UNION ALL SELECT \"n\" FROM stream;\n\
                 INSERT INTO o SELECT \"n\" FROM inner_one; INSERT INTO o SELECT \"n\" FROM inner_one";
    for (sql, rows) in [
        ("SELECT \"n\" FROM stream WHERE \"n\" > 1", 1000.0),
        (twice, 4000.0),
        (&windows("HOP", ", \"n\""), 3000.0),
        (&windows("CUMULATE", ", \"n\""), 3000.0),
        (&windows("HOP", ""), 0.05),
        ("SELECT COUNT(*) AS c FROM stream GROUP BY STEP(stream.ROWTIME BY INTERVAL '5' SECOND)", 0.2),
        ("SELECT COUNT(*) AS c FROM stream GROUP BY STEP(\"ts\" BY INTERVAL '5' SECOND)", 0.2),
        (
            "SELECT COUNT(*) AS c FROM stream GROUP BY \"n\", STEP(stream.ROWTIME BY INTERVAL '5' SECOND)",
            1000.0,
        ),
        ("SELECT SUM(\"n\") OVER (ROWS 3 PRECEDING) AS c FROM stream", 1000.0),
    ] {
        assert_eq!(rate(sql, "$.n"), (rows, vec![]), "{sql}");
    }
}

#[test]
fn a_window_gives_a_row_of_each_key() {
    let grouped = |keys: &str| {
        format!(
            "SELECT COUNT(*) AS c FROM stream GROUP BY {keys}, STEP(stream.ROWTIME BY INTERVAL '5' SECOND)"
        )
    };
    let of_n: &[(&str, u64)] = &[("n", 200)];
    let both: &[(&str, u64)] = &[("n", 200), ("m", 5)];
    let chained = "INSERT INTO per_key SELECT \"n\" AS \"key\", COUNT(*) AS \"c\" FROM stream \
                   GROUP BY \"n\", STEP(stream.ROWTIME BY INTERVAL '5' SECOND);\n\
                   INSERT INTO o SELECT \"key\", SUM(\"c\") AS \"all\" FROM per_key \
                   GROUP BY \"key\", STEP(per_key.ROWTIME BY INTERVAL '1' MINUTE)";
    let sessions = "SELECT \"n\", COUNT(*) AS c FROM TABLE(SESSION(TABLE stream PARTITION BY \"n\", \
                    DESCRIPTOR(ROWTIME), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, \"n\"";
    for (sql, counts, rows) in [
        (&grouped("\"n\""), of_n, 40.0),
        (&grouped("\"n\", \"m\""), both, 200.0),
        (&grouped("\"n\", \"m\""), &[("n", 200), ("m", 5), ("m,n", 300)], 60.0),
        (&grouped("\"n\", \"m\""), &[("m,n", 300)], 60.0),
        (&grouped("\"n\", \"m\""), of_n, 1000.0),
        // No more than come in.
        (&grouped("\"n\""), &[("n", 1_000_000)], 1000.0),
        (&grouped("\"ok\""), &[], 0.6),
        (&grouped("\"n\", CASE WHEN \"m\" = 'a' THEN 1 ELSE 2 END"), of_n, 80.0),
        (&grouped("\"n\" * 2"), of_n, 40.0),
        (&grouped("UPPER(\"m\") || CAST(CURRENT_TIMESTAMP AS VARCHAR(24))"), both, 1000.0),
        (&windows("HOP", ", \"n\""), of_n, 10.0),
        (&windows("CUMULATE", ", \"n\""), of_n, 10.0),
        (&sessions.to_owned(), of_n, 20.0),
        (&chained.to_owned(), of_n, 200.0 / 60.0),
    ] {
        assert_eq!(rate_of(sql, "$.n", counts).per_second, rows, "{sql} {counts:?}");
    }
    for (key, computed) in [("\"n\"", false), ("\"n\" * 2", true), ("\"n\", UPPER(\"m\")", true)] {
        let found = rate_of(&grouped(key), "$.n", both).windows.into_iter().map(|window| window.computed);
        assert_eq!(found.collect::<Vec<_>>(), [computed], "{key}");
    }
    let unknown = rate_of(chained, "$.n", &[]);
    let columns: Vec<_> = unknown.unknown_keys().map(|window| window.columns.join(",")).collect();
    assert_eq!((unknown.per_second, columns), (1000.0, vec!["n".to_owned(), "key".to_owned()]));
}

#[test]
fn what_only_the_records_know_is_open() {
    let array = "an array whose elements become rows";
    assert_eq!(rate("SELECT \"n\" FROM stream", "$.a[0:].n"), (1000.0, vec![array]));
    let join = "SELECT a.\"n\" FROM stream AS a LEFT JOIN stream OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS b \
                ON a.\"n\" = b.\"n\"";
    assert_eq!(rate(join, "$.n"), (1000.0, vec!["a join"]));
    assert_eq!(rate(&join.replace("LEFT", "FULL"), "$.a[0:].n"), (2000.0, vec![array, "a join"]));
}

#[test]
fn rows_of_a_record_differ_where_statements_give_other_values() {
    let differ = |sql: &str| {
        let query = query_of(sql, "$.n");
        query.rows_that_differ(query.outputs().last().expect("an output"), 0).is_some()
    };
    let inner = "INSERT INTO inner_one SELECT \"n\" AS a, \"m\" AS b FROM stream;";
    for (sql, expected) in [
        ("INSERT INTO o SELECT \"n\" AS a FROM stream", false),
        ("INSERT INTO o SELECT \"n\" AS a FROM stream; INSERT INTO o SELECT \"n\" AS a FROM stream", false),
        (
            "INSERT INTO o SELECT \"n\" AS a FROM stream; INSERT INTO o SELECT \"n\" + 1 AS a FROM stream",
            true,
        ),
        (
            "INSERT INTO o SELECT 'x' AS a FROM stream; INSERT INTO o SELECT 'y' AS a FROM stream WHERE \"ok\"",
            true,
        ),
        // A record may never fulfil both conditions.
        (
            "INSERT INTO o SELECT 'x' AS a FROM stream WHERE \"ok\"; INSERT INTO o SELECT 'y' AS a FROM stream WHERE NOT \"ok\"",
            false,
        ),
        // The same values in another way.
        (
            &format!(
                "{inner} INSERT INTO o SELECT a FROM inner_one; INSERT INTO o SELECT \"n\" AS a FROM stream"
            ),
            false,
        ),
        (
            &format!(
                "{inner} INSERT INTO o SELECT b AS a FROM inner_one; INSERT INTO o SELECT UPPER(\"m\") AS a FROM stream"
            ),
            true,
        ),
        (
            &format!(
                "{inner} INSERT INTO o SELECT UPPER(b) AS a FROM inner_one; INSERT INTO o SELECT UPPER(\"m\") AS a FROM stream"
            ),
            false,
        ),
        // Another column has the difference.
        (
            "INSERT INTO o SELECT \"n\" AS a, 'x' AS b FROM stream; INSERT INTO o SELECT \"n\" AS a, 'y' AS b FROM stream",
            false,
        ),
    ] {
        assert_eq!(differ(sql), expected, "{sql}");
    }
    // Each stream doubles the ways to it and the length of its values.
    let doubled = |at: usize| {
        let one = format!("INSERT INTO s{} SELECT a || a AS a FROM s{at};", at + 1);
        format!("{one} {one}\n")
    };
    let chain: String = (0..12).map(doubled).collect();
    assert!(!differ(&format!(
        "INSERT INTO s0 SELECT \"m\" AS a FROM stream;\n{chain} INSERT INTO o SELECT a FROM s12"
    )));
}
