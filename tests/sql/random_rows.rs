//! Random queries with state over random rows, with the rows that they must give, which are found here by going through
//! all rows. It shares nothing with the compiler: a query is described, written as SQL, and evaluated from its
//! description. As in `random`, queries are written down as cases for a real Flink.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::Path;

use pipec_compiler::sql::print_flink;
use serde_json::{Value, json};

use crate::random::{Random, number};
use crate::support::analyzed_with;

const COLUMNS: &str = "id INTEGER $.id\nk VARCHAR(4) $.k\nn INTEGER $.n\nat TIMESTAMP $.at\n";
/// 2026-01-27 00:00:00, in milliseconds since 1970.
const START: i64 = 1_769_472_000_000;

/// A record. Times are in their order and differ.
#[derive(Clone)]
struct Row {
    id: i64,
    k: Option<&'static str>,
    n: Option<i64>,
    at: i64,
}

/// A time as Flink writes it in JSON.
fn time(ms: i64) -> String {
    let (day, clock) = ((ms - START).div_euclid(86_400_000), (ms - START).rem_euclid(86_400_000));
    let (hour, minute, second) = (clock / 3_600_000, clock / 60_000 % 60, clock / 1000 % 60);
    let text = format!("2026-01-{:02} {hour:02}:{minute:02}:{second:02}.{:03}", 27 + day, clock % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn rows(random: &mut Random) -> Vec<Row> {
    let mut at = START + 1000 * random.below(100) as i64;
    (1..=60)
        .map(|id| {
            at += 1 + [5, 500, 3_000, 20_000][random.below(4)] * random.below(10) as i64;
            Row {
                id,
                k: [Some("a"), Some("b"), Some("b"), Some("é"), None][random.below(5)],
                n: [None, Some(-3), Some(0), Some(1), Some(1), Some(2), Some(7), Some(40)][random.below(8)],
                at,
            }
        })
        .collect()
}

/// What is computed of rows: its SQL, and its value.
type Computed = (&'static str, fn(&[&Row]) -> Value);

/// What is computed of the rows of a group.
const AGGREGATES: &[Computed] = &[
    ("COUNT(*)", |rows| json!(rows.len())),
    ("COUNT(\"n\")", |rows| json!(numbers(rows).len())),
    ("SUM(\"n\")", |rows| {
        numbers(rows).into_iter().reduce(|a, b| a + b).map_or(Value::Null, |sum| json!(sum))
    }),
    ("MIN(\"n\")", |rows| numbers(rows).into_iter().min().map_or(Value::Null, |least| json!(least))),
    ("MAX(\"id\")", |rows| rows.iter().map(|row| row.id).max().map_or(Value::Null, |most| json!(most))),
    ("AVG(\"n\")", |rows| {
        let numbers = numbers(rows);
        let sum: i64 = numbers.iter().sum();
        if numbers.is_empty() { Value::Null } else { json!(sum as f64 / numbers.len() as f64) }
    }),
];
/// Those that OVER does not take.
const DISTINCT: &[Computed] = &[
    ("COUNT(DISTINCT \"n\")", |rows| json!(numbers(rows).into_iter().collect::<BTreeSet<_>>().len())),
    ("SUM(DISTINCT \"n\")", |rows| {
        let different: BTreeSet<i64> = numbers(rows).into_iter().collect();
        different.into_iter().reduce(|a, b| a + b).map_or(Value::Null, |sum| json!(sum))
    }),
];

fn numbers(rows: &[&Row]) -> Vec<i64> {
    rows.iter().filter_map(|row| row.n).collect()
}

/// A query's SQL and its rows.
type Known = (String, Vec<Value>);

fn pick<T: Copy>(random: &mut Random, list: &[T]) -> T {
    list[random.below(list.len())]
}

/// Keys of groups: the SQL, and the value of a row.
const KEYS: &[&GroupKeys] = &[
    &[],
    &[("\"k\"", |row| json!(row.k))],
    &[("\"k\"", |row| json!(row.k)), ("MOD(\"id\", 3)", |row| json!(row.id % 3))],
];

/// Rows in their groups, by the window's bounds and the keys.
fn windows(random: &mut Random, rows: &[Row]) -> Known {
    let unit = pick(random, &[1, 7, 30, 60]) * 1000;
    let (function, step, size) = match random.below(3) {
        0 => ("TUMBLE", unit, unit),
        1 => ("HOP", unit, unit * (1 + random.below(4) as i64)),
        _ => ("CUMULATE", unit, unit * (1 + random.below(4) as i64)),
    };
    let lengths = match function {
        "TUMBLE" => format!("INTERVAL '{}' SECOND", size / 1000),
        _ => format!("INTERVAL '{}' SECOND, INTERVAL '{}' SECOND", step / 1000, size / 1000),
    };
    let from = format!("TABLE({function}(TABLE stream, DESCRIPTOR(\"at\"), {lengths}))");
    let bounds = |at: i64| -> Vec<(i64, i64)> {
        let first = at.div_euclid(size) * size;
        match function {
            "CUMULATE" => {
                (1..=size / step).map(|n| (first, first + n * step)).filter(|(_, end)| at < *end).collect()
            }
            _ => {
                let last = at.div_euclid(step) * step;
                (0..size / step).map(|n| (last - n * step, last - n * step + size)).collect()
            }
        }
    };
    let keys = pick(random, KEYS);
    let mut groups: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let key: Vec<Value> = keys.iter().map(|(_, value)| value(row)).collect();
        for (start, end) in bounds(row.at) {
            groups.entry(json!([time(start), time(end), key]).to_string()).or_default().push(row);
        }
    }
    grouped(random, &from, keys, groups)
}

/// Sessions of each key, or of all rows.
fn sessions(random: &mut Random, rows: &[Row]) -> Known {
    let gap = pick(random, &[2, 20, 90]) * 1000;
    let from = format!("TABLE(SESSION(TABLE stream, DESCRIPTOR(\"at\"), INTERVAL '{}' SECOND))", gap / 1000);
    let keys = pick(random, &[KEYS[0], KEYS[1]]);
    let mut sessions: Vec<(Vec<Value>, Vec<&Row>)> = Vec::new();
    for row in rows {
        let key: Vec<Value> = keys.iter().map(|(_, value)| value(row)).collect();
        let open = sessions.iter_mut().rev().find(|(other, _)| *other == key);
        match open.filter(|(_, rows)| row.at - rows[rows.len() - 1].at <= gap) {
            // One that comes when the gap is just over still belongs to it.
            Some((_, rows)) => rows.push(row),
            None => sessions.push((key, vec![row])),
        }
    }
    let mut groups = BTreeMap::new();
    for (key, rows) in sessions {
        let bounds = (time(rows[0].at), time(rows[rows.len() - 1].at + gap));
        groups.insert(json!([bounds.0, bounds.1, key]).to_string(), rows);
    }
    grouped(random, &from, keys, groups)
}

type GroupKeys = [(&'static str, fn(&Row) -> Value)];

/// One row for each group, whose name holds its bounds and keys.
fn grouped(random: &mut Random, from: &str, keys: &GroupKeys, groups: BTreeMap<String, Vec<&Row>>) -> Known {
    // Flink has no SUM(DISTINCT ..) of windows that overlap.
    let distinct = if from.contains("HOP(") { &DISTINCT[..1] } else { DISTINCT };
    let first = pick(random, &[AGGREGATES, distinct].concat());
    let second = pick(random, &[AGGREGATES, distinct].concat());
    let least = random.below(3);
    let mut items = vec!["window_start AS \"from\"".to_owned(), "window_end AS \"to\"".to_owned()];
    items.extend(keys.iter().enumerate().map(|(at, (key, _))| format!("{key} AS \"key{at}\"")));
    items.push(format!("{} AS \"x\", {} AS \"y\"", first.0, second.0));
    let by: String = keys.iter().map(|(key, _)| format!(", {key}")).collect();
    let sql = format!(
        "SELECT {} FROM {from} GROUP BY window_start, window_end{by} HAVING COUNT(*) > {least}",
        items.join(", ")
    );
    let row = |(name, rows): (String, Vec<&Row>)| {
        let name: Value = serde_json::from_str(&name).expect("a name");
        let mut row = json!({"from": name[0], "to": name[1], "x": first.1(&rows), "y": second.1(&rows)});
        for at in 0..keys.len() {
            row[format!("key{at}")] = name[2][at].clone();
        }
        row
    };
    (sql, groups.into_iter().filter(|(_, rows)| rows.len() > least).map(row).collect())
}

/// Minutes of each key, and hours, or so, of those.
fn windows_of_windows(random: &mut Random, rows: &[Row]) -> Known {
    let (inner, times) = (pick(random, &[5, 30, 60]) * 1000, 2 + random.below(4) as i64);
    let outer = inner * times;
    let sql = format!(
        "SELECT STEP(i.\"t\" BY INTERVAL '{}' SECOND) AS \"from\", COUNT(*) AS \"groups\", MAX(i.\"c\") AS \"most\", \
         SUM(i.\"s\") AS \"sum\" FROM (SELECT \"k\", STEP(\"at\" BY INTERVAL '{}' SECOND) AS \"t\", COUNT(*) AS \"c\", \
         SUM(\"n\") AS \"s\" FROM stream GROUP BY \"k\", STEP(\"at\" BY INTERVAL '{}' SECOND)) AS i \
         GROUP BY STEP(i.\"t\" BY INTERVAL '{}' SECOND)",
        outer / 1000,
        inner / 1000,
        inner / 1000,
        outer / 1000
    );
    let mut groups: BTreeMap<(i64, Option<&str>), Vec<&Row>> = BTreeMap::new();
    for row in rows {
        groups.entry((row.at.div_euclid(inner) * inner, row.k)).or_default().push(row);
    }
    let mut around: BTreeMap<i64, Vec<Vec<&Row>>> = BTreeMap::new();
    for ((start, _), rows) in groups {
        around.entry(start.div_euclid(outer) * outer).or_default().push(rows);
    }
    let row = |(start, groups): (i64, Vec<Vec<&Row>>)| {
        let sums = groups.iter().filter_map(|rows| numbers(rows).into_iter().reduce(|a, b| a + b));
        let sum = sums.reduce(|a, b| a + b);
        json!({"from": time(start), "groups": groups.len(), "most": groups.iter().map(Vec::len).max(), "sum": sum})
    };
    (sql, around.into_iter().map(row).collect())
}

/// Each row with those before it.
fn over(random: &mut Random, rows: &[Row]) -> Known {
    let (first, second) = (pick(random, AGGREGATES), pick(random, AGGREGATES));
    let by_key = random.below(2) == 0;
    let (seconds, count) = (pick(random, &[1, 15, 100]), random.below(5));
    let is_range = random.below(2) == 0;
    let frame = if is_range {
        format!("RANGE INTERVAL '{seconds}' SECOND PRECEDING")
    } else {
        format!("ROWS {count} PRECEDING")
    };
    let partition = if by_key { "PARTITION BY \"k\" " } else { "" };
    let window = format!("OVER ({partition}ORDER BY \"at\" {frame})");
    let sql = format!(
        "SELECT \"id\" AS \"id\", {} {window} AS \"x\", {} {window} AS \"y\" FROM stream",
        first.0, second.0
    );
    let row = |row: &Row| {
        let before = |other: &&Row| other.at <= row.at && (!by_key || other.k == row.k);
        let mut before: Vec<&Row> = rows.iter().filter(before).collect();
        if is_range {
            before.retain(|other| other.at >= row.at - seconds * 1000);
        } else {
            before.drain(..before.len().saturating_sub(count + 1));
        }
        json!({"id": row.id, "x": first.1(&before), "y": second.1(&before)})
    };
    (sql, rows.iter().map(row).collect())
}

/// Two streams, and perhaps a third, within bounds of time.
fn joins(random: &mut Random, rows: &[Row]) -> Known {
    let kind = pick(random, &["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]);
    let (low, high) = (pick(random, &[0, 3, 30]) * 1000, pick(random, &[0, 1, 10]) * 1000);
    let third = matches!(kind, "JOIN" | "LEFT JOIN") && random.below(2) == 0;
    let between = |name: &str| {
        format!(
            "{name}.\"at\" BETWEEN a.\"at\" - INTERVAL '{}.001' SECOND AND a.\"at\" + INTERVAL '{}.001' SECOND",
            low / 1000,
            high / 1000
        )
    };
    let is_close = |a: &Row, b: &Row| b.at >= a.at - low - 1 && b.at <= a.at + high + 1;
    let pairs = |a: &Row, b: &Row| a.k.is_some() && a.k == b.k && a.id != b.id && is_close(a, b);
    let mut sql = format!(
        "SELECT a.\"id\" AS \"a\", b.\"id\" AS \"b\"{} FROM stream AS a {kind} stream AS b \
         ON a.\"k\" = b.\"k\" AND a.\"id\" <> b.\"id\" AND {}",
        if third { ", c.\"id\" AS \"c\"" } else { "" },
        between("b")
    );
    let mut found: Vec<(Option<&Row>, Option<&Row>)> = Vec::new();
    for a in rows {
        let partners: Vec<&Row> = rows.iter().filter(|b| pairs(a, b)).collect();
        if partners.is_empty() && matches!(kind, "LEFT JOIN" | "FULL JOIN") {
            found.push((Some(a), None));
        }
        found.extend(partners.into_iter().map(|b| (Some(a), Some(b))));
    }
    if matches!(kind, "RIGHT JOIN" | "FULL JOIN") {
        let alone = rows.iter().filter(|b| !rows.iter().any(|a| pairs(a, b)));
        found.extend(alone.map(|b| (None, Some(b))));
    }
    let id = |row: Option<&Row>| row.map(|row| row.id);
    if !third {
        let row = |(a, b): (Option<&Row>, Option<&Row>)| json!({"a": id(a), "b": id(b)});
        return (sql, found.into_iter().map(row).collect());
    }
    sql += &format!(" {kind} stream AS c ON a.\"n\" = c.\"n\" AND {}", between("c"));
    let mut all = Vec::new();
    for (a, b) in found {
        let matches = |c: &&Row| a.is_some_and(|a| a.n.is_some() && a.n == c.n && is_close(a, c));
        let partners: Vec<&Row> = rows.iter().filter(matches).collect();
        if partners.is_empty() && kind == "LEFT JOIN" {
            all.push(json!({"a": id(a), "b": id(b), "c": null}));
        }
        all.extend(partners.into_iter().map(|c| json!({"a": id(a), "b": id(b), "c": c.id})));
    }
    (sql, all)
}

#[test]
fn random_queries_with_known_rows() {
    let (seed, count) = (number("PIPEC_RANDOM_SEED", 1), number("PIPEC_RANDOM_COUNT", 4));
    let target = env::var_os("PIPEC_RANDOM_CASES");
    let mut random = Random(seed ^ 0x2045);
    let kinds: [fn(&mut Random, &[Row]) -> Known; 5] = [windows, sessions, windows_of_windows, over, joins];
    for case in 0..count {
        let rows = rows(&mut random);
        let queries: Vec<Known> = (0..2).flat_map(|_| kinds).map(|kind| kind(&mut random, &rows)).collect();
        let statement = |(at, (sql, _)): (usize, &Known)| format!("INSERT INTO \"O{at}\" {sql}");
        let sql: Vec<String> = queries.iter().enumerate().map(statement).collect();
        let analyzed = analyzed_with(&sql.join(";\n"), COLUMNS, "at 0");
        let Some(query) = &analyzed.query else { panic!("{}", analyzed.text()) };
        assert!(queries.iter().filter(|(_, rows)| !rows.is_empty()).count() > 5, "most queries give no row");
        let Some(target) = &target else { continue };
        let folder = Path::new(target).join(format!("random-rows-{seed}-{case}"));
        fs::create_dir_all(folder.join("expected")).expect("a folder");
        let record =
            |row: &Row| json!({"id": row.id, "k": row.k, "n": row.n, "at": time(row.at)}).to_string();
        let records: Vec<String> = rows.iter().map(record).collect();
        fs::write(folder.join("input.sql"), sql.join(";\n")).expect("the SQL");
        fs::write(folder.join("pipeline.sql"), print_flink(query)).expect("Flink's SQL");
        fs::write(folder.join("records.jsonl"), records.join("\n")).expect("the records");
        for (at, (_, rows)) in queries.iter().enumerate() {
            let lines: Vec<String> = rows.iter().map(Value::to_string).collect();
            fs::write(folder.join(format!("expected/O{at}.jsonl")), lines.join("\n")).expect("the rows");
        }
    }
}
