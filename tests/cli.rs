//! The command line as a user meets it: exit codes, streams, formats, files.

mod support;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::{env, fs, thread};

use serde_json::Value;
use support::place::{FLINK, Place, SPEC, code, err, files, out};
use support::server::{Request, Response, serve};

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
fn a_build_names_folders_of_removed_environments() {
    let place = Place::new();
    let with = format!("{SPEC}environments:\n  prod: {{}}\n");
    place.file("orders.yaml", &with);
    assert_eq!(code(&place.pipec(&["build", "orders.yaml"])), 0);
    assert_eq!(code(&place.pipec(&["build", "--check", "orders.yaml"])), 0);
    // Another spec's folder with a name alike.
    place.file("other.yaml", &SPEC.replace("name: orders", "name: orders-eu"));
    assert_eq!(code(&place.pipec(&["build", "other.yaml"])), 0);
    place.file("orders.yaml", SPEC);
    let output = place.pipec(&["build", "--check", "orders.yaml"]);
    assert_eq!(code(&output), 4);
    assert!(
        err(&output).ends_with("\ngenerated/orders-prod is of no pipeline any more: delete it\n"),
        "{}",
        err(&output)
    );
    let output = place.pipec(&["build", "orders.yaml"]);
    assert!(err(&output).contains("orders-prod is of no pipeline any more"), "{}", err(&output));
}

#[test]
fn a_missing_artifact_is_not_counted_as_built() {
    let place = Place::new();
    place.file("orders.yaml", FLINK);
    let output = place.pipec(&["build", "orders.yaml"]);
    assert!(err(&output).contains(" artifacts, of which 1 is missing\nmissing "), "{}", err(&output));
}

#[test]
fn the_sql_of_a_lambda_pipeline_is_told_as_such() {
    let place = Place::new();
    place.file("orders.yaml", &FLINK.replace("runtime: flink", "runtime: lambda"));
    let output = place.pipec(&["sql", "orders.yaml"]);
    assert_eq!(code(&output), 0);
    assert!(err(&output).contains("runs in the Lambda transform"), "{}", err(&output));
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

#[test]
fn a_build_is_the_same_twice_and_check_sees_a_change() {
    let place = Place::new();
    assert_eq!(code(&place.pipec(&["build", "orders.yaml"])), 0);
    let first = files(&place.path("generated"));
    assert_eq!(first.len(), 2, "{first:?}");
    let template = fs::read(place.path("generated/orders/template.yaml")).expect("the template");
    let again = place.pipec(&["build", "orders.yaml"]);
    assert!(err(&again).contains("unchanged"), "{}", err(&again));
    assert_eq!(files(&place.path("generated")), first);
    assert_eq!(code(&place.pipec(&["build", "--check", "orders.yaml"])), 0);

    place.file("orders.yaml", &SPEC.replace("records_per_second: 100", "records_per_second: 9000"));
    let stale = place.pipec(&["build", "--check", "orders.yaml"]);
    assert_eq!(code(&stale), 4);
    assert!(err(&stale).contains("generated/orders/template.yaml is stale: run `pipec build orders.yaml`"));
    assert_eq!(fs::read(place.path("generated/orders/template.yaml")).expect("the template"), template);
}

#[test]
fn a_build_leaves_no_temporary_files_and_readable_modes() {
    let place = Place::new();
    place.file("orders.yaml", &format!("{SPEC}transform: {{}}\n"));
    assert_eq!(code(&place.pipec(&["build", "orders.yaml"])), 0);
    let files = files(&place.path("generated"));
    assert_eq!(files.len(), 3);
    for file in &files {
        assert!(!file.contains(".pipec-"), "{file}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(file).expect("a file").permissions().mode() & 0o777, 0o644, "{file}");
        }
    }
}

#[test]
fn the_manifest_has_the_names_of_the_contract() {
    let place = Place::new();
    place.file("orders.yaml", &format!("{SPEC}transform: {{}}\n"));
    assert_eq!(code(&place.pipec(&["build", "orders.yaml"])), 0);
    let manifest = fs::read_to_string(place.path("generated/orders/manifest.json")).expect("the manifest");
    let manifest: Value = serde_json::from_str(&manifest).expect("JSON");
    assert_eq!(manifest["pipec"], env!("CARGO_PKG_VERSION"));
    let artifact = &manifest["artifacts"][0];
    assert_eq!(artifact["name"], "transform");
    let file = place.path("generated/orders").join(artifact["file"].as_str().expect("a file"));
    assert!(file.exists());
    assert!(file.ends_with(artifact["s3_key"].as_str().expect("a key")));
}

#[test]
fn two_specs_of_one_name_are_refused() {
    let place = Place::new();
    place.file("again.yaml", SPEC);
    let output = place.pipec(&["build", "orders.yaml", "again.yaml"]);
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("error[PIPE0806]"), "{}", err(&output));
    assert!(!place.path("generated").exists());
}

