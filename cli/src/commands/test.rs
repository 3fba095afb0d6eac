//! `pipec test`

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use pipec_compiler::diagnostics::{Format, Severity};
use pipec_compiler::source::Sources;
use pipec_compiler::world::Disk;
use pipec_compiler::{Compilation, Stack};
use pipec_simulate::flink::{Engine, find};
use pipec_simulate::testing::{self, Origins, Outcome, Prepared, Ran, Test, prepare};

use super::RuntimeArgs;
use super::connectors::cache;
use super::output::{Exit, any_errors, note, print, report, shown, tally, typed, write};

/// Test pipelines on this machine: records that are given, and the rows that are expected
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pipec test pipeline.yaml             the tests in pipeline.test.yaml, and those of the spec's key `tests`\n  \
                  pipec test pipelines/*.yaml          in CI: exit 1 if a test fails\n  \
                  pipec test --update pipeline.yaml    write what came into `expect`, for review"
)]
pub(super) struct TestVerb {
    /// Specs, or files of tests next to them
    #[arg(required = true, value_name = "SPEC")]
    specs: Vec<PathBuf>,
    /// The pipelines of this environment, instead of the specs' own
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    /// Only tests whose name contains this text
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Write what came into `expect` of the tests that fail
    #[arg(long)]
    update: bool,
    /// Folder of Flink, for SQL with state; see `pipec simulate`
    #[arg(long, value_name = "DIR")]
    flink: Option<PathBuf>,
    /// `text` for people, `json` for programs, `junit` for build servers, `github` for annotations
    #[arg(long, value_enum, default_value_t)]
    format: TestFormat,
    #[command(flatten)]
    runtime: RuntimeArgs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum TestFormat {
    #[default]
    Text,
    Json,
    Junit,
    Github,
}

/// What some editors put at the start of a file.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A pipeline with the files of its tests.
struct Suite {
    /// Its spec and its environment, for people.
    spec: String,
    /// The same, as it is typed.
    call: String,
    stack: Stack,
    sources: Sources,
    files: Vec<TestFile>,
}

struct TestFile {
    path: PathBuf,
    /// Without a byte order mark.
    text: String,
    has_mark: bool,
    tests: Vec<Test>,
}

/// A test of a suite, by the numbers of the suite, the file and the test.
type Place = (usize, usize, usize);

/// What came of each test, or why nothing did.
type Outcomes = Vec<(Place, Result<Outcome, String>)>;

impl TestVerb {
    pub(super) fn run(self) -> Result<(), Exit> {
        let suites = self.suites()?;
        let outcomes = self.outcomes(&suites)?;
        let ran: Vec<Ran> = outcomes.iter().map(|(place, outcome)| ran(&suites, *place, outcome)).collect();
        if self.update {
            return update(&suites, &outcomes);
        }
        print(&match self.format {
            TestFormat::Text => testing::text(&ran),
            TestFormat::Json => testing::json(&ran),
            TestFormat::Junit => testing::junit(&ran),
            TestFormat::Github => testing::github(&ran),
        })?;
        if ran.iter().all(|one| one.differences.is_empty()) { Ok(()) } else { Err(Exit::Spec) }
    }

    /// The pipelines with their tests.
    fn suites(&self) -> Result<Vec<Suite>, Exit> {
        let programs = self.runtime.programs()?;
        let (mut stacks, mut found) = (Vec::new(), Vec::new());
        let of_specs = by_spec(&self.specs)?;
        for (spec, files) in &of_specs {
            let environment = self.env.as_deref().into();
            let compilation = pipec_compiler::compile(&Disk, &programs, spec, environment);
            let Compilation { sources, mut diagnostics, pipelines, .. } = compilation;
            // Warnings and advice are for `check`.
            diagnostics.retain(|one| one.severity == Severity::Error);
            found.push((sources, diagnostics));
            stacks.push((spec, pipelines.into_iter().next(), files));
        }
        report(&found, Format::Text)?;
        if any_errors(&found) {
            note(&format!("no test was run: {}", tally(&found)));
            return Err(Exit::Spec);
        }
        let env = self.env.as_ref().map(|env| format!(" --env {env}")).unwrap_or_default();
        let mut suites = Vec::new();
        for ((spec, stack, files), (sources, _)) in stacks.into_iter().zip(found) {
            let Some(stack) = stack else { continue };
            let files = files.iter().map(|path| read(path)).collect::<Result<Vec<_>, Exit>>()?;
            let (spec, call) = (format!("{}{env}", shown(spec)), format!("{}{env}", typed(spec)));
            suites.push(Suite { spec, call, stack, sources, files });
        }
        let is_empty =
            |suites: &[Suite]| suites.iter().flat_map(|suite| &suite.files).all(|file| file.tests.is_empty());
        if is_empty(&suites) {
            let (spec, _) = &of_specs[0];
            return Err(Exit::usage(&format!(
                "there are no tests of {}: write some into {}",
                typed(spec),
                typed(&spec.with_extension("test.yaml"))
            )));
        }
        if let Some(name) = &self.name {
            for file in suites.iter_mut().flat_map(|suite| &mut suite.files) {
                file.tests.retain(|test| test.name.contains(name.as_str()));
            }
            if is_empty(&suites) {
                return Err(Exit::usage(&format!("no test has `{name}` in its name; remove `--name`")));
            }
        }
        Ok(suites)
    }

