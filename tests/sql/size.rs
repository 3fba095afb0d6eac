//! Large texts end soon: nothing takes more than a little longer than the text is long.

use crate::support::analyzed;

#[test]
fn large_texts() {
    let columns: String = (0..50).map(|n| format!("column_{n} INTEGER $.c{n}\n")).collect();
    let names: Vec<String> = (0..4_000).map(|n| format!("\"column_{}\" AS c{n}", n % 50)).collect();
    let inserts: String = (0..250).map(|n| format!("INSERT INTO o{n} SELECT * FROM stream;")).collect();
    for (sql, diagnostics) in [
        (format!("SELECT {} FROM stream", vec!["zzz"; 24_000].join(",")), 100),
        (format!("SELECT {} FROM stream", names.join(",")), 0),
        (
            format!(
                "SELECT \"column_1\" FROM stream WHERE \"column_1\" IN ({})",
                vec!["1"; 45_000].join(",")
            ),
            0,
        ),
        (inserts.clone(), 0),
        (inserts + "SELECT 1 AS x FROM stream;", 1),
        ("SELECT STEP(".repeat(8_000), 1),
        (format!("SELECT CASE {} END AS x FROM stream", "WHEN \"column_1\"=1 THEN 2 ".repeat(3_900)), 0),
        (format!("SELECT {}", "(1,".repeat(30_000)), 1),
        (format!("SELECT {} AS x", "(SELECT ".repeat(10_000)), 1),
        (format!("SELECT 1 AS x FROM stream -- {}", "x".repeat(100_000)), 1),
    ] {
        let analyzed = analyzed(&sql, &columns);
        assert_eq!(analyzed.diagnostics.len(), diagnostics, "{}", sql.get(..200).unwrap_or(&sql));
        assert_eq!(analyzed.query.is_some(), diagnostics == 0);
    }
}