#[test]
fn init_writes_a_spec_that_builds_and_overwrites_nothing() {
    let place = Place::new();
    assert_eq!(code(&place.pipec(&["init", "new.yaml"])), 0);
    let checked = place.pipec(&["check", "--deny-warnings", "new.yaml"]);
    assert_eq!(code(&checked), 0, "{}", err(&checked));
    assert_eq!(code(&place.pipec(&["build", "new.yaml"])), 0);
    assert_eq!(code(&place.pipec(&["init", "new.yaml"])), 2);
    assert_eq!(code(&place.pipec(&["init", "--force", "new.yaml"])), 0);
    let spaced = place.pipec(&["init", "my pipeline.yaml"]);
    assert!(err(&spaced).ends_with("next: pipec build 'my pipeline.yaml'\n"), "{}", err(&spaced));
}

/// The parts of the commented spec that are comments build as well.
#[test]
fn init_with_everything_uncommented_builds() {
    let place = Place::new();
    place.pipec(&["init", "new.yaml"]);
    let text = fs::read_to_string(place.path("new.yaml")).expect("the spec");
    let sections: Vec<String> = text
        .lines()
        .map(|line| {
            let active = ["# producer:", "# records:", "# analytics:", "#   ", "# tags:", "# environments:"]
                .iter()
                .any(|start| line.starts_with(start));
            if active { line[2..].to_owned() } else { line.to_owned() }
        })
        .collect();
    place.file("new.yaml", &sections.join("\n"));
    let output = place.pipec(&["check", "new.yaml"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert_eq!(code(&place.pipec(&["build", "new.yaml"])), 0);
    assert!(place.path("generated/orders/pipeline.sql").exists());
}

#[test]
fn a_connector_is_locked_at_first_use_and_held_to_it() {
    let place = Place::new();
    place.file("flink.yaml", FLINK);
    let without = place.pipec(&["build", "flink.yaml"]);
    assert_eq!(code(&without), 0, "{}", err(&without));
    assert!(err(&without).contains("missing generated/artifacts/flink/orders/"), "{}", err(&without));
    assert!(err(&without).contains("2 artifacts, of which 1 is missing"), "{}", err(&without));
    let checked = place.pipec(&["build", "--check", "flink.yaml"]);
    assert_eq!(code(&checked), 0, "{}", err(&checked));
    assert!(err(&checked).contains("is not built, since the connector"), "{}", err(&checked));
    let read = || fs::read_to_string(place.path("generated/orders/template.yaml")).expect("the template");
    let template = read();

    place.file("connector.jar", "PK one");
    assert_eq!(code(&place.pipec(&["build", "--connector-jar", "connector.jar", "flink.yaml"])), 0);
    let zips = || files(&place.path("generated/artifacts/flink/orders"));
    assert_eq!(zips().len(), 1);
    assert!(place.path("pipec.lock").exists());
    let locked = read();
    assert_ne!(locked, template, "the key holds the jar's digest");
    // From the lock on, it is the same with the jar and without.
    assert_eq!(code(&place.pipec(&["build", "flink.yaml"])), 0);
    assert_eq!(read(), locked);
    assert_eq!(code(&place.pipec(&["build", "--check", "flink.yaml"])), 0);

    place.file("connector.jar", "PK two");
    let other = place.pipec(&["build", "--connector-jar", "connector.jar", "flink.yaml"]);
    assert_eq!(code(&other), 2);
    assert!(err(&other).contains("pipec.lock records"), "{}", err(&other));
    assert_eq!((read(), zips().len()), (locked.clone(), 1), "nothing was written");

    // Another jar that is meant gives another key, so that the one of before is neither kept nor overwritten.
    fs::remove_file(place.path("pipec.lock")).expect("removed");
    assert_eq!(code(&place.pipec(&["build", "--connector-jar", "connector.jar", "flink.yaml"])), 0);
    assert_ne!(read(), locked);
    assert_eq!(zips().len(), 2);
}

#[test]
fn a_connector_of_which_nobody_publishes_a_digest_is_refused() {
    const DIGEST: &str = "ee2bdf38ade56b39aa65ba9168406e61817238703a0e036c72053e77f5ce4722";
    let place = Place::new();
    place.file("flink.yaml", FLINK);
    let fetch = |repository: &str, more: &[&str]| {
        let fixed = ["build", "--fetch-connector", "--maven-repository", repository, "flink.yaml"];
        place.pipec(&[&fixed[..], more].concat())
    };
    let refused = fetch(&repository("PK jar", "", 3), &[]);
    assert_eq!(code(&refused), 2);
    assert!(err(&refused).contains("publishes no digest"), "{}", err(&refused));
    assert!(!place.path("pipec.lock").exists() && files(&place.path(".cache/pipec")).is_empty());
    let wrong = fetch(&repository("PK jar", "", 1), &["--connector-sha256", &DIGEST.replace('e', "0")]);
    assert_eq!(code(&wrong), 2);
    assert!(err(&wrong).contains("is expected"), "{}", err(&wrong));
    assert_eq!(code(&fetch("http://127.0.0.1:1", &["--connector-sha256", "ee"])), 2);
    let named = fetch(&repository("PK jar", "", 1), &["--connector-sha256", DIGEST]);
    assert_eq!(code(&named), 0, "{}", err(&named));

    // What the lock has needs no other word.
    fs::remove_dir_all(place.path(".cache")).expect("removed");
    fs::remove_dir_all(place.path("generated")).expect("removed");
    let locked = fetch(&repository("PK jar", "", 1), &[]);
    assert_eq!(code(&locked), 0, "{}", err(&locked));
}

/// A Maven repository that serves one jar with a digest beside it, or with none where that is empty, for a number of
/// requests.
fn repository(jar: &'static str, digest: &'static str, requests: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for connection in listener.incoming().take(requests) {
            let mut connection = connection.expect("a connection");
            let mut request = String::new();
            let mut reader = BufReader::new(connection.try_clone().expect("a reader"));
            reader.read_line(&mut request).expect("a request");
            let mut header = String::new();
            while reader.read_line(&mut header).is_ok_and(|length| length > 2) {
                header.clear();
            }
            assert!(
                request.starts_with("GET /org/apache/flink/flink-sql-connector-aws-kinesis-streams/"),
                "{request}"
            );
            // The kind of a digest is what its length says.
            let kind = if digest.len() == 40 { ".jar.sha1 " } else { ".jar.sha256 " };
            let body = if request.contains(".jar ") {
                jar
            } else if request.contains(kind) {
                digest
            } else {
                ""
            };
            let status = if body.is_empty() { "404 Not Found" } else { "200 OK" };
            write!(
                connection,
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            )
            .expect("an answer");
        }
    });
    address
}

