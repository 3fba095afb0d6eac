//! Environments as a user meets them on the command line.

use std::fs;
use std::sync::{Arc, Mutex};

use crate::support::place::{FLINK, Place, SPEC, code, err, files, out};
use crate::support::server::{Request, Response, serve};
use serde_json::Value;

/// Every verb that takes an environment.
const VERBS: [&str; 14] = [
    "check",
    "build",
    "plan",
    "prices",
    "sql",
    "permissions",
    "deploy",
    "diff",
    "start",
    "stop",
    "destroy",
    "status",
    "logs",
    "tail",
];

/// [`SPEC`] with two environments.
fn environments() -> String {
    format!(
        "{SPEC}environments:\n  dev:\n    stream: {{records_per_second: 5}}\n  prod:\n    stream: {{records_per_second: 5000}}\n"
    )
}

#[test]
fn a_build_writes_the_spec_and_all_its_environments() {
    let place = Place::new();
    place.file("orders.yaml", &environments());
    let built = place.pipec(&["build", "orders.yaml"]);
    assert_eq!(code(&built), 0, "{}", err(&built));
    for name in ["orders", "orders-dev", "orders-prod"] {
        let template = fs::read_to_string(place.path(&format!("generated/{name}/template.yaml")));
        assert!(template.expect("a template").contains(&format!("\"Value\":\"{name}\"")), "{name}");
    }
    assert_eq!(code(&place.pipec(&["build", "--check", "orders.yaml"])), 0);

    // What is stale is one environment's, and told so.
    place
        .file("orders.yaml", &environments().replace("records_per_second: 5000", "records_per_second: 9000"));
    let stale = place.pipec(&["build", "--check", "orders.yaml"]);
    assert_eq!(code(&stale), 4);
    assert!(err(&stale).contains("generated/orders-prod/template.yaml is stale"), "{}", err(&stale));
    assert!(!err(&stale).contains("generated/orders/"), "{}", err(&stale));
    assert_eq!(code(&place.pipec(&["build", "--check", "--env", "dev", "orders.yaml"])), 0);
    let prod = place.pipec(&["build", "--check", "--env", "prod", "orders.yaml"]);
    assert_eq!(code(&prod), 4);
    assert!(err(&prod).contains("run `pipec build orders.yaml --env prod`"), "{}", err(&prod));
}

#[test]
fn env_takes_one_environment_alone() {
    let place = Place::new();
    place.file("orders.yaml", &environments());
    assert_eq!(code(&place.pipec(&["build", "--env", "prod", "orders.yaml"])), 0);
    assert_eq!(files(&place.path("generated")).len(), 2);
    assert!(place.path("generated/orders-prod/manifest.json").exists());

    let count = |args: &[&str]| {
        let plan: Value = serde_json::from_str(&out(&place.pipec(args))).expect("JSON");
        plan["shards"]["count"].as_u64()
    };
    assert_eq!(count(&["plan", "--format", "json", "orders.yaml"]), Some(1));
    assert_eq!(count(&["plan", "--format", "json", "--env", "prod", "orders.yaml"]), Some(7));
    assert!(
        out(&place.pipec(&["plan", "--env", "dev", "orders.yaml"])).starts_with("orders-dev in us-east-1")
    );

    place.file(
        "flink.yaml",
        &format!(
            "{FLINK}environments:\n  dev:\n    analytics:\n      sql: SELECT \"id\" AS \"one\" FROM stream\n"
        ),
    );
    assert!(out(&place.pipec(&["sql", "--env", "dev", "flink.yaml"])).contains("`one`"));
    assert!(!out(&place.pipec(&["sql", "flink.yaml"])).contains("`one`"));
}

#[test]
fn the_policy_is_the_environments() {
    let place = Place::new();
    place.file("orders.yaml", &environments());
    let stacks = |args: &[&str]| -> Vec<String> {
        let output = place.pipec(&[&["permissions", "orders.yaml"], args].concat());
        assert_eq!(code(&output), 0, "{}", err(&output));
        let arns = out(&output);
        let arns = arns.split('"').filter_map(|word| word.split_once(":stack/"));
        arns.map(|(_, name)| name.to_owned()).collect()
    };
    assert_eq!(stacks(&[]), ["orders/*"]);
    assert_eq!(stacks(&["--env", "prod"]), ["orders-prod/*"]);
    assert_eq!(stacks(&["--env", "prod", "--stack", "trial"]), ["trial/*"]);
    // The tag, which keeps the producers of two pipelines apart, is the environment's as well.
    place.file(
        "orders.yaml",
        &format!("{}producer: {{generate: {{}}, records_per_second: 2}}\nrecords: {{format: json, columns: {{id: {{type: BIGINT}}}}}}\n", environments()),
    );
    let policy = out(&place.pipec(&["permissions", "orders.yaml", "--env", "prod"]));
    let tags: Vec<&str> = policy.split("\"aws:ResourceTag/pipec:pipeline\": [").skip(1).collect();
    assert!(!tags.is_empty());
    assert!(tags.iter().all(|tag| tag.trim_start().starts_with("\"orders-prod\"")), "{policy}");
}

