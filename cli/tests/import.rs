//! `pipec import` as a user meets it: a folder of `import/cases/` a file that describes applications, beside it what the
//! console shows (`expected.txt`) and what is written (`expected/`). `PIPEC_BLESS=1 cargo test --test import` writes both
//! anew; read the diff.

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::{env, fs};

use pipec_compiler::import;
use pipec_compiler::source::Sources;
use proptest::prelude::*;
use support::place::{code, err, files, out};
use support::server::{Response, serve};
use support::{Files, programs};

fn folders() -> Vec<PathBuf> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/cases");
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
    let place = support::place::Place::new();
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
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/cases").join(case);
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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/cases/template");
    let place = support::place::Place::new();
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
    let place = support::place::Place::new();
    let template = include_str!("import/cases/template-two/template.yaml");
    place.file("counts.yaml", template);
    let output = place.pipec(&["import", "counts.yaml", "--name", "counts", "--force"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("is the input file"), "{}", err(&output));
    assert_eq!(fs::read_to_string(place.path("counts.yaml")).expect("the template"), template);
}

/// Runs an import that fetches, from an S3 that answers every call alike; the calls that it got.
fn fetched(response: Response, args: &[&str]) -> (support::place::Place, Output, Vec<String>) {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&calls);
    let address = serve(Arc::new(move |request| {
        seen.lock().expect("calls").push(format!("{} {}", request.method, request.target));
        Some(response.clone())
    }));
    let place = support::place::Place::new();
    place.file("trades.json", include_str!("import/cases/describe-v1/trades.json"));
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

/// Reads and writes a text as each kind of file; only a panic is wrong.
fn imported(name: &str, text: &str) {
    let world = Files([(PathBuf::from(name), text.as_bytes().to_vec())].into());
    let mut sources = Sources::default();
    if let Ok((applications, _)) = import::read(&world, Path::new(name), &mut sources) {
        for one in import::import(&world, &programs(), &applications).0 {
            let world = Files([(PathBuf::from("spec.yaml"), one.spec.into_bytes())].into());
            let mut sources = Sources::default();
            let id = pipec_compiler::parse::load(&world, Path::new("spec.yaml"), &mut sources).expect("a file");
            let (node, faults) = pipec_compiler::parse::tree::read(sources.file(id).text());
            assert!(node.is_some(), "{faults:?}\n{}", sources.file(id).text());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Values of all kinds at all places: what is written is YAML, and its keys are those of a spec.
    #[test]
    fn no_value_leaves_its_place(value in prop::collection::vec(any::<char>(), 0..24), place in 0..12usize) {
        let value: String = value.into_iter().collect();
        let mut text = include_str!("import/cases/describe-v2/alerts.json").to_owned();
        let places = ["\"alerts\"", "SENSORS\"", "sensor\"", "VARCHAR(16)\"", "HOT\"", "\"DOUBLE", "function:unzip", "deliverystream/all", "ALL_SENSORS", "|", "\"2.1\"", "SQL-1_0"];
        let quoted = serde_json::Value::from(value.as_str()).to_string();
        let inner = &quoted[1..quoted.len() - 1];
        text = text.replace(places[place].trim_matches('"'), inner);
        let world = Files([(PathBuf::from("a.json"), text.into_bytes())].into());
        let mut sources = Sources::default();
        if let Ok((applications, _)) = import::read(&world, Path::new("a.json"), &mut sources) {
            for one in import::import(&world, &programs(), &applications).0 {
                let keys: Vec<&str> = one.spec.lines()
                    .filter(|line| line.starts_with(|c: char| !matches!(c, ' ' | '#')))
                    .filter_map(|line| line.split(':').next())
                    .collect();
                let known = ["name", "description", "region", "stream", "records", "analytics", "delivery"];
                prop_assert!(keys.iter().all(|key| known.contains(key)), "{}", one.spec);
                prop_assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "{}", one.spec);
            }
        }
    }

    /// A file with a part cut out or doubled.
    #[test]
    fn no_file_is_too_broken(case in 0..4usize, at in 0..4000usize, length in 0..200usize, doubled: bool) {
        let (name, text) = [
            ("a.json", include_str!("import/cases/describe-v1/trades.json")),
            ("a.yaml", include_str!("import/cases/template/template.yaml")),
            ("a.tf", include_str!("import/cases/terraform-v1/main.tf")),
            ("a.json", include_str!("import/cases/template-json-v2/template.json")),
        ][case];
        let start = text.floor_char_boundary(at % text.len());
        let end = text.floor_char_boundary((start + length).min(text.len()));
        let changed = if doubled {
            format!("{}{}", &text[..end], &text[start..])
        } else {
            format!("{}{}", &text[..start], &text[end..])
        };
        imported(name, &changed);
    }
}

/// Nesting and repetition that would take a parser's stack, or all memory.
#[test]
fn bombs_are_refused() {
    let doubling: String =
        (0..60).map(|at| format!("  l{at} = \"${{local.l{}}}${{local.l{}}}\"\n", at + 1, at + 1)).collect();
    let application = |code: &str| {
        format!("resource \"aws_kinesis_analytics_application\" \"a\" {{\n  code = {code}\n}}\n")
    };
    for (name, text) in [
        ("a.json", "[".repeat(100_000)),
        ("a.json", "{\"a\":".repeat(100_000)),
        ("a.tf", application(&"[".repeat(100_000))),
        ("a.tf", application(&"!".repeat(100_000))),
        ("a.tf", application(&"a?".repeat(100_000))),
        ("a.tf", "a {\n".repeat(50_000)),
        ("a.tf", format!("locals {{\n{doubling}}}\n{}", application("local.l0"))),
        ("a.tf", format!("locals {{\n  a = \"${{local.a}}${{local.a}}\"\n}}\n{}", application("local.a"))),
    ] {
        imported(name, &text);
    }
}

/// A link leads out of the folder as `..` does; one that stays within is a file like others.
#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_not_followed() {
    use std::os::unix::fs::symlink;

    let place = tempfile::tempdir().expect("a folder");
    let (inside, outside) = (place.path().join("module"), place.path().join("secret.sql"));
    fs::create_dir_all(inside.join("sql")).expect("a folder");
    fs::write(&outside, "SELECT secret FROM elsewhere").expect("a file");
    fs::write(inside.join("sql/kept.sql"), "SELECT kept FROM here").expect("a file");
    symlink(&outside, inside.join("file.sql")).expect("a link");
    symlink(place.path(), inside.join("folder")).expect("a link");
    symlink(inside.join("sql/kept.sql"), inside.join("within.sql")).expect("a link");
    let main = inside.join("main.tf");
    for (file, followed) in [("file.sql", false), ("folder/secret.sql", false), ("within.sql", true)] {
        let code = format!("code = file(\"${{path.module}}/{file}\")");
        let text = format!(
            "resource \"aws_kinesis_analytics_application\" \"a\" {{\n  name = \"a\"\n  {code}\n}}\n"
        );
        fs::write(&main, text).expect("a file");
        let mut sources = Sources::default();
        let (applications, _) = import::read(&pipec_compiler::world::Disk, &main, &mut sources).expect("a reading");
        let (imported, _) = import::import(&pipec_compiler::world::Disk, &programs(), &applications);
        let sql: String = imported.iter().map(|one| one.sql.as_str()).collect();
        assert_eq!(sql.contains("kept"), followed, "{file}: {sql}");
        assert!(!sql.contains("secret FROM"), "{file}: {sql}");
    }
}
