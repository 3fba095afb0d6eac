//! The explain pages: their form, and that what they call wrong is refused with their code and what they call right is
//! not.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use crate::support::{Files, compiled};
use pipec_compiler::diagnostics::Code;
use pipec_compiler::parse::{Places, tree};
use pipec_compiler::source::Sources;
use serde_json::Value;

const SECTIONS: [&str; 4] = ["## Why", "## Wrong", "## Right", "## Source"];

fn pages() -> impl Iterator<Item = (Code, &'static str)> {
    Code::ALL.iter().map(|code| (*code, code.page()))
}

/// The text of a section, without its heading.
fn section(page: &str, heading: &str) -> String {
    let lines = page.lines().skip_while(|line| *line != heading).skip(1);
    lines.take_while(|line| !line.starts_with("## ")).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// What stands fenced in a section: YAML, or of a deployment what the console shows.
fn fragment(code: Code, page: &str, heading: &str) -> Option<String> {
    let text = section(page, heading);
    let fence = if is_deployment(code) { "```console\n" } else { "```yaml\n" };
    Some(format!("{}\n", text.strip_prefix(fence)?.strip_suffix("\n```")?))
}

/// A fault that no spec can show; a scenario of `deploy_scenarios/` or a case of `import/` does.
fn is_deployment(code: Code) -> bool {
    // A resource that the spec names is looked up by a deployment.
    code == Code::ExistingResource || code.number().starts_with("11") || code.number().starts_with("12")
}

#[test]
fn every_page_has_its_form() {
    for (code, page) in pages() {
        assert_eq!(page.lines().next(), Some(format!("# {code}: {}", code.title()).as_str()));
        let headings: Vec<&str> = page.lines().filter(|line| line.starts_with("## ")).collect();
        assert_eq!(headings, SECTIONS, "{code}");
        for heading in SECTIONS {
            assert!(!section(page, heading).is_empty(), "{code}: {heading} is empty");
        }
        let meaning = page.lines().skip(1).take_while(|line| *line != SECTIONS[0]).collect::<String>();
        assert!(!meaning.trim().is_empty(), "{code} does not say what it means");
        let [wrong, right] = ["## Wrong", "## Right"].map(|heading| fragment(code, page, heading));
        assert!(wrong.is_some() && right.is_some(), "{code}: Wrong and Right are fenced");
        assert_ne!(wrong, right, "{code}");
        let lines = page.lines().count();
        assert!((15..=35).contains(&lines), "{code} has {lines} lines");
        assert!(page.lines().all(|line| line.chars().count() <= 120), "{code} has a long line");
    }
}

/// What the fragments of the pages are put into; of the keys that a spec may leave out, those that a fragment has.
const WHOLE: &str = "
name: user-data
stream: {record_size: 2 KiB, records_per_second: 1000}
producer: {http: {url: \"https://example.com/users\"}, records_per_second: 2}
records:
  format: json
  columns:
    first: {type: VARCHAR(16), path: $.name.first}
    age: {type: INTEGER, path: $.dob.age}
analytics: {runtime: flink, sql: user.sql}
delivery: {s3: {prefix: user-data/}}
";
const NEEDED: [&str; 3] = ["name", "stream", "delivery"];

fn value(text: &str) -> Option<Value> {
    let mut sources = Sources::default();
    let file = sources.add("fragment", text.to_owned());
    let (node, faults) = tree::read(text);
    if faults.is_empty() { Some(Places::lower(&node?, sources.file(file)).0) } else { None }
}

fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}

/// The fragment in a spec that has what it leaves out, as JSON, which is YAML as well.
fn whole(fragment: &str, code: Code) -> Option<String> {
    let fragment = value(fragment)?;
    // With a name and what takes the records in, it is a spec of its own: one without a stream, say.
    if fragment.get("name").is_some()
        && (fragment.get("stream").is_some() || fragment.get("delivery").is_some())
    {
        return Some(fragment.to_string());
    }
    let mut whole = value(WHOLE)?;
    // One source alone.
    if ["/producer/file", "/producer/generate"].iter().any(|source| fragment.pointer(source).is_some()) {
        whole["producer"].as_object_mut()?.remove("http");
    }
    // SQL and columns go together, but where that is the rule.
    let pair = ["records", "analytics"];
    let paired = !matches!(code, Code::RecordsMissing | Code::RecordsUnused);
    let kept = |key: &str| {
        NEEDED.contains(&key)
            || fragment.get(key).is_some()
            || paired && pair.contains(&key) && pair.iter().any(|key| fragment.get(key).is_some())
    };
    whole.as_object_mut()?.retain(|key, _| kept(key));
    merge(&mut whole, &fragment);
    Some(whole.to_string())
}

/// What is found in a spec of a code's page. What the plan finds (10, and the keys of windows) counts on its own pages
/// only: nearly every pipeline could be cheaper, and a page about something else need not show one that could not.
fn reported(spec: &str, code: Code) -> BTreeSet<Code> {
    let is_advice = |code: Code| code.number().starts_with("10") || code == Code::WindowKeys;
    // A page about something else has no alarms either.
    let is_other = |found: Code| found == Code::Unwatched && code != Code::Unwatched;
    let world = Files(HashMap::from([
        ("spec.yaml".into(), spec.as_bytes().to_vec()),
        ("companies.csv".into(), b"AXN,Axon\nBOLT,Bolt & Sons\n".to_vec()),
        ("users.jsonl".into(), b"{\"name\": {\"first\": \"Ada\"}, \"dob\": {\"age\": 36}}\n".to_vec()),
        ("user.sql".into(), b"SELECT \"first\" FROM SOURCE_SQL_STREAM_001 WHERE \"age\" >= 21;\n".to_vec()),
    ]));
    let found = compiled(&world, Path::new("spec.yaml"), None)
        .diagnostics
        .into_iter()
        .map(|diagnostic| diagnostic.code);
    found.filter(|found| (is_advice(code) || !is_advice(*found)) && !is_other(*found)).collect()
}

/// Faults that a fragment cannot show: of files, of very long values, of several specs, of the call, of pipec itself.
const TOLD_ONLY: [Code; 10] = [
    Code::UnreadableFile,
    Code::NotUtf8,
    Code::FileTooLarge,
    Code::EmptyFile,
    Code::UserDataTooLarge,
    Code::PrefixLength,
    Code::DescriptionLength,
    Code::DuplicatePipeline,
    Code::UnknownEnvironment,
    Code::InternalFault,
];

#[test]
fn what_is_called_wrong_is_refused_and_what_is_called_right_is_not() {
    let of_specs = |code: &Code| !TOLD_ONLY.contains(code) && !is_deployment(*code);
    for (code, page) in pages().filter(|(code, _)| of_specs(code)) {
        let [wrong, right] =
            ["## Wrong", "## Right"].map(|heading| fragment(code, page, heading).expect("YAML"));
        let alone = reported(&wrong, code);
        let merged = whole(&wrong, code).map(|spec| reported(&spec, code)).unwrap_or_default();
        assert!(alone.contains(&code) || merged.contains(&code), "{code}: {alone:?}, {merged:?}");
        let right = whole(&right, code).unwrap_or_else(|| panic!("{code}: Right is not YAML"));
        let mut found = reported(&right, code);
        // Every random cut forest warns, whatever its arguments.
        if matches!(code, Code::ForestArguments | Code::ForestRate) {
            found.remove(&Code::ApproximateSql);
        }
        assert!(found.is_empty(), "{code}: Right has {found:?} in\n{right}");
    }
}

/// Whether a fragment is an excerpt of what a scenario shows: its lines in their order, `...` for the rest of one. What
/// the AWS CLI is to do, no scenario runs.
fn is_excerpt(fragment: &str, shown: &str) -> bool {
    let mut shown = shown.lines();
    fragment.lines().filter(|line| !line.starts_with("$ aws ")).all(|line| match line.strip_suffix("...") {
        Some(begin) => shown.any(|one| one.starts_with(begin)),
        None => shown.any(|one| one == line),
    })
}

#[test]
fn what_a_deployment_shows_is_what_it_shows() {
    let scenarios = crate::support::scenarios();
    for (code, page) in pages().filter(|(code, _)| is_deployment(*code)) {
        let [wrong, right] =
            ["## Wrong", "## Right"].map(|heading| fragment(code, page, heading).expect("lines"));
        let mark = format!("[{code}]");
        assert!(wrong.contains(&mark), "{code}: Wrong does not show it");
        let shows = |shown: &&String| shown.contains(&mark);
        assert!(
            scenarios.iter().filter(shows).any(|shown| is_excerpt(&wrong, shown)),
            "{code}: Wrong is in no scenario"
        );
        let fine = |shown: &&String| shown.ends_with("exit 0\n");
        assert!(
            scenarios.iter().filter(fine).any(|shown| is_excerpt(&right, shown)),
            "{code}: Right is in no scenario that ends well"
        );
    }
}

/// The example of the SQL's reference, which the pages name.
#[test]
fn the_sql_of_the_reference_compiles() {
    let reference = include_str!("../docs/sql.md");
    let (_, rest) = reference.split_once("```sql\n").expect("an example");
    let (sql, _) = rest.split_once("```").expect("its end");
    let fragment = serde_json::json!({"analytics": {"sql": sql}}).to_string();
    let spec = whole(&fragment, Code::SqlSyntax).expect("a spec");
    assert_eq!(reported(&spec, Code::SqlSyntax), BTreeSet::new());
}