#[test]
fn a_connector_is_fetched_when_asked_verified_and_kept() {
    let place = Place::new();
    place.file("flink.yaml", FLINK);
    let wrong = repository("PK jar", "0000", 2);
    let refused = place.pipec(&["build", "--fetch-connector", "--maven-repository", &wrong, "flink.yaml"]);
    assert_eq!(code(&refused), 2);
    assert!(err(&refused).contains("SHA-256"), "{}", err(&refused));
    assert!(!place.path("generated/orders").exists() && !place.path("pipec.lock").exists());

    // sha256sum of "PK jar"
    let right =
        repository("PK jar", "ee2bdf38ade56b39aa65ba9168406e61817238703a0e036c72053e77f5ce4722  a.jar\n", 2);
    let fetched = place.pipec(&["build", "--fetch-connector", "--maven-repository", &right, "flink.yaml"]);
    assert_eq!(code(&fetched), 0, "{}", err(&fetched));
    assert_eq!(files(&place.path("generated/artifacts/flink/orders")).len(), 1);
    assert_eq!(files(&place.path(".cache/pipec")).len(), 1);

    // sha1sum of "PK jar", which is all that some repositories publish.
    for (digest, exit) in
        [("53f6ab399f72b041e7193d6f0be63412db44fde3", 2), ("53f6ab399f72b041e7193d6f0be63412db44fde2", 0)]
    {
        fs::remove_dir_all(place.path(".cache")).ok();
        fs::remove_file(place.path("pipec.lock")).ok();
        let sha1 = repository("PK jar", digest, 3);
        let fetched = place.pipec(&["build", "--fetch-connector", "--maven-repository", &sha1, "flink.yaml"]);
        assert_eq!(code(&fetched), exit, "{}", err(&fetched));
        assert!(exit == 0 || err(&fetched).contains("its SHA-1 is"), "{}", err(&fetched));
    }

    // The second build finds it in the cache and asks nobody.
    fs::remove_dir_all(place.path("generated")).expect("removed");
    let again = place.pipec(&["build", "flink.yaml"]);
    assert_eq!(code(&again), 0, "{}", err(&again));
    assert_eq!(files(&place.path("generated/artifacts/flink/orders")).len(), 1);
}

