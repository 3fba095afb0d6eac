//! `pipec simulate` and `pipec flink` as a user meets them.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::support::place::{FLINK, Place, code, err, files, out};

/// A pipeline with SQL that keeps state.
fn stateful() -> String {
    FLINK.replace("SELECT \"id\" FROM stream", "SELECT \"id\", COUNT(*) AS n FROM stream GROUP BY \"id\", STEP(stream.ROWTIME BY INTERVAL '1' MINUTE)")
}

#[test]
fn a_file_becomes_objects_and_a_trace() {
    let place = Place::new();
    place.file("orders.jsonl", "{\"id\": 1}\n{\"id\": 2}\n\nno JSON\n");
    let output = place.pipec(&[
        "simulate",
        "orders.yaml",
        "--input",
        "orders.jsonl",
        "--out",
        "objects",
        "--rate",
        "1",
    ]);
    assert_eq!((code(&output), err(&output)), (0, String::new()));
    let shown = out(&output);
    assert!(shown.starts_with("orders: 3 records from orders.jsonl, from 2026-01-01T00:00:00.000Z to 2026-01-01T00:00:02.000Z, 25 B\n"), "{shown}");
    let objects = files(&place.path("objects/orders-bucket"));
    assert_eq!(objects.len(), 1, "{objects:?}");
    assert!(
        objects[0].contains("/orders/2026/01/01/00/orders-Delivery-1-2026-01-01-00-00-00-"),
        "{objects:?}"
    );
    assert_eq!(fs::read_to_string(&objects[0]).expect("an object"), "{\"id\": 1}\n{\"id\": 2}\nno JSON\n");
    let key = objects[0].rsplit('/').next().expect("a name");
    assert!(shown.contains(key), "{shown}");
}

