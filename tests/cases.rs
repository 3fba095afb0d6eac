//! Every fault that pipec refuses, as a user meets it: a folder of `cases/` a fault, named by its code, with the spec
//! and the text that pipec prints. `PIPEC_BLESS=1 cargo test --test compiler cases::` writes the texts anew; read the diff.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use crate::support::{compiled, front_end};
use pipec_compiler::Compilation;
use pipec_compiler::check::{self, Checked};
use pipec_compiler::diagnostics::format::Findings;
use pipec_compiler::diagnostics::{Code, Format, Severity};
use pipec_compiler::world::World;

fn folders() -> Vec<PathBuf> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(cases).expect("the cases").map(|entry| entry.expect("a case").path()).collect();
    folders.sort();
    folders
}

fn name(folder: &Path) -> &str {
    folder.file_name().and_then(|name| name.to_str()).expect("a name")
}

/// Files that are no good in a repository of texts: not text, or very long.
fn generated(case: &str, file: &Path) -> Option<Vec<u8>> {
    let spec = |prefix: &str| {
        format!(
            "name: user-data\n\nstream:\n  record_size: 2 KiB\n  records_per_second: 1000\n\ndelivery:\n  s3:\n    prefix: {prefix}\n"
        )
    };
    let bytes = match (case, file.to_str()?) {
        ("PIPE0102-spec", "spec.yaml") => b"name: user-data\ndescription: Users in Z\xfcrich\n".to_vec(),
        ("PIPE0102-sql-file", "user.sql") => {
            b"SELECT \"first\" FROM SOURCE_SQL_STREAM_001\nWHERE \"first\" = 'J\xfcrgen';\n".to_vec()
        }
        ("PIPE0103-ten-megabytes", "spec.yaml") => b"{\"name\": \"Ada\"}\n".repeat(625_000),
        ("PIPE0108-nesting", "spec.yaml") => format!("name: {}\n", "[".repeat(100_000)).into_bytes(),
        ("PIPE0304-url", "spec.yaml") => {
            let source = format!(
                "producer:\n  http:\n    url: https://example.com/users?ids={}\n  records_per_second: 2\n\n",
                "10000,".repeat(2_000)
            );
            spec("user-data/").replace("delivery:", &(source + "delivery:")).into_bytes()
        }
        ("PIPE0311-long-line", "users.jsonl") => {
            [b"{\"name\": \"Ada\"}\n".as_slice(), &[b'x'; 1 << 20]].concat()
        }
        ("PIPE0311-direct", "users.jsonl") => {
            [b"{\"name\": \"Ada\"}\n".as_slice(), &[b'x'; 1_000 * 1024 + 1]].concat()
        }
        ("PIPE0311-large", "users.jsonl") => vec![b'\n'; (64 << 20) + 1],
        ("PIPE0609-raw", "spec.yaml") => spec(&"user-data/".repeat(103)).into_bytes(),
        ("PIPE0609-filled-in", "spec.yaml") => {
            spec(&("user-data/".repeat(50) + "!{timestamp:yyyy/MM/dd/HH}/")).into_bytes()
        }
        _ => return None,
    };
    Some(bytes)
}

/// A case's folder as the current one.
struct Folder<'a>(&'a Path);

impl World for Folder<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match generated(name(self.0), path) {
            Some(bytes) => Ok(bytes),
            None => fs::read(self.0.join(path)),
        }
    }

    fn size(&self, path: &Path) -> io::Result<u64> {
        self.read(path).map(|bytes| bytes.len() as u64)
    }
}

