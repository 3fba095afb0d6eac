//! Imports of files that are broken, or made to break something.

use std::fs;
use std::path::{Path, PathBuf};

use pipec_compiler::import;
use pipec_compiler::source::Sources;
use proptest::prelude::*;

use crate::support::{Files, programs};

/// Reads and writes a text as each kind of file; only a panic is wrong.
fn imported(name: &str, text: &str) {
    let world = Files([(PathBuf::from(name), text.as_bytes().to_vec())].into());
    let mut sources = Sources::default();
    if let Ok((applications, _)) = import::read(&world, Path::new(name), &mut sources) {
        for one in import::import(&world, &programs(), &applications).0 {
            let world = Files([(PathBuf::from("spec.yaml"), one.spec.into_bytes())].into());
            let mut sources = Sources::default();
            let id =
                pipec_compiler::parse::load(&world, Path::new("spec.yaml"), &mut sources).expect("a file");
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
        let (applications, _) =
            import::read(&pipec_compiler::world::Disk, &main, &mut sources).expect("a reading");
        let (imported, _) = import::import(&pipec_compiler::world::Disk, &programs(), &applications);
        let sql: String = imported.iter().map(|one| one.sql.as_str()).collect();
        assert_eq!(sql.contains("kept"), followed, "{file}: {sql}");
        assert!(!sql.contains("secret FROM"), "{file}: {sql}");
    }
}