    /// Runs all tests; those that need Flink on one.
    fn outcomes(&self, suites: &[Suite]) -> Result<Outcomes, Exit> {
        let mut prepared: Vec<(Place, Result<Prepared, String>)> = Vec::new();
        for (suite_at, suite) in suites.iter().enumerate() {
            for (file_at, file) in suite.files.iter().enumerate() {
                let folder = file.path.parent().unwrap_or(Path::new("."));
                let tests = file.tests.iter().enumerate();
                prepared.extend(
                    tests.map(|(at, test)| ((suite_at, file_at, at), prepare(&suite.stack, test, folder))),
                );
            }
        }
        let all = prepared.iter().filter_map(|(_, test)| test.as_ref().ok());
        let jobs: Vec<PathBuf> = all.filter_map(|test| test.job().map(Path::to_owned)).collect();
        if !jobs.is_empty() {
            let flink = find(self.flink.as_deref(), cache().as_deref());
            let flink = flink.map_err(|problem| Exit::usage(&problem))?;
            let tests = if jobs.len() == 1 { "test" } else { "tests" };
            note(&format!("running {} {tests} on Flink {}", jobs.len(), flink.version));
            let ran = Engine::start(&flink).and_then(|mut engine| engine.run(&jobs));
            ran.map_err(|problem| Exit::usage(&problem))?;
        }
        Ok(prepared.into_iter().map(|(place, test)| (place, test.and_then(Prepared::finish))).collect())
    }
}

/// The tests of a file.
fn read(path: &Path) -> Result<TestFile, Exit> {
    let content = fs::read_to_string(path)
        .map_err(|error| Exit::usage(&format!("`{}` cannot be read: {error}", shown(path))))?;
    let text = content.strip_prefix(BYTE_ORDER_MARK);
    let (text, has_mark) = (text.unwrap_or(&content), text.is_some());
    let tests = testing::read(text).map_err(|problem| {
        let before = &text[..text.floor_char_boundary(problem.at)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Exit::usage(&format!("{}:{line}:{column}: {}", shown(path), problem.message))
    })?;
    let mut names = BTreeSet::new();
    if let Some(twice) = tests.iter().find(|test| !names.insert(test.name.clone())) {
        return Err(Exit::usage(&format!(
            "{}: two tests have the name `{}`; rename one",
            shown(path),
            twice.name
        )));
    }
    Ok(TestFile { path: path.to_owned(), text: text.to_owned(), has_mark, tests })
}

/// Each spec once, with its files of tests: a pattern such as `*.yaml` matches a spec and its files.
fn by_spec(given: &[PathBuf]) -> Result<Vec<(PathBuf, Vec<PathBuf>)>, Exit> {
    let mut of_specs: Vec<(PathBuf, Vec<PathBuf>)> = Vec::new();
    for given in given {
        let (spec, files) = files(given)?;
        match of_specs.iter_mut().find(|(other, _)| is_same(other, &spec)) {
            Some((_, known)) => {
                for file in files {
                    if !known.iter().any(|other| is_same(other, &file)) {
                        known.push(file);
                    }
                }
            }
            None => of_specs.push((spec, files)),
        }
    }
    Ok(of_specs)
}

/// Whether two paths are those of one file.
fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    one == other || real(one) == real(other)
}

/// The spec that an argument names, and the files that may have tests of it: `orders.test.yaml`, `orders.more.test.yaml` and the spec
/// itself.
fn files(given: &Path) -> Result<(PathBuf, Vec<PathBuf>), Exit> {
    let name = given.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if is_tests(&name) {
        let spec = stems(&name).find_map(|stem| spec_of(given, stem)).ok_or_else(|| {
            let stem = stems(&name).next().unwrap_or_default();
            Exit::usage(&format!("`{}` has tests of {stem}.yaml, which is not there", shown(given)))
        })?;
        return Ok((spec, vec![given.to_owned()]));
    }
    let own_stem = given.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = given.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let is_own = |name: &String| {
        let stem = stems(name).find(|stem| *stem == own_stem || spec_of(given, stem).is_some());
        is_tests(name) && stem == Some(own_stem.as_str())
    };
    let mut files: Vec<PathBuf> = names.filter(is_own).map(|name| given.with_file_name(name)).collect();
    files.sort();
    if given.exists() {
        files.insert(0, given.to_owned());
    }
    Ok((given.to_owned(), files))
}

/// What the name of the spec of a file of tests may begin with, the longest first: `orders.eu`, `orders` for `orders.eu.test.yaml`.
fn stems(tests: &str) -> impl Iterator<Item = &str> {
    let longest = tests.rsplit_once(".test.").map(|(stem, _)| stem);
    std::iter::successors(longest, |stem| stem.rsplit_once('.').map(|(shorter, _)| shorter))
        .filter(|stem| !stem.is_empty() && !stem.ends_with(".test"))
}

/// The spec of a name without its extension, in the folder of another file.
fn spec_of(neighbour: &Path, stem: &str) -> Option<PathBuf> {
    let specs = ["yaml", "yml"].map(|extension| neighbour.with_file_name(format!("{stem}.{extension}")));
    specs.into_iter().find(|spec| spec.exists())
}

/// Specs without the files of tests that a pattern such as `*.yaml` matches as well.
pub(super) fn without_tests(specs: Vec<PathBuf>) -> Vec<PathBuf> {
    let is_spec = |path: &PathBuf| !path.file_name().is_some_and(|name| is_tests(&name.to_string_lossy()));
    if specs.iter().any(is_spec) { specs.into_iter().filter(is_spec).collect() } else { specs }
}

fn is_tests(name: &str) -> bool {
    name.ends_with(".test.yaml") || name.ends_with(".test.yml")
}

fn test(suites: &[Suite], (suite, file, test): Place) -> (&Suite, &TestFile, &Test) {
    let (suite, at) = (&suites[suite], file);
    (suite, &suite.files[at], &suite.files[at].tests[test])
}

fn ran(suites: &[Suite], place: Place, outcome: &Result<Outcome, String>) -> Ran {
    let (suite, file, test) = test(suites, place);
    Ran {
        spec: suite.spec.clone(),
        file: shown(&file.path),
        line: file.text[..test.range.start].matches('\n').count() + 1,
        name: test.name.clone(),
        differences: match outcome {
            Ok(outcome) => {
                let mut differences = outcome.differences(&test.expect);
                if !differences.is_empty() {
                    let folder = file.path.parent().unwrap_or(Path::new("."));
                    let origins = Origins::of(&suite.stack, &suite.sources, test, folder);
                    differences = outcome.explained(&test.expect, &origins);
                }
                if differences.is_empty() && test.expect.is_empty() {
                    let call = format!("pipec test --update {}", suite.call);
                    differences.push(format!("nothing is expected: write `expect`, or run `{call}`"));
                }
                differences
            }
            Err(problem) => vec![problem.clone()],
        },
    }
}

/// Writes what came into the files of the tests that fail, or expect nothing.
fn update(suites: &[Suite], outcomes: &[(Place, Result<Outcome, String>)]) -> Result<(), Exit> {
    for (suite_at, suite) in suites.iter().enumerate() {
        for (file_at, file) in suite.files.iter().enumerate() {
            let mut changed = Vec::new();
            for ((suite, of, at), outcome) in outcomes {
                if (*suite, *of) != (suite_at, file_at) {
                    continue;
                }
                let test = &file.tests[*at];
                let refused = |problem: &String| {
                    Exit::usage(&format!("{}: {}: {problem}", shown(&file.path), test.name))
                };
                let outcome = outcome.as_ref().map_err(refused)?;
                if test.expect.is_empty() || !outcome.differences(&test.expect).is_empty() {
                    changed.push((test, outcome));
                }
            }
            if changed.is_empty() {
                continue;
            }
            let text = testing::updated(&file.text, &changed)
                .map_err(|problem| Exit::usage(&format!("{}: {problem}", shown(&file.path))))?;
            let mark = if file.has_mark { BYTE_ORDER_MARK } else { "" };
            write(&file.path, format!("{mark}{text}").as_bytes())?;
            note(&format!(
                "updated {} of {} tests in {}",
                changed.len(),
                file.tests.len(),
                shown(&file.path)
            ));
        }
    }
    Ok(())
}