#[test]
fn a_second_run_replaces_the_first_and_nothing_else() {
    let place = Place::new();
    place.file("orders.jsonl", "{\"id\": 1}\n");
    let run = |start: &str| {
        place.pipec(&[
            "simulate",
            "orders.yaml",
            "--input",
            "orders.jsonl",
            "--out",
            "objects",
            "--start",
            start,
        ])
    };
    assert_eq!(code(&run("2026-01-01T00:00:00Z")), 0);
    place.file("objects/mine", "text");
    assert_eq!(code(&run("2027-01-01T00:00:00Z")), 0);
    let left = files(&place.path("objects"));
    assert_eq!(left.iter().filter(|path| path.contains("2026")).count(), 0, "{left:?}");
    assert_eq!(left.iter().filter(|path| path.contains("2027")).count(), 1, "{left:?}");
    assert!(place.path("objects/mine").exists());
    fs::create_dir(place.path("other")).expect("a folder");
    place.file("other/mine", "text");
    let output = place.pipec(&["simulate", "orders.yaml", "--input", "orders.jsonl", "--out", "other"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("`other` is not empty, and no simulation wrote it"), "{}", err(&output));
}

#[test]
fn programs_read_the_trace_as_json() {
    let place = Place::new();
    place.file("orders.jsonl", "{\"id\": 1}\n");
    let output = place.pipec(&[
        "simulate",
        "orders.yaml",
        "--input",
        "orders.jsonl",
        "--format",
        "json",
        "--show",
        "1",
    ]);
    let trace: Value = serde_json::from_str(&out(&output)).expect("JSON");
    assert_eq!(trace["source"]["records_in"], 1);
    assert_eq!(trace["stream"]["shards"][0]["records"], 1);
    assert_eq!(trace["deliveries"][0]["objects"], 1);
    assert_eq!(trace["shown"][0]["fates"][0]["result"], "delivered");
    assert!(trace["deliveries"][0]["delay"]["longest_ms"].is_number());
}

#[test]
fn sql_without_state_needs_no_flink() {
    let place = Place::new();
    place.file("orders.yaml", FLINK);
    place.file("orders.jsonl", "{\"id\": 1}\nno JSON\n");
    let output = place.pipec(&["simulate", "orders.yaml", "--input", "orders.jsonl", "--out", "objects"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let objects = files(&place.path("objects/orders-bucket"));
    assert_eq!(fs::read_to_string(&objects[0]).expect("an object"), "{\"id\":1}\n");
}

#[test]
fn records_arrive_until_the_end_of_the_year_9999() {
    let place = Place::new();
    let producer = "producer:\n  generate: {}\n  records_per_second: 1\nrecords:\n  format: json\n  columns:\n    at: {type: TIMESTAMP}\n";
    place.file("orders.yaml", &(crate::support::place::SPEC.to_owned() + producer));
    let output = place.pipec(&["simulate", "orders.yaml", "--start", "9999-12-31T23:59:30Z"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(out(&output).contains("to 9999-12-31T23:59:59.999Z"), "{}", out(&output));
}

#[test]
fn what_is_missing_is_named_with_what_to_type() {
    let place = Place::new();
    let refused = |args: &[&str]| {
        let output = place.pipec(&[&["simulate", "orders.yaml"], args].concat());
        assert_eq!(code(&output), 2, "{}", out(&output));
        err(&output)
    };
    assert!(
        refused(&[]).contains("the pipeline has no producer: name a file of records with `--input FILE`")
    );
    assert!(refused(&["--input", "none.jsonl"]).contains("`none.jsonl` cannot be read"));
    assert!(refused(&["--rate", "0"]).contains("a rate is more than 0"));
    for start in ["1e30", "1969-12-31T23:59:59Z"] {
        assert!(refused(&["--start", start]).contains("a time in the years 1970 to 9999"), "{start}");
    }
    place.file("orders.jsonl", "{\"id\": 1}\n");
    place.file("orders.yaml", &stateful());
    let problem = refused(&["--input", "orders.jsonl"]);
    assert!(problem.contains("`pipec flink install`"), "{problem}");
    let problem = refused(&["--input", "orders.jsonl", "--flink", "."]);
    assert!(problem.contains("`--flink` names `.`, which has no flink-dist-*.jar"), "{problem}");
    place.file("orders.yaml", "name: orders\n");
    assert_eq!(code(&place.pipec(&["simulate", "orders.yaml"])), 1);
}

#[test]
fn made_up_records_are_the_same_each_time() {
    let place = Place::new();
    let producer = "producer:\n  generate: {}\n  records_per_second: 100\nrecords:\n  format: json\n  columns:\n    id: {type: BIGINT}\n    at: {type: TIMESTAMP}\n";
    place.file("orders.yaml", &(crate::support::place::SPEC.to_owned() + producer));
    let run = |seed: &str, out: &str| {
        let output = place.pipec(&["simulate", "orders.yaml", "--for", "10s", "--seed", seed, "--out", out]);
        assert_eq!(code(&output), 0, "{}", err(&output));
        let objects = files(&place.path(out));
        let object = objects.iter().find(|path| path.contains("Delivery")).expect("an object");
        fs::read_to_string(object).expect("an object")
    };
    let first = run("1", "first");
    assert_eq!(first.lines().count(), 1000);
    assert_eq!(first, run("1", "second"));
    assert_ne!(first, run("2", "third"));
    assert!(first.lines().next().expect("a record").contains("2026-01-01 00:00:00.000"), "{first:.200}");
}

/// pipec with `--watch`, and the lines that it prints.
struct Watching {
    process: Child,
    lines: mpsc::Receiver<String>,
}

impl Watching {
    fn start(place: &Place) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_pipec"))
            .args(["simulate", "orders.yaml", "--input", "orders.jsonl", "--watch"])
            .current_dir(place.path("."))
            .env_clear()
            .env("HOME", place.path("."))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("pipec runs");
        let (send, lines) = mpsc::channel();
        let errors = send.clone();
        let output = BufReader::new(process.stdout.take().expect("its output"));
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        let notes = BufReader::new(process.stderr.take().expect("its notes"));
        thread::spawn(move || notes.lines().map_while(Result::ok).try_for_each(|line| errors.send(line)));
        Self { process, lines }
    }

    /// Waits for a line.
    fn next(&self, start: &str) {
        let wait = Duration::from_secs(60);
        let line = || self.lines.recv_timeout(wait).unwrap_or_else(|_| panic!("no line {start}"));
        while !line().starts_with(start) {}
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_change_of_the_input_runs_it_again() {
    let place = Place::new();
    place.file("orders.jsonl", "{\"id\": 1}\n");
    let watching = Watching::start(&place);
    watching.next("orders: 1 record from");
    watching.next("a record is in S3");
    place.file("orders.jsonl", "{\"id\": 1}\n{\"id\": 2}\n");
    watching.next("- orders: 1 record from");
    watching.next("+ orders: 2 records from");
}

#[test]
fn a_change_of_the_sql_mends_a_run_that_failed() {
    let place = Place::new();
    place.file("orders.jsonl", "{\"id\": 1}\n");
    place.file("orders.yaml", &FLINK.replace("sql: SELECT \"id\" FROM stream", "sql: orders.sql"));
    let sql = |spec: String| spec.lines().find_map(|line| Some(line.split_once("  sql: ")?.1.to_owned()));
    place.file("orders.sql", &sql(stateful()).expect("SQL"));
    let watching = Watching::start(&place);
    watching.next("error: the SQL needs Flink");
    place.file("orders.sql", &sql(FLINK.to_owned()).expect("SQL"));
    watching.next("orders: 1 record from");
}

#[test]
fn what_cannot_be_watched_is_refused() {
    let place = Place::new();
    place.file("orders.jsonl", "{\"id\": 1}\n");
    for (more, problem) in [
        (["--input", "-", "--watch", "--format", "text"], "name it with `--input FILE`"),
        (
            ["--input", "orders.jsonl", "--watch", "--format", "json"],
            "leave out `--format json` or `--watch`",
        ),
    ] {
        let output = place.pipec(&[&["simulate", "orders.yaml"], &more[..]].concat());
        assert_eq!(code(&output), 2, "{}", out(&output));
        assert!(err(&output).contains(problem), "{}", err(&output));
    }
}

#[test]
fn a_truncated_gzip_file_is_reported() {
    let place = Place::new();
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all("{\"id\": 1}\n".repeat(1000).as_bytes()).expect("gzip");
    let packed = packed.finish().expect("gzip");
    fs::write(place.path("orders.jsonl.gz"), &packed[..packed.len() / 2]).expect("a file");
    let output = place.pipec(&["simulate", "orders.yaml", "--input", "orders.jsonl.gz", "--out", "objects"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("the input cannot be read: "), "{}", err(&output));
}

#[test]
fn a_run_that_fails_leaves_nothing_in_the_way_of_the_next() {
    let place = Place::new();
    place.file("orders.jsonl", "{\"id\": 1}\nbase64:/\n");
    let run = || place.pipec(&["simulate", "orders.yaml", "--input", "orders.jsonl", "--out", "objects"]);
    assert_eq!(code(&run()), 2);
    place.file("orders.jsonl", "{\"id\": 1}\n");
    let output = run();
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert_eq!(files(&place.path("objects/orders-bucket")).len(), 1);
}
