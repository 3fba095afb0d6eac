//! `pipec import` as a user meets it: a folder of `import/cases/` a file that describes applications, beside it what the
//! console shows (`expected.txt`) and what is written (`expected/`). `PIPEC_BLESS=1 cargo test --test cli import::` writes both
//! anew; read the diff.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::{env, fs};

use crate::support::place::{Place, code, err, files, out};
use crate::support::server::{Response, serve};

fn folders() -> Vec<PathBuf> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/import/cases");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(cases).expect("the cases").map(|entry| entry.expect("a case").path()).collect();
    folders.sort();
    folders
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        if name == "expected" {
        } else if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).expect("a copy");
        }
    }
}

/// The file that is imported: the one that can be.
fn described(folder: &Path) -> String {
    let names = ["application.json", "main.tf", "template.json", "template.yaml"];
    let found = names.iter().find(|name| folder.join(name).exists());
    let other = || {
        let mut others = files(folder);
        others.retain(|file| Path::new(file).extension().is_some_and(|end| end == "json" || end == "csv"));
        let others =
            others.iter().filter_map(|file| Path::new(file).file_name()?.to_str()).map(str::to_owned);
        others.max_by_key(|name| name.ends_with(".json")).expect("a file to import")
    };
    found.map_or_else(other, |name| (*name).to_owned())
}

/// What a folder holds, by the names below it.
fn content(folder: &Path) -> BTreeMap<String, String> {
    let files = files(folder).into_iter().map(PathBuf::from);
    files
        .map(|file| {
            let name = file.strip_prefix(folder).expect("below it").display().to_string();
            (name, fs::read_to_string(&file).expect("text"))
        })
        .collect()
}

/// Runs a case; the console's text and what was written.
fn run(folder: &Path) -> (String, BTreeMap<String, String>) {
    let place = Place::new();
    copy(folder, &place.path("."));
    let arguments = fs::read_to_string(folder.join("arguments")).unwrap_or_default();
    let file = described(folder);
    let mut args = vec!["import", file.as_str()];
    args.extend(arguments.split_whitespace());
    let shown = format!("$ pipec {}\n", args.join(" "));
    // Reference tables that are there lie where the spec will be.
    let target = place.path("out");
    fs::create_dir_all(&target).expect("a folder");
    for table in ["companies.csv", "cities.json"] {
        let path = folder.join(table);
        if path.exists() {
            fs::copy(&path, target.join(table)).expect("a table");
        }
    }
    args.extend(["--out", "out"]);
    let output = place.pipec(&args);
    assert_eq!(out(&output), "", "{}", folder.display());
    let text = err(&output).replace("out/", "");
    let mut written = content(&target);
    written.retain(|name, _| !["companies.csv", "cities.json"].contains(&name.as_str()));
    (format!("{shown}{text}exit {}\n", code(&output)), written)
}

