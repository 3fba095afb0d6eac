//! Random stateless queries over random records: what the record program makes of them. Their expressions are in
//! `random_expressions`, their records in `random_records`; `random_inputs` and `random_times` have other inputs.
//!
//! With PIPEC_RANDOM_CASES, a directory, each query is written there as a case, with `pipeline.sql` and the record
//! program's rows as the expected ones; tests/flink runs them on a real Flink. PIPEC_RANDOM_SEED,
//! PIPEC_RANDOM_COUNT and PIPEC_RANDOM_RECORDS change which, how many, and of how many records.

use std::env;
use std::fs;
use std::path::Path;

use pipec_compiler::sql::{DataType, Query, RecordFormat, Role, print_flink, print_program};
use pipec_core::RecordProgram;

use crate::random_expressions::accepted;
use crate::random_records::{bytes_of, record};
use crate::record_program::{rows, run};
use crate::support;

pub const COLUMNS: &str = "\
b     BOOLEAN        $.b
t     TINYINT        $.whole.t
s     SMALLINT       $.whole.s
i     INTEGER        $.whole.i
l     BIGINT         $.whole.l
d     DECIMAL(10,2)  $.d
e     DECIMAL(38,12) $.e
r     REAL           $.r
f     DOUBLE         $.f
v     VARCHAR(10)    $.v
w     VARCHAR        $['w w']
c     CHAR(4)        $.c
day   DATE           $.day
clock TIME           $.clock
at    TIMESTAMP      $.at
";
/// Records of each query.
pub fn records() -> usize {
    number("PIPEC_RANDOM_RECORDS", 60) as usize
}

/// SplitMix64: the same numbers everywhere for one seed.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    pub fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}
/// A query of several outputs. One of them has all columns, so that Flink reads all of them, and each has a DECIMAL, so
/// that numbers are read as exact ones even where Flink reads the records for one output alone; numbers of 32 bits are
/// written as such of 64, since Java writes more of their digits than it has to.
pub fn query(random: &mut Random) -> String {
    let mut sql = String::from(
        "INSERT INTO \"ALL\" SELECT \"b\", \"t\", \"s\", \"i\", \"l\", \"d\", \"e\", CAST(\"r\" AS DOUBLE) AS \"r\", \"f\", \"v\", \"w\", \
         \"c\", \"day\", \"clock\", \"at\" FROM stream",
    );
    for output in 0..4 {
        let mut items = vec![String::from("\"d\"")];
        for item in 0..10 {
            let family = [0, 0, 1, 1, 1, 2, 2, 2, 3, 4, 5][random.below(11)];
            let (text, data_type) = accepted(random, family);
            let text = if data_type == DataType::Real { format!("CAST({text} AS DOUBLE)") } else { text };
            items.push(format!("{text} AS \"x{item}\""));
        }
        let filter = match random.below(3) {
            0 => format!("\n WHERE {}", accepted(random, 0).0),
            _ => String::new(),
        };
        sql +=
            &format!(";\nINSERT INTO \"O{output}\" SELECT\n  {}\nFROM stream{filter}", items.join(",\n  "));
    }
    sql
}

pub fn number(name: &str, otherwise: u64) -> u64 {
    env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

/// Runs the record programs of a query's outputs, and writes them down as a case where that is asked for. Gives the
/// number of rows.
pub fn run_case(name: &str, sql: &str, query: &Query, records: &str) -> usize {
    run_case_as(name, sql, query, query, records)
}

/// The same where Flink runs another query than the record program: one that writes faults as well.
pub fn run_case_as(name: &str, sql: &str, query: &Query, flink: &Query, records: &str) -> usize {
    let target = env::var_os("PIPEC_RANDOM_CASES");
    let folder = target.as_ref().map(|target| Path::new(target).join(name));
    if let Some(folder) = &folder {
        fs::create_dir_all(folder.join("expected")).expect("a folder");
        fs::write(folder.join("input.sql"), sql).expect("the SQL");
        fs::write(folder.join("pipeline.sql"), print_flink(flink)).expect("Flink's SQL");
        fs::write(folder.join("records.jsonl"), bytes_of(records)).expect("the records");
    }
    let mut written = 0;
    for output in query.stream_ids().filter(|id| query.stream(*id).role == Role::Output) {
        let program = print_program(query, output).expect("the query is stateless");
        let program = RecordProgram::querying(program, "\n").expect("it holds together");
        let json = program.to_json().expect("a program is JSON");
        assert_eq!(RecordProgram::from_json(json.as_bytes()).expect("it reads back"), program);
        let made = run(&program, records);
        written += rows(&made).len();
        let (records, rate) = (records.lines().count(), query.row_rate(query.stream(output), 1.0, &|_| None));
        let most = rate.per_second * records as f64;
        assert!(!rate.open.is_empty() || made.lines().count() as f64 <= most, "more rows than {most}");
        if let Some(folder) = &folder {
            let name = format!("{}.jsonl", query.stream(output).name);
            // Flink leaves out a row that its sink cannot take.
            let made: String = made.split_inclusive('\n').filter(|row| row.len() <= 1 << 20).collect();
            fs::write(folder.join("expected").join(name), made).expect("the rows");
        }
    }
    written
}

#[test]
fn random_queries() {
    let (seed, count) = (number("PIPEC_RANDOM_SEED", 2), number("PIPEC_RANDOM_COUNT", 4));
    let mut random = Random(seed);
    let mut written = 0;
    for case in 0..count {
        let sql = query(&mut random);
        let lines: Vec<String> = (0..records()).map(|_| record(&mut random)).collect();
        let analyzed = support::analyzed(&sql, COLUMNS);
        let Some(query) = &analyzed.query else { panic!("{}", analyzed.text()) };
        written += run_case(&format!("random-{seed}-{case}"), &sql, query, &lines.join("\n"));
    }
    assert!(written > 0, "no row was written");
}

/// Whether a text in quotes is a number in another way than a whole one is written: with the output of faults it counts as one,
/// and is NULL otherwise for some types.
fn has_odd_number(record: &str) -> bool {
    let mut texts = record.split('"').skip(1).step_by(2);
    texts.any(|text| {
        let text = ["\\t", "\\n", "\\r", "\\u0001"]
            .iter()
            .fold(text.to_owned(), |text, escape| text.replace(escape, " "));
        text.trim().parse::<f64>().is_ok() && text.parse::<i64>().is_err()
    })
}

/// With the output of faults, Flink reads texts, and makes values of them in another way.
#[test]
fn random_queries_with_errors() {
    let (seed, count) = (number("PIPEC_RANDOM_SEED", 1), number("PIPEC_RANDOM_COUNT", 4).div_ceil(2));
    let mut random = Random(seed ^ 0xE44);
    let mut written = 0;
    for case in 0..count {
        let sql = query(&mut random);
        let mut lines: Vec<String> = (0..records()).map(|_| record(&mut random)).collect();
        lines.retain(|line| !has_odd_number(line));
        let plain = support::analyzed(&sql, COLUMNS);
        let faults = support::analyzed_with_errors(RecordFormat::Json, &sql, COLUMNS, "");
        let (Some(plain), Some(faults)) = (&plain.query, &faults.query) else { panic!("{}", faults.text()) };
        let name = format!("random-errors-{seed}-{case}");
        written += run_case_as(&name, &sql, plain, faults, &lines.join("\n"));
        if let Some(target) = env::var_os("PIPEC_RANDOM_CASES") {
            // A fault has the time of its record, which no record tells.
            fs::write(Path::new(&target).join(name).join("any_clock"), "").expect("a mark");
        }
    }
    assert!(written > 0, "no row was written");
}