#[test]
fn what_watches_asks_for_the_environments_stack() {
    let place = Place::new();
    place.file("orders.yaml", &environments());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let asking = Arc::clone(&asked);
    let address = serve(Arc::new(move |request: Request| {
        let body = String::from_utf8(request.body).expect("a form");
        asking.lock().expect("the list").extend(body.split('&').map(str::to_owned));
        let error = "<Code>ValidationError</Code><Message>Stack with id orders does not exist</Message>";
        let body = format!("<ErrorResponse><Error>{error}</Error></ErrorResponse>");
        Some(Response { status: 400, headers: Vec::new(), body })
    }));
    fs::create_dir(place.path(".aws")).expect("a folder");
    place.file(
        ".aws/config",
        &format!(
            "[default]\nendpoint_url = {address}\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = example\n"
        ),
    );
    for (environment, stack, line) in [(&[][..], "orders", 1), (&["--env", "prod"], "orders-prod", 11)] {
        for verb in ["status", "logs", "tail"] {
            let output = place.pipec(&[&[verb, "orders.yaml"], environment].concat());
            let shown = err(&output);
            assert_eq!(code(&output), 3, "{shown}");
            let name = format!("StackName={stack}");
            let asked = std::mem::take(&mut *asked.lock().expect("the list"));
            let names: Vec<&String> = asked.iter().filter(|field| field.starts_with("StackName=")).collect();
            assert_eq!(names, [&name], "{verb}");
            assert!(shown.contains(&format!("there is no stack `{stack}`")), "{verb}: {shown}");
            assert!(shown.contains(&format!("--> orders.yaml:{line}:")), "{verb}: {shown}");
            let command = [&["pipec deploy orders.yaml"], environment].concat().join(" ");
            assert!(shown.contains(&format!("`{command}`")), "{verb}: {shown}");
        }
    }
}

#[test]
fn an_unknown_environment_is_told_with_those_that_there_are() {
    let place = Place::new();
    place.file("orders.yaml", &environments());
    for verb in VERBS {
        let output = place.pipec(&[verb, "--env", "prd", "orders.yaml"]);
        assert_eq!(code(&output), 1, "{verb}");
        assert!(
            err(&output).contains("error[PIPE0120]: the spec has no environment `prd`"),
            "{}",
            err(&output)
        );
        assert!(
            err(&output).contains("did you mean `prod`? the spec has `dev` and `prod`"),
            "{}",
            err(&output)
        );
    }
    assert!(!place.path("generated").exists());
}

#[test]
fn a_fault_of_one_environment_keeps_everything_from_being_written() {
    let place = Place::new();
    place.file("orders.yaml", &environments().replace("records_per_second: 5}", "retention: 1 h}"));
    let built = place.pipec(&["build", "orders.yaml"]);
    assert_eq!(code(&built), 1);
    assert!(err(&built).contains("orders.yaml:10:25"), "{}", err(&built));
    assert!(err(&built).contains("in environment `dev`: "), "{}", err(&built));
    assert!(!place.path("generated").exists());
    // The others are fine on their own; the form of all is held against the schema always.
    assert_eq!(code(&place.pipec(&["check", "--env", "prod", "orders.yaml"])), 0);
    place.file("orders.yaml", &environments().replace("records_per_second: 5}", "retentoin: 1 h}"));
    assert_eq!(code(&place.pipec(&["check", "--env", "prod", "orders.yaml"])), 1);
}

#[test]
fn the_name_of_an_environment_is_no_other_pipelines() {
    let place = Place::new();
    place.file("orders.yaml", &environments());
    place.file("other.yaml", &SPEC.replace("name: orders", "name: orders-dev"));
    let output = place.pipec(&["check", "orders.yaml", "other.yaml"]);
    assert_eq!(code(&output), 1);
    let duplicate = "`orders-dev` is the name of the pipeline in orders.yaml as well";
    assert!(err(&output).contains(duplicate), "{}", err(&output));

    place.file("orders.yaml", &environments().replace("  prod:\n", "  prod:\n    name: orders\n"));
    let output = place.pipec(&["build", "orders.yaml"]);
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("error[PIPE0806]"), "{}", err(&output));
    assert!(err(&output).contains("orders.yaml:12:11"), "{}", err(&output));
    assert!(!place.path("generated").exists());
}

#[test]
fn no_verb_lays_an_environment_over_another_pipelines_stack() {
    let place = Place::new();
    place.file("orders.yaml", &environments().replace("  prod:\n", "  prod:\n    name: orders\n"));
    // Wherever the clash is: the stack of the spec's own, of the environment that takes its name, and of one beside.
    for environment in [&[][..], &["--env", "prod"], &["--env", "dev"]] {
        for verb in VERBS {
            let output = place.pipec(&[&[verb, "orders.yaml"], environment].concat());
            assert_eq!(code(&output), 1, "{verb} {environment:?}");
            assert_eq!(err(&output).matches("error[PIPE0806]").count(), 1, "{verb}: {}", err(&output));
            assert!(err(&output).contains("orders.yaml:12:11"), "{verb}: {}", err(&output));
            assert_eq!(out(&output), "", "{verb} {environment:?}");
        }
    }
    // What is told of one spec's pipelines is not told again when specs are held against each other.
    place.file("other.yaml", &SPEC.replace("name: orders", "name: others"));
    for verb in ["check", "build"] {
        let output = place.pipec(&[verb, "orders.yaml", "other.yaml"]);
        assert_eq!(err(&output).matches("error[PIPE0806]").count(), 1, "{verb}: {}", err(&output));
    }
}
