//! What `check` prints, and how any command ends.

use serde_json::Value;

use crate::support::place::{Place, SPEC, code, err, out};

#[test]
fn check_of_a_good_spec_is_quiet_on_stdout() {
    let output = Place::new().pipec(&["check", "orders.yaml"]);
    assert_eq!((code(&output), out(&output)), (0, String::new()));
    assert!(err(&output).contains("orders.yaml is fine"), "{}", err(&output));
}

#[test]
fn errors_exit_with_1_and_write_nothing() {
    let place = Place::new();
    place.file("orders.yaml", &SPEC.replace("1 KiB", "1024"));
    let output = place.pipec(&["build", "orders.yaml"]);
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("error[PIPE0114]"), "{}", err(&output));
    assert!(err(&output).contains("orders.yaml:3:16"), "{}", err(&output));
    assert!(!err(&output).contains('\u{1b}'), "no colours without a terminal");
    assert!(!place.path("generated").exists());
}

#[test]
fn the_verdict_of_a_check_is_what_its_exit_code_means() {
    let place = Place::new();
    let warned = SPEC.replace("orders/", "orders");
    place.file("warned.yaml", &warned.replace("name: orders", "name: warned"));
    place.file("wrong.yaml", &SPEC.replace("name: orders", "name: wrong").replace("1 KiB", "1024"));
    for (args, exit, verdict) in [
        (&["orders.yaml", "warned.yaml"][..], 0, "2 specs are fine: 1 warning"),
        (
            &["--deny-warnings", "warned.yaml"],
            1,
            "warned.yaml has warnings, which `--deny-warnings` denies: 1 warning",
        ),
        (&["--deny-warnings", "orders.yaml"], 0, "orders.yaml is fine"),
        (&["wrong.yaml", "orders.yaml"], 1, "1 of 2 specs has errors: 1 error"),
        (&["wrong.yaml", "wrong.yaml"], 1, "2 of 2 specs have errors: "),
    ] {
        let output = place.pipec(&[&["check"], args].concat());
        assert_eq!(code(&output), exit, "{args:?}: {}", err(&output));
        assert!(err(&output).contains(verdict), "{args:?}: {}", err(&output));
    }
}

#[test]
fn what_is_accepted_is_silent_until_its_day() {
    let place = Place::new();
    let accept = |until: &str| {
        let entry = format!("{{code: PIPE0610, at: delivery.s3, reason: the readers expect it{until}}}");
        place.file("orders.yaml", &format!("{}accept:\n  - {entry}\n", SPEC.replace("orders/", "orders")));
        place.pipec(&["check", "--deny-warnings", "orders.yaml"])
    };
    for until in ["", ", until: 9999-12-31"] {
        let output = accept(until);
        assert_eq!(code(&output), 0);
        assert!(!err(&output).contains("warning"), "{}", err(&output));
    }
    let output = accept(", until: 2001-01-01");
    assert_eq!(code(&output), 1);
    assert!(
        err(&output).contains("warning[PIPE0610]") && err(&output).contains("warning[PIPE0123]"),
        "{}",
        err(&output)
    );
    // The output of a build is the same on every day.
    let output = place.pipec(&["build", "orders.yaml"]);
    assert_eq!(code(&output), 0);
    assert!(!err(&output).contains("warning"), "{}", err(&output));
    assert!(err(&accept(", until: 2027-02-30")).contains("is not a day of the calendar"));
}

#[test]
fn a_password_is_not_printed() {
    let place = Place::new();
    let producer =
        "producer:\n  http: {url: \"https://me:hunter2@example.com:99999/\"}\n  records_per_second: 1\n";
    place.file("orders.yaml", &format!("{SPEC}{producer}"));
    for format in ["text", "json", "sarif", "github"] {
        let output = place.pipec(&["check", "--format", format, "orders.yaml"]);
        assert_eq!(code(&output), 1);
        assert!(
            !format!("{}{}", out(&output), err(&output)).contains("hunter2"),
            "{format}: {}",
            err(&output)
        );
    }
}

#[test]
fn wrong_calls_exit_with_2() {
    let place = Place::new();
    for args in [
        &["check"][..],
        &["nonsense"],
        &["explain", "PIPE9999"],
        &["check", "--format", "xml", "orders.yaml"],
    ] {
        assert_eq!(code(&place.pipec(args)), 2, "{args:?}");
    }
    assert_eq!(code(&place.pipec(&["check", "missing.yaml"])), 1);
}

#[test]
fn json_has_the_fields_of_the_contract() {
    let place = Place::new();
    place.file("orders.yaml", &SPEC.replace("prefix", "prefx"));
    let output = place.pipec(&["check", "--format", "json", "orders.yaml"]);
    assert_eq!(code(&output), 1);
    let found: Value = serde_json::from_str(&out(&output)).expect("JSON");
    let first = &found[0];
    let keys: Vec<&str> = first.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        ["code", "severity", "message", "help", "file", "line", "column", "end_line", "end_column"]
    );
    assert_eq!(
        (&first["code"], &first["line"], &first["column"]),
        (&"PIPE0110".into(), &7.into(), &5.into())
    );
    assert_eq!((&first["end_line"], &first["end_column"]), (&7.into(), &10.into()));
    assert_eq!(first["help"], "did you mean `prefix`?");
}

#[test]
fn sarif_and_github_say_the_same() {
    let place = Place::new();
    place.file("orders.yaml", &SPEC.replace("1 KiB", "2 MiB"));
    let sarif = out(&place.pipec(&["check", "--format", "sarif", "orders.yaml"]));
    let sarif: Value = serde_json::from_str(&sarif).expect("JSON");
    assert_eq!(sarif["version"], "2.1.0");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let rules: Vec<&Value> = sarif["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .expect("rules")
        .iter()
        .map(|rule| &rule["id"])
        .collect();
    assert!(results.len() >= 2 && results.iter().all(|result| rules.contains(&&result["ruleId"])));
    let github = out(&place.pipec(&["check", "--format", "github", "orders.yaml"]));
    assert_eq!(github.lines().count(), results.len());
    assert!(github.starts_with("::error file=orders.yaml,line=3,endLine=3,col="), "{github}");
}