#[test]
fn a_prebuilt_program_is_needed_for_arm64_and_taken() {
    let place = Place::new();
    place.file("arm.yaml", &format!("{SPEC}transform:\n  architecture: arm64\n"));
    let refused = place.pipec(&["build", "arm.yaml"]);
    assert_eq!(code(&refused), 1);
    assert!(
        err(&refused).contains("error[PIPE0503]") && err(&refused).contains("--runtime-dir"),
        "{}",
        err(&refused)
    );

    fs::create_dir_all(place.path("programs/arm64")).expect("a folder");
    let mut elf = vec![0_u8; 64];
    elf[..4].copy_from_slice(b"\x7fELF");
    elf[18] = 183;
    fs::write(place.path("programs/arm64/transform"), &elf).expect("a program");
    let built = place.pipec(&["build", "--runtime-dir", "programs", "arm.yaml"]);
    assert_eq!(code(&built), 0, "{}", err(&built));
    assert!(files(&place.path("generated/artifacts"))[0].contains("transform-arm64-"));

    fs::write(place.path("programs/arm64/transform"), "#!/bin/sh\n").expect("a program");
    assert_eq!(code(&place.pipec(&["build", "--runtime-dir", "programs", "arm.yaml"])), 2);
}

#[test]
fn the_plan_has_the_names_of_the_contract() {
    let output = Place::new().pipec(&["plan", "--format", "json", "orders.yaml"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let plan: Value = serde_json::from_str(&out(&output)).expect("JSON");
    assert_eq!(plan["shards"]["count"], 1);
    for key in ["shards", "resources", "grants", "cost", "advice"] {
        assert!(!plan[key].is_null(), "{key}");
    }
    for key in ["monthly_usd", "lines", "prices_as_of"] {
        assert!(!plan["cost"][key].is_null(), "{key}");
    }
    for key in ["role", "actions", "resources", "because"] {
        assert!(!plan["grants"][0][key].is_null(), "{key}");
    }
}

#[test]
fn the_deployers_policy_is_all_of_stdout() {
    let place = Place::new();
    let output =
        place.pipec(&["permissions", "orders.yaml", "--account", "123456789012", "--stack", "orders-test"]);
    assert_eq!((code(&output), err(&output)), (0, String::new()));
    let policy: Value = serde_json::from_str(&out(&output)).expect("JSON");
    assert_eq!(policy["Version"], "2012-10-17");
    assert_eq!(policy["Statement"][0]["Sid"], "DeployStack");
    let stack = &policy["Statement"][0]["Resource"][0];
    assert_eq!(*stack, "arn:aws:cloudformation:us-east-1:123456789012:stack/orders-test/*");
    assert_eq!(out(&place.pipec(&["permissions", "orders.yaml"])).matches("orders-test").count(), 0);
}

#[test]
fn deleting_data_and_artifacts_is_allowed_where_it_is_asked_for() {
    let place = Place::new();
    place.file("orders.yaml", FLINK);
    let sids = |options: &[&str]| -> Vec<String> {
        let output = place.pipec(&[&["permissions", "orders.yaml"], options].concat());
        let policy: Value = serde_json::from_str(&out(&output)).expect("JSON");
        let statements = policy["Statement"].as_array().expect("statements").iter();
        statements.filter_map(|statement| statement["Sid"].as_str().map(str::to_owned)).collect()
    };
    let own = sids(&[]);
    for (option, more) in [
        ("--empty-bucket", ["DeleteBuckets", "EmptyBuckets"]),
        ("--artifacts", ["FindStacksWithTheSameArtifacts", "DeleteArtifacts"]),
    ] {
        assert_eq!(sids(&[option]), [&own[..], &more.map(str::to_owned)].concat(), "{option}");
    }
}

#[test]
fn a_policy_that_is_too_large_for_one_is_written_as_several() {
    let place = Place::new();
    place.file("orders.yaml", FLINK);
    let output = place.pipec(&["permissions", "orders.yaml"]);
    assert_eq!(code(&output), 0);
    assert!(
        err(&output).contains("a managed policy holds 6144; `--out DIR` writes 2 that do"),
        "{}",
        err(&output)
    );
    let whole: Value = serde_json::from_str(&out(&output)).expect("JSON");

    fs::create_dir(place.path("policies")).expect("a folder");
    place.file("policies/deployer-3.json", "{}");
    place.file("policies/notes.txt", "mine");
    let output = place.pipec(&["permissions", "orders.yaml", "--out", "policies"]);
    assert_eq!((code(&output), out(&output)), (0, String::new()));
    let written: Vec<Value> = (1..=2)
        .map(|number| {
            let path = place.path(&format!("policies/deployer-{number}.json"));
            serde_json::from_slice(&fs::read(path).expect("a policy")).expect("JSON")
        })
        .collect();
    let statements: Vec<&Value> =
        written.iter().flat_map(|part| part["Statement"].as_array().expect("statements")).collect();
    assert_eq!(statements, whole["Statement"].as_array().expect("statements").iter().collect::<Vec<_>>());
    assert_eq!(
        files(&place.path("policies")).len(),
        3,
        "what an earlier policy left is gone, what is not its own stays"
    );
}

#[test]
fn a_policy_for_what_cannot_be_is_refused() {
    let place = Place::new();
    for args in [
        ["--account", "1234"],
        ["--account", "12345678901x"],
        ["--region", "Ireland"],
        ["--stack", "1st"],
        ["--artifact-bucket", "A_B"],
    ] {
        let output = place.pipec(&[&["permissions", "orders.yaml"], &args[..]].concat());
        assert_eq!((code(&output), out(&output)), (2, String::new()), "{args:?}");
    }
    place.file("orders.yaml", &SPEC.replace("1 KiB", "1024"));
    let output = place.pipec(&["permissions", "orders.yaml", "--out", "policies"]);
    assert_eq!((code(&output), out(&output)), (1, String::new()));
    assert!(!place.path("policies").exists());
}

#[test]
fn the_sql_is_printed_with_the_columns_of_its_outputs() {
    let place = Place::new();
    place.file("flink.yaml", FLINK);
    let text = place.pipec(&["sql", "flink.yaml"]);
    assert_eq!(code(&text), 0);
    let sql = out(&text);
    assert!(
        sql.contains("CREATE TEMPORARY TABLE `pipec_records`")
            && sql.ends_with("FROM `SOURCE_SQL_STREAM_001`;\n\n")
    );
    let json: Value =
        serde_json::from_str(&out(&place.pipec(&["sql", "--format", "json", "flink.yaml"]))).expect("JSON");
    assert_eq!(json["sql"], Value::from(sql));
    assert_eq!(json["stateless"], Value::from(true));
    assert_eq!(json["outputs"][0]["name"], Value::from("OUTPUT"));
    assert_eq!(json["outputs"][0]["columns"], serde_json::json!([{"name": "id", "type": "BIGINT"}]));
    let none = place.pipec(&["sql", "orders.yaml"]);
    assert_eq!((code(&none), out(&none).as_str()), (1, ""));
    assert!(err(&none).contains("has no SQL"));
}

#[test]
fn pages_are_printed() {
    let place = Place::new();
    assert!(out(&place.pipec(&["explain", "601"])).starts_with("# PIPE0601"));
    assert!(out(&place.pipec(&["explain", "--list"])).lines().count() > 80);
    assert!(serde_json::from_str::<Value>(&out(&place.pipec(&["schema"]))).is_ok());
    assert!(out(&place.pipec(&["completions", "bash"])).contains("pipec"));
    assert!(out(&place.pipec(&["man"])).contains(".TH pipec"));
    assert_eq!(code(&place.pipec(&["man", "--out", "man"])), 0);
    assert!(place.path("man/pipec-build.1").exists());
    assert!(out(&place.pipec(&["--help"])).contains("Exit codes"));
}

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

#[test]
fn what_is_watched_is_of_the_pipeline() {
    let place = Place::new();
    for (args, says) in [
        (&["tail", "orders.yaml", "output"][..], "it has input, bucket"),
        (&["logs", "orders.yaml", "producer"], "it has logs of delivery"),
        (&["logs", "orders.yaml", "--since", "5m"], "write `5 min`"),
        (&["tail", "orders.yaml", "--count", "0"], "0 is not in"),
        (&["tail", "orders.yaml", "--since", "1h", "--from-beginning"], "cannot be used with"),
    ] {
        let output = place.pipec(args);
        assert_eq!(code(&output), 2, "{args:?}");
        assert!(err(&output).contains(says) && out(&output).is_empty(), "{}", err(&output));
    }
}

#[test]
fn watching_without_credentials_says_how_to_log_in() {
    for verb in ["status", "logs", "tail"] {
        let output = Place::new().pipec(&[verb, "orders.yaml"]);
        assert_eq!(code(&output), 3, "{}", err(&output));
        assert!(err(&output).contains("PIPE1101") && out(&output).is_empty(), "{}", err(&output));
    }
}

#[test]
fn what_tells_events_tells_the_faults_of_a_spec_as_such() {
    let place = Place::new();
    place.file("orders.yaml", &SPEC.replace("prefix", "prefx"));
    for verb in ["status", "logs"] {
        let output = place.pipec(&[verb, "orders.yaml", "--format", "json"]);
        assert_eq!((code(&output), out(&output)), (1, String::new()), "{verb}");
    }
    for verb in ["deploy", "diff", "destroy"] {
        let output = place.pipec(&[verb, "orders.yaml", "--format", "json"]);
        assert_eq!(code(&output), 1, "{verb}");
        let event: Value = serde_json::from_str(&out(&output)).expect("an event on one line");
        assert_eq!((&event["event"], &event["code"]), (&"error".into(), &"PIPE0110".into()), "{verb}");
        assert_eq!(err(&output), "nothing was done: 1 error\n", "{verb}");
    }
}

/// AWS's price list with the services of a raw pipeline in eu-west-1, in the form of its documentation.
fn price_list() -> String {
    serve(Arc::new(|request: Request| {
        let offer = request.target.split('/').nth(4).unwrap_or_default().to_owned();
        let (usages, known): (&[&str], bool) = match offer.as_str() {
            "AmazonKinesis" => (
                &[
                    "0,Inf,ShardHour,0.0170000000,USD,EU-Storage-ShardHour",
                    "0,Inf,PutRequest,0.0000000154,USD,EU-PutRequestPayloadUnits",
                ],
                true,
            ),
            "AmazonKinesisFirehose" => (
                &[
                    "0,512000,GB,0.0310000000,USD,EU-BilledBytes",
                    "512000,Inf,GB,0.0270000000,USD,EU-BilledBytes",
                ],
                true,
            ),
            "AmazonS3" => (&["0,Inf,Requests,0.0000050000,USD,EU-Requests-Tier1"], true),
            // The download of the largest file fails.
            "AmazonEC2" => return Some(Response { status: 404, ..Default::default() }),
            _ => (&[], false),
        };
        let body = if request.target.ends_with("/current/region_index.json") {
            let region = if known { "eu-west-1" } else { "us-east-1" };
            format!(
                r#"{{"formatVersion": "v1.0", "regions": {{"{region}": {{"regionCode": "{region}",
                "currentVersionUrl": "/offers/v1.0/aws/{offer}/20261120000000/{region}/index.json"}}}}}}"#
            )
        } else if request.target.ends_with("/20261120000000/eu-west-1/index.csv") {
            let lines: String =
                usages.iter().map(|usage| format!("sku,term,OnDemand,{usage},eu-west-1\n")).collect();
            format!(
                "\"FormatVersion\",\"v1.0\"\n\"Publication Date\",\"2026-11-20T08:58:57Z\"\n\"OfferCode\",\"{offer}\"\n\
                 \"SKU\",\"OfferTermCode\",\"TermType\",\"StartingRange\",\"EndingRange\",\"Unit\",\"PricePerUnit\",\
                 \"Currency\",\"usageType\",\"Region Code\"\n{lines}"
            )
        } else {
            return Some(Response { status: 404, ..Default::default() });
        };
        Some(Response { status: 200, headers: Vec::new(), body })
    }))
}

