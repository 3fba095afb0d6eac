//! `pipec test` as a user meets it.

use std::fs;

use serde_json::Value;

use crate::support::place::{FLINK, Place, code, err, out};

const TESTS: &str = "tests:\n- name: records pass\n  given: [{id: 1, more: x}, 'no JSON', {id: 2}]\n  expect:\n    rows: [{id: 2}, {id: 1}]\n    failed: 1\n";

fn place(tests: &str) -> Place {
    let place = Place::new();
    place.file("orders.yaml", FLINK);
    place.file("orders.test.yaml", tests);
    place
}

#[test]
fn tests_next_to_the_spec_are_run() {
    let place = place(TESTS);
    for spec in ["orders.yaml", "orders.test.yaml"] {
        let output = place.pipec(&["test", spec]);
        assert_eq!((code(&output), err(&output)), (0, String::new()));
        assert_eq!(out(&output), "ok   orders.yaml: records pass\n1 passed, 0 failed\n");
    }
}

#[test]
fn a_failing_test_shows_the_difference() {
    let place = place(&TESTS.replace("{id: 2}, {id: 1}", "{id: 3}, {id: 1, more: x}"));
    let output = place.pipec(&["test", "orders.yaml"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    assert_eq!(
        out(&output),
        "FAIL orders.yaml: records pass (orders.test.yaml:2)\n       rows: 2 rows are expected, and 2 came\n       - {\"id\":3}\n       \
         - {\"id\":1,\"more\":\"x\"}\n       + {\"id\":1}\n         made of record 1 by the SELECT at orders.yaml:11\n         \
         more: \"x\" is expected, and null came\n       + {\"id\":2}\n         made of record 3 by the SELECT at orders.yaml:11\n         \
         record 2 failed: the SQL cannot read it\n0 passed, 1 failed\n"
    );
    let json: Value =
        serde_json::from_str(&out(&place.pipec(&["test", "orders.yaml", "--format", "json"]))).expect("JSON");
    assert_eq!((&json["failed"], &json["tests"][0]["line"]), (&1.into(), &2.into()));
    let junit = out(&place.pipec(&["test", "orders.yaml", "--format", "junit"]));
    assert!(junit.contains("<testsuite name=\"orders.yaml\" tests=\"1\" failures=\"1\">"), "{junit}");
    let github = out(&place.pipec(&["test", "orders.yaml", "--format", "github"]));
    assert!(github.starts_with("::error file=orders.test.yaml,line=2,"), "{github}");
}

/// Two SELECTs, one behind the other, a table and several conditions.
const STATELESS: &str = "name: orders
stream: {record_size: 1 KiB, records_per_second: 100}
records:
  format: json
  columns:
    id: {type: BIGINT}
    shop: {type: INTEGER}
    total: {type: INTEGER}
    state: {type: VARCHAR(8)}
analytics:
  sql: orders.sql
  reference_tables:
    shops: {file: shops.csv, format: csv, columns: {shop: {type: INTEGER}, region: {type: VARCHAR(8)}}}
delivery: {s3: {}}
";

const STATELESS_SQL: &str = "SELECT \"id\", \"region\"
FROM (
  SELECT s.\"id\", t.\"region\", s.\"total\"
  FROM stream AS s
  JOIN \"shops\" AS t ON t.\"shop\" = s.\"shop\"
  WHERE s.\"state\" = 'paid'
    AND s.\"total\"
      > 0
)
WHERE \"total\" >= 100
";

#[test]
fn a_failing_test_names_the_sql_that_made_a_row_or_left_it_out() {
    let place = Place::new();
    place.file("orders.yaml", STATELESS);
    place.file("orders.sql", STATELESS_SQL);
    place.file("shops.csv", "1,north\n2,south\n");
    place.file(
        "orders.test.yaml",
        "tests:
- name: large orders
  given:
  - {id: 1, shop: 1, total: 100, state: paid}
  - {id: 2, shop: 3, total: 100, state: paid}
  - {id: 3, shop: 1, total: 100, state: open}
  - {id: 4, shop: 1, total: -5, state: paid}
  - {id: 5, shop: 2, total: 99, state: paid}
  - no JSON
  expect:
    rows: [{id: 5}]
    dropped: 1
",
    );
    let output = place.pipec(&["test", "orders.yaml"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    assert_eq!(
        out(&output),
        "FAIL orders.yaml: large orders (orders.test.yaml:2)
       rows: 1 rows are expected, and 1 came
       - {\"id\":5}
       + {\"id\":1,\"region\":\"north\"}
         made of record 1 by the SELECT at orders.sql:1
         record 2: the row is left out: without a partner in the JOIN at orders.sql:5
         record 3: the row is left out by the condition `s.\"state\" = 'paid'` at orders.sql:6
         record 4: the row is left out by the condition `s.\"total\" > 0` at orders.sql:7
         record 5: the row is left out by the condition `\"total\" >= 100` at orders.sql:10
         record 6 failed: the SQL cannot read it
       dropped: 1 records are expected, and 4 came
0 passed, 1 failed
"
    );
}

#[test]
fn what_came_can_be_kept() {
    let place = place(&TESTS.replace("rows: [{id: 2}, {id: 1}]", "rows: []"));
    let output = place.pipec(&["test", "--update", "orders.yaml"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert_eq!(err(&output), "updated 1 of 1 tests in orders.test.yaml\n");
    let updated = fs::read_to_string(place.path("orders.test.yaml")).expect("the tests");
    assert!(
        updated.contains("    rows:\n      - {\"id\":1}\n      - {\"id\":2}\n    failed: 1\n"),
        "{updated}"
    );
    assert_eq!(code(&place.pipec(&["test", "orders.yaml"])), 0);
}

#[test]
fn tests_can_be_in_the_spec_and_records_in_a_file() {
    let place = Place::new();
    place.file(
        "orders.yaml",
        &format!(
            "{FLINK}{}",
            TESTS.replace("given: [{id: 1, more: x}, 'no JSON', {id: 2}]", "given: {file: orders.jsonl}")
        ),
    );
    place.file("orders.jsonl", "{\"id\": 1}\nno JSON\n{\"id\": 2}\n");
    let output = place.pipec(&["test", "orders.yaml"]);
    assert_eq!(
        (code(&output), out(&output)),
        (0, "ok   orders.yaml: records pass\n1 passed, 0 failed\n".into()),
        "{}",
        err(&output)
    );
    assert_eq!(code(&place.pipec(&["check", "orders.yaml"])), 0);
}

#[test]
fn faults_name_the_place() {
    let refused = |tests: &str| {
        let output = place(tests).pipec(&["test", "orders.yaml"]);
        assert_eq!(code(&output), 2, "{}", out(&output));
        err(&output)
    };
    assert!(
        refused("tests: []\n")
            .contains("there are no tests of orders.yaml: write some into orders.test.yaml")
    );
    assert!(
        refused(&TESTS.replace("expect:", "expct:"))
            .contains("orders.test.yaml:4:3: `expct` is not a key of a test; did you mean `expect`?")
    );
    assert!(refused(&format!("{TESTS}{}", &TESTS[7..])).contains("two tests have the name `records pass`"));
}

#[test]
fn a_pattern_that_matches_a_spec_and_its_tests_runs_each_once() {
    let place = place(TESTS);
    place.file("orders.more.test.yaml", &TESTS.replace("records pass", "more"));
    for specs in [["orders.test.yaml", "./orders.yaml"], ["orders.yaml", "orders.test.yaml"]] {
        let output = place.pipec(&["test", specs[0], specs[1]]);
        assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
        assert_eq!(out(&output).matches("records pass").count(), 1, "{}", out(&output));
        assert!(out(&output).ends_with("2 passed, 0 failed\n"), "{}", out(&output));
    }
}

#[test]
fn tests_belong_to_the_spec_with_the_longest_name() {
    let place = place(TESTS);
    for spec in ["orders.eu", "my.orders"] {
        place.file(&format!("{spec}.yaml"), FLINK);
        place.file(&format!("{spec}.more.test.yaml"), &TESTS.replace("records pass", spec));
    }
    for (spec, name) in [
        ("orders.yaml", "records pass"),
        ("orders.eu.yaml", "orders.eu"),
        ("orders.eu.more.test.yaml", "orders.eu"),
        ("my.orders.yaml", "my.orders"),
        ("my.orders.more.test.yaml", "my.orders"),
    ] {
        let output = place.pipec(&["test", spec]);
        assert_eq!(code(&output), 0, "{spec}: {}{}", out(&output), err(&output));
        let of = spec.replace(".more.test", "");
        assert_eq!(out(&output), format!("ok   {of}: {name}\n1 passed, 0 failed\n"));
    }
    let output = place.pipec(&["test", "none.test.yaml"]);
    assert!(
        err(&output).contains("`none.test.yaml` has tests of none.yaml, which is not there"),
        "{}",
        err(&output)
    );
}

#[test]
fn a_test_that_expects_nothing_fails() {
    let given = "tests:\n- name: nothing\n  given: [{id: 1}]\n";
    for expect in ["", "  expect: {ordered: true}\n", "  expect: {outputs: {OUT: {}}}\n"] {
        let place = place(&format!("{given}{expect}"));
        place.file("orders.yaml", &FLINK.replace("SELECT \"id\" FROM stream", "CREATE STREAM OUT (\"id\" BIGINT); CREATE PUMP P AS INSERT INTO OUT SELECT STREAM \"id\" FROM SOURCE_SQL_STREAM_001"));
        let output = place.pipec(&["test", "orders.yaml"]);
        assert_eq!(code(&output), 1, "{expect}: {}{}", out(&output), err(&output));
        let problem = "nothing is expected: write `expect`, or run `pipec test --update orders.yaml`\n";
        assert!(out(&output).contains(problem), "{expect}: {}", out(&output));
        assert_eq!(code(&place.pipec(&["test", "--update", "orders.yaml"])), 0, "{expect}");
        assert_eq!(code(&place.pipec(&["test", "orders.yaml"])), 0, "{expect}");
    }
}

#[test]
fn a_name_that_no_test_has_is_refused() {
    let output = place(TESTS).pipec(&["test", "orders.yaml", "--name", "typo"]);
    assert_eq!(code(&output), 2, "{}", out(&output));
    assert_eq!(err(&output), "error: no test has `typo` in its name; remove `--name`\n");
}

#[test]
fn faults_of_a_spec_are_its_findings() {
    let place = place(TESTS);
    place.file("orders.yaml", &format!("{FLINK}a: [\n"));
    let output = place.pipec(&["test", "orders.yaml"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    assert!(err(&output).contains("PIPE") && err(&output).contains("no test was run"), "{}", err(&output));
}

#[test]
fn a_byte_order_mark_is_kept() {
    let place = place(&format!("\u{feff}{}", TESTS.replace("rows: [{id: 2}, {id: 1}]", "rows: []")));
    let output = place.pipec(&["test", "orders.yaml"]);
    assert!(out(&output).contains("(orders.test.yaml:2)"), "{}{}", out(&output), err(&output));
    assert_eq!(code(&place.pipec(&["test", "--update", "orders.yaml"])), 0);
    let updated = fs::read_to_string(place.path("orders.test.yaml")).expect("the tests");
    assert!(updated.starts_with("\u{feff}tests:\n- name"), "{updated}");
    assert_eq!(code(&place.pipec(&["test", "orders.yaml"])), 0);
}

#[test]
fn files_of_tests_are_not_specs() {
    let place = place(TESTS);
    for verb in ["check", "build", "report"] {
        let output = place.pipec(&[verb, "orders.test.yaml", "orders.yaml"]);
        assert_eq!(code(&output), 0, "{}", err(&output));
    }
}

#[test]
fn the_examples_have_the_rows_of_their_tests() {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");
    let specs = ["price-alerts", "user-data-lambda"].map(|name| format!("{examples}/{name}.yaml"));
    let output = Place::new().pipec(&["test", &specs[0], &specs[1]]);
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    assert!(out(&output).ends_with("2 passed, 0 failed\n"), "{}", out(&output));
}