/// What is found in a case's specs: `spec.yaml`, and `other.yaml` where there is one. A file `environment` says what
/// stands behind `--env`.
fn compile(folder: &Path) -> Vec<Compilation<Checked>> {
    let mut specs = vec!["spec.yaml"];
    specs.extend(folder.join("other.yaml").exists().then_some("other.yaml"));
    // What the plan finds is shown where it is the case: most other specs would have some as well.
    let whole = ["PIPE10", "PIPE1401-same-ids", "PIPE0122", "PIPE0123", "PIPE0724", "PIPE1301", "PIPE1306"];
    let phases = if whole.iter().any(|code| name(folder).starts_with(code)) { compiled } else { front_end };
    let environment = fs::read_to_string(folder.join("environment")).ok();
    let environment = environment.as_deref().map(str::trim);
    let mut all: Vec<_> =
        specs.iter().map(|spec| phases(&Folder(folder), Path::new(spec), environment)).collect();
    // Of alarms, too.
    if !name(folder).starts_with("PIPE1301") {
        all.iter_mut().for_each(|found| found.diagnostics.retain(|one| one.code != Code::Unwatched));
    }
    let names: Option<Vec<_>> = specs
        .iter()
        .zip(&all)
        .map(|(spec, found)| {
            let name = &found.pipelines.first()?.pipeline().name;
            Some((*spec, name.value.as_str(), name.span))
        })
        .collect();
    for (at, diagnostic) in check::same_names(names.unwrap_or_default()) {
        all[at].diagnostics.push(diagnostic);
    }
    all
}

/// The first line that differs, with what stands around it.
fn difference(expected: &str, printed: &str) -> String {
    let (expected, printed): (Vec<_>, Vec<_>) = (expected.lines().collect(), printed.lines().collect());
    let same = expected.iter().zip(&printed).take_while(|(a, b)| a == b).count();
    let part = |lines: &[&str]| lines[same.saturating_sub(3).min(lines.len())..].join("\n");
    format!("from line {}:\nexpected\n{}\nprinted\n{}", same + 1, part(&expected), part(&printed))
}

#[test]
fn every_case_prints_what_is_expected() {
    let bless = env::var_os("PIPEC_BLESS").is_some();
    let mut wrong = Vec::new();
    for folder in folders() {
        let case = name(&folder);
        let code = Code::find(&case[..8]).unwrap_or_else(|| panic!("{case} begins with a code"));
        let all = compile(&folder);
        let reported: BTreeSet<Code> =
            all.iter().flat_map(|found| found.diagnostics.iter().map(|diagnostic| diagnostic.code)).collect();
        if !reported.contains(&code) {
            wrong.push(format!("{case}: {code} is not reported, but {reported:?}"));
        }
        for diagnostic in all.iter().flat_map(|found| &found.diagnostics) {
            assert!(!diagnostic.help.trim().is_empty(), "{case}: {} has no help", diagnostic.code);
        }
        let findings: Vec<Findings> = all
            .iter()
            .map(|found| Findings { sources: &found.sources, diagnostics: &found.diagnostics })
            .collect();
        let printed = anstream::adapter::strip_str(&Format::Text.render(&findings)).to_string();
        let file = folder.join("expected.txt");
        if bless {
            fs::write(&file, &printed).expect("writing the expected text");
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        if printed != expected {
            wrong.push(format!("{case}: {}", difference(&expected, &printed)));
        }
    }
    assert!(wrong.is_empty(), "{}\n\nPIPEC_BLESS=1 writes the printed texts", wrong.join("\n\n"));
}

/// 09 is a fault of pipec itself, which no spec can show. 11 is of deployments and 12 of imports, which a scenario has to
/// show.
#[test]
fn every_code_has_a_case() {
    let folders = folders();
    let scenarios = crate::support::scenarios();
    // Much of what an import finds is a warning.
    let mark = |code: &Code| match code.number().starts_with("12") {
        true => format!("[{code}]"),
        false => format!("error[{code}]"),
    };
    let shown = Code::ALL.iter().filter(|code| scenarios.iter().any(|text| text.contains(&mark(code))));
    let cases: BTreeSet<&str> = folders.iter().map(|folder| &name(folder)[4..8]).collect();
    let cases: BTreeSet<&str> = cases.into_iter().chain(shown.map(|code| code.number())).collect();
    let without: Vec<_> = Code::ALL
        .iter()
        .map(|code| code.number())
        .filter(|number| !cases.contains(number))
        .filter(|number| !number.starts_with("09"))
        .collect();
    assert!(without.is_empty(), "codes without a case: {without:?}");
}

#[test]
fn a_case_of_many_faults_shows_them_all() {
    let folders = folders();
    let folder = folders.iter().find(|folder| name(folder) == "PIPE0601-eight-faults").expect("the case");
    let found = compile(folder);
    let codes: BTreeSet<Code> = found[0]
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .map(|diagnostic| diagnostic.code)
        .collect();
    assert!(codes.len() >= 8, "{codes:?}");
}