#[test]
fn prices_of_a_region_are_fetched_kept_and_used_by_plan() {
    let place = Place::new();
    place.file(
        "eu.yaml",
        "name: orders\nregion: eu-west-1\nstream: {record_size: 1 KiB, records_per_second: 1000, headroom: 0 %}\n\
         delivery: {s3: {prefix: orders/}}\n",
    );
    let unknown = place.pipec(&["plan", "eu.yaml"]);
    assert_eq!(code(&unknown), 0);
    assert!(err(&unknown).contains("fetch them with pipec prices eu.yaml"), "{}", err(&unknown));

    let list = price_list();
    let fetched = place.pipec(&["prices", "--price-list", &list, "eu.yaml"]);
    assert_eq!(code(&fetched), 0, "{}", err(&fetched));
    let told = out(&fetched);
    assert!(told.starts_with("eu-west-1: 4 prices of 5, as of 2026-11-20\n"), "{told}");
    // Storage is not in the list.
    assert!(told.ends_with("unknown: S3: objects of a month\n"), "{told}");

    let plan = place.pipec(&["plan", "--format", "json", "eu.yaml"]);
    assert_eq!(code(&plan), 0, "{}", err(&plan));
    let plan: Value = serde_json::from_str(&out(&plan)).expect("JSON");
    let line = |item: &str| {
        let lines = plan["cost"]["lines"].as_array().expect("lines");
        let line = lines.iter().find(|line| line["item"] == item);
        line.unwrap_or_else(|| panic!("no {item}: {lines:?}"))["monthly_usd"].as_f64()
    };
    assert_eq!(plan["cost"]["prices_as_of"], "2026-11-20");
    // 2 shards x 730 h x 0.017; 2,628 million units x 0.0154; 12,531.28 GB x 0.031.
    assert_eq!(line("Stream: shards"), Some(24.82));
    assert_eq!(line("Stream: PUT payload units"), Some(40.47));
    assert_eq!(line("Firehose: data in"), Some(388.47));
    assert_eq!(line("S3: objects of a month"), None);

    let refused = place.pipec(&["prices", "--price-list", "http://127.0.0.1:9", "eu.yaml"]);
    assert_eq!(code(&refused), 2);
    assert!(err(&refused).contains("/offers/v1.0/aws/"), "{}", err(&refused));
}

#[test]
fn prices_that_were_fetched_before_a_file_failed_are_kept() {
    let place = Place::new();
    place.file(
        "eu.yaml",
        "name: orders\nregion: eu-west-1\nstream: {record_size: 1 KiB, records_per_second: 1000, headroom: 0 %}\n\
         producer: {generate: {}, records_per_second: 1000}\n\
         records: {format: json, columns: {PRICE: {type: INTEGER}}}\ndelivery: {s3: {prefix: orders/}}\n",
    );
    let failed = place.pipec(&["prices", "--price-list", &price_list(), "eu.yaml"]);
    assert_eq!(code(&failed), 2);
    assert!(err(&failed).contains("AmazonEC2"), "{}", err(&failed));

    let plan = place.pipec(&["plan", "--format", "json", "eu.yaml"]);
    assert_eq!(code(&plan), 0, "{}", err(&plan));
    let plan: Value = serde_json::from_str(&out(&plan)).expect("JSON");
    let lines = plan["cost"]["lines"].as_array().expect("lines");
    let shards = lines.iter().find(|line| line["item"] == "Stream: shards").expect("the shards");
    assert_eq!(shards["monthly_usd"].as_f64(), Some(24.82), "{lines:?}");
}
