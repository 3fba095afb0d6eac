//! `pipec report` and `pipec plan --against`.

use std::fs;

use crate::support::place::{Place, SPEC, code, err, out};

#[test]
fn errors_are_in_the_report_and_in_the_exit_code() {
    let place = Place::new();
    place.file("wrong.yaml", "name: wrong\nstraem: {}\n");
    let output = place.pipec(&["report", "orders.yaml", "wrong.yaml", "--out", "report.html"]);
    assert_eq!(code(&output), 1);
    let page = fs::read_to_string(place.path("report.html")).expect("the page");
    assert!(page.contains("data-pipeline=\"orders\"") && page.contains("straem"), "{page}");
    assert!(err(&output).contains("the report lacks the pipelines with errors"), "{}", err(&output));
}

#[test]
fn a_pipeline_without_an_earlier_build_is_new() {
    let place = Place::new();
    fs::create_dir(place.path("empty")).expect("a folder");
    let plan = place.pipec(&["plan", "orders.yaml", "--against", "empty"]);
    assert!(out(&plan).ends_with("\nnew: empty has no pipeline of this name\n"), "{}", out(&plan));
    let report = place.pipec(&["report", "orders.yaml", "--against", "empty", "--format", "markdown"]);
    assert!(out(&report).contains("New: `empty` has no pipeline of this name."), "{}", out(&report));
}

#[test]
fn the_same_spec_changes_nothing_and_another_one_does() {
    let place = Place::new();
    assert_eq!(code(&place.pipec(&["build", "orders.yaml"])), 0);
    let compare = || out(&place.pipec(&["plan", "orders.yaml", "--against", "generated"]));
    assert!(compare().ends_with("\nagainst generated\n  no changes\n"), "{}", compare());
    place.file("orders.yaml", &SPEC.replace("name: orders", "name: orders\nlogs: {retention: 90 d}"));
    assert!(compare().contains("retention, days 365 -> 90"), "{}", compare());
}

#[test]
fn what_is_no_earlier_build_is_named() {
    let place = Place::new();
    let wrong = |folder: &str| {
        let output = place.pipec(&["plan", "orders.yaml", "--against", folder]);
        assert_eq!((code(&output), out(&output)), (2, String::new()));
        err(&output)
    };
    assert!(wrong("nowhere").contains("`nowhere` is not a folder"), "{}", wrong("nowhere"));
    fs::create_dir_all(place.path("old/orders")).expect("a folder");
    place.file("old/orders/template.yaml", "Resources: 1\n");
    assert!(wrong("old").contains("old/orders/template.yaml is not a template"), "{}", wrong("old"));
    place.file("old/orders/template.yaml", "Resources: {}\n");
    place.file("old/orders/manifest.json", "{");
    assert!(wrong("old").contains("old/orders/manifest.json is not a manifest"), "{}", wrong("old"));
}
