//! SQL with state on a real Flink, as `pipec simulate` runs it: the rows are those that were written by hand.
//! `PIPEC_FLINK=DIR cargo test --package pipec-simulate --test flink -- --ignored`

use std::fs;
use std::path::{Path, PathBuf};

use pipec_simulate::arrivals::time;
use pipec_simulate::flink::{Engine, Job, find};
use pipec_simulate::testing::{Expect, Outcome, Rows};
use serde_json::Value;

/// The clock of records without one, as in tests/flink: 2026-03-02T12:00:00Z.
const CLOCK: i64 = 1_772_452_800_000;

/// A case of tests/sql/cases with rows that are expected.
struct Case {
    name: String,
    folder: PathBuf,
    sql: String,
}

fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/sql/cases");
    let mut cases = Vec::new();
    for entry in fs::read_dir(root).expect("the cases") {
        let folder = entry.expect("a case").path();
        let Ok(snapshot) = fs::read_to_string(folder.join("pipeline.snap")) else { continue };
        let sql = snapshot.splitn(3, "---\n").nth(2).expect("the SQL").to_owned();
        if folder.join("expected").is_dir() {
            cases.push(Case {
                name: folder.file_name().expect("a name").to_string_lossy().into(),
                folder,
                sql,
            });
        }
    }
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    cases
}

/// The bytes of a record that a line of a case stands for: `␤` is a line break in it, `␀` with two hexadecimal digits is a byte.
fn bytes(line: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = line;
    while let [first, behind @ ..] = rest {
        rest = if let Some(behind) = rest.strip_prefix("\u{2424}".as_bytes()) {
            bytes.push(b'\n');
            behind
        } else if let Some(behind) = rest.strip_prefix("\u{2400}".as_bytes()) {
            let digits = std::str::from_utf8(&behind[..2]).expect("digits");
            bytes.push(u8::from_str_radix(digits, 16).expect("a byte"));
            &behind[2..]
        } else {
            bytes.push(*first);
            behind
        };
    }
    bytes
}

fn job(case: &Case) -> Job {
    let mut job = Job::of_sql(&case.sql, None, CLOCK).expect("a job");
    let records = fs::read(case.folder.join("records.jsonl")).expect("records");
    let is_csv = case.sql.contains("'format' = 'csv'");
    // A record can be empty, also of an empty line; the last line has an end.
    let records = records.strip_suffix(b"\n").unwrap_or(&records);
    for line in records.split(|byte| *byte == b'\n') {
        // As text: some of the records are not JSON.
        let text = String::from_utf8_lossy(line);
        let clock = text
            .split_once("\"pipec_rowtime\":")
            .and_then(|(_, rest)| time(rest.trim_start().split('"').nth(1)?));
        let data = if is_csv { bytes(line) } else { line.to_vec() };
        job.add(clock.unwrap_or(CLOCK), &data).expect("a record");
    }
    job
}

fn rows(text: &str) -> Vec<Value> {
    let lines = text.split('\n').filter(|line| !line.trim().is_empty());
    lines.map(|line| serde_json::from_str(line).unwrap_or_else(|_| Value::from(line))).collect()
}

#[test]
#[ignore = "needs Flink, which PIPEC_FLINK names"]
fn the_cases_have_their_rows() {
    let flink = find(None, None).expect("Flink");
    let mut engine = Engine::start(&flink).expect("a start");
    let cases = cases();
    assert!(cases.len() > 100, "{}", cases.len());
    let mut jobs: Vec<Job> = cases.iter().map(job).collect();
    let files: Vec<PathBuf> = jobs.iter_mut().map(|job| job.file().expect("a file")).collect();
    engine.run(&files).expect("it runs");
    let mut faults = Vec::new();
    for (case, job) in cases.iter().zip(&jobs) {
        if let Some(fault) = job.fault() {
            faults.push(format!("{}: {fault}", case.name));
            continue;
        }
        for expected in fs::read_dir(case.folder.join("expected")).expect("rows") {
            let path = expected.expect("a file").path();
            let output = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let mut main = Vec::new();
            let read = job.rows(&output, |row| {
                main.extend(rows(&String::from_utf8_lossy(row.data)));
                Ok(())
            });
            read.expect("the rows");
            let expected = rows(&fs::read_to_string(&path).expect("rows"));
            let count = Some(expected.len() as u64);
            let main_rows = Rows { rows: Some(expected), count, ordered: false };
            let expect = Expect { main: main_rows, ..Expect::default() };
            let differences = Outcome { main, ..Outcome::default() }.differences(&expect);
            if !differences.is_empty() {
                faults.push(format!("{} to {output}: {}", case.name, differences.join("\n")));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
