//! `discover`: columns of samples, and what it writes.

use std::fs;
use std::io::Write;

use serde_json::Value;

use crate::support::place::{FLINK, Place, code, err, out};

#[test]
fn discover_finds_the_columns_and_writes_them_into_a_spec_that_checks() {
    let place = Place::new();
    place.file(
        "users.jsonl",
        "{\"name\":{\"first\":\"Ada\"},\"age\":36}\n{\"name\":{\"first\":\"Alan\"},\"age\":41}\n",
    );
    let block = "records:\n  format: json\n  columns:\n    first: {type: VARCHAR(16), path: $.name.first}\n    age:   {type: INTEGER,     path: $.age}\n";

    let found = place.pipec(&["discover", "users.jsonl"]);
    assert_eq!((code(&found), out(&found).as_str()), (0, block));
    assert!(err(&found).contains("first = Ada"), "{}", err(&found));

    let json: Value =
        serde_json::from_str(&out(&place.pipec(&["discover", "users.jsonl", "--format", "json"])))
            .expect("JSON");
    assert_eq!(json["columns"][1]["type"], "INTEGER");
    assert_eq!(json["records"], 2);

    let written = place.pipec(&["discover", "users.jsonl", "--write", "orders.yaml"]);
    assert_eq!((code(&written), out(&written).as_str()), (0, ""));
    let spec = fs::read_to_string(place.path("orders.yaml")).expect("the spec");
    assert!(spec.starts_with("name: orders\n") && spec.contains(block), "{spec}");
    assert_eq!(code(&place.pipec(&["check", "orders.yaml"])), 0);
}

#[test]
fn discover_reads_standard_input_and_all_records() {
    use std::process::{Command, Stdio};

    let mut text = String::new();
    for id in 0..12_000 {
        text += &format!("{{\"id\": {id}}}\n");
    }
    text += "{\"id\": 9223372036854775808, \"ok\": true}\n";
    let mut pipec = Command::new(env!("CARGO_BIN_EXE_pipec"))
        .args(["discover", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("pipec runs");
    pipec.stdin.take().expect("its input").write_all(text.as_bytes()).expect("its input");
    let output = pipec.wait_with_output().expect("its output");
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(out(&output).contains("{type: \"DECIMAL(20, 0)\", path: $.id}"), "{}", out(&output));
    assert!(err(&output).ends_with("2 columns of 12001 records\n"), "{}", err(&output));
}

/// A key of a record is anybody's text.
#[test]
fn discover_writes_no_line_and_no_escape_sequence_of_a_record() {
    let place = Place::new();
    let record = "{\"id\": 1, \"a\\n    evil: {type: INTEGER}\\n# \": 2, \"\\u001b[2J\": 3, \"\u{9b}2J\": 4, \"long\": \"LONG\"}\n";
    place.file("users.jsonl", &record.replace("LONG", &"x".repeat(100_000)));
    for args in [&["discover", "users.jsonl"][..], &["discover", "users.jsonl", "--format", "json"]] {
        let output = place.pipec(args);
        assert_eq!(code(&output), 0);
        let text = format!("{}{}", out(&output), err(&output));
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        assert!(!out(&output).lines().any(|line| line.starts_with("    evil")), "{text}");
        assert!(text.len() < 10_000, "{} characters", text.len());
    }
    assert_eq!(code(&place.pipec(&["discover", "users.jsonl", "--write", "orders.yaml"])), 0);
    assert_eq!(code(&place.pipec(&["check", "orders.yaml"])), 0);
}

/// A file of one array is not in memory as a whole.
#[cfg(target_os = "linux")]
#[test]
fn discover_takes_the_memory_of_a_record() {
    use std::process::Command;

    let place = Place::new();
    let record =
        format!("{{\"id\": 1, \"values\": [{}], \"name\": {{\"first\": \"Ada\"}}}}", "1, ".repeat(99) + "2");
    place.file("users.json", &format!("[{}]", vec![record; 20_000].join(",\n")));
    let limited = |file: &str, kib: u64| {
        let program = format!("ulimit -v {kib}; exec \"$0\" discover {file}");
        let output = Command::new("sh")
            .args(["-c", &program, env!("CARGO_BIN_EXE_pipec")])
            .current_dir(place.path("."))
            .output()
            .expect("a shell");
        output.status.success()
    };
    // Much of that are addresses of the program itself.
    place.file("user.json", "[{\"id\": 1}]");
    let least =
        (1..200).map(|step| step * 10_000).find(|kib| limited("user.json", *kib)).expect("enough memory");
    assert!(limited("users.json", least + 20_000), "{least} KiB for one record");
}

#[test]
fn discover_tells_what_it_cannot_read() {
    let place = Place::new();
    place.file("users.txt", "first age\nAda 36\n");
    place.file("flow.yaml", "{name: orders}\n");
    place.file("users.jsonl", "{\"age\":36}\n");
    let bad = place.pipec(&["discover", "users.txt"]);
    assert_eq!(code(&bad), 1);
    assert!(err(&bad).starts_with("error: users.txt: the lines are neither JSON"), "{}", err(&bad));
    assert_eq!(code(&place.pipec(&["discover", "missing.jsonl"])), 2);
    let left = place.pipec(&["discover", "users.jsonl", "--write", "flow.yaml"]);
    assert_eq!(code(&left), 2);
    assert_eq!(fs::read_to_string(place.path("flow.yaml")).expect("the spec"), "{name: orders}\n");
}

#[test]
fn what_a_spec_reads_is_not_written_over() {
    let place = Place::new();
    for runtime in ["lambda", "flink"] {
        let spec = FLINK.replace("runtime: flink", &format!("runtime: {runtime}"));
        fs::create_dir_all(place.path("orders")).expect("a folder");
        place.file("orders/spec.yaml", &spec.replace("SELECT \"id\" FROM stream", "pipeline.sql"));
        place.file("orders/pipeline.sql", "SELECT \"id\" FROM stream\n");
        let built = place.pipec(&["build", "orders/spec.yaml", "--out", "."]);
        assert_eq!(code(&built), 2);
        assert!(err(&built).contains("`./orders/pipeline.sql` is read by the spec"), "{}", err(&built));
        let sql = fs::read_to_string(place.path("orders/pipeline.sql")).expect("the SQL");
        assert_eq!(sql, "SELECT \"id\" FROM stream\n");
    }
}

#[cfg(unix)]
#[test]
fn discover_writes_through_a_link_and_keeps_permissions() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let place = Place::new();
    place.file("users.jsonl", "{\"age\":36}\n");
    fs::set_permissions(place.path("orders.yaml"), fs::Permissions::from_mode(0o640)).expect("a mode");
    symlink("orders.yaml", place.path("link.yaml")).expect("a link");
    assert_eq!(code(&place.pipec(&["discover", "users.jsonl", "--write", "link.yaml"])), 0);
    assert!(fs::symlink_metadata(place.path("link.yaml")).expect("the link").is_symlink());
    assert!(fs::read_to_string(place.path("orders.yaml")).expect("the spec").contains("age:"));
    let mode = fs::metadata(place.path("orders.yaml")).expect("the spec").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}