#[test]
fn every_case_shows_and_writes_what_is_expected() {
    let bless = env::var_os("PIPEC_BLESS").is_some();
    let mut wrong = Vec::new();
    for folder in folders() {
        let (shown, written) = run(&folder);
        assert!(!shown.contains('\u{1b}'), "{}: {shown}", folder.display());
        if bless {
            let _ = fs::remove_dir_all(folder.join("expected"));
            fs::write(folder.join("expected.txt"), &shown).expect("the expected text");
            for (name, text) in &written {
                let path = folder.join("expected").join(name);
                fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                fs::write(path, text).expect("an expected file");
            }
        }
        if fs::read_to_string(folder.join("expected.txt")).unwrap_or_default() != shown {
            wrong.push(format!("{}: {shown}", folder.display()));
        }
        if content(&folder.join("expected")) != written {
            wrong.push(format!("{}: {written:#?}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "{}\n\nPIPEC_BLESS=1 writes them", wrong.join("\n\n"));
}

/// A text that is code stays as it is, byte for byte but for a last line break.
#[test]
fn the_sql_is_not_changed() {
    for (case, file) in [("describe-v1", "trades.json"), ("describe-v2", "alerts.json")] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/import/cases").join(case);
        let text = fs::read_to_string(folder.join(file)).expect("an application");
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let code = value.pointer("/ApplicationDetail/ApplicationCode").or_else(|| {
            value.pointer(
                "/ApplicationDetail/ApplicationConfigurationDescription/ApplicationCodeConfigurationDescription/CodeContentDescription/TextContent",
            )
        });
        let (_, written) = run(&folder);
        let sql = written.iter().find(|(name, _)| name.ends_with(".sql")).expect("the SQL").1;
        assert_eq!(sql, code.and_then(serde_json::Value::as_str).expect("code"));
    }
}

#[test]
fn nothing_is_written_over_unless_that_is_asked_for() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/import/cases/template");
    let place = Place::new();
    copy(&folder, &place.path("."));
    let first = place.pipec(&["import", "template.yaml"]);
    let specs: Vec<String> =
        files(&place.path(".")).into_iter().filter(|file| file.ends_with("heat.yaml")).collect();
    assert_eq!((code(&first), specs.len()), (0, 1), "{}", err(&first));
    fs::write(&specs[0], "mine").expect("a file");
    let second = place.pipec(&["import", "template.yaml"]);
    assert_eq!(code(&second), 2);
    assert!(err(&second).contains("--force overwrites it"), "{}", err(&second));
    assert_eq!(fs::read_to_string(&specs[0]).expect("the spec"), "mine");
    assert_eq!(code(&place.pipec(&["import", "template.yaml", "--force"])), 0);
    assert_ne!(fs::read_to_string(&specs[0]).expect("the spec"), "mine");
}

#[test]
fn the_file_that_is_read_is_never_written_over() {
    let place = Place::new();
    let template = include_str!("../../tests/import/cases/template-two/template.yaml");
    place.file("counts.yaml", template);
    let output = place.pipec(&["import", "counts.yaml", "--name", "counts", "--force"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("is the input file"), "{}", err(&output));
    assert_eq!(fs::read_to_string(place.path("counts.yaml")).expect("the template"), template);
}

/// Runs an import that fetches, from an S3 that answers every call alike; the calls that it got.
fn fetched(response: Response, args: &[&str]) -> (Place, Output, Vec<String>) {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&calls);
    let address = serve(Arc::new(move |request| {
        seen.lock().expect("calls").push(format!("{} {}", request.method, request.target));
        Some(response.clone())
    }));
    let place = Place::new();
    place.file("trades.json", include_str!("../../tests/import/cases/describe-v1/trades.json"));
    let output = Command::new(env!("CARGO_BIN_EXE_pipec"))
        .args(["import", "trades.json"])
        .args(args)
        .current_dir(place.path("."))
        .env_clear()
        .envs([
            ("AWS_ENDPOINT_URL", address.as_str()),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_MAX_ATTEMPTS", "1"),
        ])
        .envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")])
        .output()
        .expect("pipec runs");
    let calls = calls.lock().expect("calls").clone();
    (place, output, calls)
}

#[test]
fn reference_tables_are_fetched_when_that_is_asked_for() {
    let table = "AXN,Axon\nBOLT,Bolt & Sons\n";
    let response = Response { status: 200, headers: Vec::new(), body: table.into() };
    let (_, output, calls) = fetched(response.clone(), &[]);
    assert!(calls.is_empty(), "{calls:?}");
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("companies.csv does not exist yet"), "{}", err(&output));
    let (place, output, calls) = fetched(response, &["--fetch"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert!(calls[0].starts_with("GET /trades-reference/tables/companies.csv"), "{calls:?}");
    assert_eq!(fs::read_to_string(place.path("companies.csv")).expect("the table"), table);
}

#[test]
fn what_s3_refuses_is_said_and_a_table_that_is_too_large_is_not_taken() {
    let refusal = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>";
    let response = Response { status: 403, headers: Vec::new(), body: refusal.into() };
    let (place, output, _) = fetched(response, &["--fetch"]);
    assert_eq!(code(&output), 3);
    assert!(
        err(&output).contains("AccessDenied") && err(&output).contains("s3:GetObject"),
        "{}",
        err(&output)
    );
    assert!(!place.path("companies.csv").exists());
    let response = Response { status: 200, headers: Vec::new(), body: "AXN,Axon\n".repeat(100_000) };
    let (place, output, _) = fetched(response, &["--fetch"]);
    assert_eq!(code(&output), 3);
    assert!(err(&output).contains("KiB at most"), "{}", err(&output));
    assert!(!place.path("companies.csv").exists());
}
